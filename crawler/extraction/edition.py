"""The identity of this extractor: two readings may be compared only within one edition.

It covers what can change the outcome for the same capture: our code (by a number raised by hand), the site rules, and
the libraries that parse the page."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version

from lxml import etree

from archive.types import Edition
from crawler.sites import rules_digest

__all__ = ["EXTRACTOR_VERSION", "Edition", "edition"]

# Raised whenever code below `crawler/extraction` gives another document for the same capture; a refactoring does not.
EXTRACTOR_VERSION = 10


@cache
def edition() -> Edition:
    """The edition of this process."""
    libraries = {
        "trafilatura": version("trafilatura"),
        "lxml": version("lxml"),
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
    }
    rules = rules_digest()
    text = json.dumps([EXTRACTOR_VERSION, libraries, rules], sort_keys=True, separators=(",", ":"))
    name = (
        f"luubao-{EXTRACTOR_VERSION} trafilatura-{libraries['trafilatura']} lxml-{libraries['lxml']} rules-{rules[:8]}"
    )
    return Edition(name, hashlib.sha256(text.encode()).hexdigest(), libraries)
