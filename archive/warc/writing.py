"""Write captures as WARC 1.1 files (ISO 28500:2017): one gzip member per record, so that each can be read on its own.

A file is written by whoever made it and by nobody else. It is called `<name>.warc.gz.open` until it is closed, and a
file that was left open is repaired into a new one (`repair`), because whatever is appended after a torn member is lost
to every reader. What a record says is `encoding`'s."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from archive.exceptions import WarcExistsError
from archive.failpoint import failpoint, is_armed
from archive.warc.encoding import encode, encode_request, encode_warcinfo

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive.types import Capture

CLOSED = ".warc.gz"
OPEN = ".warc.gz.open"
REPAIRED = "-repaired.warc.gz"
TORN = ".torn"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Location:
    """Where the record of one capture is."""

    file: str
    """The name that the file has once closed; `find_file` finds it before that, and after a repair."""
    offset: int
    length: int


class WarcWriter:
    """One new WARC file of captures.

    A capture is in the hands of the operating system when `add` returns (it survives a kill of this process), and
    on the disk, with the name of its file, when `close` returns (it survives a power cut)."""

    def __init__(self, folder: Path, name: str, *, created_at: datetime) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a plain file name: {name!r}")
        self.folder = folder
        self.file = name + CLOSED
        self._open_path = folder / (name + OPEN)
        taken = find_taken(folder, name)
        if taken is not None:
            raise WarcExistsError(taken)
        self._stream = self._open_path.open("xb", buffering=0)
        self._is_torn = False
        self._captures = 0
        self.size = 0
        """Bytes written so far, for deciding when to begin another file."""
        self._append(encode_warcinfo(self.file, created_at))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, capture: Capture, record: bytes | None = None, request: bytes | None = None) -> Location:
        """Append `capture` and, where it is known, its request.

        `record` is `encode(capture)`, and `request` is `encode_request(capture)` or empty, if that is at hand."""
        member = encode(capture) if record is None else record
        location = Location(self.file, self.size, len(member))
        self._append(member + ((encode_request(capture) or b"") if request is None else request))
        self._captures += 1
        return location

    def close(self) -> Path | None:
        """Finish the file and give it its final name; None if it holds no capture, and then it is removed.

        A file that could not be written to the end of its last record stays open for `repair`."""
        if self._stream.closed:
            return None
        try:
            os.fsync(self._stream.fileno())
        finally:
            self._stream.close()
        if self._is_torn:
            return None
        if not self._captures:
            self._open_path.unlink()
            return None
        path = self.folder / self.file
        failpoint("warc_synced")
        self._open_path.rename(path)
        sync_folder(self.folder)
        failpoint("warc_closed")
        return path

    def _append(self, members: bytes) -> None:
        """Write `members` whole or not at all: what a full disk cut off is taken back."""
        self._is_torn = True
        rest = memoryview(members)
        try:
            if is_armed("warc_half"):
                rest = rest[self._stream.write(rest[: len(rest) // 2]) :]
                failpoint("warc_half")
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError:
            self._stream.truncate(self.size)
            self._stream.seek(self.size)
            self._is_torn = False
            raise
        self._is_torn = False
        self.size += len(members)
        failpoint("warc_written")


def find_taken(folder: Path, name: str) -> Path | None:
    """The file called `name` that is there in any of the forms that it may have: nothing is written over."""
    forms = (folder / (name + form) for form in (CLOSED, OPEN, REPAIRED, TORN))
    return next((path for path in forms if path.exists()), None)


def find_file(folder: Path, file: str) -> Path:
    """The path in `folder` of the file that a `Location` names: closed, still open, or repaired after a crash.

    Offsets are the same in all three."""
    name = file.removesuffix(CLOSED)
    candidates = (folder / file, folder / (name + REPAIRED), folder / (name + OPEN))
    return next((path for path in candidates if path.exists()), candidates[0])


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; a file's own fsync does not cover its name."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
