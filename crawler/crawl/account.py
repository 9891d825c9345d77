"""What a crawl did, told truthfully: everything that was listed is somewhere in these numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from archive.core import Recorded
from archive.types import Cause, Outcome
from crawler.recording import Account


@dataclass
class CrawlAccount(Account):
    """The account of one crawl of one site."""

    listed: int = 0
    """Addresses that sources listed, each counted once a source."""
    listed_known: int = 0
    """Of these, those that the frontier knew."""
    requests: int = 0
    """Answers that arrived, robots.txt apart."""
    not_modified: int = 0
    """Answers that said 304."""
    not_kept: int = 0
    """Pages that asked for noarchive, where those are skipped."""
    failed: Counter[str] = field(default_factory=Counter)
    """Requests without a usable answer, by reason."""
    broken_sources: dict[str, str] = field(default_factory=dict)
    """{source: why it could not be read}."""
    unasked: int = 0
    """Offline: captures that nothing led to."""
    left: dict[str, int] = field(default_factory=dict)
    """What there is still to do: new, due, waiting, failed."""

    def add(self, recorded: Recorded) -> None:
        """Count one capture."""
        super().add(recorded)
        self.requests += 1

    @property
    def stored(self) -> int:
        """Articles that are new to the archive."""
        return self.causes[Cause.FIRST]

    @property
    def unchanged(self) -> int:
        """Articles that were as before."""
        return self.outcomes[Outcome.UNCHANGED] + self.not_modified

    @property
    def is_shut_out(self) -> bool:
        """Whether the site let us fetch nothing: it asked for a long pause, or its robots.txt cannot be read."""
        return self.requests == 0 and any(self.failed[reason] for reason in ("host_held", "robots_unreachable"))

    def as_document(self, site: str) -> dict[str, Any]:
        """All that is to be remembered of the crawl of `site`."""
        return {"site": site, **self.as_counts(), "broken_sources": self.broken_sources}

    def as_counts(self) -> dict[str, int]:
        """For the `runs` view and for programs."""
        return {
            **super().as_counts(),
            "listed": self.listed,
            "listed_known": self.listed_known,
            "requests": self.requests,
            "not_modified": self.not_modified,
            "not_kept": self.not_kept,
            "stored": self.stored,
            "unchanged": self.unchanged,
            "broken_sources": len(self.broken_sources),
            "unasked": self.unasked,
            **{f"failed_{name}": count for name, count in sorted(self.failed.items())},
            **{f"left_{name}": count for name, count in self.left.items()},
        }
