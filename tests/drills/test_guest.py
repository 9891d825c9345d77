"""D6, D8: what the server's own log says of its guest, across restarts, refusals and clocks that jump."""

import re
from datetime import timedelta

import pytest

from drills.lab import FORBIDDEN, cli, ended, gaps, long_only, newsroom, say, size, standing

DELAY = 0.3


def test_d6_the_log_of_the_server_finds_a_polite_guest(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=size(12, 60), database=tables_at_length) as lab:
        for _ in range(size(1, 8)):
            lab.kill_after(size(6, 12), delay=DELAY)
        lab.crawl(delay=DELAY)
        log = list(lab.server.log)
        pauses = gaps(log)
        say("D6", engine=lab.engine, requests=len(log), shortest_pause=round(min(pauses), 3), asked_pause=DELAY)
        assert min(pauses) >= DELAY - 0.001  # what a timer may be early
        assert max(one.open_connections for one in log) <= 1
        assert log[0].path == "/robots.txt"
        assert not [one.path for one in log if FORBIDDEN.search(one.path)]
        assert {one.user_agent.partition("/")[0] for one in log} == {"luubao"}
        assert lab.judge(standing(lab)).problems == []


@long_only
def test_control_d6_a_guest_in_a_hurry_is_noticed(tmp_path):
    with newsroom(tmp_path / "archive", articles=12) as lab:
        lab.crawl(delay=0.0)
        assert min(gaps(lab.server.log)) < DELAY


def ask_again_after_retry_after(lab, **wish) -> int:
    """How many requests the host got that had asked, of the run before, for ten minutes of rest."""
    lab.crawl(budget=1)
    fault = lab.server.faults.add("503", path="-post", retry_after="seconds", seconds=600)
    lab.crawl(backoff=10.0)
    lab.server.faults.remove(fault)
    before = len(lab.server.log)
    lab.crawl(backoff=10.0, **wish)
    return len(lab.server.log) - before


def test_d6_retry_after_is_remembered_by_the_next_process(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=12, database=tables_at_length) as lab:
        assert ask_again_after_retry_after(lab) == 0
        lab.server.clock.advance(minutes=11)
        lab.crawl()
        assert lab.judge(standing(lab)).lost == set()


@long_only
def test_control_d6_who_forgets_asks_too_early(tmp_path):
    with newsroom(tmp_path / "archive", articles=12) as lab:
        assert ask_again_after_retry_after(lab, without=["memory of hosts"]) > 0


def test_d6_where_robots_txt_fails_nothing_is_fetched(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=12, database=tables_at_length) as lab:
        lab.server.faults.add("503", path="^/robots.txt")
        with cli(lab) as process:
            status, line = ended(process)
        assert status == 18, line
        assert {one.path for one in lab.server.log} == {"/robots.txt"}


def most_tries_of_a_day(lab, **wish) -> int:
    """An article that always fails, and is listed at every visit: how often it is asked for within 24 hours."""
    lab.server.faults.add("500", path="-post")
    start = lab.server.now()
    for hours in size((0, 0.2, 1, 4, 14.7, 15, 20), (0, 0.2, 0.5, 1, 2, 4, 8, 12, 14.7, 15, 16, 18, 20, 22, 23.5)):
        lab.server.clock.set(start)
        lab.server.clock.advance(hours=hours)
        lab.crawl(**wish)
    tries = [one.path for one in lab.server.log if re.search("-post", one.path)]
    return max(tries.count(path) for path in set(tries))


@long_only
def test_d6_no_address_is_tried_more_than_five_times_a_day(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=8, database=tables_at_length) as lab:
        tries = most_tries_of_a_day(lab)
        say("D6", engine=lab.engine, tries_a_day=tries)
        assert 2 <= tries <= 5


@long_only
def test_control_d6_without_patience_there_are_more(tmp_path):
    with newsroom(tmp_path / "archive", articles=8) as lab:
        assert most_tries_of_a_day(lab, without=["patience"]) > 5


@pytest.mark.parametrize("days", size([-1], [-1, 1]))
def test_d8_a_clock_that_jumps_loses_and_doubles_nothing(tmp_path, tables_at_length, days):
    with newsroom(tmp_path / "archive", articles=size(20, 60), database=tables_at_length) as lab:
        lab.crawl(jump=[12, days])
        lab.crawl()
        found = lab.judge(lab.served())
        with lab.open() as archive:
            moments = [row["captured_at"] for row in archive.rows("captures")]
            seqs = [row["seq"] for row in archive.rows("changes", order_by=("seq",))]
        say(
            "D8",
            engine=lab.engine,
            jump_days=days,
            articles=found.articles,
            lost=len(found.lost),
            doubled=len(found.doubled),
        )
        # The clock did jump, or this proved nothing.
        assert (max(moments) - min(moments)).total_seconds() > 80_000
        assert seqs == sorted(set(seqs))
        assert found.is_sound, (found.lost, found.doubled, found.problems)


def days_of_a_wrong_clock(lab, days: float, **wish) -> dict[str, int]:
    """A crawl amid which the clock is set by so many days, then three by the right clock: what these leave undone.

    By less than 0 the clock was ahead from the start, and is set right. The first crawl is ended when it has fetched a
    part of what it found. So there are articles that the wrong clock found and nobody fetched, and others whose next
    visit it put off."""
    right = lab.now()
    wish = {"since": (right - timedelta(days=130)).isoformat(), **wish}
    start = right - timedelta(days=min(days, 0))
    lab.crawl(now=start.isoformat(), jump=[2 if days > 0 else 12, days], budget=size(12, 80), **wish)
    account = lab.crawl(now=(right + timedelta(minutes=5)).isoformat(), **wish)
    found = lab.judge(standing(lab))
    seen = {one.story for one in lab.server.log if one.is_article and one.status == 200}
    lab.server.clock.advance(hours=2)  # an article is looked at again after an hour
    looked_at = asked_in_a_crawl(lab, **wish)
    lab.server.clock.advance(minutes=15)
    return {
        "articles": found.articles,
        "left": account["left_new"] + account["left_due"],
        "lost": len(found.lost),
        "doubled": len(found.doubled),
        "problems": len(found.problems),
        "not_looked_at": len(seen - looked_at),
        "asked_too_often": len(looked_at & asked_in_a_crawl(lab, **wish)),
    }


def asked_in_a_crawl(lab, **wish) -> set[int]:
    """The articles that one more crawl asks for."""
    before = len(lab.server.log)
    lab.crawl(**wish)
    return {one.story for one in list(lab.server.log)[before:] if one.story is not None}


@pytest.mark.parametrize("days", size([1], [-1, 1, 800]))
def test_d8_what_a_wrong_clock_put_off_is_fetched_when_it_is_right(tmp_path, tables_at_length, days):
    with newsroom(tmp_path / "archive", articles=size(30, 200), database=tables_at_length) as lab:
        found = days_of_a_wrong_clock(lab, days)
        say("D8", engine=lab.engine, wrong_by_days=days, **found)
        assert found.pop("articles") > size(20, 150)
        assert set(found.values()) == {0}, found


@long_only
@pytest.mark.parametrize("days", [1, 800])
def test_control_d8_without_mending_it_waits_for_days(tmp_path, days):
    with newsroom(tmp_path / "archive", articles=200) as lab:
        found = days_of_a_wrong_clock(lab, days, without=["mending of due times"])
        say("D8 control", wrong_by_days=days, **found)
        assert found["lost"] > 0
        assert found["not_looked_at"] > 0
