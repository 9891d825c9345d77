"""Replay: an archive is a function of its captures, however they arrive."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import warc
from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.fingerprint import fingerprint
from archive.types import Decision, DecisionKind, Outcome
from archive.verify import verify
from crawler.recording import SiteExtractor, adopt_orphans, open_archive
from crawler.replay import replay
from crawler.seeds import find_seeds
from crawler.sources import load, open_sources

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Path:
    """An archive of all seeds, replayed by one worker in the order of time."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with open_archive(folder) as archive:
        replay(archive, open_sources([SEEDS]))
    return folder


@pytest.fixture(scope="module")
def wanted(undisturbed) -> str:
    with Archive.open(undisturbed) as archive:
        return fingerprint(archive)


def fingerprint_of(folder, database=None) -> str:
    with Archive.open(folder, database=database) as archive:
        return fingerprint(archive)


def test_four_workers_make_the_same_archive_as_one(tmp_path, wanted):
    with open_archive(tmp_path) as archive:
        replay(archive, open_sources([SEEDS]), workers=4)
    assert fingerprint_of(tmp_path) == wanted


def test_a_second_replay_changes_nothing(tmp_path, wanted):
    for expected_new in (True, False):
        with open_archive(tmp_path) as archive:
            account = replay(archive, open_sources([SEEDS]))
        assert bool(account.new) is expected_new
    assert fingerprint_of(tmp_path) == wanted
    assert len(list((tmp_path / "captures").iterdir())) == 1


@pytest.mark.parametrize("seed", range(3))
def test_captures_in_any_order_make_the_same_archive(tmp_path, wanted, seed):
    entries = list(open_sources([SEEDS]))
    random.Random(seed).shuffle(entries)
    with open_archive(tmp_path) as archive:
        extractor = SiteExtractor()
        for entry in entries:
            capture = load(entry.locator)
            archive.record(capture, extractor.read(capture))
    assert fingerprint_of(tmp_path) == wanted


def test_seeds_replayed_one_by_one_backwards_make_the_same_archive(tmp_path, wanted):
    for seed in reversed(find_seeds(SEEDS)):
        with open_archive(tmp_path) as archive:
            replay(archive, open_sources([seed]))
    assert fingerprint_of(tmp_path) == wanted


def test_postgresql_and_sqlite_hold_the_same_archive(tmp_path, wanted, postgresql):
    database = postgresql.fresh()
    with open_archive(tmp_path, database=database) as archive:
        replay(archive, open_sources([SEEDS]), workers=2)
    assert fingerprint_of(tmp_path, database) == wanted


def test_an_archive_replays_its_own_captures_into_the_same_archive(tmp_path, undisturbed, wanted):
    with open_archive(tmp_path) as archive:
        replay(archive, open_sources([undisturbed]))
    assert fingerprint_of(tmp_path) == wanted


def test_decisions_travel_with_the_captures(tmp_path, undisturbed):
    with open_archive(tmp_path / "first") as archive:
        replay(archive, open_sources([undisturbed]))
        one, other = list(archive.rows("held", order_by=("captured_at",)))[:2]
        at = datetime(2026, 11, 1, tzinfo=UTC)
        archive.decide(Decision(DecisionKind.RELEASE, one["capture_id"], at))
        archive.decide(Decision(DecisionKind.DISCARD, other["capture_id"], at, note="a blank page"))
        member = next(archive.rows("cluster_members", role="copy"))
        archive.decide(Decision(DecisionKind.NOT_SAME, member["article_id"], at, member["compared_with_id"]))
    with open_archive(tmp_path / "second") as archive:
        account = replay(archive, open_sources([tmp_path / "first"]))
        assert account.decisions == 3
        assert [row["kind"] for row in archive.changes() if row["kind"] == "released"]
    assert fingerprint_of(tmp_path / "second") == fingerprint_of(tmp_path / "first")


def test_a_replayed_archive_is_whole(undisturbed):
    with Archive.open(undisturbed) as archive:
        report = verify(archive)
    assert report.problems == ()
    assert report.captures == len(open_sources([SEEDS]))


def test_verify_finds_a_flipped_bit_and_an_altered_row(tmp_path):
    with open_archive(tmp_path) as archive:
        replay(archive, open_sources([SEEDS / "related_box"]))
    (path,) = (tmp_path / "captures").iterdir()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with Archive.open(tmp_path) as archive:
        assert any(path.name in problem.where or path.name in problem.what for problem in verify(archive).problems)


def test_what_a_crash_left_on_disk_is_adopted(tmp_path, wanted):
    with pytest.raises(RuntimeError, match="power cut"), open_archive(tmp_path) as archive:
        for number, entry in enumerate(open_sources([SEEDS])):
            capture = load(entry.locator)
            archive.record(capture, SiteExtractor().read(capture))
            if number == 20:
                raise RuntimeError("power cut")
    with Archive.open(tmp_path, extractor=SiteExtractor()) as archive:
        assert len(archive.orphans()) == 1
        assert adopt_orphans(archive) == 21
        assert archive.orphans() == []
        replay(archive, open_sources([SEEDS]))
    assert fingerprint_of(tmp_path) == wanted
    with Archive.open(tmp_path) as archive:
        assert verify(archive).problems == ()


def test_a_killed_replay_is_finished_by_the_next_one(tmp_path, wanted):
    script = (
        "import os, signal, sys\n"
        "from crawler.recording import open_archive, SiteExtractor\n"
        "from crawler.sources import load, open_sources\n"
        "archive = open_archive(sys.argv[2])\n"
        "for number, entry in enumerate(open_sources([sys.argv[1]])):\n"
        "    capture = load(entry.locator)\n"
        "    archive.record(capture, SiteExtractor().read(capture))\n"
        "    if number == 12: archive.commit()\n"
        "    if number == 30: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(SEEDS.parent)
    died = subprocess.run(
        [sys.executable, "-c", script, str(SEEDS), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
        timeout=120,
    )
    assert died.returncode == -9
    assert list((tmp_path / "captures").glob("*.open"))
    with open_archive(tmp_path) as archive:
        account = replay(archive, open_sources([SEEDS]))
        assert account.known == 31
        assert not list((tmp_path / "captures").glob("*.open"))
    assert fingerprint_of(tmp_path) == wanted


def test_records_are_what_was_received(undisturbed):
    originals = {entry.capture_id: load(entry.locator) for entry in open_sources([SEEDS])}
    with Archive.open(undisturbed) as archive:
        for name, capture in originals.items():
            kept = archive.load_capture(name)
            assert (kept.payload, kept.headers, kept.status) == (capture.payload, capture.headers, capture.status)


def test_our_warc_is_read_by_other_peoples_tools(undisturbed):
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    (path,) = (undisturbed / "captures").glob("*.warc.gz")
    with path.open("rb") as stream:
        records = [
            (record.headers["WARC-Target-URI"], record.verify_block_digest())
            for record in ArchiveIterator(
                stream, parse_http=False, record_types=WarcRecordType.response | WarcRecordType.resource
            )
        ]
    assert len(records) == len(open_sources([SEEDS]))
    assert all(is_right for _, is_right in records)


def test_a_reader_that_dies_ends_the_run_with_one_line(tmp_path, monkeypatch):
    import crawler.replay

    monkeypatch.setattr(crawler.replay, "_do_chunk", _die)
    with pytest.raises(ArchiveError, match="fewer --workers"), open_archive(tmp_path) as archive:
        replay(archive, open_sources([SEEDS]), workers=2)


def _die(_work, _chunk):
    os._exit(9)


def test_the_account_tells_what_happened(tmp_path):
    with open_archive(tmp_path) as archive:
        account = replay(archive, open_sources([SEEDS / "captcha"]))
    assert account.captures == account.new == 3
    assert account.outcomes == {Outcome.VERSION: 1, Outcome.HELD: 1, Outcome.UNCHANGED: 1}
    assert account.held == {"blocked": 1}


def test_a_capture_id_follows_from_the_capture(undisturbed):
    with Archive.open(undisturbed) as archive:
        for row in archive.rows("captures"):
            assert warc.capture_id(archive.load_capture(row["capture_id"])) == row["capture_id"]
