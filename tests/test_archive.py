"""The façade: captures in, articles with their histories out, nothing lost and nothing doubled."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import (
    URL,
    FakeExtractor,
    at,
    bad,
    capture,
    document,
    dump,
    paragraphs,
    record,
    sentences,
)

from archive import warc
from archive.core import Archive
from archive.decisions import read_decisions
from archive.exceptions import (
    ArchiveLockedError,
    DecisionsError,
    NoArchiveError,
    NotAnArchiveError,
    NothingToReleaseError,
    StorageError,
    UnknownNameError,
)
from archive.prepared import prepare_capture
from archive.types import (
    Block,
    BlockKind,
    Caption,
    Cause,
    Credit,
    Decision,
    DecisionKind,
    Document,
    Furniture,
    Outcome,
    Verdict,
)
from archive.warc import capture_id

OTHER = "https://xa.example/ban-tin-7.html"

# Cases of a rule, which knows no engine; what storage does with its answer is tested on both.
on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


def decide(archive, kind, subject, other=None, *, day=9, note=None):
    return archive.decide(Decision(DecisionKind(kind), subject, at(day), other, note))


def kinds(archive):
    return [row["kind"] for row in archive.rows("changes", order_by=("seq",))]


def held(archive):
    return [(row["reason"], row["capture_id"]) for row in archive.rows("held", order_by=("captured_at",))]


# Versions


def test_a_first_capture_makes_an_article_with_one_version(archive):
    record(archive)
    assert [(row["version"], row["cause"]) for row in archive.rows("versions")] == [(1, "first")]


def test_the_article_says_what_the_page_said(archive):
    said = document(
        kicker="Phóng sự",
        blocks=(Block("Đoạn một."), Block("Mục hai", BlockKind.SUBHEAD), Block("Đoạn ba.")),
        captions=(Caption("Cầu mới. Ảnh: Lê An", "Lê An"), Caption("Chợ phiên")),
        section="Kinh tế",
        tags=("cầu", "đường"),
        credit=Credit("Báo Xã", "https://xa.example/1", "xa"),
        canonical_url=URL,
        furniture=(Furniture("related", "test/rail", "Đọc thêm"),),
        provenance={"title": "json-ld"},
    )
    record(archive, said)
    row = archive.get_article(URL)
    assert {
        name: row[name] for name in ("title", "kicker", "lede", "body", "subheads", "captions", "caption_credits")
    } == {
        "title": said.title,
        "kicker": "Phóng sự",
        "lede": said.lede,
        "body": "Đoạn một.\n\nMục hai\n\nĐoạn ba.",
        "subheads": [1],
        "captions": ["Cầu mới. Ảnh: Lê An", "Chợ phiên"],
        "caption_credits": ["Lê An", None],
    }
    assert (row["section"], row["tags"], row["language"], row["canonical_url"]) == (
        "Kinh tế",
        ["cầu", "đường"],
        "vi",
        URL,
    )
    assert (row["credit_name"], row["credit_url"], row["credit_site"]) == ("Báo Xã", "https://xa.example/1", "xa")
    assert row["furniture"] == [{"kind": "related", "rule": "test/rail", "text": "Đọc thêm"}]
    assert row["provenance"] == {"title": "json-ld"}


def test_what_a_page_does_not_say_is_null(archive):
    record(archive, document(lede=None, author=None, language=None))
    row = archive.get_article(URL)
    silent = (
        "kicker",
        "lede",
        "author",
        "published_at",
        "modified_at",
        "section",
        "language",
        "credit_name",
        "gone_at",
    )
    assert [row[name] for name in silent] == [None] * len(silent)


def test_the_page_keeps_its_own_clock(archive):
    from datetime import timezone

    stated = at(1).astimezone(timezone(timedelta(hours=7)))
    record(archive, document(published_at=stated))
    row = archive.get_article(URL)
    assert (row["published_at"], row["published_offset"], row["modified_offset"]) == (at(1), 420, None)


def test_the_same_text_later_adds_no_version(archive):
    record(archive)
    seen = record(archive, day=2)
    assert (seen.effect.outcome, len(list(archive.rows("versions")))) == (Outcome.UNCHANGED, 1)


def test_the_same_text_later_moves_last_seen(archive):
    record(archive)
    record(archive, day=2)
    row = archive.get_article(URL)
    assert (row["first_seen_at"], row["last_seen_at"]) == (at(1), at(2))


def test_an_edit_adds_a_version_and_says_what_changed(archive):
    record(archive)
    record(archive, document(title="Tựa đề khác"), day=2)
    versions = archive.versions(archive.get_article(URL)["article_id"])
    assert [(row["version"], row["cause"], row["captured_at"]) for row in versions] == [
        (1, "first", at(1)),
        (2, "edited", at(2)),
    ]
    assert "title" in versions[1]["changed"]
    assert "body" not in versions[1]["changed"]


@on_sqlite
@pytest.mark.parametrize(
    "later",
    [
        pytest.param({"furniture": (Furniture("related", "test/rail", "Tin mới"),)}, id="furniture"),
        pytest.param({"modified_at": at(2)}, id="modified_at"),
        pytest.param({"tags": ("mới",)}, id="tags"),
        pytest.param({"section": "Thời sự"}, id="section"),
    ],
)
def test_what_no_reader_calls_an_edit_adds_no_version(archive, later):
    record(archive)
    assert record(archive, document(**later), day=2).effect.outcome is Outcome.UNCHANGED


def test_an_edit_back_to_the_first_text_is_a_third_version(archive):
    record(archive)
    record(archive, document(title="Tựa đề khác"), day=2)
    record(archive, day=3)
    assert archive.get_article(URL)["version"] == 3


def test_one_article_under_decorated_addresses(archive):
    record(archive)
    record(archive, url=URL.replace("https://", "http://www.") + "?utm_source=x#top", day=2)
    assert [row["url"] for row in archive.rows("articles")] == [URL]


def test_a_canonical_address_on_the_same_site_is_the_article(archive):
    record(archive, document(canonical_url=URL), url="https://bao.example/amp/bai-1")
    assert [row["url"] for row in archive.rows("articles")] == [URL]


def test_a_dump_without_address_is_an_article_of_the_site_named(archive):
    record(archive, url="urn:sha256:00ff", status=None, site="bao")
    assert [(row["url"], row["site"]) for row in archive.rows("articles")] == [("urn:sha256:00ff", "bao")]


def test_a_late_capture_becomes_the_first_version(archive):
    record(archive, document(title="Tựa đề sau"), day=2)
    record(archive, document(title="Tựa đề trước"), day=1)
    versions = archive.versions(archive.get_article(URL)["article_id"])
    assert [(row["title"], row["cause"]) for row in versions] == [("Tựa đề trước", "first"), ("Tựa đề sau", "edited")]


def test_a_late_capture_leaves_the_earlier_judgement_beside_its_correction(archive):
    record(archive, document(title="Tựa đề sau"), day=2)
    record(archive, document(title="Tựa đề trước"), day=1)
    assert kinds(archive) == ["new", "new", "rejudged"] or kinds(archive) == ["new", "rejudged", "new"]


# Gone and back


@pytest.mark.parametrize("day", [2, 3])
def test_gone_is_when_it_was_first_found_removed(archive, day):
    record(archive)
    record(archive, bad("gone"), day=2)
    record(archive, bad("gone"), day=day, url=URL + "?a")
    record(archive, bad("gone"), day=4)
    assert archive.get_article(URL)["gone_at"] == at(2)


def test_an_article_that_is_back_is_gone_no_more(archive):
    record(archive)
    record(archive, bad("gone"), day=2)
    record(archive, day=3)
    assert archive.get_article(URL)["gone_at"] is None
    assert kinds(archive) == ["new", "gone", "back"]


def test_gone_keeps_the_last_text(archive):
    record(archive)
    record(archive, bad("gone"), day=2)
    assert archive.get_article(URL)["body"] == document().body


@on_sqlite
@pytest.mark.parametrize("verdict", ["server_error", "client_error", "redirect"])
def test_an_outage_says_nothing_about_the_article(archive, verdict):
    record(archive)
    before = archive.get_article(URL)
    assert record(archive, bad(verdict), day=2).effect.outcome is Outcome.NOTHING
    assert archive.get_article(URL) == before


def test_a_page_that_was_never_there_is_nothing(archive):
    assert record(archive, bad("gone")).effect.outcome is Outcome.NOTHING
    assert kinds(archive) == []


# Held


@on_sqlite
@pytest.mark.parametrize(
    ("later", "reason"),
    [
        pytest.param(bad("blocked", "captcha"), "blocked", id="captcha"),
        pytest.param(bad("consent"), "consent", id="consent wall"),
        pytest.param(bad("paywall"), "paywall", id="paywall"),
        pytest.param(bad("soft_404"), "soft_404", id="soft 404"),
        pytest.param(bad("truncated"), "truncated", id="cut off"),
        pytest.param(bad("mojibake", title="Má»™t"), "mojibake", id="mojibake"),
        pytest.param(bad("no_article"), "emptied", id="no article where one was"),
        pytest.param(document(body=["Đang cập nhật."]), "emptied", id="emptied"),
        pytest.param(document(body=paragraphs(1)[:2]), "shrunk", id="shrunk"),
        pytest.param(document(2), "suspect", id="another page"),
    ],
)
def test_a_bad_page_is_held_and_the_good_text_stays(archive, later, reason):
    record(archive)
    before = archive.get_article(URL)
    record(archive, later, day=2)
    assert [(row["reason"], row["article_id"]) for row in archive.rows("held")] == [(reason, before["article_id"])]
    assert archive.get_article(URL) == before


def test_a_page_that_its_rules_know_no_more_is_held(archive):
    record(archive, document(provenance={"body": "epi/body"}))
    record(archive, document(body=paragraphs("new look"), provenance={"body": "trafilatura"}), day=2)
    assert [row["reason"] for row in archive.rows("held")] == ["redesign"]


def test_a_held_page_without_article_waits_alone(archive):
    record(archive, bad("blocked", "captcha"))
    assert [(row["url"], row["article_id"]) for row in archive.rows("held")] == [(URL, None)]
    assert list(archive.rows("articles")) == []


def test_a_shrunken_text_that_stays_is_a_version(archive):
    record(archive)
    record(archive, document(body=paragraphs(1)[:2]), day=2)
    seen = record(archive, document(body=paragraphs(1)[:2]), day=3)
    assert (seen.effect.outcome, seen.effect.cause) == (Outcome.VERSION, Cause.EDITED)


def test_the_whole_text_again_takes_back_what_a_shrunken_page_began(archive):
    record(archive)
    record(archive, document(body=paragraphs(1)[:2]), day=2)
    record(archive, day=3)
    seen = record(archive, document(body=paragraphs(1)[:2]), day=4)
    assert seen.effect.outcome is Outcome.HELD


# Decisions


def test_a_released_page_is_a_version(archive):
    record(archive)
    wrong = record(archive, document(2), day=2)
    decide(archive, "release", wrong.capture)
    row = archive.get_article(URL)
    assert (row["cause"], row["title"], held(archive)) == ("released", document(2).title, [])


def test_a_discarded_page_waits_no_more_and_is_no_version(archive):
    record(archive)
    wrong = record(archive, document(2), day=2)
    decide(archive, "discard", wrong.capture)
    assert (archive.get_article(URL)["version"], held(archive)) == (1, [])


def test_the_last_word_about_a_capture_holds(archive):
    record(archive)
    wrong = record(archive, document(2), day=2)
    decide(archive, "release", wrong.capture, day=8)
    decide(archive, "discard", wrong.capture, day=9)
    assert archive.get_article(URL)["version"] == 1


def test_the_last_word_holds_in_whatever_order_it_is_heard(archive):
    record(archive)
    wrong = record(archive, document(2), day=2)
    decide(archive, "discard", wrong.capture, day=9)
    decide(archive, "release", wrong.capture, day=8)
    assert archive.get_article(URL)["version"] == 1


def test_a_released_page_without_article_makes_one(archive):
    wrong = record(archive, replace(document(), verdict=Verdict.MOJIBAKE))
    decide(archive, "release", wrong.capture)
    assert archive.get_article(URL)["cause"] == "released"


def test_a_page_without_text_cannot_be_released(archive):
    record(archive)
    empty = record(archive, Document(verdict=Verdict.UNDECODABLE), day=2)
    with pytest.raises(NothingToReleaseError, match=empty.capture):
        decide(archive, "release", empty.capture)
    assert held(archive) == [("undecodable", empty.capture)]
    assert archive.decisions() == []


def test_a_released_page_that_is_discarded_after_all_leaves_no_article(archive):
    wrong = record(archive, replace(document(), verdict=Verdict.MOJIBAKE))
    decide(archive, "release", wrong.capture, day=8)
    decide(archive, "discard", wrong.capture, day=9)
    assert list(archive.rows("articles")) == []
    assert list(archive.rows("versions")) == []


def test_a_page_in_which_nothing_was_read_cannot_become_a_version(archive):
    record(archive)
    wrong = record(archive, bad("blocked"), day=2)
    # A decision that travels with captures may have been made where another edition read a text.
    archive.import_decisions([Decision(DecisionKind.RELEASE, wrong.capture, at(9))])
    assert archive.get_article(URL)["version"] == 1


def test_a_first_version_that_is_discarded_leaves_no_article(archive):
    seen = record(archive)
    decide(archive, "discard", seen.capture)
    with pytest.raises(UnknownNameError, match="no version yet"):
        archive.get_article(URL)


def test_a_decision_said_twice_is_one(archive):
    seen = record(archive)
    assert decide(archive, "discard", seen.capture)
    assert not decide(archive, "discard", seen.capture)
    assert len(archive.decisions()) == 1


def test_a_decision_may_name_the_beginning_of_an_id(archive):
    seen = record(archive)
    decide(archive, "discard", seen.capture[:6])
    assert [made.subject for made in archive.decisions()] == [seen.capture]


@on_sqlite
@pytest.mark.parametrize("kind", ["release", "same", "take_down"])
def test_a_decision_about_nothing_names_what_is_unknown(archive, kind):
    with pytest.raises(UnknownNameError, match="ffff"):
        decide(archive, kind, "ffff", "ffff" if kind == "same" else None)


def test_a_decision_about_an_article_may_name_its_address(archive):
    record(archive)
    decide(archive, "take_down", "bao.example/bai-1.html")
    assert [made.subject for made in archive.decisions()] == [record(archive, day=2).effect.article]


# Copies


def copies(archive):
    return {row["url"]: row["role"] for row in archive.rows("cluster_members")}


def test_a_copy_on_another_site_is_found(archive):
    record(archive, document(published_at=at(1)))
    record(archive, document(title="Tựa đề của báo bạn", published_at=at(2)), url=OTHER, day=2)
    assert copies(archive) == {URL: "original", OTHER: "copy"}


def test_a_copy_shows_its_evidence(archive):
    record(archive)
    record(archive, url=OTHER, day=2)
    (row,) = archive.rows("cluster_members", role="copy")
    shares = (
        "resemblance",
        "containment",
        "containment_of_other",
        "lede_coverage",
        "lede_coverage_of_other",
        "numbers",
        "words_in_order",
        "words_in_order_of_other",
    )
    assert (row["reason"], row["compared_with_id"]) == ("exact", archive.get_article(URL)["article_id"])
    assert [row[name] for name in shares] == [1.0] * len(shares)


def test_the_credited_article_is_the_original_although_seen_later(archive):
    record(archive, document(credit=Credit("Xã", OTHER)))
    record(archive, url=OTHER, day=2)
    assert copies(archive) == {OTHER: "original", URL: "copy"}
    assert [row["reason"] for row in archive.rows("clusters")] == ["credited"]


def test_a_part_of_an_article_is_an_excerpt_of_it(archive):
    record(archive)
    record(archive, document(body=paragraphs(1)[:2]), url=OTHER, day=2)
    assert copies(archive) == {URL: "original", OTHER: "excerpt"}


def test_articles_with_nothing_in_common_stand_alone(archive):
    record(archive)
    record(archive, document(2), url=OTHER)
    assert copies(archive) == {}


def test_a_copy_that_is_rewritten_keeps_its_evidence_by_its_former_version(archive):
    record(archive)
    record(archive, url=OTHER, day=2)
    new = document(body=[*paragraphs(1)[:3], *paragraphs("new", 4)])
    record(archive, new, url=OTHER, day=3)
    assert copies(archive) == {URL: "original", OTHER: "copy"}


def test_not_the_same_takes_a_cluster_apart_for_good(archive):
    record(archive)
    record(archive, url=OTHER)
    decide(archive, "not_same", URL, OTHER)
    assert copies(archive) == {}
    record(archive, document(author="Người khác"), url=OTHER, day=10)
    assert copies(archive) == {}


def test_the_same_joins_what_no_text_ties(archive):
    record(archive)
    record(archive, document(2), url=OTHER, day=2)
    decide(archive, "same", URL, OTHER)
    assert copies(archive) == {URL: "original", OTHER: "copy"}
    assert {row["reason"] for row in archive.rows("cluster_members", role="copy")} == {"a person's word"}


def test_a_person_may_name_the_original(archive):
    record(archive)
    record(archive, url=OTHER, day=2)
    decide(archive, "original", OTHER)
    assert copies(archive) == {URL: "copy", OTHER: "original"}


def test_of_two_originals_the_last_named_holds(archive):
    record(archive)
    record(archive, url=OTHER, day=2)
    for day, name in enumerate([URL, OTHER, URL, OTHER], start=5):
        decide(archive, "original", name, day=day)
    assert copies(archive)[OTHER] == "original"
    decide(archive, "original", URL, day=9)
    assert copies(archive)[URL] == "original"


def test_members_that_leave_and_join_are_in_the_feed(archive):
    record(archive)
    record(archive, url=OTHER)
    decide(archive, "not_same", URL, OTHER, day=3)
    decide(archive, "same", URL, OTHER, day=4)
    assert [kind for kind in kinds(archive) if "clustered" in kind] == ["clustered"] * 2 + ["unclustered"] * 2 + [
        "clustered"
    ] * 2


# Take-down


@pytest.mark.parametrize("view", ["articles", "versions", "clusters", "cluster_members"])
def test_an_article_taken_down_is_shown_nowhere(archive, view):
    record(archive)
    decide(archive, "take_down", URL, note="theo yêu cầu")
    assert list(archive.rows(view)) == []


def test_an_article_taken_down_stays_down_when_captured_again(archive):
    record(archive)
    decide(archive, "take_down", URL)
    record(archive, document(title="Tựa đề khác"), day=10)
    assert list(archive.rows("articles")) == []


def test_an_article_taken_down_keeps_its_capture(archive):
    seen = record(archive)
    decide(archive, "take_down", URL)
    assert archive.load_capture(seen.capture) == capture()


# The file of decisions


def test_decisions_stand_in_a_file_beside_the_captures(archive):
    seen = record(archive)
    decide(archive, "discard", seen.capture, note="trang thử")
    (line,) = (archive.folder / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "kind": "discard",
        "subject": seen.capture,
        "decided_at": "2026-02-15T01:00:00Z",
        "note": "trang thử",
    }


@pytest.mark.parametrize("is_first", [True, False], ids=["decisions first", "captures first"])
def test_decisions_travel_to_another_archive(open_archive, is_first):
    one, other = open_archive("one"), open_archive("other")
    steps = [(document(), URL, 1), (document(2), URL, 2), (document(), OTHER, 3), (document(5), URL + "5", 3)]
    for said, url, day in steps:
        record(one, said, url=url, day=day)
    decide(one, "release", held(one)[0][1], day=5)
    decide(one, "not_same", URL, OTHER, day=6)
    decide(one, "take_down", URL + "5", day=7)
    decisions = read_decisions(one.folder / "decisions.jsonl")
    if is_first:
        other.import_decisions(decisions)
    for said, url, day in steps:
        record(other, said, url=url, day=day)
    if not is_first:
        other.import_decisions(decisions)
    assert dump(other) == dump(one)


def test_a_decision_that_a_crash_kept_from_the_database_is_heeded_by_the_next_run(open_archive):
    first = open_archive()
    seen = record(first)
    first.commit()
    decide(first, "discard", seen.capture)
    first.roll_back()
    first.close()
    archive = open_archive()
    record(archive, url=OTHER)
    assert [row["url"] for row in archive.rows("articles")] == [OTHER]


def test_a_decision_cut_off_by_a_crash_is_written_over(archive):
    seen = record(archive)
    path = archive.folder / "decisions.jsonl"
    path.write_text('{"kind": "discard", "subj', encoding="utf-8")
    decide(archive, "discard", seen.capture)
    assert [made.kind for made in read_decisions(path)] == ["discard"]


def test_a_last_line_without_its_end_is_kept(archive):
    seen = record(archive)
    path = archive.folder / "decisions.jsonl"
    decide(archive, "release", seen.capture, day=3)
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    decide(archive, "discard", seen.capture, day=4)
    assert [made.kind for made in read_decisions(path)] == ["release", "discard"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("no json", "line 1", id="no JSON"),
        pytest.param('{"kind": "burn", "subject": "x", "decided_at": "2026-02-07T00:00:00Z"}', "burn", id="kind"),
        pytest.param('{"kind": "discard", "decided_at": "2026-02-07T00:00:00Z"}', "subject", id="no subject"),
        pytest.param('{"kind": "discard", "subject": "x", "decided_at": "2026-02-07"}', "offset", id="no offset"),
        pytest.param('["discard"]', "line 1", id="a list"),
    ],
)
def test_a_wrong_line_in_a_file_of_decisions_is_named(tmp_path, line, problem):
    path = tmp_path / "decisions.jsonl"
    path.write_text(f"{line}\n\n", encoding="utf-8")
    with pytest.raises(DecisionsError, match=problem):
        read_decisions(path)


# The feed of changes


def test_the_feed_tells_a_life(archive):
    record(archive)
    record(archive, document(title="Tựa đề khác"), day=2)
    record(archive, bad("blocked"), day=3)
    wrong = record(archive, document(2), day=4)
    record(archive, bad("gone"), day=5)
    record(archive, document(title="Tựa đề khác"), day=6)
    decide(archive, "discard", wrong.capture)
    assert kinds(archive) == ["new", "edited", "held", "held", "gone", "back", "discarded"]


def test_a_change_says_when_it_happened_and_what_showed_it(archive):
    seen = record(archive)
    (row,) = archive.rows("changes")
    assert (row["at"], row["capture_id"], row["article_id"], row["url"]) == (
        at(1),
        seen.capture,
        seen.effect.article,
        URL,
    )


def test_nothing_new_leaves_the_feed_as_it_is(archive):
    record(archive)
    record(archive, day=2)
    assert kinds(archive) == ["new"]


def test_the_cursor_means_the_same_in_a_replayed_archive(open_archive):
    one, other = open_archive("one"), open_archive("other")
    for archive in (one, other):
        record(archive)
        record(archive, url=OTHER, day=2)
        record(archive, document(title="Tựa đề khác"), day=3)
    ids = [[row["change_id"] for row in archive.rows("changes", order_by=("seq",))] for archive in (one, other)]
    assert ids[0] == ids[1]


# Once is enough


def test_the_same_capture_twice_changes_nothing(archive):
    record(archive)
    before = dump(archive), kinds(archive)
    assert not record(archive).is_new
    assert (dump(archive), kinds(archive)) == before


def test_the_same_capture_twice_is_written_once(open_archive):
    with open_archive() as archive:
        record(archive)
    with open_archive() as archive:
        record(archive)
    assert len(list((archive.folder / "captures").iterdir())) == 1


def test_what_was_recorded_outlives_the_process(open_archive):
    with open_archive() as archive:
        record(archive)
        expected = dump(archive)
    assert dump(open_archive(is_readonly=True)) == expected


def test_an_exception_takes_back_what_was_not_committed(open_archive):
    def fail(archive):
        with archive:
            record(archive)
            archive.commit()
            record(archive, document(2), url=OTHER)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        fail(open_archive())
    assert [row["url"] for row in open_archive().rows("articles")] == [URL]


def test_a_crash_between_file_and_commit_leaves_an_orphan_that_is_listed(open_archive):
    first = open_archive()
    record(first)
    first.roll_back()
    first.close()
    assert len(open_archive().orphans()) == 1


def test_an_orphan_is_adopted_where_it_lies(open_archive):
    first = open_archive()
    record(first)
    first.roll_back()
    first.close()
    archive = open_archive()
    (path,) = archive.orphans()
    (found,) = [each for each in warc.scan(path) if isinstance(each, warc.Scanned)]
    archive.record(capture(), document(), location=warc.Location(path.name, found.offset, found.length))
    archive.commit()
    assert archive.orphans() == []
    assert archive.load_capture(capture_id(capture())) == capture()
    assert len(list(archive.captures_folder.iterdir())) == 1


def test_a_file_that_a_kill_left_open_is_repaired_by_the_next_writer(open_archive):
    first = open_archive()
    record(first)
    (path,) = warc.open_files(first.captures_folder)
    torn = path.read_bytes()[:-5]
    first.close()
    for left in first.captures_folder.iterdir():
        left.unlink()
    path.write_bytes(torn)
    archive = open_archive()
    assert warc.open_files(archive.captures_folder) == []
    assert record(archive).is_new


def test_a_capture_that_was_rolled_back_can_be_recorded_again(archive):
    record(archive)
    archive.roll_back()
    assert record(archive).is_new
    archive.commit()
    assert archive.load_capture(capture_id(capture())) == capture()


def test_a_full_group_commits_itself(open_archive, monkeypatch):
    monkeypatch.setattr("archive.group.GROUP_CAPTURES", 2)
    archive = open_archive()
    for number in range(5):
        record(archive, url=f"{URL}?n={number}")
    archive.roll_back()
    assert len(list(archive.rows("captures"))) == 4


def test_a_capture_is_read_back_as_it_was(archive):
    kept = capture(headers=(("Content-Type", "text/html"), ("X-A", "1")), reason="Fine")
    archive.record(kept, document())
    archive.commit()
    assert archive.load_capture(capture_id(kept)[:8]) == kept


def test_a_capture_is_on_disk_before_the_database_knows_it(archive):
    record(archive)
    archive.commit()
    (row,) = archive.rows("captures")
    path = archive.captures_folder / row["file"]
    assert warc.read_at(path, row["file_offset"], row["file_length"]) == capture()


def test_nothing_half_done_is_kept_of_a_capture_that_failed(archive):
    record(archive)
    with pytest.raises(AttributeError):
        archive.record(capture(url=OTHER), None, prepared=prepare_capture(capture(url=OTHER), document()))
    archive.commit()
    assert list(archive.rows("captures")) == []


@pytest.fixture
def full_disk():
    """A function after which no file may grow beyond so many bytes."""
    resource = pytest.importorskip("resource", reason="no limits on this system")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_one_line_and_can_be_gone_on_from(archive, full_disk):
    record(archive)
    archive.commit()
    full_disk(1000)
    with pytest.raises(StorageError, match="cannot write") as caught:
        record(archive, document(2), url=OTHER)
    assert "\n" not in str(caught.value)
    full_disk(1 << 30)
    assert record(archive, document(2), url=OTHER).is_new
    archive.commit()
    assert len(list(archive.rows("articles"))) == 2


# Readers and writers


@pytest.fixture
def impatient(monkeypatch):
    """Wait for other writers no longer than a test can."""
    monkeypatch.setattr("archive.lock.WAIT", 0.1)


def test_who_writes_a_group_writes_alone(open_archive, impatient):
    one, other = open_archive(), open_archive()
    record(one)
    with pytest.raises(ArchiveLockedError, match="another process"):
        record(other, document(2), url=OTHER)
    one.commit()
    assert record(other, document(2), url=OTHER).is_new


def test_writers_take_turns_group_by_group(open_archive):
    one, other = open_archive(), open_archive()
    for number in range(6):
        writer = (one, other)[number % 2]
        record(writer, document(number), url=f"https://bao.example/{number}")
        writer.commit()
    assert len(list(one.rows("articles"))) == 6
    assert len(list(one.captures_folder.iterdir())) == 6


@pytest.mark.parametrize("end", ["commit", "roll_back", "close"])
def test_the_lock_is_let_go_however_a_group_ends(open_archive, impatient, end):
    one = open_archive()
    record(one)
    getattr(one, end)()
    record(open_archive(), document(2), url=OTHER)


def test_a_file_that_another_writer_has_open_is_not_taken_for_a_crash(open_archive, impatient):
    one = open_archive()
    record(one)
    with pytest.raises(ArchiveLockedError):
        open_archive()
    one.commit()
    assert open_archive().orphans() == []


def test_a_decision_made_by_another_process_is_heeded(open_archive):
    one, other = open_archive(), open_archive()
    record(one)
    wrong = record(one, document(2), day=2)
    one.commit()
    decide(other, "discard", wrong.capture)
    other.commit()
    record(one, day=3)
    assert held(one) == []
    assert len(read_decisions(one.folder / "decisions.jsonl")) == 1


def test_the_lock_goes_with_its_archive(open_archive):
    open_archive().close()
    record(open_archive())


def test_a_reader_sees_what_is_committed_while_a_writer_writes(open_archive):
    writer = open_archive()
    record(writer)
    writer.commit()
    record(writer, document(2), url=OTHER)
    reader = open_archive(is_readonly=True)
    assert [row["url"] for row in reader.rows("articles")] == [URL]
    writer.commit()
    assert len(list(reader.rows("articles"))) == 2


def test_a_writer_does_not_wait_for_a_reader(open_archive):
    writer = open_archive()
    for number in range(3):
        record(writer, document(number), url=f"{URL}?n={number}")
    writer.commit()
    rows = open_archive(is_readonly=True).rows("articles")
    next(rows)
    record(writer, document(9), url=OTHER)
    writer.commit()
    assert len(list(rows)) == 2


def test_the_writer_reads_its_own_rows_while_it_writes(archive):
    for number in range(3):
        record(archive, document(number), url=f"{URL}?n={number}")
    archive.commit()
    for row in archive.rows("articles"):
        record(archive, document(title="Tựa đề khác"), url=row["url"], day=2)
    archive.commit()


def test_rows_are_streamed_from_a_group_that_goes_on(archive):
    record(archive)
    list(archive.rows("articles"))
    record(archive, document(2), url=OTHER)
    assert len(list(archive.rows("articles"))) == 2


def test_a_row_that_is_not_read_to_the_end_disturbs_nobody(archive):
    for number in range(3):
        record(archive, document(number), url=f"{URL}?n={number}")
    next(archive.rows("articles"))
    record(archive, document(9), url=OTHER)
    archive.commit()
    assert len(list(archive.rows("articles"))) == 4


def test_an_archive_open_for_reading_refuses_to_record(open_archive):
    open_archive("a").close()
    with pytest.raises(StorageError, match="reading only"):
        record(open_archive("a", is_readonly=True))


def test_a_reader_in_another_thread_sees_whole_groups_only(open_archive):
    writer = open_archive()
    reader = open_archive(is_readonly=True)
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(len(list(reader.rows("captures"))))

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(9):
        record(writer, document(number), url=f"{URL}?n={number}")
        if number % 3 == 2:
            writer.commit()
    done.set()
    thread.join()
    assert seen <= {0, 3, 6, 9}


# Opening


def test_reading_where_nothing_is_says_so(tmp_path):
    with pytest.raises(NoArchiveError, match="no archive at"):
        Archive.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_reading_an_empty_database_makes_no_archive_of_it(tmp_path, database):
    with pytest.raises(NoArchiveError):
        Archive.open(tmp_path, database=database)


def test_writing_where_nothing_is_makes_an_archive(tmp_path, database):
    with Archive.open(tmp_path / "new" / "one", database=database, extractor=FakeExtractor()) as archive:
        record(archive)
        assert len(list(archive.rows("articles"))) == 1


def test_a_file_in_the_way_is_one_line(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(StorageError, match="cannot make an archive"):
        Archive.open(tmp_path / "a", extractor=FakeExtractor())


def test_another_programs_folder_is_left_as_it_was(tmp_path):
    import sqlite3

    connection = sqlite3.connect(tmp_path / "archive.db")
    connection.execute("CREATE TABLE mine (a)")
    connection.commit()
    connection.close()
    before = (tmp_path / "archive.db").read_bytes()
    with pytest.raises(NotAnArchiveError):
        Archive.open(tmp_path, extractor=FakeExtractor())
    assert [path.name for path in tmp_path.iterdir()] == ["archive.db"]
    assert (tmp_path / "archive.db").read_bytes() == before


@on_sqlite
@pytest.mark.parametrize("name", ["https://bao.example/khac.html", "ffff", "bao.example/khac", "x://y"])
def test_a_name_that_names_nothing_says_so(archive, name):
    record(archive)
    with pytest.raises(UnknownNameError, match="no article"):
        archive.get_article(name)


@on_sqlite
@pytest.mark.parametrize("shape", ["{url}", "{url}?utm_source=x", "{bare}", "{id}", "{prefix}"])
def test_an_article_is_found_by_whatever_names_it(archive, shape):
    seen = record(archive)
    public_id = seen.effect.article
    name = shape.format(url=URL, bare=URL.removeprefix("https://"), id=public_id, prefix=public_id[:5])
    assert archive.get_article(name)["article_id"] == public_id


# Runs and counts


def test_a_run_is_noted_with_its_counts(archive):
    run = archive.start_run("replay", at=at(1))
    record(archive)
    archive.finish_run(run, at=at(2), counts={"captures": 1})
    (row,) = archive.rows("runs")
    assert (row["kind"], row["started_at"], row["finished_at"], row["counts"]) == (
        "replay",
        at(1),
        at(2),
        {"captures": 1},
    )


def test_a_run_may_begin_in_the_middle_of_a_group(archive):
    record(archive)
    archive.start_run("replay", at=at(1))
    assert [row["finished_at"] for row in archive.rows("runs")] == [None]


def test_a_tally_counts_by_column(archive):
    record(archive)
    record(archive, bad("blocked"), day=2)
    record(archive, bad("blocked"), day=3)
    assert archive.tally("judgements", "outcome") == [("held", 2), ("version", 1)]


def test_known_tells_which_captures_are_there(archive):
    seen = record(archive)
    assert archive.known([seen.capture, "0" * 16]) == {seen.capture}


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "' OR 1=1 --", "%", "😀"])
def test_awkward_text_is_kept_or_cleaned_and_never_an_error(archive, text):
    from archive.text import tidy

    record(archive, document(title=tidy(f"Tựa {text} đề")))
    assert archive.get_article(URL)["title"] == tidy(f"Tựa {text} đề")


def test_a_header_that_no_text_column_takes_is_no_error(archive):
    kept = capture(headers=(("Content-Type", "text/html\x00; charset=\udcff"),))
    archive.record(kept, document())
    assert [row["content_type"] for row in archive.rows("captures")] == ["text/html ; charset="]


def test_sentences_are_the_same_for_one_seed():
    assert sentences("a") == sentences("a") != sentences("b")
