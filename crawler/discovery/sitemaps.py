"""Read sitemaps and their indexes: urlset, news, plain text; up to the 50 MB that the protocol allows.

Pure: bytes in, values out; the caller undoes gzip, and a 403 or 404 is the caller's error. Elements are dropped as they
are read, so that memory holds one of them at a time. Which children of an index matter is decided in `shards`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from crawler.discovery.documents import (
    Notes,
    as_utf8,
    is_cut,
    local_name,
    text_of,
    title_of,
    walk_entries,
    web_address,
    xml_document,
)
from crawler.discovery.found import Found, SourceBroken
from crawler.extraction.dates import parse_moment
from crawler.sites import SourceKind

if TYPE_CHECKING:
    from lxml.etree import _Element

# sitemaps.org: 52,428,800 bytes and 50,000 addresses; some sites have more of the latter.
MAX_SITEMAP = 50 * 1024 * 1024
MAX_ENTRIES = 200_000
# Fewer may well have changed in the same second.
MIN_IDENTICAL = 3

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MOMENT = re.compile(r"(?:19[89]|2\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Child:
    """One sitemap that an index lists."""

    url: str
    modified_at: datetime | None = None
    day: date | None = None
    """The day of its lastmod where that states no time."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap lists: entries, or the sitemaps of an index."""

    entries: tuple[Found, ...] = ()
    children: tuple[Child, ...] = ()
    note: str | None = None
    """What was wrong with it."""


def read_sitemap(body: bytes, *, url: str, content_type: str | None = None, offset: timedelta | None = None) -> Sitemap:
    """The sitemap `body`, served from `url`; `offset` is for dates that state none.

    Raises SourceBroken where it is none, or where nothing is left of it. One lastmod on all entries is the moment when
    the file was made: it is left out, with a note."""
    notes = Notes()
    entries: list[Found] = []
    children: list[Child] = []
    for item in iter_sitemap(body, url=url, content_type=content_type, offset=offset, notes=notes):
        if isinstance(item, Child):
            children.append(item)
        else:
            entries.append(item)
    moments = {entry.modified_at for entry in entries}
    if len(entries) >= MIN_IDENTICAL and len(moments) == 1 and None not in moments:
        notes.add("the same lastmod everywhere, left out")
        entries = [replace(entry, modified_at=None) for entry in entries]
    return Sitemap(tuple(entries), tuple(children), notes.text())


def iter_sitemap(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    offset: timedelta | None = None,
    notes: Notes | None = None,
) -> Iterator[Found | Child]:
    """The entries of the sitemap `body` one by one, whatever its size; as `read_sitemap` else."""
    notes = Notes() if notes is None else notes
    if len(body) > MAX_SITEMAP:
        raise SourceBroken(url, f"{len(body)} bytes, over {MAX_SITEMAP}")
    if not body.strip():
        raise SourceBroken(url, "empty")
    body = as_utf8(body, notes, content_type)
    is_text = body.lstrip()[:4].lower() == b"http"
    if not is_text:
        body = xml_document(body, url, notes, kind="sitemap", roots=("urlset", "sitemapindex"))
    listed = _iter_lines(body, url) if is_text else _iter_xml(body, url, offset, notes)
    count = 0
    for item in listed:
        count += 1
        if count > MAX_ENTRIES:
            notes.add(f"only the first {MAX_ENTRIES} entries were read")
            break
        yield item
    if not count and notes.lines:
        raise SourceBroken(url, f"no entry left of it: {notes.text()}")


def _iter_lines(body: bytes, url: str) -> Iterator[Found]:
    """A text sitemap: one absolute address a line."""
    for line in body.splitlines():
        if line.strip():
            address = web_address(line.decode(), url) if line.strip()[:4].lower() == b"http" else None
            if address is None:
                raise SourceBroken(url, f"neither XML nor a list of addresses: {line[:40].decode(errors='replace')!r}")
            yield Found(address, SourceKind.SITEMAP, url)


def _iter_xml(body: bytes, url: str, offset: timedelta | None, notes: Notes) -> Iterator[Found | Child]:
    misses, last = 0, None
    is_empty = True
    for element in walk_entries(body, url, ("url", "sitemap"), notes):
        item = _entry(element, url, offset) if local_name(element) == "url" else _child(element, url, offset)
        misses += item is None
        if last is not None:
            is_empty = False
            yield last
        last = item
    if last is not None and not is_cut(body, notes):
        is_empty = False
        yield last
    if misses and is_empty:
        raise SourceBroken(url, f"{misses} entries, none with a web address")


def _entry(element: _Element, url: str, offset: timedelta | None) -> Found | None:
    address = web_address(_text(element, "loc"), url)
    if address is None:
        return None
    news = next((child for child in element if local_name(child) == "news"), None)
    modified_at, day = _moment(_text(element, "lastmod"), offset)
    published_at, published_day = _moment(_text(news, "publication_date"), offset)
    return Found(
        address,
        SourceKind.SITEMAP,
        url,
        title=title_of(_text(news, "title")),
        published_at=published_at,
        modified_at=modified_at,
        day=day or published_day,
    )


def _child(element: _Element, url: str, offset: timedelta | None) -> Child | None:
    address = web_address(_text(element, "loc"), url)
    return None if address is None else Child(address, *_moment(_text(element, "lastmod"), offset))


def _text(element: _Element | None, name: str) -> str | None:
    if element is None:
        return None
    return next((text for child in element if local_name(child) == name and (text := text_of(child).strip())), None)


def _moment(text: str | None, offset: timedelta | None) -> tuple[datetime | None, date | None]:
    """The moment that a W3C date states, or else its day."""
    if text is None:
        return None, None
    try:
        if _MOMENT.fullmatch(text):  # most are; 40 times as fast as looking for any way to write a date
            return datetime.fromisoformat(text), None
        day = _DAY.fullmatch(text)
        return (None, date(int(day[1]), int(day[2]), int(day[3]))) if day else (parse_moment(text, offset=offset), None)
    except ValueError:  # the 30th of February
        return None, None
