"""What `luubao status` says of the crawls of a site, and when it asks for a person's eye."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.alarms import Rate, alarms
from archive.storage import slots
from crawler.recording import open_archive as open_for_crawls

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
    (crawl,) = json.loads(luubao("status", "--json", archive=tmp_path))["schedule"]
    assert (crawl["site"], crawl["state"], crawl["account"]) == ("dantri", "done", account)
    assert crawl["next_due_at"] > crawl["due_at"]
    assert crawl["alarms"] == [{"kind": "source", "says": "https://a.test/rss: status 404"}]
    assert "source     dantri: https://a.test/rss: status 404" in luubao("status", archive=tmp_path)
