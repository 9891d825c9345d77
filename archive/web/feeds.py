"""Atom and JSON Feed of what is new, of the edits of an article, of its copies; and metrics for Prometheus."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.exceptions import UnknownNameError
from archive.feeds import Entry, Head, atom, json_feed, name_of
from archive.storage import feed, pages
from archive.web.site import cached, site_of

ENTRIES = 50
NEEDED = ("article_id", "url", "site", "title", "lede", "first_seen_at")
"""What an entry tells of an article."""


def entry_of(row: dict[str, Any], base: str) -> Entry:
    """That an article appeared."""
    name, title = row["article_id"], f"{row['title'] or row['url']} ({row['site']})"
    return Entry(
        name_of(f"article {name}"), f"{base}/articles/{name}", title, row["first_seen_at"], summary=row["lede"]
    )


def base_of(request: Request) -> str:
    """The address of the site, as the client knows it."""
    return str(request.base_url).rstrip("/")


def _new(request: Request) -> Response:
    with site_of(request).archive.reading() as connection:
        rows = pages.page(connection, "articles", limit=ENTRIES, columns=NEEDED)
    base = base_of(request)
    entries = [entry_of(row, base) for row in rows]
    return answer(request, "Lưu Báo: new articles", entries)


def _edits(request: Request) -> Response:
    name = request.path_params["id"]
    found = site_of(request).archive.versions(name)
    if not found:
        raise UnknownNameError(f"no article {name!r}")
    base = base_of(request)
    entries = [
        Entry(
            name_of(f"article {name} version {row['version']}"),
            f"{base}/articles/{name}/diff?from={max(row['version'] - 1, 1)}&to={row['version']}",
            f"{row['version']}: {row['title'] or row['url']}",
            row["captured_at"],
            summary=", ".join(row["changed"] or []),
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
            name_of(f"copy of {name}: {member['article_id']}"),
            f"{base}/articles/{name}/compare/{member['article_id']}",
            f"{member['title'] or member['url']} ({member['site']})",
            member["first_seen_at"],
            summary=member["role"],
        )
        for member in members
        if member["article_id"] != name
    ]
    entries.sort(key=lambda entry: (entry.updated_at, entry.id), reverse=True)
    return answer(request, f"Lưu Báo: copies of {row['title'] or name}", entries)


def answer(request: Request, title: str, entries: list[Entry]) -> Response:
    """The feed, in the form that was asked for."""
    query = f"?{request.url.query}" if request.url.query else ""
    here = f"{base_of(request)}{request.url.path}{query}"
    head = Head(here, title, max((entry.updated_at for entry in entries), default=None), here, "Lưu Báo")
    form = request.path_params["form"]
    if form not in _FORMS:
        raise UnknownNameError("feeds end with .atom or .json")
    write, media_type = _FORMS[form]
    return cached(request, Response("".join(write(head, entries)).encode("utf-8", "replace"), media_type=media_type))


_FORMS = {"json": (json_feed, "application/feed+json"), "atom": (atom, "application/atom+xml")}


_METRICS = {
    "captures": "Answers that were kept.",
    "articles": "Articles with a version.",
    "versions": "Versions of articles.",
    "copies": "Articles that are copies or excerpts.",
    "gone": "Articles that their paper removed.",
    "held": "Pages that wait for a person.",
}


def metrics(request: Request) -> Response:
    """What there is, in the text format of Prometheus."""
    with site_of(request).archive.reading() as connection:
        sites = feed.sites(connection)
    lines = []
    for name, meaning in _METRICS.items():
        lines += [f"# HELP luubao_{name} {meaning}", f"# TYPE luubao_{name} gauge"]
        lines += [f'luubao_{name}{{site="{_label(row["site"])}"}} {row[name]}' for row in sites]
    name = "luubao_last_capture_timestamp_seconds"
    lines += [f"# HELP {name} When the newest page came, by the captures' clock.", f"# TYPE {name} gauge"]
    lines += [
        f'{name}{{site="{_label(row["site"])}"}} {row["last_captured_at"].timestamp()}'
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
