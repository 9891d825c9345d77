"""Search an archive: the documents that hold the words, as the articles (or versions) that read so.

The index says which documents match; the views say what they are now, so a takedown or a new reading counts at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.query import Filters, Term, has_marks, parse, snippet
from archive.storage import feed, index
from archive.storage.engine import for_reading

if TYPE_CHECKING:
    from archive.core import Archive

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One article, or version, that was found."""

    article: dict[str, Any]
    """Its row of `articles`."""
    version: int
    """Which of its versions holds the words; of several the newest."""
    snippet: list[tuple[bool, str]]
    """The text around the first match, as (is it a match, text)."""
    row: dict[str, Any]
    """What matched: the row of `articles`, or of `versions` where all versions are searched."""


def search(
    archive: Archive, query: str, *, filters: Filters | None = None, all_versions: bool = False
) -> Iterator[Hit]:
    """Articles that hold the words of `query`; those with the same marks first, then newest first. Streamed."""
    terms = parse(query)
    wanted = filters or Filters()
    archive.update_index()
    seen: set[tuple[str, int]] = set()
    for marked in (True, False) if has_marks(terms) else (False,):
        for row, article in _rows(archive, terms, marked=marked, all_versions=all_versions):
            name = (row["article_id"], row["version"])
            if name not in seen and wanted.admits(article):
                seen.add(name)
                yield Hit(article, row["version"], _snippet(row, terms), row)


def _rows(
    archive: Archive, terms: tuple[Term, ...], *, marked: bool, all_versions: bool
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(what matched, its article) of the documents that hold the terms, in the order of the index."""
    with archive.index() as engine, for_reading(engine).connect() as connection:
        for documents in _batches(index.find(connection, terms, marked=marked)):
            with archive.reading() as reader:
                yield from feed.rows_of_documents(reader, documents, all_versions=all_versions)


def _batches(found: Iterator[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for document in found:
        batch.append(document)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _snippet(row: dict[str, Any], terms: tuple[Term, ...]) -> list[tuple[bool, str]]:
    """From the first of lede, body and captions that holds a match; else the beginning of the article."""
    tried = [snippet(text, terms) for text in (row["lede"] or "", row["body"], *row["captions"]) if text]
    with_match = next((pieces for pieces in tried if any(is_match for is_match, _ in pieces)), None)
    return with_match or (tried[0] if tried else [])
