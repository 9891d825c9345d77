"""What each capture of an article means, by itself and after those before it."""

import pytest
from builders import at, bad, document, paragraphs
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Block, BlockKind, Caption, Cause, DecisionKind, Furniture, Outcome, Verdict
from archive.versioning import Observation, changed_fields, content_hash, fold


def seen(said=None, *, day=1, **changes):
    said = document() if said is None else said
    standard = {
        "capture_id": f"capture-{day}",
        "captured_at": at(day),
        "verdict": said.verdict,
        "document": said,
        "content_hash": content_hash(said) if said.title else "",
    }
    return Observation(**(standard | changes))


def outcomes(*observations):
    _, judgements = fold(observations)
    return [judged.outcome for judged in judgements]


# What a reader would call the article


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"title": "Khác"}, id="title"),
        pytest.param({"lede": "Khác"}, id="lede"),
        pytest.param({"body": ["Khác"]}, id="body"),
        pytest.param({"captions": (Caption("Khác"),)}, id="caption"),
        pytest.param({"author": "Khác"}, id="author"),
    ],
)
def test_the_content_hash_covers(change):
    assert content_hash(document(**change)) != content_hash(document())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"furniture": (Furniture("related", "r", "Khác"),)}, id="furniture"),
        pytest.param({"published_at": at(1)}, id="published_at"),
        pytest.param({"modified_at": at(1)}, id="modified_at"),
        pytest.param({"tags": ("Khác",)}, id="tags"),
        pytest.param({"section": "Khác"}, id="section"),
        pytest.param({"kicker": "Khác"}, id="kicker"),
        pytest.param({"provenance": {"body": "epi/body"}}, id="provenance"),
        pytest.param({"detail": "Khác"}, id="detail"),
    ],
)
def test_the_content_hash_does_not_cover(change):
    assert content_hash(document(**change)) == content_hash(document())


def test_the_content_hash_begins_with_its_version():
    assert (content_hash(document())[:2], len(content_hash(document()))) == ("01", 42)


def test_the_content_hash_of_a_page_never_changes():
    said = document(title="Một", lede=None, author=None, body=["Hoà bình."])
    assert content_hash(said) == "011d082eea2de6580c0a41eaa8be1743e4ad3a34a5"


def test_tone_placement_and_quotes_are_no_other_content():
    assert content_hash(document(title="Hòa “bình”")) == content_hash(document(title='Hoà "bình"'))


def test_a_paragraph_that_becomes_two_is_another_content():
    assert content_hash(document(body=["Một.", "Hai."])) != content_hash(document(body=["Một. Hai."]))


# What changed


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param({"title": "khác"}, ("title",), id="title"),
        pytest.param({"lede": None}, ("lede",), id="lede gone"),
        pytest.param({"body": ["một", "ba"]}, ("body",), id="body"),
        pytest.param({"body": ["một 5", "hai"]}, ("body", "numbers"), id="a figure"),
        pytest.param({"body": ["một ở Lào Cai", "hai"]}, ("body", "names"), id="a name"),
        pytest.param({"author": "Khác"}, ("author",), id="author"),
        pytest.param({"captions": (Caption("Cầu"),)}, ("captions",), id="caption"),
        pytest.param({"tags": ("a",)}, (), id="tags"),
    ],
)
def test_a_version_says_what_changed(change, changed):
    before = {"title": "tựa", "lede": "dẫn", "body": ["một", "hai"], "author": "an"}
    assert changed_fields(document(**before), document(**(before | change))) == changed


def test_a_figure_that_moved_is_the_same_figure():
    assert "numbers" not in changed_fields(document(body=["5 cầu", "chợ"]), document(body=["chợ", "5 cầu"]))


# One after the other


def test_first_unchanged_edited():
    assert outcomes(seen(), seen(day=2), seen(document(title="Khác"), day=3)) == [
        Outcome.VERSION,
        Outcome.UNCHANGED,
        Outcome.VERSION,
    ]


def test_gone_again_says_nothing_new():
    assert outcomes(seen(), seen(bad("gone"), day=2), seen(bad("gone"), day=3))[1:] == [Outcome.GONE, Outcome.NOTHING]


def test_gone_before_it_was_seen_says_nothing():
    assert outcomes(seen(bad("gone"))) == [Outcome.NOTHING]


def test_a_page_that_is_back_may_be_edited_at_once():
    _, judgements = fold([seen(), seen(bad("gone"), day=2), seen(document(title="Khác"), day=3)])
    assert (judgements[2].cause, judgements[2].is_back) == (Cause.EDITED, True)


def test_a_held_page_says_nothing_about_being_gone():
    history, _ = fold([seen(), seen(bad("gone"), day=2), seen(bad("blocked"), day=3)])
    assert history.gone_at == at(2)


def test_a_list_page_where_no_article_was_is_nothing():
    assert outcomes(seen(bad("no_article"))) == [Outcome.NOTHING]


def test_a_release_makes_a_version_of_what_was_held():
    wrong = seen(document(2), day=2, decision=DecisionKind.RELEASE)
    _, judgements = fold([seen(), wrong])
    assert judgements[1].cause is Cause.RELEASED


def test_a_release_of_what_the_article_says_anyway_is_no_version():
    assert outcomes(seen(), seen(day=2, decision=DecisionKind.RELEASE))[1] is Outcome.UNCHANGED


def test_a_release_of_a_page_without_text_is_none():
    assert outcomes(seen(), seen(bad("blocked"), day=2, decision=DecisionKind.RELEASE))[1] is Outcome.HELD


def test_a_discarded_capture_leaves_no_trace():
    with_it, _ = fold([seen(), seen(document(title="Khác"), day=2, decision=DecisionKind.DISCARD), seen(day=3)])
    without, _ = fold([seen(), seen(day=3)])
    assert with_it == without


def test_a_shrunken_text_is_confirmed_by_the_same_an_hour_later():
    short = document(body=paragraphs(1)[:2])
    assert outcomes(seen(), seen(short, day=2), seen(short, day=2.1))[1:] == [Outcome.HELD, Outcome.VERSION]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param(2.02, document(body=paragraphs(1)[:2]), id="too soon"),
        pytest.param(3, document(body=paragraphs(1)[:1]), id="another text"),
    ],
)
def test_a_shrunken_text_is_not_confirmed_by(day, said):
    assert outcomes(seen(), seen(document(body=paragraphs(1)[:2]), day=2), seen(said, day=day))[2] is Outcome.HELD


def test_an_open_breaker_holds_edits_and_nothing_else():
    assert outcomes(seen(), seen(day=2, breaker_open=True), seen(document(title="Khác"), day=3, breaker_open=True)) == [
        Outcome.VERSION,
        Outcome.UNCHANGED,
        Outcome.HELD,
    ]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_meaning_before_and_after_an_article(verdict):
    said = document() if verdict is Verdict.OK else bad(verdict)
    assert len(outcomes(seen(said), seen(day=2), seen(said, day=3))) == 3


_any = st.lists(
    st.sampled_from(
        [document(), document(title="Khác"), document(2), document(body=paragraphs(1)[:2]), bad("gone"), bad("blocked")]
    ),
    max_size=8,
)


@given(said=_any, chance=st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(said, chance):
    observations = [seen(each, day=day) for day, each in enumerate(said, start=1)]
    shuffled = observations[:]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(observations)


@given(said=_any)
def test_versions_are_counted_and_follow_each_other(said):
    history, judgements = fold(seen(each, day=day) for day, each in enumerate(said, start=1))
    causes = [judged.cause for judged in judgements if judged.outcome is Outcome.VERSION]
    assert len(causes) == history.versions
    assert causes[:1] in ([], [Cause.FIRST])
    assert Cause.FIRST not in causes[1:]


def test_captures_of_one_moment_have_one_order():
    pair = [seen(capture_id="b"), seen(document(title="Khác"), capture_id="a")]
    assert fold(pair) == fold(pair[::-1])


def test_a_subhead_is_part_of_the_text():
    subhead = Block("Mục hai", BlockKind.SUBHEAD)
    assert content_hash(document(body=["Một.", subhead])) != content_hash(document(body=["Một."]))
