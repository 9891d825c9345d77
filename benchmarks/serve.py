"""Readers of a served archive while a replay writes into it: how long an answer takes, what fails, what is lost.

Each reader is a person: opens a page, reads for a second or so, opens the next. Server, replay and readers are three
processes. Afterwards the archive must hold what one holds that was written with nobody reading."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import pages

from archive.core import Archive

LUUBAO = (sys.executable, "-m", "crawler.cli")
THINKING = 1.0
"""Seconds between two pages of one reader, on average."""
WORDS = ("xa", "nuoc", "lua", "nguoi dan", "truong", '"ha noi"', "cau -duong", "lào cai")

Taken = dict[str, list[float]]


class Reader(threading.Thread):
    """One reader with one connection."""

    def __init__(self, port: int, number: int, until: threading.Event) -> None:
        super().__init__()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._chance = random.Random(number)
        self._until = until
        self._ids: list[str] = []
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
                if answer.status != 200:
                    self.errors.append(f"{answer.status} {path}")
                elif kind == "API":
                    self._ids = [row["id"] for row in json.loads(body)["items"]]
            except (OSError, http.client.HTTPException) as e:
                self.errors.append(f"{e!r} {path}")
                self._connection.close()
            self.taken[kind].append(time.perf_counter() - began)
            self._until.wait(self._chance.uniform(0, 2 * THINKING))

    def _next(self) -> tuple[str, str]:
        """What this reader opens now; an article half of the time, once it knows any."""
        if self._ids and self._chance.random() < 0.5:
            return "article", f"/articles/{self._chance.choice(self._ids)}"
        return self._chance.choice(
            [
                ("front page", "/"),
                ("list", "/articles"),
                ("API", "/api/v1/articles?limit=50"),
                ("search", f"/search?{urlencode({'q': self._chance.choice(WORDS)})}"),
                ("feed", "/feeds/new.atom"),
            ]
        )


def read_while(port: int, readers: int, work: list[str]) -> tuple[Taken, list[str], float]:
    """(seconds by kind of page, errors, seconds of the work) of so many readers for as long as `work` runs."""
    until = threading.Event()
    crowd = [Reader(port, number, until) for number in range(readers)]
    for reader in crowd:
        reader.start()
    began = time.perf_counter()
    done = subprocess.run(work, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    until.set()
    taken: Taken = defaultdict(list)
    errors = [f"replay: {done.stderr.strip()}"] if done.returncode else []
    for reader in crowd:
        reader.join()
        errors += reader.errors
        for kind, found in reader.taken.items():
            taken[kind] += found
    return taken, errors, seconds


def luubao(*words: object) -> str:
    return subprocess.run([*LUUBAO, *map(str, words)], check=True, capture_output=True, text=True).stdout


def serve(archive: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server of its own process, and its port, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([*LUUBAO, "serve", "--archive", str(archive), "--port", str(port), "--rate", "0"])
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return server, port
    server.kill()
    raise SystemExit("the server did not start")


def compared(read: Path, alone: Path) -> tuple[int, list[str]]:
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
    missing = len(rows[1].keys() - rows[0].keys())
    return missing, [
        f"{name}: {rows[0][name]}, alone {became}"
        for name, became in sorted(rows[1].items())
        if name in rows[0] and rows[0][name] != became
    ]


def report(taken: Taken) -> None:
    print("| page | requests | p50, ms | p95, ms |\n| --- | --: | --: | --: |")
    every = [one for found in taken.values() for one in found]
    for kind, found in [*sorted(taken.items()), ("all", every)]:
        print(f"| {kind} | {len(found)} | {1000 * median(found):.0f} | {1000 * quantiles(found, n=20)[-1]:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--before", type=int, default=500, help="articles that are there already")
    parser.add_argument("--written", type=int, default=500, help="articles that the replay writes meanwhile")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        made = pages.made_of_seeds(chosen.before + chosen.written, host="bao.example")
        before = pages.write(made[: chosen.before], here / "before")
        after = pages.write(made[chosen.before :], here / "after")
        for name in ("read", "alone"):
            luubao("replay", before, "--archive", here / name)
        server, port = serve(here / "read")
        try:
            work = [*LUUBAO, "replay", str(after), "--archive", str(here / "read")]
            taken, errors, seconds = read_while(port, chosen.readers, work)
        finally:
            server.terminate()
            used = os.wait4(server.pid, 0)[2]
        luubao("replay", after, "--archive", here / "alone")
        lost, differing = compared(here / "read", here / "alone")
        same = luubao("fingerprint", "--archive", here / "read") == luubao("fingerprint", "--archive", here / "alone")
    report(taken)
    cpu = 1000 * (used.ru_utime + used.ru_stime) / sum(map(len, taken.values()))
    print(
        f"\nCPU of the server, its start included: {cpu:.0f} ms a request; load of the machine {os.getloadavg()[0]:.1f}"
    )
    print(f"{chosen.readers} readers for {seconds:.0f} s; {len(errors)} errors {errors[:5]}")
    print(f"captures lost: {lost}; judged otherwise than with nobody reading: {differing}; same fingerprint: {same}")


if __name__ == "__main__":
    main()
