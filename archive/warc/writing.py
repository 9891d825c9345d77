"""Write captures as WARC 1.1 (ISO 28500:2017): one gzip member per record, so that each can be read on its own.

What is written follows from the capture alone: no clock, no random number. A file is written by whoever made it
and by nobody else. It is called `<name>.warc.gz.open` until it is closed, and a file that was left open is
repaired into a new one (`repair`), because whatever is appended after a torn member is lost to every reader."""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exceptions import WarcExistsError
from archive.failpoint import failpoint, is_armed
from archive.version import VERSION
from archive.warc.identity import identity
from archive.warc.records import sha1_digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archive.types import Capture

CLOSED = ".warc.gz"
OPEN = ".warc.gz.open"
REPAIRED = "-repaired.warc.gz"
TORN = ".torn"

# Level 9, which warcio cannot be talked out of, takes six times as long and saves two bytes in a hundred; level 6
# a third longer for one and a half.
_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS

# Anybody may choose the namespace of a version 5 UUID; it must only never change again.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:luubao:record")

_RESPONSE = "application/http;msgtype=response"
_WARC_FIELDS = "application/warc-fields"
_PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_BREAK = re.compile(r"\s*[\x00-\x1f\x7f]+\s*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Location:
    """Where the record of one capture is."""

    file: str
    """The name that the file has once closed; `find_file` finds it before that, and after a repair."""
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier capture, as a `revisit` record names it."""

    url: str
    captured_at: datetime
    status: int | None
    payload_sha256: str

    @property
    def identity(self) -> str:
        """What the id of its record is made from."""
        return identity(
            url=self.url, captured_at=self.captured_at, status=self.status, payload_sha256=self.payload_sha256
        )


def encode(capture: Capture) -> bytes:
    """`capture` as one gzip member with one record: `response` if it came over HTTP, else `resource`."""
    fields = _fields(capture, "resource" if capture.status is None else "response")
    _add(fields, "WARC-IP-Address", capture.ip_address)
    _add(fields, "WARC-Truncated", capture.truncated)
    _add(fields, "Luubao-Site", capture.site)
    if capture.status is None:
        content_type = _one_line(capture.header("Content-Type") or "application/octet-stream")
        return _member(fields, capture.payload, content_type=content_type)
    return _member(fields, capture.payload, content_type=_RESPONSE, http_head=_head(capture, fields))


def encode_revisit(capture: Capture, first: Reference) -> bytes:
    """`capture` as one gzip member with a `revisit` record: its head, and where its payload is.

    `first` is a capture of the same status and payload, which is kept whole."""
    fields = _revisit(capture, "identical-payload-digest", first)
    fields["WARC-Payload-Digest"] = sha1_digest(capture.payload)
    # What is the same was left out (WARC 1.1, 6.7.2); no page was cut off.
    fields["WARC-Truncated"] = "length"
    return _member(fields, b"", content_type=_RESPONSE, http_head=_head(capture, fields))


def encode_unmodified(capture: Capture, first: Reference | None) -> bytes:
    """A 304 as gzip members of their own: a `revisit` record, and the answer as received in a `metadata` record.

    `first` is the capture that showed the page last, where there is one. Without it nothing could be shown at this
    moment, and the answer is in the revisit itself."""
    fields = _revisit(capture, "server-not-modified", first)
    if first is None:
        return _member(fields, b"", content_type=_RESPONSE, http_head=_head(capture, fields))
    # With a head, pywb would play an empty answer 304 at this moment; without, as WARC 1.1 (6.7.3) allows, the page.
    head = _head(capture, fields)
    told = _fields(capture, "metadata")
    _add(told, "WARC-Concurrent-To", fields["WARC-Record-ID"])
    lines = [("http-status-line", f"{head.protocol} {head.statusline}"), *head.headers]
    # Undecodable header bytes arrive as surrogates and leave as what they were.
    block = "".join(f"{name}: {value}\r\n" for name, value in lines).encode("utf-8", "surrogateescape")
    return _member(fields, b"", content_type=_RESPONSE) + _member(told, block, content_type=_WARC_FIELDS)


def _revisit(capture: Capture, profile: str, first: Reference | None) -> dict[str, str]:
    fields = _fields(capture, "revisit")
    fields["WARC-Profile"] = _PROFILES + profile
    if first is not None:
        fields["WARC-Refers-To"] = f"<urn:uuid:{uuid.uuid5(_NAMESPACE, first.identity)}>"
        _add(fields, "WARC-Refers-To-Target-URI", first.url)
        fields["WARC-Refers-To-Date"] = _date(first.captured_at)
    _add(fields, "WARC-IP-Address", capture.ip_address)
    _add(fields, "Luubao-Site", capture.site)
    return fields


def _head(capture: Capture, fields: dict[str, str]) -> _HttpHead:
    """The HTTP head of `capture`; what HTTP/1.1 cannot say goes into the fields of its record."""
    version = capture.http_version
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        _add(fields, "WARC-Protocol", version)
        version = "HTTP/1.1"
    # The payload is stored joined, and a reader that trusts this header would look for chunks in it.
    headers = [(key, value) for key, value in capture.headers if key.lower() != "transfer-encoding"]
    return _HttpHead(f"{capture.status} {_one_line(capture.reason)}", _one_lines(headers), version)


def encode_request(capture: Capture) -> bytes | None:
    """The request that led to `capture` as a gzip member of its own, credentials left out; None if it is unknown."""
    if not capture.request_headers:
        return None
    fields = _fields(capture, "request")
    _add(fields, "WARC-Concurrent-To", _record_id(capture))
    parts = urlsplit(capture.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = [(key, "redacted" if key.lower() in _CREDENTIALS else value) for key, value in capture.request_headers]
    head = _HttpHead(f"{target} HTTP/1.1", _one_lines(shown), "GET")
    return _member(fields, b"", content_type="application/http;msgtype=request", http_head=head)


class WarcWriter:
    """One new WARC file of captures.

    A capture is in the hands of the operating system when `add` returns (it survives a kill of this process), and
    on the disk when `sync` returns (it survives a power cut)."""

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
        sync_folder(folder)
        self._append(_warcinfo(self.file, created_at))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, capture: Capture, encoded: bytes | None = None) -> Location:
        """Append `capture` and, where it is known, its request; `encoded` is `encode(capture)` if that is at hand."""
        member = encode(capture) if encoded is None else encoded
        location = Location(self.file, self.size, len(member))
        self._append(member + (encode_request(capture) or b""))
        self._captures += 1
        return location

    def sync(self) -> None:
        """Return when everything added so far is on the disk."""
        os.fsync(self._stream.fileno())

    def close(self) -> Path | None:
        """Finish the file and give it its final name; None if it holds no capture, and then it is removed.

        A file that could not be written to the end of its last record stays open for `repair`."""
        if self._stream.closed:
            return None
        try:
            self.sync()
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


class _HttpHead(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """Status line and headers as received; warcio would percent-encode whatever is not ASCII."""

    def __init__(self, line: str, headers: list[tuple[str, str]], protocol: str) -> None:
        super().__init__(line, headers, protocol=protocol)

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:  # noqa: ARG002  # the signature is warcio's
        # Undecodable header bytes arrive as surrogates and leave as what they were.
        return f"{self.to_str()}\r\n".encode("utf-8", "surrogateescape")


def _member(fields: dict[str, str], payload: bytes, *, content_type: str, http_head: _HttpHead | None = None) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="WARC/1.1")
    record = writer.create_warc_record(
        fields.get("WARC-Target-URI", ""),
        fields["WARC-Type"],
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_content_type=content_type,
        warc_headers_dict=fields,
        http_headers=http_head,
    )
    writer.write_record(record)
    # Python's zlib writes neither a time nor a file name into the gzip header: equal records give equal bytes.
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return compressor.compress(buffer.getbuffer()) + compressor.flush()


def _warcinfo(file: str, created_at: datetime) -> bytes:
    lines = {
        "software": f"luubao/{VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(_NAMESPACE, f'{file} {_date(created_at)}')}>",
        "WARC-Date": _date(created_at),
        "WARC-Filename": file,
    }
    body = "".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode()
    return _member(fields, body, content_type=_WARC_FIELDS)


def _fields(capture: Capture, record_type: str) -> dict[str, str]:
    fields = {"WARC-Type": record_type, "WARC-Record-ID": _record_id(capture, record_type)}
    _add(fields, "WARC-Target-URI", capture.url)
    fields["WARC-Date"] = _date(capture.captured_at)
    return fields


def _record_id(capture: Capture, record_type: str = "") -> str:
    text = identity(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        payload_sha256=hashlib.sha256(capture.payload).hexdigest(),
    )
    role = f"\n{record_type}" if record_type in ("request", "metadata") else ""
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, text + role)}>"


def _date(moment: datetime) -> str:
    """`moment` as WARC-Date: UTC, with microseconds where there are any (WARC 1.1, 5.4)."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without an offset: {moment.isoformat()!r}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _add(fields: dict[str, str], name: str, value: str | None) -> None:
    """Set a field that is ours to know; a line break in it would forge another field."""
    if value is None:
        return
    if _CONTROL.search(value):
        raise ValueError(f"{name} with a control character: {value!r}")
    fields[name] = value


def _one_line(value: str) -> str:
    """A header value as received, on one line: folded headers may be unfolded (RFC 9112, 5.2)."""
    return _BREAK.sub(" ", value).strip()


def _one_lines(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(_one_line(key), _one_line(value)) for key, value in headers]


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; a file's own fsync does not cover its name."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
