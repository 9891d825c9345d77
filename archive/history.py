"""Bring the histories of articles up to date with a capture: read what is known, let the rules judge, write.

The rules are `versioning` and `holding`; the statements are `storage`. What this module decides is only which
articles a capture concerns, and which judgements have to be made again when it arrives late."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from archive.breakers import Breakers
from archive.holding import Recheck
from archive.judgements import Written, write_judgements
from archive.prepared import Claims, claims
from archive.storage import captures, histories, readings
from archive.storage import decisions as stored_decisions
from archive.storage.clusters import StoredText
from archive.storage.decisions import StoredDecision
from archive.storage.feed import Feed, News
from archive.storage.histories import StandingJudgement, StoredArticle
from archive.storage.readings import StoredReading
from archive.types import Cause, ChangeKind, Decision, DecisionKind, Document, Outcome
from archive.versioning import History, Judgement, Observation, fold


def article_id(key: str) -> str:
    """The public id of the article at `key`: 16 hex digits."""
    return hashlib.sha256(f"article {key}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Seen:
    """A capture that is in the database, with what was just read in it."""

    row: int
    public_id: str
    url: str
    url_key: str
    site: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What recording a capture did."""

    outcome: Outcome
    reason: str | None = None
    cause: Cause | None = None
    article: str | None = None
    """Public id."""
    touched: frozenset[int] = frozenset()
    """Row ids of articles whose versions, or whose first sight, are no longer what they were."""
    newcomer: StoredText | None = None
    """The text of an article of which nothing was known; it alone is touched."""


class Historian:
    """Judges captures within one edition, on the connection of the transaction in progress."""

    def __init__(
        self,
        connection: Connection,
        edition: int,
        *,
        feed: Feed,
        decisions: Iterable[StoredDecision],
        reread: Callable[[captures.StoredCapture], Document],
        before_fold: Callable[[], None],
    ) -> None:
        """`before_fold` is called before the history of an article that was there becomes another one."""
        self.connection = connection
        self._before_fold = before_fold
        self._feed = feed
        self.edition = edition
        self._reread = reread
        self.breakers = Breakers(connection, edition)
        self._decided: dict[str, tuple[datetime, DecisionKind]] = {}
        self._taken_down: dict[str, Decision | StoredDecision] = {}
        for decision in decisions:
            self.note(decision)

    def note(self, made: Decision | StoredDecision) -> None:
        """Heed a decision from now on; of several about one thing the one that was made last holds."""
        if made.kind in (DecisionKind.RELEASE, DecisionKind.DISCARD):
            now = (made.decided_at, made.kind)
            self._decided[made.subject] = max(now, self._decided.get(made.subject, now))
        elif made.kind is DecisionKind.RESUME:
            self.breakers.resume(made.subject, made.decided_at)
        elif made.kind is DecisionKind.TAKE_DOWN:
            self._taken_down[made.subject] = made

    def is_decided(self, capture: str, article: str) -> bool:
        """Whether a person decided about this capture, or took this article down (by their public ids)."""
        return capture in self._decided or article in self._taken_down

    def judge_first(self, reading: StoredReading) -> tuple[History, Judgement]:
        """Judge the only capture of an article; writes nothing."""
        history, (judged,) = fold([self._observation(reading)])
        return history, judged

    def _decision_about(self, capture: str) -> DecisionKind | None:
        _, kind = self._decided.get(capture, (None, None))
        return kind

    def observe(self, seen: Seen, document: Document, claimed: Claims) -> Effect:
        """Judge a new capture, and again whatever it makes look different."""
        reading = self._add_reading(seen, document, claimed)
        if reading.article_key is not None:
            return self._observe_article(seen, reading)
        key = self._attached(reading, any_edition=True) or self._released_key(reading)
        if key is None:
            return self._judge_alone(reading)
        _, touched = self._catch_up(key, but_not=seen.row)
        return self._judge_again([self._attached(reading) or key], reading, touched)

    def has_text(self, capture: str) -> bool:
        """Whether any edition read a text in the capture with this public id."""
        return readings.has_document(self.connection, capture)

    def judge_anew(self, row: int) -> Effect | None:
        """Judge the capture with row id `row` again, after a decision about it; None if it was never read."""
        reading = readings.reading_of_capture(self.connection, self.edition, row)
        if reading is None:
            return None
        key = reading.article_key or self._attached(reading) or self._released_key(reading)
        if key is not None:
            return self._judge_again([key], reading, set())
        alone = self._judge_alone(reading)
        # It may have been the only version of an article at its own address: released, and now discarded.
        touched = self._refold(reading.url_key)
        return replace(alone, touched=frozenset(touched))

    def judge_site_anew(self, site: str, since: datetime, *, is_quiet: bool = False) -> set[int]:
        """Judge every article of a site that was seen since then again; returns the row ids of those touched."""
        touched: set[int] = set()
        for key in readings.articles_of_site_since(self.connection, self.edition, site, since):
            touched |= self._refold(key, is_quiet=is_quiet)
        return touched

    # -- another edition -----------------------------------------------------------------------------------------

    def read_anew(self, stored: captures.StoredCapture) -> set[int]:
        """Read a capture that only other editions have read, with all others of its article.

        The feed says `re-read` where an article's current text is another one now, and nothing else: the publisher did
        nothing. Returns the row ids of the articles touched.
        """
        touched: set[int] = set()
        key = histories.article_of_capture(self.connection, stored.id)
        if key is not None:
            _, touched = self._catch_up(key)
        if readings.reading_of_capture(self.connection, self.edition, stored.id) is not None:
            return touched
        reading = self._read_stored(stored)
        shown = reading.article_key or self._attached(reading) or self._released_key(reading)
        if shown is None:
            _, (judged,) = fold([self._observation(reading)])
            self._write([(reading, judged)], {}, article=None, is_quiet=True)
            return touched
        before = self._head_hash(histories.find_article(self.connection, shown))
        touched |= self._refold(shown, is_quiet=True)
        self._tell_re_read(shown, before, reading)
        return touched

    def _read_stored(self, stored: captures.StoredCapture) -> StoredReading:
        seen = Seen(stored.id, stored.public_id, stored.url, stored.url_key, stored.site, stored.captured_at)
        document = self._reread(stored)
        return self._add_reading(seen, document, claims(stored.url, document))

    def _head_hash(self, article: StoredArticle | None) -> str | None:
        if article is None or article.head_id is None:
            return None
        return histories.head_hash(self.connection, article.head_id)

    def _tell_re_read(self, key: str, before: str | None, newest: StoredReading) -> StoredArticle | None:
        """Say that the article at `key` reads differently, if it does; returns it as it stands."""
        article = histories.find_article(self.connection, key)
        after = self._head_hash(article)
        if article is not None and before != after:
            self._feed.tell(
                News(
                    ChangeKind.RE_READ,
                    newest.captured_at,
                    (article.id, article.public_id),
                    (newest.capture_id, newest.capture),
                    {"content_hash_before": before, "content_hash": after},
                )
            )
        return article

    # -- one capture -------------------------------------------------------------------------------------------

    def _add_reading(self, seen: Seen, document: Document, claimed: Claims) -> StoredReading:
        key, said = claimed.article_key, claimed.content_hash
        stored = cut = None
        if said is not None and claimed.document_digest is not None:
            stored = captures.add_document(self.connection, document, content_hash=said, digest=claimed.document_digest)
        if claimed.furniture_digest is not None:
            cut = captures.add_furniture(self.connection, document.furniture, digest=claimed.furniture_digest)
        row = captures.add_reading(
            self.connection,
            capture_id=seen.row,
            edition_id=self.edition,
            verdict=document.verdict,
            detail=document.detail,
            article_key=key,
            document_id=stored,
            furniture_id=cut,
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
            article_key=key,
            content_hash=said,
            document_id=stored,
            document=None if said is None else document,
        )

    def _observe_article(self, seen: Seen, reading: StoredReading) -> Effect:
        key = reading.article_key
        assert key is not None
        article, touched = self._catch_up(key, but_not=seen.row)
        if article is not None and self._is_plain_sighting(article, reading):
            return self._note_sighting(article, reading, touched)
        if article is None and self._is_first_sight(key, reading):
            return self._note_first(key, reading)
        # Errors and held pages at this address may be about this article now, and no more about another one.
        keys = {key} | {other for _, other in readings.articles_at(self.connection, self.edition, seen.url_key)}
        if histories.find_article(self.connection, seen.url_key) is not None:
            keys.add(seen.url_key)
        return self._judge_again([key, *sorted(keys - {key})], reading, touched)

    def _is_first_sight(self, key: str, reading: StoredReading) -> bool:
        """The only capture so far at any address of its article: there is no history to ask."""
        addresses = {key, reading.url_key}
        return reading.capture not in self._decided and not captures.has_other_capture(
            self.connection, addresses, but_not=reading.capture_id
        )

    def _note_first(self, key: str, reading: StoredReading) -> Effect:
        history, judged = self.judge_first(reading)
        article = self._add_article(key, site=reading.site)
        written = self._write([(reading, judged)], {}, article=article)
        self._settle(article, history, [reading], written)
        return Effect(
            judged.outcome,
            reason=judged.reason,
            cause=judged.cause,
            article=article.public_id,
            touched=frozenset({article.id}),
            newcomer=text_of(article, reading) if judged.outcome is Outcome.VERSION else None,
        )

    def _is_plain_sighting(self, article: StoredArticle, reading: StoredReading) -> bool:
        """The newest capture of a living article, at its own address, with the text of its current version.

        What was captured just before had that text as well, or else the breaker would have to hear of it.
        """
        return (
            article.judged_at is not None
            and reading.captured_at > article.judged_at
            and article.judged_at == article.last_seen_at
            and article.gone_at is None
            and article.head_id is not None
            and reading.url_key == article.url
            and reading.capture not in self._decided
            and histories.head_hash(self.connection, article.head_id) == reading.content_hash
            and captures.is_newest_at(self.connection, reading.url_key, reading.captured_at)
        )

    def _note_sighting(self, article: StoredArticle, reading: StoredReading, touched: set[int]) -> Effect:
        histories.add_judgement(
            self.connection,
            Judgement(reading.capture, Outcome.UNCHANGED),
            capture=reading.capture_id,
            reading=reading.id,
            edition=self.edition,
            article=article.id,
        )
        histories.set_article(
            self.connection, article.id, last_seen_at=reading.captured_at, judged_at=reading.captured_at
        )
        recheck = Recheck(article.url, reading.captured_at, reading.capture, is_changed=False)
        since = self.breakers.see(self.connection, reading.site, recheck)
        if since is not None:
            touched |= self.judge_site_anew(reading.site, since)
        return Effect(Outcome.UNCHANGED, article=article.public_id, touched=frozenset(touched))

    def _judge_alone(self, reading: StoredReading) -> Effect:
        """A page that belongs to no known article: held, or of no meaning."""
        _, (judged,) = fold([self._observation(reading)])
        standing = histories.standing_judgements(self.connection, self.edition, [reading.capture_id])
        self._write([(reading, judged)], standing, article=None)
        return Effect(judged.outcome, reason=judged.reason)

    def _judge_again(self, keys: Sequence[str], reading: StoredReading, touched: set[int]) -> Effect:
        """Fold the histories at `keys` again, the first of which is that of `reading`."""
        if reading.article_key is not None:
            for site, since in self._see(reading).items():
                if since is not None:
                    touched |= self.judge_site_anew(site, since)
        for key in keys:
            touched |= self._refold(key)
        standing = histories.standing_judgements(self.connection, self.edition, [reading.capture_id])
        judged = standing.get(reading.capture_id)
        if judged is None:
            return self._judge_alone(reading)
        article = histories.find_article(self.connection, keys[0])
        return Effect(
            judged.outcome,
            reason=judged.reason,
            cause=Cause(judged.cause) if judged.cause else None,
            article=article and article.public_id,
            touched=frozenset(touched),
        )

    def _see(self, reading: StoredReading) -> dict[str, datetime | None]:
        """Tell the site's breaker; returns since when which site has to be judged again, if at all."""
        assert reading.article_key is not None
        others = readings.readings_of_article(self.connection, self.edition, reading.article_key)
        at = next(place for place, other in enumerate(others) if other.id == reading.id)
        if at + 1 < len(others):
            after = others[at + 1]
            return {
                site: self.breakers.look_again(self.connection, site, reading.captured_at, next_at=after.captured_at)
                for site in sorted({reading.site, after.site})
            }
        if at == 0:
            return {}
        is_changed = others[at - 1].content_hash != reading.content_hash
        recheck = Recheck(reading.article_key, reading.captured_at, reading.capture, is_changed)
        return {reading.site: self.breakers.see(self.connection, reading.site, recheck)}

    # -- which article a page without one belongs to ---------------------------------------------------------------

    def _attached(self, reading: StoredReading, *, any_edition: bool = False) -> str | None:
        """The article that an error or held page at this address is about, or None.

        The one that the address showed last before, else first after; else the one whose address it is.
        """
        key = self._attached_in(self.edition, reading)
        if key is None and any_edition:
            newest = histories.find_article(self.connection, reading.url_key)
            if newest is not None:
                return newest.url
        return key

    def _attached_in(self, edition: int, reading: StoredReading) -> str | None:
        shown = readings.articles_at(self.connection, edition, reading.url_key)
        before = [key for at, key in shown if at <= reading.captured_at]
        if before:
            return before[-1]
        if shown:
            return shown[0][1]
        if readings.has_article(self.connection, edition, reading.url_key):
            return reading.url_key
        return None

    # -- one history ---------------------------------------------------------------------------------------------

    def _catch_up(self, key: str, *, but_not: int | None = None) -> tuple[StoredArticle | None, set[int]]:
        """Read what only other editions have read of this article, so that its versions are decided in this one.

        Returns the article as it stands then, if there is one, and the row ids of those touched."""
        article = histories.find_article(self.connection, key)
        if article is None or article.edition_id == self.edition:
            return article, set()
        before = self._head_hash(article)
        unread = readings.unread_captures(self.connection, self.edition, key)
        read = [
            self._read_stored(stored)
            for stored in captures.stored_captures(self.connection, (row for row in unread if row != but_not))
        ]
        if not read:
            return article, set()
        touched: set[int] = set()
        for found in sorted({key} | {reading.article_key for reading in read if reading.article_key}):
            touched |= self._refold(found, is_quiet=True, but_not=but_not)
        return self._tell_re_read(key, before, read[-1]), touched

    def _refold(self, key: str, *, is_quiet: bool = False, but_not: int | None = None) -> set[int]:
        """Judge all captures of the article at `key` again; returns its row id where anything moved."""
        self._before_fold()
        readings = self._readings(key)
        if but_not is not None:
            readings = [reading for reading in readings if reading.capture_id != but_not]
        article = histories.find_article(self.connection, key)
        if not readings:
            return set() if article is None else self._empty(article)
        if article is None:
            article = self._add_article(key, site=readings[0].site)
        history, judgements = fold(self._observation(reading) for reading in readings)
        standing = histories.standing_judgements(
            self.connection, self.edition, [reading.capture_id for reading in readings]
        )
        written = self._write(zip(readings, judgements, strict=True), standing, article=article, is_quiet=is_quiet)
        self._settle(article, history, readings, written)
        was, now = (article.first_seen_at, article.site), (history.first_seen_at, readings[0].site)
        return {article.id} if written.has_moved or was != now else set()

    def _add_article(self, key: str, *, site: str) -> StoredArticle:
        article = histories.add_article(
            self.connection, public_id=article_id(key), url=key, site=site, edition=self.edition
        )
        taken_down = self._taken_down.get(article.public_id)
        if taken_down is not None:
            stored_decisions.add_tombstone(
                self.connection, article.id, reason=taken_down.note or "", at=taken_down.decided_at
            )
        return article

    def _empty(self, article: StoredArticle) -> set[int]:
        """No capture shows the article any more: another edition, or a person, sees another one in them."""
        histories.set_article(
            self.connection,
            article.id,
            edition_id=self.edition,
            head_id=None,
            versions=0,
            first_seen_at=None,
            last_seen_at=None,
            gone_at=None,
            judged_at=None,
        )
        return set() if article.head_id is None else {article.id}

    def _readings(self, key: str) -> list[StoredReading]:
        """All readings that concern the article at `key`, in the order of time."""
        own = readings.readings_of_article(self.connection, self.edition, key)
        addresses = {reading.url_key for reading in own} | {key}
        about_nothing = readings.readings_of_nothing(self.connection, self.edition, addresses)
        attached = [
            reading for reading in about_nothing if (self._attached(reading) or self._released_key(reading)) == key
        ]
        return sorted((*own, *attached), key=lambda reading: (reading.captured_at, reading.capture))

    def _released_key(self, reading: StoredReading) -> str | None:
        is_released = self._decision_about(reading.capture) is DecisionKind.RELEASE
        return reading.url_key if is_released and reading.document is not None else None

    def _observation(self, reading: StoredReading) -> Observation:
        return Observation(
            capture_id=reading.capture,
            captured_at=reading.captured_at,
            verdict=reading.verdict,
            document=reading.document or Document(verdict=reading.verdict),
            content_hash=reading.content_hash or "",
            detail=reading.detail,
            decision=self._decision_about(reading.capture),
            breaker_open=self.breakers.is_open(reading.site, reading.captured_at, reading.capture),
        )

    def _settle(
        self, article: StoredArticle, history: History, readings: list[StoredReading], written: Written
    ) -> None:
        head = None if history.head is None else written.standing[history.head.capture_id]
        columns = histories.standing_columns(
            history, edition=self.edition, head=head, judged_at=readings[-1].captured_at
        )
        histories.set_article(self.connection, article.id, site=readings[0].site, **columns)

    def _write(
        self,
        judged: Iterable[tuple[StoredReading, Judgement]],
        standing: dict[int, StandingJudgement],
        *,
        article: StoredArticle | None,
        is_quiet: bool = False,
    ) -> Written:
        return write_judgements(
            self.connection, self._feed, self.edition, judged, standing, article=article, is_quiet=is_quiet
        )


def text_of(article: StoredArticle, reading: StoredReading) -> StoredText | None:
    """What is compared of the only version of an article."""
    document = reading.document
    if document is None or reading.document_id is None:
        return None
    return StoredText(
        reading.document_id, article.id, article.public_id, article.site, document.title, document.lede, document.body
    )
