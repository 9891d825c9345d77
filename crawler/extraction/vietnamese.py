"""What Vietnamese looks like: its syllables, and the 8-bit encodings that pages used before Unicode.

Pure tables. Python has codecs for windows-1258 only; TCVN3 (ABC), the full TCVN 5712, VNI and VISCII are here."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache, lru_cache

# --- Vietnamese syllables ---------------------------------------------------------------------------------------------

_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên
ênh êng êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu yêm yên yêng yêt yêu o oa oac oach oai oam oan
oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm
ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt
uynh uyt uyu uyn ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y ych yn ynh yt ooc
"""
_SYLLABLE = re.compile(rf"(?:{_ONSETS})(?:{'|'.join(sorted(_RIMES.split(), key=len, reverse=True))})")
_TONE_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOPPED = ("c", "ch", "p", "t")
_HIGH_TONES = frozenset("\u0301\u0323")
_WORD = re.compile(r"[^\W\d_]+")
LETTERS = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
NEUTRAL = "\u00a0“”‘’…–—•·«»©®°²³½×€\ufeff\u00ad→"
_NEUTRALS = re.compile(f"[{NEUTRAL}]")

SAMPLE = 400_000
"""Bytes, or characters, that are enough to judge what a page is written in."""
VIETNAMESE_SCORE = 0.8
"""A `syllable_score` from which a text is Vietnamese: in its own encoding it scores over 0.95 (names and loan words
miss), in another one under 0.5; foreign text read as Vietnamese under 0.4."""
FEWEST_WORDS = 5
"""Words with foreign letters that a score needs in order to mean anything."""


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` is built like a Vietnamese syllable: an onset, a rime, and a tone that the rime can carry.

    >>> is_syllable("Nghiêng"), is_syllable("được"), is_syllable("buíld")
    (True, True, False)
    """
    decomposed = unicodedata.normalize("NFD", word.casefold())
    tones = [char for char in decomposed if ord(char) in _TONE_MARKS]
    bare = unicodedata.normalize("NFC", decomposed.translate(_TONE_MARKS))
    if len(tones) > 1 or (tones and bare.endswith(_STOPPED) and tones[0] not in _HIGH_TONES):
        return False
    return _SYLLABLE.fullmatch(bare) is not None or bare in ("gi", "quy")


def syllable_score(text: str) -> tuple[float, int]:
    """The share of the foreign letters of `text` that stand in Vietnamese syllables, and the number of such words."""
    good = words = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii() and is_syllable(word):
            good += sum(not char.isascii() for char in word)
            words += 1
    total = foreign_letters(text)
    return (good / total if total else 0.0), words


_ASCII = bytes(range(0x80))


def beyond_ascii(text: str) -> str:
    """The characters of `text` that are not ASCII: a tenth of a page, told apart in C."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def foreign_letters(text: str) -> int:
    """How many characters are neither ASCII nor punctuation that every language has."""
    beyond = beyond_ascii(text)
    return len(beyond) - len(_NEUTRALS.findall(beyond))


# --- font encodings ---------------------------------------------------------------------------------------------------

# TCVN 5712:1993. The second half is what ABC fonts have (TCVN3; their capitals are another font, so the text comes in
# small letters); the first half and the control characters hold the capitals of the full set, VN1.
_TCVN = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN_CAPITALS = {
    0x01: "ÚỤ",
    0x04: "ỪỬỮ",
    0x11: "ỨỰỲỶỸÝỴ",
    0x80: "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ",
    0xAF: "Ằ",
    0xBA: "Ẳ",
    0xBF: "ẴẮẦẨẪẤỀ",
    0xCD: "Ể",
    0xD9: "ỄẾỒ",
    0xE0: "Ổ",
    0xF0: "Ỗ",
    0xFF: "Ố",
}
# RFC 1456.
_VISCII = {
    0x02: "Ẳ",
    0x05: "ẴẪ",
    0x14: "Ỷ",
    0x19: "Ỹ",
    0x1E: "Ỵ",
    0x80: "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ",
    0xA0: "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ",
    0xC0: "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư",
    0xE0: "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
}
# VNI writes a vowel and then a mark: "tieáp" is "tiếp". The capitals are the same 0x20 lower.
_VNI_MARKS = {
    "a": {"ù": "á", "ø": "à", "û": "ả", "õ": "ã", "ï": "ạ", "â": "â", "á": "ấ", "à": "ầ", "å": "ẩ", "ã": "ẫ", "ä": "ậ",
          "ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"},
    "e": {"ù": "é", "ø": "è", "û": "ẻ", "õ": "ẽ", "ï": "ẹ", "â": "ê", "á": "ế", "à": "ề", "å": "ể", "ã": "ễ", "ä": "ệ"},
    "o": {"ù": "ó", "ø": "ò", "û": "ỏ", "õ": "õ", "ï": "ọ", "â": "ô", "á": "ố", "à": "ồ", "å": "ổ", "ã": "ỗ", "ä": "ộ"},
    "ô": {"ù": "ớ", "ø": "ờ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "u": {"ù": "ú", "ø": "ù", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "ö": {"ù": "ứ", "ø": "ừ", "û": "ử", "õ": "ữ", "ï": "ự"},
    "y": {"ù": "ý", "ø": "ỳ", "û": "ỷ", "õ": "ỹ"},
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}


def _table(*rows: dict[int, str], base: str = "latin-1") -> str:
    table = [bytes([byte]).decode(base, "replace") for byte in range(256)]
    table = [chr(byte) if char == "\ufffd" else char for byte, char in enumerate(table)]
    for row in rows:
        for first, letters in row.items():
            table[first : first + len(letters)] = letters
    return "".join(table)


@cache
def _tables() -> dict[str, str]:
    return {
        "tcvn3": _table(_TCVN, base="cp1252"),
        "tcvn5712-1": _table(_TCVN, _TCVN_CAPITALS),
        "viscii": _table(_VISCII),
        "windows-1258": _table(base="cp1258"),
        "windows-1252": _table(base="cp1252"),
    }


def windows_1252() -> str:
    """The decoding table of windows-1252, its five holes filled as browsers fill them."""
    return _tables()["windows-1252"]


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = dict(_VNI_LETTERS)
    for vowel, marks in _VNI_MARKS.items():
        for mark, letter in marks.items():
            pairs[vowel + mark] = letter
    for printed, letter in list(pairs.items()):
        # The case of a pair is the case of its vowel; "Aù" occurs beside "AÙ".
        pairs[printed[0].upper() + printed[1:]] = letter.upper()
        pairs[printed.upper()] = letter.upper()
    return re.compile("|".join(sorted(map(re.escape, pairs), key=len, reverse=True))), pairs


def _from_vni(body: bytes) -> str:
    pattern, pairs = _vni()
    text = codecs.charmap_decode(body, "strict", _tables()["windows-1252"])[0]
    return pattern.sub(lambda match: pairs[match.group()], text)


VIETNAMESE_CHARSETS = ("windows-1258", "tcvn3", "tcvn5712-1", "vni", "viscii")


def decode_vietnamese(body: bytes, charset: str) -> str:
    """`body` read as one of `VIETNAMESE_CHARSETS`; composed (windows-1258 writes tones as marks of their own)."""
    if charset == "vni":
        return _from_vni(body)
    text = codecs.charmap_decode(body, "strict", _tables()[charset])[0]
    return unicodedata.normalize("NFC", text) if charset == "windows-1258" else text
