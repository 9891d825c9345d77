"""Record captures of articles of which nothing is known: most of what a first crawl brings.

There is no history to ask, so what is written follows from the capture alone. The rows of many wait here and are
written with a statement a table; whoever wants to read or write anything else lets them be written first (`settle`).
What is new is asked for many at once, too (`foresee`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from archive.copies import Copies
from archive.history import Effect, Historian, Seen, article_id, text_of
from archive.judgements import first_news
from archive.prepared import Prepared
from archive.said import document_columns, furniture_blocks
from archive.storage import captures, histories, newcomers
from archive.storage.feed import Feed, News
from archive.storage.histories import StoredArticle
from archive.storage.readings import StoredReading
from archive.types import Document, Outcome


class Newcomers:
    """Those of one group, on the connection of its transaction."""

    def __init__(self, connection: Connection, historian: Historian, copies: Copies, feed: Feed) -> None:
        self._connection, self._historian, self._copies, self._feed = connection, historian, copies, feed
        self._coming: list[Prepared] = []
        self._is_stale = False
        self._new: set[str] = set()
        self._blank: set[str] = set()
        self._furniture: dict[str, int] = {}
        self._numbers: dict[str, Iterator[int]] = {}
        self._rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def foresee(self, coming: Sequence[Prepared]) -> None:
        """Be told which captures are about to be recorded."""
        self.settle()
        self._coming = list(coming)

    def fits(self, ready: Prepared) -> bool:
        """Whether this is the first that was ever seen of an article, as was foreseen."""
        named, claimed = ready.identity, ready.claims
        if claimed.article_key is None or claimed.content_hash is None or claimed.document_digest is None:
            return False
        if self._is_stale and self._coming:
            self._ask()
        return (
            named.public_id in self._new
            and self._blank.issuperset((named.url_key, claimed.article_key))
            and not self._historian.is_decided(named.public_id, article_id(claimed.article_key))
        )

    def _ask(self) -> None:
        ids = {ready.identity.public_id for ready in self._coming}
        keys = {key for ready in self._coming for key in (ready.identity.url_key, ready.claims.article_key) if key}
        cuts = {ready.claims.furniture_digest for ready in self._coming}
        self._new = ids - captures.kept_ids(self._connection, ids)
        self._blank = keys - newcomers.known_keys(self._connection, keys)
        self._furniture = newcomers.furniture_rows(self._connection, {digest for digest in cuts if digest})
        self._is_stale = False

    def add(self, columns: dict[str, Any], document: Document, ready: Prepared) -> tuple[Seen, Effect]:
        """Judge a capture that fits, and let its rows wait; `columns` are those of its row of `capture`."""
        if not self._rows:
            self._numbers = newcomers.reserve(self._connection, len(self._new))
        row = self._add("capture", **columns)
        seen = Seen(
            row, ready.identity.public_id, columns["url"], columns["url_key"], columns["site"], columns["captured_at"]
        )
        reading = self._read(seen, document, ready)
        effect = self._judge(seen, reading, ready)
        self._new.discard(seen.public_id)
        self._blank -= {seen.url_key, ready.claims.article_key}
        return seen, effect

    def settle(self) -> None:
        """Write what waits: somebody else is going to ask or write."""
        self._is_stale = True
        rows, self._rows = self._rows, defaultdict(list)
        if rows:
            newcomers.add(self._connection, rows)

    def _add(self, table: str, **columns: Any) -> int:  # noqa: ANN401  the columns of any table
        row = next(self._numbers[table])
        self._rows[table].append({"id": row, **columns})
        return row

    def _read(self, seen: Seen, document: Document, ready: Prepared) -> StoredReading:
        claimed = ready.claims
        assert claimed.content_hash is not None
        stored = self._add(
            "document", digest=claimed.document_digest, **document_columns(document, claimed.content_hash)
        )
        row = self._add(
            "reading",
            capture_id=seen.row,
            edition_id=self._historian.edition,
            verdict=document.verdict,
            detail=document.detail,
            article_key=claimed.article_key,
            document_id=stored,
            furniture_id=self._furniture_row(document, claimed.furniture_digest),
        )
        return StoredReading(
            id=row,
            capture_id=seen.row,
            capture=seen.public_id,
            url_key=seen.url_key,
            site=seen.site,
            captured_at=seen.captured_at,
            verdict=document.verdict,
            detail=document.detail,
            article_key=claimed.article_key,
            content_hash=claimed.content_hash,
            document_id=stored,
            document=document,
        )

    def _furniture_row(self, document: Document, digest: str | None) -> int | None:
        if digest is None:
            return None
        if digest not in self._furniture:
            blocks = furniture_blocks(document.furniture)
            self._furniture[digest] = self._add("furniture", digest=digest, blocks=blocks)
        return self._furniture[digest]

    def _judge(self, seen: Seen, reading: StoredReading, ready: Prepared) -> Effect:
        key, edition = reading.article_key, self._historian.edition
        assert key is not None
        history, judged = self._historian.judge_first(reading)
        article, judgement = next(self._numbers["article"]), next(self._numbers["judgement"])
        named = article_id(key)
        head = judgement if history.head is not None else None
        columns = histories.standing_columns(history, edition=edition, head=head, judged_at=seen.captured_at)
        self._rows["article"].append({"id": article, "public_id": named, "url": key, "site": seen.site, **columns})
        values = histories.judgement_columns(
            judged, capture=seen.row, reading=reading.id, edition=edition, article=article, replaces=None
        )
        self._rows["judgement"].append({"id": judgement, **values})
        for kind, detail in first_news(judged):
            self._feed.tell(News(kind, seen.captured_at, (article, named), (seen.row, seen.public_id), detail))
        if judged.outcome is Outcome.VERSION:
            stored = StoredArticle(article, named, key, seen.site, edition, head, 0, None, None, None, None)
            text = text_of(stored, reading)
            if text is not None:
                self._copies.welcome(text, ready.profile, at=seen.captured_at)
        return Effect(judged.outcome, reason=judged.reason, cause=judged.cause, article=named)
