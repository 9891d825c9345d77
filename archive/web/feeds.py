"""Atom and JSON Feed of what is new, of the edits of an article, of its copies; and metrics for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import export
from archive.exceptions import UnknownNameError
from archive.storage import feed, pages
from archive.text import tidy
from archive.web.site import cached, json_response, site_of

ENTRIES = 50
NEEDED = ("article_id", "url", "site", "title", "lede", "first_seen_at")
"""What an entry tells of an article."""
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    id: str
    url: str
    title: str
    at: datetime
    text: str

    @classmethod
    def of_article(cls, row: dict[str, Any], base: str) -> Entry:
        """That an article appeared."""
        name = row["article_id"]
        title = f"{row['title'] or row['url']} ({row['site']})"
        return cls(
            f"urn:luubao:article:{name}", f"{base}/articles/{name}", title, row["first_seen_at"], row["lede"] or ""
        )


def base_of(request: Request) -> str:
    """The address of the site, as the client knows it."""
    return str(request.base_url).rstrip("/")


def _new(request: Request) -> Response:
    with site_of(request).archive.reading() as connection:
        rows = pages.page(connection, "articles", limit=ENTRIES, columns=NEEDED)
    base = base_of(request)
    entries = [Entry.of_article(row, base) for row in rows]
    return answer(request, "Lưu Báo: new articles", entries)


def _edits(request: Request) -> Response:
    name = request.path_params["id"]
    found = site_of(request).archive.versions(name)
    if not found:
        raise UnknownNameError(f"no article {name!r}")
    base = base_of(request)
    entries = [
        Entry(
            f"urn:luubao:version:{name}:{row['version']}",
            f"{base}/articles/{name}/diff?from={max(row['version'] - 1, 1)}&to={row['version']}",
            f"{row['version']}: {row['title'] or row['url']}",
            row["captured_at"],
            ", ".join(row["changed"] or []),
        )
        for row in reversed(found)
    ]
    return answer(request, f"Lưu Báo: edits of {found[-1]['title'] or name}", entries)


def _copies(request: Request) -> Response:
    name = request.path_params["id"]
    archive = site_of(request).archive
    row = next(archive.rows("articles", article_id=name), None)
    if row is None:
        raise UnknownNameError(f"no article {name!r}")
    members = archive.rows("cluster_members", cluster_id=row["cluster_id"]) if row["cluster_id"] else iter(())
    base = base_of(request)
    entries = [
        Entry(
            f"urn:luubao:copy:{name}:{member['article_id']}",
            f"{base}/articles/{name}/compare/{member['article_id']}",
            f"{member['title'] or member['url']} ({member['site']})",
            member["first_seen_at"],
            member["role"],
        )
        for member in members
        if member["article_id"] != name
    ]
    entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    return answer(request, f"Lưu Báo: copies of {row['title'] or name}", entries)


def answer(request: Request, title: str, entries: list[Entry]) -> Response:
    """The feed, in the form that was asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    here = f"{base_of(request)}{request.url.path}{query}"
    if request.path_params["form"] == "json":
        return cached(request, json_response(_json_feed(here, title, entries), media_type="application/feed+json"))
    if request.path_params["form"] == "atom":
        return cached(request, Response(_atom(here, title, entries), media_type="application/atom+xml"))
    raise UnknownNameError("feeds end with .atom or .json")


def _json_feed(here: str, title: str, entries: list[Entry]) -> dict[str, Any]:
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            "title": tidy(entry.title),
            "content_text": tidy(entry.text),
            "date_published": export.moment(entry.at),
        }
        for entry in entries
    ]
    return {"version": "https://jsonfeed.org/version/1.1", "title": tidy(title), "feed_url": here, "items": items}


def _atom(here: str, title: str, entries: list[Entry]) -> bytes:
    root = ET.Element("feed", {"xmlns": _ATOM})
    newest = export.moment(max(entry.at for entry in entries)) if entries else "1970-01-01T00:00:00Z"
    for name, text in (("id", here), ("title", tidy(title)), ("updated", newest)):
        ET.SubElement(root, name).text = text
    ET.SubElement(root, "link", {"rel": "self", "href": here})
    ET.SubElement(ET.SubElement(root, "author"), "name").text = "Lưu Báo"
    for entry in entries:
        item = ET.SubElement(root, "entry")
        for name, text in (("id", entry.id), ("title", tidy(entry.title)), ("updated", export.moment(entry.at))):
            ET.SubElement(item, name).text = text
        ET.SubElement(item, "summary").text = tidy(entry.text)
        ET.SubElement(item, "link", {"href": entry.url})
    return ET.tostring(root, encoding="unicode").encode()


def metrics(request: Request) -> Response:
    """What there is, in the text format of Prometheus."""
    with site_of(request).archive.reading() as connection:
        sites = feed.sites(connection)
    lines = []
    for name in ("captures", "articles", "versions", "copies", "gone", "held"):
        lines.append(f"# TYPE luubao_{name} gauge")
        lines += [f'luubao_{name}{{site="{_label(row["site"])}"}} {row[name]}' for row in sites]
    lines.append("# TYPE luubao_last_capture_timestamp_seconds gauge")
    lines += [
        f'luubao_last_capture_timestamp_seconds{{site="{_label(row["site"])}"}} {row["last_captured_at"].timestamp()}'
        for row in sites
        if row["last_captured_at"] is not None
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


ROUTES = [
    Route("/feeds/new.{form:str}", _new),
    Route("/feeds/edits/{id:str}.{form:str}", _edits),
    Route("/feeds/copies/{id:str}.{form:str}", _copies),
    Route("/metrics", metrics),
]
