"""Read the author that a page prints by its headline, for pages whose machine-readable places name none.

By the mark-up that says so: itemprop, rel, a link to the author's own page, a class; by the word "By" only between the
headline and the text. What stands there counts before what stands anywhere else, where a page that names many is a
list and names nobody."""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from archive.text import strip_marks, tidy
from crawler.extraction.authors import MAX_AUTHORS
from crawler.extraction.byline_groups import MAX_TEXT, in_one_line, persons_first, words_of
from crawler.extraction.person_names import BY, is_other_role, persons_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

MAX_CANDIDATES = 40
MAX_MARKED = 4000
"""More marked elements than a page of news has; the rest is a trap or a list."""
MAX_NAMED = 3
"""A page that names more persons in one way, away from its headline, is a list of stories or of comments."""
MAX_PIECES = 3
MAX_BOX = 600
RUNNING_TEXT = 200
"""Characters of a paragraph that is text and no header."""
MIN_RUNNING = 60
MAX_HEADER = 60
"""More elements than these between the headline and the text are no header."""
CONTEXT = 40
MIN_SLUG = 3

# Pages of persons who write, and pages of persons among others: there the name has to be in the address.
_WRITERS = ("author", "contributor", "writer", "journalist", "columnist", "reporter", "reviewer", "tac-gia", "autor",
            "auteur", "redakteur")  # fmt: skip
_PERSONS = ("person", "people", "staff", "profile", "producer", "team", "user", "member", "expert")
_PROFILE = re.compile(
    rf"(?:(?P<writer>{'|'.join(_WRITERS)})|(?<=[/_-])(?:{'|'.join(_PERSONS)}|by))s?/+(?P<slug>[^/]+)/?$|/@(?P<handle>[^/]+)/?$",
    re.IGNORECASE,
)
_QUERY = re.compile(r"(?:^|&)author(?:id)?=([^&]+)", re.IGNORECASE)
_NUMBER = re.compile(r"[\dA-Fa-f-]{3,}")
# The first two letters of what _BY_LINE and _BY_ONLY find: asking for whole words costs ten times as much.
_BY_STARTS = ("By", "by", "BY", "Wr", "Ar", "Wo", "Po", "Pu", "St", "Vo", "Pa", "Di", "Do", "Av", "Af", "Tá", "Bà",
              "Au")  # fmt: skip
_BY_LINE = re.compile(
    r"(?:(?:(?:article )?written|words|posted|published|story) by|by|von|par|por|di|door|av|af|tác giả|bài)\b"
    r"\s*[:|]?\s*(?=\S)",
    re.IGNORECASE,
)
_candidates = etree.XPath(
    "//body//h1 | //body//*[@itemprop='author' or @itemprop='creator' or contains(@rel, 'author')"
    " or contains(@class, 'uthor') or contains(@class, 'yline') or contains(@class, 'ontributor')]"
    f" | //body//a[@href] | //body//*[text()[string-length(.) < {2 * MAX_TEXT} and "
    f"contains(' {' '.join(_BY_STARTS)} ', concat(' ', substring(normalize-space(.), 1, 2), ' '))]]"
    f" | //body//p[string-length(.) > {RUNNING_TEXT}]",
    smart_strings=False,
)
_below_headline = etree.XPath(
    f"(//body//h1)[1]/following::text()[not(parent::script or parent::style)][position() <= {5 * MAX_HEADER}]"
)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(
    rf"\b{_MONTH}[a-z]*\.? \d|\d {_MONTH}|"
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\bmin(?:ute)?s? read",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"\s*[|•·–—]\s*")
_WORDS = re.compile(r"(?:by )?(?:[^\W\d_]+[.'’-]?[^\W\d_]*\.? ?){2,4}", re.IGNORECASE)
_COMMAS = re.compile(r",\s+(?:and\s+)?")
_TRAILING = re.compile(r"(?:\s+(?:in|on|at)|\s*,)$")
_WRITTEN = re.compile(r"\bwritten by:? ([^|.,;(]{5,60})")
_BARE_BY = re.compile(r"^by ", re.IGNORECASE)
_MARK = re.compile(r"author(?!i)|by-?line|contributor", re.IGNORECASE)
_NAME_MARK = re.compile(r"author-?_*name\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"comment|related|teaser|card|recommend|widget|sidebar|footer|reply|review|quote", re.IGNORECASE
)
_NEVER = re.compile(r"comments?\b|related|recommend|\breply|popular|trending|pagination", re.IGNORECASE)
# Page builders call every element a widget.
_BUILDER = re.compile(r"(?:elementor|et_pb)[\w-]*")
_BY_ONLY = re.compile(
    r"(?:(?:(?:article )?written|words|posted|published|story) )?by:?|authors?:?|tác giả:?", re.IGNORECASE
)


def visible_author(
    root: HtmlElement, houses: frozenset[str], *, url: str, may_sign: bool = False
) -> tuple[str | None, bool]:
    """The persons that the mark-up of the page at `url` presents as its author, and whether it says so plainly: by its
    headline, or in words ("Written by").

    The outlet and its desks are named where they `may_sign` and nobody else does."""
    left_out = frozenset() if may_sign else houses
    candidates = (element for element in _candidates(root) if element.tag != "a" or _may_name(element))
    header, elsewhere, around = _zones(islice(candidates, MAX_MARKED))
    for tier in _tiers(header, url=url, is_header=True):
        found = [(element, list(_named(element, left_out, around, is_header=True))) for element in tier]
        named = in_one_line(persons_first(found, houses))
        if named:
            return ", ".join(_distinct(named)[:MAX_AUTHORS]), True
    named = _distinct(list(_beside_a_date(root, left_out)))
    if len(named) == 1:
        return named[0], True
    tiers = list(_tiers(elsewhere, url=url, is_header=False))
    written = [", ".join(_named(element, left_out, around, is_header=False)) for element in tiers[-1]]
    if len(set(filter(None, written))) == 1:
        return next(filter(None, written)), True
    for tier in tiers[:-1]:
        printed = [", ".join(_named(element, left_out, around, is_header=False)) for element in tier]
        named = _distinct([names for names in printed if names])
        if named:
            return (named[0] if len(named) <= MAX_NAMED else None), False
    return None, False


def _may_name(link: HtmlElement) -> bool:
    """Whether a link may lead to somebody's page, or says by its mark-up that it names the author."""
    address = link.get("href") or ""
    return (
        _PROFILE.search(address.partition("?")[0]) is not None
        or "author" in address
        or "author" in (link.get("rel") or "")
        or _MARK.search(link.get("class") or "") is not None
        or link.get("itemprop") in ("author", "creator")
        or (link.text or "").lstrip()[:2] in _BY_STARTS
    )


def _beside_a_date(root: HtmlElement, houses: frozenset[str]) -> Iterator[str]:
    """Names that stand in words of their own beside a date, between the headline and the text; no links, for a
    section is one."""
    texts = [text for text in _below_headline(root) if not text.isspace()][:MAX_HEADER]
    lower: frozenset[str] | None = None
    short = list(takewhile(lambda text: len(text) < RUNNING_TEXT, map(tidy, texts)))[:MAX_HEADER]
    for at, text in enumerate(short):
        printed = _TRAILING.sub("", _DIVIDER.split(text)[0])
        is_beside = any(_DATE.search(near) for near in short[max(0, at - 2) : at + 3])
        before = short[at - 1] if at else ""
        if not is_beside or not all(map(_WORDS.fullmatch, _COMMAS.split(printed))):
            continue
        if is_other_role(before) or _is_pressed(texts[at]):
            continue
        # "Quick Guide": what the page also writes small is a word and no name.
        lower = lower_words(root) if lower is None else lower
        if not any(word.casefold() in lower for word in _BARE_BY.sub("", printed).split()):
            yield from persons_in(printed, houses)


def _is_pressed(text: etree._ElementUnicodeResult) -> bool:
    """Whether a click on `text` does something."""
    element = text.getparent()
    return element is None or any(each.tag in ("a", "button", "label") for each in (element, *element.iterancestors()))


def lower_words(root: HtmlElement) -> frozenset[str]:
    """The words that the page writes with a small letter."""
    words = " ".join(text for text in root.itertext() if len(text) > MIN_RUNNING).split()
    return frozenset(word.strip(".,;:!?()\"'") for word in words if word[0].islower())


def _distinct(names: list[str]) -> list[str]:
    """`names` once each, also where one is printed with a role behind it."""
    return [
        name
        for index, name in enumerate(names)
        if name not in names[:index] and not any(name != other and name.startswith(f"{other} ") for other in names)
    ]


def _zones(elements: Iterable[HtmlElement]) -> tuple[list[HtmlElement], list[HtmlElement], frozenset[HtmlElement]]:
    """What stands between the headline and the text, what stands elsewhere, and what holds the headline."""
    header: list[HtmlElement] = []
    elsewhere: list[HtmlElement] = []
    around: frozenset[HtmlElement] = frozenset()
    is_header = is_told = False
    for element in elements:
        if element.tag == "h1":
            # A second headline is another story's, or the real one after the site's name.
            if not header:
                is_header, around = True, frozenset(element.iterancestors())
        elif element.tag == "p" and not _marks(element):
            is_told = is_told or is_header
        elif is_header and not is_told and len(header) < MAX_HEADER:
            header.append(element)
        else:
            elsewhere.append(element)
    return header, elsewhere, around


def _marks(element: HtmlElement) -> bool:
    """Whether `element` is a candidate for more than its being a paragraph."""
    return bool(
        element.get("itemprop") in ("author", "creator")
        or _MARK.search(element.get("class") or "")
        or _says_by(element)
    )


def _says_by(element: HtmlElement) -> bool:
    text = words_of(element)
    return len(text) <= MAX_TEXT and bool(BY.match(text.replace("|", " ")))


def _tiers(elements: list[HtmlElement], *, url: str, is_header: bool) -> Iterator[list[HtmlElement]]:
    """Candidates by how plainly the page says that they are the author."""
    found: tuple[list[HtmlElement], ...] = ([], [], [], [], [])
    for element in elements:
        if element.get("itemprop") in ("author", "creator"):
            found[0].append(element)
        elif "author" in (element.get("rel") or "").lower().split():
            found[1].append(element)
        elif element.tag == "a" and _is_profile(element, url):
            found[2].append(element)
        elif _MARK.search(element.get("class") or ""):
            found[3].append(element)
        elif _is_by(words_of(element), is_header=is_header):
            found[4].append(element)
    return (tier[:MAX_CANDIDATES] for tier in found)


def _is_by(text: str, *, is_header: bool) -> bool:
    """Whether a line begins as bylines do; away from the headline only where it says that somebody wrote."""
    is_by = _BY_LINE.match(text) is not None or _BY_ONLY.fullmatch(text) is not None
    return is_by and (is_header or text.casefold().startswith(("written by", "article written by")))


def _is_profile(element: HtmlElement, url: str) -> bool:
    """Whether the link `element` leads to a page of the site about the person that it names."""
    try:
        parts = urlsplit(urljoin(url, element.get("href") or ""))
    except ValueError:
        return False
    match = _PROFILE.search(unquote(parts.path))
    if match is None:
        return bool(_QUERY.search(parts.query)) and _host(parts.netloc) == _host(urlsplit(url).netloc)
    name = _key(BY.sub("", words_of(element)))
    slug = _key(match["slug"] or match["handle"])
    if not name or _host(parts.netloc) != _host(urlsplit(url).netloc):
        return bool(name) and slug.startswith(name)
    if slug.startswith(name) or name.startswith(slug):
        return True
    words = [_key(word) for word in words_of(element).split()]
    return bool(match["writer"]) and (
        bool(_NUMBER.fullmatch(match["slug"])) or any(len(word) >= MIN_SLUG and word in slug for word in words)
    )


def _host(netloc: str) -> str:
    return ".".join(netloc.lower().rsplit(".", 2)[-2:])


def _key(text: str) -> str:
    return re.sub(r"\W+|_", "", strip_marks(text))


def _named(
    element: HtmlElement, houses: frozenset[str], around: frozenset[HtmlElement], *, is_header: bool
) -> Iterator[str]:
    """The persons that one candidate names."""
    is_said = element.get("itemprop") is not None or bool(element.get("rel"))
    if _is_elsewhere(element, around, is_near=is_header or is_said) or is_other_role(_before(element)):
        return
    # Where the page links to its author or says that this is one, a single word may be the name.
    is_plain = is_said or element.tag == "a" or _NAME_MARK.search(element.get("class") or "") is not None
    text = element.get("content") or words_of(element)
    if _BY_ONLY.fullmatch(text.strip(" |")):
        parent = element.getparent()
        text = "" if parent is None else words_of(parent)
    names = persons_in(text, houses, is_said=is_said, is_short=is_plain) if len(text) <= MAX_TEXT else []
    if not names and _MARK.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
        # A box with a name and a life in it; `class=author-lan` on the whole article is none.
        pieces = text.split("|")[:MAX_PIECES] if len(text) <= MAX_BOX else []
        if not any(is_other_role(piece) for piece in pieces):
            told = _WRITTEN.search(text)
            pieces = [told[1], *pieces] if told else pieces
            names = next((found for piece in pieces if (found := persons_in(piece, houses))), [])
    yield from names


def _before(element: HtmlElement) -> str:
    """What stands before `element` in its line."""
    for _ in range(2):
        parent = element.getparent()
        if parent is None:
            return ""
        parts: list[str] = []
        for sibling in islice(element.itersiblings(preceding=True), 3):
            parts[:0] = ["".join(islice(sibling.itertext(), MAX_HEADER)), sibling.tail or ""]
        parts.insert(0, parent.text or "")
        said = tidy(" ".join(parts))
        if said:
            return said[-CONTEXT:]
        element = parent
    return ""


def _is_elsewhere(element: HtmlElement, around: frozenset[HtmlElement], *, is_near: bool) -> bool:
    """Whether `element` stands in something that is not the article; what holds the headline (`around`) is."""
    tags = ("nav", "blockquote") if is_near else ("aside", "footer", "nav", "li", "blockquote")
    names = _NEVER if is_near else _ELSEWHERE
    for parent in element.iterancestors():
        if parent in around:
            return False
        named = _BUILDER.sub("", f"{parent.get('class') or ''} {parent.get('id') or ''}")
        # A card or a sidebar of the author is meant.
        if parent.tag in tags or (names.search(named) and not _MARK.search(named)):
            return True
    return False
