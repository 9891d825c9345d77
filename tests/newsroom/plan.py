"""Who publishes what when: the newsroom's stream of articles, a few bytes each, grown as the clock turns.

Written in the order of publication, so that a copy can only be of something that was there before. What an article
says is not in here."""

from __future__ import annotations

import heapq
import math
from array import array
from bisect import bisect_right
from collections import deque
from datetime import datetime
from enum import IntEnum
from threading import Lock

from newsroom.dice import roll
from newsroom.papers import Family, Paper

MINUTE = 60
DAY = 24 * 60
OFFSET = 7 * 60
"""Vietnam's clock, in minutes."""
OPENS, CLOSES = 5 * 60, 22 * 60
"""Papers publish between five and ten local time; at night nothing happens."""
_HOURS = CLOSES - OPENS
_RECENT = 40
_MIN_LAG, _MAX_LAG = 20, 12 * 60
"""How long after a story others copy it, in minutes."""
_TRIES = 12


class Kind(IntEnum):
    """What an article is by its making."""

    OWN = 0
    REPORT = 1
    """An issue of a series: the template of the one before, other figures."""
    DIGEST = 2
    """Two stories of the day before, in full, under one headline."""
    FULL_COPY = 3
    """The aggregator's: headline and text as they were, source named and linked."""
    WIRE_COPY = 4
    """Another headline, the lede dropped, the tail cut, small things spelled otherwise, "Theo ..."."""
    EXCERPT = 5
    """Lede and the first paragraphs, "Theo ..."."""


COPIES = frozenset({Kind.FULL_COPY, Kind.WIRE_COPY, Kind.EXCERPT})


def minute_of(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int(moment.timestamp()) // MINUTE


def _open_minutes(minute: int) -> int:
    """How many opening minutes lie before `minute`."""
    day, clock = divmod(minute + OFFSET, DAY)
    return day * _HOURS + min(max(clock - OPENS, 0), _HOURS)


def _clock_minute(opened: float) -> int:
    """The minute at which so many opening minutes have passed, rounded up."""
    day, clock = divmod(opened, _HOURS)
    return math.ceil(day * DAY + OPENS + clock) - OFFSET


class Plan:
    """The stream. Reads are cheap; `grow` is called with the clock before them."""

    def __init__(self, seed: int, papers: tuple[Paper, ...], *, articles: int, start: datetime) -> None:
        self.seed = seed
        self.papers = papers
        self._start = _open_minutes(minute_of(start))
        total = sum(paper.per_day for paper in papers)
        ends = [round(articles * sum(p.per_day for p in papers[: at + 1]) / total) for at in range(len(papers))]
        self.before = tuple(end - begin for begin, end in zip([0, *ends], ends, strict=False))
        """For each paper, how many articles it has published when the clock starts."""
        self.minutes = tuple(array("q") for _ in papers)
        self._kinds = tuple(bytearray() for _ in papers)
        self._sources: tuple[dict[int, tuple[tuple[int, int], ...]], ...] = tuple({} for _ in papers)
        self._recent = tuple(deque[int](maxlen=_RECENT) for _ in papers)
        self._copied: tuple[set[tuple[int, int]], ...] = tuple(set() for _ in papers)
        self._queue = [(self._minute(at, 0), at, 0) for at in range(len(papers))]
        heapq.heapify(self._queue)
        self._lock = Lock()
        self.grow(minute_of(start))

    def _minute(self, paper: int, number: int) -> int:
        """When the paper's article of that number comes out: one in each slot of the day, at chance within it."""
        slot = _HOURS / self.papers[paper].per_day
        within = 0.1 + 0.8 * roll(self.seed, 1, self.papers[paper].number, number)
        return _clock_minute(self._start + (number - self.before[paper] + within) * slot)

    def grow(self, minute: int) -> None:
        """Plan everything that comes out until `minute`."""
        if self._queue[0][0] > minute:
            return
        with self._lock:
            while self._queue[0][0] <= minute:
                when, paper, number = heapq.heappop(self._queue)
                self._add(when, paper, number)
                heapq.heappush(self._queue, (self._minute(paper, number + 1), paper, number + 1))

    def _add(self, minute: int, paper: int, number: int) -> None:
        kind, sources = self._choose(minute, paper, number)
        if kind is Kind.OWN:
            self._recent[paper].append(number)
        elif sources:
            self._sources[paper][number] = sources
            if kind in COPIES:
                self._copied[paper].add(sources[0])
        self._kinds[paper].append(kind)
        self.minutes[paper].append(minute)

    def _choose(self, minute: int, paper: int, number: int) -> tuple[Kind, tuple[tuple[int, int], ...]]:
        declared = self.papers[paper]
        chance = roll(self.seed, 2, declared.number, number)
        if chance < declared.copies:
            found = self._find(minute, paper, number)
            if found:
                if declared.family is Family.AGGREGATOR:
                    return Kind.FULL_COPY, (found,)
                return (Kind.WIRE_COPY if chance < 0.7 * declared.copies else Kind.EXCERPT), (found,)
        elif chance > 0.97 and declared.family is not Family.AGGREGATOR:
            return Kind.REPORT, ()
        elif chance > 0.96 and declared.family in (Family.MASTERCMS, Family.EPI):
            first = self._find(minute, paper, number, is_digest=True)
            second = self._find(minute, paper, number + 7919, is_digest=True)
            if first and second and first != second:
                return Kind.DIGEST, (first, second)
        return Kind.OWN, ()

    def _find(self, minute: int, paper: int, number: int, *, is_digest: bool = False) -> tuple[int, int] | None:
        """A story of another paper, fresh and not copied here yet."""
        # The aggregator's template prints the first paragraph as lede: it takes only what has one.
        closed = {Family.AGGREGATOR}
        if self.papers[paper].family is Family.AGGREGATOR:
            closed.add(Family.PLAIN)
        others = [at for at, other in enumerate(self.papers) if at != paper and other.family not in closed]
        for turn in range(_TRIES if others else 0):
            other = others[int(roll(self.seed, 3, paper, number, turn) * len(others))]
            recent = self._recent[other]
            if not recent:
                continue
            story = recent[-1 - int(roll(self.seed, 4, paper, number, turn) * len(recent))]
            lag = minute - self.minutes[other][story]
            is_fresh = _MIN_LAG <= lag <= _MAX_LAG or (is_digest and lag >= _MIN_LAG)
            if is_fresh and (other, story) not in self._copied[paper]:
                return other, story
        return None

    def count(self, paper: int, minute: int) -> int:
        """How many articles the paper has published by then."""
        self.grow(minute)
        return bisect_right(self.minutes[paper], minute)

    def kind(self, paper: int, number: int) -> Kind:
        return Kind(self._kinds[paper][number])

    def sources(self, paper: int, number: int) -> tuple[tuple[int, int], ...]:
        """(paper, number) of what an article was made from; empty for its own work."""
        return self._sources[paper].get(number, ())
