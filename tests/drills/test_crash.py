"""D1, D2, D4, D5: killed, out of room, locked out, at any moment; nothing is lost and nothing is doubled."""

import contextlib
import shutil
import sqlite3
import subprocess
import time

import pytest

from archive.core import Archive
from archive.storage.engine import APPLICATION_ID
from archive.verify import verify
from crawler.crawl.desk import IN_HAND
from drills.lab import (
    BACKFILL,
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
            "D1", engine=engine, articles=found.articles, captures=found.captures, revisits=found.revisits,
            kills=killed, lost=len(found.lost),
            doubled=len(found.doubled), problems=len(found.problems), refetches=len(asked) - len(set(asked)),
            seconds=round(seconds),
        )  # fmt: skip
        assert killed >= kills * 3 // 4
        assert found.is_sound, (found.lost, found.doubled, found.problems[:5])
        assert account["left_new"] == 0
        assert len(asked) - len(set(asked)) <= killed * IN_HAND


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
def test_d1b_killed_while_one_answer_in_ten_is_damaged(tmp_path, tables):
    articles, kills = SIZES["postgresql" if tables else "sqlite"]
    with newsroom(tmp_path / "archive", articles=articles, database=tables) as lab:
        began = time.monotonic()
        killed, damaged = crawl_through_damage(lab, kills=kills, first=articles // 50, last=articles // 15)
        seconds = time.monotonic() - began
        found = lab.judge(standing(lab), versions=printed(lab))
        promoted = never_printed(lab)
        say(
            "D1b", engine=lab.engine, articles=found.articles, captures=found.captures, revisits=found.revisits,
            kills=killed, damaged=damaged,
            lost=len(found.lost), doubled=len(found.doubled), damaged_versions=len(promoted),
            problems=len(found.problems), seconds=round(seconds),
        )  # fmt: skip
        assert killed >= kills * 3 // 4
        assert damaged >= articles // 25
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


ROOM = {"sqlite": 400_000, "postgresql": 50_000}
"""Bytes that no file may exceed: on SQLite the tables are the first to be full, else a WARC file."""


def test_d4_a_full_disk_ends_the_crawl_with_its_own_code_and_loses_nothing(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=40, database=tables_at_length) as lab:
        with cli(lab, room=ROOM[lab.engine]) as process:
            status, line = ended(process)
        assert status == 3, line
        assert len(line) < 300
        with lab.open() as archive:
            assert archive.status()
        with cli(lab) as process:
            assert ended(process)[0] == 0
        found = lab.judge(lab.served())
        say("D4", engine=lab.engine, articles=found.articles, lost=len(found.lost), code_when_full=status)
        assert found.is_sound, (found.lost, found.doubled, found.problems)


@long_only
def test_d4_a_full_disk_of_the_server_ends_the_crawl_with_its_own_code_and_loses_nothing(
    tmp_path, postgresql_on_a_small_disk
):
    server, disk = postgresql_on_a_small_disk
    with newsroom(tmp_path / "archive", articles=60, database=server.url) as lab:
        with cli(lab, delay=0.05) as process:
            while process.poll() is None and len(lab.server.log) < 24:
                time.sleep(0.01)
            fill(disk / "filler")
            status, line = ended(process)
        assert status in (3, 5), line  # 5 where the server itself gave up, because it could not write its log
        (disk / "filler").unlink()
        server.start()
        with cli(lab) as process:
            assert ended(process)[0] == 0
        found = lab.judge(lab.served())
        say("D4 server", articles=found.articles, lost=len(found.lost), code_when_full=status)
        assert found.is_sound, (found.lost, found.doubled, found.problems)


def fill(path) -> None:
    """Let a file have all the room that is left on its disk."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(65536)):
            pass


@contextlib.contextmanager
def foreign_lock(lab: Lab, kind: str):
    """Another program that keeps the archive from writing."""
    if lab.database is None:
        connection = sqlite3.connect(lab.folder / "archive.db", timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        import psycopg

        connection = psycopg.connect(lab.database)
        connection.execute(LOCKS[kind])
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


LOCKS = {
    "database": f"SELECT pg_advisory_xact_lock({APPLICATION_ID})",
    "tables": "LOCK TABLE frontier, capture IN ACCESS EXCLUSIVE MODE",
    "rows": "SELECT id FROM frontier FOR UPDATE",
}
"""What a foreign program may hold on PostgreSQL: the lock of our own writers, whole tables, what a query names."""


@contextlib.contextmanager
def foreign_reader(lab: Lab):
    """Another program that has begun to read and does not end."""
    count = "SELECT count(*) FROM capture"
    if lab.database is None:
        connection = sqlite3.connect(f"file:{lab.folder / 'archive.db'}?mode=ro", uri=True, isolation_level=None)
        connection.execute("BEGIN")
    else:
        import psycopg

        connection = psycopg.connect(lab.database)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.execute(count).fetchone()
    try:
        yield
    finally:
        connection.close()


def crawl_beside_a_lock(lab: Lab, kind: str, seconds: float):
    process = lab.start(delay=0.02)
    before = len(lab.server.log)
    while process.poll() is None and len(lab.server.log) < before + 8:
        time.sleep(0.01)
    with foreign_lock(lab, kind):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        was_running = process.poll() is None
    _, complaint = process.communicate(timeout=120)
    return was_running, process.returncode, complaint


@pytest.mark.parametrize("kind", size(["database"], list(LOCKS)))
def test_d5_a_foreign_lock_is_waited_for_and_a_reader_is_no_matter(tmp_path, tables_at_length, kind):
    if tables_at_length is None and kind != "database":
        pytest.skip("SQLite has one lock, that of the database")
    with newsroom(tmp_path / "archive", articles=40, database=tables_at_length) as lab:
        lab.crawl(budget=1)
        seconds = size(2, 12)
        # A reader would not let a whole table be locked.
        with foreign_reader(lab) if kind != "tables" else contextlib.nullcontext():
            was_running, code, complaint = crawl_beside_a_lock(lab, kind, seconds)
            log = lab.folder / "archive.db-wal"
            wal = log.stat().st_size if lab.database is None else 0
        assert was_running
        assert code == 0, complaint
        found = lab.judge(lab.served())
        say("D5", engine=lab.engine, lock=kind, lock_seconds=seconds, lost=len(found.lost), wal_bytes=wal)
        assert found.is_sound, (found.lost, found.doubled, found.problems)
        assert wal < 64 * 1024 * 1024


@pytest.mark.parametrize("answers", size([8], [2, 8, 24]))
def test_control_d5_who_does_not_wait_ends_at_once_with_the_status_of_a_database_error(
    tmp_path, tables_at_length, answers
):
    """It ends while the lock is still held, with pages in its readers and others waiting for their host's turn."""
    with newsroom(tmp_path / "archive", articles=20, database=tables_at_length) as lab:
        with cli(lab, delay=0.05, without=["waiting for locks"]) as process:
            while process.poll() is None and len(lab.server.log) < answers:
                time.sleep(0.01)
            with foreign_lock(lab, "database"):
                status, line = ended(process)
        assert status == 5, line
        assert "lock" in line
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
def test_stopped_again_and_again_nothing_is_given_up(tmp_path, tables_at_length):
    """What a stop gives back was never asked for, and uses up no attempt."""
    with newsroom(tmp_path / "archive", articles=40, database=tables_at_length) as lab:
        for _ in range(size(2, 6)):
            lab.kill_after(9, number=15, delay=0.1)
        account = lab.crawl()
        assert account["left_new"] == account["left_failed"] == 0
        assert lab.ask("SELECT count(*) FROM frontier WHERE state = 'new'") == [(0,)]


def test_d12_a_copy_made_during_a_crawl_is_whole(tmp_path, tables_at_length, request):
    """In the order that docs/operating.md says: the tables first, then the captures."""
    restored_to = None if tables_at_length is None else request.getfixturevalue("another_database")
    programs = None if tables_at_length is None else request.getfixturevalue("postgresql_programs")
    with newsroom(tmp_path / "archive", articles=60, database=tables_at_length) as lab:
        process = lab.start(delay=0.02)
        copy = Lab(lab.server, tmp_path / "copy", restored_to)
        try:
            while process.poll() is None and len(lab.server.log) < 45:
                time.sleep(0.01)
            assert process.poll() is None
            copy.folder.mkdir()
            copy_tables(lab, copy, programs)
            shutil.copytree(lab.folder / "captures", copy.folder / "captures")
        finally:
            process.kill()
            process.communicate()
        copy.crawl()
        found = copy.judge(copy.served())
        say("D12", engine=lab.engine, articles=found.articles, lost=len(found.lost), problems=len(found.problems))
        assert found.is_sound, (found.lost, found.doubled, found.problems)


def copy_tables(lab: Lab, copy: Lab, programs: str | None) -> None:
    """As docs/operating.md says, while others may be writing; `programs` is where those of PostgreSQL are."""
    if lab.database is None:
        with sqlite3.connect(lab.folder / "archive.db", timeout=30) as connection:
            connection.execute("VACUUM INTO ?", (str(copy.folder / "archive.db"),))
        return
    dumped = copy.folder / "tables.sql"
    dump = [shutil.which("pg_dump", path=programs), "--dbname", lab.database, "--file", str(dumped)]
    restore = [shutil.which("psql", path=programs), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dumped)]
    subprocess.run(dump, check=True)
    subprocess.run([*restore, "--dbname", copy.database], check=True, stdout=subprocess.DEVNULL)


@long_only
def test_control_d12_captures_first_is_no_copy(tmp_path):
    with newsroom(tmp_path / "archive", articles=40) as lab:
        lab.crawl(budget=5)
        (tmp_path / "copy").mkdir()
        shutil.copytree(lab.folder / "captures", tmp_path / "copy" / "captures")
        lab.crawl()
        shutil.copy(lab.folder / "archive.db", tmp_path / "copy" / "archive.db")
        with Archive.open(tmp_path / "copy") as archive:
            assert verify(archive).problems
