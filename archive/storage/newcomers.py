"""Many captures at once of articles of which nothing is known: a statement a table, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, bindparam, func, insert, select, text, union

from archive.storage import schema

NUMBERED = (schema.capture, schema.document, schema.furniture, schema.reading, schema.article, schema.judgement)
"""Tables whose rows others name, so that their numbers have to be known before they are written; each after those that
it names."""
_AT_ONCE = 500
"""Keys named in one statement."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""{name of a table: its rows}."""


def known_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these addresses anything was captured at, or are an article's."""
    found: set[str] = set()
    for part in _parts(keys):
        found |= set(connection.execute(_KNOWN_KEYS, {"keys": part}).scalars())
    return found


def furniture_rows(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    """{digest: row} of those of these cuts that were made before."""
    found: dict[str, int] = {}
    for part in _parts(digests):
        found |= {row.digest: row.id for row in connection.execute(_FURNITURE, {"digests": part})}
    return found


def reserve(connection: Connection, count: int) -> dict[str, Iterator[int]]:
    """{name of a table: numbers for so many new rows}. On SQLite they hold until another row is written."""
    if connection.dialect.name == "sqlite":
        highest = connection.execute(_highest()).one()
        return {table.name: iter(range(top + 1, top + 1 + count)) for table, top in zip(NUMBERED, highest, strict=True)}
    return {
        table.name: iter(connection.execute(_NEXT, {"name": table.name, "count": count}).scalars().all())
        for table in NUMBERED
    }


def add(connection: Connection, rows: Rows) -> None:
    """Write these rows."""
    for table in NUMBERED:
        if rows.get(table.name):
            connection.execute(_insertion(table), rows[table.name])


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


_KEYS: Any = bindparam("keys", expanding=True)
_KNOWN_KEYS = union(
    select(schema.capture.c.url_key).where(schema.capture.c.url_key.in_(_KEYS)),
    select(schema.article.c.url).where(schema.article.c.url.in_(_KEYS)),
)
_FURNITURE = select(schema.furniture.c.digest, schema.furniture.c.id).where(
    schema.furniture.c.digest.in_(bindparam("digests", expanding=True))
)
_NEXT = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")


@cache
def _highest() -> Select[Any]:
    return select(
        *(select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery().label(table.name) for table in NUMBERED)
    )


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)
