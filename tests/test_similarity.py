"""How much of one text stands in another, and what that means."""

import random

import numpy as np
import pytest
import xxhash
from builders import paragraphs, sentences
from hypothesis import given
from hypothesis import strategies as st

from archive.similarity import (
    MIN_SKETCH,
    SAMPLE,
    are_alike,
    can_relate,
    compare,
    profile,
    relate,
    shingles,
    words,
)
from archive.types import Relation

LONG = sentences("long", 40)


def made(body, *, title="Tựa", lede=None):
    return profile(title=title, lede=lede, body=body if isinstance(body, str) else "\n\n".join(body))


def relation(a, b, *, same_site=False):
    return relate(a, b, compare(a, b), same_site=same_site)


TEXT = made(paragraphs(1))


# Measures


def test_a_text_is_all_of_itself():
    evidence = compare(TEXT, TEXT)
    shares = (
        evidence.resemblance,
        evidence.containment_ab,
        evidence.containment_ba,
        evidence.lede_ab,
        evidence.numbers,
    )
    assert shares == (1.0,) * 5


def test_two_texts_share_nothing_by_chance():
    assert compare(TEXT, made(paragraphs(2))).resemblance == 0


def test_a_part_is_contained_in_the_whole_and_not_the_other_way_round():
    evidence = compare(made(paragraphs(1)[:2]), TEXT)
    assert (evidence.containment_ab, evidence.containment_ba < 0.5) == (1.0, True)


@pytest.mark.parametrize(
    ("other", "share"),
    [
        pytest.param("12 cầu, 5 chợ", 1.0, id="the same figures"),
        pytest.param("12 cầu, 6 chợ", 0.5, id="one of two"),
        pytest.param("12 cầu", 1.0, id="fewer"),
        pytest.param("12 cầu, 12 chợ", 0.5, id="one of them twice"),
        pytest.param("7 cầu", 0.0, id="others"),
        pytest.param("cầu", 1.0, id="none"),
    ],
)
def test_figures_that_agree(other, share):
    assert compare(made("12 cầu, 5 chợ"), made(other)).numbers == share


def test_words_count_in_their_order_and_as_shares_of_either_text():
    evidence = compare(made("một hai ba bốn"), made("bốn một hai năm ba sáu bảy tám"))
    assert (evidence.order_ab, evidence.order_ba) == (0.75, 0.375)


def test_texts_without_figures_agree_in_them():
    assert compare(made("cầu"), made("chợ")).numbers == 1.0


@given(a=st.lists(st.sampled_from(LONG)), b=st.lists(st.sampled_from(LONG)))
def test_a_comparison_is_the_same_from_either_side(a, b):
    one, other = compare(made(" ".join(a)), made(" ".join(b))), compare(made(" ".join(b)), made(" ".join(a)))
    assert (one.resemblance, one.containment_ab, one.lede_ab, one.numbers) == (
        other.resemblance,
        other.containment_ba,
        other.lede_ba,
        other.numbers,
    )


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(a, b):
    evidence = compare(made(a), made(b))
    assert 0 <= evidence.resemblance <= min(evidence.containment_ab, evidence.containment_ba) <= 1


# Shingles and sketches


def test_shingles_never_change():
    assert sorted(shingles("một hai ba bốn năm sáu")) == [1474098239136609946, 11355081938917162142]


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("một", 1), ("một hai ba bốn năm", 1), ("một hai ba bốn năm sáu", 2)]
)
def test_a_text_has_as_many_shingles_as_runs_of_five_words(text, count):
    assert len(shingles(text)) == count


def test_tone_placement_and_case_make_no_other_shingle():
    assert shingles("Hòa bình ở khắp nơi") == shingles("HOÀ bình ở khắp nơi")


PIECES = [
    "Hòa",
    "hoà",
    "Ðảng",
    "Guðrún",
    "a\u200bb",
    "新聞",
    "ผู้ว่า",
    "हिन्दी",
    "5.157",
    "—",
    "İ",
    "e\u0302",
    "\u0301",
    " ",
    "\n\n",
    "x" * 30,
]


@given(st.lists(st.sampled_from(PIECES)))
def test_words_that_were_seen_before_are_those_of_the_whole_text(pieces):
    text = "".join(pieces)
    order = profile(title=None, lede=None, body=text).order.tolist()
    assert order == [xxhash.xxh3_64_intdigest(word.encode()) for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ngày 30/10/2018", "ngày 30-10-2018"),
        ("ngày 30/10/2018", "30.10.2018"),
        ("sáng 13/6", "sáng 13-6"),
        ("(ngày 13/6)", "(ngày 13.6)"),
    ],
)
def test_a_date_is_the_same_however_a_house_writes_it(one, other):
    assert compare(made(one), made(other)).numbers == 1.0


@pytest.mark.parametrize(
    ("one", "other"), [("2-1", "2/1"), ("10-15 hộ", "10/15 hộ"), ("5.157 hộ", "5/157 hộ"), ("sáng 13/6", "sáng 13/7")]
)
def test_what_is_no_date_is_left_as_it_is(one, other):
    assert compare(made(one), made(other)).numbers < 1.0


def test_scripts_without_spaces_go_by_character():
    assert words("新聞 abc") == ["新", "聞", "abc"]


def test_a_sketch_is_a_sample():
    assert len(made(sentences("s", 400)).sketch.hashes) == pytest.approx(400 * 17 / SAMPLE, rel=0.3)


def test_a_short_text_has_a_sketch_all_the_same():
    assert len(made(sentences("s", 3)).sketch.hashes) == MIN_SKETCH


def test_a_sketch_fits_any_sql_integer():
    assert max(TEXT.sketch.hashes) < 2**40


def test_a_part_shares_its_sketch_with_the_whole():
    whole, part = made(LONG), made(LONG[:20])
    assert len(set(whole.sketch.hashes) & set(part.sketch.hashes)) >= 3


# Relations between two papers


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(TEXT, TEXT, Relation.EXACT, id="the same text"),
        pytest.param(TEXT, made(paragraphs(1), title="Tựa khác"), Relation.EXACT, id="under another headline"),
        pytest.param(TEXT, made([*paragraphs(1)[:4], *sentences("x", 3)]), Relation.NEAR_COPY, id="another ending"),
        pytest.param(made(paragraphs(1)[:2]), TEXT, Relation.EXCERPT_OF, id="a part"),
        pytest.param(TEXT, made(paragraphs(1)[:2]), Relation.EXPANDS, id="the whole"),
        pytest.param(
            TEXT, made([*paragraphs("own", 2), *paragraphs(1)[1:4]]), Relation.PARTIAL_REUSE, id="a quotation"
        ),
        pytest.param(TEXT, made(paragraphs(2)), None, id="nothing in common"),
        pytest.param(made("Một câu ngắn."), made("Một câu ngắn."), Relation.EXACT, id="the same line"),
        pytest.param(
            made("Một câu ngắn."), made("Một câu ngắn.", title="Tựa khác"), None, id="a line under two headlines"
        ),
        pytest.param(
            made(paragraphs(1), title="Giá vàng ngày 7/2"),
            made(paragraphs(1)[:4], title="Giá vàng ngày 8/2"),
            Relation.SERIES,
            id="headlines with other figures",
        ),
    ],
)
def test_what_stands_between_two_papers(a, b, expected):
    assert relation(a, b) is expected


def report(month):
    """The same sentences each month, with the figures of the month."""
    said = [
        f"{text.translate(str.maketrans('', '', '0123456789'))} {month * 101 + at} tấn." for at, text in enumerate(LONG)
    ]
    return made(said, title="Báo cáo tháng")


def test_a_monthly_report_with_other_figures_is_a_series():
    assert relation(report(1), report(7)) is Relation.SERIES


def test_figures_that_a_house_writes_in_its_own_way_make_no_series():
    price = "Ngày 30/10/2018 có 5.157 hộ, {} tấn, đến 2/11 còn 12,5 phần, năm 2017 là 1.024.000 đồng và 0,5 tấn. "
    one = "".join(f"{text} {price.format(f'{at + 1}.250')}" for at, text in enumerate(LONG))
    other = one
    for theirs, ours in (("30/10/2018", "30 tháng 10 năm 2018"), ("2/11", "2 tháng 11"), ("5.157", "5157")):
        other = other.replace(theirs, ours)
    for theirs, ours in (("12,5", "12.5"), ("1.024.000", "1,024,000"), ("0,5", "0.5"), (".250", "250")):
        other = other.replace(theirs, ours)
    assert relation(made(one), made(other)) is Relation.NEAR_COPY
    assert compare(made(one), made(other)).numbers == 1.0


def test_a_text_that_a_desk_cut_and_edited_is_an_excerpt():
    words = " ".join(LONG).split()
    kept = words[: len(words) * 5 // 8]
    kept[4::12] = ["khác"] * len(kept[4::12])
    assert relation(made(" ".join(kept)), made(" ".join(words))) is Relation.EXCERPT_OF


def test_few_words_in_the_same_order_are_no_excerpt():
    words = " ".join(LONG).split()
    kept = words[:70]
    kept[4::12] = ["khác"] * len(kept[4::12])
    assert relation(made(" ".join(kept)), made(" ".join(words))) is Relation.PARTIAL_REUSE


# Relations within one paper


@pytest.mark.parametrize(
    ("b", "expected"),
    [
        pytest.param(TEXT, Relation.NEAR_COPY, id="the same under two addresses"),
        pytest.param(made(paragraphs(1), title="Tựa khác"), Relation.UPDATE_OF, id="under another headline"),
        pytest.param(made([*paragraphs(1), *sentences("x", 5)]), Relation.UPDATE_OF, id="a follow-up"),
        pytest.param(made(paragraphs(1)[:2]), Relation.PARTIAL_REUSE, id="a part"),
        pytest.param(made([text.replace("1", "2") for text in paragraphs(1)]), Relation.UPDATE_OF, id="other figures"),
    ],
)
def test_within_one_paper_two_addresses_are_two_articles(b, expected):
    assert relation(TEXT, b, same_site=True) is expected


@given(a=st.lists(st.sampled_from(LONG), max_size=30), b=st.lists(st.sampled_from(LONG), max_size=30))
def test_a_relation_is_the_same_from_either_side(a, b):
    turned = {Relation.EXCERPT_OF: Relation.EXPANDS, Relation.EXPANDS: Relation.EXCERPT_OF}
    one, other = made(" ".join(a)), made(" ".join(b))
    there, back = relation(one, other), relation(other, one)
    assert back in (turned.get(there, there), there)


@given(
    share=st.floats(0, 0.3),
    kept=st.floats(0.1, 1),
    strange=st.integers(0, 200),
    seed=st.integers(0, 99),
    same_site=st.booleans(),
)
def test_no_relation_is_passed_over(share, kept, strange, seed, same_site):
    chance = random.Random(seed)
    said = " ".join(sentences(seed, 12)).split()
    edited = [word if chance.random() > share else chance.choice(said) for word in said[: int(kept * len(said))]]
    more = " ".join(sentences(f"strange {seed}", 13)).split()[:strange]
    a, b = made(" ".join(said)), made(" ".join([*edited, *more]))
    if relation(a, b, same_site=same_site) is not None:
        assert can_relate(a, b)


def test_texts_that_only_share_a_phrase_are_not_compared_to_the_end():
    phrase = " ".join(LONG[0].split()[:14])
    assert not can_relate(made([*paragraphs(1), phrase]), made([*paragraphs(2), phrase]))
    empty = made("")
    assert not can_relate(empty, made("một"))
    assert not can_relate(empty, empty)


def test_a_phrase_in_a_short_text_makes_it_like_no_long_one():
    """A notice of a hundred words of which a phrase that papers like to print is a tenth; an excerpt is nearly all."""
    long = made(" ".join([*LONG[:30], *sentences("phrase", 1)]))
    notice = made(" ".join([*sentences("notice", 5), *sentences("phrase", 1)]))
    excerpt = made(" ".join([*LONG[3:8], *sentences("own", 1)]))
    for short, is_alike in ((notice, False), (excerpt, True)):
        for own, other in ((short, long), (long, short)):
            found = are_alike(own.sketch, np.array([other.sketch.size]), [other.sketch.signature])
            assert found.tolist() == [is_alike]
