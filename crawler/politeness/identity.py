"""Who we say we are. Pure."""

from __future__ import annotations

import re

from archive.version import VERSION

PRODUCT = "luubao"
"""The product token: what a robots.txt calls us."""


def user_agent(contact: str = "") -> str:
    """The User-Agent header: product, version, and where the owner of a site can reach who runs this.

    >>> user_agent("https://example.org/crawler")
    'luubao/0.1.0 (+https://example.org/crawler)'
    """
    # A comment in a header ends at a bracket, a header at a line break.
    contact = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)
    return f"{PRODUCT}/{VERSION} (+{contact})" if contact else f"{PRODUCT}/{VERSION}"


def product_token(agent: str) -> str:
    """The part of a User-Agent header that robots.txt groups are matched with (RFC 9309, 2.2.1).

    >>> product_token("luubao/0.1.0 (+https://example.org/googlebot)")
    'luubao'
    """
    found = re.match(r"[A-Za-z_-]+", agent)
    return found[0].lower() if found else "*"
