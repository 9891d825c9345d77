"""An article that was taken down is shown no more: by no command, in no file, on no page, nor after a replay."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from test_web import Served

from archive.core import Archive
from archive.exceptions import UnknownNameError

ROOT = Path(__file__).parent.parent


def luubao(*arguments, archive):
    command = [sys.executable, "-m", "crawler.cli", *arguments, "--archive", str(archive)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """An archive, and the article that was taken down in it after everything had shown it once."""
    folder = tmp_path_factory.mktemp("taken") / "archive"
    luubao("replay", "seeds", archive=folder)
    with Archive.open(folder) as archive:
        row = next(row for row in archive.rows("articles", order_by=("article_id",)) if row["role"] == "copy")
    assert row["article_id"] in luubao("search", row["title"], "--json", archive=folder)  # the index has it
    luubao("take-down", row["article_id"], "--note", "court order", archive=folder)
    return folder, row


def named_in(text, row):
    return [row[key] for key in ("article_id", "url", "capture_id") if row[key] in text]


@pytest.mark.parametrize("command", ["articles", "clusters", "search"])
def test_no_command_shows_it(taken, command):
    folder, row = taken
    words = [row["title"]] if command == "search" else []
    assert named_in(luubao(command, *words, "--json", archive=folder), row) == []


def test_who_asks_for_it_is_told_that_it_was_taken_down(taken):
    folder, row = taken
    with Archive.open(folder) as archive, pytest.raises(UnknownNameError, match="was taken down"):
        archive.get_article(row["url"])


@pytest.mark.parametrize("form", ["jsonl", "csv", "warc"])
def test_no_export_holds_it(taken, tmp_path, form):
    folder, row = taken
    luubao("export", "--format", form, "--versions", str(tmp_path / "out"), archive=folder)
    written = (tmp_path / "out").read_bytes()
    assert len(written) > 1000
    assert named_in(written.decode(errors="replace"), row) == []


def test_the_web_shows_it_nowhere(taken):
    folder, row = taken
    name, url, site, cluster = (row[key] for key in ("article_id", "url", "site", "cluster_id"))
    with Archive.open(folder) as archive:
        other = next(member["article_id"] for member in archive.rows("cluster_members", cluster_id=cluster))
    pages = ["/", "/articles", f"/papers/{site}", "/copies", f"/clusters/{cluster}", f"/articles/{other}"]
    pages += ["/feeds/new.atom", "/feeds/new.json", f"/feeds/copies/{other}.atom"]
    pages += ["/api/v1/articles?limit=200", f"/api/v1/clusters/{cluster}", "/api/v1/clusters?limit=200"]
    missing = [f"/articles/{name}", f"/articles/{name}/diff?from=1&to=1", f"/articles/{other}/compare/{name}"]
    missing += [f"/feeds/edits/{name}.atom", f"/feeds/copies/{name}.atom", f"/api/v1/articles/{name}"]
    missing += [f"/timegate/{url}", f"/timemap/link/{url}", f"/memento/20260721000000/{url}"]
    missing += [f"/captures/{row['capture_id']}/raw", f"/api/v1/articles/{name}/versions"]
    with Served(folder) as served:
        shown = {path: served.get(path) for path in pages}
        assert {path: answer[0] for path, answer in shown.items() if answer[0] not in (200, 404)} == {}
        assert {path: named for path, (_, _, body) in shown.items() if (named := named_in(body.decode(), row))} == {}
        assert {path: status for path in missing if (status := served.get(path)[0]) != 404} == {}


def test_what_was_taken_down_is_shown_no_more_nor_after_a_replay(tmp_path):
    luubao("replay", "seeds/paywall", "seeds/windows_1258", "seeds/no_rules", archive=tmp_path / "a")
    ids = [json.loads(line)["id"] for line in luubao("articles", "--json", archive=tmp_path / "a").splitlines()]
    luubao("take-down", ids[0], "--note", "court order", archive=tmp_path / "a")
    places = [str(tmp_path / "a" / name) for name in ("captures", "decisions.jsonl")]
    luubao("replay", *places, archive=tmp_path / "b")
    for name in "ab":
        shown = luubao("articles", "--json", archive=tmp_path / name)
        assert ids[0] not in shown
        assert len(shown.splitlines()) == len(ids) - 1
