from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Capture, Document, Verdict
from crawler.extraction import extract, extract_unparsed
from crawler.extraction.markup import MAX_ATTRIBUTES, MAX_ELEMENTS, scan_markup

DAY = datetime(2026, 2, 7, 5, tzinfo=UTC)
URL = "https://bao.example/thoi-su/duong-len-ban-post123.html"


def news(count):
    """Running text; each sentence is another one, for extractors drop what repeats."""
    return "".join(
        f"Con đường bê tông thứ {n} vừa hoàn thành giúp {n * 17} hộ dân bản chở chè xuống chợ trong một buổi sáng. "
        for n in range(1, count + 1)
    )


MENU = "".join(f"<li><a href='/muc-{n}'>Chuyên mục thứ {n} của báo</a></li>" for n in range(80))


def capture(payload=b"", *, status=200, url=URL, headers=(), **fields):
    if isinstance(payload, str):
        payload = payload.encode()
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture(url, DAY, payload, status=status, headers=kind + tuple(headers), **fields)


def page(body, *, title="Đường lên bản", head=""):
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article(text=None, *, title="Đường lên bản mở lối cho chè", extra="", declared=True):
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": title})
    head = f'<script type="application/ld+json">{data}</script>' if declared else ""
    text = text or news(12)
    paragraphs = "".join(f"<p>{part.strip()}.</p>" for part in text.split(". ") if part.strip())
    return page(f"<article><h1>{title}</h1>{paragraphs}</article>{extra}", title=f"{title} | Báo", head=head)


def verdict(*args, **kwargs):
    return extract(capture(*args, **kwargs)).verdict


# --- status


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Verdict.GONE),
        (410, Verdict.GONE),
        (401, Verdict.BLOCKED),
        (403, Verdict.BLOCKED),
        (429, Verdict.BLOCKED),
        (400, Verdict.CLIENT_ERROR),
        (451, Verdict.CLIENT_ERROR),
        (500, Verdict.SERVER_ERROR),
        (503, Verdict.SERVER_ERROR),
        (304, Verdict.REDIRECT),
    ],
)
def test_status(status, expected):
    assert verdict(article(), status=status) is expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        pytest.param("/", Verdict.GONE, id="front page"),
        pytest.param("https://www.bao.example/?utm_source=x", Verdict.GONE, id="front page, tracked"),
        pytest.param("/thoi-su", Verdict.GONE, id="section"),
        pytest.param("/thoi-su/xa-hoi/", Verdict.GONE, id="section of a section"),
        pytest.param("/404.html", Verdict.GONE, id="not-found page"),
        pytest.param("/thoi-su/duong-len-ban-moi-post123.html", Verdict.REDIRECT, id="new slug"),
        pytest.param("https://bao.example/thoi-su/duong-len-ban-post123.html/", Verdict.REDIRECT, id="slash"),
        pytest.param("https://moi.example/", Verdict.REDIRECT, id="another house"),
        pytest.param("/dang-nhap", Verdict.REDIRECT, id="login"),
        pytest.param("/?p=123", Verdict.REDIRECT, id="article as a query"),
        pytest.param("", Verdict.REDIRECT, id="nowhere"),
        pytest.param("http://[broken", Verdict.REDIRECT, id="no address"),
    ],
)
def test_redirects(location, expected):
    assert verdict(status=301, headers=(("Location", location),)) is expected


def test_the_front_page_may_move():
    assert verdict(status=301, url="http://bao.example/", headers=(("Location", "/trang-chu"),)) is Verdict.REDIRECT


def test_a_challenge_is_no_outage():
    headers = (("cf-mitigated", "challenge"),)
    assert verdict("<title>Just a moment...</title>", status=503, headers=headers) is Verdict.BLOCKED


# --- transfer


@pytest.mark.parametrize(
    ("payload", "fields", "expected"),
    [
        pytest.param(article(), {"truncated": "disconnect"}, Verdict.TRUNCATED, id="marked in the WARC"),
        pytest.param(
            article(), {"headers": (("Content-Length", "999999"),)}, Verdict.TRUNCATED, id="shorter than said"
        ),
        pytest.param(article(), {"headers": (("Content-Length", "1"),)}, Verdict.OK, id="longer than said"),
        pytest.param(article(), {"status": 206}, Verdict.TRUNCATED, id="partial content"),
        pytest.param(b"", {}, Verdict.TRUNCATED, id="empty"),
        pytest.param(
            gzip.compress(article().encode())[:-9],
            {"headers": (("Content-Encoding", "gzip"),)},
            Verdict.UNDECODABLE,
            id="cut gzip",
        ),
        pytest.param(
            gzip.compress(article().encode()), {"headers": (("Content-Encoding", "gzip"),)}, Verdict.OK, id="whole gzip"
        ),
        pytest.param(b"%PDF-1.7 ...", {}, Verdict.NOT_TEXT, id="PDF called HTML"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), {}, Verdict.NOT_TEXT, id="PNG"),
        pytest.param(b"\0\1\2" * 500, {}, Verdict.NOT_TEXT, id="binary"),
        pytest.param(article()[:-20] + '<p class="mo', {}, Verdict.TRUNCATED, id="cut in an attribute"),
        pytest.param(
            article().replace("</body></html>", "<script>var a = 1;" + "x" * 50),
            {},
            Verdict.TRUNCATED,
            id="cut in a script",
        ),
        pytest.param(article().replace("</body></html>", ""), {}, Verdict.OK, id="without closing tags"),
        pytest.param(article() + "<script>late", {}, Verdict.OK, id="cut behind the end"),
    ],
)
def test_transfer(payload, fields, expected):
    assert verdict(payload, **fields) is expected


def test_data_is_no_article():
    headers = (("Content-Type", "application/json"),)
    assert extract(Capture(URL, DAY, b'{"a": 1}', status=200, headers=headers)).verdict is Verdict.NO_ARTICLE


@pytest.mark.parametrize(
    "page_",
    [
        pytest.param("<div " + " ".join(f"a{n}=1" for n in range(MAX_ATTRIBUTES + 1)) + ">x</div>", id="attributes"),
        pytest.param(
            "<div a='>' " + " ".join(f"a{n}" for n in range(300_000)) + ">x</div>", id="attributes, quoted end"
        ),
        pytest.param("<b>" * (MAX_ELEMENTS + 1), id="elements"),
        pytest.param("<div>" * 200_000 + "</div>" * 200_000, id="depth"),
    ],
)
def test_bombs_are_refused_in_time(page_):
    started = time.monotonic()
    assert verdict(f"<html><body>{page_}</body></html>") is Verdict.TOO_BIG
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "piece",
    ["<a x='<a x=\"", "<!--", "<script>", "<a b=\"c'd ", "</", "<", '="', "<a =", "< a", "<![CDATA[", "<title>"],
)
def test_the_scan_is_linear(piece):
    started = time.monotonic()
    scan_markup(piece * (2_000_000 // len(piece)))
    assert time.monotonic() - started < 4


# --- pages that are not the article


WRONG = [
    pytest.param(
        page("<h1>Checking your browser before accessing bao.example</h1>", title="Just a moment..."),
        Verdict.BLOCKED,
        id="challenge",
    ),
    pytest.param(
        page("<p>Vui lòng xác nhận bạn không phải là robot để tiếp tục.</p>", title="Báo"),
        Verdict.BLOCKED,
        id="captcha, Vietnamese",
    ),
    pytest.param(
        page("<form>Please complete the security check to access the site.</form>", title="Bao"),
        Verdict.BLOCKED,
        id="captcha, English",
    ),
    pytest.param(
        page("<div id='x'></div><script src='https://www.google.com/recaptcha/api.js'></script>", title="Báo"),
        Verdict.BLOCKED,
        id="captcha, markup",
    ),
    pytest.param(
        page(
            "<h1>Access Denied</h1><p>You don't have permission to access this on this server.</p>",
            title="Access Denied",
        ),
        Verdict.BLOCKED,
        id="denied",
    ),
    pytest.param(
        page("<p>Địa chỉ IP của bạn đã bị chặn do truy cập quá nhiều.</p>", title="Báo"),
        Verdict.BLOCKED,
        id="denied, Vietnamese",
    ),
    pytest.param(
        page("<noscript>Please enable JavaScript to view this page.</noscript>", title="Báo"),
        Verdict.BLOCKED,
        id="javascript",
    ),
    pytest.param(
        page("<h2>We value your privacy</h2><p>We and our 812 partners store and/or access information.</p>"),
        Verdict.CONSENT,
        id="consent",
    ),
    pytest.param(
        page(f"<ul>{MENU}</ul><h1>Không tìm thấy trang</h1>", title="Không tìm thấy trang | Báo"),
        Verdict.SOFT_404,
        id="soft 404 with menus",
    ),
    pytest.param(page(f"<ul>{MENU}</ul><h1>404</h1>", title="Báo"), Verdict.SOFT_404, id="soft 404, number"),
    pytest.param(
        page("<p>Bài viết bạn đang tìm kiếm không tồn tại hoặc đã bị xóa.</p>", title="Báo"),
        Verdict.SOFT_404,
        id="soft 404, words",
    ),
    pytest.param(
        page("<h1>Page not found</h1>", title="Page not found - Bao"), Verdict.SOFT_404, id="soft 404, English"
    ),
    pytest.param(
        article(news(4), extra=f"<ul>{MENU}</ul><div>Đăng ký để đọc tiếp bài viết</div>"), Verdict.PAYWALL, id="paywall"
    ),
    pytest.param(
        article(news(4), extra=f"<ul>{MENU}</ul><p>Subscribe to continue reading.</p>"),
        Verdict.PAYWALL,
        id="paywall, English",
    ),
]


@pytest.mark.parametrize(("html", "expected"), WRONG)
def test_wrong_pages(html, expected):
    document = extract(capture(html))
    assert document.verdict is expected
    assert document.detail


@pytest.mark.parametrize(
    "text",
    [
        "Trang web yêu cầu người dùng nhập mã captcha để chứng minh mình không phải là robot. ",
        "Khi bị chặn, người đọc thấy dòng chữ Access Denied hoặc Just a moment. ",
        "Nhiều báo viết rằng bài viết không tồn tại hoặc đã bị xóa khi đường dẫn hỏng. ",
        "We value your privacy, the banner said, before you continue to the site. ",
        "Bạn đọc phải đăng ký để đọc tiếp bài viết trên nhiều tờ báo có thu phí. ",
    ],
)
def test_an_article_may_talk_about_it(text):
    assert verdict(article(text + news(8))) is Verdict.OK


@pytest.mark.parametrize(
    "title", ["Captcha là gì và vì sao ta phải giải nó", "Lỗi 404 trên mạng: chuyện của những đường dẫn hỏng"]
)
def test_a_headline_may_name_it(title):
    assert verdict(article(title=title)) is Verdict.OK


def test_a_banner_does_not_block_a_short_declared_article():
    banner = "<div>Chúng tôi dùng cookie. We value your privacy. Please enable cookies to continue.</div>"
    assert verdict(article(news(5), extra=banner)) is Verdict.OK


def test_what_was_read_stays_for_the_person_who_reviews_it():
    document = extract(capture(article(news(4), extra="<p>Subscribe to continue reading.</p>")))
    assert document.title
    assert document.blocks


# --- the whole


def test_noarchive_in_the_header():
    assert extract(capture(article(), headers=(("X-Robots-Tag", "noindex, NoArchive"),))).noarchive
    assert not extract(capture(article(), headers=(("X-Robots-Tag", "otherbot: noarchive"),))).noarchive


def test_plain_text_is_read_as_a_page_of_text():
    text = f"Đường lên bản mở lối cho chè\n\n{news(1)}\n\n{news(2)}\n\n{news(3)}"
    document = extract(Capture(URL, DAY, text.encode(), headers=(("Content-Type", "text/plain"),)))
    assert (document.verdict, document.title, len(document.blocks)) == (Verdict.OK, "Đường lên bản mở lối cho chè", 2)


def test_html_called_plain_is_html():
    document = extract(Capture(URL, DAY, article().encode(), status=200, headers=(("Content-Type", "text/plain"),)))
    assert document.title == "Đường lên bản mở lối cho chè"


def test_the_same_capture_gives_the_same_document():
    assert extract(capture(article())) == extract(capture(article()))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["text/html", "text/plain", "", "image/png", "text/html; charset=utf-16"]),
    st.sampled_from([None, 200, 301, 404, 503, 999]),
    st.sampled_from(["gzip", "br", "zstd", ""]),
)
def test_any_capture_gives_a_document(payload, kind, status, coding):
    headers = (("Content-Type", kind), ("Content-Encoding", coding), ("Location", "//["), ("Content-Length", "x"))
    assert isinstance(extract(Capture("http://[", DAY, payload, status=status, headers=headers)), Document)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<",
                ">",
                "&#0;",
                "&#xD800;",
                "<script>",
                "\0",
                "<!--",
                "a",
                "“",
                "<h1",
                '="',
                " ",
                "\ud7ff",
            ]
        )
    )
)
def test_any_markup_gives_a_document(pieces):
    document = extract(capture("<html><body>" + "".join(pieces)))
    assert isinstance(document, Document)


XML = (("Content-Type", "application/xml"),)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(capture("gone", status=410), id="an error"),
        pytest.param(replace(capture("<urlset></urlset>"), headers=XML), id="a sitemap"),
        pytest.param(capture(b"%PDF-1.7"), id="a PDF called HTML"),
        pytest.param(capture(b"\x1f\x8b broken", headers=(("Content-Encoding", "gzip"),)), id="a broken coding"),
        pytest.param(replace(capture(page(news(9))), truncated="length"), id="cut off"),
        pytest.param(capture(page(news(9))), id="a page"),
        pytest.param(replace(capture(page(news(9))), headers=XML), id="a page labelled XML"),
    ],
)
def test_what_is_said_without_a_parser_is_what_is_said_with_one(seen):
    unparsed = extract_unparsed(seen)
    assert unparsed in (None, extract(seen))
    assert (unparsed is None) == (news(1).strip() in extract(seen).body)


TEASER = (
    '<article><h2><a href="/nguoi-dan-ban-mo-duong-len-nui-post{n}.html">Người dân bản mở đường lên núi, chuyến {n}</a>'
    "</h2><div>Con đường bê tông thứ {n} vừa hoàn thành giúp hộ dân bản chở chè xuống chợ trong một buổi sáng của "
    "tháng giêng, khi sương còn phủ kín các mái nhà.</div></article>"
)


@pytest.mark.parametrize("teasers", [1, 2, 4])
@pytest.mark.parametrize("address", ["/giao-duc/?page=5", "/giao-duc/trang-5.htm", "/giao-duc/page/5/"])
def test_the_last_page_of_a_list_is_no_article_however_little_is_left_for_it(address, teasers):
    text = page(f"<h1>Giáo dục</h1>{''.join(TEASER.format(n=n) for n in range(1, teasers + 1))}")
    document = extract(capture(text, url=f"https://bao.example{address}"))
    assert document.verdict is Verdict.NO_ARTICLE


def test_the_second_page_of_a_long_article_is_one():
    text = page(f"<article><h1>Đường lên bản</h1><p>{news(6)}</p><p>{news(4)}</p></article>")
    assert extract(capture(text, url=f"{URL}?page=2")).verdict is Verdict.OK
