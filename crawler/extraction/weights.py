"""Measure a page: how much text each element holds, how much of it in links, in paragraphs, and outside of rails.

Only measures; what the article is, `paragraphs` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.extraction.blocks import BLOCKS, UNSEEN
from crawler.extraction.rails import is_named_body, is_strict, names_of, rail_word

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_PARAGRAPH = 30
MIN_TELLING = 50
"""Characters; shorter paragraphs give weight, but are no evidence that text stands elsewhere on the page."""
MIN_LOOSE = 200
"""So much text between the blocks of an element, in none of them, is a paragraph."""
MAX_LINKED = 0.4
"""A block with a larger share of its text in links is no paragraph."""
LONG = 600
"""A block without paragraphs in it that is longer than this holds the article by itself."""
LEVELS = 3
FADE = 0.55
"""What each level further out gets of a paragraph's weight."""
NAMED = 1.3
"""How much more an element counts that is named as the body."""
RAIL = 0.35
"""What is named as a rail, and holds less of the page's text than this, is one."""
SPREAD = 0.5
"""A word whose parts together hold more of the page's text than this is only a way to lay out an article."""

ASIDE = frozenset("nav footer aside form figure button iframe select textarea input label dialog".split()) | UNSEEN
_PARAGRAPHS = frozenset({"p", "pre"})
_HOLDERS = frozenset("div section td li span font article blockquote".split())
_INLINE_HOLDERS = frozenset({"span", "font"})
MIN_BREAKS = 2
"""Line breaks that make paragraphs of the text in an element that has none."""
_NO_WORDS: frozenset[str] = frozenset()


@dataclass(slots=True)
class Weights:
    """Everything that is measured on a page, in characters."""

    body: HtmlElement
    host: str = ""
    """Whose page it is; empty where that is not known."""
    size: dict[HtmlElement, int] = field(default_factory=dict)
    linked: dict[HtmlElement, int] = field(default_factory=dict)
    loose: dict[HtmlElement, int] = field(default_factory=dict)
    """Of what has blocks in it: the text that is in none of them."""
    mass: dict[HtmlElement, int] = field(default_factory=dict)
    """Text in paragraphs, wherever they stand."""
    told: dict[HtmlElement, int] = field(default_factory=dict)
    """Text in paragraphs that stand in no rail."""
    score: dict[HtmlElement, float] = field(default_factory=dict)
    layout: frozenset[str] = _NO_WORDS
    """Words that set nothing aside on this page."""

    def share(self, element: HtmlElement) -> float:
        """How much of the page's running text stands in `element`."""
        return self.told.get(element, 0) / max(1, self.told.get(self.body, 0))

    def link_share(self, element: HtmlElement) -> float:
        """How much of the text in `element` is in links."""
        return min(1.0, self.linked[element] / max(1, self.size[element]))

    def final(self, element: HtmlElement) -> float:
        """What speaks for `element` as the place of the article."""
        return self.score[element] * (1 - self.link_share(element)) * (NAMED if is_named_body(element) else 1)

    def rail(self, element: HtmlElement) -> str | None:
        """The word that sets `element` aside on this page."""
        word = rail_word(names_of(element))
        return None if word in self.layout else word


def weigh(body: HtmlElement, *, host: str = "") -> Weights:
    """Let every paragraph give weight to what holds it."""
    weights = Weights(body, host)
    _measure(weights)
    paragraphs = [(element, size) for element in reversed(weights.size) if (size := _paragraph(element, weights))]
    for element, size in paragraphs:
        _add(weights.mass, element.getparent(), body, size)
    weights.layout = _layout(paragraphs, weights)
    rails: dict[HtmlElement, bool] = {body: False}
    for element, size in paragraphs:
        is_holder = element.tag == "div" or element is body or element in weights.loose
        if _is_in_rail(element if is_holder else element.getparent(), rails, weights):
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
    return weights


def _measure(weights: Weights) -> None:
    """Length of the text in each element that is seen, and of what stands in links."""
    size, linked, loose = weights.size, weights.linked, weights.loose
    unseen = {inner for element in weights.body.iter(*UNSEEN) for inner in element.iter()}
    # What is inside comes after what is around it, so the other way round every part is known before its whole.
    for element in reversed(list(weights.body.iter("*"))):
        if element in unseen:
            continue
        length = own = _length(element.text)
        in_links = 0
        has_blocks = False
        for child in element:
            tail = _length(child.tail)
            inner = size.get(child, 0)
            length += inner + tail
            own += tail
            in_links += linked.get(child, 0)
            if child.tag in BLOCKS or child in loose:
                has_blocks = True
                own += loose.get(child, 0) if child.tag not in BLOCKS else 0
            else:
                own += inner
        size[element] = length
        linked[element] = length if element.tag == "a" else in_links
        if has_blocks:
            loose[element] = own


def _length(text: str | None) -> int:
    return len(" ".join(text.split())) if text else 0


def _paragraph(element: HtmlElement, weights: Weights) -> int:
    """How much text the element has as a paragraph; 0 if it is none."""
    tag = element.tag
    if tag in _INLINE_HOLDERS:
        is_paragraph = sum(child.tag == "br" for child in element) >= MIN_BREAKS
    else:
        is_paragraph = tag in _PARAGRAPHS or tag in _HOLDERS
    if not is_paragraph:
        return 0
    size = weights.size[element]
    own = weights.loose.get(element)
    if own is not None and tag not in _PARAGRAPHS:
        return own if own >= MIN_LOOSE and weights.linked[element] <= MAX_LINKED * size else 0
    return size if size >= MIN_PARAGRAPH and weights.linked[element] <= MAX_LINKED * size else 0


def _add(to: dict[HtmlElement, int], element: HtmlElement | None, body: HtmlElement, size: int) -> None:
    """Count `size` for the element and everything around it."""
    while element is not None:
        to[element] = to.get(element, 0) + size
        if element is body:
            return
        element = element.getparent()


def _layout(paragraphs: list[tuple[HtmlElement, int]], weights: Weights) -> frozenset[str]:
    """The words that would set aside too much of the page to mean that."""
    words: dict[HtmlElement, frozenset[str]] = {weights.body: _NO_WORDS}
    spread: dict[str, int] = {}
    for element, size in paragraphs:
        for word in _words_around(element, words):
            spread[word] = spread.get(word, 0) + size
    total = weights.mass.get(weights.body, 0)
    return frozenset(word for word, size in spread.items() if size > SPREAD * total and not is_strict(word))


def _words_around(element: HtmlElement, words: dict[HtmlElement, frozenset[str]]) -> frozenset[str]:
    """The words of rails that `element` stands in."""
    known = words.get(element)
    if known is None:
        parent = element.getparent()
        known = _words_around(parent, words) if parent is not None else _NO_WORDS
        word = rail_word(names_of(element)) if element.tag not in ("article", "main") else None
        if word is not None and word not in known:
            known |= {word}
        words[element] = known
    return known


def _is_in_rail(element: HtmlElement, rails: dict[HtmlElement, bool], weights: Weights) -> bool:
    """Whether the element, or one around it, is set aside by its kind or name and holds little of the page's text."""
    known = rails.get(element)
    if known is None:
        parent = element.getparent()
        known = parent is not None and _is_in_rail(parent, rails, weights)
        if not known and (
            element.tag in ASIDE or (element.tag not in ("article", "main") and weights.rail(element) is not None)
        ):
            known = weights.mass.get(element, 0) < RAIL * weights.mass.get(weights.body, 0)
        rails[element] = known
    return known
