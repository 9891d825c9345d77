"""What a site is, and which sites there are.

A site is declared in a module of the package `spiders`, or in a file of the folder that LUUBAO_SPIDERS names. Both are
found by name and never imported here by statement: imports run from `spiders` to `crawler` only. No scrapy in here:
extraction workers start often."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import pkgutil
import re
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.exceptions import ArchiveError

if TYPE_CHECKING:
    from crawler.extraction.rules import RuleSet

FOLDER = "LUUBAO_SPIDERS"
"""Environment variable with the folder of sites that are declared outside the package."""

VIETNAM = timedelta(hours=7)
"""Vietnam keeps one offset all year, since 1975."""

# How a page is found and fetched changes nothing in how it is read: no part of the identity of an edition.
_CRAWL = {"is_crawl": True}


class SiteFileError(ArchiveError):
    """Raised when a file of LUUBAO_SPIDERS cannot be used: what it declares would silently not be crawled."""


class SourceKind(StrEnum):
    """What kind of list a source is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Source:
    """Where addresses of a site's articles come from."""

    kind: SourceKind
    url: str
    """Of a sitemap without an index also a form: `{year}`, `{month}`, `{month:02}`, `{day}`, or `{first}` and `{last}`
    for the days of a shard of five (`crawler.discovery.shards`)."""
    is_inferred: bool = False
    """Expected from the site's system or its sisters, not seen: may not exist."""

    @property
    def is_form(self) -> bool:
        """Whether `url` stands for one address a day, a month or so."""
        return self.kind is SourceKind.SITEMAP and "{" in self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One news outlet."""

    name: str
    """The module's name; what tables and commands call the site."""
    title: str
    """As the outlet calls itself, in its own language."""
    hosts: tuple[str, ...]
    """Hosts that serve its pages, without `www.`. Only these: mirrors with the same paths exist."""
    rule_sets: tuple[RuleSet, ...] = ()
    """Tried in this order, those valid on the day of capture; the first whose body has text reads the page."""
    language: str = "vi"
    offset: timedelta = VIETNAM
    """What a time without an offset means on its pages."""
    outlets: tuple[str, ...] = ()
    """Other names under which it is credited or signs its pages, as printed."""
    datelines: tuple[str, ...] = ()
    """What its ledes begin with ("LCĐT"), without brackets and dash."""
    articles: tuple[str, ...] = ()
    """Patterns of which one is found in the path of every article."""
    lists: tuple[str, ...] = ()
    """Patterns of paths that are never an article: tags, topics, sections."""
    sources: tuple[Source, ...] = field(default=(), metadata=_CRAWL)
    """Where its articles are listed, the quickest first."""
    delay: float | None = field(default=None, metadata=_CRAWL)
    """Seconds between two requests, where the site is known to need more than robots.txt says."""
    twins: tuple[tuple[str, str], ...] = field(default=(), metadata=_CRAWL)
    """Pattern and replacement, over a whole address: what leads to the same article as another address."""

    def rules_on(self, captured_at: datetime) -> tuple[RuleSet, ...]:
        """The rule sets for a page captured then, in the order to try them; the day is the site's own."""
        day = captured_at.astimezone(timezone(self.offset)).date()
        return tuple(rules for rules in self.rule_sets if rules.is_valid_on(day))

    def is_article(self, url: str) -> bool | None:
        """What the address alone says: an article, no article, or nothing (None)."""
        if not host_of(url):  # a dump: its address is made up
            return None
        path = urlsplit(url).path
        if path in ("", "/") or any(re.search(pattern, path) for pattern in self.lists):
            return False
        return True if any(re.search(pattern, path) for pattern in self.articles) else None

    def serves(self, url: str) -> bool:
        """Whether `url` is on a host of this site."""
        return host_of(url) in self.hosts

    def preferred(self, url: str) -> str:
        """The address to fetch where several show the same article: mobile hosts and other twins give way."""
        for pattern, replacement in self.twins:
            url = re.sub(pattern, replacement, url)
        return url


@cache
def sites() -> tuple[Site, ...]:
    """Every declared site, by name: those of the package, then those of LUUBAO_SPIDERS."""
    package = importlib.import_module("spiders")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        site = getattr(importlib.import_module(f"spiders.{module.name}"), "SITE", None)
        if isinstance(site, Site):
            found[site.name] = site
    for path in _own_files():
        site = load_site(path)
        if site is not None and found.setdefault(site.name, site) is not site:
            raise SiteFileError(f"{path}: there is a site {site.name!r} already: give this one another name")
    return tuple(sorted(found.values(), key=lambda site: site.name))


def _own_files() -> list[Path]:
    """The files of LUUBAO_SPIDERS; none where it names the package's own folder."""
    named = os.environ.get(FOLDER)
    if not named:
        return []
    folder = Path(named)
    if not folder.is_dir():
        raise SiteFileError(f"{FOLDER} names no folder: {named!r}")
    if folder.resolve() == package_folder():
        return []
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


def package_folder() -> Path:
    """Where the sites of the package are declared."""
    return Path(importlib.import_module("spiders").__path__[0]).resolve()


def load_site(path: Path) -> Site | None:
    """The site that the file at `path` declares; None if it declares none."""
    spec = importlib.util.spec_from_file_location(f"luubao_site_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # noqa: PT018  it ends in .py
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as e:  # a file of anybody's may raise anything
        raise SiteFileError(f"{path}: {type(e).__name__}: {e}") from e
    site = getattr(module, "SITE", None)
    return site if isinstance(site, Site) else None


@cache
def _by_host() -> dict[str, Site]:
    return {host: site for site in sites() for host in site.hosts}


@cache
def _by_name() -> dict[str, Site]:
    return {site.name: site for site in sites()}


def host_of(url: str) -> str:
    """The host that serves `url`, without `www.`; "" where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # a bracket in the wrong place
        return ""
    return host.rstrip(".").removeprefix("www.")


def site_of(url: str) -> Site | None:
    """The site whose host serves `url`, or None."""
    return _by_host().get(host_of(url))


def find_site(name: str | None) -> Site | None:
    """The site called `name`, or None."""
    return _by_name().get(name) if name else None


@cache
def rules_digest() -> str:
    """SHA-256 over everything declared about reading pages, as hex: a part of the identity of an edition."""
    text = json.dumps([_plain(site) for site in sites()], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: _plain(getattr(value, item.name)) for item in fields(value) if not item.metadata.get("is_crawl")
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    return value
