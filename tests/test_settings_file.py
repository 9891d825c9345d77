"""What a luubao.toml says is heeded by `luubao crawl`: real crawls over loopback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from newsroom import Newsroom, serve

from archive.core import Archive

ROOT = Path(__file__).parent.parent
SHUT = '<meta name="robots" content="noarchive"><title>T</title><h1>Tin</h1><p>' + "Một đoạn văn dài về vùng cao. " * 40


@pytest.fixture
def server():
    with serve(Newsroom(7, papers=("baolaocai",), articles=12)) as server:
        yield server


def crawl(server, folder, settings, *options, status=0):
    """The account of `luubao crawl` with these settings beside the archive."""
    folder.mkdir(exist_ok=True)
    (folder / "luubao.toml").write_text(settings)
    words = ["crawl", server.urls["baolaocai"] + "/", "--allow-private", "--json", "--archive", str(folder), *options]
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout) if status == 0 else done.stderr


def test_contact_and_limit_are_heeded_and_a_flag_beats_them(server, tmp_path):
    settings = 'contact = "mailto:a@example.org"\n[schedule]\nlimit = 3\ndelay = 0\n'
    crawl(server, tmp_path / "a", settings)
    assert sum(access.is_article for access in server.log) == 3
    assert {access.user_agent for access in server.log} == {"luubao/0.1.0 (+mailto:a@example.org)"}
    crawl(server, tmp_path / "a", settings, "--limit", "1")
    assert sum(access.is_article for access in server.log) == 4


def test_a_locked_robots_txt_keeps_us_out_unless_the_settings_say_otherwise(server, tmp_path):
    server.faults.add("403", path="^/robots.txt")
    refused = crawl(server, tmp_path / "a", "[schedule]\ndelay = 0\n", status=1)
    assert "nothing was fetched" in refused
    assert "its robots.txt does not want us there" in refused
    with Archive.open(tmp_path / "a") as archive:
        assert list(archive.rows("captures", status=200)) == []
    let_in = crawl(server, tmp_path / "b", '[schedule]\ndelay = 0\nrobots_forbidden = "allow"\n')
    assert let_in["stored"] > 0


def test_pages_that_ask_for_noarchive_are_kept_or_only_visited(server, tmp_path):
    server.faults.add("body", path="-post", page=SHUT)
    kept = crawl(server, tmp_path / "a", "[schedule]\ndelay = 0\n")
    assert (kept["not_kept"], kept["new"] > 10) == (0, True)
    settings = '[schedule]\ndelay = 0\nnoarchive = "skip"\n'
    skipped = crawl(server, tmp_path / "b", settings)
    assert skipped["not_kept"] >= 10
    with Archive.open(tmp_path / "b") as archive:
        assert [row["url"] for row in archive.rows("captures") if "-post" in row["url"]] == []
    assert crawl(server, tmp_path / "b", settings)["not_kept"] == 0  # visited, and not due yet
    assert "--capture-only" in crawl(server, tmp_path / "b", settings, "--capture-only", status=2)
