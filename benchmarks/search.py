"""How long a search takes: 50 queries of each kind, 20 hits each, on archives of 20,000 and 100,000 invented articles.

The articles are written straight into the tables, as searching is measured here and not recording. Their syllables
are as unequally common as those of a language (Zipf), so that the hard case is there: a word that stands in half of
all articles, together with a filter that leaves few of them."""

from __future__ import annotations

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import URL

from archive.core import Archive
from archive.query import Filters
from archive.search import Sort, search
from archive.storage import schema
from archive.storage.engine import connect
from archive.storage.migrate import prepare

SEED = 1
HITS = 20
QUERIES = 50
SYLLABLES = 250
"""In a body."""
DAYS = 1000
DAY_0 = datetime(2023, 1, 1, tzinfo=UTC)
SITES = [f"bao-{number}.example" for number in range(200)]


class Language:
    """Syllables with marks, the first ones far more common than the last."""

    def __init__(self, chance: random.Random) -> None:
        onsets = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
        rimes = (
            "a à á ả ã ạ ăn ắn ặn âm ấm ậm e é è ê ế ề i í ì o ó ò ô ố ồ ơ ớ ờ u ú ù ư ứ ừ ang áng ong ông ương".split()
        )
        self.words = [onset + rime for onset in onsets for rime in rimes]
        chance.shuffle(self.words)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self._chance = chance

    def text(self, count: int) -> str:
        return " ".join(self._chance.choices(self.words, cum_weights=self._weights, k=count))


def fill(engine: Any, articles: int, syllables: int) -> None:
    """Articles of one version, with bodies of so many syllables; sites as unequal as papers, every fifth a copy."""
    chance = random.Random(SEED)
    language = Language(chance)
    with engine.begin() as connection:
        connection.execute(insert(schema.edition), {"id": 1, "digest": "0" * 64, "name": "bench", "libraries": {}})
        connection.execute(insert(schema.warc_file), {"id": 1, "name": "none.warc.gz"})
        numbers = iter(range(1, articles + 1))
        while batch := list(islice(numbers, 2000)):
            rows = [_rows(number, language, chance, syllables) for number in batch]
            for table in ("capture", "document", "reading", "article", "judgement", "membership"):
                found = [row[table] for row in rows if table in row]
                connection.execute(insert(schema.metadata.tables[table]), found)


def _rows(number: int, language: Language, chance: random.Random, syllables: int) -> dict[str, dict[str, Any]]:
    site = SITES[int(len(SITES) * chance.random() ** 3)]
    url = f"https://{site}/{number}.html"
    at = DAY_0 + timedelta(days=DAYS * chance.random())
    digest = hashlib.sha256(url.encode()).hexdigest()
    moment = {"captured_at": at, "url": url, "url_key": url, "site": site}
    made: dict[str, dict[str, Any]] = {
        "capture": {
            **moment,
            "id": number,
            "public_id": digest[:16],
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
            "title": language.text(10),
            "lede": language.text(30),
            "body": language.text(syllables),
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
    if chance.random() < 0.2:
        said = {"article_id": number, "cluster_id": digest[:16], "role": "copy", "reason": "exact", "is_a": False}
        made["membership"] = said
    return made


Query = tuple[str, dict[str, Any]]


def queries() -> dict[str, Iterator[Query]]:
    """Endless queries of each kind, by its name."""
    chance = random.Random(SEED)
    language = Language(random.Random(SEED))  # the same words as in the texts
    common, middle, rare = language.words[:20], language.words[50:300], language.words[-200:]

    def some(words: list[str], count: int = 1) -> str:
        return " ".join(chance.sample(words, count))

    def kind(make: Any) -> Iterator[Query]:
        while True:
            yield make()

    since = DAY_0 + timedelta(days=DAYS)
    return {
        "a common word": kind(lambda: (some(common), {})),
        "a rare word": kind(lambda: (some(rare), {})),
        "two words": kind(lambda: (some(middle, 2), {})),
        "four words": kind(lambda: (f"{some(common, 2)} {some(middle, 2)}", {})),
        "a phrase": kind(lambda: (f'"{some(common)} {some(middle)}"', {})),
        "an exclusion": kind(lambda: (f"{some(middle)} -{some(common)}", {})),
        "by date": kind(lambda: (some(common, 2), {"sort": Sort.DATE})),
        "common, a rare site": kind(lambda: (some(common), {"filters": Filters(site=chance.choice(SITES[100:]))})),
        "common, one day": kind(lambda: (some(common), {"filters": _day(chance.random())})),
        "common, last week": kind(
            lambda: (some(common), {"filters": Filters(since=since - timedelta(days=7), until=since)})
        ),
        "common, originals": kind(lambda: (some(common), {"filters": Filters(originals=True)})),
    }


def _day(share: float) -> Filters:
    begin = DAY_0 + timedelta(days=int(DAYS * share))
    return Filters(since=begin, until=begin + timedelta(days=1))


def measure(archive: Archive) -> dict[str, tuple[float, float, float, float]]:
    """{kind: (median and 95th percentile of CPU time, 95th percentile on the clock, hits on average)}, times in ms."""
    found = {}
    for name, asked in queries().items():
        spent, passed, hits = [], [], 0
        for query, options in islice(asked, QUERIES):
            began = time.process_time(), time.perf_counter()
            hits += len(list(islice(search(archive, query, expected=HITS, **options), HITS)))
            spent.append(1000 * (time.process_time() - began[0]))
            passed.append(1000 * (time.perf_counter() - began[1]))
        found[name] = (_percentile(spent, 0.5), _percentile(spent, 0.95), _percentile(passed, 0.95), hits / QUERIES)
    return found


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def run(
    folder: Path, articles: int, database: str | None, syllables: int
) -> dict[str, tuple[float, float, float, float]]:
    """Make an archive of so many articles unless it is there, fill its index, and search it."""
    if not folder.exists():
        make(folder, articles, database, syllables)
    with Archive.open(folder, database=database) as archive:
        began = time.process_time()
        archive.update_index()
        spent = time.process_time() - began
        size = sum(path.stat().st_size for path in folder.glob("search.db")) / articles
        print(
            f"{articles} articles: index filled at {1e3 * spent / articles:.2f} CPU ms and {size:.0f} bytes an article"
        )
        return measure(archive)


def make(folder: Path, articles: int, database: str | None, syllables: int) -> None:
    """An archive of so many articles, under its name only when it is whole."""
    unfinished = folder.with_suffix(".unfinished")
    unfinished.mkdir(parents=True)
    url = database or URL.create("sqlite", database=str(unfinished / "archive.db"))
    prepare(url, shown_as="benchmark")
    engine = connect(url)
    fill(engine, articles, syllables)
    engine.dispose()
    unfinished.rename(folder)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--database", help="an empty PostgreSQL database, for one number of articles")
    parser.add_argument("--syllables", type=int, default=SYLLABLES, help="in the body of an article")
    parser.add_argument("--keep", type=Path, help="a folder for the archives, which are used again if they are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.keep or Path(passing)
        found = {size: run(folder / str(size), size, options.database, options.syllables) for size in options.articles}
    print("| query | " + " | ".join(f"{size}: p50 CPU, ms | p95 CPU | p95 clock | hits" for size in found) + " |")
    print("| --- |" + " --: |" * 4 * len(found))
    for name in queries():
        figures = [each[name] for each in found.values()]
        cells = [f"{p50:.1f} | {p95:.1f} | {clock:.1f} | {hits:.0f}" for p50, p95, clock, hits in figures]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
