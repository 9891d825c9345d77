"""Bring a file that a crash left open into order: what is whole goes into a closed file, the torn rest beside it.

The open file itself is never written to, and it goes only when everything in it is on the disk elsewhere. So a
repair that is killed has only to be run again. It must not run while the writer of the file still does: whoever
calls it holds the archive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.failpoint import failpoint
from archive.warc.reading import Damage, members
from archive.warc.writing import OPEN, REPAIRED, TORN, sync_folder

if TYPE_CHECKING:
    from pathlib import Path


_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What became of one open file."""

    file: str | None
    """Name of the closed file with everything that was whole, at the same offsets; None if nothing was."""
    records: int
    """How many records are in it, warcinfo and requests included."""
    torn_file: str | None
    """Name of the file that keeps the torn rest; None if nothing was torn."""
    torn_at: int
    """Offset in the open file at which the rest begins; its size if nothing was torn."""
    torn_bytes: int


def open_files(folder: Path) -> list[Path]:
    """The files in `folder` that a crash left open, or that are being written right now."""
    return sorted(folder.glob(f"*{OPEN}"))


def repair(path: Path) -> RepairReport:
    """Replace the open file `path` by `<name>-repaired.warc.gz` and, for what is torn, `<name>.torn`."""
    name = path.name.removesuffix(OPEN)
    if name == path.name:
        raise ValueError(f"not a file left open: {str(path)!r}")
    records, whole = _whole_part(path)
    size = path.stat().st_size
    repaired, torn = path.with_name(name + REPAIRED), path.with_name(name + TORN)
    if whole < size:
        _copy_part(path, torn, start=whole, size=size - whole)
    if whole:
        _copy_part(path, repaired, start=0, size=whole)
    sync_folder(path.parent)
    failpoint("repairing")
    path.unlink()
    sync_folder(path.parent)
    return RepairReport(
        file=repaired.name if whole else None,
        records=records,
        torn_file=torn.name if whole < size else None,
        torn_at=whole,
        torn_bytes=size - whole,
    )


def _whole_part(path: Path) -> tuple[int, int]:
    """How many records at the beginning of `path` are whole, and where they end.

    Records behind the first damage go with the torn part, so that the offsets of all others stay as they were;
    they were never acknowledged, because a sync covers everything before it."""
    records = end = 0
    for member in members(path):
        if isinstance(member, Damage) or member.inner is not None:
            break
        records += 1
        end = member.offset + member.length
    return records, end


def _copy_part(source: Path, target: Path, *, start: int, size: int) -> None:
    """Write a part of `source` to `target`: under another name until it is on the disk."""
    unfinished = target.with_name(target.name + ".part")
    with source.open("rb") as old, unfinished.open("wb") as new:
        old.seek(start)
        while size and (piece := old.read(min(size, _PIECE))):
            new.write(piece)
            size -= len(piece)
        new.flush()
        os.fsync(new.fileno())
    unfinished.replace(target)
