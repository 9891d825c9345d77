"""The fingerprint: one hash over everything that an archive says, equal whenever two archives say the same.

Row ids, file names, runs, the feed of changes and readings of former editions take no part: they tell how an
archive came to be, not what it holds. Rows are hashed one by one and added up, so neither their order nor their
number costs memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from archive.decisions import stored

if TYPE_CHECKING:
    from archive.core import Archive

FORMAT = 3
"""Raised when the fingerprint covers something else; archives are compared within one format."""
_MODULUS = 1 << 256
_VIEWS = ("captures", "articles", "versions", "cluster_members", "digests")
_LEFT_OUT = {
    "captures": {"file", "file_offset", "file_length", "payload_capture_id"},
}


def fingerprint(archive: Archive) -> str:
    """64 hex digits over captures, judgements, articles, versions, clusters, digests and decisions."""
    parts = {view: _sum(_rows(archive, view)) for view in _VIEWS}
    parts["judgements"] = _sum(row for row in archive.rows("judgements", is_current=True))
    decisions = (stored(decision) for decision in archive.decisions())
    parts["decisions"] = _sum({"id": made.public_id, "note": made.note} for made in decisions)
    said = json.dumps({"format": FORMAT, **parts}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _rows(archive: Archive, view: str) -> Iterable[Mapping[str, Any]]:
    left_out = _LEFT_OUT.get(view, set())
    for row in archive.rows(view):
        yield {name: value for name, value in row.items() if name not in left_out}


def _sum(rows: Iterable[Mapping[str, Any]]) -> str:
    """A hash of a multiset: the sum of the hashes of its rows, with their number."""
    total = count = 0
    for row in rows:
        said = json.dumps(row, ensure_ascii=False, sort_keys=True, default=_isoformat)
        total = (total + int.from_bytes(hashlib.sha256(said.encode()).digest())) % _MODULUS
        count += 1
    return f"{count}:{total:064x}"


def _isoformat(value: object) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat()
