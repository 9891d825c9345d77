"""The served archive on SQLite and PostgreSQL alike: every page, texts that break careless ones, takedowns."""

import html
import json
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from builders import at, document, paragraphs, record
from lxml import html as lxml_html
from served import Served

from archive.storage import slots
from archive.types import Decision, DecisionKind

NAUGHTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "' OR 1=1 --",
    "%00%0d%0aSet-Cookie: a=b",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "]]>&lt;",
    "NEAR(a b) AND col:x*",
    '"',
    "-",
    "*",
    "\u202eđảo ngược\u202c",
    "Ｔｏàｎ ｒộｎｇ",
    "𝟙𝟚𝟛",
    "👩‍👩‍👧",
    "Zalgo\u0300\u0301\u0302\u0303",
    "null",
    "0x1f",
    "tiếng Việt ế",
)


@pytest.fixture
def serve(shelf):
    """Serves the archive at hand; to be written before."""
    opened = []

    def start():
        folder, database = shelf.place("archive")
        opened.append(Served(folder, database=database).__enter__())
        return opened[-1]

    yield start
    for served in opened:
        served.__exit__()


def test_every_page_answers(archive, serve):
    text = paragraphs("a text of two papers", 6)
    record(archive, document(title="Bản gốc", body=text), url="https://bao.example/mot.html", day=1)
    record(archive, document(title="Bản chép", body=text), url="https://khac.example/hai.html", day=2)
    record(
        archive, document(title="Đã sửa", body=[*text[:5], "Thêm một câu."]), url="https://bao.example/mot.html", day=3
    )
    archive.commit()
    served = serve()
    rows = served.json("/api/v1/articles")["items"]
    assert {row["title"] for row in rows} == {"Đã sửa", "Bản chép"}
    edited = next(row for row in rows if row["versions"] == 2)["id"]
    other = next(row for row in rows if row["versions"] == 1)["id"]
    (cluster,) = {row["cluster"] for row in rows} - {None}
    pages = [
        "/",
        "/articles",
        "/search?q=ban",
        f"/articles/{edited}",
        f"/articles/{edited}/diff",
        "/papers",
        "/copies",
        "/runs",
        "/held",
        "/papers/bao.example",
        "/papers/bao.example?as=csv",
        "/copies?as=csv",
        f"/clusters/{cluster}",
        f"/articles/{edited}/compare/{other}",
        "/metrics",
        "/timemap/link/https://bao.example/mot.html",
        *(f"/feeds/{name}.atom" for name in ("new", f"edits/{edited}", f"copies/{edited}")),
        *(f"/api/v1/{name}" for name in ("changes", "captures", "clusters", "held", "runs", "sites")),
    ]
    assert {path: served.get(path)[0] for path in pages} == dict.fromkeys(pages, 200)
    assert [row["id"] for row in served.json("/api/v1/search?q=chep")["items"]] == [other]


def test_the_schedule_and_what_is_wrong_with_a_paper_are_shown(archive, serve):
    record(archive, document())
    archive.commit()
    with archive.writing() as connection:
        slots.claim(connection, "bao.example", at(2), now=at(2), until=at(3))
        account = {"error": "the disk <b>is</b> full", "new": 3}
        slots.finish(connection, "bao.example", at(2), held=at(3), state=slots.FAILED, now=at(2), counts=account)
    archive.commit()
    served = serve()
    runs = lxml_html.fromstring(served.get("/runs", Accept_Language="en")[2]).text_content()
    assert "08.02.2026 01:00" in runs
    assert "failed" in runs
    page = lxml_html.fromstring(served.get("/papers/bao.example")[2])
    assert "the disk <b>is</b> full" in page.find_class("note")[0].text_content()


def test_naughty_titles_are_shown_as_text(archive, serve):
    for number, title in enumerate(NAUGHTY):
        record(archive, document(number, title=title), url=f"https://bao.example/{number}.html", day=1 + number)
    archive.commit()
    served = serve()
    rows = served.json("/api/v1/articles?limit=200")["items"]
    assert len(rows) == len(NAUGHTY)
    for row in rows:
        tree = lxml_html.fromstring(served.get(f"/articles/{row['id']}")[2].decode())
        assert " ".join(tree.find(".//h1").text_content().split()) == " ".join((row["title"] or row["url"]).split())
    for path in ("/", "/articles", "/search?q=a", "/papers/bao.example"):
        _, _, body = served.get(path)
        assert "onerror" not in html.unescape("".join(lxml_html.fromstring(body).xpath("//@*")))
        assert lxml_html.fromstring(body).xpath("//script[not(@src)] | //main//img") == []
    ET.fromstring(served.get("/feeds/new.atom")[2])
    json.loads(served.get("/feeds/new.json")[2])


def test_naughty_queries_are_answered_or_refused(archive, serve):
    record(archive, document(title="a b null 7 script alert"))
    archive.commit()
    served = serve()
    for query in NAUGHTY:
        for path in ("/search", "/api/v1/search", "/feeds/search.atom"):
            status, headers, body = served.get(f"{path}?q={quote(query)}")
            assert status in (200, 400), (path, query)
            assert "Set-Cookie" not in headers
            assert path != "/search" or lxml_html.fromstring(body).xpath("//script[not(@src)] | //main//img") == []
    assert len(served.json("/api/v1/search?q=%3Cscript%3E")["items"]) == 1


def test_of_an_article_that_was_taken_down_nothing_is_shown(archive, serve):
    url = "https://bao.example/bai-1.html"
    record(archive, document(title="Phải gỡ"), day=1)
    archive.commit()
    served = serve()
    (row,) = served.json("/api/v1/articles")["items"]
    timegate = served.get(f"/timegate/{url}")[1]["Location"]
    ways = [
        timegate,
        f"/captures/{row['capture']}/raw",
        f"/timegate/{url}",
        f"/timemap/link/{url}",
        f"/articles/{row['id']}",
        f"/articles/{row['id']}/diff",
        f"/api/v1/articles/{row['id']}",
        f"/api/v1/articles/{row['id']}/versions",
        f"/api/v1/articles/{row['id']}/diff",
        f"/feeds/edits/{row['id']}.json",
        f"/feeds/copies/{row['id']}.atom",
    ]
    assert {served.get(way)[0] for way in ways} == {200, 302}
    archive.decide(Decision(DecisionKind.TAKE_DOWN, url, at(2)))
    archive.commit()
    assert {way: served.get(way)[0] for way in ways} == dict.fromkeys(ways, 404)
    assert served.json("/api/v1/search?q=phai")["items"] == served.json("/feeds/new.json")["items"] == []
    assert "Phải gỡ" not in served.get("/")[2].decode()
