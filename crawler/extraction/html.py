"""Read an HTML page into a document: by its site's rules where they fit, else by what any page shows.

Pure: text in, `Document` out, never an exception for what a page contains. Decoding and the verdicts on blocked or
broken captures come before; what the archive makes of the document comes after."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, document_fromstring

from archive.outlets import outlet_at
from archive.text import fold
from archive.types import Block, Caption, Document, Furniture, Verdict
from crawler import sites
from crawler.extraction import cuts, generic
from crawler.extraction.blocks import read_picture, text_of
from crawler.extraction.closings import cut_closing
from crawler.extraction.credit import dateline
from crawler.extraction.dates import parse_moment
from crawler.extraction.furniture_words import cut_by_words
from crawler.extraction.lede import without_lede
from crawler.extraction.metadata import read_metadata
from crawler.extraction.page_index import Index
from crawler.extraction.paragraphs import find_article
from crawler.extraction.reading import GENERIC, Page, Reading, finish
from crawler.extraction.second_opinion import is_ours_better
from crawler.extraction.site_page import has_empty_body, read_by
from crawler.extraction.streamed import assemble
from crawler.list_pages import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

# libxml2 ends a text at a control character that HTML does not allow.
_CONTROL = set(range(0x20)) - {0x09, 0x0A, 0x0D}
_WITHOUT_CONTROL = bytes(0x20 if code in _CONTROL else code for code in range(256))
# lxml.html asks a function in Python what class each element has, for the sake of forms; that takes longer than to look
# at the element.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)
MIN_HEADLINE = 15
MAX_ABOVE, MAX_LABEL = 4, 40
"""How many labels may stand above the headline: a section, a day, a kind of article."""
_END = re.compile(rb"</(?:body|html)>")
MIN_VISIBLE = 2000
"""A page with this much text that is no list ought to have been read."""


def read_html(
    text: str, *, url: str, captured_at: datetime, headers: Iterable[tuple[str, str]] = (), site: str | None = None
) -> Document:
    """What the page `text`, captured at `url`, says; `site` names its site where the address does not."""
    headers = tuple(headers)
    root, problem = parse(text)
    if root is None:
        return Document(verdict=Verdict.NO_ARTICLE if problem == "empty page" else Verdict.TOO_BIG, detail=problem)
    declared = sites.find_site(site) or sites.site_of(url)
    metadata = read_metadata(root, url=url, site=declared, headers=headers)
    page = Page(root=root, source=text, url=url, index=Index(root, text), metadata=metadata, site=declared)
    for rules in declared.rules_on(captured_at) if declared else ():
        reading = read_by(rules, page)
        if reading is not None:
            break
    else:
        reading = _read_any(page)
    verdict, detail = _verdict(page, reading)
    if not reading.is_by_rules and (emptied := _empty_body(page, captured_at)):
        verdict, detail = Verdict.NO_ARTICLE, f"{emptied}/body is there and empty"
    if verdict is not Verdict.OK:
        return Document(
            verdict=verdict,
            detail=detail,
            title=page.metadata.title,
            language=page.metadata.language,
            canonical_url=page.metadata.canonical_url,
            noarchive=page.metadata.noarchive,
            provenance={
                key: by for key, by in page.metadata.provenance.items() if key in ("title", "language", "canonical_url")
            },
        )
    return _document(page, reading)


def _empty_body(page: Page, captured_at: datetime) -> str | None:
    """The rule set whose place for the body is on the page with nothing in it."""
    rule_sets = page.site.rules_on(captured_at) if page.site else ()
    return next((rules.name for rules in rule_sets if has_empty_body(rules, page)), None)


def parse(text: str) -> tuple[HtmlElement | None, str | None]:
    """The page's tree, or why there is none."""
    if not text.strip():
        return None, "empty page"
    # From UTF-8 bytes: lxml parses them four times as fast as the same str.
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        collect_ids=False,
        default_doctype=False,
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = document_fromstring(
            _open_to_the_end(text.encode(errors="replace").translate(_WITHOUT_CONTROL)), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None, "empty page"
    log = parser.error_log
    if len(log) and log[-1].type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        # libxml2 drops everything after that point: what is left would look like a shortened article.
        return None, "elements nested too deep"
    assemble(root, text)
    return root, None


def _open_to_the_end(page: bytes) -> bytes:
    """`page` without ends of the document before its end: browsers read on there, libxml2 does not."""
    first = page.find(b"</html>")
    return _END.sub(b"", page) if first >= 0 and page.find(b"<p>", first) >= 0 else page


def _read_any(page: Page) -> Reading:
    """By the weight of its paragraphs where that leaves no doubt, else by trafilatura."""
    found = find_article(page.root, url=page.url)
    other = generic.read_body(page.root) if found is None or not found.is_clear else []
    if found is not None and (found.is_clear or is_ours_better(found, other)):
        reading = Reading(cuts.NAME, is_by_rules=False, lines=found.lines, placed=found.furniture)
        reading.captions = found.captions
    else:
        reading = Reading(GENERIC, is_by_rules=False, lines=generic.mark_links(other, page.root))
    reading.provenance["body"] = reading.name
    if reading.lines:
        # Once at most: a page may say "read more" ten thousand times.
        links = cache(partial(generic.link_words, page.root))
        reading.lines, cut = cut_by_words(reading.lines, name=reading.name, links=links)
        reading.placed.extend(cut)
        reading.lines, cut = cut_closing(reading.lines, name=reading.name, author=page.metadata.author)
        reading.placed.extend(cut)
        _cut_headline(page, reading)
        reading.captions = _loose_captions(page, reading) or reading.captions
        finish(reading, page)
        if found is not None and reading.name == cuts.NAME and found.standfirst and "lede" not in reading.fields:
            reading.fields["lede"], reading.provenance["lede"] = found.standfirst, "text"
            # An article of one paragraph keeps it.
            reading.lines = without_lede(reading.lines, found.standfirst) or reading.lines
    return reading


def _cut_headline(page: Page, reading: Reading) -> None:
    """The headline among the first lines, with the labels above it."""
    headlines = {fold(text_of(heading)) for heading in page.root.iter("h1")}
    if len(headlines) != 1:
        headlines = {fold(page.metadata.title)} if page.metadata.title else set()
    for index, line in enumerate(reading.lines[:MAX_ABOVE]):
        if (
            len(line.text) >= MIN_HEADLINE
            and fold(line.text) in headlines
            and all(len(other.text) < MAX_LABEL for other in reading.lines[:index])
        ):
            cut = Furniture("boilerplate", f"{reading.name}/title_again", "")
            reading.placed.extend((other.at, replace(cut, text=other.text)) for other in reading.lines[: index + 1])
            reading.lines = reading.lines[index + 1 :]
            return


def _loose_captions(page: Page, reading: Reading) -> list[Caption]:
    """Captions of figures in the article element, or in the page's main part."""
    holders = list(page.root.iter("article")) or list(page.root.iter("main"))
    if len(holders) != 1:
        return []
    texts = [
        text_of(element)
        for element in holders[0].iter("figcaption")
        if not any(parent.tag in ("a", "aside", "nav", "li") for parent in element.iterancestors())
    ]
    captions = read_picture(list(dict.fromkeys(texts)), None)
    if not captions:
        return []
    printed = {caption.text for caption in captions}
    reading.lines = [line for line in reading.lines if line.text not in printed]
    return list(captions)


def _verdict(page: Page, reading: Reading) -> tuple[Verdict, str | None]:
    # og:type is no evidence: the portals set it to article on their section lists, and to website on articles.
    address = page.site.is_article(page.url) if page.site else None
    is_stated = page.metadata.is_article
    if (is_stated and (reading.lines or reading.captions)) or (reading.is_by_rules and address is not False):
        return Verdict.OK, None
    if address is False:
        return Verdict.NO_ARTICLE, "address of a list"
    shape = generic.shape(page.root)
    is_list = shape.is_list or (reading.name == GENERIC and generic.is_all_links(page.root))
    # The last page of a list has what was left over: perhaps a single teaser.
    is_list = is_list or (page_of(page.url)[1] > 1 and shape.is_nothing_but_teasers)
    if not is_stated and is_list:
        return Verdict.NO_ARTICLE, "list of links"
    running = sum(len(line.text) for line in reading.lines if not line.is_link)
    if running >= generic.MIN_ARTICLE or (reading.lines and address):
        return Verdict.OK, None
    if not reading.lines and generic.visible_size(page.root) > MIN_VISIBLE:
        return Verdict.EXTRACTION_FAILED, "text on the page, none found in it"
    return Verdict.NO_ARTICLE, "no text to speak of"


def _own_name(page: Page) -> str | None:
    """The name by which a credit would mean the page's own site."""
    outlet = outlet_at(page.url) if page.site is None else None
    return page.site.name if page.site else outlet.site if outlet else None


def _document(page: Page, reading: Reading) -> Document:
    metadata, fields = page.metadata, reading.fields
    provenance = {**metadata.provenance, **reading.provenance}
    published_at = metadata.published_at
    if published_at is None and "published" in fields:
        published_at = parse_moment(fields["published"], offset=page.site.offset if page.site else None)
        if published_at is not None:
            provenance["published_at"] = provenance["published"]
    for name in ("published", "credit_name", "credit_url"):
        provenance.pop(name, None)
    credit = reading.credit or dateline(fields.get("lede") or (reading.lines[0].text if reading.lines else ""))
    if credit is not None and credit.site is not None and credit.site == _own_name(page):
        credit = None
    if credit is not None and reading.credit is None:
        provenance["credit"] = "dateline"
    return Document(
        title=fields.get("title") or metadata.title,
        kicker=fields.get("kicker"),
        lede=fields.get("lede"),
        blocks=tuple(Block(line.text, line.kind) for line in reading.lines),
        captions=tuple(reading.captions),
        author=reading.author,
        published_at=published_at,
        modified_at=metadata.modified_at,
        section=fields.get("section") or metadata.section,
        tags=reading.tags or metadata.tags,
        language=metadata.language,
        credit=credit,
        canonical_url=metadata.canonical_url,
        noarchive=metadata.noarchive,
        furniture=(
            *reading.before,
            *(item for _, item in sorted(reading.placed, key=lambda placed: placed[0])),
            *reading.after,
        ),
        provenance=provenance,
    )
