"""Read what a page says about its article in machine-readable places: JSON-LD, meta tags, time elements, the title.

Evidence only: nothing is guessed, a name that is the house and no person is no author. Each value says where it was
read (`json-ld`, `meta`, `time`, `text`)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from archive.text import fold
from crawler.extraction.authors import (
    DEGREE,
    MAX_AUTHOR,
    MAX_AUTHORS,
    author_names,
    house_names,
    is_handle,
    is_house,
    is_signature,
)
from crawler.extraction.blocks import text_of
from crawler.extraction.dates import parse_moment
from crawler.extraction.json_ld import article_node, is_organization, page_strings, person_names, plain, string, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from lxml.html import HtmlElement

    from archive.types import Credit
    from crawler.sites import Site

MAX_HEADS = 5
MAX_TIMES = 6
MIN_HEAD = 4
RUNNING_TEXT = 200
"""Characters of a paragraph that is text and no header."""
MAX_DESCRIPTIONS = 6
"""Each is looked for on the page; more than these are a trap or a list."""

_META_TITLE = ("og:title", "twitter:title", "title")
_META_DESCRIPTION = ("og:description", "description", "twitter:description")
_META_AUTHOR = (
    "dable:author",
    "article:author",
    "author",
    "citation_author",
    "citation_authors",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
)
_META_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "published-date",
    "w-published-date",
    "publication_date",
    "bt:pubdate",
    "og:published_time",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "date",
)
_META_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "og:updated_time",
    "lastmod",
    "last-modified",
    "dcterms.modified",
)
_META_SECTION = ("article:section", "articlesection", "section", "parsely-section")
_META_TAGS = ("article:tag", "news_keywords", "keywords")

_WRITTEN_BY = re.compile(
    r"(?:written|posted|published|interview) by|author|by|verfasst von|geschrieben von|autor(?:a|in)?|écrit par|auteur|"
    r"escrito por|geschreven door|scritto da|skrevet av|skrevet af|skriven av|napisane przez|(?:được )?viết bởi|"
    r"tác giả",
    re.IGNORECASE,
)
_TITLE_SPLIT = re.compile(r"\s+[|·•»–—-]\s+")


@dataclass(slots=True)
class Metadata:
    """What the page states beside its visible text."""

    title: str | None = None
    titles: tuple[str, ...] = ()
    """Every form of the title that the page states."""
    descriptions: tuple[str, ...] = ()
    """What may be the lede: JSON-LD and meta descriptions, longest first."""
    author: str | None = None
    signed_by: str | None = None
    """What the author field holds where it names no person: a log-in name, an organization, the outlet itself."""
    credit: Credit | None = None
    """The source named where an author should stand ("Theo X")."""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    canonical_url: str | None = None
    noarchive: bool = False
    is_article: bool = False
    """JSON-LD says so. og:type does not count: Vietnamese portals set it to article on section lists."""
    houses: frozenset[str] = frozenset()
    """Folded names of the outlet, which sign nothing."""
    provenance: dict[str, str] = field(default_factory=dict)


def read_metadata(
    root: HtmlElement, *, url: str, site: Site | None = None, headers: Iterable[tuple[str, str]] = ()
) -> Metadata:
    """Everything that the page at `url` states about its article."""
    metas = _metas(root)
    node, loose = article_node(root)
    offset = site.offset if site else None
    found = Metadata(is_article=bool(node) or bool(loose))
    found.houses = house_names(metas, node, site, url)
    node = node or loose

    _title(found, root, metas, node)
    candidates = [
        string(node.get("description")),
        *_values(metas, _META_DESCRIPTION)[:MAX_DESCRIPTIONS],
    ]
    found.descriptions = tuple(
        sorted({text for raw in candidates if (text := plain(raw))}, key=lambda text: (-len(text), text))
    )
    _author(found, metas, node, site)
    _dates(found, root, metas, node, offset)
    found.section = _first(
        found, "section", ("json-ld", strings(node.get("articleSection"))), ("meta", _values(metas, _META_SECTION))
    )
    _tags(found, metas, node)
    _language(found, root, metas, headers, site)
    _address(found, root, metas, url)
    robots = [value for name in ("robots", "luubao") for value in metas.get(name, ())]
    robots += [value for name, value in headers if name.lower() == "x-robots-tag"]
    found.noarchive = any(_forbids_archive(value) for value in robots)
    return found


def _metas(root: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _values(metas: Mapping[str, list[str]], keys: Sequence[str]) -> list[str]:
    return [value for key in keys for value in metas.get(key, ())]


def _first(found: Metadata, name: str, *sources: tuple[str, Iterable[str]]) -> str | None:
    for source, values in sources:
        for raw in values:
            text = plain(raw)
            if text:
                found.provenance[name] = source
                return text
    return None


def _title(found: Metadata, root: HtmlElement, metas: Mapping[str, list[str]], node: Mapping[str, Any]) -> None:
    stated = [
        ("json-ld", plain(string(node.get("headline")))),
        *(("meta", plain(raw)) for raw in _values(metas, _META_TITLE)),
    ]
    window = next(root.iter("title"), None)
    stated.append(("text", text_of(window) if window is not None else None))
    named = [(source, text) for source, text in stated if text]
    found.titles = tuple(dict.fromkeys(text for _, text in named))
    folded = [fold(text) for text in found.titles]
    heads = [text for element in islice(root.iter("h1"), MAX_HEADS) if (text := text_of(element))]
    for head in heads:
        key = fold(head)
        # The visible headline is what the paper printed; meta titles are cut short or carry the site's name.
        if len(key) >= MIN_HEAD and any(
            key == text or text.startswith(key + " ") or key.startswith(text.rstrip(". …")) for text in folded
        ):
            found.title, found.provenance["title"] = head, "text"
            return
    named = [item for item in named if not is_house(item[1], found.houses)] or named
    if not named:
        heads = heads if len(heads) == 1 else []
        named = [("text", head) for head in heads]
    if named:
        source, text = named[0]
        found.title, found.provenance["title"] = _without_site(text, found.houses), source


def _without_site(title: str, houses: frozenset[str]) -> str:
    """`title` without the site's name at either end."""
    parts = _TITLE_SPLIT.split(title)
    if len(parts) > 1 and is_house(parts[-1], houses):
        return title[: title.rindex(parts[-1])].rstrip(" |·•»–—-")
    if len(parts) > 1 and is_house(parts[0], houses):
        return title[len(parts[0]) :].lstrip(" |·•»–—-")
    return title


def _author(found: Metadata, metas: Mapping[str, list[str]], node: Mapping[str, Any], site: Site | None) -> None:
    """The persons that the page states; a log-in name, an organization or an outlet that names itself stands back."""
    stated = person_names(node.get("author"))
    # Each kind of meta tag repeats the author in its own way: the first that names a person is enough.
    groups = [
        ("meta", [_turned(value) for value in values] if key.startswith("citation") else values)
        for key in _META_AUTHOR
        if (values := metas.get(key))
    ]
    groups += [("meta", values) for values in _labelled(metas)]
    # Of a site that we know we know the outlet's names, too: what its system calls an organization may be a person.
    if site is None and is_organization(node.get("author")):
        found.signed_by = next((text for raw in stated if (text := plain(raw)) and len(text) <= MAX_AUTHOR), None)
    else:
        groups.insert(0, ("json-ld", stated))
    for source, values in groups:
        persons: list[str] = []
        for value in values[:MAX_AUTHORS]:
            named, credit = author_names(value, found.houses)
            found.credit = found.credit or credit
            persons.extend(name for name in named if name not in persons)
        is_weak = all(is_handle(name) for name in persons)
        if persons and not is_weak:
            found.author, found.provenance["author"] = ", ".join(persons[:MAX_AUTHORS]), source
            return
        found.signed_by = found.signed_by or ", ".join(persons) or _own_name(values)
    if found.credit is not None:
        found.provenance["credit"] = "meta" if not node else "json-ld"


def _turned(name: str) -> str:
    """A name as catalogues list it, the family name first, in the order in which it is said.

    >>> _turned("Roy, Aniruddha"), _turned("Aniruddha Roy")
    ('Aniruddha Roy', 'Aniruddha Roy')
    """
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and given and "," not in given and not DEGREE.fullmatch(given) else name


def _own_name(values: Sequence[str]) -> str | None:
    """The outlet that names itself as the author, as opposed to a program or a role."""
    texts = (plain(raw) or "" for raw in values)
    return next((text for text in texts if text[:1].isalnum() and is_signature(text)), None)


def _labelled(metas: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """What a link preview labels as the author: "Written by" in one tag, the name in the next."""
    for number in "12":
        labels, data = metas.get(f"twitter:label{number}", ()), metas.get(f"twitter:data{number}")
        if data and any(_WRITTEN_BY.fullmatch(label.strip()) for label in labels):
            yield data


def _dates(
    found: Metadata,
    root: HtmlElement,
    metas: Mapping[str, list[str]],
    node: Mapping[str, Any],
    offset: timedelta | None,
) -> None:
    for name, key, meta in (
        ("published_at", "datePublished", _META_PUBLISHED),
        ("modified_at", "dateModified", _META_MODIFIED),
    ):
        sources: list[tuple[str, Iterable[str]]] = [
            ("json-ld", strings(node.get(key)) or page_strings(root, key)),
            ("meta", _values(metas, meta)),
        ]
        if name == "published_at":
            sources.append(("time", _times(root)))
        for source, values in sources:
            moment = next((moment for value in values if (moment := parse_moment(value, offset=offset))), None)
            if moment is not None:
                setattr(found, name, moment)
                found.provenance[name] = source
                break


def _times(root: HtmlElement) -> Iterator[str]:
    """Times that may be the article's: the one that says so, else below the headline, else the first in no list."""
    below: set[HtmlElement] = set()
    elements: list[HtmlElement] = []
    is_below = False
    for element in root.iter("h1", "p", "time"):
        if element.tag == "h1":
            is_below = not below
        elif element.tag == "p":
            is_below = is_below and sum(map(len, element.itertext())) < RUNNING_TEXT
        elif element.get("datetime"):
            elements.append(element)
            if is_below:
                below.add(element)
    elements.sort(key=lambda element: (element.get("itemprop") != "datePublished", element not in below))
    for element in elements[:MAX_TIMES]:
        if element in below or len(elements) == 1 or not _in_teaser(element):
            yield element.get("datetime")


def _in_teaser(element: HtmlElement) -> bool:
    return any(parent.tag in ("a", "li", "aside", "footer", "nav") for parent in element.iterancestors())


def _tags(found: Metadata, metas: Mapping[str, list[str]], node: Mapping[str, Any]) -> None:
    for source, values in (
        ("json-ld", strings(node.get("keywords"))),
        *(("meta", metas.get(name, [])) for name in _META_TAGS),
    ):
        split = [part for value in values for part in (re.split(r"\s*[,;]\s*", value) if len(values) == 1 else [value])]
        tags = tuple(
            dict.fromkeys(text for part in split if (text := plain(part)) and not is_house(text, found.houses))
        )
        if tags:
            found.tags, found.provenance["tags"] = tags, source
            return


_LANGUAGE = re.compile(r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]|$)")


def _language(
    found: Metadata,
    root: HtmlElement,
    metas: Mapping[str, list[str]],
    headers: Iterable[tuple[str, str]],
    site: Site | None,
) -> None:
    stated = [
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
        *_values(metas, ("og:locale", "content-language", "inlanguage")),
        *(value for name, value in headers if name.lower() == "content-language"),
    ]
    for raw in stated:
        match = _LANGUAGE.match(raw.strip()) if raw else None
        if match:
            found.language = match[1].lower() + (f"-{match[2].title()}" if match[2] else "")
            found.provenance["language"] = "meta"
            return
    if site is not None:
        found.language, found.provenance["language"] = site.language, "site"


def _address(found: Metadata, root: HtmlElement, metas: Mapping[str, list[str]], url: str) -> None:
    base = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    links = [link.get("href") for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for raw in (*(link for link in links if link), *metas.get("og:url", ())):
        address = absolute(html.unescape(raw), url, base)
        if address:
            found.canonical_url, found.provenance["canonical_url"] = address, "meta"
            return


def absolute(address: str, url: str, base: str | None = None) -> str | None:
    """`address` as the page at `url` (with the base that it states) means it; None unless that is a web address."""
    try:
        joined = urljoin(urljoin(url, base) if base else url, address.strip())
        parts = urlsplit(joined)
    except ValueError:  # a bracket in the wrong place
        return None
    return joined if parts.scheme in ("http", "https") and parts.netloc else None


def _forbids_archive(value: str) -> bool:
    """Whether a robots value forbids keeping, for every robot: "googlebot: noarchive" is for that one."""
    agent, colon, rest = value.partition(":")
    if colon and agent.strip().lower() not in ("luubao", "unavailable_after", "max-snippet", "max-image-preview"):
        return False
    words = rest if colon and agent.strip().lower() == "luubao" else value
    return "noarchive" in re.split(r"[\s,]+", words.lower())
