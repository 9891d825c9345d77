"""Tell by its address which page of a list an address is. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.urls import identity

_PAGE = re.compile(
    r"(?:/(?:trang|page)[-/]|[-/](?:p|page|trang)-?)(?P<number>\d{1,5})(?P<tail>\.\w+|/)?$", re.IGNORECASE
)
_PAGE_NAMES = frozenset({"page", "p", "paged", "trang", "pageindex", "page_index", "pg", "currentpage"})


def page_of(url: str) -> tuple[str, int]:
    """The list that `url` is a page of, and which.

    >>> page_of("https://dantri.com.vn/xa-hoi/trang-2.htm")
    ('https://dantri.com.vn/xa-hoi', 2)
    >>> page_of("https://dantri.com.vn/xa-hoi.htm")
    ('https://dantri.com.vn/xa-hoi', 1)
    """
    try:
        parts = urlsplit(identity(url))
    except ValueError:  # a bracket that is no IPv6 address
        return url, 1
    number, path, query = 1, parts.path, parse_qsl(parts.query, keep_blank_values=True)
    match = _PAGE.search(path)
    if match:
        number, path = int(match["number"]), path[: match.start()]
    for name, value in query:
        if name.lower() in _PAGE_NAMES and value.isdecimal() and len(value) < 6:  # noqa: PLR2004 - as in _PAGE
            number = int(value)
    query = [(name, value) for name, value in query if name.lower() not in _PAGE_NAMES]
    path = re.sub(r"\.(?:html?|aspx?|php|chn|vnp|tpo|ldo)$", "", path).rstrip("/")
    return urlunsplit(("https", parts.netloc, path, urlencode(query), "")), number
