from __future__ import annotations

import gzip
import unicodedata
import zlib
from html.entities import codepoint2name

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Verdict
from crawler.extraction.charsets import Decoded, decode_text
from crawler.extraction.content_encoding import MAX_DECODED, Content, Failure, decode_content
from crawler.extraction.vietnamese import decode_vietnamese, is_syllable, syllable_score

TEXT = (
    "Sáng nay, người dân bản Nà Lộc vui mừng đón những chuyến xe đầu tiên chở chè cổ thụ xuống chợ huyện. "
    "Đường mới rộng hơn, sạch hơn; trẻ em đi học không còn phải lội qua suối mỗi mùa mưa lũ nữa. "
    "Trưởng bản nói rằng ai cũng góp sức, kẻ ít người nhiều, để ước mơ ấy thành sự thật."
)
PAGE = f"<html><head><title>Bản tin</title></head><body><p>{TEXT}</p></body></html>".encode()

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = [
    letter
    for vowel in "aăâeêioôơuưy"
    for tone in TONES
    if not (letter := unicodedata.normalize("NFC", vowel + tone)).isascii()
] + ["đ"]
LETTERS = SMALL + [letter.upper() for letter in SMALL]


def encoder(charset: str) -> dict[str, bytes]:
    """How `charset` writes each Vietnamese letter, found by decoding every byte and every pair with a vowel."""
    found = {}
    firsts = "aeouyôöAEOUYÔÖ".encode("latin-1") if charset == "vni" else b""
    codes = [bytes([code]) for code in range(1, 256)]
    codes += [bytes([first, second]) for first in firsts for second in range(0x80, 256)]
    for code in codes:
        letter = decode_vietnamese(code, charset)
        if len(letter) == 1:
            found.setdefault(letter, code)
    return found


def encoded(text: str, charset: str) -> bytes:
    table = encoder(charset)
    return b"".join(table[char] for char in text)


def as_entities(text: str) -> bytes:
    """As editors of the 2000s wrote it: in plain ASCII, each letter by its name."""
    return "".join(f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name else char for char in text).encode(
        "latin-1"
    )


def as_numbers(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")


def windows_1258(text: str) -> bytes:
    """With the tone as a mark of its own where the letter has no code."""
    parts = []
    for char in text:
        try:
            parts.append(char.encode("cp1258"))
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", char)
            tone = next(mark for mark in decomposed if mark in TONES[1:])
            base = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
            parts.append((base + tone).encode("cp1258"))
    return b"".join(parts)


def test_there_are_134_letters():
    assert len(set(LETTERS)) == 134


@pytest.mark.parametrize("charset", ["tcvn5712-1", "vni", "viscii"])
def test_every_letter_has_a_code_and_comes_back(charset):
    table = encoder(charset)
    assert [letter for letter in LETTERS if letter not in table] == []
    assert decode_vietnamese(b" ".join(table[letter] for letter in LETTERS), charset) == " ".join(LETTERS)


def test_tcvn3_has_every_small_letter():
    assert decode_vietnamese(encoded("".join(SMALL), "tcvn3"), "tcvn3") == "".join(SMALL)


def test_windows_1258_comes_out_composed():
    assert decode_vietnamese(windows_1258("".join(LETTERS)), "windows-1258") == "".join(LETTERS)


@pytest.mark.parametrize(
    ("charset", "letter", "code"),
    [
        # One known byte each, so that the tables are not only their own inverse.
        ("tcvn3", "ế", b"\xd5"),
        ("tcvn3", "ự", b"\xf9"),
        ("tcvn5712-1", "Ế", b"\xda"),
        ("viscii", "ế", b"\xaa"),
        ("viscii", "Ẫ", b"\x06"),
        ("vni", "ế", b"e\xe1"),
        ("vni", "ự", b"\xf6\xef"),
        ("vni", "đ", b"\xf1"),
    ],
)
def test_known_codes(charset, letter, code):
    assert decode_vietnamese(code, charset) == letter


@pytest.mark.parametrize("label", [None, "utf-8", "iso-8859-1", "windows-1252", "us-ascii", "x-user-defined"])
@pytest.mark.parametrize("charset", ["tcvn3", "tcvn5712-1", "vni", "viscii", "windows-1258"])
def test_old_encodings_are_found_under_any_label(charset, label):
    text = TEXT.lower() if charset == "tcvn3" else TEXT
    body = windows_1258(text) if charset == "windows-1258" else encoded(text, charset)
    found = decode_text(body, content_type=f"text/html; charset={label}" if label else None)
    assert isinstance(found, Decoded)
    assert found.text == text
    assert found.charset in (charset, "tcvn3")


@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "iso-8859-1", "us-ascii", "gb2312", "nonsense"])
def test_utf8_wins_over_every_label(label):
    found = decode_text(PAGE, content_type=f"text/html; charset={label}")
    assert TEXT in found.text
    assert (found.charset, found.declared) == ("utf-8", label)


def test_a_lie_is_noted():
    assert decode_text(PAGE, content_type="text/html; charset=iso-8859-1").note == "declared iso-8859-1, is utf-8"
    assert decode_text(PAGE, content_type="text/html; charset=utf-8").note is None


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("L'été dernier, le président français a été très occupé à Genève. Ça va bientôt être réglé.", "cp1252", None),
        ("Die Bürger müssen größere Häuser für schöne Äpfel kaufen, sagt Jürgen.", "cp1252", "iso-8859-1"),
        ("Президент России заявил, что погода будет хорошая.", "cp1251", "windows-1251"),
        ("今日は天気がいいですね。明日も晴れるでしょう。", "cp932", "shift_jis"),
        ("今天的天气很好，记者在北京报道。", "gb18030", "gb2312"),
        ("Plain ASCII – nearly: it’s a dash.", "cp1252", None),
    ],
)
def test_other_languages_keep_their_charset(text, codec, label):
    found = decode_text(
        (text + " " + text).encode(codec), content_type=f"text/html; charset={label}" if label else None
    )
    assert found.text == f"{text} {text}"


def test_the_charset_in_the_page_counts_when_the_header_is_silent():
    text = "Президент России заявил, что погода будет хорошая. " * 3
    page = f"<html><head><meta charset='windows-1251'></head><body>{text}</body></html>".encode("cp1251")
    assert text in decode_text(page, content_type="text/html").text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(codec):
    assert decode_text(TEXT.encode(codec), content_type="text/html; charset=iso-8859-1").text == TEXT


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(codec):
    assert decode_text(PAGE.decode().encode(codec)).charset == codec


def test_one_broken_letter_does_not_condemn_a_page():
    found = decode_text(PAGE.replace("mưa".encode(), b"m\xc6a"), content_type="text/html; charset=utf-8")
    assert (found.charset, found.note) == ("utf-8", "1 broken characters")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(TEXT.encode().decode("cp1252", "ignore").encode(), "twice", id="twice, and letters lost"),
        pytest.param(encoded(TEXT, "vni").decode("latin-1").encode(), "vni", id="VNI font"),
        pytest.param(encoded(TEXT.lower(), "tcvn3").decode("latin-1").encode(), "tcvn3", id="ABC font"),
        pytest.param(encoded(TEXT, "viscii").decode("latin-1").encode(), "viscii", id="VISCII"),
        pytest.param(as_entities(encoded(TEXT, "vni").decode("latin-1")), "vni", id="VNI font as entities"),
        pytest.param(as_numbers(encoded(TEXT.lower(), "tcvn3").decode("latin-1")), "tcvn3", id="ABC font as numbers"),
        pytest.param("".join(c if c.isascii() else "\ufffd" for c in TEXT).encode(), "lost", id="lost letters"),
        pytest.param(bytes(range(128, 256)) * 20, "no character set", id="no text at all"),
    ],
)
def test_damage_is_a_verdict_and_not_repaired(body, words):
    found = decode_text(body)
    assert isinstance(found, Failure)
    assert found.verdict is Verdict.MOJIBAKE
    assert words in found.detail


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.encode().decode("latin-1"), id="as Latin-1"),
        pytest.param(decode_vietnamese(TEXT.encode(), "windows-1252"), id="as windows-1252"),
    ],
)
def test_what_was_encoded_twice_is_decoded_twice(text):
    found = decode_text(text.encode())
    assert found.text == TEXT
    assert "twice" in found.note


def test_punctuation_encoded_twice_in_a_sound_page_is_decoded():
    quoted = "’".encode().decode("latin-1")
    found = decode_text(f"<p>It{quoted}s the shop{quoted}s, don{quoted}t, won{quoted}t, can{quoted}t</p>".encode())
    assert found.text.count("’") == 5


@pytest.mark.parametrize(
    "text", [TEXT, "Le préfet a déclaré que l'été sera chaud à Besançon, où la fête a été annulée. " * 9]
)
def test_text_as_entities_is_sound(text):
    page = f"<html><body><p>{as_numbers(text).decode()}</p></body></html>".encode()
    assert isinstance(decode_text(page), Decoded)


def test_an_article_about_encoding_errors_is_sound():
    assert isinstance(decode_text(f"{TEXT} Chữ bị lỗi trông như sau: Ä‘á»“ng.".encode()), Decoded)


def test_syllables():
    assert all(map(is_syllable, "nghiêng được quýt giếng gì yêu khuỷu ngoằn thuở huých xoong".split()))
    assert not any(map(is_syllable, "xyz được̀ cáchh café mìp tiếpp".split()))
    assert syllable_score(TEXT)[0] > 0.99


# --- content encoding


CODERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("coding", CODERS)
def test_each_coding_comes_off(coding):
    assert decode_content(CODERS[coding](PAGE), coding) == Content(PAGE)


@pytest.mark.parametrize("coding", CODERS)
def test_every_cut_is_found(coding):
    whole = CODERS[coding](PAGE)
    # One byte can be the whole loss, and the first bytes of a gzip are found out as plain text or as damage.
    for size in range(4, len(whole)):
        found = decode_content(whole[:size], coding)
        assert isinstance(found, Failure), size
        assert found.verdict is Verdict.UNDECODABLE


def test_every_flipped_bit_of_a_gzip_body_is_found():
    whole = gzip.compress(PAGE, mtime=0)
    for at in range(10, len(whole)):
        broken = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        assert isinstance(decode_content(broken, "gzip"), Failure), at


def test_members_are_joined_and_padding_is_allowed():
    half = len(PAGE) // 2
    body = gzip.compress(PAGE[:half]) + gzip.compress(PAGE[half:])
    assert decode_content(body, "gzip") == Content(PAGE)
    assert decode_content(body + bytes(512), "gzip") == Content(PAGE)


def test_bytes_after_the_end_are_damage():
    assert isinstance(decode_content(gzip.compress(PAGE) + b"more", "gzip"), Failure)
    assert isinstance(decode_content(gzip.compress(PAGE) + b"\x1f\x8b", "gzip"), Failure)


def test_bare_deflate():
    coder = zlib.compressobj(wbits=-15)
    assert decode_content(coder.compress(PAGE) + coder.flush(), "deflate") == Content(PAGE)


def test_codings_come_off_in_reverse_order():
    assert decode_content(gzip.compress(brotli.compress(PAGE)), "br, gzip") == Content(PAGE)


@pytest.mark.parametrize(
    ("payload", "encoding", "note"),
    [
        pytest.param(PAGE, "gzip", "declared gzip, sent plain", id="declared, plain"),
        pytest.param(gzip.compress(PAGE), None, "gzip, not declared", id="sent, not declared"),
        pytest.param(gzip.compress(gzip.compress(PAGE)), "gzip", "gzip, not declared", id="twice"),
        pytest.param(PAGE, "utf-8", "unknown content encoding 'utf-8'", id="no coding"),
    ],
)
def test_lies_are_noted(payload, encoding, note):
    assert decode_content(payload, encoding) == Content(PAGE, note)


@pytest.mark.parametrize("coding", CODERS)
def test_bombs_are_too_big(coding):
    found = decode_content(CODERS[coding](bytes(40_000_000)), coding)
    assert found.verdict is Verdict.TOO_BIG


def test_plain_bodies_have_the_same_limit():
    assert decode_content(b"a" * (MAX_DECODED + 1), None).verdict is Verdict.TOO_BIG
    assert decode_content(b"a" * MAX_DECODED, None) == Content(b"a" * MAX_DECODED)


@given(
    st.binary(max_size=400), st.sampled_from([None, "gzip", "deflate", "br", "zstd", "gzip, br", "x, y,,", "a,b,c,d"])
)
def test_any_bytes_give_a_value(payload, encoding):
    content = decode_content(payload, encoding)
    if isinstance(content, Content):
        assert isinstance(decode_text(content.body), Decoded | Failure)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_utf8_text_comes_back(text):
    found = decode_text(text.encode())
    if isinstance(found, Decoded) and not text.startswith("\ufeff"):
        assert found.text == text


@given(
    st.binary(min_size=1, max_size=60),
    st.sampled_from(
        ["utf-7", "hex", "idna", "unicode_escape", "utf-16", "rot13", "big5", "iso-2022-jp", "mbcs", "\u0131"]
    ),
)
def test_no_label_can_raise(body, label):
    decode_text(body, content_type=f"text/html; charset={label}")
