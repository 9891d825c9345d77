"""Choose between two readings of one page, where it leaves doubt: ours, and that of trafilatura.

Neither is right more often, but they fail in different ways: trafilatura loses sections that a page builder put into
boxes of their own, ours takes in what stands around them. So what matters is which holds the other, and how clean the
place is that ours was read from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extraction.blocks import Line
    from crawler.extraction.paragraphs import Found

HOLDS = 0.85
"""So much of a text stands in another that holds it."""
ALL = 0.95
LONGER = 1.1
CLEAN_KEPT = 0.85
"""A place of which so much is kept is an article and little else."""
FEW_LINKS = 0.15
SOME_LINKS = 0.26
"""In a place that is clean, so many may be links: a page of cards that each say something leads on from every card."""
AGREED = 0.85
"""So much of the other text in ours, and next to nothing else in ours: what is missing is furniture that it left in."""
THIN = 0.25
"""A text so much shorter than the other is a box beside the article."""


def is_ours_better(found: Found, other: list[Line]) -> bool:
    """Whether the article that we found is to be believed rather than the lines that trafilatura found."""
    ours, theirs = _pairs(found.lines), _pairs(other)
    if not theirs:
        return bool(ours)
    if len(ours) < THIN * len(theirs):
        return False
    common = len(ours & theirs)
    if common >= HOLDS * len(theirs) and len(ours) > LONGER * len(theirs):
        return found.linked < (SOME_LINKS if found.kept >= CLEAN_KEPT else FEW_LINKS)
    return common >= ALL * len(ours) and (found.kept >= CLEAN_KEPT or common >= AGREED * len(theirs))


def _pairs(lines: Iterable[Line]) -> set[tuple[str, str]]:
    """The words of the lines, two by two."""
    return {pair for line in lines for pair in pairwise(line.text.split())}
