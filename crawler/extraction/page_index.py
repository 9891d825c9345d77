"""Find the elements that a selector of a rule set means, without a walk over the page for each.

A rule set has dozens of selectors, most of which name a class that is not on the page. The elements with a class or an
id are listed once; a selector looks up those that its last part names, and goes up from there. What such a look-up does
not understand (`:not()`, siblings) is asked of the page in XPath, as everything would be."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cssselect.xpath import HTMLTranslator
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cssselect.xpath import XPathExpr
    from lxml.html import HtmlElement

_PART = re.compile(
    r"(?P<tag>[a-zA-Z][a-zA-Z0-9]*)?"
    r"(?P<tests>(?:[.#][\w-]+|\[[\w-]+(?:[\^*$]?=(?:\"[^\"]*\"|'[^']*'|[\w/-]+))?\])*)"
)
_TEST = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:([\^*$]?=)(?:\"([^\"]*)\"|'([^']*)'|([\w/-]+)))?\]")
_STEP = re.compile(r"\s*>\s*|\s+")
_NAME = re.compile(r"[.#]([\w-]+)")
_VALUE = re.compile(r"""=\s*["']?([\w-]+)""")
_NOT = re.compile(r":not\([^)]*\)")
_marked = etree.XPath("//*[@class or @id]")


@dataclass(frozen=True, slots=True)
class _Part:
    """One element of a selector: `div.lede[lang=vi]`."""

    tag: str | None
    classes: tuple[str, ...]
    name: str | None
    """The id."""
    attributes: tuple[tuple[str, str, str], ...]
    """Attribute, how it is compared ("" for: it is there), and with what."""
    is_child: bool
    """Stands right below the part before, not anywhere below it."""

    def fits(self, element: HtmlElement, classes: Mapping[HtmlElement, frozenset[str]]) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.classes and not classes.get(element, frozenset()).issuperset(self.classes):
            return False
        if self.name and element.get("id") != self.name:
            return False
        return all(_compare(element.get(key), how, value) for key, how, value in self.attributes)


def _compare(stated: str | None, how: str, value: str) -> bool:
    if stated is None or not how:
        return stated is not None
    if how == "=":
        return stated == value
    if not value:
        return False
    return stated.startswith(value) if how == "^=" else stated.endswith(value) if how == "$=" else value in stated


@lru_cache(maxsize=4096)
def _parts(selector: str) -> tuple[_Part, ...] | None:
    """The parts of a selector, outermost first; None for one that takes more than a look-up to understand."""
    parts: list[_Part] = []
    at, is_child = 0, False
    while True:
        match = _PART.match(selector, at)
        if match is None or not match.group():
            return None
        parts.append(_part(match, is_child=is_child))
        at = match.end()
        if at == len(selector):
            break
        step = _STEP.match(selector, at)
        if step is None:
            return None
        at, is_child = step.end(), ">" in step.group()
    # An attribute alone is anywhere on the page.
    last = parts[-1]
    return tuple(parts) if last.tag or last.classes or last.name else None


def _part(match: re.Match[str], *, is_child: bool) -> _Part:
    tests = list(_TEST.finditer(match["tests"]))
    return _Part(
        tag=match["tag"].lower() if match["tag"] else None,
        classes=tuple(test[2] for test in tests if test[1] == "."),
        name=next((test[2] for test in tests if test[1] == "#"), None),
        attributes=tuple(
            (test[3].lower(), test[4] or "", test[5] or test[6] or test[7] or "") for test in tests if test[3]
        ),
        is_child=is_child,
    )


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


class Index:
    """The elements of one page by their classes and ids."""

    def __init__(self, root: HtmlElement, source: str) -> None:
        self.root = root
        self.source = source
        self._classes: dict[HtmlElement, frozenset[str]] = {}
        self._named: dict[str, list[HtmlElement]] = defaultdict(list)
        self._printed: dict[str, bool] = {}
        self._selected: dict[str, list[HtmlElement]] = {}
        # The items of a list all say the same.
        told: dict[str | None, frozenset[str]] = {None: frozenset()}
        for element in _marked(root):
            stated = element.get("class")
            classes = told.get(stated)
            if classes is None:
                classes = told[stated] = frozenset((stated or "").split())
            self._classes[element] = classes
            for name in classes:
                self._named[name].append(element)
            name = element.get("id")
            if name and name not in classes:
                self._named[name].append(element)

    def select(self, selector: str, node: HtmlElement | None = None) -> list[HtmlElement]:
        """The elements under `node`, or on the page, that match `selector`, in page order."""
        names, values = _words(selector)
        if not self._named.keys() >= names or not all(map(self._is_printed, values)):
            return []
        if node is not None and node is not self.root:
            return self._find(selector, node)
        # The places of a body are asked for again and again.
        if selector not in self._selected:
            self._selected[selector] = self._find(selector, self.root)
        return self._selected[selector]

    def _is_printed(self, value: str) -> bool:
        if value not in self._printed:
            self._printed[value] = value in self.source
        return self._printed[value]

    def _find(self, selector: str, node: HtmlElement) -> list[HtmlElement]:
        parts = _parts(selector)
        if parts is None:
            return _compiled(selector)(node)
        return [element for element in self._candidates(parts, node) if self._is_match(element, parts, node)]

    def _candidates(self, parts: tuple[_Part, ...], node: HtmlElement) -> Iterable[HtmlElement]:
        """Elements under `node`, in page order, among which are all that match."""
        last = parts[-1]
        names = (*last.classes, *((last.name,) if last.name else ()))
        if names:
            named = min((self._named[name] for name in names), key=len)
            return named if node is self.root else (each for each in named if _is_within(each, node))
        if len(parts) == 1:
            found: Iterator[HtmlElement] = node.iter(last.tag)
            return found
        return self._below(parts, node)

    def _below(self, parts: tuple[_Part, ...], node: HtmlElement) -> Iterator[HtmlElement]:
        """The elements of the last part's kind below what the parts before it find: `.tags a`."""
        outer = parts[:-1]
        done: set[HtmlElement] = set()
        for holder in self._candidates(outer, node):
            # What stands in a holder that was walked already was found there.
            if not done.isdisjoint((holder, *holder.iterancestors())) or not self._is_match(holder, outer, node):
                continue
            done.add(holder)
            yield from holder.iterdescendants(parts[-1].tag)

    def _is_match(self, element: HtmlElement, parts: tuple[_Part, ...], node: HtmlElement) -> bool:
        """Whether `element` is what the last of `parts` means, below what those before it mean, none above `node`."""
        last = parts[-1]
        if not last.fits(element, self._classes):
            return False
        if len(parts) == 1:
            return True
        while element is not node:
            above = element.getparent()
            if above is None:
                return False
            if self._is_match(above, parts[:-1], node):
                return True
            if last.is_child:
                return False
            element = above
        return False


def _is_within(element: HtmlElement, node: HtmlElement) -> bool:
    return element is node or any(parent is node for parent in element.iterancestors())
