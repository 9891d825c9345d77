"""The captures of some sources as columns of numbers: where each is, and the order in which they are replayed."""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.exceptions import SourceError, WarcDamageError
from archive.types import Capture
from archive.warc import RecordError, Scanned, capture_of, read_record, scanned_id
from crawler.manifest import Page

_URLS_IN_MEMORY = 16 * 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = -(2**63)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is, for `load`; in a WACZ the offset counts from the beginning of the zip."""

    path: str
    offset: int
    length: int
    inner: int | None = None
    original: Place | None = None
    """For a revisit: the record that holds its payload."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One capture to replay."""

    captured_at: datetime
    capture_id: str
    locator: Place | Page


def load(locator: Place | Page) -> Capture:
    """The capture at `locator`, verified; an ArchiveError if the file changed or was damaged since it was indexed."""
    if isinstance(locator, Page):
        try:
            return locator.capture()
        except OSError as error:
            raise SourceError(f"cannot read {locator.path!r}: {error.strerror}") from error
    path = Path(locator.path)
    record = read_record(path, locator.offset, locator.length, inner=locator.inner)
    first = locator.original
    original = read_record(Path(first.path), first.offset, first.length, inner=first.inner) if first else None
    try:
        return capture_of(record, original)
    except RecordError as error:
        raise WarcDamageError(path, locator.offset, str(error)) from error


class CaptureIndex:
    """Columns of numbers, one row a capture; what only the order needs is let go once that is found."""

    def __init__(self) -> None:
        self._holders: list[str | Page] = []
        self._moments = array("q")
        self._ids = array("Q")
        self._holder_numbers = array("I")
        self._offsets = array("Q")
        self._lengths = array("Q")
        self._inner: dict[int, int] = {}
        self._originals: dict[int, int] = {}
        """Of a revisit: the row of the record that holds its payload."""
        self._is_entry = bytearray()
        """0 for a row that only holds a payload, or is a revisit whose payload is not here."""
        self._revisits = array("I")
        self._referred = array("q")
        """For each of `_revisits` the moment of the capture that it names; _NEVER if it names none."""
        self._statuses = array("h")
        """... and its own status; -1 where it has no head."""
        self._payloads = bytearray()
        """SHA-256, 32 bytes a row."""
        self._digests = array("Q")
        # URLs decide the order only between captures of one moment, so they wait on the disk.
        self.urls = tempfile.SpooledTemporaryFile(max_size=_URLS_IN_MEMORY)  # noqa: SIM115  # open_sources closes it
        self._url_ends = array("Q")

    def add(self, holder: str | Page, found: Scanned, payload_sha256: str, *, is_wanted: bool = True) -> None:
        """Add a row; one that is not wanted is no entry, but a revisit may have its payload."""
        self._add(holder, found, bytes.fromhex(payload_sha256))
        self._ids.append(_id(found.url, found.captured_at, found.status, payload_sha256))
        self._is_entry.append(is_wanted)

    def add_revisit(self, holder: str, found: Scanned) -> None:
        """Add a row whose payload, and so whose id, `resolve_revisits` finds when everything was added."""
        self._revisits.append(len(self._ids))
        self._referred.append(_NEVER if found.refers_to is None else _microseconds(found.refers_to[1]))
        self._statuses.append(-1 if found.status is None else found.status)
        self._add(holder, found, bytes(32))
        self._ids.append(0)
        self._is_entry.append(True)

    def _add(self, holder: str | Page, found: Scanned, payload_sha256: bytes) -> None:
        if not self._holders or self._holders[-1] != holder:
            self._holders.append(holder)
        if found.inner is not None:
            self._inner[len(self._ids)] = found.inner
        self._holder_numbers.append(len(self._holders) - 1)
        self._moments.append(_microseconds(found.captured_at))
        self._offsets.append(found.offset)
        self._lengths.append(found.length)
        self._payloads += payload_sha256
        self._digests.append(_short(found.payload_digest))
        self.urls.write(found.url.encode("utf-8", "surrogatepass"))
        self._url_ends.append(self.urls.tell())

    def resolve_revisits(self) -> list[tuple[Place, str]]:
        """Give every revisit its payload; returns place and address of those whose payload is not here."""
        repeated = set(self._revisits)
        wanted = {self._digests[row] for row in repeated}
        found: dict[int, list[int]] = {}
        for row, digest in enumerate(self._digests if wanted else ()):
            if digest in wanted and row not in repeated:
                found.setdefault(digest, []).append(row)
        dangling = []
        for row, referred, status in zip(self._revisits, self._referred, self._statuses, strict=True):
            rivals = found.get(self._digests[row])
            if rivals is None:
                self._is_entry[row] = False
                dangling.append((self._place(row), self._url(row).decode("utf-8", "surrogatepass")))
                continue
            # The capture that it names, else the first: one that was cut off may have the same payload.
            self._originals[row] = min(rivals, key=lambda at: (self._moments[at] != referred, *self._rank(at)))
            self._name(row, None if status < 0 else status)
        return dangling

    def _rank(self, row: int) -> tuple[int, int]:
        return self._moments[row], self._ids[row]

    def _name(self, row: int, status: int | None) -> None:
        """Give a revisit the payload of its original and, by that, its id."""
        original = self._originals[row]
        payload = self._payloads[32 * original : 32 * original + 32]
        self._payloads[32 * row : 32 * row + 32] = payload
        url, captured_at = self._url(row).decode("utf-8", "surrogatepass"), self._moment(row)
        if status is None:
            status = load(self._place(row)).status
        self._ids[row] = _id(url, captured_at, status, payload.hex())

    def order(self) -> array[int]:
        """The rows by moment, URL and payload. Ends the filling."""
        known = (row for row, is_entry in enumerate(self._is_entry) if is_entry)
        rows = array("I", sorted(known, key=self._moments.__getitem__))
        start = 0
        for position in range(1, len(rows) + 1):
            if position < len(rows) and self._moments[rows[position]] == self._moments[rows[start]]:
                continue
            if position - start > 1:
                rows[start:position] = array("I", sorted(rows[start:position], key=self._tie_break))
            start = position
        self._url_ends, self._payloads, self._digests = array("Q"), bytearray(), array("Q")
        self._revisits, self._referred, self._statuses = array("I"), array("q"), array("h")
        self._is_entry = bytearray()
        return rows

    def entry(self, row: int) -> Entry:
        """The capture of a row."""
        holder = self._holders[self._holder_numbers[row]]
        return Entry(
            captured_at=self._moment(row),
            capture_id=f"{self._ids[row]:016x}",
            locator=holder if isinstance(holder, Page) else self._place(row),
        )

    def _moment(self, row: int) -> datetime:
        return _EPOCH + self._moments[row] * _MICROSECOND

    def _place(self, row: int) -> Place:
        original = self._originals.get(row)
        return Place(
            path=str(self._holders[self._holder_numbers[row]]),
            offset=self._offsets[row],
            length=self._lengths[row],
            inner=self._inner.get(row),
            original=None if original is None else self._place(original),
        )

    def _url(self, row: int) -> bytes:
        start = self._url_ends[row - 1] if row else 0
        self.urls.seek(start)
        return self.urls.read(self._url_ends[row] - start)

    def _tie_break(self, row: int) -> tuple[bytes, bytes, int]:
        # UTF-8 sorts like the characters that it stands for.
        return self._url(row), bytes(self._payloads[32 * row : 32 * row + 8]), self._ids[row]


def _id(url: str, captured_at: datetime, status: int | None, payload_sha256: str) -> int:
    name = scanned_id(url=url, captured_at=captured_at, status=status, payload_sha256=payload_sha256)
    return int(name, 16)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _short(digest: str) -> int:
    """A payload digest in eight bytes; `load` compares the digest in full."""
    return int.from_bytes(hashlib.blake2b(digest.encode(), digest_size=8).digest(), "big")
