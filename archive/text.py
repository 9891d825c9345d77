"""Text in two forms: the one that is stored, and the one that is compared.

Stored text keeps every letter that the paper printed: only its encoding is made uniform (NFC, one kind
of space, no invisible characters). Compared text folds what two papers write differently for the same
words: case, tone placement, quotes, dashes. Pure; nothing here knows what an article is."""

from __future__ import annotations

import re
import unicodedata

# Zero-width space, joiner and non-joiner, word joiner, BOM, soft hyphen, bidi marks: they print nothing,
# and one of them inside a word makes two otherwise equal texts differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
# Half a character outside the first plane: JSON can carry it ("\ud83d"), no encoding can write it.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000))
_ODD = _CONTROL | _INVISIBLE | _SURROGATES
_HAS_ODD = re.compile(f"[{''.join(map(re.escape, map(chr, _CONTROL | _INVISIBLE)))}\ud800-\udfff]")

# Eth (U+00D0, U+00F0) and African D (U+0189, U+0256) look like Đ and stand for it in Vietnamese text;
# no Unicode normalisation joins them.
_ETH = {0xD0: "Đ", 0xF0: "đ", 0x189: "Đ", 0x256: "đ"}
# Icelandic and Faroese, whose letter it is, print neither grave nor circumflex nor tilde.
_VIETNAMESE = re.compile(r"[ăâêôơưđàằầèềìòồờùừỳãẵẫẽễĩõỗỡũữỹảẳẩẻểỉỏổởủửỷạặậẹệịọộợụựỵắấếốớứ]", re.IGNORECASE)


def tidy(text: str) -> str:
    r"""`text` as one line in storage form: NFC, single spaces, nothing invisible, Ð as Đ in Vietnamese.

    Idempotent. Case, tone placement, quotes and dashes stay as printed.

    >>> tidy("Ðông Hoà"), tidy("Guðrún")
    ('Đông Hoà', 'Guðrún')
    >>> tidy("Ðảng\u00a0bộ  tỉnh\u200b ")
    'Đảng bộ tỉnh'
    """
    # Every line of every page comes through here: most are clean, and looking is cheaper than translating.
    text = " ".join(text.split())
    # All that is odd is not printable, and to ask for that takes a fifth of a search.
    if not text.isprintable() and _HAS_ODD.search(text):
        text = " ".join(text.translate(_ODD).split())
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    if has_eth(text) and _VIETNAMESE.search(text):
        text = text.translate(_ETH)
    return text


def has_eth(text: str) -> bool:
    """Whether letters of `text` may stand for Đ: that depends on the rest of it, all else on the word alone."""
    return "\u00d0" in text or "\u00f0" in text or "\u0189" in text or "\u0256" in text


_PUNCTUATION = (
    dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("‐‑‒–—―−", "-") | {"…": "..."}
)

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_NEW_TONE = {
    unicodedata.normalize("NFC", pair[0] + tone + pair[1]): unicodedata.normalize("NFC", pair + tone)
    for pair in ("oa", "oA", "Oa", "OA", "oe", "oE", "Oe", "OE", "uy", "uY", "Uy", "UY")
    for tone in _TONES
}
# A syllable that ends in oa, oe or uy carries its tone on either vowel, old style (hòa) or new (hoà). Not after q
# (quý is one way only), and not before a final consonant (hoàn).
_OLD_TONE = re.compile(rf"[{''.join(sorted({old[0] for old in _NEW_TONE}))}][aeyAEY](?<![qQ]..)(?!\w)")

_WORDS = re.compile(r"\w+")


def plain(text: str) -> str:
    """`text` without differences that no reader would call an edit: tone placement, kinds of quote and dash.

    Letters keep their case: a headline set in capitals has changed.

    >>> plain("Hòa – “ỦY ban”")
    'Hoà - "UỶ ban"'
    """
    return _plain(tidy(text))


def _plain(text: str) -> str:
    # Over the whole text at once: each word for itself, and each letter looked up, took ten times as long.
    if text.isascii():
        return text.replace("`", "'")
    for mark, said in _PUNCTUATION.items():
        text = text.replace(mark, said)
    return _OLD_TONE.sub(lambda match: _NEW_TONE.get(match.group(), match.group()), text)


def fold(text: str) -> str:
    """`text` for comparison between papers: as `plain`, and case-folded.

    >>> fold("Hòa – “ỦY ban”") == fold('hoà - "uỷ ban"')
    True
    """
    # Of what is tidy, folding the case undoes nothing but the composition of letters, of which Ð may depend.
    folded = unicodedata.normalize("NFC", tidy(text).casefold())
    return _plain(tidy(folded) if has_eth(folded) else folded)


def tokens(text: str) -> list[str]:
    """The words of `text` in compared form; for Vietnamese each is a syllable. `5.157` is two tokens.

    >>> tokens("Sáng 7/2, Uỷ ban")
    ['sáng', '7', '2', 'uỷ', 'ban']
    """
    return _WORDS.findall(fold(text))


# All of this block but the grapheme joiner, which is no mark.
_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]")


def strip_marks(text: str) -> str:
    """`text` in compared form without any diacritics, đ as d: for matching what was typed or printed bare.

    >>> strip_marks("Đường sắt")
    'duong sat'
    """
    decomposed = unicodedata.normalize("NFD", fold(text).replace("đ", "d"))
    bare = _MARKS.sub("", decomposed)
    return bare if bare.isascii() else "".join(char for char in bare if not unicodedata.combining(char))
