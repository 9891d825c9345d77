"""Search an archive: the documents that hold the words, as the articles (or versions) that read so.

The index says which documents match; the views say what they are now, so a takedown or a new reading counts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from archive.exceptions import StorageError
from archive.postings import Fields, question, stands
from archive.query import Filters, Term, has_marks, parse, snippet
from archive.storage import hits, index
from archive.storage.segments import ANY_SITE, Finder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.core import Archive

_T = TypeVar("_T")
_NEEDED = (
    "article_id", "version", "site", "section", "author", "credit_name", "credit_site", "published_at",
    "first_seen_at", "role", "versions",
)  # fmt: skip
"""Of a row of `articles`: its name, and what `Filters.admits` looks at."""
_FIRST_BATCH = 32
"""Hits: most readers look at a page of them."""
_LARGEST_BATCH = 512


@dataclass(frozen=True, slots=True)
class Hit:
    """One article, or version, that was found."""

    article: dict[str, Any]
    """Its row of `articles`."""
    version: int
    """Which of its versions holds the words; of several the newest."""
    row: dict[str, Any]
    """What matched: the row of `articles`, or of `versions` where all versions are searched."""
    terms: tuple[Term, ...]
    """What was asked for."""

    @property
    def snippet(self) -> list[tuple[bool, str]]:
        """The text around the first match, as (is it a match, text).

        From the first of lede, body and captions that holds one; else the beginning of the article. Made when asked
        for: it takes far longer than the search, and who counts hits needs none.
        """
        first: list[tuple[bool, str]] = []
        for text in (self.row["lede"] or "", self.row["body"], *self.row["captions"]):
            pieces = snippet(text, self.terms)
            if any(is_match for is_match, _ in pieces):
                return pieces
            first = first or pieces
        return first


class Sort(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    """With the same marks first; then those that hold the words in their title; then the newest."""
    DATE = "date"
    """The newest first."""


def search(
    archive: Archive,
    query: str,
    *,
    filters: Filters | None = None,
    all_versions: bool = False,
    sort: Sort = Sort.RELEVANCE,
    columns: Sequence[str] = (),
    is_indexed: bool = False,
    expected: int = _FIRST_BATCH,
) -> Iterator[Hit]:
    """Articles that hold the words of `query`. Streamed: who takes ten hits waits for ten.

    With `columns` only these of each article are read, beside those that filters ask for: a row takes far longer than
    finding it, and such a hit has no snippet. With `is_indexed` the index is taken as it is. Who says how many hits are
    `expected` to be taken has that many looked up at once.
    """
    terms = parse(query)
    wanted = filters or Filters()
    if archive.as_of is not None:
        raise StorageError("only the present is searched: open the archive without as_of, or search all versions")
    if not is_indexed:
        archive.update_index()
    chosen = tuple(dict.fromkeys((*_NEEDED, *columns))) if columns else None
    seen: set[tuple[str, int]] = set()
    with archive.index() as engine, index.for_searching(engine).connect() as connection:
        # What the index does not know of may refuse some: a second look costs more than looking at more.
        count = min(2 * expected if wanted.may_refuse else expected, _LARGEST_BATCH)
        matches = _found(archive, connection, terms, wanted, sort, all_versions=all_versions, expected=count)
        for documents in _batches(matches, count):
            with archive.reading() as reader:
                found = hits.versions if all_versions else hits.current
                rows = list(found(reader, documents, filters=wanted, columns=chosen))
            for row, article in rows:
                name = (row["article_id"], row["version"])
                if name not in seen and wanted.admits(article):
                    seen.add(name)
                    yield Hit(article, row["version"], row, terms)


def _found(
    archive: Archive,
    connection: Connection,
    terms: tuple[Term, ...],
    wanted: Filters,
    sort: Sort,
    *,
    all_versions: bool,
    expected: int,
) -> Iterator[int]:
    """Each document that holds the terms, in the order of `sort`."""
    # Articles are filtered by what they say now, so the time of a former version tells nothing.
    finder = Finder(connection, span=None if all_versions else wanted)
    sites = () if wanted.site is None else (wanted.site, ANY_SITE)
    met: set[int] = set()
    for marked, in_title in _passes(terms, sort):
        asked = question(terms, marked=marked, in_title=in_title, sites=sites)
        for batch in _batches(finder.find(asked), expected):
            unsure = [document for document, is_sure in batch if not is_sure and document not in met]
            read: dict[int, Fields] = {}
            if unsure:
                with archive.reading() as reader:
                    read = index.fields(reader, unsure)
            for document, is_sure in batch:
                if is_sure:
                    yield document
                elif document not in met and stands(read[document], terms, marked=marked, in_title=in_title):
                    met.add(document)
                    yield document


def _passes(terms: tuple[Term, ...], sort: Sort) -> Iterator[tuple[bool, bool]]:
    """(with marks, in the title) of the questions that give the order."""
    if sort is Sort.DATE:
        yield False, False
        return
    for marked in (True, False) if has_marks(terms) else (False,):
        yield marked, True
        yield marked, False


def _batches(found: Iterator[_T], size: int) -> Iterator[list[_T]]:
    """So many at first; more later, as a question costs more than its answer."""
    while batch := list(islice(found, size)):
        yield batch
        size = min(2 * size, _LARGEST_BATCH)
