"""What of the archive one article's page depends on: asked in one statement, so that a page need not be made again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, func, select

from archive.storage import schema

_article, _judgement, _reading = schema.article.c, schema.judgement.c, schema.reading.c
_membership, _part, _edge = schema.membership.c, schema.digest_part.c, schema.edge.c
_documents = (
    select(_reading.document_id)
    .join_from(schema.judgement, schema.reading, _judgement.reading_id == _reading.id)
    .where(_judgement.article_id == _article.id, _reading.document_id.is_not(None))
    .correlate(schema.article)
)
_STANDING = select(
    # Histories are only added to, so the newest judgement tells whether this one was.
    select(func.max(_judgement.id)).where(_judgement.article_id == _article.id).scalar_subquery(),
    exists().where(schema.tombstone.c.article_id == _article.id),
    exists().where(_membership.article_id == _article.id)
    | exists().where(_part.article_id == _article.id)
    | exists().where(_part.part_id == _article.id)
    | exists().where(_edge.document_a.in_(_documents))
    | exists().where(_edge.document_b.in_(_documents)),
    *schema.article.c,
).where(_article.public_id == bindparam("public_id"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How an article stands."""

    state: str
    """A word that is another one after whatever changes its own rows: its history, its site, its being there."""
    is_alone: bool
    """Whether it shares text with no other article, so that nothing else changes its page."""


def standing(connection: Connection, article_id: str) -> Standing | None:
    """How the article with this public id stands; None if there is none."""
    row = connection.execute(_STANDING, {"public_id": article_id}).first()
    return None if row is None else Standing(repr((row[0], row[1], *row[3:])), not row[2])
