"""Which rules found the copies, and making room for finding them anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from archive.storage import schema
from archive.types import Outcome

_COPIES = "copies"
_article, _capture, _document, _reading = schema.article, schema.capture, schema.document, schema.reading
_derived, _judgement, _sketch = schema.derived, schema.judgement, schema.sketch


def rules_of_copies(connection: Connection) -> int | None:
    """Number of the rules that made all sketches and edges; None: of no number, or of several."""
    return connection.execute(select(_derived.c.rules).where(_derived.c.name == _COPIES)).scalar()


def note_rules(connection: Connection, rules: int) -> None:
    """Before rules of this number write: from the first capture on they make all, or else there are several."""
    number = rules_of_copies(connection)
    if number is None and not connection.execute(select(exists().select_from(_judgement))).scalar():
        set_rules(connection, rules)
    elif number not in (None, rules):
        connection.execute(delete(_derived).where(_derived.c.name == _COPIES))


def set_rules(connection: Connection, rules: int) -> None:
    """Rules of this number made all sketches and edges."""
    connection.execute(delete(_derived).where(_derived.c.name == _COPIES))
    connection.execute(insert(_derived), {"name": _COPIES, "rules": rules})


def why_reindex(connection: Connection, rules: int) -> str | None:
    """Why copies are due to be found anew by rules of this number; None if they are not."""
    if not connection.execute(select(exists().select_from(_judgement))).scalar():
        return None
    if rules_of_copies(connection) != rules:
        return "rules of another release found some of the copies"
    if connection.execute(select(_sketch.c.id).limit(1)).first() is None and _has_text(connection):
        return "the index of copies is lost"
    return None


def _has_text(connection: Connection) -> bool:
    found = (
        select(_judgement.c.id)
        .join(_reading, _reading.c.id == _judgement.c.reading_id)
        .join(_document, _document.c.id == _reading.c.document_id)
        .where(_judgement.c.outcome == Outcome.VERSION, func.length(_document.c.body) > 0)
        .limit(1)
    )
    return connection.execute(found).first() is not None


def forget_copies(connection: Connection) -> None:
    """Drop all edges; who is in which cluster stays, to be compared with what is found anew."""
    connection.execute(update(schema.membership).values(edge_id=None))
    connection.execute(delete(schema.digest_part))
    connection.execute(delete(schema.edge))


def count_articles(connection: Connection) -> int:
    """How many articles there are."""
    return connection.execute(select(func.count()).select_from(_article)).scalar_one()


def article_groups(connection: Connection, size: int) -> Iterator[list[int]]:
    """Row ids of all articles, so many at a time."""
    after = -1
    while True:
        query = select(_article.c.id).where(_article.c.id > after).order_by(_article.c.id).limit(size)
        group = list(connection.execute(query).scalars())
        if not group:
            return
        yield group
        after = group[-1]


def latest_capture(connection: Connection) -> datetime | None:
    """When the newest capture was made."""
    query = select(_capture.c.captured_at).order_by(_capture.c.captured_at.desc()).limit(1)
    return connection.execute(query).scalar()
