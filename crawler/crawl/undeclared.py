"""A site that no file declares: it is called after its host, and its sources are what its own front page names."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.discovery import discover
from crawler.politeness.robots import RobotsCopy
from crawler.sites import Site, Source, SourceKind, find_site


def undeclared(url: str) -> Site:
    """The site whose front page is at `url`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    name = host if parts.port is None else f"{host}:{parts.port}"
    front = f"{parts.scheme}://{parts.netloc}/"
    return Site(name=name, title=name, hosts=(host,), sources=(Source(SourceKind.HOME, front),))


def sources_of(url: str, html: bytes, robots: RobotsCopy | None) -> tuple[Source, ...]:
    """The sources of the site whose front page, at `url`, is `html`, and whose robots.txt is `robots`.

    Raises SourceBroken if that is no page."""
    is_there = robots is not None and robots.status == 200  # noqa: PLR2004  HTTP: there is such a file
    return discover(url, html, robots.body.decode("utf-8", "replace") if robots is not None and is_there else None)


def is_undeclared(site: Site) -> bool:
    """Whether `site` was made by `undeclared`."""
    return find_site(site.name) is None


def former_names(site: Site) -> tuple[str, ...]:
    """What `site` was called while no file declared it, if it was crawled then; nothing for one that none declares."""
    if is_undeclared(site):
        return ()
    own = (undeclared(source.url).name for source in site.sources if site.serves(source.url))
    return tuple(sorted({*site.hosts, *own}))
