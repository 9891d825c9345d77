"""Memento (RFC 7089): TimeGate, TimeMap and the captures themselves, as they were received.

What was captured is somebody else's page: it leaves in a sandbox, where it can neither run nor load anything."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.exceptions import UnknownNameError
from archive.storage import pages
from archive.urls import identity
from archive.web.site import BadRequestError, cached, http_date, site_of

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""`sandbox` gives the page an origin of its own, without scripts, forms or windows."""
_STAMP = "%Y%m%d%H%M%S"
_KEPT = ("Content-Type", "Content-Encoding")


def _address(request: Request) -> str:
    """The page asked for: all that stands behind the prefix, with its query."""
    query = request.url.query
    return f"{request.path_params['url']}?{query}" if query else str(request.path_params["url"])


def _found(request: Request) -> tuple[str, list[dict[str, Any]]]:
    address = _address(request)
    archive = site_of(request).archive
    article = archive.get_article(identity(address) if "://" in address else address)
    with archive.reading() as connection:
        found = pages.mementos(connection, article["article_id"])
    if not found:
        raise UnknownNameError(f"no memento of {address!r}")
    # The address of an article tells articles apart and is not meant to be fetched; that of its newest capture was.
    return str(found[-1]["url"]), found


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _memento(request: Request, url: str, capture: dict[str, Any]) -> str:
    return f"{_base(request)}/memento/{capture['captured_at'].astimezone(UTC):{_STAMP}}/{url}"


def _links(request: Request, url: str, found: list[dict[str, Any]]) -> list[str]:
    base = _base(request)
    first, last = (http_date(found[at]["captured_at"]) for at in (0, -1))
    return [
        f'<{url}>; rel="original"',
        f'<{base}/timegate/{url}>; rel="timegate"',
        f'<{base}/timemap/link/{url}>; rel="timemap"; type="application/link-format"; from="{first}"; until="{last}"',
    ]


def _relation(at: int, count: int) -> str:
    words = [word for word, is_so in (("first", at == 0), ("last", at == count - 1)) if is_so]
    return " ".join([*words, "memento"])


def _memento_links(request: Request, url: str, found: list[dict[str, Any]], chosen: set[int]) -> list[str]:
    return [
        f'<{_memento(request, url, found[at])}>; rel="{_relation(at, len(found))}"; '
        f'datetime="{http_date(found[at]["captured_at"])}"'
        for at in sorted(chosen)
    ]


def _nearest(found: list[dict[str, Any]], wanted: datetime) -> int:
    return min(range(len(found)), key=lambda at: abs(found[at]["captured_at"] - wanted))


def timegate(request: Request) -> Response:
    """To the memento nearest to Accept-Datetime; without it to the newest."""
    url, found = _found(request)
    said = request.headers.get("accept-datetime")
    try:
        wanted = found[-1]["captured_at"] if said is None else parsedate_to_datetime(said)
        at = _nearest(found, wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as e:
        raise BadRequestError("Accept-Datetime is no HTTP date") from e
    response = RedirectResponse(_memento(request, url, found[at]), 302)
    links = _links(request, url, found) + _memento_links(request, url, found, {0, at, len(found) - 1})
    response.headers.update({"Vary": "accept-datetime", "Link": _header(links)})
    return response


def timemap(request: Request) -> Response:
    """All mementos in link format."""
    url, found = _found(request)
    links = _links(request, url, found) + _memento_links(request, url, found, set(range(len(found))))
    links[2] = links[2].replace('rel="timemap"', 'rel="self"')
    return cached(request, Response(",\n".join(links) + "\n", media_type="application/link-format"))


def memento(request: Request) -> Response:
    """The page as it was received then."""
    url, found = _found(request)
    stamp = request.path_params["stamp"]
    try:
        wanted = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError as e:
        raise UnknownNameError(f"no moment {stamp!r}: it has 14 digits") from e
    at = next((n for n, row in enumerate(found) if row["captured_at"].replace(microsecond=0) == wanted), None)
    if at is None:
        return RedirectResponse(_memento(request, url, found[_nearest(found, wanted)]), 302)
    response = _as_received(request, found[at])
    links = _links(request, url, found) + _memento_links(request, url, found, {0, at, len(found) - 1})
    response.headers.update({"Memento-Datetime": http_date(found[at]["captured_at"]), "Link": _header(links)})
    return response


def raw(request: Request) -> Response:
    """A capture as it was received, by its id; also a held one, for whoever decides about it."""
    name = request.path_params["id"]
    archive = site_of(request).archive
    with archive.reading() as connection:
        row = next(iter(pages.among(connection, "captures", "capture_id", [name])), None)
        if row is None or not pages.shows(connection, name):
            raise UnknownNameError(f"no capture {name!r} to show")
    return _as_received(request, row)


def _as_received(request: Request, row: dict[str, Any]) -> Response:
    capture = site_of(request).archive.load_capture(row["capture_id"])
    response = Response(capture.payload)
    for name in _KEPT:
        value = capture.header(name)
        if value and value.isascii() and value.isprintable():
            response.headers[name] = value
    response.headers["Content-Security-Policy"] = SANDBOX
    answer = cached(request, response, modified_at=row["captured_at"], is_final=True)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _header(links: list[str]) -> str:
    """Addresses in a header are ASCII; ours are percent-encoded, and what is not becomes so."""
    return ", ".join(links).encode("ascii", "xmlcharrefreplace").decode()


ROUTES = [
    Route("/timegate/{url:path}", timegate),
    Route("/timemap/link/{url:path}", timemap),
    Route("/memento/{stamp:str}/{url:path}", memento),
    Route("/captures/{id:str}/raw", raw),
]
