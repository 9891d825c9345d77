"""Copy all tables into another database, row by row with their numbers, so that every id and cursor means the same."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, exists, func, insert, select, text

from archive.exceptions import StorageError
from archive.storage.schema import metadata

_BATCH = 1000


def count_rows(connection: Connection) -> int:
    """Rows of all tables."""
    return sum(
        connection.execute(select(func.count()).select_from(each)).scalar_one() for each in metadata.tables.values()
    )


def hold_still(connection: Connection) -> None:
    """Read one state until the transaction ends, as SQLite does by itself; before anything else was read."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def copy_tables(source: Connection, target: Connection, *, progress: Callable[[int], None]) -> int:
    """Copy every row; returns how many. Raises StorageError where the target holds any: two archives make none."""
    for table in metadata.sorted_tables:
        if target.execute(select(exists().select_from(table))).scalar():
            raise StorageError("there is an archive in it already; name an empty database")
    return sum(_copy(table, source, target, progress) for table in metadata.sorted_tables)


def _copy(table: Table, source: Connection, target: Connection, progress: Callable[[int], None]) -> int:
    # A row may refer to an earlier one of its table.
    query = select(table).order_by(*table.primary_key)
    copied = 0
    for rows in source.execution_options(yield_per=_BATCH).execute(query).mappings().partitions():
        target.execute(insert(table), [dict(row) for row in rows])
        copied += len(rows)
        progress(len(rows))
    if target.dialect.name == "postgresql" and copied:
        _go_on_counting(table, target)
    return copied


def _go_on_counting(table: Table, target: Connection) -> None:
    """Let the next row get a number after those that were copied."""
    (key, *others) = table.primary_key
    if others:
        return
    sequence = target.execute(select(func.pg_get_serial_sequence(table.name, key.name))).scalar()
    if sequence is not None:
        target.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))
