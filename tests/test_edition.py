"""Our change is never theirs: another extractor reads articles anew, and adds no version."""

from dataclasses import replace

import pytest
from builders import URL, FakeExtractor, bad, capture, document, dump, paragraphs

from archive.core import Archive
from archive.types import Decision, DecisionKind, Verdict

OTHER = "https://xa.example/1"


def without_lede(said):
    """What the second edition reads: it takes the first paragraph for the lede, where there is text."""
    if said.verdict is not Verdict.OK or not said.blocks:
        return said
    return replace(said, lede=said.blocks[0].text, blocks=said.blocks[1:])


ONE = FakeExtractor("one")
TWO = FakeExtractor("two", reading=without_lede)
SAME = FakeExtractor("one with a newer library")


def fill(place, extractor, *steps):
    """Record captures with one edition, and close."""
    folder, database = place
    with Archive.open(folder, database=database, extractor=extractor) as archive:
        for each in steps:
            archive.record(each, extractor.read(each))


def reader(place):
    folder, database = place
    return Archive.open(folder, database=database)


@pytest.fixture
def place(shelf):
    return shelf.place("archive")


def kinds(archive):
    return [row["kind"] for row in archive.rows("changes", order_by=("seq",))]


def test_a_new_edition_reads_nothing_by_itself(place):
    fill(place, ONE, capture())
    fill(place, TWO)
    with reader(place) as archive:
        assert [row["edition"] for row in archive.rows("articles")] == ["test one"]


def test_the_same_capture_in_a_new_edition_changes_nothing(place):
    fill(place, ONE, capture())
    with reader(place) as archive:
        before = dump(archive)
    fill(place, TWO, capture())
    with reader(place) as archive:
        assert dump(archive) == before


def test_a_capture_of_an_article_in_a_new_edition_adds_no_version(place):
    fill(place, ONE, capture())
    fill(place, TWO, capture(day=2))
    with reader(place) as archive:
        assert [(row["version"], row["cause"]) for row in archive.rows("versions")] == [(1, "first")]


def test_the_versions_are_those_of_the_new_edition(place):
    fill(place, ONE, capture(), capture(document(title="Khác"), day=2))
    fill(place, TWO, capture(document(title="Khác"), day=3))
    with reader(place) as archive:
        assert [row["lede"] for row in archive.rows("versions")] == [paragraphs(1)[0]] * 2


def test_an_edit_that_comes_with_a_new_edition_is_one_edit(place):
    fill(place, ONE, capture())
    fill(place, TWO, capture(document(title="Khác"), day=2))
    with reader(place) as archive:
        versions = list(archive.rows("versions", order_by=("version",)))
        assert [row["cause"] for row in versions] == ["first", "edited"]
        assert {"lede", "body"}.isdisjoint(versions[1]["changed"])


def test_the_feed_says_that_an_article_was_read_anew(place):
    fill(place, ONE, capture())
    fill(place, TWO, capture(day=2))
    with reader(place) as archive:
        assert kinds(archive) == ["new", "re-read"]


def test_an_edition_that_reads_the_same_is_not_worth_a_change(place):
    fill(place, ONE, capture())
    fill(place, SAME, capture(day=2))
    with reader(place) as archive:
        assert kinds(archive) == ["new"]


def test_an_article_that_was_not_captured_again_stays_in_its_edition(place):
    fill(place, ONE, capture(), capture(document(2), url=OTHER))
    fill(place, TWO, capture(day=2))
    with reader(place) as archive:
        assert {row["url"]: row["edition"] for row in archive.rows("articles")} == {URL: "test two", OTHER: "test one"}


def test_old_readings_stay_queryable(place):
    fill(place, ONE, capture())
    fill(place, TWO, capture(day=2))
    with reader(place) as archive:
        found = [
            (row["edition"], row["is_current"])
            for row in archive.rows("judgements", order_by=("edition", "capture_id"))
        ]
        assert sorted(found) == [("test one", False), ("test two", True), ("test two", True)]


def test_every_edition_is_named_with_its_libraries(place):
    fill(place, ONE, capture())
    fill(place, TWO, capture(day=2))
    with reader(place) as archive:
        assert [(row["edition"], row["libraries"]) for row in archive.rows("editions", order_by=("edition",))] == [
            ("test one", {"test": "one"}),
            ("test two", {"test": "two"}),
        ]


def test_a_held_page_is_judged_anew_in_the_new_edition(place):
    fill(place, ONE, capture(), capture(bad("blocked"), day=2))
    fill(place, TWO, capture(day=3))
    with reader(place) as archive:
        assert [(row["reason"], row["article_id"] is None) for row in archive.rows("held")] == [("blocked", False)]


def test_what_a_better_extractor_can_read_waits_no_more(place):
    def broken(said):
        return replace(said, verdict=Verdict.EXTRACTION_FAILED, title=None, blocks=()) if said.title == "Khác" else said

    fill(place, FakeExtractor("broken", reading=broken), capture(), capture(document(title="Khác"), day=2))
    fill(place, ONE, capture(document(title="Khác"), day=3))
    with reader(place) as archive:
        assert (list(archive.rows("held")), [row["version"] for row in archive.rows("articles")]) == ([], [2])


def test_a_decision_outlives_a_change_of_edition(place):
    wrong = capture(document(2), day=2)
    fill(place, ONE, capture(), wrong)
    folder, database = place
    with Archive.open(folder, database=database, extractor=ONE) as archive:
        held = next(archive.rows("held"))["capture_id"]
        archive.decide(Decision(DecisionKind.DISCARD, held, capture(day=3).captured_at))
    fill(place, TWO, capture(day=4))
    with reader(place) as archive:
        assert (list(archive.rows("held")), [row["version"] for row in archive.rows("articles")]) == ([], [1])


def test_copies_are_those_of_the_new_edition(place):
    fill(place, ONE, capture(), capture(url=OTHER))
    fill(place, TWO, capture(day=2), capture(url=OTHER, day=2))
    with reader(place) as archive:
        assert sorted(row["role"] for row in archive.rows("cluster_members")) == ["copy", "original"]


def test_an_article_that_the_new_edition_sees_elsewhere_is_not_shown_twice(place):
    def canonical(said):
        return replace(said, canonical_url=URL + "?id=1")

    better = FakeExtractor("better", reading=canonical)
    fill(place, ONE, capture())
    fill(place, better, capture(day=2))
    with reader(place) as archive:
        assert [row["url"] for row in archive.rows("articles")] == [URL + "?id=1"]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([capture(), capture(document(title="Khác"), day=2)], id="edit"),
        pytest.param([capture(), capture(bad("gone"), day=2)], id="gone"),
        pytest.param([capture(), capture(bad("blocked"), day=2)], id="captcha"),
        pytest.param([capture(), capture(document(body=paragraphs(1)[:2]), day=2)], id="shrunk"),
        pytest.param(
            [capture(), capture(url=OTHER), capture(document(body=paragraphs(1)[:2]), url=OTHER, day=2)], id="copy"
        ),
    ],
)
def test_an_archive_read_anew_says_what_a_fresh_replay_says(shelf, steps):
    again = [replace(steps[0], captured_at=capture(day=5).captured_at), capture(url=OTHER, day=5)]
    fill(shelf.place("old"), ONE, *steps)
    fill(shelf.place("old"), TWO, *again)
    fill(shelf.place("fresh"), TWO, *steps, *again)
    with reader(shelf.place("old")) as old, reader(shelf.place("fresh")) as fresh:
        assert current(old) == current(fresh)


def current(archive):
    said = dump(archive)
    said["judgements"] = [row for row in said["judgements"] if '"is_current": true' in row or '"is_current": 1' in row]
    return said


def read_anew(place, extractor):
    """Let `extractor` read everything that only former editions have read."""
    folder, database = place
    with Archive.open(folder, database=database, extractor=extractor) as archive:
        stored = [capture for capture, _ in archive.stored(archive.outdated())]
        archive.read_anew([(one, extractor.read(archive.load_capture(one.public_id))) for one in stored])
        archive.settle_breakers()


def a_day_on_which_all_changes(number=25):
    for at in range(number):
        url = f"https://bao.example/bai-{at}.html"
        yield capture(document(at), url=url, site="bao", day=1)
        yield capture(document(at, title=f"Khác {at}"), url=url, site="bao", day=2 + at / 100)


@pytest.mark.parametrize("blind_first", [True, False])
def test_a_breaker_is_that_of_the_edition_that_reads_now(shelf, blind_first):
    blind = FakeExtractor("blind", reading=lambda said: replace(said, title="Một"))
    before, after = (blind, ONE) if blind_first else (ONE, blind)
    steps = list(a_day_on_which_all_changes())
    fill(shelf.place("old"), before, *steps)
    read_anew(shelf.place("old"), after)
    fill(shelf.place("fresh"), after, *steps)
    with reader(shelf.place("old")) as old, reader(shelf.place("fresh")) as fresh:
        assert current(old) == current(fresh)
        assert {row["reason"] for row in old.rows("held")} == ({"redesign"} if blind_first else set())
        assert old.status()["breakers"] == fresh.status()["breakers"]
