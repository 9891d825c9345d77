"""Protections that a control switches off: with one of them gone its drill must fail, or it proves nothing."""

from __future__ import annotations

from datetime import timedelta

from archive import holding, revisit, warc
from archive.storage import engine, frontier
from crawler import recording
from crawler.crawl import hosts
from crawler.politeness.robots import RobotsRules


def switch_off(names: list[str]) -> None:
    """Do without these, in this process."""
    for name in names:
        _SWITCHES[name]()


def _leases_given_back() -> None:
    frontier.release = lambda *_: 0


def _recovery() -> None:
    warc.repair = lambda path: path.unlink()
    recording.adopt_orphans = lambda _: 0


def _waiting_for_locks() -> None:
    engine.BUSY_TIMEOUT = 200


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
    "recovery": _recovery,
    "waiting for locks": _waiting_for_locks,
    "memory of hosts": _memory_of_hosts,
    "robots": _robots,
    "patience": _patience,
    "holding": _holding,
}
