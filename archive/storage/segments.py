"""Segments of the full-text index: up to `SIZE` documents, in the order of time, and which of them hold which token.

A segment is written once and dropped whole. Segments may overlap in time: what they hold is merged, the newest first,
and a segment is looked into only when its newest document is next."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush, heapreplace
from itertools import islice

from sqlalchemy import (
    BigInteger,
    Column,
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

from archive.postings import UNDATED, Fields, Question, collect, decode, newest_first, site_token, tokens_of
from archive.query import Filters

SCHEMA = "luubao_search"
"""Where the tables are on PostgreSQL; on SQLite they have a file of their own."""
ANY_SITE = ""
"""Of a document whose article is not known, or may not be the only one: it stays a match, and the archive is asked."""
_ROWS = 20_000
_MOST_OPENED = 64
"""Segments that are looked into by one statement, at most."""
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


def key_of(at: datetime, digest: str) -> int:
    """Orders documents by their second, then by what follows from the document itself: the same in every archive."""
    return first_key(at) + int(digest[:6], 16)


def first_key(moment: datetime) -> int:
    """The smallest key of a second."""
    return int((moment - _BEGINNING).total_seconds()) * _ROOM


def segments(index: Connection) -> list[Segment]:
    """All segments, by their newest document, the newest first."""
    columns = segment.c
    query = select(columns.id, columns.oldest, columns.newest, columns.size)
    return [Segment(*row) for row in index.execute(query.order_by(columns.newest.desc(), columns.id))]


def write(index: Connection, placed: Sequence[tuple[int, int]], documents: Iterable[tuple[Fields, bool, str]]) -> None:
    """A new segment of these (key, document), which ascend, and of (fields, has a date, site) of each."""
    number = (index.execute(select(func.max(segment.c.id))).scalar() or 0) + 1
    keys = array("q", [key for key, _ in placed])
    values = {
        "id": number,
        "oldest": keys[0],
        "newest": keys[-1],
        "size": len(keys),
        "keys": keys.tobytes(),
        "documents": array("q", [document for _, document in placed]).tobytes(),
    }
    index.execute(insert(segment), values)
    held = (
        tokens_of(fields) | {site_token(site)} | (set() if is_dated else {UNDATED})
        for fields, is_dated, site in documents
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
        index.execute(delete(segment).where(segment.c.id.in_(numbers)))


def placed_in(index: Connection, number: int) -> list[tuple[int, int]]:
    """(key, document) of all documents of a segment."""
    keys, documents = index.execute(select(segment.c["keys"], segment.c.documents).where(segment.c.id == number)).one()
    return list(zip(array("q", keys), array("q", documents), strict=True))


class Finder:
    """One search: its questions are asked one after the other; what one is sure to find, a later one leaves out."""

    def __init__(self, index: Connection, *, span: Filters | None) -> None:
        """Of the time outside `span` (by the page's word) nothing is found; where the page is silent, it may be."""
        self._index = index
        self._since = None if span is None or span.since is None else first_key(span.since)
        # A key holds whole seconds: the last one is left to the archive.
        self._until = None if span is None or span.until is None else first_key(span.until) + _ROOM
        self._segments = segments(index)
        self._sets: dict[int, dict[str, int]] = defaultdict(dict)
        self._keys: dict[int, array[int]] = {}
        self._documents: dict[int, array[int]] = {}
        self._among: dict[int, int] = {}
        """What was not found yet (for sure), of each segment that was looked into."""

    def find(self, asked: Question) -> Iterator[tuple[int, bool]]:
        """(document, whether it is sure to match), newest first; streamed."""
        closed = deque(self._segments)
        opened: list[tuple[int, int, int, int, Iterator[int]]] = []
        count = 1
        while closed or opened:
            while closed and (not opened or -opened[0][0] <= closed[0].newest):
                part = [closed.popleft() for _ in range(min(count, len(closed)))]
                count = min(4 * count, _MOST_OPENED)
                for one in self._ask(asked, part):
                    heappush(opened, one)
            if not opened:
                return
            _, number, at, unsure, others = opened[0]
            following = next(others, None)
            if following is None:
                heappop(opened)
            else:
                heapreplace(opened, (-self._keys[number][following], number, following, unsure, others))
            yield self._documents[number][at], not unsure >> at & 1

    def _ask(self, asked: Question, part: list[Segment]) -> Iterator[tuple[int, int, int, int, Iterator[int]]]:
        """(minus its key, segment, first match, what is unsure, the others) of each segment that holds a match."""
        self._load(asked.tokens | {UNDATED}, part)
        found = []
        for one in part:
            sets = self._sets[one.id]
            among = self._among[one.id] if one.id in self._among else self._in_time(one)
            bits, unsure = asked.answer(lambda token, sets=sets: sets.get(token, 0), among)  # type: ignore[misc]
            self._among[one.id] = among & ~(bits & ~unsure)
            if bits:
                found.append((one.id, bits, unsure))
        self._place([number for number, _, _ in found])
        for number, bits, unsure in found:
            numbers = newest_first(bits)
            first = next(numbers)
            yield -self._keys[number][first], number, first, unsure, numbers

    def _load(self, tokens: set[str], part: list[Segment]) -> None:
        """The sets of these tokens, where they are not known yet; one statement for all of `part`."""
        missing = [token for token in tokens if any(token not in self._sets[one.id] for one in part)]
        if not missing:
            return
        for one in part:
            self._sets[one.id].update(dict.fromkeys(missing, 0))
        columns = posting.c
        query = select(columns.segment, columns.token, columns.said).where(
            columns.segment.in_([one.id for one in part]), columns.token.in_(missing)
        )
        for number, token, said in self._index.execute(query):
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
        self._place([one.id])
        first, end = (bisect_left(self._keys[one.id], key) for key in (since, until))
        return ((1 << end) - (1 << first)) | undated if first < end else undated

    def _place(self, numbers: list[int]) -> None:
        """Read the keys and the ids of the documents of these segments."""
        missing = [number for number in numbers if number not in self._keys]
        if not missing:
            return
        query = select(segment.c.id, segment.c["keys"], segment.c.documents).where(segment.c.id.in_(missing))
        for number, keys, documents in self._index.execute(query):
            self._keys[number], self._documents[number] = array("q", keys), array("q", documents)
