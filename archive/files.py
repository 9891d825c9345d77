"""Write a selection to a file, in any of `FORMATS`. A file has its name only when all of it is on disk."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from archive import export, feeds, parquet, wacz, warc
from archive.exceptions import StorageError
from archive.selection import Selection, select
from archive.storage import export as tables
from archive.syndication import with_grades
from archive.warc.writing import sync_folder

if TYPE_CHECKING:
    from archive.core import Archive

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")
_TABLES = ("jsonl", "csv", "parquet", "sqlite")
"""Formats that have a place for everything: how sure it is which article of a cluster is the original, too."""


def write(
    archive: Archive, path: Path, *, kind: str, selection: Selection, progress: Callable[[int], None] | None = None
) -> int:
    """Write what `selection` chooses to `path` in the format `kind`, one of `FORMATS`; returns how many rows."""
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        rows = select(archive, selection)
        for row in with_grades(archive, rows) if kind in _TABLES and not selection.is_of_versions else rows:
            yield row
            count += 1
            if progress is not None:
                progress(count)

    with _whole(path) as file:
        FORMATS[kind](archive, file, counted(), selection)
    return count


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete and synced; an error leaves what was there before."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    except OSError as e:
        raise StorageError(f"cannot write {str(path)!r}: {e.strerror}") from e
    finally:
        unfinished.unlink(missing_ok=True)


def _shaped(row: dict[str, Any], selection: Selection) -> dict[str, Any]:
    if selection.is_of_versions:
        return export.version(row)
    return {**export.article(row), "confidence": row["confidence"]}


def _jsonl(_archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    file.writelines(json.dumps(_shaped(row, selection), ensure_ascii=False).encode() + b"\n" for row in rows)


def _csv(_archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        shaped = {name: cell(value) for name, value in _shaped(row, selection).items()}
        if writer is None:
            writer = csv.DictWriter(text, list(shaped))
            writer.writeheader()
        writer.writerow(shaped)
    text.detach()


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet takes for a formula; lists and objects as JSON.

    >>> cell("=1+1"), cell(" @x"), cell("a=b"), cell(["a"]), cell(None), cell(-3)
    ("'=1+1", "' @x", 'a=b', '["a"]', '', '-3')
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{said}" if said.startswith(_BREAKS) or said.lstrip().startswith(_FORMULA) else said


def _warc(archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], _selection: Selection) -> None:
    """The capture that first showed each row, as it was received."""
    file.writelines(warc.encode(archive.load_capture(row["capture_id"])) for row in rows)


def _wacz(archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    wacz.write(archive, file, rows, title=_name(selection), at=_newest(archive))


def _parquet(_archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    pairs = ((row, _shaped(row, selection)) for row in rows)
    parquet.write(file, pairs, is_of_versions=selection.is_of_versions)


def _sqlite(_archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    tables.write(
        Path(file.name),
        (_shaped(row, selection) for row in rows),
        columns=_shaped(defaultdict(lambda: None), selection),
        table="versions" if selection.is_of_versions else "articles",
    )


def _atom(archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    name = _name(selection)
    head = feeds.Head(feeds.name_of(f"feed {name}"), name, _newest(archive))
    pieces = feeds.atom(head, map(feeds.entry_of, rows))
    file.writelines(piece.encode() for piece in pieces)


def _newest(archive: Archive) -> datetime | None:
    """When the archive last learned something."""
    newest = next(archive.rows("changes", order_by=("-seq",), limit=1), None)
    return None if newest is None else newest["at"]


def _json_feed(_archive: Archive, file: BinaryIO, rows: Iterable[dict[str, Any]], selection: Selection) -> None:
    name = _name(selection)
    head = feeds.Head(feeds.name_of(f"feed {name}"), name, None)
    file.writelines(piece.encode() for piece in feeds.json_feed(head, map(feeds.entry_of, rows)))


def _name(selection: Selection) -> str:
    """What a feed is called: the sites and whatever else was asked for, so that it is the same in every export."""
    asked = asdict(selection.filters) | {"versions": selection.versions}
    said = [f"{key} {value}" if value is not True else key for key, value in asked.items() if value]
    return ", ".join(["Lưu Báo", *said])


FORMATS: dict[str, Callable[[Archive, BinaryIO, Iterable[dict[str, Any]], Selection], None]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "warc": _warc,
    "wacz": _wacz,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "atom": _atom,
    "jsonfeed": _json_feed,
}
"""What writes each format."""
