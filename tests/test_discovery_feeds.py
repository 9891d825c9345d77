from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import SourceBroken, read_feed
from crawler.discovery.feeds import MAX_FEED
from crawler.sites import SourceKind

URL = "https://bao.example/rss/home.rss"
VIETNAM = timedelta(hours=7)
ADDRESS = "https://bao.example/cau-moi-thong-xe-post100.html"


def rss(*items, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'.encode()


def item(inside="", link=ADDRESS):
    return f"<item><title>Cầu mới thông xe</title><link>{link}</link>{inside}</item>"


def read(body, **options):
    return read_feed(body, url=URL, **{"offset": VIETNAM, **options})


def only(body, **options):
    (found,) = read(body, **options).items
    return found


def reason(body):
    with pytest.raises(SourceBroken) as caught:
        read(body)
    return caught.value.reason


def test_rss_item():
    found = only(rss(item("<pubDate>Sat, 07 Mar 2026 08:01:00 +0700</pubDate>")))
    assert (found.url, found.title, found.kind, found.found_in) == (ADDRESS, "Cầu mới thông xe", SourceKind.FEED, URL)
    assert found.published_at.isoformat() == "2026-03-07T08:01:00+07:00"
    assert found.modified_at is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("Sat, 07 Mar 2026 08:01:00 GMT+7", "2026-03-07T08:01:00+07:00", id="GMT+7"),
        pytest.param("Sat, 07 Mar 2026 08:01:00 +07", "2026-03-07T08:01:00+07:00", id="short offset"),
        pytest.param("Sat, 07 Mar 2026 01:01:00 GMT", "2026-03-07T01:01:00+00:00", id="GMT"),
        pytest.param("Mon, 14 Sep 26 08:00:00 +0700", "2026-09-14T08:00:00+07:00", id="year of two digits"),
        pytest.param("07/03/2026 08:01", "2026-03-07T08:01:00+07:00", id="naive, day first"),
        pytest.param("2026-03-07T08:01:00", "2026-03-07T08:01:00+07:00", id="naive ISO"),
        pytest.param("9/14/2026 6:44:00 PM", "2026-09-14T18:44:00+07:00", id="American"),
        pytest.param("9/5/2026 6:44:00 PM", None, id="American or not"),
        pytest.param("Sat, 07 Mar 2026", None, id="no time"),
        pytest.param("hôm qua", None, id="words"),
    ],
)
def test_dates_of_the_vietnamese_press(text, moment):
    found = only(rss(item(f"<pubDate>{text}</pubDate>")))
    assert (found.published_at and found.published_at.isoformat()) == moment


def test_a_naive_date_without_offset_stays_unknown():
    assert only(rss(item("<pubDate>2026-03-07T08:01:00</pubDate>")), offset=None).published_at is None


def test_one_date_tells_how_the_whole_feed_writes_them():
    feed = read(
        rss(item("<pubDate>9/14/2026 6:44:00 PM</pubDate>"), item("<pubDate>9/5/2026 6:44:00 AM</pubDate>", "/b.html"))
    )
    assert [found.published_at.date().isoformat() for found in feed.items] == ["2026-09-14", "2026-09-05"]


def test_atom():
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://bao.example/tin/"><title>Báo</title>
      <link rel="next" href="?page=2"/>
      <entry><title type="html">Gi&amp;aacute; v&amp;agrave;ng &amp;lt;b&amp;gt;tăng&amp;lt;/b&amp;gt;</title>
        <link rel="enclosure" href="/a.mp3"/><link rel="alternate" type="text/html" href="gia-vang.html#binh-luan"/>
        <published>2026-03-07T08:01:00+07:00</published><updated>2026-03-07T09:00:00Z</updated></entry></feed>"""
    feed = read(body.encode())
    (found,) = feed.items
    assert found.url == "https://bao.example/tin/gia-vang.html"
    assert found.title == "Giá vàng tăng"
    assert found.modified_at.isoformat() == "2026-03-07T09:00:00+00:00"
    assert feed.next_url == "https://bao.example/tin/?page=2"


def test_rss_1():
    body = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Báo</title></channel>
      <item rdf:about="/a.html"><title>Một</title><dc:date>2026-03-07T08:01:00+07:00</dc:date></item></rdf:RDF>"""
    found = only(body.encode())
    assert found.url == "https://bao.example/a.html"
    assert found.published_at.hour == 8


def test_json_feed():
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Báo",
        "next_url": "/feed.json?2",
        "items": [{"id": "1", "url": "/a.html", "title": "Một \ud800", "date_published": "2026-03-07T08:01:00+07:00"}],
    }
    feed = read(json.dumps(body).encode())
    assert [(found.url, found.title) for found in feed.items] == [("https://bao.example/a.html", "Một ?")]
    assert feed.next_url == "https://bao.example/feed.json?2"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss("<item><title>t</title><link><![CDATA[\n /a.html \n]]></link></item>"), id="CDATA"),
        pytest.param(rss("<item><guid>https://bao.example/a.html</guid></item>"), id="guid"),
        pytest.param(
            rss('<item><a:link xmlns:a="http://www.w3.org/2005/Atom" href="/a.html"/></item>'), id="atom link in rss"
        ),
        pytest.param(
            rss(
                '<item><link>https://proxy.example/1</link><f:origLink xmlns:f="urn:f">https://bao.example/a.html'
                "</f:origLink></item>"
            ),
            id="behind a proxy",
        ),
    ],
)
def test_where_an_item_says_its_address(body):
    assert only(body).url == "https://bao.example/a.html"


def test_an_empty_feed_is_no_news():
    feed = read(rss())
    assert (feed.items, feed.note, feed.title) == ((), None, "Báo")


@pytest.mark.parametrize(
    "lead",
    [
        pytest.param(b"\xef\xbb\xbf", id="byte order mark"),
        pytest.param(b"\n\n  ", id="blank lines"),
        pytest.param(b"Warning: mysql_connect() in /var/www/rss.php\n", id="PHP warning"),
    ],
)
def test_what_stands_before_the_xml_does_no_harm(lead):
    assert only(lead + rss(item())).url == ADDRESS


@pytest.mark.parametrize("charset", ["utf-16", "windows-1258"])
def test_other_character_sets(charset):
    text = "Cau moi thong xe" if charset == "windows-1258" else "Cầu mới thông xe"
    head = f'<?xml version="1.0" encoding="{charset}"?>'
    body = f"{head}<rss><channel><item><title>{text}</title><link>{ADDRESS}</link></item></channel></rss>"
    assert only(body.encode(charset)).title == text


def test_a_label_that_lies():
    body = rss(item(), head='<?xml version="1.0" encoding="iso-8859-1"?>')
    assert only(body, content_type="text/xml; charset=us-ascii").title == "Cầu mới thông xe"


def test_damaged_characters_leave_the_addresses():
    feed = read(rss(item()).replace("ầ".encode(), b"\xff\xfe\x81"))
    assert feed.items[0].url == ADDRESS
    assert feed.note


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(item(), item(link="/b.html")).replace(b"</channel></rss>", b""), id="cut at the end"),
        pytest.param(rss(item(), item("<description>a & b < c</description>", "/b.html")), id="bare ampersand"),
        pytest.param(rss(item(), item("<description>a&nbsp;b</description>", "/b.html")), id="HTML entity"),
        pytest.param(rss(item(), item("<x:y>1</x:y></z>", "/b.html")), id="stray end tag"),
    ],
)
def test_broken_xml_is_read_as_far_as_it_goes(body):
    feed = read(body)
    assert feed.items[0].url == ADDRESS
    assert feed.note.startswith("broken XML")


def test_half_an_address_is_none():
    feed = read(rss(item(), item(link="https://bao.example/nua-dia-chi"))[:-50])
    assert [found.url for found in feed.items] == [ADDRESS]
    assert "cut off" in feed.note
    assert len(read(rss(item()) + b"\nWarning: x").items) == 1


def test_control_characters_are_left_out():
    assert only(rss(item()).replace(b"<item>", b"<item>\x0b\x00")).url == ADDRESS


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(item("<description>&i;</description>"), head=BOMB), id="entity bomb"),
        pytest.param(
            rss(item("<description>&x;</description>"), head='<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            id="external entity",
        ),
        pytest.param(rss(item(), head='<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd">'), id="external subset"),
        pytest.param(rss(item(), head="<!-- a --><?p q?>\n<!DOCTYPE rss>"), id="behind a comment"),
        pytest.param(rss(item(), head="<!DOCTYPE rss>").decode().encode("utf-16"), id="in UTF-16"),
        pytest.param(b"Warning: x\n" + rss(item(), head="<?xml version='1.0'?><!DOCTYPE rss>"), id="behind a warning"),
    ],
)
def test_a_document_type_is_an_error_and_not_an_empty_feed(body):
    assert "document type" in reason(body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n", "empty", id="blank"),
        pytest.param(b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "HTML", id="error page"),
        pytest.param(b"<html><head><title>Captcha</title></head></html>", "HTML", id="captcha"),
        pytest.param(b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD'><html/>", "HTML", id="XHTML"),
        pytest.param(b"Service unavailable", "no XML", id="plain text"),
        pytest.param(b"\x1f\x8b\x08\x00" + bytes(60), "no XML", id="still compressed"),
        pytest.param(b'{"error": 1}', "no JSON Feed", id="other JSON"),
        pytest.param(b'{"version": ', "broken JSON", id="cut JSON"),
        pytest.param(b"[" * 100_000, "broken JSON", id="deep JSON"),
        pytest.param(b"<urlset><url><loc>/a</loc></url></urlset>", "'urlset'", id="a sitemap"),
        pytest.param(b"<rss><channel><item><li", "no item left", id="cut in the first item"),
        pytest.param(b"<rss><channel><item><link>javascript:x</link></item></channel></rss>", "none with", id="no web"),
        pytest.param(b"<rss>" + b"<a>" * 5000, "", id="deep"),
        pytest.param(b"<rss>" + b"<a/>" * 1_100_000, "tags", id="too many elements"),
        pytest.param(b" " * (MAX_FEED + 1), "bytes", id="too big"),
    ],
)
def test_what_is_no_feed_is_an_error(body, why):
    assert why in reason(body)


def test_attributes_without_end_are_refused_at_once():
    body = b"<rss " + b" ".join(b'a%d="1"' % number for number in range(300_000)) + b"/>"
    start = time.perf_counter()
    assert "attributes" in reason(body)
    assert time.perf_counter() - start < 1


def test_the_error_names_the_source():
    with pytest.raises(SourceBroken, match=r"source 'https://bao.example/rss/home.rss' could not be read: empty"):
        read(b"")


PIECES = st.sampled_from(
    [b"<rss>", b"<item>", b"</item>", b"<link>", b"</link>", b"/a", b"<feed>", b"<entry>", b"<title>", b"<![CDATA[",
     b"]]>", b"&amp;", b"&x;", b"<!--", b"-->", b"<?xml version='1.0'?>", b"<!DOCTYPE", b">", b"\xff", b"\0", b"http://[",
     b"<pubDate>", b"9/9/2026 1:00:00 AM", b"{", b"}", b'"items":', b"[", b"]",
     b"<link href='http://[::1'/>", b" xml:base='//'"]
)  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
def test_nothing_but_source_broken_comes_out(body):
    for head in (b"", b"<rss><channel>", b"<feed>", b'{"version":1,"items":['):
        try:
            feed = read(head + body)
        except SourceBroken:
            continue
        for found in feed.items:
            assert found.url.startswith(("http://", "https://"))
            found.url.encode()
            (found.title or "").encode()
