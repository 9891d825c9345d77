"""The schedule: when a site is due, that each slot is done once, and what a luubao.toml may say."""

import asyncio
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom, serve
from test_crawl import SOURCES

from archive.core import Archive
from archive.storage import slots
from crawler.cli import main
from crawler.cli.schedule import _Board, _Log
from crawler.config import Config, ConfigError, Quiet, SiteConfig, read_config
from crawler.crawl.alone import SiteBusyError, alone
from crawler.crawl.writer import Writer
from crawler.outlook import outlook
from crawler.schedule.outcome import EXIT, outcome
from crawler.schedule.runner import Event, Runner
from crawler.schedule.timing import interval, next_slot
from crawler.sites import VIETNAM, find_site, sites

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # in Vietnam
HOUR = timedelta(hours=1)
NAMES = frozenset(site.name for site in sites())


def due(last=NOON, *, every=HOUR, quiet=None, now=NOON, site="baolaocai"):
    return next_slot(site, last, every=every, quiet=quiet, offset=VIETNAM, now=now)


# --- when ---


def test_a_site_that_was_never_crawled_is_due_now():
    assert due(None) == NOON


def test_a_slot_lies_an_interval_later_and_a_little_more():
    assert HOUR <= due() - NOON < 1.1 * HOUR


def test_sites_are_due_apart_and_everybody_agrees_when():
    moments = [due(site=site) for site in NAMES]
    assert len(set(moments)) == len(NAMES)
    assert moments == [due(site=site) for site in NAMES]


def test_after_a_week_of_silence_one_crawl_catches_up():
    now = NOON + timedelta(days=7)
    slot = due(now=now)
    assert now - HOUR <= slot <= now
    assert due(slot, now=now) > now


def test_quiet_hours_are_those_of_the_sites_own_day():
    evening = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 22:30 there
    slot = due(evening, quiet=Quiet(clock_time(23), clock_time(5)))
    assert slot == datetime(2026, 11, 20, 22, 0, tzinfo=UTC)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_who_publishes_more_is_crawled_no_less_often(few, more):
    few, more = sorted((few, more))
    if few >= 10:
        assert interval(more) <= interval(few)


# --- slots ---


@pytest.fixture
def slot_archive(open_archive):
    return open_archive()


def claim(archive, at, now, *, lease=60):
    with archive.writing() as connection:
        got = slots.claim(connection, "baolaocai", at, now=now, until=now + timedelta(seconds=lease))
    archive.commit()
    return got


def finish(archive, at, state=slots.DONE, *, held=None):
    with archive.writing() as connection:
        held = held or at + timedelta(seconds=60)
        is_ours = slots.finish(connection, "baolaocai", at, held=held, state=state, now=at, counts={"stored": 1})
    archive.commit()
    return is_ours


def test_a_slot_is_done_once(slot_archive):
    assert claim(slot_archive, NOON, NOON)
    assert not claim(slot_archive, NOON, NOON)
    finish(slot_archive, NOON)
    assert not claim(slot_archive, NOON, NOON + HOUR)


def test_a_site_is_not_crawled_twice_at_a_time(slot_archive):
    assert claim(slot_archive, NOON, NOON)
    assert not claim(slot_archive, NOON + timedelta(seconds=30), NOON + timedelta(seconds=30))


def test_what_a_dead_scheduler_held_is_repeated(slot_archive):
    assert claim(slot_archive, NOON, NOON)
    assert claim(slot_archive, NOON, NOON + timedelta(seconds=61))


def test_who_lost_a_slot_is_told(slot_archive):
    claim(slot_archive, NOON, NOON)
    later = NOON + timedelta(seconds=61)
    claim(slot_archive, NOON, later)
    with slot_archive.writing() as connection:
        held = NOON + timedelta(seconds=60)
        assert not slots.hold(connection, "baolaocai", NOON, held=held, until=later + HOUR)


def test_who_lost_a_slot_does_not_end_it_for_its_holder(slot_archive):
    claim(slot_archive, NOON, NOON)
    later = NOON + timedelta(seconds=61)
    claim(slot_archive, NOON, later)
    assert not finish(slot_archive, NOON)
    assert finish(slot_archive, NOON, held=later + timedelta(seconds=60))


@pytest.mark.parametrize("is_done", [True, False])
def test_a_slot_of_a_clock_that_was_years_ahead_is_in_nobodys_way(slot_archive, is_done):
    ahead = NOON + timedelta(days=800)
    claim(slot_archive, ahead, ahead)
    if is_done:
        finish(slot_archive, ahead)
    assert claim(slot_archive, NOON, NOON)
    with slot_archive.reading() as connection:
        assert slots.last_slot(connection, "baolaocai", now=NOON).due_at == NOON
        assert slots.all_last(connection, now=NOON)["baolaocai"].due_at == NOON


def test_a_site_is_held_by_one_process_alone(tmp_path):
    with alone(tmp_path, "baolaocai"):
        with pytest.raises(SiteBusyError, match="baolaocai"), alone(tmp_path, "baolaocai"):
            pass
        with alone(tmp_path, "nhandan"):
            pass
    with alone(tmp_path, "baolaocai"):
        pass


# --- real processes ---


def begin(folder, log, **wish):
    words = {"folder": str(folder), "log": str(log), "sites": ["a", "b"], "every": 0.6, "lease": 1.5, "seconds": 30}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "schedule_process.py"), json.dumps(words | wish)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # From here on it heeds signals.
    assert process.stdout.readline() == b"ready\n", process.communicate()[1].decode()
    return process


def crawls_of(log):
    """{site: (beginning, end) of each crawl that was written down}."""
    begun, found = {}, defaultdict(list)
    for line in log.read_text().splitlines():
        at, what, site, process = line.split()
        if what == "begins":
            begun[process] = float(at)
        elif process in begun:
            found[site].append((begun.pop(process), float(at)))
    return {site: sorted(spans) for site, spans in found.items()}


def overlaps(spans):
    return [(one, other) for one, other in pairwise(spans) if other[0] < one[1]]


def two_schedulers_with_kills(tmp_path, *, kills, seconds, **wish):
    """Run two schedulers on one archive for a while, kill one of them now and then, and begin another."""
    chance = random.Random(11)
    folder, log = tmp_path / "a", tmp_path / "log"
    with Archive.open(folder, extractor=_extractor()):
        pass
    running = [begin(folder, log, **wish) for _ in range(2)]
    try:
        for _ in range(kills):
            time.sleep(seconds / kills * chance.uniform(0.8, 1.2))
            victim = running.pop(chance.randrange(2))
            victim.kill()
            victim.communicate()
            running.append(begin(folder, log, **wish))
        time.sleep(3)
    finally:
        for process in running:
            process.terminate()
        said = [process.communicate(timeout=60)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    return folder, log


def _extractor():
    from crawler.recording import SiteExtractor

    return SiteExtractor()


def test_killed_and_run_twice_it_misses_no_slot_and_does_none_twice(tmp_path):
    folder, log = two_schedulers_with_kills(tmp_path, kills=3, seconds=6)
    spans = crawls_of(log)
    assert {site: overlaps(found) for site, found in spans.items()} == {"a": [], "b": []}
    with Archive.open(folder) as archive, archive.reading() as connection:
        states = list(connection.execute(slots._SLOTS))
    assert {row.state for row in states} == {slots.DONE}
    for site in ("a", "b"):
        moments = sorted(row.due_at for row in states if row.site == site)
        assert len(moments) >= 4
        gaps = [(after - before).total_seconds() for before, after in pairwise(moments)]
        assert min(gaps) >= 0.6
        # A slot is noted as done only after a crawl of its own has ended; one that a kill cut off is crawled again.
        assert len(spans[site]) >= len(moments)


def test_without_leases_the_same_drill_fails(tmp_path):
    _, log = two_schedulers_with_kills(tmp_path, kills=1, seconds=2, leases=False)
    assert any(overlaps(found) for found in crawls_of(log).values())


def test_a_real_crawl_fills_its_slot_and_is_not_due_again_at_once(tmp_path):
    with serve(Newsroom(7, papers=("baolaocai",), articles=15)) as server:
        wish = {
            "paper": "baolaocai",
            "base": server.urls["baolaocai"],
            "folder": str(tmp_path / "a"),
            "now": server.now().isoformat(),
            "sources": SOURCES,
        }
        command = [sys.executable, str(ROOT / "tests" / "crawl_process.py"), json.dumps(wish)]

        async def run_twice():
            writer = Writer(tmp_path / "a", None)
            await writer.open()
            told = []
            for _ in range(2):
                runner = Runner(
                    [find_site("baolaocai")],
                    Config(standard=SiteConfig(every=HOUR)),
                    command=lambda _: command,
                    writer=writer,
                    clock=lambda: datetime.now(UTC),
                    tell=told.append,
                )
                await runner.once()
            await writer.close()
            return told

        told = asyncio.run(run_twice())
    assert [event.kind for event in told] == ["begins", "ends"], [event.text for event in told]
    with Archive.open(tmp_path / "a") as archive, archive.reading() as connection:
        slot = slots.last_slot(connection, "baolaocai", now=datetime.now(UTC))
    assert (slot.state, slot.counts["stored"] > 0) == (slots.DONE, True)


def test_a_crawl_that_fails_is_told_with_its_reason(tmp_path):
    async def run():
        writer = Writer(tmp_path / "a", None)
        await writer.open()
        told = []
        script = "import sys; sys.exit('Error: the disk is full')"
        runner = Runner(
            [find_site("baolaocai")],
            Config(),
            command=lambda _: [sys.executable, "-c", script],
            writer=writer,
            clock=lambda: datetime.now(UTC),
            tell=told.append,
        )
        await runner.once()
        await writer.close()
        return told, runner.failures

    told, failures = asyncio.run(run())
    assert (told[-1].kind, told[-1].text, failures) == ("fails", "the disk is full", 1)


@pytest.mark.parametrize(
    ("status", "said", "complaint", "problem"),
    [
        pytest.param(0, b"{}", b"WARNING: slow", None, id="done"),
        pytest.param(3, b"", b"Error: no room", "the disk: no room", id="disk"),
        pytest.param(5, b"", b"INFO\nError: locked", "the database: locked", id="database"),
        pytest.param(1, b"", b"", "ended with status 1", id="silent"),
        pytest.param(-9, b"", b"", "the crawl was killed (SIGKILL)", id="killed"),
        pytest.param(
            18,
            b'{"failed_robots_unreachable": 3}',
            b"",
            "the site shuts us out: its robots.txt cannot be read; asked less often from now on",
            id="robots.txt",
        ),
        pytest.param(
            18,
            b'{"failed_host_held": 3}',
            b"",
            "the site shuts us out: it asked to be left alone; asked less often from now on",
            id="left alone",
        ),
    ],
)
def test_how_a_crawl_ended_is_told_by_its_meaning(status, said, complaint, problem):
    ended = outcome(status, said, complaint)
    assert ended.problem == problem
    assert ended.counts.get("error") == problem
    assert ended.counts.get(EXIT) == (status or None)


def test_a_site_that_shuts_us_out_is_asked_less_often_until_it_lets_us_in(tmp_path):
    """Both who crawls and who asks for the status know when: what ran stands in the archive alone."""
    statuses, clock, told = iter((18, 18, 18, 0)), [NOON], []
    every = Config(standard=SiteConfig(every=HOUR))

    async def crawl_when_due():
        writer = Writer(tmp_path / "a", None)
        await writer.open()
        script = f"import sys; print('{{}}'); sys.exit({next(statuses)})"
        runner = Runner(
            [find_site("baolaocai")],
            every,
            command=lambda _: [sys.executable, "-c", script],
            writer=writer,
            clock=lambda: clock[0],
            tell=told.append,
        )
        await runner.once()
        await writer.close()
        with Archive.open(tmp_path / "a") as archive:
            (site,) = outlook(archive, every, now=clock[0])
        return datetime.fromisoformat(site["next_due_at"])

    waits = []
    for _ in range(4):
        due_at = asyncio.run(crawl_when_due())
        waits.append((due_at - clock[0]) / HOUR)
        clock[0] = due_at
    assert [event.kind for event in told] == ["begins", "fails"] * 3 + ["begins", "ends"]
    for wait, least in zip(waits, (2, 4, 8, 1), strict=True):
        assert least <= wait < 1.1 * least


async def until(told, done, seconds=30):
    deadline = time.monotonic() + seconds
    while not done(told) and time.monotonic() < deadline:  # noqa: ASYNC110  what is waited for is another process
        await asyncio.sleep(0.02)
    assert done(told), [(event.kind, event.text) for event in told]


@pytest.mark.parametrize("locked", ["claim", "hold", "finish"])
def test_an_archive_that_refuses_does_not_end_the_schedule(tmp_path, monkeypatch, locked):
    """Somebody locks the archive, for longer than a writer waits, at each point at which the schedule writes."""
    monkeypatch.setattr("archive.lock.WAIT", 0.05)
    begun, go = tmp_path / "begun", tmp_path / "go"
    script = (
        f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\nprint('{{}}')"
    )

    async def run():
        writer = Writer(tmp_path / "a", None)
        await writer.open()
        told = []
        runner = Runner(
            [find_site("baolaocai")],
            Config(standard=SiteConfig(every=HOUR)),
            command=lambda _: [sys.executable, "-c", script],
            writer=writer,
            clock=lambda: datetime.now(UTC),
            tell=told.append,
            lease=timedelta(seconds=30 if locked == "finish" else 0.9),
        )
        with (tmp_path / "a" / "writer.lock").open("w") as lock:
            if locked == "claim":
                fcntl.flock(lock, fcntl.LOCK_EX)
            running = asyncio.ensure_future(runner.forever())
            if locked != "claim":
                await until(told, lambda _: begun.exists())
                fcntl.flock(lock, fcntl.LOCK_EX)
            if locked == "finish":
                go.touch()
            await until(told, lambda told: told and told[-1].kind == "fails")
        go.touch()
        if locked != "finish":  # which leaves a slot that is repeated when its lease is over
            await until(told, lambda told: [event.kind for event in told][-2:] == ["ends", "waits"])
        runner.stop()
        await running
        await writer.close()
        return told

    told = asyncio.run(run())
    assert {event.text for event in told if event.kind == "fails"} == {
        f"archive {str(tmp_path / 'a')!r} is being written by another process: wait for it to end"
    }


def test_sigterm_lets_the_crawl_finish(tmp_path):
    folder, log = tmp_path / "a", tmp_path / "log"
    process = begin(folder, log, every=60)
    deadline = time.monotonic() + 30
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    with Archive.open(folder) as archive, archive.reading() as connection:
        assert {slot.state for slot in slots.all_last(connection, now=datetime.now(UTC)).values()} <= {
            slots.DONE,
            slots.FAILED,
        }


SHUT_OUT = "the site shuts us out: its robots.txt cannot be read; asked less often from now on"


@pytest.mark.parametrize("view", [_Log, _Board])
def test_both_views_say_what_went_wrong_and_when_the_site_is_due(capsys, view):
    shown = view()
    shown.tell(Event(NOON, "baolaocai", "begins", NOON))
    shown.tell(Event(NOON, "baolaocai", "fails", NOON, SHUT_OUT))
    said = capsys.readouterr().err
    assert "fails" in said
    assert SHUT_OUT in said
    shown.tell(Event(NOON, "baolaocai", "waits", NOON + HOUR))
    said = capsys.readouterr().err
    assert "due" in said
    if view is _Board:  # one line a site: what it says of the last crawl has to stay
        assert SHUT_OUT in said


# --- luubao.toml ---


def config(tmp_path, text):
    path = tmp_path / "luubao.toml"
    path.write_text(text)
    return read_config(path, known_sites=NAMES)


def test_every_option_has_a_default(tmp_path):
    assert replace(config(tmp_path, ""), path=None) == Config()
    assert read_config(None, known_sites=NAMES) == Config()


def test_a_site_takes_what_it_does_not_say_from_the_schedule(tmp_path):
    found = config(
        tmp_path, '[schedule]\nevery = "2h"\nlimit = 50\n[sites.nhandan]\nlimit = 9\nquiet = "23:00-05:00"\n'
    )
    assert found.of("nhandan").limit == 9
    assert found.of("nhandan").every == found.of("baolaocai").every == 2 * HOUR
    assert found.of("nhandan").quiet.ends.hour == 5


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("contact = @", ("no TOML", "line 1"), id="no TOML"),
        pytest.param("\n\nevery = 1\n", ("line 3", "no option 'every'", "schedule"), id="unknown option"),
        pytest.param('[schedule]\nevry = "1h"\n', ("line 2", "no option 'evry' in [schedule]"), id="misspelled"),
        pytest.param('[schedule]\nevery = "soon"\n', ("line 2", '"15m"', "'soon'"), id="no span"),
        pytest.param('[schedule]\nquiet = "25:00-05:00"\n', ("line 2", "23:00-05:00"), id="no hours"),
        pytest.param("[schedule]\nparallel = 0\n", ("line 2", "from 1"), id="no number"),
        pytest.param("[sites.nowhere]\nlimit = 3\n", ("line 1", "no site 'nowhere'", "luubao sites"), id="no site"),
        pytest.param('[schedule]\nsites = ["nowhere"]\n', ("line 2", "no site 'nowhere'"), id="no such site"),
        pytest.param("[sites.nhandan]\nenabled = 1\n", ("line 2", "true or false"), id="no flag"),
        pytest.param(
            "[schedule]\nlimit = 3\n\n[sites.nhandan]  # ours\nlimit = 0\n", ("line 5", "from 1"), id="key of a site"
        ),
        pytest.param("[sites.nhandan]\nlimit = 3\n[schedule]\nlimit = 0\n", ("line 4", "from 1"), id="key of all"),
        pytest.param("[sites]\nnhandan.limit = 0\n", ("line 2", "from 1"), id="dotted key"),
        pytest.param("sites.nhandan = {limit = 0}\n", ("line 1", "limit has to be"), id="a table in a line"),
        pytest.param('sites = ["nhandan"]\n', ("line 1", "[sites] has to be a table"), id="no table"),
    ],
)
def test_an_error_names_the_line(tmp_path, text, parts):
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert [part for part in parts if part not in str(caught.value)] == []


def test_the_command_says_what_is_wrong_with_the_file(tmp_path):
    (tmp_path / "luubao.toml").write_text("[schedule]\nparallel = 'x'\n")
    done = CliRunner().invoke(main, ["schedule", "--once", "--archive", str(tmp_path)])
    assert done.exit_code == 1
    assert "line 2: parallel has to be a whole number" in done.stderr


def test_an_unknown_site_is_a_misuse(tmp_path):
    done = CliRunner().invoke(main, ["schedule", "nowhere", "--archive", str(tmp_path / "a")])
    assert done.exit_code == 2
    assert "no site 'nowhere'" in done.stderr
