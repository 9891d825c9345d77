"""How long a server asks us to wait, and how long we wait when it does not say. Pure."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_WAIT = 24 * 3600.0
"""A longer wait than this is a typing error, or never meant for us to remember."""
MAX_BACKOFF = 3600.0
_SECONDS = re.compile(r"([0-9]{1,12})(?:\.[0-9]*)?")
_MANY_SECONDS = re.compile(r"[0-9]{13,}")


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now` that a Retry-After header asks for (RFC 9110, 10.2.3), at most a day; None if it says nothing.

    >>> parse_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> parse_retry_after("Thu, 01 Jan 2026 00:00:05 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    5.0
    """
    value = (value or "").strip()
    if _MANY_SECONDS.fullmatch(value):
        return MAX_WAIT
    if _SECONDS.fullmatch(value):
        return min(float(math.ceil(float(value))), MAX_WAIT)
    until = parse_http_date(value)
    return None if until is None else min(max((until - now).total_seconds(), 0.0), MAX_WAIT)


def parse_http_date(value: str | None) -> datetime | None:
    """The moment that an HTTP date names, in any of its three forms; None if it names none."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None


def backoff(strikes: int, *, base: float) -> float:
    """Seconds to wait after `strikes` refusals in a row, doubling from `base` to an hour.

    >>> [backoff(strikes, base=10) for strikes in (1, 2, 3, 20)]
    [10.0, 20.0, 40.0, 3600.0]
    """
    return min(base * 2.0 ** min(strikes - 1, 30), MAX_BACKOFF)
