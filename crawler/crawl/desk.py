"""The desk of a crawl: which addresses go out next, and what each answer means for the frontier.

Everything that is remembered is in the archive's database; the desk itself could be killed at any moment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from archive import revisit
from archive.core import Archive, Recorded
from archive.failpoint import failpoint
from archive.prepared import Prepared, prepare_capture
from archive.storage import frontier
from archive.storage.frontier import Visit
from archive.types import Capture, Document
from crawler.crawl.account import CrawlAccount
from crawler.crawl.hosts import RememberedHosts
from crawler.crawl.ledger import Answer, Ledger
from crawler.crawl.lists import Lists
from crawler.crawl.offline import Captured
from crawler.crawl.plan import Errand, Plan, Revisit, states_of
from crawler.crawl.readers import Readers, result
from crawler.crawl.settling import LEASE, OK, after_failure, conditions
from crawler.crawl.undeclared import former_names
from crawler.crawl.writer import Writer
from crawler.extraction import extract_unparsed, is_robots
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.politeness.hosts import origin_of
from crawler.politeness.refusal import Refusal, in_words
from crawler.politeness.robots import RobotsCopy, trim
from crawler.sites import Site, site_of

IN_HAND = 80
"""Answers that are waited for, read or written at once: few enough to keep memory flat, and what a kill costs."""
GROUP = 40
"""Answers that are written to one WARC file and committed together, half of what is in hand ..."""
GROUP_BYTES = 8 * 1024 * 1024
"""... or those of so many bytes ..."""
GROUP_SECONDS = 30.0
"""... or after so long: a polite crawl gets one answer a second, and a file for each would be a heap of files."""
_NOT_MODIFIED = 304


class Desk:
    """One crawl of one site."""

    def __init__(
        self,
        site: Site,
        *,
        writer: Writer,
        readers: Readers,
        plan: Plan,
        hosts: RememberedHosts,
        clock: Callable[[], datetime],
        give_up: Callable[[Exception], Awaitable[None]],
    ) -> None:
        self.site = site
        self._give_up = give_up
        self.account = CrawlAccount()
        self._writer, self._readers, self._plan, self._clock = writer, readers, plan, clock
        self._hosts = hosts
        self._lists = Lists(site, writer=writer, plan=plan, hosts=hosts, account=self.account, clock=clock)
        self._ledger = Ledger(site, self.account)
        self._visits: deque[Visit] = deque()
        self._fetched = 0
        self._leased: set[int] = set()
        self._missing: set[int] = set()
        self._in_hand = 0
        self._news = 0
        self._changed = asyncio.Condition()
        self._answers: list[Answer] = []
        self._bytes = 0
        self._flushing: asyncio.Task[None] | None = None
        self._started_at = clock()
        self._is_abandoned = False
        # What the host tells need not be written into every record.
        self._must_name_site = not any(site_of(f"https://{host}/") is site for host in site.hosts)
        self.stopping: asyncio.Task[None] | None = None
        """Keeps the task that a signal started."""
        self.watching: asyncio.Task[None] | None = None
        """Keeps the task that watches over the schedule behind this crawl."""

    async def open(self) -> None:
        """Take back what a run that died had leased or a wrong clock put off, and learn the site's pace."""

        def prepare(archive: Archive) -> float:
            with archive.writing() as connection:
                frontier.take_over(connection, self.site.name, former_names(self.site))
                frontier.release(connection, self.site.name)
                frontier.mend(connection, self.site.name, now=self._started_at)
                if self._plan.revisit is Revisit.ALL:
                    frontier.make_due(connection, self.site.name, now=self._started_at)
                return revisit.pace(*frontier.looks(connection, self.site.name))

        self._ledger.pace = await self._writer.call(prepare)
        if self._plan.captured is not None:
            await self._take_captured_robots(self._plan.captured)
        await self._lists.ask()

    # -- going out -----------------------------------------------------------------------------------------------

    async def errands(self) -> AsyncIterator[Errand]:
        """Everything to fetch, until there is nothing left and nothing in hand."""
        while not self._plan.stop.is_set():
            if self._in_hand >= IN_HAND:
                await self._wait_for(lambda: self._in_hand < IN_HAND)
                continue
            if not self._lists.waiting and not self._visits and self._may_lease:
                await self._lease(self._may_lease)
            errand = self._next()
            if errand is not None:
                self._in_hand += 1
                yield errand
            elif self._in_hand:
                await self._wait_for_news()
            elif self._fetched < self._plan.budget and await self._lists.turn_pages():
                continue
            elif self._fetched >= self._plan.budget or not await self._another_round():
                break

        async with self._changed:
            await self._changed.wait_for(lambda: self._in_hand == 0 or self._is_abandoned)

    def _next(self) -> Errand | None:
        if self._lists.waiting:
            return self._lists.waiting.popleft()
        if not self._visits or self._fetched >= self._plan.budget:
            return None
        visit = self._visits.popleft()
        self._fetched += 1
        if visit.state == frontier.NEW and not self._plan.is_capture_only:
            self._readers.expect()
        return Errand(visit.url, conditions(visit), visit=visit)

    @property
    def _may_lease(self) -> int:
        """Articles that may be leased beside those that wait for their request."""
        if self._plan.stop.is_set():
            return 0
        return min(GROUP, self._plan.budget - self._fetched) - len(self._visits)

    async def _another_round(self) -> bool:
        """Offline: ask again for whatever the captures have another answer; False when nothing led to one."""
        captured = self._plan.captured
        is_turned = False
        while captured is not None and self._plan.revisit is not Revisit.NONE and captured.turn_clock():
            self._started_at = captured.now()
            self._leased = set(self._missing)
            await self._take_captured_robots(captured)
            await self._lists.ask_again(self._started_at)
            # While the clock alone goes on, there is no article that was not looked for.
            if self._lists.waiting or (not is_turned and await self._reopen(captured.keys())):
                return True
            is_turned = True
        return False

    async def _reopen(self, url_keys: list[str]) -> int:
        def reopen(archive: Archive) -> int:
            with archive.writing() as connection:
                frontier.release(connection, self.site.name)
                return frontier.reopen(connection, self.site.name, url_keys, now=self._started_at)

        return await self._writer.call(reopen)

    async def _wait_for(self, has_come: Callable[[], bool]) -> None:
        """Return when it has, or when the crawl is to end."""
        async with self._changed:
            await self._changed.wait_for(lambda: has_come() or self._plan.stop.is_set())

    async def _wait_for_news(self) -> None:
        """Return when an answer was settled, or brought something new to fetch."""
        before = self._news
        await self._wait_for(lambda: self._news != before)

    async def _tell(self, settled: int = 0) -> None:
        async with self._changed:
            self._news += 1
            self._in_hand -= settled
            self._changed.notify_all()
        await self._flush_if_full()

    async def _flush_if_full(self) -> None:
        """Write a group that is full, or that nothing more in hand could join."""
        is_full = len(self._answers) >= min(GROUP, self._in_hand) or self._bytes >= GROUP_BYTES
        if self._answers and is_full:
            await self.flush()

    async def _lease(self, limit: int) -> None:
        self._take_up(await self._writer.call(lambda archive: self._due(archive, limit)))

    def _due(self, archive: Archive, limit: int) -> list[Visit]:
        now = self._clock()
        with archive.writing() as connection:
            return frontier.lease(
                connection,
                self.site.name,
                now=now,
                until=now + LEASE,
                limit=limit,
                states=states_of(Revisit.NONE if self._plan.captured else self._plan.revisit),
                but_not=self._leased,
            )

    def _take_up(self, visits: list[Visit]) -> None:
        failpoint("leased")
        # An article whose next visit is due within this run waits for the next one all the same.
        self._leased.update(visit.id for visit in visits)
        self._visits.extend(visits)

    async def stop(self) -> None:
        """Finish the pages in hand and end."""
        self._plan.stop.set()
        async with self._changed:
            self._changed.notify_all()

    async def abandon(self) -> None:
        """End at once: the archive takes nothing more."""
        self._is_abandoned = True
        await self.stop()

    async def _take_captured_robots(self, captured: Captured) -> None:
        for capture in captured.take_robots():
            self.robots_answered(capture)
            content = decode_content(capture.payload, capture.header("Content-Encoding"))
            if capture.status is not None and not isinstance(content, Failure):
                copy = RobotsCopy(capture.status, trim(content.body), capture.captured_at)
                self._hosts.put_robots(origin_of(capture.url), copy)
        await self.flush()

    # -- coming back ---------------------------------------------------------------------------------------------

    async def answered(self, errand: Errand, capture: Capture) -> None:
        """Read, record and settle one answer; returns when it is in a reader's hands."""
        if self._must_name_site and capture.site is None:
            capture = replace(capture, site=self.site.name)
        if capture.status == _NOT_MODIFIED and self._plan.captured is None:
            self.account.requests += 1
            self.account.not_modified += errand.source is None
            await self._take(Answer(errand, capture, None, None, is_unmodified=True))
            return
        if errand.source is not None:
            await self._lists.follow(errand, capture)
            await self._tell()
        read = (None, None) if self._plan.is_capture_only else await self._read_page(errand, capture)
        if self._plan.skips_noarchive and read[0] is not None and read[0].noarchive:
            await self._settle_unkept(errand, capture)
            return
        await self._take(Answer(errand, capture, *read))

    async def _take(self, answer: Answer) -> None:
        """Let an answer be written with the next group."""
        self._answers.append(answer)
        self._bytes += len(answer.capture.payload)
        await self._flush_if_full()
        if self._answers and self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_later())

    def robots_answered(self, capture: Capture) -> None:
        """Keep what came for a robots.txt; it is written together with the answer that had to wait for it."""
        if not is_robots(capture.url):  # a redirect led elsewhere
            return
        if self._must_name_site and capture.site is None:
            capture = replace(capture, site=self.site.name)
        self._in_hand += 1
        # Read at once, also where reading is left to a replay: it is told by its address.
        self._answers.append(Answer(Errand(capture.url), capture, extract_unparsed(capture), None))

    async def _read_page(self, errand: Errand, capture: Capture) -> tuple[Document, Prepared]:
        # A crawl that finds nothing new need not even start its readers.
        if errand.source is not None or capture.status != OK:
            document = extract_unparsed(capture)
            if document is not None:
                return document, prepare_capture(capture, document)
        future = self._readers.read(capture)
        waited = asyncio.wrap_future(future)
        await asyncio.wait([waited])
        waited.cancelled() or waited.exception()  # looked at below; asyncio would complain that nobody did
        return result(future, capture)

    async def failed(self, errand: Errand, reason: str, *, retry_at: datetime | None = None) -> None:
        """Settle a request that got no answer, or was never made."""
        if reason != Refusal.STOPPING:
            self.account.failed[reason] += 1
        columns = after_failure(errand.visit, reason, retry_at, self._clock()) if errand.visit is not None else {}

        def settle(archive: Archive) -> None:
            assert errand.visit is not None
            with archive.writing() as connection:
                frontier.settle(connection, errand.visit.id, columns)

        if reason == Refusal.NOT_CAPTURED and errand.visit is not None:
            self._missing.add(errand.visit.id)
        is_guess = errand.is_guess and reason == Refusal.NOT_CAPTURED
        if errand.source is not None and reason != Refusal.STOPPING and not is_guess:
            self.account.broken_sources[errand.url] = in_words(reason)
        if errand.visit is not None:
            await self._writer.call(settle)
        await self._tell(1)

    async def _settle_unkept(self, errand: Errand, capture: Capture) -> None:
        """A page that is not to be kept: no record, no capture, only that it was visited."""
        self.account.requests += 1
        self.account.not_kept += 1
        visit, at = errand.visit, capture.captured_at

        def settle(archive: Archive) -> None:
            assert visit is not None
            first_at = visit.first_visit_at or at
            columns: dict[str, object] = {"state": frontier.KNOWN, "status": capture.status, "problem": "noarchive"}
            if errand.source is None:
                # It may say otherwise one day.
                columns["due_at"] = revisit.next_look(first_at, revisit.Look(at), pace=self._ledger.pace)
            with archive.writing() as connection:
                columns |= {"attempts": 0, "visited_at": at, "first_visit_at": first_at}
                frontier.settle(connection, visit.id, columns)

        if visit is not None:
            await self._writer.call(settle)
        await self._tell(1)

    # -- writing -------------------------------------------------------------------------------------------------

    async def _flush_later(self) -> None:
        await asyncio.sleep(GROUP_SECONDS)
        self._flushing = None
        try:
            await self.flush()
        except Exception as e:  # noqa: BLE001  nobody waits for this task, so nobody else would hear of it
            await self._give_up(e)

    async def flush(self) -> None:
        """Record what was read, settle it, and lease what may go out in its place, in one transaction."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        answers, self._answers, self._bytes = self._answers, [], 0
        if not answers:
            return
        wanted = self._may_lease

        def write(archive: Archive) -> tuple[list[Recorded], list[Visit]]:
            recorded = self._ledger.record(archive, answers)
            return recorded, self._due(archive, wanted) if wanted > 0 else []

        recorded, visits = await self._writer.call(write)
        self._take_up(visits)
        for one in recorded:
            self.account.add(one)
        await self._tell(len(answers))

    async def close(self) -> None:
        """Write what is not written yet, and say what there is still to do."""
        await self.flush()

        def release(archive: Archive) -> None:
            with archive.writing() as connection:
                frontier.release(connection, self.site.name)

        await self._writer.call(release)
        self.account.left = await self.left() | {"lists": self._lists.put_off}
        self.account.unasked = self._plan.captured.left if self._plan.captured is not None else 0

    async def left(self) -> dict[str, int]:
        """What there is to do at this moment, by kind."""

        def count(archive: Archive) -> dict[str, int]:
            with archive.writing() as connection:
                return frontier.left(connection, self.site.name, now=self._clock())

        return await self._writer.call(count)
