"""Captures, documents and readings: what was kept, and what was read in it. Only ever inserted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, exists, func, insert, select

from archive.said import document_columns, furniture_blocks
from archive.storage import schema
from archive.storage.engine import insert_unless_there
from archive.types import Block, BlockKind, Caption, Credit, Document, Edition, Furniture
from archive.warc import Location, Reference


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as the database knows it: everything but the bytes."""

    id: int
    public_id: str
    url: str
    url_key: str
    site: str
    captured_at: datetime
    file: str
    offset: int
    length: int
    payload_file: str | None = None
    """Of a capture whose record only refers to an earlier one: where the record with the payload is."""
    payload_offset: int | None = None
    payload_length: int | None = None

    @property
    def place(self) -> Location:
        """Where its record is."""
        return Location(self.file, self.offset, self.length)

    @property
    def payload_place(self) -> Location | None:
        """Where the record is that holds its payload; None where its own does."""
        if self.payload_file is None or self.payload_offset is None or self.payload_length is None:
            return None
        return Location(self.payload_file, self.payload_offset, self.payload_length)


def known_ids(connection: Connection, public_ids: Sequence[str]) -> set[str]:
    """Which of these captures the archive has, and has read."""
    rows = connection.execute(_KNOWN, {"ids": list(public_ids)})
    return {public_id for public_id, _, is_read in rows if is_read}


def find_known(connection: Connection, public_id: str) -> tuple[int, bool] | None:
    """(row, whether anything has read it) of a capture, if the archive has it."""
    row = connection.execute(_KNOWN, {"ids": [public_id]}).first()
    return None if row is None else (row.id, bool(row.is_read))


def kept_ids(connection: Connection, public_ids: Iterable[str]) -> set[str]:
    """Which of these captures the archive has, read or not."""
    return {public_id for public_id, _, _ in connection.execute(_KNOWN, {"ids": list(public_ids)})}


def count_unread(connection: Connection) -> int:
    """How many captures were kept, and are still to be read."""
    return int(connection.execute(select(func.count()).select_from(schema.capture).where(~_IS_READ)).scalar_one())


def is_repeat(connection: Connection, url_key: str, captured_at: datetime, payload_digest: str) -> bool:
    """Whether the last capture before `captured_at` at this address had the same payload."""
    query = (
        select(schema.capture.c.payload_digest)
        .where(schema.capture.c.url_key == url_key, schema.capture.c.captured_at < captured_at)
        .order_by(schema.capture.c.captured_at.desc(), schema.capture.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar() == payload_digest


def find_payload(
    connection: Connection, url_key: str, captured_at: datetime, payload_digest: str
) -> tuple[int, Reference] | None:
    """The last whole page before `captured_at` at this address whose record holds this payload: its row and name."""
    values = {"url_key": url_key, "captured_at": captured_at, "payload_digest": payload_digest}
    row = connection.execute(_SAME_PAYLOAD, values).first()
    return None if row is None else (row.id, Reference(row.url, row.captured_at, row.status, payload_digest))


def find_page(connection: Connection, url_key: str, captured_at: datetime) -> Reference | None:
    """The last page before `captured_at` that this address answered with: the capture whose record holds it."""
    row = connection.execute(_LAST_PAGE, {"url_key": url_key, "captured_at": captured_at}).first()
    if row is not None and row.payload_capture_id is not None:
        row = connection.execute(_BY_ROW, {"row": row.payload_capture_id}).one()
    return None if row is None else Reference(row.url, row.captured_at, row.status, row.payload_digest)


_PAGE = select(
    schema.capture.c.id,
    schema.capture.c.url,
    schema.capture.c.captured_at,
    schema.capture.c.status,
    schema.capture.c.payload_digest,
    schema.capture.c.payload_capture_id,
)
_BY_ROW = _PAGE.where(schema.capture.c.id == bindparam("row"))
_LAST_PAGE = (
    _PAGE.where(
        schema.capture.c.url_key == bindparam("url_key"),
        schema.capture.c.captured_at < bindparam("captured_at"),
        schema.capture.c.status == 200,  # noqa: PLR2004  HTTP: a page
    )
    .order_by(schema.capture.c.captured_at.desc(), schema.capture.c.id.desc())
    .limit(1)
)
_SAME_PAYLOAD = _LAST_PAGE.where(
    schema.capture.c.payload_digest == bindparam("payload_digest"),
    schema.capture.c.truncated.is_(None),
    schema.capture.c.payload_capture_id.is_(None),
)


def captures_at(connection: Connection, url_key: str, captured_at: datetime) -> list[StoredCapture]:
    """The captures of this address at exactly this moment that hold their own payload."""
    rows = connection.execute(
        _STORED.where(
            schema.capture.c.url_key == url_key,
            schema.capture.c.captured_at == captured_at,
            schema.capture.c.payload_capture_id.is_(None),
        )
    )
    return [StoredCapture(*row) for row in rows]


_IS_READ = exists().where(schema.reading.c.capture_id == schema.capture.c.id)
_KNOWN = select(schema.capture.c.public_id, schema.capture.c.id, _IS_READ.label("is_read")).where(
    schema.capture.c.public_id.in_(bindparam("ids", expanding=True))
)


def edition_id(connection: Connection, edition: Edition) -> int:
    """The row of `edition`, made if it is new."""
    found = find_edition(connection, edition)
    if found is not None:
        return found
    return _insert(connection, schema.edition, digest=edition.digest, name=edition.name, libraries=edition.libraries)


def find_edition(connection: Connection, edition: Edition) -> int | None:
    """The row of `edition`, if it has read anything here."""
    found = connection.execute(select(schema.edition.c.id).where(schema.edition.c.digest == edition.digest)).scalar()
    return None if found is None else int(found)


def file_id(connection: Connection, name: str) -> int:
    """The row of a WARC file below captures/, made if it is new."""
    table = schema.warc_file
    found = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
    return int(found) if found is not None else _insert(connection, table, name=name)


def file_names(connection: Connection) -> set[str]:
    """Every WARC file that the archive counts on."""
    return set(connection.execute(select(schema.warc_file.c.name)).scalars())


def add_capture(connection: Connection, **columns: Any) -> int:  # noqa: ANN401  the columns of `capture`
    """Note a capture; its record is on disk already."""
    return _insert(connection, schema.capture, **columns)


def add_reading(connection: Connection, **columns: Any) -> int:  # noqa: ANN401  the columns of `reading`
    """Note what one edition read in one capture."""
    return _insert(connection, schema.reading, **columns)


def add_document(connection: Connection, document: Document, *, content_hash: str, digest: str) -> int:
    """The row of what `document` says, made if it is new; `digest` is its `document_digest`."""
    return _insert_or_find(connection, schema.document, digest=digest, **document_columns(document, content_hash))


def add_furniture(connection: Connection, furniture: Sequence[Furniture], *, digest: str) -> int:
    """The row of these cuts, made if they are new; `digest` is their `furniture_digest`."""
    return _insert_or_find(connection, schema.furniture, digest=digest, blocks=furniture_blocks(furniture))


@cache
def _with_digest(table: Table) -> Select[int]:
    return select(table.c.id).where(table.c.digest == bindparam("digest"))


def _insert_or_find(connection: Connection, table: Table, *, digest: str, **columns: Any) -> int:  # noqa: ANN401  columns of any table
    """The row with this digest, made if it is new, as it mostly is."""
    made = insert_unless_there(connection, table, digest=digest, **columns)
    return int(connection.execute(_with_digest(table), {"digest": digest}).scalar_one()) if made is None else made


def _insert(connection: Connection, table: Any, **columns: Any) -> int:  # noqa: ANN401  columns of any table
    result = connection.execute(_insertion(table), columns)
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


# Statements are made once a table: making one takes three times as long as running it.
_insertion = cache(insert)


def document_of(row: Row[Any]) -> Document:
    """The Document of a row that has the columns of `document`; furniture is not loaded."""
    subheads = set(row.subheads)
    has_credit = row.credit_name or row.credit_url or row.credit_site
    return Document(
        title=row.title,
        kicker=row.kicker,
        lede=row.lede,
        blocks=tuple(
            Block(text, BlockKind.SUBHEAD if at in subheads else BlockKind.PARAGRAPH)
            for at, text in enumerate(row.body.split("\n\n") if row.body else ())
        ),
        captions=tuple(Caption(text, credit) for text, credit in zip(row.captions, row.caption_credits, strict=True)),
        author=row.author,
        published_at=at_offset(row.published_at, row.published_offset),
        modified_at=at_offset(row.modified_at, row.modified_offset),
        section=row.section,
        tags=tuple(row.tags),
        language=row.language,
        credit=Credit(row.credit_name, row.credit_url, row.credit_site) if has_credit else None,
        canonical_url=row.canonical_url,
        noarchive=bool(row.noarchive),
        provenance=row.provenance,
    )


def at_offset(moment: datetime | None, minutes: int | None) -> datetime | None:
    """`moment` in the offset that the page stated, `minutes` east of UTC."""
    if moment is None or minutes is None:
        return moment
    return moment.astimezone(timezone(timedelta(minutes=minutes)))


_held, _held_in = schema.capture.alias("held"), schema.warc_file.alias("held_in")
_STORED = (
    select(
        schema.capture.c.id,
        schema.capture.c.public_id,
        schema.capture.c.url,
        schema.capture.c.url_key,
        schema.capture.c.site,
        schema.capture.c.captured_at,
        schema.warc_file.c.name,
        schema.capture.c.file_offset,
        schema.capture.c.file_length,
        _held_in.c.name,
        _held.c.file_offset,
        _held.c.file_length,
    )
    .join(schema.warc_file, schema.warc_file.c.id == schema.capture.c.file_id)
    .outerjoin(_held, _held.c.id == schema.capture.c.payload_capture_id)
    .outerjoin(_held_in, _held_in.c.id == _held.c.file_id)
)


def stored_captures(connection: Connection, ids: Iterable[int]) -> list[StoredCapture]:
    """The captures with these row ids, in the order of time."""
    rows = connection.execute(
        _STORED.where(schema.capture.c.id.in_(list(ids))).order_by(
            schema.capture.c.captured_at, schema.capture.c.public_id
        )
    )
    return [StoredCapture(*row) for row in rows]


def all_captures(connection: Connection) -> Iterator[StoredCapture]:
    """Every capture, file by file, in the order of their place in the file; streamed."""
    query = _STORED.order_by(schema.capture.c.file_id, schema.capture.c.file_offset)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            yield StoredCapture(*row)


def find_capture(connection: Connection, prefix: str) -> list[StoredCapture]:
    """Captures whose public id begins with `prefix`, two at most."""
    rows = connection.execute(_STORED.where(schema.capture.c.public_id.startswith(prefix, autoescape=True)).limit(2))
    return [StoredCapture(*row) for row in rows]


def has_other_capture(connection: Connection, url_keys: Iterable[str], *, but_not: int) -> bool:
    """Whether anything else was captured at these addresses."""
    rows = connection.execute(_OTHER_CAPTURE, {"keys": list(url_keys), "row": but_not})
    return rows.first() is not None


_OTHER_CAPTURE = (
    select(schema.capture.c.id)
    .where(schema.capture.c.url_key.in_(bindparam("keys", expanding=True)), schema.capture.c.id != bindparam("row"))
    .limit(1)
)


def is_newest_at(connection: Connection, url_key: str, captured_at: datetime) -> bool:
    """Whether nothing was captured at this address after `captured_at`."""
    return (
        connection.execute(
            select(schema.capture.c.id)
            .where(schema.capture.c.url_key == url_key, schema.capture.c.captured_at > captured_at)
            .limit(1)
        ).first()
        is None
    )
