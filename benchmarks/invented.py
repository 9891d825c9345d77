"""Invented articles, as many as one likes, whose words and phrases recur as unequally as those of a language.

What makes finding copies costly is what articles share without being copies: phrases that papers like to print. They
are drawn from a stock, whose size and share of a text are set so that 19,371 of these articles share about what 19,371
real ones do: an article one sampled shingle with 63 others (there 65), and two or more with 3.7 (there 2.1)."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import planted

_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
_RIMES = "a à á ả ã ạ ăn ắn ặn âm ấm ậm e é è ê ế ề i í ì o ó ò ô ố ồ ơ ớ ờ u ú ù ư ứ ừ ang áng ong ông ương".split()
_FINALS = ["", "c", "m", "nh", "ng", "t", "p"]
_PHRASES = 20_000
_PHRASE_SHARE = 0.02
"""Of the pieces that a text is put together from, the rest being single words."""
_LENGTHS = (5, 14)
COPY_EVERY = 4
KINDS = ("dressed", "words-10", "half", "desk", "quarter")
"""Of `planted`: what a desk did to the articles that are copies."""


class Invented:
    """Article number n is the same whenever it is asked for."""

    def __init__(self) -> None:
        chance = random.Random(1)
        self.words = [onset + rime + final for onset in _ONSETS for rime in _RIMES for final in _FINALS]
        chance.shuffle(self.words)
        self._ends = [f"{word}." for word in self.words]
        self._word_weights = _cumulated(len(self.words), 1.0)
        self._phrase_weights = _cumulated(_PHRASES, 0.55)
        drawn = np.random.default_rng(1)
        self._phrases = [
            self._draw(drawn, self._word_weights, size).tolist()
            for size in drawn.integers(*_LENGTHS, _PHRASES).tolist()
        ]

    @staticmethod
    def _draw(drawn: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
        return weights.searchsorted(drawn.random(count))

    def body(self, number: int) -> str:
        """60 to 2,000 words, half of the articles between 300 and 550."""
        drawn = np.random.default_rng((7, number))
        count = int(np.clip(drawn.lognormal(6.0, 0.45), 60, 2000))
        pieces = self._draw(drawn, self._word_weights, count).tolist()
        phrases = np.flatnonzero(drawn.random(count) < _PHRASE_SHARE).tolist()
        for at, phrase in zip(phrases, self._draw(drawn, self._phrase_weights, len(phrases)).tolist(), strict=True):
            pieces[at] = self._phrases[phrase]
        flat: list[int] = []
        for piece in pieces:
            if isinstance(piece, list):
                flat += piece
            else:
                flat.append(piece)
        text = [self.words[word] for word in flat[:count]]
        text[16::17] = [f"{word}." for word in text[16::17]]
        return " ".join(text)


def _cumulated(count: int, power: float) -> np.ndarray:
    weights = 1 / (np.arange(count) + 2.0) ** power
    return np.cumsum(weights) / weights.sum()


def arrivals(have: int, count: int, invented: Invented) -> Iterator[tuple[int, str, str | None, int | None]]:
    """(number, body, kind of copy, of which) of the articles that arrive in an archive of `have`."""
    chance = random.Random(have)
    vocabulary = invented.words[:3000]
    for number in range(have + 1, have + count + 1):
        body = invented.body(number)
        if number % COPY_EVERY:
            yield number, body, None, None
            continue
        kind = KINDS[number // COPY_EVERY % len(KINDS)]
        source = chance.randrange(1, have + 1)
        first = planted.Text("", "", "", None, invented.body(source), family="")
        other = planted.Text("", "", "", None, body, family="")
        yield number, planted.KINDS[kind](first, other, chance, vocabulary).body, kind, source
