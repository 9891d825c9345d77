"""Which documents of a segment hold which token, as sets of bits. Pure.

Documents are numbered within a segment by their time, so the highest bit is the newest, and a set of up to `SIZE` of
them is one integer: `and`, `or` and `not` take the same moment whether a word is rare or stands everywhere. That is
what lets a search for common words, or for what is left without one, answer in milliseconds on a million articles.

A token is a word, or two words that follow each other, with marks or bare, in the title or anywhere. A longer phrase is
found among the documents that hold all its pairs, and has to be looked for in their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from archive.query import Term, words

SIZE = 16384
"""Documents in a segment at most: a million articles are 62 integers of two kilobytes for each word of a query."""
_BYTES = SIZE // 8
DENSE = 256
"""From so many documents on a set is stored as its bits, below as a list of their numbers."""
_FEW = 32
"""So many numbers are put into bits one by one as fast as all at once."""

Fields = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
"""The words of the title, and of each paragraph and caption: with marks, and bare."""

MARKED, BARE, IN_TITLE = "'", ".", "^"
"""What tokens with marks, and bare ones, begin with; and before that those of titles."""
UNDATED = "?"
"""The token of a document whose page says no date."""


def site_token(site: str) -> str:
    """The token of all documents of a site."""
    return f"@{site}"


def texts_of(title: str | None, lede: str | None, body: str, captions: Sequence[str]) -> list[str]:
    """The texts of a document, the title first. No phrase spans two of them."""
    return [title or "", lede or "", *body.split("\n\n"), *captions]


def fields_of(title: str | None, lede: str | None, body: str, captions: Sequence[str]) -> Fields:
    """The words of these texts."""
    return [words(text) for text in texts_of(title, lede, body, captions)]


def encode(numbers: Sequence[int] | npt.NDArray[np.uint16]) -> bytes:
    """A set of documents, as it is stored; `numbers` ascend."""
    if len(numbers) < DENSE:
        return np.asarray(numbers, dtype="<u2").tobytes()
    bits = np.zeros(SIZE, dtype=bool)
    bits[numbers] = True
    return np.packbits(bits, bitorder="little").tobytes()


def decode(stored: bytes) -> int:
    """A stored set as an integer, a bit a document.

    >>> bin(decode(encode([0, 3])))
    '0b1001'
    """
    if len(stored) == _BYTES:
        return int.from_bytes(stored, "little")
    numbers = np.frombuffer(stored, dtype="<u2")
    if len(numbers) <= _FEW:
        found = 0
        for number in numbers.tolist():
            found |= 1 << number
        return found
    bits = np.zeros(SIZE, dtype=bool)
    bits[numbers] = True
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def newest_first(bits: int) -> Iterator[int]:
    """The numbers of a set, from the highest on.

    >>> list(newest_first(0b1001))
    [3, 0]
    """
    while bits:
        number = bits.bit_length() - 1
        yield number
        bits ^= 1 << number


@dataclass(frozen=True, slots=True)
class Question:
    """What tokens a document must hold and must not."""

    needed: tuple[str, ...]
    excluded: tuple[str, ...]
    doubtful: tuple[tuple[str, ...], ...]
    """Excluded phrases of which the tokens tell only where they may stand: where all of one group do."""
    is_rough: bool
    """Whether the needed tokens, too, tell only where the words may stand."""
    sites: tuple[str, ...]
    """Tokens of which one is needed; none for any site."""

    @property
    def tokens(self) -> set[str]:
        """All that have to be looked up."""
        return {*self.needed, *self.excluded, *self.sites}.union(*self.doubtful)

    def answer(self, sets: Callable[[str], int], among: int) -> tuple[int, int]:
        """(documents that may match, those of them whose texts have to be read), of these."""
        bits = among
        for token in self.needed:
            bits &= sets(token)
        if self.sites:
            one_of = 0
            for token in self.sites:
                one_of |= sets(token)
            bits &= one_of
        for token in self.excluded:
            bits &= ~sets(token)
        unsure = bits if self.is_rough else 0
        for group in self.doubtful:
            phrase = bits
            for token in group:
                phrase &= sets(token)
            unsure |= phrase
        return bits, unsure


def question(terms: Sequence[Term], *, marked: bool, in_title: bool, sites: Sequence[str]) -> Question:
    """The tokens to look up for these terms; with `marked`, letters must agree in marks."""
    needed: list[str] = []
    excluded: list[str] = []
    doubtful: list[tuple[str, ...]] = []
    is_rough = False
    for term in terms:
        tokens = _of_term(term, marked=with_marks(term, marked=marked), in_title=in_title)
        is_exact = len(tokens) == 1
        if not term.is_excluded:
            needed += tokens
            is_rough |= not is_exact
        elif is_exact:
            excluded += tokens
        else:
            doubtful.append(tuple(tokens))
    return Question(
        tuple(dict.fromkeys(needed)), tuple(excluded), tuple(doubtful), is_rough, tuple(map(site_token, sites))
    )


def with_marks(term: Term, *, marked: bool) -> bool:
    """Whether its marks count. An exclusion that was typed with marks means these marks: -má leaves "ma" in."""
    return term.marked != term.bare if term.is_excluded else marked


def _of_term(term: Term, *, marked: bool, in_title: bool) -> list[str]:
    """Tokens that all stand where the term does; where the term is no longer than two words, only there.

    What is excluded stands nowhere, so for that the title is no place of its own.
    """
    place = (IN_TITLE if in_title and not term.is_excluded else "") + (MARKED if marked else BARE)
    said = term.marked if marked else term.bare
    return [f"{place}{one} {other}" for one, other in pairwise(said)] or [place + said[0]]


def stands(fields: Fields, terms: Sequence[Term], *, marked: bool, in_title: bool) -> bool:
    """Whether a document of these words matches: read, not looked up."""
    return all(
        _is_in(fields[:1] if in_title and not term.is_excluded else fields, term, with_marks(term, marked=marked))
        != term.is_excluded
        for term in terms
    )


def _is_in(fields: Fields, term: Term, marked: bool) -> bool:  # noqa: FBT001  one of two columns of a field
    wanted = f" {' '.join(term.marked if marked else term.bare)} "
    return any(wanted in f" {' '.join(field[0 if marked else 1])} " for field in fields)
