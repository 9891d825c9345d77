"""Chance that is the same in every process: everything follows from whole numbers, never from `hash()` or a clock."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


def mix(*parts: int) -> int:
    """One 64-bit number from several (splitmix64: about a microsecond, where seeding a generator takes ten)."""
    state = 0
    for part in parts:
        state = (state + part + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state


def roll(*parts: int) -> float:
    """A number from 0 to 1 (never 1) that belongs to `parts`."""
    return (mix(*parts) >> 11) / (1 << 53)


def key(text: str) -> int:
    """A number for a name, to be mixed with others."""
    return zlib.crc32(text.encode())


class Chance:
    """A run of choices that belongs to some numbers."""

    def __init__(self, *parts: int) -> None:
        self.random = random.Random(mix(*parts)).random

    def pick(self, entries: Sequence[T]) -> T:
        return entries[int(self.random() * len(entries))]

    def number(self, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))
