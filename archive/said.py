"""What a document says, as the columns it is stored in, and the hashes by which the same is stored once.

Pure, so that whoever read the page works it out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from archive.types import BlockKind, Credit, Document, Furniture


def document_digest(document: Document, *, article_key: str, content_hash: str) -> str:
    """sha256 hex of what `document` says about the article at `article_key`, furniture apart."""
    return _digest({"article": article_key, **document_columns(document, content_hash)})


def furniture_digest(furniture: Sequence[Furniture]) -> str:
    """sha256 hex of what was cut from a page."""
    return _digest(furniture_blocks(furniture))


def furniture_blocks(furniture: Sequence[Furniture]) -> list[dict[str, str]]:
    """What was cut from a page, as it is stored."""
    return [{"kind": cut.kind, "rule": cut.rule, "text": cut.text} for cut in furniture]


def document_columns(document: Document, content_hash: str) -> dict[str, Any]:
    """What `document` says, furniture apart, by column."""
    credit = document.credit or Credit(None)
    return {
        "content_hash": content_hash,
        "title": document.title,
        "kicker": document.kicker,
        "lede": document.lede,
        "body": document.body,
        "subheads": [at for at, block in enumerate(document.blocks) if block.kind is BlockKind.SUBHEAD],
        "captions": [caption.text for caption in document.captions],
        "caption_credits": [caption.credit for caption in document.captions],
        "author": document.author,
        "published_at": document.published_at,
        "published_offset": _offset(document.published_at),
        "modified_at": document.modified_at,
        "modified_offset": _offset(document.modified_at),
        "section": document.section,
        "tags": list(document.tags),
        "language": document.language,
        "credit_name": credit.name,
        "credit_url": credit.url,
        "credit_site": credit.site,
        "canonical_url": document.canonical_url,
        "noarchive": document.noarchive,
        "provenance": document.provenance,
    }


def _offset(moment: datetime | None) -> int | None:
    """Minutes east of UTC."""
    offset = moment.utcoffset() if moment is not None else None
    return None if offset is None else int(offset.total_seconds() // 60)


def _digest(value: object) -> str:
    said = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_isoformat)
    return hashlib.sha256(said.encode()).hexdigest()


def _isoformat(value: object) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat()
