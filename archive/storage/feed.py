"""The feed of changes, runs, and reading through the views."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, FromClause, Row, Select, bindparam, case, func, insert, select, update
from sqlalchemy.sql.expression import ColumnElement

from archive.storage import schema
from archive.storage.views import SELECTABLES
from archive.types import ChangeKind

_SEQ = select(schema.change.c.seq).where(schema.change.c.public_id == bindparam("public_id"))
_KNOWN = select(schema.change.c.public_id).where(schema.change.c.public_id.in_(bindparam("named", expanding=True)))
_ASKED = 500
"""Ids asked for by one statement."""


@dataclass(frozen=True, slots=True)
class News:
    """One change; `article` and `capture` are (row id, public id)."""

    kind: ChangeKind
    at: datetime
    article: tuple[int, str] | None = None
    capture: tuple[int, str] | None = None
    detail: Mapping[str, Any] | None = None

    def public_id(self, repeated: int) -> str:
        """Made of what happened, so that it is the same in a replayed archive."""
        named = f"{self.article and self.article[1]} {self.capture and self.capture[1]}"
        said = f"{self.kind} {named} {self.at.isoformat()} {repeated}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class Feed:
    """What consumers are to be told, in its order; written together by `flush`, to be called before the commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: list[list[News]] = []

    def tell(self, news: News) -> None:
        """Tell consumers, after everything that was told before."""
        self._told.append([news])

    def keep_place(self) -> list[News]:
        """A place in the order of what is told: whatever stands in this list by the next `flush` is told there."""
        self._told.append([])
        return self._told[-1]

    def flush(self) -> None:
        """Write what was told since the last time."""
        told = [news for place in self._told for news in place]
        self._told.clear()
        if told:
            named = self._named(told)
            rows = [_row(public_id, news) for public_id, news in zip(named, told, strict=True)]
            self._connection.execute(insert(schema.change), rows)

    def _named(self, told: Sequence[News]) -> list[str]:
        """An id for each. What happens twice (an article leaves a cluster, and joins it again at one capture) is told
        apart by a count."""
        named = [""] * len(told)
        taken: set[str] = set()
        left = list(range(len(told)))
        for repeated in count():
            wanted = {at: told[at].public_id(repeated) for at in left}
            taken |= self._known(list(wanted.values()))
            left = []
            for at, public_id in wanted.items():
                if public_id in taken:
                    left.append(at)
                else:
                    named[at] = public_id
                    taken.add(public_id)
            if not left:
                break
        return named

    def _known(self, named: Sequence[str]) -> set[str]:
        parts = (named[at : at + _ASKED] for at in range(0, len(named), _ASKED))
        return {known for part in parts for known in self._connection.execute(_KNOWN, {"named": part}).scalars()}


def _row(public_id: str, news: News) -> dict[str, Any]:
    return {
        "public_id": public_id,
        "kind": news.kind,
        "article_id": news.article and news.article[0],
        "capture_id": news.capture and news.capture[0],
        "at": news.at,
        "detail": dict(news.detail or {}),
    }


def start_run(connection: Connection, kind: str, *, at: datetime, counts: Mapping[str, Any]) -> int:
    """Note that a run began."""
    result = connection.execute(insert(schema.run), {"kind": kind, "started_at": at, "counts": dict(counts)})
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def finish_run(connection: Connection, run: int, *, at: datetime, counts: Mapping[str, Any]) -> None:
    """Note how a run ended."""
    connection.execute(update(schema.run).where(schema.run.c.id == run), {"finished_at": at, "counts": dict(counts)})


def last_crawls(connection: Connection, *, since: datetime) -> dict[str, Row[Any]]:
    """{site: its newest crawl that began since then}, whoever began it."""
    run = schema.run
    site = run.c.counts["site"].as_string()
    newest = select(func.max(run.c.id)).where(run.c.kind == "crawl", run.c.started_at >= since).group_by(site)
    found = connection.execute(select(run).where(run.c.id.in_(newest)))
    return {row.counts["site"]: row for row in found if "site" in row.counts}


def rows(
    connection: Connection,
    view: str,
    *where: ColumnElement[bool],
    order_by: tuple[str, ...] = (),
    limit: int | None = None,
    source: FromClause | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Rows of one of the contract's views as dicts; streamed, in the order of the named columns ("-x" descends).

    `source` stands for the view where it is to be read as of a moment; `columns` are the only ones that are read.
    """
    selectable = SELECTABLES[view] if source is None else source
    chosen = [selectable] if columns is None else [selectable.c[name] for name in columns]
    query: Select[Any] = select(*chosen).where(*where)
    for name in order_by:
        column = selectable.c[name.removeprefix("-")]
        query = query.order_by(column.desc() if name.startswith("-") else column)
    if limit is not None:
        query = query.limit(limit)
    with connection.execute(query, execution_options={"yield_per": 500}) as result:
        for row in result:
            yield dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name for a row as a mapping


def column(view: str, name: str) -> ColumnElement[Any]:
    """A column of a view, for `rows(where=...)`."""
    return SELECTABLES[view].c[name]


def tally(connection: Connection, view: str, *columns: str) -> list[tuple[Any, ...]]:
    """How many rows of a view have each combination of these columns' values, with the count last."""
    chosen = [SELECTABLES[view].c[name] for name in columns]
    query = select(*chosen, func.count()).select_from(SELECTABLES[view]).group_by(*chosen).order_by(*chosen)
    return [tuple(row) for row in connection.execute(query)]


def seq_of(connection: Connection, change: str) -> int | None:
    """Where in the feed the change with this public id stands."""
    seq: int | None = connection.execute(_SEQ, {"public_id": change}).scalar()
    return seq


def sites(connection: Connection, *, only: str | None = None) -> list[dict[str, Any]]:
    """What there is of each site, by name; of one only, where it is named."""
    capture = schema.capture
    found: dict[str, dict[str, Any]] = {}
    counted = select(capture.c.site, func.count(), func.max(capture.c.captured_at)).group_by(capture.c.site)
    for site, captures, last in connection.execute(_of(counted, capture.c.site, only)):
        found[site] = {"site": site, "captures": captures, "last_captured_at": last}
    articles, held = SELECTABLES["articles"].c, SELECTABLES["held"].c
    counted = select(
        articles.site,
        func.count(),
        func.sum(articles.versions),
        func.sum(case((articles.role.in_(("copy", "excerpt")), 1), else_=0)),
        func.count(articles.gone_at),
    ).group_by(articles.site)
    for row in connection.execute(_of(counted, articles.site, only)):
        site, count, versions, copies, gone = row
        found.setdefault(site, {"site": site, "captures": 0, "last_captured_at": None}).update(
            articles=count, versions=int(versions), copies=int(copies), gone=gone
        )
    waiting = select(held.site, func.count()).group_by(held.site)
    for site, count in connection.execute(_of(waiting, held.site, only)):
        found[site]["held"] = count
    blank = {"articles": 0, "versions": 0, "copies": 0, "gone": 0, "held": 0}
    return [{**blank, **found[site]} for site in sorted(found)]


def _of(query: Select[Any], site: ColumnElement[Any], only: str | None) -> Select[Any]:
    return query if only is None else query.where(site == only)
