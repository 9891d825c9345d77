"""Which articles are digests, and of what: beside the clusters, of which a digest joins none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from archive.storage import schema

_part = schema.digest_part
_NEAR = or_(
    _part.c.article_id.in_(bindparam("articles", expanding=True)),
    _part.c.part_id.in_(bindparam("articles", expanding=True)),
)
_TIED = select(_part.c.article_id, _part.c.part_id).where(_NEAR)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A text that a digest holds, by row ids."""

    article_id: int
    """The digest."""
    part_id: int
    edge_id: int
    is_a: bool
    """The digest is the a of the edge."""


def tied(connection: Connection, articles: Iterable[int]) -> set[int]:
    """Digests that hold any of these articles, and what these hold if they are digests."""
    return {row for pair in connection.execute(_TIED, {"articles": list(articles)}) for row in pair}


def set_parts(connection: Connection, articles: Iterable[int], parts: Sequence[StoredPart]) -> None:
    """What digests there are among these articles is this now."""
    wanted = set(parts)
    known = {
        StoredPart(row.article_id, row.part_id, row.edge_id, bool(row.is_a))
        for row in connection.execute(select(_part).where(_NEAR), {"articles": list(articles)})
    }
    for gone in known - wanted:
        connection.execute(delete(_part).where(_part.c.article_id == gone.article_id, _part.c.part_id == gone.part_id))
    if wanted - known:
        connection.execute(insert(_part), [asdict(new) for new in wanted - known])
