"""Questions that only `verify` asks: is the database sound, and is the text in it what was put there?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text

from archive.said import document_digest
from archive.storage import schema
from archive.storage.captures import document_of
from archive.storage.engine import APPLICATION_ID


def database_problems(connection: Connection) -> list[str]:
    """What the engine itself finds wrong; PostgreSQL checks its pages whenever it reads them."""
    if connection.dialect.name != "sqlite":
        return []
    found = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
    problems = [] if found == ["ok"] else [str(problem) for problem in found]
    dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
    problems += [f"a row of {row[0]} names a row of {row[2]} that is not there" for row in dangling]
    if connection.execute(text("PRAGMA application_id")).scalar() != APPLICATION_ID:
        problems.append("the file does not say that it is a luubao archive")
    return problems


def altered(connection: Connection) -> Iterator[int]:
    """Row ids of documents whose text is not the one that their digest was made of."""
    document, reading, capture = schema.document, schema.reading, schema.capture
    key = func.min(func.coalesce(reading.c.article_key, capture.c.url_key)).label("key")
    owners = (
        select(reading.c.document_id, key)
        .join(capture, capture.c.id == reading.c.capture_id)
        .where(reading.c.document_id.is_not(None))
        .group_by(reading.c.document_id)
        .subquery()
    )
    query = select(document, owners.c.key).join(owners, owners.c.document_id == document.c.id)
    with connection.execute(query, execution_options={"yield_per": 500}) as rows:
        for row in rows:
            if document_digest(document_of(row), article_key=row.key, content_hash=row.content_hash) != row.digest:
                yield row.id
