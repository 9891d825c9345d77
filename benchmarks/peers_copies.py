"""Find copies with another library: `peers_copies.py NAME SIZE ARRIVE` fills it, lets articles arrive, and prints JSON.

Runs in the environment that has the library, so it imports nothing of ours but the invented articles. Both libraries
hold 128 permutations of 5-word shingles, in 32 bands of 4, in memory; what they return is not compared any further."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from invented import Invented, arrivals

_WORD = re.compile(r"\w+")
PERMUTATIONS, BANDS = 128, 32


def shingles(text: str) -> set[str]:
    """Runs of five words."""
    words = _WORD.findall(text.casefold())
    return {" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def _datasketch() -> tuple[Callable[[str], Any], Callable[[int, Any], None], Callable[[Any], Iterable[int]]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))

    def sign(text: str) -> Any:
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch([shingle.encode() for shingle in shingles(text)])
        return made

    return sign, index.insert, index.query


def _rensa() -> tuple[Callable[[str], Any], Callable[[int, Any], None], Callable[[Any], Iterable[int]]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=BANDS)

    def sign(text: str) -> Any:
        made = RMinHash(num_perm=PERMUTATIONS, seed=1)
        made.update(list(shingles(text)))
        return made

    return sign, index.insert, index.query


PEERS = {"datasketch": _datasketch, "rensa": _rensa}


def main(name: str, size: int, count: int) -> None:
    """Print what it took."""
    invented = Invented()
    sign, insert, query = PEERS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(1, size + 1):
        insert(number, sign(invented.body(number)))
    coming = list(arrivals(size, count, invented))
    found = []
    began, wall = time.process_time(), time.perf_counter()
    for number, body, _, _ in coming:
        signed = sign(body)
        found.append(set(query(signed)))
        insert(number, signed)
    spent, wall = time.process_time() - began, time.perf_counter() - wall
    hits: dict[str, list[bool]] = defaultdict(list)
    for (_, _, kind, source), others in zip(coming, found, strict=True):
        if kind is not None:
            hits[kind].append(source in others)
    used = {
        "peer": f"{name} {version(name)}",
        "articles": size,
        "cpu": 1e6 * spent / count,
        "wall": 1e6 * wall / count,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "index bytes": 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / size,
        "found": {kind: sum(each) / len(each) for kind, each in sorted(hits.items())},
    }
    print(json.dumps(used))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
