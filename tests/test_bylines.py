"""Who wrote a page of a site that nobody declared: as its mark-up states, as it prints by the headline, or nobody."""

import json
from datetime import UTC, datetime

import html_pages as pages
import pytest

from crawler.extraction.html import read_html

URL = "https://www.vi-du.example/ban-na-loc"
NOW = datetime(2026, 3, 7, tzinfo=UTC)
STORY = pages.paragraphs(*(f"{text} {text}" for text in pages.PARAGRAPHS * 2))


def author(header="", *, head="", lang="en", tail="", url=URL):
    body = f"<h1>{pages.TITLE}</h1>{header}<article>{STORY}</article>{tail}"
    return read_html(pages.page(body, head=head, lang=lang), url=url, captured_at=NOW).author


def graph(*nodes):
    text = json.dumps({"@context": "https://schema.org", "@graph": nodes})
    return f'<script type="application/ld+json">{text}</script>'


def meta(name, content):
    return f'<meta name="{name}" content="{content}">'


ARTICLE = {"@type": "NewsArticle", "headline": pages.TITLE}


def test_an_author_that_the_graph_names_elsewhere_is_found():
    found = author(
        head=graph({**ARTICLE, "author": {"@id": "#lan"}}, {"@type": "Person", "@id": "#lan", "name": "Mai Lan"})
    )
    assert found == "Mai Lan"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(meta("twitter:label1", "Written by") + meta("twitter:data1", "Mai Lan"), "Mai Lan", id="label"),
        pytest.param(meta("twitter:label1", "Reading time") + meta("twitter:data1", "Mai Lan"), None, id="other label"),
        pytest.param(meta("citation_author", "Lan, Mai") + meta("citation_author", "Ly, Lò"), "Mai Lan, Lò Ly", id="2"),
        pytest.param(meta("author", "Mai Lan and Lò Pảo"), "Mai Lan, Lò Pảo", id="and"),
        pytest.param(meta("author", "Mai Lan with Lò Pảo"), "Mai Lan, Lò Pảo", id="with"),
        pytest.param(meta("author", "Center for Land and Water"), "Center for Land and Water", id="one name"),
        pytest.param(meta("author", "Mai Lan, MD, FACP"), "Mai Lan, MD, FACP", id="degrees"),
        pytest.param(meta("author", "page.head.extra.author"), None, id="a template unfilled"),
        pytest.param(meta("author", "text: Mai Lan, code: Lò Pảo"), None, id="a list of roles"),
        pytest.param(meta("author", "262588213843476"), None, id="a number"),
        pytest.param(meta("author", "mai.lan"), "mai.lan", id="only a log-in name"),
        pytest.param(meta("author", "admin"), None, id="a program"),
    ],
)  # fmt: skip
def test_what_meta_tags_state(head, expected):
    assert author(head=head) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("<p>By Mai Lan</p>", "Mai Lan", id="by"),
        pytest.param("<p><span>By</span> <b>Mai Lan</b></p>", "Mai Lan", id="by in an element of its own"),
        pytest.param("<a href='/authors/mai-lan'>Mai Lan</a>", "Mai Lan", id="page of the author"),
        pytest.param("<a href='/authors/lan'>Lan</a>", "Lan", id="one word"),
        pytest.param("<a href='/team/mai-lan'>Mai Lan</a>", "Mai Lan", id="page of one of a team"),
        pytest.param("<a href='/team/rules-of-play'>Our Awards</a>", None, id="page of no person"),
        pytest.param("<a href='https://social.example/@lo-pao'>Follow Us</a>", None, id="another site"),
        pytest.param("<span class='a'>Mai Lan</span><span>May 4, 2026</span>", "Mai Lan", id="beside a date"),
        pytest.param("<a href='/x'>Digital Health</a><span>May 4, 2026</span>", None, id="a section beside a date"),
        pytest.param("<p>Quick Guide</p><span>May 4, 2026</span><p>a quick guide " + "x " * 120, None, id="words"),
        pytest.param("<p class='byline'>Reviewed by Mai Lan</p>", None, id="reviewed"),
        pytest.param("<p>Photos by <a rel='author'>Mai Lan</a></p>", None, id="pictures"),
        pytest.param("<p class='author'>By <a>Mai Lan</a>, <a>Lò Pảo</a></p>", "Mai Lan, Lò Pảo", id="two"),
        pytest.param("<p class='author'>By Mai Lan May</p>", "Mai Lan May", id="a month as a name"),
        pytest.param("<p class='author'>Mai Lan, Marketing Director</p>", "Mai Lan", id="a post"),
        pytest.param("<p class='by-author'>The Village Team</p>", "The Village Team", id="a team"),
        pytest.param("<p class='author'>ML Mai Lan</p>", "Mai Lan", id="initials for a portrait"),
        pytest.param("<p class='byline'>Mai Lan, Courtesy Lò Ly</p>", "Mai Lan", id="courtesy"),
        pytest.param("<p class='byline'>By Edith Lan</p>", "Edith Lan", id="a name that begins like a role"),
        pytest.param("<span class='author-name'>Lan</span>", "Lan", id="one word in a place for names"),
        pytest.param("<a href='/authors/human'>Human in the Loop</a>", None, id="no name"),
        pytest.param("<p class='author'>Mai Lan <i>Mai Lan</i></p>", "Mai Lan", id="one name twice"),
        pytest.param("<p>4 May 2026</p><p><i></i>Mai Lan in <a>Culture</a></p>", "Mai Lan", id="in a section"),
    ],
)  # fmt: skip
def test_what_stands_below_the_headline(header, expected):
    assert author(header) == expected


LAN, PAO = "<a href='/author/lan'>Mai Lan</a>", "<a href='/author/pao'>Lò Pảo</a>"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(f"<p>By {LAN} and {PAO}</p>", "Mai Lan, Lò Pảo", id="and"),
        pytest.param(f"<p><span>{LAN}</span>, <span>{PAO}</span></p>", "Mai Lan, Lò Pảo", id="comma"),
        pytest.param(f"<p>{LAN}{PAO}</p>", "Mai Lan, Lò Pảo", id="side by side"),
        pytest.param(f"<p>{LAN}</p><p>Senior Health Desk {PAO}</p>", "Mai Lan", id="apart"),
        pytest.param(f"<p>{LAN} <b>Fact checked by</b> {PAO}</p>", "Mai Lan", id="another role"),
        pytest.param(f"<div class='byline'>{LAN} VILLAGE POST</div>", "Mai Lan", id="a box that says more"),
        pytest.param("<p class='author'>Village Post</p><p class='author'>Mai Lan</p>", "Mai Lan", id="their paper"),
        pytest.param("<p class='author'>Global Desk</p><p class='author'>Mai Lan</p>", "Mai Lan", id="their desk"),
    ],
)  # fmt: skip
def test_persons_sign_together_where_the_page_joins_them(header, expected):
    assert author(header, head=meta("og:site_name", "Village Post")) == expected


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("<p>Written by <a href='https://x.example'>Mai Lan</a></p>", id="below the story"),
        pytest.param("<div><h2>Article written by:</h2><div><h3>Mai Lan</h3></div></div>", id="a box below it"),
    ],
)
def test_who_is_said_to_have_written_it_outranks_the_outlet(tail):
    named = meta("og:site_name", "Village Post") + meta("author", "Village Post")
    assert author(head=named, tail=tail) == "Mai Lan"


def test_an_organization_beside_a_person_is_where_that_person_works():
    listed = [{"@type": "Organization", "name": "Health Office"}, {"@type": "Person", "name": "Mai Lan"}]
    assert author(head=graph({**ARTICLE, "author": listed})) == "Mai Lan"


@pytest.mark.parametrize("last", ["Frequently Asked Questions", "Opening Hours"])
def test_a_heading_at_the_end_signs_nothing(last):
    assert author(tail=f"<p>Our opening hours are long.</p><p><b>{last}</b></p>") is None


def test_the_headline_names_the_author_and_the_teasers_below_do_not():
    teasers = "".join(f"<div class='item'><a href='/author/p{n}'>Lò Pảo P{n}</a></div>" for n in range(5))
    assert author("<a href='/author/lan'>Mai Lan</a>", tail=teasers) == "Mai Lan"


def test_a_page_that_names_many_elsewhere_names_nobody():
    assert author(tail="".join(f"<p class='author'>Mai Lan {name}</p>" for name in ("An", "Ba", "Ca", "Da"))) is None


def test_a_log_in_name_stands_back_behind_the_name_that_is_printed():
    assert author("<p class='byline'>By Mai Lan</p>", head=meta("author", "mlan7")) == "Mai Lan"


def test_an_outlet_that_names_itself_signs_only_where_nobody_else_does():
    named = meta("og:site_name", "Village Post") + meta("author", "Village Post")
    assert author(head=named) == "Village Post"
    assert author("<p>By Mai Lan</p>", head=named) == "Mai Lan"


def test_a_vietnamese_outlet_signs_nothing():
    assert author(head=meta("og:site_name", "Báo Nà Lộc") + meta("author", "Báo Nà Lộc"), lang="vi") is None


def test_an_organization_in_the_graph_stands_back_behind_a_person():
    stated = graph({**ARTICLE, "author": {"@type": "Organization", "name": "Weather Office"}})
    assert author(head=stated) == "Weather Office"
    assert author("<p>By Mai Lan</p>", head=stated) == "Mai Lan"
