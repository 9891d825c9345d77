"""Exports for feed readers: Atom (RFC 4287) and JSON Feed 1.1. An article is an entry; an edit updates it.

Ids follow from the article (and the version, where versions are exported), so that a reader that has seen an entry
knows it again in every later export of every archive. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from archive.export import moment

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom(rows: Iterable[Mapping[str, Any]], *, name: str, at: datetime | None) -> Iterator[str]:
    """The pieces of an Atom document: `name` says what was chosen, `at` when the archive last learned something."""
    head = ET.Element("feed", xmlns=_ATOM)
    _add(head, "id", _id(f"feed {name}"))
    _add(head, "title", name)
    _add(head, "updated", moment(at or _NEVER))
    _add(head, "generator", "luubao")
    before, _, after = ET.tostring(head, encoding="unicode").rpartition("</feed>")
    yield f'<?xml version="1.0" encoding="utf-8"?>\n{before}\n'
    for row in rows:
        yield ET.tostring(_entry(row), encoding="unicode") + "\n"
    yield f"</feed>{after}\n"


def _entry(row: Mapping[str, Any]) -> ET.Element:
    entry = ET.Element("entry")
    _add(entry, "id", _entry_id(row))
    _add(entry, "title", row["title"] or row["url"])
    ET.SubElement(entry, "link", rel="alternate", href=_NOT_XML.sub("", row["url"]))
    _add(entry, "published", moment(*_published(row)))
    _add(entry, "updated", moment(_updated(row)))
    author = ET.SubElement(entry, "author")
    _add(author, "name", row["author"] or row["site"])
    for term in filter(None, [row["section"], *row["tags"]]):
        ET.SubElement(entry, "category", term=_NOT_XML.sub("", term))
    if row["lede"]:
        _add(entry, "summary", row["lede"])
    _add(entry, "content", "".join(f"<p>{escape(each)}</p>" for each in row["body"].split("\n\n")), type="html")
    if row["language"]:
        entry.set("xml:lang", row["language"])
    return entry


def _add(parent: ET.Element, tag: str, text: str | None, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = _NOT_XML.sub("", text or "")


def json_feed(rows: Iterable[Mapping[str, Any]], *, name: str) -> Iterator[str]:
    """The pieces of a JSON Feed."""
    head = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": name}, ensure_ascii=False)
    yield head.removesuffix("}") + ', "items": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(_item(row), ensure_ascii=False)
    yield "\n]}\n"


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    item = {
        "id": _entry_id(row),
        "url": row["url"],
        "title": row["title"],
        "summary": row["lede"],
        "content_text": row["body"],
        "date_published": moment(*_published(row)),
        "date_modified": moment(_updated(row)),
        "authors": [{"name": row["author"] or row["site"]}],
        "tags": [tag for tag in (row["section"], *row["tags"]) if tag],
        "language": row["language"],
    }
    return {key: value for key, value in item.items() if value is not None}


def _entry_id(row: Mapping[str, Any]) -> str:
    of_version = f" version {row['version']}" if "captured_at" in row else ""
    return _id(f"article {row['article_id']}{of_version}")


def _id(said: str) -> str:
    return uuid5(NAMESPACE_URL, f"luubao {said}").urn


def _published(row: Mapping[str, Any]) -> tuple[datetime, int | None]:
    """Feeds require a moment; where the page states none it is ours."""
    if row["published_at"] is not None:
        return row["published_at"], row["published_offset"]
    return _captured(row), None


def _updated(row: Mapping[str, Any]) -> datetime:
    """By the page; but never before its publication, which readers take for an error."""
    said: datetime = row["modified_at"] or _published(row)[0]
    return max(said, _published(row)[0])


def _captured(row: Mapping[str, Any]) -> datetime:
    at: datetime = row["captured_at"] if "captured_at" in row else row["first_seen_at"]
    return at
