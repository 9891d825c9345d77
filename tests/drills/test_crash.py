"""D1, D2, D4, D5: killed, out of room, locked out, at any moment; nothing is lost and nothing is doubled."""

import shutil
import sqlite3
import threading
import time

import pytest

from archive.core import Archive
from drills.lab import IS_LONG, Lab, cli, dice, ended, long_only, newsroom, say, size, standing

BACKFILL = "2020-01-01T00:00:00+00:00"
FAULTS = ("rst", "500", "length_cut", "close_cut", "gzip_cut", "empty")
PLACES = (
    "leased warc_half:2 warc_half:9 warc_written:2 warc_written:9 warc_synced warc_synced:2 warc_closed warc_closed:2 "
    "db_mid db_mid:9 db_before_commit:2 db_before_commit:9 db_after_commit:2 db_after_commit:9"
).split()
SHORT_PLACES = ("warc_half:9", "db_mid:9")


def kill_often(lab: Lab, drill: str, *, kills: int, first: int, last: int, **wish) -> int:
    """Kill crawls of `lab` after a random number of answers; how often one was still running."""
    chance = dice(drill)
    return sum(lab.kill_after(chance.randint(first, last), since=BACKFILL, **wish) for _ in range(kills))


def test_d1_killed_at_random_nothing_is_lost_or_doubled(tmp_path):
    with newsroom(tmp_path / "archive", articles=size(60, 5000)) as lab:
        began = time.monotonic()
        killed = kill_often(lab, "D1", kills=size(2, 20), first=size(8, 100), last=size(30, 330))
        account = lab.crawl(since=BACKFILL)
        seconds = time.monotonic() - began
        expected = standing(lab)
        found = lab.judge(expected)
        asked = [one.path for one in lab.server.log if one.is_article]
        say(
            "D1", articles=found.articles, kills=killed, lost=len(found.lost), doubled=len(found.doubled),
            problems=len(found.problems), refetches=len(asked) - len(set(asked)), seconds=round(seconds),
        )  # fmt: skip
        assert killed >= size(1, 15)
        assert found.is_sound, (found.lost, found.doubled, found.problems[:5])
        assert account["left_new"] == 0
        assert len(asked) - len(set(asked)) <= killed * (64 + 32)


@long_only
def test_d1b_killed_while_one_answer_in_ten_is_damaged(tmp_path):
    with newsroom(tmp_path / "archive", articles=size(40, 5000)) as lab:
        for kind in FAULTS:
            lab.server.faults.add(kind, path="-post", share=0.1 / len(FAULTS), seconds=1)
        killed = kill_often(lab, "D1b", kills=size(2, 20), first=size(8, 100), last=size(25, 330))
        lab.crawl(since=BACKFILL)
        damaged = sum(one.fault is not None for one in lab.server.log)
        lab.server.faults.clear()
        # What was damaged is tried again when its time has come.
        while lab.server.clock.advance(hours=1) and lab.crawl(since=BACKFILL, revisit="due")["left_new"]:
            pass
        # An article whose every attempt fell into the drill waits for a day, and is there again.
        found = lab.judge(standing_before(lab), versions=3)
        say("D1b", articles=found.articles, kills=killed, damaged=damaged, lost=len(found.lost))
        assert not found.lost
        assert not found.problems


def standing_before(lab: Lab) -> set[str]:
    """Of the articles that stand, those that could be fetched whole so far."""
    return standing(lab) & lab.served()


@pytest.mark.parametrize("protection", size(["recovery"], ["recovery", "leases given back"]))
def test_control_d1_without_a_protection_the_judge_finds_a_loss(tmp_path, protection):
    with newsroom(tmp_path / "archive", articles=60) as lab:
        lab.start(since=BACKFILL, env={"LUUBAO_FAILPOINT": "warc_closed"}).communicate(timeout=60)
        if protection == "leases given back":
            lab.start(since=BACKFILL, env={"LUUBAO_FAILPOINT": "leased"}).communicate(timeout=60)
        lab.crawl(since=BACKFILL, without=[protection])
        assert not lab.judge(standing(lab)).is_sound


@pytest.mark.parametrize("place", PLACES if IS_LONG else SHORT_PLACES)
def test_d2_killed_at_a_place_nothing_is_lost(tmp_path, place):
    with newsroom(tmp_path / "archive", articles=40) as lab:
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
