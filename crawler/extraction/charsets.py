"""From bytes without content encoding to text, in the character set that fits them.

Pure. Labels are believed last, because they lie: UTF-8 is sent as windows-1252, and pages older than Unicode carry the
Vietnamese font encodings TCVN3 (ABC), VNI and VISCII under any label. Those are told apart by how many of their words
are Vietnamese syllables."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from archive.types import Verdict
from crawler.extraction.content_encoding import Failure
from crawler.extraction.damage import decode_again, published_damage
from crawler.extraction.vietnamese import (
    FEWEST_WORDS,
    NEUTRAL,
    SAMPLE,
    VIETNAMESE_CHARSETS,
    VIETNAMESE_SCORE,
    decode_vietnamese,
    foreign_letters,
    syllable_score,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text."""

    text: str
    charset: str
    declared: str | None = None
    """What the headers, else the page, called it."""
    note: str | None = None


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
# The share of characters that fit in a text of another Latin script.
WESTERN_SCORE = 0.7
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
