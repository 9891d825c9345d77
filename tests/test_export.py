"""Exports: what is chosen, in which order, and files that are whole or not there."""

import csv
import io
import json

import pytest
from builders import FakeExtractor, at, document, record
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from archive.core import Archive
from archive.exceptions import StorageError
from archive.files import write
from archive.query import Filters
from archive.selection import Selection, select
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


def test_the_command_says_where_to_go_on(tmp_path):
    with Archive.open(tmp_path / "a", extractor=FakeExtractor()) as archive:
        record(archive, document(1, title="Một"))
        cursor = list(archive.changes())[-1]["change_id"]
    words = ["export", str(tmp_path / "o.jsonl"), "--archive", str(tmp_path / "a")]
    run = CliRunner().invoke(main, words)
    assert run.stderr.splitlines()[-1] == f"next time: --after {cursor}"
    [line] = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["title"] == "Một"
    run = CliRunner().invoke(main, [*words, "--after", cursor])
    assert (tmp_path / "o.jsonl").read_text(encoding="utf-8") == ""
