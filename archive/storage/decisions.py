"""What people decided, and the articles that they had taken down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from archive.storage import schema
from archive.types import DecisionKind


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision of a person, as kept."""

    public_id: str
    kind: DecisionKind
    subject: str
    object: str | None
    decided_at: datetime
    note: str | None


def all_made(connection: Connection) -> list[StoredDecision]:
    """Every decision, oldest first."""
    table = schema.decision
    rows = connection.execute(
        select(
            table.c.public_id, table.c.kind, table.c.subject, table.c.object, table.c.decided_at, table.c.note
        ).order_by(table.c.decided_at, table.c.public_id)
    )
    return [StoredDecision(row[0], DecisionKind(row[1]), *row[2:]) for row in rows]


def add(connection: Connection, made: StoredDecision) -> None:
    """Keep a decision."""
    connection.execute(
        insert(schema.decision),
        {
            "public_id": made.public_id,
            "kind": made.kind,
            "subject": made.subject,
            "object": made.object,
            "decided_at": made.decided_at,
            "note": made.note,
        },
    )


def add_tombstone(connection: Connection, article: int, *, reason: str, at: datetime) -> None:
    """Show an article no more; once is enough."""
    table = schema.tombstone
    if connection.execute(select(table.c.article_id).where(table.c.article_id == article)).first() is None:
        connection.execute(insert(table), {"article_id": article, "reason": reason, "taken_down_at": at})
