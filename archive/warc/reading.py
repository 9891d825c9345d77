"""Read WARC files, ours and those of other tools, strictly: a record is whole and intact, or it is reported.

warcio's iterator hands out a torn record as if it were whole at three of four cut points and `warcio check` calls
such a file sound (warcio#138), so members are walked here: gzip must end with its CRC, Content-Length must be met
and the block digest must match. What comes after damage is found again at the next gzip member."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from archive.exceptions import NotWarcError, WarcDamageError, WarcUnreadableError
from archive.warc.records import (
    MAX_BLOCK,
    Record,
    RecordError,
    UnusableRecordError,
    block_length,
    capture_of,
    is_unmodified,
    outline,
    parse_fields,
)
from archive.warc.writing import find_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from archive.types import Capture
    from archive.warc.writing import Location

    _Buffered = io.BufferedReader["_Raw"]

_CHUNK = 64 * 1024
_MAX_HEAD = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
# A gzip header may carry a file name and a comment before the first packed byte.
_MAX_GZIP_HEAD = 4096
_GZIP_MAGIC = b"\x1f\x8b\x08"
_WARC_MAGIC = b"WARC/"


@dataclass(frozen=True, slots=True)
class Member:
    """One record and where it is.

    `offset` and `length` are those of its gzip member, or of the record in a file that is not compressed. Badly
    made files put many records into one gzip member: there `inner` is where the record begins in the unpacked
    member (else None), `length` reaches to the end of the file, and each read unpacks all that comes before. Walking
    such a file costs no more than any other; to read it at random, rewrite it first (`warcio recompress`)."""

    offset: int
    length: int
    inner: int | None
    record: Record


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in a file where a record is not whole."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unusable(Damage):
    """A record that is whole and intact, and of which no capture can be made: that is how it was written."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A record that is no capture."""

    type: str
    """Its WARC-Type; `revisit (not modified)` for a 304, which shows nothing."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One capture as an index needs it: where it is and what its id is made of."""

    offset: int
    length: int
    inner: int | None
    url: str
    captured_at: datetime
    status: int | None
    payload_sha256: str | None
    """None for a revisit: read it together with the record that has its `payload_digest`."""
    payload_digest: str
    refers_to: tuple[str, datetime] | None = None
    """Of a revisit: address and moment of the capture that it repeats, if it says."""
    content_type: str | None = None
    site: str | None = None
    """`Luubao-Site`: the site where the address does not tell it."""


def members(path: Path, *, start: int = 0, end: int | None = None) -> Iterator[Member | Damage]:
    """All records of a `.warc` or `.warc.gz`, in the order of the file, with `Damage` where there is any.

    `start` and `end` bound a WARC that lies in another file (stored in a WACZ); offsets still count from the
    beginning of `path`. Digests are not looked at: `scan` and `read_at` do that for captures."""
    with _opened(path) as file:
        size = file.seek(0, io.SEEK_END)
        end = size if end is None else min(end, size)
        if start >= end:
            yield Damage(start, "the file is empty")
            return
        unpacked = _first_unpacked(file, start, end)
        if unpacked is not None and _WARC_MAGIC.startswith(unpacked):
            yield from _gzip_members(file, start, end)
        elif _WARC_MAGIC.startswith(_first_bytes(file, start, len(_WARC_MAGIC))):
            yield from _plain_members(file, start, end)
        else:
            yield from _gzip_with_bad_start(file, path, start, end)


def scan(path: Path, *, start: int = 0, end: int | None = None) -> Iterator[Scanned | Ignored | Damage]:
    """What an index needs of every record, verified like `read_at` but without building captures."""
    for member in members(path, start=start, end=end):
        if isinstance(member, Damage):
            yield member
            continue
        try:
            found = outline(member.record)
        except RecordError as error:
            yield _no_record(member.offset, error)
            continue
        if found is None:
            yield Ignored("revisit (not modified)" if is_unmodified(member.record) else member.record.type)
            continue
        yield Scanned(
            member.offset,
            member.length,
            member.inner,
            found.url,
            found.captured_at,
            found.status,
            found.payload_sha256,
            found.payload_digest,
            found.refers_to,
            found.content_type,
            found.site,
        )


def read_at(
    path: Path, offset: int, length: int, *, inner: int | None = None, original: Record | None = None
) -> Capture:
    """The capture at exactly this place; WarcDamageError if it is not there, whole and intact.

    A revisit takes its payload from `original`."""
    record = read_record(path, offset, length, inner=inner)
    try:
        return capture_of(record, original)
    except RecordError as error:
        raise WarcDamageError(path, offset, str(error)) from error


def read_in(folder: Path, place: Location, payload_place: Location | None = None) -> Capture:
    """The capture whose record is at `place` in `folder`; of a revisit with the payload that is at `payload_place`.

    Raises WarcDamageError and WarcUnreadableError."""
    original = None
    if payload_place is not None:
        path = find_file(folder, payload_place.file)
        original = read_record(path, payload_place.offset, payload_place.length)
    return read_at(find_file(folder, place.file), place.offset, place.length, original=original)


def read_record(path: Path, offset: int, length: int, *, inner: int | None = None) -> Record:
    """The record at exactly this place; WarcDamageError if it is not there and whole."""
    with _opened(path) as file:
        try:
            raw: _Raw = (_Inflating if _is_gzip(file, offset) else _Region)(file, offset, offset + length)
            record, is_alone = _first_record(_buffered(raw), skip=inner or 0)
        except RecordError as error:
            raise WarcDamageError(path, offset, str(error)) from error
        if inner is None and not (is_alone and raw.length == length):
            raise WarcDamageError(path, offset, "the record does not end where it should")
        return record


def _first_record(stream: _Buffered, *, skip: int) -> tuple[Record, bool]:
    """The record that begins `skip` bytes into `stream`, and whether the stream ends with it."""
    _skip(stream, skip)
    found = next(_records(stream), None)
    if found is None or found.start:
        raise RecordError("no record begins here")
    if isinstance(found.record, RecordError):
        raise found.record
    return found.record, found.is_last


class _Raw(io.RawIOBase):
    """The bytes of `file` from `start` to `end`; `length` is how many of them were used up so far."""

    def __init__(self, file: io.FileIO, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._end = end
        self._position = start

    @property
    def length(self) -> int:
        return self._position - self._start

    def readable(self) -> bool:
        return True

    def _read_file(self, size: int) -> bytes:
        # The walk shares one file between readers, so the position is set each time.
        self._file.seek(self._position)
        found = self._file.read(min(size, self._end - self._position))
        self._position += len(found)
        return found


class _Region(_Raw):
    """A part of a file as it is."""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        found = self._read_file(len(view))
        view[: len(found)] = found
        return len(found)


class _Inflating(_Raw):
    """One gzip member, unpacked; RecordError when it is not whole. Its end is reached only if its CRC was right."""

    def __init__(self, file: io.FileIO, start: int, end: int) -> None:
        super().__init__(file, start, end)
        self._inflater = zlib.decompressobj(_GZIP)
        self._ready = memoryview(b"")

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._ready and not self._inflater.eof:
            packed = self._read_file(_CHUNK)
            if not packed:
                raise RecordError("cut off inside a gzip member")
            try:
                # At most 66 MB: deflate packs 1032 bytes into one at best.
                self._ready = memoryview(self._inflater.decompress(packed))
            except zlib.error as error:
                raise RecordError(f"corrupt gzip member ({error})") from error
            self._position -= len(self._inflater.unused_data)
        view = memoryview(buffer)
        piece = self._ready[: len(view)]
        view[: len(piece)] = piece
        self._ready = self._ready[len(piece) :]
        return len(piece)


def _buffered(raw: _Raw) -> _Buffered:
    return io.BufferedReader(raw, _CHUNK)


def _gzip_members(file: io.FileIO, start: int, end: int) -> Iterator[Member | Damage]:
    offset = start
    while offset < end:
        raw = _Inflating(file, offset, end)
        stream = _buffered(raw)
        try:
            for found in _records(stream):
                if isinstance(found.record, RecordError):
                    yield _no_record(offset, found.record)
                elif found.is_last and not found.start:
                    yield Member(offset, raw.length, None, found.record)
                else:
                    yield Member(offset, end - offset, found.start, found.record)
        except RecordError as error:
            yield Damage(offset, str(error))
        offset = _end_of_member(file, offset, end, raw)


def _no_record(offset: int, error: RecordError) -> Damage:
    return (Unusable if isinstance(error, UnusableRecordError) else Damage)(offset, str(error))


def _gzip_with_bad_start(file: io.FileIO, path: Path, start: int, end: int) -> Iterator[Member | Damage]:
    """The members behind a first one that is not even the beginning of a record; NotWarcError if there are none."""
    first = _next_member(file, start, end)
    if first == end:
        raise NotWarcError(path)
    yield Damage(start, "no WARC record begins here")
    yield from _gzip_members(file, first, end)


def _end_of_member(file: io.FileIO, offset: int, end: int, raw: _Inflating) -> int:
    """Where to go on behind the member at `offset`: at its end if it has one, else at the next whole beginning."""
    try:
        while raw.read(_CHUNK):
            pass
    except RecordError:
        return _next_member(file, offset + 1, end)
    return offset + raw.length


def _next_member(file: io.FileIO, offset: int, end: int) -> int:
    """Where, from `offset` on, the next gzip member begins that holds a WARC record; `end` if none does."""
    while offset < end:
        window = _first_bytes(file, offset, min(_CHUNK, end - offset))
        found = window.find(_GZIP_MAGIC)
        if found < 0:
            # The magic number may straddle two windows.
            offset += max(len(window) - len(_GZIP_MAGIC) + 1, 1)
        elif _first_unpacked(file, offset + found, end) == _WARC_MAGIC:
            return offset + found
        else:
            offset += found + 1
    return end


def _first_unpacked(file: io.FileIO, offset: int, end: int) -> bytes | None:
    """The first bytes that the gzip member at `offset` unpacks to, fewer if it is cut off; None if it is no gzip."""
    packed = _first_bytes(file, offset, min(_MAX_GZIP_HEAD, end - offset))
    try:
        return zlib.decompressobj(_GZIP).decompress(packed, len(_WARC_MAGIC))
    except zlib.error:
        return None


def _plain_members(file: io.FileIO, start: int, end: int) -> Iterator[Member | Damage]:
    stop = start
    try:
        for found in _records(_buffered(_Region(file, start, end))):
            offset, stop = start + found.start, start + found.stop
            if isinstance(found.record, RecordError):
                yield _no_record(offset, found.record)
            else:
                yield Member(offset, stop - offset, None, found.record)
            if found.is_last and not found.is_ended:
                yield Damage(stop, "cut off behind the last record")
    except RecordError as error:
        # Without gzip nothing tells a record from the text of a page that quotes one.
        yield Damage(stop, f"{error}; the rest of the file cannot be read")


class _Found(NamedTuple):
    """One record of a stream, or why it is none, from `start` to `stop`."""

    start: int
    stop: int
    record: Record | RecordError
    is_ended: bool
    """Whether the two line ends that close a record are there."""
    is_last: bool


def _records(stream: _Buffered) -> Iterator[_Found]:
    """All records of `stream`; RecordError where it cannot be followed any further.

    A record is handed out once the stream went on behind it, or ended well: the CRC of its member is checked then."""
    position = 0
    while True:
        head, skipped, size = _read_head(stream)
        if not head:
            return
        start = position + skipped
        fields = parse_fields(head)
        length = block_length(fields)
        record: Record | RecordError
        if length > MAX_BLOCK:
            _skip(stream, length)
            record = UnusableRecordError(f"a block of more than {MAX_BLOCK} bytes: {length}")
        else:
            block = stream.read(length)
            if len(block) < length:
                raise RecordError("cut off inside a record")
            record = Record(fields, block)
        position = start + size + length
        line_ends = 0
        while line_ends < 2 and stream.peek(1)[:1] in (b"\r", b"\n"):  # noqa: PLR2004  # CRLF CRLF
            line_end = stream.readline(2)
            position += len(line_end)
            line_ends += line_end.endswith(b"\n")
        is_last = not stream.peek(1)
        yield _Found(start, position, record, line_ends == 2, is_last)  # noqa: PLR2004


def _read_head(stream: _Buffered) -> tuple[bytes, int, int]:
    """The next record head, how many empty bytes stood before it, and its size; an empty head at the end."""
    lines: list[bytes] = []
    skipped = size = 0
    while line := stream.readline(_MAX_HEAD):
        is_empty = not line.strip(b"\r\n")
        if is_empty and not lines:
            skipped += len(line)
            continue
        size += len(line)
        if is_empty:
            return b"".join(lines), skipped, size
        lines.append(line)
        if not lines[0].startswith(_WARC_MAGIC) or size > _MAX_HEAD:
            raise RecordError("no WARC record begins here")
    if lines:
        raise RecordError("cut off inside a record")
    return b"", skipped, 0


def _skip(stream: _Buffered, size: int) -> None:
    while size:
        piece = stream.read(min(size, _CHUNK))
        if not piece:
            raise RecordError("cut off inside a record")
        size -= len(piece)


def _opened(path: Path) -> io.FileIO:
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise WarcUnreadableError(path, error.strerror or str(error)) from error


def _first_bytes(file: io.FileIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _is_gzip(file: io.FileIO, offset: int) -> bool:
    return _first_bytes(file, offset, 2) == _GZIP_MAGIC[:2]
