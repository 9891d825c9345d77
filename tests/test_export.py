"""Exports: what is chosen, in which order, and files that are whole or not there."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone

import feedparser
import pytest
from builders import FakeExtractor, at, document, record
from click.testing import CliRunner
from pyarrow import parquet
from warcio.archiveiterator import ArchiveIterator

from archive import export, warc
from archive.core import Archive
from archive.exceptions import StorageError
from archive.files import FORMATS, write
from archive.query import Filters
from archive.selection import Selection, select
from archive.types import Caption, Credit, Furniture
from crawler.cli import main


@pytest.fixture
def kept(archive):
    """Two articles, the first edited on day 3."""
    record(archive, document(1, title="Một"), url="https://bao.example/mot.html")
    record(archive, document(2, title="Hai"), url="https://bao.example/hai.html", day=2)
    record(archive, document(1, title="Một, đã sửa"), url="https://bao.example/mot.html", day=3)
    archive.commit()
    return archive


def titles(archive, **selection):
    return sorted(row["title"] for row in select(archive, Selection(**selection)))


def test_articles_as_they_are_in_the_order_of_their_ids(kept):
    rows = list(select(kept, Selection()))
    assert [row["article_id"] for row in rows] == sorted(row["article_id"] for row in rows)
    assert sorted(row["title"] for row in rows) == ["Hai", "Một, đã sửa"]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param({"versions": True}, ["Hai", "Một", "Một, đã sửa"], id="versions"),
        pytest.param({"as_of": at(1)}, ["Một"], id="as of day 1"),
        pytest.param({"as_of": at(2)}, ["Hai", "Một"], id="as of day 2"),
        pytest.param({"as_of": at(3)}, ["Hai", "Một, đã sửa"], id="as of day 3"),
        pytest.param({"as_of": at(2), "versions": True}, ["Hai", "Một"], id="versions until day 2"),
        pytest.param({"filters": Filters(edited=True)}, ["Một, đã sửa"], id="edited"),
        pytest.param({"filters": Filters(edited=True), "as_of": at(2)}, [], id="not yet edited then"),
    ],
)
def test_what_is_chosen(kept, selection, expected):
    assert titles(kept, **selection) == expected


def test_increments_join_up(kept):
    cursor = list(kept.changes())[-1]["change_id"]
    assert titles(kept, since=cursor) == []
    record(kept, document(3, title="Ba"), url="https://bao.example/ba.html", day=4)
    kept.commit()
    assert titles(kept, since=cursor) == ["Ba"]


def test_a_file_that_fails_half_way_leaves_the_former_one(kept, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("former")

    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(kept, out, kind="jsonl", selection=Selection(), progress=stop)
    assert out.read_text() == "former"
    assert list(tmp_path.glob(".*unfinished")) == []


@pytest.mark.parametrize("kind", list(FORMATS))
def test_an_export_that_is_killed_before_it_is_whole_never_has_the_name(tmp_path, kind):
    with Archive.open(tmp_path / "a", extractor=FakeExtractor()) as archive:
        record(archive, document(1))
        archive.commit()
    out = tmp_path / "out" / "all"
    out.parent.mkdir()
    words = ["export", str(out), "--format", kind, "--archive", str(tmp_path / "a")]
    # Everything is written, nothing synced: the process goes as by a power cut.
    killed = "import os, signal, archive.files as f; f.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)"
    for before in (None, b"the former one"):
        if before is not None:
            out.write_bytes(before)
        done = subprocess.run(
            [sys.executable, "-c", f"{killed}; from crawler.cli import main; main({words!r})"],
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert (out.read_bytes() if out.exists() else None) == before
    assert CliRunner().invoke(main, words).exit_code == 0
    assert out.read_bytes() not in (b"", b"the former one")


def test_a_folder_that_is_not_there_is_named(kept, tmp_path):
    with pytest.raises(StorageError, match="nowhere"):
        write(kept, tmp_path / "nowhere" / "out.csv", kind="csv", selection=Selection())


def test_no_cell_is_a_formula(archive, tmp_path):
    record(archive, document(1, title='=HYPERLINK("http://evil.example")', author="@Minh", lede=None))
    archive.commit()
    write(archive, tmp_path / "out.csv", kind="csv", selection=Selection())
    [row] = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig")))
    assert row["title"] == '\'=HYPERLINK("http://evil.example")'
    assert row["author"] == "'@Minh"
    assert row["lede"] == ""


def test_warc_is_what_others_read_and_what_a_replay_takes(kept, tmp_path):
    out = tmp_path / "out.warc.gz"
    assert write(kept, out, kind="warc", selection=Selection(versions=True)) == 3
    with out.open("rb") as file:
        read = [(each.rec_headers["WARC-Target-URI"], each.content_stream().read()) for each in ArchiveIterator(file)]
    captures = [kept.load_capture(row["capture_id"]) for row in kept.rows("captures")]
    assert sorted(read) == sorted((each.url, each.payload) for each in captures)
    scanned = [warc.read_at(out, each.offset, each.length) for each in warc.members(out)]
    assert {warc.capture_id(each) for each in scanned} == {warc.capture_id(each) for each in captures}


WHOLE = {
    "title": "Làng gốm & “men”",
    "author": "Minh",
    "published_at": at(1).astimezone(timezone(timedelta(hours=7))),
    "tags": ("gốm", "nghề"),
    "captions": (Caption("Lò nung", "Thu Hà"), Caption("Men")),
    "credit": "Báo Lào Cai",
    "furniture": (Furniture("related", "test/rail", "Đọc thêm"),),
    "provenance": {"title": "json-ld"},
}


def test_parquet_keeps_what_json_says_with_its_types(archive, tmp_path):
    record(archive, document(1, **WHOLE))
    record(archive, document(2), url="https://bao.example/hai.html", day=2)
    archive.commit()
    assert write(archive, tmp_path / "out.parquet", kind="parquet", selection=Selection()) == 2
    table = parquet.read_table(tmp_path / "out.parquet")
    rows = {row["id"]: row for row in table.to_pylist()}
    for row in archive.rows("articles"):
        shaped, read = export.article(row), rows[row["article_id"]]
        read["provenance"] = dict(read["provenance"])
        moments = {name: row[name] for name in shaped if name.endswith("_at")}
        offsets = {name: row[name] for name in ("published_offset", "modified_offset")}
        assert read == shaped | moments | offsets | {"confidence": None}


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "sqlite"])
def test_an_export_says_how_sure_it_is_which_is_the_original(archive, tmp_path, kind):
    record(archive, document(1, published_at=at(1)), url="https://vnexpress.net/1.html", site="vnexpress")
    copy = document(1, published_at=at(2), credit=Credit("VnExpress", site="vnexpress"))
    record(archive, copy, url="https://tienphong.vn/1.tpo", site="tienphong", day=2)
    record(archive, document(2), url="https://nhandan.vn/2.html", site="nhandan", day=2)
    archive.commit()
    out = tmp_path / "out"
    write(archive, out, kind=kind, selection=Selection())
    if kind == "jsonl":
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    elif kind == "csv":
        rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    elif kind == "parquet":
        rows = parquet.read_table(out).to_pylist()
    else:
        with closing(sqlite3.connect(out)) as file:
            rows = [
                dict(zip(("site", "confidence"), row, strict=True))
                for row in file.execute("SELECT site, confidence FROM articles")
            ]
    found = {row["site"]: row["confidence"] or None for row in rows}
    assert found == {"vnexpress": "high", "tienphong": "high", "nhandan": None}


def test_parquet_of_versions(kept, tmp_path):
    write(kept, tmp_path / "out.parquet", kind="parquet", selection=Selection(versions=True))
    rows = parquet.read_table(tmp_path / "out.parquet", columns=["title", "version", "captured_at"]).to_pylist()
    assert sorted((row["title"], row["version"], row["captured_at"]) for row in rows) == [
        ("Hai", 1, at(2)),
        ("Một", 1, at(1)),
        ("Một, đã sửa", 2, at(3)),
    ]


def test_sqlite_is_a_table_that_is_searched_without_marks(archive, tmp_path):
    record(archive, document(1, **WHOLE))
    archive.commit()
    write(archive, tmp_path / "out.db", kind="sqlite", selection=Selection())
    [row] = archive.rows("articles")
    with closing(sqlite3.connect(tmp_path / "out.db")) as file:
        file.row_factory = sqlite3.Row
        [read] = file.execute("SELECT * FROM articles")
        query = "SELECT a.id FROM articles_fts f JOIN articles a ON a.rowid = f.rowid WHERE articles_fts MATCH 'gom'"
        assert [found["id"] for found in file.execute(query)] == [row["article_id"]]
        assert file.execute("SELECT json_extract(credit, '$.name') FROM articles").fetchone()[0] == "Báo Lào Cai"
    lists = {
        name: json.loads(read[name]) for name, value in export.article(row).items() if isinstance(value, list | dict)
    }
    assert dict(read) | lists == export.article(row) | {"confidence": None}


def test_sqlite_of_versions_and_of_nothing(kept, tmp_path):
    for selection, table, count in ((Selection(versions=True), "versions", 3), (Selection(as_of=at(0)), "versions", 0)):
        out = tmp_path / f"{count}.db"
        assert write(kept, out, kind="sqlite", selection=selection) == count
        with closing(sqlite3.connect(out)) as file:
            assert file.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (count,)
    assert {path.name for path in tmp_path.glob("[0-9].db*")} == {"3.db", "0.db"}


def test_atom_is_what_a_feed_reader_reads(archive, tmp_path):
    record(archive, document(1, **WHOLE | {"body": ["Một < hai", "Ba & \x0bbốn"]}), day=2)
    archive.commit()
    write(archive, tmp_path / "out.atom", kind="atom", selection=Selection())
    feed = feedparser.parse((tmp_path / "out.atom").read_bytes())
    assert (feed.bozo, feed.version) == (False, "atom10")
    [entry] = feed.entries
    assert (entry.title, entry.author, entry.link) == (WHOLE["title"], "Minh", next(archive.rows("articles"))["url"])
    assert entry.published == "2026-02-07T08:00:00+07:00"
    assert [tag.term for tag in entry.tags] == ["gốm", "nghề"]
    assert entry.content[0].value.startswith("<p>Một &lt; hai</p><p>Ba &amp; ")


def test_an_entry_keeps_its_id_and_a_version_has_its_own(kept, tmp_path):
    ids = {}
    for name, selection in (
        ("now", Selection()),
        ("edited", Selection(Filters(edited=True))),
        ("all", Selection(versions=True)),
    ):
        write(kept, tmp_path / name, kind="atom", selection=selection)
        ids[name] = {entry.id for entry in feedparser.parse((tmp_path / name).read_bytes()).entries}
    assert ids["edited"] < ids["now"]
    assert len(ids["all"]) == 3
    assert not ids["all"] & ids["now"]


def test_json_feed_has_what_the_format_requires(archive, tmp_path):
    record(archive, document(1, **WHOLE), day=2)
    record(archive, document(2), url="https://bao.example/hai.html", day=3)
    archive.commit()
    write(archive, tmp_path / "out.json", kind="jsonfeed", selection=Selection())
    feed = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    items = {item["url"]: item for item in feed["items"]}
    rows = {row["url"]: row for row in archive.rows("articles")}
    assert items.keys() == rows.keys()
    assert {url: item["content_text"] for url, item in items.items()} == {url: row["body"] for url, row in rows.items()}
    assert all(item["id"] and datetime.fromisoformat(item["date_published"]).tzinfo for item in items.values())


def test_the_command_says_where_to_go_on(tmp_path):
    with Archive.open(tmp_path / "a", extractor=FakeExtractor()) as archive:
        record(archive, document(1, title="Một"))
        cursor = list(archive.changes())[-1]["change_id"]
    words = ["export", str(tmp_path / "o.jsonl"), "--archive", str(tmp_path / "a")]
    run = CliRunner().invoke(main, words)
    assert run.stderr.splitlines()[-1] == f"next time: --after {cursor}"
    [line] = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["title"] == "Một"
    for said in (["--after", cursor], ["--since", cursor], [f"--since={cursor}"]):
        (tmp_path / "o.jsonl").unlink()
        assert CliRunner().invoke(main, [*words, *said]).exit_code == 0
        assert (tmp_path / "o.jsonl").read_text(encoding="utf-8") == ""
    assert CliRunner().invoke(main, [*words, "--since", "2026-01-01"]).exit_code == 0
    [line] = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert "'--since': 'soon'" in CliRunner().invoke(main, [*words, "--since", "soon"]).output
