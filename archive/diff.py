"""What changed between two versions, paragraph by paragraph and word by word.

Pure; difflib does the comparing, first on blocks, then on the words of blocks that stand for each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["equal", "delete", "insert"]
_PIECES = re.compile(r"\s+|\d+(?:[.,]\d+)+|\w+|[^\w\s]")
"""A figure is one word: 1.240 became 1.420, and not 240 420."""
_ALIKE = 0.4
"""Blocks less alike than this are shown as one taken out and another put in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both versions, only in the old one, or only in the new one."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field, or one block of the body, that differs."""

    field: str
    pieces: tuple[Piece, ...]


def diff(old: dict[str, object], new: dict[str, object]) -> list[Change]:
    """What differs between two rows of `versions`: title, kicker, lede, author, body by block, captions."""
    changes = []
    for name in ("title", "kicker", "lede", "author"):
        before, after = str(old.get(name) or ""), str(new.get(name) or "")
        if before != after:
            changes.append(Change(name, diff_words(before, after)))
    changes += [Change("body", pieces) for pieces in _diff_blocks(_blocks(old["body"]), _blocks(new["body"]))]
    changes += [Change("captions", pieces) for pieces in _diff_blocks(_list(old["captions"]), _list(new["captions"]))]
    return changes


def _blocks(body: object) -> list[str]:
    return str(body).split("\n\n") if body else []


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def diff_words(old: str, new: str) -> tuple[Piece, ...]:
    """The words of two texts side by side.

    >>> [(piece.op, piece.text) for piece in diff_words("28 công đoàn", "29 công đoàn")]
    [('delete', '28'), ('insert', '29'), ('equal', ' công đoàn')]
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("equal", "".join(before[a:b])))
            continue
        if a < b:
            pieces.append(Piece("delete", "".join(before[a:b])))
        if c < d:
            pieces.append(Piece("insert", "".join(after[c:d])))
    return tuple(pieces)


def _diff_blocks(old: Sequence[str], new: Sequence[str]) -> list[tuple[Piece, ...]]:
    changed: list[tuple[Piece, ...]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            changed += _pair(old[a:b], new[c:d])
    return changed


def _pair(removed: Sequence[str], added: Sequence[str]) -> list[tuple[Piece, ...]]:
    """Each removed block with the added one that it became, in order; the rest alone."""
    pairs: list[tuple[Piece, ...]] = []
    rest = list(added)
    for block in removed:
        at = next((at for at, other in enumerate(rest) if _is_alike(block, other)), None)
        if at is None:
            pairs.append((Piece("delete", block),))
            continue
        pairs += [(Piece("insert", other),) for other in rest[:at]]
        pairs.append(diff_words(block, rest[at]))
        rest = rest[at + 1 :]
    return pairs + [(Piece("insert", other),) for other in rest]


def _is_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
