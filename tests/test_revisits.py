"""The same page again is a WARC `revisit`: its bytes are kept once, and whoever reads the archive gets them all."""

import hashlib
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import fastwarc.warc
import pytest
from builders import FakeExtractor, at, capture, document, dump
from click.testing import CliRunner
from loopback import Page, Site
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.fingerprint import fingerprint
from archive.storage import frontier
from archive.types import Edition
from archive.urls import identity
from archive.verify import verify
from archive.warc.records import sha1_digest
from crawler.cli import main
from crawler.recording import SiteExtractor
from crawler.recording import open_archive as open_for_crawling
from crawler.reextract import reextract
from crawler.replay import replay
from crawler.sources import load, open_sources

ROOT = Path(__file__).parent.parent
URL = "https://bao.example/khoi-cong-cau-moi-12345.html"
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Date", "Sat, 07 Feb 2026 01:00:00 GMT"))


def html(title="Xã khởi công cầu mới"):
    text = "".join(
        f"<p>Sáng nay xã khởi công cây cầu mới dài 42 mét, nối hai thôn bị suối chia cắt, đoạn {number}.</p>"
        for number in range(12)
    )
    head = f'<title>{title}</title><meta property="og:type" content="article">'
    return f"<html><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


def page(payload=None, **changes):
    return capture(html() if payload is None else payload, **({"url": URL, "headers": HEADERS} | changes))


def keep(archive, *pages, **how):
    """Record pages as a crawl does that has seen their addresses before."""
    reader = archive._extractor
    for one in pages:
        archive.record(one, reader.read(one), may_refer=True, **how)
    archive.commit()


def stored(archive):
    """(day, which record holds the payload) of every capture, in the order of time."""
    days = {row["capture_id"]: row["captured_at"].day for row in archive.rows("captures")}
    rows = archive.rows("captures", order_by=("captured_at",))
    return [(days[row["capture_id"]], days.get(row["payload_capture_id"])) for row in rows]


def records(folder):
    """The types of all captures' records below `folder`, file by file."""
    return [
        member.record.type
        for path in sorted(folder.glob("*.warc.gz"))
        for member in warc.members(path)
        if member.record.type != "warcinfo"
    ]


@pytest.fixture
def crawled(tmp_path):
    """An archive of one page: twice the same, another, and the first again, in three files."""
    folder = tmp_path / "crawled"
    with open_for_crawling(folder) as archive:
        keep(archive, page(day=1))
        keep(archive, page(day=2, headers=(("Server", "two"), *HEADERS)))
        keep(archive, page(html("Xã thông xe cầu"), day=3), page(day=4))
    return folder


# What is written


def test_the_same_payload_again_is_kept_once(crawled):
    with Archive.open(crawled) as archive:
        assert stored(archive) == [(7, None), (8, 7), (9, None), (10, 7)]
    assert sorted(records(crawled / "captures")) == ["response", "response", "revisit", "revisit"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {"url": URL.replace("cau", "duong")}, id="another address"),
        pytest.param({}, {"payload": html("Khác")}, id="another payload"),
        pytest.param({}, {"status": 404}, id="an error"),
        pytest.param({"status": 404}, {}, id="was an error"),
        pytest.param({}, {"truncated": "disconnect"}, id="cut off"),
        pytest.param({"truncated": "disconnect"}, {}, id="was cut off"),
        pytest.param({"payload": b""}, {"payload": b""}, id="empty"),
    ],
)
def test_what_is_not_the_same_page_again_is_kept_whole(tmp_path, first, second):
    with open_for_crawling(tmp_path) as archive:
        keep(archive, page(**first, day=1), page(**second, day=2))
        assert stored(archive) == [(7, None), (8, None)]


def test_a_capture_that_arrives_late_refers_to_nothing_later(tmp_path):
    with open_for_crawling(tmp_path) as archive:
        keep(archive, page(day=2), page(day=1), page(day=3))
        assert stored(archive) == [(7, None), (8, None), (9, 8)]


def test_pages_that_wait_for_their_reading_refer_too(tmp_path):
    with open_for_crawling(tmp_path) as archive:
        for day in (1, 2):
            archive.keep(page(day=day), may_refer=True)
        archive.commit()
        assert stored(archive) == [(7, None), (8, 7)]
        assert archive.load_capture(warc.capture_id(page(day=2))) == page(day=2)


@pytest.mark.parametrize("tool", ["warcio", "fastwarc"])
def test_other_tools_read_it(crawled, tool):
    """Head, digest and the record referred to, by the words of WARC 1.1."""
    seen = {}
    for path in sorted((crawled / "captures").glob("*.warc.gz")):
        seen |= _by_warcio(path) if tool == "warcio" else _by_fastwarc(path)
    revisits = {number: fields for number, fields in seen.items() if fields["WARC-Type"] == "revisit"}
    assert len(revisits) == 2
    for fields in revisits.values():
        first = seen[fields["WARC-Refers-To"]]
        assert fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert fields["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"] == URL
        assert fields["WARC-Refers-To-Date"] == first["WARC-Date"] == "2026-02-07T01:00:00Z"
        assert fields["WARC-Payload-Digest"] == first["WARC-Payload-Digest"] == sha1_digest(html())
        assert fields["Content-Type of the page"] == "text/html; charset=utf-8"


def _by_warcio(path):
    seen = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.raw_stream.read()
            fields = dict(record.rec_headers.headers)
            if record.http_headers:
                fields["Content-Type of the page"] = record.http_headers.get_header("Content-Type")
            seen[fields["WARC-Record-ID"]] = fields
    return seen


def _by_fastwarc(path):
    seen = {}
    for record in fastwarc.warc.ArchiveIterator(str(path), parse_http=False):
        assert record.verify_block_digest()
        fields = dict(record.headers)
        record.parse_http()
        if record.http_headers:
            fields["Content-Type of the page"] = record.http_headers.get("Content-Type")
        seen[fields["WARC-Record-ID"]] = fields
    return seen


# What is read


def test_everybody_gets_the_capture_as_it_was(crawled):
    with Archive.open(crawled) as archive:
        for one in (page(day=2, headers=(("Server", "two"), *HEADERS)), page(day=4)):
            assert archive.load_capture(warc.capture_id(one)) == one
        assert verify(archive).problems == ()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_replay_makes_the_same_archive_and_keeps_the_payload_once(crawled, tmp_path, workers):
    with open_for_crawling(tmp_path / "replayed") as archive:
        account = replay(archive, open_sources([crawled]), workers=workers)
        assert (account.new, account.skipped) == (4, 0)
        with Archive.open(crawled) as first:
            assert (fingerprint(archive), dump(archive)) == (fingerprint(first), dump(first))
            assert stored(archive) == stored(first)
        assert verify(archive).problems == ()


def test_a_replay_of_the_revisits_alone_says_what_is_missing(crawled, tmp_path):
    for path in (crawled / "captures").glob("20260207*"):
        path.unlink()
    sources = open_sources([crawled / "captures"])
    assert len(sources) == 1
    assert {skipped.reason for skipped in sources.skipped} == {
        f"revisit of a record that is not here: replay it together with the WARC of {URL!r}"
    }


def test_a_later_edition_reads_the_payload_that_is_elsewhere(open_archive):
    pages = [capture(document(1), day=day) for day in (1, 2)]
    archive = open_archive()
    keep(archive, *pages)
    assert stored(archive) == [(7, None), (8, 7)]
    archive.close()
    archive = open_archive(extractor=FakeExtractor("two"))
    keep(archive, capture(document(1, title="Tựa đề khác"), day=3))
    assert [row["versions"] for row in archive.rows("articles")] == [2]
    assert archive.load_capture(warc.capture_id(pages[1])) == pages[1]
    assert verify(archive).problems == ()


class Later(SiteExtractor):
    def __init__(self):
        super().__init__()
        self.edition = Edition("later", "f" * 64, {})


@pytest.mark.parametrize("workers", [1, 2])
def test_all_is_read_anew_by_several_processes(crawled, workers):
    with Archive.open(crawled, extractor=Later()) as archive:
        found = reextract(archive, workers=workers)
        assert (found.captures, found.same) == (4, 4)


def test_an_export_of_captures_needs_no_other_file(crawled, tmp_path):
    words = ["export", str(tmp_path / "out.warc.gz"), "--versions", "--format", "warc"]
    assert CliRunner().invoke(main, [*words, "--archive", str(crawled)]).exit_code == 0
    found = [load(entry.locator) for entry in open_sources([tmp_path / "out.warc.gz"])]
    assert [one.payload for one in found] == [html(), html("Xã thông xe cầu"), html()]


# What is lost


def test_a_revisit_whose_payload_is_lost_is_named(crawled):
    (first,) = (crawled / "captures").glob("20260207*")
    first.unlink()
    with Archive.open(crawled) as archive:
        told = {problem.where: problem.what for problem in verify(archive).problems}
        for day in (2, 4):
            name = warc.capture_id(page(day=day))
            assert first.name in told[f"capture {name}"]
        with pytest.raises(ArchiveError, match="cannot read"):
            archive.load_capture(warc.capture_id(page(day=4)))


def test_a_payload_that_is_another_one_is_named(crawled, tmp_path):
    """The file of the first capture is whole, and that of another archive."""
    (first,) = (crawled / "captures").glob("20260207*")
    with warc.WarcWriter(tmp_path, first.name.partition(".")[0], created_at=at(1)) as writer:
        writer.add(page(html("Của người khác"), day=1))
    shutil.copy(tmp_path / first.name, first)
    with Archive.open(crawled) as archive:
        told = {problem.where: problem.what for problem in verify(archive).problems}
    assert "restore" in told[f"capture {warc.capture_id(page(day=4))}"]


def test_captures_alone_make_the_archive_again(crawled, tmp_path):
    """Nothing is left but the files; the one with the payloads comes last by its name."""
    (tmp_path / "again" / "captures").mkdir(parents=True)
    for path in (crawled / "captures").iterdir():
        name = path.name.replace("20260207", "20270207")
        shutil.copy(path, tmp_path / "again" / "captures" / name)
    with open_for_crawling(tmp_path / "again") as archive, Archive.open(crawled) as first:
        assert archive.orphans() == []
        assert fingerprint(archive) == fingerprint(first)
        assert stored(archive) == stored(first)
        assert verify(archive).problems == ()


def test_a_revisit_of_nothing_is_left_out_and_named(crawled, tmp_path, caplog):
    (tmp_path / "again" / "captures").mkdir(parents=True)
    for path in (crawled / "captures").glob("2026020[89]*"):
        shutil.copy(path, tmp_path / "again" / "captures")
    with open_for_crawling(tmp_path / "again") as archive:
        assert stored(archive) == [(9, None)]
        assert URL in caplog.text
        assert len([one for one in verify(archive).problems if "no row" in one.what or "is known" in one.what]) == 2


# What a crawl does


def crawl(site, folder, *words):
    command = ["crawl", site.url(), "--allow-private", "--delay", "0", "--archive", folder, *words]
    subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, command)],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


def asked_again(page_again):
    """A paper of one article, which is asked for twice; its second answer is `page_again`."""
    link = b'<h2><a href="/khoi-cong-cau-moi-12345.html">X\xc3\xa3 kh\xe1\xbb\x9fi c\xc3\xb4ng c\xe1\xba\xa7u</a></h2>'
    first = Page(html(), headers=(*HEADERS, ("ETag", '"one"')))
    return Site(
        {"/": Page(b"<html><body>%s</body></html>" % link), "/khoi-cong-cau-moi-12345.html": [first, page_again]}
    )


def test_a_crawl_keeps_the_same_answer_once(tmp_path):
    with asked_again(Page(html(), headers=HEADERS)) as site:
        crawl(site, tmp_path)
        crawl(site, tmp_path, "--revisit", "all")
    revisits = {
        member.record.fields["warc-target-uri"]
        for path in (tmp_path / "captures").glob("*.warc.gz")
        for member in warc.members(path)
        if member.record.type == "revisit"
    }
    assert revisits == {site.url("/khoi-cong-cau-moi-12345.html"), site.url("/")}
    with Archive.open(tmp_path) as archive:
        assert verify(archive).problems == ()
        assert len([row for row in archive.rows("captures") if row["url"].endswith("12345.html")]) == 2


def test_that_a_page_was_not_modified_is_kept_as_evidence(tmp_path):
    with asked_again(Page(b"", 304, (("ETag", '"one"'),))) as site:
        crawl(site, tmp_path)
        crawl(site, tmp_path, "--revisit", "all")
    found = {
        member.record.fields["warc-profile"].rpartition("/")[2]: member.record.fields
        for path in (tmp_path / "captures").glob("*.warc.gz")
        for member in warc.members(path)
        if member.record.type == "revisit" and member.record.fields["warc-target-uri"].endswith("12345.html")
    }
    told = {
        member.record.fields["warc-concurrent-to"]: member.record.block
        for path in (tmp_path / "captures").glob("*.warc.gz")
        for member in warc.members(path)
        if member.record.type == "metadata"
    }
    with Archive.open(tmp_path) as archive:
        (first,) = [row for row in archive.rows("captures") if row["url"].endswith("12345.html")]
        assert verify(archive).problems == ()
    assert list(found) == ["server-not-modified"]
    fields = found["server-not-modified"]
    assert fields["warc-refers-to-target-uri"] == first["url"]
    assert first["captured_at"].isoformat().replace("+00:00", "Z") == fields["warc-refers-to-date"]
    assert b"http-status-line: HTTP/1.1 304" in told[fields["warc-record-id"]]
    assert b'etag: "one"' in told[fields["warc-record-id"]].lower()
    # It shows no page, and a replay of the captures has to say the same.
    with Archive.open(tmp_path) as archive, archive.reading() as connection:
        (article,) = archive.rows("articles")
        assert article["last_seen_at"] == first["captured_at"]
        visited = frontier.find(connection, identity(article["url"]))
        assert visited.visited_at > first["captured_at"]
    with Archive.open(tmp_path, extractor=FakeExtractor()) as archive:
        assert archive.orphans() == []


def test_a_record_follows_from_its_capture_alone():
    one = page(day=2, ip_address="203.0.113.7", site="bao", http_version="h2")
    first = warc.Reference(URL, at(1), 200, hashlib.sha256(one.payload).hexdigest())
    assert warc.encode_revisit(one, first) == warc.encode_revisit(one, first)
    assert warc.encode_unmodified(one, first) == warc.encode_unmodified(one, first)
    assert warc.encode_unmodified(one, None) != warc.encode_unmodified(page(day=3), None)
    assert first.captured_at + timedelta(days=1) == one.captured_at
