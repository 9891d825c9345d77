"""What the pages of an article and of a cluster tell about copies: rows for templates, from `archive.syndication`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.storage import pages
from archive.storage.standing import standing
from archive.syndication import copies_of
from archive.web.passages import Passage, mark

if TYPE_CHECKING:
    from archive.core import Archive

MARKED = 6
"""Copies whose text is shown on an article's page; the others are a link away."""
_ABOUT = ("delay_seconds", "delay_by", "carries_version", "carries_versions", "is_gone")
HEADER = (
    "site",
    "role",
    "relation",
    "published_at",
    "first_seen_at",
    "delay_seconds",
    "carries_version",
    "credit",
    "url",
)
"""Columns of a cluster as CSV."""


def about(archive: Archive, article_id: str) -> dict[str, Any]:
    """Everything about the copies of an article; empty lists where there is nothing."""
    with archive.reading() as connection:
        stands = standing(connection, article_id)
    # Most articles stand alone, and to learn that by asking for each relation took a dozen statements.
    found = None if stands is not None and stands.is_alone else copies_of(archive, article_id)
    if found is None:
        return {"members": [], "edits": [], "digest_of": [], "in_digests": [], "related": [], "confidence": None}
    said = {row["article_id"]: {name: row[name] for name in _ABOUT} for row in found["members"]}
    rows = members(archive, found["cluster_id"]) if found["cluster_id"] else []
    return {
        **found,
        "members": [{**row, **said.get(row["article_id"], {})} for row in rows],
        "edits": [edit for edit in found["edits"] if edit["sites_still_before"]],
        "confidence": found["original"] and found["original"]["confidence"],
    }


def members(archive: Archive, cluster_id: str) -> list[dict[str, Any]]:
    """The rows of a cluster, the first seen first, with nothing yet of what the original tells about them."""
    rows = archive.rows("cluster_members", cluster_id=cluster_id, order_by=("first_seen_at", "url"))
    return [{**row, **dict.fromkeys(_ABOUT)} for row in rows]


def side_by_side(
    archive: Archive, row: dict[str, Any], members: list[dict[str, Any]]
) -> dict[str, list[list[Passage]]]:
    """{article: its text in stretches that stand in `row` or not} for the first of the other members."""
    others = [member["article_id"] for member in members if member["article_id"] != row["article_id"]][:MARKED]
    with archive.reading() as connection:
        texts = {one["article_id"]: text_of(one) for one in pages.among(connection, "articles", "article_id", others)}
    return {name: mark(texts[name], text_of(row)) for name in others if name in texts}


def text_of(row: dict[str, Any]) -> str:
    """The running text of a row of `articles` or `versions`."""
    return "\n\n".join(part for part in (row["lede"], row["body"]) if part)


def table(members: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """The members as rows under HEADER; what is not known is empty."""
    return [
        tuple(
            "" if value is None else value
            for value in (
                row["site"],
                row["role"],
                row["reason"],
                row["published_at"] and row["published_at"].isoformat(),
                row["first_seen_at"].isoformat(),
                row["delay_seconds"],
                row["carries_version"],
                row["credit_name"] or row["credit_url"],
                row["url"],
            )
        )
        for row in members
    ]
