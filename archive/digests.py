"""Which articles were made of several others, as programs read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from archive import export
from archive.storage import pages

if TYPE_CHECKING:
    from archive.core import Archive

_HEAD = ("digest_id", "url", "site", "title", "published_at", "first_seen_at")


def digests_of(archive: Archive, digest_id: str | None = None) -> list[dict[str, Any]]:
    """Every digest, or the one that is this article, with the texts that it holds: the longest first."""
    equal: dict[str, Any] = {} if digest_id is None else {"digest_id": digest_id}
    found: dict[str, dict[str, Any]] = {}
    for row in archive.rows("digests", order_by=("digest_id", "-share_of_digest", "part_id"), **equal):
        head = export.plain({name: row[name] for name in _HEAD})
        found.setdefault(row["digest_id"], {**head, "digest_of": []})["digest_of"].append(part(row))
    return list(found.values())


def digests_with(archive: Archive, articles: Collection[str]) -> list[dict[str, Any]]:
    """The digests that hold any of these articles."""
    with archive.reading() as connection:
        rows = pages.among(connection, "digests", "part_id", sorted(articles))
    names = sorted({row["digest_id"] for row in rows})
    return [digest for name in names for digest in digests_of(archive, name)]


def part(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `digests` as one of the texts that the digest holds."""
    names = {"part_id": "article_id", "part_url": "url", "part_site": "site", "part_title": "title"}
    said = {name: row[column] for column, name in names.items()}
    shares = {name: row[name] for name in ("containment", "share_of_digest")}
    return {**said, "cluster_id": row["part_cluster_id"], **shares}


def relation_by_digest(archive: Archive, one: str, other: str) -> str | None:
    """The id of the article among these two that is a digest which holds the other, or a copy of it; else None."""
    rows = {row["article_id"]: row for name in (one, other) for row in archive.rows("articles", article_id=name)}
    for whole, inside in ((one, other), (other, one)):
        cluster = rows[inside]["cluster_id"] if inside in rows else None
        for digest in digests_of(archive, whole):
            for held in digest["digest_of"]:
                if held["article_id"] == inside or (cluster is not None and held["cluster_id"] == cluster):
                    return whole
    return None
