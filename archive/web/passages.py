"""Where two texts say the same: runs of words that stand in both. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.diff import Op, Piece
from archive.scripts import needs, reach, spans, words
from archive.text import fold, tokens

RUN = 5
"""Words in a row that count as shared, as in the shingles that clusters are made by."""
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
"""A figure is one word: of 1.240 and 1.420 nothing is the same."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a block, and whether the other text has it, too."""

    text: str
    is_shared: bool


def mark(text: str, other: str) -> list[list[Passage]]:
    """The blocks of `text`, each in stretches that stand in `other` or do not.

    >>> [(one.text, one.is_shared) for one in mark("Hôm nay mưa to ở Huế", "mưa to ở")[0]]
    [('Hôm nay mưa to ở Huế', False)]
    """
    theirs = [word for _, word in _pieces(other)]
    runs = {tuple(theirs[at : at + RUN]) for at in range(len(theirs) - RUN + 1)}
    return [_block(block, runs) for block in text.split("\n\n") if block]


def _pieces(text: str) -> list[tuple[tuple[int, int], str]]:
    """Where each word begins and its first letters end, and the word in compared form.

    In scripts without spaces each letter is a word or begins one; words may overlap there.
    """
    if needs(text):
        return [(place, fold(word)) for place, word in zip(spans(text), words(text), strict=True)]
    places = [match.span() for match in _WORD.finditer(text)]
    return [((start, end), "".join(tokens(text[start:end]))) for start, end in places]


def _block(block: str, runs: set[tuple[str, ...]]) -> list[Passage]:
    pieces = _pieces(block)
    places, said = [place for place, _ in pieces], [word for _, word in pieces]
    shared = [False] * len(said)
    for at in range(len(said) - RUN + 1):
        if tuple(said[at : at + RUN]) in runs:
            start, end = places[at + RUN - 1]
            end = min(len(said), at + RUN - 1 + reach(block[start:end]))
            shared[at:end] = [True] * (end - at)
    passages: list[Passage] = []
    start = 0
    for at in range(1, len(said)):
        if shared[at] != shared[at - 1]:
            # The space between belongs to what is not shared, so that a mark begins and ends with a word.
            end = places[at][0] if shared[at] else places[at - 1][1]
            passages.append(Passage(block[start:end], shared[at - 1]))
            start = end
    return [*passages, Passage(block[start:], bool(shared) and shared[-1])]


def side(pieces: Sequence[Piece], op: Op) -> list[tuple[bool, str]]:
    """One side of a change as (whether it is only there, text): `op` is "delete" for the old one, "insert" for the new.

    Where nothing but space stands between two words that changed, it is marked with them: a phrase is one mark.

    >>> said = Piece("delete", "hai"), Piece("equal", " "), Piece("delete", "người"), Piece("equal", " đi")
    >>> side(said, "delete")
    [(True, 'hai người'), (False, ' đi')]
    """
    shown = [(piece.op == op, piece.text) for piece in pieces if piece.op in ("equal", op)]
    joined: list[tuple[bool, str]] = []
    for at, (is_marked, text) in enumerate(shown):
        is_between = not text.strip() and 0 < at < len(shown) - 1 and shown[at - 1][0] and shown[at + 1][0]
        if joined and joined[-1][0] == (is_marked or is_between):
            joined[-1] = (joined[-1][0], joined[-1][1] + text)
        else:
            joined.append((is_marked, text))
    return joined
