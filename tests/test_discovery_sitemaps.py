from __future__ import annotations

import itertools
import resource
import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import Child, SourceBroken, read_sitemap, shard_urls, shards_since
from crawler.discovery.sitemaps import MAX_SITEMAP, iter_sitemap

URL = "https://bao.example/sitemap.xml"
VIETNAM = timedelta(hours=7)
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(*entries, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f"{head}<urlset {NAMESPACES}>{''.join(entries)}</urlset>".encode()


def entry(inside="", loc="https://bao.example/a-post1.html"):
    return f"<url><loc>{loc}</loc>{inside}</url>"


def read(body, **options):
    return read_sitemap(body, url=URL, **{"offset": VIETNAM, **options})


def reason(body):
    with pytest.raises(SourceBroken) as caught:
        read(body)
    return caught.value.reason


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def index(*paths, lastmods=()):
    moments = itertools.chain(lastmods, itertools.repeat(None))
    return [Child(f"https://bao.example{path}", moment) for path, moment in zip(paths, moments, strict=False)]


def since(moment, now, *paths, lastmods=()):
    found = shards_since(index(*paths, lastmods=lastmods), moment and at(moment), at(now))
    return [url.removeprefix("https://bao.example") for url in found]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_news_entry():
    sitemap = read(
        urlset(
            entry(
                "<lastmod>2026-03-07T09:00:00+07:00</lastmod><news:news><news:publication><news:name>Báo</news:name>"
                "<news:language>vi</news:language></news:publication><news:publication_date>2026-03-07T08:00:00+07:00"
                "</news:publication_date><news:title><![CDATA[Cầu mới thông xe]]></news:title></news:news>"
                "<image:image><image:loc>https://cdn.example/a.jpg</image:loc><image:title>Ảnh</image:title></image:image>"
            )
        )
    )
    (found,) = sitemap.entries
    assert (found.url, found.title, found.day) == ("https://bao.example/a-post1.html", "Cầu mới thông xe", None)
    assert found.published_at.isoformat() == "2026-03-07T08:00:00+07:00"
    assert found.modified_at.isoformat() == "2026-03-07T09:00:00+07:00"
    assert sitemap.note is None


@pytest.mark.parametrize(
    ("lastmod", "moment", "day"),
    [
        ("2026-03-07T09:00:00Z", "2026-03-07T09:00:00+00:00", None),
        ("2026-03-07T09:00+07:00", "2026-03-07T09:00:00+07:00", None),
        ("2026-03-07 09:00:00", "2026-03-07T09:00:00+07:00", None),
        ("2026-03-07T08:52:11.000 +07:00", "2026-03-07T08:52:11+07:00", None),
        ("2026-03-07", None, date(2026, 3, 7)),
        ("2026-02-30", None, None),
        ("2026-03", None, None),
        ("", None, None),
    ],
)
def test_lastmod(lastmod, moment, day):
    (found,) = read(urlset(entry(f"<lastmod>\n{lastmod} </lastmod>"))).entries
    assert (found.modified_at and found.modified_at.isoformat(), found.day) == (moment, day)


def test_one_lastmod_for_all_is_when_the_file_was_made():
    stamp = "<lastmod>2026-03-07T09:00:00Z</lastmod>"
    sitemap = read(urlset(*(entry(stamp, f"https://bao.example/{number}") for number in range(3))))
    assert {found.modified_at for found in sitemap.entries} == {None}
    assert "same lastmod" in sitemap.note
    day = "<lastmod>2026-03-07</lastmod>"
    sitemap = read(urlset(*(entry(day, f"https://bao.example/{number}") for number in range(3))))
    assert {found.day for found in sitemap.entries} == {date(2026, 3, 7)}


def test_index():
    body = b"""<sitemapindex><sitemap><loc>/sitemaps/news-2026-7.xml</loc><lastmod>2026-07-30</lastmod></sitemap>
      <sitemap><loc> https://bao.example/sitemaps/news-2026-6.xml </loc></sitemap></sitemapindex>"""
    sitemap = read(body)
    assert sitemap.entries == ()
    assert sitemap.children == (
        Child("https://bao.example/sitemaps/news-2026-7.xml", None, date(2026, 7, 30)),
        Child("https://bao.example/sitemaps/news-2026-6.xml"),
    )


def test_text_sitemap():
    body = b"\xef\xbb\xbfhttps://bao.example/a\r\n\r\nhttps://bao.example/b\n"
    assert [found.url for found in read(body).entries] == ["https://bao.example/a", "https://bao.example/b"]


def test_an_empty_urlset_is_no_news():
    assert read(urlset()).entries == ()


def test_unknown_prefixes_and_broken_ends_are_read_as_far_as_they_go():
    assert len(read(urlset(entry("<video:x>1</video:x>"))).entries) == 1
    sitemap = read(urlset(entry(), entry(loc="https://bao.example/b"))[:-20])
    assert sitemap.entries[0].url == "https://bao.example/a-post1.html"
    assert sitemap.note.startswith("broken XML")


def test_half_an_address_is_none():
    sitemap = read(urlset(entry(), entry(loc="https://bao.example/nua-dia-chi"))[:-30])
    assert [found.url for found in sitemap.entries] == ["https://bao.example/a-post1.html"]
    assert "cut off" in sitemap.note


def test_bare_ampersand_in_an_address():
    assert read(urlset(entry(loc="https://bao.example/?a=1&b=2"))).note


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"<!doctype html><html>403 Forbidden</html>", "HTML", id="error page"),
        pytest.param(b"Not found", "no XML", id="plain text"),
        pytest.param(b"https://bao.example/a\nInternal error", "neither", id="text and an error"),
        pytest.param(b"<rss><channel/></rss>", "'rss'", id="a feed"),
        pytest.param(urlset(entry(loc="ftp://bao.example/")), "none with", id="no web address"),
        pytest.param(b"<urlset><url><loc>https://ba", "no entry left", id="cut in the first entry"),
        pytest.param(urlset(entry(), head='<!DOCTYPE u [<!ENTITY a "b">]>'), "document type", id="DTD"),
        pytest.param(
            urlset(entry(loc="&x;"), head='<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
            "document type",
            id="external entity",
        ),
        pytest.param(b"<urlset><url>" + b"<a/>" * 3_000_001, "tags", id="an entry without end"),
        pytest.param(b"<urlset><url>" + b"&x;" * 100_001, "entities", id="entities"),
        pytest.param(b"<urlset>" + b"<a>" * 3_000, "no entry left", id="deep"),
        pytest.param(b" " * (MAX_SITEMAP + 1), "bytes", id="too big"),
    ],
)
def test_what_is_no_sitemap_is_an_error(body, why):
    assert why in reason(body)


def test_memory_does_not_grow_with_the_sitemap():
    pictures = "<image:image><image:loc>https://cdn.example/a.jpg</image:loc></image:image>" * 20
    body = urlset(*(entry(pictures, f"https://bao.example/{number}") for number in range(10_000)))
    assert len(body) > 15_000_000
    tracemalloc.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in iter_sitemap(body, url=URL))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    # The bytes are copied without control characters and once more for the parser; the tree would take 200 MB.
    assert peak < 3 * len(body)
    assert grown < 80_000


# --- shards -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(
            [f"/sitemaps/news-2026-{month}.xml" for month in range(1, 8)],
            ["/sitemaps/news-2026-7.xml", "/sitemaps/news-2026-6.xml"],
            id="months",
        ),
        pytest.param(
            [f"/sitemap/news-2026-{month:02}.xml" for month in range(1, 8)],
            ["/sitemap/news-2026-07.xml", "/sitemap/news-2026-06.xml"],
            id="padded months",
        ),
        pytest.param(
            [f"/sitemaps/2026/{month}/article.xml" for month in range(1, 8)],
            ["/sitemaps/2026/7/article.xml", "/sitemaps/2026/6/article.xml"],
            id="months as folders",
        ),
        pytest.param(
            [f"/sitemap-article-{month:02}-2026-0{part}.xml" for month in range(1, 8) for part in (1, 2)],
            [f"/sitemap-article-{month}-2026-0{part}.xml" for month in ("07", "06") for part in (1, 2)],
            id="month before year, in parts",
        ),
        pytest.param(
            [f"/sitemap-2026{month:02}.xml" for month in range(1, 8)],
            ["/sitemap-202607.xml", "/sitemap-202606.xml"],
            id="months without a break",
        ),
        pytest.param(
            ["/sitemap-2024.xml", "/sitemap-2025.xml", "/sitemap-2026.xml"], ["/sitemap-2026.xml"], id="years"
        ),
        pytest.param(
            [f"/sitemap.xml?yyyy=2026&mm={month:02}&dd=01" for month in range(1, 8)]
            + ["/sitemap.xml?yyyy=2026&mm=06&dd=29", "/sitemap.xml?yyyy=2026&mm=07&dd=02"],
            ["/sitemap.xml?yyyy=2026&mm=07&dd=02", "/sitemap.xml?yyyy=2026&mm=07&dd=01"],
            id="days in the query",
        ),
    ],
)
def test_the_name_says_which_shards_matter(paths, expected):
    assert since("2026-06-30 12:00", "2026-07-02 12:00", *paths) == expected


def test_shards_of_five_days():
    paths = [
        f"/StaticSitemaps/sitemaps-2026-6-{days}.xml" for days in ("1-5", "6-10", "11-15", "16-20", "21-25", "26-30")
    ]
    assert since("2026-06-22 00:00", "2026-06-27 12:00", *paths) == [
        "/StaticSitemaps/sitemaps-2026-6-26-30.xml",
        "/StaticSitemaps/sitemaps-2026-6-21-25.xml",
    ]


def test_shards_of_one_day():
    paths = [f"/sitemap/sitemap-post/2026-06-{day:02}.xml" for day in range(1, 31)]
    assert since("2026-06-29 01:00", "2026-06-30 12:00", *paths) == [
        "/sitemap/sitemap-post/2026-06-30.xml",
        "/sitemap/sitemap-post/2026-06-29.xml",
    ]


def test_the_day_is_that_of_the_site():
    paths = ["/s/2026-06-28.xml", "/s/2026-06-29.xml", "/s/2026-06-30.xml"]
    # 18:00 in UTC is the next day in Vietnam.
    assert since("2026-06-29 18:00", "2026-06-29 19:00", *paths) == ["/s/2026-06-30.xml"]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        pytest.param(
            ["/sitemaps/news-2026-5.xml", "/sitemaps/news-2026-6.xml"], ["/sitemaps/news-2026-7.xml"], id="month"
        ),
        pytest.param(["/s/2026/5/a.xml", "/s/2026/6/a.xml"], ["/s/2026/7/a.xml"], id="month as folder"),
        pytest.param(["/s/2026-06-30.xml", "/s/2026-07-01.xml"], ["/s/2026-07-03.xml", "/s/2026-07-02.xml"], id="days"),
        pytest.param(
            ["/s-2026-6-21-25.xml", "/s-2026-6-26-30.xml"], ["/s-2026-7-1-5.xml"], id="five days not closed yet"
        ),
    ],
)
def test_the_current_shard_is_tried_though_the_index_lacks_it(paths, expected):
    assert since("2026-07-02 01:00", "2026-07-03 12:00", *paths) == expected


def test_a_late_month_in_january_is_tried_with_and_without_a_zero():
    paths = ["/news-2025-10.xml", "/news-2025-11.xml", "/news-2025-12.xml"]
    assert set(since("2026-01-01 12:00", "2026-01-02 12:00", *paths)) == {"/news-2026-1.xml", "/news-2026-01.xml"}


def test_the_last_days_of_a_long_month_have_two_names():
    found = since("2026-07-27 12:00", "2026-07-28 12:00", "/s-2026-7-16-20.xml", "/s-2026-7-21-25.xml")
    assert found == ["/s-2026-7-26-31.xml", "/s-2026-7-26-30.xml"]


def test_a_form_that_was_given_up_is_not_continued():
    paths = ["/s-2024-11.xml", "/s-2024-12.xml", "/s-2026-6-21-25.xml", "/s-2026-6-26-30.xml"]
    assert since("2026-06-28 00:00", "2026-06-30 12:00", *paths) == ["/s-2026-6-26-30.xml"]


def test_numbers_that_are_no_months():
    paths = [f"/post-sitemap-2026-{part}.xml" for part in range(1, 40)]
    assert set(since("2026-06-28 00:00", "2026-06-30 12:00", *paths)) == set(paths)
    parts = [f"/a-2026-{month}-{part}.xml" for month in (5, 6) for part in (1, 2, 3)]
    assert set(since("2026-06-28 00:00", "2026-06-30 12:00", *parts)) == set(parts[3:])


def test_lastmod_decides_where_the_name_does_not():
    paths = ["/post-sitemap1.xml", "/post-sitemap2.xml", "/post-sitemap3.xml"]
    days = [at("2020-01-01"), at("2026-06-29 10:00"), None]
    assert since("2026-06-28 00:00", "2026-06-30 12:00", *paths, lastmods=days) == paths[1:]


def test_identical_lastmods_say_nothing():
    paths = ["/post-sitemap1.xml", "/post-sitemap2.xml"]
    days = [at("2026-01-01 10:00"), at("2026-01-01 10:01")]
    assert since("2026-06-28 00:00", "2026-06-30 12:00", *paths, lastmods=days) == paths


def test_the_name_goes_before_the_lastmod():
    paths = ["/news-2026-5.xml", "/news-2026-6.xml", "/news-2026-7.xml"]
    days = [at("2026-07-02 03:00"), at("2026-06-01"), at("2026-01-01")]
    assert since("2026-07-01 12:00", "2026-07-02 12:00", *paths, lastmods=days) == ["/news-2026-7.xml"]


def test_lists_of_other_things_are_left_out():
    others = ["/sitemaps/categories.xml", "/sitemaps/topics.xml", "/sitemap/sitemap-page.xml", "/sitemap-tag-2.xml",
              "/author-sitemap.xml"]  # fmt: skip
    paths = [*others, "/latest-news-sitemap.xml", "/sitemaps/news-2026-7.xml", "/StaticSitemaps/posts.xml"]
    assert since("2026-07-01 12:00", "2026-07-02 12:00", *paths) == [
        "/latest-news-sitemap.xml",
        "/StaticSitemaps/posts.xml",
        "/sitemaps/news-2026-7.xml",
    ]
    assert since("2026-07-01 12:00", "2026-07-02 12:00", *others) == others


def test_without_a_moment_all_of_them():
    paths = [f"/news-2026-{month}.xml" for month in range(1, 8)]
    assert since(None, "2026-07-02 12:00", *paths) == paths[::-1]


def test_shards_of_a_declared_form():
    def urls(form, start, now):
        return shard_urls(form, at(start), at(now))

    assert urls("/{year}-{month:02}-{day:02}.xml", "2026-06-30 10:00", "2026-07-01 10:00") == [
        "/2026-07-01.xml",
        "/2026-06-30.xml",
    ]
    assert urls("/{year}-{month}-{first}-{last}.xml", "2026-02-24 10:00", "2026-03-02 10:00") == [
        "/2026-3-1-5.xml",
        "/2026-2-26-28.xml",
        "/2026-2-21-25.xml",
    ]
    assert urls("/plain.xml", "2026-02-24 10:00", "2026-03-02 10:00") == ["/plain.xml"]


# --- never anything else ----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"<url>", b"</url>", b"<loc>", b"</loc>", b"/a", b"<sitemap>", b"</sitemap>", b"<lastmod>2026-02-31</lastmod>",
     b"<![CDATA[", b"]]>", b"&x;", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE a>",
     b"\xff", b"\0", b"http://[", b"</urlset>", b"\n"]
)  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
def test_nothing_but_source_broken_comes_out(body):
    for head in (
        b"",
        b"<urlset>",
        b"<sitemapindex><sitemap><loc>/a-2026-1.xml</loc></sitemap>",
        b"https://bao.example/",
    ):
        try:
            sitemap = read(head + body)
        except SourceBroken:
            continue
        for item in (*sitemap.entries, *sitemap.children):
            assert item.url.startswith(("http://", "https://"))


PATHS = st.text("0123456789-/_.?&=ayms{}", max_size=24)


@given(st.lists(PATHS, max_size=6), st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_any_names_give_a_list(paths, now):
    children = [Child(f"https://bao.example/{path}") for path in paths]
    found = shards_since(children, now - timedelta(days=3), now)
    assert len(found) == len(set(found))
    assert set(shards_since(children, None, now)) >= set(found)
    named = [f"https://bao.example/n-{now.year}-{now.month}.xml"]
    assert shards_since([Child(named[0])], now - timedelta(days=1), now)[:1] in (named, [])
