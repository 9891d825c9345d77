"""From texts to the tokens that they can be found by: for each, which documents of a segment hold it. Pure.

In numbers, not in strings: a text has hundreds of tokens, and nearly all of them were seen before. Each word of a
segment gets the number of its place in the alphabet, two words in a row are two numbers in one, and only tokens that
there are in the end are written out."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from archive.postings import BARE, DENSE, IN_TITLE, MARKED, encode
from archive.query import bare_word, short
from archive.text import tokens

_END = -2
"""Between two fields: no pair of words spans it."""
_NO_WORD = -1
"""What nothing is left of without its marks. It is no word, and those beside it follow each other."""
_PAIR = 32
"""Bits of a number for the second word of a pair."""

_Numbers = npt.NDArray[np.int64]


class _Words(dict[str, int]):
    """{word: its number} of a segment, numbered as they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: list[str] = []
        self.bare: list[str] = []

    def __missing__(self, word: str) -> int:
        bare = bare_word(word)
        self[word] = number = len(self.marked) if bare else _NO_WORD
        if bare:
            self.marked.append(short(word))
            self.bare.append(short(bare))
        return number


def collect(documents: Iterable[tuple[Sequence[str], Iterable[str]]]) -> Iterator[tuple[str, bytes]]:
    """Each token, ascending, with the set of the documents that hold it, as it is stored.

    Of each document: its title and its other texts, no phrase of which spans two; and tokens of other kinds, each of
    which stands between those of texts and of titles in the alphabet.
    """
    known = _Words()
    said, sizes, title_sizes = array("i"), array("q"), array("q")
    others: dict[str, list[int]] = {}
    for document, (texts, more) in enumerate(documents):
        before = len(said)
        for at, text in enumerate(texts):
            said.extend(map(known.__getitem__, tokens(text)))
            said.append(_END)
            if not at:
                title_sizes.append(len(said) - before)
        sizes.append(len(said) - before)
        for token in more:
            others.setdefault(token, []).append(document)
    numbers = np.frombuffer(said, dtype=np.intc)
    holders = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)
    spans = np.column_stack((title_sizes, np.subtract(sizes, title_sizes))).ravel()
    is_title = np.repeat(np.tile([True, False], len(sizes)), spans)
    is_word = numbers != _NO_WORD
    numbers, holders, is_title = numbers[is_word], holders[is_word], is_title[is_word]
    alphabet = sorted({*known.marked, *known.bare})
    place = {word: at for at, word in enumerate(alphabet)}
    # _END, too, is an index: of the last but one.
    forms = {
        form: np.array([place[word] for word in column] + [_END, _END], dtype=np.int64)[numbers]
        for form, column in ((MARKED, known.marked), (BARE, known.bare))
    }
    for form, ranks in forms.items():
        yield from _written(form, ranks, holders, alphabet)
    for token in sorted(others):
        yield token, encode(others[token])
    for form, ranks in forms.items():
        yield from _written(IN_TITLE + form, ranks[is_title], holders[is_title], alphabet)


def _written(
    prefix: str, ranks: _Numbers, holders: npt.NDArray[np.uint16], alphabet: list[str]
) -> Iterator[tuple[str, bytes]]:
    """The words of these texts, and the pairs, in the order of the alphabet: a word, what begins with it, the next."""
    is_word = ranks >= 0
    begins = is_word[:-1] & is_word[1:]
    pairs = (ranks[:-1][begins] << _PAIR) + ranks[1:][begins] + 1
    said = np.concatenate((ranks[is_word] << _PAIR, pairs))
    held = np.concatenate((holders[is_word], holders[:-1][begins]))
    # Stable, so that the documents of each token stay in their order.
    order = np.argsort(said, kind="stable")
    said, held = said[order], held[order]
    is_new = np.empty(len(said), dtype=bool)
    is_new[:1] = True
    is_new[1:] = (said[1:] != said[:-1]) | (held[1:] != held[:-1])
    said, held = said[is_new], held[is_new]
    if not len(said):
        return
    starts = np.flatnonzero(np.concatenate(([True], said[1:] != said[:-1])))
    found = said[starts]
    ends = [*starts[1:].tolist(), len(said)]
    first, second = (found >> _PAIR).tolist(), (found & ((1 << _PAIR) - 1)).tolist()
    lists = held.astype("<u2").tobytes()
    for one, other, start, end in zip(first, second, starts.tolist(), ends, strict=True):
        token = f"{prefix}{alphabet[one]} {alphabet[other - 1]}" if other else prefix + alphabet[one]
        # Most tokens are rare, and their sets are lists: pieces of one.
        yield token, lists[2 * start : 2 * end] if end - start < DENSE else encode(held[start:end])
