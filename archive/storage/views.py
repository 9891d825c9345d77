"""The plural views: what other programs may read, and what every column of them means.

A view only ever gains columns. The documentation of the contract (`docs/contract.md`) is generated from here,
and the SQL is the same on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer, Text, column, table
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine

from archive.storage.schema import UtcDateTime

CONTRACT_VERSION = 1
"""Raised when a view gains a column; never is one taken away."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of the contract."""

    name: str
    meaning: str
    columns: dict[str, str]
    sql: str


_STANDING = "NOT EXISTS (SELECT 1 FROM judgement later WHERE later.replaces = j.id)"
_SHOWN = "NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.article_id = a.id)"
_CURRENT = """(j.edition_id = COALESCE(a.edition_id,
       (SELECT MAX(x.edition_id) FROM judgement x WHERE x.capture_id = c.id)))"""
_DOCUMENT = """d.title, d.kicker, d.lede, d.body, d.subheads, d.captions, d.caption_credits, d.author,
       d.published_at, d.published_offset, d.modified_at, d.modified_offset, d.section, d.tags, d.language,
       d.credit_name, d.credit_url, d.credit_site, d.canonical_url, d.noarchive, d.provenance, f.blocks AS furniture,
       d.content_hash"""

_DOCUMENT_COLUMNS = {
    "title": "Headline as printed.",
    "kicker": "Line above the headline; NULL if the site prints none.",
    "lede": "Standfirst (sapo); NULL if the page has none. Never repeated in `body`.",
    "body": "Paragraphs and subheads, separated by a blank line.",
    "subheads": "JSON list: positions, from 0, of the blocks of `body` that are subheads.",
    "captions": "JSON list of strings: the words under each image.",
    "caption_credits": "JSON list as long as `captions`: the photographer or agency that a caption names, or null.",
    "author": 'Names as printed, joined by ", "; NULL rather than a guess.',
    "published_at": "When the page says it was published, UTC; NULL if it does not say.",
    "published_offset": "Minutes east of UTC in which the page stated it, e.g. 420.",
    "modified_at": "When the page says it was last modified, UTC.",
    "modified_offset": "Minutes east of UTC in which the page stated it.",
    "section": "Section as the site names it.",
    "tags": "JSON list of strings.",
    "language": "BCP 47 tag, e.g. `vi`.",
    "credit_name": 'The source that the page names ("Theo X"), without the introducing word.',
    "credit_url": "The address that the page gives as its source.",
    "credit_site": "Name of the site meant, where it is one that luubao knows.",
    "canonical_url": "rel=canonical of the page, else og:url.",
    "noarchive": "Whether the page asks robots not to keep it.",
    "provenance": "JSON object: for each field where it was read (`json-ld`, `meta`, `time`, `text`, a site rule).",
    "furniture": "JSON list of {kind, rule, text}: what was cut from the page, in its order.",
    "content_hash": "42 hex digits over title, lede, body, captions and author; the first two are its version.",
}

VIEWS = (
    View(
        "articles",
        "One row an article that has at least one version, as its current version reads.",
        {
            "article_id": "16 hex digits, the same in every archive that holds the article.",
            "url": "Its address: https, without tracking. `urn:sha256:...` for a page whose address nobody knows.",
            "site": "Name of the site.",
            **_DOCUMENT_COLUMNS,
            "version": "Number of the current version, from 1; equal to `versions`.",
            "versions": "How many versions there are.",
            "cause": "Why the current version is one: `first`, `edited` or `released`.",
            "capture_id": "The capture that first showed the current version.",
            "cluster_id": "The cluster of articles with the same text; NULL if it stands alone.",
            "role": "`original`, `copy` or `excerpt` in that cluster.",
            "first_seen_at": "When it was first captured, UTC.",
            "last_seen_at": "When it was last captured alive, UTC. An answer 304 shows no page and does not move it.",
            "gone_at": "When it was first found removed; NULL while it is there.",
            "edition": "The extractor that read it: see `editions`.",
        },
        f"""SELECT a.public_id AS article_id, a.url, a.site,
       {_DOCUMENT},
       a.versions AS version, a.versions, j.cause, c.public_id AS capture_id,
       m.cluster_id, m.role, a.first_seen_at, a.last_seen_at, a.gone_at, e.name AS edition
FROM article a
JOIN judgement j ON j.id = a.head_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id
JOIN capture c ON c.id = j.capture_id
JOIN edition e ON e.id = a.edition_id
LEFT JOIN membership m ON m.article_id = a.id
WHERE {_SHOWN}""",
    ),
    View(
        "versions",
        "One row a version: each content state of each article, with the capture that first showed it.",
        {
            "article_id": "See `articles`.",
            "url": "Address of the article.",
            "site": "Name of the site.",
            "version": "Its number, from 1, in the order of `captured_at`.",
            "cause": "`first`, `edited` or `released` (held, then let through by a person).",
            "changed": "JSON list of what it changed: title, lede, body, captions, author, numbers, names.",
            "captured_at": "When the capture that first showed it was made, UTC.",
            "capture_id": "That capture.",
            **_DOCUMENT_COLUMNS,
        },
        f"""SELECT a.public_id AS article_id, a.url, a.site,
       ROW_NUMBER() OVER (PARTITION BY a.public_id ORDER BY c.captured_at, c.public_id) AS version,
       j.cause, j.changed, c.captured_at, c.public_id AS capture_id,
       {_DOCUMENT}
FROM judgement j
JOIN article a ON a.id = j.article_id AND a.edition_id = j.edition_id
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id
WHERE j.outcome = 'version' AND {_STANDING} AND {_SHOWN}""",
    ),
    View(
        "clusters",
        "One row a cluster of articles that carry (nearly) the same text.",
        {
            "cluster_id": "16 hex digits; it follows from the member that was seen first.",
            "original_id": "The article held to be the original.",
            "reason": "Why: `credited`, `earliest published`, `first captured`, `trusted host` (no other is on a host "
            "as well known), `the whole text`, `a person's word`.",
            "copies": "How many full republications.",
            "excerpts": "How many members contain only part.",
        },
        f"""SELECT m.cluster_id,
       MAX(CASE WHEN m.role = 'original' THEN a.public_id END) AS original_id,
       MAX(CASE WHEN m.role = 'original' THEN m.reason END) AS reason,
       SUM(CASE WHEN m.role = 'copy' THEN 1 ELSE 0 END) AS copies,
       SUM(CASE WHEN m.role = 'excerpt' THEN 1 ELSE 0 END) AS excerpts
FROM membership m
JOIN article a ON a.id = m.article_id
WHERE {_SHOWN}
GROUP BY m.cluster_id""",
    ),
    View(
        "cluster_members",
        "One row an article in a cluster, with the evidence that ties it there.",
        {
            "cluster_id": "See `clusters`.",
            "article_id": "See `articles`.",
            "url": "Address of the article.",
            "site": "Name of the site.",
            "title": "Headline of the current version.",
            "role": "`original`, `copy` or `excerpt`.",
            "reason": "Of the original, why; of another member its relation: `exact`, `near_copy`, `excerpt_of` ...",
            "compared_with_id": "The article that the figures compare it with; NULL for the original.",
            "resemblance": "Share of 5-word shingles in both texts, of those in either: 0 to 1.",
            "containment": "Share of this article's shingles that stand in the other one.",
            "containment_of_other": "Share of the other one's shingles that stand in this article.",
            "lede_coverage": "Share of this article's opening that stands in the other one.",
            "lede_coverage_of_other": "Share of the other one's opening that stands in this article.",
            "numbers": "Share of the figures of the text with fewer of them that the other prints too: 0 to 1.",
            "words_in_order": "Share of this article's words that stand in the other one in the same order: 0 to 1; "
            "NULL until `luubao reindex` where older rules compared them.",
            "words_in_order_of_other": "Share of the other one's words that stand in this article in the same order.",
            "published_at": "When the page says it was published, UTC.",
            "first_seen_at": "When it was first captured, UTC.",
            "credit_name": "The source that the page itself names.",
            "credit_url": "The address that the page gives as its source.",
            "credit_site": "Name of the site meant, where it is one that luubao knows.",
        },
        f"""SELECT m.cluster_id, a.public_id AS article_id, a.url, a.site, d.title, m.role, m.reason,
       o.public_id AS compared_with_id, g.resemblance,
       CASE WHEN m.is_a THEN g.containment_ab ELSE g.containment_ba END AS containment,
       CASE WHEN m.is_a THEN g.containment_ba ELSE g.containment_ab END AS containment_of_other,
       CASE WHEN m.is_a THEN g.lede_ab ELSE g.lede_ba END AS lede_coverage,
       CASE WHEN m.is_a THEN g.lede_ba ELSE g.lede_ab END AS lede_coverage_of_other,
       g.numbers,
       CASE WHEN m.is_a THEN g.order_ab ELSE g.order_ba END AS words_in_order,
       CASE WHEN m.is_a THEN g.order_ba ELSE g.order_ab END AS words_in_order_of_other,
       d.published_at, a.first_seen_at, d.credit_name, d.credit_url, d.credit_site
FROM membership m
JOIN article a ON a.id = m.article_id
JOIN judgement j ON j.id = a.head_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
LEFT JOIN edge g ON g.id = m.edge_id
LEFT JOIN article o ON o.id = m.other_id
WHERE {_SHOWN}""",
    ),
    View(
        "digests",
        "One row a text that a digest holds: an article made of several others, which joins no cluster with them.",
        {
            "digest_id": "The article that is a digest: see `articles`.",
            "url": "Its address.",
            "site": "Name of its site.",
            "title": "Its headline.",
            "part_id": "An article that it holds; of the copies of one text the one of which it has most.",
            "part_url": "Address of that article.",
            "part_site": "Name of that article's site.",
            "part_title": "Headline of that article.",
            "part_cluster_id": "The cluster of that article; NULL if it stands alone.",
            "containment": "Share of the part's 5-word shingles that stand in the digest: 0 to 1.",
            "share_of_digest": "Share of the digest's shingles that stand in the part.",
            "published_at": "When the digest says it was published, UTC.",
            "first_seen_at": "When the digest was first captured, UTC.",
        },
        f"""SELECT a.public_id AS digest_id, a.url, a.site, d.title,
       o.public_id AS part_id, o.url AS part_url, o.site AS part_site, od.title AS part_title,
       m.cluster_id AS part_cluster_id,
       CASE WHEN p.is_a THEN g.containment_ba ELSE g.containment_ab END AS containment,
       CASE WHEN p.is_a THEN g.containment_ab ELSE g.containment_ba END AS share_of_digest,
       d.published_at, a.first_seen_at
FROM digest_part p
JOIN edge g ON g.id = p.edge_id
JOIN article a ON a.id = p.article_id
JOIN judgement j ON j.id = a.head_id
JOIN reading r ON r.id = j.reading_id
JOIN document d ON d.id = r.document_id
JOIN article o ON o.id = p.part_id
JOIN judgement oj ON oj.id = o.head_id
JOIN reading orr ON orr.id = oj.reading_id
JOIN document od ON od.id = orr.document_id
LEFT JOIN membership m ON m.article_id = o.id
WHERE {_SHOWN} AND NOT EXISTS (SELECT 1 FROM tombstone ot WHERE ot.article_id = o.id)""",
    ),
    View(
        "captures",
        "One row a capture, whatever became of it, with where its bytes are.",
        {
            "capture_id": "16 hex digits over address, time, status and payload.",
            "url": "As requested.",
            "site": "Name of the site.",
            "captured_at": "UTC.",
            "status": "HTTP status; NULL for a page that came as a file.",
            "content_type": "As the server said.",
            "payload_digest": "sha256 hex of the body as received.",
            "payload_size": "Bytes of the body as received.",
            "truncated": "WARC-Truncated reason; NULL if whole.",
            "file": "WARC file below captures/.",
            "file_offset": "Where the record's gzip member starts, bytes.",
            "file_length": "Length of that member, bytes.",
            "payload_capture_id": "The capture whose record holds the body, where that of this one only refers to it "
            "(a WARC `revisit`: the same body again); NULL where it holds its own.",
        },
        """SELECT c.public_id AS capture_id, c.url, c.site, c.captured_at, c.status, c.content_type, c.payload_digest,
       c.payload_size, c.truncated, w.name AS file, c.file_offset, c.file_length, p.public_id AS payload_capture_id
FROM capture c
JOIN warc_file w ON w.id = c.file_id
LEFT JOIN capture p ON p.id = c.payload_capture_id""",
    ),
    View(
        "readings",
        "One row a capture and edition: what that extractor read in it, former editions included.",
        {
            "capture_id": "See `captures`.",
            "edition": "The extractor that read it: see `editions`.",
            "verdict": "What the capture is by itself: `ok`, `gone`, `blocked`, `soft_404` ...",
            "detail": "The words or the rule that gave it away.",
            "url": "Address of the article that the page shows; NULL unless the verdict is `ok`.",
            **_DOCUMENT_COLUMNS,
        },
        f"""SELECT c.public_id AS capture_id, e.name AS edition, r.verdict, r.detail, r.article_key AS url,
       {_DOCUMENT}
FROM reading r
JOIN capture c ON c.id = r.capture_id
JOIN edition e ON e.id = r.edition_id
LEFT JOIN document d ON d.id = r.document_id
LEFT JOIN furniture f ON f.id = r.furniture_id""",
    ),
    View(
        "judgements",
        "One row a capture and edition: what it meant for its article, as it stands now.",
        {
            "capture_id": "See `captures`.",
            "article_id": "See `articles`; NULL where the page belongs to no known article.",
            "edition": "The extractor that read it.",
            "verdict": "What the capture is by itself: `ok`, `gone`, `blocked`, `soft_404` ...",
            "outcome": "`version`, `unchanged`, `held`, `discarded`, `gone` or `nothing`.",
            "reason": "Why it was held or means nothing.",
            "detail": "The words or the rule that gave it away.",
            "cause": "Of a version: `first`, `edited`, `released`.",
            "is_current": "Whether it was made in the edition in which the article stands now.",
        },
        f"""SELECT c.public_id AS capture_id, a.public_id AS article_id, e.name AS edition, r.verdict, j.outcome,
       j.reason, j.detail, j.cause, {_CURRENT} AS is_current
FROM judgement j
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
JOIN edition e ON e.id = j.edition_id
LEFT JOIN article a ON a.id = j.article_id
WHERE {_STANDING}""",
    ),
    View(
        "held",
        "One row a capture that waits for a person: `luubao held release ID` or `discard ID`.",
        {
            "capture_id": "The id to release or discard.",
            "url": "As requested.",
            "site": "Name of the site.",
            "captured_at": "UTC.",
            "reason": "`blocked`, `emptied`, `redesign`, `mojibake` ...",
            "detail": "The words or the rule that gave it away.",
            "article_id": "The article whose good text stays current; NULL if there is none.",
            "title": "What could be read of its headline.",
        },
        f"""SELECT c.public_id AS capture_id, c.url, c.site, c.captured_at, j.reason, j.detail,
       a.public_id AS article_id, d.title
FROM judgement j
JOIN capture c ON c.id = j.capture_id
JOIN reading r ON r.id = j.reading_id
LEFT JOIN article a ON a.id = j.article_id
LEFT JOIN document d ON d.id = r.document_id
WHERE j.outcome = 'held' AND {_STANDING} AND {_CURRENT}""",
    ),
    View(
        "changes",
        "The append-only feed: everything that a consumer would want to know, in the order it became known.",
        {
            "seq": "Place in this archive's feed; only grows.",
            "change_id": "16 hex digits: the cursor. It means the same after backup, replay and a change of engine.",
            "kind": "`new`, `edited`, `re-read`, `held`, `released`, `discarded`, `gone`, `back`, `clustered`, "
            "`unclustered`, `rejudged`.",
            "article_id": "See `articles`; NULL where no article is concerned.",
            "url": "Address of the article.",
            "capture_id": "The capture that showed it.",
            "at": "When it happened by the captures' clock, UTC.",
            "detail": "JSON object: what is worth knowing about it.",
        },
        """SELECT x.seq, x.public_id AS change_id, x.kind, a.public_id AS article_id, a.url, c.public_id AS capture_id,
       x.at, x.detail
FROM change x
LEFT JOIN article a ON a.id = x.article_id
LEFT JOIN capture c ON c.id = x.capture_id""",
    ),
    View(
        "editions",
        "One row an edition: the identity of an extractor that read captures in this archive.",
        {
            "edition": "For people: product, libraries, rules.",
            "digest": "sha256 hex of the same.",
            "libraries": "JSON object {name: version}.",
        },
        "SELECT e.name AS edition, e.digest, e.libraries FROM edition e",
    ),
    View(
        "runs",
        "One row a replay or crawl.",
        {
            "run_id": "Number of the run in this archive.",
            "kind": "`replay`, `import`, `crawl`, `reextract` or `reindex`.",
            "started_at": "UTC.",
            "finished_at": "UTC; NULL while it runs, or if it was cut off.",
            "counts": "JSON object of what it did.",
        },
        "SELECT n.id AS run_id, n.kind, n.started_at, n.finished_at, n.counts FROM run n",
    ),
)

_JSON_COLUMNS = frozenset(
    "subheads captions caption_credits tags provenance furniture changed detail counts libraries".split()
)
_INTEGER_COLUMNS = frozenset(
    "version versions copies excerpts status payload_size file_offset file_length seq run_id published_offset "
    "modified_offset".split()
)
_FLOAT_COLUMNS = frozenset(
    "resemblance containment containment_of_other lede_coverage lede_coverage_of_other numbers words_in_order "
    "words_in_order_of_other share_of_digest".split()
)


def column_type(view: str, name: str) -> TypeEngine[Any]:
    """The type of a view's column, as both engines give it."""
    if name == "detail" and view != "changes":
        return Text()
    if name in _JSON_COLUMNS:
        return JSON()
    if name.endswith("_at") or name == "at":
        return UtcDateTime()
    if name in ("noarchive", "is_current"):
        return Boolean()
    if name in _INTEGER_COLUMNS:
        return BigInteger() if name == "seq" else Integer()
    return Float() if name in _FLOAT_COLUMNS else Text()


def _selectable(view: View) -> TableClause:
    return table(view.name, *(column(name, column_type(view.name, name)) for name in view.columns))


SELECTABLES: dict[str, TableClause] = {view.name: _selectable(view) for view in VIEWS}
"""The views as SQLAlchemy selectables, by name, with typed columns."""
