"""The way of every capture into an archive, live or offline: read the page, record it, count what became of it."""

from __future__ import annotations

import logging
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive import warc
from archive.core import Archive, Recorded
from archive.failpoint import failpoint
from archive.types import Capture, Cause, Document, Edition, Outcome
from crawler.extraction import extract
from crawler.extraction.edition import edition
from crawler.sites import site_of

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from crawler.crawl.readers import Readers


class SiteExtractor:
    """What reads captures for an archive: `crawler.extraction`, under the identity of its rules and libraries."""

    def __init__(self) -> None:
        self.edition: Edition = edition()

    def read(self, capture: Capture) -> Document:
        """What the page says."""
        return extract(capture)

    def site_of(self, capture: Capture) -> str | None:
        """The site that its file named, else the one that its host is known for."""
        if capture.site is not None:
            return capture.site
        site = site_of(capture.url)
        return site.name if site is not None else None


def open_archive(folder: Path | str, *, database: str | None = None) -> Archive:
    """The archive in `folder`, for writing; captures that a crash left without a row are recorded first."""
    archive = Archive.open(folder, database=database, extractor=SiteExtractor())
    try:
        adopted = adopt_orphans(archive)
    except BaseException:
        archive.close()
        raise
    if adopted:
        logger.warning("took in %(count)d captures that a crash had left on disk", {"count": adopted})
    return archive


def adopt_orphans(archive: Archive) -> int:
    """Record what is on disk below captures/ and in no row: the process died between the file and the commit.

    Returns how many captures were taken in.
    """
    orphans = archive.orphans()
    adopted = _adopt_files(archive, orphans) if orphans else 0
    archive.commit()
    return adopted


def _adopt_files(archive: Archive, orphans: list[Path]) -> int:
    # The page at which a process died may be the one that it died of: it is read within limits, as in a crawl.
    from crawler.crawl.readers import Readers  # noqa: PLC0415  after a crash only

    readers = Readers(1)
    adopted, waiting, put_off = 0, deque(orphans), 0
    try:
        while waiting:
            path = waiting.popleft()
            # A file may refer to one that is still to be taken in, but not all of them to each other.
            if put_off <= len(waiting) and _misses_payloads(archive, path):
                waiting.append(path)
                put_off += 1
                continue
            adopted += _adopt(archive, path, readers)
            put_off = 0
    finally:
        readers.close()
    return adopted


def _misses_payloads(archive: Archive, path: Path) -> bool:
    found = [one for one in warc.scan(path) if isinstance(one, warc.Scanned)]
    here = {(one.url, one.captured_at) for one in found if one.payload_sha256 is not None}
    revisits = (one for one in found if one.payload_sha256 is None and one.refers_to not in here)
    return any(archive.find_payload(one) is None for one in revisits)


def _adopt(archive: Archive, path: Path, readers: Readers) -> int:
    adopted = 0
    for found in warc.scan(path):
        if not isinstance(found, warc.Scanned):
            continue
        place = warc.Location(path.name, found.offset, found.length)
        first = archive.find_payload(found) if found.payload_sha256 is None else None
        if found.payload_sha256 is None and first is None:
            values = {"file": path.name, "offset": found.offset, "url": found.url}
            logger.warning("left out %(file)s at %(offset)d, a revisit of a page that is not here: %(url)s", values)
            continue
        if first is not None:
            capture = warc.read_in(archive.captures_folder, place, first.place)
        else:
            capture = warc.read_at(path, found.offset, found.length, inner=found.inner)
        document, _ = readers.wait_for(capture)
        adopted += archive.record(capture, document, location=place, payload_in=first).is_new
        failpoint("adopting")
    # File by file: a file that is half in the database would be taken for a known one.
    archive.commit()
    return adopted


@dataclass
class Account:
    """What a run did, truthfully."""

    captures: int = 0
    """Captures that were looked at."""
    known: int = 0
    """Of these, those that the archive had."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    causes: Counter[Cause] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    """Pages held, by reason."""
    unread: int = 0
    """Captures kept, whose reading is left to a replay."""
    skipped: int = 0
    decisions: int = 0
    """Decisions that were new to the archive."""
    started_at: datetime | None = None

    def add(self, recorded: Recorded) -> None:
        """Count one capture."""
        self.captures += 1
        effect = recorded.effect
        if effect is None:
            self.known += not recorded.is_new
            self.unread += recorded.is_new
            return
        self.outcomes[effect.outcome] += 1
        if effect.cause is not None:
            self.causes[effect.cause] += 1
        if effect.outcome is Outcome.HELD and effect.reason is not None:
            self.held[effect.reason] += 1

    def add_known(self, count: int) -> None:
        """Count captures that were not even read, because the archive has them."""
        self.captures += count
        self.known += count

    @property
    def new(self) -> int:
        """Captures that the archive did not have."""
        return self.captures - self.known

    def as_counts(self) -> dict[str, int]:
        """For the `runs` view and for programs."""
        return {
            "captures": self.captures,
            "known": self.known,
            "new": self.new,
            "skipped": self.skipped,
            "decisions": self.decisions,
            "unread": self.unread,
            **{f"outcome_{name}": count for name, count in sorted(self.outcomes.items())},
            **{f"version_{name}": count for name, count in sorted(self.causes.items())},
            **{f"held_{name}": count for name, count in sorted(self.held.items())},
        }
