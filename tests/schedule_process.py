"""One scheduler in a process of its own, as a test wants it: short intervals, and crawls that write down when they ran.

Called with one JSON object: folder, log, sites, every and lease (seconds), seconds (how long to go on), leases (false
for the control: nobody holds a slot)."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.storage import slots
from crawler.config import Config, SiteConfig
from crawler.crawl.writer import Writer
from crawler.schedule.runner import Runner
from crawler.sites import find_site

_CRAWL = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as a crawl does, it finishes what it has in hand
log, site, parent = sys.argv[1:4]
def note(what):
    with open(log, "a") as file:
        file.write(f"{time.time():.3f} {what} {site} {os.getpid()}\\n")
note("begins")
for _ in range(12):
    time.sleep(0.02)
    if os.getppid() != int(parent):
        break
note("ends")
print("{}")
"""


async def main() -> None:
    wish = json.loads(sys.argv[1])
    if not wish.get("leases", True):
        slots.claim = lambda *_, **__: True
        slots.hold = lambda *_, **__: True
    sites = [replace(find_site("baolaocai"), name=name) for name in wish["sites"]]
    writer = Writer(Path(wish["folder"]), None)
    await writer.open()
    config = Config(standard=SiteConfig(every=timedelta(seconds=wish["every"])), parallel=2)
    runner = Runner(
        sites,
        config,
        command=lambda site: [sys.executable, "-c", _CRAWL, wish["log"], site.name, str(os.getpid())],
        writer=writer,
        clock=lambda: datetime.now(UTC),
        tell=lambda _: None,
        lease=timedelta(seconds=wish["lease"]),
    )
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, runner.stop)
    loop.call_later(wish["seconds"], runner.stop)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await runner.forever()
    await writer.close()


if __name__ == "__main__":
    asyncio.run(main())
