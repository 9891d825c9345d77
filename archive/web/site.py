"""What every page needs: the archive, who may decide, the clock, and how a response is checked against a cache."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.types import Decision

COOKIE = "luubao_session"


class BadRequestError(ArchiveError):
    """Raised for a parameter that means nothing; the message says which one."""


@dataclass(frozen=True, slots=True)
class Site:
    """One archive as it is served."""

    archive: Archive
    now: Callable[[], datetime]
    decide: Callable[[Decision], object]
    """Writes what a person decided; opens the archive for writing only for that long."""
    token: str | None = None
    """Who has it may release and discard; without one nobody may."""
    is_private: bool = False
    """Reading needs the token, too."""
    requests_per_second: float = 0
    """Of one address to the API, on average; 0 for any number."""

    def sign(self, purpose: str) -> str:
        """A value that only a holder of the token could have been given."""
        assert self.token is not None
        return hmac.new(self.token.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def knows(self, request: Request) -> bool:
        """Whether the request comes from somebody who has the token."""
        if self.token is None:
            return False
        said = request.headers.get("authorization", "").removeprefix("Bearer ")
        cookie = request.cookies.get(COOKIE, "")
        return same(said, self.token) or same(cookie, self.sign("session"))


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how far they are."""
    return hmac.compare_digest(one.encode(), other.encode())


def site_of(request: Request) -> Site:
    """The site that answers this request."""
    site: Site = request.app.state.site
    return site


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the query; None where it is missing or empty."""
    value = request.query_params.get(name)
    if value is not None and ("\0" in value or not value.isprintable()):
        raise BadRequestError(f"{name} holds characters that nothing is called by")
    return value or None


def number(request: Request, name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to `most` in the query."""
    value = parameter(request, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):  # noqa: PLR2004
        raise BadRequestError(f"{name} is a number from 1 to {most}")
    return int(value)


def http_date(moment: datetime) -> str:
    """As HTTP headers write it."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def json_response(value: object, *, media_type: str = "application/json", status: int = 200) -> Response:
    """One JSON document."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "replace"), status, media_type=media_type)


def cached(request: Request, response: Response, *, modified_at: datetime | None = None) -> Response:
    """`response`, or 304 where the client has it already. `modified_at` only for what never changes again."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    headers: dict[str, Any] = {"ETag": tag, "Cache-Control": "no-cache"}
    if modified_at is not None:
        headers["Last-Modified"] = http_date(modified_at)
    response.headers.update(headers)
    asked = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since")
    has_it = (
        any(one.strip().removeprefix("W/") in (tag, "*") for one in asked.split(","))
        if asked is not None
        else modified_at is not None and since == headers["Last-Modified"]
    )
    return Response(status_code=304, headers=headers) if has_it else response
