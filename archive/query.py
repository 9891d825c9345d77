"""What a person searches for: words, phrases and exclusions, folded as the index folds the text. Pure.

One fold for both engines: whatever is stored or asked comes through `words` first, so the engines only compare tokens.

    luong thap           both words, with or without marks
    "làng gốm"           these words in this order
    -mưa -"bão số 3"     none of these"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice, takewhile

from archive.exceptions import UnknownNameError
from archive.text import has_eth, strip_marks, tokens

FORMAT = 4
"""Raised when text folds otherwise or the index has other columns: indexes of another format are made anew."""
LONGEST = 200
"""Characters of a token that count; PostgreSQL takes no key over 2.7 KB."""
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_WORD = re.compile(r"\w+")


bare_word = lru_cache(maxsize=1 << 16)(strip_marks)
"""Of single words: a language has few syllables, and folding them was most of the time of a search."""


def short(word: str) -> str:
    """As much of a word as counts."""
    return word[:LONGEST]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must, or must not, stand in the text: its words in their order."""

    marked: tuple[str, ...]
    """As typed: case and tone placement folded, marks kept."""
    bare: tuple[str, ...]
    """Without marks, đ as d."""
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles count, besides their words; None asks nothing."""

    site: str | None = None
    section: str | None = None
    author: str | None = None
    """Part of the byline."""
    credit: str | None = None
    """Part of the source that the page names, or the name of its site."""
    since: datetime | None = None
    until: datetime | None = None
    """Published (or, where the page is silent, first captured) from `since` on and before `until`."""
    originals: bool = False
    edited: bool = False

    @property
    def may_refuse(self) -> bool:
        """Whether it asks for more than a time and a site."""
        return self.originals or self.edited or not (self.section is self.author is self.credit is None)

    def admits(self, row: dict[str, object]) -> bool:
        """Whether a row of `articles` counts.

        In Python, so that letters beyond ASCII compare the same on both engines.
        """
        at = row["published_at"] or row["first_seen_at"]
        credit = f"{row['credit_name'] or ''} {row['credit_site'] or ''}"
        return (
            (self.site is None or row["site"] == self.site)
            and _holds(row["section"], self.section)
            and _holds(row["author"], self.author)
            and _holds(credit, self.credit)
            and (self.since is None or (isinstance(at, datetime) and at >= self.since))
            and (self.until is None or (isinstance(at, datetime) and at < self.until))
            and not (self.originals and row["role"] in ("copy", "excerpt"))
            and not (self.edited and row["versions"] == 1)
        )


def _holds(text: object, part: str | None) -> bool:
    return part is None or strip_marks(part) in strip_marks(str(text or ""))


def parse(query: str) -> tuple[Term, ...]:
    """The terms of a query; raises UnknownNameError where nothing is left to look for.

    >>> [(term.bare, term.is_excluded) for term in parse('"Làng gốm" -mưa')]
    [(('lang', 'gom'), False), (('mua',), True)]
    """
    found = []
    for minus, phrase, word in _TERM.findall(query):
        marked, bare = words(phrase or word)
        if bare:
            found.append(Term(marked, bare, is_excluded=bool(minus)))
    if all(term.is_excluded for term in found):
        raise UnknownNameError(f"nothing to look for in {query!r}: give a word without a minus")
    return tuple(found)


def words(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of a text, with marks and bare.

    >>> words("Đường Hòa Bình")
    (('đường', 'hoà', 'bình'), ('duong', 'hoa', 'binh'))
    """
    pairs = [(short(word), short(bare)) for word in tokens(text) if (bare := bare_word(word))]
    return tuple(marked for marked, _ in pairs), tuple(bare for _, bare in pairs)


def has_marks(terms: tuple[Term, ...]) -> bool:
    """Whether it matters that matches with the same marks come first."""
    return any(term.marked != term.bare for term in terms if not term.is_excluded)


def snippet(text: str, terms: tuple[Term, ...], *, width: int = 160) -> list[tuple[bool, str]]:
    """A piece of the original text around the first match, as (is it a match, text).

    >>> snippet("Chợ phiên ở Lào Cai sáng nay", parse("lao"))
    [(False, 'Chợ phiên ở '), (True, 'Lào'), (False, ' Cai sáng nay')]
    """
    text = " ".join(text.split())
    matches = _matches(text, terms)
    first = next(matches, None)
    start = max(0, first[0] - width // 3) if first else 0
    if start:
        start = text.find(" ", start) + 1 or start
    end = min(len(text), start + width)
    if end < len(text):
        end = max(text.rfind(" ", start, end), first[1] if first else 0) or end
    pieces, at = [], start
    # Folding words is most of the work, so none is folded behind the piece that is shown.
    for begin, until in takewhile(lambda span: span[0] < end, chain([first] if first else [], matches)):
        if begin >= at and until <= end:
            pieces += [(False, text[at:begin]), (True, text[begin:until])]
            at = until
    pieces.append((False, text[at:end]))
    return [piece for piece in pieces if piece[1]]


def _matches(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    """Where a term stands, as (begin, end), in the order of the text."""
    wanted = [term.bare for term in terms if not term.is_excluded]
    beginnings = frozenset(phrase[0] for phrase in wanted)
    for at in _places(text, beginnings):
        for phrase in wanted:
            said = list(islice(_WORD.finditer(text, at), len(phrase)))
            if tuple(bare_word(word.group()) for word in said) == phrase:
                yield at, said[-1].end()


def _places(text: str, words: frozenset[str]) -> Iterator[int]:
    """Where one of these bare words stands."""
    pattern = _pattern(words)
    if pattern is not None and not _LIGATURES.search(text) and not has_eth(text):
        return (found.start() for found in pattern.finditer(text))
    return (found.start() for found in _WORD.finditer(text) if bare_word(found.group()) in words)


_LIGATURES = re.compile("[ßẞŉẚﬀ-ﬆ]")
"""All that more than one letter of ASCII stands for."""
_LETTERS = (*range(0x80, 0x250), *range(0x1E00, 0x1F00), 0x212A, 0x212B)
"""Beyond ASCII, all that one letter of ASCII stands for."""


@lru_cache(maxsize=1 << 10)
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    """Finds these bare words as they may be printed; None where they have letters other than those of ASCII.

    Folding every word of a text to look whether it is one of them took most of the time of a page of hits.
    """
    if not all(word.isascii() for word in words):
        return None
    alike = _alike()
    said = ("".join(f"[{re.escape(char)}{alike.get(char, '')}]" for char in word) for word in sorted(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)")


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """{a letter of ASCII: all others that are bare that one}."""
    found: dict[str, str] = {chr(small): chr(small).upper() for small in range(ord("a"), ord("z") + 1)}
    for char in map(chr, _LETTERS):
        bare = strip_marks(char)
        if bare in found:
            found[bare] += char
    return found
