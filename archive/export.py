"""Rows of the contract as JSON for programs: one shape for the command line, files and whatever comes later. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from archive.diff import Change


def article(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `articles`; what the page does not say is null."""
    return {
        "id": row["article_id"],
        "url": row["url"],
        "site": row["site"],
        **_said(row),
        "version": row["version"],
        "versions": row["versions"],
        "cause": row["cause"],
        "cluster": row["cluster_id"],
        "role": row["role"],
        "first_seen_at": moment(row["first_seen_at"]),
        "last_seen_at": moment(row["last_seen_at"]),
        "gone_at": moment(row["gone_at"]),
        "capture": row["capture_id"],
        "edition": row["edition"],
    }


def version(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `versions`."""
    return {
        "id": row["article_id"],
        "url": row["url"],
        "site": row["site"],
        **_said(row),
        "version": row["version"],
        "cause": row["cause"],
        "changed": row["changed"],
        "captured_at": moment(row["captured_at"]),
        "capture": row["capture_id"],
    }


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    credit = {"name": row["credit_name"], "url": row["credit_url"], "site": row["credit_site"]}
    return {
        "title": row["title"],
        "kicker": row["kicker"],
        "lede": row["lede"],
        "body": row["body"],
        "subheads": row["subheads"],
        "captions": row["captions"],
        "caption_credits": row["caption_credits"],
        "author": row["author"],
        "published_at": moment(row["published_at"], row["published_offset"]),
        "modified_at": moment(row["modified_at"], row["modified_offset"]),
        "section": row["section"],
        "tags": row["tags"],
        "language": row["language"],
        "credit": credit if any(credit.values()) else None,
        "canonical_url": row["canonical_url"],
        "noarchive": bool(row["noarchive"]),
        "furniture": row["furniture"] or [],
        "provenance": row["provenance"],
        "content_hash": row["content_hash"],
    }


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Any row, with its moments as text."""
    return {name: moment(value) if isinstance(value, datetime) else value for name, value in row.items()}


def changes(found: list[Change]) -> list[dict[str, Any]]:
    """What `archive.diff` found."""
    return [
        {"field": change.field, "pieces": [{"op": piece.op, "text": piece.text} for piece in change.pieces]}
        for change in found
    ]


def moment(value: datetime | None, offset: int | None = None) -> str | None:
    """ISO 8601: in the page's own offset where it stated one (minutes east of UTC), else UTC with a Z.

    >>> moment(datetime(2026, 1, 2, 1, 0, 11, tzinfo=UTC), 420)
    '2026-01-02T08:00:11+07:00'
    """
    if value is None:
        return None
    if offset is None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.astimezone(timezone(timedelta(minutes=offset))).isoformat()
