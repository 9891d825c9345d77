"""The archive as of a former moment: what was captured until then, and nothing of what came later."""

import pytest
from builders import at, bad, document, paragraphs, record

import archive as package
from archive.exceptions import StorageError
from archive.search import search

MOT, HAI = "https://bao.example/mot.html", "https://bao.example/hai.html"


@pytest.fixture
def kept(shelf):
    """Day 1 one article; day 2 a second; day 3 the first is edited; day 4 it is gone; day 5 it is back as it was."""
    with shelf.open() as archive:
        record(archive, document(1, title="Một"), url=MOT)
        record(archive, document(2, title="Hai"), url=HAI, day=2)
        record(archive, document(1, title="Một, đã sửa"), url=MOT, day=3)
        record(archive, bad("gone"), url=MOT, day=4)
        record(archive, document(1, title="Một, đã sửa"), url=MOT, day=5)
    return shelf


def reader(shelf, moment):
    opened = shelf.open(is_readonly=True)
    opened.as_of = moment
    return opened


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(0, {}, id="before"),
        pytest.param(1, {"Một": (1, at(1), None)}, id="day 1"),
        pytest.param(2, {"Hai": (1, at(2), None), "Một": (1, at(1), None)}, id="day 2"),
        pytest.param(3, {"Hai": (1, at(2), None), "Một, đã sửa": (2, at(3), None)}, id="day 3"),
        pytest.param(4, {"Hai": (1, at(2), None), "Một, đã sửa": (2, at(3), at(4))}, id="gone"),
        pytest.param(5, {"Hai": (1, at(2), None), "Một, đã sửa": (2, at(5), None)}, id="back"),
    ],
)
def test_articles_are_what_they_were(kept, day, expected):
    rows = reader(kept, at(day)).rows("articles")
    assert {row["title"]: (row["versions"], row["last_seen_at"], row["gone_at"]) for row in rows} == expected


def test_as_of_the_end_is_now(kept):
    archive = reader(kept, None)
    now = {name: list(archive.rows(name, order_by=key)) for name, key in ORDERED.items()}
    archive.as_of = at(99)
    assert {name: list(archive.rows(name, order_by=key)) for name, key in ORDERED.items()} == now


ORDERED = {"articles": ("url",), "versions": ("url", "version"), "captures": ("captured_at",), "changes": ("seq",)}


def test_one_article_its_versions_and_the_feed(kept):
    archive = reader(kept, at(2))
    row = archive.get_article(MOT)
    assert (row["title"], row["version"]) == ("Một", 1)
    assert [each["title"] for each in archive.versions(row["article_id"])] == ["Một"]
    assert [each["kind"] for each in archive.changes()] == ["new", "new"]


def test_what_is_not_known_of_the_past_is_refused(kept):
    archive = reader(kept, at(2))
    with pytest.raises(StorageError, match="no past is kept of 'clusters'"):
        list(archive.rows("clusters"))
    with pytest.raises(StorageError, match="only the present is searched"):
        list(search(archive, "một"))


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_it_is_asked_for_when_the_archive_is_opened(kept):
    folder, _ = kept.place("archive")
    with package.open(folder, as_of=at(1)) as archive:
        assert [row["title"] for row in archive.rows("articles")] == ["Một"]


def test_clusters_of_today_are_not_told_of_the_past(shelf):
    with shelf.open() as archive:
        record(archive, document(1, body=paragraphs(1)), url="https://mot.example/1.html")
        record(archive, document(1, body=paragraphs(1)), url="https://hai.example/1.html", day=2)
    archive = reader(shelf, None)
    assert {row["role"] for row in archive.rows("articles")} == {"original", "copy"}
    archive.as_of = at(2)
    assert {(row["role"], row["cluster_id"]) for row in archive.rows("articles")} == {(None, None)}
