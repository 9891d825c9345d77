"""D1, D2, D4, D5: killed, out of room, locked out, at any moment; nothing is lost and nothing is doubled."""

import shutil
import sqlite3
import threading
import time

import pytest

from archive.core import Archive
from drills.lab import (
    IS_LONG,
    Lab,
    cli,
    dice,
    ended,
    long_only,
    never_printed,
    newsroom,
    printed,
    say,
    size,
    standing,
)

BACKFILL = "2020-01-01T00:00:00+00:00"
FAULTS = ("rst", "500", "503", "length_cut", "close_cut", "gzip_cut", "stall", "empty")
PLACES = (
    "leased warc_half:2 warc_half:9 warc_written:2 warc_written:9 warc_synced warc_synced:2 warc_closed warc_closed:2 "
    "db_mid db_mid:9 db_before_commit:2 db_before_commit:9 db_after_commit:2 db_after_commit:9"
).split()
SHORT_PLACES = ("warc_half:9", "db_mid:9")


def kill_often(lab: Lab, drill: str, *, kills: int, first: int, last: int, **wish) -> int:
    """Kill crawls of `lab` after a random number of answers; how often one was still running."""
    chance = dice(drill)
    return sum(lab.kill_after(chance.randint(first, last), since=BACKFILL, **wish) for _ in range(kills))


SIZES = {"sqlite": size((60, 2), (5000, 20)), "postgresql": size((40, 1), (1000, 10))}
"""Articles and kills of D1."""


def test_d1_killed_at_random_nothing_is_lost_or_doubled(tmp_path, tables):
    engine = "postgresql" if tables else "sqlite"
    articles, kills = SIZES[engine]
    with newsroom(tmp_path / "archive", articles=articles, database=tables) as lab:
        began = time.monotonic()
        killed = kill_often(lab, "D1", kills=kills, first=size(8, articles // 50), last=size(30, articles // 15))
        account = lab.crawl(since=BACKFILL)
        seconds = time.monotonic() - began
        found = lab.judge(standing(lab))
        asked = [one.path for one in lab.server.log if one.is_article]
        say(
            "D1", engine=engine, articles=found.articles, captures=found.captures, kills=killed, lost=len(found.lost),
            doubled=len(found.doubled), problems=len(found.problems), refetches=len(asked) - len(set(asked)),
            seconds=round(seconds),
        )  # fmt: skip
        assert killed >= kills * 3 // 4
        assert found.is_sound, (found.lost, found.doubled, found.problems[:5])
        assert account["left_new"] == 0
        assert len(asked) - len(set(asked)) <= killed * (64 + 32)


def crawl_through_damage(lab: Lab, *, kills: int, first: int, last: int, share: float = 0.1, **wish) -> tuple[int, int]:
    """Crawl, and be killed, while this share of the answers is damaged, until all is well: (kills, damaged answers)."""
    for kind in FAULTS:
        lab.server.faults.add(kind, path="-post", share=share / len(FAULTS), seconds=1)
    killed = kill_often(lab, "D1b", kills=kills, first=first, last=last, **wish)
    lab.crawl(since=BACKFILL, **wish)
    damaged = sum(one.fault is not None for one in lab.server.log)
    lab.server.faults.clear()
    for minutes in (15, 45, 170):  # when second, third and fourth attempts are due
        if standing(lab) <= lab.articles().keys():
            break
        lab.server.clock.advance(minutes=minutes)
        lab.crawl(since=BACKFILL, **wish)
    return killed, damaged


@long_only
def test_d1b_killed_while_one_answer_in_ten_is_damaged(tmp_path):
    with newsroom(tmp_path / "archive", articles=5000) as lab:
        began = time.monotonic()
        killed, damaged = crawl_through_damage(lab, kills=20, first=100, last=330)
        seconds = time.monotonic() - began
        found = lab.judge(standing(lab), versions=printed(lab))
        promoted = never_printed(lab)
        say(
            "D1b", articles=found.articles, captures=found.captures, kills=killed, damaged=damaged,
            lost=len(found.lost), doubled=len(found.doubled), damaged_versions=len(promoted),
            problems=len(found.problems), seconds=round(seconds),
        )  # fmt: skip
        assert killed >= 15
        assert damaged >= 200
        assert found.is_sound, (found.lost, found.doubled, found.problems[:5])
        assert not promoted, promoted[:5]


@long_only
def test_control_d1b_who_takes_bodies_as_they_come_makes_versions_of_damage(tmp_path):
    with newsroom(tmp_path / "archive", articles=200) as lab:
        crawl_through_damage(lab, kills=3, first=20, last=60, share=0.4, without=["strict bodies"])
        promoted = never_printed(lab)
        say("D1b control", damaged_versions=len(promoted))
        assert promoted


def test_control_d1_without_recovery_the_judge_finds_records_that_no_row_knows(tmp_path):
    with newsroom(tmp_path / "archive", articles=60) as lab:
        lab.start(since=BACKFILL, env={"LUUBAO_FAILPOINT": "warc_closed"}).communicate(timeout=60)
        lab.crawl(since=BACKFILL, without=["recovery"])
        assert lab.judge(standing(lab)).problems


@long_only
def test_control_d1_killed_at_random_without_giving_leases_back_articles_are_lost(tmp_path):
    with newsroom(tmp_path / "archive", articles=500) as lab:
        wish = {"without": ["leases given back"]}
        killed = kill_often(lab, "D1", kills=5, first=20, last=60, **wish)
        lab.crawl(since=BACKFILL, **wish)
        found = lab.judge(standing(lab))
        say("D1 control", kills=killed, lost=len(found.lost))
        assert found.lost


@pytest.mark.parametrize("place", PLACES if IS_LONG else SHORT_PLACES)
def test_d2_killed_at_a_place_nothing_is_lost(tmp_path, tables, place):
    with newsroom(tmp_path / "archive", articles=40, database=tables) as lab:
        process = lab.start(env={"LUUBAO_FAILPOINT": place})
        process.communicate(timeout=60)
        assert process.returncode == -9
        lab.crawl()
        found = lab.judge(lab.served())
        assert found.is_sound, (found.lost, found.doubled, found.problems)


@pytest.mark.parametrize(
    ("place", "then"),
    size([("warc_closed", "adopting:3")], [("warc_half:9", "repairing"), ("warc_closed", "adopting:3")]),
)
def test_d2_killed_while_it_recovers(tmp_path, place, then):
    with newsroom(tmp_path / "archive", articles=40) as lab:
        for at in size((place, then), (place, then, then)):
            process = lab.start(env={"LUUBAO_FAILPOINT": at})
            process.communicate(timeout=60)
            assert process.returncode == -9
        lab.crawl()
        found = lab.judge(lab.served())
        assert found.is_sound, (found.lost, found.doubled, found.problems)


def test_d4_a_full_disk_ends_the_crawl_with_its_own_code_and_loses_nothing(tmp_path):
    with newsroom(tmp_path / "archive", articles=40) as lab:
        with cli(lab, room=400_000) as process:
            status, line = ended(process)
        assert status == 3, line
        assert len(line) < 300
        with Archive.open(lab.folder) as archive:
            assert archive.status()
        with cli(lab) as process:
            assert ended(process)[0] == 0
        found = lab.judge(lab.served())
        say("D4", articles=found.articles, lost=len(found.lost), code_when_full=status)
        assert found.is_sound, (found.lost, found.doubled, found.problems)


def locked(folder, seconds: float) -> threading.Thread:
    """Another program that holds the database for so long."""

    def hold():
        connection = sqlite3.connect(folder / "archive.db", timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    return thread


def crawl_beside_a_lock(lab: Lab, seconds: float):
    lab.crawl(budget=1)
    process = lab.start(delay=0.02)
    before = len(lab.server.log)
    while process.poll() is None and len(lab.server.log) < before + 8:
        time.sleep(0.01)
    thread = locked(lab.folder, seconds)
    _, complaint = process.communicate(timeout=120)
    thread.join()
    return process.returncode, complaint


def test_d5_a_foreign_lock_is_waited_for_and_a_reader_is_no_matter(tmp_path):
    with newsroom(tmp_path / "archive", articles=40) as lab:
        lab.crawl(budget=1)
        reader = sqlite3.connect(f"file:{lab.folder / 'archive.db'}?mode=ro", uri=True, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM capture").fetchone()
        seconds = size(2, 12)
        code, complaint = crawl_beside_a_lock(lab, seconds)
        wal = (lab.folder / "archive.db-wal").stat().st_size
        reader.close()
        assert code == 0, complaint
        found = lab.judge(lab.served())
        say("D5", lock_seconds=seconds, lost=len(found.lost), wal_bytes=wal)
        assert found.is_sound, (found.lost, found.doubled, found.problems)
        assert wal < 64 * 1024 * 1024


@pytest.mark.parametrize("answers", size([8], [2, 8, 24]))
def test_control_d5_who_does_not_wait_ends_at_once_with_the_status_of_a_database_error(tmp_path, answers):
    """It ends while the lock is still held, with pages in its readers and others waiting for their host's turn."""
    with newsroom(tmp_path / "archive", articles=20) as lab:
        with cli(lab, delay=0.05, without=["waiting for locks"]) as process:
            while process.poll() is None and len(lab.server.log) < answers:
                time.sleep(0.01)
            connection = sqlite3.connect(lab.folder / "archive.db", timeout=30, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            status, line = ended(process)
            connection.close()
        assert status == 5, line
        assert "locked" in line
        with cli(lab) as process:
            assert ended(process)[0] == 0
        found = lab.judge(lab.served())
        assert found.is_sound, (found.lost, found.doubled, found.problems)


@long_only
def test_a_postgresql_that_is_stopped_at_once_ends_the_crawl_with_5_and_loses_nothing(tmp_path, postgresql_of_its_own):
    server, stops = postgresql_of_its_own, 5
    with newsroom(tmp_path / "archive", articles=60, database=server.url) as lab:
        for _ in range(stops):
            before = len(lab.server.log)
            with cli(lab, delay=0.05) as process:
                while process.poll() is None and len(lab.server.log) < before + 12:
                    time.sleep(0.01)
                server.stop_at_once()
                status, line = ended(process)
            server.start()
            assert status == 5, line
        with cli(lab) as process:
            assert ended(process)[0] == 0
        found = lab.judge(lab.served())
        say("PostgreSQL", stops=stops, articles=found.articles, lost=len(found.lost), problems=len(found.problems))
        assert found.is_sound, (found.lost, found.doubled, found.problems)


@long_only
def test_stopped_again_and_again_nothing_is_given_up(tmp_path):
    """What a stop gives back was never asked for, and uses up no attempt."""
    with newsroom(tmp_path / "archive", articles=40) as lab:
        for _ in range(size(2, 6)):
            lab.kill_after(9, number=15, delay=0.1)
        account = lab.crawl()
        assert account["left_new"] == account["left_failed"] == 0
        with sqlite3.connect(lab.folder / "archive.db") as connection:
            waiting = connection.execute("SELECT count(*) FROM frontier WHERE state = 'new'").fetchone()
        assert waiting == (0,)


def test_d12_a_copy_made_during_a_crawl_is_whole(tmp_path):
    """In the order that docs/operating.md says: the tables first, then the captures."""
    with newsroom(tmp_path / "archive", articles=60) as lab:
        process = lab.start(delay=0.02)
        copy = copied = tmp_path / "copy"
        while process.poll() is None and len(lab.server.log) < 45:
            time.sleep(0.01)
        copied.mkdir()
        with sqlite3.connect(lab.folder / "archive.db", timeout=30) as connection:
            connection.execute("VACUUM INTO ?", (str(copy / "archive.db"),))
        shutil.copytree(lab.folder / "captures", copy / "captures")
        process.kill()
        process.communicate()
        restored = Lab(lab.server, copy)
        restored.crawl()
        found = restored.judge(restored.served())
        assert found.is_sound, (found.lost, found.doubled, found.problems)


@long_only
def test_control_d12_captures_first_is_no_copy(tmp_path):
    with newsroom(tmp_path / "archive", articles=40) as lab:
        lab.crawl(budget=5)
        (tmp_path / "copy").mkdir()
        shutil.copytree(lab.folder / "captures", tmp_path / "copy" / "captures")
        lab.crawl()
        shutil.copy(lab.folder / "archive.db", tmp_path / "copy" / "archive.db")
        with Archive.open(tmp_path / "copy") as archive:
            from archive.verify import verify

            assert verify(archive).problems
