"""The HTTP API: rows of the contract as JSON, page by page. Read-only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import export
from archive.diff import diff
from archive.exceptions import UnknownNameError
from archive.storage import feed, pages
from archive.syndication import copies_of, grades, how_sure, no_copies
from archive.web import openapi
from archive.web.site import BadRequestError, cached, json_response, newest, number, parameter, refuse_blanks, site_of

if TYPE_CHECKING:
    from archive.core import Archive

MOST = 200
"""Rows of one page at most."""
PAGE = 50
MOST_RUNS = 10**9 - 1
_IS_ID = re.compile("[0-9a-f]{16}").fullmatch


def _cursor(request: Request, *, is_number: bool) -> object:
    """The id of the last row that the client has; UnknownNameError comes later, where there is no such row."""
    value = parameter(request, "cursor")
    if value is None:
        return None
    if is_number:
        return number(request, "cursor", 1, most=MOST_RUNS)
    if not _IS_ID(value):
        raise BadRequestError("cursor is the next of the page before: 16 hex digits")
    return value


def _listing(
    view: str,
    shape: Callable[[Any], dict[str, Any]],
    *,
    by_site: bool = True,
    complete: Callable[[Archive, list[dict[str, Any]]], list[dict[str, Any]]] | None = None,
) -> Callable[[Request], Response]:
    def listing(request: Request) -> Response:
        refuse_blanks(request)
        limit = number(request, "limit", PAGE, most=MOST)
        cursor: object = _cursor(request, is_number=view == "runs")
        site = parameter(request, "site") if by_site else None
        with site_of(request).archive.reading() as connection:
            rows = pages.page(
                connection,
                view,
                limit=limit + 1,
                after=cursor,
                is_ascending=view == "changes",
                equal={"site": site} if site else {},
            )
        more = len(rows) > limit
        rows = rows[:limit]
        # A reader of changes comes back with the last cursor, also when there is nothing more now.
        last = rows[-1][pages.KEYS[view][-1]] if rows else cursor
        following = last if more or view == "changes" else None
        items = [shape(row) for row in rows]
        if complete is not None:
            items = complete(site_of(request).archive, items)
        found = {"items": items, "next": None if following is None else str(following)}
        return cached(request, json_response(found), modified_at=newest(rows))

    return listing


def _article(request: Request) -> dict[str, Any]:
    name = request.path_params["id"]
    with site_of(request).archive.reading() as connection:
        row = next(feed.rows(connection, "articles", feed.column("articles", "article_id") == name), None)
    if row is None:
        raise UnknownNameError(f"no article {name!r}")
    return row


def article(request: Request) -> Response:
    """One article as it reads now."""
    row = _article(request)
    return cached(request, json_response(export.article(row)), modified_at=newest([row]))


def versions(request: Request) -> Response:
    """All its versions, oldest first."""
    found = site_of(request).archive.versions(_article(request)["article_id"])
    items = [export.version(row) for row in found]
    return cached(request, json_response({"items": items, "next": None}), modified_at=newest(found))


def differences(request: Request) -> Response:
    """What changed between two of its versions: by default the last edit."""
    refuse_blanks(request)
    row = _article(request)
    after = number(request, "to", row["versions"], most=10**6)
    before = number(request, "from", max(after - 1, 1), most=10**6)
    found = site_of(request).archive.versions(row["article_id"])
    if max(before, after) > len(found):
        raise UnknownNameError(f"no version {max(before, after)}: from and to are numbers from 1 to {len(found)}")
    compared = found[before - 1], found[after - 1]
    said = {"id": row["article_id"], "from": before, "to": after, "changes": export.changes(diff(*compared))}
    return cached(request, json_response(said), modified_at=newest(compared))


def copies(request: Request) -> Response:
    """Who runs its text, as `luubao copies` tells it: the original, why and how sure, and each other beside it."""
    row = _article(request)
    found = copies_of(site_of(request).archive, row["article_id"]) or no_copies(row["article_id"])
    return cached(request, json_response(found), modified_at=newest([row]))


def _with_confidence(archive: Archive, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sure = grades(archive, (item["cluster_id"] for item in items))
    return [{**item, "confidence": sure.get(item["cluster_id"])} for item in items]


def cluster(request: Request) -> Response:
    """One cluster with its members, the evidence, and how sure its original is."""
    name = request.path_params["id"]
    archive = site_of(request).archive
    head = next(archive.rows("clusters", cluster_id=name), None)
    if head is None:
        raise UnknownNameError(f"no cluster {name!r}")
    members = list(archive.rows("cluster_members", cluster_id=name, order_by=("-role", "published_at", "url")))
    said = {**export.plain(head), "confidence": how_sure(members), "members": [export.plain(row) for row in members]}
    return cached(request, json_response(said), modified_at=newest(members))


def capture(request: Request) -> Response:
    """One capture: what came of it, and where its bytes are."""
    name = request.path_params["id"]
    row = next(site_of(request).archive.rows("captures", capture_id=name), None)
    if row is None:
        raise UnknownNameError(f"no capture {name!r}")
    return cached(request, json_response(export.plain(row)), modified_at=row["captured_at"])


def sites(request: Request) -> Response:
    """What there is of each site."""
    with site_of(request).archive.reading() as connection:
        items = [export.plain(row) for row in feed.sites(connection)]
    return cached(request, json_response({"items": items, "next": None}))


def document(request: Request) -> Response:
    """The API's own description."""
    return cached(request, json_response(openapi.DOCUMENT))


_ID = "{id:str}"
ROUTES = [
    Route("/openapi.json", document),
    Route("/articles", _listing("articles", export.article)),
    Route(f"/articles/{_ID}", article),
    Route(f"/articles/{_ID}/versions", versions),
    Route(f"/articles/{_ID}/diff", differences),
    Route(f"/articles/{_ID}/copies", copies),
    Route("/clusters", _listing("clusters", export.plain, by_site=False, complete=_with_confidence)),
    Route(f"/clusters/{_ID}", cluster),
    Route("/changes", _listing("changes", export.plain, by_site=False)),
    Route("/captures", _listing("captures", export.plain)),
    Route(f"/captures/{_ID}", capture),
    Route("/held", _listing("held", export.plain)),
    Route("/runs", _listing("runs", export.plain, by_site=False)),
    Route("/sites", sites),
]
