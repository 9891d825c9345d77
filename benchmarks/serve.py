"""Readers of a served archive while something writes into it: how long an answer takes, what fails, what is lost.

Each reader opens a page, reads for a while, opens the next. Server, writer and readers are processes of their own.
Three ways to write and to read:

    crawl    three papers of the newsroom are crawled, a request a second each, as three `luubao crawl` would; readers
             take a second or so between two pages, as people do
    replay   a replay writes as fast as it can; the same readers
    flat     the same replay; readers ask again as soon as they are answered

Afterwards the archive must hold what the papers showed to the crawl, or what one holds that nobody read meanwhile."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

import pages

from archive.core import Archive

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
LUUBAO = (sys.executable, "-m", "crawler.cli")
THINKING = 1.0
"""Seconds between two pages of one reader, on average."""
DELAY = 1.0
"""Seconds between two requests of one crawl: what `luubao crawl` waits."""
SOURCES = (("home", "/"), ("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml"))
WORDS = ("xa", "nuoc", "lua", "nguoi dan", "truong", '"ha noi"', "cau -duong", "lào cai")

Taken = dict[str, list[float]]


class Reader(threading.Thread):
    """One reader with one connection."""

    def __init__(self, port: int, number: int, until: threading.Event, *, thinking: float) -> None:
        super().__init__()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._chance = random.Random(number)
        self._until = until
        self._thinking = thinking
        self._ids: list[str] = []
        self._titles: list[str] = []
        self.taken: Taken = defaultdict(list)
        self.errors: list[str] = []

    def run(self) -> None:
        # People do not all open the site at the same moment.
        self._until.wait(self._chance.uniform(0, 2 * THINKING))
        while not self._until.is_set():
            kind, path = self._next()
            began = time.perf_counter()
            try:
                self._connection.request("GET", path)
                answer = self._connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as e:
                self.errors.append(f"{e!r} {path}")
                self._connection.close()
                continue
            self.taken[kind].append(time.perf_counter() - began)
            if answer.status != 200:
                self.errors.append(f"{answer.status} {path}")
            elif kind == "API":
                items = json.loads(body)["items"]
                self._ids = [row["id"] for row in items]
                self._titles = [row["title"] for row in items if row["title"]]
            self._until.wait(self._chance.uniform(0, 2 * self._thinking))

    def _next(self) -> tuple[str, str]:
        """What this reader opens now; an article half of the time, once it knows any."""
        if self._ids and self._chance.random() < 0.5:
            return "article", f"/articles/{self._chance.choice(self._ids)}"
        return self._chance.choice(
            [
                ("front page", "/"),
                ("list", "/articles"),
                ("API", "/api/v1/articles?limit=50"),
                ("search", f"/search?{urlencode({'q': self._words()})}"),
                ("feed", "/feeds/new.atom"),
            ]
        )

    def _words(self) -> str:
        """One of a few searches that many make, or, as often, a word or two of a title that this reader saw."""
        said = re.findall(r"\w+", self._chance.choice(self._titles)) if self._titles else []
        if not said or self._chance.random() < 0.5:
            return self._chance.choice(WORDS)
        return " ".join(self._chance.sample(said, min(len(said), self._chance.randint(1, 2))))


@dataclass
class Told:
    """What came of one way to write and read."""

    taken: Taken
    errors: list[str]
    seconds: float
    server_cpu: float = 0
    lost: list[str] = field(default_factory=list)
    written: str = ""


def read_while(port: int, readers: int, work: list[list[str]], *, thinking: float) -> Told:
    """What so many readers met for as long as all of `work` ran."""
    until = threading.Event()
    crowd = [Reader(port, number, until, thinking=thinking) for number in range(readers)]
    for reader in crowd:
        reader.start()
    began = time.perf_counter()
    running = [
        subprocess.Popen(one, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for one in work
    ]
    said = [one.communicate()[1].strip() for one in running]
    told = Told(defaultdict(list), [], time.perf_counter() - began)
    until.set()
    told.errors += [f"writer: {error[-500:]}" for one, error in zip(running, said, strict=True) if one.returncode]
    for reader in crowd:
        reader.join()
        told.errors += reader.errors
        for kind, found in reader.taken.items():
            told.taken[kind] += found
    return told


def luubao(*words: object) -> str:
    return subprocess.run([*LUUBAO, *map(str, words)], check=True, capture_output=True, text=True).stdout


@contextmanager
def served(archive: Path, told_cpu: list[float]) -> Iterator[int]:
    """The port of a server of its own process, once it has its index; at the end its seconds of CPU time."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([*LUUBAO, "serve", "--archive", str(archive), "--port", str(port), "--rate", "0"])
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/search?q=xa")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit("the server did not start")
        yield port
    finally:
        server.terminate()
        used = os.wait4(server.pid, 0)[2]
        told_cpu.append(used.ru_utime + used.ru_stime)


@contextmanager
def newsroom(log: Path, *, articles: int) -> Iterator[dict[str, str]]:
    """{paper: its address} of three invented papers in a process of their own."""
    words = ("--papers", "3", "--articles", str(articles), "--own-addresses", "--json", "--log", str(log))
    environment = os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "newsroom", *words], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def beside_crawl(here: Path, before: Path, *, readers: int, seconds: float) -> Told:
    """Three crawls of some seconds at once, and people who read."""
    archive, log = here / "crawled", here / "access.jsonl"
    luubao("replay", before, "--archive", archive)
    cpu: list[float] = []
    pages_each = round(seconds / DELAY)
    with newsroom(log, articles=6 * pages_each) as papers, served(archive, cpu) as port:
        work = [
            [sys.executable, str(TESTS / "crawl_process.py"), json.dumps(crawled(paper, base, archive, pages_each))]
            for paper, base in papers.items()
        ]
        os.environ["PYTHONPATH"] = str(ROOT)
        told = read_while(port, readers, work, thinking=THINKING)
    with Archive.open(archive) as found:
        kept = {urlsplit(row["url"])[1:3] for row in found.rows("captures")}
    answered = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    shown = {(one["host"], one["path"].partition("?")[0]) for one in answered if one["is_article"]}
    told.lost = sorted(map(str, shown - kept))
    luubao("replay", archive, "--archive", here / "replayed")
    same = luubao("fingerprint", "--archive", archive) == luubao("fingerprint", "--archive", here / "replayed")
    told.written = f"{len(shown)} articles shown by {len(papers)} papers; fingerprint equal to that of a replay: {same}"
    told.server_cpu = cpu[0]
    return told


def crawled(paper: str, base: str, archive: Path, count: int) -> dict[str, object]:
    """What `tests/crawl_process.py` is told: it crawls as `luubao crawl` does, and knows where invented papers are."""
    now = datetime(2026, 9, 1, tzinfo=UTC).isoformat()
    place = {"paper": paper, "base": base, "folder": str(archive), "now": now, "sources": SOURCES}
    return place | {"budget": count, "delay": DELAY}


def beside_replay(here: Path, before: Path, after: Path, *, readers: int, thinking: float) -> Told:
    """A replay flat out, and readers who take so many seconds between two pages."""
    cpu: list[float] = []
    for name in ("read", "alone"):
        luubao("replay", before, "--archive", here / name)
    with served(here / "read", cpu) as port:
        work = [*LUUBAO, "replay", str(after), "--archive", str(here / "read")]
        told = read_while(port, readers, [work], thinking=thinking)
    luubao("replay", after, "--archive", here / "alone")
    missing, differing = compared(here / "read", here / "alone")
    told.lost = missing + differing
    same = luubao("fingerprint", "--archive", here / "read") == luubao("fingerprint", "--archive", here / "alone")
    told.written = f"fingerprint equal to that of an archive nobody read: {same}"
    told.server_cpu = cpu[0]
    return told


def compared(read: Path, alone: Path) -> tuple[list[str], list[str]]:
    """(captures that are missing, captures of which something else became), against the archive nobody read.

    A page that takes too long to read on a busy machine is held, with readers or without: that is no lost write.
    """
    rows = []
    for folder in (read, alone):
        with Archive.open(folder) as archive:
            rows.append(
                {
                    row["capture_id"]: (row["outcome"], row["verdict"], row["detail"])
                    for row in archive.rows("judgements")
                }
            )
    missing = sorted(rows[1].keys() - rows[0].keys())
    return missing, [
        f"{name}: {rows[0][name]}, alone {became}"
        for name, became in sorted(rows[1].items())
        if name in rows[0] and rows[0][name] != became
    ]


def report(name: str, told: Told, *, readers: int, thinking: float) -> None:
    """One table, and a few lines."""
    print(f"\n{name}: {readers} readers for {told.seconds:.0f} s, {thinking:.0f} s of thought between two pages\n")
    print("| page | requests | p50, ms | p95, ms | p99, ms |\n| --- | --: | --: | --: | --: |")
    every = [one for found in told.taken.values() for one in found]
    for kind, found in [*sorted(told.taken.items()), ("all", every)]:
        ends = quantiles(found, n=100, method="inclusive") if len(found) > 1 else [found[0]] * 99
        print(f"| {kind} | {len(found)} | " + " | ".join(f"{1000 * ends[at]:.0f}" for at in (49, 94, 98)) + " |")
    print(
        f"\n{len(told.errors)} errors {told.errors[:5]}; lost or judged otherwise: {len(told.lost)} {told.lost[:5]}\n"
        f"{told.written}\n"
        f"CPU of the server, its start included: {1000 * told.server_cpu / len(every):.1f} ms a request; "
        f"load of the machine {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="crawl|replay|flat", help="which of the ways; default: all three")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--before", type=int, default=500, help="articles that are there already")
    parser.add_argument("--written", type=int, default=500, help="articles that the replay writes meanwhile")
    parser.add_argument("--seconds", type=float, default=60, help="of the crawl, about")
    chosen = parser.parse_args()
    readers, ways = chosen.readers, chosen.ways or ["crawl", "replay", "flat"]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        made = pages.made_of_seeds(chosen.before + chosen.written, host="bao.example")
        before = pages.write(made[: chosen.before], here / "before")
        after = pages.write(made[chosen.before :], here / "after")
        if "crawl" in ways:
            told = beside_crawl(here, before, readers=readers, seconds=chosen.seconds)
            report("beside three crawls", told, readers=readers, thinking=THINKING)
        for way, thinking in (("replay", THINKING), ("flat", 0.0)):
            if way in ways:
                told = beside_replay(here / way, before, after, readers=readers, thinking=thinking)
                report("beside a replay flat out", told, readers=readers, thinking=thinking)


if __name__ == "__main__":
    main()
