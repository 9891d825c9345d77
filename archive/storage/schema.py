"""The tables: one schema for SQLite and PostgreSQL.

Content tables only grow: triggers forbid any UPDATE or DELETE (see `migrations`). State tables (`article`,
`sketch`, `signature`, `edge`, `membership`, `digest_part`, `breaker`, `run`) hold what can be worked out again from the
content at any time, and those of the crawl (`frontier`, `host`, `slot`) what is to be done next. Programs read
the plural views (`archive.storage.views`), never these tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, fixed-width ISO 8601 text on SQLite.

    SQLite has no time type, and SQLAlchemy's own drops the zone; text of one width sorts as time does and
    can be read by people."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the engine in use."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401  SQLAlchemy's signature
        """To the engine; a naive datetime is a bug of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        utc = value.astimezone(UTC)
        # Not strftime: it writes the year 800 as "800", which neither sorts nor can be read back.
        return utc.isoformat(timespec="microseconds").replace("+00:00", "Z") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401  SQLAlchemy's signature
        """From the engine, always aware UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        utc: datetime = value.astimezone(UTC)
        return utc


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives 64-bit row ids only to a column that is spelled INTEGER.
_Id = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True)


edition = Table(
    "edition",
    metadata,
    _id(),
    Column("digest", String(64), nullable=False, unique=True, comment="sha256 of the extractor's identity"),
    Column("name", Text, nullable=False, comment="the same, for people: product, libraries, rules"),
    Column("libraries", JSON, nullable=False, comment="{name: version} of what reads the pages"),
)

warc_file = Table(
    "warc_file",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True, comment="file name below captures/"),
)

capture = Table(
    "capture",
    metadata,
    _id(),
    Column("public_id", String(16), nullable=False, unique=True),
    Column("url", Text, nullable=False, comment="as requested"),
    Column("url_key", Text, nullable=False, comment="archive.urls.identity of it"),
    Column("site", Text, nullable=False),
    Column("captured_at", UtcDateTime, nullable=False),
    Column("status", Integer, comment="HTTP status; NULL for a page that came as a file"),
    Column("content_type", Text),
    Column("payload_digest", String(64), nullable=False, comment="sha256 of the body as received"),
    Column("payload_size", BigInteger, nullable=False, comment="bytes as received"),
    Column("truncated", Text, comment="WARC-Truncated reason"),
    Column("file_id", _Id, ForeignKey("warc_file.id"), nullable=False),
    Column("file_offset", BigInteger, nullable=False, comment="of the gzip member in the file, bytes"),
    Column("file_length", BigInteger, nullable=False, comment="of the gzip member, bytes"),
    Column(
        "payload_capture_id",
        _Id,
        ForeignKey("capture.id"),
        comment="capture whose record holds the payload; NULL: its own does",
    ),
    Index(None, "url_key", "captured_at"),
    Index(None, "site", "captured_at"),
    Index(None, "captured_at", "public_id"),
)

document = Table(
    "document",
    metadata,
    _id(),
    Column("digest", String(64), nullable=False, unique=True, comment="sha256 of address and every field below"),
    Column("content_hash", String(42), nullable=False, comment="what a reader would call the article"),
    Column("title", Text),
    Column("kicker", Text),
    Column("lede", Text),
    Column("body", Text, nullable=False, comment="paragraphs and subheads, separated by a blank line"),
    Column("subheads", JSON, nullable=False, comment="which of the body's blocks are subheads, from 0"),
    Column("captions", JSON, nullable=False, comment="[text]"),
    Column("caption_credits", JSON, nullable=False, comment="[photographer or null], as many as captions"),
    Column("author", Text),
    Column("published_at", UtcDateTime),
    Column("published_offset", Integer, comment="minutes east of UTC that the page states"),
    Column("modified_at", UtcDateTime),
    Column("modified_offset", Integer, comment="minutes east of UTC that the page states"),
    Column("section", Text),
    Column("tags", JSON, nullable=False),
    Column("language", Text, comment="BCP 47"),
    Column("credit_name", Text),
    Column("credit_url", Text),
    Column("credit_site", Text),
    Column("canonical_url", Text),
    Column("noarchive", Boolean(name="noarchive"), nullable=False),
    Column("provenance", JSON, nullable=False, comment="{field: where it was read}"),
)

furniture = Table(
    "furniture",
    metadata,
    _id(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("blocks", JSON, nullable=False, comment="[{kind, rule, text}] in the order of the page"),
)

reading = Table(
    "reading",
    metadata,
    _id(),
    Column("capture_id", _Id, ForeignKey("capture.id"), nullable=False),
    Column("edition_id", _Id, ForeignKey("edition.id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("detail", Text),
    Column("article_key", Text, comment="address of the article that the page shows; NULL unless the verdict is ok"),
    Column("document_id", _Id, ForeignKey("document.id"), comment="NULL where nothing could be read"),
    Column("furniture_id", _Id, ForeignKey("furniture.id")),
    UniqueConstraint("capture_id", "edition_id"),
    Index(None, "article_key", "edition_id"),
    Index(None, "document_id"),
)

article = Table(
    "article",
    metadata,
    _id(),
    Column("public_id", String(16), nullable=False, unique=True),
    Column("url", Text, nullable=False, unique=True, comment="its identity: archive.urls.article_identity"),
    Column("site", Text, nullable=False),
    Column("edition_id", _Id, ForeignKey("edition.id"), nullable=False, comment="in which its history was judged"),
    Column("head_id", _Id, comment="judgement of the current version; NULL while there is none"),
    Column("versions", Integer, nullable=False),
    Column("first_seen_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("gone_at", UtcDateTime),
    Column("judged_at", UtcDateTime, comment="captured_at of the newest capture that was judged"),
    Index(None, "site", "first_seen_at"),
    Index(None, "first_seen_at", "public_id"),
)

judgement = Table(
    "judgement",
    metadata,
    _id(),
    Column("capture_id", _Id, ForeignKey("capture.id"), nullable=False),
    Column("edition_id", _Id, ForeignKey("edition.id"), nullable=False),
    Column("article_id", _Id, ForeignKey("article.id"), comment="NULL: the page belongs to no known article"),
    Column("reading_id", _Id, ForeignKey("reading.id"), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, comment="why it was held"),
    Column("detail", Text),
    Column("cause", Text, comment="of a version: first, edited, released"),
    Column("changed", JSON, nullable=False, comment="what the version changed: [title, lede, body, numbers ...]"),
    Column("replaces", _Id, ForeignKey("judgement.id"), unique=True, comment="the judgement that this one corrects"),
    Index(None, "article_id", "edition_id"),
    Index(None, "capture_id", "edition_id"),
    Index(None, "reading_id"),
    Index(None, "outcome", "edition_id"),
)

change = Table(
    "change",
    metadata,
    Column("seq", _Id, primary_key=True),
    Column("public_id", String(16), nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("article_id", _Id, ForeignKey("article.id")),
    Column("capture_id", _Id, ForeignKey("capture.id")),
    Column("at", UtcDateTime, nullable=False, comment="when it happened by the captures' clock"),
    Column("detail", JSON, nullable=False),
    Index(None, "kind", "at"),
)

decision = Table(
    "decision",
    metadata,
    _id(),
    Column("public_id", String(16), nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="a capture's, article's or site's public name"),
    Column("object", Text, comment="the other article"),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("note", Text),
    Index(None, "subject"),
)

run = Table(
    "run",
    metadata,
    _id(),
    Column("kind", Text, nullable=False, comment="replay, crawl, reextract"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("counts", JSON, nullable=False),
)

sketch = Table(
    "sketch",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False, comment="of a block or a run: archive.sketch_blocks"),
    Column("entries", LargeBinary, nullable=False, comment="which sampled shingles are in which documents"),
)

signature = Table(
    "signature",
    metadata,
    Column("document_id", _Id, ForeignKey("document.id"), primary_key=True),
    Column("hashes", LargeBinary, nullable=False, comment="more of its shingles, 16 bits each: archive.similarity"),
)

edge = Table(
    "edge",
    metadata,
    _id(),
    Column("document_a", _Id, ForeignKey("document.id"), nullable=False),
    Column("document_b", _Id, ForeignKey("document.id"), nullable=False),
    Column("relation", Text, nullable=False, comment="where the two are articles of two sites"),
    Column("relation_within", Text, nullable=False, comment="where they are articles of one site"),
    Column("resemblance", Float, nullable=False),
    Column("containment_ab", Float, nullable=False, comment="share of a that stands in b"),
    Column("containment_ba", Float, nullable=False),
    Column("lede_ab", Float, nullable=False, comment="share of the opening of a that stands in b"),
    Column("lede_ba", Float, nullable=False),
    Column("numbers", Float, nullable=False, comment="agreement of the figures that both print"),
    Column("order_ab", Float, comment="share of the words of a that stand in b in the same order; NULL: older rules"),
    Column("order_ba", Float),
    UniqueConstraint("document_a", "document_b"),
    Index(None, "document_b"),
)

membership = Table(
    "membership",
    metadata,
    Column("article_id", _Id, ForeignKey("article.id"), primary_key=True),
    Column("cluster_id", String(16), nullable=False),
    Column("role", Text, nullable=False, comment="original, copy or excerpt"),
    Column("reason", Text, nullable=False, comment="of the original: credited ...; of others: relation"),
    Column(
        "edge_id", _Id, ForeignKey("edge.id"), comment="the evidence that ties it; NULL: original, or a person's word"
    ),
    Column("other_id", _Id, ForeignKey("article.id"), comment="the article that the evidence compares it with"),
    Column("is_a", Boolean(name="is_a"), nullable=False, comment="this article is the a of that edge"),
    Index(None, "cluster_id"),
)

digest_part = Table(
    "digest_part",
    metadata,
    Column("article_id", _Id, ForeignKey("article.id"), primary_key=True, comment="made of several others"),
    Column("part_id", _Id, ForeignKey("article.id"), primary_key=True, comment="one of those"),
    Column("edge_id", _Id, ForeignKey("edge.id"), nullable=False, comment="the evidence"),
    Column("is_a", Boolean(name="is_a"), nullable=False, comment="the digest is the a of that edge"),
    Index(None, "part_id"),
)

derived = Table(
    "derived",
    metadata,
    Column("name", Text, primary_key=True, comment="what was worked out from the content: copies"),
    Column("rules", Integer, nullable=False, comment="number of the rules that made all of it"),
)

breaker = Table(
    "breaker",
    metadata,
    Column("site", Text, primary_key=True),
    Column("edition_id", _Id, ForeignKey("edition.id"), primary_key=True),
    Column("tripped_at", UtcDateTime, nullable=False, comment="captured_at of the capture that tripped it"),
    Column("capture_id", String(16), nullable=False),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("article_id", _Id, ForeignKey("article.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("taken_down_at", UtcDateTime, nullable=False),
)

frontier = Table(
    "frontier",
    metadata,
    _id(),
    Column("url_key", Text, nullable=False, unique=True, comment="archive.urls.identity of the address"),
    Column("url", Text, nullable=False, comment="as found: what is requested"),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="article, feed, sitemap, section or home"),
    Column("state", Text, nullable=False, comment="new, known, gone, moved or failed"),
    Column("found_in", Text, comment="the source that listed it first"),
    Column("found_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, comment="next visit; NULL when nothing is due"),
    Column("leased_until", UtcDateTime, comment="taken by a run until then"),
    Column("first_visit_at", UtcDateTime),
    Column("visited_at", UtcDateTime),
    Column("visits", Integer, nullable=False, comment="answers that could be read, 304 included"),
    Column("edits", Integer, nullable=False, comment="visits that found another text"),
    Column("attempts", Integer, nullable=False, comment="failures since the last answer"),
    Column("status", Integer, comment="HTTP status of the last answer"),
    Column("etag", Text),
    Column("last_modified", Text, comment="as the server sent it"),
    Column("problem", Text, comment="why the last attempt failed"),
    Index(None, "site", "state", "due_at"),
)

host = Table(
    "host",
    metadata,
    Column("origin", Text, primary_key=True, comment="scheme://host:port"),
    Column("robots_status", Integer, comment="HTTP status of its robots.txt; NULL: never answered"),
    Column("robots_body", LargeBinary),
    Column("robots_at", UtcDateTime, comment="when robots.txt was fetched"),
    Column("hold_until", UtcDateTime, comment="no request before then (Retry-After)"),
    Column("hold_reason", Text),
)

slot = Table(
    "slot",
    metadata,
    Column("site", Text, primary_key=True),
    Column("due_at", UtcDateTime, primary_key=True),
    Column("state", Text, nullable=False, comment="running, done, failed or missed"),
    Column("leased_until", UtcDateTime),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("counts", JSON, nullable=False),
)

CONTENT_TABLES = (
    edition,
    warc_file,
    capture,
    document,
    furniture,
    reading,
    judgement,
    change,
    decision,
    tombstone,
)
"""Tables that only grow. The order is that of their foreign keys."""
