"""Exports as WACZ 1.1.1: the pages as they were received, an index by which a player finds them, and a list of them.

https://specs.webrecorder.net/wacz/1.1.1/. What people decided about these pages and articles lies beside them as
`decisions.jsonl`, so that another archive takes both in. No clock: the same selection makes the same file."""

from __future__ import annotations

import hashlib
import heapq
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Self

from archive import warc
from archive.decisions import line
from archive.export import moment
from archive.types import Decision, DecisionKind
from archive.version import VERSION
from archive.warc.cdxj import index_line

if TYPE_CHECKING:
    from archive.core import Archive

_WARC = "data.warc.gz"
_INDEX = "index.cdx.gz"
_BLOCK = 3000
"""Index lines packed together: a player unpacks that many to find one, and reads one line of `index.idx` for each."""
_LINES_IN_MEMORY = 50_000
_TEXT_IN_MEMORY = 16 * 1024 * 1024


def write(
    archive: Archive, file: BinaryIO, rows: Iterable[Mapping[str, Any]], *, title: str, at: datetime | None
) -> None:
    """Write the captures that first showed `rows`, of `articles` or `versions`; `at`: of what moment the archive is."""
    with ExitStack() as stack:
        package = stack.enter_context(_Package(file))
        pages = stack.enter_context(tempfile.SpooledTemporaryFile(_TEXT_IN_MEMORY))
        index = stack.enter_context(_SortedLines())
        decided = _Decided(archive.decisions())
        pages.write(_json_line({"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}))
        with package.entry(f"archive/{_WARC}") as out:
            for row in rows:
                capture = archive.load_capture(row["capture_id"])
                record = warc.encode(capture)
                index.add(index_line(capture, file=_WARC, offset=out.size, length=len(record)))
                out.write(record)
                pages.write(_json_line(_page(row, capture.url, moment(capture.captured_at))))
                decided.note(row)
        pages.seek(0)
        package.add("pages/pages.jsonl", iter(lambda: pages.read(1 << 20), b""))
        _write_index(package, index)
        if decisions := decided.about_these():
            package.add("decisions.jsonl", map(line, decisions))
        package.close(title=title, at=at)


def _page(row: Mapping[str, Any], url: str, captured_at: str | None) -> dict[str, Any]:
    """An entry of the list of pages: the address that was asked, which may be another than the article's."""
    return {"id": row["capture_id"], "url": url, "ts": captured_at, "title": row["title"] or url, "text": row["body"]}


def _json_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


class _Decided:
    """The decisions that concern what is exported: few are made, so that those are kept and not the rows."""

    def __init__(self, decisions: list[Decision]) -> None:
        # That somebody looked at a whole site says nothing about some of its pages in another archive.
        self._decisions = [made for made in decisions if made.kind is not DecisionKind.RESUME]
        self._names = {name for made in self._decisions for name in (made.subject, made.object)}
        self._exported: set[object] = {None}

    def note(self, row: Mapping[str, Any]) -> None:
        """`row` is exported."""
        self._exported |= self._names & {row["article_id"], row["capture_id"]}

    def about_these(self) -> list[Decision]:
        """Those about nothing but what was exported, in their order."""
        return [made for made in self._decisions if {made.subject, made.object} <= self._exported]


def _write_index(package: _Package, index: _SortedLines) -> None:
    """The index in gzip members of `_BLOCK` lines each, and a line for each with its first key: zipnum, as pywb has."""
    blocks = ["!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": _INDEX}) + "\n"]
    remaining = iter(index)
    with package.entry(f"indexes/{_INDEX}") as out:
        while lines := list(islice(remaining, _BLOCK)):
            packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
            packed = packer.compress("".join(lines).encode()) + packer.flush()
            digest = f"sha256:{hashlib.sha256(packed).hexdigest()}"
            place = json.dumps({"offset": out.size, "length": len(packed), "digest": digest})
            blocks.append(f"{lines[0].partition('{')[0]}{place}\n")
            out.write(packed)
    package.add("indexes/index.idx", [each.encode() for each in blocks])


class _SortedLines:
    """Lines that come back sorted, whatever their number: what is too much for memory waits on the disk."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._sorted = ExitStack()
        self._files: list[IO[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sorted.close()

    def add(self, said: str) -> None:
        """One line, with its end."""
        self._lines.append(said)
        if len(self._lines) >= _LINES_IN_MEMORY:
            file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115  the stack closes it
            self._files.append(self._sorted.enter_context(file))
            file.writelines(sorted(self._lines))
            file.seek(0)
            self._lines.clear()

    def __iter__(self) -> Iterator[str]:
        """Once."""
        return heapq.merge(*self._files, sorted(self._lines))


class _Entry:
    """A file of the package while it is written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Append."""
        self._out.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    @property
    def fixity(self) -> dict[str, Any]:
        """As the list of resources says it."""
        return {"hash": f"sha256:{self._digest.hexdigest()}", "bytes": self.size}


class _Package:
    """A zip file with a list of what is in it."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @contextmanager
    def entry(self, path: str) -> Iterator[_Entry]:
        """A file of the package; what is packed already is stored as it is, so that a player can read pieces of it."""
        info = zipfile.ZipInfo(path)  # dated 1980: a zip has to say something
        info.compress_type = zipfile.ZIP_STORED if path.endswith(".gz") else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            written = _Entry(out)
            yield written
        self._resources.append({"name": path.rpartition("/")[2], "path": path, **written.fixity})

    def add(self, path: str, pieces: Iterable[bytes]) -> _Entry:
        """A file that is at hand."""
        with self.entry(path) as out:
            for piece in pieces:
                out.write(piece)
        return out

    def close(self, *, title: str, at: datetime | None) -> None:
        """Write the list, and its own digest."""
        about: dict[str, Any] = {"profile": "data-package", "wacz_version": "1.1.1", "title": title}
        if at is not None:
            # When the archive last learned something: the same state makes the same file.
            about["created"] = moment(at.replace(microsecond=0))
        about |= {"software": f"luubao {VERSION}", "resources": list(self._resources)}
        manifest = self.add("datapackage.json", [json.dumps(about, ensure_ascii=False, indent=2).encode()])
        digest = {"path": "datapackage.json", "hash": manifest.fixity["hash"]}
        self.add("datapackage-digest.json", [json.dumps(digest).encode()])
