"""One crawl in a process of its own, as a test wants it: Scrapy's reactor cannot be started twice.

Called with one JSON object: paper, base, folder, now (ISO), and whatever else `crawl` takes."""

import json
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from crawler.crawl.desk import Desk, Plan, Revisit
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
    start, began = datetime.fromisoformat(wish["now"]), monotonic()
    if "kill_after" in wish:
        _kill_after(wish["kill_after"])
    account = crawl(
        site,
        Place(Path(wish["folder"])),
        Plan(revisit=Revisit(wish.get("revisit", "due")), budget=wish.get("budget", 10_000)),
        clock=lambda: start + timedelta(seconds=monotonic() - began),
        allow_private=[urlsplit(base).netloc],
        workers=1,
        overrides={"LUUBAO_DELAY": 0.0, "LUUBAO_BACKOFF": 0.1},
    )
    sys.stdout.write(json.dumps({**account.as_counts(), "broken": account.broken_sources}))


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
