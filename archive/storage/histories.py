"""Articles, how each capture of them was judged, and how they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive.storage import schema
from archive.types import Outcome
from archive.versioning import History, Judgement

_reading, _capture, _document = schema.reading, schema.capture, schema.document
_article, _judgement = schema.article, schema.judgement


@final
@dataclass(frozen=True, slots=True)
class StoredArticle:
    """How an article stands."""

    id: int
    public_id: str
    url: str
    site: str
    edition_id: int
    head_id: int | None
    versions: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    gone_at: datetime | None
    judged_at: datetime | None


def find_article(connection: Connection, key: str) -> StoredArticle | None:
    """The article at `key`, versions or not."""
    row = connection.execute(_ARTICLE_AT, {"key": key}).first()
    return None if row is None else StoredArticle(*row)


_ARTICLES = select(
    _article.c.id,
    _article.c.public_id,
    _article.c.url,
    _article.c.site,
    _article.c.edition_id,
    _article.c.head_id,
    _article.c.versions,
    _article.c.first_seen_at,
    _article.c.last_seen_at,
    _article.c.gone_at,
    _article.c.judged_at,
)
_ARTICLE_AT = _ARTICLES.where(_article.c.url == bindparam("key"))


def articles_named(connection: Connection, prefix: str) -> list[StoredArticle]:
    """Articles whose public id begins with `prefix`, two at most."""
    found = _ARTICLES.where(_article.c.public_id.startswith(prefix, autoescape=True)).limit(2)
    return [StoredArticle(*row) for row in connection.execute(found)]


def add_article(connection: Connection, *, public_id: str, url: str, site: str, edition: int) -> StoredArticle:
    """A new article, without any version yet."""
    result = connection.execute(
        insert(_article),
        {
            "public_id": public_id,
            "url": url,
            "site": site,
            "edition_id": edition,
            "versions": 0,
        },
    )
    key = result.inserted_primary_key
    assert key is not None
    return StoredArticle(int(key[0]), public_id, url, site, edition, None, 0, None, None, None, None)


def set_article(connection: Connection, article: int, **columns: Any) -> None:  # noqa: ANN401  columns of `article`
    """How an article stands now."""
    connection.execute(_SET_ARTICLE, {"article": article, **columns})


_SET_ARTICLE = update(_article).where(_article.c.id == bindparam("article"))


def standing_columns(history: History, *, edition: int, head: int | None, judged_at: datetime) -> dict[str, Any]:
    """How an article stands after its history, by column; `head` is the row of the judgement of its head."""
    return {
        "edition_id": edition,
        "head_id": head,
        "versions": history.versions,
        "first_seen_at": history.first_seen_at,
        "last_seen_at": history.last_seen_at,
        "gone_at": history.gone_at,
        "judged_at": judged_at,
    }


def head_hash(connection: Connection, head: int) -> str | None:
    """The content hash of the version that the judgement with row id `head` made."""
    return connection.execute(
        select(_document.c.content_hash)
        .join(_reading, _reading.c.document_id == _document.c.id)
        .join(_judgement, _judgement.c.reading_id == _reading.c.id)
        .where(_judgement.c.id == head)
    ).scalar()


def article_of_capture(connection: Connection, capture: int) -> str | None:
    """Key of the article that the newest edition took this capture for, or None."""
    query = (
        select(_article.c.url)
        .select_from(_judgement)
        .outerjoin(_article, _article.c.id == _judgement.c.article_id)
        .where(_judgement.c.capture_id == capture)
        .order_by(_judgement.c.edition_id.desc(), _judgement.c.id.desc())
        .limit(1)
    )
    key: str | None = connection.execute(query).scalar()
    return key


@final
@dataclass(frozen=True, slots=True)
class StandingJudgement:
    """The judgement of a capture that no later one replaces."""

    id: int
    capture_id: int
    article_id: int | None
    reading_id: int
    outcome: Outcome
    reason: str | None
    detail: str | None
    cause: str | None
    changed: tuple[str, ...]


_later = _judgement.alias("later")


_STANDING = select(
    _judgement.c.id,
    _judgement.c.capture_id,
    _judgement.c.article_id,
    _judgement.c.reading_id,
    _judgement.c.outcome,
    _judgement.c.reason,
    _judgement.c.detail,
    _judgement.c.cause,
    _judgement.c.changed,
).where(
    ~select(_later.c.id).where(_later.c.replaces == _judgement.c.id).exists(),
    _judgement.c.capture_id.in_(bindparam("captures", expanding=True)),
    _judgement.c.edition_id == bindparam("edition"),
)


def standing_judgements(connection: Connection, edition: int, captures: Sequence[int]) -> dict[int, StandingJudgement]:
    """{capture row id: its standing judgement} within one edition."""
    rows = connection.execute(_STANDING, {"captures": list(captures), "edition": edition})
    return {
        row.capture_id: StandingJudgement(
            row.id,
            row.capture_id,
            row.article_id,
            row.reading_id,
            Outcome(row.outcome),
            row.reason,
            row.detail,
            row.cause,
            tuple(row.changed),
        )
        for row in rows
    }


def add_judgement(
    connection: Connection,
    judged: Judgement,
    *,
    capture: int,
    reading: int,
    edition: int,
    article: int | None,
    replaces: int | None = None,
) -> int:
    """Note what a capture meant; `replaces` names the judgement that it corrects."""
    columns = judgement_columns(
        judged, capture=capture, reading=reading, edition=edition, article=article, replaces=replaces
    )
    key = connection.execute(insert(_judgement), columns).inserted_primary_key
    assert key is not None
    return int(key[0])


def judgement_columns(
    judged: Judgement, *, capture: int, reading: int, edition: int, article: int | None, replaces: int | None
) -> dict[str, Any]:
    """What a capture meant, by column."""
    return {
        "capture_id": capture,
        "edition_id": edition,
        "article_id": article,
        "reading_id": reading,
        "outcome": judged.outcome,
        "reason": judged.reason,
        "detail": judged.detail,
        "cause": judged.cause,
        "changed": list(judged.changed),
        "replaces": replaces,
    }


def newest_edition(connection: Connection) -> int | None:
    """The edition that judged last, or None in an empty archive."""
    newest: int | None = connection.execute(select(func.max(_judgement.c.edition_id))).scalar()
    return newest
