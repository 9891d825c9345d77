"""What `luubao status` says of the crawls of a site, and when it asks for a person's eye."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import capture, document
from click.testing import CliRunner
from newsroom import Newsroom, serve
from test_crawl import Crawls

from archive.alarms import Rate, alarms
from archive.core import Archive
from archive.storage import slots
from archive.warc import capture_id
from crawler.cli import main
from crawler.config import Config
from crawler.outlook import outlook
from crawler.recording import open_archive as open_for_crawls
from crawler.sources import load, open_sources

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STEADY = Rate(20, NOON - timedelta(days=20), NOON)


@pytest.mark.parametrize(
    ("account", "days", "kinds"),
    [
        pytest.param({"new": 20, "held_paywall": 2}, 1, [], id="well"),
        pytest.param({}, 6, ["quiet"], id="quiet by its own rhythm"),
        pytest.param({"broken_sources": {"https://a.test/rss": "status 404"}}, 1, ["source"], id="feed gone"),
        pytest.param({"new": 10, "held_blocked": 6}, 1, ["blocked"], id="blocked"),
        pytest.param({"new": 10, "held_emptied": 6}, 1, ["extraction"], id="redesign"),
    ],
)
def test_an_alarm_names_what_is_wrong(account, days, kinds):
    assert [alarm.kind for alarm in alarms("done", account, STEADY, now=NOON + timedelta(days=days))] == kinds


def test_a_crawl_that_failed_says_why():
    (alarm,) = alarms("failed", {"error": "disk full"}, Rate(0, None, None), now=NOON)
    assert alarm.says == "the last crawl failed: disk full"


def luubao(*arguments, archive):
    command = [sys.executable, "-m", "crawler.cli", *arguments, "--archive", str(archive)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_status_tells_of_the_last_crawl_the_next_one_and_what_is_wrong(tmp_path):
    account = {"listed": 9, "stored": 4, "failed_timeout": 2, "broken_sources": {"https://a.test/rss": "status 404"}}
    with open_for_crawls(tmp_path) as archive, archive.writing() as connection:
        held = NOON + timedelta(minutes=3)
        assert slots.claim(connection, "dantri", NOON, now=NOON, until=held)
        assert slots.finish(connection, "dantri", NOON, held=held, state=slots.DONE, now=NOON, counts=account)
    (crawl,) = json.loads(luubao("status", "--json", archive=tmp_path))["crawls"]
    assert (crawl["site"], crawl["state"], crawl["account"]) == ("dantri", "done", account)
    assert crawl["next_due_at"] > crawl["due_at"]
    assert crawl["alarms"] == [{"kind": "source", "says": "https://a.test/rss: status 404"}]
    assert "source     dantri: https://a.test/rss: status 404" in luubao("status", archive=tmp_path)


def test_crawls_by_hand_are_told_with_a_redesign_a_moved_feed_and_a_block(tmp_path):
    with serve(Newsroom(7, papers=("baolaocai",), articles=25)) as server:
        crawls = Crawls(server, tmp_path / "a", "baolaocai")

        def crawl_and_look():
            crawls.run(revisit="all")
            with Archive.open(crawls.folder) as archive:
                (crawl,) = outlook(archive, Config(), now=server.now())
                pages = {row["capture_id"] for row in archive.rows("held")}
            assert (crawl["site"], crawl["is_by_hand"], crawl["state"]) == ("baolaocai", True, "done")
            return {alarm["kind"]: alarm["says"] for alarm in crawl["alarms"]}, pages

        assert crawl_and_look() == ({}, set())
        server.clock.advance(hours=2)
        server.faults.add("redirect_home", path="rss")
        server.faults.add("redesign")
        told, pages = crawl_and_look()
        home = server.urls["baolaocai"]
        assert told["source"] == f"{home}/rss/home.rss: moved to {home}/"
        assert "25 redesign" in told["extraction"]
        assert "epi/body" in told["extraction"]
        assert any(page in told["extraction"] for page in pages)
        assert "`luubao site learn baolaocai --seed DIR` keeps it as a seed" in told["extraction"]
        keep_as_a_seed(crawls.folder, tmp_path / "seed", pages)
        server.clock.advance(hours=2)
        server.faults.clear()
        server.faults.add("403", path="-post")
        told, _ = crawl_and_look()
        assert "blocked" in told["blocked"]
        assert "extraction" not in told


def keep_as_a_seed(folder, seed, pages):
    """What the alarm says to do: a page that could not be read, beside the last good one of its article."""
    words = ["site", "learn", "baolaocai", "--seed", str(seed), "--archive", str(folder)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    (file,) = seed.glob("*.warc")
    good, held = (load(entry.locator) for entry in open_sources([seed]))
    assert good.url == held.url
    assert capture_id(held) in pages
    assert good.captured_at < held.captured_at
    with Archive.open(folder) as archive:
        assert archive.load_capture(capture_id(good)) == good
    checked = CliRunner().invoke(main, ["site", "check", "baolaocai", "--seed", str(seed)])
    assert (checked.exit_code, "broken" in checked.output) == (1, True), checked.output
    again = CliRunner().invoke(main, words)
    assert (again.exit_code, f"the seed has that page already: {file}" in again.output) == (1, True), again.output


def test_captures_of_a_clock_that_was_ahead_are_told(tmp_path):
    page = capture(url="https://bao.example/mot.html")
    with open_for_crawls(tmp_path) as archive:
        archive.record(page, document())
        archive.record(replace(page, captured_at=datetime(2999, 1, 2, tzinfo=UTC)), document())
        archive.record(replace(page, url="https://khac.example/hai.html"), document())
    told = CliRunner().invoke(main, ["status", "--archive", str(tmp_path)]).output
    assert "clock     bao.example has captures dated until 2999-01-02T00:00:00Z" in told
    assert told.count("clock     ") == 1
    facts = json.loads(CliRunner().invoke(main, ["status", "--json", "--archive", str(tmp_path)]).output)
    assert facts["ahead"] == {"bao.example": "2999-01-02T00:00:00Z"}


def test_where_nothing_is_held_there_is_no_page_to_keep(tmp_path):
    with open_for_crawls(tmp_path / "a"):
        pass
    words = ["site", "learn", "baolaocai", "--seed", str(tmp_path / "seed"), "--archive", str(tmp_path / "a")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "no page of 'baolaocai' is held" in done.output
    assert not (tmp_path / "seed").exists()


def test_a_crawl_of_the_schedule_is_told_as_its_slot(tmp_path):
    with open_for_crawls(tmp_path) as archive:
        held = NOON + timedelta(minutes=3)
        with archive.writing() as connection:
            assert slots.claim(connection, "dantri", NOON, now=NOON, until=held)
        run = archive.start_run("crawl", at=NOON + timedelta(seconds=1), counts={"site": "dantri"})
        archive.finish_run(run, at=NOON + timedelta(seconds=9), counts={"site": "dantri", "listed": 1})
        with archive.writing() as connection:
            done = {"now": NOON + timedelta(seconds=10), "counts": {"listed": 2}}
            assert slots.finish(connection, "dantri", NOON, held=held, state=slots.DONE, **done)
        archive.commit()
        (slot,) = outlook(archive, Config(), now=NOON + timedelta(minutes=1))
        archive.start_run("crawl", at=NOON + timedelta(minutes=2), counts={"site": "dantri"})
        (later,) = outlook(archive, Config(), now=NOON + timedelta(minutes=3))
    assert (slot["is_by_hand"], slot["account"]) == (False, {"listed": 2})
    assert (later["is_by_hand"], later["state"]) == (True, "open")
