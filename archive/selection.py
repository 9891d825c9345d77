"""What an export takes: articles as they are, as they were at a moment, or every version, in one order everywhere.

The order is that of the article ids, which are the same in every archive: two exports of the same state are the same
file. Streamed: two views are read side by side, so memory holds one article and its versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from archive.query import Filters

if TYPE_CHECKING:
    from archive.core import Archive


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles, and what of them."""

    filters: Filters = field(default_factory=Filters)
    as_of: datetime | None = None
    """Each article as its last version captured until then reads; those first captured later are left out."""
    versions: bool = False
    """Every version, not only the last."""
    since: str | None = None
    """Only articles that some change after the one with this id names."""

    @property
    def is_of_versions(self) -> bool:
        """Whether rows are rows of `versions`, not of `articles`."""
        return self.versions or self.as_of is not None


def select(archive: Archive, selection: Selection) -> Iterator[dict[str, Any]]:
    """The rows chosen, by article id and version."""
    touched = None if selection.since is None else _touched(archive, selection.since)
    for article, versions in _with_versions(archive, selection):
        if touched is not None and article["article_id"] not in touched:
            continue
        if not selection.is_of_versions:
            if selection.filters.admits(article):
                yield article
            continue
        then = [row for row in versions if selection.as_of is None or row["captured_at"] <= selection.as_of]
        if then and selection.filters.admits({**article, **then[-1], "versions": len(then)}):
            yield from then if selection.versions else then[-1:]


def _touched(archive: Archive, since: str) -> set[str]:
    return {row["article_id"] for row in archive.changes(since=since) if row["article_id"] is not None}


def _with_versions(archive: Archive, selection: Selection) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """(article, its versions, where they are asked for), by article id."""
    articles = archive.rows("articles", order_by=("article_id",))
    if not selection.is_of_versions:
        yield from ((article, []) for article in articles)
        return
    rows = archive.rows("versions", order_by=("article_id", "version"))
    article = next(articles, None)
    for article_id, versions in groupby(rows, key=lambda row: row["article_id"]):
        # An article that was recorded between the two queries stands in one of them only: the next export has it.
        while article is not None and article["article_id"] < article_id:
            article = next(articles, None)
        if article is not None and article["article_id"] == article_id:
            yield article, list(versions)
