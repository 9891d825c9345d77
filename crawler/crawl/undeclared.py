"""A site that no file declares: it is called after its host, and its sources are what its own front page names."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.sites import Site, Source, SourceKind, find_site


def undeclared(url: str) -> Site:
    """The site whose front page is at `url`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    name = host if parts.port is None else f"{host}:{parts.port}"
    front = f"{parts.scheme}://{parts.netloc}/"
    return Site(name=name, title=name, hosts=(host,), sources=(Source(SourceKind.HOME, front),))


def is_undeclared(site: Site) -> bool:
    """Whether `site` was made by `undeclared`."""
    return find_site(site.name) is None
