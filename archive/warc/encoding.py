"""Make WARC 1.1 records (ISO 28500:2017) of captures, each a gzip member of its own.

Pure. What is written follows from the capture alone: no clock, no random number."""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.version import VERSION
from archive.warc.identity import identity
from archive.warc.records import sha1_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive.types import Capture

# Level 9 takes six times as long and saves two bytes in a hundred; level 6 a third longer for one and a half.
_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS

# Anybody may choose the namespace of a version 5 UUID; it must only never change again.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:luubao:record")

_RESPONSE = "application/http;msgtype=response"
_WARC_FIELDS = "application/warc-fields"
_WITHOUT_PAYLOAD = frozenset({"warcinfo", "revisit"})
_PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_BREAK = re.compile(r"\s*[\x00-\x1f\x7f]+\s*")


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


def encode(capture: Capture, *, payload_sha256: str | None = None) -> bytes:
    """`capture` as one gzip member with one record: `response` if it came over HTTP, else `resource`.

    `payload_sha256` is the hash of its payload, hex, where that is at hand."""
    fields = _fields(capture, "resource" if capture.status is None else "response", payload_sha256)
    _add(fields, "WARC-IP-Address", capture.ip_address)
    _add(fields, "WARC-Truncated", capture.truncated)
    _add(fields, "Luubao-Site", capture.site)
    if capture.status is None:
        content_type = _one_line(capture.header("Content-Type") or "application/octet-stream")
        return _member(fields, capture.payload, content_type=content_type)
    head = _http_head(*_response_head(capture, fields))
    return _member(fields, capture.payload, content_type=_RESPONSE, head=head)


def encode_revisit(capture: Capture, first: Reference, *, payload_sha256: str | None = None) -> bytes:
    """`capture` as one gzip member with a `revisit` record: its head, and where its payload is.

    `first` is a capture of the same status and payload, which is kept whole."""
    fields = _revisit(capture, "identical-payload-digest", first, payload_sha256)
    fields["WARC-Payload-Digest"] = sha1_digest(capture.payload)
    # What is the same was left out (WARC 1.1, 6.7.2); no page was cut off.
    fields["WARC-Truncated"] = "length"
    return _member(fields, b"", content_type=_RESPONSE, head=_http_head(*_response_head(capture, fields)))


def encode_unmodified(capture: Capture, first: Reference | None, *, payload_sha256: str | None = None) -> bytes:
    """A 304 as gzip members of their own: a `revisit` record, and the answer as received in a `metadata` record.

    `first` is the capture that showed the page last, where there is one. Without it nothing could be shown at this
    moment, and the answer is in the revisit itself."""
    fields = _revisit(capture, "server-not-modified", first, payload_sha256)
    line, headers = _response_head(capture, fields)
    if first is None:
        return _member(fields, b"", content_type=_RESPONSE, head=_http_head(line, headers))
    # With a head, pywb would play an empty answer 304 at this moment; without, as WARC 1.1 (6.7.3) allows, the page.
    told = _fields(capture, "metadata", payload_sha256)
    _add(told, "WARC-Concurrent-To", fields["WARC-Record-ID"])
    block = _header_lines([("http-status-line", line), *headers])
    return _member(fields, b"", content_type=_RESPONSE) + _member(told, block, content_type=_WARC_FIELDS)


def _revisit(
    capture: Capture, profile: str, first: Reference | None, payload_sha256: str | None = None
) -> dict[str, str]:
    fields = _fields(capture, "revisit", payload_sha256)
    fields["WARC-Profile"] = _PROFILES + profile
    if first is not None:
        fields["WARC-Refers-To"] = f"<urn:uuid:{uuid.uuid5(_NAMESPACE, first.identity)}>"
        _add(fields, "WARC-Refers-To-Target-URI", first.url)
        fields["WARC-Refers-To-Date"] = _date(first.captured_at)
    _add(fields, "WARC-IP-Address", capture.ip_address)
    _add(fields, "Luubao-Site", capture.site)
    return fields


def _response_head(capture: Capture, fields: dict[str, str]) -> tuple[str, list[tuple[str, str]]]:
    """The status line of `capture` and its headers; what HTTP/1.1 cannot say goes into the fields of its record."""
    version = capture.http_version
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        _add(fields, "WARC-Protocol", version)
        version = "HTTP/1.1"
    # The payload is stored joined, and a reader that trusts this header would look for chunks in it.
    headers = [(key, value) for key, value in capture.headers if key.lower() != "transfer-encoding"]
    return f"{version} {capture.status} {_one_line(capture.reason)}", headers


def encode_request(capture: Capture, *, payload_sha256: str | None = None) -> bytes | None:
    """The request that led to `capture` as a gzip member of its own, credentials left out; None if it is unknown."""
    if not capture.request_headers:
        return None
    sha256 = payload_sha256 or hashlib.sha256(capture.payload).hexdigest()
    fields = _fields(capture, "request", sha256)
    _add(fields, "WARC-Concurrent-To", _record_id(capture, "", sha256))
    parts = urlsplit(capture.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = [(key, "redacted" if key.lower() in _CREDENTIALS else value) for key, value in capture.request_headers]
    head = _http_head(f"GET {target} HTTP/1.1", shown)
    return _member(fields, b"", content_type="application/http;msgtype=request", head=head)


def _http_head(line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    return f"{line}\r\n".encode("utf-8", "surrogateescape") + _header_lines(headers) + b"\r\n"


def _header_lines(headers: Iterable[tuple[str, str]]) -> bytes:
    """Headers as received: undecodable bytes arrive as surrogates and leave as what they were."""
    lines = "".join(f"{_one_line(key)}: {_one_line(value)}\r\n" for key, value in headers)
    return lines.encode("utf-8", "surrogateescape")


def _member(fields: Mapping[str, str], payload: bytes, *, content_type: str, head: bytes = b"") -> bytes:
    """A record of these fields whose block is an HTTP head, if it has one, and a payload."""
    digests = {}
    if "WARC-Payload-Digest" not in fields and fields["WARC-Type"] not in _WITHOUT_PAYLOAD:
        digests["WARC-Payload-Digest"] = sha1_digest(payload)
    digests["WARC-Block-Digest"] = sha1_digest(head, payload)
    size = {"Content-Type": content_type, "Content-Length": str(len(head) + len(payload))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **digests, **size}.items())
    # Python's zlib writes neither a time nor a file name into the gzip header: equal records give equal bytes.
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    parts = (f"WARC/1.1\r\n{lines}\r\n".encode(), head, payload, b"\r\n\r\n")
    return b"".join([*(compressor.compress(part) for part in parts), compressor.flush()])


def encode_warcinfo(file: str, created_at: datetime) -> bytes:
    """The first member of a file: who wrote it."""
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


def _fields(capture: Capture, record_type: str, payload_sha256: str | None = None) -> dict[str, str]:
    fields = {"WARC-Type": record_type, "WARC-Record-ID": _record_id(capture, record_type, payload_sha256)}
    _add(fields, "WARC-Target-URI", capture.url)
    fields["WARC-Date"] = _date(capture.captured_at)
    return fields


def _record_id(capture: Capture, record_type: str, payload_sha256: str | None) -> str:
    text = identity(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        payload_sha256=payload_sha256 or hashlib.sha256(capture.payload).hexdigest(),
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
