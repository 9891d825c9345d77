"""The application: its routes, who may ask how often, how errors end, and what every answer says about safety."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive import export
from archive.exceptions import ArchiveError, NothingToReleaseError, UnknownNameError
from archive.web import api, feeds, finding, memento, papers, reading
from archive.web.indexing import Indexer
from archive.web.remembering import Remembered
from archive.web.site import BadRequestError, Site, json_response
from archive.web.words import delay, figure, lasted, share, step, translate

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_CLIENTS = 10_000
_TRIES, _TRIES_PER_SECOND = 5, 0.1
"""To sign in, of one address: five at once, then one every ten seconds."""


def create_app(site: Site, *, hosts: list[str]) -> Starlette:
    """The site as an ASGI application that answers for these host names only ("*" for any)."""
    routes: list[BaseRoute] = [
        Mount("/api/v1", routes=[*api.ROUTES, *finding.API]),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        *memento.ROUTES,
        *finding.PAGES,
        *feeds.ROUTES,
        *papers.ROUTES,
        *reading.ROUTES,
    ]
    # Another name that leads here may be a stranger's, whose pages could then read the archive.
    middleware = [
        Middleware(SafetyHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        Middleware(Gate, site=site),
        Middleware(Remembered, archive=site.archive),
    ]
    handlers = {ArchiveError: _archive_error, HTTPException: _http_error}
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=handlers)  # type: ignore[arg-type]
    environment = Environment(
        loader=PackageLoader("archive.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.filters["words"] = translate
    environment.filters["moment"] = export.moment
    environment.filters["day"] = _day
    environment.filters["delay"] = delay
    environment.filters["figure"] = figure
    environment.filters["share"] = share
    environment.filters["span"] = _span
    environment.filters["lasted"] = lasted
    environment.filters["step"] = step
    environment.filters["paper"] = lambda name: site.titles.get(name, name)
    app.state.templates = Jinja2Templates(env=environment)
    app.state.site = site
    app.state.indexer = Indexer(site.archive, patience=site.patience, update=site.update_index)
    return app


def _day(moment: datetime | None, offset: int | None = None) -> str:
    """For people: in the paper's own time where it stated one (minutes east of UTC), else UTC."""
    return "" if moment is None else f"{moment.astimezone(timezone(timedelta(minutes=offset or 0))):%d.%m.%Y %H:%M}"


def _span(label: str) -> str:
    """A day, a month or a year as people write it here: "2026-03-01 12:00" is 01.03.2026 12:00."""
    day, _, rest = label.partition(" ")
    return ".".join(reversed(day.split("-"))) + (f" {rest}" if rest else "")


class SafetyHeaders:
    """What every answer says, unless it says something stricter itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with these headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in _HEADERS.items()
                        if name.lower().encode() not in there
                    ),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)


class Gate:
    """Lets in who has the token, where one is asked for, and of one address only so many requests to the API."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self.app = app
        self.site = site
        self._api = Buckets(site.requests_per_second, 4 * site.requests_per_second)
        self._sign_in = Buckets(_TRIES_PER_SECOND, _TRIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] == "http":
            refusal = self._refusal(Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        is_open = path.startswith("/static/") or path == "/sign-in"
        if self.site.is_private and not is_open and not self.site.knows(request):
            response = _asks_for_the_token(request)
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if request.method == "POST" and path == "/sign-in" and not self._takes_one(request, self._sign_in):
            return _too_many("too many tries to sign in: wait", 1 / _TRIES_PER_SECOND)
        if path.startswith("/api/") and self.site.requests_per_second and not self._takes_one(request, self._api):
            return _too_many("too many requests: wait a second", 1)
        return None

    def _takes_one(self, request: Request, buckets: Buckets) -> bool:
        return buckets.take(request.client.host if request.client else "", self.site.now().timestamp())


class Buckets:
    """A bucket for each address, that fills as time goes by."""

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = most
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, address: str, now: float) -> bool:
        """Whether there was one left."""
        left, at = self._left.get(address, (self._most, now))
        left = min(self._most, left + (now - at) * self._rate)
        if len(self._left) > _MOST_CLIENTS:
            self._left.clear()
        self._left[address] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _asks_for_the_token(request: Request) -> Response:
    """The form for people, a problem for programs."""
    if _is_page(request) and "text/html" in request.headers.get("accept", ""):
        return reading.show(request, "signin.html", status=401, is_wrong=False, is_asked=True)
    return problem(401, "this archive asks for a token: Authorization: Bearer TOKEN, or /sign-in")


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/feeds/", "/time", "/memento/", "/metrics"))


def _too_many(detail: str, seconds: float) -> Response:
    response = problem(429, detail)
    response.headers["Retry-After"] = str(round(seconds))
    return response


def problem(status: int, detail: str) -> Response:
    """An error for programs (RFC 9457)."""
    titles = {400: "Bad request", 401: "Token needed", 404: "Not found", 409: "Conflict", 429: "Too many requests"}
    body = {"type": "about:blank", "title": titles.get(status, "Error"), "status": status, "detail": detail}
    return json_response(body, media_type="application/problem+json", status=status)


def _archive_error(request: Request, error: ArchiveError) -> Response:
    kinds = ((BadRequestError, 400), (UnknownNameError, 404), (NothingToReleaseError, 409))
    status = next((status for kind, status in kinds if isinstance(error, kind)), 503)
    return _told(request, status, str(error))


def _http_error(request: Request, error: HTTPException) -> Response:
    response = _told(request, error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def _told(request: Request, status: int, detail: str) -> Response:
    if _is_page(request):
        return reading.show(request, "error.html", status=status, code=status, detail=detail)
    return problem(status, detail)
