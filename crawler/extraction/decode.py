"""From the bytes as received to text: content encoding first, strictly, then the character set.

Pure, and never lenient about damage: a cut or corrupt gzip is a verdict and not half a page. Labels are believed last,
because they lie: UTF-8 is sent as windows-1252, and pages older than Unicode carry the Vietnamese font encodings TCVN3
(ABC), VNI and VISCII under any label. Those are told apart by how many of their words are Vietnamese syllables."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from archive.types import Verdict
from crawler.extraction.vietnamese import (
    LETTERS,
    NEUTRAL,
    VIETNAMESE_CHARSETS,
    decode_vietnamese,
    foreign_letters,
    syllable_score,
    windows_1252,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# A page of news is 50 to 500 kB; libraries need minutes and gigabytes for what is larger than this.
MAX_DECODED = 10 * 1024 * 1024
# Text compresses 3 to 20 times; 200 MB of zeros fit into 200 kB of gzip and 300 bytes of brotli.
MAX_RATIO = 200
# Small bodies of one repeated line pass the ratio without harm.
RATIO_FLOOR = 256 * 1024
MAX_CODINGS = 3
SAMPLE = 400_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a body could not be turned into text."""

    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body without its content encoding."""

    body: bytes
    note: str | None = None
    """Where the headers lied about it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text."""

    text: str
    charset: str
    declared: str | None = None
    """What the headers, else the page, called it."""
    note: str | None = None


# --- content encoding -------------------------------------------------------------------------------------------------

_GZIP = b"\x1f\x8b\x08"


def decode_content(payload: bytes, encoding: str | None) -> Content | Failure:
    """`payload` without the codings that the Content-Encoding header `encoding` lists.

    >>> decode_content(b"plain", "gzip")
    Content(body=b'plain', note='declared gzip, sent plain')
    """
    body, notes = payload, []
    codings = [coding.strip().lower().removeprefix("x-") for coding in (encoding or "").split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity", "none")]
    if len(codings) > MAX_CODINGS:
        return Failure(Verdict.UNDECODABLE, f"{len(codings)} content encodings")
    for coding in reversed(codings):
        if coding not in _EXPANDERS:
            notes.append(f"unknown content encoding {coding!r}")
        elif coding == "gzip" and not body.startswith(_GZIP) and _looks_plain(body):
            notes.append("declared gzip, sent plain")
        else:
            expanded = _expand(body, coding)
            if isinstance(expanded, Failure):
                return expanded
            body = expanded
    if body.startswith(_GZIP):
        expanded = _expand(body, "gzip")
        if isinstance(expanded, Failure):
            return expanded
        body = expanded
        notes.append("gzip, not declared")
    if len(body) > MAX_DECODED:
        return Failure(Verdict.TOO_BIG, f"{len(body)} bytes decoded")
    return Content(body, "; ".join(notes) or None)


class _Overflow(Exception):  # noqa: N818 - not an error of the program
    """More output than a page may have."""


def _expand(body: bytes, coding: str) -> bytes | Failure:
    limit = min(MAX_DECODED, max(RATIO_FLOOR, MAX_RATIO * len(body)))
    try:
        return _EXPANDERS[coding](body, limit)
    except _Overflow:
        return Failure(Verdict.TOO_BIG, f"{coding}: {len(body)} bytes grow over {limit}")
    except ImportError:
        return Failure(Verdict.UNDECODABLE, f"{coding}: no library for it is installed")
    except Exception as error:  # noqa: BLE001 - each library has errors of its own, and damage is not ours to raise
        return Failure(Verdict.UNDECODABLE, f"{coding}: {error}")


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, bytes]:
    """One stream from the start of `body`, checksum verified where it has one, and what follows it."""
    stream = zlib.decompressobj(wbits)
    text = stream.decompress(body, limit + 1)
    if len(text) > limit:
        raise _Overflow
    if not stream.eof:
        raise ValueError("cut off")
    return text, stream.unused_data


def _gunzip(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    rest = body
    while rest or not parts:
        part, rest = _inflate(rest, limit - sum(map(len, parts)), 31)
        parts.append(part)
        if rest.strip(b"\0") == b"":
            break  # block padding
        if not rest.startswith(_GZIP[:2]):
            raise ValueError(f"{len(rest)} bytes after the end")
    return b"".join(parts)


def _inflate_only(body: bytes, limit: int) -> bytes:
    """`deflate` is a zlib stream (RFC 9110, 8.4.1.2); some servers send it bare."""
    try:
        text, rest = _inflate(body, limit, 15)
    except zlib.error:
        text, rest = _inflate(body, limit, -15)
    if rest:
        raise ValueError(f"{len(rest)} bytes after the end")
    return text


def _unbrotli(body: bytes, limit: int) -> bytes:
    # Optional, like zstd: both come with scrapy, and our own requests ask for gzip only (brotli has no checksum).
    stream: Any = import_module("brotli").Decompressor()
    parts = [stream.process(body, output_buffer_limit=65536)]
    size = len(parts[0])
    while not stream.is_finished():
        if stream.can_accept_more_data():
            raise ValueError("cut off")
        parts.append(stream.process(b"", output_buffer_limit=65536))
        size += len(parts[-1])
        if size > limit:
            raise _Overflow
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    decompressor: Any = import_module("backports.zstd").ZstdDecompressor
    parts: list[bytes] = []
    rest = body
    while rest:
        stream = decompressor()
        part = stream.decompress(rest, limit + 1 - sum(map(len, parts)))
        parts.append(part)
        if sum(map(len, parts)) > limit:
            raise _Overflow
        if not stream.eof:
            raise ValueError("cut off")
        rest = stream.unused_data
    return b"".join(parts)


_EXPANDERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "deflate": _inflate_only,
    "br": _unbrotli,
    "zstd": _unzstd,
}


def _looks_plain(body: bytes) -> bool:
    head = body[:1024]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)  # noqa: PLR2004 - tab to carriage return are text
    return b"\0" not in head and controls * 50 <= len(head)


# --- character set ----------------------------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
# As browsers read these labels (WHATWG Encoding): the wider set of the same family.
_ALIASES = {
    "ascii": "windows-1252", "us-ascii": "windows-1252", "iso-8859-1": "windows-1252", "latin1": "windows-1252",
    "latin-1": "windows-1252", "iso8859-1": "windows-1252", "cp1252": "windows-1252", "cp1258": "windows-1258",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "shift_jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "tis-620": "cp874", "windows-874": "cp874",
    "utf8": "utf-8",
}  # fmt: skip
# Python codecs that are no character sets of pages, or that can hide markup from a scan of the bytes.
_NO_CHARSETS = frozenset(
    {
        "utf_7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "rot_13",
        "rot13", "base64", "bz2", "hex", "quopri", "uu", "zlib",
    }
)  # fmt: skip
# Shares of characters that fit. Vietnamese text in its own encoding scores over 0.95 (names and loan words miss), in
# another one under 0.5; foreign text read as Vietnamese under 0.4.
VIETNAMESE_SCORE = 0.8
WESTERN_SCORE = 0.7
FEWEST_WORDS = 5
# Bad bytes in a page that is UTF-8 otherwise: a headline cut in the middle of a letter. Other encodings read as UTF-8
# break at every second letter.
MAX_BAD_SHARE = 0.02
# Boxes and control characters among what is not ASCII.
MAX_DRAWN = 0.2
_REPLACEMENT = "\ufffd"


def declared_charset(content_type: str | None, body: bytes) -> tuple[str | None, str | None]:
    """The labels in the Content-Type header and in the page's head, as printed."""
    http = _HTTP.search(content_type or "")
    meta = _META.search(body[:8192])
    return http[1] if http else None, meta[1].decode("ascii", "replace") if meta else None


def decode_text(body: bytes, *, content_type: str | None = None) -> Decoded | Failure:
    """`body` as text in the character set that fits it, or why none does."""
    http, meta = declared_charset(content_type, body)
    declared = http or meta
    decoded = _decode(body, [label for label in (http, meta) if label])
    if isinstance(decoded, Failure):
        return decoded
    text, charset, note = decoded
    damage = published_damage(text)
    if damage:
        # What was encoded twice can be decoded twice, unless letters were lost between.
        again = decode_again(text)
        if again is None or published_damage(again):
            return Failure(Verdict.MOJIBAKE, damage)
        text, note = again, damage
    if note is None and declared and _normal(declared) not in (charset, None) and not body.isascii():
        note = f"declared {declared}, is {charset}"
    return Decoded(text, charset, declared, note)


def _decode(body: bytes, labels: list[str]) -> tuple[str, str, str | None] | Failure:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _with_few_errors(body[len(bom) :], charset) or Failure(Verdict.MOJIBAKE, f"broken {charset}")
    names = [name for label in labels if (name := _normal(label))]
    unmarked = wide_charset(body)
    if unmarked and (found := _with_few_errors(body, unmarked)):
        return found
    # These write everything in ASCII bytes, so that UTF-8 would fit too.
    escaped = next((name for name in names if name.startswith(("iso2022", "iso-2022", "hz"))), None)
    if escaped and (b"\x1b" in body or b"~{" in body) and (found := _with_few_errors(body, escaped)):
        return found
    utf8 = _with_few_errors(body, "utf-8")
    return utf8 or _decode_legacy(body, names)


def wide_charset(body: bytes) -> str | None:
    """UTF-16 without a byte order mark, by its zero bytes: every second one in the markup, and no others."""
    head = body[:2048]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or min(even, odd) > len(head) // 100:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _with_few_errors(body: bytes, charset: str) -> tuple[str, str, str | None] | None:
    try:
        return body.decode(charset), charset, None
    except UnicodeDecodeError:
        text = body.decode(charset, "replace")
    bad = text.count(_REPLACEMENT)
    foreign = foreign_letters(text) - bad
    return (text, charset, f"{bad} broken characters") if bad <= foreign * MAX_BAD_SHARE else None


def _decode_legacy(body: bytes, names: list[str]) -> tuple[str, str, str | None] | Failure:
    sample = _visible(body[:SAMPLE])
    scores = [(*syllable_score(decode_vietnamese(sample, charset)), charset) for charset in VIETNAMESE_CHARSETS]
    score, words, best = max(scores, key=lambda scored: scored[0])
    if score >= VIETNAMESE_SCORE and words >= FEWEST_WORDS:
        return decode_vietnamese(body, best), best, None
    for name in names:
        if name in VIETNAMESE_CHARSETS or name == "windows-1252":
            continue  # asked above and below
        try:
            # KOI8-R and the code pages of DOS give every byte a sign: what they make of noise is boxes.
            if not _is_drawn(sample.decode(name, errors="ignore")):
                return body.decode(name), name, None
        except (UnicodeDecodeError, LookupError):
            continue
    western = _western_score(decode_vietnamese(sample, "windows-1252"))
    if western >= WESTERN_SCORE:
        return decode_vietnamese(body, "windows-1252"), "windows-1252", None
    return Failure(Verdict.MOJIBAKE, f"no character set fits; best {best} with {score:.2f} of the letters")


def _is_drawn(text: str) -> bool:
    """Whether boxes and control characters are more of the text than any writer would draw."""
    foreign = [char for char in text if not char.isascii()]
    drawn = sum("\u2500" <= char <= "\u259f" or "\x80" <= char <= "\x9f" for char in foreign)
    return drawn > MAX_DRAWN * len(foreign)


def _normal(label: str) -> str | None:
    name = label.strip().lower()
    name = _ALIASES.get(name, name)
    if name in ("windows-1252", "windows-1258"):
        return name
    if re.search(r"tcvn|vni|viscii|abc", name):
        return next((charset for charset in ("viscii", "vni", "tcvn3") if charset.rstrip("3") in name), "tcvn3")
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return None if codec.replace("-", "_") in _NO_CHARSETS else codec


_HIDDEN = re.compile(rb"(?is)<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<[^>]*(?:>|\Z)")


def _visible(body: bytes) -> bytes:
    return _HIDDEN.sub(b" ", body)


def _western_score(text: str) -> float:
    """The share of non-ASCII characters that are letters in words of one case, or punctuation between words."""
    good = total = 0
    for match in re.finditer(r"\S+", text):
        word = match.group()
        if word.isascii():
            continue
        foreign = sum(not char.isascii() for char in word)
        total += foreign
        inner = word.strip(NEUTRAL + ".,;:!?()[]\"'¿¡-/")
        is_cased = inner[1:].islower() or inner.isupper() or inner.isascii()
        if (
            is_cased
            and foreign * 3 <= max(2 * len(word), 3)
            and all(char.isalpha() or char in "’'-.&" for char in inner)
        ):
            good += foreign
    return good / total if total else 1.0


# --- damage that was published ----------------------------------------------------------------------------------------


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
    high = _latin_1_letters(sample)
    is_western = high >= 4 * FEWEST_WORDS and high >= MIN_WESTERN * foreign_letters(sample)
    return is_western or _REPLACEMENT in sample or _TWICE.search(sample) is not None


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
