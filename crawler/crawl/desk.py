"""The desk of a crawl: which addresses go out next, and what each answer means for the frontier.

Everything that is remembered is in the archive's database; the desk itself could be killed at any moment."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urljoin

from sqlalchemy import Connection

from archive import revisit
from archive.core import Archive, Recorded
from archive.failpoint import failpoint
from archive.prepared import Prepared, prepare_capture
from archive.storage import frontier
from archive.storage.frontier import Address, Visit
from archive.types import Capture, Document
from archive.urls import identity
from crawler.crawl.account import CrawlAccount
from crawler.crawl.hosts import RememberedHosts
from crawler.crawl.offline import Captured
from crawler.crawl.readers import Readers, result
from crawler.crawl.settling import (
    GONE,
    LEASE,
    OK,
    REDIRECTS,
    Settlement,
    after_answer,
    after_failure,
    after_source,
    after_unmodified,
    conditions,
)
from crawler.crawl.undeclared import former_names, is_undeclared, sources_of
from crawler.crawl.walk import MAX_PAGES, NextPage, Walk
from crawler.crawl.writer import Writer
from crawler.discovery import (
    Feed,
    Section,
    Sitemap,
    SourceBroken,
    read_source,
    shard_urls,
    shards_since,
)
from crawler.extraction import extract_unparsed, is_robots
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.politeness.hosts import origin_of
from crawler.politeness.refusal import Refusal, in_words
from crawler.politeness.robots import RobotsCopy, trim
from crawler.sites import Site, Source, SourceKind, site_of

logger = logging.getLogger(__name__)

IN_HAND = 64
"""Answers that are waited for, read or written at once: few enough to keep memory flat, and what a kill costs."""
GROUP = 32
"""Answers that are written to one WARC file and committed together ..."""
GROUP_SECONDS = 30.0
"""... or after so long: a polite crawl gets one answer a second, and a file for each would be a heap of files."""
_NOT_MODIFIED = 304
TOO_MANY_REDIRECTS = "too_many_redirects"
"""Why an article was given up that is always said to be elsewhere."""


class Revisit(StrEnum):
    """Which known articles are looked at again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


def states_of(wanted: Revisit) -> tuple[str, ...]:
    """The states in which an article of the frontier is looked at."""
    return (frontier.NEW,) if wanted is Revisit.NONE else (frontier.NEW, frontier.KNOWN, frontier.GONE)


@dataclass(frozen=True, slots=True)
class Errand:
    """One request to make."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    visit: Visit | None = None
    """The article that is fetched; None for a source."""
    source: Source | None = None
    page: int = 1
    is_guess: bool = False
    """The source's address was worked out and not named by anybody."""


@dataclass
class _Answer:
    errand: Errand
    capture: Capture
    document: Document | None
    """None where reading is left to a replay, and for a 304, which shows no page."""
    prepared: Prepared | None
    is_unmodified: bool = False


@dataclass
class Plan:
    """What a person asked of this crawl."""

    revisit: Revisit = Revisit.DUE
    budget: int = 500
    """Articles fetched at most; what is left waits for the next run."""
    since: datetime | None = None
    """Walk the site's archives back to there."""
    is_capture_only: bool = False
    """Keep the answers, and leave it to a replay to read them."""
    skips_noarchive: bool = False
    """Keep no page that asks for noarchive: the frontier remembers the visit, and nothing else."""
    captured: Captured | None = None
    """Offline: what answers in the place of the site."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to finish the pages in hand and end."""


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
        self._sources: deque[Errand] = deque()
        self._walk = Walk(plan.since)
        self._asked: set[str] = set()
        self._leased: set[int] = set()
        self._missing: set[int] = set()
        self._rounds = 1
        self._in_hand = 0
        self._news = 0
        self._changed = asyncio.Condition()
        self._answers: list[_Answer] = []
        self._flushing: asyncio.Task[None] | None = None
        self._pace = 1.0
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

        self._pace = await self._writer.call(prepare)
        await self._ask_sources()

    async def _ask_sources(self) -> None:
        if self._plan.captured is not None:
            await self._take_captured_robots(self._plan.captured)
        for source in self.site.sources:
            for url in self._addresses_of(source):
                await self._add_source(source, url, is_guess=source.is_form)

    def _addresses_of(self, source: Source) -> list[str]:
        if not source.is_form:
            return [source.url]
        since = self._plan.since or self._started_at - timedelta(days=2)
        return shard_urls(source.url, since, self._started_at, offset=self.site.offset)

    async def _add_source(self, source: Source, url: str, page: int = 1, *, is_guess: bool = False) -> None:
        captured = self._plan.captured
        # What a list named in a later round may have been unchanged then, and have no capture of its own.
        if url in self._asked or (captured is not None and self._rounds > 1 and not captured.has(url)):
            return
        self._asked.add(url)
        known = await self._writer.call(lambda archive: self._find_source(archive, source, url))
        # A list that did not change still has next pages when its archive is walked.
        headers = conditions(known) if known is not None and self._plan.since is None else ()
        self._sources.append(
            Errand(url, headers, visit=known, source=source, page=page, is_guess=is_guess or source.is_inferred)
        )

    def _find_source(self, archive: Archive, source: Source, url: str) -> Visit | None:
        key = f"{source.kind} {url}"
        with archive.writing() as connection:
            frontier.add(connection, self.site.name, [Address(url, key, source.kind)], now=self._started_at)
            return frontier.find(connection, key)

    # -- going out -----------------------------------------------------------------------------------------------

    async def errands(self) -> AsyncIterator[Errand]:
        """Everything to fetch, until there is nothing left and nothing in hand."""
        fetched = 0
        while not self._plan.stop.is_set():
            async with self._changed:
                await self._changed.wait_for(lambda: self._in_hand < IN_HAND or self._plan.stop.is_set())
            if self._plan.stop.is_set():
                break
            if self._sources:
                self._in_hand += 1
                yield self._sources.popleft()
                continue
            room = min(IN_HAND - self._in_hand, self._plan.budget - fetched)
            visits = await self._lease(room) if room > 0 else []
            for visit in visits:
                fetched += 1
                self._in_hand += 1
                if visit.state == frontier.NEW and not self._plan.is_capture_only:
                    self._readers.expect()
                yield Errand(visit.url, conditions(visit), visit=visit)
            if not visits and not self._sources:
                if self._in_hand:
                    await self._wait_for_news()
                elif fetched < self._plan.budget and await self._turn_pages():
                    continue
                elif fetched >= self._plan.budget or not await self._another_round():
                    break

        async with self._changed:
            await self._changed.wait_for(lambda: self._in_hand == 0 or self._is_abandoned)

    async def _turn_pages(self) -> bool:
        """Ask for the next page of every list that does not reach back far enough yet; whether there is one."""
        pages = [(page, await self._newest(page.listed)) for page in self._walk.take()]
        for page, newest in pages:
            if not self._walk.is_far_enough(newest):
                await self._add_source(page.source, page.url, page.page)
        return bool(self._sources)

    async def _newest(self, url_keys: Sequence[str]) -> datetime | None:
        def ask(archive: Archive) -> datetime | None:
            with archive.reading() as connection:
                return frontier.newest_published(connection, url_keys)

        return await self._writer.call(ask)

    async def _another_round(self) -> bool:
        """Offline: ask again for whatever the captures have another answer; False when nothing led to one."""
        captured = self._plan.captured
        is_turned = False
        while captured is not None and self._plan.revisit is not Revisit.NONE and captured.turn_clock():
            self._rounds += 1
            self._started_at = captured.now()
            self._asked.clear()
            self._leased = set(self._missing)
            await self._ask_sources()
            # While the clock alone goes on, there is no article that was not looked for.
            if self._sources or (not is_turned and await self._reopen(captured.keys())):
                return True
            is_turned = True
        return False

    async def _reopen(self, url_keys: list[str]) -> int:
        def reopen(archive: Archive) -> int:
            with archive.writing() as connection:
                frontier.release(connection, self.site.name)
                return frontier.reopen(connection, self.site.name, url_keys, now=self._started_at)

        return await self._writer.call(reopen)

    async def _wait_for_news(self) -> None:
        """Return when an answer was settled, or brought something new to fetch."""
        before = self._news
        async with self._changed:
            await self._changed.wait_for(lambda: self._news != before or self._plan.stop.is_set())

    async def _tell(self, settled: int = 0) -> None:
        async with self._changed:
            self._news += 1
            self._in_hand -= settled
            self._changed.notify_all()
        await self._flush_if_full()

    async def _flush_if_full(self) -> None:
        """Write a group that is full, or that nothing more in hand could join."""
        if self._answers and len(self._answers) >= min(GROUP, self._in_hand):
            await self.flush()

    async def _lease(self, limit: int) -> list[Visit]:

        def take(archive: Archive) -> list[Visit]:
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

        visits = await self._writer.call(take)
        failpoint("leased")
        # An article whose next visit is due within this run waits for the next one all the same.
        self._leased.update(visit.id for visit in visits)
        return visits

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
            await self._take(_Answer(errand, capture, None, None, is_unmodified=True))
            return
        if errand.source is not None:
            await self._follow(errand, capture)
            await self._tell()
        read = (None, None) if self._plan.is_capture_only else await self._read_page(errand, capture)
        if self._plan.skips_noarchive and read[0] is not None and read[0].noarchive:
            await self._settle_unkept(errand, capture)
            return
        await self._take(_Answer(errand, capture, *read))

    async def _take(self, answer: _Answer) -> None:
        """Let an answer be written with the next group."""
        self._answers.append(answer)
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
        self._answers.append(_Answer(Errand(capture.url), capture, extract_unparsed(capture), None))

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
                columns["due_at"] = revisit.next_look(first_at, revisit.Look(at), pace=self._pace)
            with archive.writing() as connection:
                columns |= {"attempts": 0, "visited_at": at, "first_visit_at": first_at}
                frontier.settle(connection, visit.id, columns)

        if visit is not None:
            await self._writer.call(settle)
        await self._tell(1)

    async def _follow(self, errand: Errand, capture: Capture) -> None:
        """Put what a source lists on the frontier, and ask for its next page while it shows something new."""
        source = errand.source
        assert source is not None
        try:
            found = self._read(source, errand, capture)
        except SourceBroken as e:
            # An address that was only guessed may be missing; one that is declared, or was named, may not.
            if not (errand.is_guess and capture.status in GONE):
                self.account.broken_sources[errand.url] = e.reason
            return
        if isinstance(found, Sitemap) and found.children:
            since = self._plan.since or capture.captured_at - timedelta(days=2)
            named = {child.url for child in found.children}
            for url in shards_since(found.children, since, capture.captured_at, offset=self.site.offset):
                await self._add_source(source, url, is_guess=url not in named)
            return
        if source.kind is SourceKind.HOME and is_undeclared(self.site):
            robots = self._hosts.get_robots(origin_of(errand.url))
            for extra in sources_of(errand.url, self._content(errand, capture), robots):
                await self._add_source(extra, extra.url)
        items = found.entries if isinstance(found, Sitemap) else found.items
        if self._plan.since is not None:
            items = tuple(item for item in items if not item.published_at or item.published_at >= self._plan.since)
        addresses = [
            Address(url, identity(url), frontier.ARTICLE, errand.url)
            for item in items
            if (url := self.site.preferred(item.url)) and self.site.is_article(url) is not False
        ]
        new, known = await self._writer.call(lambda archive: self._add(archive, addresses))
        self.account.listed += new + known
        self.account.listed_known += known
        next_url = found.next_url if not isinstance(found, Sitemap) else None
        if next_url is not None and items:
            page = NextPage(source, next_url, errand.page + 1, tuple(address.url_key for address in addresses))
            await self._go_on(page, is_new=new > 0)

    async def _go_on(self, page: NextPage, *, is_new: bool) -> None:
        """Follow a list to its next page, if the page before showed something new, or when its articles were read."""
        captured = self._plan.captured
        if captured is None and self._plan.since is not None:
            self._walk.put_off(page)
        elif (is_new and page.page <= MAX_PAGES) or (captured is not None and captured.has(page.url)):
            await self._add_source(page.source, page.url, page.page)

    def _read(self, source: Source, errand: Errand, capture: Capture) -> Sitemap | Section | Feed:
        if capture.status in REDIRECTS:
            raise SourceBroken(errand.url, f"moved to {urljoin(errand.url, capture.header('Location') or '')}")
        if capture.status != OK:
            raise SourceBroken(errand.url, f"status {capture.status}")
        # A declared site knows its hosts; of another one every link that stays on the page's own host is its own.
        return read_source(
            source,
            self._content(errand, capture),
            url=errand.url,
            site=None if is_undeclared(self.site) else self.site,
            content_type=capture.header("Content-Type"),
        )

    def _content(self, errand: Errand, capture: Capture) -> bytes:
        content = decode_content(capture.payload, capture.header("Content-Encoding"))
        if isinstance(content, Failure):
            raise SourceBroken(errand.url, content.detail)
        return content.body

    def _add(self, archive: Archive, addresses: list[Address]) -> tuple[int, int]:
        with archive.writing() as connection:
            return frontier.add(connection, self.site.name, addresses, now=self._clock())

    # -- writing -------------------------------------------------------------------------------------------------

    async def _flush_later(self) -> None:
        await asyncio.sleep(GROUP_SECONDS)
        self._flushing = None
        try:
            await self.flush()
        except Exception as e:  # noqa: BLE001  nobody waits for this task, so nobody else would hear of it
            await self._give_up(e)

    async def flush(self) -> None:
        """Record what was read, and settle it, in one transaction."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        answers, self._answers = self._answers, []
        if not answers:
            return
        recorded = await self._writer.call(lambda archive: [self._record(archive, answer) for answer in answers])
        for one in recorded:
            if one is not None:
                self.account.add(one)
        await self._tell(len(answers))

    def _record(self, archive: Archive, answer: _Answer) -> Recorded | None:
        visit = answer.errand.visit
        is_robots_txt = visit is None and answer.errand.source is None
        if answer.is_unmodified:
            assert visit is not None
            archive.keep_unmodified(answer.capture)
            ended = after_unmodified(visit, answer.capture, pace=self._pace)
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
                    ended = after_answer(self.site, visit, capture, recorded, pace=self._pace)
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
                frontier.add(connection, self.site.name, [ended.moved_to], now=at)
            else:
                # Each of them may be an address that was never seen: there would be no end of it.
                self.account.failed[TOO_MANY_REDIRECTS] += 1
                columns = columns | {"problem": TOO_MANY_REDIRECTS}
        frontier.settle(connection, visit.id, columns, is_read=ended.is_read, is_edit=ended.is_edit)

    async def close(self) -> None:
        """Write what is not written yet, and say what there is still to do."""
        await self.flush()

        def release(archive: Archive) -> None:
            with archive.writing() as connection:
                frontier.release(connection, self.site.name)

        await self._writer.call(release)
        self.account.left = await self.left() | {"lists": self._walk.waiting}
        self.account.unasked = self._plan.captured.left if self._plan.captured is not None else 0

    async def left(self) -> dict[str, int]:
        """What there is to do at this moment, by kind."""

        def count(archive: Archive) -> dict[str, int]:
            with archive.writing() as connection:
                return frontier.left(connection, self.site.name, now=self._clock())

        return await self._writer.call(count)
