"""Copies in languages other than Vietnamese: scripts without spaces, vowels written as marks, translations."""

import json
import random
from pathlib import Path

import pytest
from builders import document, record

from archive.scripts import REACH, spans, words
from archive.similarity import compare, profile, relate
from archive.syndication import compare_texts, copies_of
from archive.types import Relation
from archive.web.passages import mark

# Words of each language, in no order that would mean anything; a full stop, and what stands between two words.
LANGUAGES = json.loads((Path(__file__).parent / "data" / "languages.json").read_text(encoding="utf-8"))


def text(language, seed, *, count=16, changed=0.0):
    """Sentences of 14 words each; `changed` is the share of words that an editor replaced by others."""
    said = LANGUAGES[language]
    chance, editor = random.Random(f"{language} {seed}"), random.Random(f"editor {seed}")
    sentences = [chance.choices(said["words"], k=14) for _ in range(count)]
    return [
        said["between"].join(editor.choice(said["words"]) if editor.random() < changed else word for word in words)
        + said["stop"]
        for words in sentences
    ]


def relation(a, b):
    one, other = (profile(title=None, lede=None, body="\n\n".join(said)) for said in (a, b))
    return relate(one, other, compare(one, other), same_site=False)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def test_a_copy_is_found_in_any_script(archive, language):
    body = text(language, 1)
    record(archive, document(1, body=body, lede=None, title="A"), url="https://one.example/1")
    record(archive, document(2, body=[*body[2:], "Reuters"], lede=None, title="B"), url="https://two.example/1", day=2)
    record(archive, document(3, body=text(language, 2), lede=None, title="C"), url="https://three.example/1", day=2)
    found = copies_of(archive, "https://one.example/1")
    assert [(row["url"], row["role"]) for row in found["members"]] == [("https://two.example/1", "copy")]


def test_a_text_with_a_word_in_ten_changed_is_a_copy(language):
    assert relation(text(language, 1), text(language, 1, changed=0.1)) is Relation.NEAR_COPY


def test_a_part_is_an_excerpt(language):
    assert relation(text(language, 1)[:5], text(language, 1)) is Relation.EXCERPT_OF


def test_what_two_texts_share_is_told_also_where_every_sentence_was_changed(language):
    said = LANGUAGES[language]
    theirs = text(language, 1, count=4)
    ours = [said["words"][at] + said["between"] + sentence for at, sentence in enumerate(theirs)]
    rows = [{"title": None, "lede": None, "body": "\n\n".join(body), "captions": []} for body in (ours, theirs)]
    passages = compare_texts(*rows)["passages"]
    assert len(passages) >= 4
    whole = "".join("".join(ours).split())
    assert all("".join(passage.split()) in whole for passage in passages)
    assert sum(map(len, passages)) > 0.8 * sum(map(len, theirs))


@pytest.mark.parametrize("seed", range(2, 7))
def test_two_texts_of_the_same_words_share_little(language, seed):
    one, other = (profile(title=None, lede=None, body="\n\n".join(text(language, at))) for at in (1, seed))
    evidence = compare(one, other)
    assert max(evidence.containment_ab, evidence.containment_ba) < 0.15
    assert relate(one, other, evidence, same_site=False) is None


@pytest.mark.parametrize("other", ["th", "hi", "ko", "ar", "ja"])
def test_a_translation_is_no_copy(archive, other):
    """Names in Latin letters and figures are the same in both."""
    shared = [
        "Nguyen Van Binh, VinFast VF-8, 30/10/2018, 5.157, 34,05%",
        "Sa Pa, Lao Cai, Vietnam Airlines VN-A321: 128/140",
    ]
    for at, (name, day) in enumerate((("zh", 1), (other, 2))):
        body = [f"{said} {shared[number % 2]}" for number, said in enumerate(text(name, "same"))]
        record(archive, document(at, body=body, lede=None, title="Sa Pa"), url=f"https://{name}.example/1", day=day)
    assert list(archive.rows("clusters")) == []
    found = copies_of(archive, "https://zh.example/1")
    assert found is None or {row["relation"] for row in found["related"]} <= {"partial_reuse", "series"}


def test_an_english_and_a_vietnamese_report_on_one_event_are_no_copies():
    english = ["The bridge over the Red River in Lao Cai opened on 30/10/2018 at a cost of 5,700 billion dong."] * 6
    vietnamese = ["Cầu qua sông Hồng ở Lào Cai thông xe ngày 30/10/2018 với vốn 5.700 tỷ đồng, sớm hơn dự kiến."] * 6
    assert relation(english, vietnamese) is None


def test_passages_are_marked_in_scripts_without_spaces(language):
    body = text(language, 1)
    own = text("hi" if language == "zh" else "zh", 3)[0]
    marked = mark("\n\n".join([body[0], own]), "\n\n".join(body))
    assert [any(one.is_shared for one in block) for block in marked] == [True, False]
    assert "".join(one.text for one in marked[0] if one.is_shared).strip(" ।។.。") == body[0].strip(" ।។.。")


# Words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("প্রধানমন্ত্রী আজ", ["প্রধানমন্ত্রী", "আজ"]),
        ("السَّلامُ", ["السَّلامُ"]),
        ("日本の2026年", ["日", "本", "の", "2026", "年"]),
    ],
)
def test_vowels_that_are_marks_belong_to_their_word(said, expected):
    assert words(said) == expected


def test_a_word_of_a_spelled_script_is_some_letters_from_each_on():
    assert words("กขคงจฉ") == ["กขคงจ", "ขคงจฉ", "คงจฉ", "งจฉ", "จฉ", "ฉ"]
    assert len(words("กขคงจฉ")[0]) == REACH


def test_spans_cover_every_letter():
    said = "ผู้ว่า opens 橋, 2026"
    assert [said[start:end] for start, end in spans(said)] == ["ผู้", "ว่", "า", "opens", "橋", "2026"]
