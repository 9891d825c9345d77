"""Read the author that a page prints by its headline, for pages whose machine-readable places name none.

By the mark-up that says so (itemprop, rel, class), never by words alone; a page that names many is a list and names
nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from archive.text import tidy
from crawler.extraction.authors import clean_author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

MAX_TEXT = 90
MAX_CANDIDATES = 12
MAX_NAMED = 3
"""A page that names more persons in one way is a list of stories or of comments."""
MAX_NAME_WORDS = 5
MAX_CJK_NAME = 12

_marked = etree.XPath(
    "//body//*[@itemprop or @rel or contains(@class, 'uthor') or contains(@class, 'yline')]", smart_strings=False
)
_MARK = re.compile(
    r"(?:^|[\s_-])(?:by-?line|by-?author|author|authors)(?:[-_]{1,2}(?:name|link|title|vcard|fn|text))?(?:$|\s)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|related|teaser|card|recommend|widget|sidebar|footer|reply|review|quote", re.IGNORECASE
)
_BY = re.compile(
    r"^(?:(?:\w+\s+){0,2}by|von|par|por|di|door|av|af|autor(?:a|in)?|auteur|автор|текст|بقلم|كتب|tác giả|bài|"
    r"文|取材|記者|作者)\b\s*[:：・|]?\s*",
    re.IGNORECASE,
)
# What follows a name on its line: the day, the role, the time it takes to read.
_AFTER = re.compile(
    r"\s*(?:[|•·–—\d]|\s-\s|\b(?:on|published|updated|posted|last|in|writer|reporter|correspondent|founder|senior|chief|"
    r"jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NO_NAME = re.compile(
    r"\b(?:about|author|authors|editor|editorial|staff|team|contributor|guest|posts?|more|all|view|follow|share|news|"
    r"read|written|the|comments?|admin|home|subscribe|contact|profile|articles?|finance|"
    r"business|blog|company|ltd|inc|llc|gmbh)\b",
    re.IGNORECASE,
)


def visible_author(root: HtmlElement, houses: frozenset[str]) -> str | None:
    """The persons that the page's mark-up presents as its author."""
    tiers: tuple[list[HtmlElement], ...] = ([], [], [])
    for element in _marked(root):
        if element.get("itemprop") in ("author", "creator"):
            tiers[0].append(element)
        elif element.get("rel") == "author":
            tiers[1].append(element)
        elif _MARK.search(element.get("class") or ""):
            tiers[2].append(element)
    for tier in tiers:
        named = list(dict.fromkeys(_names(tier, houses)))
        if named:
            return named[0] if len(named) <= MAX_NAMED else None
    return None


def _names(elements: list[HtmlElement], houses: frozenset[str]) -> Iterator[str]:
    for element in elements[:MAX_CANDIDATES]:
        if _is_elsewhere(element):
            continue
        text = element.get("content") or _text(element)
        name = _person(text, houses) if len(text) <= MAX_TEXT else None
        if name:
            yield name


def _text(element: HtmlElement) -> str:
    """The words of `element`, a bar where nothing but mark-up divides them: a name and a role often stand so."""
    parts: list[str] = []
    for part in element.itertext():
        if parts and not parts[-1][-1:].isspace() and not part[:1].isspace():
            parts.append("|")
        parts.append(part)
    return tidy("".join(parts))


def _is_elsewhere(element: HtmlElement) -> bool:
    return any(
        parent.tag in ("aside", "footer", "nav", "li", "blockquote")
        or _ELSEWHERE.search(f"{parent.get('class') or ''} {parent.get('id') or ''}")
        for parent in element.iterancestors()
        if parent.tag not in ("body", "html")
    )


def _person(text: str, houses: frozenset[str]) -> str | None:
    """The persons in a byline, or None where it holds anything else.

    >>> _person("By Maren Oldby | 4 May 2026", frozenset())
    'Maren Oldby'
    >>> _person("More from our staff", frozenset()) is None
    True
    """
    plain = _AFTER.sub("", _BY.sub("", text.strip())).strip(" ,:.")
    cleaned, _ = clean_author(plain, houses) if plain else (None, None)
    if not cleaned or _NO_NAME.search(cleaned):
        return None
    return cleaned if all(_is_name(part) for part in cleaned.split(", ")) else None


def _is_name(text: str) -> bool:
    if _CJK.search(text):
        return len(text) <= MAX_CJK_NAME
    words = text.split()
    # Scripts without capitals pass as they are.
    return 1 < len(words) <= MAX_NAME_WORDS and not words[0][0].islower() and not words[-1][0].islower()
