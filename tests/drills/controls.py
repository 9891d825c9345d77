"""Protections that a control switches off: with one of them gone its drill must fail, or it proves nothing."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta

from archive import holding, revisit, warc
from archive.prepared import prepare_capture
from archive.storage import engine, frontier
from crawler import recording
from crawler.crawl import hosts
from crawler.crawl.desk import Desk
from crawler.politeness.robots import RobotsRules


def switch_off(names: list[str]) -> None:
    """Do without these, in this process."""
    for name in names:
        _SWITCHES[name]()


def _leases_given_back() -> None:
    frontier.release = lambda *_: 0


def _mending_of_due_times() -> None:
    frontier.mend = lambda *_, **__: 0


def _recovery() -> None:
    warc.repair = lambda path: path.unlink()
    recording.adopt_orphans = lambda _: 0


def _waiting_for_locks() -> None:
    engine.BUSY_TIMEOUT = 200


def _strict_bodies() -> None:
    """Read what arrived as Scrapy hands it over: inflated as far as it goes, and nothing said of what is missing."""
    read = Desk._read_page

    async def read_anything(self, capture):
        headers = tuple(
            pair for pair in capture.headers if pair[0].lower() not in ("content-encoding", "content-length")
        )
        is_gzip = (capture.header("Content-Encoding") or "") == "gzip"
        body = zlib.decompressobj(wbits=31).decompress(capture.payload) if is_gzip else capture.payload
        document, _ = await read(self, replace(capture, headers=headers, payload=body, truncated=None))
        return document, prepare_capture(capture, document)

    Desk._read_page = read_anything


def _synced_commits() -> None:
    settings = engine._sqlite_settings

    def lax(connection, record) -> None:
        settings(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    engine._sqlite_settings = lax
    settings_there = engine._postgresql_settings

    def lax_there(connection, record) -> None:
        settings_there(connection, record)
        connection.autocommit = True
        connection.execute("RESET synchronous_commit")
        connection.autocommit = False

    engine._postgresql_settings = lax_there


def _memory_of_hosts() -> None:
    async def load(_self) -> None:
        """Know nothing of earlier runs."""

    hosts.RememberedHosts.load = load


def _robots() -> None:
    RobotsRules.allows = lambda *_: True


def _patience() -> None:
    revisit.next_attempt = lambda _attempts, at: at
    revisit.REST = timedelta(0)


def _holding() -> None:
    holding.reason_to_hold = lambda *_, **__: None


_SWITCHES = {
    "leases given back": _leases_given_back,
    "mending of due times": _mending_of_due_times,
    "recovery": _recovery,
    "waiting for locks": _waiting_for_locks,
    "strict bodies": _strict_bodies,
    "synced commits": _synced_commits,
    "synced files": lambda: None,  # whoever records the disk leaves them out
    "memory of hosts": _memory_of_hosts,
    "robots": _robots,
    "patience": _patience,
    "holding": _holding,
}
