"""Searching: marks or none, phrases, exclusions, filters; the same on both engines and the same as reading it all."""

import json
import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import pairwise

import pytest
from builders import FakeExtractor, at, document, record
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import archive as package
from archive import postings
from archive import query as query_module
from archive.core import Archive
from archive.exceptions import UnknownNameError
from archive.inverting import collect
from archive.query import Filters, parse, words
from archive.search import Sort, search
from archive.storage import segments
from archive.text import strip_marks
from archive.types import Caption, Decision, DecisionKind
from crawler.cli import main

FILLER = "chuyện bên lề của bài viết này không nói gì đến điều được tìm"


def url(name):
    return f"https://bao.example/{name}.html"


def keep(archive, name, *, day=1, **said):
    standard = {"title": "Tin", "lede": None, "body": [f"{FILLER} {name}"]}
    record(archive, document(**(standard | said)), url=url(name), day=day)


def found(archive, query, **options):
    return [
        hit.article["url"].removeprefix("https://bao.example/").removesuffix(".html")
        for hit in search(archive, query, **options)
    ]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        pytest.param("Lào Cai đón khách", "lao cai", id="without marks"),
        pytest.param("Lào Cai đón khách", "LÀO CAI", id="capitals"),
        pytest.param("Sửa đường làng", "duong", id="đ as d"),
        pytest.param("Thị xã Hòa Bình", "hoà", id="new tone placement finds old"),
        pytest.param("Thị xã Hoà Bình", "hòa", id="old tone placement finds new"),
        pytest.param("Làng gốm Thổ Hạ", '"gom tho"', id="phrase"),
        pytest.param("Giá vàng 5.157", "5.157", id="figures"),
    ],
)
def test_a_title_is_found_as_people_type_it(archive, title, query):
    keep(archive, "tin", title=title)
    keep(archive, "khac")
    archive.commit()
    assert found(archive, query) == ["tin"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"title": "Cá chép"}, id="title"),
        pytest.param({"lede": "Cá chép"}, id="lede"),
        pytest.param({"body": ["Một đoạn", "Cá chép"]}, id="body"),
        pytest.param({"captions": (Caption("Cá chép"),)}, id="captions"),
    ],
)
def test_every_part_that_a_reader_reads_is_searched(archive, said):
    keep(archive, "tin", **said)
    archive.commit()
    assert found(archive, '"ca chep"') == ["tin"]


def test_no_phrase_spans_two_fields(archive):
    keep(archive, "tin", title="Phiên chợ", lede="Tết về")
    archive.commit()
    assert found(archive, '"chợ tết"') == []
    assert found(archive, "chợ tết") == ["tin"]


def test_the_marks_as_typed_come_first_then_the_newest(archive):
    keep(archive, "ma-moi", title="Con ma", published_at=at(9))
    keep(archive, "sac-cu", title="Con má", published_at=at(2))
    keep(archive, "sac-moi", title="Con má", published_at=at(3), day=2)
    archive.commit()
    assert found(archive, "má") == ["sac-moi", "sac-cu", "ma-moi"]
    assert found(archive, "ma") == ["ma-moi", "sac-moi", "sac-cu"]


def test_words_in_the_title_come_before_words_in_the_text_unless_time_is_asked_for(archive):
    keep(archive, "bai-moi", body=["Cá chép"], published_at=at(9))
    keep(archive, "tua-cu", title="Cá chép", published_at=at(2))
    keep(archive, "tua-giua", title="Ca chép", published_at=at(5), day=2)
    archive.commit()
    assert found(archive, "cá chép") == ["tua-cu", "bai-moi", "tua-giua"]
    assert found(archive, "ca chep") == ["tua-giua", "tua-cu", "bai-moi"]
    assert found(archive, "cá chép", sort=Sort.DATE) == ["bai-moi", "tua-giua", "tua-cu"]


def test_an_excluded_word_may_stand_nowhere_also_where_titles_come_first(archive):
    keep(archive, "tin", title="Cá chép", body=["Trời mưa"])
    archive.commit()
    assert found(archive, "chép -mưa") == []


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(Filters(site="hiem.example"), id="site"),
        pytest.param(Filters(until=at(3)), id="until"),
        pytest.param(Filters(since=at(40.5), until=at(41.5)), id="published"),
    ],
)
def test_the_last_match_is_found_behind_many_that_a_filter_refuses(archive, filters):
    for number in range(40):
        keep(archive, str(number), title=f"Cá {number}", day=5 + number, published_at=at(5 + number))
    others = {"title": "Cá hiếm", "lede": None, "body": [FILLER]}
    record(archive, document(**others), url="https://hiem.example/silent.html", day=2)
    record(archive, document(**others, published_at=at(41)), url="https://hiem.example/dated.html", day=2)
    archive.commit()
    everything = {row["url"] for row in archive.rows("articles") if filters.admits(row)}
    assert everything
    assert {hit.article["url"] for hit in search(archive, "cá", filters=filters)} == everything


@pytest.mark.parametrize("size", [1, 4, 256])
def test_a_span_of_time_is_cut_out_wherever_its_ends_lie(archive, monkeypatch, size):
    monkeypatch.setattr(segments, "_CHUNK", size)
    for number in range(12):
        keep(archive, str(number), title=f"Cá {number}", day=number + 1, published_at=at(number + 1))
    archive.commit()
    for first in range(14):
        for last in range(first, 14):
            filters = Filters(since=at(first), until=at(last))
            expected = [str(number) for number in reversed(range(12)) if first <= number + 1 < last]
            assert found(archive, "cá", filters=filters) == expected


def test_a_page_that_gets_its_article_later_is_found_under_its_site(archive):
    """The index learns of the held page first, and of no site."""
    record(archive, document(verdict="truncated", title="Cá chép", body=["Cá chép về nguồn"]), day=1)
    archive.commit()
    archive.update_index()
    capture = next(archive.rows("captures"))["capture_id"]
    archive.decide(Decision(DecisionKind.RELEASE, capture, at(9)))
    archive.commit()
    site = next(archive.rows("articles"))["site"]
    assert len(list(search(archive, "chép", filters=Filters(site=site)))) == 1
    assert list(search(archive, "chép", filters=Filters(site="khac.example"))) == []


def test_excluded_words_with_marks_leave_the_others(archive):
    keep(archive, "ma", title="Con ma")
    keep(archive, "sac", title="Con má")
    archive.commit()
    assert found(archive, "con -má") == ["ma"]
    assert found(archive, "con -ma") == []


@pytest.mark.parametrize("query", ["", "-mưa", '"', "…", "' OR 1=1; --"])
def test_a_query_is_never_code(archive, query):
    keep(archive, "tin")
    archive.commit()
    if parse_fails(query):
        with pytest.raises(UnknownNameError, match="give a word"):
            found(archive, query)
    else:
        assert found(archive, query) == []


def parse_fails(query):
    return not any(word.isalnum() for word in query) or query.startswith("-")


def test_what_was_recorded_since_is_found_and_nothing_uncommitted(archive):
    keep(archive, "mot", title="Cá chép")
    archive.commit()
    assert found(archive, "chép") == ["mot"]
    keep(archive, "hai", title="Cá chép", day=2)
    assert archive.update_index() == 0
    archive.commit()
    assert archive.update_index() == 1
    assert sorted(found(archive, "chép")) == ["hai", "mot"]


def test_former_versions_are_searched_when_asked(archive):
    body = [f"{FILLER} {number}" for number in range(9)]
    keep(archive, "tin", title="Cá chép", body=body)
    keep(archive, "tin", title="Cá rô", body=body, day=2)
    archive.commit()
    assert found(archive, "chép") == []
    [hit] = search(archive, "chép", all_versions=True)
    assert (hit.version, hit.row["title"], hit.article["title"]) == (1, "Cá chép", "Cá rô")
    assert found(archive, "rô", filters=Filters(edited=True)) == ["tin"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(section="xa hoi"), ["a"], id="section without marks"),
        pytest.param(Filters(author="HÀ"), ["a"], id="author in capitals"),
        pytest.param(Filters(credit="lào cai"), ["b"], id="credit"),
        pytest.param(Filters(since=at(5)), ["b"], id="since"),
        pytest.param(Filters(until=at(5)), ["a"], id="until"),
        pytest.param(Filters(edited=True), [], id="edited"),
        pytest.param(Filters(site="bao.example"), ["b", "a"], id="site"),
        pytest.param(Filters(site="khac.example"), [], id="another site"),
    ],
)
def test_filters(archive, filters, expected):
    keep(archive, "a", title="Cá", section="Xã hội", author="Thu Hà", published_at=at(2))
    keep(archive, "b", title="Cá", section="Kinh tế", author="Minh", credit="Báo Lào Cai", published_at=at(6))
    archive.commit()
    assert found(archive, "cá", filters=filters) == expected


def test_an_index_of_another_archive_is_made_anew(tmp_path):
    for name in ("mot", "hai"):
        with Archive.open(tmp_path / name, extractor=FakeExtractor()) as archive:
            keep(archive, name, title=f"Cá {name}")
    with package.open(tmp_path / "mot") as archive:
        assert found(archive, "cá") == ["mot"]
    (tmp_path / "mot" / "search.db").replace(tmp_path / "hai" / "search.db")
    for left in (tmp_path / "mot").glob("search.db-*"):
        left.unlink()
    with package.open(tmp_path / "hai") as archive:
        assert found(archive, "cá") == ["hai"]


def test_an_index_of_a_former_format_is_made_anew(archive):
    keep(archive, "tin", title="Cá chép")
    archive.commit()
    with archive.index() as engine, engine.begin() as connection:
        place = ""
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS luubao_search")
            place = "luubao_search."
        for table in ("state", "segment", "posting"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {place}{table}")
        connection.exec_driver_sql(f"CREATE TABLE {place}entry (key INTEGER)")
        connection.exec_driver_sql(f"CREATE TABLE {place}state (said TEXT NOT NULL)")
        connection.exec_driver_sql(f"""INSERT INTO {place}state VALUES ('{{"format": 2, "last": 1, "digest": "x"}}')""")
    assert found(archive, "chép") == ["tin"]


def test_a_file_with_pages_of_a_former_size_is_made_anew(tmp_path):
    with Archive.open(tmp_path / "a", extractor=FakeExtractor()) as archive:
        keep(archive, "tin", title="Cá chép")
    with closing(sqlite3.connect(tmp_path / "a" / "search.db")) as former:
        former.execute("PRAGMA page_size=8192")
        former.execute("CREATE TABLE state (said TEXT NOT NULL)")
        former.commit()
    with package.open(tmp_path / "a") as archive:
        assert found(archive, "chép") == ["tin"]
    with closing(sqlite3.connect(tmp_path / "a" / "search.db")) as made:
        assert made.execute("PRAGMA page_size").fetchone() == (16384,)


def test_many_small_segments_become_few_and_nothing_is_lost(archive):
    for number in range(70):
        keep(archive, str(number), title=f"Cá số {number}", published_at=at(1 + number % 7))
        archive.commit()
        assert archive.update_index() == 1
    with archive.index() as engine, engine.connect() as connection:
        assert len(segments.segments(connection)) < 25
    everything = found(archive, "cá")
    assert sorted(everything, key=int) == [str(number) for number in range(70)]
    days = [1 + int(name) % 7 for name in everything]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param('"mot hai ba"', ["c", "a"], id="three words"),
        pytest.param('"một hai ba"', ["a", "c"], id="with marks first"),
        pytest.param('hai -"mot hai ba"', ["b"], id="excluded"),
        pytest.param('hai -"một hai"', ["c", "b"], id="excluded with marks"),
    ],
)
def test_a_phrase_is_read_where_its_pairs_tell_only_where_it_may_stand(archive, query, expected):
    keep(archive, "a", title="một hai ba", published_at=at(2))
    keep(archive, "b", title="hai ba, mốt hai: một", published_at=at(3))
    keep(archive, "c", title="mot hai ba", published_at=at(4))
    archive.commit()
    assert found(archive, query) == expected


@given(st.sets(st.integers(0, postings.SIZE - 1), max_size=400))
def test_a_set_of_documents_is_stored_and_read_again(numbers):
    bits = postings.decode(postings.encode(sorted(numbers)))
    assert list(postings.newest_first(bits)) == sorted(numbers, reverse=True)


_WORDS = st.sampled_from(["má", "ma", "mà", "đá", "da", "hòa", "hoà", "lào cai", "cai lào", "má ma đá"])
_TITLES = st.lists(st.lists(_WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12)
_QUERIES = st.lists(st.tuples(st.sampled_from(["", "-"]), st.booleans(), _WORDS), min_size=1, max_size=3).filter(
    lambda terms: any(not minus for minus, _, _ in terms)
)


def test_both_engines_find_what_reading_it_all_finds(tmp_path, postgresql, monkeypatch):
    """The truth is worked out with nothing but lists of words. The index is brought up to date after every few."""
    monkeypatch.setattr(segments, "_CHUNK", 2)
    count = iter(range(1000))

    @given(titles=_TITLES, asked=st.lists(_QUERIES, min_size=1, max_size=6), every=st.integers(1, 5))
    def check(titles, asked, every):
        number = next(count)
        queries = [
            " ".join(f'{minus}"{said}"' if quoted else f"{minus}{said.split()[0]}" for minus, quoted, said in terms)
            for terms in asked
        ]
        answers = []
        for name, place in (("sqlite", None), ("postgresql", postgresql.fresh())):
            with Archive.open(tmp_path / f"{name}{number}", database=place, extractor=FakeExtractor()) as archive:
                for at_, title in enumerate(titles):
                    day = 1 + at_ * 5 % 13
                    keep(archive, str(at_), title=title, body=[f"{FILLER} {at_ * 7919}"], published_at=at(day))
                    if at_ % every == 0:
                        archive.commit()
                        archive.update_index()
                archive.commit()
                answers.append([found(archive, query) for query in queries])
        assert answers[0] == answers[1]
        for query, names in zip(queries, answers[0], strict=True):
            expected = [at_ for at_, title in enumerate(titles) if holds(title, query)]
            assert sorted(map(int, names)) == expected

    settings(max_examples=12)(check)()


def holds(title, query):
    def stands(term, text):
        marked, bare = words(text)
        with_marks = term.is_excluded and term.marked != term.bare
        said, wanted = (marked, term.marked) if with_marks else (bare, term.bare)
        return any(said[i : i + len(wanted)] == wanted for i in range(len(said)))

    return all(stands(term, title) != term.is_excluded for term in parse(query))


def test_the_command_marks_what_it_found(tmp_path):
    with Archive.open(tmp_path / "a", extractor=FakeExtractor()) as archive:
        keep(archive, "tin", title="Chợ", lede="Chợ phiên Lào Cai mở lại")
    run = CliRunner().invoke(main, ["search", "lao cai", "--json", "--archive", str(tmp_path / "a")])
    [line] = run.stdout.splitlines()
    assert [piece["text"] for piece in json.loads(line)["snippet"] if piece["match"]] == ["Lào", "Cai"]
    run = CliRunner().invoke(main, ["search", "--archive", str(tmp_path / "a"), "--", "cai", "-lào"])
    assert run.stdout == "nothing found\n"


_LETTERS = st.sampled_from([*"aAàẦdĐđðsſßﬁŉKÅéi7_ -.\u0300", "LÀO", "lao", "Straße", "hòa", "hoà", "ﬁ"])


@given(text=st.lists(_LETTERS, max_size=30).map("".join), asked=st.sampled_from(["lao", "a d", "hoa", "strasse", "đá"]))
def test_a_word_is_marked_wherever_its_letters_are_printed(text, asked):
    """The pattern that looks for it finds what folding every word of the text does."""
    wanted = frozenset(term.bare[0] for term in parse(asked))
    truth = [match.start() for match in re.finditer(r"\w+", text) if strip_marks(match.group()) in wanted]
    assert list(query_module._places(text, wanted)) == truth


_TEXTS = st.lists(
    st.lists(st.sampled_from(["má", "ma", "đá", "Hòa", "hoà", "x", "²", "…", "7"]), max_size=6).map(" ".join),
    min_size=1,
    max_size=4,
)


@given(st.lists(st.tuples(_TEXTS, st.sampled_from([("@a.example",), ("@b.example", "?")])), min_size=1, max_size=9))
def test_each_document_is_under_each_token_that_it_holds(documents):
    truth = defaultdict(set)
    for number, (texts, others) in enumerate(documents):
        for at_, text in enumerate(texts):
            for form, said in zip("'.", words(text), strict=True):
                found = {*said, *(f"{one} {other}" for one, other in pairwise(said))}
                for place in ("", "^") if at_ == 0 else ("",):
                    for token in found:
                        truth[f"{place}{form}{token}"].add(number)
        for token in others:
            truth[token].add(number)
    collected = list(collect(documents))
    assert {token: set(postings.newest_first(postings.decode(said))) for token, said in collected} == truth
    assert [token for token, _ in collected] == sorted(truth)
