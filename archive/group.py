"""What an archive writes and commits together: one WARC file, one transaction.

The order is what makes a commit last: the file is closed and synced, then the database commits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from archive import warc
from archive.copies import Copies
from archive.decisions import restored
from archive.failpoint import failpoint
from archive.history import Effect, Historian
from archive.newcomers import Newcomers
from archive.prepared import Identity, Prepared, identify
from archive.storage import captures
from archive.storage import decisions as stored_decisions
from archive.storage.captures import StoredCapture
from archive.storage.decisions import StoredDecision
from archive.storage.feed import Feed
from archive.text import tidy
from archive.types import Capture, Document, Edition
from archive.urls import identity
from archive.warc import Location, WarcWriter

GROUP_CAPTURES = 256
"""Captures written to one WARC file and committed together: a synced commit costs 4 ms, whatever is in it."""
GROUP_BYTES = 64 * 1024 * 1024
"""... or so many bytes of records, if that is sooner."""


class Group:
    """What is written and committed together: one WARC file, one transaction."""

    def __init__(
        self, engine: Engine, folder: Path, edition: Edition, *, reread: Callable[[StoredCapture], Document]
    ) -> None:
        self._folder = folder
        self._edition, self._reread = edition, reread
        self.connection = engine.connect()
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            self.connection.close()
            raise
        self.is_judging = False
        """Whether what people decided was heeded, as it has to be before anything is judged."""
        self._writer: WarcWriter | None = None
        self._files: dict[str, int] = {}
        self._known: dict[str, tuple[int, bool]] = {}
        self._captures = 0

    # Much of what a crawl asks is about the frontier alone: what is needed to judge is read when it is needed.

    @cached_property
    def historian(self) -> Historian:
        """Judges captures."""
        row = captures.edition_id(self.connection, self._edition)
        return Historian(
            self.connection,
            row,
            feed=self.feed,
            decisions=self._decisions,
            reread=self._reread,
            before_fold=self.copies.settle,
        )

    @cached_property
    def copies(self) -> Copies:
        """Finds copies."""
        decisions = [restored(made) for made in self._decisions]
        return Copies(self.connection, decisions, self.feed, before_asking=self.settle)

    @cached_property
    def feed(self) -> Feed:
        """Tells what changed."""
        return Feed(self.connection)

    @cached_property
    def newcomers(self) -> Newcomers:
        """Records what nothing is known of."""
        return Newcomers(self.connection, self.historian, self.copies, self.feed)

    @cached_property
    def _decisions(self) -> list[StoredDecision]:
        return stored_decisions.all_made(self.connection)

    @property
    def decision_ids(self) -> set[str]:
        """Public ids of the decisions that are in the database."""
        return {made.public_id for made in self._decisions}

    def settle(self) -> None:
        """Write what waits to be written with others: to be called before anything is asked of the database."""
        if "newcomers" in vars(self):
            self.newcomers.settle()

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        return self._captures >= GROUP_CAPTURES or (self._writer is not None and self._writer.size >= GROUP_BYTES)

    def find(self, public_id: str) -> tuple[int, bool] | None:
        """(row, whether it was read) of a capture that the archive has."""
        return self._known.get(public_id) or captures.find_known(self.connection, public_id)

    def note_read(self, public_id: str, row: int) -> None:
        """Know from now on that this capture was read."""
        self._known[public_id] = (row, True)

    def append(
        self, capture: Capture, named: Identity, ready: Prepared | None, *, may_refer: bool
    ) -> tuple[Location, int | None]:
        """Write a record; where it is, and the row of the capture whose record holds its payload if that is another."""
        first = self._find_payload(capture, named) if may_refer else None
        sha256 = named.payload_digest
        if first is not None:
            record = warc.encode_revisit(capture, first[1], payload_sha256=sha256)
        else:
            record = warc.encode(capture, payload_sha256=sha256) if ready is None else ready.record
        request = None if ready is None else ready.request
        if request is None:
            request = warc.encode_request(capture, payload_sha256=sha256) or b""
        place = self._open_writer(capture, named).add(capture, record, request)
        return place, None if first is None else first[0]

    def append_unmodified(self, capture: Capture) -> None:
        """Write the record of an answer 304, which is evidence and no capture."""
        page = captures.find_page(self.connection, identity(capture.url), capture.captured_at)
        place = self._open_writer(capture, identify(capture)).add(capture, warc.encode_unmodified(capture, page))
        # No row names the record; the file must be known all the same, or it would be taken for an orphan.
        self._file_row(place.file)
        self._captures += 1

    def _find_payload(self, capture: Capture, named: Identity) -> tuple[int, warc.Reference] | None:
        if capture.status != 200 or capture.truncated is not None or not capture.payload:  # noqa: PLR2004  HTTP: a page
            return None
        return captures.find_payload(self.connection, named.url_key, capture.captured_at, named.payload_digest)

    def _open_writer(self, capture: Capture, named: Identity) -> WarcWriter:
        if self._writer is None:
            self._writer = WarcWriter(self._folder, self._new_name(capture, named), created_at=capture.captured_at)
        return self._writer

    def _file_row(self, file: str) -> int:
        if file not in self._files:
            self._files[file] = captures.file_id(self.connection, file)
        return self._files[file]

    def _new_name(self, capture: Capture, named: Identity) -> str:
        """After its first capture; no clock, so that a replay makes the same files."""
        stem = f"{capture.captured_at:%Y%m%dT%H%M%SZ}-{named.public_id}"
        names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        return next(name for name in names if warc.find_taken(self._folder, name) is None)

    def add_capture(
        self, capture: Capture, named: Identity, place: Location, *, site: str, payload_row: int | None
    ) -> int:
        """Note a capture whose record is at `place`; its row."""
        columns = self._columns(capture, named, place, site=site, payload_row=payload_row)
        row = captures.add_capture(self.connection, **columns)
        self._known[named.public_id] = (row, False)
        self._captures += 1
        return row

    def welcome(self, capture: Capture, document: Document, ready: Prepared, *, site: str) -> Effect:
        """Record the first capture of an article of which nothing is known (`Newcomers.fits`)."""
        place, _ = self.append(capture, ready.identity, ready, may_refer=False)
        columns = self._columns(capture, ready.identity, place, site=site, payload_row=None)
        failpoint("db_mid")
        seen, effect = self.newcomers.add(columns, document, ready)
        self._known[seen.public_id] = (seen.row, True)
        self._captures += 1
        return effect

    def _columns(
        self, capture: Capture, named: Identity, place: Location, *, site: str, payload_row: int | None
    ) -> dict[str, Any]:
        return {
            "public_id": named.public_id,
            "url": capture.url,
            "url_key": named.url_key,
            "site": site,
            "captured_at": capture.captured_at,
            "status": capture.status,
            # A NUL in it would fail on PostgreSQL.
            "content_type": tidy(capture.header("Content-Type") or "") or None,
            "payload_digest": named.payload_digest,
            "payload_size": len(capture.payload),
            "truncated": capture.truncated,
            "file_id": self._file_row(place.file),
            "file_offset": place.offset,
            "file_length": place.length,
            "payload_capture_id": payload_row,
        }

    def flush(self) -> None:
        """Write what was put off, because a group asks and writes it together."""
        self.settle()
        if "copies" in vars(self):
            self.copies.flush()
        if "feed" in vars(self):
            self.feed.flush()

    def finish(self) -> None:
        """Make it durable."""
        self.flush()
        if self._writer is not None:
            self._writer.close()
        failpoint("db_before_commit")
        self._transaction.commit()
        failpoint("db_after_commit")
        self.connection.close()

    def abandon(self) -> None:
        """Undo it; what is in the WARC file stays, for the next run to adopt."""
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            self._transaction.rollback()
            self.connection.close()
