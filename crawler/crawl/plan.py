"""What a person asked of a crawl, and one request of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from archive.storage import frontier
from archive.storage.frontier import Visit
from crawler.crawl.offline import Captured
from crawler.sites import Source


class Revisit(StrEnum):
    """Which known articles are looked at again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


def states_of(wanted: Revisit) -> tuple[str, ...]:
    """The states in which an article of the frontier is looked at."""
    return (frontier.NEW,) if wanted is Revisit.NONE else (frontier.NEW, frontier.KNOWN, frontier.GONE)


@dataclass(frozen=True, slots=True)
class Errand:
    """One request to make."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    visit: Visit | None = None
    """The article that is fetched; None for a source."""
    source: Source | None = None
    page: int = 1
    is_guess: bool = False
    """The source's address was worked out and not named by anybody."""


@dataclass
class Plan:
    """What a person asked of this crawl."""

    revisit: Revisit = Revisit.DUE
    budget: int = 500
    """Articles fetched at most; what is left waits for the next run."""
    since: datetime | None = None
    """Walk the site's archives back to there."""
    is_capture_only: bool = False
    """Keep the answers, and leave it to a replay to read them."""
    skips_noarchive: bool = False
    """Keep no page that asks for noarchive: the frontier remembers the visit, and nothing else."""
    captured: Captured | None = None
    """Offline: what answers in the place of the site."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to finish the pages in hand and end."""
