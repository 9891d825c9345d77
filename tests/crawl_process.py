"""One crawl in a process of its own, as a test wants it: Scrapy's reactor cannot be started twice.

Called with one JSON object: paper, base, folder, now (ISO), and whatever else `crawl` takes. For drills: `delay`,
`backoff`, `jump` ([answers, days]: the clock is set), `time_limit` of readers, `disk_log` (where to record what is
written and synced), and `without`: protections switched off,
so that a drill can show that it would notice (`drills.controls`)."""

import itertools
import json
import os
import signal
import socket
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from drills import controls, disk

from crawler.crawl import readers
from crawler.crawl.account import CrawlAccount
from crawler.crawl.desk import Desk
from crawler.crawl.offline import Captured
from crawler.crawl.plan import Plan, Revisit
from crawler.crawl.run import Place, crawl
from crawler.sites import Source, SourceKind, find_site


def main() -> None:
    wish = json.loads(sys.argv[1])
    base = wish["base"]
    site = replace(
        find_site(wish["paper"]),
        hosts=(urlsplit(base).hostname,),
        sources=tuple(Source(SourceKind(kind), base + path) for kind, path in wish["sources"]),
    )
    if "kill_after" in wish:
        _kill_after(wish["kill_after"])
    if "disk_log" in wish:
        disk.record(Path(wish["folder"]), Path(wish["disk_log"]), no_sync="synced files" in wish.get("without", ()))
    if wish.get("without"):
        controls.switch_off(wish["without"])
    if "time_limit" in wish:
        readers.TIME_LIMIT = wish["time_limit"]
    captured = Captured(wish["offline"]) if "offline" in wish else None
    if captured or wish.get("no_network"):
        sys.addaudithook(_refuse_network)
    account = crawl(
        site,
        Place(Path(wish["folder"]), wish.get("database")),
        Plan(
            revisit=Revisit(wish.get("revisit", "due")),
            budget=wish.get("budget", 10_000),
            since=datetime.fromisoformat(wish["since"]) if "since" in wish else None,
            is_capture_only=wish.get("capture_only", False),
            captured=captured,
        ),
        clock=captured.now if captured else _clock(datetime.fromisoformat(wish["now"]), *wish.get("jump", (0, 0))),
        allow_private=[urlsplit(base).netloc],
        workers=1,
        progress=(wish["progress"], _tell) if "progress" in wish else None,
        overrides={
            "LUUBAO_DELAY": wish.get("delay", 0.0),
            "LUUBAO_BACKOFF": wish.get("backoff", 0.1),
            **wish.get("settings", {}),
        },
    )
    sys.stdout.write(json.dumps({**account.as_counts(), "broken": account.broken_sources}))


def _clock(start: datetime, answers: int, days: float):
    """A clock that begins at `start`, and is set once by `days`, after so many answers."""
    began = monotonic()
    set_by = timedelta(0)
    if days:
        answered, count = Desk.answered, itertools.count(1)

        async def counting(self, errand, capture):
            nonlocal set_by
            if next(count) == answers:
                set_by = timedelta(days=days)
            await answered(self, errand, capture)

        Desk.answered = counting
    return lambda: start + set_by + timedelta(seconds=monotonic() - began)


def _tell(account: CrawlAccount, left: int) -> None:
    sys.stderr.write(f"progress {account.requests} {left}\n")


def _refuse_network(event: str, arguments: tuple) -> None:
    """End the process at the first look at the network; processes of this machine may talk to each other."""
    is_local = event == "socket.connect" and arguments[0].family == socket.AF_UNIX
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") and not is_local:
        os.write(2, f"network: {event} {arguments[1:]}".encode())
        os._exit(66)


def _kill_after(answers: int) -> None:
    """End like a power cut after so many answers, in the middle of whatever is going on."""
    count = 0
    answered = Desk.answered

    async def counting(self, errand, capture):
        nonlocal count
        count += 1
        if count == answers:
            os.kill(os.getpid(), signal.SIGKILL)
        await answered(self, errand, capture)

    Desk.answered = counting


if __name__ == "__main__":
    main()
