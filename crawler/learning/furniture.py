"""Find what is on many dissimilar pages of a site and is no article: lines that recur, boxes of links. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from archive.text import fold
from crawler.extraction.blocks import text_of
from crawler.learning.examples import Example
from crawler.learning.fields import MIN_PAGES
from crawler.learning.selectors import naming, select

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_SHARE = 0.1
"""A line on fewer of the pages is as likely a phrase of the paper's as a part of its template."""
MIN_LINKED = 0.7
"""A box with so much of its text in links lists other stories."""
MIN_BOX = 20
"""Characters; a shorter box of links is a tag or a name."""


@dataclass(frozen=True, slots=True)
class LineFound:
    """A line that was read as text of several dissimilar articles."""

    text: str
    pages: int
    captures: tuple[str, ...]
    selector: str | None
    """An element that holds it, and never anything of an article's own; None if there is none."""


@dataclass(frozen=True, slots=True)
class BoxFound:
    """An element in or beside the text that is made of links."""

    selector: str
    pages: int
    text: str
    """Of one of them."""
    captures: tuple[str, ...]


def find_lines(examples: Sequence[Example]) -> list[LineFound]:
    """Lines of body, lede or captions that stand on several pages whose articles have nothing else in common."""
    pages: dict[str, dict[str, Example]] = defaultdict(dict)
    printed: dict[str, str] = {}
    for page in examples:
        for text in (*_said(page), *_share_words(page)):
            key = fold(text)
            printed.setdefault(key, text)
            # One article seen twice is one page.
            pages[key].setdefault(fold(page.document.title or page.url), page)
    enough = max(MIN_PAGES, MIN_SHARE * len({fold(page.document.title or page.url) for page in examples}))
    recurring = {key: list(on.values()) for key, on in pages.items() if len(on) >= enough}
    own = {page.capture: {key for text in _said(page) if (key := fold(text)) not in recurring} for page in examples}
    return [
        LineFound(
            printed[key],
            len(on),
            tuple(page.capture for page in on[:3]),
            _holder(printed[key], on, examples, own),
        )
        for key, on in sorted(recurring.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _said(page: Example) -> Iterable[str]:
    document = page.document
    yield from (block.text for block in document.blocks)
    yield from (caption.text for caption in document.captions)
    if document.lede:
        yield document.lede


def _share_words(page: Example) -> Iterable[str]:
    """Share words that the reading without rules took out by what they say: a rule set that replaces it has to, too."""
    if page.rules is None:
        yield from (cut.text for cut in page.document.furniture if cut.kind == "share")


def _holder(text: str, on: Sequence[Example], examples: Sequence[Example], own: dict[str, set[str]]) -> str | None:
    """A selector that finds the line on all pages that print it, and on no page a line of the article's own."""
    tried: dict[str, int] = defaultdict(int)
    for page in on:
        names = {name for element in page.elements_saying(text) for name in naming(element)}
        for name in names:
            tried[name] += 1
    for selector in sorted(
        (name for name, count in tried.items() if count == len(on)), key=lambda name: (len(name), name)
    ):
        if not any(
            _holds_own(element, own[page.capture]) for page in examples for element in select(selector, page.root)
        ):
            return selector
    return None


def _holds_own(element: HtmlElement, own: set[str]) -> bool:
    said = fold(text_of(element))
    return any(line in said for line in own)


def find_boxes(examples: Sequence[Example]) -> list[BoxFound]:
    """Elements below the one that holds the text which are made of links on every page that has them."""
    seen: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    own = {page.capture: {fold(text) for text in _said(page)} for page in examples}
    for page in examples:
        for element in _inside_body(page):
            text = text_of(element)
            if len(text) < MIN_BOX or _is_cut(text, page):
                continue
            linked = sum(len(text_of(link)) for link in element.iter("a")) / len(text)
            for name in naming(element):
                if " > " not in name:
                    seen[name].setdefault(page.capture, (linked, text))
    enough = max(MIN_PAGES, MIN_SHARE * len(examples))
    found = []
    for selector, on in seen.items():
        shares = [linked for linked, _ in on.values()]
        if len(on) < enough or median(shares) < MIN_LINKED or min(shares) < MIN_LINKED / 2:
            continue
        boxes = [(page, box) for page in examples for box in select(selector, page.root)]
        if not any(_holds_own(box, own[page.capture]) for page, box in boxes):
            _, text = next(iter(on.values()))
            found.append(BoxFound(selector, len(on), text, tuple(on)[:3]))
    return _outermost(sorted(found, key=lambda box: (-box.pages, len(box.selector), box.selector)), examples)


def _is_cut(text: str, page: Example) -> bool:
    """Whether a rule of the site takes it out already."""
    if page.rules is None:
        return False
    said, ours = fold(text), f"{page.rules}/"
    return any(cut.rule.startswith(ours) and fold(cut.text) in said for cut in page.document.furniture)


def _inside_body(page: Example) -> Iterable[HtmlElement]:
    """Elements between the first and the last paragraph of the text, as the page has them."""
    places = [found[0] for block in page.document.blocks if (found := page.elements_saying(block.text))]
    if len(places) < MIN_PAGES - 1:
        return
    first = set(places[0].iterancestors())
    holder = next((parent for parent in places[-1].iterancestors() if parent in first), None)
    if holder is None or holder.tag == "html":
        return
    yield from (element for element in holder.iterdescendants() if isinstance(element.tag, str))


def _outermost(found: Sequence[BoxFound], examples: Sequence[Example]) -> list[BoxFound]:
    """Of boxes within boxes the outer ones, and of several names for the same boxes the first."""
    kept: list[BoxFound] = []
    covered: dict[str, set[HtmlElement]] = defaultdict(set)
    places = {box.selector: {page.capture: select(box.selector, page.root) for page in examples} for box in found}
    depth = {
        box.selector: min(
            len(list(element.iterancestors())) for elements in places[box.selector].values() for element in elements
        )
        for box in found
    }
    for box in sorted(found, key=lambda box: depth[box.selector]):
        on = places[box.selector]
        if all(
            element in covered[capture] or any(parent in covered[capture] for parent in element.iterancestors())
            for capture, elements in on.items()
            for element in elements
        ):
            continue
        kept.append(box)
        for capture, elements in on.items():
            covered[capture] |= set(elements)
    return kept
