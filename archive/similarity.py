"""Measure how much of one text stands in another.

Pure. A text is the set of its 5-word shingles (for Vietnamese a word is a syllable; scripts without spaces go
by character); a small sample of them, the sketch, finds candidates in the database, and the full sets decide.
Design and figures: Broder 1997 (resemblance and containment), FracMinHash sampling at 1/16."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt
import xxhash

from archive.text import tokens
from archive.types import Relation

RULES = 2
"""Number of the rules in this module: raised with whatever makes other sketches, figures or relations of the same
texts. What an earlier number made is due to be made anew (`luubao reindex`); 1 is all that bore no number yet."""
SHINGLE = 5
"""Words a shingle. Three Vietnamese syllables are too common: they bring five times the candidates."""
SAMPLE = 16
"""One shingle in so many is in the sketch ..."""
MIN_SKETCH = 24
"""... but never fewer than this, or short excerpts would not be found."""
MIN_SHARED = 3
"""Sampled shingles that two texts must share to be compared at all ..."""
MIN_SHARED_SHORT = 2
"""... or these, where one of the two is short: ..."""
SHORT = 1400
"""... its body has no more characters than this (a page of 300 words)."""
MIN_TOKENS = 40
"""Shorter texts share shingles by chance: only an exact match counts for them."""
OPENING = 80
"""Words that make the opening of a text."""
_OPENING_SHINGLE = 3

# Letters of scripts written without spaces: Thai to Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_SPACELESS = re.compile(f"[{_UNSPACED}]")
_SPLIT_SPACELESS = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hashing

Hashes = npt.NDArray[np.uint64]


@lru_cache(maxsize=1 << 17)
def _token_hash(token: str) -> int:
    return xxhash.xxh3_64_intdigest(token.encode())


def words(text: str) -> list[str]:
    """The tokens that shingles are made of."""
    found = tokens(text)
    if _SPACELESS.search(text):
        return [part for token in found for part in _SPLIT_SPACELESS.findall(token)]
    return found


def _singles(of: list[str]) -> Hashes:
    """The hash of each token."""
    return np.fromiter(map(_token_hash, of), dtype=np.uint64, count=len(of))


def _hashes(singles: Hashes, size: int) -> Hashes:
    """Sorted distinct hashes of all runs of `size` tokens; of the whole text where it is shorter."""
    if not len(singles):
        return singles
    size = min(size, len(singles))
    combined = np.zeros(len(singles) - size + 1, dtype=np.uint64)
    for position in range(size):
        combined = combined * _MULTIPLIER + singles[position : position + len(combined)]
    return np.unique(_mix(combined))


def _mix(values: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finaliser: spreads the low bits, so that "the smallest" is a fair sample."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


def shingles(text: str) -> frozenset[int]:
    """The 5-word shingles of `text` as 64-bit hashes."""
    return frozenset(_hashes(_singles(words(text)), SHINGLE).tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What is compared of one text."""

    title: str
    shingles: Hashes
    opening: Hashes
    """3-word shingles of the first 80 words."""
    threes: Hashes
    """3-word shingles of the whole text."""
    numbers: tuple[str, ...]
    order: Hashes
    """The hash of each word, in the order of the text."""

    @property
    def tokens(self) -> int:
        """How many words."""
        return len(self.order)

    def sketch(self) -> list[int]:
        """The sampled shingles as 48-bit integers (they fit any SQL integer), at least 24 of them."""
        sampled = self.shingles[self.shingles < np.uint64(2**64 // SAMPLE)]
        if len(sampled) < MIN_SKETCH:
            sampled = self.shingles[:MIN_SKETCH]  # sorted: the smallest
        kept: list[int] = (sampled >> np.uint64(16)).tolist()
        return kept


def is_candidate(shared: int, *, is_short: bool) -> bool:
    """Whether two sketches share so much that the texts have to be compared; `is_short` if either text is."""
    return shared >= (MIN_SHARED_SHORT if is_short else MIN_SHARED)


_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


def profile(*, title: str | None, lede: str | None, body: str) -> Profile:
    """The profile of an article's running text; captions and furniture are no part of it."""
    text = f"{lede}\n\n{body}" if lede else body
    found = words(text)
    singles = _singles(found)
    return Profile(
        title=" ".join(tokens(title or "")),
        shingles=_hashes(singles, SHINGLE),
        opening=_hashes(singles[:OPENING], _OPENING_SHINGLE),
        threes=_hashes(singles, _OPENING_SHINGLE),
        numbers=tuple(_NUMBER.findall(text)),
        order=singles,
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two texts, a and b, overlap; every figure a share from 0 to 1."""

    resemblance: float
    """Shingles in both, of those in either (Jaccard)."""
    containment_ab: float
    """Shingles of a that stand in b."""
    containment_ba: float
    lede_ab: float
    """3-word shingles of the opening of a that stand anywhere in b."""
    lede_ba: float
    numbers: float
    """Of the figures of the text that prints fewer, those that the other prints too, counted as often as they stand;
    1 if one prints none. An excerpt agrees wholly, last month's report does not."""
    order_ab: float
    """Words of a that stand in b in the same order."""
    order_ba: float


def compare(a: Profile, b: Profile) -> Evidence:
    """The overlap of two texts."""
    shared = len(np.intersect1d(a.shingles, b.shingles, assume_unique=True))
    union = len(a.shingles) + len(b.shingles) - shared
    in_order = aligned(a, b)
    return Evidence(
        resemblance=_share(shared, union),
        containment_ab=_share(shared, len(a.shingles)),
        containment_ba=_share(shared, len(b.shingles)),
        lede_ab=_covered(a.opening, b.threes),
        lede_ba=_covered(b.opening, a.threes),
        numbers=_agreement(a.numbers, b.numbers),
        order_ab=_share(in_order, a.tokens),
        order_ba=_share(in_order, b.tokens),
    )


def _share(part: int, whole: int) -> float:
    # Six digits: the figure is stored and must be the same on every engine.
    return round(part / whole, 6) if whole else 0.0


def _covered(part: Hashes, whole: Hashes) -> float:
    return _share(len(np.intersect1d(part, whole, assume_unique=True)), len(part))


def _agreement(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    one, other = Counter(a), Counter(b)
    fewer = min(one.total(), other.total())
    return _share((one & other).total(), fewer) if fewer else 1.0


def aligned(a: Profile, b: Profile) -> int:
    """Words that stand in both texts in the same order: their longest common subsequence (Hyyrö 2004, bit-parallel).

    An editor changes words here and there and leaves the rest in its place; who writes anew does not.
    """
    places: dict[int, int] = {}
    for at, word in enumerate(a.order.tolist()):
        places[word] = places.get(word, 0) | (1 << at)
    whole = (1 << len(a.order)) - 1
    row = whole
    for word in b.order.tolist():
        hit = row & places.get(word, 0)
        row = ((row + hit) | (row - hit)) & whole
    return len(a.order) - row.bit_count()


# Measured on planted edits and on hand-labelled Vietnamese pairs: docs/design.md, "Copies".
_STRONG_RESEMBLANCE = 0.7
_MUTUAL_CONTAINMENT = 0.5
_MUTUAL_LEDE = 0.45
_EXCERPT_CONTAINMENT = 0.75
_EXCERPT_LEDE = 0.6
_PARTIAL_CONTAINMENT = 0.3
_EDITED_CONTAINMENT = 0.15
"""A fifth of all words changed leaves a third of the 5-word shingles on average, and in short texts far fewer."""
_EDITED_ALIGNED = 0.7
"""Of either text, the words that the other has in the same order; two reports on one event have half."""
_SAME_SITE_RESEMBLANCE = 0.85
_SERIES_NUMBERS = 0.5
_SERIES_CHANCE = 0.01
_FIGURES_KEPT = 0.97
"""Copies correct a figure now and then, also where no other word was touched."""
_DIGITS = re.compile(r"\d+")


def relate(a: Profile, b: Profile, evidence: Evidence, *, same_site: bool) -> Relation | None:
    """What the overlap means, or None if it means nothing.

    On one site two addresses are two articles unless the text, the title and every figure agree: papers print
    "Lần 1" and "Lần 2" of one notice, and the same report each month.
    """
    is_exact = evidence.resemblance == 1.0 and evidence.numbers == 1.0
    if min(a.tokens, b.tokens) < MIN_TOKENS:
        return Relation.EXACT if is_exact and a.title == b.title else None
    most = max(evidence.containment_ab, evidence.containment_ba)
    if most < _EDITED_CONTAINMENT:
        return None
    if not (is_exact and a.title == b.title) and most >= _PARTIAL_CONTAINMENT and _is_series(a, b, evidence):
        return Relation.SERIES
    if same_site:
        return _relate_same_site(a, b, evidence) if most >= _PARTIAL_CONTAINMENT else None
    if is_exact:
        return Relation.EXACT
    is_edited = min(evidence.order_ab, evidence.order_ba) >= _EDITED_ALIGNED
    relation = Relation.NEAR_COPY if is_edited else _relate_across(a, b, evidence)
    return relation if is_edited or most >= _PARTIAL_CONTAINMENT else None


def _relate_same_site(a: Profile, b: Profile, evidence: Evidence) -> Relation:
    if evidence.resemblance >= _SAME_SITE_RESEMBLANCE and evidence.numbers == 1.0 and a.title == b.title:
        return Relation.NEAR_COPY
    return Relation.UPDATE_OF if evidence.resemblance >= _STRONG_RESEMBLANCE else Relation.PARTIAL_REUSE


def _relate_across(a: Profile, b: Profile, evidence: Evidence) -> Relation:
    contained = min(evidence.containment_ab, evidence.containment_ba)
    opened = min(evidence.lede_ab, evidence.lede_ba)
    if evidence.resemblance >= _STRONG_RESEMBLANCE or (contained >= _MUTUAL_CONTAINMENT and opened >= _MUTUAL_LEDE):
        return Relation.NEAR_COPY
    a_is_shorter = len(a.shingles) <= len(b.shingles)
    containment, lede = (
        (evidence.containment_ab, evidence.lede_ab) if a_is_shorter else (evidence.containment_ba, evidence.lede_ba)
    )
    if containment >= _EXCERPT_CONTAINMENT and lede >= _EXCERPT_LEDE:
        return Relation.EXCERPT_OF if a_is_shorter else Relation.EXPANDS
    return Relation.PARTIAL_REUSE


def _is_series(a: Profile, b: Profile, evidence: Evidence) -> bool:
    """The same template with other figures: in the headline, or in the text, where other words were left alone.

    An edit that changes one word in five changes one figure in five. A series is where far fewer figures
    survived than words: so few that chance would leave them once in a hundred texts, or never.
    """
    masked = _DIGITS.sub("#", a.title) == _DIGITS.sub("#", b.title)
    if masked and _DIGITS.findall(a.title) != _DIGITS.findall(b.title):
        return True
    figures = min(len(a.numbers), len(b.numbers))
    if not figures or evidence.numbers >= _SERIES_NUMBERS:
        return False
    survives = min(max(evidence.order_ab, evidence.order_ba), _FIGURES_KEPT)
    agreeing = round(evidence.numbers * figures)
    chance = sum(
        comb(figures, count) * survives**count * (1 - survives) ** (figures - count) for count in range(agreeing + 1)
    )
    return chance < _SERIES_CHANCE
