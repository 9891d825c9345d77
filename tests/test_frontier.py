"""The frontier of a big site: more addresses than a statement of either engine can name."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from archive.storage import frontier
from archive.storage.frontier import ARTICLE, Address
from crawler.recording import open_archive

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def connection(tmp_path):
    with open_archive(tmp_path / "archive") as archive, archive.writing() as connection:
        event.listen(connection, "before_cursor_execute", refuse_many_values)
        yield connection


def refuse_many_values(_connection, _cursor, statement, values, _context, is_many):
    # SQLite may be built to take any number.
    assert is_many or len(values) < 999, statement[:80]


def addresses(count):
    return [Address(f"https://a.example/{number}", f"https://a.example/{number}", ARTICLE) for number in range(count)]


def lease(connection, **options):
    return frontier.lease(connection, "a", now=NOW, until=NOW + timedelta(minutes=30), **options)


def test_a_list_may_be_longer_than_a_statement(connection):
    assert frontier.add(connection, "a", addresses(2500), now=NOW) == (2500, 0)
    assert frontier.add(connection, "a", addresses(2501), now=NOW) == (1, 2500)
    keys = [address.url_key for address in addresses(1500)]
    assert frontier.reopen(connection, "a", keys, now=NOW) == len(keys)


def test_what_this_run_has_had_is_passed_over_however_much_it_is(connection):
    frontier.add(connection, "a", addresses(2500), now=NOW)
    had = {visit.id for _ in range(24) for visit in lease(connection, limit=100)}
    frontier.release(connection, "a")
    visits = lease(connection, limit=64, but_not=had)
    assert len(visits) == 64
    assert not had & {visit.id for visit in visits}
    assert len(lease(connection, limit=64, but_not=had)) == 36


@pytest.mark.parametrize("state", [frontier.GONE, frontier.MOVED])
def test_what_is_done_with_is_looked_at_again_when_a_list_names_it_a_day_later(connection, state):
    frontier.add(connection, "a", addresses(1), now=NOW)
    (visit,) = lease(connection, limit=1)
    frontier.settle(connection, visit.id, {"state": state, "due_at": None, "visited_at": NOW})
    for hours, found in ((1, 0), (25, 1)):
        later = NOW + timedelta(hours=hours)
        assert frontier.add(connection, "a", addresses(1), now=later) == (0, 1)
        due = frontier.lease(connection, "a", now=later, until=later + timedelta(minutes=30), limit=9)
        assert len(due) == found


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=4000)])
def test_what_was_found_by_a_clock_that_was_ahead_is_due_when_it_is_right(connection, ahead):
    frontier.add(connection, "a", addresses(2), now=NOW + ahead)
    assert lease(connection, limit=9) == []
    assert frontier.mend(connection, "a", now=NOW) == 2
    assert len(lease(connection, limit=9)) == 2


def test_what_a_wrong_clock_visited_is_mended_once_and_then_grows_older_as_anything_does(connection):
    ahead = NOW + timedelta(days=800)
    frontier.add(connection, "a", addresses(1), now=ahead)
    (visit,) = frontier.lease(connection, "a", now=ahead, until=ahead, limit=9)
    times = {"first_visit_at": ahead, "visited_at": ahead, "due_at": ahead + timedelta(hours=1)}
    frontier.settle(connection, visit.id, {"state": frontier.KNOWN, **times})
    assert frontier.mend(connection, "a", now=NOW) == 1
    (visit,) = lease(connection, limit=9)
    assert visit.first_visit_at == visit.visited_at == NOW
    frontier.settle(connection, visit.id, {"due_at": NOW + timedelta(hours=1)})
    assert frontier.mend(connection, "a", now=NOW + timedelta(minutes=15)) == 0


def test_what_was_removed_by_a_wrong_clock_is_looked_at_when_a_list_names_it_a_day_later(connection):
    frontier.add(connection, "a", addresses(1), now=NOW)
    (visit,) = lease(connection, limit=1)
    frontier.settle(
        connection, visit.id, {"state": frontier.GONE, "due_at": None, "visited_at": NOW + timedelta(days=800)}
    )
    assert frontier.mend(connection, "a", now=NOW) == 1
    later = NOW + timedelta(hours=25)
    frontier.add(connection, "a", addresses(1), now=later)
    assert len(frontier.lease(connection, "a", now=later, until=later, limit=9)) == 1


@pytest.mark.parametrize(
    ("columns", "wait", "is_mended"),
    [
        ({"state": frontier.NEW, "attempts": 1}, timedelta(hours=24), False),
        ({"state": frontier.NEW, "attempts": 1}, timedelta(days=2), True),
        ({"state": frontier.FAILED, "attempts": 5}, timedelta(days=2), True),
        ({"state": frontier.KNOWN, "attempts": 0}, timedelta(days=14), False),
        ({"state": frontier.KNOWN, "attempts": 0}, timedelta(days=15), True),
    ],
)
def test_what_nobody_saw_is_not_put_off_for_longer_than_any_rule_would(connection, columns, wait, is_mended):
    """A request that failed leaves no moment behind but the one that is to come."""
    frontier.add(connection, "a", addresses(1), now=NOW)
    (visit,) = lease(connection, limit=1)
    frontier.settle(connection, visit.id, {**columns, "due_at": NOW + wait})
    assert frontier.mend(connection, "a", now=NOW) == is_mended
    assert frontier.find(connection, visit.url_key).state == columns["state"]


def test_what_waits_by_a_right_clock_goes_on_waiting(connection):
    frontier.add(connection, "a", addresses(1), now=NOW)
    (visit,) = lease(connection, limit=9)
    frontier.settle(connection, visit.id, {"visited_at": NOW, "due_at": NOW + timedelta(hours=1)})
    assert frontier.mend(connection, "a", now=NOW) == 0
    assert lease(connection, limit=9) == []
