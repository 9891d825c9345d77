"""Read the moments that pages print: ISO variants, Vietnamese and English long forms, mail dates.

Pure, and never a guess. A date without a time gives None, because midnight would be our invention and would sort a
morning's story before the evening it reports; so does a date without a year, a string that holds two moments (published
and updated), a two-digit year, a zone name that means different offsets, and the zero dates of content systems."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from archive.text import strip_marks, tidy

# A whole paragraph handed in by mistake holds dates that are not the page's own.
MAX_LENGTH = 200
# Content systems without a date print year 1, or the first second of 1970.
EARLIEST_YEAR = 1800
MAX_OFFSET = timedelta(hours=14)

_ENGLISH_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}
_VIETNAMESE_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_MONTH = "|".join(sorted(_ENGLISH_MONTHS, key=len, reverse=True))
_THANG = "|".join(sorted(_VIETNAMESE_MONTHS, key=len, reverse=True))

# All patterns run on text without marks and case, where "ngày 5 tháng 6 năm 2026" is "ngay 5 thang 6 nam 2026".
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"),
    # Slashes are day first: every Vietnamese paper writes so, and a month over 12 is refused rather than turned round.
    re.compile(r"(?<!\d)(?P<day>\d{1,2}) ?([-/.]) ?(?P<month>\d{1,2}) ?\2 ?(?P<year>\d{4})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}}),? thang (?P<month>\d{{1,2}}|{_THANG})(?:,| nam|,? nam)? (?P<year>\d{{4}})\b"
    ),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<month>{_MONTH})\.?,?[ -](?P<year>\d{{4}})\b"
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b"),
)
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?::| ?h ?| gio )(?P<minute>\d{2})(?!\d)(?: ?phut\b|')?"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?(?!\d)(?: ?(?P<half>am|pm|a\.m\.|p\.m\.|sa|ch)\b)?"
)
_NAMED_OFFSET = re.compile(r"\(?\b(?:gmt|utc)(?: ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?\b\)?")
_NUMERIC_OFFSET = re.compile(r" ?(?P<sign>[+-])(?P<hours>\d{2})(?::?(?P<minutes>\d{2}))?(?!\d)")
_ZONE = re.compile(r" ?\(?(z|ict|e[sd]t|c[sd]t|m[sd]t|p[sd]t)\b\)?")
# RFC 2822, 4.3, and Indochina Time.
_ZONES = {"z": 0, "ict": 7, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
_FOREIGN_ZONE = re.compile(r"\d ?\(?[A-Z]{2,4}T\b")


def parse_moment(text: str, *, offset: timedelta | None) -> datetime | None:
    """The one moment that `text` states, with the page's own offset; `offset` is for text that states none.

    None where a date, a year or a time is missing, and for a naive time while `offset` is None.

    >>> parse_moment("Thứ năm, 2/11/2023, 19:20 (GMT+7)", offset=None).isoformat()
    '2023-11-02T19:20:00+07:00'
    >>> parse_moment("ngày 13/6", offset=timedelta(hours=7)) is None
    True
    """
    plain = strip_marks(text[: MAX_LENGTH + 1])
    found = [match for pattern in _DATES for match in pattern.finditer(plain)]
    if len(text) > MAX_LENGTH or len(found) != 1:
        return None
    date = found[0]
    rest = f"{plain[: date.start()]} | {plain[date.end() :]}"
    named = _NAMED_OFFSET.search(rest)
    if named:
        # Taken out before the time is looked for: the "07:00" of "GMT+07:00" looks like one.
        rest = f"{rest[: named.start()].rstrip()} {rest[named.end() :]}"
    time = _TIME.search(rest)
    if time is None:
        return None
    numeric = _NUMERIC_OFFSET.match(rest, time.end())
    if _TIME.search(rest, (numeric or time).end()):
        return None
    try:
        if named or numeric:
            return _moment(date, time, _offset(named or numeric))
        zone = _zone_offset(_ZONE.match(rest, time.end()), text)
        return _moment(date, time, offset if zone is None else zone)
    except ValueError:
        return None


def _moment(date: re.Match[str], time: re.Match[str], offset: timedelta | None) -> datetime | None:
    if offset is None or abs(offset) > MAX_OFFSET:
        return None
    month = date["month"]
    number = _ENGLISH_MONTHS.get(month) or _VIETNAMESE_MONTHS.get(month) or int(month)
    moment = datetime(
        int(date["year"]),
        number,
        int(date["day"]),
        _hour(int(time["hour"]), time["half"]),
        int(time["minute"]),
        int(time["second"] or 0),
        int((time["fraction"] or "0").ljust(6, "0")[:6]),
        tzinfo=timezone(offset),
    )
    is_zero = moment.year < EARLIEST_YEAR or moment.replace(tzinfo=None) == datetime(1970, 1, 1)  # noqa: DTZ001 - as printed
    return None if is_zero else moment


def _hour(hour: int, half: str | None) -> int:
    """The hour on a 24-hour clock; papers print "00:01 AM" and "14:30 PM" too, so the half day may be an echo."""
    if half is None:
        return hour
    is_morning = half.startswith(("a", "s"))
    if is_morning and hour == 12:  # noqa: PLR2004 - noon
        return 0
    if (hour > 12) if is_morning else (hour == 0):  # noqa: PLR2004 - noon
        raise ValueError(half)
    return hour + 12 if not is_morning and hour < 12 else hour  # noqa: PLR2004 - noon


def _offset(match: re.Match[str] | None) -> timedelta:
    """UTC for a bare "GMT"."""
    if match is None or match["sign"] is None:
        return timedelta(0)
    minutes = int(match["minutes"] or 0)
    if minutes > 59:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(match.group())
    size = timedelta(hours=int(match["hours"]), minutes=minutes)
    return -size if match["sign"] == "-" else size


def _zone_offset(zone: re.Match[str] | None, text: str) -> timedelta | None:
    if zone:
        return timedelta(hours=_ZONES[zone[1]])
    if _FOREIGN_ZONE.search(tidy(text)):
        raise ValueError(text)
    return None
