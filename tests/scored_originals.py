"""How often the article that is held to be the original is the original, by how sure the archive says it is.

The newsroom knows who copied whom. What an archive knows of it is spoilt by chance, as it is outside: pages without
a date, or with that of their last edit; copies that credit nobody; sites reached late, or all on one day; mirrors
with dates of their own choice; originals that nobody captured, where whatever is held to be the original is wrong.

`python tests/scored_originals.py` prints the table of docs/quality.md."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from newsroom import PAPERS, START, Kind, Newsroom, oracle

from archive.originals import Candidate, Grade, candidate, choose, confidence
from archive.outlets import Standing

SEED, HELD_OUT_SEED = 3, 20261128
NOW = START + timedelta(days=2)
MINUTE = int(NOW.timestamp()) // 60
DAY = timedelta(days=1)
NO_DATE, LATER_DATE, SAME_DATE = 0.2, 0.05, 0.1
NO_CREDIT, NOT_CAPTURED, BACKFILLED, MIRRORED = 0.4, 0.1, 0.3, 0.15


def stories(seed: int, articles: int) -> Iterator[tuple[Candidate, list[tuple[Candidate, Kind]]]]:
    """(original, its copies) as the newsroom has them: everything is dated, credited, and captured when it came out."""
    newsroom = Newsroom(seed, papers=len(PAPERS), articles=articles)
    by_url = {article.url: article for article in oracle(newsroom, NOW)}
    found: dict[str, list[tuple[str, Kind]]] = defaultdict(list)
    for copy in oracle(newsroom, NOW).copies():
        if copy.copy in by_url and copy.original in by_url:
            found[copy.original].append((copy.copy, copy.kind))
    for url, copies in found.items():
        yield _candidate(by_url[url], None), [(_candidate(by_url[name], by_url[url]), kind) for name, kind in copies]


def _candidate(article, source) -> Candidate:
    paper, said = article.story.paper, article.content
    made = candidate(
        article.url,
        url=article.url,
        site=paper.site or article.url.split("/")[2],
        first_seen_at=article.published_at,
        published_at=article.published_at,
        credit_site=source.story.paper.site if source is not None and said.credit else None,
        credit_url=source.url if source is not None and said.credit_url else None,
    )
    return replace(made, standing=Standing.REPUBLISHER) if paper.site == "vietnam_vn" else made


def spoilt(
    original: Candidate, copies: list[tuple[Candidate, Kind]], chance: random.Random
) -> tuple[list[Candidate], list[Candidate]]:
    """(core, excerpts) as an archive may know them."""
    is_backfilled = chance.random() < BACKFILLED
    begins_at = max(one.at for one in (original, *(copy for copy, _ in copies))) + DAY

    def seen(one: Candidate) -> Candidate:
        late = timedelta(minutes=chance.uniform(0, 24 * 60 if is_backfilled else 6 * 60))
        at = (begins_at if is_backfilled else one.at) + late
        dated: datetime | None = one.published_at
        if dated is not None and chance.random() < LATER_DATE:
            dated += timedelta(minutes=chance.uniform(10, 24 * 60))
        return replace(one, first_seen_at=at, published_at=None if chance.random() < NO_DATE else dated)

    core, excerpts = [], []
    for copy, kind in copies:
        known = seen(copy)
        if chance.random() < NO_CREDIT:
            known = replace(known, credit_site=None, credit_url=None)
        if chance.random() < SAME_DATE:
            known = replace(known, published_at=original.published_at)
        (excerpts if kind is Kind.EXCERPT else core).append(known)
    if chance.random() < MIRRORED:
        mirror = Candidate(
            "mirror", "https://tin-24h.example/1", "tin-24h.example", original.at, standing=Standing.UNKNOWN
        )
        dated = original.at + timedelta(hours=chance.uniform(-48, 12))
        seen_at = seen(
            replace(mirror, first_seen_at=original.at + timedelta(hours=chance.uniform(0, 48)))
        ).first_seen_at
        core.append(replace(mirror, published_at=dated, first_seen_at=seen_at))
    # Where the original is missing, an excerpt would be tied to nothing.
    if not core or chance.random() >= NOT_CAPTURED:
        core.insert(0, seen(original))
    return core, excerpts


def score(seed: int, *, articles: int = 3000) -> dict[Grade, tuple[int, int]]:
    """{grade: (how many were right, of how many)}."""
    right, every = Counter[Grade](), Counter[Grade]()
    chance = random.Random(seed)
    for original, copies in stories(seed, articles):
        core, excerpts = spoilt(original, copies, chance)
        if len(core) + len(excerpts) < 2:
            continue
        chosen, _ = choose(core, excerpts)
        grade = confidence(chosen, core, excerpts).grade
        every[grade] += 1
        right[grade] += chosen == original.article
    return {grade: (right[grade], every[grade]) for grade in Grade if every[grade]}


def main() -> None:
    """Print the table."""
    for seed in map(int, sys.argv[1:] or (SEED, HELD_OUT_SEED)):
        found = score(seed)
        right, of = (sum(column) for column in zip(*found.values(), strict=True))
        lines = [f"seed {seed}: {right / of:.3f} of {of} right"]
        lines += [f"  {grade:<7} {right / of:.3f} of {of}" for grade, (right, of) in found.items()]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
