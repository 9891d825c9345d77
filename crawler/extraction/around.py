"""What belongs to an article and stands outside of the place that holds most of it: the paragraphs between the headline
and it, further parts of it below, the questions and answers at its end.

Pure, by structure and names; what of the place is none of the article, `cuts` says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from crawler.extraction.blocks import Removed
from crawler.extraction.cuts import HEADINGS, NAME
from crawler.extraction.rails import is_named_body, is_summary, names_of
from crawler.extraction.weights import ASIDE, Weights

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_OPENING = 80
"""Characters of running text above the place, ..."""
OPENING_TOLD = 0.5
"""... of all that stands in its box, ..."""
OPENING_LINKED = 0.3
"""... with no more of it in links, for the box to open the article."""
MAX_HEADER = 900
"""Characters of text in the box of a headline; with more of it, the box is a part of the page and not its head."""
MIN_CONTINUED = 200
CONTINUED_TOLD = 0.75
"""The same below the place, where more stands that is no part of the article."""
CONTINUED_LINKED = 0.12
ANSWERS_TOLD = 0.6
ANSWERS_LEVELS = 4
"""So many boxes further out, the questions that readers ask may stand below the article."""
_BESIDE = Removed("boilerplate", f"{NAME}/beside")
_ANSWERS = re.compile(r"faq", re.IGNORECASE)


@dataclass(slots=True)
class Surroundings:
    """The place of an article, and what belongs to it."""

    place: HtmlElement
    beside: dict[HtmlElement, Removed] = field(default_factory=dict)
    """What stands in the place beside the article."""
    above: list[HtmlElement] = field(default_factory=list)
    """Paragraphs in the box of the headline, outside of the place."""
    below: list[HtmlElement] = field(default_factory=list)
    """Questions and answers outside of the place."""


def look_around(top: HtmlElement, weights: Weights) -> Surroundings:
    """`top`, or what also holds the paragraphs between the headline and it; and what else stands there, to be cut."""
    found = _around(top, weights)
    found.below = _answers(found.place, weights)
    return found


def _around(top: HtmlElement, weights: Weights) -> Surroundings:
    headlines = _headlines(weights.body)
    if not headlines:
        return _with_paragraphs(top, weights)
    place, inner = top, top
    beside: set[HtmlElement] = set()
    kept: set[HtmlElement] = set()
    while inner not in headlines and inner is not weights.body:
        holder = inner.getparent()
        header = None
        between: list[HtmlElement] = []
        for part in inner.itersiblings(preceding=True):
            header = part if header is None and part in headlines else header
            if header is None and _is_opening(part, weights):
                place = holder
                kept.update((part, *between))
                between = []
            elif part.tag in HEADINGS or weights.mass.get(part, 0) >= MIN_OPENING:
                between.append(part)
        for part in inner.itersiblings():
            if not _is_continued(part, weights):
                break
            place = holder
            kept.add(part)
        beside.update(part for part in holder if part is not inner and part not in kept)
        if header is not None:
            above = _under_headline(header, weights)
            return Surroundings(place, dict.fromkeys(beside, _BESIDE), above) if kept else Surroundings(top, {}, above)
        inner = holder
    return Surroundings(top)


def _headlines(body: HtmlElement) -> set[HtmlElement]:
    """The headlines, and what is around them."""
    found: set[HtmlElement] = set()
    for heading in body.iter("h1"):
        holder = heading
        while holder is not None and holder not in found:
            found.add(holder)
            holder = holder.getparent()
    return found


def _with_paragraphs(top: HtmlElement, weights: Weights) -> Surroundings:
    """`top`, or what also holds the paragraphs just above it, on a page that has no headline."""
    kept: set[HtmlElement] = set()
    for part in top.itersiblings(preceding=True):
        if not weights.size.get(part):
            continue
        if part.tag not in ("p", *HEADINGS):
            break
        kept.add(part)
    if not any(_is_opening(part, weights) for part in kept):
        return Surroundings(top)
    holder = top.getparent()
    return Surroundings(holder, {part: _BESIDE for part in holder if part is not top and part not in kept})


def _under_headline(header: HtmlElement, weights: Weights) -> list[HtmlElement]:
    """The paragraphs below the headline in its own box."""
    if header.tag == "h1" or weights.size.get(header, 0) > MAX_HEADER:
        return []
    found: list[HtmlElement] = []
    is_below = False
    for element in header.iterdescendants():
        if element.tag == "h1":
            is_below = True
            found = []
        elif is_below and element.tag == "p" and _is_opening(element, weights):
            inside = [element, *takewhile(lambda box: box is not header, element.iterancestors())]
            if not any(box.tag in ASIDE or weights.rail(box) is not None or is_summary(box) for box in inside):
                found.append(element)
    return found


def _is_opening(part: HtmlElement, weights: Weights) -> bool:
    """Whether `part`, between headline and text, is running text and little else."""
    told = weights.told.get(part, 0)
    return (
        told >= MIN_OPENING
        and told >= OPENING_TOLD * weights.size[part]
        and weights.link_share(part) < OPENING_LINKED
        and part.tag not in ASIDE
        and weights.rail(part) is None
        and not is_summary(part)
    )


def _is_continued(part: HtmlElement, weights: Weights) -> bool:
    """Whether `part`, below the text, is another part of it by its name, and running text."""
    told = weights.told.get(part, 0)
    return (
        told >= MIN_CONTINUED
        and told >= CONTINUED_TOLD * weights.size[part]
        and weights.link_share(part) < CONTINUED_LINKED
        and is_named_body(part)
    )


def _answers(place: HtmlElement, weights: Weights) -> list[HtmlElement]:
    """The first box below the place that is named for the questions readers ask."""
    inner = place
    for _ in range(ANSWERS_LEVELS):
        if inner is weights.body:
            break
        for part in inner.itersiblings():
            if weights.size.get(part, 0) < MIN_CONTINUED:
                continue
            box = next((each for each in part.iter() if _ANSWERS.search(names_of(each))), None)
            if box is not None and _is_answered(box, weights):
                return [box]
        inner = inner.getparent()
    return []


def _is_answered(box: HtmlElement, weights: Weights) -> bool:
    told = weights.told.get(box, 0)
    return (
        told >= MIN_CONTINUED
        and told >= ANSWERS_TOLD * weights.size.get(box, 0)
        and weights.link_share(box) < CONTINUED_LINKED
    )
