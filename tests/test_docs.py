"""The documentation is true: what is generated is fresh, every command is explained, and what README.md shows works."""

import re
import shlex
import sys
from pathlib import Path

import pytest

# The documentation's package is not installed; it is read from the checkout, like the tests themselves.
ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from docs import generate  # noqa: E402

PAGES = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
HELPS = dict(generate.helps())
EXAMPLE = re.compile(r"^  Example: (luubao .*)$", re.MULTILINE)


def page(name) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_fresh(name):
    # Runs every luubao command of README.md, too, and fails if one of them does.
    assert page(name) == generate.PAGES[name](), "run `make docs` and read the difference"


@pytest.mark.parametrize("path", HELPS)
def test_every_command_is_in_the_reference(path):
    assert f"\n## {path}\n" in page("docs/commands.md")


@pytest.mark.parametrize("path", [path for path in HELPS if path != "luubao"])
def test_every_command_has_help_with_an_example_of_itself(path):
    # On one line of help, however wide a terminal is.
    (example,) = EXAMPLE.findall(HELPS[path])
    assert example.startswith(path)
    done = generate.run([*shlex.split(example)[1:], "--help"])
    assert done.exit_code == 0


def test_the_reference_names_no_command_that_is_not_there():
    assert re.findall(r"^## (luubao.*)$", page("docs/commands.md"), re.MULTILINE) == list(HELPS)


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_commands_that_are_named_exist(name):
    named = re.findall(r"`(?:\$ )?luubao ([a-z][a-z-]*)", page(name))
    named += re.findall(r"^(?:\$ | {4})luubao ([a-z][a-z-]*)", page(name), re.MULTILINE)
    assert {f"luubao {word}" for word in named} <= set(HELPS)


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_make_targets_that_are_named_exist(name):
    named = re.findall(r"`make ([a-z]+)", page(name)) + re.findall(r"^\$ make ([a-z]+)", page(name), re.MULTILINE)
    assert set(named) <= set(generate.make_targets())


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_links_between_pages_lead_somewhere(name):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page(name))
    assert [target for target in targets if not (ROOT / name).parent.joinpath(target).exists()] == []


def test_the_readme_is_short():
    assert len(page("README.md").splitlines()) <= 200


def test_the_first_command_of_the_readme_replays_the_seeds():
    assert generate.make_targets()["run"] == ["luubao", "replay", "seeds", "--archive", "luubao-archive"]


def test_every_dependency_is_explained():
    import tomllib

    project = tomllib.loads(page("pyproject.toml"))
    declared = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *(name for group in project["dependency-groups"].values() for name in group),
    ]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in declared}
    explained = set(re.findall(r"^\| `([\w-]+)`", page("docs/dependencies.md"), re.MULTILINE))
    assert names <= explained


def test_every_variable_is_explained():
    pattern = re.compile(r"""(?:envvar=|environ\.get\(|environ\[|\.setenv\()["'](LUUBAO_[A-Z_]+)["']""")
    sources = [*ROOT.glob("archive/**/*.py"), *ROOT.glob("crawler/cli/*.py"), *ROOT.glob("tests/*.py")]
    named = {name for path in sources for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert {"LUUBAO_ARCHIVE", "LUUBAO_TEST_POSTGRESQL"} <= named
    assert {name for name in named if f"`{name}`" not in page("docs/operating.md")} == set()


def test_a_stale_page_is_named_and_left_alone(tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "PAGES", {"docs/contract.md": generate.contract})
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "contract.md").write_text("old\n")
    checked = CliRunner().invoke(generate.generate, ["--check"])
    assert checked.exit_code == 1
    assert "stale: docs/contract.md" in checked.output
    assert (tmp_path / "docs" / "contract.md").read_text() == "old\n"
    assert CliRunner().invoke(generate.generate, []).exit_code == 0
    assert CliRunner().invoke(generate.generate, ["--check"]).output == ""


def test_a_readme_command_that_fails_is_named(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text("```console\n$ luubao show nothing\n```\n")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    with pytest.raises(RuntimeError, match="luubao show nothing"):
        generate.readme()


def test_other_commands_and_kept_outputs_stay(tmp_path, monkeypatch):
    text = "a\n```console\n$ ls\nx\n$ luubao --version\n...\n```\nb\n```toml\n$ luubao no\n```\n"
    (tmp_path / "README.md").write_text(text)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    assert generate.readme() == text
