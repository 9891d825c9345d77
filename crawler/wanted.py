"""Which captures of a collection are taken in: those of some sites or hosts, and of pages rather than of images.

Pure. A collection of somebody else's may hold thousands of papers, and everything that their pages load."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.warc import Scanned
from crawler.sites import host_of, site_of

# What a page loads or links to, and no article. Types that servers also give to pages by mistake
# (text/plain, application/octet-stream, application/xml) are not here: those are read, and judged.
_NO_PAGE = re.compile(
    r"(?:image|audio|video|font)/|text/css|(?:text|application)/(?:x-)?javascript|application/"
    r"(?:pdf|zip|wasm|json|ld\+json|manifest\+json|rss\+xml|atom\+xml|font-|x-font-|vnd\.)"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a collection; the default takes everything."""

    sites: frozenset[str] = frozenset()
    """Names of sites, as an archive calls them: a host without a site file is a site of its own."""
    hosts: frozenset[str] = frozenset()
    """With everything below them; `www.` does not matter."""
    only_pages: bool = False
    """Leave out what says itself that it is no page."""
    decisions: bool = True
    """Heed what people decided about these captures."""

    def why_not(self, found: Scanned) -> str | None:
        """Why a capture stays out, in words to count by; None if it is wanted."""
        host = host_of(found.url)
        if self.hosts and not any(host == each or host.endswith(f".{each}") for each in self.hosts):
            return "another host"
        if self.sites and site_name(found.url, found.site) not in self.sites:
            return "another site"
        if not self.only_pages:
            return None
        if not (host or found.site or found.url.startswith("urn:sha256:")):
            return f"no address of the web: {urlsplit(found.url).scheme or 'none'}"
        kind = (found.content_type or "").partition(";")[0].strip().lower()
        return f"no page: {kind}" if _NO_PAGE.match(kind) else None


def site_name(url: str, named: str | None) -> str:
    """What an archive calls the site of a capture: as its record names it, else the site of its host, else the host."""
    if named is not None:
        return named
    site = site_of(url)
    return site.name if site is not None else host_of(url) or "unknown"
