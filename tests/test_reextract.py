"""`reextract`: an archive read anew says what a fresh replay says, and nobody takes our change for a publisher's."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.types import Edition, Verdict
from crawler.cli import main
from crawler.recording import SiteExtractor
from crawler.reextract import reextract
from crawler.sources import load, open_sources

SEEDS = Path(__file__).parent.parent / "seeds"


class Former(SiteExtractor):
    """A release of long ago: it took no lede, lost some headlines, and could not read some pages at all."""

    def __init__(self):
        super().__init__()
        self.edition = Edition("former", "f" * 64, {})

    def read(self, capture):
        said = super().read(capture)
        if said.verdict is not Verdict.OK:
            return said
        if len(said.body) % 7 == 0:
            return replace(said, verdict=Verdict.EXTRACTION_FAILED)
        return replace(said, lede=None, title=(said.title or "").removesuffix("5"))


def record_all(place, extractor, *paths):
    folder, database = place
    with Archive.open(folder, database=database, extractor=extractor) as archive:
        for entry in open_sources(paths):
            capture = load(entry.locator)
            archive.record(capture, extractor.read(capture))


def reread(place, **options):
    folder, database = place
    with Archive.open(folder, database=database, extractor=SiteExtractor()) as archive:
        return reextract(archive, **options)


def said_by(place):
    folder, database = place
    with Archive.open(folder, database=database) as archive:
        return fingerprint(archive)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_archive_read_anew_is_a_fresh_replay(shelf, workers):
    record_all(shelf.place("old"), Former(), SEEDS)
    record_all(shelf.place("fresh"), SiteExtractor(), SEEDS)
    assert said_by(shelf.place("old")) != said_by(shelf.place("fresh"))
    reread(shelf.place("old"), workers=workers)
    assert said_by(shelf.place("old")) == said_by(shelf.place("fresh"))


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    """An archive that a former release made of all seeds."""
    folder = tmp_path_factory.mktemp("former") / "a"
    record_all((folder, None), Former(), SEEDS)
    return folder


@pytest.fixture
def own(former, tmp_path):
    """A copy of it, to change."""
    shutil.copytree(former, tmp_path / "a")
    return tmp_path / "a"


def changes(folder):
    with Archive.open(folder) as archive:
        return [row["kind"] for row in archive.rows("changes", order_by=("seq",))]


def test_the_feed_tells_of_nothing_that_a_publisher_did(own):
    before = changes(own)
    reread((own, None))
    assert set(changes(own)[len(before) :]) <= {"re-read", "clustered", "unclustered"}
    assert "re-read" in changes(own)


def test_what_the_former_release_read_can_still_be_asked(own):
    with Archive.open(own) as archive:
        before = Counter(row["edition"] for row in archive.rows("judgements"))
    reread((own, None))
    with Archive.open(own) as archive:
        after = Counter(row["edition"] for row in archive.rows("judgements"))
        assert {row["edition"] for row in archive.rows("articles")} == {SiteExtractor().edition.name}
    assert after["former"] == before["former"] == sum(after.values()) // 2


def test_a_second_time_there_is_nothing_to_do(own):
    assert reread((own, None)).captures > 0
    before = said_by((own, None)), changes(own)
    assert reread((own, None)).captures == 0
    assert (said_by((own, None)), changes(own)) == before


def test_a_dry_run_counts_what_would_change_and_changes_nothing(own):
    before = said_by((own, None)), changes(own)
    would = reread((own, None), is_dry_run=True)
    assert (said_by((own, None)), changes(own)) == before
    assert would.as_counts() == reread((own, None)).as_counts()


def test_only_what_reads_differently_counts_as_changed(own):
    found = reread((own, None))
    assert found.changed["lede"] > 5
    assert found.same > 0
    assert found.verdicts[Verdict.EXTRACTION_FAILED, Verdict.OK] > 0
    assert "body" not in found.changed


def test_a_site_is_read_alone(own):
    reread((own, None), site="laodongthudo")
    with Archive.open(own) as archive:
        editions = {(row["site"] == "laodongthudo", row["edition"]) for row in archive.rows("articles")}
    assert editions == {(True, SiteExtractor().edition.name), (False, "former")}


def test_a_run_that_was_stopped_is_continued(own, shelf, monkeypatch):
    monkeypatch.setattr("crawler.reextract.GROUP", 8)
    steps = iter(range(3))
    with pytest.raises(StopIteration):
        reread((own, None), progress=lambda _: next(steps))
    reread((own, None))
    record_all(shelf.place("fresh"), SiteExtractor(), SEEDS)
    assert said_by((own, None)) == said_by(shelf.place("fresh"))


def luubao(*words, archive):
    return CliRunner().invoke(main, ["reextract", *words, "--archive", str(archive), "--workers", "1"])


def test_the_command_shows_samples_and_counts(own):
    done = luubao("--dry-run", archive=own)
    assert done.exit_code == 0, done.output
    assert "lede\n{+" in done.stdout
    assert "read again" in done.stdout
    assert "without --dry-run" in done.stdout


def test_the_command_speaks_json(own):
    told = json.loads(luubao("--json", "--site", "baolaocai", archive=own).stdout)
    assert told["dry_run"] is False
    assert set(told["sites"]) == {"baolaocai"}
    assert "lede" in {change["field"] for sample in told["samples"] for change in sample["changes"]}


def test_an_archive_that_is_up_to_date_says_so(own):
    luubao(archive=own)
    assert "Nothing to read again" in luubao(archive=own).stdout


def test_where_there_is_no_archive_none_is_made(tmp_path):
    done = luubao(archive=tmp_path / "none")
    assert done.exit_code == 1
    assert "no archive at" in done.stderr
    assert not (tmp_path / "none").exists()
