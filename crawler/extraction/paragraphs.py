"""Find an article's text by the weight of its paragraphs, and tell whether the page leaves any doubt.

It costs a seventh of what trafilatura does, which is asked only where there is doubt (`generic`). Where there is none,
on five pages of six, it leaves less furniture in the text: docs/quality.md. The scoring follows Readability: paragraphs
give weight to what holds them; what holds most of it, and is not named as a rail, is the article."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from archive.types import Caption
from crawler.extraction.blocks import BLOCKS, UNSEEN, Line, Placed, Removed, read_picture, text_of, walk

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NAME = "paragraphs"
"""What its furniture and provenance are filed under."""

MIN_PARAGRAPH = 30
MIN_TELLING = 50
"""Characters; shorter paragraphs give weight, but are no evidence that text stands elsewhere on the page."""
MAX_LINKED = 0.4
"""A block with a larger share of its text in links is no paragraph."""
LONG = 600
"""A block without paragraphs in it that is longer than this holds the article by itself."""
LEVELS = 3
FADE = 0.55
"""What each level further out gets of a paragraph's weight."""
NAMED = 1.3
"""How much more an element counts that is named as the body."""
CLIMB = 1.25
"""With so many times the text, the element around is the article: its text was split over several."""
RAIL = 0.35
"""What is named as a rail, and holds less of the page's text than this, is one."""
BOX_LINKED = 0.7
MIN_TEASERS = 2
MAX_TEASER = 500
TEASER_LINKED = 0.9

CLEAR_SHARE = 0.7
"""So much of the page's running text has to stand in the article, ..."""
CLEAR_SIZE = 800
"""... which has to be so many characters long, ..."""
DENSE = 3
CLEAR_KEPT = 0.7
"""... with so much of it kept, for the page to leave no doubt. Chosen on half of a set of pages: docs/quality.md."""

# As one of the words that make up a class or id.
_RAIL = re.compile(
    r"(?:^|[-_\s])(?:related|recommend\w*|recirc\w*|promo\w*|newsletter\w*|share|sharing|social\w*|comments?|disqus|caption|"
    r"credits?|byline|author\w*|bio|tags?|topics?|keywords|breadcrumbs?|adverts?|ads?|adv|advertisement|sponsor\w*|popular|"
    r"trending|most-read|read-more|readmore|more-on|see-also|subscri\w*|sign-?up|paywall|cookie\w*|consent|widget|sidebar|"
    r"rail|outbrain|taboola|toolbar|pagination|pager|copyright|footer|foot|nav|navigation|menu|audio|video|player|gallery|"
    r"slideshow|hidden|print|screen-reader-text|sr-only|visually-hidden|skip|timestamp|dateline|date|meta|metadata|masthead|"
    r"banner|teasers?|cards?|jump|follow|login|modal|popup|tooltip|donat\w+|rating|poll|quiz|editors-note|correction|toc|"
    r"table-of-contents|infobox|reflist|references|noprint|disclaimer)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"article[-_]?_?(?:body|content|text|main)|story[-_]?_?(?:body|content|text)|entry[-_]content|"
    r"post[-_]?(?:body|content|text)|body[-_]?(?:text|copy|content)|storytext|single[-_]content|"
    r"news[-_]?(?:body|content|text|detail)|content[-_]?(?:body|text|article|detail)|detail[-_]?(?:body|content|text)|"
    r"rich[-_]?text",
    re.IGNORECASE,
)
_KINDS = (
    ("share", re.compile(r"shar|social|follow", re.IGNORECASE)),
    ("advert", re.compile(r"\bad|[-_]ads?\b|sponsor|promo", re.IGNORECASE)),
    ("comments", re.compile(r"comment|disqus", re.IGNORECASE)),
    ("byline", re.compile(r"byline|author|bio", re.IGNORECASE)),
    (
        "related",
        re.compile(r"relat|recommend|recirc|popular|trending|read-?more|more-on|see-also|teaser", re.IGNORECASE),
    ),
)
_ASIDE = frozenset("nav footer aside form figure button iframe select textarea input label dialog".split()) | UNSEEN
_PARAGRAPHS = frozenset({"p", "pre", "blockquote"})
_HOLDERS = frozenset("div section td li span font article".split())
_INLINE_HOLDERS = frozenset({"span", "font"})
_LINK_BOXES = frozenset("ul ol div section table p h2 h3 h4 h5".split())
MIN_BREAKS = 2
"""Line breaks that make paragraphs of the text in an element that has none."""


@dataclass(slots=True)
class Found:
    """What the page holds."""

    lines: list[Line]
    captions: list[Caption]
    furniture: list[Placed]
    is_clear: bool
    """Nothing on the page speaks for another text."""


@dataclass(slots=True)
class _Weights:
    """Everything that is measured on a page, in characters."""

    size: dict[HtmlElement, int] = field(default_factory=dict)
    linked: dict[HtmlElement, int] = field(default_factory=dict)
    mass: dict[HtmlElement, int] = field(default_factory=dict)
    """Text in paragraphs, wherever they stand."""
    told: dict[HtmlElement, int] = field(default_factory=dict)
    """Text in paragraphs that stand in no rail."""
    score: dict[HtmlElement, float] = field(default_factory=dict)


def find_article(root: HtmlElement) -> Found | None:
    """The article's text on the page, or None where there are no paragraphs."""
    body = root.find(".//body")
    if body is None:
        return None
    weights = _Weights()
    _measure(body, weights)
    _weigh(body, weights)
    if not weights.score:
        return None
    top = _climb(max(weights.score, key=lambda element: _final(element, weights)), body, weights)
    removed = _cuts(top, weights)
    found = walk(top, name=NAME, removed=removed)
    kept = sum(len(line.text) for line in found.lines)
    told = kept if kept > CLEAR_SIZE else sum(_told(line.text) for line in found.lines)
    share = weights.told.get(top, 0) / max(1, weights.told.get(body, 0))
    is_clear = share > CLEAR_SHARE and told > CLEAR_SIZE and kept > CLEAR_KEPT * max(1, weights.size[top])
    return Found(found.lines, found.captions, found.furniture, is_clear)


def _told(text: str) -> int:
    """Characters, those of Chinese and Japanese as many as it takes to say the same in letters."""
    return len(text) + (DENSE - 1) * sum(char >= "\u2e80" for char in text)


def _measure(body: HtmlElement, weights: _Weights) -> None:
    """Length of the text in each element, and of what stands in links."""
    size, linked = weights.size, weights.linked
    for _, element in etree.iterwalk(body, events=("end",)):
        if not isinstance(element.tag, str) or element.tag in UNSEEN:
            size[element] = linked[element] = 0
            continue
        length, in_links = _length(element.text), 0
        for child in element:
            length += size.get(child, 0) + _length(child.tail)
            in_links += linked.get(child, 0)
        size[element] = length
        linked[element] = length if element.tag == "a" else in_links


def _length(text: str | None) -> int:
    return len(" ".join(text.split())) if text else 0


def _weigh(body: HtmlElement, weights: _Weights) -> None:
    """Let every paragraph give weight to what holds it."""
    paragraphs = [(element, size) for element in body.iter() if (size := _paragraph(element, weights))]
    for element, size in paragraphs:
        _add(weights.mass, element.getparent(), body, size)
    rails: dict[HtmlElement, bool] = {body: False}
    for element, size in paragraphs:
        inner = element if element.tag == "div" or element is body else element.getparent()
        if _is_in_rail(inner, rails, weights, weights.mass.get(body, 0)):
            continue
        if size >= MIN_TELLING:
            _add(weights.told, element, body, size)
        weight = 1 + min(size / 100, 4)
        holder = element if element.tag in _HOLDERS and size > LONG else element.getparent()
        for _ in range(LEVELS):
            if holder is None or holder is body.getparent():
                break
            weights.score[holder] = weights.score.get(holder, 0.0) + weight
            weight *= FADE
            holder = holder.getparent()


def _paragraph(element: HtmlElement, weights: _Weights) -> int:
    """How much text the element has as a paragraph; 0 if it is none."""
    tag = element.tag
    if tag in _INLINE_HOLDERS:
        is_paragraph = sum(child.tag == "br" for child in element) >= MIN_BREAKS
    else:
        is_paragraph = tag in _PARAGRAPHS or (tag in _HOLDERS and not any(child.tag in BLOCKS for child in element))
    size = weights.size.get(element, 0) if is_paragraph else 0
    return size if size >= MIN_PARAGRAPH and weights.linked[element] <= MAX_LINKED * size else 0


def _add(to: dict[HtmlElement, int], element: HtmlElement | None, body: HtmlElement, size: int) -> None:
    """Count `size` for the element and everything around it."""
    while element is not None:
        to[element] = to.get(element, 0) + size
        if element is body:
            return
        element = element.getparent()


def _is_in_rail(element: HtmlElement, rails: dict[HtmlElement, bool], weights: _Weights, total: int) -> bool:
    """Whether the element, or one around it, is set aside by its kind or name and holds little of the page's text."""
    known = rails.get(element)
    if known is None:
        parent = element.getparent()
        known = parent is not None and _is_in_rail(parent, rails, weights, total)
        if not known and (element.tag in _ASIDE or (element.tag not in ("article", "main") and _is_rail(element))):
            known = weights.mass.get(element, 0) < RAIL * total
        rails[element] = known
    return known


def _is_rail(element: HtmlElement) -> bool:
    return _rail(_names(element)) is not None


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


@lru_cache(maxsize=8192)
def _rail(names: str) -> str | None:
    """The word in a class or id that sets its element aside."""
    found = None if _BODY.search(names) else _RAIL.search(names)
    return found.group() if found else None


def _final(element: HtmlElement, weights: _Weights) -> float:
    is_named = element.get("itemprop") == "articleBody" or _BODY.search(_names(element))
    unlinked = 1 - min(1.0, weights.linked[element] / max(1, weights.size[element]))
    return weights.score[element] * unlinked * (NAMED if is_named else 1)


def _climb(top: HtmlElement, body: HtmlElement, weights: _Weights) -> HtmlElement:
    """`top`, or an element around it, where the text is split over several holders."""
    while True:
        told = CLIMB * max(1, weights.told.get(top, 0))
        around = [parent for parent in list(top.iterancestors())[:2] if parent is not body and parent.tag != "html"]
        if not around:
            return top
        holder = around[0]
        is_as_good = holder in weights.score and _final(holder, weights) > 0.95 * _final(top, weights)
        if weights.told.get(holder, 0) <= told and not is_as_good:
            # One further out: between the two there may be a wrapper around each part.
            holder = around[-1]
            if weights.told.get(holder, 0) <= told:
                return top
        # Elements between are in no list of scores, so they have to be given one to be compared.
        weights.score.setdefault(holder, weights.score.get(top, 0.0))
        top = holder


def _cuts(top: HtmlElement, weights: _Weights) -> dict[HtmlElement, Removed]:
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
        elif element.tag in _ASIDE:
            if element.tag not in UNSEEN:
                removed[element] = Removed("boilerplate", f"{NAME}/{element.tag}")
        elif size and size < RAIL * total and element not in removed:
            cut = _cut(element, size, weights)
            if cut is not None:
                removed[element] = cut
    return removed


def _teasers(top: HtmlElement, weights: _Weights) -> dict[HtmlElement, Removed]:
    """Boxes side by side that open with a heading which is all link and hold a few lines of text."""
    stacks: dict[HtmlElement, list[HtmlElement]] = {}
    for heading in top.iter("h2", "h3", "h4", "h5"):
        size, box = weights.size.get(heading, 0), heading.getparent()
        if not size or weights.linked[heading] < TEASER_LINKED * size or box is None or box is top:
            continue
        holder = box.getparent()
        if holder is not None and weights.size[box] <= MAX_TEASER:
            stacks.setdefault(holder, []).append(box)
    cut = Removed("related", f"{NAME}/teasers")
    return {box: cut for boxes in stacks.values() if len(set(boxes)) >= MIN_TEASERS for box in boxes}


def _captions(figure: HtmlElement) -> tuple[Caption, ...]:
    return read_picture(list(dict.fromkeys(text_of(element) for element in figure.iter("figcaption"))), None)


def _cut(element: HtmlElement, size: int, weights: _Weights) -> Removed | None:
    names = _names(element)
    word = _rail(names) if names != " " else None
    if word is not None:
        kind = next((kind for kind, pattern in _KINDS if pattern.search(word)), "boilerplate")
        return Removed(kind, f"{NAME}/{word.strip(' -_0123456789').lower()}")
    if element.tag in _LINK_BOXES and weights.linked[element] > BOX_LINKED * size:
        return Removed("related", f"{NAME}/links")
    return None
