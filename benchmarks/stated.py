"""What the mark-up of a page states and prints, asked of its source: truth that a set of pages does not give.

Apart from our reader, so that what that one overlooks counts against it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from lxml.html import HTMLParser, document_fromstring

MIN_LEDE, MAX_LEDE = 60, 700
"""Characters of what may be a lede: shorter is a label, longer is the story."""
_MOMENT = re.compile(
    r"(?:publi[sc][a-z]{0,7}|pubdate)(?:[-_:]?(?:date|time|on|at))?[\"']?(?:\s*[:=,]\s*|\s+(?:content|datetime)\s*=\s*)"
    r"[\"']((\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d))[\"']",
    re.IGNORECASE,
)
_DESCRIPTIONS = "//meta[@name='description' or @property='og:description' or @name='twitter:description']/@content"
_CUT_SHORT = re.compile(r"(?:\.\.\.|…|\[…\]|&hellip;)\s*$")
_PLACES = ("p", "div", "h2", "h3", "h4", "section", "span", "strong", "em")
_ELSEWHERE = frozenset(["a", "li", "aside", "footer", "nav", "form", "button", "noscript", "template"])
_WORD = re.compile(r"\w+")


def stated_moments(html: str, day: str | None) -> list[datetime]:
    """The moments of publication that the mark-up states with time and offset, on `day` (ISO) as the page writes it."""
    found = (match for match in _MOMENT.finditer(html) if day and match[2] == day[: len("2026-05-01")])
    return [moment for match in found if (moment := _parsed(match[1])) is not None]


def is_at_minute(moments: list[datetime], read: str | None) -> bool:
    """Whether `read` (ISO) is one of `moments`, to the minute, with the same offset from UTC.

    >>> said = [datetime.fromisoformat("2026-05-01T08:00:30+07:00")]
    >>> is_at_minute(said, "2026-05-01T08:00:00+07:00"), is_at_minute(said, "2026-05-01T01:00:00+00:00")
    (True, False)
    """
    moment = _parsed(read) if read else None
    return moment is not None and any(
        moment.replace(second=0, microsecond=0) == said.replace(second=0, microsecond=0)
        and moment.utcoffset() == said.utcoffset()
        for said in moments
    )


def _parsed(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(re.sub(r"\s(?=[+-]|Z$)", "", text).replace("z", "Z"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=2000)
def printed_lede(html: str) -> str | None:
    """The lede that the page has, its words folded; None if it has none.

    That is a description that its meta tags state whole, that says other than its headline, and that it prints in
    an element of its own, in no list, link or side box."""
    root = document_fromstring(html.encode(errors="replace"), parser=HTMLParser(encoding="utf-8"))
    stated = [str(text) for text in root.xpath(_DESCRIPTIONS)]
    heads = {words(element.text_content()) for element in root.iter("h1", "title")}
    wanted = {words(text) for text in stated if MIN_LEDE <= len(text) <= MAX_LEDE and not _CUT_SHORT.search(text)}
    wanted = {text for text in wanted if not any(head.startswith(text) for head in heads)}
    body = root.find("body")
    if body is None or not wanted:
        return None
    for element in body.iter(*_PLACES):
        size = sum(map(len, element.itertext()))
        said = words(element.text_content()) if MIN_LEDE <= size <= 2 * MAX_LEDE else ""
        if said in wanted and not any(each.tag in _ELSEWHERE for each in element.iterancestors()):
            return said
    return None


def words(text: str) -> str:
    """`text` as its words alone, folded."""
    return " ".join(_WORD.findall(text.casefold()))
