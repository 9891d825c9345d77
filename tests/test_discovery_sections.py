from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import crawler
from archive.urls import identity
from crawler import sites as declared
from crawler.discovery import (
    SourceBroken,
    discover,
    guess_family,
    read_feed,
    read_section,
    read_source,
    shard_urls,
    sitemaps_in_robots,
)
from crawler.extraction import families
from crawler.list_pages import page_of
from crawler.sites import Site, Source, SourceKind, find_site, rules_digest, sites

URL = "https://bao.example/kinh-te/"
ARTICLE = "/lao-cai-khanh-thanh-cau-moi-qua-song-hong-post123456.html"
HEADLINE = "Lào Cai khánh thành cầu mới qua sông Hồng"


def page(*parts, head=""):
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{''.join(parts)}</body></html>".encode()


def a(href, text=HEADLINE, more=""):
    return f'<a href="{href}" {more}>{text}</a>'


def read(*parts, site=None, url=URL, head=""):
    return read_section(page(*parts, head=head), url=url, site=site)


def urls(section):
    return [found.url for found in section.items]


# --- links ------------------------------------------------------------------------------------------------------------


def test_one_card_is_one_article():
    section = read(
        "<article>",
        a(ARTICLE, '<img alt="IMG_1.JPG">'),
        f"<h3>{a(ARTICLE + '?utm_source=home#top')}</h3>",
        a("https://www.bao.example" + ARTICLE, "Sáng 7/3, cây cầu dài 1,2 km nối hai bờ đã thông xe sau ba năm"),
        "</article>",
    )
    (found,) = section.items
    assert (found.url, found.title) == ("https://bao.example" + ARTICLE, HEADLINE)
    assert (found.kind, found.found_in) == (SourceKind.SECTION, URL)


def test_page_order_and_own_site_only():
    other = "/gia-vang-hom-nay-7-3-tang-manh-tro-lai-post123457.html"
    section = read(
        a(other, "Giá vàng hôm nay tăng mạnh trở lại"),
        a("https://khac.example" + ARTICLE),
        a("//www.bao.example" + ARTICLE),
        a("javascript:void(0)"),
        a("mailto:a@bao.example"),
        a("http://[::1"),
    )
    assert urls(section) == ["https://bao.example" + other, "https://www.bao.example" + ARTICLE]


def test_relative_to_the_base_of_the_page():
    assert urls(read(a("bai-moi-nhat-trong-ngay-123456.html"), head='<base href="/tin/">')) == [
        "https://bao.example/tin/bai-moi-nhat-trong-ngay-123456.html"
    ]


def test_a_declared_site_says_what_an_article_is():
    site = find_site("baolaocai")
    section = read(
        a("/kinh-te/"),
        a("/cong-doan-lao-cai-va-nhung-hoat-dong-tag4194.html"),
        a("/tu-khoa/cau-moi-tag4195.html"),
        a("/mot-trang-khong-co-so-nao-ca.html"),
        a("https://mirror.example" + ARTICLE),
        a(ARTICLE, "Ngắn"),
        site=site,
        url="https://baolaocai.vn/kinh-te/",
    )
    assert urls(section) == ["https://baolaocai.vn" + ARTICLE]


def test_twins_are_listed_once():
    laodong = find_site("laodong")
    section = read(
        a("/xa-hoi/cau-moi-582910.bld"), a("/xa-hoi/cau-moi-582910.ldo"), site=laodong, url="https://laodong.vn/xa-hoi"
    )
    assert urls(section) == ["https://laodong.vn/xa-hoi/cau-moi-582910.bld"]
    assert laodong.preferred(urls(section)[0]) == "https://laodong.vn/xa-hoi/cau-moi-582910.ldo"


def test_print_copies_are_not_listed():
    site = find_site("laodongthudo")
    section = read(
        a("/apicenter@/print_article&i=174019"), a("/cau-moi-174019.html"), site=site, url="https://laodongthudo.vn/"
    )
    assert urls(section) == ["https://laodongthudo.vn/cau-moi-174019.html"]


@pytest.mark.parametrize(
    ("href", "text", "is_listed"),
    [
        pytest.param(ARTICLE, HEADLINE, True, id="number"),
        pytest.param(ARTICLE, "", True, id="number, picture only"),
        pytest.param("/2026/03/07/cau-moi", HEADLINE, True, id="date in the path"),
        pytest.param("/202603/cau-moi-qua-song-hong-thong-xe-sang-nay/", HEADLINE, True, id="month in the path"),
        pytest.param("/lao-cai-khanh-thanh-cau-moi-qua-song-hong.html", HEADLINE, True, id="no number"),
        pytest.param("/?p=12345", HEADLINE, True, id="number in the query"),
        pytest.param(
            "/article/%E6%96%B0%E3%81%97%E3%81%84%E6%A9%8B-123456",
            "新しい橋が開通しました、本日から",
            True,
            id="Japanese",
        ),
        pytest.param("/the-thao/bong-da-quoc-te", "Bóng đá quốc tế", False, id="section of four words"),
        pytest.param("/van-hoa-the-thao-du-lich/", "Văn hóa - Thể thao - Du lịch", False, id="long section"),
        pytest.param("/tag/cau-moi-qua-song-hong-123456", HEADLINE, False, id="tag"),
        pytest.param("/tac-gia/nguyen-van-a-123456.html", HEADLINE, False, id="author"),
        pytest.param("/festival-den-hung-nam-2026-event12345.html", HEADLINE, False, id="event"),
        pytest.param("/tim-kiem?q=cau&id=123456", HEADLINE, False, id="search"),
        pytest.param("/anh/cau-moi-qua-song-hong-123456.jpg", HEADLINE, False, id="picture"),
        pytest.param("/", HEADLINE, False, id="front page"),
        pytest.param("/video-12345.html", "Video", False, id="number and one word"),
    ],
)
def test_what_looks_like_an_article_on_an_unknown_site(href, text, is_listed):
    sure = "/bai-chac-chan-la-bai-bao-tren-trang-999999.html"
    found = urls(read(a(sure), a(href, text)))
    assert ("https://bao.example" + sure in found, len(found) == 2) == (True, is_listed)


def test_menus_are_no_articles():
    href = "/phat-trien-kinh-te-xa-hoi-vung-cao-nam-2026"
    text = "Phát triển kinh tế - xã hội vùng cao năm 2026"
    sure = a("/bai-chac-chan-la-bai-bao-tren-trang-999999.html")
    assert len(urls(read(sure, f"<nav>{a(href, text)}</nav>"))) == 1
    assert len(urls(read(sure, f'<div class="main-menu">{a(href, text)}</div>'))) == 1
    assert len(urls(read(sure, f"<h2>{a(href, text)}</h2>"))) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "empty page", id="nothing"),
        pytest.param(b'{"error": 1}', "no HTML", id="JSON"),
        pytest.param(page("<p>Checking your browser</p>"), "no links", id="wall"),
        pytest.param(
            page(a("/kinh-te/", "Kinh tế"), '<div id="app"></div>'), "no article among 1", id="drawn by a script"
        ),
        pytest.param(page("<b " + " ".join(f"a{n}=1" for n in range(5000)) + ">"), "attributes", id="attribute bomb"),
        pytest.param(page("<i>" * 70_000), "elements", id="too many elements"),
        pytest.param(b"a" * 11_000_000, "bytes", id="too big"),
    ],
)
def test_a_page_without_articles_is_an_error(body, why):
    with pytest.raises(SourceBroken) as caught:
        read_section(body, url=URL)
    assert why in caught.value.reason


def test_a_page_that_was_cut_is_read_with_a_note():
    body = page(a(ARTICLE) * 20)
    section = read_section(body[: body.rfind(b"<a href") + 12], url=URL)
    assert len(section.items) == 1
    assert section.note.startswith("cut off")


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "links", "following"),
    [
        pytest.param(URL, a("?page=2", "»", 'rel="next"'), "https://bao.example/kinh-te/?page=2", id="rel"),
        pytest.param(
            "https://dantri.example/xa-hoi.htm",
            a("/xa-hoi/trang-3.htm", "3") + a("/xa-hoi/trang-2.htm", "2"),
            "https://dantri.example/xa-hoi/trang-2.htm",
            id="trang-2.htm",
        ),
        pytest.param(
            "https://bao.example/kinh-te/trang-2.htm",
            a("/kinh-te.htm", "1") + a("/kinh-te/trang-3.htm", "3"),
            "https://bao.example/kinh-te/trang-3.htm",
            id="the one after",
        ),
        pytest.param(URL, a("/kinh-te/page/2/", "Older posts"), "https://bao.example/kinh-te/page/2/", id="WordPress"),
        pytest.param(URL, a("/kinh-te-p2", "2"), "https://bao.example/kinh-te-p2", id="-p2"),
        pytest.param(URL, a("/kinh-te?trang=2", "Trang sau"), "https://bao.example/kinh-te?trang=2", id="trang="),
        pytest.param(URL, a("/kinh-te/&s=16", "Sau"), "https://bao.example/kinh-te/&s=16", id="word"),
        pytest.param(URL, a("/kinh-te/&s=16", "&gt;"), "https://bao.example/kinh-te/&s=16", id="arrow"),
        pytest.param(
            URL, a("/kinh-te/16", "<i></i>", 'aria-label="Trang tiếp"'), "https://bao.example/kinh-te/16", id="label"
        ),
        pytest.param(URL + "?page=9", a("?page=8", "Trang sau", 'rel="next"'), None, id="never backwards"),
        pytest.param(URL, a(URL + "#a", "Sau"), None, id="never itself"),
        pytest.param(URL, a("https://khac.example/?page=2", "Sau"), None, id="never elsewhere"),
        pytest.param(URL, a("/page/2/", "2"), None, id="never another list by number"),
        pytest.param(URL, "", None, id="last page"),
    ],
)
def test_next_page(url, links, following):
    assert read_section(page(a(ARTICLE), links), url=url).next_url == following


def test_page_of():
    assert page_of("https://vnexpress.net/kinh-doanh-p2") == ("https://vnexpress.net/kinh-doanh", 2)
    assert page_of("https://laodong.vn/xa-hoi?page=3&x=1") == ("https://laodong.vn/xa-hoi?x=1", 3)
    assert page_of("https://bao.example/") == ("https://bao.example", 1)
    assert page_of("http://[bad?page=2") == ("http://[bad?page=2", 1)


# --- an unknown site --------------------------------------------------------------------------------------------------

FEED = '<link rel="alternate" type="application/rss+xml" href="/rss/home.rss">'


def test_feeds_of_a_page():
    section = read(
        a(ARTICLE),
        a("/rss/the-thao.rss", "RSS"),
        a("/rss.html", "RSS"),
        a("https://khac.example/b.rss", "RSS"),
        head=FEED + '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" hreflang="en" href="/en/">',
    )
    assert section.feeds == ("https://bao.example/rss/home.rss", "https://bao.example/rss/the-thao.rss")


def test_sitemaps_in_robots():
    robots = (
        "\ufeffSitemap: https://bao.example/a.xml\r\nUser-agent: *\nDisallow: /x # Sitemap: /no.xml\n"
        "sitemap:/b.xml\n SITEMAP : https://cdn.example/c.xml\nSitemap: javascript:x\nSitemap: /b.xml"
    )
    assert sitemaps_in_robots(robots, URL) == (
        "https://bao.example/a.xml",
        "https://bao.example/b.xml",
        "https://cdn.example/c.xml",
    )
    assert sitemaps_in_robots(None, URL) == ()


def test_discover():
    home = page(
        "<nav>",
        a("/", "Trang chủ"),
        a("/kinh-te/", "Kinh tế"),
        a("/xa-hoi/y-te", "Y tế"),
        a("/lien-he.html", "Liên hệ"),
        a("/tag/covid", "Covid"),
        a("/a/b/c", "Sâu"),
        "</nav>",
        a(ARTICLE),
        head=FEED,
    )
    assert discover("https://bao.example/", home, "Sitemap: /sm.xml") == (
        Source(SourceKind.FEED, "https://bao.example/rss/home.rss"),
        Source(SourceKind.SITEMAP, "https://bao.example/sm.xml"),
        Source(SourceKind.SECTION, "https://bao.example/kinh-te/"),
        Source(SourceKind.SECTION, "https://bao.example/xa-hoi/y-te"),
        Source(SourceKind.HOME, "https://bao.example/"),
    )


def test_what_a_site_does_not_name_is_inferred():
    found = discover("https://bao.example/", page(a(ARTICLE)))
    assert Source(SourceKind.SITEMAP, "https://bao.example/sitemap.xml", is_inferred=True) in found
    assert Source(SourceKind.FEED, "https://bao.example/rss/home.rss", is_inferred=True) in found
    assert [source.is_inferred for source in found if source.kind is SourceKind.HOME] == [False]


@pytest.mark.parametrize(
    ("html", "family"),
    [
        ('<h1 class="article__title cms-title"></h1><div class="article__body cms-body">', "epi"),
        ('<article class="story"><h3 class="story__heading"><a class="cms-link">', "epi"),
        ('<div class="__MASTERCMS_CONTENT"><div id="__MB_MASTERCMS_EL_3">', "mastercms"),
        ('<div class="paging __MB_ARTICLE_PAGING"><img src="/stores/news_dataimages/2025/a.jpg">', "mastercms"),
        ('<h2 class="detail-sapo" data-role="sapo"></h2><div class="detail-content afcbc-body">', "vccorp"),
        ('<h2 class="article-content__description"></h2><p class="icon_author">', "daidoanket"),
        ('<div class="td-post-content tagdiv-type">', "tagdiv"),
        ('<h1 class="article__title">', None),
        ("", None),
    ],
)
def test_guess_family(html, family):
    assert guess_family(html) == guess_family(html.encode()) == family
    names = {rules.name for rules in vars(families).values() if isinstance(rules, families.RuleSet)}
    assert family is None or family in names


# --- declared sites ---------------------------------------------------------------------------------------------------


def test_every_site_says_where_its_articles_are_listed():
    for site in sites():
        assert site.sources, site.name
        assert site.sources[-1].kind is SourceKind.HOME
        assert len({source.url for source in site.sources}) == len(site.sources)
        for source in site.sources:
            assert source.url.startswith("https://"), source
            assert site.serves(source.url), source
            assert site.is_article(source.url) is not True, source


def test_forms_of_declared_shards_can_be_filled_in():
    from datetime import UTC, datetime

    now = datetime(2026, 7, 3, tzinfo=UTC)
    forms = [source.url for site in sites() for source in site.sources if source.is_form]
    assert len(forms) >= 4
    for form in forms:
        found = shard_urls(form, now - timedelta(days=1), now)
        assert found
        assert not any("{" in url for url in found)


@pytest.mark.parametrize(
    ("name", "url", "preferred"),
    [
        (
            "dantri",
            "https://amp.dantri.com.vn/xa-hoi/a-20260307080000000.htm",
            "https://dantri.com.vn/xa-hoi/a-20260307080000000.htm",
        ),
        ("cafef", "http://m.cafef.vn/a-188260307080000000.chn", "https://cafef.vn/a-188260307080000000.chn"),
        ("vnexpress", "https://m.vnexpress.net/a-4123456.html", "https://vnexpress.net/a-4123456.html"),
        ("laodong", "https://laodong.vn/xa-hoi/a-582910.bld?x=1", "https://laodong.vn/xa-hoi/a-582910.ldo?x=1"),
        ("nhandan", "https://nhandan.vn/a-post1.html", "https://nhandan.vn/a-post1.html"),
    ],
)
def test_twins_have_one_address(name, url, preferred):
    site = find_site(name)
    assert site.preferred(url) == site.preferred(preferred) == preferred
    assert site.is_article(url)
    assert site.is_article(preferred)
    assert identity(site.preferred(url)) == identity(preferred)


def test_where_articles_are_listed_makes_no_new_edition(monkeypatch):
    def digest(**fields):
        site = Site(name="x", title="X", hosts=("x.example",), **fields)
        monkeypatch.setattr(declared, "sites", lambda: (site,))
        rules_digest.cache_clear()
        return rules_digest()

    plain = digest()
    assert digest(sources=(Source(SourceKind.HOME, "https://x.example/"),)) == plain
    assert digest(delay=5.0) == plain
    assert digest(twins=(("a", "b"),)) == plain
    assert digest(articles=("a",)) != plain
    assert digest(offset=timedelta(0)) != plain
    monkeypatch.undo()
    rules_digest.cache_clear()


def test_read_source_reads_each_kind():
    feed = b"<rss><channel><item><link>/a</link><pubDate>2026-03-07 08:00</pubDate></item></channel></rss>"
    site = find_site("baolaocai")
    url = site.sources[0].url
    assert read_source(site.sources[0], feed, url=url, site=site) == read_feed(feed, url=url, offset=site.offset)
    sitemap = Source(SourceKind.SITEMAP, "https://baolaocai.vn/sitemap.xml")
    body = b"<urlset><url><loc>/a</loc></url></urlset>"
    assert read_source(sitemap, body, url=sitemap.url, site=site).entries[0].kind is SourceKind.SITEMAP
    home = site.sources[-1]
    assert read_source(home, page(a(ARTICLE)), url=home.url, site=site).items[0].kind is SourceKind.HOME


def test_other_hosts_are_left_out_of_feeds_and_sitemaps():
    site = find_site("cafef")
    feed, sitemap = site.sources[0], Source(SourceKind.SITEMAP, "https://cafef.vn/sitemap.xml")
    link = "<item><link>{}</link></item>"
    own, other = link.format("https://m.cafef.vn/a.chn"), link.format("https://khac.example/a")
    rss = f"<rss><channel>{own}{other}</channel></rss>"
    found = read_source(feed, rss.encode(), url=feed.url, site=site)
    assert ([item.url for item in found.items], found.note) == (
        ["https://m.cafef.vn/a.chn"],
        "left out 1 on other hosts",
    )
    with pytest.raises(SourceBroken, match="on other hosts"):
        read_source(
            sitemap, b"<urlset><url><loc>https://khac.example/a</loc></url></urlset>", url=sitemap.url, site=site
        )


def test_discovery_does_no_input_or_output():
    folder = Path(crawler.__file__).parent / "discovery"
    words = ("import requests", "import socket", "urllib.request", "scrapy", "open(", "twisted", "datetime.now")
    for path in folder.glob("*.py"):
        source = path.read_text()
        assert not [word for word in words if word in source], path.name


PIECES = st.sampled_from(
    ['<a href="/bai-bao-moi-nhat-123456.html">', "</a>", "<a href=", '"http://[', "<base href='//['>", "<nav>", "<h1>",
     "<link rel=next href='?page=2'>", "Sau", "<!--", "<script>", "<plaintext>", "\x00", "<a href='?p=1&p=2'>", "<svg>",
     "<template>", "<a href='/%ff%00'>x</a>", "<a href='/trang-99999.htm'>", "<a href='?page=²'>"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join), st.sampled_from([None, "cafef"]))
def test_nothing_but_source_broken_comes_out(text, name):
    body = text.encode("utf-8", "surrogatepass")
    for call in (
        lambda: read_section(body, url=URL, site=find_site(name)),
        lambda: discover(URL, body, text),
        lambda: guess_family(body),
    ):
        try:
            call()
        except SourceBroken:
            continue
