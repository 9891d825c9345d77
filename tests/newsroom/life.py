"""What becomes of an article after it came out: edits, a new address, its removal, its return.

Most edits come in the first day, removals within the week; nothing here knows what the article says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from newsroom.dice import Chance, roll

EDITED = 0.12
REMOVED = 0.02
MOVED = 0.02
_TYPICAL_DELAY = 5 * 60
"""Minutes; with these, nine edits in ten fall into the first twelve hours."""


class Edit(StrEnum):
    """What an editor did."""

    FIGURE = "figure"
    """One number in the text corrected."""
    HEADLINE = "headline"
    LEDE = "lede"
    """A sentence added to the lede."""
    PARAGRAPH = "paragraph"
    """A paragraph added at the end."""


class Removal(StrEnum):
    """How a removed article answers."""

    MISSING = "404"
    GONE = "410"
    SECTION = "section"
    """A redirect to its section."""


@dataclass(frozen=True)
class Life:
    """Moments are minutes since 1970."""

    edits: tuple[tuple[int, Edit], ...] = ()
    moved_at: int | None = None
    """From then on its address has another slug, and the old one redirects there."""
    removed_at: int | None = None
    removal: Removal | None = None
    back_at: int | None = None

    def version_at(self, minute: int) -> int:
        """How many edits were made by then."""
        return sum(when <= minute for when, _ in self.edits)

    def is_gone_at(self, minute: int) -> bool:
        return (
            self.removed_at is not None
            and self.removed_at <= minute
            and (self.back_at is None or minute < self.back_at)
        )

    def is_moved_at(self, minute: int) -> bool:
        return self.moved_at is not None and self.moved_at <= minute


def life(seed: int, paper: int, number: int, published: int, *, is_own: bool) -> Life:
    """The life of one article; copies are hardly ever touched again."""
    fate = roll(seed, 5, paper, number)
    if fate > (0.25 if is_own else 0.05):
        return _UNTOUCHED
    chance = Chance(seed, 6, paper, number)
    shares = (EDITED, REMOVED, MOVED) if is_own else (0.01, 0.01, 0.0)
    # `fate` is below the bound for everything that has a life at all: each share is taken of that.
    bound = 0.25 if is_own else 0.05
    edits: tuple[tuple[int, Edit], ...] = ()
    if chance.random() < shares[0] / bound:
        edits = _edits(chance, published)
    moved = published + chance.number(30, 3 * 1440) if chance.random() < shares[2] / bound else None
    if chance.random() >= shares[1] / bound:
        return Life(edits, moved)
    # Not within the half day in which others may still copy it.
    removed = published + chance.number(13 * 60, 8 * 1440)
    back = removed + chance.number(6 * 60, 2 * 1440) if chance.random() < 0.2 else None
    edits = tuple(edit for edit in edits if edit[0] < removed)
    return Life(edits, moved if moved and moved < removed else None, removed, chance.pick(tuple(Removal)), back)


_UNTOUCHED = Life()


def _edits(chance: Chance, published: int) -> tuple[tuple[int, Edit], ...]:
    count = 1 + (chance.random() < 0.3) + (chance.random() < 0.1)
    kinds = (Edit.FIGURE, Edit.FIGURE, Edit.HEADLINE, Edit.PARAGRAPH, Edit.LEDE)
    made = []
    when = published
    for _ in range(count):
        when += 5 + int(-math.log(1 - chance.random()) * _TYPICAL_DELAY)
        made.append((when, chance.pick(kinds)))
    return tuple(made)
