"""Prove that an archive is whole: every record against the database, and every row against the records.

Reads everything and changes nothing. WARC files are walked with strict gzip and digests, because readers that are
kind to damage do not report it (a torn last member passes 18 of 19 times)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import warc
from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.storage import captures, checks
from archive.storage.captures import StoredCapture

_GZIP_HEADER = 10
"""Bytes (RFC 1952, 2.3)."""
_GZIP_MAGIC = b"\x1f\x8b"
_REVISIT = "a revisit"
"""In the place of an id, which a revisit has only together with the payload that it refers to."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` saw."""

    captures: int
    files: int
    problems: tuple[Problem, ...]


def verify(archive: Archive, *, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Check `archive`; `progress` is called with the number of captures looked at since the last call."""
    problems: list[Problem] = []
    seen: set[str] = set()
    looked_at = 0
    with archive.reading() as connection:
        problems += [Problem("database", what) for what in checks.database_problems(connection)]
        problems += [Problem(f"document {row}", "its text is not what was kept") for row in checks.altered(connection)]
        expected = captures.all_captures(connection)
        for file, stored in _by_file(expected):
            seen.add(file)
            path = warc.find_file(archive.captures_folder, file)
            problems += _check_file(path, stored, archive.captures_folder)
            looked_at += len(stored)
            progress(len(stored))
    for path in sorted(archive.captures_folder.glob("*.warc.gz")):
        # A crash within its first capture leaves a file with nothing but its warcinfo.
        if path.name not in seen and not all(isinstance(found, warc.Ignored) for found in warc.scan(path)):
            problems.append(Problem(path.name, "no capture in it is known: record it again with `luubao replay`"))
    return Report(looked_at, len(seen), tuple(problems))


def _by_file(stored: Iterator[StoredCapture] | object) -> Iterator[tuple[str, list[StoredCapture]]]:
    group: list[StoredCapture] = []
    assert hasattr(stored, "__iter__")
    for capture in stored:
        if group and group[0].file != capture.file:
            yield group[0].file, group
            group = []
        group.append(capture)
    if group:
        yield group[0].file, group


def _check_file(path: Path, stored: list[StoredCapture], folder: Path) -> list[Problem]:
    if not path.exists():
        return [Problem(path.name, f"the file is missing with {len(stored)} captures: restore it from a backup")]
    problems = []
    found: dict[int, str] = {}
    begins = {0}
    try:
        for record in warc.scan(path):
            if isinstance(record, warc.Damage):
                problems.append(Problem(f"{path.name} at {record.offset}", record.reason))
            elif isinstance(record, warc.Scanned):
                begins |= {record.offset, record.offset + record.length}
                found[record.offset] = _REVISIT if record.payload_sha256 is None else _id_of(record)
        problems += [
            Problem(f"{path.name} at {at}", "its gzip header was altered") for at in _odd_headers(path, begins)
        ]
    except ArchiveError as e:
        return [Problem(path.name, str(e))]
    for capture in stored:
        there = found.pop(capture.offset, None)
        if there == _REVISIT and capture.payload_place is not None:
            problems += _check_revisit(folder, capture, capture.payload_place)
        elif there != capture.public_id:
            what = "no whole record is there" if there is None else f"the record there is {there}"
            problems.append(Problem(f"capture {capture.public_id}", f"{path.name} at {capture.offset}: {what}"))
    problems += [Problem(f"{path.name} at {at}", f"record {name} is in no row") for at, name in found.items()]
    return problems


def _id_of(record: warc.Scanned) -> str:
    assert record.payload_sha256 is not None
    return warc.scanned_id(
        url=record.url,
        captured_at=record.captured_at,
        status=record.status,
        payload_sha256=record.payload_sha256,
    )


def _check_revisit(folder: Path, capture: StoredCapture, payload: warc.Location) -> list[Problem]:
    """A record without a payload of its own is worth what the record is that it refers to."""
    where = f"{capture.file} at {capture.offset}"
    held = f"{payload.file} at {payload.offset}"
    try:
        there = warc.capture_id(warc.read_in(folder, capture.place, payload))
    except ArchiveError as e:
        return [Problem(f"capture {capture.public_id}", f"{where}: the payload should be in {held}: {e}")]
    if there == capture.public_id:
        return []
    return [Problem(f"capture {capture.public_id}", f"{where}: with the payload in {held} it is {there}")]


def _odd_headers(path: Path, begins: set[int]) -> list[int]:
    """Where a gzip header is unlike the others of its file: no checksum covers it, and one writer writes them alike."""
    headers: dict[int, bytes] = {}
    with path.open("rb") as file:
        for at in sorted(begins):
            file.seek(at)
            headers[at] = file.read(_GZIP_HEADER)
    known = Counter(header for header in headers.values() if header.startswith(_GZIP_MAGIC))
    if not known:
        return []
    usual = known.most_common(1)[0][0]
    return [at for at, header in headers.items() if header not in (usual, b"")]
