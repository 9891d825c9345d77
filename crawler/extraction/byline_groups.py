"""Tell who signs together from who stands beside a byline for another reason.

A candidate is an element and the names in it. Names are one byline where the page joins them; whoever stands apart from
the first looked at the text, took the pictures, or is the paper that the first works for."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from archive.text import tidy
from crawler.extraction.authors import is_house
from crawler.extraction.person_names import BY, is_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    Found = list[tuple[HtmlElement, list[str]]]

MAX_TEXT = 90
MAX_PIECES = 6
"""Pieces of text between two names of one line."""
MAX_LEVELS = 4
"""How deep two names of one line may be wrapped."""
_JOINS = frozenset(",;&")
_JOINED = re.compile(r"[,;&/+]|,?\s*(?:and|und|et|y|e|og|och|en|và|with)(?:\s+by)?", re.IGNORECASE)


def persons_first(found: Found, houses: frozenset[str]) -> Found:
    """`found` without outlets and desks, where it names anybody else: that is where these persons work."""
    persons = [
        (element, [name for name in names if not is_house(name, houses) and not is_desk(name)])
        for element, names in found
    ]
    return persons if any(names for _, names in persons) else found


def in_one_line(found: Found) -> list[str]:
    """The names of the first candidate that has any, and of those that the page joins to them.

    Who stands apart from them looked at the text, took the pictures, or is the paper that the first writes for."""
    found = _innermost([(element, names) for element, names in found if names])
    if not found:
        return []
    last, named = found[0]
    named = list(named)
    for element, names in found[1:]:
        if not set(names) <= set(named):
            if not _are_joined(last, element):
                continue
            named.extend(names)
        last = element
    return named


def _innermost(found: Found) -> Found:
    """`found` without boxes around others in it: a box says more than names, but where it is one line of them."""
    within: dict[HtmlElement, set[str]] = {}
    for element, names in found:
        for box in element.iterancestors():
            within.setdefault(box, set()).update(names)
    lines = {
        element
        for element, names in found
        if within.get(element, {""}) <= set(names) and _is_all_names(words_of(element), names)
    }
    return [
        (element, names)
        for element, names in found
        if element in lines or (element not in within and not lines.intersection(element.iterancestors()))
    ]


def _is_all_names(text: str, names: list[str]) -> bool:
    """Whether a line holds `names` and how bylines string them, and no more."""
    rest = BY.sub("", text.replace("|", " "))
    for name in names:
        rest = rest.replace(name, ",", 1)
    return all(_JOINED.fullmatch(word) for word in rest.split())


def _are_joined(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether nothing but an "and" stands between two candidates, or nothing between two of one kind."""
    if one in other.iterancestors():
        return False
    said = tidy(" ".join(islice(_between(one, other), MAX_PIECES)))
    if said:
        return _JOINED.fullmatch(said) is not None
    return one.tag == other.tag and one.get("class") == other.get("class") and one.getparent() is other.getparent()


def _between(one: HtmlElement, other: HtmlElement) -> Iterator[str]:
    """The texts from the end of `one` to the start of `other`, as far as they stand near each other."""
    around = list(islice(other.iterancestors(), MAX_LEVELS))
    element = one
    for _ in range(MAX_LEVELS):
        if element.tail:
            yield element.tail
        for sibling in element.itersiblings():
            if sibling is other or sibling in around:
                yield from _until(sibling, other)
                return
            yield "".join(islice(sibling.itertext(), MAX_PIECES))
            if sibling.tail:
                yield sibling.tail
        parent = element.getparent()
        if parent is None:
            break
        element = parent
    yield "far away"


def _until(box: HtmlElement, element: HtmlElement) -> Iterator[str]:
    """The texts of `box` before `element`."""
    for each in box.iter():
        if each is element:
            return
        if each.text:
            yield each.text
        if each.tail:
            yield each.tail


def words_of(element: HtmlElement) -> str:
    """The words of `element`, a bar where nothing but mark-up divides them: a name and a role often stand so."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        if parts and not parts[-1][-1:].isspace() and part[:1] not in _JOINS and not part[:1].isspace():
            parts.append("|")
        parts.append(part)
        size += len(part)
        if size > 10 * MAX_TEXT:
            break
    return tidy("".join(parts))
