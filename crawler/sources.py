"""What `luubao replay PATH...` can read: WARC and WACZ files, folders of them, seeds, and the captures of an archive.

`open_sources` reads everything once and gives the order in which captures are replayed: by moment, URL and payload,
whatever the files are called and in whatever order they were named. An entry says where its capture is; `load`
reads it, in this process or in another."""

from __future__ import annotations

import glob
import hashlib
import os
import tempfile
import zipfile
from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.exceptions import SourceError, WarcDamageError
from archive.warc import Damage, Ignored, RecordError, Scanned, capture_of, read_record, scan, scanned_id
from crawler.manifest import CONTENT_TYPES, MANIFEST, Page, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive.types import Capture

DECISIONS = "decisions.jsonl"
_WARC_NAMES = (".warc", ".warc.gz", ".warc.gz.open")
_LOOKED_FOR = f"*.warc, *.warc.gz, *.wacz, or pages named by a {MANIFEST}"
# What lies beside captures and says nothing that replay could use: expectations, notes, indexes of other tools.
_KNOWN_NAMES = frozenset({"expected.json", "archive.db", "archive.db-wal", "archive.db-shm", "datapackage.json"})
_KNOWN_STEMS = ("readme", "license", "notice", "datapackage-digest")
_KNOWN_SUFFIXES = frozenset({".cdx", ".cdxj", ".idx", ".torn", ".part", ".jsonl", ".lock", ".turn"})
_URLS_IN_MEMORY = 16 * 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = -(2**63)
_WHOLE_IS_READ = "everything that is whole is replayed; for the rest, fetch the file again or restore it"


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


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the sources that is not replayed, and why."""

    path: str
    offset: int | None
    reason: str

    @property
    def is_loss(self) -> bool:
        """Captures are missing, as opposed to a file that is none of ours."""
        return self.offset is not None


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


class Sources:
    """All captures of some sources, oldest first.

    Held in about 45 bytes each, and 175 while the order is being found (a revisit takes 70 and 130 more): a million
    captures fit anywhere."""

    def __init__(self, found: _Reader) -> None:
        self._index = found.index
        self._order = found.index.order()
        self.skipped = tuple(found.skipped)
        self.ignored = dict(found.ignored)
        """Records that are no captures, counted by WARC-Type."""
        self.decision_files = tuple(found.decision_files)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Entry]:
        return (self._index.entry(number) for number in self._order)


def open_sources(paths: Sequence[str | Path]) -> Sources:
    """Index everything that `paths` name: files, folders (searched to the bottom) and patterns like `crawl-*.warc.gz`.

    What cannot be a source is an ArchiveError. What is damaged or unknown inside one is in `skipped`."""
    reader = _Reader()
    with reader.index.urls:
        for path in paths:
            for found in _expanded(path):
                reader.read(found)
        reader.resolve_revisits()
        return Sources(reader)


def _expanded(path: str | Path) -> list[Path]:
    """`path`, or what it matches: some shells, and Makefiles that quote, leave patterns to the program."""
    if os.path.lexists(path):
        return [Path(path)]
    # Path.glob takes no absolute pattern.
    matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
    if not matches:
        raise SourceError(f"no such file or folder: {str(path)!r}")
    return [Path(match) for match in matches]


class _Reader:
    """Walks sources and fills an index."""

    def __init__(self) -> None:
        self.index = _Index()
        self.skipped: list[Skipped] = []
        self.ignored: Counter[str] = Counter()
        self.decision_files: list[Path | zipfile.Path] = []
        self._seen: set[Path] = set()
        self._listed: set[Path] = set()
        self._sources = 0

    def read(self, path: Path) -> None:
        """Read one path that the user named."""
        if path.is_dir():
            before = self._sources
            self._read_folder(path, above=())
            if self._sources == before:
                raise SourceError(f"nothing to replay in {str(path)!r}: looked for {_LOOKED_FOR}, in it and below")
        elif path.name == MANIFEST:
            self._read_manifest(path)
        elif path.suffix.lower() in CONTENT_TYPES:
            raise SourceError(f"{str(path)!r} is a loose page: list it in a {MANIFEST} and replay the folder")
        elif not self._read_by_name(path):
            self._read_once(path, is_zip=zipfile.is_zipfile(path))

    def _read_folder(self, folder: Path, *, above: tuple[Path, ...]) -> None:
        real = folder.resolve()
        if real in above:  # a link to a folder that we are in
            return
        try:
            names = sorted(folder.iterdir())
        except OSError as error:
            raise SourceError(f"cannot read {str(folder)!r}: {error.strerror}") from error
        if (folder / MANIFEST).is_file():
            self._read_manifest(folder / MANIFEST)
        for path in names:
            if path.name.startswith(".") or path.name == MANIFEST:
                continue
            if path.is_dir():
                self._read_folder(path, above=(*above, real))
            elif not self._read_by_name(path) and not _is_known(path) and path.resolve() not in self._listed:
                self._skip(path, None, _why_unread(path))

    def _read_by_name(self, path: Path) -> bool:
        """Read `path` if its name says what it is."""
        name = path.name.lower()
        if name == DECISIONS:
            if path not in self.decision_files:
                self.decision_files.append(path)
            self._sources += 1
            return True
        if name.endswith((*_WARC_NAMES, ".wacz")):
            self._read_once(path, is_zip=name.endswith(".wacz"))
            return True
        return False

    def _read_once(self, path: Path, *, is_zip: bool) -> None:
        self._sources += 1
        if self._is_new(path):
            if is_zip:
                self._read_wacz(path)
            else:
                self._read_warc(path)

    def _is_new(self, path: Path) -> bool:
        """Whether `path` was not read yet, under this or another name."""
        real = path.resolve() if path.exists() else path
        is_new = real not in self._seen
        self._seen.add(real)
        return is_new

    def _read_manifest(self, path: Path) -> None:
        pages = read_manifest(path)
        self._sources += len(pages)
        self._listed.update(Path(page.path).resolve() for page in pages)
        if not self._is_new(path):
            return
        for page in pages:
            self.index.add_capture(page, load(page))

    def _read_warc(self, path: Path, *, start: int = 0, end: int | None = None) -> None:
        holder = str(path)
        for found in scan(path, start=start, end=end):
            if isinstance(found, Damage):
                self._skip(path, found.offset, f"{found.reason}; {_WHOLE_IS_READ}")
            elif isinstance(found, Ignored):
                self.ignored[found.type] += 1
            elif found.payload_sha256 is None:
                self.index.add_revisit(holder, found)
            else:
                self.index.add(holder, found, found.payload_sha256)

    def _read_wacz(self, path: Path) -> None:
        """Read the WARCs of a WACZ where they lie: they are stored, so each is a part of the zip as it is."""
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
        except zipfile.BadZipFile as error:
            raise SourceError(f"not a WACZ: {str(path)!r} is no whole zip file; fetch it again") from error
        except OSError as error:
            raise SourceError(f"cannot read {str(path)!r}: {error.strerror}") from error
        warcs = [
            info
            for info in infos
            if info.filename.startswith("archive/") and info.filename.lower().endswith((".warc", ".warc.gz"))
        ]
        if not warcs:
            raise SourceError(f"WACZ {str(path)!r} has no WARC under archive/: make it again from its WARC files")
        if any(info.filename == DECISIONS for info in infos):
            self.decision_files.append(zipfile.Path(path, DECISIONS))
        for info in warcs:
            if info.compress_type != zipfile.ZIP_STORED:
                reason = f"{info.filename!r} is compressed inside the zip: unpack it and replay the folder"
                self._skip(path, info.header_offset, reason)
                continue
            start = _start_in_zip(path, info)
            self._read_warc(path, start=start, end=start + info.compress_size)

    def resolve_revisits(self) -> None:
        """Find the payloads that captures repeat, whichever file they are in."""
        for place, url in self.index.resolve_revisits():
            reason = f"revisit of a record that is not here: replay it together with the WARC of {url!r}"
            self._skip(Path(place.path), place.offset, reason)

    def _skip(self, path: Path, offset: int | None, reason: str) -> None:
        self.skipped.append(Skipped(str(path), offset, reason))


def _is_known(path: Path) -> bool:
    name = path.name.lower()
    return name in _KNOWN_NAMES or name.startswith(_KNOWN_STEMS) or path.suffix.lower() in _KNOWN_SUFFIXES


def _why_unread(path: Path) -> str:
    if path.suffix.lower() in CONTENT_TYPES:
        return f"a loose page that no {MANIFEST} names: add it there with its site and time"
    return f"neither of {_LOOKED_FOR}"


def _start_in_zip(path: Path, info: zipfile.ZipInfo) -> int:
    """Where the bytes of a stored file begin: behind its local header, whose size only it tells (APPNOTE 4.3.7)."""
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        name_length, extra_length = int.from_bytes(file.read(2), "little"), int.from_bytes(file.read(2), "little")
    return info.header_offset + 30 + name_length + extra_length


class _Index:
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
        self._dangling: set[int] = set()
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

    def add_capture(self, holder: Page, capture: Capture) -> None:
        """Add a capture that had to be read."""
        payload = hashlib.sha256(capture.payload).hexdigest()
        self.add(holder, Scanned(0, 0, None, capture.url, capture.captured_at, capture.status, payload, ""), payload)

    def add(self, holder: str | Page, found: Scanned, payload_sha256: str) -> None:
        """Add a row."""
        self._add(holder, found, bytes.fromhex(payload_sha256))
        self._ids.append(_id(found.url, found.captured_at, found.status, payload_sha256))

    def add_revisit(self, holder: str, found: Scanned) -> None:
        """Add a row whose payload, and so whose id, `resolve_revisits` finds when everything was added."""
        self._revisits.append(len(self._ids))
        self._referred.append(_NEVER if found.refers_to is None else _microseconds(found.refers_to[1]))
        self._statuses.append(-1 if found.status is None else found.status)
        self._add(holder, found, bytes(32))
        self._ids.append(0)

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
                self._dangling.add(row)
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
        known = (row for row in range(len(self._moments)) if row not in self._dangling)
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
        return rows

    def entry(self, row: int) -> Entry:
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
