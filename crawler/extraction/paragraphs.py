"""Find an article's text by the weight of its paragraphs, and tell whether the page leaves any doubt.

It costs a seventh of what trafilatura does, which is asked only where there is doubt (`generic`). Where there is none,
on five pages of six, it leaves less furniture in the text: docs/quality.md. The scoring follows Readability: paragraphs
give weight to what holds them; what holds most of it, and is not named as a rail, is the article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.types import Caption
from crawler.extraction.blocks import UNSEEN, Line, Placed, Removed, read_picture, text_of, walk
from crawler.extraction.furniture_words import is_more
from crawler.extraction.rails import is_named_body, is_summary, kind_of
from crawler.extraction.weights import ASIDE, RAIL, Weights, weigh

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NAME = "paragraphs"
"""What its furniture and provenance are filed under."""

CLIMB = 1.25
"""With so many times the text, the element around is the article: its text was split over several."""
BOX_LINKED = 0.7
MIN_TEASERS = 2
MAX_TEASER = 500
TEASER_LINKED = 0.9

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
OPENING_TOLD = 0.5
OPENING_LINKED = 0.3
MIN_CONTINUED = 200
CONTINUED_TOLD = 0.75
HIDDEN = 0.4
"""With so much of its text folded away, an article is read unfolded."""
_BESIDE = Removed("boilerplate", f"{NAME}/beside")

_LINK_BOXES = frozenset("ul ol div section table p h2 h3 h4 h5".split())
_HEADINGS = frozenset("h2 h3 h4 h5".split())
_LISTS = frozenset({"ul", "ol"})


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
    removed = _cuts(place, weights) | beside
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
    headlines = {holder for heading in weights.body.iter("h1") for holder in (heading, *heading.iterancestors())}
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
            elif part.tag in _HEADINGS or weights.mass.get(part, 0) >= MIN_OPENING:
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


def _with_paragraphs(top: HtmlElement, weights: Weights) -> tuple[HtmlElement, dict[HtmlElement, Removed]]:
    """`top`, or what also holds the paragraphs just above it, on a page that has no headline."""
    kept: set[HtmlElement] = set()
    for part in top.itersiblings(preceding=True):
        if not weights.size.get(part):
            continue
        if part.tag not in ("p", *_HEADINGS):
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


def _cuts(top: HtmlElement, weights: Weights) -> dict[HtmlElement, Removed]:
    """What stands in the article and is none of it."""
    removed = _teasers(top, weights)
    total = max(1, weights.size[top])
    for element in top.iterdescendants():
        size = weights.size.get(element, 0)
        if element.getparent() in removed:
            removed[element] = removed[element.getparent()]
        elif element.tag == "figure":
            if element.find(".//table") is None:
                removed[element] = Removed("caption", f"{NAME}/caption", _captions(element))
        elif element.tag in ASIDE:
            if element.tag not in UNSEEN and not _is_question(element):
                removed[element] = Removed("boilerplate", f"{NAME}/{element.tag}")
        elif size and size < RAIL * total and element not in removed:
            cut = _cut(element, size, weights)
            if cut is not None:
                removed[element] = cut
    return removed


def _is_question(element: HtmlElement) -> bool:
    """Whether a button is the heading of an answer that it folds out."""
    parent = element.getparent()
    return element.tag == "button" and parent is not None and parent.tag in _HEADINGS


def _teasers(top: HtmlElement, weights: Weights) -> dict[HtmlElement, Removed]:
    """Boxes side by side that open with a heading which is all link and hold a few lines of text."""
    stacks: dict[HtmlElement, list[HtmlElement]] = {}
    for heading in top.iter("h2", "h3", "h4", "h5"):
        size, box = weights.size.get(heading, 0), heading.getparent()
        if not size or weights.linked[heading] < TEASER_LINKED * size or box is None or box is top:
            continue
        holder = box.getparent()
        if holder is not None and weights.size[box] <= MAX_TEASER and _leads_away(heading):
            stacks.setdefault(holder, []).append(box)
    cut = Removed("related", f"{NAME}/teasers")
    return {box: cut for boxes in stacks.values() if len(set(boxes)) >= MIN_TEASERS for box in boxes}


def _leads_away(heading: HtmlElement) -> bool:
    """Whether a heading links to another page; many link to themselves."""
    return any(not (link.get("href") or "#").startswith("#") for link in heading.iter("a"))


def _captions(figure: HtmlElement) -> tuple[Caption, ...]:
    return read_picture(list(dict.fromkeys(text_of(element) for element in figure.iter("figcaption"))), None)


def _cut(element: HtmlElement, size: int, weights: Weights) -> Removed | None:
    word = weights.rail(element)
    if word is not None:
        return Removed(kind_of(word), f"{NAME}/{word}")
    if element.tag in _LINK_BOXES and weights.linked[element] > BOX_LINKED * size:
        return None if _is_told(element, weights) else Removed("related", f"{NAME}/links")
    return None


def _is_told(links: HtmlElement, weights: Weights) -> bool:
    """Whether the article speaks of these links: under a heading that is one it goes on, a list it announces."""
    if links.tag == "p" and links.getparent().tag == "li":
        return ":" in text_of(links) and weights.told.get(links.getparent(), 0) > 0
    if links.tag in _HEADINGS:
        after = _neighbour(links, weights, preceding=False)
        is_headline = after is not None and weights.link_share(after) > BOX_LINKED and _leads_away(links)
        return not is_headline and not is_more(text_of(links))
    if links.tag not in _LISTS:
        return False
    before = _neighbour(links, weights, preceding=True)
    if before is None or weights.link_share(before) > BOX_LINKED:
        return False
    words = text_of(before)
    return words.endswith((":", "\uff1a")) and not is_more(words)


def _neighbour(element: HtmlElement, weights: Weights, *, preceding: bool) -> HtmlElement | None:
    """The next element beside `element` that holds text."""
    return next((other for other in element.itersiblings(preceding=preceding) if weights.size.get(other)), None)
