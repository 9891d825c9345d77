"""Cut text into words in scripts that do not do it with spaces, or that write vowels as marks. Pure.

Vietnamese and most other text never comes here: `needs` tells."""

from __future__ import annotations

import re
import unicodedata

# Letters of scripts written without spaces. In Thai, Lao, Myanmar and Khmer a letter is less than a syllable ...
_SPELLED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
# ... and in kana and Han it is one, or a word.
_SYLLABLES = "\u3040-\u30ff\u3400-\u9fff"
_UNSPACED = _SPELLED + _SYLLABLES
REACH = 5
"""Letters, with what is above and below them, in one word of a spelled script. Each letter begins one: a run of five
such words is nine letters, some three words of the language, as five Vietnamese syllables or Chinese characters are."""

# Vowel signs and the like of the scripts from Hebrew to Vedic: letters to a reader, and no part of `\w` to Python.
_MARKS = "".join(
    char for char in map(chr, range(0x0591, 0x1D00)) if unicodedata.category(char) in ("Mn", "Mc") and char != "\u034f"
)
_HAS = re.compile(f"[{_UNSPACED}{_MARKS}]")
_PIECE = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|[^\W{_UNSPACED}](?:[^\W{_UNSPACED}]|[{_MARKS}])*")
_IS_SPELLED = re.compile(f"[{_SPELLED}]")


def needs(text: str) -> bool:
    """Whether any of `text` is in such a script."""
    return _HAS.search(text) is not None


def spans(text: str) -> list[tuple[int, int]]:
    """Where the smallest pieces of a text stand that may be called words: a letter of a script without spaces with its
    marks, or a run of letters and digits of any other."""
    return [match.span() for match in _PIECE.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text in compared form.

    >>> words("新聞 abc"), words("हिन्दी में")
    (['新', '聞', 'abc'], ['हिन्दी', 'में'])
    """
    found: list[str] = []
    # No word reaches over a space: each part may be looked up by itself.
    for part in text.split():
        pieces = _PIECE.findall(part)
        found += ["".join(pieces[at : at + reach(piece)]) for at, piece in enumerate(pieces)]
    return found


def reach(piece: str) -> int:
    """How many pieces a word has that begins with this one."""
    return REACH if _IS_SPELLED.match(piece) else 1
