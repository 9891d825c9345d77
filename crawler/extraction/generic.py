"""Read the body of a page that no site rule fits: trafilatura for the text, the page's shape for whether it is one.

Only the body: everything that trafilatura would say about dates, authors and titles is read by `metadata`."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extraction.blocks import BLOCKS, Line, walk

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_RUNNING_TEXT = 60
"""Shorter texts are labels, headlines and buttons."""
MIN_ARTICLE = 160
"""With less text than this, a page without any other evidence is no article."""
MIN_BOXES = 5
LIST_SHARE = 0.6
MIN_ONLY_BOXES = 3
"""Boxes that make a list where hardly any text stands outside of them: the page of a section that is new."""
ONLY = 0.95
MAX_BOX = 700
"""A teaser is a headline, a few lines and a date; more text than this is an article."""
BOX_LEVELS = 3
MIN_LINKED = 400
ALL_LINKED = 0.9
MIN_TOLD = 1000
"""Running text outside such boxes that no list has: notices and footers are shorter."""
HEAD_LINES = 2
TAIL_LINES = 8
MAX_LINK = 200
MAX_ELEMENTS = 20_000
"""Trafilatura's time grows with their square: 23 seconds for 55,000. Pages of news have a tenth of this."""

_UNTOLD = " or ".join(
    f"ancestor::{tag}" for tag in ["script", "style", "noscript", "footer", "nav", "template", "textarea", "svg"]
)
_running = etree.XPath(
    f"//body//text()[string-length(normalize-space(.)) > {MIN_RUNNING_TEXT}][not(ancestor::a or {_UNTOLD})]"
)
_linked = etree.XPath(
    f"//body//text()[string-length(normalize-space(.)) > {MIN_RUNNING_TEXT}][ancestor::a][not({_UNTOLD})]",
    smart_strings=False,
)
_visible = etree.XPath(
    f"//body//text()[not({_UNTOLD})]",
    smart_strings=False,
)
_anchors = etree.XPath(f"//body//text()[ancestor::a][not({_UNTOLD})]", smart_strings=False)
# A link in a paragraph is a reference, one beside it a headline.
_headlines = etree.XPath("count(.//a[@href][string-length(normalize-space(.)) > 15][not(ancestor::p)])")
_count = etree.XPath("count(.//*)")
_length = etree.XPath("string-length(normalize-space(.))")


def read_body(root: HtmlElement) -> list[Line]:
    """The lines of the body that trafilatura finds; empty if it finds none, or if the page has too many elements."""
    if _count(root) > MAX_ELEMENTS:
        return []
    # Here, because importing it takes longer than reading many pages by their site's rules.
    from trafilatura import bare_extraction  # noqa: PLC0415

    # It warns about every page without an article; that is a verdict here.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        # `deduplicate` stays off: it compares with the pages before, so the same page would lose text when read again.
        found = bare_extraction(root, include_comments=False, include_tables=True, with_metadata=False)
    except Exception:  # noqa: BLE001 - it raises what the page's mark-up makes its libraries raise
        return []
    body = getattr(found, "body", None)
    return walk(body, name="trafilatura").lines if body is not None else []


def mark_links(lines: list[Line], root: HtmlElement) -> list[Line]:
    """`lines`, those at either end marked that say nothing but what a link of the page says.

    trafilatura keeps the words of a link and forgets that it was one."""
    ends = {*range(min(HEAD_LINES, len(lines))), *range(max(0, len(lines) - TAIL_LINES), len(lines))}
    doubtful = {index for index in ends if len(lines[index].text) < MAX_LINK and not lines[index].text.endswith(".")}
    if not doubtful:
        return lines
    links = link_words(root)
    return [
        replace(line, is_link=True) if index in doubtful and line.text in links else line
        for index, line in enumerate(lines)
    ]


def link_words(root: HtmlElement) -> frozenset[str]:
    """What the page's links say."""
    return frozenset(" ".join("".join(anchor.itertext()).split()) for anchor in root.iter("a"))


@dataclass(frozen=True, slots=True)
class Shape:
    """How a page's running text is spread over it."""

    running: int
    teasers: int
    """Running text that stands in a small box with a linked headline."""
    linked: int
    """Running text inside links."""
    boxes: int
    """How many such boxes there are."""

    @property
    def is_nothing_but_teasers(self) -> bool:
        """Whether hardly any running text stands outside of such boxes."""
        return self.teasers > ONLY * self.running

    @property
    def is_list(self) -> bool:
        """Whether the page leads to stories rather than telling one."""
        free = self.running - self.teasers
        if free > MIN_TOLD:
            return False
        is_boxed = self.boxes >= MIN_BOXES and self.teasers > LIST_SHARE * self.running
        is_boxed = is_boxed or (self.boxes >= MIN_ONLY_BOXES and self.is_nothing_but_teasers)
        return is_boxed or (self.linked > MIN_LINKED and self.linked > 2 * self.running)


def shape(root: HtmlElement) -> Shape:
    """Measure the page."""
    running = teasers = 0
    boxes: dict[HtmlElement, bool] = {}
    for text in _running(root):
        size = len(text)
        running += size
        element = text.getparent()
        if text.is_tail:
            element = element.getparent()
        while element.tag not in BLOCKS and element.getparent() is not None:
            element = element.getparent()
        # A paragraph of its own, its box, or the box around that.
        for _ in range(BOX_LEVELS):
            if element is None or element.tag in ("body", "html", "main") or _length(element) > MAX_BOX:
                break
            if element not in boxes:
                boxes[element] = _headlines(element) > 0
            if boxes[element]:
                teasers += size
                break
            element = element.getparent()
    linked = sum(len(text) for text in _linked(root))
    return Shape(running, teasers, linked, sum(boxes.values()))


def visible_size(root: HtmlElement) -> int:
    """How many characters of text the page shows."""
    return sum(len(text.strip()) for text in _visible(root))


def is_all_links(root: HtmlElement) -> bool:
    """Whether next to nothing on the page is text outside links, however short each is."""
    linked = sum(len(text.strip()) for text in _anchors(root))
    return linked > MIN_LINKED and linked > ALL_LINKED * visible_size(root)
