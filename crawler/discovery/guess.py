"""Look at a site that nobody has declared: which sources it has, and which system made its pages.

Pure. What the site itself names comes first; what is only usual elsewhere is marked as inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from archive.urls import identity
from crawler.discovery.documents import Notes, web_address
from crawler.discovery.sections import Link, feeds_of, is_article, parse_page, read_links
from crawler.list_pages import page_of
from crawler.sites import Source, SourceKind

# A paper has some dozen sections; a menu with more lists provinces or tags.
MAX_SECTIONS = 40
# "Kinh tế", "Văn hóa - Thể thao - Du lịch"
MAX_SECTION_WORDS = 8
MAX_DEPTH = 2
MAX_ROBOTS = 512 * 1024

_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/google-news-sitemap.xml", "/news-sitemap.xml")
_USUAL_FEEDS = ("/rss/home.rss", "/rss.xml", "/feed/", "/rss")
_NO_SECTION = re.compile(
    r"(?:^|/)(?:tags?|tu-khoa|search|tim-kiem|login|dang-nhap|dang-ky|register|lien-he|contact|gioi-thieu|about(?:-us)?"
    r"|privacy|terms|toa-soan|quang-cao|advertise?|rss|feeds?|sitemap|bang-gia|dat-bao|dieu-khoan)(?:[/.-]|$)"
    r"|\.(?:jpe?g|png|gif|pdf|xml|rss|js|css)$",
    re.IGNORECASE,
)


def discover(url: str, home_html: bytes, robots_txt: str | None = None) -> tuple[Source, ...]:
    """The sources of the site whose front page, at `url`, is `home_html`.

    Raises SourceBroken if that is no page. The front page itself is the last of them, so there is always one."""
    root = parse_page(home_html, url, Notes())
    feeds = feeds_of(root, url)
    sitemaps = sitemaps_in_robots(robots_txt, url)
    usual_feeds = () if feeds else tuple(urljoin(url, path) for path in _USUAL_FEEDS)
    usual_sitemaps = () if sitemaps else tuple(urljoin(url, path) for path in _USUAL_SITEMAPS)
    return (
        *(Source(SourceKind.FEED, feed) for feed in feeds),
        *(Source(SourceKind.SITEMAP, sitemap) for sitemap in sitemaps),
        *(Source(SourceKind.FEED, feed, is_inferred=True) for feed in usual_feeds),
        *(Source(SourceKind.SITEMAP, sitemap, is_inferred=True) for sitemap in usual_sitemaps),
        *(Source(SourceKind.SECTION, section) for section in _sections(read_links(root, url), url)),
        Source(SourceKind.HOME, url),
    )


def sitemaps_in_robots(robots_txt: str | None, url: str) -> tuple[str, ...]:
    """The sitemaps that the robots.txt of the site at `url` names (RFC 9309, 2.2.4 allows such lines anywhere)."""
    named = _SITEMAP_LINE.findall((robots_txt or "").removeprefix("\ufeff")[:MAX_ROBOTS])
    # Absolute by the protocol, relative in practice; on another host too, as the protocol allows.
    return tuple(dict.fromkeys(address for name in named if (address := web_address(name, urljoin(url, "/")))))


def _sections(links: dict[str, Link], url: str) -> list[str]:
    return list(_section_links(links, url))[:MAX_SECTIONS]


def _section_links(links: dict[str, Link], url: str) -> Iterator[str]:
    home = identity(url)
    for key, link in links.items():
        parts = urlsplit(link.url)
        depth = len([part for part in parts.path.split("/") if part])
        if not link.is_menu or key == home or parts.query or not 1 <= depth <= MAX_DEPTH:
            continue
        if _NO_SECTION.search(parts.path) or page_of(link.url)[1] > 1 or is_article(link, None):
            continue
        if link.text and len(link.text.split()) <= MAX_SECTION_WORDS:
            yield link.url


# --- systems ----------------------------------------------------------------------------------------------------------

# What only that system writes, each a sign of its own; two of them are needed, as sites borrow from each other.
_SIGNS: dict[str, tuple[str, ...]] = {
    "epi": (
        r"\bcms-body\b",
        r"\bcms-title\b",
        r"\bcms-desc\b",
        r"\bcms-author\b",
        r"\barticle__(?:title|sapo|meta|body|author)\b",
        r"\bstory__(?:heading|thumb|summary)\b",
        r"\bzce-content-body\b",
        r"\bads(?:Web|Mobile)_",
        r"\bcms-link\b",
    ),
    "mastercms": (
        r"__MASTERCMS_CONTENT\b",
        r"\b__MB_MASTERCMS_EL",
        r"\bMASTERCMS_TPL_TABLE\b",
        r"\b__img_mastercms\b",
        r"/stores/news_dataimages/",
        r"/apicenter@/",
        r"\b__MB_ARTICLE_PAGING\b",
    ),
    "vccorp": (
        r"\bafcbc-body\b",
        r"\bVCSortableInPreviewMode\b",
        r"\bPhotoCMS_Caption\b",
        r"\bdata-role=[\"']?(?:publishdate|sapo|content|cate-name)\b",
        r"\bdetail-sapo\b",
        r"\bmediacdn\.vn\b",
        r"\bsohatv\.vn\b|\bcnnd\b",
    ),
    "daidoanket": (
        r"\barticle-content__description\b",
        r"\bid=[\"']?latest-articles\b",
        r"\bloadMoreArticles\s*\(",
        r"\btext-iris-\d",
        r"\bicon_author\b",
    ),
    "tagdiv": (
        r"\btd-post-content\b",
        r"\btagdiv-type\b",
        r"\btd[_-]module[_-](?:wrap|thumb|\d)",
        r"\btdb?_block_wrap\b",
        r"/themes/Newspaper\b",
        r"\bentry-title td-module-title\b",
    ),
}
MIN_SIGNS = 2


def guess_family(html: str | bytes) -> str | None:
    """The name of the rule set (`crawler.extraction.families`) whose system made the page; None if none shows.

    An article or a list will do. A tie is no answer."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else html
    seen = {name: sum(bool(re.search(sign, text)) for sign in signs) for name, signs in _SIGNS.items()}
    best, second = sorted(seen.values(), reverse=True)[:2]
    return max(seen, key=lambda name: seen[name]) if best >= MIN_SIGNS and best > second else None
