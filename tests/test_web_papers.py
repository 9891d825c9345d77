"""The pages of papers: every chart says what its table and its CSV say, in both languages, on both engines."""

import csv
import io
import itertools
import re
from datetime import date, timedelta, timezone

import pytest
from builders import at, document, paragraphs, record
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from served import Served

from archive.figures import MOST_BINS, WITHIN, by_delay, edit_delay, over_time, partners
from archive.storage import feed, slots
from archive.types import Credit
from archive.web import charts, papers
from archive.web.words import VIETNAMESE, delay, figure, lasted, share, step

VN = timezone(timedelta(hours=7))
TITLES = {"bao": "Báo Một", "khac": "Báo Khác"}
TEXTS = [paragraphs(f"text {number}", 6) for number in range(4)]


def url(site, number):
    return f"https://{site}.example/{number}.html"


def write(archive):
    """`bao` publishes four articles on two days, edits two of them, and `khac` runs two of them: after 3 h and 2 d."""
    for number, text in enumerate(TEXTS):
        said = at(1) + timedelta(days=number // 2)
        record(
            archive, document(title=f"Bài {number}", body=text, published_at=said.astimezone(VN)),
            url=url("bao", number), day=1 + number // 2 + 0.1, site="bao",
        )  # fmt: skip
    for number, hours in ((0, 3), (1, 48)):
        copy = document(
            title=f"Chép {number}", body=TEXTS[number], published_at=(at(1) + timedelta(hours=hours)).astimezone(VN),
            credit=Credit("Báo Một", site="bao"),
        )  # fmt: skip
        record(archive, copy, url=url("khac", number), day=3.5, site="khac")
    stated = document(
        title="Bài 0, sửa", body=TEXTS[0], published_at=at(1).astimezone(VN), modified_at=at(1, 30).astimezone(VN)
    )
    record(archive, stated, url=url("bao", 0), day=4, site="bao")
    silent = document(title="Bài 2", body=[*TEXTS[2], "Thêm 12 hộ."], published_at=at(2).astimezone(VN))
    record(archive, silent, url=url("bao", 2), day=4, site="bao")
    record(archive, document(title="Không ngày", body=paragraphs("none", 6)), url=url("bao", 9), day=4, site="bao")
    archive.commit()
    with archive.writing() as connection:
        for hour, counts in (
            (1, {"version_first": 4}),
            (2, {"version_first": 1, "version_edited": 2, "outcome_held": 3}),
        ):
            account = {"site": "bao", "requests": 9, "broken_sources": {"https://bao.example/rss": "status 404"}}
            run = feed.start_run(connection, "crawl", at=at(hour), counts={"site": "bao"})
            feed.finish_run(connection, run, at=at(hour, 2), counts=account | counts)
    archive.commit()


@pytest.fixture
def served(archive, shelf):
    write(archive)
    folder, database = shelf.place("archive")
    with Served(folder, database=database, titles=TITLES) as served:
        yield served


def table(served, of, site="bao"):
    status, headers, body = served.get(f"/papers/{site}?as=csv&of={of}")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(body.decode())))


def page(served, path="/papers/bao", language="en"):
    status, _, body = served.get(path, Accept_Language=language)
    assert status == 200
    return html.fromstring(body)


def rows_of(shown, section):
    """The cells of a section's table."""
    (found,) = [one for one in shown.iter("section") if one.get("aria-labelledby") == section]
    return [
        [" ".join(cell.text_content().split()) for cell in row if cell.text_content().strip()]
        for row in found.iter("tr")
    ][1:]


def test_a_paper_is_told_in_figures(served):
    figures = {
        one.findtext("dt"): "".join(one.find("dd").itertext()).strip()
        for one in page(served).find_class("figures")[0].iter("div")
    }
    assert figures == {
        "Articles": "5", "Edits": "2", "Edited at least once": "40 %", "Taken from other papers": "0 %", "Gone": "0",
        "Held": "0",
    }  # fmt: skip
    assert page(served).findtext(".//h1") == "Báo Một"


def test_its_volume_is_counted_by_the_days_that_its_pages_state(served):
    assert [(row["published"], row["first_seen"]) for row in table(served, "volume")] == [
        ("2", "2"),
        ("2", "2"),
        ("0", "1"),
    ]
    shown = page(served)
    (drawn,) = [svg for svg in shown.iter("svg") if (svg.get("aria-label") or "").startswith("Articles by day")]
    assert drawn.get("aria-label") == "Articles by day of publication: 4 articles"
    assert [title.text for title in drawn.iter("title")][:2] == ["07.02.2026: 2 articles", "08.02.2026: 2 articles"]
    assert "Without a day: 1" in shown.text_content()


def test_its_edits_are_counted_by_delay_and_by_what_they_changed(served):
    found = {
        row["within"]: (row["edits"], row["stated_by_page"]) for row in table(served, "edits") if row["edits"] != "0"
    }
    assert found == {"1 h": ("1", "1"), "3 d": ("1", "0")}
    assert [row for row in rows_of(page(served), "edits") if row[1] != "0"] == [
        ["within 1 h", "1"],
        ["within 3 d", "1"],
    ]
    changed = {row["changed"]: row["edits"] for row in table(served, "changed")}
    assert changed["title"] == changed["body"] == "1"
    assert dict(rows_of(page(served), "changed")) == changed


def test_who_runs_its_texts_and_how_soon(served):
    shown = page(served)
    assert rows_of(shown, "to") == [["Báo Khác", "2", "+1 d 1 h"]]
    assert "It runs no text of another paper" in shown.text_content()
    (row,) = table(served, "copying")
    assert (row["direction"], row["paper"], row["texts"], row["dated"]) == ("to", "khac", "2", "2")
    assert int(row["median_delay_seconds"]) == (3 + 48) * 3600 / 2
    (other,) = table(served, "copying", "khac")
    assert other == row | {"direction": "from", "paper": "bao"}
    steps = {row["within"]: (row["taken"], row["given"]) for row in table(served, "delays") if row["given"] != "0"}
    assert steps == {"6 h": ("0", "1"), "3 d": ("0", "1")}


def test_how_its_crawls_went(served):
    told = [(row["new"], row["edited"], row["held"], row["broken_sources"]) for row in table(served, "crawls")]
    assert told == [("1", "2", "3", "1"), ("4", "0", "0", "1")]
    titles = [title.text for title in page(served).iter("title")]
    assert "08.02.2026 01:00: 1 new, 2 edited, 3 held" in titles
    assert [row[2:] for row in rows_of(page(served), "crawls")] == [
        ["9", "1", "2", "0", "3", "1"],
        ["9", "4", "0", "0", "0", "1"],
    ]


def test_why_its_pages_wait(archive, served):
    record(
        archive,
        document(title="Bài 3", body=["Hết."], published_at=at(2).astimezone(VN)),
        url=url("bao", 3),
        day=5,
        site="bao",
    )
    archive.commit()
    assert table(served, "held") == [{"reason": "emptied", "pages": "1"}]
    shown = page(served)
    assert rows_of(shown, "health") == [["emptied", "1"]]
    (link,) = [a for a in shown.iter("a") if a.get("href") == "/held?site=bao"]
    assert link.text == "1"
    assert "Bài 3" in page(served, "/held?site=bao").text_content()
    assert "Nothing waits" in page(served, "/held?site=khac").text_content()


def test_all_papers_with_a_small_picture_each(served):
    listed = [row for row in page(served, "/papers").iter("tr") if row.find("td") is not None]
    drawn = {row.findtext(".//a"): list(row.iter("rect")) for row in listed}
    assert {name: len(rects) for name, rects in drawn.items()} == {"Báo Một": 3, "Báo Khác": 1}
    _, _, body = served.get("/papers?as=csv")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert sum(int(row["first_seen"]) for row in rows if row["site"] == "bao") == 5
    assert len(rows) == 2 * papers.SPARK_DAYS


def test_a_chart_that_is_not_there_is_named(served):
    status, _, body = served.get("/papers/bao?as=csv&of=nothing")
    assert (status, "of is volume or edits" in body.decode()) == (400, True)


def test_every_chart_names_its_csv(served):
    named = set(re.findall(r"of=(\w+)", served.get("/papers/bao")[2].decode()))
    assert named == papers.TABLES.keys() - {"held"}  # nothing is held


def test_of_a_taken_down_article_no_figure_tells(archive, served):
    from archive.types import Decision, DecisionKind

    (name,) = [row["article_id"] for row in archive.rows("articles") if row["url"] == url("khac", 0)]
    archive.decide(Decision(DecisionKind.TAKE_DOWN, name, at(9)))
    archive.commit()
    (row,) = table(served, "copying")
    assert row["texts"] == "1"


def test_a_paper_without_anything_but_a_held_page_is_shown(archive, shelf):
    record(archive, document(), url=url("trong", 1), day=1, site="trong")
    archive.commit()
    with archive.writing() as connection:
        slots.claim(connection, "trong", at(2), now=at(2), until=at(3))
    archive.commit()
    folder, database = shelf.place("archive")
    with Served(folder, database=database) as served:
        for language in ("vi", "en"):
            assert page(served, "/papers/trong", language).findtext(".//h1") == "trong"
        assert {of: len(table(served, of, "trong")) for of in ("copying", "crawls", "changed")} == dict.fromkeys(
            ("copying", "crawls", "changed"), 0
        )


def test_everything_that_is_told_of_papers_is_in_vietnamese():
    said = {*papers.HEADINGS.values(), "before", "later", *(f"within {name}" for name, _ in WITHIN)}
    assert said - VIETNAMESE.keys() == set()
    assert step("6 h", "vi") == "trong 6 giờ"
    reasons = {"emptied", "shrunk", "redesign", "suspect", "blocked", "consent", "paywall", "soft_404", "truncated"}
    assert reasons - VIETNAMESE.keys() == set()


# Pieces


@given(st.dictionaries(st.dates(date(1960, 1, 1), date(2030, 1, 1)), st.integers(1, 50), min_size=1, max_size=80))
def test_every_article_is_in_the_picture_or_counted_as_outside(counts):
    _, spans, outside = over_time(counts, until=date(2026, 3, 1))
    assert sum(count for _, count in spans) + outside == sum(counts.values())
    assert 0 < len(spans) <= MOST_BINS
    assert [label for label, _ in spans] == sorted({label for label, _ in spans})


@pytest.mark.parametrize(
    ("days", "unit"),
    [(10, "day"), (300, "week"), (1500, "month"), (9000, "year")],
    ids=["days", "weeks", "months", "years"],
)
def test_the_unit_follows_from_the_time(days, unit):
    until = date(2026, 3, 1)
    counts = {until - timedelta(days=past): 1 for past in range(days)}
    assert over_time(counts, until=until)[0] == unit


def test_an_odd_date_does_not_press_the_rest_together():
    until = date(2026, 3, 1)
    counts = {until - timedelta(days=past): 5 for past in range(20)} | {date(1970, 1, 1): 1}
    unit, spans, outside = over_time(counts, until=until)
    assert (unit, outside) == ("day", 1)
    assert sum(count for _, count in spans) == 100


@given(st.lists(st.floats(-1e6, 1e7)))
def test_every_delay_has_its_step(delays):
    assert sum(count for _, count in by_delay(delays)) == len(delays)


def test_an_edit_is_dated_by_the_page_where_that_can_be():
    assert edit_delay(at(1), at(2), at(3)) == 24 * 3600
    assert edit_delay(at(1), None, at(3)) == 48 * 3600
    assert edit_delay(at(1), at(9), at(3)) == 48 * 3600  # a page that was edited after we saw it
    assert edit_delay(None, at(2), at(3)) is None
    assert edit_delay(at(4), None, at(3)) is None


def test_partners_are_ranked_and_timed():
    found = partners([("b", "copy", 60.0), ("a", "copy", None), ("b", "excerpt", 120.0), ("b", "copy", None)])
    assert [(one.site, one.texts, one.copies, one.dated, one.median_delay) for one in found] == [
        ("b", 3, 2, 2, 90),
        ("a", 1, 1, 0, None),
    ]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=60))
def test_columns_stand_on_the_ground_and_within_the_chart(counts):
    chart = charts.columns(
        [str(at) for at in range(len(counts))], {"new": [a for a, _ in counts], "held": [b for _, b in counts]}
    )
    for column, (a, b) in zip(chart.columns, counts, strict=True):
        assert column.x >= 0
        assert column.x + column.width <= charts.WIDTH + 0.2
        assert sum(part.count for part in column.parts) == a + b
        height = sum(part.height for part in column.parts)
        assert height == pytest.approx(charts.HEIGHT * (a + b) / max(chart.most, 1), abs=0.3)
        assert all(part.y >= -0.1 for part in column.parts)


@given(st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), st.integers(1, 900), min_size=1))
def test_ribbons_end_at_their_papers(counts):
    rows = [{"origin": a, "copier": b, "texts": count} for (a, b), count in counts.items()]
    drawn = charts.flow(rows)
    for sides, name in ((drawn.left, "origin"), (drawn.right, "copier")):
        for one in sides:
            assert one.texts == sum(row["texts"] for row in rows if row[name] == one.site)
            assert one.y + one.height <= drawn.height + 0.2
        for one, following in itertools.pairwise(sides):
            assert following.y >= one.y + max(one.height, 14)
    assert len(drawn.ribbons) == len(rows)


def test_words_of_figures():
    assert (figure(0, "vi"), share(0, 5, "vi"), share(1, 20, "vi"), share(10, 10, "en")) == (
        "0",
        "0 %",
        "5,0 %",
        "100 %",
    )
    assert (lasted(at(1), at(1, 90), "en"), lasted(at(1), None, "en"), delay(0, "en")) == ("1 h 30 min", "", "+0 min")
