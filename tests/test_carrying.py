"""Which version a copy carries, and who still runs what was corrected."""

import json

import pytest
from builders import at, bad, document, paragraphs, record
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.carrying import carried, figures, runs, tell_apart
from archive.syndication import copies_of
from crawler.cli import main

LANG, XA, BAN, CHO = (f"https://{name}.example/1" for name in ("lang", "xa", "ban", "cho"))
BODY = paragraphs("lũ", 4)
WRONG = [*BODY[:2], "Nước lũ cô lập 1.240 hộ dân ở các xã vùng cao.", *BODY[2:]]
RIGHT = [*BODY[:2], "Nước lũ cô lập 1.420 hộ dân ở các xã vùng cao.", *BODY[2:]]
LONGER = [*RIGHT, "Đến chiều nay nước đã rút khỏi phần lớn các thôn bản."]


def row(body, *, title="Tựa", lede=None):
    return {"title": title, "lede": lede, "body": "\n\n".join(body)}


def which(copy, *versions):
    return carried(runs(row(copy)), tell_apart([runs(row(version)) for version in versions]))


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        pytest.param(WRONG, (1,), id="the first"),
        pytest.param(RIGHT, (2,), id="the corrected one"),
        pytest.param(LONGER, (3,), id="the last"),
        pytest.param(WRONG[1:], (1,), id="the first without its opening"),
        pytest.param([*WRONG[:3], *paragraphs("khác", 3)], (1,), id="half of the first"),
        pytest.param([*paragraphs("khác", 3), RIGHT[2]], (2, 3), id="the corrected sentence alone"),
        pytest.param(BODY[:2], (1, 2, 3), id="an excerpt without the figure"),
        pytest.param([*RIGHT, "Theo Báo Làng"], (2, 3), id="the corrected one with a line of the desk"),
        pytest.param(["Không có gì chung."], (1, 2, 3), id="nothing"),
    ],
)
def test_a_copy_carries(copy, expected):
    assert which(copy, WRONG, RIGHT, LONGER) == expected


def test_a_text_that_an_edit_put_back_is_the_same_version_twice():
    assert which(WRONG, WRONG, RIGHT, WRONG) == (1, 3)
    assert which(RIGHT, WRONG, RIGHT, WRONG) == (2,)


@given(st.lists(st.lists(st.sampled_from([*WRONG, *LONGER]), max_size=8), min_size=1, max_size=5), st.data())
def test_a_version_carries_itself(versions, data):
    number = data.draw(st.integers(1, len(versions)))
    said = [runs(row(version)) for version in versions]
    found = carried(said[number - 1], tell_apart(said))
    assert number in found
    # A text that says nothing but what a longer version says, too, may be cut from that.
    assert all(said[number - 1] <= said[one - 1] for one in found)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (WRONG, RIGHT, [("1.240", "1.420")]),
        (["28 hộ và 5 cầu"], ["29 hộ và 6 cầu"], [("28", "29"), ("5", "6")]),
        (["ngày 13/6"], ["ngày 14/6"], [("13/6", "14/6")]),
        (["28 hộ"], ["28 hộ và 5 cầu"], []),
        (["trời mưa"], ["trời nắng"], []),
        ([" ".join(map(str, range(10, 20)))], [" ".join(map(str, range(20, 30)))], []),
    ],
)
def test_figures_that_took_the_place_of_others(before, after, expected):
    assert figures(row(before), row(after)) == expected


# What a reader is told


def told(archive):
    found = copies_of(archive, LANG)
    return [edit["says"] for edit in found["edits"]], {
        each["url"]: tuple(each["carries_versions"]) for each in found["members"]
    }


def published(archive, body, url, day, **changes):
    record(archive, document(body=body, lede=None, published_at=at(1), **changes), url=url, day=day)


def test_who_still_runs_a_figure_changes_with_every_edit(archive):
    published(archive, WRONG, LANG, 1)
    for day, url in ((2, XA), (2, BAN), (2, CHO)):
        published(archive, WRONG, url, day)
    assert told(archive) == ([], {XA: (1,), BAN: (1,), CHO: (1,)})
    published(archive, RIGHT, LANG, 3)
    assert told(archive)[0] == ["3 papers still run the figure that was corrected by 9 February 2026: 1.240, now 1.420"]
    published(archive, RIGHT, XA, 4)
    assert told(archive) == (
        ["2 papers still run the figure that was corrected by 9 February 2026: 1.240, now 1.420"],
        {XA: (2,), BAN: (1,), CHO: (1,)},
    )
    published(archive, LONGER, LANG, 5)
    assert told(archive)[0] == [
        "2 papers still run the figure that was corrected by 9 February 2026: 1.240, now 1.420",
        "3 papers still run the text from before the edit by 11 February 2026 (body)",
    ]
    record(archive, bad("gone"), url=BAN, day=6)
    assert told(archive)[0][0].startswith("1 paper still runs the figure that was corrected by 9 February")
    published(archive, LONGER, CHO, 7)
    assert told(archive)[0][0] == ""


def test_the_date_is_the_papers_own_where_it_states_one(archive):
    published(archive, WRONG, LANG, 1)
    published(archive, WRONG, XA, 2)
    published(archive, RIGHT, LANG, 5, modified_at=at(3))
    (edit,) = copies_of(archive, LANG)["edits"]
    assert (edit["edited_by"], edit["edited_at"]) == ("modified_at", "2026-02-09T01:00:00+00:00")
    assert edit["says"].startswith("1 paper still runs the figure that was corrected on 9 February 2026")


def test_an_excerpt_without_the_figure_is_not_said_to_run_it(archive):
    published(archive, WRONG, LANG, 1)
    published(archive, BODY[:2], XA, 2)
    published(archive, RIGHT, LANG, 3)
    assert told(archive) == ([""], {XA: (1, 2)})


def test_who_runs_the_old_text_without_the_figure_is_not_said_to_run_it(archive):
    after = [*RIGHT[:-1], "Sáng nay trời đã tạnh hẳn ở khắp các bản vùng cao."]
    published(archive, WRONG, LANG, 1)
    published(archive, [block for block in WRONG if "1.240" not in block], XA, 2)
    published(archive, after, LANG, 3)
    assert told(archive) == (
        ["1 paper still runs the text from before the edit by 9 February 2026 (body, numbers, names)"],
        {XA: (1,)},
    )
    published(archive, WRONG, BAN, 4)
    (edit,) = copies_of(archive, LANG)["edits"]
    assert edit["says"].startswith("1 paper still runs the figure")
    assert (edit["sites_still_before"], edit["sites_with_old_figures"]) == (
        ["ban.example", "xa.example"],
        ["ban.example"],
    )


def test_the_command_says_it(archive, shelf, engine_name):
    published(archive, WRONG, LANG, 1)
    published(archive, WRONG, XA, 2)
    published(archive, RIGHT, LANG, 3)
    archive.commit()
    folder, database = shelf.place("archive")
    where = ["--archive", str(folder)]
    if database is not None:
        where += ["--database", database.render_as_string(hide_password=False)]
    said = CliRunner().invoke(main, ["copies", LANG, *where], catch_exceptions=False).stdout
    assert "  1 paper still runs the figure that was corrected by 9 February 2026: 1.240, now 1.420\n" in said
    assert "  carries version 1 of 2 of the original: not the current one\n" in said
    found = json.loads(CliRunner().invoke(main, ["copies", LANG, "--json", *where], catch_exceptions=False).stdout)
    assert found["edits"][0]["figures"] == [{"before": "1.240", "after": "1.420"}]
    assert found["edits"][0]["sites_still_before"] == ["xa.example"]
