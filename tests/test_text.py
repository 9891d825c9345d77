"""Stored text keeps every letter; compared text folds what two papers write differently for the same words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import fold, plain, strip_marks, tidy, tokens

VIETNAMESE = "Sáng 7/2, Uỷ ban nhân dân tỉnh Lào Cai khởi công đường sắt – “nghìn tỷ”."


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        pytest.param("  hai \n\t từ ", "hai từ", id="white space"),
        pytest.param("hai\u00a0từ\u2009nữa", "hai từ nữa", id="kinds of space"),
        pytest.param("k\u200bh\u00adô\ufeffng", "không", id="invisible characters"),
        pytest.param("một\x00hai\x85ba", "một hai ba", id="control characters"),
        pytest.param(unicodedata.normalize("NFD", "Đường sắt"), "Đường sắt", id="NFD"),
        pytest.param("\u00d0ảng bộ", "Đảng bộ", id="eth for Đ"),
        pytest.param("\u0189ảng bộ và \u0256ường", "Đảng bộ và đường", id="African D for Đ"),
        pytest.param("Guðrún frá \u00deingeyri", "Guðrún frá Þingeyri", id="Icelandic keeps its eth"),
        pytest.param("hoà và hòa – “thế”", "hoà và hòa – “thế”", id="tone placement, dashes and quotes"),
        pytest.param("tin \ud83d mới", "tin mới", id="half a character"),
        pytest.param("ĐƯỜNG SẮT", "ĐƯỜNG SẮT", id="capitals"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_stored(raw, stored):
    assert tidy(raw) == stored


@given(st.text())
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(st.characters(blacklist_categories=())))
def test_whatever_is_stored_can_be_encoded(text):
    tidy(text).encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("hoà", "hòa", id="oa"),
        pytest.param("khoẻ", "khỏe", id="oe"),
        pytest.param("thuý", "thúy", id="uy"),
        pytest.param("UỶ BAN", "ỦY BAN", id="capitals"),
        pytest.param("Hoà", unicodedata.normalize("NFD", "Hòa"), id="NFD"),
        pytest.param("“a” ‘b’", "\"a\" 'b'", id="quotes"),
        pytest.param("a – b — c", "a - b - c", id="dashes"),
        pytest.param("vân vân…", "vân vân...", id="ellipsis"),
    ],
)
def test_what_no_reader_calls_an_edit(one, other):
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("quý", "qúy", id="after q there is one way"),
        pytest.param("hoàn", "hòan", id="before a consonant there is one way"),
        pytest.param("ma", "má", id="a tone"),
        pytest.param("Tin", "TIN", id="case"),
        pytest.param("28", "29", id="a figure"),
        pytest.param("dong", "đong", id="đ"),
    ],
)
def test_what_a_reader_calls_an_edit(one, other):
    assert plain(one) != plain(other)


@given(st.text("hoaàòuúyýq Đđ-–“\u0300\u0323"))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_a_folded_text_has_no_case():
    assert fold(VIETNAMESE) == fold(VIETNAMESE.upper())


def test_the_tokens_of_vietnamese_are_its_syllables():
    assert tokens("Lào Cai: 5.157 tỷ")[:3] == ["lào", "cai", "5"]


def test_no_mark_is_left_where_bare_letters_are_wanted():
    assert strip_marks(VIETNAMESE) == 'sang 7/2, uy ban nhan dan tinh lao cai khoi cong duong sat - "nghin ty".'
