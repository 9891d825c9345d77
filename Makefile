# Everything a newcomer or CI calls. Python 3.11 or newer is all that has to be there; `make PYTHON=python3.12 run` names another.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
ARCHIVE ?= luubao-archive
# Tools must not write outside the checkout, and test runs must not differ by who runs them.
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: help setup run demo test drills lint format types bench bench-extraction docs lock clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

setup: $(VENV)/.installed  ## make the private environment

# The lock pins every package with its hashes and names no host: the installer's own configuration says where from.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: setup  ## replay seeds/ into ./luubao-archive and say what was found
	$(BIN)/luubao replay seeds --archive $(ARCHIVE)

demo: setup  ## watch invented papers being crawled, edited, removed and copied (in ./luubao-demo)
	rm -rf luubao-demo luubao-demo-again
	PYTHONPATH=tests $(BIN)/python -m newsroom.demo luubao-demo

test: setup  ## run the tests (they start the PostgreSQL that they need)
	$(BIN)/python -m pytest

drills: setup  ## kill, starve, lock out and mislead real crawls, at length, and print what was measured
	LUUBAO_DRILLS=long $(BIN)/python -m pytest -s -p no:randomly tests/drills

lint: setup  ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## settle style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## check types, strictly
	$(BIN)/mypy

# The peers pin versions that exclude each other's and ours, so they live in an environment of their own.
.venv-peers/.installed: requirements-peers.lock
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	touch $@

bench: setup .venv-peers/.installed  ## measure, beside the bare libraries and the peers in the same run
	$(BIN)/python benchmarks/replay.py
	$(BIN)/python benchmarks/site_rules.py
	$(BIN)/python benchmarks/crawl.py

bench-extraction: setup .venv-peers/.installed  ## score what extraction reads, beside others, on sets you have
	$(BIN)/python benchmarks/extraction.py

docs: setup  ## write the generated parts of docs/ and README.md anew
	$(BIN)/python -m docs.generate

lock:  ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile pyproject.toml --extra postgresql --extra web --group test --group lint --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade -o requirements.lock
	uv pip compile --group peers --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade -o requirements-peers.lock

clean:  ## remove the environment and the archive that `make run` made
	rm -rf $(VENV) .venv-peers $(ARCHIVE) luubao-demo luubao-demo-again build *.egg-info
