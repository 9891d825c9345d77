"""Find the selectors that give what was read on most pages of a site: title, lede, body, author, time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.text import fold
from crawler.extraction.blocks import text_of
from crawler.extraction.dates import parse_moment
from crawler.learning.examples import Example
from crawler.learning.selectors import naming, select

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_PAGES = 3
"""Fewer pages show nothing but themselves."""
MIN_SHARE = 0.8
"""A selector has to give the field on so many of the pages that have it."""
MIN_RIGHT = 0.95
"""... and what it finds first has to be the field in so many of the cases in which it finds anything."""
_MIN_IN_BODY = 0.9
_LOOKED_FOR = 12
"""Paragraphs of an article that are looked for: its body is what holds them."""


@dataclass(frozen=True, slots=True)
class FieldFound:
    """A selector that gives one field."""

    field: str
    selector: str
    pages: int
    """Pages on which it gives what was read there ..."""
    of: int
    """... of so many that have the field."""
    captures: tuple[str, ...]
    """Some of these pages, by the ids of their captures."""
    attribute: str | None = None


def find_fields(examples: Sequence[Example]) -> list[FieldFound]:
    """The best selector of each field that has one."""
    if len(examples) < MIN_PAGES:
        return []
    texts: dict[str, Callable[[Example], str | None]] = {
        "title": lambda page: page.document.title,
        "lede": lambda page: page.document.lede,
        "author": lambda page: page.document.author,
        "section": lambda page: page.document.section,
    }
    found = [_best(name, examples, said, _of_text(said)) for name, said in texts.items()]
    found.append(_best("body", examples, lambda page: page.document.body, _holders))
    found.append(_published(examples))
    return [one for one in found if one is not None]


def _of_text(said: Callable[[Example], str | None]) -> Callable[[Example], list[HtmlElement]]:
    return lambda page: page.elements_saying(said(page) or "")


def _best(
    name: str,
    examples: Sequence[Example],
    said: Callable[[Example], str | None],
    holding: Callable[[Example], list[HtmlElement]],
) -> FieldFound | None:
    """The selector whose first match holds the field on most pages."""
    pages = [page for page in examples if said(page)]
    held = {page.capture: holding(page) for page in pages}
    tried = Counter(selector for elements in held.values() for selector in dict.fromkeys(_names_of(elements)))
    enough = max(MIN_PAGES, MIN_SHARE * len(pages))
    best: FieldFound | None = None
    for selector, count in sorted(tried.items(), key=lambda item: (-item[1], len(item[0]), item[0])):
        if count < enough or (best is not None and count <= best.pages):
            break
        right, matched = [], 0
        for page in pages:
            matches = select(selector, page.root)
            matched += bool(matches)
            if matches and matches[0] in held[page.capture]:
                right.append(page.capture)
        if len(right) >= enough and len(right) >= MIN_RIGHT * matched and (best is None or len(right) > best.pages):
            best = FieldFound(name, selector, len(right), len(pages), tuple(right[:3]))
    return best


def _names_of(elements: Sequence[HtmlElement]) -> list[str]:
    return [selector for element in elements for selector in naming(element)]


def _holders(page: Example) -> list[HtmlElement]:
    """The element that holds the body's paragraphs and little else, and those around it that hold no more."""
    paragraphs = [block.text for block in page.document.blocks[:_LOOKED_FOR]]
    places = [found[0] for text in paragraphs if (found := page.elements_saying(text))]
    if len(places) < _MIN_IN_BODY * len(paragraphs):
        return []
    around = Counter(parent for place in places for parent in place.iterancestors())
    full = [element for element, count in around.items() if count >= _MIN_IN_BODY * len(places)]
    inner = max(full, key=lambda element: len(list(element.iterancestors())), default=None)
    if inner is None or inner.tag in ("html", "body"):
        return []
    size = len(fold(text_of(inner)))
    same = [element for element in inner.iterancestors() if len(fold(text_of(element))) <= size]
    return [inner, *same]


def _published(examples: Sequence[Example]) -> FieldFound | None:
    """The time element whose `datetime` is when the page says it was published."""

    def holding(page: Example) -> list[HtmlElement]:
        at = page.document.published_at
        return [
            element
            for element in page.root.iter("time")
            if at is not None and element.get("datetime") and _is_at(element.get("datetime", ""), page)
        ]

    found = _best("published", examples, lambda page: "stated" if page.document.published_at else None, holding)
    return found and FieldFound("published", found.selector, found.pages, found.of, found.captures, "datetime")


def _is_at(stated: str, page: Example) -> bool:
    at = page.document.published_at
    assert at is not None
    return parse_moment(stated, offset=at.utcoffset()) == at
