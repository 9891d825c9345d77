"""What a crawl kept as revisits, indexed and played by other people's tools: each moment shows its page."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Page, Site
from playing import playing, program

from archive.core import Archive
from archive.verify import verify

ROOT = Path(__file__).parent.parent
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
PATH = "/xa-khoi-cong-cau-moi-post12345.html"
TAGGED = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"one"'))
PLAIN = TAGGED[:1]


def html(what):
    text = "".join(f"<p>Sáng nay xã {what} cây cầu dài 42 mét, nối hai thôn, đoạn {number}.</p>" for number in range(9))
    return f"<html><body><article><h1>Xã {what} cầu mới</h1>{text}</article></body></html>".encode()


FIRST, SECOND = html("khởi công"), html("thông xe")
ANSWERS = (
    # What is answered, the type and profile of its record, and what that moment shows.
    (Page(FIRST, headers=TAGGED), "response", FIRST),
    (Page(b"", 304, TAGGED[1:]), "server-not-modified", FIRST),
    (Page(FIRST, headers=TAGGED), "identical-payload-digest", FIRST),
    # Nearer to the page that follows than to the record of the one that it stands for.
    (Page(b"", 304, TAGGED[1:]), "server-not-modified", FIRST),
    (Page(SECOND, headers=PLAIN), "response", SECOND),
    (Page(SECOND, headers=PLAIN), "identical-payload-digest", SECOND),
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """(address of the article, folder of the archive) after a crawl for each answer, an hour apart."""
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    home = Page(f'<html><body><h2><a href="{PATH}">Xã khởi công cầu mới</a></h2></body></html>'.encode())
    with Site({"/": home, PATH: [page for page, _, _ in ANSWERS]}) as site:
        for hours in range(len(ANSWERS)):
            wish = {
                "paper": "baolaocai", "base": site.url(""),
                "folder": str(folder), "now": (START + timedelta(hours=hours)).isoformat(),
                "sources": [("home", "/")], "revisit": "all",
            }  # fmt: skip
            subprocess.run(
                [sys.executable, str(ROOT / "tests" / "crawl_process.py"), json.dumps(wish)],
                cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, check=True, capture_output=True, timeout=120,
            )  # fmt: skip
    return site.url(PATH), folder


def files(folder):
    return sorted((folder / "captures").glob("*.warc.gz"))


def indexed(folder, url):
    """(moment, type or profile) of each record of `url`, in the order of time, by warcio's index."""
    fields = "warc-type,warc-profile,warc-target-uri,warc-date"
    command = [sys.executable, "-m", "warcio.cli", "index", "-f", fields, *map(str, files(folder))]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = [one for line in told.splitlines() if (one := json.loads(line)).get("warc-target-uri") == url]
    return sorted(
        (
            datetime.fromisoformat(one["warc-date"]),
            one.get("warc-profile", one["warc-type"]).rpartition("/")[2],
        )
        for one in found
        if one["warc-type"] in ("response", "revisit")
    )


def test_warcio_indexes_every_visit(crawled):
    url, folder = crawled
    records = indexed(folder, url)
    assert [kind for _, kind in records] == [kind for _, kind, _ in ANSWERS]
    # A 304 shows no page, so it is no capture; the record is evidence.
    with Archive.open(folder) as archive:
        captures = {row["captured_at"] for row in archive.rows("captures") if row["url"] == url}
        assert captures == {moment for moment, kind in records if kind != "server-not-modified"}
        assert verify(archive).problems == ()


def test_cdxj_indexer_names_every_visit_by_the_digest_of_its_page(crawled):
    indexer = program("cdxj-indexer")
    if indexer is None:
        pytest.skip("no cdxj-indexer: pip install cdxj-indexer beside pywb")
    url, folder = crawled
    told = subprocess.run([indexer, "--sort", *map(str, files(folder))], check=True, capture_output=True, text=True)
    lines = [(line.split()[1], json.loads(line.split(" ", 2)[2])) for line in told.stdout.splitlines()]
    lines = [(moment, fields) for moment, fields in lines if fields["url"] == url]
    assert [moment for moment, _ in lines] == [f"{moment:%Y%m%d%H%M%S}" for moment, _ in indexed(folder, url)]
    by_page = {FIRST: set(), SECOND: set()}
    for (_, fields), (_, kind, page) in zip(lines, ANSWERS, strict=True):
        if kind != "server-not-modified":
            by_page[page].add(fields["digest"])
    assert len(by_page[FIRST]) == len(by_page[SECOND]) == 1
    assert by_page[FIRST] != by_page[SECOND]
    assert [fields["mime"] == "warc/revisit" for _, fields in lines] == [kind != "response" for _, kind, _ in ANSWERS]


def test_pywb_plays_the_page_of_every_visit(crawled, tmp_path):
    url, folder = crawled
    with playing(tmp_path / "pywb", files(folder)) as player:
        for (moment, _), (_, kind, page) in zip(indexed(folder, url), ANSWERS, strict=True):
            shown = player.show(url, moment)
            assert shown.body == page, kind
            assert shown.moment == moment.replace(microsecond=0), kind
