"""Move an archive's tables to another engine, e.g. from SQLite to PostgreSQL when it has grown.

A replay would give the same articles, too, but a feed of its own: what had arrived late would stand where its time is,
behind the cursor of who has read further. Copied, the feed goes on where it was. Captures and decisions stay in the
folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archive.exceptions import StorageError
from archive.lock import WriterLock
from archive.storage.copying import copy_tables, count_rows, hold_still
from archive.storage.engine import connect, storage_errors
from archive.storage.migrate import prepare

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from archive.core import Archive


def move(
    archive: Archive,
    database: str | URL,
    *,
    shown_as: str,
    begin: Callable[[int], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Copy all tables of `archive` into the empty `database`, all or nothing; returns how many rows.

    Nobody writes to the folder meanwhile. The former tables stay as they are. `begin` is told how many rows there
    are, `progress` how many were copied since the last call. Raises StorageError.
    """
    lock = WriterLock(archive.folder)
    lock.acquire()
    try:
        prepare(database, shown_as=shown_as)
        target = connect(database)
        try:
            with archive.reading() as source, storage_errors(shown_as), target.begin() as connection:
                hold_still(source)
                begin(count_rows(source))
                try:
                    return copy_tables(source, connection, progress=progress)
                except StorageError as e:
                    raise StorageError(f"cannot move to {shown_as!r}: {e}") from e
        finally:
            target.dispose()
    finally:
        lock.release()
