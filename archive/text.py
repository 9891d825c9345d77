"""Text in two forms: the one that is stored, and the one that is compared.

Stored text keeps every letter that the paper printed: only its encoding is made uniform (NFC, one kind
of space, no invisible characters). Compared text folds what two papers write differently for the same
words: case, tone placement, quotes, dashes. Pure; nothing here knows what an article is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Zero-width space, joiner and non-joiner, word joiner, BOM, soft hyphen, bidi marks: they print nothing,
# and one of them inside a word makes two otherwise equal texts differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))
_CONTROL = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0))}
_INVISIBLE_OR_CONTROL = _CONTROL | _INVISIBLE
_SPACES = re.compile(r"\s+")

# Eth (U+00D0, U+00F0) and African D (U+0189, U+0256) look like Đ and stand for it in Vietnamese text;
# no Unicode normalisation joins them.
_ETH = {0xD0: "Đ", 0xF0: "đ", 0x189: "Đ", 0x256: "đ"}
_VIETNAMESE = re.compile(r"[ăơưĂƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹĐđ]")


def tidy(text: str) -> str:
    """`text` as one line in storage form: NFC, single spaces, nothing invisible, Ð as Đ in Vietnamese.

    Idempotent. Case, tone placement, quotes and dashes stay as printed.

    >>> tidy("Ðảng\\u00a0bộ  tỉnh\\u200b ")
    'Đảng bộ tỉnh'
    """
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE_OR_CONTROL))
    if _VIETNAMESE.search(text):
        text = text.translate(_ETH)
    return _SPACES.sub(" ", text).strip()


_QUOTES = {ord(mark): '"' for mark in "“”„‟«»″"} | {ord(mark): "'" for mark in "‘’‚‛′`´"}
_DASHES = {ord(mark): "-" for mark in "‐‑‒–—―−"}
_PUNCTUATION = _QUOTES | _DASHES | {ord("…"): "..."}

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
# A syllable that ends in oa, oe or uy carries its tone on either vowel, old style (hòa) or new (hoà). Not after q
# (quý is one way only), and not before a final consonant (hoàn).
_OLD_TONE = re.compile(rf"(?<!q)(o|u)([{_TONES}])(a|e|y)(?![\w{_TONES}])", re.IGNORECASE)


@lru_cache(maxsize=65536)
def _place_tone(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    moved = _OLD_TONE.sub(_move_tone, decomposed)
    return unicodedata.normalize("NFC", moved)


def _move_tone(match: re.Match[str]) -> str:
    first, tone, second = match.groups()
    pair = first + second
    return first + second + tone if pair.lower() in ("oa", "oe", "uy") else match.group()


_WORDS = re.compile(r"\w+")


def plain(text: str) -> str:
    """`text` without differences that no reader would call an edit: tone placement, kinds of quote and dash.

    Letters keep their case: a headline set in capitals has changed.

    >>> plain("Hòa – “ỦY ban”")
    'Hoà - "UỶ ban"'
    """
    return _WORDS.sub(lambda match: _place_tone(match.group()), tidy(text).translate(_PUNCTUATION))


def fold(text: str) -> str:
    """`text` for comparison between papers: as `plain`, and case-folded.

    >>> fold("Hòa – “ỦY ban”") == fold('hoà - "uỷ ban"')
    True
    """
    return plain(tidy(text).casefold())


def tokens(text: str) -> list[str]:
    """The words of `text` in compared form; for Vietnamese each is a syllable. `5.157` is two tokens.

    >>> tokens("Sáng 7/2, Uỷ ban")
    ['sáng', '7', '2', 'uỷ', 'ban']
    """
    return _WORDS.findall(fold(text))


def strip_marks(text: str) -> str:
    """`text` in compared form without any diacritics, đ as d: for matching what was typed or printed bare.

    >>> strip_marks("Đường sắt")
    'duong sat'
    """
    decomposed = unicodedata.normalize("NFD", fold(text).replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
