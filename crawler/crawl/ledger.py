"""Put answers into the archive, and note on the frontier how each visit ended. Called in the writer's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from archive import revisit
from archive.core import Archive, Recorded
from archive.prepared import Prepared
from archive.storage import frontier
from archive.storage.frontier import Visit
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


class Ledger:
    """Records the answers of one site; `pace` is how often its articles change, as `archive.revisit` counts it."""

    def __init__(self, site: Site, account: CrawlAccount) -> None:
        self._site, self._account = site, account
        self.pace = 1.0

    def record(self, archive: Archive, answer: Answer) -> Recorded | None:
        """Record and settle one answer; None for what the account does not tell of: a robots.txt, a 304."""
        visit = answer.errand.visit
        is_robots_txt = visit is None and answer.errand.source is None
        if answer.is_unmodified:
            assert visit is not None
            archive.keep_unmodified(answer.capture)
            ended = after_unmodified(visit, answer.capture, pace=self.pace)
            with archive.writing() as connection:
                self._settle(connection, visit, ended, at=answer.capture.captured_at)
            return None
        may_refer = is_robots_txt or (visit is not None and visit.visited_at is not None)
        if answer.document is None:
            recorded = archive.keep(answer.capture, may_refer=may_refer)
        else:
            recorded = archive.record(answer.capture, answer.document, prepared=answer.prepared, may_refer=may_refer)
        if answer.errand.visit is not None:
            with archive.writing() as connection:
                if answer.errand.source is None:
                    visit, capture = answer.errand.visit, answer.capture
                    ended = after_answer(self._site, visit, capture, recorded, pace=self.pace)
                    self._settle(connection, visit, ended, at=capture.captured_at)
                else:
                    frontier.settle(
                        connection, answer.errand.visit.id, after_source(answer.errand.visit, answer.capture)
                    )
        # The account tells of pages and lists.
        return None if is_robots_txt else recorded

    def _settle(self, connection: Connection, visit: Visit, ended: Settlement, *, at: datetime) -> None:
        columns = ended.columns
        if ended.moved_to is not None:
            hops = frontier.redirects_to(connection, visit.url_key, since=at - revisit.REST)
            if hops < frontier.MAX_REDIRECTS:
                frontier.add(connection, self._site.name, [ended.moved_to], now=at)
            else:
                # Each of them may be an address that was never seen: there would be no end of it.
                self._account.failed[TOO_MANY_REDIRECTS] += 1
                columns = columns | {"problem": TOO_MANY_REDIRECTS}
        frontier.settle(connection, visit.id, columns, is_read=ended.is_read, is_edit=ended.is_edit)
