"""Site rules as data: which CSS selector holds which field, what is cut from a page, and under which name.

Knows selectors and nothing about any site (`families` has those) or about articles (`html` applies the rules)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cssselect.xpath import HTMLTranslator
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from cssselect.xpath import XPathExpr
    from lxml.html import HtmlElement

FIELDS = frozenset(
    {
        "title",
        "kicker",
        "lede",
        "body",
        "author",
        "published",
        "section",
        "tags",
        "credit_name",
        "credit_url",
    }
)


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a field stands: the first selector that matches with text gives it."""

    field: str
    selectors: tuple[str, ...]
    attribute: str | None = None
    """Read this attribute instead of the text."""

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise ValueError(f"no such field: {self.field!r}")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is not the article, inside its container or beside it; becomes furniture."""

    kind: str
    """The furniture kind (`archive.types.Furniture`)."""
    name: str
    """The rule's name within its rule set: `related` of `epi` is `epi/related`."""
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its words: the container leaves the body, the caption in it is kept as a caption."""

    container: str
    caption: str
    source: str | None = None
    """Where in the container the photographer is named apart from the caption."""
    is_lead: bool = False
    """Stands outside the body, between lede and text."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """How one generation of one template is read."""

    name: str
    picks: tuple[Pick, ...]
    cuts: tuple[Cut, ...] = ()
    pictures: tuple[Picture, ...] = ()
    boilerplate: tuple[str, ...] = ()
    """Whole body lines that the template prints on every page, as printed."""
    credit_label: str | None = None
    """The text of the link to the original at the end of the body; the line above it names the outlet."""
    opens_with_lede: bool = False
    """The first paragraph of the body is the lede: an aggregator runs the origin's text in one piece."""
    valid_from: date | None = None
    """First day of capture on which the template was served; None if unknown."""
    valid_until: date | None = None
    """First day of capture on which it no longer was; None if it still is, or unknown."""

    def is_valid_on(self, day: date) -> bool:
        """Whether a page captured on `day` may have this template."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def pick(self, field: str) -> Iterator[tuple[str, str | None]]:
        """Selector and attribute for `field`, best first."""
        for pick in self.picks:
            if pick.field == field:
                for selector in pick.selectors:
                    yield selector, pick.attribute


_NAME = re.compile(r"[.#]([\w-]+)")
_VALUE = re.compile(r"""=\s*["']?([\w-]+)""")
_COMPOUND = re.compile(r"(?:\[[^\]]*\]|\([^)]*\)|[^\s>+~,\[(])+")
_NOT = re.compile(r":not\([^)]*\)")
_OPEN_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\s[^>]*\Z")
MAX_OCCURRENCES = 24
"""A class used more often than this is not worth looking up: lists are full of it."""
MAX_TAG = 2000


class _Translator(HTMLTranslator):
    """CSS to XPath, with the cheap half of a class test first: it spares most elements the other half."""

    def xpath_attrib_includes(self, xpath: XPathExpr, name: str, value: str | None) -> XPathExpr:
        if value and name == "@class":
            xpath.add_condition(f"contains(@class, {self.xpath_literal(value)})")
        return super().xpath_attrib_includes(xpath, name, value)


_translator = _Translator()


@lru_cache(maxsize=4096)
def _compiled(selector: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    found: Callable[[HtmlElement], list[HtmlElement]] = etree.XPath(_translator.css_to_xpath(selector))
    return found


@lru_cache(maxsize=4096)
def _words(selector: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The classes and ids that `selector` asks for, and the values of other attributes."""
    asked = _NOT.sub("", selector)
    return frozenset(_NAME.findall(re.sub(r"\[[^\]]*\]", "", asked))), tuple(_VALUE.findall(asked))


@lru_cache(maxsize=4096)
def _first_word(compound: str) -> str | None:
    """What to look for in the source to learn on which elements a compound selector can match."""
    asked = _NOT.sub("", compound)
    named = _NAME.search(re.sub(r"\[[^\]]*\]", "", asked)) or _VALUE.search(asked)
    return None if named is None else named[1]


_classes = etree.XPath("//@class", smart_strings=False)
_ids = etree.XPath("//@id", smart_strings=False)


class Index:
    """What a page's source and tree tell about its names before any selector is tried.

    It makes a long rule set cheap: most selectors name a class that is not on the page, and a walk over the elements of
    one kind takes 100 microseconds where a walk over all takes 600 (100 kB)."""

    def __init__(self, root: HtmlElement, source: str) -> None:
        self.root = root
        self.source = source
        self._names = frozenset(" ".join((*_classes(root), *_ids(root))).split())
        self._tags: dict[str, str | None] = {}
        self._printed: dict[str, bool] = {}
        self._selected: dict[str, list[HtmlElement]] = {}

    def select(self, selector: str, node: HtmlElement | None = None) -> list[HtmlElement]:
        """The elements under `node`, or on the page, that match `selector`, in page order."""
        names, values = _words(selector)
        if not names <= self._names or not all(map(self._is_printed, values)):
            return []
        if node is not None and node is not self.root:
            return self._walk(selector, node)
        # The places of a body are asked for again and again.
        if selector not in self._selected:
            self._selected[selector] = self._walk(selector, self.root)
        return self._selected[selector]

    def _walk(self, selector: str, node: HtmlElement) -> list[HtmlElement]:
        narrow = _COMPOUND.sub(self._with_tag, selector)
        found = _compiled(narrow)(node)
        return found if found or narrow == selector else _compiled(selector)(node)

    def _is_printed(self, value: str) -> bool:
        if value not in self._printed:
            self._printed[value] = value in self.source
        return self._printed[value]

    def _with_tag(self, match: re.Match[str]) -> str:
        """`.lede` as `p.lede` where the source has that class on paragraphs only."""
        compound = match.group()
        if compound[0] not in ".#[":
            return compound
        word = _first_word(compound)
        if word is None:
            return compound
        if word not in self._tags:
            self._tags[word] = _tag_of(word, self.source)
        return f"{self._tags[word] or ''}{compound}"


def _tag_of(word: str, source: str) -> str | None:
    """The only kind of element that has `word` in its attributes; None if there are several, or too many of it."""
    tag = None
    position = source.find(word)
    for _ in range(MAX_OCCURRENCES):
        if position < 0:
            return tag
        start = source.rfind("<", 0, position)
        inside = _OPEN_TAG.match(source[start:position]) if start >= 0 and position - start < MAX_TAG else None
        if inside:  # else in a script, a style sheet or the text
            if tag not in (None, inside[1].lower()):
                return None
            tag = inside[1].lower()
        position = source.find(word, position + 1)
    return None
