"""Lay out the index of sampled shingles in blocks: what an entry is, which block it belongs to, when a block is full.

Pure. An entry says that a shingle is in a document. The entries that came last are in runs, in the order in which they
came; the others in blocks by the first bits of the shingle. There are 4096 blocks of the first level, and a block that
is full hands its entries to the sixteen below it. So a document costs few writes of many entries, not one write for
each of its entries, and a look-up one block a level: Bender and others 2015, "An introduction to B-epsilon-trees"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archive.similarity import HASH_BITS

Integers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

_U64 = np.dtype("<u8")
_U16 = np.dtype("<u2")
_DOCUMENT_BITS = 32
"""Four billion documents."""
_TAIL_BITS = _DOCUMENT_BITS + 4
"""The size class of the document's text, and the document."""
_ROOT_BITS = 12
_STEP_BITS = 4
_REST_BITS = 64 - _TAIL_BITS
"""Of the 40 bits of a shingle, those that the first level's block does not say: they and a tail make an entry."""
LEVELS = (HASH_BITS - _ROOT_BITS) // _STEP_BITS + 1
FULL = 224
"""Shingles in a full block: 1.8 KB, so that PostgreSQL keeps it in one piece with others on a page. Many entries of one
shingle make no block full: they could not be told apart further down either."""
_KEY_BITS = 44
_RUN_ENTRY = _U64.itemsize + _U16.itemsize


@dataclass(frozen=True, slots=True)
class Postings:
    """Shingles, and beside each the tail of the entry that says where it is."""

    hashes: Integers
    tails: Integers

    def sorted(self) -> Postings:
        """The same by shingle."""
        order = np.argsort(self.hashes, kind="stable")
        return Postings(self.hashes[order], self.tails[order])

    def to_run(self) -> bytes:
        """As it is stored in one piece."""
        roots = (self.hashes >> np.uint64(_REST_BITS)).astype(_U16)
        return _entries(self.hashes, self.tails).astype(_U64).tobytes() + roots.tobytes()


def from_run(stored: bytes) -> Postings:
    """What `to_run` stored."""
    count = len(stored) // _RUN_ENTRY
    entries = np.frombuffer(stored, _U64, count).astype(np.uint64)
    roots = np.frombuffer(stored, _U16, count, offset=count * _U64.itemsize).astype(np.uint64)
    return Postings((roots << np.uint64(_REST_BITS)) | (entries >> np.uint64(_TAIL_BITS)), entries & _TAIL)


def joined(parts: Sequence[Postings]) -> Postings:
    """All of them, by shingle."""
    if not parts:
        return Postings(np.empty(0, np.uint64), np.empty(0, np.uint64))
    return Postings(
        np.concatenate([part.hashes for part in parts]), np.concatenate([part.tails for part in parts])
    ).sorted()


_TAIL = np.uint64((1 << _TAIL_BITS) - 1)
_REST = np.uint64((1 << _REST_BITS) - 1)


def tail(document: int, size: int) -> int:
    """What an entry says besides the shingle. Raises OverflowError for a document that it has no room for."""
    if document >> _DOCUMENT_BITS:
        raise OverflowError(f"the index of copies has no room for document {document!r}")
    return size << _DOCUMENT_BITS | document


def untail(tails: Integers) -> tuple[Integers, Integers]:
    """(documents, size classes)."""
    return tails & np.uint64((1 << _DOCUMENT_BITS) - 1), tails >> np.uint64(_DOCUMENT_BITS)


def counted(tails: Integers) -> tuple[Integers, Integers, Integers]:
    """(documents, their size classes, how often each comes) of tails in any order."""
    tails = np.sort(tails)
    is_first = np.ones(len(tails), dtype=np.bool_)
    np.not_equal(tails[1:], tails[:-1], out=is_first[1:])
    starts = is_first.nonzero()[0]
    counts = np.diff(starts, append=len(tails)).astype(np.uint64)
    return *untail(tails[is_first]), counts


def _entries(hashes: Integers, tails: Integers) -> Integers:
    return ((hashes & _REST) << np.uint64(_TAIL_BITS)) | tails


def keys(hashes: Integers, level: int) -> Integers:
    """The block of this level, from 1, that each shingle belongs to."""
    spare = HASH_BITS - _ROOT_BITS - _STEP_BITS * (level - 1)
    return np.uint64(level << _KEY_BITS) | (hashes >> np.uint64(spare))


def level_of(key: int) -> int:
    """The level of a block; 0 for a run."""
    return key >> _KEY_BITS


FIRST_BLOCK = 1 << _KEY_BITS
"""Smaller keys are those of runs."""


def find(hashes: Integers, level: int, blocks: Mapping[int, bytes]) -> tuple[Places, Integers]:
    """(place in `hashes`, tail) of all entries of these shingles in the blocks of this level, by place."""
    stored = sorted(blocks)
    if not stored:
        return np.empty(0, np.intp), np.empty(0, np.uint64)
    entries = np.frombuffer(b"".join(map(blocks.__getitem__, stored)), _U64)
    ends = np.cumsum([len(blocks[key]) // _U64.itemsize for key in stored])
    wanted, known = keys(hashes, level), np.array(stored, np.uint64)
    block = np.minimum(known.searchsorted(wanted), len(stored) - 1)
    places = (known[block] == wanted).nonzero()[0]
    block, rests = block[places], hashes[places] & _REST
    first = _at(entries, rests, np.where(block, ends[block - 1], 0), ends[block])
    place, at = _ranges(first, _at(entries, rests + np.uint64(1), first, ends[block]))
    return places[place], entries[at] & _TAIL


def _at(entries: Integers, rests: Integers, low: Places, high: Places) -> Places:
    """For each of `rests` the place of the first entry from there on in its stretch of sorted entries."""
    low, high = low.copy(), high.copy()
    while (is_open := low < high).any():
        middle = (low + high) // 2
        # Where a stretch is done, any place will do.
        is_before = is_open & ((entries[np.minimum(middle, len(entries) - 1)] >> np.uint64(_TAIL_BITS)) < rests)
        low = np.where(is_before, middle + 1, low)
        high = np.where(is_open & ~is_before, middle, high)
    return low


def find_posted(hashes: Integers, postings: Postings) -> tuple[Places, Integers]:
    """The same in sorted postings."""
    place, at = _ranges(postings.hashes.searchsorted(hashes), postings.hashes.searchsorted(hashes, "right"))
    return place, postings.tails[at]


def _ranges(first: Places, last: Places) -> tuple[Places, Places]:
    """(number of the stretch, place) of all places from each of `first` to before the `last` beside it."""
    counts = last - first
    before = np.cumsum(counts) - counts
    return np.repeat(np.arange(len(first)), counts), np.arange(counts.sum()) + np.repeat(first - before, counts)


@dataclass(frozen=True, slots=True)
class Level:
    """Entries on their way into the blocks of one level, by block."""

    level: int
    keys: Integers
    entries: Integers

    def portions(self, blocks: int) -> Iterator[Level]:
        """The same, so many blocks at a time."""
        starts = np.flatnonzero(np.diff(self.keys, prepend=np.uint64(0)))[::blocks].tolist()
        for start, end in zip(starts, [*starts[1:], len(self.keys)], strict=True):
            yield Level(self.level, self.keys[start:end], self.entries[start:end])

    def merge(self, stored: dict[int, bytes]) -> tuple[dict[int, bytes], Level | None]:
        """These blocks as they are to be stored, and what the full ones hand on; an empty block is one that does."""
        starts = np.flatnonzero(np.diff(self.keys, prepend=np.uint64(0))).tolist()
        merged: dict[int, bytes] = {}
        full: list[tuple[int, Integers]] = []
        for start, end in zip(starts, [*starts[1:], len(self.keys)], strict=True):
            key, entries = int(self.keys[start]), self.entries[start:end]
            if key in stored:
                entries = np.concatenate([np.frombuffer(stored[key], _U64), entries])
            entries = np.sort(entries)
            if len(entries) > FULL and self.level < LEVELS and _shingles(entries) > FULL:
                full.append((key, entries))
                merged[key] = b""
            else:
                merged[key] = entries.astype(_U64, copy=False).tobytes()
        return merged, self._below(full) if full else None

    def _below(self, full: list[tuple[int, Integers]]) -> Level:
        entries = np.concatenate([each for _, each in full])
        above = np.repeat(np.array([key for key, _ in full], np.uint64), [len(each) for _, each in full])
        spare = np.uint64(64 - _STEP_BITS * self.level)
        number = above & np.uint64((1 << _KEY_BITS) - 1)
        step = (entries >> spare) & np.uint64((1 << _STEP_BITS) - 1)
        below = np.uint64((self.level + 1) << _KEY_BITS) | (number << np.uint64(_STEP_BITS)) | step
        return Level(self.level + 1, below, entries)


def _shingles(entries: Integers) -> int:
    """How many shingles sorted entries are of."""
    rests = entries >> np.uint64(_TAIL_BITS)
    return 1 + int(np.count_nonzero(rests[1:] != rests[:-1]))


def first_level(postings: Postings) -> Level:
    """Sorted postings as entries of the first level."""
    return Level(1, keys(postings.hashes, 1), _entries(postings.hashes, postings.tails))
