"""The HTTP API: rows of the contract as JSON, page by page. Read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import export
from archive.diff import diff
from archive.exceptions import UnknownNameError
from archive.storage import feed, pages
from archive.web import openapi
from archive.web.site import BadRequestError, cached, json_response, number, parameter, site_of

MOST = 200
"""Rows of one page at most."""
PAGE = 50


def _listing(
    view: str, shape: Callable[[Any], dict[str, Any]], *, by_site: bool = True
) -> Callable[[Request], Response]:
    def listing(request: Request) -> Response:
        limit = number(request, "limit", PAGE, most=MOST)
        cursor: object = parameter(request, "cursor")
        if view == "runs" and cursor is not None:
            cursor = number(request, "cursor", 1, most=10**9)
        site = parameter(request, "site") if by_site else None
        with site_of(request).archive.reading() as connection:
            try:
                rows = pages.page(
                    connection,
                    view,
                    limit=limit + 1,
                    after=cursor,
                    is_ascending=view == "changes",
                    equal={"site": site} if site else {},
                )
            except UnknownNameError as e:
                raise BadRequestError(str(e)) from e
        more = len(rows) > limit
        rows = rows[:limit]
        last = rows[-1][pages.KEYS[view][-1]] if rows else None
        # A reader of changes comes back with the last cursor, also when there is nothing more now.
        following = last if more or view == "changes" else None
        items = [shape(row) for row in rows]
        return cached(request, json_response({"items": items, "next": None if following is None else str(following)}))

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
    return cached(request, json_response(export.article(_article(request))))


def versions(request: Request) -> Response:
    """All its versions, oldest first."""
    found = site_of(request).archive.versions(_article(request)["article_id"])
    return cached(request, json_response({"items": [export.version(row) for row in found], "next": None}))


def differences(request: Request) -> Response:
    """What changed between two of its versions: by default the last edit."""
    row = _article(request)
    after = number(request, "to", row["versions"], most=10**6)
    before = number(request, "from", max(after - 1, 1), most=10**6)
    found = site_of(request).archive.versions(row["article_id"])
    if max(before, after) > len(found):
        raise BadRequestError(f"from and to are numbers from 1 to {len(found)}")
    changes = export.changes(diff(found[before - 1], found[after - 1]))
    return cached(request, json_response({"id": row["article_id"], "from": before, "to": after, "changes": changes}))


def cluster(request: Request) -> Response:
    """One cluster with its members and the evidence."""
    name = request.path_params["id"]
    archive = site_of(request).archive
    head = next(archive.rows("clusters", cluster_id=name), None)
    if head is None:
        raise UnknownNameError(f"no cluster {name!r}")
    members = archive.rows("cluster_members", cluster_id=name, order_by=("-role", "published_at", "url"))
    return cached(request, json_response({**export.plain(head), "members": [export.plain(row) for row in members]}))


def capture(request: Request) -> Response:
    """One capture: what came of it, and where its bytes are."""
    name = request.path_params["id"]
    row = next(site_of(request).archive.rows("captures", capture_id=name), None)
    if row is None:
        raise UnknownNameError(f"no capture {name!r}")
    return cached(request, json_response(export.plain(row)))


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
    Route("/clusters", _listing("clusters", export.plain, by_site=False)),
    Route(f"/clusters/{_ID}", cluster),
    Route("/changes", _listing("changes", export.plain, by_site=False)),
    Route("/captures", _listing("captures", export.plain)),
    Route(f"/captures/{_ID}", capture),
    Route("/held", _listing("held", export.plain)),
    Route("/runs", _listing("runs", export.plain, by_site=False)),
    Route("/sites", sites),
]
