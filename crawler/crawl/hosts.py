"""Remember in the archive what hosts asked of us: their robots.txt, and how long to leave them alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from archive.core import Archive
from archive.storage import frontier
from crawler.crawl.writer import Writer
from crawler.politeness.holds import Hold
from crawler.politeness.robots import RobotsCopy


class RememberedHosts:
    """Both stores of `crawler.politeness`: answers at once from memory, and writes behind."""

    def __init__(self, writer: Writer, give_up: Callable[[Exception], Awaitable[None]]) -> None:
        self._writer, self._give_up = writer, give_up
        self._holds: dict[str, Hold] = {}
        self._robots: dict[str, RobotsCopy] = {}
        self._writes: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Read what earlier runs remembered."""

        def read(archive: Archive) -> list[frontier.Host]:
            with archive.writing() as connection:
                return frontier.hosts(connection)

        for host in await self._writer.call(read):
            if host.hold_until is not None:
                self._holds[host.origin] = Hold(host.origin, host.hold_until, host.hold_reason or "")
            if host.robots_at is not None and host.robots_status is not None:
                self._robots[host.origin] = RobotsCopy(host.robots_status, host.robots_body or b"", host.robots_at)

    def get_hold(self, host: str) -> Hold | None:
        """The last hold of `host`."""
        return self._holds.get(host)

    def put_hold(self, hold: Hold) -> None:
        """Remember `hold`."""
        self._holds[hold.host] = hold
        self._write(hold.host, hold_until=hold.until, hold_reason=hold.reason)

    def get_robots(self, origin: str) -> RobotsCopy | None:
        """The last robots.txt of `origin`."""
        return self._robots.get(origin)

    def put_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Remember `copy`."""
        self._robots[origin] = copy
        self._write(origin, robots_status=copy.status, robots_body=copy.body, robots_at=copy.fetched_at)

    def _write(self, origin: str, **columns: object) -> None:
        def remember(archive: Archive) -> None:
            with archive.writing() as connection:
                frontier.set_host(connection, origin, **columns)

        async def write() -> None:
            try:
                await self._writer.call(remember)
            except Exception as e:  # noqa: BLE001  nobody waits for this task, so nobody else would hear of it
                await self._give_up(e)

        task = asyncio.get_running_loop().create_task(write())
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def settle(self) -> None:
        """Return when everything is written."""
        if self._writes:
            await asyncio.gather(*self._writes)


class HoldStore:
    """The view of `RememberedHosts` that `crawler.politeness.holds` wants."""

    def __init__(self, hosts: RememberedHosts) -> None:
        self.get, self.put = hosts.get_hold, hosts.put_hold


class RobotsStore:
    """The view of `RememberedHosts` that `crawler.politeness.robots` wants."""

    def __init__(self, hosts: RememberedHosts) -> None:
        self.get, self.put = hosts.get_robots, hosts.put_robots
