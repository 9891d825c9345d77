"""Find the article's node in a page's JSON-LD, also in JSON that does not parse, and read its values.

A node is a mapping as the page wrote it: no schema is assumed beyond the type."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from archive.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

ARTICLE_TYPES = frozenset(
    {
        "Article",
        "NewsArticle",
        "AnalysisNewsArticle",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "ReportageNewsArticle",
        "ReviewNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "Report",
        "ScholarlyArticle",
        "TechArticle",
        "SatiricalArticle",
        "AdvertiserContentArticle",
    }
)
MAX_JSON_DEPTH = 6
_BAD_COMMA = re.compile(r",(\s*[}\]])")
_CDATA = re.compile(r"^\s*(?://)?\s*<!(?:\[CDATA\[|--)|(?://)?\s*(?:\]\]|--)>\s*;?\s*$")
_LOOSE = {
    key: re.compile(rf'"{key}"\s*:\s*"((?:[^"\\]|\\.)*)"')
    for key in ("headline", "description", "datePublished", "dateModified", "articleSection")
}
_LOOSE_AUTHOR = re.compile(r'"author"\s*:\s*[\[{][^\]}]*?"name"\s*:\s*"((?:[^"\\]|\\.)*)"')
_LOOSE_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(\w*(?:Article|BlogPosting))"')


def article_node(root: HtmlElement) -> tuple[dict[str, Any], dict[str, Any]]:
    """The article's JSON-LD node, and what could be saved from JSON that does not parse."""
    loose: dict[str, Any] = {}
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = _CDATA.sub("", script.text or "")
        data = _parse(text)
        if data is None:
            loose = loose or _salvage(text)
            continue
        for node in _nodes(data, 0):
            if ARTICLE_TYPES.intersection(_types(node)) and (
                node.get("headline") or node.get("name") or node.get("datePublished")
            ):
                return _with_author(node, root), loose
    return {}, loose


def page_strings(root: HtmlElement, key: str) -> list[str]:
    """What the node of the page itself says of `key`: many systems describe a story as a WebPage and no more."""
    for data in _all_data(root):
        for node in _nodes(data, 0):
            if any(kind.endswith("Page") for kind in _types(node)) and (said := strings(node.get(key))):
                return said
    return []


def _all_data(root: HtmlElement) -> Iterator[object]:
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield _parse(_CDATA.sub("", script.text or ""))


def _with_author(node: dict[str, Any], root: HtmlElement) -> dict[str, Any]:
    """`node`, its author named: many systems write the person once, and point at it with an @id from the article."""
    authors = node.get("author")
    listed = authors if isinstance(authors, list) else [authors]
    asked = {str(each["@id"]) for each in listed if isinstance(each, dict) and each.get("@id") and not each.get("name")}
    if not asked:
        return node
    known: dict[str, object] = {}
    for data in _all_data(root):
        for other in _nodes(data, 0):
            if str(other.get("@id")) in asked and other.get("name"):
                known.setdefault(str(other["@id"]), other)
    named = [known.get(str(each.get("@id")), each) if isinstance(each, dict) else each for each in listed]
    return {**node, "author": named}


def _parse(text: str) -> object:
    for attempt in (text, _BAD_COMMA.sub(r"\1", text)):
        try:
            # Not strict: publishers leave raw line breaks and tabs inside the strings.
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(data: object, depth: int) -> Iterator[dict[str, Any]]:
    """Nodes that describe the page: the top level and @graph; not the items of a list of stories."""
    if depth > MAX_JSON_DEPTH:
        return
    if isinstance(data, list):
        for item in data:
            yield from _nodes(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(data.get(key), depth + 1)


def _types(node: Mapping[str, Any]) -> set[str]:
    return {text.rsplit("/", 1)[-1] for text in strings(node.get("@type"))}


def _salvage(text: str) -> dict[str, Any]:
    if not _LOOSE_TYPE.search(text):
        return {}
    node: dict[str, Any] = {"@type": "Article"}
    for key, pattern in _LOOSE.items():
        match = pattern.search(text)
        if match:
            node[key] = _unescape(match[1])
    author = _LOOSE_AUTHOR.search(text)
    if author:
        node["author"] = {"name": _unescape(author[1])}
    return node


def _unescape(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def strings(value: object) -> list[str]:
    """The texts in `value`: one, or a list of them; of an object its name."""
    values = value if isinstance(value, list) else [value]
    return [text for item in values if (text := string(item))]


def string(value: object) -> str:
    """`value` as text, of an object its name; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return string(value.get("name") or value.get("@value"))
    return ""


def person_names(value: object) -> list[str]:
    """Names in an author field; without the organizations, where it lists persons beside them."""
    listed = value if isinstance(value, list) else [value]
    persons = [each for each in listed if isinstance(each, dict) and "Person" in _types(each) and names(each)]
    return names(persons or value)


def names(value: object) -> list[str]:
    """Names in an author or publisher field: a string, an object, or a list of either."""
    if isinstance(value, list):
        return [name for item in value for name in names(item)]
    if isinstance(value, dict):
        return names(value.get("name"))
    return [value] if isinstance(value, str) and value.strip() else []


def is_organization(value: object) -> bool:
    """Whether the author field `value` says that it names an organization and no person."""
    listed = value if isinstance(value, list) else [value]
    kinds = [_types(each) for each in listed if isinstance(each, dict)]
    return (
        bool(kinds)
        and len(kinds) == len(listed)
        and all(any("Organization" in kind for kind in some) for some in kinds)
    )


def plain(raw: str) -> str | None:
    """`raw` without entities and mark-up: both are found inside JSON strings and attributes."""
    if not raw:
        return None
    text = html.unescape(raw) if "&" in raw else raw
    if "<" in text:
        text = re.sub(r"<[^<>]{1,200}>", " ", text)
    return tidy(text) or None
