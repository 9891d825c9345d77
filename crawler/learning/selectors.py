"""Which CSS selectors could name an element, and what they find on other pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from cssselect import HTMLTranslator
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

# Names made by a build (css-1x2y3z) or for one article (post-12345) are on no other page, or not tomorrow.
_STEADY = re.compile(r"(?!.*\d{3})(?!css-)(?!sc-)[A-Za-z_][\w-]{1,60}\Z")
_translator = HTMLTranslator()


def naming(element: HtmlElement) -> Iterator[str]:
    """Selectors for `element` alone and below the element that holds it, the plainest first."""
    own = list(_simple(element))
    yield from own
    parent = element.getparent()
    if parent is None:
        return
    for outer in _simple(parent):
        yield from (f"{outer} > {inner}" for inner in (*own, element.tag))


def _simple(element: HtmlElement) -> Iterator[str]:
    name = element.get("id") or ""
    if _STEADY.match(name):
        yield f"#{name}"
    classes = [token for token in (element.get("class") or "").split() if _STEADY.match(token)]
    yield from (f"{element.tag}.{token}" for token in classes)
    if len(classes) > 1:
        yield f"{element.tag}.{'.'.join(classes)}"
    if element.tag == "h1":
        yield "h1"


@lru_cache(maxsize=4096)
def _compiled(selector: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    found: Callable[[HtmlElement], list[HtmlElement]] = etree.XPath(_translator.css_to_xpath(selector))
    return found


def select(selector: str, root: HtmlElement) -> list[HtmlElement]:
    """The elements on the page that match, in page order."""
    return _compiled(selector)(root)
