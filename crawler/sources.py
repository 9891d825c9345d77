"""What `luubao replay PATH...` can read: WARC and WACZ files, folders of them, seeds, and the captures of an archive.

`open_sources` reads everything once and gives the order in which captures are replayed: by moment, URL and payload,
whatever the files are called and in whatever order they were named. An entry says where its capture is; `load`
reads it, in this process or in another."""

from __future__ import annotations

import glob
import hashlib
import os
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.exceptions import SourceError
from archive.warc import Damage, Ignored, Scanned, Unusable, scan
from crawler.capture_index import CaptureIndex, Entry, load
from crawler.manifest import CONTENT_TYPES, MANIFEST, read_manifest
from crawler.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archive.types import Capture

DECISIONS = "decisions.jsonl"
_WARC_NAMES = (".warc", ".warc.gz", ".warc.gz.open")
_LOOKED_FOR = f"*.warc, *.warc.gz, *.wacz, or pages named by a {MANIFEST}"
# What lies beside captures and says nothing that replay could use: expectations, notes, indexes of other tools.
_KNOWN_NAMES = frozenset(
    {"expected.json", "archive.db", "archive.db-wal", "archive.db-shm", "datapackage.json", "luubao.toml"}
)
_KNOWN_STEMS = ("readme", "license", "notice", "datapackage-digest")
# What `luubao export` writes besides: what was read in pages, and not the pages.
_EXPORTS = frozenset({".jsonl", ".csv", ".parquet", ".db", ".sqlite", ".atom", ".json"})
_KNOWN_SUFFIXES = frozenset({".cdx", ".cdxj", ".idx", ".torn", ".part", ".jsonl", ".lock", ".turn"})
_WHOLE_IS_READ = "everything that is whole is replayed; for the rest, fetch the file again or restore it"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the sources that is not replayed, and why."""

    path: str
    offset: int | None
    reason: str
    kind: str = "damaged part"
    """What it is, in a word or two, where captures are missing."""

    @property
    def is_loss(self) -> bool:
        """Captures are missing, as opposed to a file that is none of ours."""
        return self.offset is not None


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
        self.left_out = dict(found.left_out)
        """Captures that are not wanted, counted by the reason."""
        self.decision_files = tuple(found.decision_files)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Entry]:
        return (self._index.entry(number) for number in self._order)


def open_sources(
    paths: Sequence[str | Path], *, wanted: Wanted | None = None, progress: Callable[[int], None] = lambda _: None
) -> Sources:
    """Index everything that `paths` name: files, folders (searched to the bottom) and patterns like `crawl-*.warc.gz`.

    What cannot be a source is an ArchiveError. What is damaged or unknown inside one is in `skipped`, what is not
    `wanted` is counted in `left_out`. `progress` is called with the bytes of WARC files looked through since the last
    call; `size_of` tells how many there are."""
    reader = _Reader(wanted or Wanted(), progress)
    with reader.index.urls:
        for path in paths:
            for found in _expanded(path):
                reader.read(found)
        reader.resolve_revisits()
        return Sources(reader)


def size_of(paths: Sequence[str | Path]) -> int:
    """Bytes of the WARC and WACZ files that `paths` name, to measure progress by."""
    files = [
        file
        for path in paths
        for found in _expanded(path)
        for file in (found.rglob("*") if found.is_dir() else [found])
        if not found.is_dir() or file.name.lower().endswith((*_WARC_NAMES, ".wacz"))
    ]
    return sum(file.stat().st_size for file in files if file.is_file())


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

    def __init__(self, wanted: Wanted, progress: Callable[[int], None]) -> None:
        self._wanted = wanted
        self._progress = progress
        self.index = CaptureIndex()
        self.skipped: list[Skipped] = []
        self.ignored: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
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
        elif path.suffix.lower() in _EXPORTS and path.name != DECISIONS:
            raise SourceError(
                f"{str(path)!r} holds no pages: let that archive export --format wacz, or name its folder"
            )
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
            if self._wanted.decisions and path not in self.decision_files:
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
            found = _outlined(load(page))
            assert found.payload_sha256 is not None
            self.index.add(page, found, found.payload_sha256, is_wanted=self._is_wanted(found))

    def _read_warc(self, path: Path, *, start: int = 0, end: int | None = None) -> None:
        holder, done = str(path), start
        for found in scan(path, start=start, end=end):
            if not isinstance(found, Ignored):
                self._progress(max(0, found.offset - done))
                done = max(done, found.offset)
            if isinstance(found, Unusable):
                # What follows a colon is of this record alone.
                self.left_out[f"unusable record ({found.reason.partition(': ')[0]})"] += 1
            elif isinstance(found, Damage):
                self._skip(path, found.offset, f"{found.reason}; {_WHOLE_IS_READ}")
            elif isinstance(found, Ignored):
                self.ignored[found.type] += 1
            elif found.payload_sha256 is not None:
                # What is not wanted may have the payload that a wanted revisit needs.
                self.index.add(holder, found, found.payload_sha256, is_wanted=self._is_wanted(found))
            elif self._is_wanted(found):
                self.index.add_revisit(holder, found)
        self._progress(max(0, (path.stat().st_size if end is None else end) - done))

    def _is_wanted(self, found: Scanned) -> bool:
        reason = self._wanted.why_not(found)
        if reason is not None:
            self.left_out[reason] += 1
        return reason is None

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
        if self._wanted.decisions and any(info.filename == DECISIONS for info in infos):
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
            self.skipped.append(Skipped(place.path, place.offset, reason, kind="unresolved revisit"))

    def _skip(self, path: Path, offset: int | None, reason: str) -> None:
        self.skipped.append(Skipped(str(path), offset, reason))


def _outlined(capture: Capture) -> Scanned:
    """What a scan would have found of a page."""
    payload, kind = hashlib.sha256(capture.payload).hexdigest(), capture.header("Content-Type")
    moment, status = capture.captured_at, capture.status
    return Scanned(0, 0, None, capture.url, moment, status, payload, "", content_type=kind, site=capture.site)


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
