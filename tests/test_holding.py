"""When a page that could be read is kept out of the versions, and when a whole site is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import at, document, paragraphs, sentences
from hypothesis import given
from hypothesis import strategies as st

from archive.holding import BREAKER_ARTICLES, BREAKER_WINDOW, Recheck, reason_to_hold, tripped
from archive.types import HoldReason


def reason(head, new, **known):
    hold = reason_to_hold(head, new, **known)
    return hold and hold.reason


def characters(count):
    return document(body=[("từ " * count)[:count]])


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        pytest.param(1000, 79, HoldReason.EMPTIED, id="a line is left"),
        pytest.param(10_000, 400, HoldReason.EMPTIED, id="a twentieth is left"),
        pytest.param(1000, 0, HoldReason.EMPTIED, id="nothing is left"),
        pytest.param(1000, 499, HoldReason.SHRUNK, id="less than half is left"),
        pytest.param(1000, 500, None, id="half is left"),
        pytest.param(499, 200, None, id="a short text may be halved"),
        pytest.param(199, 0, None, id="a line may go"),
        pytest.param(1000, 5000, None, id="a text may grow"),
    ],
)
def test_a_loss_of_text(before, after, held):
    assert reason(characters(before), characters(after)) is held


def test_a_confirmed_loss_is_let_through():
    assert reason(characters(1000), characters(400), is_confirmed=True) is None


def test_a_confirmation_does_not_let_an_emptied_page_through():
    assert reason(characters(1000), characters(0), is_confirmed=True) is HoldReason.EMPTIED


@pytest.mark.parametrize(
    ("known", "now", "held"),
    [
        pytest.param("epi/body", "trafilatura", HoldReason.REDESIGN, id="a rule finds nothing more"),
        pytest.param("epi/body", "epi/body-2", None, id="another rule finds it"),
        pytest.param("trafilatura", "epi/body", None, id="a rule finds it now"),
        pytest.param("trafilatura", "trafilatura", None, id="there never was a rule"),
    ],
)
def test_where_the_text_was_found(known, now, held):
    head, new = (document(title=title, provenance={"body": where}) for title, where in (("a", known), ("b", now)))
    assert reason(head, new) is held


@pytest.mark.parametrize(
    ("new", "held"),
    [
        pytest.param(document(2), HoldReason.SUSPECT, id="another headline over another text"),
        pytest.param(document(2, title=document().title), None, id="another text under the same headline"),
        pytest.param(document(title="Khác"), None, id="another headline over the same text"),
        pytest.param(document(title="Khác", body=[*paragraphs(1)[:1], *paragraphs(2)]), None, id="a rewritten article"),
    ],
)
def test_another_page_at_the_address(new, held):
    assert reason(document(), new) is held


def test_an_open_breaker_holds_any_edit():
    assert reason(document(), document(title="Khác"), breaker_open=True) is HoldReason.REDESIGN


@given(share=st.floats(0, 0.3), seed=st.integers(0, 5))
def test_an_ordinary_edit_is_never_held(share, seed):
    before = sentences(seed, 20)
    after = before[int(share * 20) :] + sentences("new", 3)
    assert reason(document(body=[" ".join(before)]), document(body=[" ".join(after)])) is None


def test_a_hold_shows_its_evidence():
    assert reason_to_hold(characters(1000), characters(400)).detail == "400 of 1000 characters left"


# A whole site


def rechecks(articles, changed, *, start=0, minutes=10):
    """So many articles seen again, one every few minutes, of which the last ones changed."""
    return [
        Recheck(
            f"article-{number}", at(1, start + minutes * number), f"capture-{number:03}", number >= articles - changed
        )
        for number in range(articles)
    ]


@pytest.mark.parametrize(
    ("articles", "changed", "trips"),
    [
        pytest.param(20, 7, True, id="more than 30 % of twenty"),
        pytest.param(20, 6, False, id="30 % of twenty"),
        pytest.param(19, 19, False, id="all of nineteen"),
        pytest.param(100, 30, False, id="30 % of a hundred"),
        pytest.param(100, 31, True, id="31 % of a hundred"),
        pytest.param(0, 0, False, id="nothing"),
    ],
)
def test_a_breaker_trips_when_a_site_changes_at_once(articles, changed, trips):
    assert (tripped(rechecks(articles, changed)) is not None) is trips


def test_a_breaker_trips_at_the_capture_that_is_one_too_many():
    trip = tripped(rechecks(30, 15))
    # The tenth change of twenty-five articles is the first that is more than 30 % of what was seen by then.
    seen = int(trip.capture_id[-3:]) + 1
    assert (seen - 15) / seen > 0.3 >= (seen - 1 - 15) / (seen - 1)


def test_changes_further_apart_than_a_day_do_not_add_up():
    spread = BREAKER_WINDOW / BREAKER_ARTICLES + timedelta(minutes=10)
    changes = [Recheck(f"a{n}", at(1) + n * spread, f"c{n}", is_changed=True) for n in range(100)]
    assert tripped(changes) is None


def test_one_article_that_changes_all_day_is_one_article():
    live = [Recheck("live", at(1, n), f"live-{n}", is_changed=True) for n in range(100)]
    assert tripped(sorted([*live, *rechecks(30, 0, minutes=3)], key=lambda one: one.captured_at)) is None


def test_what_came_before_a_moment_counts_and_trips_no_more():
    early = rechecks(20, 20)
    assert tripped(early) == early[-1]
    assert tripped(early, since=at(1, 500)) is None
    late = replace(early[0], captured_at=at(1, 600), article="article-99")
    assert tripped([*early, late], since=at(1, 500)) == late
