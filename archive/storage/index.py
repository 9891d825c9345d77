"""The full-text index: what stands in which document. Derived, so it may be deleted at any time and is made anew.

Documents are never changed, so the index only ever adds those that came since: by the first search after them, in a
transaction of its own. Recording pays nothing for it, and no reader touches the writer's file. On SQLite it is
`search.db` beside the archive, on PostgreSQL the schema `luubao_search`. Both hold the same tokens, made in Python.

A key orders documents by their time, newest last, so that the newest matches of a common word are found at once. Site
and time stand in the index, too: a rare site or a short span is found among the matches of a common word without
asking the archive about each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, and_, case, func, inspect, select, text
from sqlalchemy.engine import URL

from archive.query import FORMAT, Filters, Term, words
from archive.storage import schema
from archive.storage.engine import connect, for_reading

_BATCH = 500
_BOUNDARY = " ¶ "
"""Between fields: no token, so that no phrase spans a title and its body."""
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_ROOM = 1 << 20
"""Documents that may be of one second."""
_ANY_SITE = ""
"""Of a document whose article is not known, or may not be the only one: it stays a match, and the archive is asked."""


def engine_of(archive: Engine, folder: Path) -> Engine:
    """Where the index of an archive is kept, open for writing."""
    if archive.dialect.name == "sqlite":
        return connect(URL.create("sqlite", database=str(folder / "search.db")))
    # Not with the writer's lock: a search would wait for a crawl's transaction, and the crawl for the next search.
    # Updates of the index take turns by a lock of their own.
    return for_reading(connect(archive.url))


def is_current(archive: Connection, index: Connection) -> bool:
    """Whether the index holds every document; asks without locking anything."""
    if not _is_there(index):
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
    article, reading = schema.article, schema.reading
    is_known = and_(func.count() == func.count(article.c.id), func.min(article.c.site) == func.max(article.c.site))
    site = (
        select(case((is_known, func.min(article.c.site)), else_=_ANY_SITE))
        .select_from(reading.outerjoin(article, article.c.url == reading.c.article_key))
        .where(reading.c.document_id == document.id)
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
            document.published_at,
            first_seen,
            site,
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
    """The newest document that the index holds; 0, and an empty index, if it is another archive's or format's."""
    if index.dialect.name != "sqlite":
        # One updater at a time; searches go on. On SQLite the transaction itself is the turn.
        index.exec_driver_sql("SELECT pg_advisory_xact_lock(1280656716)")
    if _is_there(index):
        state = _state(index)
        if state.get("format") == FORMAT:
            document = schema.document.c
            digest = archive.execute(select(document.digest).where(document.id == state["last"])).scalar()
            if digest == state["digest"]:
                return int(state["last"])
        _drop(index)
    _create(index)
    return 0


def _is_there(index: Connection) -> bool:
    return inspect(index).has_table("state", schema=None if index.dialect.name == "sqlite" else "luubao_search")


def _state(index: Connection) -> dict[str, Any]:
    said = index.execute(text(f"SELECT said FROM {_place(index)}state")).scalar()  # noqa: S608  a name of our own
    state: dict[str, Any] = json.loads(said) if said else {}
    return state


def _place(index: Connection) -> str:
    return "" if index.dialect.name == "sqlite" else "luubao_search."


_SQLITE = (
    # Contentless: the texts stand in the archive. The ascii tokenizer splits nothing but at the spaces between tokens.
    (
        "CREATE VIRTUAL TABLE IF NOT EXISTS entry_text USING fts5(bare, marked, title_bare, title_marked, site, "
        "content='', columnsize=0, tokenize=\"ascii tokenchars '_'\")"
    ),
    (
        "CREATE TABLE IF NOT EXISTS entry (key INTEGER PRIMARY KEY, document_id INTEGER NOT NULL UNIQUE, "
        "is_dated BOOLEAN NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS state (said TEXT NOT NULL)",
)
_POSTGRESQL = (
    "CREATE SCHEMA IF NOT EXISTS luubao_search",
    (
        "CREATE TABLE IF NOT EXISTS luubao_search.entry (key BIGINT PRIMARY KEY, document_id BIGINT NOT NULL UNIQUE, "
        "is_dated BOOLEAN NOT NULL, site TEXT NOT NULL, bare TSVECTOR NOT NULL, marked TSVECTOR NOT NULL, "
        "title_bare TSVECTOR NOT NULL, title_marked TSVECTOR NOT NULL, bare_text TEXT NOT NULL, "
        "marked_text TEXT NOT NULL, title_bare_text TEXT NOT NULL, title_marked_text TEXT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS entry_bare ON luubao_search.entry USING gin (bare)",
    "CREATE INDEX IF NOT EXISTS entry_marked ON luubao_search.entry USING gin (marked)",
    "CREATE INDEX IF NOT EXISTS entry_title_bare ON luubao_search.entry USING gin (title_bare)",
    "CREATE INDEX IF NOT EXISTS entry_title_marked ON luubao_search.entry USING gin (title_marked)",
    "CREATE INDEX IF NOT EXISTS entry_site ON luubao_search.entry (site, key)",
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
    document, digest, title, lede, body, captions, published_at, first_seen_at, site = row
    pairs = [words(field) for field in (title or "", lede or "", *body.split("\n\n"), *captions)]
    said = {
        name: _BOUNDARY.join(" ".join(pair[which]) for pair in part)
        for prefix, part in (("", pairs), ("title_", pairs[:1]))
        for which, name in enumerate((f"{prefix}marked", f"{prefix}bare"))
    }
    key = _free_key(index, published_at or first_seen_at or _EPOCH, digest)
    entry = {"key": key, "document_id": document, "is_dated": published_at is not None}
    if index.dialect.name == "sqlite":
        _insert(index, "entry", entry)
        _insert(index, "entry_text", {"rowid": key, **said, "site": _site_token(site)})
        return
    texts = {f"{name}_text": f" {text} " for name, text in said.items()}
    vectors = {name: sorted(set(text.split()) - {_BOUNDARY.strip()}) for name, text in said.items()}
    _insert(index, "entry", {**entry, "site": site, **texts}, **vectors)


def _insert(index: Connection, table: str, row: dict[str, Any], **vectors: list[str]) -> None:
    """Add a row; `vectors` are columns of PostgreSQL's tsvector type."""
    values = [f":{name}" for name in row] + [f"array_to_tsvector(CAST(:{name} AS TEXT[]))" for name in vectors]
    names = ", ".join([*row, *vectors])
    query = f"INSERT INTO {_place(index)}{table} ({names}) VALUES ({', '.join(values)})"  # noqa: S608  names of our own
    index.execute(text(query), {**row, **vectors})


def _site_token(site: str) -> str:
    """A site as one token, whatever its name is made of."""
    return f"s{site.encode().hex()}"


def _free_key(index: Connection, at: datetime, digest: str) -> int:
    """Its second, and then what follows from the document itself: the same order in every archive."""
    key = _first_key(at) + int(digest[:5], 16)
    query = text(f"SELECT 1 FROM {_place(index)}entry WHERE key = :key")  # noqa: S608
    while index.execute(query, {"key": key}).first() is not None:
        key += 1
    return key


def find(
    index: Connection,
    terms: Sequence[Term],
    *,
    marked: bool,
    in_title: bool = False,
    site: str | None = None,
    span: Filters | None = None,
) -> Iterator[int]:
    """Documents that hold the terms, newest first; streamed. With `marked` their letters must agree in marks.

    With `in_title` the words stand there; what is excluded stands nowhere. Of another `site`, or (by the page's word)
    outside the time of `span`, there is none; where the index does not know, the archive has to be asked.
    """
    if index.dialect.name == "sqlite":
        conditions, values = _sqlite_conditions(terms, marked=marked, in_title=in_title, site=site)
        table = "entry_text JOIN entry ON entry.key = entry_text.rowid"
    else:
        conditions, values = _postgresql_conditions(terms, marked=marked, in_title=in_title, site=site)
        table = "luubao_search.entry"
    if span is not None:
        # A key holds whole seconds: the last one is left to the archive.
        for bound, moment, beyond in ((">=", span.since, 0), ("<", span.until, _ROOM)):
            if moment is not None:
                name = f"k{len(values)}"
                conditions.append(f"(entry.key {bound} :{name} OR NOT entry.is_dated)")
                values[name] = _first_key(moment) + beyond
    where = " AND ".join(conditions)
    order = "entry_text.rowid" if index.dialect.name == "sqlite" else "entry.key"
    query = f"SELECT entry.document_id FROM {table} WHERE {where} ORDER BY {order} DESC"  # noqa: S608  names of our own
    with index.execute(text(query), values, execution_options={"yield_per": _BATCH}) as result:
        for row in result:
            yield row[0]


def _first_key(moment: datetime) -> int:
    return int((moment - _EPOCH).total_seconds()) * _ROOM


def _column(term: Term, *, marked: bool, in_title: bool) -> tuple[str, tuple[str, ...]]:
    """Where a term is looked for, and as what."""
    # An exclusion that was typed with marks means these marks: -má leaves "ma" in.
    with_marks = term.marked != term.bare if term.is_excluded else marked
    place = "title_" if in_title and not term.is_excluded else ""
    return (f"{place}marked", term.marked) if with_marks else (f"{place}bare", term.bare)


_Conditions = tuple[list[str], dict[str, Any]]


def _sqlite_conditions(terms: Sequence[Term], *, marked: bool, in_title: bool, site: str | None) -> _Conditions:
    def said(term: Term) -> str:
        column, tokens = _column(term, marked=marked, in_title=in_title)
        return f'{column} : "{" ".join(tokens)}"'

    wanted = [said(term) for term in terms if not term.is_excluded]
    if site is not None:
        wanted.append(f'site : ("{_site_token(site)}" OR "{_site_token(_ANY_SITE)}")')
    unwanted = "".join(f" NOT {said(term)}" for term in terms if term.is_excluded)
    return ["entry_text MATCH :match"], {"match": f"({' AND '.join(wanted)}){unwanted}"}


def _postgresql_conditions(terms: Sequence[Term], *, marked: bool, in_title: bool, site: str | None) -> _Conditions:
    """Words by the index; phrases then in the text, as tsvector forgets positions in long texts."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for number, term in enumerate(terms):
        column, tokens = _column(term, marked=marked, in_title=in_title)
        said = f"{column} @@ CAST(:q{number} AS tsquery)"
        values[f"q{number}"] = " & ".join(f"'{token}'" for token in tokens)
        if len(tokens) > 1:
            said = f"({said} AND strpos({column}_text, :p{number}) > 0)"
            values[f"p{number}"] = f" {' '.join(tokens)} "
        conditions.append(f"NOT {said}" if term.is_excluded else said)
    if site is not None:
        conditions.append("site IN (:site, :any)")
        values |= {"site": site, "any": _ANY_SITE}
    return conditions, values
