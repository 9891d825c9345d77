"""What one WARC record says: its fields, its HTTP head, its payload; and which records are captures.

Pure: bytes in, values out. Files, offsets and gzip are the business of `reading`. Records of other tools are met
here too, so whatever they are known to do differently is undone or named here."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.types import Capture

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BLOCK = 64 * 1024 * 1024
"""Larger blocks are films and disk images: a page is cut off at 10 MiB while it is fetched."""


class RecordError(ValueError):
    """A record that is not whole or makes no sense. Readers add the file and the offset."""


class UnusableRecordError(RecordError):
    """Raised for a record that is whole as its writer wrote it, and of which no capture can be made."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record."""

    fields: Mapping[str, str]
    """Named fields by lower-case name; of a repeated one the first."""
    block: bytes

    @property
    def type(self) -> str:
        """WARC-Type in lower case; "" if the record does not say."""
        return self.fields.get("warc-type", "").lower()


@dataclass(frozen=True, slots=True)
class Outline:
    """What an index needs to know of a capture."""

    url: str
    captured_at: datetime
    status: int | None
    payload_sha256: str | None
    """None for a revisit: its payload is in another record, the one that has this `payload_digest`."""
    payload_digest: str
    """As `algorithm:VALUE`, comparable between records; SHA-1 of the payload if the record does not state one."""
    refers_to: tuple[str, datetime] | None = None
    """Of a revisit: address and moment of the capture that it repeats, if it says."""
    content_type: str | None = None
    """As the server named it, or, of a file, the record; None if nobody did."""
    site: str | None = None
    """`Luubao-Site`: the site where the address does not tell it."""


def parse_fields(head: bytes) -> dict[str, str]:
    """The named fields of a record head, which must begin with its WARC version."""
    if not head.startswith(b"WARC/"):
        raise RecordError("no WARC record begins here")
    lines = _text(head).replace("\r\n", "\n").split("\n")
    fields: dict[str, str] = {}
    name = ""
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and name:
            fields[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon:
            fields.setdefault(name, value.strip())
    return fields


def block_length(fields: Mapping[str, str]) -> int:
    """Content-Length, which every record must have (WARC 1.1, 5.2)."""
    stated = fields.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()):
        raise RecordError(f"Content-Length is no number: {stated!r}")
    return int(stated)


def outline(record: Record) -> Outline | None:
    """What an index needs of `record`; None if it is no capture (warcinfo, request, metadata, dns ...)."""
    if not is_capture(record):
        return None
    _check_digest(record)
    url, captured_at, site = _url(record), _captured_at(record), record.fields.get("luubao-site")
    if record.type == "revisit":
        digest = _revisited_digest(record)
        refers_to = _refers_to(record)
        if not record.block.strip():
            return Outline(url, captured_at, None, None, digest, refers_to, None, site)
        head = _HttpHead.of(record.block)
        return Outline(url, captured_at, head.status, None, digest, refers_to, head.content_type, site)
    status, content_type = None, record.fields.get("content-type")
    payload: bytes | memoryview = record.block
    if _is_http(record):
        head = _HttpHead.of(record.block)
        status, content_type = head.status, head.content_type
        payload, _ = head.payload(record.block)
    stated = record.fields.get("warc-payload-digest")
    digest = _comparable(stated) if stated else sha1_digest(payload)
    payload_sha256 = hashlib.sha256(payload).hexdigest()
    return Outline(url, captured_at, status, payload_sha256, digest, None, content_type, site)


def capture_of(record: Record, original: Record | None = None) -> Capture:
    """`record` as a capture; a revisit takes its payload from `original`.

    The request is another record and stays out: `request_headers` is empty."""
    _check_digest(record)
    if record.type == "revisit":
        return _revisited(record, original)
    fields = record.fields
    if not _is_http(record):
        stated = fields.get("content-type")
        return Capture(
            url=_url(record),
            captured_at=_captured_at(record),
            payload=record.block,
            headers=(("Content-Type", stated),) if stated else (),
            site=fields.get("luubao-site"),
            truncated=fields.get("warc-truncated"),
        )
    head = _HttpHead.of(record.block)
    payload, is_whole = head.payload(record.block)
    return Capture(
        url=_url(record),
        captured_at=_captured_at(record),
        payload=bytes(payload),
        status=head.status,
        headers=head.headers(),
        site=fields.get("luubao-site"),
        truncated=fields.get("warc-truncated") or (None if is_whole else "disconnect"),
        reason=head.reason,
        http_version=_http_version(fields, head),
        ip_address=fields.get("warc-ip-address"),
    )


def _http_version(fields: Mapping[str, str], head: _HttpHead) -> str:
    """HTTP/2 and later have no text form: WARC tools write an HTTP/1.1 head and name the truth in WARC-Protocol."""
    stated = fields.get("warc-protocol", "")
    return stated if stated.lower().startswith(("h2", "h3", "http/2", "http/3")) else head.version


def _revisited(record: Record, original: Record | None) -> Capture:
    """The capture that a revisit stands for: its own address, moment and head, the payload of `original`."""
    found = outline(original) if original else None
    if original is None or found is None or found.payload_digest != _revisited_digest(record):
        raise RecordError("revisit of a record that is not here")
    first = capture_of(original)
    head = _HttpHead.of(record.block) if record.block.strip() else None
    return Capture(
        url=_url(record),
        captured_at=_captured_at(record),
        payload=first.payload,
        status=head.status if head else first.status,
        headers=head.headers() if head else first.headers,
        site=record.fields.get("luubao-site"),
        truncated=first.truncated,
        reason=head.reason if head else first.reason,
        http_version=_http_version(record.fields, head) if head else first.http_version,
        ip_address=record.fields.get("warc-ip-address"),
    )


def is_unmodified(record: Record) -> bool:
    """Whether `record` says no more than that the server called the page unchanged (304): it shows nothing."""
    return record.type == "revisit" and record.fields.get("warc-profile", "").endswith("/server-not-modified")


def is_capture(record: Record) -> bool:
    """Whether `record` shows a page, as opposed to saying something about the crawl."""
    url = record.fields.get("warc-target-uri", "").strip("<>").lower()
    if record.type in ("response", "revisit"):
        return not url.startswith("dns:") and not is_unmodified(record)
    # Crawlers put their logs, screenshots and page lists into resource records: wget under metadata://,
    # Browsertrix under urn:pageinfo: and urn:thumbnail:.
    is_page = url.startswith(("http:", "https:", "urn:sha256:")) or "luubao-site" in record.fields
    return record.type == "resource" and is_page


def _is_http(record: Record) -> bool:
    stated = record.fields.get("content-type", "").lower()
    return record.type != "resource" and (stated.startswith("application/http") or record.block.startswith(b"HTTP/"))


def _url(record: Record) -> str:
    # Wget up to 1.20 and other writers of WARC 1.0 put the address in angle brackets.
    url = record.fields.get("warc-target-uri", "").strip("<>")
    if not url:
        raise UnusableRecordError("no WARC-Target-URI")
    if not url.isprintable():
        raise UnusableRecordError("a control character in WARC-Target-URI")
    if "warc-segment-number" in record.fields:
        raise UnusableRecordError("one part of a segmented record: join the parts first")
    return url


def _captured_at(record: Record) -> datetime:
    return _moment(record, "WARC-Date")


def _refers_to(record: Record) -> tuple[str, datetime] | None:
    url = record.fields.get("warc-refers-to-target-uri", "").strip("<>")
    return (url, _moment(record, "WARC-Refers-To-Date")) if url and "warc-refers-to-date" in record.fields else None


def _moment(record: Record, name: str) -> datetime:
    """A date of a record, which is UTC; WARC 1.1 allows anything from a year to nanoseconds."""
    stated = record.fields.get(name.lower(), "")
    padded = stated + {4: "-01-01", 7: "-01"}.get(len(stated), "")
    try:
        moment = datetime.fromisoformat(padded)
    except ValueError:
        raise UnusableRecordError(f"{name} is no date: {stated!r}") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _revisited_digest(record: Record) -> str:
    profile = record.fields.get("warc-profile", "")
    stated = record.fields.get("warc-payload-digest")
    if not profile.endswith("identical-payload-digest") or not stated:
        raise UnusableRecordError(f"revisit of profile {profile!r}, which names no payload")
    return _comparable(stated)


def sha1_digest(*parts: bytes | memoryview) -> str:
    """SHA-1 of these parts, joined, as WARC tools write and check it: `sha1:` and base32."""
    sha1 = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        sha1.update(part)
    return "sha1:" + base64.b32encode(sha1.digest()).decode()


def _comparable(digest: str) -> str:
    """`digest` in one spelling: tools write `sha1:` and `sha-1:`, hex and base32 in either case."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm.lower().replace('-', '')}:{value.upper().rstrip('=')}"


_DIGESTS = frozenset({"md5", "sha1", "sha256", "sha512"})


def _check_digest(record: Record) -> None:
    """Compare WARC-Block-Digest with the block; what is not stated, or in an unknown algorithm, cannot be checked."""
    stated = record.fields.get("warc-block-digest")
    # Several tools computed the block digest of revisits over the payload that they then left out.
    if not stated or record.type == "revisit":
        return
    algorithm, _, value = _comparable(stated).partition(":")
    if algorithm not in _DIGESTS:
        return
    digest = hashlib.new(algorithm, record.block, usedforsecurity=False).digest()
    if value not in (base64.b32encode(digest).decode().rstrip("="), digest.hex().upper()):
        raise RecordError("the block does not match WARC-Block-Digest")


_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"(HTTP/[\d.]+)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?")
_CHUNKED = re.compile(rb"\n[ \t]*transfer-encoding[ \t]*:[^\n]*\bchunked", re.IGNORECASE)
_CONTENT_TYPE = re.compile(rb"\n[ \t]*content-type[ \t]*:([^\r\n]*)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class _HttpHead:
    """Status line and headers of an HTTP message, as bytes until somebody asks."""

    raw: bytes
    length: int
    version: str
    status: int
    reason: str

    @classmethod
    def of(cls, block: bytes) -> _HttpHead:
        end = _HEAD_END.search(block)
        raw = block[: end.start()] if end else block
        line = _STATUS_LINE.match(raw)
        if not line:
            raise UnusableRecordError("no HTTP status line" if raw else "nothing in it")
        version, status, reason = line.groups()
        return cls(raw, end.end() if end else len(block), version.decode(), int(status), _text(reason or b"").strip())

    @property
    def content_type(self) -> str | None:
        """The first Content-Type, without the rest of the headers."""
        found = _CONTENT_TYPE.search(self.raw)
        return _text(found[1]).strip() if found else None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """All headers in the order received, without Transfer-Encoding: it is undone in what we hand on."""
        headers: list[tuple[str, str]] = []
        for raw in self.raw.split(b"\n")[1:]:
            line = _text(raw).rstrip("\r")
            name, colon, value = line.partition(":")
            if line[:1] in (" ", "\t") and headers:
                headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
            elif colon:
                headers.append((name.strip(), value.strip()))
        return tuple(header for header in headers if header[0].lower() != "transfer-encoding")

    def payload(self, block: bytes) -> tuple[bytes | memoryview, bool]:
        """The body of `block` without transfer encoding, and whether it is whole as far as that shows."""
        if _CHUNKED.search(self.raw):
            return _join_chunks(block[self.length :])
        return memoryview(block)[self.length :], True


def _text(raw: bytes) -> str:
    """Header bytes as text: UTF-8 where that works, else Latin-1, which always does."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _join_chunks(body: bytes) -> tuple[bytes, bool]:
    """`body` without its chunk lines, and whether the closing chunk was seen.

    pywb and Browsertrix store the joined body under the old header: what does not begin like a chunk is no chunk."""
    chunks: list[bytes] = []
    position = 0
    while size := _CHUNK_SIZE.match(body, position):
        length = int(size[1], 16)
        if not length:
            return b"".join(chunks), True
        position = size.end() + length
        chunks.append(body[size.end() : position])
        if body[position : position + 2] == b"\r\n":
            position += 2
    return (b"".join(chunks), False) if chunks else (body, True)
