"""Text that was decoded rightly but published wrongly: encoded twice, letters lost, in a font encoding. Pure."""

from __future__ import annotations

import codecs
import html
import re
from functools import cache

from crawler.extraction.vietnamese import (
    FEWEST_WORDS,
    LETTERS,
    SAMPLE,
    VIETNAMESE_SCORE,
    beyond_ascii,
    decode_vietnamese,
    foreign_letters,
    syllable_score,
    windows_1252,
)

_REPLACEMENT = "\ufffd"


@cache
def _twice_encoded() -> re.Pattern[str]:
    """What the Vietnamese letters, and quotes, become when their UTF-8 is read as windows-1252 and encoded again."""
    table = windows_1252()
    printed = set()
    for letter in LETTERS + LETTERS.upper() + "“”’–…":
        raw = letter.encode()
        printed |= {raw.decode("latin-1"), codecs.charmap_decode(raw, "strict", table)[0]}
    return re.compile("|".join(sorted(map(re.escape, printed), key=len, reverse=True)))


@cache
def _bytes_of_windows() -> dict[str, int]:
    """The byte that each character from 0x80 on stands for, in windows-1252 and in Latin-1."""
    latin = {chr(byte): byte for byte in range(0x80, 0x100)}
    return latin | {char: byte for byte, char in enumerate(windows_1252()) if byte >= 0x80}  # noqa: PLR2004  ASCII ends


@cache
def _sequence() -> re.Pattern[str]:
    """A letter in UTF-8, its two to four bytes each printed as a character (RFC 3629, section 4)."""
    following = "".join(re.escape(char) for char, byte in _bytes_of_windows().items() if byte < 0xC0)  # noqa: PLR2004
    return re.compile(
        f"[\u00c2-\u00df][{following}]|[\u00e0-\u00ef][{following}]{{2}}|[\u00f0-\u00f4][{following}]{{3}}"
    )


def decode_again(text: str) -> str | None:
    """`text` with what was encoded twice decoded once more; None where some of it was lost between.

    >>> decode_again("Doctors\u00e2\u0080\u0099 Day, caf\u00e9")
    'Doctors’ Day, café'
    """
    table = _bytes_of_windows()

    def once(match: re.Match[str]) -> str:
        return bytes(table[char] for char in match.group()).decode(errors="replace")

    if _TWICE.search(_sequence().sub(" ", text)):
        return None
    again = _sequence().sub(once, text)
    return None if _REPLACEMENT in again else again


_NOT_HIGH = bytes(range(0xA1))
_ENTITY = re.compile(
    r"&(?:#(?:1[6-9]\d|2[0-4]\d|25[0-5])|[A-Za-z](?:acute|grave|circ|tilde|uml|ring|cedil|slash)|[A-Za-z]{2}lig|eth|thorn);"
)
# The lead bytes of two- and three-byte letters, read as Latin-1, before what a second byte became.
_TWICE = re.compile("[\u00c2-\u00c6\u00e1\u00e2][^\x00-\x7f]")
# The same in UTF-8, where a search for the first byte passes over the rest of a page ten times as fast.
_TWICE_IN_UTF8 = re.compile(rb"\xc3[\x82-\x86\xa1\xa2][\x80-\xff]")
MIN_WESTERN = 0.6
"""Share of letters beyond ASCII that a page in a font encoding has in Latin-1: nearly all, and Vietnamese a third."""


def published_damage(text: str) -> str | None:
    """What is wrong with text that was decoded rightly but published wrongly, if anything is."""
    sample = text[:SAMPLE]
    # Editors of the 2000s wrote the letters of a font encoding as entities, in plain ASCII.
    has_entities = len(_ENTITY.findall(sample)) >= 4 * FEWEST_WORDS
    if not has_entities and (text.isascii() or not _may_be_damaged(sample)):
        return None
    # Article text counts, not what scripts and attributes hold.
    visible = re.sub(r"(?is)<(script|style)\b.*?(?:</\1|\Z)|<[^>]*(?:>|\Z)", " ", sample)
    if has_entities:
        visible = html.unescape(visible)
    foreign = foreign_letters(visible)
    twice = _twice_encoded().findall(visible)
    if len(twice) >= FEWEST_WORDS and sum(map(len, twice)) * 5 > foreign:
        return f"UTF-8 encoded twice: {len(twice)} letters like {twice[0]!r}"
    lost = visible.count(_REPLACEMENT)
    if lost >= FEWEST_WORDS and lost * 20 > foreign:
        return f"{lost} lost letters"
    return _font_encoding(visible)


def _latin_1_letters(text: str) -> int:
    """How many characters from U+00A1 to U+00FF; counted in C, as a Vietnamese page has thousands."""
    return len(text.encode("latin-1", "ignore").translate(None, _NOT_HIGH))


def _may_be_damaged(sample: str) -> bool:
    """Whether anything in the markup and the text together is odd; stripping the markup costs ten times as much."""
    beyond = beyond_ascii(sample)
    high = _latin_1_letters(beyond)
    is_western = high >= 4 * FEWEST_WORDS and high >= MIN_WESTERN * foreign_letters(beyond)
    if is_western or _REPLACEMENT in beyond:
        return True
    return _TWICE_IN_UTF8.search(sample.encode("utf-8", "surrogatepass")) is not None


@cache
def _to_latin_1() -> dict[int, str]:
    """Each character that stands for a byte, as the one that stands for it in Latin-1."""
    return {ord(char): chr(byte) for char, byte in _bytes_of_windows().items()}


def _font_encoding(text: str) -> str | None:
    """A page in Unicode whose letters only make sense in a VNI or ABC font."""
    high = _latin_1_letters(text)
    if high < 4 * FEWEST_WORDS or high < 0.8 * foreign_letters(text):
        return None
    if syllable_score(text)[0] >= VIETNAMESE_SCORE:
        return None
    body = text.translate(_to_latin_1()).encode("latin-1", "ignore")
    for charset in ("vni", "tcvn3", "viscii"):
        score, words = syllable_score(decode_vietnamese(body, charset))
        if score >= VIETNAMESE_SCORE and words >= FEWEST_WORDS:
            return f"letters of the font encoding {charset}"
    return None
