"""Who is held to be the original, how sure that is, and who is not believed."""

import pytest
from builders import at, document, paragraphs, record

from archive.originals import Candidate, Grade, choose, confidence
from archive.outlets import Standing, credited_as, standing
from archive.syndication import clusters, copies_of
from archive.types import Credit, Decision, DecisionKind

BODY = paragraphs("gốc", 5)
PAPER, OTHER = "https://baolaocai.vn/tin-1.html", "https://tienphong.vn/tin-post1.tpo"
MIRROR, SECOND_MIRROR = "https://lao-cai-news.example/tin-1.html", "https://tin-24.example/tin-1.html"
SITES = {PAPER: "baolaocai", OTHER: "tienphong"}


def candidate(name, *, day=1, **changes):
    standard = {"article": name, "url": f"https://{name}.example/1", "site": name, "first_seen_at": at(day)}
    return Candidate(**(standard | changes))


def dated(name, day, **changes):
    return candidate(name, day=day, published_at=at(day), **changes)


def said(archive, *pages):
    """Record (address, day of publication, day of capture, credit) and tell the one cluster."""
    for url, published, captured, credit in pages:
        page = document(body=BODY, published_at=published and at(published), credit=credit)
        record(archive, page, url=url, day=captured, site=SITES.get(url))
    (found,) = clusters(archive)
    (original,) = (row for row in found["members"] if row["role"] == "original")
    return original["url"], original["reason"], found["confidence"]["grade"]


# How sure it is


@pytest.mark.parametrize(
    ("original", "others", "grade", "kinds"),
    [
        pytest.param(
            dated("a", 1),
            [dated("b", 2, credit_site="a"), dated("c", 3)],
            Grade.HIGH,
            {"credited", "published first", "captured first"},
            id="credited and first by both clocks",
        ),
        pytest.param(
            dated("a", 1), [dated("b", 2)], Grade.MEDIUM, {"published first", "captured first"}, id="first by both"
        ),
        pytest.param(
            candidate("a"), [candidate("b", day=3)], Grade.MEDIUM, {"dates", "captured first"}, id="first captured"
        ),
        pytest.param(candidate("a"), [candidate("b")], Grade.LOW, {"dates", "captures"}, id="nothing tells"),
        pytest.param(
            dated("a", 3),
            [dated("b", 1, credit_site="a")],
            Grade.LOW,
            {"credited", "published later", "captured later"},
            id="credited by who was there before",
        ),
        pytest.param(
            dated("a", 1, credit_site="wire"),
            [dated("b", 2)],
            Grade.LOW,
            {"published first", "captured first", "credits another"},
            id="it names a source that is not here",
        ),
        pytest.param(
            dated("a", 1),
            [dated("b", 2, credit_site="a"), dated("c", 2, credit_site="b")],
            Grade.HIGH,
            {"credited", "another credited", "published first", "captured first"},
            id="another is named, too",
        ),
        pytest.param(
            candidate("a", published_at=at(1)),
            [candidate("b", published_at=at(1, 0.5))],
            Grade.LOW,
            {"dates", "captures"},
            id="within one minute",
        ),
        pytest.param(
            dated("a", 1, standing=Standing.UNKNOWN),
            [candidate("b", published_at=at(2), standing=Standing.UNKNOWN)],
            Grade.LOW,
            {"published first", "captures", "unknown host"},
            id="on a host that nobody knows",
        ),
    ],
)
def test_the_grade_is_the_sum_of_what_speaks_for_it_and_against(original, others, grade, kinds):
    found = confidence(original.article, [original, *others])
    assert (found.grade, {reason.kind for reason in found.reasons}) == (grade, kinds)
    assert found.points == sum(reason.weight for reason in found.reasons)


def test_the_whole_of_excerpts_is_surer():
    found = confidence("a", [dated("a", 1)], [dated("b", 2)])
    assert (found.grade, "the whole text" in {reason.kind for reason in found.reasons}) == (Grade.HIGH, True)


def test_a_persons_word_is_certain():
    assert confidence("a", [candidate("a"), candidate("b")], is_spoken=True).grade is Grade.CERTAIN


def test_a_source_that_names_itself_names_no_other():
    own = candidate("a", credit_site="a", credit_url="https://a.example/1")
    assert "credits another" not in {reason.kind for reason in confidence("a", [own, candidate("b")]).reasons}


# Who is believed


@pytest.mark.parametrize(
    ("site", "url", "expected"),
    [
        ("baolaocai", "https://baolaocai.vn/1", Standing.PAPER),
        ("my_town", "https://town.example/1", Standing.PAPER),
        ("baohatinh.vn", "https://baohatinh.vn/1", Standing.PAPER),
        ("vietnam_vn", "https://www.vietnam.vn/1", Standing.REPUBLISHER),
        ("baomoi.com", "https://m.baomoi.com/1.epi", Standing.REPUBLISHER),
        ("tin-24.example", "https://tin-24.example/1", Standing.UNKNOWN),
        ("unknown", "urn:sha256:00", Standing.UNKNOWN),
    ],
)
def test_a_host_is_known_or_not(site, url, expected):
    assert standing(site, url) is expected


def test_a_credit_finds_an_outlet_that_is_no_declared_site():
    assert credited_as("baohatinh.vn", "https://baohatinh.vn/1") == "baohatinh"
    core = [
        candidate("a", site=credited_as("baohatinh.vn", "https://baohatinh.vn/1"), day=2),
        candidate("b", credit_site="baohatinh"),
    ]
    assert choose(core) == ("a", "credited")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["paper first", "mirror first"])
def test_a_mirror_that_backdates_its_copy_is_no_original(archive, order):
    pages = [(PAPER, 5, 5, None), (MIRROR, 1, 6, None)]
    assert said(archive, *(pages[at] for at in order)) == (PAPER, "trusted host", "medium")


def test_a_mirror_that_was_captured_first_is_no_original(archive):
    # That the mirror had it days before speaks against the paper all the same: it is not sure.
    assert said(archive, (MIRROR, None, 1, None), (PAPER, None, 5, None)) == (PAPER, "trusted host", "low")


def test_mirrors_that_credit_each_other_are_not_believed(archive):
    credit = Credit("Lao Cai News", url=MIRROR)
    pages = [(MIRROR, 1, 6, None), (SECOND_MIRROR, 2, 6, credit), (PAPER, 5, 5, None)]
    assert said(archive, *pages)[:2] == (PAPER, "trusted host")


def test_of_two_papers_the_earlier_is_the_original_whatever_a_mirror_says(archive):
    pages = [(OTHER, 4, 4, None), (PAPER, 3, 4, None), (MIRROR, 1, 5, None)]
    assert said(archive, *pages)[:2] == (PAPER, "earliest published")


def test_an_unknown_host_is_the_original_where_a_paper_names_it(archive):
    url, reason, _ = said(archive, (MIRROR, 1, 1, None), (PAPER, 2, 2, Credit("Lao Cai News", url=MIRROR)))
    assert (url, reason) == (MIRROR, "credited")


def test_a_person_may_say_that_an_unknown_host_is_the_original(archive):
    said(archive, (PAPER, 5, 5, None), (MIRROR, 1, 6, None))
    archive.decide(Decision(DecisionKind.ORIGINAL, MIRROR, at(9)))
    found = copies_of(archive, PAPER)["original"]
    assert (found["url"], found["confidence"]["grade"]) == (MIRROR, "certain")


def test_among_unknown_hosts_the_earliest_is_the_original(archive):
    assert said(archive, (MIRROR, 1, 2, None), (SECOND_MIRROR, 2, 2, None)) == (MIRROR, "earliest published", "low")
