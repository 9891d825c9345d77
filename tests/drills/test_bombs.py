"""D10: answers that grow, never end or lead in circles, amid a crawl: each costs its own verdict and nothing else."""

import json
import threading
from contextlib import contextmanager
from pathlib import Path

from drills.lab import newsroom, say, size, standing

MIB = 1024 * 1024
BOMB = 300 * MIB
ARTICLES = {
    # What each article answers with, and what the frontier says of it afterwards: (state, problem).
    "gzip_bomb": ("known", "too_big"),
    "endless": ("new", "DownloadCancelledError"),
    "trickle": ("known", "truncated"),
    "redirect_loop": ("moved", None),
    "gzip_cut": ("known", "undecodable"),
}
SOURCES = {
    "/rss/home.rss": "xml_bomb",
    "/sitemaps/news-2026-3.xml": "gzip_bomb",
}
MAIN_LIMIT, READER_LIMIT = 400 * MIB, 1200 * MIB
"""Of the crawl itself, and of a process that reads pages, which needs 150 MiB before the first one."""


@contextmanager
def peaks(process):
    """Most memory that the processes of a crawl had resident at any time, in bytes, by process id."""
    found: dict[int, int] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
                    if session == process.pid:
                        found[int(folder.name)] = max(_peak(folder), found.get(int(folder.name), 0))
                except (OSError, ValueError):  # it has ended
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _peak(folder: Path) -> int:
    lines = (folder / "status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)  # 0: it is ending


def frontier_of(lab) -> dict[str, tuple[str, str | None]]:
    """What the frontier says of each article."""
    rows = lab.ask("SELECT url, state, problem FROM frontier WHERE kind = 'article'")
    return {url.removeprefix(lab.base): (state, problem) for url, state, problem in rows}


def test_d10_bombs_and_answers_without_end_cost_only_themselves(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=size(24, 40), database=tables_at_length) as lab:
        hostile = dict(zip(sorted(standing(lab)), ARTICLES, strict=False))
        for path, kind in (hostile | SOURCES).items():
            lab.server.faults.add(kind, path=f"^{path}$", size=BOMB, seconds=600)
        rate = {"LUUBAO_RATE_WINDOW": 1.0, "DOWNLOAD_TIMEOUT": 20}
        process = lab.start(settings=rate)
        with peaks(process) as memory:
            said, complaint = process.communicate(timeout=240)
        assert process.returncode == 0, complaint[-2000:]
        good = standing(lab) - hostile.keys()
        articles = lab.articles().keys()
        main, readers = memory.pop(process.pid), max(memory.values())
        say(
            "D10 bombs", engine=lab.engine, good=f"{len(good & articles)}/{len(good)}",
            hostile=len(hostile) + len(SOURCES), main_mib=main // MIB, reader_mib=readers // MIB,
        )  # fmt: skip
        assert good <= articles
        assert not hostile.keys() & articles
        known = frontier_of(lab)
        assert {kind: known[path] for path, kind in hostile.items()} == ARTICLES
        assert lab.judge(good).is_sound
        assert main <= MAIN_LIMIT
        assert readers <= READER_LIMIT
        # A loop is walked once, and each answer is asked for once in a run.
        asked = [one.path for one in lab.server.log]
        assert max(asked.count(path) for path in asked if path != "/robots.txt") == 1
        assert {path.removeprefix(lab.base) for path in json.loads(said)["broken"]} == SOURCES.keys()
