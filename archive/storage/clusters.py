"""Texts, edges and memberships: what the clusters are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select

from archive.similarity import Evidence
from archive.storage import schema
from archive.storage.engine import among, insert_all_unless_there, listed
from archive.types import Outcome, Relation, Role

_judgement, _reading, _article, _document = schema.judgement, schema.reading, schema.article, schema.document
_edge, _membership = schema.edge, schema.membership


_PORTION = 500
"""Ids that one statement asks for."""


def _portions(rows: Iterable[int]) -> Iterator[list[int]]:
    left = sorted(rows)
    return (left[at : at + _PORTION] for at in range(0, len(left), _PORTION))


_later = _judgement.alias("later")
_VERSIONS = (
    select(_judgement.c.article_id, _reading.c.document_id)
    .select_from(_judgement)
    .join(_article, _article.c.id == _judgement.c.article_id)
    .join(_reading, _reading.c.id == _judgement.c.reading_id)
    .where(
        # In a form that no index serves: SQLite would go through every version there is, and pick these out.
        func.coalesce(_judgement.c.outcome, "") == Outcome.VERSION,
        _judgement.c.edition_id == _article.c.edition_id,
        ~select(_later.c.id).where(_later.c.replaces == _judgement.c.id).exists(),
    )
)
_CURRENT_VERSIONS = _VERSIONS.distinct()
"""(article row, document row) of every version of every article, in the edition of the article."""
# Statements that every capture needs are made once: making one takes three times as long as running it.
_DOCUMENTS_OF = _CURRENT_VERSIONS.where(_judgement.c.article_id.in_(bindparam("articles", expanding=True)))
_ARTICLES_OF = _CURRENT_VERSIONS.where(_reading.c.document_id.in_(bindparam("documents", expanding=True)))


def documents_of(connection: Connection, articles: Iterable[int]) -> list[int]:
    """Documents of all versions of these articles."""
    rows = [row for part in _portions(articles) for row in connection.execute(_DOCUMENTS_OF, {"articles": part})]
    return sorted(row.document_id for row in rows)


def articles_of(connection: Connection, documents: Iterable[int]) -> dict[int, int]:
    """{document: the article that it is a version of} for those of these documents that are versions now."""
    rows = [row for part in _portions(documents) for row in connection.execute(_ARTICLES_OF, {"documents": part})]
    return {row.document_id: row.article_id for row in rows}


@dataclass(frozen=True, slots=True)
class StoredText:
    """What is compared of one document."""

    document_id: int
    article_id: int
    article: str
    """Public id of the article."""
    site: str
    title: str | None
    lede: str | None
    body: str


def texts(connection: Connection, documents: Sequence[int]) -> dict[int, list[StoredText]]:
    """{document: it as the version of each article that has it} for those of these documents that are versions now."""
    dialect = connection.dialect.name
    rows = connection.execute(_texts_by(dialect), {"keys": listed(documents, dialect)})
    found: dict[int, list[StoredText]] = {}
    for text in _texts(rows):
        found.setdefault(text.document_id, []).append(text)
    return found


def texts_of(connection: Connection, articles: Iterable[int]) -> list[StoredText]:
    """The texts of all versions of these articles."""
    texts = _texts(connection.execute(_TEXTS_OF, {"articles": list(articles)}))
    return list({text.document_id: text for text in texts}.values())


def _texts(rows: Iterable[Any]) -> list[StoredText]:
    # A text that came back is a version twice. To have the database see to that, it would have to sort whole bodies.
    return list({(row[0], row[1]): StoredText(*row) for row in rows}.values())


_WITH_TEXT = (
    _VERSIONS.join(_document, _document.c.id == _reading.c.document_id)
    .with_only_columns(
        _document.c.id,
        _article.c.id.label("article_id"),
        _article.c.public_id,
        _article.c.site,
        _document.c.title,
        _document.c.lede,
        _document.c.body,
    )
    .order_by(_document.c.id)
)
_TEXTS_OF = _WITH_TEXT.where(_judgement.c.article_id.in_(bindparam("articles", expanding=True)))


@cache
def _texts_by(dialect: str) -> Select[Any]:
    return _WITH_TEXT.where(among(_document.c.id, dialect))


def known_edges(connection: Connection, document: int) -> set[int]:
    """Documents that this one has been compared with and found related to."""
    rows = connection.execute(
        select(_edge.c.document_a, _edge.c.document_b).where(
            or_(_edge.c.document_a == document, _edge.c.document_b == document)
        )
    )
    return {b if a == document else a for a, b in rows}


@dataclass(frozen=True, slots=True)
class NewEdge:
    """How two documents overlap, and what that means between two sites and within one."""

    document_a: int
    document_b: int
    relation: Relation
    relation_within: Relation
    evidence: Evidence


def add_edges(connection: Connection, edges: Iterable[NewEdge]) -> None:
    """Note these edges; one between two documents that have one stays what it is."""
    rows = [
        {
            "document_a": edge.document_a,
            "document_b": edge.document_b,
            "relation": edge.relation,
            "relation_within": edge.relation_within,
            **asdict(edge.evidence),
        }
        for edge in edges
    ]
    insert_all_unless_there(connection, _edge, rows)


@dataclass(frozen=True, slots=True)
class ArticleEdge:
    """An edge between two versions, by the articles that they are versions of."""

    id: int
    article_a: int
    article_b: int
    relation: Relation
    resemblance: float
    containment_ab: float
    containment_ba: float
    lede_ab: float
    lede_ba: float
    numbers: float
    order_ab: float | None
    """None where rules before number 2 made the edge."""
    order_ba: float | None


def edges_of(connection: Connection, articles: Iterable[int]) -> list[ArticleEdge]:
    """Edges between versions of which one, at least, belongs to these articles."""
    documents = documents_of(connection, articles)
    rows = {row for part in _portions(documents) for row in connection.execute(_EDGES_OF, {"documents": part})}
    if not rows:
        return []
    owner = articles_of(connection, {document for row in rows for document in (row.document_a, row.document_b)})
    sites = _sites(connection, set(owner.values()))
    found = []
    for row in sorted(rows):
        a, b = owner.get(row.document_a), owner.get(row.document_b)
        if a is not None and b is not None:
            relation = row.relation_within if sites[a] == sites[b] else row.relation
            found.append(ArticleEdge(row.id, a, b, Relation(relation), *tuple(row)[5:]))
    return found


_EDGES_OF = (
    select(
        _edge.c.id,
        _edge.c.document_a,
        _edge.c.document_b,
        _edge.c.relation,
        _edge.c.relation_within,
        _edge.c.resemblance,
        _edge.c.containment_ab,
        _edge.c.containment_ba,
        _edge.c.lede_ab,
        _edge.c.lede_ba,
        _edge.c.numbers,
        _edge.c.order_ab,
        _edge.c.order_ba,
    )
    .where(
        or_(
            _edge.c.document_a.in_(bindparam("documents", expanding=True)),
            _edge.c.document_b.in_(bindparam("documents", expanding=True)),
        )
    )
    .order_by(_edge.c.id)
)


def _sites(connection: Connection, articles: Iterable[int]) -> dict[int, str]:
    rows = [row for part in _portions(articles) for row in connection.execute(_SITES, {"articles": part})]
    return {row.id: row.site for row in rows}


_SITES = select(_article.c.id, _article.c.site).where(_article.c.id.in_(bindparam("articles", expanding=True)))


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What clustering asks of an article as it stands."""

    id: int
    public_id: str
    url: str
    site: str
    first_seen_at: datetime
    published_at: datetime | None
    credit_site: str | None
    credit_url: str | None


def facts(connection: Connection, articles: Iterable[int]) -> list[ArticleFacts]:
    """The articles among these that have a version."""
    rows = [row for part in _portions(articles) for row in connection.execute(_FACTS, {"articles": part})]
    return [ArticleFacts(*row) for row in rows]


_FACTS = (
    select(
        _article.c.id,
        _article.c.public_id,
        _article.c.url,
        _article.c.site,
        _article.c.first_seen_at,
        _document.c.published_at,
        _document.c.credit_site,
        _document.c.credit_url,
    )
    .join(_judgement, _judgement.c.id == _article.c.head_id)
    .join(_reading, _reading.c.id == _judgement.c.reading_id)
    .join(_document, _document.c.id == _reading.c.document_id)
    .where(_article.c.id.in_(bindparam("articles", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class StoredMember:
    """An article's place in a cluster."""

    article_id: int
    cluster_id: str
    role: Role
    reason: str
    edge_id: int | None
    other_id: int | None
    is_a: bool


def members_with(connection: Connection, articles: Iterable[int]) -> list[StoredMember]:
    """The places of all articles that share a cluster with any of these, their own among them."""
    rows = [row for part in _portions(articles) for row in connection.execute(_MEMBERS_WITH, {"articles": part})]
    return [StoredMember(row[0], row[1], Role(row[2]), *row[3:6], is_a=bool(row[6])) for row in rows]


_FELLOW = _membership.alias("fellow")
_MEMBERS_WITH = (
    select(
        _membership.c.article_id,
        _membership.c.cluster_id,
        _membership.c.role,
        _membership.c.reason,
        _membership.c.edge_id,
        _membership.c.other_id,
        _membership.c.is_a,
    )
    .join(_FELLOW, _FELLOW.c.cluster_id == _membership.c.cluster_id)
    .where(_FELLOW.c.article_id.in_(bindparam("articles", expanding=True)))
    .distinct()
)


def are_members(connection: Connection, articles: Iterable[int]) -> bool:
    """Whether any of these articles is in a cluster."""
    query = select(_membership.c.article_id).where(_membership.c.article_id.in_(list(articles))).limit(1)
    return connection.execute(query).first() is not None


def change_members(connection: Connection, *, gone: Collection[StoredMember], come: Collection[StoredMember]) -> None:
    """These places are no more, and these are new."""
    if gone:
        left = _membership.c.article_id == bindparam("gone")
        connection.execute(delete(_membership).where(left), [{"gone": member.article_id} for member in gone])
    if come:
        rows = [asdict(member) for member in sorted(come, key=lambda member: member.article_id)]
        connection.execute(insert(_membership), rows)


def rows_of(connection: Connection, public_ids: Iterable[str]) -> dict[str, int]:
    """{public id: row id} of those of these articles that exist."""
    wanted = list(public_ids)
    if not wanted:
        return {}
    rows = connection.execute(select(_article.c.public_id, _article.c.id).where(_article.c.public_id.in_(wanted)))
    return {row.public_id: row.id for row in rows}
