"""D3: the power fails. What was not synced is lost, or half of it is; what was acknowledged is there all the same."""

import sqlite3

import pytest

from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.verify import verify
from crawler.recording import open_archive
from drills.disk import Disk
from drills.lab import dice, long_only, newsroom, say, size


def cut_the_power(tmp_path, *, without=()) -> dict[str, int]:
    """Crawl once, with all writes recorded; then see what archive each of many power cuts would have left."""
    with newsroom(tmp_path / "archive", articles=size(40, 200)) as lab:
        lab.crawl(disk_log=str(tmp_path / "log"), without=list(without))
    lines = (tmp_path / "log").read_text().splitlines()
    chance = dice("D3")
    moments = sorted(chance.sample(range(len(lines)), size(10, 60)))
    disk, played = Disk(), 0
    found = {"trials": len(moments), "acknowledged": 0, "commits_lost": 0, "lost": 0, "corrupt": 0, "problems": 0}
    for moment in moments:
        for line in lines[played:moment]:
            disk.play(line)
        played = moment
        folder = tmp_path / f"cut-{moment}"
        folder.mkdir()
        disk.cut(folder, chance)
        found["acknowledged"] += len(disk.acknowledged)
        try:
            # What the database has by itself, before the recovery takes in what the WARC files have.
            if disk.acknowledged:
                with Archive.open(folder) as archive:
                    found["commits_lost"] += len(disk.acknowledged - archive.known(sorted(disk.acknowledged)))
            with open_archive(folder) as archive:
                found["lost"] += len(disk.acknowledged - archive.known(sorted(disk.acknowledged)))
                found["problems"] += bool(verify(archive).problems)
        except (ArchiveError, sqlite3.DatabaseError):
            found["corrupt"] += 1
    return found


def test_d3_a_power_cut_takes_back_nothing_that_was_acknowledged(tmp_path):
    found = cut_the_power(tmp_path)
    say("D3", **found)
    assert found["acknowledged"] > 0
    assert found["commits_lost"] == found["lost"] == found["corrupt"] == found["problems"] == 0, found


@long_only
@pytest.mark.parametrize(("protection", "shown_by"), [("synced commits", "commits_lost"), ("synced files", "problems")])
def test_control_d3_without_syncing_something_is_lost(tmp_path, protection, shown_by):
    found = cut_the_power(tmp_path, without=[protection])
    say("D3 control", without=protection, **found)
    assert found[shown_by] > 0


def commits_that_a_stopped_server_forgot(tmp_path, server, **wish) -> dict[str, int]:
    """Crawl into a server that is told to sync later, as some are for speed, and end it at once when the crawl ends.

    What a server had not synced is in no file then, as after a power cut."""
    server.set(synchronous_commit="off", wal_writer_delay="10s")
    with newsroom(tmp_path / "archive", articles=size(40, 200), database=server.url) as lab:
        lab.crawl(**wish)
        (acknowledged,) = lab.ask("SELECT count(*) FROM capture")[0]
        server.stop_at_once()
        server.start()
        (kept,) = lab.ask("SELECT count(*) FROM capture")[0]
        with open_archive(lab.folder, database=server.url) as archive:
            problems = len(verify(archive).problems)
        (then,) = lab.ask("SELECT count(*) FROM capture")[0]
    lost = {"commits_lost": acknowledged - kept, "lost": acknowledged - then}
    return {"acknowledged": acknowledged, **lost, "problems": problems}


@long_only
def test_d3_a_postgresql_that_syncs_late_takes_back_nothing_that_was_acknowledged(tmp_path, postgresql_of_its_own):
    found = commits_that_a_stopped_server_forgot(tmp_path, postgresql_of_its_own)
    say("D3 PostgreSQL", **found)
    assert found["acknowledged"] > 0
    assert found["commits_lost"] == found["lost"] == found["problems"] == 0, found


@long_only
def test_control_d3_a_postgresql_that_syncs_late_loses_what_we_do_not_ask_it_to_sync(tmp_path, postgresql_of_its_own):
    found = commits_that_a_stopped_server_forgot(tmp_path, postgresql_of_its_own, without=["synced commits"])
    say("D3 PostgreSQL control", **found)
    assert found["commits_lost"] > 0
