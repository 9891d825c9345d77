"""Figures of a paper over time, for charts and tables: how much it published, how soon it edits, how fast texts travel.

Pure: counts and moments in, rows out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

MOST_BINS = 60
"""Columns of a chart over time at most: narrower ones cannot be told apart on a phone."""
_ENOUGH = 0.9
"""A unit of time is fine enough if so many of the articles fall into its last MOST_BINS: an odd date or two (1970)
would otherwise press a year into one column."""


@dataclass(frozen=True, slots=True)
class Span:
    """A column of time: its first day, and its name ("2026-03-01", "2026-03", "2026")."""

    start: date
    label: str


def _day(day: date) -> Span:
    return Span(day, day.isoformat())


def _week(day: date) -> Span:
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday.isoformat())


def _month(day: date) -> Span:
    return Span(day.replace(day=1), f"{day:%Y-%m}")


def _year(day: date) -> Span:
    return Span(day.replace(month=1, day=1), f"{day:%Y}")


UNITS: dict[str, Callable[[date], Span]] = {"day": _day, "week": _week, "month": _month, "year": _year}


def over_time(counts: Mapping[date, int], *, until: date) -> tuple[str, list[tuple[str, int]], int]:
    """(unit, (label, count) of each span to the one of `until`, how many articles are outside of them).

    The finest unit that shows nearly all; spans without an article are there with 0.

    >>> over_time({date(2026, 3, 1): 2, date(2026, 3, 3): 1}, until=date(2026, 3, 3))
    ('day', [('2026-03-01', 2), ('2026-03-02', 0), ('2026-03-03', 1)], 0)
    """
    whole = sum(counts.values())
    for unit, span_of in UNITS.items():
        spans = _spans(min(counts, default=until), until, span_of)
        found = Counter(dict.fromkeys(spans, 0))
        for day, count in counts.items():
            if (label := span_of(day).label) in found:
                found[label] += count
        shown = sum(found.values())
        if shown >= _ENOUGH * whole or unit == "year":
            break
    return unit, [(label, found[label]) for label in spans], whole - shown


def _spans(first: date, last: date, span_of: Callable[[date], Span]) -> list[str]:
    """The labels of the last MOST_BINS spans from `first` to `last`."""
    spans = [span_of(last)]
    while len(spans) < MOST_BINS and spans[-1].start > first:
        spans.append(span_of(spans[-1].start - timedelta(days=1)))
    return [span.label for span in reversed(spans)]


_HOUR = 3_600
WITHIN = (("1 h", _HOUR), ("6 h", 6 * _HOUR), ("1 d", 24 * _HOUR), ("3 d", 72 * _HOUR), ("7 d", 168 * _HOUR))
"""Delays are counted up to each of these (seconds), "later", and "before" (a minus)."""


def by_delay(delays: Iterable[float]) -> list[tuple[str, int]]:
    """How many delays (seconds) fall into each step of WITHIN, those before and those after it.

    >>> by_delay([60, 7_200, -5, 10**7])[:3]
    [('before', 1), ('1 h', 1), ('6 h', 1)]
    """
    counts = Counter(
        "before" if delay < 0 else next((name for name, most in WITHIN if delay <= most), "later") for delay in delays
    )
    return [(name, counts[name]) for name in ("before", *(name for name, _ in WITHIN), "later")]


def edit_delay(published_at: datetime | None, modified_at: datetime | None, captured_at: datetime) -> float | None:
    """Seconds from publication to an edit: by the page where it states a later time, else at most until our capture.

    None where the page states no publication, or one that lies after our capture.
    """
    if published_at is None or published_at > captured_at:
        return None
    made_at = modified_at if modified_at is not None and published_at < modified_at <= captured_at else captured_at
    return (made_at - published_at).total_seconds()


def is_by_page(published_at: datetime | None, modified_at: datetime | None, captured_at: datetime) -> bool:
    """Whether `edit_delay` is what the page says, and not only a bound."""
    return modified_at is not None and published_at is not None and published_at < modified_at <= captured_at


@dataclass(frozen=True, slots=True)
class Partner:
    """Another paper, and the texts that went one way."""

    site: str
    texts: int
    copies: int
    dated: int
    """Texts of which both pages say when they were published."""
    median_delay: int | None
    """Seconds, of those."""


def partners(travels: Sequence[tuple[str, str, float | None]]) -> list[Partner]:
    """Other papers by how many texts went there or came from there; `travels` are (site, role, delay or None)."""
    by_site: dict[str, list[tuple[str, float | None]]] = {}
    for site, role, delay in travels:
        by_site.setdefault(site, []).append((role, delay))
    found = []
    for site, texts in by_site.items():
        delays = [delay for _, delay in texts if delay is not None]
        copies = sum(role == "copy" for role, _ in texts)
        found.append(Partner(site, len(texts), copies, len(delays), int(median(delays)) if delays else None))
    return sorted(found, key=lambda one: (-one.texts, one.site))
