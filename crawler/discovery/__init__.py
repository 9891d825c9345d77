"""Find what there is to fetch: feeds, sitemaps and list pages, read from bytes into values.

Pure: nothing in here fetches. `read_source` reads any of them; what could not be read raises SourceBroken, because that
must never look like "no news"."""

from __future__ import annotations

from dataclasses import replace

from archive.urls import identity
from crawler.discovery.feeds import Feed, read_feed
from crawler.discovery.found import Found, SourceBroken
from crawler.discovery.guess import discover, guess_family, sitemaps_in_robots
from crawler.discovery.sections import Section, read_section
from crawler.discovery.shards import shard_urls, shards_since
from crawler.discovery.sitemaps import Child, Sitemap, read_sitemap
from crawler.sites import Site, Source, SourceKind

__all__ = [
    "Child",
    "Feed",
    "Found",
    "Section",
    "Sitemap",
    "SourceBroken",
    "discover",
    "guess_family",
    "read_feed",
    "read_section",
    "read_sitemap",
    "read_source",
    "shard_urls",
    "shards_since",
    "sitemaps_in_robots",
]


def read_source(
    source: Source, body: bytes, *, url: str, site: Site | None = None, content_type: str | None = None
) -> Feed | Sitemap | Section:
    """What `source` lists, `body` being what `url` (itself, a shard or a page of it) answered.

    With `site`, only what is on its hosts: feeds and sitemaps may list anybody's."""
    offset = site.offset if site else None
    if source.kind is SourceKind.FEED:
        feed = read_feed(body, url=url, content_type=content_type, offset=offset)
        items, note = _own(feed.items, site, url)
        return replace(feed, items=items, note="; ".join(filter(None, (feed.note, note))) or None)
    if source.kind is SourceKind.SITEMAP:
        sitemap = read_sitemap(body, url=url, content_type=content_type, offset=offset)
        items, note = _own(sitemap.entries, site, url)
        return replace(sitemap, entries=items, note="; ".join(filter(None, (sitemap.note, note))) or None)
    return read_section(body, url=url, site=site, content_type=content_type, kind=source.kind)


def _own(items: tuple[Found, ...], site: Site | None, url: str) -> tuple[tuple[Found, ...], str | None]:
    """Those of `items` that `site` serves, and a note on the others."""
    if site is None:
        return items, None
    own = tuple(item for item in items if site.serves(item.url) or site.serves(identity(item.url)))
    others = len(items) - len(own)
    if others and not own:
        raise SourceBroken(url, f"all {others} addresses are on other hosts")
    return own, f"left out {others} on other hosts" if others else None
