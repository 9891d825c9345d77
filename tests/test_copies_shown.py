"""Who copied whom, as people and programs read it: `luubao copies`, `compare` and `flows`."""

import json
import random
from pathlib import Path

import pytest
from builders import URL, at, document, paragraphs, record
from click.testing import CliRunner

from archive.syndication import compare_texts, copies_of, flows
from archive.types import Credit
from crawler.cli import main

SEEDS = Path(__file__).parent.parent / "seeds"
LANG, XA, BAN = "https://lang.example/1", "https://xa.example/1", "https://ban.example/1"
BODY = paragraphs("làng", 5)
CORRECTED = [*BODY[:-1], "Công trình có 29 hộ tham gia, không phải 28 hộ như đã đưa tin."]


def luubao(*words, archive):
    done = CliRunner().invoke(main, [*map(str, words), "--archive", str(archive)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown") / "archive"
    luubao("replay", SEEDS / "syndicated_copy", "--workers", 1, archive=folder)
    return folder


@pytest.fixture
def members(kept):
    (cluster,) = map(json.loads, luubao("clusters", "--json", archive=kept).splitlines())
    return {row["role"]: row for row in cluster["members"]}


def test_copies_of_either_are_the_same(kept, members):
    said = [json.loads(luubao("copies", row["url"], "--json", archive=kept)) for row in members.values()]
    assert {each["original"]["article_id"] for each in said} == {members["original"]["article_id"]}
    (copy,) = said[0]["members"]
    assert (copy["article_id"], copy["carries_version"]) == (members["copy"]["article_id"], 1)
    assert (copy["containment"], copy["words_in_order"]) == (1.0, 1.0)


def test_copies_are_told_to_a_person(kept, members):
    said = luubao("copies", members["copy"]["article_id"], archive=kept)
    assert f"original {members['original']['site']}: {members['original']['url']}" in said
    assert "100% of it in that, 100% of that in it" in said
    assert "carries version 1 of 1 of the original" in said


def test_flows_name_both_sites(kept, members):
    (flow,) = map(json.loads, luubao("flows", "--json", archive=kept).splitlines())
    assert (flow["from"], flow["to"], flow["copies"]) == (members["original"]["site"], members["copy"]["site"], 1)
    assert members["copy"]["site"] in luubao("flows", archive=kept)


def test_two_articles_are_compared(kept, members):
    said = json.loads(luubao("compare", *(row["url"] for row in members.values()), "--json", archive=kept))
    assert (said["relation"], said["order_ab"]) == ("exact", 1.0)


def test_two_files_need_no_archive(tmp_path):
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text("\n\n".join(BODY), encoding="utf-8")
    other.write_text("\n\n".join(CORRECTED), encoding="utf-8")
    said = luubao("compare", one, other, archive=tmp_path / "none")
    assert said.startswith("relation  near_copy")
    assert f"= {BODY[0][:40]}" in said
    assert "+ body: Công trình có 29 hộ" in said


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(b"\xff\xfe\x00")
    done = CliRunner().invoke(main, ["compare", str(file), str(file)])
    assert (done.exit_code, "no UTF-8 text" in done.stderr, done.stderr.count("\n")) == (1, True, 1)


def test_an_article_without_copies_says_so(archive):
    record(archive)
    assert copies_of(archive, URL) is None
    assert flows(archive) == []


def test_a_copy_carries_the_version_that_it_was_taken_from(archive):
    record(archive, document(body=BODY), url=LANG, day=1)
    record(archive, document(body=BODY, credit=Credit("Làng", url=LANG)), url=XA, day=2)
    record(archive, document(body=CORRECTED), url=LANG, day=3)
    record(archive, document(body=CORRECTED), url=BAN, day=4)
    said = copies_of(archive, LANG)
    assert (said["original"]["url"], said["original"]["why"]) == (LANG, "most of those that name a source name it")
    assert {row["url"]: row["carries_version"] for row in said["members"]} == {XA: 1, BAN: 2}


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param((at(1), at(1, 90)), (5400, "published_at"), id="the pages' clocks"),
        pytest.param((at(1), None), (86400, "first_seen_at"), id="ours where one is silent"),
    ],
)
def test_the_delay_names_its_clock(archive, dates, expected):
    for day, (url, date) in enumerate(zip((LANG, XA), dates, strict=True), start=1):
        record(archive, document(body=BODY, published_at=date), url=url, day=day)
    (copy,) = copies_of(archive, XA)["members"]
    assert (copy["delay_seconds"], copy["delay_by"]) == expected


def test_flows_count_and_take_the_median(archive):
    for number, minutes in enumerate((10, 30, 500)):
        body = paragraphs(f"bài {number}", 5)
        record(archive, document(body=body, published_at=at(1)), url=f"https://lang.example/{number}", day=1)
        record(archive, document(body=body, published_at=at(1, minutes)), url=f"https://xa.example/{number}", day=2)
    record(archive, document(body=paragraphs("bài 0", 5)[:2], published_at=at(2)), url=BAN, day=3)
    assert [(row["to"], row["copies"], row["excerpts"], row["median_delay_seconds"]) for row in flows(archive)] == [
        ("xa.example", 3, 0, 1800),
        ("ban.example", 0, 1, 86400),
    ]


def test_a_late_original_leads_its_cluster_and_the_feed_says_so(archive):
    chance = random.Random(3)
    edited = [" ".join(w if chance.random() > 1 / 7 else f"{w}ở" for w in block.split()) for block in BODY]
    record(archive, document(body=BODY, published_at=at(3)), url=XA, day=3)
    record(archive, document(body=edited, published_at=at(4)), url=BAN, day=4)
    cluster = copies_of(archive, XA)
    assert cluster["original"]["url"] == XA
    seen = max(row["seq"] for row in archive.rows("changes"))
    record(archive, document(body=BODY, published_at=at(1)), url=LANG, day=5)
    assert copies_of(archive, BAN)["original"]["url"] == LANG
    told = {row["url"]: row["detail"]["role"] for row in archive.rows("changes", kind="clustered") if row["seq"] > seen}
    assert (told[LANG], told[XA]) == ("original", "copy")


def test_passages_are_common_runs_of_words_as_the_first_prints_them():
    a = {"title": None, "lede": None, "body": "Sáng nay, Ủy ban xã họp bàn. Trời mưa.", "captions": []}
    b = {"title": None, "lede": "sáng nay uỷ ban XÃ họp bàn", "body": "Nắng to.", "captions": []}
    assert compare_texts(a, b)["passages"] == ["Sáng nay, Ủy ban xã họp bàn."]
