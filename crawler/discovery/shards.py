"""Which sitemaps of an index matter since a moment: told by their names first, then by lastmod.

Pure: the day of today is passed in. Names are all that can be relied on. Some sites stamp one build time into every
lastmod, some list a month only when it is over, some close five days at a time; the shard of today is therefore worked
out from the names of its elders and asked for whether the index lists it or not."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import Enum

from crawler.discovery.sitemaps import Child
from crawler.sites import VIETNAM

DECEMBER = 12
# Every month reaches its 28th: a third number that never does counts parts of a month, not days.
SHORTEST_MONTH = 28
# The parts of a month, by their length in days.
GRIDS = {5: (1, 6, 11, 16, 21, 26), 10: (1, 11, 21), 15: (1, 16)}
LONG_MONTH = 31
# lastmods closer than this are when the sitemaps were built.
TELLING = timedelta(days=1)


class Unit(Enum):
    """How much one shard holds."""

    DAY = "day"
    DAYS = "days"
    MONTH = "month"
    YEAR = "year"


# How many shards may be missing at the end of an index before it counts as closed rather than late.
MAX_LATE = {Unit.DAY: 10, Unit.DAYS: 3, Unit.MONTH: 2, Unit.YEAR: 1}


@dataclass(frozen=True, slots=True)
class Shard:
    """A sitemap whose address says which days it holds."""

    url: str
    form: str
    """The address with `{year}`, `{month}`, `{day}` or `{first}` and `{last}` for its numbers."""
    unit: Unit
    first: date
    last: date
    is_padded: bool | None
    """Whether a month or day below ten has a zero; None if none is below ten."""


def shards_since(
    index: Sequence[Child], since: datetime | None, now: datetime, *, offset: timedelta = VIETNAM
) -> list[str]:
    """The sitemaps of `index` that may list what was published since then, the undated and the newest first.

    Without `since` all of them. `offset` says where the days of the names begin."""
    today = _day(now, offset)
    first_day = date.min if since is None else _day(since, offset)
    named = {child.url: shard for child in index if (shard := _shard(child.url))}
    groups = _groups(list(named.values()))
    dated = [shard for group in groups for shard in (*group, *_missing(group, groups, today))]
    kept = sorted((shard for shard in dated if shard.last >= first_day), key=lambda shard: shard.first, reverse=True)
    undated = [child for child in index if child.url not in named]
    articles = [child for child in undated if not _OTHER.search(_name(child.url))]
    if not articles and not dated:
        articles = undated  # better too much than nothing
    is_telling = _is_telling(index, offset)
    loose = [child.url for child in articles if since is None or not is_telling or _may_be_new(child, since, first_day)]
    return list(dict.fromkeys((*loose, *(shard.url for shard in kept))))


def shard_urls(form: str, since: datetime, now: datetime, *, offset: timedelta = VIETNAM) -> list[str]:
    """The addresses that `form` stands for from then until now, the newest first.

    >>> from datetime import UTC
    >>> shard_urls("/n-{year}-{month}.xml", datetime(2025, 12, 3, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    ['/n-2026-1.xml', '/n-2025-12.xml']
    """
    first_day, today = _day(since, offset), _day(now, offset)
    unit = next((unit for mark, unit in _MARKS if mark in form), None)
    if unit is None:
        return [form]
    return [url for first, last in _spans(unit, first_day, today, GRIDS[5]) for url in _render(form, unit, first, last)]


def _day(moment: datetime, offset: timedelta) -> date:
    return moment.astimezone(timezone(offset)).date()


# --- undated sitemaps -------------------------------------------------------------------------------------------------

# What lists no articles, by the words of its name; "page" followed by a number is a page of the list itself.
_OTHER = re.compile(
    r"(?:^|[-_.])(?:categor(?:y|ies)|topics?|tags?|keywords?|authors?|organi[sz]ations?|events?|images?|users?|taxonomy"
    r"|pages?(?![-_]?\d)|tac-gia|chuyen-muc|danh-muc|su-kien|tu-khoa|chu-de)(?=[-_.\d]|$)"
)


def _name(url: str) -> str:
    return url.partition("?")[0].rstrip("/").rpartition("/")[2].lower()


def _is_telling(index: Sequence[Child], offset: timedelta) -> bool:
    moments = [moment for child in index if (moment := _latest(child, offset))]
    return len(moments) > 1 and max(moments) - min(moments) > TELLING


def _latest(child: Child, offset: timedelta) -> datetime | None:
    if child.modified_at or child.day is None:
        return child.modified_at
    return datetime(child.day.year, child.day.month, child.day.day, tzinfo=timezone(offset))


def _may_be_new(child: Child, since: datetime, first_day: date) -> bool:
    if child.modified_at is not None:
        return child.modified_at >= since
    return child.day is None or child.day >= first_day


# --- names ------------------------------------------------------------------------------------------------------------

_MARKS = (("{first", Unit.DAYS), ("{day", Unit.DAY), ("{month", Unit.MONTH), ("{year", Unit.YEAR))
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
_FORMS = (
    (Unit.DAYS, re.compile(rf"{_YEAR}([-_/])(?P<month>\d{{1,2}})\2(?P<first>\d{{1,2}})\2(?P<last>\d{{1,2}})(?!\d)")),
    (Unit.DAY, re.compile(rf"{_YEAR}([-_/])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?!\d)")),
    (Unit.DAY, re.compile(rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?!\d)")),
    (Unit.DAY, re.compile(r"(?<=[?&])yyyy=(?P<year>\d{4})&mm=(?P<month>\d\d?)&dd=(?P<day>\d\d?)(?!\d)")),
    # Month first, as in sitemap-article-03-2026-01.xml; two digits, for "1-2026-07" is a part and then a month.
    (Unit.MONTH, re.compile(r"(?<!\d)(?P<month>\d\d)[-_/](?P<year>(?:19|20)\d\d)(?!\d)")),
    (Unit.MONTH, re.compile(rf"{_YEAR}[-_/](?P<month>\d{{1,2}})(?!\d)")),
    (Unit.MONTH, re.compile(rf"{_YEAR}(?P<month>\d\d)(?!\d)")),
    (Unit.MONTH, re.compile(r"(?<=[?&])(?:yyyy|year)=(?P<year>\d{4})&(?:mm|month)=(?P<month>\d\d?)(?!\d)")),
    (Unit.YEAR, re.compile(rf"{_YEAR}(?!\d)")),
)


def _shard(url: str) -> Shard | None:
    start = url.find("/", url.find("//") + 2)
    if start < 0:
        return None
    for unit, pattern in _FORMS:
        for match in pattern.finditer(url, start):
            numbers = {name: int(value) for name, value in match.groupdict().items()}
            span = _span(unit, numbers)
            if span:
                return Shard(url, _form(url, match), unit, *span, _is_padded(match))
    return None


def _span(unit: Unit, numbers: dict[str, int]) -> tuple[date, date] | None:
    year, month = numbers["year"], numbers.get("month", 1)
    try:
        if unit is Unit.YEAR:
            return date(year, 1, 1), date(year, DECEMBER, 31)
        end = monthrange(year, month)[1]
        if unit is Unit.MONTH:
            return date(year, month, 1), date(year, month, end)
        first = date(year, month, numbers.get("first", numbers.get("day", 0)))
        last = date(year, month, min(numbers.get("last", first.day), end))
    except ValueError:  # no such day or month, a bad month for monthrange among them
        return None
    return (first, last) if first <= last else None


def _form(url: str, match: re.Match[str]) -> str:
    parts, position = [], 0
    for name in sorted(match.groupdict(), key=match.start):
        parts += [_braced(url[position : match.start(name)]), f"{{{name}}}"]
        position = match.end(name)
    return "".join((*parts, _braced(url[position:])))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_padded(match: re.Match[str]) -> bool | None:
    small = [value for name, value in match.groupdict().items() if name != "year" and int(value) < 10]  # noqa: PLR2004
    return any(len(value) > 1 for value in small) if small else None


# --- groups of one form -----------------------------------------------------------------------------------------------


def _groups(shards: list[Shard]) -> list[list[Shard]]:
    """Shards of one form each, oldest first, with numbers that only look like a month or a day seen through."""
    by_form: dict[str, list[Shard]] = defaultdict(list)
    for shard in shards:
        by_form[shard.form].append(shard)
    # "2026-13" was read as a year with something behind it: then so is "2026-12" beside it.
    counted = {form.partition("{year}")[0] for form in by_form if re.search(r"\{year\}[-_/]\d", form)}
    return [sorted(_seen_through(group, counted), key=lambda shard: shard.first) for group in by_form.values()]


def _seen_through(group: list[Shard], counted: set[str]) -> list[Shard]:
    unit, form = group[0].unit, group[0].form
    days = [shard.first for shard in group]
    if unit is Unit.DAY and len({(day.year, day.month) for day in days}) > 1:
        is_counted = max(day.day for day in days) < SHORTEST_MONTH
        return [_widened(shard, Unit.MONTH) for shard in group] if is_counted else group
    if unit is Unit.MONTH and "{year}" in form and form.index("{year}") < form.index("{month}"):
        is_counted = len({day.year for day in days}) > 1 and max(day.month for day in days) < DECEMBER
        is_counted |= form.partition("{year}")[0] in counted
        return [_widened(shard, Unit.YEAR) for shard in group] if is_counted else group
    return group


def _widened(shard: Shard, unit: Unit) -> Shard:
    """`shard` as one of several parts of its month or year; nothing can be worked out from its form."""
    first, last = shard.first, shard.last
    first = first.replace(day=1) if unit is Unit.MONTH else first.replace(month=1, day=1)
    last = (
        last.replace(day=monthrange(last.year, last.month)[1])
        if unit is Unit.MONTH
        else last.replace(month=DECEMBER, day=31)
    )
    return replace(shard, form="", unit=unit, first=first, last=last)


def _missing(group: list[Shard], groups: list[list[Shard]], today: date) -> Iterator[Shard]:
    """What `group` will list between its newest shard and today."""
    newest = group[-1]
    # Parts are counted from 1: of the second and later ones there may be none yet.
    tail = newest.form.rpartition("}")[2]
    if not newest.form or newest.last >= today or re.search(r"(?<!\d)0*(?:[2-9]|\d*[1-9]\d)(?!\d)", tail):
        return
    grid = GRIDS[5]
    if newest.unit is Unit.DAYS:
        sizes = {(shard.last - shard.first).days + 1 for shard in group} & set(GRIDS)
        if len(sizes) != 1:
            return
        grid = GRIDS[sizes.pop()]
    spans = list(_spans(newest.unit, newest.last + timedelta(days=1), today, grid))
    if len(spans) > MAX_LATE[newest.unit]:
        # Given up for another form, as a rule; but the form that was in use last may only be far behind.
        spans = spans[:1] if newest.last == max(other[-1].last for other in groups) else []
    known = {shard.is_padded for shard in group} - {None}
    for first, last in spans:
        for is_padded in known or {False, True}:
            form = re.sub(r"\{(month|day|first|last)\}", r"{\1:02}", newest.form) if is_padded else newest.form
            for url in _render(form, newest.unit, first, last):
                yield Shard(url, newest.form, newest.unit, first, last, is_padded)


def _spans(unit: Unit, first_day: date, today: date, grid: tuple[int, ...]) -> Iterator[tuple[date, date]]:
    """The spans of `unit` that hold a day from `first_day` to `today`, the newest first."""
    day = today
    while day >= first_day:
        end = monthrange(day.year, day.month)[1]
        if unit is Unit.DAY:
            first = last = day
        elif unit is Unit.DAYS:
            first = day.replace(day=max(start for start in grid if start <= day.day))
            last = day.replace(day=next((start - 1 for start in grid if start > day.day), end))
        elif unit is Unit.MONTH:
            first, last = day.replace(day=1), day.replace(day=end)
        else:
            first, last = day.replace(month=1, day=1), day.replace(month=DECEMBER, day=31)
        yield first, last
        if first == date.min:
            return
        day = first - timedelta(days=1)


def _render(form: str, unit: Unit, first: date, last: date) -> list[str]:
    numbers = {"year": first.year, "month": first.month, "day": first.day, "first": first.day}
    ends = [last.day]
    if unit is Unit.DAYS and last.day == LONG_MONTH:
        ends.append(LONG_MONTH - 1)  # both are seen in the wild: 26-31 and, of July, 26-30
    return list(dict.fromkeys(form.format(**numbers, last=end) for end in ends))
