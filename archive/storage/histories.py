"""Articles and their histories: what was read at which address, how it was judged, how it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from archive.storage import schema
from archive.storage.captures import document_of
from archive.types import DecisionKind, Document, Outcome, Verdict
from archive.versioning import Judgement

_reading, _capture, _document = schema.reading, schema.capture, schema.document
_article, _judgement = schema.article, schema.judgement


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What one edition read in one capture."""

    id: int
    capture_id: int
    capture: str
    """Public id of the capture."""
    url_key: str
    site: str
    captured_at: datetime
    verdict: Verdict
    detail: str | None
    article_key: str | None
    content_hash: str | None
    document_id: int | None
    document: Document | None


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


_READINGS = (
    select(
        _reading.c.id.label("reading_id"),
        _reading.c.verdict,
        _reading.c.detail,
        _reading.c.article_key,
        _reading.c.document_id,
        _capture.c.id.label("capture_row"),
        _capture.c.public_id.label("capture"),
        _capture.c.url_key,
        _capture.c.site,
        _capture.c.captured_at,
        *(column for column in _document.c if column.name not in ("id", "digest")),
    )
    .select_from(_reading)
    .join(_capture, _capture.c.id == _reading.c.capture_id)
    .outerjoin(_document, _document.c.id == _reading.c.document_id)
    .order_by(_capture.c.captured_at, _capture.c.public_id)
)


def _stored_reading(row: Any) -> StoredReading:  # noqa: ANN401  a Row of _READINGS, whose type mypy cannot write
    return StoredReading(
        id=row.reading_id,
        capture_id=row.capture_row,
        capture=row.capture,
        url_key=row.url_key,
        site=row.site,
        captured_at=row.captured_at,
        verdict=Verdict(row.verdict),
        detail=row.detail,
        article_key=row.article_key,
        content_hash=row.content_hash,
        document_id=row.document_id,
        document=None if row.document_id is None else document_of(row),
    )


def readings_of_article(connection: Connection, edition: int, key: str) -> list[StoredReading]:
    """Readings that show the article at `key`, in the order of time."""
    rows = connection.execute(_READINGS_OF_ARTICLE, {"edition": edition, "key": key})
    return [_stored_reading(row) for row in rows]


# Statements that every capture needs are made once: making one takes three times as long as running it.
_READINGS_OF_ARTICLE = _READINGS.where(
    _reading.c.edition_id == bindparam("edition"), _reading.c.article_key == bindparam("key")
)


def readings_of_nothing(connection: Connection, edition: int, url_keys: Iterable[str]) -> list[StoredReading]:
    """Readings at these addresses that show no article by themselves (errors, held pages), in the order of time."""
    rows = connection.execute(_READINGS_OF_NOTHING, {"edition": edition, "url_keys": list(url_keys)})
    return [_stored_reading(row) for row in rows]


_READINGS_OF_NOTHING = _READINGS.where(
    _reading.c.edition_id == bindparam("edition"),
    _reading.c.article_key.is_(None),
    _capture.c.url_key.in_(bindparam("url_keys", expanding=True)),
)


def reading_of_capture(connection: Connection, edition: int, capture: int) -> StoredReading | None:
    """What `edition` read in the capture with this row id, if it has read it."""
    row = connection.execute(
        _READINGS.where(_reading.c.edition_id == edition, _reading.c.capture_id == capture)
    ).first()
    return None if row is None else _stored_reading(row)


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


def read_by_others(
    connection: Connection, edition: int | None, *, site: str | None = None, since: datetime | None = None
) -> list[int]:
    """Row ids of captures that other editions have read and `edition` has not: those of one article together.

    With None for an edition that has read nothing here, all that were read."""
    own = _reading.alias("own")
    key = func.min(func.coalesce(_reading.c.article_key, _capture.c.url_key))
    where = [] if site is None else [_capture.c.site == site]
    where += [] if since is None else [_capture.c.captured_at >= since]
    query = (
        select(_capture.c.id)
        .join(_reading, _reading.c.capture_id == _capture.c.id)
        .where(~select(own.c.id).where(own.c.capture_id == _capture.c.id, own.c.edition_id == edition).exists(), *where)
        .group_by(_capture.c.id, _capture.c.captured_at)
        .order_by(key, _capture.c.captured_at, _capture.c.id)
    )
    return [int(row) for row in connection.execute(query).scalars()]


def former_reading(connection: Connection, edition: int | None, capture: int) -> StoredReading | None:
    """What the newest edition but `edition` read in this capture, if any other has read it."""
    query = _READINGS.where(_reading.c.capture_id == capture).order_by(None).order_by(_reading.c.edition_id.desc())
    if edition is not None:
        query = query.where(_reading.c.edition_id != edition)
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _stored_reading(row)


def has_document(connection: Connection, capture: str) -> bool:
    """Whether any edition read a text in the capture with this public id."""
    query = select(_reading.c.id).join(_capture, _capture.c.id == _reading.c.capture_id)
    is_read = query.where(_capture.c.public_id == capture, _reading.c.document_id.is_not(None)).limit(1)
    return connection.execute(is_read).first() is not None


def articles_at(connection: Connection, edition: int, url_key: str) -> list[tuple[datetime, str]]:
    """(captured_at, article key) of every sound reading at one address, in the order of time."""
    rows = connection.execute(_ARTICLES_AT, {"edition": edition, "url_key": url_key})
    return [(at, key) for at, key in rows]


_ARTICLES_AT = (
    select(_capture.c.captured_at, _reading.c.article_key)
    .join(_reading, _reading.c.capture_id == _capture.c.id)
    .where(
        _capture.c.url_key == bindparam("url_key"),
        _reading.c.edition_id == bindparam("edition"),
        _reading.c.article_key.is_not(None),
    )
    .order_by(_capture.c.captured_at, _capture.c.public_id)
)


def has_other_capture(connection: Connection, url_keys: Iterable[str], *, but_not: int) -> bool:
    """Whether anything else was captured at these addresses."""
    rows = connection.execute(_OTHER_CAPTURE, {"keys": list(url_keys), "row": but_not})
    return rows.first() is not None


_OTHER_CAPTURE = (
    select(_capture.c.id)
    .where(_capture.c.url_key.in_(bindparam("keys", expanding=True)), _capture.c.id != bindparam("row"))
    .limit(1)
)


def has_article(connection: Connection, edition: int, key: str) -> bool:
    """Whether any reading shows the article at `key`."""
    return (
        connection.execute(
            select(_reading.c.id).where(_reading.c.article_key == key, _reading.c.edition_id == edition).limit(1)
        ).scalar()
        is not None
    )


def unread_captures(connection: Connection, edition: int, key: str) -> list[int]:
    """Row ids of captures that other editions took for the article at `key`, or that are at one of its
    addresses, and that `edition` has not read."""
    other, own = _reading.alias("other"), _reading.alias("own")
    addresses = (
        select(_capture.c.url_key)
        .join(other, other.c.capture_id == _capture.c.id)
        .where(other.c.article_key == key)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(_capture.c.id)
        .where(
            or_(_capture.c.url_key.in_(addresses), _capture.c.url_key == key),
            ~select(own.c.id).where(own.c.capture_id == _capture.c.id, own.c.edition_id == edition).exists(),
        )
        .order_by(_capture.c.captured_at, _capture.c.public_id)
    )
    return [int(row) for row in rows.scalars()]


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


def articles_of_site_since(connection: Connection, edition: int, site: str, since: datetime) -> list[str]:
    """Keys of the articles that were seen on a site at or after `since`."""
    rows = connection.execute(
        select(_reading.c.article_key)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .where(
            _capture.c.site == site,
            _capture.c.captured_at >= since,
            _reading.c.edition_id == edition,
            _reading.c.article_key.is_not(None),
        )
        .distinct()
    )
    return sorted(rows.scalars())


def is_newest_at(connection: Connection, url_key: str, captured_at: datetime) -> bool:
    """Whether nothing was captured at this address after `captured_at`."""
    return (
        connection.execute(
            select(_capture.c.id).where(_capture.c.url_key == url_key, _capture.c.captured_at > captured_at).limit(1)
        ).first()
        is None
    )


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


def head_hash(connection: Connection, head: int) -> str | None:
    """The content hash of the version that the judgement with row id `head` made."""
    return connection.execute(
        select(_document.c.content_hash)
        .join(_reading, _reading.c.document_id == _document.c.id)
        .join(_judgement, _judgement.c.reading_id == _reading.c.id)
        .where(_judgement.c.id == head)
    ).scalar()


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
    result = connection.execute(
        insert(_judgement),
        {
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
        },
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


@dataclass(frozen=True, slots=True)
class SiteReading:
    """One sound reading on a site: what the breaker asks for."""

    article_key: str
    site: str
    captured_at: datetime
    capture: str
    content_hash: str


def site_readings(
    connection: Connection, edition: int, site: str, *, since: datetime, until: datetime | None = None
) -> Iterable[SiteReading]:
    """Sound readings, in the order of time, of the articles that were seen on a site in the span.

    What was read of them before the span, or on another site, is among them: it tells whether they changed."""
    upper = [] if until is None else [_capture.c.captured_at <= until]
    seen = (
        select(_reading.c.article_key)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .where(
            _capture.c.site == site,
            _capture.c.captured_at >= since,
            *upper,
            _reading.c.edition_id == edition,
            _reading.c.article_key.is_not(None),
        )
    )
    rows = connection.execute(
        select(
            _reading.c.article_key,
            _capture.c.site,
            _capture.c.captured_at,
            _capture.c.public_id,
            _document.c.content_hash,
        )
        .select_from(_reading)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .join(_document, _document.c.id == _reading.c.document_id)
        .where(_reading.c.article_key.in_(seen), _reading.c.edition_id == edition, *upper)
        .order_by(_capture.c.captured_at, _capture.c.public_id)
    )
    return [SiteReading(*row) for row in rows]


def breakers(connection: Connection, edition: int) -> dict[str, tuple[datetime, str]]:
    """{site: (since when, by which capture)} of every breaker that has tripped."""
    table = schema.breaker
    rows = connection.execute(
        select(table.c.site, table.c.tripped_at, table.c.capture_id).where(table.c.edition_id == edition)
    )
    return {site: (at, capture) for site, at, capture in rows}


def set_breaker(connection: Connection, edition: int, site: str, tripped: tuple[datetime, str] | None) -> None:
    """Note that a site's breaker tripped, or that it did not after all."""
    table = schema.breaker
    connection.execute(delete(table).where(table.c.site == site, table.c.edition_id == edition))
    if tripped is not None:
        at, capture = tripped
        connection.execute(
            insert(table), {"site": site, "edition_id": edition, "tripped_at": at, "capture_id": capture}
        )


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision of a person, as kept."""

    public_id: str
    kind: DecisionKind
    subject: str
    object: str | None
    decided_at: datetime
    note: str | None


def decisions(connection: Connection) -> list[StoredDecision]:
    """Every decision, oldest first."""
    table = schema.decision
    rows = connection.execute(
        select(
            table.c.public_id, table.c.kind, table.c.subject, table.c.object, table.c.decided_at, table.c.note
        ).order_by(table.c.decided_at, table.c.public_id)
    )
    return [StoredDecision(row[0], DecisionKind(row[1]), *row[2:]) for row in rows]


def add_decision(connection: Connection, made: StoredDecision) -> None:
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


def newest_edition(connection: Connection) -> int | None:
    """The edition that judged last, or None in an empty archive."""
    newest: int | None = connection.execute(select(func.max(_judgement.c.edition_id))).scalar()
    return newest
