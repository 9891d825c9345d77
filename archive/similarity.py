"""Measure how much of one text stands in another.

Pure. A text is the set of its 5-word shingles (for Vietnamese a word is a syllable; scripts without spaces go
by character); a small sample of them, the sketch, finds candidates in the database, and the full sets decide.
Design and figures: Broder 1997 (resemblance and containment), FracMinHash sampling at 1/16."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, comb
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import xxhash

from archive import scripts
from archive.text import fold, has_eth, tokens
from archive.types import Relation

RULES = 6
"""Number of the rules in this module: raised with whatever makes other sketches, figures or relations of the same
texts. What an earlier number made is due to be made anew (`luubao reindex`); 1 is all that bore no number yet."""
SHINGLE = 5
"""Words a shingle. Three Vietnamese syllables are too common: they bring five times the candidates."""
SAMPLE = 16
"""One shingle in so many is in the sketch ..."""
MIN_SKETCH = 24
"""... but never fewer than this, or short excerpts would not be found."""
MIN_SHARED = 2
"""Sampled shingles that two texts must share for their signatures to be looked at, ..."""
SHARED = 0.12
"""... and this share of what of the smaller text is in a sample as sparse as that of the larger. From 0.1 to 0.12 finds
the same 347 of 348 pairs (resemblance 0.2 or containment 0.4) of 19,371 real articles, and looks at 0.34 signatures an
article, where it was 0.88."""
SIGNATURE_SAMPLE, MIN_SIGNATURE = 4, 48
"""The signature is a sample four times as dense. It is no index: it only tells, of a pair that the sketches found,
whether the texts have to be compared. One phrase that papers like to print makes two shared shingles; of 19,371 real
articles that alone was one comparison an article, and each article makes more of them. With signatures it is one in
nine. Half as dense they are passed by five times as many pairs that share a phrase or two and nothing else."""
SIGNATURE_SHARED = 0.12
"""As `SHARED`, of the signatures. No relation is seen in two texts that share less than 0.15 of the smaller, ..."""
SIGNATURE_SHARED_FAR = 0.22
"""... and none below 0.3 where one is much longer, or its words could not be in the same order. A short notice and
one phrase that papers like to print make a tenth: at 0.12 it was compared with everything that prints the phrase."""
_FAR = 2
"""Size classes between two texts of which the longer has 1.35 times the words or more: the shorter stands in it nearly
whole where seven in ten of its words stand in the shorter in the same order."""
MIN_TOKENS = 40
"""Shorter texts share shingles by chance: only an exact match counts for them."""
OPENING = 80
"""Words that make the opening of a text."""
_OPENING_SHINGLE = 3

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Knuth's multiplicative hashing

Hashes = npt.NDArray[np.uint64]


def words(text: str) -> list[str]:
    """The tokens that shingles are made of."""
    return scripts.words(fold(text)) if scripts.needs(text) else tokens(text)


_KNOWN: dict[str, bytes] = {}
"""{what stands between two spaces: the hashes of its tokens}. A language has few words, and looking one up takes a
tenth of the time that making its compared form does."""
_KNOWN_WORDS = 1 << 17
_KNOWN_LENGTH = 24
"""Longer ones are addresses, or lines in a script without spaces, which hardly come twice."""


def _singles(text: str) -> Hashes:
    """The hash of each token, as `words` finds them."""
    # What an eth stands for is seen in the whole text only.
    if has_eth(text):
        return np.frombuffer(_each(text), dtype=np.uint64)
    apart = text.split()
    known = list(map(_KNOWN.get, apart))
    if None in known:
        known = [_each_of(word) if each is None else each for word, each in zip(apart, known, strict=True)]
    return np.frombuffer(b"".join(filter(None, known)), dtype=np.uint64)


def _each_of(word: str) -> bytes:
    made = _each(word)
    if len(word) <= _KNOWN_LENGTH:
        if len(_KNOWN) >= _KNOWN_WORDS:
            _KNOWN.clear()
        _KNOWN[word] = made
    return made


def _each(text: str) -> bytes:
    hashes = (xxhash.xxh3_64_intdigest(token.encode()) for token in words(text))
    return np.fromiter(hashes, dtype=np.uint64).tobytes()


def _hashes(singles: Hashes, size: int) -> Hashes:
    """Sorted distinct hashes of all runs of `size` tokens; of the whole text where it is shorter."""
    if not len(singles):
        return singles
    size = min(size, len(singles))
    combined = np.zeros(len(singles) - size + 1, dtype=np.uint64)
    for position in range(size):
        combined = combined * _MULTIPLIER + singles[position : position + len(combined)]
    return _distinct(_mix(combined))


_Integers = TypeVar("_Integers", Hashes, npt.NDArray[np.uint16])


def _distinct(values: _Integers) -> _Integers:
    """Sorted, each once. So few are sorted in an eighth of the time that `numpy.unique` takes, which hashes them."""
    values = np.sort(values)
    is_new = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=is_new[1:])
    return values[is_new]


def _mix(values: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finaliser: spreads the low bits, so that "the smallest" is a fair sample."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


def shingles(text: str) -> frozenset[int]:
    """The 5-word shingles of `text` as 64-bit hashes."""
    return frozenset(_hashes(_singles(text), SHINGLE).tolist())


HASH_BITS = 40
"""Bits of a sampled shingle that are kept. Of 10^7 articles, one in a hundred shares one with another by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The sample of a text's shingles that goes into the index."""

    hashes: Hashes
    """Integers of 40 bits; at least 24, or all that there are."""
    size: int
    """Size class of the text: an index of `SIZES`."""
    signature: npt.NDArray[np.uint16]
    """More of its shingles, as integers of 16 bits: enough to compare two texts by, too few to look a text up."""


SIZES = (16, *(round(28 * 1.35**step) for step in range(15)))
"""Shingles of the texts of each size class, about; texts of more than 1,870 are in the last. The index keeps no more
of a text's length than this."""


_BETWEEN = [(a * b) ** 0.5 for a, b in pairwise(SIZES)]


def _sketch(shingles: Hashes) -> Sketch:
    size = bisect(_BETWEEN, len(shingles))
    # Not the highest bits: in a sample of the smallest these are alike.
    hashes = _distinct((_smallest(shingles, SAMPLE, MIN_SKETCH) >> np.uint64(16)) & np.uint64((1 << HASH_BITS) - 1))
    signature = _distinct((_smallest(shingles, SIGNATURE_SAMPLE, MIN_SIGNATURE) >> np.uint64(16)).astype(np.uint16))
    return Sketch(hashes, size, signature)


def _smallest(shingles: Hashes, one_in: int, at_least: int) -> Hashes:
    """Of sorted shingles."""
    count = int(shingles.searchsorted(np.uint64(2**64 // one_in)))
    return shingles[: max(count, at_least)]


def _least(share: float, one_in: int, at_least: int) -> Hashes:
    """For each pair of size classes, this share of what is in both samples where one text is part of the other."""
    density = [max(1 / one_in, min(1.0, at_least / size)) for size in SIZES]
    common = [
        [min(SIZES[a], SIZES[b]) * min(density[a], density[b]) for b in range(len(SIZES))] for a in range(len(SIZES))
    ]
    return np.array([[max(MIN_SHARED, ceil(share * each)) for each in row] for row in common], dtype=np.uint64)


_IN_SKETCH = _least(SHARED, SAMPLE, MIN_SKETCH)
_CLASSES = np.arange(len(SIZES))
_IN_SIGNATURE = np.where(
    abs(_CLASSES[:, None] - _CLASSES) < _FAR,
    _least(SIGNATURE_SHARED, SIGNATURE_SAMPLE, MIN_SIGNATURE),
    _least(SIGNATURE_SHARED_FAR, SIGNATURE_SAMPLE, MIN_SIGNATURE),
)


def may_be_alike(own: Sketch, sizes: Hashes, shared: Hashes) -> npt.NDArray[np.bool_]:
    """For texts of these size classes that share so many hashes with a sketch: whether to look at their signatures."""
    # A text of a few words has fewer; it is only compared to see whether the other is the same.
    enough: npt.NDArray[np.bool_] = shared >= np.minimum(_IN_SKETCH[own.size][sizes], np.uint64(len(own.hashes)))
    return enough


def are_alike(own: Sketch, sizes: Hashes, signatures: Sequence[npt.NDArray[np.uint16]]) -> npt.NDArray[np.bool_]:
    """For texts of these size classes and signatures: whether they have to be compared with that of the sketch."""
    if not signatures:
        return np.zeros(0, dtype=np.bool_)
    is_own = np.zeros(1 << 16, dtype=np.bool_)
    is_own[own.signature] = True
    # Summed up to each signature's end: one that is empty shares nothing.
    ends = np.cumsum([len(each) for each in signatures])
    hits = np.concatenate([[0], np.cumsum(is_own[np.concatenate(signatures)])])
    shared = np.diff(hits[ends], prepend=0).astype(np.uint64)
    least = np.minimum(_IN_SIGNATURE[own.size][sizes], np.uint64(len(own.signature)))
    enough: npt.NDArray[np.bool_] = shared >= least
    return enough


_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
# Papers write 30/10/2018, 30-10-2018 or 30 tháng 10 năm 2018, each in its own way, and desks change it.
_IN_WORDS = re.compile(r"\b(\d{1,2}) tháng (\d{1,2})\b(?!\d)")
_YEAR = re.compile(r"(?<=\d) năm (?=\d{4}\b)")
_DATE = re.compile(r"(?<![\d./-])(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?![\d/-])")
_DAY = re.compile(
    r"\b(ngày|sáng|trưa|chiều|tối|đêm|hôm|nay|qua)( \(?)(\d{1,2})[-.](\d{1,2})(?![\d-]|\.\d)", re.IGNORECASE
)
_IN_THOUSANDS = re.compile(r"(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,2}))?")


def figures(text: str) -> list[str]:
    """The figures of a text in the order in which it prints them, each the same however a house writes it.

    >>> figures("Ngày 30-10, 5.157 hộ; đến 2 tháng 11 năm 2018 còn 12,5%, tức 1,234.5 tấn")
    ['30/10', '5157', '2/11/2018', '12.5', '1234.5']
    """
    text = _YEAR.sub("/", _IN_WORDS.sub(r"\1/\2", text))
    found = _NUMBER.findall(_DAY.sub(r"\1\2\3/\4", _DATE.sub(r"\1/\2/\3", text)))
    return ["/".join(map(_figure, each.split("/"))) for each in found]


def _figure(said: str) -> str:
    """Without the dots of thousands and zeros in front, and with a decimal point."""
    grouped = _IN_THOUSANDS.fullmatch(said)
    if grouped is not None:
        whole, mark, rest = grouped.groups()
        said = whole.replace(mark, "") + (f".{rest}" if rest else "")
    return said.replace(",", ".").lstrip("0") or "0"


class Profile:
    """What is compared of one text. Most texts are like no other: what only a comparison asks for is made then."""

    def __init__(self, *, title: str, text: str) -> None:
        self._title, self._text = title, text
        self._singles = _singles(text)
        self.shingles = _hashes(self._singles, SHINGLE)
        self.sketch = _sketch(self.shingles)

    @cached_property
    def title(self) -> str:
        """The headline in compared form."""
        return " ".join(tokens(self._title))

    @cached_property
    def opening(self) -> Hashes:
        """3-word shingles of the first 80 words."""
        return _hashes(self._singles[:OPENING], _OPENING_SHINGLE)

    @cached_property
    def threes(self) -> Hashes:
        """3-word shingles of the whole text."""
        return _hashes(self._singles, _OPENING_SHINGLE)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Its figures, in the order of the text."""
        return tuple(figures(self._text))

    @property
    def order(self) -> Hashes:
        """The hash of each word, in the order of the text."""
        return self._singles

    @property
    def tokens(self) -> int:
        """How many words."""
        return len(self._singles)


def profile(*, title: str | None, lede: str | None, body: str) -> Profile:
    """The profile of an article's running text; captions and furniture are no part of it."""
    return Profile(title=title or "", text=f"{lede}\n\n{body}" if lede else body)


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


def can_relate(a: Profile, b: Profile) -> bool:
    """Whether `relate` may see anything in two texts: a bound on the evidence, in a fortieth of its time."""
    most = _share(_common(a, b), min(len(a.shingles), len(b.shingles)))
    if most >= _PARTIAL_CONTAINMENT or most < _EDITED_CONTAINMENT:
        return most >= _PARTIAL_CONTAINMENT
    longer = max(a.tokens, b.tokens)
    if _share(min(a.tokens, b.tokens), longer) < _EDITED_ALIGNED:
        return False
    words, others = Counter(a.order.tolist()), Counter(b.order.tolist())
    return _share((words & others).total(), longer) >= _EDITED_ALIGNED


def _common(a: Profile, b: Profile) -> int:
    few, many = sorted((a.shingles, b.shingles), key=len)
    at = many.searchsorted(few)
    at[at == len(many)] = 0
    return int(np.count_nonzero(many[at] == few)) if len(many) else 0


def compare(a: Profile, b: Profile) -> Evidence:
    """The overlap of two texts."""
    shared = _common(a, b)
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
_CUT_CONTAINMENT, _CUT_ALIGNED, _CUT_LEDE, _CUT_TOKENS = 0.5, 0.85, 0.4, 100
"""A desk that cuts a text and edits what is left breaks many shingles and hardly any order. Of 616 pairs of reports on
one event none has as much in the same order, but for texts of 50 words, which find half of theirs in any long one."""
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
    containment, lede, order = (
        (evidence.containment_ab, evidence.lede_ab, evidence.order_ab)
        if a_is_shorter
        else (evidence.containment_ba, evidence.lede_ba, evidence.order_ba)
    )
    is_cut = containment >= _EXCERPT_CONTAINMENT and lede >= _EXCERPT_LEDE
    is_cut_and_edited = (
        containment >= _CUT_CONTAINMENT
        and order >= _CUT_ALIGNED
        and lede >= _CUT_LEDE
        and min(a.tokens, b.tokens) >= _CUT_TOKENS
    )
    if is_cut or is_cut_and_edited:
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
