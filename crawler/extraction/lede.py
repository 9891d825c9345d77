"""Find a page's lede: the description that it states, where it also stands on the page.

A description that nobody can read on the page is for search engines and is no lede; the lede is kept as printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from archive.text import fold
from crawler.extraction.blocks import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from crawler.extraction.blocks import Line

MIN_LEDE = 40
MAX_LEDE = 1200
# A description cut at a fixed length (often 150 to 160 characters) without dots.
MIN_CUT_DESCRIPTION = 100
# In how many of the first lines of a body a repeated lede is looked for: a byline or a place may stand above it.
LEDE_LINES = 3
MAX_CLIMB = 5
MIN_NEEDLE = 8
MAX_PLACES = 8
MIN_VIETNAMESE = 5
"""Letters that only Vietnamese has, in a description, for it to be Vietnamese."""
MAX_NAMES = 120
MAX_SAME = 80
MAX_SPACES = 3
"""How much of the text in a page's source may be indentation."""

_DATELINE = re.compile(r"^\(?\s*[\w&+./ ]{2,28}?\s*\)?\s*(?:-|:)\s+|^\([^()]{2,28}\)\s*-?\s*")
_DOTS = re.compile(r"\s*(?:\[?\.\.\.\]?|…)\s*$")
_MARKED = re.compile(
    r"sapo|lead|lede|desc|summary|standfirst|intro|deck|dek|subtitle|sub-?head|excerpt|abstract|chapeau|teaser",
    re.IGNORECASE,
)
_NOT_HERE = frozenset(
    ["a", "nav", "footer", "aside", "script", "style", "title", "noscript", "figcaption", "button", "textarea"]
)
_texts_with = etree.XPath("//body//*[not(self::script or self::style)]/text()[contains(., $words)]")
_length = etree.XPath("string-length(.)")
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


MIN_STANDFIRST, MAX_STANDFIRST = 30, 500
MIN_WORDS = 6
MAX_BELOW = 60
"""Elements below the headline among which a standfirst is looked for."""
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:sapo|sub-?(?:title|head|hed|headline|heading)|dek|deck|stand-?first|lede|lead|lead-?(?:in|text|paragraph)|"
    r"chapeau|excerpt|intro|summary|description|desc)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Who wrote it, who paid for it, what one may buy, and what a page says about itself and its cookies.
_NO_STANDFIRST = re.compile(
    r"auth|bio|cookie|consent|privacy|form|field_|site|card|related|promo|newsletter|cta|image|img|asset|caption|login|"
    r"comment|product|team|profile|deal|quiz|menu|widget|social|share|modal|popup|sign-?up|subscribe|disclos|sponsor|"
    r"video|gallery|banner|tool-?tip|\bads?\b|review-?er|toc|table-of",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:by|written|reviewed|published|updated|posted|last|photo|image|credit)\b", re.IGNORECASE)
_below = etree.XPath(
    "following::*[self::p or ((self::h2 or self::h3 or self::div or self::span) and (@class or @itemprop))]"
    f"[position() <= {MAX_BELOW}]"
)


def _agreement(printed: str, description: str) -> bool | None:
    """True if both say the same, datelines aside; False if the description is only the beginning; None if they differ.

    >>> _agreement("LCĐT - Sáng nay, hội nghị khai mạc tại thành phố.", "Sáng nay, hội nghị khai mạc tại thành phố.")
    True
    """
    left, right = fold(printed), fold(description)
    cut = _DOTS.sub("", right)
    is_cut = cut != right or (len(right) >= MIN_CUT_DESCRIPTION and not right.endswith((".", "!", "?", '"', ")")))
    forms = {left, _DATELINE.sub("", left)}
    wanted = {cut, _DATELINE.sub("", cut)} if is_cut else {right, _DATELINE.sub("", right)}
    wanted = {text for text in wanted if len(text) >= MIN_LEDE // 2}
    if any(form.rstrip(" .") == text.rstrip(" .") for form in forms for text in wanted):
        return True
    if is_cut and any(form.startswith(text) for form in forms for text in wanted):
        return False
    return None


def find_lede(
    root: HtmlElement, source: str, descriptions: Sequence[str], *, lines: Sequence[Line], title: str | None
) -> str | None:
    """The lede as printed, or None; `source` is the page as text, `lines` the body found so far."""
    asked: list[str] = []
    for description in descriptions:
        if len(description) < MIN_LEDE or any(_is_part(description, known) for known in (title or "", *asked)):
            continue
        asked.append(description)
        needles = _needles(description)
        words = _words_in_body(needles, source)
        places = list(_places(root, words, description)) if words else []
        for line in lines[:LEDE_LINES]:
            agreement = _agreement(line.text, description) if any(words in line.text for words in needles) else None
            if agreement is None:
                continue
            is_marked = line.is_bold or line.is_heading or any(_is_apart(element) for element, _ in places)
            # Vietnamese papers write their description as the sapo; elsewhere it is often made from the first
            # paragraph, which is no lede unless the page sets it apart. A description cut short always is.
            if is_marked or (agreement and len(_VIETNAMESE.findall(description)) >= MIN_VIETNAMESE):
                return line.text
            return None
        body = " ".join(line.text for line in lines) if places else ""
        for element, text in places:
            # Also in the body: then it is a paragraph, or several that one element holds.
            if text[:MAX_SAME] in body:
                continue
            if _is_apart(element) or _agreement(text, description):
                return text
    return None


def _is_part(description: str, known: str) -> bool:
    return known.startswith(_DOTS.sub("", description))


def _words_in_body(needles: Sequence[str], source: str) -> str | None:
    """Which of `needles` may stand below the head of the page: asking its source is cheaper than its tree."""
    body = max(source.find("<body"), 0)
    found = next((words for words in needles if source.find(words, body) >= 0), None)
    if found is None:
        # A page that writes its letters as entities has to be asked by its tree.
        found = next((words for words in needles if any(not c.isascii() and c not in source for c in words)), None)
    return found


def _places(root: HtmlElement, words: str, description: str) -> Iterator[tuple[HtmlElement, str]]:
    """Elements that say what the description says, and their text."""
    for text in _texts_with(root, words=words)[:MAX_PLACES]:
        element = text.getparent()
        found = _enclosing(element.getparent() if text.is_tail else element, description)
        if found is not None:
            yield found


def _needles(description: str) -> list[str]:
    """Runs of words to look for as they are; several, for one may be broken by mark-up or spelled with an entity."""
    words = _DOTS.sub("", description).split()
    count = len(words)
    starts = sorted({count // 2, count // 4, max(0, count - 5)})
    return [run for start in starts if len(run := " ".join(words[start : start + 4])) >= MIN_NEEDLE]


def _enclosing(element: HtmlElement | None, description: str) -> tuple[HtmlElement, str] | None:
    """The smallest element around `element` that says all of `description` and not much more."""
    if element is None or any(parent.tag in _NOT_HERE for parent in (element, *element.iterancestors())):
        return None
    for _ in range(MAX_CLIMB):
        if element is None or element.tag in ("body", "html"):
            return None
        most = min(MAX_LEDE, 2 * len(description) + 60)
        if _length(element) > MAX_SPACES * most:
            return None
        text = text_of(element)
        if len(text) > most:
            return None
        # Comparing costs more than climbing: an inner element that says too little is not worth it.
        if len(text) > 0.7 * len(description) and _agreement(text, description) is not None:
            return element, text
        element = element.getparent()
    return None


def _is_apart(element: HtmlElement) -> bool:
    """Whether the page sets `element` apart from its paragraphs: by a telling name, as a heading, in bold."""
    if element.tag in ("h2", "h3", "h4", "strong", "b", "em"):
        return True
    parent = element.getparent()
    for holder in (element, parent):
        if holder is not None and holder.tag not in ("body", "article", "main"):
            names = f"{holder.get('class') or ''} {holder.get('id') or ''} {holder.get('itemprop') or ''}"
            if len(names) < MAX_NAMES and _MARKED.search(names):
                return True
    return False


def find_marked_lede(root: HtmlElement, *, lines: Sequence[Line], title: str | None) -> str | None:
    """What the mark-up between the headline and the text calls a standfirst, where it is no line of the body."""
    head = next(root.iter("h1"), None)
    if head is None or not lines:
        return None
    around = set(head.iterancestors())
    body = " ".join(line.text for line in lines)
    first = lines[0].text[:MAX_SAME]
    for element in _below(head):
        is_named = _STANDFIRST.search(_names_of(element)) is not None
        if element.tag != "p" and not is_named:
            continue
        text = text_of(element) if _length(element) <= MAX_SPACES * MAX_STANDFIRST else ""
        if not is_named:
            if text.startswith(first):
                return None
            continue
        if text[:MAX_SAME] in body or fold(text) == fold(title or "") or not _is_standfirst(element, text, around):
            continue
        return text
    return None


def _is_standfirst(element: HtmlElement, text: str, around: set[HtmlElement]) -> bool:
    if not MIN_STANDFIRST <= len(text) <= MAX_STANDFIRST or len(text.split()) < MIN_WORDS or _BYLINE.match(text):
        return False
    if 2 * sum(len(text_of(link)) for link in element.iter("a")) > len(text):
        return False
    for holder in (element, *element.iterancestors()):
        if holder in around:
            return True
        if holder.tag in _NOT_HERE or holder.tag == "form" or _NO_STANDFIRST.search(_names_of(holder)):
            return False
    return False


def _names_of(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"[:MAX_NAMES]


def without_lede(lines: list[Line], lede: str) -> list[Line]:
    """`lines` with the lede taken from among the first, where it is repeated there."""
    wanted = fold(lede)
    for index, line in enumerate(lines[:LEDE_LINES]):
        if fold(line.text) == wanted:
            return [*lines[:index], *lines[index + 1 :]]
    return lines
