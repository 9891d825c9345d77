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
