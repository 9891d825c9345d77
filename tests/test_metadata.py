"""What a page states beside its text, and which of it is believed."""

import json
from datetime import UTC, datetime, timedelta

import html_pages as pages
import pytest

from crawler.extraction.authors import clean_author
from crawler.extraction.metadata import read_metadata
from crawler.sites import find_site

URL = "https://vi-du.example/ban-na-loc"
PLUS_SEVEN = timedelta(hours=7)


def read(head="", body="", *, url=URL, site=None, headers=(), **options):
    return read_metadata(
        pages.tree(pages.page(body, head=head, **options)), url=url, site=find_site(site), headers=headers
    )


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def test_json_ld_is_believed_first():
    head = pages.json_ld(datePublished="2026-03-07T08:00:00+07:00", author={"name": "Lò Thắm"}) + meta(
        "article:published_time", "2020-01-01T00:00:00Z"
    )
    found = read(head)
    assert found.published_at == datetime(2026, 3, 7, 1, tzinfo=UTC)
    assert found.published_at.utcoffset() == PLUS_SEVEN
    assert found.author == "Lò Thắm"
    assert found.provenance["published_at"] == found.provenance["author"] == "json-ld"
    assert found.is_article


def test_an_article_inside_a_graph_is_found():
    node = {"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["Thing", "NewsArticle"], "headline": pages.TITLE}]}
    assert read(f'<script type="application/ld+json">{json.dumps(node)}</script>').is_article


def test_stories_in_a_list_are_not_the_page():
    node = {"@type": "ItemList", "itemListElement": [{"item": {"@type": "NewsArticle", "headline": "Tin khác"}}]}
    assert not read(f'<script type="application/ld+json">{json.dumps(node)}</script>').is_article


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '{"@type":"NewsArticle","headline":"A\nB","datePublished":"2026-03-07T08:00:00+07:00",}', id="comma"
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"A "B" C","datePublished":"2026-03-07T08:00:00+07:00"}', id="quotes"
        ),
        pytest.param(
            '//<![CDATA[\n{"@type":"NewsArticle","headline":"A","datePublished":"2026-03-07T08:00:00+07:00"}\n//]]>',
            id="cdata",
        ),
    ],
)
def test_broken_json_still_tells_the_date(text):
    found = read(f'<script type="application/ld+json">{text}</script>')
    assert found.is_article
    assert found.published_at == datetime(2026, 3, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "site", "expected"),
    [
        pytest.param("2026-03-07T08:52:11.000 +07:00", None, datetime(2026, 3, 7, 1, 52, 11, tzinfo=UTC), id="space"),
        pytest.param("2026-03-07T00:01:00", "cafef", datetime(2026, 3, 6, 17, 1, tzinfo=UTC), id="naive, known site"),
        pytest.param("2026-03-07T00:01:00", None, None, id="naive, unknown site"),
    ],
)
def test_dates(text, site, expected):
    assert read(meta("article:published_time", text), site=site).published_at == expected


def test_only_json_ld_tells_of_an_edit():
    head = pages.json_ld(dateModified="2026-03-07T12:00:00+07:00") + meta("lastmod", "2026-03-07T08:00:00+07:00")
    assert read(head).modified_at == datetime(2026, 3, 7, 5, tzinfo=UTC)


def test_a_time_element_dates_the_article_unless_it_is_in_a_list():
    listed = '<ul><li><time datetime="2020-01-01T00:00:00Z">x</time></li></ul>'
    body = f'{listed}<h1>T</h1><time datetime="2026-01-02T08:00:11+0700">x</time>'
    found = read(body=body)
    assert found.published_at == datetime(2026, 1, 2, 1, 0, 11, tzinfo=UTC)
    assert found.provenance["published_at"] == "time"


@pytest.mark.parametrize(
    ("name", "site", "author"),
    [
        pytest.param("VnExpress", "vnexpress", None, id="site title"),
        pytest.param("NLD COM VN", "nld", None, id="host in capitals"),
        pytest.param("VCCorp.vn", "cafef", None, id="maker of the system"),
        pytest.param("TUOI TRE ONLINE", "tuoitre", None, id="without marks"),
        pytest.param("", "nld", None, id="empty"),
        pytest.param("Theo Hồ Thắm", "cafef", None, id="a credit"),
        pytest.param("NH&#7852;T XUÂN", "tuoitre", "NHẬT XUÂN", id="entity inside JSON"),
        pytest.param("NHẬT XUÂN;NGHI VŨ", "tuoitre", "NHẬT XUÂN, NGHI VŨ", id="two names"),
        pytest.param("https://www.facebook.com/na-loc", None, None, id="address"),
    ],
)
@pytest.mark.parametrize("where", ["json-ld", "meta"])
def test_a_house_signs_nothing(name, site, author, where):
    head = pages.json_ld(author={"@type": "Person", "name": name}) if where == "json-ld" else meta("author", name)
    assert read(head, site=site).author == author


def test_a_source_in_the_author_field_is_a_credit():
    found = read(meta("author", "Theo Tiền Phong"))
    assert found.author is None
    assert (found.credit.name, found.credit.site) == ("Tiền Phong", "tienphong")


def test_a_bracket_after_the_names_is_no_name():
    author, _ = clean_author("MINH NGUYỆT (TTXVN/VIETNAM+)", frozenset())
    assert author == "MINH NGUYỆT"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param(
            meta("og:title", "Bản Nà Lộc - Báo Ví Dụ"), "", "Bản Nà Lộc - Báo Ví Dụ", id="og:title, unknown name"
        ),
        pytest.param(
            meta("og:title", "Bản Nà Lộc - Báo Ví Dụ") + meta("og:site_name", "Báo Ví Dụ"),
            "",
            "Bản Nà Lộc",
            id="site name off",
        ),
        pytest.param(
            meta("og:title", "Bản Nà Lộc mở lối vào..."), f"<h1>{pages.TITLE}</h1>", pages.TITLE, id="cut in the head"
        ),
        pytest.param(meta("og:title", pages.TITLE), "<h1>Báo Ví Dụ</h1>", pages.TITLE, id="h1 is the logo"),
    ],
)
def test_titles(head, body, title):
    assert read(head, body, title="").title == title


@pytest.mark.parametrize(
    ("options", "language"),
    [
        pytest.param({"lang": "vi-VN"}, "vi", id="html lang"),
        pytest.param({"lang": "", "head": meta("og:locale", "vi_VN")}, "vi", id="og:locale"),
        pytest.param({"lang": "", "headers": (("Content-Language", "en"),)}, "en", id="header"),
        pytest.param({"lang": ""}, None, id="silent"),
        pytest.param({"lang": "", "site": "baolaocai"}, "vi", id="silent, known site"),
    ],
)
def test_language(options, language):
    assert read(**options).language == language


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            '<link rel="canonical" href="/a-post1.html">', "https://vi-du.example/a-post1.html", id="relative"
        ),
        pytest.param(meta("og:url", "https://khac.example/a"), "https://khac.example/a", id="og:url"),
        pytest.param('<link rel="canonical" href="javascript:void(0)">', None, id="no address"),
        pytest.param("", None, id="silent"),
    ],
)
def test_canonical(head, expected):
    assert read(head).canonical_url == expected


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        pytest.param('<meta name="robots" content="index, NOARCHIVE">', (), True, id="meta"),
        pytest.param("", (("X-Robots-Tag", "noarchive, nosnippet"),), True, id="header"),
        pytest.param("", (("X-Robots-Tag", "googlebot: noarchive"),), False, id="another robot"),
        pytest.param('<meta name="googlebot" content="noarchive">', (), False, id="another robot's meta"),
        pytest.param('<meta name="robots" content="index,follow">', (), False, id="allowed"),
    ],
)
def test_noarchive(head, headers, expected):
    assert read(head, headers=headers).noarchive is expected


def test_tags_and_section():
    found = read(pages.json_ld(keywords="chè cổ thụ, Nà Lộc", articleSection="Kinh tế"))
    assert found.tags == ("chè cổ thụ", "Nà Lộc")
    assert found.section == "Kinh tế"


def test_og_type_is_no_evidence():
    assert not read(meta("og:type", "article")).is_article


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(pages.json_ld(**{"@type": "WebPage"}, datePublished="2026-03-07T08:00:00+07:00"), id="a web page"),
        pytest.param(meta("og:article:published_time", "2026-03-07T08:00:00+07:00"), id="another prefix"),
        pytest.param(meta("bt:pubdate", "2026-03-07T01:00:00Z"), id="another system"),
    ],
)
def test_a_moment_stated_in_another_place_is_found(head):
    assert read(head).published_at == datetime(2026, 3, 7, 1, tzinfo=UTC)


def test_a_time_below_the_headline_is_the_articles_also_in_a_box():
    other = "<aside><time datetime='2020-01-01T08:00:00Z'></time></aside>"
    header = "<h1>A</h1><aside class=meta><a href=/x><time datetime='2026-03-07T01:00:00Z'>7 Mar</time></a></aside>"
    story = f"<p>{'Lời. ' * 60}</p>"
    assert read(body=other + header + story + other).published_at == datetime(2026, 3, 7, 1, tzinfo=UTC)


def test_times_of_teasers_below_the_text_are_not_the_articles():
    teasers = "<li><time datetime='2020-01-01T08:00:00Z'></time></li>" * 2
    assert read(body=f"<h1>A</h1><p>{'Lời. ' * 60}</p>{teasers}").published_at is None
