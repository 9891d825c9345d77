"""What it takes to find the copies of an article that arrives in an archive of so many: the curve, and beside others.

Fills an archive with invented articles (`invented`), and at each size lets a batch arrive: three in four are new, one
in four is an older article that a desk has edited (`planted`). Each is compared and put into its cluster as the archive
does it, commits included; recording it is not measured. Each batch is a process of its own, so that its memory is.

`--peers` gives the same articles to datasketch and rensa, which keep their index in memory and compare nothing. They
live in the environment of `requirements-peers.lock`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

from invented import Invented, arrivals
from sqlalchemy import Engine, event, func, insert, select, text
from sqlalchemy.engine import URL

import archive.copies
from archive.copies import Copies
from archive.similarity import profile
from archive.storage import schema
from archive.storage.clusters import StoredText
from archive.storage.engine import connect
from archive.storage.feed import Feed
from archive.storage.migrate import prepare
from archive.storage.sketches import SketchIndex

ROOT = Path(__file__).parent.parent
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
SIZES = (10_000, 100_000)
ARRIVE = 2048
GROUP = 256
"""Articles that arrive in one transaction, as in the archive."""
DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)


def batched(items: Any, size: int) -> Iterator[list[Any]]:
    """So many at a time."""
    left = iter(items)
    while group := list(islice(left, size)):
        yield group


# -- the archive -------------------------------------------------------------------------------------------------------


def fill(engine: Engine, upto: int) -> None:
    """Put invented articles into the archive until there are so many, and into the index; nothing is compared."""
    invented = Invented()
    with engine.begin() as connection:
        if not connection.execute(select(func.count()).select_from(schema.edition)).scalar():
            connection.execute(insert(schema.edition), {"id": 1, "digest": "0" * 64, "name": "bench", "libraries": {}})
            connection.execute(insert(schema.warc_file), {"id": 1, "name": "none.warc.gz"})
        have: int = connection.execute(select(func.coalesce(func.max(schema.document.c.id), 0))).scalar_one()
    for numbers in batched(range(have + 1, upto + 1), 4096):
        bodies = [(number, invented.body(number)) for number in numbers]
        with engine.begin() as connection:
            add_articles(connection, bodies)
            index = SketchIndex(connection)
            for number, body in bodies:
                index.add(number, profile(title=None, lede=None, body=body).sketch)
            index.flush()


def _hurry(connection: Any, _record: object) -> None:
    """What is filled in need not outlast a power cut, and is none of what is measured."""
    for setting in ("synchronous=OFF", "cache_size=-2000000", "wal_autocheckpoint=50000"):
        connection.execute(f"PRAGMA {setting}")


def add_articles(connection: Any, bodies: list[tuple[int, str]]) -> None:
    """Articles of one version each, each of a site of its own hundred."""
    rows = [_rows(number, body) for number, body in bodies]
    for table in ("capture", "document", "reading", "article", "judgement"):
        connection.execute(insert(schema.metadata.tables[table]), [row[table] for row in rows])


def _rows(number: int, body: str) -> dict[str, dict[str, Any]]:
    site = f"bao-{number % 100}.example"
    url = f"https://{site}/{number}.html"
    at = DAY_0 + timedelta(seconds=number)
    digest = hashlib.sha256(url.encode()).hexdigest()
    return {
        "capture": {
            "id": number,
            "public_id": digest[:16],
            "url": url,
            "url_key": url,
            "site": site,
            "captured_at": at,
            "status": 200,
            "payload_digest": digest,
            "payload_size": 1,
            "file_id": 1,
            "file_offset": 0,
            "file_length": 1,
        },
        "document": {
            "id": number,
            "digest": digest,
            "content_hash": digest[:42],
            "published_at": at,
            "title": body[:60],
            "body": body,
            "subheads": [],
            "captions": [],
            "caption_credits": [],
            "tags": [],
            "noarchive": False,
            "provenance": {},
        },
        "reading": {
            "id": number,
            "capture_id": number,
            "edition_id": 1,
            "verdict": "ok",
            "article_key": url,
            "document_id": number,
        },
        "article": {
            "id": number,
            "public_id": digest[:16],
            "url": url,
            "site": site,
            "edition_id": 1,
            "head_id": number,
            "versions": 1,
            "first_seen_at": at,
            "last_seen_at": at,
            "judged_at": at,
        },
        "judgement": {
            "id": number,
            "capture_id": number,
            "edition_id": 1,
            "article_id": number,
            "reading_id": number,
            "outcome": "version",
            "cause": "first",
            "changed": [],
        },
    }


def _stored(number: int, body: str) -> StoredText:
    rows = _rows(number, body)
    article, document = rows["article"], rows["document"]
    return StoredText(number, number, article["public_id"], article["site"], document["title"], None, body)


def arrive(engine: Engine, count: int) -> dict[str, Any]:
    """Let articles arrive, and say what it took."""
    invented = Invented()
    with engine.begin() as connection:
        have: int = connection.execute(select(func.max(schema.document.c.id))).scalar_one()
    coming = list(arrivals(have, count, invented))
    with engine.begin() as connection:
        add_articles(connection, [(number, body) for number, body, _, _ in coming])
    counted: Counter[str] = Counter()
    event.listen(engine, "before_cursor_execute", lambda *_: counted.update(["statements"]))
    can_relate = archive.copies.can_relate

    def counting(*texts: Any) -> Any:
        counted["comparisons"] += 1
        return can_relate(*texts)

    archive.copies.can_relate = counting
    began, server, wall = time.process_time(), 0.0, time.perf_counter()
    for group in batched(coming, GROUP):
        with engine.begin() as connection:
            before = _server_time(connection)
            feed = Feed(connection)
            copies = Copies(connection, [], feed)
            for number, body, _, _ in group:
                copies.welcome(_stored(number, body), None, at=DAY_0 + timedelta(seconds=number))
            copies.flush()
            feed.flush()
            server += _server_time(connection) - before
    spent, wall = time.process_time() - began, time.perf_counter() - wall
    return {
        "articles": have,
        "cpu": 1e6 * (spent + server) / count,
        "a second of cpu": count / (spent + server),
        "server": 1e6 * server / count,
        "wall": 1e6 * wall / count,
        "statements": counted["statements"] / count,
        "comparisons": counted["comparisons"] / count,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": _found(engine, coming),
        **_size(engine, have + count),
    }


def _server_time(connection: Any) -> float:
    """CPU seconds that the server has spent on this connection; 0 where it is no process of this machine."""
    if connection.dialect.name == "sqlite":
        return 0.0
    process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _found(engine: Engine, coming: list[tuple[int, str, str | None, int | None]]) -> dict[str, float]:
    hits: dict[str, list[bool]] = defaultdict(list)
    with engine.begin() as connection:
        rows = connection.execute(select(schema.membership.c.article_id, schema.membership.c.cluster_id))
        home = {row.article_id: row.cluster_id for row in rows}
    for number, _, kind, source in coming:
        if kind is not None:
            hits[kind].append(number in home and home[number] == home.get(source))
    return {kind: sum(each) / len(each) for kind, each in sorted(hits.items())}


def _size(engine: Engine, articles: int) -> dict[str, float]:
    """Bytes an article of what is kept for finding copies."""
    tables = ("sketch", "signature")
    if engine.dialect.name == "sqlite":
        # The driver of the archive is built without this table, that of Python mostly with it.
        connection = sqlite3.connect(str(engine.url.database))
        sizes = {
            table: connection.execute("SELECT SUM(pgsize) FROM dbstat WHERE name = ?", (table,)).fetchone()[0]
            for table in tables
        }
        connection.close()
    else:
        with engine.connect() as reading:
            sizes = {
                table: reading.execute(text(f"SELECT pg_total_relation_size('{table}')")).scalar_one()
                for table in tables
            }
    return {f"{table} bytes": size / articles for table, size in sizes.items()}


# -- the curve ---------------------------------------------------------------------------------------------------------


def show(runs: list[dict[str, Any]]) -> None:
    """The curve, with a straight line in log N through it, and where that line is at ten million."""
    if len(runs) > 1:
        xs, ys = [log(run["articles"]) for run in runs], [run["cpu"] for run in runs]
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum(
            (x - mean_x) ** 2 for x in xs
        )
        at = mean_y + slope * (log(1e7) - mean_x)
        print(f"fit: {slope * log(10):.0f} µs more for ten times the articles; {at:.0f} µs, {1e6 / at:.0f}/s at 10^7")


def measured(keep: str | None) -> dict[int, dict[str, Any]]:
    """What was measured before in a folder that is kept, by size."""
    path = Path(keep, "measured.jsonl") if keep else None
    lines = path.read_text().splitlines() if path is not None and path.exists() else []
    return {run["size"]: run for run in map(json.loads, lines)}


def main() -> None:
    """Print the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--arrive", type=int, default=ARRIVE, help="articles in each batch")
    parser.add_argument("--peers", nargs="*", default=[], help="datasketch, rensa: 12 and 3 GB of memory a million")
    parser.add_argument("--database", help="a PostgreSQL database of its own; without it SQLite")
    parser.add_argument("--folder", help="where the SQLite file is made")
    parser.add_argument("--keep", help="a folder whose SQLite file stays: what was cut off goes on from there")
    parser.add_argument("--only", choices=["fill", "arrive"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory(dir=options.folder) as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        database = options.database or URL.create("sqlite", database=f"{folder}/archive.db").render_as_string()
        if options.only:
            engine = connect(database)
            if options.only == "fill":
                if engine.dialect.name == "sqlite":
                    event.listen(engine, "connect", _hurry)
                fill(engine, options.sizes[0])
            else:
                print(json.dumps(arrive(engine, options.arrive)))
            return
        prepare(database, shown_as="bench")
        before = measured(options.keep)
        runs = [before[size] for size in options.sizes if size in before]
        for size in sorted(set(options.sizes) - set(before)):
            own = [sys.executable, __file__, "--database", database, "--sizes", str(size), "--only"]
            subprocess.run([*own, "fill"], check=True)
            done = subprocess.run([*own, "arrive", "--arrive", str(options.arrive)], check=True, capture_output=True)
            runs.append({"size": size, **json.loads(done.stdout)})
            print(json.dumps(runs[-1]), flush=True)
            if options.keep:
                with Path(options.keep, "measured.jsonl").open("a") as lines:
                    print(json.dumps(runs[-1]), file=lines)
            for peer in options.peers:
                asked = [
                    PEERS_PYTHON,
                    Path(__file__).with_name("peers_copies.py"),
                    peer,
                    str(size),
                    str(options.arrive),
                ]
                print(subprocess.run(asked, check=True, capture_output=True, text=True).stdout, end="", flush=True)
        show(sorted(runs, key=lambda run: run["articles"]))


if __name__ == "__main__":
    main()
