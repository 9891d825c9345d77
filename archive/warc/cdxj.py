"""Index lines of WARC records as pywb reads them: CDXJ, one line a record, in the order of their keys. Pure.

A key is the address with the host turned round and what never tells pages apart left out, so that a player finds a
page however its address is written."""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from archive.warc.records import sha1_digest

if TYPE_CHECKING:
    from archive.types import Capture

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"www\d*\.")
# What stands as it is in a key; the rest, space and # included, is percent-encoded.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def sort_key(url: str) -> str:
    """The SURT of `url`, as replay tools work it out: host turned round, lower case, parameters in order.

    >>> sort_key("https://www.BaoLaoCai.vn:443/a/Bai-1.html/?b=2&a=1#top")
    'vn,baolaocai)/a/bai-1.html?a=1&b=2'
    >>> sort_key("urn:sha256:00ff")
    'urn:sha256:00ff'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # a bracket or a port that is none
        return _escaped(url)
    if not host:
        return _escaped(url)
    key = ",".join(reversed(_WWW.sub("", _escaped(_ascii(host.rstrip("."))), count=1).split(".")))
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        key += f":{port}"
    path = _escaped(_plain(parts.path).rstrip("/")).lower()
    query = "&".join(sorted(_escaped(parts.query).lower().split("&"), key=lambda each: each.split("=", 1)))
    return f"{key}){path or '/'}" + (f"?{query}" if query else "")


def index_line(capture: Capture, *, file: str, offset: int, length: int) -> str:
    """The line, with its end, of the record that `warc.encode(capture)` made and that lies there in `file`."""
    fields = {
        "url": capture.url,
        "mime": (capture.header("Content-Type") or "unk").partition(";")[0].strip().lower(),
        "status": str(capture.status or 200),
        "digest": sha1_digest(capture.payload),
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    moment = f"{capture.captured_at.astimezone(UTC):%Y%m%d%H%M%S}"
    return f"{sort_key(capture.url)} {moment} {json.dumps(fields)}\n"


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:  # a label that is empty or too long
        return host


def _plain(path: str) -> str:
    """`path` without empty segments and without the dots that lead up or nowhere."""
    kept: list[str] = []
    *folders, last = path.split("/")
    for each in (*filter(None, folders), last):
        if each == "..":
            del kept[-1:]
        elif each != ".":
            kept.append(each)
    return "/" + "/".join(kept)


def _escaped(text: str) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    while (once := unquote_to_bytes(raw)) != raw:
        raw = once
    return quote(raw, safe=_SAFE)
