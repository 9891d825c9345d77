"""Sitemaps in all the shapes that Vietnamese papers use, and robots.txt, which names them."""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

from newsroom.addresses import section_path
from newsroom.lists import day_of, day_start
from newsroom.papers import Family, Paper, Sitemap

if TYPE_CHECKING:
    from newsroom.model import Newsroom, Story

_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
_XML = "application/xml; charset=utf-8"
WORDPRESS_PAGE = 500
LATEST_DAYS = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    """A sitemap; made when it is asked for."""

    make: Callable[[], bytes]
    content_type: str = _XML


@dataclass(frozen=True)
class Shard:
    """One file of articles: those that came out on the days from `first` up to (not with) `end`."""

    path: str
    first: int
    end: int
    is_listed: bool = True


def index_path(paper: Paper) -> str:
    return "/wp-sitemap.xml" if paper.sitemap is Sitemap.WORDPRESS else "/sitemap.xml"


def robots(newsroom: Newsroom, paper: Paper) -> str:
    """robots.txt: print and search pages are closed, tags too on some."""
    closed = ["/print/", "/tim-kiem", "/apicenter@/", "/adsfw/"]
    if paper.family in (Family.EPI, Family.VCCORP):
        closed += ["/tu-khoa/", "/*-event"]
    delay = [f"Crawl-delay: {paper.crawl_delay}"] if paper.crawl_delay else []
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), *delay, ""]
    return "\n".join([*lines, f"Sitemap: {newsroom.base(paper)}{index_path(paper)}", ""])


def find(newsroom: Newsroom, paper: Paper, path: str, minute: int) -> Document | None:
    """The sitemap at `path`, or None."""
    if not path.endswith((".xml", ".xml.gz")):
        return None
    if path == index_path(paper):
        return Document(lambda: _index(newsroom, paper, minute).encode())
    if path == "/sitemaps/categories.xml" and paper.sitemap is not Sitemap.WORDPRESS:
        return Document(lambda: _categories(newsroom, paper).encode())
    if paper.sitemap is Sitemap.WORDPRESS:
        return _wordpress(newsroom, paper, path, minute)
    shard = next((shard for shard in shards(newsroom, paper, minute) if shard.path == path), None)
    if shard is None:
        return None
    is_compressed = path.endswith(".gz")

    def make() -> bytes:
        body = _urls(newsroom, paper, _between(newsroom, paper, shard.first, shard.end, minute), minute).encode()
        return gzip.compress(body, mtime=0) if is_compressed else body

    return Document(make, "application/gzip" if is_compressed else _XML)


def shards(newsroom: Newsroom, paper: Paper, minute: int) -> list[Shard]:
    """The files of a paper, newest first."""
    if not newsroom.count(paper, minute):
        return []
    first, today = day_of(newsroom.story(paper, 0).minute), day_of(minute)
    if paper.sitemap is Sitemap.DAILY:
        return [
            Shard(f"/sitemap/sitemap-post/{_date(day):%Y-%m-%d}.xml", day, day + 1)
            for day in range(today, first - 1, -1)
        ]
    if paper.sitemap is Sitemap.FIVE_DAYS:
        closed = [shard for shard in _five_days(first, today) if shard.end <= today]
        return [Shard("/latest-news-sitemap.xml", today - LATEST_DAYS, today + 1), *reversed(closed)]
    return [
        Shard(
            _month_path(paper, begin), begin, end, is_listed=paper.sitemap is not Sitemap.MONTHLY_LATE or end <= today
        )
        for begin, end in reversed(list(_months(first, today)))
    ]


def _month_path(paper: Paper, day: int) -> str:
    date = _date(day)
    if paper.sitemap is Sitemap.MONTHLY_GZIP:
        return f"/sitemaps/news-{date:%Y-%m}.xml.gz"
    return f"/sitemaps/news-{date.year}-{date.month}.xml"


def _date(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)


def _months(first: int, today: int) -> Iterable[tuple[int, int]]:
    day = first - _date(first).day + 1
    while day <= today:
        end = day + 32
        end -= _date(end).day - 1
        yield day, end
        day = end


def _five_days(first: int, today: int) -> Iterable[Shard]:
    """The days 1 to 5, 6 to 10 and so on of each month; the last one takes what is left of it."""
    for begin, end in _months(first, today):
        date = _date(begin)
        for offset in range(0, 30, 5):
            last = end - begin if offset == 25 else offset + 5
            path = f"/sitemaps/sitemaps-{date.year}-{date.month}-{offset + 1}-{last}.xml"
            yield Shard(path, begin + offset, begin + last)


def _between(newsroom: Newsroom, paper: Paper, first: int, end: int, minute: int) -> list[Story]:
    """What came out on those days and stands, newest first."""
    count = newsroom.count(paper, minute)
    minutes = newsroom.plan.minutes[newsroom.papers.index(paper)]
    low = bisect_left(minutes, day_start(first))
    high = min(bisect_left(minutes, day_start(end)), count)
    stories = [newsroom.story(paper, number) for number in range(high - 1, low - 1, -1)]
    return [story for story in stories if not story.life.is_gone_at(minute)]


def _index(newsroom: Newsroom, paper: Paper, minute: int) -> str:
    base = newsroom.base(paper)
    if paper.sitemap is Sitemap.WORDPRESS:
        pages = -(-newsroom.count(paper, minute) // WORDPRESS_PAGE)
        return _entries([(f"{base}/wp-sitemap-posts-post-{page}.xml", None) for page in range(1, pages + 1)])
    built = _date(day_of(minute)).strftime("%Y-%m-%dT00:00:00+07:00")
    entries: list[tuple[str, str | None]] = [(f"{base}/sitemaps/categories.xml", built)]
    for shard in shards(newsroom, paper, minute):
        if shard.is_listed:
            # One moment for all says nothing about any; a true one is the end of the shard.
            true = _date(min(shard.end, day_of(minute))).strftime("%Y-%m-%d")
            entries.append((base + shard.path, built if paper.sitemap is Sitemap.MONTHLY_GZIP else true))
    return _entries(entries)


def _entries(entries: list[tuple[str, str | None]]) -> str:
    inner = "".join(
        f"<sitemap><loc>{escape(url)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in entries
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_NAMESPACES}>{inner}</sitemapindex>'


def _categories(newsroom: Newsroom, paper: Paper) -> str:
    base = newsroom.base(paper)
    inner = "".join(f"<url><loc>{base}{section_path(paper, section)}</loc></url>" for section in range(paper.sections))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>{inner}</urlset>'


def _urls(newsroom: Newsroom, paper: Paper, stories: list[Story], minute: int) -> str:
    built = _date(day_of(minute)).strftime("%Y-%m-%dT00:00:00+07:00")
    is_news = paper.sitemap is Sitemap.FIVE_DAYS
    parts = []
    for story in stories:
        changed = built if paper.sitemap is Sitemap.MONTHLY_GZIP else story.modified_at(minute).isoformat()
        news = _news(paper, story, minute) if is_news else ""
        parts.append(f"<url><loc>{escape(story.url(minute))}</loc><lastmod>{changed}</lastmod>{news}</url>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMESPACES}>{"".join(parts)}</urlset>'


def _news(paper: Paper, story: Story, minute: int) -> str:
    return (
        f"<news:news><news:publication><news:name>{escape(paper.title)}</news:name><news:language>vi</news:language>"
        f"</news:publication><news:publication_date>{story.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.head(minute).title)}</news:title></news:news>"
    )


_WORDPRESS = re.compile(r"^/wp-sitemap-posts-post-(\d+)\.xml$")


def _wordpress(newsroom: Newsroom, paper: Paper, path: str, minute: int) -> Document | None:
    match = _WORDPRESS.match(path)
    count = newsroom.count(paper, minute)
    first = (int(match[1]) - 1) * WORDPRESS_PAGE if match else -1
    if not 0 <= first < count:
        return None
    stories = [newsroom.story(paper, number) for number in range(first, min(first + WORDPRESS_PAGE, count))]
    standing = [story for story in stories if not story.life.is_gone_at(minute)]
    return Document(lambda: _urls(newsroom, paper, standing, minute).encode())
