"""What every page needs: the archive, who may decide, the clock, and how a response is checked against a cache."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.types import Decision

COOKIE = "luubao_session"
LONGEST = 300
"""Characters of a parameter."""
_IS_NUMBER = re.compile("[1-9][0-9]{0,9}").fullmatch
_OUR_CLOCK = ("at", "captured_at", "first_seen_at", "last_seen_at", "gone_at", "started_at", "finished_at")


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
    titles: Mapping[str, str] = field(default_factory=dict)
    """What papers call themselves, by the name of the site; the others are shown by that name."""
    patience: float = 0.1
    """Seconds that a search waits until what came since the last one is indexed."""
    update_index: Callable[[], object] | None = None
    """Brings the full-text index up to date, where another process is to do that."""

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
    if value is not None and "\0" in value:  # PostgreSQL takes none
        raise BadRequestError(f"{name} holds a NUL, and nothing is called by that")
    if value is not None and len(value) > LONGEST:
        raise BadRequestError(f"{name} has more than {LONGEST} characters")
    return value or None


def refuse_blanks(request: Request) -> None:
    """Forms send what was left empty, and it counts as missing there; programs do not."""
    for name, value in request.query_params.items():
        if not value and name != "cursor":
            raise BadRequestError(f"{name} is empty: leave it out")


def number(request: Request, name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to `most` in the query."""
    value = parameter(request, name)
    if value is None:
        return default
    if not (_IS_NUMBER(value) and int(value) <= most):
        raise BadRequestError(f"{name} is a number from 1 to {most}")
    return int(value)


def http_date(moment: datetime) -> str:
    """As HTTP headers write it."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def json_response(value: object, *, media_type: str = "application/json", status: int = 200) -> Response:
    """One JSON document."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode("utf-8", "replace"), status, media_type=media_type)


def newest(rows: Iterable[Mapping[str, Any]]) -> datetime | None:
    """The newest moment of the archive's own clock in these rows of views."""
    return max((row[name] for row in rows for name in _OUR_CLOCK if row.get(name) is not None), default=None)


def has_tag(request: Request, tag: str) -> bool:
    """Whether the client says that it has the answer with this ETag."""
    asked = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in asked.split(","))


def cached(
    request: Request, response: Response, *, modified_at: datetime | None = None, is_final: bool = False
) -> Response:
    """`response`, or 304 where the client has it already.

    `modified_at` says of when the newest thing in it is. Only of what `is_final` does that decide: a late capture or a
    person's word may change the rest without being newer, and there the ETag alone tells.
    """
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    headers: dict[str, Any] = {"ETag": tag, "Cache-Control": "no-cache"}
    if modified_at is not None:
        headers["Last-Modified"] = http_date(modified_at)
    response.headers.update(headers)
    since = request.headers.get("if-modified-since")
    has_it = (
        has_tag(request, tag)
        if "if-none-match" in request.headers
        else is_final and modified_at is not None and since == headers["Last-Modified"]
    )
    return Response(status_code=304, headers=headers) if has_it else response
