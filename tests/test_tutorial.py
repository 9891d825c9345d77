"""docs/tutorial.md is followed, command by command, on the paper that it names."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from newsroom import Newsroom, serve

from crawler.cli import main

ROOT = Path(__file__).parents[1]
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("tutorial", "adding-a-site")}
ADDRESS = "http://127.0.0.1:8801"
LUUBAO = str(Path(sys.executable).with_name("luubao"))


def commands(text):
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


class Reader:
    """Who follows a page: puts in what it leaves open, and expects every command to succeed."""

    def __init__(self, folder, base, *, apart):
        self.folder = folder
        self.apart = apart
        """Commands that need a process of their own; the others run in this one, which takes a tenth of the time."""
        self.names = {ADDRESS: base}
        self.outputs = {}

    def follow(self, line):
        words = shlex.split(line)
        assert words[0] == "luubao", line
        for name, value in self.names.items():
            words = [word.replace(name, value) for word in words]
        self.outputs[line] = self.run(*words[1:])

    def run(self, *words):
        env = {"LUUBAO_ARCHIVE": "paper"}
        if (self.folder / "my-sites").exists():
            env["LUUBAO_SPIDERS"] = "my-sites"
        if words[0] not in self.apart:
            runner = CliRunner(env={name: None for name in os.environ if name.startswith("LUUBAO_")} | env)
            said = runner.invoke(main, words, prog_name="luubao", default_map={"replay": {"workers": 1}})
            assert said.exit_code == 0, (words, said.output)
            return said.stdout
        bare = {name: value for name, value in os.environ.items() if not name.startswith("LUUBAO_")}
        done = subprocess.run(
            [LUUBAO, *words], cwd=self.folder, env=bare | env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def changes(self):
        return [json.loads(line) for line in self.run("changes", "--json").splitlines()]


@pytest.fixture
def paper():
    options = dict(re.findall(r"--(seed|papers|articles) (\d+)", PAGES["tutorial"]))
    room = Newsroom(int(options["seed"]), papers=int(options["papers"]), articles=int(options["articles"]))
    with serve(room) as server:
        yield server


def test_the_tutorial_can_be_followed(paper, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (base,) = paper.urls.values()
    reader = Reader(tmp_path, base, apart={"crawl"})
    lines = commands(PAGES["tutorial"])
    crawls = [line for line in lines if line.startswith("luubao crawl")]
    for line in lines:
        if line == crawls[1]:
            reader.names["CURSOR"] = reader.changes()[-1]["change_id"]
            paper.clock.advance(hours=14)
        reader.follow(line)
        if line == crawls[0]:
            first = json.loads(reader.run("articles", "--json").splitlines()[0])
            reader.names |= {"ARTICLE": first["id"], "WORD": first["title"].split()[0]}
        if line == crawls[1]:
            reader.names["EDITED"] = next(one["url"] for one in reader.changes() if one["kind"] == "edited")
    told = reader.outputs
    assert re.search(r"^edited +[1-9]", told[crawls[1]], re.MULTILINE)
    assert "{+" in told["luubao diff EDITED"] or "[-" in told["luubao diff EDITED"]
    assert told["luubao fingerprint"] == told["luubao fingerprint --archive again"]
    assert "0 problems" in told["luubao verify"]
    rows = [json.loads(line) for line in (tmp_path / "evening.jsonl").read_text(encoding="utf-8").splitlines()]
    assert 0 < len(rows) < len(reader.run("articles", "--json").splitlines())
    assert not [line for line in lines if not told[line].strip() and "export" not in line]


def test_the_tutorial_starts_the_paper_that_it_means():
    (line,) = re.findall(r"^PYTHONPATH=tests \.venv/bin/python -m newsroom (.*)$", PAGES["tutorial"], re.MULTILINE)
    said = subprocess.run(
        [sys.executable, "-m", "newsroom", "--help"], cwd=ROOT / "tests", capture_output=True, text=True, check=True
    ).stdout
    assert [word for word in shlex.split(line) if word.startswith("--") and f"{word} " not in said] == []


def test_a_site_can_be_added_as_described(paper, tmp_path):
    (base,) = paper.urls.values()
    reader = Reader(tmp_path, base, apart={"crawl", "site", "sites", "replay", "articles"})
    for line in commands(PAGES["adding-a-site"]):
        reader.follow(line)
    written = (tmp_path / "my-sites" / "laocai_thu.py").read_text(encoding="utf-8")
    assert "SITE" in written
    assert "laocai_thu" in reader.outputs["luubao sites"]
