"""Memory of one long crawl, looked at along the way: is it flat, however many addresses there are?

A site on loopback lists so many tiny articles in sitemaps; one crawl fetches them all, in a process of its own, and
says every second how many answers it has and what its processes hold. What the crawl holds near its end is compared
with what it held in its first tenth."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
A_SITEMAP = 10_000
"""Addresses; the protocol allows five times as many."""
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TARGET = 1.1
"""Memory near the end to memory in the first tenth, SQLite's apart: its pages fill what they may, and no more."""
PLACES = (0.1, 0.25, 0.5, 0.75, 1.0)


# -- the site ----------------------------------------------------------------------------------------------------------


def answer(path: str, base: str, addresses: int) -> tuple[str, bytes]:
    """Content type and body of a path."""
    if path == "/robots.txt":
        return "text/plain", b"User-agent: *\nDisallow: /print/\n"
    if path == "/sitemap.xml":
        parts = range(-(-addresses // A_SITEMAP))
        inner = "".join(f"<sitemap><loc>{base}/posts-{part}.xml</loc></sitemap>" for part in parts)
        return "application/xml", f"<sitemapindex>{inner}</sitemapindex>".encode()
    if path.startswith("/posts-"):
        first = int(path[7:-4]) * A_SITEMAP
        numbers = range(first, min(first + A_SITEMAP, addresses))
        inner = "".join(f"<url><loc>{base}/tin-vung-cao-so-{number}.html</loc></url>" for number in numbers)
        return "application/xml", f"<urlset>{inner}</urlset>".encode()
    number = path.rpartition("-")[2].partition(".")[0]
    text = " ".join(
        f"Sáng nay xã {number} khởi công cây cầu số {at}, dài {at * 7} mét, nối hai thôn." for at in range(8)
    )
    page = (
        f"<html><head><title>Cầu mới số {number}</title></head><body><h1>Cầu mới số {number}</h1><p>{text}</p></body>"
    )
    return "text/html; charset=utf-8", f"{page}</html>".encode()


@contextmanager
def serve(addresses: int) -> Iterator[str]:
    """The site, in a thread of this process; yields its base URL."""
    loop = asyncio.new_event_loop()
    base = ""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                kind, body = answer(head.split(b" ", 2)[1].decode(), base, addresses)
                lines = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(lines.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = loop.run_until_complete(asyncio.start_server(talk, "127.0.0.1", 0))
    host, port = server.sockets[0].getsockname()
    base = f"http://{host}:{port}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


# -- the crawl, in a process of its own --------------------------------------------------------------------------------


def crawl_all(base: str, folder: str, *, reads: bool) -> None:
    """Crawl the site; prints a line a second, and the account."""
    from crawler.crawl.plan import Plan
    from crawler.crawl.run import Place, crawl
    from crawler.sites import Site, Source, SourceKind

    host = urlsplit(base).hostname or ""
    site = Site(
        name="memory", title="Memory", hosts=(host,), articles=(r"\.html$",),
        sources=(Source(SourceKind.SITEMAP, f"{base}/sitemap.xml"),),
    )  # fmt: skip
    began = time.monotonic()
    account = crawl(
        site,
        Place(Path(folder)),
        Plan(budget=sys.maxsize, is_capture_only=not reads),
        clock=lambda: START + timedelta(seconds=time.monotonic() - began),
        allow_private=[urlsplit(base).netloc],
        workers=1,
        progress=(1.0, lambda account, left: say(account.requests, left)),
        overrides={"LUUBAO_DELAY": 0.0},
    )
    say(account.requests, 0)


def say(answers: int, left: int) -> None:
    """Print how far it is, what this process and those below it have resident, and how much of it is SQLite's."""
    print(json.dumps({"answers": answers, "left": left, "memory": resident(), "sqlite": of_sqlite()}), flush=True)


def of_sqlite() -> int:
    """Bytes that SQLite has allocated: nearly all of it pages of the database, for which there is a bound of 64 MiB."""
    from archive.storage.engine import sqlite_module

    is_bundled = sqlite_module().__name__.startswith("pysqlite3")
    library = ctypes.CDLL(import_module("pysqlite3._sqlite3" if is_bundled else "_sqlite3").__file__)
    library.sqlite3_memory_used.restype = ctypes.c_int64
    return int(library.sqlite3_memory_used())


def resident() -> int:
    """Bytes that the processes of this session have resident; those that share pages count them each."""
    mine, total = os.getsid(0), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == mine:
                total += int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError):  # it has ended
            continue
    return total


# -- what it says ------------------------------------------------------------------------------------------------------


def measure(addresses: int, *, reads: bool) -> dict[str, Any]:
    """Let the crawl run, and look at what it says."""
    (ROOT / "bench-work").mkdir(exist_ok=True)
    began = time.monotonic()
    with serve(addresses) as base, tempfile.TemporaryDirectory(dir=ROOT / "bench-work") as work:
        wish = json.dumps({"base": base, "folder": f"{work}/archive", "reads": reads})
        words = [sys.executable, __file__, "--measure", wish]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            assert process.stdout is not None
            looks = [json.loads(line) for line in process.stdout]
        if process.returncode:
            raise SystemExit(f"the crawl ended with status {process.returncode}")
    return summary(looks, addresses, time.monotonic() - began)


def summary(looks: list[dict[str, int]], addresses: int, seconds: float) -> dict[str, Any]:
    """Memory at some places of the crawl, and how it grew between the first and the last."""
    last = looks[-1]["answers"]
    along = {}
    for share in PLACES:
        near = [look for look in looks if (share - 0.1) * last <= look["answers"] <= share * last]
        most = max(near, key=lambda look: look["memory"])
        along[f"{share:.0%}"] = {"memory": most["memory"], "sqlite": most["sqlite"]}
    first, end = (along[f"{share:.0%}"] for share in (PLACES[0], PLACES[-1]))
    growth = (end["memory"] - end["sqlite"]) / (first["memory"] - first["sqlite"])
    return {
        "addresses": addresses,
        "answers": last,
        "seconds": round(seconds),
        "along": along,
        "growth": end["memory"] / first["memory"],
        "growth_without_sqlite": growth,
        "is_flat": growth <= TARGET,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--addresses", type=int, default=50_000, help="that the site lists (default: 50000)")
    parser.add_argument("--read", action="store_true", help="read the pages, too, and not only keep them")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--measure", type=json.loads, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        crawl_all(chosen.measure["base"], chosen.measure["folder"], reads=chosen.measure["reads"])
        return
    found = measure(chosen.addresses, reads=chosen.read)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['answers']} answers of {found['addresses']} addresses in {found['seconds']} s")
    for place, held in found["along"].items():
        print(
            f"up to {place:>4} of the answers: {held['memory'] / 1e6:.0f} MB, of it {held['sqlite'] / 1e6:.1f} SQLite's"
        )
    verdict = "flat" if found["is_flat"] else f"grows, where at most {TARGET} is wanted"
    print(f"last to first: {found['growth']:.2f}; without SQLite {found['growth_without_sqlite']:.2f}, {verdict}")


if __name__ == "__main__":
    main()
