"""Read a page of links, as editors arrange them: which are articles, where the list goes on, which feeds it names.

Pure. A declared site says by its patterns what an article is. For any other an address and its words are weighed, and
a page on which nothing passes is an error: a list drawn by a script or a wall in front of it is not "no news"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from archive.text import strip_marks, tidy
from archive.types import Verdict
from archive.urls import host_of, identity
from crawler.discovery.documents import MAX_TITLE, Notes, as_utf8, web_address
from crawler.discovery.found import Found, SourceBroken
from crawler.extraction.content_encoding import MAX_DECODED
from crawler.extraction.markup import markup_verdict, scan_markup
from crawler.list_pages import page_of
from crawler.sites import Site, SourceKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# A front page has 500 links, a site map for people some thousands.
MAX_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class Section:
    """What one list page links to."""

    items: tuple[Found, ...]
    """Articles in page order; never empty, for such a page raises SourceBroken."""
    next_url: str | None = None
    """The next page of the list."""
    feeds: tuple[str, ...] = ()
    """Feeds that the page names."""
    note: str | None = None


@dataclass(slots=True)
class Link:
    """All anchors of one page that lead to one address."""

    url: str
    texts: list[str] = field(default_factory=list)
    is_heading: bool = False
    is_menu: bool = True
    """Whether every anchor stands in navigation, head or foot of the page."""

    @property
    def text(self) -> str:
        """The words of the anchor that has a headline's length, else the longest."""
        return next((text for text in self.texts if is_wordy(text)), max(self.texts, key=len, default=""))


def read_section(
    body: bytes,
    *,
    url: str,
    site: Site | None = None,
    content_type: str | None = None,
    kind: SourceKind = SourceKind.SECTION,
) -> Section:
    """The list page `body`, served from `url`. Raises SourceBroken where it lists no article."""
    notes = Notes()
    root = parse_page(body, url, notes, content_type)
    links = read_links(root, url, site)
    items = tuple(
        Found(link.url, kind, url, title=link.text or None) for link in links.values() if is_article(link, site)
    )
    if not items:
        reason = f"no article among {len(links)} links" if links else "no links"
        raise SourceBroken(url, "; ".join((reason, *notes.lines)))
    return Section(items, next_page(root, url, site), feeds_of(root, url), notes.text())


def parse_page(body: bytes, url: str, notes: Notes, content_type: str | None = None) -> HtmlElement:
    """The tree of an HTML page; raises SourceBroken where there is none, or where it is a danger to the parser."""
    if len(body) > MAX_DECODED:
        raise SourceBroken(url, f"{len(body)} bytes, over {MAX_DECODED}")
    source = as_utf8(body, notes, content_type)
    text = source.decode()
    verdict = markup_verdict(scan_markup(text), len(source))
    if verdict and verdict[0] is not Verdict.TRUNCATED:
        raise SourceBroken(url, verdict[1])
    if verdict:
        notes.add(f"cut off: {verdict[1]}")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, collect_ids=False)
    try:
        root = document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise SourceBroken(url, "an empty page") from error
    if not root.xpath("//a[@href] | //link[@href]") and not re.search(r"<(?:html|body|div|p)\b", text, re.IGNORECASE):
        raise SourceBroken(url, "no HTML")
    return root


# --- links ------------------------------------------------------------------------------------------------------------

_MENU = re.compile(r"(?:^|[\s_-])(?:menu|nav|navbar|navigation|breadcrumbs?|footer|header-top|topbar)(?:$|[\s_-])")
_CONTAINERS = frozenset({"nav", "footer", "div", "ul", "ol", "section", "header"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def read_links(root: HtmlElement, url: str, site: Site | None = None) -> dict[str, Link]:
    """The links of a page to its own site, by identity, in page order; twins are one link."""
    base = base_of(root, url)
    found: dict[str, Link] = {}
    for anchor, is_menu in islice(_anchors(root), MAX_LINKS):
        address = web_address(anchor.get("href"), url, base)
        if address is None or not _is_own(address, url, site):
            continue
        link = found.setdefault(identity(site.preferred(address) if site else address), Link(address))
        text = _text(anchor)
        if text and text not in link.texts:
            link.texts.append(text)
        around = (*islice(anchor.iterancestors(), 2), *anchor.iterdescendants())
        link.is_heading |= any(element.tag in _HEADINGS for element in around)
        link.is_menu &= is_menu
    return found


def _anchors(root: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Every anchor, and whether it stands in a menu; in one walk, as pages nest hundreds of elements."""
    menus = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag == "a" and event == "start":
            yield element, menus > 0 or _is_menu(element)
        elif element.tag in _CONTAINERS and _is_menu(element):
            menus += 1 if event == "start" else -1


def _is_own(address: str, url: str, site: Site | None) -> bool:
    host = host_of(identity(address))
    return (site is not None and site.serves(address)) or host == host_of(identity(url))


def _text(anchor: HtmlElement) -> str:
    text = _words(anchor.text_content()) or _words(anchor.get("title") or "")
    return text or next((words for image in anchor.iter("img") if (words := _words(image.get("alt") or ""))), "")


def _words(text: str) -> str:
    return " ".join(tidy(text[: 4 * MAX_TITLE]).split())[:MAX_TITLE]


def _is_menu(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return element.tag in ("nav", "footer") or bool(_MENU.search(names))


def base_of(root: HtmlElement, url: str) -> str | None:
    """What <base> makes relative addresses relative to."""
    return next((web_address(base.get("href"), url) for base in root.iter("base") if base.get("href")), None)


# --- articles ---------------------------------------------------------------------------------------------------------

# A Vietnamese headline has seven syllables or more, a section's name two to four.
MIN_WORDS = 4
MANY_WORDS = 7
# Chinese, Japanese and Thai write no spaces between words.
MIN_LETTERS = 12
ENOUGH = 3

_NO_ARTICLE = re.compile(
    r"(?:^|/)(?:tags?|tu-khoa|topics?|chu-de|authors?|tac-gia|events?|su-kien|search|tim-kiem|categor(?:y|ies)|feeds?"
    r"|chuyen-muc|danh-muc|rss|login|dang-nhap|dang-ky|register|lien-he|contact|gioi-thieu|about(?:-us)?|privacy"
    r"|terms|cart|gio-hang|page|trang|wp-admin|wp-content|print|in-bai|archives?)(?:/|$|\.|-\d+\b)"
    r"|-(?:tags?|event|topic)\d*(?:\.\w+)?$|\.tag$|/apicenter@/|/widgets@/|print_article|/trang-\d+|-p\d+$"
    r"|\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|mp[34]|xml|rss|atom|css|js|json|ico)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d{5,}(?:\.\w+)?/?$|/(?:19|20)\d\d/\d{1,2}(?:/\d{1,2})?/[^/]+|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE
)
_QUERY_NUMBER = re.compile(r"^(?:p|id|aid|article_?id|news_?id|item_?id)$", re.IGNORECASE)
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def is_wordy(text: str) -> bool:
    """Whether `text` is long enough for a headline, in any script."""
    return _count(text) >= MIN_WORDS or (len(text) >= MIN_LETTERS and bool(_UNSPACED.search(text)))


def _count(text: str) -> int:
    """How many words, without the dashes between them."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def is_article(link: Link, site: Site | None) -> bool:
    """Whether `link` leads to an article, as its site declares; without a declaration, as it looks."""
    parts = urlsplit(link.url)
    if site is not None and site.articles:
        return site.is_article(link.url) is True and "print_article" not in parts.path
    if (site is not None and site.is_article(link.url) is False) or _NO_ARTICLE.search(parts.path):
        return False
    query = parse_qsl(parts.query)
    has_number = any(_QUERY_NUMBER.match(name) and value.isdigit() for name, value in query)
    slug = unquote(parts.path).rstrip("/").rpartition("/")[2]
    if not slug and not has_number:
        return False
    words = len([word for word in re.split(r"[-_.\s]+", slug) if not word.isdigit()])
    if _UNSPACED.search(slug):
        words = max(words, len(slug) // 2)
    score = 2 * (has_number or bool(_NUMBER.search(parts.path)))
    score += (words >= MIN_WORDS) + (words >= MANY_WORDS)
    score += is_wordy(link.text) + (_count(link.text) >= MANY_WORDS)
    score += link.is_heading
    return score - 2 * link.is_menu >= ENOUGH


# --- the next page ----------------------------------------------------------------------------------------------------

_NEXT = frozenset(
    "sau|trang sau|tiep|tiep theo|trang tiep|trang tiep theo|xem tiep|ke tiep|cu hon|bai cu hon|next|next page"
    "|older|older posts|older articles|>|›|→|next ›|next >|sau >|sau ›|trang sau ›|next »|sau »".split("|")
)


def next_page(root: HtmlElement, url: str, site: Site | None = None) -> str | None:
    """The page that follows `url` in its list, where the page links to it."""
    here, number = page_of(url)
    for address in _next_candidates(root, url, site):
        there, following = page_of(address)
        # A carousel has a "next" too: what is the same list must be a later page of it.
        if identity(address) != identity(url) and (there != here or following > number):
            return address
    return None


def _next_candidates(root: HtmlElement, url: str, site: Site | None) -> Iterator[str]:
    base = base_of(root, url)
    here, number = page_of(url)
    stated, worded, counted = [], [], []
    for element in root.iter("link", "a"):
        address = web_address(element.get("href"), url, base)
        if address is None or not _is_own(address, url, site):
            continue
        if "next" in (element.get("rel") or "").lower().split():
            stated.append(address)
        if element.tag == "link":
            continue
        labels = (element.text_content()[:100], element.get("title") or "", element.get("aria-label") or "")
        # An arrow also stands behind the name of a box, before an article: only lists have it.
        if any(_label(label) in _NEXT for label in labels) and not is_article(Link(address, ["x"]), site):
            worded.append(address)
        if page_of(address) == (here, number + 1):
            counted.append(address)
    # An address that counts on is surer than a word.
    yield from (*stated, *counted, *worded)


def _label(text: str) -> str:
    return " ".join(strip_marks(text[:100]).split())


# --- feeds ------------------------------------------------------------------------------------------------------------

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_PATH = re.compile(r"\.(?:rss|atom)$|/(?:feed|atom|rss)\.xml$|/rss/.+\.xml$|/feed/?$", re.IGNORECASE)


def feeds_of(root: HtmlElement, url: str) -> tuple[str, ...]:
    """The feeds that a page names in its head, then those that it links to."""
    base = base_of(root, url)
    named = [
        web_address(link.get("href"), url, base)
        for link in root.iter("link")
        if "alternate" in (link.get("rel") or "").lower()
        and (link.get("type") or "").lower().partition(";")[0].strip() in _FEED_TYPES
    ]
    linked = [
        address
        for anchor in root.iter("a")
        if (address := web_address(anchor.get("href"), url, base))
        and _FEED_PATH.search(urlsplit(address).path)
        and _is_own(address, url, None)
    ]
    # The comments of a page are a feed of their own in WordPress.
    return tuple(dict.fromkeys(feed for feed in (*named, *linked) if feed and "/comments/" not in feed))
