"""Run the crawls that are due, each in a process of its own, and hold their slots while they run."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.storage import slots
from archive.storage.slots import DONE, FAILED, RUNNING
from crawler.config import Config
from crawler.crawl.alone import PARENT
from crawler.crawl.writer import Writer
from crawler.exits import SHUT_OUT
from crawler.schedule.outcome import EXIT, outcome
from crawler.schedule.timing import WEEK, interval, next_slot, pause
from crawler.sites import Site

LEASE = timedelta(seconds=60)
"""How long a slot is held without a sign of life: after a kill its crawl begins again so much later."""
GRACE = 60.0
"""Seconds that a crawl has to finish the pages in hand before it is killed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell the person who watches."""

    at: datetime
    site: str
    kind: str
    """`waits`, `begins`, `ends` or `fails`."""
    due_at: datetime
    text: str = ""


class Runner:
    """One scheduler; any number of them may run on one archive."""

    def __init__(
        self,
        sites: Sequence[Site],
        config: Config,
        *,
        command: Callable[[Site], list[str]],
        writer: Writer,
        clock: Callable[[], datetime],
        tell: Callable[[Event], None],
        lease: timedelta = LEASE,
    ) -> None:
        self._sites, self._config, self._command = sites, config, command
        self._writer, self._clock, self._tell, self._lease = writer, clock, tell, lease
        self._room = asyncio.Semaphore(config.parallel)
        self._stop = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self.failures = 0
        """Crawls that ended badly."""

    def stop(self) -> None:
        """Tell the crawls to finish the pages in hand, and begin no other."""
        self._stop.set()

    async def once(self) -> None:
        """Let every site that is due be crawled once."""
        await asyncio.gather(*(self._visit(site) for site in self._sites))

    async def forever(self) -> None:
        """Go on until `stop`."""
        for site in self._sites:
            await self._plan(site)
        self._scheduler.start()
        await self._stop.wait()
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*self._running)

    # -- when ------------------------------------------------------------------------------------------------------

    async def _plan(self, site: Site) -> None:
        """Wake up when `site` is due; after a while, where the archive does not even tell that."""
        try:
            due = await self._due(site)
        except ArchiveError as e:
            due = self._clock() + self._lease
            self._fails(site, due, str(e))
        else:
            self._tell(Event(self._clock(), site.name, "waits", due))
        # The table of slots says what ran, so a job is nothing but an alarm clock: late is as good as in time.
        self._scheduler.add_job(
            self._wake, "date", run_date=due, args=[site], id=site.name, misfire_grace_time=None, replace_existing=True
        )

    async def _wake(self, site: Site) -> None:
        task = asyncio.ensure_future(self._visit_and_plan(site))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _visit_and_plan(self, site: Site) -> None:
        is_well = await self._visit(site)
        if not is_well:
            # What refused a moment ago will again: another try at once would only keep the machine busy.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self._lease.total_seconds())
        if not self._stop.is_set():
            await self._plan(site)

    def _fails(self, site: Site, slot: datetime, problem: str) -> None:
        self.failures += 1
        self._tell(Event(self._clock(), site.name, "fails", slot, problem))

    async def _due(self, site: Site) -> datetime:
        now = self._clock()

        def ask(archive: Archive) -> tuple[slots.Slot | None, int, int]:
            with archive.reading() as connection:
                published = slots.published_since(connection, now - timedelta(days=WEEK))
                shut_out = slots.ended_alike(connection, site.name, EXIT, SHUT_OUT, now=now)
                return slots.last_slot(connection, site.name, now=now), published.get(site.name, 0), shut_out

        last, published, shut_out = await self._writer.call(ask)
        if last is not None and last.state == RUNNING:
            # Held by somebody, or left by a crash: then it is repeated as soon as its lease is over.
            return max(last.leased_until or last.due_at, last.due_at)
        chosen = self._config.of(site.name)
        every = pause(chosen.every or interval(published), shut_out)
        after = None if last is None else last.due_at
        return next_slot(site.name, after, every=every, quiet=chosen.quiet, offset=site.offset, now=now)

    # -- one crawl -------------------------------------------------------------------------------------------------

    async def _visit(self, site: Site) -> bool:
        """Crawl `site` if it is due, and nobody else does; False where the archive or the system refused."""
        async with self._room:
            due = self._clock()
            try:
                due, now = await self._due(site), self._clock()
                if due > now or self._stop.is_set():
                    return True
                held = now + self._lease
                slot = await self._writer.call(lambda archive: self._claim(archive, site, due, now, held))
                if slot is not None:
                    await self._crawl(site, slot, held)
            except (ArchiveError, OSError) as e:
                # A full disk or a lock of somebody else's is no reason to follow no site any more.
                self._fails(site, due, str(e))
                return False
            return True

    def _claim(self, archive: Archive, site: Site, due: datetime, now: datetime, held: datetime) -> datetime | None:
        """Take the slot that is due; the moment that names it, or None."""
        with archive.writing() as connection:
            last = slots.last_slot(connection, site.name, now=now)
            slot = last.due_at if last is not None and last.state == RUNNING else due
            return slot if slots.claim(connection, site.name, slot, now=now, until=held) else None

    async def _crawl(self, site: Site, slot: datetime, held: datetime) -> None:
        self._tell(Event(self._clock(), site.name, "begins", slot))
        process = await asyncio.create_subprocess_exec(
            *self._command(site), stdout=PIPE, stderr=PIPE, env={**os.environ, PARENT: str(os.getpid())}
        )
        said = asyncio.ensure_future(process.communicate())
        last = await self._watch(site, slot, held, process, said)
        out, err = await said
        assert process.returncode is not None
        ended = outcome(process.returncode, out, err)
        state = FAILED if ended.problem else DONE

        def finish(archive: Archive, held: datetime) -> bool:
            with archive.writing() as connection:
                return slots.finish(
                    connection, site.name, slot, held=held, state=state, now=self._clock(), counts=ended.counts
                )

        if last is None or not await self._writer.call(lambda archive: finish(archive, last)):
            self._fails(site, slot, "the slot was lost to another schedule, which repeats the crawl")
        elif ended.problem:
            self._fails(site, slot, ended.problem)
        else:
            self._tell(Event(self._clock(), site.name, "ends", slot, _summary(ended.counts)))

    async def _watch(
        self,
        site: Site,
        slot: datetime,
        held: datetime,
        process: Process,
        said: asyncio.Future[Any],
    ) -> datetime | None:
        """Hold the slot until the crawl has ended; end it when it takes too long.

        The moment until which the slot is held; None if it was lost.
        """
        deadline = self._clock() + self._config.of(site.name).time_limit
        stopping: asyncio.Future[Any] = asyncio.ensure_future(self._stop.wait())
        try:
            while not said.done():
                await asyncio.wait(
                    {said, stopping}, timeout=self._lease.total_seconds() / 3, return_when="FIRST_COMPLETED"
                )
                if said.done():
                    break
                longer = await self._hold(site, slot, held)
                if longer is None:
                    await _end(process, said)
                    return None
                held = longer
                if self._stop.is_set() or self._clock() >= deadline:
                    await _end(process, said)
        finally:
            stopping.cancel()
        return held

    async def _hold(self, site: Site, slot: datetime, held: datetime) -> datetime | None:
        """Hold a slot longer; until when it is held now, or None if it was lost."""
        until = self._clock() + self._lease

        def hold(archive: Archive) -> bool:
            with archive.writing() as connection:
                return slots.hold(connection, site.name, slot, held=held, until=until)

        try:
            return until if await self._writer.call(hold) else None
        except ArchiveError as e:
            self._tell(Event(self._clock(), site.name, "fails", slot, str(e)))
            # Nothing is lost before the lease is over: the next turn asks again.
            return held if self._clock() < held else None


async def _end(process: Process, said: asyncio.Future[Any]) -> None:
    """Let the crawl finish the pages in hand; kill it if that takes too long."""
    if process.returncode is None:
        process.terminate()
    await asyncio.wait({said}, timeout=GRACE)
    if process.returncode is None:
        process.kill()
        await asyncio.wait({said})


def _summary(counts: dict[str, Any]) -> str:
    names = ("listed", "stored", "version_edited", "unchanged", "left_new")
    told = [f"{name.removeprefix('version_').replace('_', ' ')} {counts.get(name, 0)}" for name in names]
    # What could not be read is no "no news".
    broken = counts.get("broken_sources") or {}
    if broken:
        url, reason = min(broken.items())
        told.append(f"{len(broken)} sources not read, as {url}: {reason}")
    return ", ".join(told)
