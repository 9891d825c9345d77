"""What the reading site tells about copies: who ran a text when, what is shared, who still runs what was corrected."""

import csv
import io
import re
from datetime import timedelta

import pytest
from builders import FakeExtractor, at, document, paragraphs, record
from served import Served

from archive.core import Archive
from archive.originals import Candidate, Grade, confidence
from archive.outlets import Standing
from archive.types import Credit, Relation
from archive.web import charts
from archive.web.words import VIETNAMESE, delay

BODY = paragraphs("lũ", 4)
WRONG = [*BODY[:2], "Tính đến chiều nay nước lũ cô lập 1.240 hộ dân ở các xã vùng cao.", *BODY[2:]]
RIGHT = [*BODY[:2], "Tính đến chiều nay nước lũ cô lập 1.420 hộ dân ở các xã vùng cao.", *BODY[2:]]
OTHER = paragraphs("chợ", 5)
PAPER, COPY, CUT, TIN, FAIR, MIRROR = (
    "https://baolaocai.vn/tin-post1.html",
    "https://tienphong.vn/tin-post1.tpo",
    "https://vnexpress.net/tin-1.html",
    "https://laodongthudo.vn/diem-tin-1.html",
    "https://nhandan.vn/cho-post1.html",
    "https://tin-24.example/tin",
)
SITES = {PAPER: "baolaocai", COPY: "tienphong", CUT: "vnexpress", TIN: "laodongthudo", FAIR: "nhandan"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copies") / "archive"
    with Archive.open(folder, extractor=FakeExtractor()) as archive:

        def run(url, body, hours, *, says=0, **changes):
            page = document(body=body, lede=None, published_at=at(1) + timedelta(hours=hours + says), **changes)
            record(archive, page, url=url, day=1 + hours / 24, site=SITES.get(url))

        run(PAPER, WRONG, 0, title="Nước lũ lên nhanh")
        run(COPY, WRONG, 3, title="Lũ về giữa đêm", credit=Credit("Báo Lào Cai", site="baolaocai"))
        run(CUT, BODY[:2], 26, title="Lũ ở Lào Cai")
        run(MIRROR, WRONG, 10, says=-60, title="Nước lũ lên nhanh")
        run(FAIR, OTHER, 1, title="Chợ phiên họp lại")
        run(TIN, [*WRONG, *OTHER], 30, title="Điểm tin sáng")
        record(
            archive, document(body=RIGHT, lede=None, published_at=at(1), title="Nước lũ lên nhanh"), url=PAPER, day=4,
            site="baolaocai",
        )  # fmt: skip
        archive.commit()
    with Served(folder) as served:
        yield served


@pytest.fixture(scope="module")
def ids(served):
    return {row["url"]: row["article_id"] for row in served.archive.rows("articles")}


def page(served, path, language="en"):
    status, _, body = served.get(path, Accept_Language=language)
    assert status == 200, body
    return re.sub(r"\s+", " ", body.decode())


def test_an_article_shows_its_copies_with_what_is_shared_marked(served, ids):
    shown = page(served, f"/articles/{ids[PAPER]}")
    details = re.search(r"Lũ về giữa đêm</a>.*?<details class=\"copy\">(.*?)</details>", shown)[1]
    assert "<mark>" in details
    # The copy has the figure that the paper has corrected: that is what is not marked.
    assert re.search(r"</mark>[^<]*1\.240[^<]*<mark>", details)
    assert "copy · +3 h · " in shown
    assert "version 1 · credits Báo Lào Cai" in shown
    assert "excerpt · +1 d 2 h" in shown


@pytest.mark.parametrize("path", ["/articles/{}", "/clusters/{}"])
def test_who_still_runs_what_was_corrected_is_told(served, ids, path):
    (cluster,) = served.archive.rows("clusters")
    shown = page(served, path.format(ids[PAPER] if "articles" in path else cluster["cluster_id"]))
    assert "<strong>2</strong> papers still run what was corrected by" in shown
    assert "<del>1.240</del> → <ins>1.420</ins>" in shown
    assert "(tienphong, tin-24.example)" in shown


def test_the_original_comes_with_how_sure_it_is(served, ids):
    shown = page(served, f"/articles/{ids[COPY]}")
    assert "How sure it is that this is the original: <strong>high</strong>" in shown
    assert "+2</span> credited: 1 of 3 others name it as the source" in shown
    assert "được các báo khác ghi là nguồn" in page(served, f"/articles/{ids[COPY]}", "vi")


def test_a_digest_names_its_parts_and_they_name_it(served, ids):
    digest = page(served, f"/articles/{ids[TIN]}")
    listed = re.search(r"A digest of</h2>(.*?)</section>", digest)[1]
    parts = re.findall(r"/compare/(\w+)", listed)
    assert (len(parts), ids[FAIR] in parts) == (2, True)
    assert set(parts) - {ids[FAIR]} <= {ids[PAPER], ids[COPY], ids[MIRROR]}
    for url in (PAPER, FAIR):
        assert re.search(rf"In digests</h2>.*?/compare/{ids[TIN]}", page(served, f"/articles/{ids[url]}"))


def test_a_cluster_is_a_line_of_time_with_its_table(served, ids):
    (cluster,) = served.archive.rows("clusters")
    shown = page(served, f"/clusters/{cluster['cluster_id']}")
    drawn = re.search(r"<svg class=\"chart timeline\".*?</svg>", shown)[0]
    stops = re.findall(r'<circle class="(\w+)" cx="([\d.]+)"', drawn)
    assert [role for role, _ in stops] == ["copy", "original", "copy", "excerpt"]  # the mirror says that it was first
    places = [float(x) for _, x in stops]
    assert places == sorted(places)
    assert shown.count("<tr>") == 1 + 4


def test_programs_are_told_how_sure_the_original_is(served):
    (listed,) = served.json("/api/v1/clusters")["items"]
    one = served.json(f"/api/v1/clusters/{listed['cluster_id']}")
    assert one["confidence"] == listed["confidence"]
    assert listed["confidence"]["grade"] == "high"
    assert sum(reason["weight"] for reason in listed["confidence"]["reasons"]) == listed["confidence"]["points"]


def test_programs_are_told_who_runs_the_text_of_an_article(served, ids):
    said = served.json(f"/api/v1/articles/{ids[COPY]}/copies")
    assert (said["original"]["article_id"], said["original"]["confidence"]["grade"]) == (ids[PAPER], "high")
    carried = {row["url"]: (row["role"], row["carries_version"]) for row in said["members"]}
    assert carried == {COPY: ("copy", 1), CUT: ("excerpt", 2), MIRROR: ("copy", 1)}
    assert [digest["digest_id"] for digest in said["in_digests"]] == [ids[TIN]]
    (edit,) = said["edits"]
    assert edit["sites_with_old_figures"] == ["tienphong", "tin-24.example"]
    assert {row["url"] for row in served.json(f"/api/v1/articles/{ids[TIN]}/copies")["digest_of"]} >= {FAIR}
    assert served.get("/api/v1/articles/0123456789abcdef/copies")[0] == 404


def test_a_cluster_as_csv(served):
    (cluster,) = served.archive.rows("clusters")
    _, headers, body = served.get(f"/clusters/{cluster['cluster_id']}?as=csv")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert headers["Content-Type"].startswith("text/csv")
    found = {row["site"]: (row["role"], row["delay_seconds"], row["carries_version"], row["credit"]) for row in rows}
    assert found == {
        "baolaocai": ("original", "", "", ""),
        "tienphong": ("copy", "10800", "1", "Báo Lào Cai"),
        "vnexpress": ("excerpt", "93600", "2", ""),
        "tin-24.example": ("copy", "-180000", "1", ""),
    }


def test_the_flow_of_copies_is_a_picture_a_table_and_csv(served):
    shown = page(served, "/copies")
    ribbons = re.findall(r'<path class="ribbon[^>]*><title>([^<]*)</title>', shown)
    _, _, body = served.get("/copies?as=csv")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert sorted(ribbons) == sorted(f"{row['origin']} → {row['copier']}: {row['texts']}" for row in rows)
    assert {(row["origin"], row["copier"]) for row in rows} == {
        ("baolaocai", "tienphong"),
        ("baolaocai", "vnexpress"),
        ("baolaocai", "tin-24.example"),
    }


def test_where_nothing_is_known_nothing_is_told(served, ids):
    assert "Same text elsewhere" not in page(served, f"/articles/{ids[FAIR]}")


# Pieces


def test_a_line_of_time_of_one_moment_has_one_mark():
    rows = [{"published_at": None, "first_seen_at": at(1), "role": "original", "site": "a"}] * 2
    stops, marks, height = charts.timeline(rows)
    assert (len(stops), marks, height) == (2, [(float(charts.NAMES), at(1))], 60)


def test_of_many_members_so_many_are_drawn():
    rows = [
        {"published_at": at(1, minute), "first_seen_at": at(1), "role": "copy", "site": f"s{minute}"}
        for minute in range(100)
    ]
    stops, _, _ = charts.timeline(rows)
    assert (len(stops), stops[0].name) == (charts.MOST, "s0")


@pytest.mark.parametrize(
    ("seconds", "en", "vi"),
    [
        (0, "+0 min", "+0 phút"),
        (59, "+0 min", "+0 phút"),
        (3_660, "+1 h 1 min", "+1 giờ 1 phút"),
        (-86_400, "−1 d", "−1 ngày"),
    ],
)
def test_a_delay_is_told_in_its_largest_units(seconds, en, vi):
    assert (delay(seconds, "en"), delay(seconds, "vi")) == (en, vi)


def test_everything_that_is_told_of_copies_is_in_vietnamese():
    kinds = set()
    for credited in (None, "a", "b", "x"):
        for standing in Standing:
            for days in (-1, 0, 1):
                core = [
                    Candidate("a", "https://a.example", "a", at(5), at(5), credit_site=credited, standing=standing),
                    Candidate("b", "https://b.example", "b", at(5 + days), at(5 + days), credit_site=credited),
                ]
                kinds |= {reason.kind for reason in confidence("a", core).reasons}
                kinds |= {reason.kind for reason in confidence("a", core[:1], core[1:]).reasons}
    kinds |= {reason.kind for reason in confidence("a", core, is_spoken=True).reasons}
    assert len(kinds) >= 9
    told = {*kinds, *map(str, Grade), *map(str, set(Relation) - {Relation.DIGEST_OF})}
    assert told - VIETNAMESE.keys() == set()
