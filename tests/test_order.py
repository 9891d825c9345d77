"""The archive is a function of its captures and decisions: neither their order nor their grouping changes it."""

import itertools
import json
import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import FakeExtractor, at, bad, capture, document, dump, paragraphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.history import article_id
from archive.prepared import prepare_capture
from archive.types import Credit, Decision, DecisionKind, Furniture, Verdict
from archive.urls import identity
from archive.warc import capture_id

_ONE, _TWO = paragraphs("one", 4, long=2), paragraphs("two", 4, long=2)
_BODIES = (
    _ONE,
    _ONE,
    [*_ONE[:-1], _ONE[-1].replace(".", ", theo báo cáo.")],
    [*_ONE, "Công trình có tổng mức đầu tư 25 tỷ đồng."],
    _ONE[:2],
    _TWO,
    [*_ONE, *_TWO],
    [],
)
_URLS = (
    "https://lang.example/1",
    "https://lang.example/2",
    "https://xa.example/1",
    "http://www.lang.example/1?utm_source=x",
    "https://tin.lang.example/1",
)
_CANONICAL = (None, None, None, "https://lang.example/1", "https://lang.example/2")

_CUTS = (Furniture("related", "epi/related", "Xem thêm: Giá lúa hôm nay"), Furniture("share", "epi/share", "Chia sẻ"))
_articles = st.builds(
    document,
    furniture=st.sampled_from([(), _CUTS[:1], _CUTS]),
    title=st.sampled_from(["Một", "Một", "Hai"]),
    body=st.sampled_from(_BODIES),
    canonical_url=st.sampled_from(_CANONICAL),
    published_at=st.sampled_from([None, at(0), at(1)]),
    credit=st.sampled_from([None, None, Credit("Xã", site="xa.example"), Credit("Làng", url="https://lang.example/1")]),
)
_failures = st.builds(
    bad, st.sampled_from([Verdict.GONE, Verdict.BLOCKED, Verdict.NO_ARTICLE, Verdict.SERVER_ERROR])
) | st.just(bad(Verdict.MOJIBAKE, title="Má»™t", blocks=()))
_captures = st.builds(
    lambda said, url, hour: capture(said, url=url, captured_at=at(1, 30 * hour)),
    _articles | _articles | _failures,
    st.sampled_from(_URLS),
    st.integers(0, 9),
)
_histories = st.lists(_captures, min_size=2, max_size=9, unique_by=capture_id)


@st.composite
def _lives(draw, *, with_resume=False):
    """Captures, and what people said about some of them."""
    captures = draw(_histories)
    decisions = []
    for moment in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([kind for kind in DecisionKind if with_resume or kind is not DecisionKind.RESUME]))
        if kind is DecisionKind.RESUME:
            decisions.append(Decision(kind, "lang.example", at(1, 30 * draw(st.integers(0, 9)))))
            continue
        if kind in (DecisionKind.RELEASE, DecisionKind.DISCARD):
            subject, other = capture_id(draw(st.sampled_from(captures))), None
        else:
            subject, other = (article_id(identity(draw(st.sampled_from(_URLS)))) for _ in range(2))
            other = other if kind in (DecisionKind.SAME, DecisionKind.NOT_SAME) else None
        decisions.append(Decision(kind, subject, at(3, moment), other))
    return captures, decisions


FORESEEN = 4
"""Steps that are foreseen at a time."""


def replay(place, steps, *, commit_after=frozenset(), foresee_before=frozenset()):
    """An archive into which `steps` (captures and decisions) went in this order; its dump."""
    folder, database = place
    extractor = FakeExtractor()
    with Archive.open(folder, database=database, extractor=extractor) as archive:
        for number, step in enumerate(steps):
            if number in foresee_before:
                coming = [one for one in steps[number : number + FORESEEN] if not isinstance(one, Decision)]
                archive.foresee([prepare_capture(one, extractor.read(one)) for one in coming])
            if isinstance(step, Decision):
                archive.import_decisions([step])
            else:
                archive.record(step, extractor.read(step))
            if number in commit_after:
                archive.commit()
        archive.commit()
        return dump(archive)


_names = (f"archive-{number}" for number in itertools.count())
_given = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def check_any_order(shelf, postgresql, life, data):
    """In time and into one SQLite archive, or in any order, any grouping and on any engine: the same is said."""
    captures, decisions = life
    in_time = sorted(captures, key=lambda one: (one.captured_at, capture_id(one)))
    expected = replay(shelf.place(next(_names)), [*in_time, *decisions])
    steps = data.draw(st.permutations([*captures, *decisions]), label="steps")
    commit_after = data.draw(st.frozensets(st.integers(0, len(steps))), label="commit after")
    foresee_before = data.draw(st.frozensets(st.integers(0, len(steps))), label="foresee before")
    folder, database = shelf.place(next(_names))
    if postgresql is not None:
        database = postgresql.fresh()
    said = replay((folder, database), steps, commit_after=commit_after, foresee_before=foresee_before)
    assert said == expected
    if postgresql is not None:
        postgresql.take_back()


on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


def told(place):
    """What the feed tells, in its order, as programs that follow it get it."""
    with Archive.open(place[0], database=place[1]) as archive:
        return [(row["change_id"], row["kind"], row["at"], row["detail"]) for row in archive.changes()]


@on_sqlite
@settings(_given, max_examples=20)
@given(life=_lives(), data=st.data())
def test_any_order_and_grouping_gives_one_archive(shelf, life, data):
    check_any_order(shelf, None, life, data)


@on_sqlite
@settings(_given, max_examples=20)
@given(life=_lives(), data=st.data())
def test_the_feed_tells_the_same_whatever_is_committed_together(shelf, life, data):
    # A group puts its articles into clusters at its end: none of the steps between may be lost, nor their order.
    steps = data.draw(st.permutations([*life[0], *life[1]]), label="steps")
    one_by_one, together = shelf.place(next(_names)), shelf.place(next(_names))
    replay(one_by_one, steps, commit_after=frozenset(range(len(steps))))
    replay(together, steps)
    assert told(together) == told(one_by_one)


@on_sqlite
@settings(_given, max_examples=4)
@given(life=_lives(), data=st.data())
def test_postgresql_says_what_sqlite_says(shelf, postgresql, life, data):
    check_any_order(shelf, postgresql, life, data)


@on_sqlite
@settings(_given, max_examples=12)
@given(life=_lives(with_resume=True), data=st.data())
def test_the_breaker_trips_alike_in_any_order(shelf, monkeypatch, life, data):
    # Two articles in two hours, so that histories of nine captures reach every corner of it.
    monkeypatch.setattr("archive.holding.BREAKER_ARTICLES", 2)
    monkeypatch.setattr("archive.holding.BREAKER_WINDOW", timedelta(hours=2))
    monkeypatch.setattr("archive.breakers.BREAKER_WINDOW", timedelta(hours=2))
    check_any_order(shelf, None, life, data)


# A redesign of a whole site


FINGERPRINT = "1f7373ee81e855b856298a41c29714d5c6977f692341491019ef9e70709a9072"
"""Of `life`: pinned, so that a change which alters what archives say is seen, and meant."""


def url_of(number):
    return f"https://lang.example/bai-{number}"


def redesign(articles=25):
    """Every article of a site on three days; from the second on all end with another paragraph."""
    before = [capture(document(number), url=url_of(number), captured_at=at(1, number)) for number in range(articles)]
    return before + [
        capture(
            document(number, body=[*paragraphs(number), "Theo dõi chúng tôi trên mạng xã hội."]),
            url=url_of(number),
            captured_at=at(day, number),
        )
        for day in (2, 3)
        for number in range(articles)
    ]


@on_sqlite
def test_a_redesign_of_a_site_is_held_from_the_moment_it_shows(shelf):
    said = replay(shelf.place("one"), redesign())
    assert {row["reason"] for row in map(json.loads, said["held"])} == {"redesign"}
    # Nineteen articles seen again say nothing about a site yet.
    assert (len(said["versions"]), len(said["held"])) == (25 + 19, 6 * 2)


@on_sqlite
def test_a_few_edits_a_day_are_no_redesign(shelf):
    steps = [step for step in redesign() if step.captured_at.day != at(3).day]
    edited = steps[:25] + [replace(step, captured_at=at(2, n)) for n, step in enumerate(steps[:25])][6:] + steps[25:31]
    said = replay(shelf.place("one"), edited)
    assert said["held"] == []


def test_what_is_foreseen_is_recorded_as_one_by_one_and_in_fewer_statements(shelf):
    """Newcomers, copies among them, one furniture in all, one twice, an edit of one and a page that says nothing."""
    bodies = [paragraphs(number // 2, 4) for number in range(12)]
    urls = [f"https://{'xa' if number % 2 else 'lang'}.example/{number}" for number in range(12)]
    steps = [capture(document(n, body=bodies[n], furniture=_CUTS), url=url) for n, url in enumerate(urls)]
    edit = capture(document(0, body=[*bodies[0], "Thêm một đoạn."]), url=urls[0], captured_at=at(2))
    steps += [steps[3], edit, capture(bad(Verdict.BLOCKED), url="https://lang.example/x")]
    expected = replay(shelf.place("one by one"), steps)
    folder, database = shelf.place("foreseen")
    extractor = FakeExtractor()
    with Archive.open(folder, database=database, extractor=extractor) as archive:
        with counted(archive) as statements:
            archive.foresee([prepare_capture(step, extractor.read(step)) for step in steps])
            recorded = [archive.record(step, extractor.read(step)) for step in steps[:12]]
            waiting = len(statements)
        assert [one.effect.outcome for one in recorded] == ["version"] * 12
        # The file, its row, and what was asked for all at once.
        assert waiting <= 20
        for step in steps[12:]:
            archive.record(step, extractor.read(step))
        archive.commit()
        assert dump(archive) == expected


@contextmanager
def counted(archive):
    """The statements that the archive gives its database meanwhile."""
    statements = []

    def listener(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(archive._engine, "before_cursor_execute", listener)
    yield statements
    event.remove(archive._engine, "before_cursor_execute", listener)


def test_a_redesign_in_any_order_is_held_alike(shelf):
    steps = redesign()
    expected = replay(shelf.place("one"), steps)
    random.Random(1).shuffle(steps)
    assert replay(shelf.place("other"), steps, commit_after=set(range(0, 75, 9))) == expected


@on_sqlite
def test_a_redesign_that_a_person_looked_at_becomes_versions(shelf):
    said = replay(shelf.place("one"), [*redesign(), Decision(DecisionKind.RESUME, "lang.example", at(4))])
    assert (len(said["versions"]), said["held"]) == (50, [])


@on_sqlite
def test_a_resume_said_beforehand_is_heeded_alike(shelf):
    resume = Decision(DecisionKind.RESUME, "lang.example", at(2, 21.5))
    steps = redesign()
    assert replay(shelf.place("one"), [resume, *steps]) == replay(shelf.place("other"), [*steps, resume])


@on_sqlite
def test_another_site_goes_on_while_one_is_held(shelf):
    other = "https://xa.example/1"
    steps = [*redesign(), capture(url=other, day=1), capture(document(title="Khác"), url=other, day=3)]
    said = replay(shelf.place("one"), steps)
    assert [row["url"] for row in map(json.loads, said["held"]) if row["site"] != "lang.example"] == []


# Whole archives


def life():
    """A small archive with something of everything."""
    one, copy = url_of(1), "https://xa.example/1"
    captures = [
        capture(document(1), url=one, day=1),
        capture(document(1, title="Tựa đề khác"), url=one, day=2),
        capture(bad("blocked"), url=one, day=3),
        capture(bad("gone"), url=one, day=4),
        capture(document(1), url=copy, day=2),
        capture(document(1, body=paragraphs(1)[:2]), url="https://ban.example/1", day=3),
        capture(document(2), url=one, day=5),
        capture(document(3, canonical_url=url_of(3)), url=url_of(33), day=1),
        capture(document(4), url=url_of(4), day=1),
    ]
    decisions = [
        Decision(DecisionKind.RELEASE, capture_id(captures[6]), at(9)),
        Decision(DecisionKind.NOT_SAME, article_id(identity(copy)), at(10), article_id(identity(one))),
        Decision(DecisionKind.TAKE_DOWN, article_id(identity(url_of(4))), at(11)),
    ]
    return captures, decisions


@pytest.mark.parametrize("order", ["forward", "backward", "decisions first", "a commit each"])
def test_one_archive_however_it_was_filled(shelf, order):
    captures, decisions = life()
    expected = replay(shelf.place("one"), [*captures, *decisions])
    steps = {
        "forward": [*captures, *decisions],
        "backward": [*decisions[::-1], *captures[::-1]],
        "decisions first": [*decisions, *captures],
        "a commit each": [*captures, *decisions],
    }[order]
    commits = set(range(len(steps))) if order == "a commit each" else frozenset()
    assert replay(shelf.place("other"), steps, commit_after=commits) == expected


def test_a_second_replay_changes_nothing(shelf):
    captures, decisions = life()
    first = replay(shelf.place("one"), [*captures, *decisions])
    assert replay(shelf.place("one"), [*captures[::-1], *decisions]) == first


def test_every_engine_gives_this_fingerprint(shelf, open_archive):
    captures, decisions = life()
    replay(shelf.place("one"), [*captures, *decisions])
    assert fingerprint(open_archive("one", is_readonly=True)) == FINGERPRINT


def test_another_order_gives_the_same_fingerprint(shelf, open_archive):
    captures, decisions = life()
    replay(shelf.place("one"), [*decisions, *captures[::-1]])
    assert fingerprint(open_archive("one", is_readonly=True)) == FINGERPRINT
