"""How well copies are found: candidates against brute force, clusters against what was planted, hard negatives.

Takes a folder with `news.jsonl.gz` (title, lede, body) and, for the hard negatives, `same-event.jsonl.gz` (event too).
The rules are the product's own; only the look-up runs in memory here. Tests hold the same measures to floors on
invented texts."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from planted import Text, plant

from archive.clustering import Link, cluster
from archive.originals import Candidate
from archive.similarity import Profile, are_alike, compare, may_be_alike, profile, relate

DAY_0 = datetime(2026, 1, 1, tzinfo=UTC)
SEED, HELD_OUT_SEED = 1, 20260731
"""Both were looked at while the rules were settled: to judge a new rule, take a third."""


def candidate_pairs(texts: Sequence[Text], profiles: Sequence[Profile]) -> set[tuple[int, int]]:
    """The pairs that the archive would compare: what shares enough sampled shingles."""
    index: dict[int, list[int]] = defaultdict(list)
    pairs = set()
    for number, one in enumerate(profiles):
        hashes = one.sketch.hashes.tolist()
        shared = Counter(other for value in hashes for other in index[value])
        others = np.array(list(shared), dtype=np.uint64)
        sizes = np.array([profiles[other].sketch.size for other in shared], dtype=np.uint64)
        maybe = may_be_alike(one.sketch, sizes, np.array(list(shared.values()), dtype=np.uint64))
        others, sizes = others[maybe], sizes[maybe]
        alike = others[are_alike(one.sketch, sizes, [profiles[other].sketch.signature for other in others.tolist()])]
        pairs |= {(other, number) for other in alike.tolist()}
        for value in hashes:
            index[value].append(number)
    return pairs


def brute_force(
    profiles: Sequence[Profile], chosen: Iterable[int], *, resemblance: float = 0.2, containment: float = 0.4
) -> set[tuple[int, int]]:
    """Pairs of a chosen text and any other that have so much of one in the other."""
    index: dict[int, list[int]] = defaultdict(list)
    wanted = set(chosen)
    values = {value for number in wanted for value in profiles[number].shingles.tolist()}
    for number, one in enumerate(profiles):
        for value in one.shingles.tolist():
            if value in values:
                index[value].append(number)
    found = set()
    for number in wanted:
        shared = Counter(other for value in profiles[number].shingles.tolist() for other in index[value])
        size = len(profiles[number].shingles)
        for other, count in shared.items():
            smaller = min(size, len(profiles[other].shingles))
            alike = count / (size + len(profiles[other].shingles) - count)
            if other != number and (alike >= resemblance or count / smaller >= containment):
                found.add((min(number, other), max(number, other)))
    return found


def find_clusters(
    texts: Sequence[Text], profiles: Sequence[Profile], pairs: Iterable[tuple[int, int]]
) -> list[set[int]]:
    """The clusters that the archive would make of these pairs, as sets of places in `texts`."""
    links = []
    for one, other in sorted(pairs):
        evidence = compare(profiles[one], profiles[other])
        is_same_site = texts[one].site == texts[other].site
        relation = relate(profiles[one], profiles[other], evidence, same_site=is_same_site)
        if relation is not None:
            shares = (evidence.resemblance, evidence.containment_ab, evidence.containment_ba)
            links.append(Link(str(one), str(other), relation, *shares, edge=len(links)))
    candidates = [
        Candidate(str(at), f"https://{text.site}.example/{at}", text.site, DAY_0 + timedelta(days=text.day))
        for at, text in enumerate(texts)
    ]
    return [{int(member.article) for member in made.members} for made in cluster(candidates, links)]


@dataclass(frozen=True)
class Score:
    """What was found of what was planted."""

    precision: float
    recall: float
    found: dict[str, float]
    """{kind: share of its texts that are in the cluster of their first}."""
    merged: dict[str, float]
    """{kind that belongs to no cluster: share of its texts that are in one with a text of another family}."""
    bridged: int
    """Clusters that hold first texts of more than one family."""

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall over pairs."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score(texts: Sequence[Text], made: Sequence[set[int]]) -> Score:
    """Pairs of texts that ought to be in one cluster, and are."""
    home = {at: number for number, members in enumerate(made) for at in members}
    families: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        families[text.family].append(at)
    ought = {pair for members in families.values() for pair in combinations(members, 2)}
    are = {pair for members in made for pair in combinations(sorted(members), 2)}
    kinds: dict[str, list[bool]] = defaultdict(list)
    alone: dict[str, list[bool]] = defaultdict(list)
    for at, text in enumerate(texts):
        first = families[text.family][0]
        if first != at:
            kinds[text.kind].append(at in home and home[at] == home.get(first))
        elif text.kind != "first":
            alone[text.kind].append(at in home)
    bridged = sum(len({texts[at].family for at in members if texts[at].kind == "first"}) > 1 for members in made)
    return Score(
        precision=len(ought & are) / max(1, len(are)),
        recall=len(ought & are) / max(1, len(ought)),
        found={kind: sum(hits) / len(hits) for kind, hits in kinds.items()},
        merged={kind: sum(hits) / len(hits) for kind, hits in alone.items()},
        bridged=bridged,
    )


def measure(firsts: Sequence[Text], seed: int, *, each: int) -> Score:
    """Plant among these articles, find, and score."""
    texts = [*firsts, *plant(firsts, seed, each=each)]
    profiles = profiles_of(texts)
    return score(texts, find_clusters(texts, profiles, candidate_pairs(texts, profiles)))


def profiles_of(texts: Iterable[Text]) -> list[Profile]:
    """The profile of each text."""
    return [profile(title=text.title, lede=text.lede, body=text.body) for text in texts]


# -- real articles -----------------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _news(folder: Path) -> list[Text]:
    return [
        Text(f"n{at}", f"site-{at % 7}", row["title"], row.get("lede"), row["body"], family=f"n{at}")
        for at, row in enumerate(_rows(folder / "news.jsonl.gz"))
    ]


def _report_candidates(news: Sequence[Text], sample: int) -> None:
    began = time.process_time()
    profiles = profiles_of(news)
    sketched = time.process_time()
    pairs = candidate_pairs(news, profiles)
    looked_up = time.process_time()
    for one, other in pairs:
        compare(profiles[one], profiles[other])
    verified = time.process_time()
    truth = brute_force(profiles, random.Random(SEED).sample(range(len(news)), min(sample, len(news))))
    print(f"candidates     {len(pairs) / len(news):.2f} verifications an article")
    print(f"               {len(truth & pairs) / max(1, len(truth)):.4f} of {len(truth)} brute-force pairs found")
    micro = [1e6 * span / len(news) for span in (sketched - began, looked_up - sketched, verified - looked_up)]
    print("in memory      {:.0f} µs profile, {:.0f} µs look-up, {:.0f} µs comparing, an article".format(*micro))


def _report_planted(news: Sequence[Text], size: int) -> None:
    chance = random.Random(SEED)
    some = [text for text in chance.sample(list(news), min(2 * size, len(news))) if len(text.body.split()) >= 150]
    # Whatever rules are measured, copies are planted of the same texts.
    overlapping = brute_force(profiles_of(some), range(len(some)), resemblance=0.1, containment=0.1)
    related = {at for pair in overlapping for at in pair}
    firsts = [text for at, text in enumerate(some) if at not in related][:size]
    for seed, name in ((SEED, "planted"), (HELD_OUT_SEED, "held-out seed")):
        result = measure(firsts, seed, each=size // 10)
        print(
            f"{name:<14} F1 {result.f1:.4f} (precision {result.precision:.4f}, recall {result.recall:.4f}), "
            f"{result.bridged} clusters bridged"
        )
        for title, shares in (("found", result.found), ("merged", result.merged)):
            print(f"{title:>14} " + ", ".join(f"{kind} {share:.3f}" for kind, share in shares.items()))


def _report_same_event(folder: Path) -> None:
    rows = list(_rows(folder / "same-event.jsonl.gz"))
    texts = [
        Text(str(at), f"site-{at}", row.get("title") or "", None, row["text"], family=str(row["event"]))
        for at, row in enumerate(rows)
    ]
    profiles = profiles_of(texts)
    made = find_clusters(texts, profiles, candidate_pairs(texts, profiles))
    pairs = {pair for pair in combinations(range(len(texts)), 2) if texts[pair[0]].family == texts[pair[1]].family}
    merged = {pair for members in made for pair in combinations(sorted(members), 2)}
    print(f"same event     {len(merged & pairs)} of {len(pairs)} pairs merged ({len(merged & pairs) / len(pairs):.2%})")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=os.environ.get("LUUBAO_BENCH_COPIES"))
    parser.add_argument("--articles", type=int, default=1000, help="first texts that copies are planted of")
    parser.add_argument("--sample", type=int, default=20_000, help="articles compared with all others; 0: none")
    options = parser.parse_args()
    if options.folder is None:
        parser.error("name the folder with news.jsonl.gz, or set LUUBAO_BENCH_COPIES")
    news = _news(Path(options.folder))
    if options.sample:
        _report_candidates(news, options.sample)
    _report_planted(news, options.articles)
    if (Path(options.folder) / "same-event.jsonl.gz").exists():
        _report_same_event(Path(options.folder))


if __name__ == "__main__":
    main()
