"""The full-text index: what stands in which document. Derived, so it may be deleted at any time and is made anew.

Documents are never changed, so the index only ever adds those that came since: by the first search after them, in a
transaction of its own. Recording pays nothing for it, and no reader touches the writer's file. On SQLite it is
`search.db` beside the archive, on PostgreSQL the schema `luubao_search`; the tables are the same.

It is made of segments (`archive.storage.segments`). Many new documents make whole segments, each of one span of time.
A few make a small one; when there are many small ones, they are made anew as one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, and_, case, delete, func, insert, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.schema import CreateSchema

from archive.postings import SIZE, Fields, fields_of, texts_of
from archive.query import FORMAT
from archive.storage import schema, segments
from archive.storage.engine import connect, for_reading
from archive.storage.segments import ANY_SITE, key_of

_T = TypeVar("_T")
_BATCH = 500
_BULK = 16 * SIZE
"""New documents that are put in the order of time together; it bounds the memory of making an index."""
_FAN = 8
"""So many segments of one class of sizes become one: few to look into, and no document is read more than five times."""
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_PAGE = 16384
"""Bytes. A set as bits is 2,048; in SQLite's usual pages of 4,096 each would fill another one: three times the file."""
_FORMER = ("entry_text", "entry")
"""Tables of former formats."""


def engine_of(archive: Engine, folder: Path) -> Engine:
    """Where the index of an archive is kept, open for writing."""
    if archive.dialect.name == "sqlite":
        file = folder / "search.db"
        _drop_former(file)
        engine = connect(URL.create("sqlite", database=str(file)), page_size=_PAGE)
        return engine.execution_options(schema_translate_map={segments.SCHEMA: None})
    # Not with the writer's lock: a search would wait for a crawl's transaction, and the crawl for the next search.
    # Updates of the index take turns by a lock of their own.
    return for_reading(connect(archive.url))


def _drop_former(file: Path) -> None:
    """Delete a file with pages of another size, which only a new one can change: it is of a former format."""
    if not file.is_file():
        return
    with file.open("rb") as opened:
        head = opened.read(18)
    if len(head) == 18 and int.from_bytes(head[16:], "big") != _PAGE:  # sqlite.org/fileformat.html  # noqa: PLR2004
        for name in ("search.db", "search.db-wal", "search.db-shm"):
            file.with_name(name).unlink(missing_ok=True)


def for_searching(index: Engine) -> Engine:
    """`index` for a search, which sees the segments of one moment."""
    if index.dialect.name == "sqlite":
        return for_reading(index)
    return for_reading(index).execution_options(isolation_level="REPEATABLE READ")


def is_current(archive: Connection, index: Connection) -> bool:
    """Whether the index holds every document; asks without locking anything."""
    if not _is_there(index):
        return False
    document = schema.document.c
    newest = archive.execute(select(document.id, document.digest).order_by(document.id.desc()).limit(1)).first()
    return newest is not None and _state(index) == {"format": FORMAT, "last": newest[0], "digest": newest[1]}


def is_made(index: Connection) -> bool:
    """Whether there is an index of this format, be it behind."""
    return _is_there(index) and _state(index).get("format") == FORMAT


def update(archive: Connection, index: Connection) -> int:
    """Add documents that the index lacks, as many as are put in the order of time together; returns how many."""
    new = _placed(archive, _last_indexed(archive, index))
    if not new:
        return 0
    placed = [(key, document) for key, document, _ in new]
    absorbed = _small_ones(index, len(placed))
    for one in absorbed:
        placed += segments.placed_in(index, one.id)
    segments.drop(index, [one.id for one in absorbed])
    for part in _parts(sorted(placed), SIZE):
        segments.write(index, part, _documents(archive, [document for _, document in part]))
    _remember(index, {"format": FORMAT, "last": new[-1][1], "digest": new[-1][2]})
    return len(new)


def _parts(whole: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (whole[at : at + size] for at in range(0, len(whole), size))


def _small_ones(index: Connection, count: int) -> list[segments.Segment]:
    """The segments that are to be made one with so many new documents."""
    there = segments.segments(index)
    absorbed: list[segments.Segment] = []
    while count < SIZE:
        alike = [one for one in there if one.size < SIZE // 2 and _class(one.size) <= _class(count)]
        if len(alike) + 1 - len(absorbed) < _FAN or len(alike) == len(absorbed):
            break
        count += sum(one.size for one in alike) - sum(one.size for one in absorbed)
        absorbed = alike
    return absorbed


def _class(size: int) -> int:
    """Sizes of one class differ by less than eight times."""
    return (size.bit_length() - 1) // 3


def _placed(archive: Connection, before: int) -> list[tuple[int, int, str]]:
    """(key, document, digest) of the next documents after that one, by id."""
    document = schema.document.c
    first_seen = (
        select(func.min(schema.capture.c.captured_at))
        .join(schema.reading, schema.reading.c.capture_id == schema.capture.c.id)
        .where(schema.reading.c.document_id == document.id)
        .scalar_subquery()
    )
    at = func.coalesce(document.published_at, first_seen, type_=schema.UtcDateTime())
    query = select(document.id, document.digest, at).where(document.id > before).order_by(document.id).limit(_BULK)
    return [(key_of(at or _EPOCH, digest), name, digest) for name, digest, at in archive.execute(query)]


def _documents(archive: Connection, names: Sequence[int]) -> Any:  # noqa: ANN401  an iterator of rows
    """(texts, whether the page says a date, site) of these documents, in this order."""
    article, reading, document = schema.article, schema.reading, schema.document.c
    is_known = and_(func.count() == func.count(article.c.id), func.min(article.c.site) == func.max(article.c.site))
    site = (
        select(case((is_known, func.min(article.c.site)), else_=ANY_SITE))
        .select_from(reading.outerjoin(article, article.c.url == reading.c.article_key))
        .where(reading.c.document_id == document.id)
        .scalar_subquery()
    )
    query = select(
        document.id, document.title, document.lede, document.body, document.captions, document.published_at, site
    )
    for part in _parts(names, _BATCH):
        found = {row[0]: row for row in archive.execute(query.where(document.id.in_(part)))}
        for name in part:
            _, title, lede, body, captions, published_at, of_site = found[name]
            yield texts_of(title, lede, body, captions), published_at is not None, of_site


def fields(archive: Connection, names: Sequence[int]) -> dict[int, Fields]:
    """The words of these documents, for what the index cannot tell."""
    document = schema.document.c
    query = select(document.id, document.title, document.lede, document.body, document.captions)
    return {row[0]: fields_of(*row[1:]) for row in archive.execute(query.where(document.id.in_(names)))}


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
    _create(index)
    return 0


def _is_there(index: Connection) -> bool:
    return inspect(index).has_table("state", schema=None if index.dialect.name == "sqlite" else segments.SCHEMA)


def _state(index: Connection) -> dict[str, Any]:
    said = index.execute(select(segments.state.c.said)).scalar()
    state: dict[str, Any] = json.loads(said) if said else {}
    return state


def _remember(index: Connection, state: dict[str, Any]) -> None:
    index.execute(delete(segments.state))
    index.execute(insert(segments.state), {"said": json.dumps(state)})


def _create(index: Connection) -> None:
    """Empty tables, whatever was there."""
    place = ""
    if index.dialect.name != "sqlite":
        index.execute(CreateSchema(segments.SCHEMA, if_not_exists=True))
        place = f"{segments.SCHEMA}."
    for table in _FORMER:
        index.exec_driver_sql(f"DROP TABLE IF EXISTS {place}{table}")
    segments.metadata.drop_all(index)
    segments.metadata.create_all(index)
