"""What reading a source gives, and the error of one that could not be read. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archive.exceptions import ArchiveError
from crawler.sites import SourceKind


@dataclass(frozen=True, slots=True)
class Found:
    """One address that a source listed, with what the source says about it."""

    url: str
    """As listed, made absolute, without fragment. `Site.preferred` and `archive.urls.identity` tell twins."""
    kind: SourceKind
    found_in: str
    """Address of the feed, sitemap or page that listed it."""
    title: str | None = None
    published_at: datetime | None = None
    """As the source states it, with its own offset; None if it is silent. Never a guess."""
    modified_at: datetime | None = None
    day: date | None = None
    """The day that a sitemap states where it states no time; then both moments are None."""


class SourceBroken(ArchiveError):  # noqa: N818 - a state of the source, as the account of a run prints it
    """Raised when a source could not be read, which must never look like "no news"."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"source {url!r} could not be read: {reason}; see `luubao site check`")
