"""Pages made to hurt, and pages that are none: each ends in a verdict, and what is no text is never archived as one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.types import Capture, Document, Verdict
from crawler.extraction import extract

SENTENCE = "The council of the little town voted on Monday to mend the old bridge before winter comes, said the mayor."
PARAGRAPH = f"<p>{SENTENCE}</p>"
STORY = PARAGRAPH * 20
VIETNAMESE = (
    "Hội đồng thị trấn họp sáng thứ hai và quyết định sửa lại cây cầu cũ trước khi mùa đông tới, bà chủ tịch cho biết."
)
LINK = "<a href='/x'>The council voted on Monday to mend the bridge</a>"


def read(page: str | bytes, *, content_type: str = "text/html; charset=utf-8") -> Document:
    payload = page if isinstance(page, bytes) else page.encode()
    return extract(
        Capture(
            url="https://bao.example/bai-1.html",
            captured_at=datetime(2026, 3, 1, tzinfo=UTC),
            payload=payload,
            status=200,
            headers=(("content-type", content_type),),
        )
    )


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body>" + "<span>a</span>" * 200_000, id="elements"),
        pytest.param("<html><body>" + "<p>x" * 200_000, id="elements left open"),
        pytest.param("<html><body>" + "<br>" * 2_000_000, id="millions of tags"),
        pytest.param("<div>" * 100_000 + "x", id="depth"),
        pytest.param("<html><body>" + "<b><i>x" * 25_000, id="depth of what is inline"),
        pytest.param(f"<html><body><p {' '.join(f'a{i}=b' for i in range(20_000))}>x</p>{STORY}", id="attributes"),
        pytest.param(f"<html><body>{STORY}<svg>{'<g>' * 20_000}", id="depth of a drawing"),
    ],
)
def test_a_bomb_is_too_big(page: str) -> None:
    assert read(page).verdict is Verdict.TOO_BIG


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<html><body>{'<div>' * 200}{STORY}{'</div>' * 200}", id="deep within the limit"),
        pytest.param(f"<html><body>{'<table><tr><td>' * 60}{STORY}", id="tables in tables"),
        pytest.param(f"<html><body><p class='{'related ' * 200_000}'>x</p>{STORY}", id="a class of a megabyte"),
        pytest.param(f"<html><body>{'<!-- x -->' * 50_000}{STORY}", id="comments"),
        pytest.param(
            f"<html><head><script type='application/ld+json'>{'[' * 100_000}</script></head><body>{STORY}",
            id="JSON-LD without end",
        ),
        pytest.param(
            f"<html><head>{'<meta name=author content=Anna>' * 20_000}</head><body>{STORY}",
            id="authors",
        ),
        pytest.param(
            "<html><head>"
            + "".join(f"<meta name=description content='{SENTENCE[:60]} {i} {SENTENCE[60:]}'>" for i in range(5_000))
            + f"</head><body>{STORY}",
            id="descriptions",
        ),
        pytest.param(f"<html><body>{STORY}{'<p>Read more: <a href=/>on</a></p>' * 5_000}", id="read more"),
        pytest.param(
            f"<html><body><h1>A</h1>{'<a class=author rel=author href=/author/x>By x</a>' * 20_000}{STORY}",
            id="bylines",
        ),
        pytest.param(f"<html><body><h1>A</h1>{'<time datetime=2026>x</time>' * 20_000}{STORY}", id="times"),
        pytest.param(f"<base href='http://[bad'><link rel=canonical href='http://[x'>{STORY}", id="broken addresses"),
        pytest.param(f"<html><body>{STORY}{'&#xD800;&#0;&#x110000;' * 100}", id="impossible letters"),
    ],
)
def test_a_story_in_hostile_markup_is_read(page: str) -> None:
    document = read(page)
    assert document.verdict is Verdict.OK
    assert document.body.count(SENTENCE) == STORY.count(SENTENCE)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<html><body>" + LINK * 25_000 + "</body></html>", id="links"),
        pytest.param("<html><body>" + LINK * 200 + "</body></html>", id="fewer links"),
        pytest.param(f"<html><body><ul>{f'<li>{LINK}</li>' * 300}</ul></body></html>", id="a list of links"),
        pytest.param("<html><head><title>Nothing here</title></head></html>", id="no body"),
        pytest.param(
            "<html><frameset cols='20%,80%'><frame src='a.html'><frame src='b.html'>"
            "<noframes>Your browser shows no frames.</noframes></frameset></html>",
            id="frames",
        ),
        pytest.param("<html><body>" + "<iframe src='/a.html'></iframe>" * 3 + "</body></html>", id="inline frames"),
        pytest.param(f"<html><head><meta name=description content='{'x ' * 100_000}'></head>", id="only a head"),
        pytest.param("%PDF-1.7\n" + "1 0 obj <<>> endobj\n" * 200, id="PDF"),
        pytest.param(b"\xef\xbb\xbf\r\n%PDF-1.4\n" + b"<p>1 0 obj</p>" * 200, id="PDF behind a line break"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(200), id="picture"),
        pytest.param(f"<html><body>{STORY}<!--{'x-' * 5_000}", id="an open comment"),
        pytest.param(f"<html><body>{STORY}\0\0\0", id="zero bytes"),
    ],
)
def test_what_is_no_article_is_held_without_text(page: str | bytes) -> None:
    document = read(page)
    assert document.verdict is not Verdict.OK
    assert document.body == ""
    assert document.detail


@pytest.mark.parametrize(
    "label", ["utf-8", "windows-1252", "iso-8859-1", "x-user-defined", "utf-16", "no-such-charset"]
)
def test_a_label_that_lies_changes_no_letter(label: str) -> None:
    page = f"<html><head><meta charset='{label}'></head><body>{f'<p>{VIETNAMESE}</p>' * 10}</body></html>"
    document = read(page, content_type=f"text/html; charset={label}")
    assert document.verdict is Verdict.OK
    assert document.body.count(VIETNAMESE) == 10


@pytest.mark.parametrize("label", ["utf-8", "windows-1258", "koi8-r"])
def test_noise_called_html_is_never_archived(label: str) -> None:
    noise = bytes((index * 7919 + index // 251) % 128 + 128 for index in range(20_000))
    document = read(b"<html><body><p>" + noise + b"</p></body></html>", content_type=f"text/html; charset={label}")
    assert document.verdict is not Verdict.OK
    assert document.body == ""
