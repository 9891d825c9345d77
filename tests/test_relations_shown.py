"""Every relation that two texts may have, as `luubao copies`, `clusters` and `compare` tell it."""

import json
from pathlib import Path

import pytest
from builders import FakeExtractor, at, document, paragraphs, record, sentences
from click.testing import CliRunner

from archive.core import Archive
from archive.digests import digests_of, relation_by_digest
from archive.exceptions import OneArticleError
from archive.syndication import clusters, copies_of
from archive.types import Decision, DecisionKind
from crawler.cli import main

SEEDS = Path(__file__).parent.parent / "seeds"
ONE, TWO, THREE = (paragraphs(name, 5) for name in ("một", "hai", "ba"))
LANG, XA, BAN, CHO, TIN = (f"https://{name}.example/1" for name in ("lang", "xa", "ban", "cho", "tin"))


def luubao(*words, archive):
    done = CliRunner().invoke(main, [*map(str, words), "--archive", str(archive)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def run(archive, body, url, day, **changes):
    record(archive, document(body=body, lede=None, published_at=at(day), **changes), url=url, day=day)


@pytest.fixture
def digest(archive):
    run(archive, ONE, LANG, 1)
    run(archive, ONE, XA, 2)
    run(archive, TWO, BAN, 1)
    run(archive, THREE, CHO, 1)
    run(archive, [*ONE, *TWO, *THREE], TIN, 3, title="Điểm tin")
    return archive


def test_a_digest_is_in_no_cluster_and_says_what_it_is_made_of(digest):
    found = copies_of(digest, TIN)
    assert (found["cluster_id"], found["original"], found["members"]) == (None, None, [])
    assert {row["url"] for row in found["digest_of"]} == {LANG, BAN, CHO}
    assert all(row["containment"] == 1.0 and row["share_of_digest"] > 0.25 for row in found["digest_of"])


@pytest.mark.parametrize("url", [LANG, XA, BAN])
def test_each_part_names_the_digest(digest, url):
    (held,) = copies_of(digest, url)["in_digests"]
    assert (held["url"], held["title"], len(held["digest_of"])) == (TIN, "Điểm tin", 3)


def test_a_cluster_names_the_digests_that_hold_its_text(digest):
    (cluster,) = clusters(digest)
    assert ([row["url"] for row in cluster["members"]], len(cluster["in_digests"])) == ([LANG, XA], 1)
    assert cluster["in_digests"][0]["url"] == TIN


def test_two_articles_are_compared_as_digest_and_part(digest):
    ids = {row["url"]: row["article_id"] for row in digest.rows("articles")}
    assert relation_by_digest(digest, ids[TIN], ids[LANG]) == ids[TIN]
    assert relation_by_digest(digest, ids[XA], ids[TIN]) == ids[TIN]  # its text, by the copy that the digest names
    assert relation_by_digest(digest, ids[LANG], ids[XA]) is None


def test_a_digest_that_loses_a_part_by_a_persons_word_has_it_no_more(digest):
    digest.decide(Decision(DecisionKind.NOT_SAME, TIN, at(9), BAN))
    assert {row["url"] for row in copies_of(digest, TIN)["digest_of"]} == {LANG, CHO}
    digest.decide(Decision(DecisionKind.NOT_SAME, TIN, at(9, 1), CHO))
    assert digests_of(digest) == []


def test_a_digest_that_was_taken_down_is_named_no_more(digest):
    digest.decide(Decision(DecisionKind.TAKE_DOWN, TIN, at(9)))
    assert copies_of(digest, LANG)["in_digests"] == []


def test_a_part_that_arrives_late_makes_the_digest(archive):
    run(archive, [*ONE, *TWO], TIN, 3)
    record(archive, document(body=ONE, lede=None, published_at=at(1)), url=LANG, day=4)
    assert {row["role"] for row in archive.rows("cluster_members")} == {"original", "excerpt"}
    record(archive, document(body=TWO, lede=None, published_at=at(1)), url=BAN, day=5)
    assert (list(archive.rows("clusters")), {row["url"] for row in copies_of(archive, TIN)["digest_of"]}) == (
        [],
        {LANG, BAN},
    )


# Relations that are no copies


def test_an_article_with_relations_and_no_copy_tells_them(archive):
    run(archive, [*sentences("riêng", 12), *TWO[:3]], LANG, 1)
    run(archive, [*sentences("khác", 12), *TWO[:3]], XA, 2)
    found = copies_of(archive, LANG)
    assert (found["cluster_id"], [(row["url"], row["relation"]) for row in found["related"]]) == (
        None,
        [(XA, "partial_reuse")],
    )


def test_a_series_is_told(archive):
    run(archive, ONE, LANG, 1, title="Giá vàng ngày 7/2")
    run(archive, [*ONE[:4], *sentences("x", 2)], XA, 2, title="Giá vàng ngày 8/2")
    (row,) = copies_of(archive, XA)["related"]
    assert (row["url"], row["relation"], row["containment_of_other"] > 0.7) == (LANG, "series", True)


def test_what_a_person_set_apart_is_told_as_their_word(archive):
    run(archive, ONE, LANG, 1)
    run(archive, ONE, XA, 2)
    archive.decide(Decision(DecisionKind.NOT_SAME, LANG, at(3), XA))
    (row,) = copies_of(archive, XA)["related"]
    assert (row["relation"], row["said"]) == ("exact", "not the same")
    archive.decide(Decision(DecisionKind.SAME, XA, at(4), LANG))
    assert copies_of(archive, XA)["related"] == []


def test_an_article_is_not_compared_with_itself_by_a_person(archive):
    run(archive, ONE, LANG, 1)
    with pytest.raises(OneArticleError, match="name two"):
        archive.decide(Decision(DecisionKind.NOT_SAME, LANG, at(3), f"{LANG}?utm_source=x"))
    assert archive.decisions() == []


def test_what_is_told_as_a_copy_is_not_told_again(digest):
    assert copies_of(digest, LANG)["related"] == []
    assert copies_of(digest, TIN)["related"] == []


@pytest.mark.parametrize(
    ("body", "role", "reason"),
    [
        pytest.param(ONE, "copy", "exact", id="exact"),
        pytest.param([*ONE[:4], *sentences("x", 3)], "copy", "near_copy", id="near copy"),
        pytest.param(ONE[:2], "excerpt", "excerpt_of", id="excerpt of"),
    ],
)
def test_a_copy_says_its_relation(archive, body, role, reason):
    run(archive, ONE, LANG, 1)
    run(archive, body, XA, 2)
    (row,) = copies_of(archive, LANG)["members"]
    assert (row["url"], row["role"], row["reason"]) == (XA, role, reason)


# The command line


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digest") / "archive"
    luubao("replay", SEEDS / "digest", "--workers", 1, archive=folder)
    return folder


def test_the_seed_of_a_digest_is_told(kept):
    said = luubao("clusters", archive=kept)
    assert " of 2 texts\n" in said
    assert [line.split()[1] for line in said.splitlines() if line.startswith("  of")] == ["baolaocai", "daidoanket"]


def test_copies_of_a_digest_and_of_its_part(kept):
    rows = {row["site"]: row["id"] for row in map(json.loads, luubao("articles", "--json", archive=kept).splitlines())}
    said = luubao("copies", rows["laodongthudo"], archive=kept)
    assert said.startswith("a digest of 2 texts, and so in no cluster with them\ndigest of ")
    assert "in a digest, laodongthudo: " in luubao("copies", rows["baolaocai"], archive=kept)
    compared = json.loads(luubao("compare", rows["laodongthudo"], rows["daidoanket"], "--json", archive=kept))
    assert (compared["relation"], compared["digest"]) == ("digest_of", rows["laodongthudo"])
    assert "B is a digest of the other and of more" in luubao(
        "compare", rows["daidoanket"], rows["laodongthudo"], archive=kept
    )


def test_a_late_original_is_told_in_the_feed(tmp_path):
    folder = tmp_path / "archive"
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        record(archive, document(body=ONE, lede=None, published_at=at(2)), url=XA, day=2)
        record(archive, document(body=ONE, lede=None, published_at=at(3)), url=BAN, day=3)
        archive.commit()
        last = list(archive.changes())[-1]["change_id"]
        record(archive, document(body=ONE, lede=None, published_at=at(1)), url=LANG, day=4)
        archive.commit()
    told = [line.split() for line in luubao("changes", "--since", last, archive=folder).splitlines()]
    found = {line[4]: " ".join(line[5:]) for line in told if line[2] == "clustered"}
    assert found == {LANG: "original, earliest published", XA: "copy, exact"}
