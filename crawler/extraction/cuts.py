"""What stands in the place of an article and is none of it: parts named as rails, boxes of links, teasers, pictures.

Structure and names only; words come after (`furniture_words`, `closings`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.urls import host_of
from crawler.extraction.blocks import UNSEEN, Removed, read_picture, text_of
from crawler.extraction.closings import leads_on
from crawler.extraction.furniture_words import is_more
from crawler.extraction.rails import is_strict, kind_of, names_of
from crawler.extraction.weights import ASIDE, RAIL

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from archive.types import Caption
    from crawler.extraction.weights import Weights

NAME = "paragraphs"
"""What its furniture and provenance are filed under."""

BOX_LINKED = 0.7
MIN_TEASERS = 2
MAX_TEASER = 500
TEASER_LINKED = 0.9
NOTE_TOLD = 0.95
NOTE_LINKED = 0.05
MAX_HEADING = 80
"""Characters of what announces a box."""
MAX_WORDS = 200
"""Characters of a caption."""
MAX_LINKED = 0.5
_SENTENCE_ENDS = (".", "!", "?", ":", "…", '"', "”", "。", "！", "？", "؟", ")")
_PICTURE = re.compile(r"caption|image|photo|picture|figure|media|img", re.IGNORECASE)
_PICTURE_BOXES = frozenset({"div", "section", "span", "figure"})
HEADINGS = frozenset("h2 h3 h4 h5".split())
_LINK_BOXES = frozenset("ul ol div section table p h2 h3 h4 h5".split())
_CALLS = re.compile(
    r"\W*(?:shop|buy|get|check|click|learn|sign|subscribe|download|join|watch|listen|read|see|view|find|back|try|order|"
    r"book|start|visit|explore|browse|compare|discover|donate|register|contact|follow|share|save|grab|stream|"
    r"jetzt|hier|zum|zur|voir|acheter|ver|comprar|acquista|scopri|guarda|купить|смотреть|xem|mua|đăng)(?!\w)",
    re.IGNORECASE,
)
_LISTS = frozenset({"ul", "ol"})
_WORDS = frozenset("em strong b i mark abbr cite code".split())
"""Never a part of the page, whatever their name."""
_CARDS = frozenset({"card", "cards"})
"""Small ones are teasers; a long one without links is how the page shows a recipe, a table or a profile."""


def cuts(top: HtmlElement, weights: Weights) -> dict[HtmlElement, Removed]:
    """What stands in the article and is none of it."""
    removed = _teasers(top, weights) | _with_pictures(top, weights)
    total = max(1, weights.size[top])
    for element in top.iterdescendants():
        size = weights.size.get(element, 0)
        if element.getparent() in removed:
            removed[element] = removed[element.getparent()]
        elif element.tag == "figure":
            if not _is_text(element):
                removed[element] = Removed("caption", f"{NAME}/caption", _captions(element))
        elif element.tag in ASIDE:
            if element.tag not in UNSEEN and not _is_question(element) and not _is_note(element, weights):
                removed[element] = Removed("boilerplate", f"{NAME}/{element.tag}")
        elif size and size < RAIL * total and element not in removed:
            cut = _cut(element, size, weights)
            if cut is not None:
                removed[element] = cut
    return removed | _headings_of(removed, weights)


def _headings_of(removed: dict[HtmlElement, Removed], weights: Weights) -> dict[HtmlElement, Removed]:
    """What announces, in words, boxes that are cut."""
    found: dict[HtmlElement, Removed] = {}
    for box, why in removed.items():
        if why.kind != "related" or box.getparent() in removed:
            continue
        before = _neighbour(box, weights, preceding=True)
        if before is None or before in removed or weights.size[before] > MAX_HEADING or weights.linked[before]:
            continue
        words = text_of(before)
        if is_more(words) or leads_on(words):
            found[before] = Removed("related", f"{NAME}/heads_related")
    return found


def _with_pictures(top: HtmlElement, weights: Weights) -> dict[HtmlElement, Removed]:
    """Boxes that hold a picture and a few words, no sentence: its caption, or the name beside a face."""
    found: dict[HtmlElement, Removed] = {}
    seen: set[HtmlElement] = set()
    for image in top.iter("img", "picture"):
        box = image.getparent()
        while box is not top and box not in seen and not weights.size.get(box):
            seen.add(box)
            box = box.getparent()
        is_box = box is not top and box not in seen and box.tag in _PICTURE_BOXES
        seen.add(box)
        if not is_box or weights.size[box] > MAX_WORDS or weights.link_share(box) > MAX_LINKED:
            continue
        text = text_of(box)
        if not text or text.endswith(_SENTENCE_ENDS) or next(box.iter(*HEADINGS), None) is not None:
            continue
        if _PICTURE.search(names_of(box)):
            found[box] = Removed("caption", f"{NAME}/caption", read_picture([text], None))
        else:
            found[box] = Removed("boilerplate", f"{NAME}/with_picture")
    return found


def _is_text(figure: HtmlElement) -> bool:
    """Whether a figure is no picture but a table, a listing or a quotation that is not pulled from the text."""
    if next(figure.iter("table", "pre"), None) is not None:
        return True
    return next(figure.iter("blockquote"), None) is not None and "pull" not in names_of(figure)


def _is_note(element: HtmlElement, weights: Weights) -> bool:
    """Whether an aside is a note that belongs to the text: running text, nothing else, under no other name."""
    size = weights.size.get(element, 0)
    return (
        element.tag == "aside"
        and weights.mass.get(element, 0) > NOTE_TOLD * max(1, size)
        and weights.link_share(element) < NOTE_LINKED
        and weights.rail(element) is None
        and "pull" not in names_of(element)
    )


def _is_question(element: HtmlElement) -> bool:
    """Whether a button is the heading of an answer that it folds out."""
    parent = element.getparent()
    return element.tag == "button" and parent is not None and parent.tag in HEADINGS


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
    word = None if _is_worded(element, weights) else weights.rail(element)
    if word is not None and element.tag in HEADINGS and not is_strict(word):
        word = None
    if word is not None and not (word in _CARDS and size > MAX_TEASER and weights.link_share(element) < NOTE_LINKED):
        return Removed(kind_of(word), f"{NAME}/{word}")
    if element.tag in _LINK_BOXES and weights.linked[element] > BOX_LINKED * size:
        return None if _is_told(element, weights) else Removed("related", f"{NAME}/links")
    return None


def _is_worded(element: HtmlElement, weights: Weights) -> bool:
    """Whether `element` is a few words of a sentence, which no name sets aside."""
    if element.tag in _WORDS:
        return True
    return element.tag == "a" and weights.link_share(element.getparent()) < BOX_LINKED


def _is_told(links: HtmlElement, weights: Weights) -> bool:
    """Whether the article speaks of these links: under a heading that is one it goes on, a list it announces,
    an address it spells out."""
    if links.tag == "p" and links.getparent().tag == "li":
        return ":" in text_of(links) and weights.told.get(links.getparent(), 0) > 0
    if links.tag in HEADINGS:
        after = _neighbour(links, weights, preceding=False)
        is_headline = after is not None and weights.link_share(after) > BOX_LINKED and _leads_away(links)
        return not is_headline and not is_more(text_of(links))
    if links.tag not in _LISTS:
        return links.tag == "p" and _is_reference(links, weights)
    before = _neighbour(links, weights, preceding=True)
    if before is None or weights.link_share(before) > BOX_LINKED:
        return False
    words = text_of(before)
    return words.endswith((":", "\uff1a")) and not is_more(words)


def _is_reference(line: HtmlElement, weights: Weights) -> bool:
    """Whether a line of links leads to another site and does not call to go there: a source, a book, a deal told of."""
    words = text_of(line)
    if words.startswith("http"):
        return True
    hosts = [host_of(link.get("href") or "") for link in line.iter("a")]
    is_away = bool(weights.host and hosts) and all(host and not _is_same_site(host, weights.host) for host in hosts)
    return is_away and _CALLS.match(words) is None and not is_more(words)


def _is_same_site(host: str, own: str) -> bool:
    return host.split(".")[-2:] == own.split(".")[-2:]


def _neighbour(element: HtmlElement, weights: Weights, *, preceding: bool) -> HtmlElement | None:
    """The next element beside `element` that holds text."""
    return next((other for other in element.itersiblings(preceding=preceding) if weights.size.get(other)), None)
