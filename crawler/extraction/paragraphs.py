"""Find an article's text by the weight of its paragraphs, and tell whether the page leaves any doubt.

It costs a seventh of what trafilatura does, which is asked only where there is doubt (`generic`). Where there is none,
on nine pages of ten, it leaves less furniture in the text: docs/quality.md. The scoring follows Readability: paragraphs
give weight to what holds them; what holds most of it, and is not named as a rail, is the article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extraction.blocks import Line, Placed, Removed, walk
from crawler.extraction.cuts import HEADINGS, NAME, cuts
from crawler.extraction.rails import is_named_body, is_summary
from crawler.extraction.weights import ASIDE, Weights, weigh

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from archive.types import Caption

CLIMB = 1.25
"""With so many times the text, the element around is the article: its text was split over several."""

CLEAR_SHARE = 0.7
"""So much of the page's running text has to stand in the article, ..."""
NAMED_SHARE = 0.45
"""... or so much where the page calls it the body, ..."""
CLEAR_SIZE = 800
"""... which has to be so many characters long, ..."""
DENSE = 3
CLEAR_KEPT = 0.7
"""... with so much of it kept, ..."""
DENSE_KEPT = 0.85
"""... or so much where it is not one place alone, ..."""
MAX_LINKED = 0.12
"""... with few links, for the page to leave no doubt. Chosen on half of a set of pages: docs/quality.md."""

MIN_OPENING = 80
"""Characters of running text above the place, ..."""
OPENING_TOLD = 0.5
"""... of all that stands in its box, ..."""
OPENING_LINKED = 0.3
"""... with no more of it in links, for the box to open the article."""
MIN_CONTINUED = 200
CONTINUED_TOLD = 0.75
"""The same below the place, where more stands that is no part of the article."""
HIDDEN = 0.4
"""With so much of its text folded away, an article is read unfolded."""
_BESIDE = Removed("boilerplate", f"{NAME}/beside")


@dataclass(slots=True)
class Found:
    """What the page holds."""

    lines: list[Line]
    captions: list[Caption]
    furniture: list[Placed]
    is_clear: bool
    """Nothing on the page speaks for another text."""
    kept: float = 1.0
    """How much of the text at its place is left."""
    linked: float = 0.0
    """How much of the text at its place is in links."""


def find_article(root: HtmlElement) -> Found | None:
    """The article's text on the page, or None where there are no paragraphs."""
    body = root.find(".//body")
    if body is None:
        return None
    weights = weigh(body)
    if not weights.score:
        return None
    best = max(weights.score, key=weights.final)
    top = _climb(best, weights)
    is_one = weights.share(top) > CLEAR_SHARE
    is_split = not is_one and not (weights.share(top) > NAMED_SHARE and (is_named_body(top) or is_named_body(best)))
    if is_split:
        top = _around(top, weights)
    place, beside = _with_opening(top, weights)
    removed = cuts(place, weights) | beside
    found = walk(place, name=NAME, removed=removed)
    size = sum(len(line.text) for line in found.lines)
    hidden = sum(len(item.text) for _, item in found.furniture if item.rule == f"{NAME}/hidden")
    if hidden > HIDDEN * weights.size[place]:
        found = walk(place, name=NAME, removed=removed, is_unfolded=True)
        size = sum(len(line.text) for line in found.lines)
    kept, linked = size / max(1, weights.size[top]), weights.link_share(top)
    told = size if size > CLEAR_SIZE else sum(_told(line.text) for line in found.lines)
    is_clear = told > CLEAR_SIZE and kept > (CLEAR_KEPT if is_one else DENSE_KEPT)
    is_clear = is_clear and (is_one or (linked < MAX_LINKED and top is not body))
    return Found(found.lines, found.captions, found.furniture, is_clear, kept, linked)


def _told(text: str) -> int:
    """Characters, those of Chinese and Japanese as many as it takes to say the same in letters."""
    return len(text) + (DENSE - 1) * sum(char >= "\u2e80" for char in text)


def _climb(top: HtmlElement, weights: Weights) -> HtmlElement:
    """`top`, or an element around it, where the text is split over several holders."""
    body = weights.body
    while True:
        told = CLIMB * max(1, weights.told.get(top, 0))
        around = [parent for parent in list(top.iterancestors())[:2] if parent is not body and parent.tag != "html"]
        if not around:
            return top
        holder = around[0]
        is_as_good = holder in weights.score and weights.final(holder) > 0.95 * weights.final(top)
        if weights.told.get(holder, 0) <= told and not is_as_good:
            # One further out: between the two there may be a wrapper around each part.
            holder = around[-1]
            if weights.told.get(holder, 0) <= told:
                return top
        # Elements between are in no list of scores, so they have to be given one to be compared.
        weights.score.setdefault(holder, weights.score.get(top, 0.0))
        top = holder


def _around(top: HtmlElement, weights: Weights) -> HtmlElement:
    """The smallest element around `top` that holds the running text of the page: page builders give each paragraph or
    section a box of its own, many levels deep."""
    return next(
        (holder for holder in (top, *top.iterancestors()) if weights.share(holder) >= CLEAR_SHARE), weights.body
    )


def _with_opening(top: HtmlElement, weights: Weights) -> tuple[HtmlElement, dict[HtmlElement, Removed]]:
    """`top`, or what also holds the paragraphs between the headline and it; and what else stands there, to be cut."""
    headlines = _headlines(weights.body)
    if not headlines:
        return _with_paragraphs(top, weights)
    place, inner = top, top
    beside: set[HtmlElement] = set()
    kept: set[HtmlElement] = set()
    while inner not in headlines and inner is not weights.body:
        holder = inner.getparent()
        is_headed = False
        between: list[HtmlElement] = []
        for part in inner.itersiblings(preceding=True):
            is_headed = is_headed or part in headlines
            if not is_headed and _is_opening(part, weights):
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
        if is_headed:
            return (place, dict.fromkeys(beside, _BESIDE)) if kept else (top, {})
        inner = holder
    return top, {}


def _headlines(body: HtmlElement) -> set[HtmlElement]:
    """The headlines, and what is around them."""
    found: set[HtmlElement] = set()
    for heading in body.iter("h1"):
        holder = heading
        while holder is not None and holder not in found:
            found.add(holder)
            holder = holder.getparent()
    return found


def _with_paragraphs(top: HtmlElement, weights: Weights) -> tuple[HtmlElement, dict[HtmlElement, Removed]]:
    """`top`, or what also holds the paragraphs just above it, on a page that has no headline."""
    kept: set[HtmlElement] = set()
    for part in top.itersiblings(preceding=True):
        if not weights.size.get(part):
            continue
        if part.tag not in ("p", *HEADINGS):
            break
        kept.add(part)
    if not any(_is_opening(part, weights) for part in kept):
        return top, {}
    holder = top.getparent()
    return holder, {part: _BESIDE for part in holder if part is not top and part not in kept}


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
        and weights.link_share(part) < MAX_LINKED
        and is_named_body(part)
    )
