"""Feeds, wherever they are written: Atom (RFC 4287) and JSON Feed 1.1 of exports and of the site. Pure.

An article is an entry; an edit updates it. Ids follow from the article (and the version, where versions are told), so
that a reader that has seen an entry knows it again in every later feed of every archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from archive.export import moment

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says of itself."""

    id: str
    title: str
    updated_at: datetime | None
    url: str | None = None
    """Where it can be fetched again; None of a file."""
    author: str | None = None
    """Of the entries that name none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to read. What is not known is None and left out."""

    id: str
    url: str
    title: str | None
    updated_at: datetime
    published_at: datetime | None = None
    published_offset: int | None = None
    """Minutes east of UTC in which the page stated it."""
    author: str | None = None
    summary: str | None = None
    text: str | None = None
    """Paragraphs, separated by a blank line."""
    tags: tuple[str, ...] = ()
    language: str | None = None


def name_of(said: str) -> str:
    """The same id for the same thing, in every feed of every archive."""
    return uuid5(NAMESPACE_URL, f"luubao {said}").urn


def entry_of(row: Mapping[str, Any]) -> Entry:
    """A row of `articles` or `versions` with its text."""
    of_version = f" version {row['version']}" if "captured_at" in row else ""
    published_at, offset = _published(row)
    return Entry(
        name_of(f"article {row['article_id']}{of_version}"),
        row["url"],
        row["title"],
        # By the page; but never before its publication, which readers take for an error.
        max(row["modified_at"] or published_at, published_at),
        published_at,
        offset,
        author=row["author"] or row["site"],
        summary=row["lede"],
        text=row["body"],
        tags=tuple(tag for tag in (row["section"], *row["tags"]) if tag),
        language=row["language"],
    )


def _published(row: Mapping[str, Any]) -> tuple[datetime, int | None]:
    """Feeds require a moment; where the page states none it is ours."""
    if row["published_at"] is not None:
        return row["published_at"], row["published_offset"]
    return row["captured_at"] if "captured_at" in row else row["first_seen_at"], None


def atom(head: Head, entries: Iterable[Entry]) -> Iterator[str]:
    """The pieces of an Atom document."""
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", head.id)
    _add(feed, "title", head.title)
    _add(feed, "updated", moment(head.updated_at or _NEVER))
    if head.url:
        ET.SubElement(feed, "link", rel="self", href=head.url)
    if head.author:
        _add(ET.SubElement(feed, "author"), "name", head.author)
    _add(feed, "generator", "luubao")
    before, _, after = ET.tostring(feed, encoding="unicode").rpartition("</feed>")
    yield f'<?xml version="1.0" encoding="utf-8"?>\n{before}\n'
    for entry in entries:
        yield ET.tostring(_element(entry), encoding="unicode") + "\n"
    yield f"</feed>{after}\n"


def _element(entry: Entry) -> ET.Element:
    element = ET.Element("entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title or entry.url)
    ET.SubElement(element, "link", rel="alternate", href=_NOT_XML.sub("", entry.url))
    if entry.published_at is not None:
        _add(element, "published", moment(entry.published_at, entry.published_offset))
    _add(element, "updated", moment(entry.updated_at))
    if entry.author:
        _add(ET.SubElement(element, "author"), "name", entry.author)
    for term in entry.tags:
        ET.SubElement(element, "category", term=_NOT_XML.sub("", term))
    if entry.summary:
        _add(element, "summary", entry.summary)
    if entry.text is not None:
        _add(element, "content", "".join(f"<p>{escape(each)}</p>" for each in entry.text.split("\n\n")), type="html")
    if entry.language:
        element.set("xml:lang", entry.language)
    return element


def _add(parent: ET.Element, tag: str, text: str | None, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = _NOT_XML.sub("", text or "")


def json_feed(head: Head, entries: Iterable[Entry]) -> Iterator[str]:
    """The pieces of a JSON Feed."""
    said = {"version": "https://jsonfeed.org/version/1.1", "title": head.title}
    if head.url:
        said["feed_url"] = head.url
    yield json.dumps(said, ensure_ascii=False).removesuffix("}") + ', "items": ['
    for number, entry in enumerate(entries):
        yield (",\n" if number else "\n") + json.dumps(_item(entry), ensure_ascii=False)
    yield "\n]}\n"


def _item(entry: Entry) -> dict[str, Any]:
    published_at = entry.updated_at if entry.published_at is None else entry.published_at
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        # An item has a text of its own, or none: the summary stands in, and is "" at least.
        "content_text": (entry.summary or "") if entry.text is None else entry.text,
        "date_published": moment(published_at, entry.published_offset),
        "date_modified": moment(entry.updated_at),
        "authors": [{"name": entry.author}] if entry.author else None,
        "tags": list(entry.tags),
        "language": entry.language,
    }
    return {key: value for key, value in item.items() if value is not None}
