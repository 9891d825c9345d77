"""When an article is looked at again: a curve that thins out with its age, at a pace that its site's own edits set."""

from datetime import UTC, datetime, timedelta

import pytest

from archive import revisit
from archive.revisit import AGES, Look, next_attempt, next_look, pace
from archive.storage import frontier
from archive.storage.frontier import ARTICLE, Address
from crawler.recording import open_archive

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def looks_at(*, pace=1.0, edits=()):
    """Hours from the first visit to every look that is asked for, each coming to the minute; `edits` are at looks."""
    hours, at = [], FIRST
    while True:
        due = next_look(FIRST, Look(at, is_changed=len(hours) in edits), pace=pace)
        if due is None:
            return hours
        hours.append((due - FIRST) / HOUR)
        at = due


def test_most_looks_are_on_the_first_day_and_the_last_one_after_a_week():
    hours = looks_at()
    assert hours == [age / HOUR for age in AGES]
    assert len([one for one in hours if one <= 24]) > len(hours) / 2
    assert hours[-1] == 7 * 24


def test_a_site_that_edits_more_is_looked_at_more_often_and_one_that_edits_less_more_rarely():
    assert looks_at(pace=0.5) == [one / 2 for one in looks_at()]
    assert looks_at(pace=2.0) == [one * 2 for one in looks_at()]


def test_an_edit_brings_a_look_soon_however_old_the_article_is():
    usual = looks_at()
    after_a_day = usual.index(24.0) + 1
    assert looks_at(edits={after_a_day})[after_a_day] == 30.0
    last = len(usual)
    assert looks_at(edits={last})[last:] == [7 * 24 + 6.0]


def test_a_look_that_came_late_or_a_little_early_counts_for_the_step_that_it_was_meant_for():
    assert next_look(FIRST, Look(FIRST + timedelta(minutes=45))) == FIRST + 3 * HOUR
    assert next_look(FIRST, Look(FIRST + 20 * HOUR)) == FIRST + 24 * HOUR


def test_what_is_gone_is_looked_at_once_more_a_day_later_unless_it_is_old():
    assert next_look(FIRST, Look(FIRST + HOUR, is_gone=True)) == FIRST + 25 * HOUR
    assert next_look(FIRST, Look(FIRST + timedelta(days=9), is_gone=True)) is None


def test_no_look_and_no_failure_puts_an_article_off_for_longer_than_the_mending_of_wrong_clocks_allows():
    slowest = looks_at(pace=revisit.SLOWEST)
    steps = [later - earlier for earlier, later in zip([0.0, *slowest], slowest, strict=False)]
    assert max(steps) * HOUR <= revisit.LONGEST_WAIT
    waits = [next_attempt(number, FIRST) - FIRST for number in range(1, revisit.MAX_ATTEMPTS)]
    assert max(waits) <= revisit.LONGEST_REST
    assert next_attempt(revisit.MAX_ATTEMPTS, FIRST) is None


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        pytest.param(0, revisit.SLOWEST, id="never edits"),
        pytest.param(3, 1.0, id="as most do"),
        pytest.param(30, revisit.FASTEST, id="edits half"),
    ],
)
def test_the_pace_of_a_site_is_learned_from_what_its_own_looks_found(tmp_path, edited, expected):
    addresses = [Address(f"https://a.example/{n}", f"https://a.example/{n}", ARTICLE) for n in range(60)]
    with open_archive(tmp_path / "archive") as archive, archive.writing() as connection:
        frontier.add(connection, "a", addresses, now=FIRST)
        frontier.add(connection, "b", [Address("https://b.example/1", "https://b.example/1", ARTICLE)], now=FIRST)
        visits = frontier.lease(connection, "a", now=FIRST, until=FIRST + HOUR, limit=60)
        for number, visit in enumerate(visits):
            frontier.settle(connection, visit.id, {"state": frontier.KNOWN}, is_read=True)
            frontier.settle(connection, visit.id, {}, is_read=True, is_edit=number < edited)
        assert frontier.looks(connection, "a") == (60, edited)
        assert pace(*frontier.looks(connection, "a")) == pytest.approx(expected)
        assert pace(*frontier.looks(connection, "b")) == 1.0, "what nothing is known of goes as most do"
