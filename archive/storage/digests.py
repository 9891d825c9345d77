"""Which articles are digests, and of what: beside the clusters, of which a digest joins none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from archive.storage import schema

_part = schema.digest_part
_NEAR = or_(
    _part.c.article_id.in_(bindparam("articles", expanding=True)),
    _part.c.part_id.in_(bindparam("articles", expanding=True)),
)
_PARTS = select(_part).where(_NEAR)
_PORTION = 500
"""Ids that one statement asks for."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A text that a digest holds, by row ids."""

    article_id: int
    """The digest."""
    part_id: int
    edge_id: int
    is_a: bool
    """The digest is the a of the edge."""


def parts_with(connection: Connection, articles: Iterable[int]) -> list[StoredPart]:
    """What digests hold any of these articles, and what these hold if they are digests."""
    left = sorted(articles)
    portions = (left[at : at + _PORTION] for at in range(0, len(left), _PORTION))
    rows = [row for part in portions for row in connection.execute(_PARTS, {"articles": part})]
    return [StoredPart(row.article_id, row.part_id, row.edge_id, bool(row.is_a)) for row in rows]


def are_tied(connection: Connection, articles: Iterable[int]) -> bool:
    """Whether any of these articles is a digest, or part of one."""
    return connection.execute(_PARTS.limit(1), {"articles": list(articles)}).first() is not None


def change_parts(connection: Connection, *, gone: Collection[StoredPart], come: Collection[StoredPart]) -> None:
    """These parts are no more, and these are new."""
    if gone:
        left = delete(_part).where(_part.c.article_id == bindparam("whole"), _part.c.part_id == bindparam("inside"))
        connection.execute(left, [{"whole": part.article_id, "inside": part.part_id} for part in gone])
    if come:
        rows = [asdict(part) for part in sorted(come, key=lambda part: (part.article_id, part.part_id))]
        connection.execute(insert(_part), rows)
