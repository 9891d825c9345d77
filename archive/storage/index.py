"""The full-text index: what stands in which document. Derived, so it may be deleted at any time and is made anew.

Documents are never changed, so the index only ever adds those that came since: by the first search after them, in a
transaction of its own. Recording pays nothing for it, and no reader touches the writer's file. On SQLite it is
`search.db` beside the archive, on PostgreSQL the schema `luubao_search`. Both hold the same tokens, made in Python.

A key orders documents by their time, newest last, so that the newest matches of a common word are found at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.engine import URL

from archive.query import FORMAT, Term, words
from archive.storage import schema
from archive.storage.engine import connect

_BATCH = 500
_BOUNDARY = " ¶ "
"""Between fields: no token, so that no phrase spans a title and its body."""
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_ROOM = 1 << 20
"""Documents that may be of one second."""


def engine_of(archive: Engine, folder: Path) -> Engine:
    """Where the index of an archive is kept, open for writing."""
    if archive.dialect.name == "sqlite":
        return connect(URL.create("sqlite", database=str(folder / "search.db")))
    return connect(archive.url)


def is_current(archive: Connection, index: Connection) -> bool:
    """Whether the index holds every document; asks without locking anything."""
    schema_name = None if index.dialect.name == "sqlite" else "luubao_search"
    if not inspect(index).has_table("state", schema=schema_name):
        return False
    document = schema.document.c
    newest = archive.execute(select(document.id, document.digest).order_by(document.id.desc()).limit(1)).first()
    return newest is not None and _state(index) == {"format": FORMAT, "last": newest[0], "digest": newest[1]}


def update(archive: Connection, index: Connection) -> int:
    """Add the documents that the index lacks; returns how many."""
    before = _last_indexed(archive, index)
    document = schema.document.c
    first_seen = (
        select(func.min(schema.capture.c.captured_at))
        .join(schema.reading, schema.reading.c.capture_id == schema.capture.c.id)
        .where(schema.reading.c.document_id == document.id)
        .scalar_subquery()
    )
    query = (
        select(
            document.id,
            document.digest,
            document.title,
            document.lede,
            document.body,
            document.captions,
            func.coalesce(document.published_at, first_seen, type_=schema.UtcDateTime()),
        )
        .where(document.id > before)
        .order_by(document.id)
    )
    added, last = 0, None
    with archive.execute(query, execution_options={"yield_per": _BATCH}) as result:
        for row in result:
            _add(index, row)
            added, last = added + 1, row
    if last is not None:
        _remember(index, {"format": FORMAT, "last": last[0], "digest": last[1]})
    return added


def _last_indexed(archive: Connection, index: Connection) -> int:
    """The newest document that the index holds; 0, and an empty index, if it is not this archive's."""
    _create(index)
    state = _state(index)
    if state.get("format") == FORMAT:
        document = schema.document.c
        digest = archive.execute(select(document.digest).where(document.id == state["last"])).scalar()
        if digest == state["digest"]:
            return int(state["last"])
    if state:
        _drop(index)
        _create(index)
    return 0


def _state(index: Connection) -> dict[str, Any]:
    said = index.execute(text(f"SELECT said FROM {_place(index)}state")).scalar()  # noqa: S608  a name of our own
    state: dict[str, Any] = json.loads(said) if said else {}
    return state


def _place(index: Connection) -> str:
    return "" if index.dialect.name == "sqlite" else "luubao_search."


_SQLITE = (
    # Contentless: the texts stand in the archive. The ascii tokenizer splits nothing but at the spaces between tokens.
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS entry_text USING fts5(bare, marked, content='', columnsize=0, "
        "tokenize=\"ascii tokenchars '_'\")"
    ),
    "CREATE TABLE IF NOT EXISTS entry (key INTEGER PRIMARY KEY, document_id INTEGER NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS state (said TEXT NOT NULL)",
)
_POSTGRESQL = (
    # One updater at a time; searches go on.
    "SELECT pg_advisory_xact_lock(1280656716)",
    "CREATE SCHEMA IF NOT EXISTS luubao_search",
    (
        "CREATE TABLE IF NOT EXISTS luubao_search.entry (key BIGINT PRIMARY KEY, document_id BIGINT NOT NULL UNIQUE, "
        "bare TSVECTOR NOT NULL, marked TSVECTOR NOT NULL, bare_text TEXT NOT NULL, marked_text TEXT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS entry_bare ON luubao_search.entry USING gin (bare)",
    "CREATE INDEX IF NOT EXISTS entry_marked ON luubao_search.entry USING gin (marked)",
    "CREATE TABLE IF NOT EXISTS luubao_search.state (said TEXT NOT NULL)",
)


def _create(index: Connection) -> None:
    for statement in _SQLITE if index.dialect.name == "sqlite" else _POSTGRESQL:
        index.exec_driver_sql(statement)


def _drop(index: Connection) -> None:
    for table in ("entry_text", "entry", "state") if index.dialect.name == "sqlite" else ("entry", "state"):
        index.exec_driver_sql(f"DROP TABLE {_place(index)}{table}")


def _remember(index: Connection, state: dict[str, Any]) -> None:
    index.execute(text(f"DELETE FROM {_place(index)}state"))  # noqa: S608  a name of our own
    index.execute(
        text(f"INSERT INTO {_place(index)}state (said) VALUES (:said)"),  # noqa: S608
        {"said": json.dumps(state)},
    )


def _add(index: Connection, row: Any) -> None:  # noqa: ANN401  a row
    document, digest, title, lede, body, captions, at = row
    pairs = [words(field) for field in (title or "", lede or "", *body.split("\n\n"), *captions)]
    marked, bare = (_BOUNDARY.join(" ".join(pair[which]) for pair in pairs) for which in (0, 1))
    key = _free_key(index, at or _EPOCH, digest)
    if index.dialect.name == "sqlite":
        index.exec_driver_sql("INSERT INTO entry (key, document_id) VALUES (?, ?)", (key, document))
        index.exec_driver_sql("INSERT INTO entry_text (rowid, bare, marked) VALUES (?, ?, ?)", (key, bare, marked))
        return
    index.execute(
        text(
            "INSERT INTO luubao_search.entry (key, document_id, bare, marked, bare_text, marked_text) VALUES (:key, "
            ":document, array_to_tsvector(:bare), array_to_tsvector(:marked), :bare_text, :marked_text)"
        ),
        {
            "key": key,
            "document": document,
            "bare": sorted({word for pair in pairs for word in pair[1]}),
            "marked": sorted({word for pair in pairs for word in pair[0]}),
            "bare_text": f" {bare} ",
            "marked_text": f" {marked} ",
        },
    )


def _free_key(index: Connection, at: datetime, digest: str) -> int:
    """Its second, and then what follows from the document itself: the same order in every archive."""
    key = int((at - _EPOCH).total_seconds()) * _ROOM + int(digest[:5], 16)
    query = text(f"SELECT 1 FROM {_place(index)}entry WHERE key = :key")  # noqa: S608
    while index.execute(query, {"key": key}).first() is not None:
        key += 1
    return key


def find(index: Connection, terms: Sequence[Term], *, marked: bool) -> Iterator[int]:
    """Documents that hold the terms, newest first; streamed. With `marked` their letters must agree in marks."""
    if index.dialect.name == "sqlite":
        query, values = _sqlite_query(terms, marked=marked)
    else:
        query, values = _postgresql_query(terms, marked=marked)
    with index.execute(text(query), values, execution_options={"yield_per": _BATCH}) as result:
        for row in result:
            yield row[0]


def _sqlite_query(terms: Sequence[Term], *, marked: bool) -> tuple[str, dict[str, Any]]:
    def said(term: Term, *, with_marks: bool) -> str:
        column, tokens = ("marked", term.marked) if with_marks else ("bare", term.bare)
        return f'{column} : "{" ".join(tokens)}"'

    wanted = " AND ".join(said(term, with_marks=marked) for term in terms if not term.is_excluded)
    # An exclusion that was typed with marks means these marks: -má leaves "ma" in.
    unwanted = "".join(f" NOT {said(term, with_marks=term.marked != term.bare)}" for term in terms if term.is_excluded)
    match = f"({wanted}){unwanted}"
    return (
        (
            "SELECT entry.document_id FROM entry_text JOIN entry ON entry.key = entry_text.rowid "
            "WHERE entry_text MATCH :match ORDER BY entry_text.rowid DESC"
        ),
        {"match": match},
    )


def _postgresql_query(terms: Sequence[Term], *, marked: bool) -> tuple[str, dict[str, Any]]:
    """Words by the index; phrases then in the text, as tsvector forgets positions in long texts."""
    conditions, values = [], {}
    for number, term in enumerate(terms):
        with_marks = term.marked != term.bare if term.is_excluded else marked
        column, tokens = ("marked", term.marked) if with_marks else ("bare", term.bare)
        said = f"{column} @@ CAST(:q{number} AS tsquery)"
        values[f"q{number}"] = " & ".join(f"'{token}'" for token in tokens)
        if len(tokens) > 1:
            said = f"({said} AND strpos({column}_text, :p{number}) > 0)"
            values[f"p{number}"] = f" {' '.join(tokens)} "
        conditions.append(f"NOT {said}" if term.is_excluded else said)
    where = " AND ".join(conditions)
    query = f"SELECT document_id FROM luubao_search.entry WHERE {where} ORDER BY key DESC"  # noqa: S608  names of our own
    return query, values
