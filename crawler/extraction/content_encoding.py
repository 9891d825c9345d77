"""A body without its content encoding, undone strictly: damage is a verdict and not half a page. Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from archive.types import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

# A page of news is 50 to 500 kB; libraries need minutes and gigabytes for what is larger than this.
MAX_DECODED = 10 * 1024 * 1024
# Text compresses 3 to 20 times; 200 MB of zeros fit into 200 kB of gzip and 300 bytes of brotli.
MAX_RATIO = 200
# Small bodies of one repeated line pass the ratio without harm.
RATIO_FLOOR = 256 * 1024
MAX_CODINGS = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a body could not be turned into text."""

    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body without its content encoding."""

    body: bytes
    note: str | None = None
    """Where the headers lied about it."""


_GZIP = b"\x1f\x8b\x08"


def decode_content(payload: bytes, encoding: str | None) -> Content | Failure:
    """`payload` without the codings that the Content-Encoding header `encoding` lists.

    >>> decode_content(b"plain", "gzip")
    Content(body=b'plain', note='declared gzip, sent plain')
    """
    body, notes = payload, []
    codings = [coding.strip().lower().removeprefix("x-") for coding in (encoding or "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity", "none")]
    if len(codings) > MAX_CODINGS:
        return Failure(Verdict.UNDECODABLE, f"{len(codings)} content encodings")
    for coding in reversed(codings):
        if coding not in _EXPANDERS:
            notes.append(f"unknown content encoding {coding!r}")
        elif coding == "gzip" and not body.startswith(_GZIP) and _looks_plain(body):
            notes.append("declared gzip, sent plain")
        else:
            expanded = _expand(body, coding)
            if isinstance(expanded, Failure):
                return expanded
            body = expanded
    if body.startswith(_GZIP):
        expanded = _expand(body, "gzip")
        if isinstance(expanded, Failure):
            return expanded
        body = expanded
        notes.append("gzip, not declared")
    if len(body) > MAX_DECODED:
        return Failure(Verdict.TOO_BIG, f"{len(body)} bytes decoded")
    return Content(body, "; ".join(notes) or None)


class _Overflow(Exception):  # noqa: N818 - not an error of the program
    """More output than a page may have."""


def _expand(body: bytes, coding: str) -> bytes | Failure:
    limit = min(MAX_DECODED, max(RATIO_FLOOR, MAX_RATIO * len(body)))
    try:
        return _EXPANDERS[coding](body, limit)
    except _Overflow:
        return Failure(Verdict.TOO_BIG, f"{coding}: {len(body)} bytes grow over {limit}")
    except ImportError:
        return Failure(Verdict.UNDECODABLE, f"{coding}: no library for it is installed")
    except Exception as error:  # noqa: BLE001 - each library has errors of its own, and damage is not ours to raise
        return Failure(Verdict.UNDECODABLE, f"{coding}: {error}")


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, bytes]:
    """One stream from the start of `body`, checksum verified where it has one, and what follows it."""
    stream = zlib.decompressobj(wbits)
    text = stream.decompress(body, limit + 1)
    if len(text) > limit:
        raise _Overflow
    if not stream.eof:
        raise ValueError("cut off")
    return text, stream.unused_data


def _gunzip(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    rest = body
    while rest or not parts:
        part, rest = _inflate(rest, limit - sum(map(len, parts)), 31)
        parts.append(part)
        if rest.strip(b"\0") == b"":
            break  # block padding
        if not rest.startswith(_GZIP[:2]):
            raise ValueError(f"{len(rest)} bytes after the end")
    return b"".join(parts)


def _inflate_only(body: bytes, limit: int) -> bytes:
    """`deflate` is a zlib stream (RFC 9110, 8.4.1.2); some servers send it bare."""
    try:
        text, rest = _inflate(body, limit, 15)
    except zlib.error:
        text, rest = _inflate(body, limit, -15)
    if rest:
        raise ValueError(f"{len(rest)} bytes after the end")
    return text


def _unbrotli(body: bytes, limit: int) -> bytes:
    # Optional, like zstd: both come with scrapy, and our own requests ask for gzip only (brotli has no checksum).
    stream: Any = import_module("brotli").Decompressor()
    parts = [stream.process(body, output_buffer_limit=65536)]
    size = len(parts[0])
    while not stream.is_finished():
        if stream.can_accept_more_data():
            raise ValueError("cut off")
        parts.append(stream.process(b"", output_buffer_limit=65536))
        size += len(parts[-1])
        if size > limit:
            raise _Overflow
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    decompressor: Any = import_module("backports.zstd").ZstdDecompressor
    parts: list[bytes] = []
    rest = body
    while rest:
        stream = decompressor()
        part = stream.decompress(rest, limit + 1 - sum(map(len, parts)))
        parts.append(part)
        if sum(map(len, parts)) > limit:
            raise _Overflow
        if not stream.eof:
            raise ValueError("cut off")
        rest = stream.unused_data
    return b"".join(parts)


_EXPANDERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "deflate": _inflate_only,
    "br": _unbrotli,
    "zstd": _unzstd,
}


def _looks_plain(body: bytes) -> bool:
    head = body[:1024]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)  # noqa: PLR2004 - tab to carriage return are text
    return b"\0" not in head and controls * 50 <= len(head)
