"""What the columns of the views are counted in, and what a value of each looks like: for the contract's readers.

The examples are invented, and of one archive: ids that stand for one thing are equal."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Float, Integer

from archive.storage.schema import UtcDateTime
from archive.storage.views import column_type

_ARTICLE, _OTHER, _CAPTURE = "5f0a8c1e9b7d2346", "b81c3de07f5a9264", "30cc8b23fd8549ac"
_URL = "https://baolaocai.vn/cho-phien-post889950.html"
_HASH = "01" + "9f3c7a52d8e1" * 3 + "4b6d"
_DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
_PROVENANCE = '{"title": "json-ld", "body": "mastercms/body"}'
_EDITION = "luubao-9 trafilatura-2.3.1 lxml-6.1.3 rules-1f2e3d4c"

# Of the columns that have the same meaning in every view; "view.column" where one has not.
_EXAMPLES: dict[str, str] = {
    "article_id": _ARTICLE,
    "url": _URL,
    "site": "baolaocai",
    "title": "Chợ phiên mở lại",
    "kicker": "Vùng cao",
    "lede": "Sau ba tuần mưa lũ, chợ phiên họp lại từ sáng nay.",
    "body": "Từ bốn giờ sáng, bà con đã xuống chợ.\n\nGian hàng\n\nNăm nay có thêm 60 gian.",
    "subheads": "[1]",
    "captions": '["Chợ phiên sáng nay", "Gian hàng thổ cẩm"]',
    "caption_credits": '["Thu Hà", null]',
    "author": "Minh Anh, Thu Hà",
    "published_at": "2026-02-07T01:00:00.000000Z",
    "published_offset": "420",
    "modified_at": "2026-02-07T03:30:00.000000Z",
    "modified_offset": "420",
    "section": "Kinh tế",
    "tags": '["chợ phiên", "Mường Khương"]',
    "language": "vi",
    "credit_name": "Báo Lào Cai",
    "credit_url": _URL,
    "credit_site": "baolaocai",
    "canonical_url": _URL,
    "noarchive": "0",
    "provenance": _PROVENANCE,
    "furniture": '[{"kind": "related", "rule": "epi/related", "text": "Tin liên quan"}]',
    "content_hash": _HASH,
    "version": "2",
    "versions": "2",
    "cause": "edited",
    "changed": '["body", "numbers"]',
    "capture_id": _CAPTURE,
    "cluster_id": "c4d09b6e217f3a58",
    "role": "original",
    "first_seen_at": "2026-02-07T05:00:00.000000Z",
    "last_seen_at": "2026-02-09T05:00:00.000000Z",
    "gone_at": "2026-03-01T05:00:00.000000Z",
    "edition": _EDITION,
    "captured_at": "2026-02-09T05:00:00.000000Z",
    "original_id": _ARTICLE,
    "copies": "3",
    "excerpts": "1",
    "clusters.reason": "credited",
    "cluster_members.article_id": _OTHER,
    "cluster_members.url": "https://vietnam.vn/cho-phien",
    "cluster_members.site": "vietnam",
    "cluster_members.role": "copy",
    "cluster_members.reason": "near_copy",
    "compared_with_id": _ARTICLE,
    "resemblance": "0.91",
    "containment": "0.97",
    "containment_of_other": "0.94",
    "digest_id": "77d1c50be8423f96",
    "digests.url": "https://laodongthudo.vn/diem-tin-sang-10412.html",
    "digests.site": "laodongthudo",
    "digests.title": "Điểm tin sáng",
    "digests.containment": "1.0",
    "part_id": _ARTICLE,
    "part_url": _URL,
    "part_site": "baolaocai",
    "part_title": "Chợ phiên mở lại",
    "part_cluster_id": "c4d09b6e217f3a58",
    "share_of_digest": "0.41",
    "lede_coverage": "1.0",
    "lede_coverage_of_other": "0.98",
    "numbers": "1.0",
    "words_in_order": "0.98",
    "words_in_order_of_other": "0.95",
    "status": "200",
    "content_type": "text/html; charset=utf-8",
    "payload_digest": _DIGEST,
    "payload_size": "48213",
    "truncated": "length",
    "file": "20260207T050000Z-30cc8b23fd8549ac.warc.gz",
    "file_offset": "1024",
    "file_length": "12876",
    "payload_capture_id": "7e1b5a94c0d3f826",
    "verdict": "ok",
    "readings.detail": "status 404",
    "judgements.detail": "challenge: just a moment",
    "held.detail": "challenge: just a moment",
    "outcome": "version",
    "judgements.reason": "emptied",
    "is_current": "1",
    "held.reason": "blocked",
    "seq": "1042",
    "change_id": "211d6fb9c5dabb72",
    "kind": "edited",
    "at": "2026-02-09T05:00:00.000000Z",
    "changes.detail": '{"changed": ["body", "numbers"]}',
    "digest": _DIGEST,
    "libraries": '{"lxml": "6.1.3", "trafilatura": "2.3.1"}',
    "run_id": "17",
    "runs.kind": "crawl",
    "started_at": "2026-02-09T04:59:58.000000Z",
    "finished_at": "2026-02-09T05:03:11.000000Z",
    "counts": '{"captures": 41, "new": 12, "version_first": 9, "version_edited": 3}',
}

_UNITS: dict[str, str] = {
    "published_offset": "minutes east of UTC",
    "modified_offset": "minutes east of UTC",
    "payload_size": "bytes",
    "file_offset": "bytes",
    "file_length": "bytes",
    "status": "HTTP status",
    "versions": "versions",
    "copies": "articles",
    "excerpts": "articles",
    "version": "number, from 1",
    "seq": "number, growing",
    "run_id": "number, growing",
    "content_hash": "42 hex digits",
    "payload_digest": "64 hex digits",
    "digest": "64 hex digits",
    "subheads": "list of positions, from 0",
    "captions": "list of texts",
    "caption_credits": "list of texts or null",
    "tags": "list of texts",
    "changed": "list of words",
    "furniture": "list of objects",
    "provenance": "object of words",
    "counts": "object of numbers",
    "libraries": "object of texts",
    "changes.detail": "object",
}
_WORDS = frozenset("site cause role reason verdict outcome kind truncated language credit_site part_site".split())


def example(view: str, name: str) -> str:
    """A value of a view's column as SQLite holds it. KeyError for a column without one: a test asks for all of them."""
    return _EXAMPLES.get(f"{view}.{name}") or _EXAMPLES[name]


def unit(view: str, name: str) -> str:
    """What a view's column is counted in, or what its text is made of."""
    kind = column_type(view, name)
    if isinstance(kind, Integer | JSON):
        return _UNITS.get(f"{view}.{name}") or _UNITS[name]
    by_type = ((UtcDateTime, "UTC, microseconds"), (Boolean, "1 is yes"), (Float, "share, 0 to 1"))
    by_name = ((name.endswith("_id"), "16 hex digits"), (name.endswith("url"), "address"), (name in _WORDS, "word"))
    found = [said for cls, said in by_type if isinstance(kind, cls)] or [said for is_so, said in by_name if is_so]
    return _UNITS.get(name) or (found[0] if found else "text")
