"""Where a drill takes place: a newsroom, an archive, crawls as processes, and the judge of what is left."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from newsroom import Newsroom, oracle, serve

from archive import warc
from archive.core import Archive
from archive.storage.engine import connect
from archive.verify import verify
from crawler.extraction.content_encoding import Failure, decode_content

ROOT = Path(__file__).parent.parent.parent
IS_LONG = os.environ.get("LUUBAO_DRILLS") == "long"
long_only = pytest.mark.skipif(not IS_LONG, reason="in `make drills` only: it would take too long here")
SEED = int(os.environ.get("LUUBAO_DRILLS_SEED", "20261125"))
BACKFILL = "2020-01-01T00:00:00+00:00"
"""Since when: lists of all that the paper ever printed are read, and not the current ones alone."""
SOURCES = [("home", "/"), ("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml")]


def size(short, long):
    """A number of a drill: the short form runs with every `make test`, the long one with `make drills`."""
    return long if IS_LONG else short


def say(drill: str, **figures) -> None:
    """Print what was measured, with the seed that makes it happen again."""
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    sys.stdout.write(f"\n{drill}: {told} (seed {SEED})\n")


def dice(drill: str) -> random.Random:
    return random.Random(f"{SEED} {drill}")


@dataclass
class Findings:
    """What the judge says of an archive after a drill."""

    articles: int
    lost: set[str]
    doubled: set[str]
    problems: list[str] = field(default_factory=list)
    captures: int = 0
    revisits: int = 0
    """Captures whose payload an earlier record holds."""

    @property
    def is_sound(self) -> bool:
        return not self.lost and not self.doubled and not self.problems


class Lab:
    """One paper, one archive."""

    def __init__(self, server, folder: Path, database: str | None = None) -> None:
        self.server, self.folder, self.database = server, folder, database
        self.paper = server.newsroom.papers[0].name
        self.base = server.urls[self.paper]
        self._began = time.monotonic()

    @property
    def engine(self) -> str:
        """Where the tables are."""
        return "postgresql" if self.database else "sqlite"

    def now(self) -> datetime:
        """The clock of crawls: the paper's, and the time that this drill takes.

        For a crawl that began where the last one began, what that one found at its end would not be due yet."""
        return self.server.now() + timedelta(seconds=time.monotonic() - self._began)

    def start(self, *, env: dict[str, str] | None = None, **wish) -> subprocess.Popen:
        """Begin a crawl in a session of its own."""
        wish = {
            "paper": self.paper,
            "base": self.base,
            "folder": str(self.folder),
            "database": self.database,
            "now": self.now().isoformat(),
            "sources": SOURCES,
        } | wish
        return subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "crawl_process.py"), json.dumps(wish)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def crawl(self, *, status: int = 0, **wish) -> dict:
        """One whole crawl, and its account."""
        process = self.start(**wish)
        said, complaint = process.communicate(timeout=900)
        assert process.returncode == status, f"status {process.returncode}: {complaint[-2000:]}"
        return json.loads(said) if status == 0 else {"complaint": complaint}

    def kill_after(self, answers: int, *, number: int = signal.SIGKILL, **wish) -> bool:
        """Begin a crawl and kill it when the server has answered so often; False if it had ended before."""
        before = len(self.server.log)
        process = self.start(**wish)
        while process.poll() is None and len(self.server.log) < before + answers:
            time.sleep(0.002)
        is_killed = process.poll() is None
        if is_killed:
            os.kill(process.pid, number)
        process.communicate(timeout=120)
        return is_killed

    def open(self) -> Archive:
        """The archive, for reading."""
        return Archive.open(self.folder, database=self.database)

    def ask(self, query: str) -> list[tuple]:
        """What the tables say, whichever engine holds them."""
        engine = connect(self.database or f"sqlite:///{self.folder / 'archive.db'}", is_readonly=True)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(query)]
        finally:
            engine.dispose()

    def articles(self) -> dict[str, dict]:
        with self.open() as archive:
            return {_path(row["url"]): row for row in archive.rows("articles")}

    def served(self) -> set[str]:
        """Paths of the articles that the server has shown."""
        shown = (one for one in self.server.log if one.is_article and one.status == 200 and one.fault is None)
        return {_path(one.path) for one in shown}

    def judge(self, expected: set[str], *, versions: Mapping[str, int] | None = None) -> Findings:
        """Whether everything expected is there once, and every record stands where its row says.

        `versions` says of how many versions an article may be; without it, of one."""
        allowed = versions or {}
        articles = self.articles()
        found = Findings(
            articles=len(articles),
            lost=expected - articles.keys(),
            doubled={path for path, row in articles.items() if row["versions"] > allowed.get(path, 1)},
        )
        with self.open() as archive:
            found.problems += [f"{problem.where}: {problem.what}" for problem in verify(archive).problems]
            rows = list(archive.rows("captures"))
            found.captures = len(rows)
            found.revisits = sum(row["payload_capture_id"] is not None for row in rows)
            found.problems += _pointers(archive, rows)
        records = 0
        for path in sorted((self.folder / "captures").glob("*.warc.gz")):
            try:
                gzip.decompress(path.read_bytes())
            except (EOFError, OSError, zlib.error) as e:
                found.problems.append(f"{path.name}: {e}")
            records += sum(isinstance(one, warc.Scanned) for one in warc.scan(path))
        if records != len(rows):
            found.problems.append(f"{records} records, {len(rows)} rows")
        return found


@contextmanager
def cli(lab: Lab, *, room: int | None = None, delay: float = 0, without=()):
    """`luubao crawl` of the paper, by its command line; no file may grow beyond `room` bytes."""
    steps = [
        f"from drills.controls import switch_off; switch_off({list(without)})",
        "from crawler.cli import main; main()",
    ]
    if room is not None:
        steps.insert(0, f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))")
    command = ["crawl", f"{lab.base}/", "--allow-private", "--delay", str(delay), "--archive", str(lab.folder)]
    if lab.database is not None:
        command += ["--database", lab.database]
    process = subprocess.Popen(
        [sys.executable, "-c", "; ".join(steps), *command],
        cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process) -> tuple[int, str]:
    """Exit status and last line on stderr, when the process has ended by itself."""
    _, complaint = process.communicate(timeout=120)
    return process.returncode, complaint.strip().splitlines()[-1] if complaint.strip() else ""


def _pointers(archive: Archive, rows: list[dict]) -> list[str]:
    """Captures that cannot be read at the place that their row names, as what the row says."""
    wrong = []
    for row in rows:
        capture = archive.load_capture(row["capture_id"])
        if capture.url != row["url"] or warc.capture_id(capture) != row["capture_id"]:
            wrong.append(f"capture {row['capture_id']} is another one")
    return wrong


def _path(url: str) -> str:
    return urlsplit(url).path  # what follows it is where the reader came from


@contextmanager
def newsroom(folder: Path, *, articles: int, paper: str = "baolaocai", seed: int = 7, database: str | None = None):
    """A lab with one paper that has about so many articles."""
    with serve(Newsroom(seed, papers=(paper,), articles=articles)) as server:
        yield Lab(server, folder, database)


def printed(lab: Lab) -> dict[str, int]:
    """How many versions of each article the paper showed whole, by path."""
    shown = oracle(lab.server.newsroom, lab.server.now(), lab.server.visits())
    return {_path(article.url): len(article.versions) for article in shown}


def never_printed(lab: Lab) -> list[str]:
    """Versions whose capture is no page as the paper printed it at any moment of this drill."""
    moments = sorted({one.clock for one in lab.server.log})
    wrong = []
    with lab.open() as archive:
        for row in archive.rows("versions"):
            capture = archive.load_capture(row["capture_id"])
            content = decode_content(capture.payload, capture.header("Content-Encoding"))
            pages = (lab.server.newsroom.page(lab.paper, _path(capture.url), moment).body for moment in moments)
            if isinstance(content, Failure) or content.body not in pages:
                wrong.append(f"version {row['version']} of {capture.url}")
    return wrong


def standing(lab: Lab) -> set[str]:
    """Paths of all articles that the paper has now."""
    model, now = lab.server.newsroom, lab.server.now()
    minute = int(now.timestamp()) // 60
    stories = model.stories(model.papers[0], now)
    return {story.path(minute) for story in stories if not story.life.is_gone_at(minute)}


def gaps(log) -> list[float]:
    """Seconds from the end of each answer to the next request of the same host."""
    entries = sorted(log, key=lambda one: one.begun)
    return [later.begun - earlier.done for earlier, later in itertools.pairwise(entries)]


FORBIDDEN = re.compile(r"^/(?:tim-kiem|tu-khoa|print|search)")
