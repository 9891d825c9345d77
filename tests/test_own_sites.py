"""Sites that are declared outside the package: found through LUUBAO_SPIDERS, in the command and in its readers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILE = """\
from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(name="baocuatoi", title="Báo Của Tôi", hosts=("baocuatoi.example",), rule_sets=(EPI,),
            sources=(Source(SourceKind.HOME, "https://baocuatoi.example/"),))
"""


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "baocuatoi.py").write_text(FILE, encoding="utf-8")
    (folder / "helper.py").write_text("ANSWER = 42\n", encoding="utf-8")
    return folder


def luubao(*words, own=None):
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""} | ({} if own is None else {"LUUBAO_SPIDERS": str(own)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def names(done):
    assert done.returncode == 0, done.stderr
    return {row["name"] for row in json.loads(done.stdout)}


def test_a_site_of_ones_own_stands_beside_those_of_the_package(own, tmp_path):
    words = ("sites", "--json", "--archive", tmp_path / "none")
    assert names(luubao(*words, own=own)) - names(luubao(*words)) == {"baocuatoi"}


def test_the_folder_of_the_package_is_not_read_twice(tmp_path):
    words = ("sites", "--json", "--archive", tmp_path / "none")
    assert names(luubao(*words, own=ROOT / "spiders")) == names(luubao(*words))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nothing_of_the_sort\n", "ModuleNotFoundError"),
        ("SITE = \n", "SyntaxError"),
        (FILE.replace("baocuatoi", "baolaocai"), "there is a site 'baolaocai' already"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(own, text, told):
    (own / "broken.py").write_text(text, encoding="utf-8")
    done = luubao("sites", own=own)
    assert done.returncode == 1
    assert "broken.py" in done.stderr
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_is_not_there_is_named(tmp_path):
    done = luubao("sites", own=tmp_path / "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
