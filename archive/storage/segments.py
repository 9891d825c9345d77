"""Segments of the full-text index: up to `SIZE` documents, in the order of time, and which of them hold which token.

A segment is written once and dropped whole. Segments may overlap in time: what they hold is merged, the newest first,
and a segment is looked into only when its newest document is next."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush, heapreplace
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from archive.inverting import collect
from archive.postings import SIZE, UNDATED, Question, decode, newest_first, site_token
from archive.query import Filters

SCHEMA = "luubao_search"
"""Where the tables are on PostgreSQL; on SQLite they have a file of their own."""
ANY_SITE = ""
"""Of a document whose article is not known, or may not be the only one: it stays a match, and the archive is asked."""
_ROWS = 20_000
_MOST_OPENED = 64
"""Segments that are looked into by one statement, at most."""
_CHUNK = 256
"""Documents whose keys and ids are read together: four such pieces are a page of the file."""
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_ROOM = 1 << 24
"""Documents that may be of one second; a key of the year 9999 still has 63 bits."""

metadata = MetaData()
_Name = Text().with_variant(Text(collation="C"), "postgresql")
state = Table("state", metadata, Column("said", Text, nullable=False), schema=SCHEMA)
segment = Table(
    "segment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("oldest", BigInteger, nullable=False, comment="key of its first document"),
    Column("newest", BigInteger, nullable=False, comment="key of its last document"),
    Column("size", Integer, nullable=False),
    Column("firsts", LargeBinary, nullable=False, comment="keys of the first document of each chunk, 8 bytes each"),
    schema=SCHEMA,
)
chunk = Table(
    "chunk",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="see _chunk_id"),
    Column("keys", LargeBinary, nullable=False, comment="keys of its documents, ascending, 8 bytes each"),
    Column("documents", LargeBinary, nullable=False, comment="their ids, in the same order"),
    schema=SCHEMA,
)
posting = Table(
    "posting",
    metadata,
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("token", _Name, primary_key=True),
    Column("said", LargeBinary, nullable=False, comment="see archive.postings.encode"),
    schema=SCHEMA,
    # By segment, then token: a segment is written at the end of the file, as one piece.
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment."""

    id: int
    oldest: int
    newest: int
    size: int
    firsts: array[int]
    """Keys of the first document of each chunk."""


def key_of(at: datetime, digest: str) -> int:
    """Orders documents by their second, then by what follows from the document itself: the same in every archive."""
    return first_key(at) + int(digest[:6], 16)


def first_key(moment: datetime) -> int:
    """The smallest key of a second."""
    return int((moment - _BEGINNING).total_seconds()) * _ROOM


def _chunk_id(number: int, at: int) -> int:
    """The id of a chunk of a segment; those of one segment follow each other."""
    return number * (SIZE // _CHUNK) + at


def segments(index: Connection) -> list[Segment]:
    """All segments, by their newest document, the newest first."""
    columns = segment.c
    query = select(columns.id, columns.oldest, columns.newest, columns.size, columns.firsts)
    rows = index.execute(query.order_by(columns.newest.desc(), columns.id))
    return [Segment(*row[:4], array("q", row[4])) for row in rows]


def write(
    index: Connection, placed: Sequence[tuple[int, int]], documents: Iterable[tuple[Sequence[str], bool, str]]
) -> None:
    """A new segment of these (key, document), which ascend, and of (texts, has a date, site) of each."""
    number = (index.execute(select(func.max(segment.c.id))).scalar() or 0) + 1
    chunks = [
        {
            "id": _chunk_id(number, at),
            "keys": array("q", [key for key, _ in part]).tobytes(),
            "documents": array("q", [document for _, document in part]).tobytes(),
        }
        for at, part in enumerate(placed[start : start + _CHUNK] for start in range(0, len(placed), _CHUNK))
    ]
    firsts = array("q", [key for key, _ in placed[::_CHUNK]])
    values = {"oldest": placed[0][0], "newest": placed[-1][0], "size": len(placed), "firsts": firsts.tobytes()}
    index.execute(insert(segment), {"id": number, **values})
    index.execute(insert(chunk), chunks)
    held = (
        (texts, (site_token(site),) if is_dated else (site_token(site), UNDATED)) for texts, is_dated, site in documents
    )
    rows = ((number, token, said) for token, said in collect(held))
    # By the driver: there are hundreds of thousands of rows, and what SQLAlchemy does for each takes longer than that.
    if index.dialect.name == "sqlite":
        statement = "INSERT INTO posting (segment, token, said) VALUES (?, ?, ?)"
    else:
        statement = f"INSERT INTO {SCHEMA}.posting (segment, token, said) VALUES (%s, %s, %s)"  # noqa: S608
    while part := list(islice(rows, _ROWS)):
        index.exec_driver_sql(statement, part)


def drop(index: Connection, numbers: Sequence[int]) -> None:
    """Take segments away."""
    if numbers:
        index.execute(delete(posting).where(posting.c.segment.in_(numbers)))
        for number in numbers:
            index.execute(delete(chunk).where(_is_of(number)))
        index.execute(delete(segment).where(segment.c.id.in_(numbers)))


def placed_in(index: Connection, number: int) -> list[tuple[int, int]]:
    """(key, document) of all documents of a segment."""
    query = select(chunk.c["keys"], chunk.c.documents).where(_is_of(number)).order_by(chunk.c.id)
    return [
        pair
        for keys, documents in index.execute(query)
        for pair in zip(array("q", keys), array("q", documents), strict=True)
    ]


def _is_of(number: int) -> ColumnElement[bool]:
    return chunk.c.id.between(_chunk_id(number, 0), _chunk_id(number + 1, 0) - 1)


# A search asks these for every few segments: what SQLAlchemy does for a statement and its rows took as long as they.
_POSTINGS = {
    "sqlite": "SELECT segment, token, said FROM posting WHERE segment IN (SELECT value FROM json_each(?)) "
    "AND token IN (SELECT value FROM json_each(?))",
    "postgresql": f"SELECT segment, token, said FROM {SCHEMA}.posting "  # noqa: S608
    "WHERE segment = ANY(%s) AND token = ANY(%s)",
}
_CHUNKS = {
    "sqlite": "SELECT id, keys, documents FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
    "postgresql": f"SELECT id, keys, documents FROM {SCHEMA}.chunk WHERE id = ANY(%s)",  # noqa: S608
}


class Finder:
    """One search: its questions are asked one after the other; what one is sure to find, a later one leaves out."""

    def __init__(self, index: Connection, *, span: Filters | None) -> None:
        """Of the time outside `span` (by the page's word) nothing is found; where the page is silent, it may be."""
        self._index = index
        self._since = None if span is None or span.since is None else first_key(span.since)
        # A key holds whole seconds: the last one is left to the archive.
        self._until = None if span is None or span.until is None else first_key(span.until) + _ROOM
        self._segments = {one.id: one for one in segments(index)}
        self._sets: dict[int, dict[str, int]] = defaultdict(dict)
        self._chunks: dict[int, tuple[array[int], array[int]]] = {}
        self._among: dict[int, int] = {}
        """What was not found yet (for sure), of each segment that was looked into."""

    def find(self, asked: Question) -> Iterator[tuple[int, bool]]:
        """(document, whether it is sure to match), newest first; streamed."""
        closed = deque(self._segments.values())
        opened: list[tuple[int, int, int, int, Iterator[int]]] = []
        count = 1
        while closed or opened:
            while closed and (not opened or -opened[0][0] <= closed[0].newest):
                part = [closed.popleft() for _ in range(min(count, len(closed)))]
                count = min(2 * count, _MOST_OPENED)
                for one in self._ask(asked, part):
                    heappush(opened, one)
            if not opened:
                return
            _, number, at, unsure, others = opened[0]
            _, document = self._placed(number, at)
            following = next(others, None)
            if following is None:
                heappop(opened)
            else:
                heapreplace(opened, (-self._placed(number, following)[0], number, following, unsure, others))
            yield document, not unsure >> at & 1

    def _ask(self, asked: Question, part: list[Segment]) -> Iterator[tuple[int, int, int, int, Iterator[int]]]:
        """(minus its key, segment, first match, what is unsure, the others) of each segment that holds a match."""
        is_of_a_time = self._since is not None or self._until is not None
        self._load(asked.tokens | {UNDATED} if is_of_a_time else asked.tokens, part)
        found = []
        for one in part:
            sets = self._sets[one.id]
            among = self._among[one.id] if one.id in self._among else self._in_time(one)
            bits, unsure = asked.answer(lambda token, sets=sets: sets.get(token, 0), among)  # type: ignore[misc]
            self._among[one.id] = among & ~(bits & ~unsure)
            if bits:
                found.append((one.id, bits, unsure))
        self._read([_chunk_id(number, (bits.bit_length() - 1) // _CHUNK) for number, bits, _ in found])
        for number, bits, unsure in found:
            numbers = newest_first(bits)
            first = next(numbers)
            yield -self._placed(number, first)[0], number, first, unsure, numbers

    def _load(self, tokens: set[str], part: list[Segment]) -> None:
        """The sets of these tokens, where they are not known yet; one statement for all of `part`."""
        missing = [token for token in tokens if any(token not in self._sets[one.id] for one in part)]
        if not missing:
            return
        for one in part:
            self._sets[one.id].update(dict.fromkeys(missing, 0))
        for number, token, said in self._run(_POSTINGS, [one.id for one in part], missing):
            self._sets[number][token] = decode(said)

    def _in_time(self, one: Segment) -> int:
        """The documents of a segment that are of the time asked for, or may be."""
        everything = (1 << one.size) - 1
        since = one.oldest if self._since is None else self._since
        until = one.newest + 1 if self._until is None else self._until
        if since <= one.oldest and one.newest < until:
            return everything
        undated = self._sets[one.id].get(UNDATED, 0)
        if until <= one.oldest or one.newest < since:
            return undated
        first, end = (self._first_at(one, key) for key in (since, until))
        return ((1 << end) - (1 << first)) | undated if first < end else undated

    def _first_at(self, one: Segment, key: int) -> int:
        """The number of the first document of a segment with this key or a later one."""
        at = bisect_left(one.firsts, key) - 1
        if at < 0:
            return 0
        self._read([_chunk_id(one.id, at)])
        return at * _CHUNK + bisect_left(self._chunks[_chunk_id(one.id, at)][0], key)

    def _placed(self, number: int, at: int) -> tuple[int, int]:
        """(key, id) of a document of a segment, by its number."""
        name = _chunk_id(number, at // _CHUNK)
        if name not in self._chunks:
            self._read([name])
        keys, documents = self._chunks[name]
        return keys[at % _CHUNK], documents[at % _CHUNK]

    def _read(self, names: list[int]) -> None:
        """The keys and ids of these chunks, where they are not known yet."""
        missing = [name for name in names if name not in self._chunks]
        if missing:
            for name, keys, documents in self._run(_CHUNKS, missing):
                self._chunks[name] = array("q", keys), array("q", documents)

    def _run(self, statements: dict[str, str], *lists: list[Any]) -> Iterable[Any]:
        dialect = self._index.dialect.name
        values = tuple(json.dumps(one) if dialect == "sqlite" else one for one in lists)
        return self._index.exec_driver_sql(statements[dialect], values).fetchall()
