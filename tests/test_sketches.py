"""The index of sampled shingles finds what was put into it, however it came to be cut into runs and blocks."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from builders import capture, document, paragraphs
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from archive import sketch_blocks
from archive.fingerprint import fingerprint
from archive.similarity import HASH_BITS, Sketch, profile
from archive.sketch_blocks import Postings, from_run, joined, tail, untail
from archive.storage import sketches
from archive.storage.sketches import SketchIndex

_hashes = st.integers(0, (1 << HASH_BITS) - 1)


def sketch(hashes, *, size=3):
    return Sketch(np.unique(np.array(hashes, dtype=np.uint64)), size, np.array([1, 2], dtype=np.uint16))


@given(st.lists(st.tuples(_hashes, st.integers(0, 15), st.integers(0, (1 << 32) - 1))))
def test_a_run_gives_back_what_was_put_into_it(rows):
    hashes = np.array([row[0] for row in rows], dtype=np.uint64)
    tails = np.array([tail(document, size) for _, size, document in rows], dtype=np.uint64)
    read = from_run(Postings(hashes, tails).to_run())
    documents, sizes = untail(read.tails)
    assert list(zip(read.hashes.tolist(), sizes.tolist(), documents.tolist(), strict=True)) == rows


def test_a_document_without_room_is_refused():
    with pytest.raises(OverflowError, match="4294967296"):
        tail(1 << 32, 0)


def test_joined_runs_are_by_shingle():
    one, other = (Postings(np.array(of, np.uint64), np.array(of, np.uint64)) for of in ([3, 1], [2]))
    assert joined([one, other]).hashes.tolist() == [1, 2, 3]
    assert len(joined([]).hashes) == 0


# On both engines


@pytest.fixture
def small(monkeypatch):
    """Runs and blocks so small that a few dozen documents fill three levels."""
    monkeypatch.setattr(sketches, "_RUNS", 3)
    monkeypatch.setattr(sketches, "_RUN_ENTRIES", 100)
    monkeypatch.setattr(sketches, "_PORTION", 5)
    monkeypatch.setattr(sketch_blocks, "FULL", 4)


def shingles_of(document):
    """Thirty shingles, ten of which are in many documents, and most of which begin with the same bits."""
    drawn = np.random.default_rng(document)
    common = drawn.integers(0, 40, 10) << 20
    return np.unique(np.concatenate([common, drawn.integers(0, 1 << 26, 15), drawn.integers(0, 1 << 40, 5)]))


def found(index, hashes):
    asked = sketch(hashes)
    documents, sizes, shared = index.find(asked, *index.read([asked]))
    assert set(sizes.tolist()) <= {3}
    return dict(zip(documents.tolist(), shared.tolist(), strict=True))


@pytest.mark.parametrize("group", [1, 7, 60])
@pytest.mark.parametrize("is_reopened", [True, False], ids=["reopened", "kept open"])
def test_what_is_found_is_what_was_put_in(archive, small, group, is_reopened):
    holders = defaultdict(list)
    with archive.writing() as connection:
        connection.execute(text(_NO_KEYS[connection.dialect.name]))
        index = SketchIndex(connection)
        for document in range(1, 121):
            hashes = shingles_of(document)
            expected = Counter(holder for value in hashes.tolist() for holder in holders[value])
            assert found(index, hashes) == expected
            index.add(document, sketch(hashes))
            for value in hashes.tolist():
                holders[value].append(document)
            if document % group == 0:
                index.flush()
                index = SketchIndex(connection) if is_reopened else index
        index.flush()
        deepest = sketch_blocks.level_of(connection.execute(text("SELECT MAX(id) FROM sketch")).scalar())
        assert deepest >= 3
        # Those that are asked for together find what each finds alone.
        asked = [sketch(shingles_of(document)) for document in (3, 119, 500, 3)]
        together = index.read(asked)
        assert [sorted(tails.tolist()) for tails in together] == [
            sorted(index.read([one])[0].tolist()) for one in asked
        ]
        assert len(together[0]) == len(together[3]) > len(asked[0].hashes)
        # Every entry once: nothing is lost or doubled where blocks hand on what they hold.
        stored = connection.execute(text("SELECT id, entries FROM sketch")).all()
        entries = sum(len(row.entries) // (8 if sketch_blocks.level_of(row.id) else 10) for row in stored)
        assert entries == sum(map(len, holders.values()))
        assert max(len(row.entries) for row in stored if sketch_blocks.level_of(row.id)) < 4000
        index.clear()
        assert found(index, shingles_of(1)) == {}
    archive.roll_back()


# These documents are in no table: what is asked here is the index alone.
_NO_KEYS = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET LOCAL session_replication_role = replica"}


def test_one_shingle_of_many_documents_makes_no_block_full(archive, small):
    with archive.writing() as connection:
        connection.execute(text(_NO_KEYS[connection.dialect.name]))
        index = SketchIndex(connection)
        for document in range(1, 301):
            index.add(document, sketch([5]))
            if document % 50 == 0:
                index.flush()
        assert found(SketchIndex(connection), [5]) == dict.fromkeys(range(1, 301), 1)
        assert sketch_blocks.level_of(connection.execute(text("SELECT MAX(id) FROM sketch")).scalar()) == 1
    archive.roll_back()


# In the archive


def copies_at(day, number):
    return capture(document(number, body=paragraphs("một", 6)), url=f"https://bao-{number}.example/1", day=day)


def test_the_index_is_written_with_the_group_and_undone_with_it(open_archive):
    archive = open_archive()
    first, second, third = (copies_at(day, day) for day in (1, 2, 3))
    archive.record(first, archive._extractor.read(first))
    archive.commit()
    archive.record(second, archive._extractor.read(second))
    archive.roll_back()
    archive.record(third, archive._extractor.read(third))
    archive.commit()
    members = {row["url"] for row in archive.rows("cluster_members")}
    assert members == {"https://bao-1.example/1", "https://bao-3.example/1"}
    with archive.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM signature")).scalar() == 2


@pytest.mark.parametrize("together", [1, 2, 6])
def test_copies_are_those_of_one_by_one_however_many_are_committed_together(open_archive, together):
    archive, expected = open_archive("many"), open_archive("one")
    # A copy of what arrives in the same group, an edit amid it, and a text like no other.
    said = [copies_at(1, 1), copies_at(1, 2), copies_at(2, 3), copies_at(3, 2), copies_at(3, 4)]
    said.insert(3, capture(document(9, body=paragraphs("hai", 6)), url="https://bao-9.example/1", day=2))
    for number, each in enumerate(said, 1):
        for one, group in ((archive, together), (expected, 1)):
            one.record(each, one._extractor.read(each))
            if number % group == 0:
                one.commit()
    archive.commit()
    assert len(list(archive.rows("cluster_members"))) == 4
    assert fingerprint(archive) == fingerprint(expected)


def test_two_programs_that_take_turns_find_each_others_copies(open_archive):
    one, other = open_archive(), open_archive()
    for day, archive in ((1, one), (2, other), (3, one)):
        said = copies_at(day, day)
        archive.record(said, archive._extractor.read(said))
        archive.commit()
    assert len(list(one.rows("cluster_members"))) == 3


def test_a_new_version_is_written_where_the_sketches_were_lost(archive):
    for day in (1, 2):
        with archive.writing() as connection:
            connection.execute(text("DELETE FROM sketch"))
        said = capture(document(1, body=[*paragraphs(1, 6), f"Thêm ngày {day}."]), day=day)
        archive.record(said, archive._extractor.read(said))
        archive.commit()
    with archive.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM signature")).scalar() == 2


def test_a_copy_is_found_where_the_signatures_were_lost(archive):
    for day in (1, 2):
        with archive.writing() as connection:
            connection.execute(text("DELETE FROM signature"))
        said = copies_at(day, day)
        archive.record(said, archive._extractor.read(said))
        archive.commit()
    assert len(list(archive.rows("cluster_members"))) == 2


def test_the_index_is_not_called_lost_before_the_group_is_written(archive):
    said = copies_at(1, 1)
    archive.record(said, archive._extractor.read(said))
    assert archive.status()["reindex"] is None


def test_a_sketch_of_the_smallest_text_is_found():
    assert len(profile(title=None, lede=None, body="một").sketch.hashes) == 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_statement_about_a_copy_goes_through_all_versions(archive):
    for day in (1, 2, 3):
        said = copies_at(day, day)
        archive.record(said, archive._extractor.read(said))
    asked = []
    with archive.writing() as connection:
        event.listen(connection, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        said = copies_at(4, 4)
        archive.record(said, archive._extractor.read(said))
    archive.commit()
    with archive.writing() as connection:
        queries = [(sql, bound) for sql, bound in asked if sql.startswith("SELECT")]
        plans = {
            sql: [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", bound)]
            for sql, bound in queries
        }
    assert len(plans) > 8
    # Of every version the outcome is the same: an index on it picks out all there are.
    walks = ("SCAN article", "SCAN document", "SCAN edge", "SCAN judgement", "SCAN reading", "ix_judgement_outcome")
    assert [sql for sql, plan in plans.items() if any(walk in step for walk in walks for step in plan)] == []
