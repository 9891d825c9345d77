"""The cursor of `changes`: who follows an archive goes on where they were, whatever happens to it."""

import shutil

import pytest
from builders import FakeExtractor, bad, document, dump, paragraphs, record
from click.testing import CliRunner
from sqlalchemy.engine import URL

from archive.core import Archive
from archive.exceptions import StorageError
from archive.moving import move
from crawler.cli import main

URLS = [f"https://bao.example/{number}.html" for number in range(5)]


@pytest.fixture
def kept(tmp_path):
    """The folder of an archive whose feed is not in the order of time: half of it arrived late."""
    folder = tmp_path / "kept"
    text = {"body": paragraphs("story"), "lede": None, "author": None}
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        record(archive, document(title="Chợ phiên", **text), url=URLS[0], day=9)
        record(archive, bad("blocked"), url=URLS[1], day=10)
        record(archive, document(title="Chợ phiên", **text), url="https://khac.example/0.html", day=11)
        record(archive, document(title="Chợ phiên sớm", **text), url=URLS[0], day=2)
        record(archive, document(2), url=URLS[2], day=1)
    return folder


def feed(archive, since=None):
    return [(row["change_id"], row["kind"], row["seq"]) for row in archive.changes(since=since)]


def go_on(folder, database=None):
    """Something new, and something that comes late once more."""
    with Archive.open(folder, database=database, extractor=FakeExtractor()) as archive:
        record(archive, document(3), url=URLS[3], day=20)
        record(archive, document(2, title="Trước đó"), url=URLS[2], day=0)


def restarted(folder, _tmp_path, _database):
    return folder, None


def backed_up(folder, tmp_path, _database):
    shutil.copytree(folder, tmp_path / "restored")
    shutil.rmtree(folder)
    return tmp_path / "restored", None


def reindexed(folder, _tmp_path, _database):
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        archive.reindex()
    return folder, None


def moved(folder, _tmp_path, database):
    with Archive.open(folder) as archive:
        move(archive, database, shown_as="elsewhere")
    (folder / "archive.db").unlink()
    return folder, database


@pytest.mark.parametrize("what", [restarted, backed_up, reindexed, moved], ids=lambda what: what.__name__)
def test_a_reader_in_the_middle_of_the_feed_goes_on(kept, tmp_path, what, database):
    with Archive.open(kept) as archive:
        before = feed(archive)
    folder, database = what(kept, tmp_path, database)
    go_on(folder, database)
    with Archive.open(folder, database=database) as archive:
        after = feed(archive)
        assert after[: len(before)] == before
        assert len(after) > len(before) + 1
        assert len({seq for _, _, seq in after}) == len(after)
        for at, (cursor, _, _) in enumerate(before):
            assert feed(archive, since=cursor) == after[at + 1 :]


def test_a_moved_archive_says_the_same_and_can_be_moved_back(kept, tmp_path, database):
    with Archive.open(kept) as archive:
        wanted, order = dump(archive), feed(archive)
        rows = move(archive, database, shown_as="elsewhere")
    back = URL.create("sqlite", database=str(tmp_path / "back.db"))
    with Archive.open(kept, database=database) as archive:
        assert (dump(archive), feed(archive)) == (wanted, order)
        assert move(archive, back, shown_as="back") == rows
    with Archive.open(kept, database=back) as archive:
        assert (dump(archive), feed(archive)) == (wanted, order)


def test_a_database_that_holds_an_archive_is_refused_and_left_alone(kept, tmp_path, database):
    with Archive.open(tmp_path / "other", database=database, extractor=FakeExtractor()) as archive:
        record(archive, document(7))
        wanted = dump(archive)
    with Archive.open(kept) as archive, pytest.raises(StorageError, match=r"'elsewhere'.*name an empty database"):
        move(archive, database, shown_as="elsewhere")
    with Archive.open(tmp_path / "other", database=database) as archive:
        assert dump(archive) == wanted


def test_a_move_that_stops_leaves_nothing_and_can_be_repeated(kept, database):
    def stop(_count):
        raise KeyboardInterrupt

    with Archive.open(kept) as archive:
        with pytest.raises(KeyboardInterrupt):
            move(archive, database, shown_as="elsewhere", progress=stop)
        wanted = dump(archive)
        move(archive, database, shown_as="elsewhere")
    with Archive.open(kept, database=database) as archive:
        assert dump(archive) == wanted


def test_the_command_moves_and_names_the_next_step(seeds_archive, tmp_path):
    folder = shutil.copytree(seeds_archive, tmp_path / "a")
    to = f"sqlite:///{tmp_path / 'moved.db'}"
    done = CliRunner().invoke(main, ["move", to, "--archive", str(folder)])
    assert done.exit_code == 0, done.output
    prints = [
        CliRunner().invoke(main, ["fingerprint", "--archive", str(folder), *more]).stdout
        for more in ([], ["--database", to])
    ]
    assert prints[0] == prints[1] != ""
    assert done.stdout.splitlines()[-1] == f"Next: luubao fingerprint --archive {folder} --database {to}"
