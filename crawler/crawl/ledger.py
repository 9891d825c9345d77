"""Put answers into the archive, and note on the frontier how each visit ended. Called in the writer's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from archive import revisit
from archive.core import Archive, Recorded
from archive.prepared import Prepared
from archive.storage import frontier
from archive.storage.frontier import Settled, Visit
from archive.types import Capture, Document
from crawler.crawl.account import CrawlAccount
from crawler.crawl.plan import Errand
from crawler.crawl.settling import Settlement, after_answer, after_source, after_unmodified
from crawler.sites import Site

TOO_MANY_REDIRECTS = "too_many_redirects"
"""Why an article was given up that is always said to be elsewhere."""


@dataclass
class Answer:
    """What came back, read as far as it is to be."""

    errand: Errand
    capture: Capture
    document: Document | None
    """None where reading is left to a replay, and for a 304, which shows no page."""
    prepared: Prepared | None
    is_unmodified: bool = False

    @property
    def is_robots_txt(self) -> bool:
        """Nobody of the crawl had asked for it."""
        return self.errand.visit is None and self.errand.source is None


class Ledger:
    """Records the answers of one site; `pace` is how often its articles change, as `archive.revisit` counts it."""

    def __init__(self, site: Site, account: CrawlAccount) -> None:
        self._site, self._account = site, account
        self.pace = 1.0

    def record(self, archive: Archive, answers: Sequence[Answer]) -> list[Recorded]:
        """Record and settle answers; a robots.txt and a 304 are left out of what is returned, and of the account."""
        archive.foresee([answer.prepared for answer in answers if answer.prepared is not None])
        told, visits = list[Recorded](), list[tuple[Visit, Settlement, datetime]]()
        for answer in answers:
            recorded = self._record(archive, answer)
            if recorded is not None and not answer.is_robots_txt:
                told.append(recorded)
            visit = answer.errand.visit
            if visit is not None:
                visits.append((visit, self._ended(answer, visit, recorded), answer.capture.captured_at))
        if visits:
            with archive.writing() as connection:
                settled = [(visit, self._forward(connection, visit, ended, at=at)) for visit, ended, at in visits]
                frontier.settle_all(
                    connection, [Settled(visit.id, end.columns, end.is_read, end.is_edit) for visit, end in settled]
                )
        return told

    def _forward(self, connection: Connection, visit: Visit, ended: Settlement, *, at: datetime) -> Settlement:
        """Put where the article is now on the frontier, unless there is no end of it."""
        if ended.moved_to is None:
            return ended
        if frontier.redirects_to(connection, visit.url_key, since=at - revisit.REST) < frontier.MAX_REDIRECTS:
            frontier.add(connection, self._site.name, [ended.moved_to], now=at)
            return ended
        # Each of them may be an address that was never seen.
        self._account.failed[TOO_MANY_REDIRECTS] += 1
        return replace(ended, columns=ended.columns | {"problem": TOO_MANY_REDIRECTS})

    def _record(self, archive: Archive, answer: Answer) -> Recorded | None:
        visit = answer.errand.visit
        if answer.is_unmodified:
            archive.keep_unmodified(answer.capture)
            return None
        may_refer = answer.is_robots_txt or (visit is not None and visit.visited_at is not None)
        if answer.document is None:
            return archive.keep(answer.capture, may_refer=may_refer)
        return archive.record(answer.capture, answer.document, prepared=answer.prepared, may_refer=may_refer)

    def _ended(self, answer: Answer, visit: Visit, recorded: Recorded | None) -> Settlement:
        if recorded is None:
            return after_unmodified(visit, answer.capture, pace=self.pace)
        if answer.errand.source is not None:
            return Settlement(after_source(visit, answer.capture))
        return after_answer(self._site, visit, answer.capture, recorded, pace=self.pace)
