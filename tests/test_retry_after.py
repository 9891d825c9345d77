import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.politeness.gate import HostGate
from crawler.politeness.holds import Hold, HostHolds, MemoryHoldStore
from crawler.politeness.refusal import Refusal, RefusedError
from crawler.politeness.retry_after import backoff, parse_retry_after

NOW = datetime(2026, 2, 7, 1, 0, tzinfo=UTC)
HOST = "bao.example"


class Clocks:
    """A calendar that a test may set, and a clock that only goes forward."""

    def __init__(self) -> None:
        self.now = NOW
        self.seconds = 1000.0

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def store():
    return MemoryHoldStore()


def holds_of(store, clocks, *, base=10.0):
    return HostHolds(store, clock=lambda: clocks.now, base=base, monotonic=lambda: clocks.seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120.0, id="seconds"),
        pytest.param(" 0 ", 0.0, id="none at all"),
        pytest.param("1.2", 2.0, id="a fraction is rounded up"),
        pytest.param("Sat, 07 Feb 2026 01:00:30 GMT", 30.0, id="a date"),
        pytest.param("Saturday, 07-Feb-26 01:00:30 GMT", 30.0, id="a date of RFC 850"),
        pytest.param("Sat Feb  7 01:00:30 2026", 30.0, id="a date of C"),
        pytest.param("Sat, 07 Feb 2026 08:00:30 +0700", 30.0, id="a date with an offset"),
        pytest.param("Sat, 07 Feb 2026 00:00:00 GMT", 0.0, id="a date that has passed"),
        pytest.param("86401", 86400.0, id="more than a day"),
        pytest.param("9" * 5000, 86400.0, id="a number for ever"),
        pytest.param("Fri, 01 Jan 9999 00:00:00 GMT", 86400.0, id="a date for ever"),
        pytest.param(None, None, id="no header"),
        pytest.param("", None, id="empty"),
        pytest.param("soon", None, id="words"),
        pytest.param("-5", None, id="negative"),
        pytest.param("٣٠", None, id="digits of another script"),
        pytest.param("Sat, 99 Feb 2026 01:00:30 GMT", None, id="no date"),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert parse_retry_after(value, NOW) == seconds


def test_backoff_doubles_up_to_an_hour():
    assert [backoff(strikes, base=10) for strikes in (1, 2, 5, 9, 10, 1000)] == [10, 20, 160, 2560, 3600, 3600]


def test_a_host_waits_as_long_as_it_asked_to_the_second(store, clocks):
    holds = holds_of(store, clocks)
    holds.note_answer(HOST, 429, retry_after="120")
    assert holds.remaining(HOST) == 120
    clocks.pass_by(119.5)
    assert holds.remaining(HOST) == 0.5
    clocks.pass_by(0.5)
    assert holds.remaining(HOST) == 0


def test_other_hosts_do_not_wait(store, clocks):
    holds = holds_of(store, clocks)
    holds.note_answer(HOST, 429, retry_after="120")
    assert holds.remaining("other.example") == 0


def test_a_date_is_read_by_the_clock_of_who_wrote_it(store, clocks):
    holds = holds_of(store, clocks)
    holds.note_answer(HOST, 503, retry_after="Sat, 07 Feb 2026 03:00:20 GMT", date="Sat, 07 Feb 2026 03:00:00 GMT")
    assert holds.remaining(HOST) == 20


def test_without_a_header_the_wait_doubles_until_the_host_answers(store, clocks):
    holds = holds_of(store, clocks)
    waits = []
    for _ in range(3):
        holds.note_answer(HOST, 503)
        waits.append(holds.remaining(HOST))
        clocks.pass_by(holds.remaining(HOST))
    holds.note_answer(HOST, 200)
    holds.note_answer(HOST, 503)
    assert [*waits, holds.remaining(HOST)] == [10, 20, 40, 10]


def test_asking_for_no_wait_again_and_again_is_not_believed(store, clocks):
    holds = holds_of(store, clocks)
    waits = []
    for _ in range(4):
        holds.note_answer(HOST, 429, retry_after="0")
        waits.append(holds.remaining(HOST))
        clocks.pass_by(holds.remaining(HOST))
    assert waits == [1, 2, 4, 8]


def test_a_shorter_wait_does_not_end_a_longer_one(store, clocks):
    holds = holds_of(store, clocks)
    holds.note_answer(HOST, 429, retry_after="120")
    holds.note_answer(HOST, 429, retry_after="5")
    assert holds.remaining(HOST) == 120


@pytest.mark.parametrize("status", [200, 301, 304, 403, 404, 500])
def test_what_is_about_one_page_holds_nobody(store, clocks, status):
    assert holds_of(store, clocks).note_answer(HOST, status, retry_after="120") is None


def test_one_lost_connection_is_nothing_and_more_in_a_row_are_an_outage(store, clocks):
    holds = holds_of(store, clocks)
    waits = []
    for _ in range(3):
        holds.note_failure(HOST)
        waits.append(holds.remaining(HOST))
        clocks.pass_by(holds.remaining(HOST))
    holds.note_answer(HOST, 200)
    holds.note_answer(HOST, 502)
    assert [*waits, holds.remaining(HOST)] == [0, 10, 20, 0]


def test_a_hold_is_remembered_by_the_next_process(store, clocks):
    holds_of(store, clocks).note_answer(HOST, 429, retry_after="120")
    clocks.pass_by(20)
    assert holds_of(store, clocks).remaining(HOST) == 100
    assert store.get(HOST) == Hold(HOST, NOW + timedelta(seconds=120), "429, Retry-After '120'")


def test_a_hold_that_ended_while_nobody_ran_is_over(store, clocks):
    holds_of(store, clocks).note_answer(HOST, 429, retry_after="120")
    clocks.pass_by(121)
    assert holds_of(store, clocks).remaining(HOST) == 0


def test_a_calendar_that_is_set_does_not_move_a_hold(store, clocks):
    holds = holds_of(store, clocks)
    holds.note_answer(HOST, 429, retry_after="120")
    clocks.now += timedelta(days=1)
    assert holds.remaining(HOST) == 120
    clocks.now -= timedelta(days=400)
    assert holds.remaining(HOST) == 120
    assert holds_of(store, clocks).remaining(HOST) == 24 * 3600


def test_a_hold_of_a_clock_that_was_years_ahead_ends_after_a_day_however_many_processes_begin(store, clocks):
    clocks.now += timedelta(days=800)
    holds_of(store, clocks).note_answer(HOST, 429, retry_after="120")
    clocks.now -= timedelta(days=800)
    for hours in range(24):
        assert holds_of(store, clocks).remaining(HOST) == (24 - hours) * 3600
        clocks.pass_by(3600)
    assert holds_of(store, clocks).remaining(HOST) == 0


# --- the gate ---------------------------------------------------------------------------------------------------------


class Wire:
    """Requests through a gate; remembers when each began and ended."""

    def __init__(self, store, *, delay=0.0, max_wait=60.0, base=10.0, is_stopping=lambda: False) -> None:
        holds = HostHolds(store, clock=lambda: datetime.now(UTC), base=base)
        self.gate = HostGate(holds, delay=delay, max_wait=max_wait, is_stopping=is_stopping)
        self.began, self.ended = [], []
        self.busy = self.most_at_once = 0

    async def request(self, host=HOST, *, seconds=0.0, status=200, retry_after=None):
        async with self.gate.turn(host):
            loop = asyncio.get_running_loop()
            self.began.append(loop.time())
            self.busy += 1
            self.most_at_once = max(self.most_at_once, self.busy)
            await asyncio.sleep(seconds)
            self.busy -= 1
            self.gate.holds.note_answer(host, status, retry_after=retry_after)
            self.ended.append(loop.time())

    def pauses(self):
        return [began - ended for began, ended in zip(self.began[1:], self.ended, strict=False)]


def test_one_request_at_a_time_to_a_host_and_a_pause_after_each(store):
    async def crawl():
        wire = Wire(store, delay=0.05)
        await asyncio.gather(*(wire.request(seconds=0.02) for _ in range(4)))
        return wire

    wire = asyncio.run(crawl())
    assert wire.most_at_once == 1
    assert min(wire.pauses()) >= 0.05


def test_hosts_do_not_wait_for_each_other(store):
    async def crawl():
        wire = Wire(store)
        await asyncio.gather(*(wire.request(f"host{number}", seconds=0.02) for number in range(4)))
        return wire.most_at_once

    assert asyncio.run(crawl()) == 4


def test_the_first_request_of_a_process_waits_too(store):
    async def crawl():
        began = asyncio.get_running_loop().time()
        wire = Wire(store, delay=0.1)
        await wire.request()
        return wire.began[0] - began

    assert asyncio.run(crawl()) >= 0.1


def test_the_longer_of_our_pause_and_theirs_counts(store):
    async def crawl():
        wire = Wire(store, delay=0.1)
        wire.gate.set_delay("slow", "https://slow", 0.5)
        wire.gate.set_delay("slow", "http://slow", 0.0)
        wire.gate.set_delay("fast", "http://fast", 0.0)
        await asyncio.gather(*(wire.request(host) for host in ("slow", "slow")))
        slow, wire.began, wire.ended = wire.pauses(), [], []
        await asyncio.gather(*(wire.request(host) for host in ("fast", "fast")))
        return slow[0], wire.pauses()[0]

    slow, fast = asyncio.run(crawl())
    assert slow >= 0.5 > fast >= 0.1


def test_requests_that_already_waited_wait_for_a_new_hold_as_well(store):
    async def crawl():
        wire = Wire(store, base=0.5)
        await asyncio.gather(wire.request(status=503), *(wire.request() for _ in range(3)))
        return wire.pauses()

    pauses = asyncio.run(crawl())
    assert pauses[0] >= 0.5 > max(pauses[1:])


def test_a_wait_that_is_too_long_for_a_run_is_refused_and_says_until_when(store):
    async def crawl():
        wire = Wire(store, max_wait=60)
        await asyncio.gather(wire.request(status=429, retry_after="3600"), wire.request(), wire.request())

    before = datetime.now(UTC)
    with pytest.raises(RefusedError) as caught:
        asyncio.run(crawl())
    assert caught.value.refusal is Refusal.HOST_HELD
    assert timedelta(hours=1) <= caught.value.retry_at - before < timedelta(hours=1, seconds=5)


def test_the_end_of_a_crawl_ends_every_wait(store):
    async def crawl():
        is_ending = []
        wire = Wire(store, delay=30, is_stopping=lambda: bool(is_ending))
        waiting = asyncio.gather(*(wire.request() for _ in range(5)), return_exceptions=True)
        await asyncio.sleep(0.05)
        is_ending.append(True)
        return await asyncio.wait_for(waiting, 5)

    assert {result.refusal for result in asyncio.run(crawl())} == {Refusal.STOPPING}


def test_a_request_that_fails_frees_its_host(store):
    async def crawl():
        wire = Wire(store)
        with pytest.raises(OSError, match="gone"):
            async with wire.gate.turn(HOST):
                raise OSError("gone")
        await asyncio.wait_for(wire.request(), 5)

    asyncio.run(crawl())
