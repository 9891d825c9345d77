"""Read stored captures again with the extractor of today: a new edition of readings, beside the old ones.

Pages are read by as many processes as are wanted; one, the caller's, compares and writes. What a publisher changed and
what we changed stay apart: this adds no version and says `re-read` in the feed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from archive import warc
from archive.core import Archive
from archive.storage.captures import StoredCapture
from archive.storage.readings import StoredReading
from archive.types import Document, Verdict
from archive.versioning import changed_fields
from archive.warc import Location
from crawler.extraction import extract
from crawler.replay import in_processes

GROUP = 256
"""Captures that are written and committed together."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One capture that reads differently."""

    capture: str
    url: str
    changed: tuple[str, ...]
    before: Document
    after: Document


@dataclass
class Rereading:
    """What a re-extraction found, truthfully."""

    captures: int = 0
    """Captures that were read again."""
    same: int = 0
    """Of these, those in which the new edition reads what the old one read."""
    changed: Counter[str] = field(default_factory=Counter)
    """Captures by what reads differently: title, lede, body ... A capture may count in several."""
    verdicts: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    """Captures by (verdict before, verdict now), where the two differ."""
    by_site: Counter[str] = field(default_factory=Counter)
    """Captures that read differently, by site."""
    samples: list[Sample] = field(default_factory=list)
    """The first that read differently, of each kind of difference."""

    def as_counts(self) -> dict[str, int]:
        """For the `runs` view and for programs."""
        return {
            "captures": self.captures,
            "same": self.same,
            **{f"changed_{name}": count for name, count in sorted(self.changed.items())},
            **{f"verdict_{was}_{now}": count for (was, now), count in sorted(self.verdicts.items())},
        }

    def note(self, capture: StoredCapture, old: StoredReading | None, now: Document, *, samples: int) -> None:
        """Compare what was read with what is read now; keep up to `samples` of each kind of difference."""
        self.captures += 1
        before = (old and old.document) or Document(verdict=old.verdict if old else Verdict.OK)
        was = old.verdict if old else now.verdict
        changed = changed_fields(before, now)
        if was is not now.verdict:
            self.verdicts[was, now.verdict] += 1
        if not changed and was is now.verdict:
            self.same += 1
            return
        self.by_site[capture.site] += 1
        kinds = (*changed, *([f"{was}_{now.verdict}"] if was is not now.verdict else []))
        if any(self._sampled[kind] < samples for kind in kinds):
            self.samples.append(Sample(capture.public_id, capture.url, changed, before, now))
            self._sampled.update(kinds)
        self.changed.update(changed)

    _sampled: Counter[str] = field(default_factory=Counter, repr=False)


def reextract(
    archive: Archive,
    *,
    site: str | None = None,
    since: datetime | None = None,
    workers: int = 1,
    samples: int = 1,
    is_dry_run: bool = False,
    begin: Callable[[int], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> Rereading:
    """Read every capture that only former editions have read; with `is_dry_run` compare, and write nothing.

    `site` and `since` (captured at or after) choose captures; the other captures of their articles come along, because
    the versions of an article are decided within one edition. `begin` is told how many captures there are, `progress`
    how many were done since the last call. A run that stops anywhere can be run again.
    """
    found = Rereading()
    rows = archive.outdated(site=site, since=since)
    begin(len(rows))
    read = _read(archive, iter(rows), workers)
    while group := list(islice(read, GROUP)):
        for capture, old, document in group:
            found.note(capture, old, document, samples=samples)
        if not is_dry_run:
            archive.read_anew([(capture, document) for capture, _, document in group])
            archive.commit()
        progress(len(group))
    if not is_dry_run:
        archive.settle_breakers()
        archive.commit()
    return found


def _read(
    archive: Archive, rows: Iterator[int], workers: int
) -> Iterator[tuple[StoredCapture, StoredReading | None, Document]]:
    """Captures, each with what a former edition read in it and what is read now."""
    under_way: deque[tuple[StoredCapture, StoredReading | None]] = deque()

    def places() -> Iterator[_Where]:
        while group := list(islice(rows, GROUP)):
            for capture, old in archive.stored(group):
                under_way.append((capture, old))
                yield _Where(archive.captures_folder, capture.place, capture.payload_place)

    for document in map(_read_at, places()) if workers == 1 else in_processes(_read_at, places(), workers):
        yield *under_way.popleft(), document


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a record is, and the one with its payload if that is another."""

    folder: Path
    place: Location
    payload_place: Location | None


def _read_at(where: _Where) -> Document:
    return extract(warc.read_in(where.folder, where.place, where.payload_place))
