"""Copies found anew are the copies that a fresh replay finds, whatever was lost or made by older rules."""

import itertools
import random

import pytest
from builders import FakeExtractor, at, capture, document, dump, paragraphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from archive.fingerprint import fingerprint
from archive.history import article_id
from archive.types import Credit, Decision, DecisionKind
from archive.urls import identity

ONE, TWO = paragraphs("một", 6), paragraphs("hai", 6)
LANG, XA, BAN, DIGEST = (
    "https://lang.example/1",
    "https://xa.example/1",
    "https://ban.example/1",
    "https://tin.example/1",
)


def edited(blocks, *, seed=1):
    """`blocks` as an editor leaves them who changes a word in six: few shingles survive, and the order of the words."""
    chance = random.Random(seed)
    return [" ".join(word if chance.random() > 1 / 6 else f"{word}ở" for word in block.split()) for block in blocks]


def life():
    captures = [
        capture(document(1, body=ONE), url=LANG, day=2),
        capture(document(1, body=edited(ONE)), url=XA, day=3),
        capture(document(1, body=ONE[:2]), url=BAN, day=4),
        capture(document(2, body=TWO), url="https://lang.example/2", day=2),
        capture(document(2, body=TWO, credit=Credit("Làng", site="lang.example")), url="https://xa.example/2", day=1),
        capture(document(2, body=[*TWO, "Thêm một câu."]), url="https://xa.example/2", day=5),
        capture(document(3, body=[*ONE, *TWO]), url=DIGEST, day=6),
        capture(document(4), url="https://lang.example/3", day=1),
    ]
    decisions = [
        Decision(DecisionKind.NOT_SAME, article_id(identity(BAN)), at(9), article_id(identity(LANG))),
        Decision(DecisionKind.SAME, article_id(identity("https://lang.example/3")), at(9), article_id(identity(BAN))),
    ]
    return captures, decisions


def fill(archive, steps):
    extractor = FakeExtractor()
    for step in steps:
        if isinstance(step, Decision):
            archive.import_decisions([step])
        else:
            archive.record(step, extractor.read(step))
    archive.commit()
    return archive


@pytest.fixture
def fresh(open_archive):
    captures, decisions = life()
    return fill(open_archive("fresh"), [*captures, *decisions])


@pytest.fixture
def other(open_archive):
    captures, decisions = life()
    return fill(open_archive("other"), [*decisions, *captures[::-1]])


LOST = ["DELETE FROM sketch"]
NO_EDGES = ["UPDATE membership SET edge_id = NULL", "DELETE FROM digest_part", "DELETE FROM edge"]
OLD_RULES = [
    "UPDATE edge SET relation = 'partial_reuse', order_ab = NULL, order_ba = NULL, resemblance = 0.5",
    "DELETE FROM membership WHERE role = 'copy'",
    "UPDATE membership SET cluster_id = 'another', role = 'copy'",
    "UPDATE derived SET rules = 1",
]
DAMAGES = [
    pytest.param([], id="none"),
    pytest.param(LOST, id="index lost"),
    pytest.param(NO_EDGES, id="edges lost"),
    pytest.param([*LOST, *NO_EDGES, "DELETE FROM membership", "DELETE FROM derived"], id="all lost"),
    pytest.param(OLD_RULES, id="older rules"),
]


def damage(archive, statements):
    with archive.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
    archive.commit()


@pytest.mark.parametrize("statements", DAMAGES)
def test_copies_found_anew_are_those_of_a_fresh_replay(fresh, other, statements):
    damage(other, statements)
    other.reindex()
    assert (dump(other), fingerprint(other)) == (dump(fresh), fingerprint(fresh))


def test_this_life_has_copies_an_edit_and_words_in_order(fresh):
    rows = {row["url"]: row for row in fresh.rows("cluster_members")}
    copy = rows[XA]
    assert (copy["role"], copy["reason"], copy["resemblance"] < 0.6) == ("copy", "near_copy", True)
    assert 0.7 <= copy["words_in_order"] < 0.9
    assert DIGEST not in rows


def test_a_copy_is_one_though_few_shingles_are_left_of_it(open_archive):
    """An editor changed a word in four, and left the order."""
    chance = random.Random(9)
    said = [" ".join(word if chance.random() > 1 / 4 else f"{word}ở" for word in block.split()) for block in ONE]
    archive = fill(
        open_archive("few"),
        [capture(document(1, body=ONE), url=LANG, day=2), capture(document(1, body=said), url=XA, day=3)],
    )
    (row,) = (row for row in archive.rows("cluster_members") if row["url"] == XA)
    assert (row["role"], row["reason"], max(row["containment"], row["containment_of_other"]) < 0.3) == (
        "copy",
        "near_copy",
        True,
    )


_names = (f"archive-{number}" for number in itertools.count())


@pytest.mark.parametrize("engine_name", ["sqlite"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(data=st.data())
def test_any_order_gives_the_same_copies_found_anew_or_not(open_archive, fresh, data):
    captures, decisions = life()
    archive = fill(open_archive(next(_names)), data.draw(st.permutations([*captures, *decisions])))
    assert fingerprint(archive) == fingerprint(fresh)
    archive.reindex()
    assert fingerprint(archive) == fingerprint(fresh)


@pytest.mark.parametrize("at_step", range(1, 10, 2))
def test_an_archive_found_anew_half_way_goes_on_to_the_same(open_archive, fresh, at_step):
    captures, decisions = life()
    steps = [*captures[::-1], *decisions]
    half = fill(open_archive("half"), steps[:at_step])
    damage(half, OLD_RULES)
    half.reindex()
    assert fingerprint(fill(half, steps[at_step:])) == fingerprint(fresh)


def test_finding_anew_twice_moves_nothing(other):
    other.reindex()
    before = [row["change_id"] for row in other.rows("changes")]
    assert other.reindex().moved == 0
    assert [row["change_id"] for row in other.rows("changes")] == before


def test_the_feed_tells_who_moved(other):
    before = {row["seq"] for row in other.rows("changes")}
    members = {row["article_id"] for row in other.rows("cluster_members")}
    damage(other, ["DELETE FROM membership"])
    done = other.reindex()
    told = [row for row in other.rows("changes") if row["seq"] not in before]
    assert {row["article_id"] for row in told} == members
    assert ({row["kind"] for row in told}, done.moved, done.articles) == ({"clustered"}, len(members), 7)


def test_what_is_cut_off_changes_nothing(other):
    before = dump(other)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        other.reindex(progress=stop)
    assert dump(other) == before
    assert other.status()["reindex"] is None


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param(LOST, "index of copies is lost", id="index lost"),
        pytest.param(OLD_RULES, "rules of another release", id="older rules"),
        pytest.param(["DELETE FROM derived"], "rules of another release", id="no number"),
    ],
)
def test_status_says_when_it_is_due_and_then_no_more(other, statements, why):
    damage(other, statements)
    said = other.status()["reindex"]
    assert said is None if why is None else why in said
    other.reindex()
    assert other.status()["reindex"] is None


def test_who_writes_with_other_rules_makes_it_due(open_archive, other):
    damage(other, ["UPDATE derived SET rules = 99"])
    fill(open_archive("other"), [capture(document(9), url="https://lang.example/9")])
    with other.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM derived")).scalar() == 0
    assert "another release" in other.status()["reindex"]


def test_an_empty_archive_needs_no_reindex(archive):
    assert archive.status()["reindex"] is None
    assert archive.reindex().articles == 0
