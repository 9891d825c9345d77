"""Find an article's text by the weight of its paragraphs, and tell whether the page leaves any doubt.

It costs a seventh of what trafilatura does, which is asked only where there is doubt (`generic`). Where there is none,
on nine pages of ten, it leaves less furniture in the text: docs/quality.md. The scoring follows Readability: paragraphs
give weight to what holds them; what holds most of it, and is not named as a rail, is the article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.urls import host_of
from crawler.extraction.around import look_around
from crawler.extraction.blocks import text_of, walk
from crawler.extraction.cuts import NAME, cuts
from crawler.extraction.rails import is_named_body
from crawler.extraction.weights import weigh

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from archive.types import Caption
    from crawler.extraction.around import Surroundings
    from crawler.extraction.blocks import Line, Placed, Walk
    from crawler.extraction.weights import Weights

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

MAX_STANDFIRST = 500
"""Characters of the one paragraph in the box of the headline; a longer one opens the text."""
HIDDEN = 0.4
"""With so much of its text folded away, an article is read unfolded."""


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
    standfirst: str | None = None
    """The one paragraph in the box of the headline, which stands apart from the text."""


def find_article(root: HtmlElement, *, url: str | None = None) -> Found | None:
    """The article's text on the page at `url`, or None where there are no paragraphs."""
    body = root.find(".//body")
    if body is None:
        return None
    weights = weigh(body, host=host_of(url) if url else "")
    if not weights.score:
        return None
    best = max(weights.score, key=weights.final)
    top = _climb(best, weights)
    is_one = weights.share(top) > CLEAR_SHARE
    is_split = not is_one and not (weights.share(top) > NAMED_SHARE and (is_named_body(top) or is_named_body(best)))
    if is_split:
        top = _around(top, weights)
    around = look_around(top, weights)
    place = around.place
    removed = cuts(place, weights) | around.beside
    found = walk(place, name=NAME, removed=removed)
    size = sum(len(line.text) for line in found.lines)
    hidden = sum(len(item.text) for _, item in found.furniture if item.rule == f"{NAME}/hidden")
    if hidden > HIDDEN * weights.size[place]:
        found = walk(place, name=NAME, removed=removed, is_unfolded=True)
        size = sum(len(line.text) for line in found.lines)
    standfirst = None
    if len(around.above) == 1 and weights.size[around.above[0]] <= MAX_STANDFIRST:
        standfirst = text_of(around.above.pop())
    _add_around(found, around, weights)
    kept, linked = size / max(1, weights.size[top]), weights.link_share(top)
    told = size if size > CLEAR_SIZE else sum(_told(line.text) for line in found.lines)
    is_clear = told > CLEAR_SIZE and kept > (CLEAR_KEPT if is_one else DENSE_KEPT)
    is_clear = is_clear and (is_one or (linked < MAX_LINKED and top is not body))
    return Found(found.lines, found.captions, found.furniture, is_clear, kept, linked, standfirst)


def _add_around(found: Walk, around: Surroundings, weights: Weights) -> None:
    """Put what stands outside of the place before and after what was found in it."""
    for part in reversed(around.above):
        found.join(walk(part, name=NAME, removed=cuts(part, weights)), found)
    for part in around.below:
        found.join(found, walk(part, name=NAME, removed=cuts(part, weights)))


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
