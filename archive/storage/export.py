"""Exports as a SQLite file for Datasette and its like: one table, one row an article (or version), and a word search.

Nothing in it is ours to keep working: it is a file to look into, not an archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from archive.storage.engine import sqlite_module

_BATCH = 500
_FACETS = ("site", "published_at", "section", "author", "role", "captured_at")
_SEARCHED = "title, lede, body"


def write(path: Path, rows: Iterable[Mapping[str, Any]], *, columns: Iterable[str], table: str) -> None:
    """Fill the empty file `path` with `rows`, each of which has these columns."""
    names = list(columns)
    key = "id, version" if table == "versions" else "id"
    connection = sqlite_module().connect(str(path), isolation_level=None)
    try:
        # Whoever names the file syncs it, and an unfinished one is thrown away.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE {table} ({', '.join(map(_declared, names))}, PRIMARY KEY ({key}))")
        values = ([_cell(row[name]) for name in names] for row in rows)
        places = ", ".join("?" * len(names))
        for first in values:
            batch = chain([first], islice(values, _BATCH))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", batch)  # noqa: S608  names of our own
        for name in _FACETS:
            if name in names:
                connection.execute(f"CREATE INDEX {table}_{name} ON {table} ({name})")
        # The words without marks; Datasette finds the table by its `content` and shows a field to search in.
        connection.execute(
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5({_SEARCHED}, content='{table}', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        connection.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild')")  # noqa: S608
        connection.execute("COMMIT")
    finally:
        connection.close()


def _declared(name: str) -> str:
    return f"{name} {'INTEGER' if name in ('version', 'versions', 'noarchive') else 'TEXT'}"


def _cell(value: object) -> object:
    """Lists and objects as JSON, which SQLite's own functions take apart."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
