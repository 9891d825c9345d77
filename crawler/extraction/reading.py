"""One page in hand, and one reading of it: what rule sets and the generic path both fill, and the last steps of both.

Takes lede, byline and credit out of the lines; knows neither selectors nor trafilatura."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from archive.types import Caption, Credit, Furniture
from crawler.extraction.authors import clean_author
from crawler.extraction.bylines import lower_words, visible_author
from crawler.extraction.edges import clean_edges
from crawler.extraction.lede import find_lede, find_marked_lede, without_lede
from crawler.extraction.person_names import persons_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.extraction.blocks import Line, Placed
    from crawler.extraction.metadata import Metadata
    from crawler.extraction.page_index import Index
    from crawler.sites import Site

GENERIC = "trafilatura"
"""The reading of last resort, whose lines have lost what was a link."""
MAX_WRITTEN = 120
"""Characters of a line that says who wrote the story."""
MIN_INLINE_LINK = 20
"""A shorter line that is all link is a name or a term."""


_WRITTEN = re.compile(
    r"(?:(?:this )?(?:article|post|story|piece|blog)(?: was| is)? )?(?:written|authored) by:?\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page and what it states."""

    root: HtmlElement
    source: str
    url: str
    index: Index
    metadata: Metadata
    site: Site | None


MIN_AFTER_LEDE = 2
MIN_LEDE, MAX_LEDE = 60, 700
"""Characters: shorter is a dateline or a subhead, longer a paragraph of the story."""


@dataclass(slots=True)
class Reading:
    """One page as one rule set, or no rule set, reads it."""

    name: str
    is_by_rules: bool = True
    """A rule set that the site declares found the body, as opposed to a general extractor."""
    lines: list[Line] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    before: list[Furniture] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    after: list[Furniture] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    credit: Credit | None = None
    author: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)


def finish(reading: Reading, page: Page, *, boilerplate: tuple[str, ...] = (), opens_with_lede: bool = False) -> None:
    """Take the lede and the edges from the lines."""
    metadata = page.metadata
    title = reading.fields.get("title") or metadata.title
    stated = reading.fields.get("author")
    author, credit = clean_author(stated, metadata.houses) if stated else (None, None)
    if stated and author is None:
        reading.provenance.pop("author", None)
    edges = clean_edges(
        reading.lines, name=reading.name, title=title, author=author or metadata.author, boilerplate=boilerplate
    )
    reading.lines = edges.lines
    reading.placed.extend(edges.furniture)
    lede = reading.fields.get("lede") or find_lede(
        page.root, page.source, metadata.descriptions, lines=reading.lines, title=title
    )
    if not lede and not reading.is_by_rules:
        lede = find_marked_lede(page.root, lines=reading.lines, title=title)
    if not lede and opens_with_lede:
        lede = _first_paragraph(reading.lines)
    if lede:
        shorter = without_lede(reading.lines, lede)
        # An article of one paragraph keeps it: a body that is empty says that the page was.
        if shorter or reading.captions or "lede" in reading.provenance:
            reading.lines = shorter
            reading.fields["lede"] = lede
            reading.provenance.setdefault("lede", "text")
    if reading.name != GENERIC:
        _cut_links(reading)
    signed = edges.author
    if signed and not reading.is_by_rules and _is_words(signed, page):
        signed = None
    _settle_author(reading, page, author, signed)
    if reading.credit is None:
        reading.credit = edges.credit or credit or metadata.credit
        if reading.credit is not None:
            reading.provenance["credit"] = (
                f"{reading.name}/credit" if edges.credit or credit else metadata.provenance.get("credit", "meta")
            )


def _settle_author(reading: Reading, page: Page, stated: str | None, signed: str | None) -> None:
    """The author by the site's rule, else as the page states it, else as the text is signed, else as mark-up shows."""
    metadata = page.metadata
    reading.author = stated or metadata.author or signed
    if reading.author is None and not reading.is_by_rules:
        _settle_unsigned(reading, page)
    elif stated is None and reading.author:
        reading.provenance["author"] = metadata.provenance.get("author", f"{reading.name}/byline")


def _settle_unsigned(reading: Reading, page: Page) -> None:
    """The author where no person is stated: who signs by the headline, else the outlet itself, else who signs at all.

    The names of a site that we know sign nothing, nor does a Vietnamese outlet: its system fills the field with the
    paper's name on every page. Elsewhere an outlet that names itself and nobody else is who signs."""
    metadata = page.metadata
    may_sign = page.site is None and not (metadata.language or "").startswith("vi")
    written = _written_by(reading, metadata.houses)
    if written:
        reading.author, reading.provenance["author"] = written, "text"
        return
    named, is_by_headline = visible_author(page.root, metadata.houses, url=page.url, may_sign=may_sign)
    signed = metadata.signed_by if may_sign else None
    if signed and not is_by_headline:
        reading.author, reading.provenance["author"] = signed, "meta"
    elif named:
        reading.author, reading.provenance["author"] = named, "text"


def _is_words(signed: str, page: Page) -> bool:
    """Whether a line of capitals is a heading: it says what no name does, or the page writes its words small as well.

    In Vietnamese names are words."""
    if (page.metadata.language or "vi").startswith("vi"):
        return False
    said = lower_words(page.root)
    return not persons_in(signed, frozenset(), is_short=True) or all(word.lower() in said for word in signed.split())


def _written_by(reading: Reading, houses: frozenset[str]) -> str | None:
    """Who wrote it by the words of a line above or below the story, cut or not: "This post was written by X"."""
    texts = [cut.text for _, cut in reading.placed if cut.kind == "byline"]
    texts += [line.text for line in (*reading.lines[:1], *reading.lines[-1:]) if len(line.text) <= MAX_WRITTEN]
    for text in texts:
        said = _WRITTEN.match(text)
        persons = persons_in(text[said.end() :].rstrip("."), houses) if said else []
        if persons:
            return ", ".join(persons)
    return None


def _first_paragraph(lines: list[Line]) -> str | None:
    """The opening line, where it has the length of a lede and a story follows."""
    is_lede = len(lines) > MIN_AFTER_LEDE and not lines[0].is_heading and MIN_LEDE <= len(lines[0].text) <= MAX_LEDE
    return lines[0].text if is_lede else None


def _is_listed(line: Line, reading: Reading) -> bool:
    """Whether it is an address, or an entry of a list, that the reader of any page found to be part of the article."""
    if reading.is_by_rules or line.element is None:
        return False
    # `cuts` has judged every paragraph that is all link.
    if line.text.startswith("http") or line.element.tag == "p":
        return True
    parent = line.element.getparent()
    return line.element.tag == "li" or (parent is not None and parent.tag == "li")


def _cut_links(reading: Reading) -> None:
    """Lines in the body that are nothing but links to other stories of the site, wherever they stand."""
    links = [
        line
        for line in reading.lines
        if line.is_link and not line.is_heading and len(line.text) >= MIN_INLINE_LINK and not _is_listed(line, reading)
    ]
    if not links or len(links) == len(reading.lines):
        return
    cut = Furniture("related", f"{reading.name}/inline_link", "")
    reading.placed.extend((line.at, replace(cut, text=line.text)) for line in links)
    reading.lines = [line for line in reading.lines if line not in links]
