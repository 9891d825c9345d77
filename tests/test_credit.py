from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.outlets import OUTLETS, find_outlet
from crawler.extraction.credit import credit_line, outlet_named, photo_credit


@pytest.mark.parametrize(
    ("line", "name", "site"),
    [
        ("Theo TTXVN", "TTXVN", "vietnamplus"),
        ("Theo Chinhphu.vn", "Chinhphu.vn", "baochinhphu"),
        ("Theo báo Chính Phủ", "báo Chính Phủ", "baochinhphu"),
        ("Theo Vietnam+", "Vietnam+", "vietnamplus"),
        ("Theo VOV.vn", "VOV.vn", "vov"),
        ("Theo VnExpess", "VnExpess", "vnexpress"),
        ("Theo VNE", "VNE", "vnexpress"),
        ("Theo ĐCSVN", "ĐCSVN", "dangcongsan"),
        ("Theo Tiền Phong", "Tiền Phong", "tienphong"),
        ("Theo Báo Giao thông", "Báo Giao thông", "giaothong"),
        ("Theo Quân đội nhân dân", "Quân đội nhân dân", "qdnd"),
        ("Theo Hoàng Nhương / TTXVN", "Hoàng Nhương / TTXVN", "vietnamplus"),
        ("Hoàng Nhương / TTXVN", "Hoàng Nhương / TTXVN", "vietnamplus"),
        ("Theo Văn Hưng (Vietnam+)", "Văn Hưng (Vietnam+)", "vietnamplus"),
        ("MINH NGUYỆT (TTXVN/VIETNAM+)", "MINH NGUYỆT (TTXVN/VIETNAM+)", "vietnamplus"),
        ("Theo An Bình Dân Trí", "An Bình Dân Trí", "dantri"),
        ("Theo Đức Nghiêm Thời Báo Ngân Hàng", "Đức Nghiêm Thời Báo Ngân Hàng", "thoibaonganhang"),
        ("TTXVN/Tin tức", "TTXVN/Tin tức", "baotintuc"),
        ("Theo BNEWS / TTXVN", "BNEWS / TTXVN", "bnews"),
        ("PV/VOV online Tổng hợp", "PV/VOV online", "vov"),
        ("Tổng hợp ANTĐ/ Infonet", "ANTĐ/ Infonet", "anninhthudo"),
        ("(TTXVN)", "TTXVN", "vietnamplus"),
        ("(Theo Reuters)", "Reuters", "reuters"),
        ("(Theo AFP, ABC)", "AFP, ABC", "afp"),
        ("Báo Đại đoàn kết", "Báo Đại đoàn kết", "daidoanket"),
        ("Nguồn: VnExpress", "VnExpress", "vnexpress"),
        ("Source: Reuters", "Reuters", "reuters"),
    ],
)
def test_lines_that_credit_an_outlet(line, name, site):
    credit = credit_line(line)
    assert (credit.name, credit.url, credit.site) == (name, None, site)


@pytest.mark.parametrize(
    ("line", "name", "url", "site"),
    [
        ("Nguồn Hà Nội TV: https://hanoitv.vn/a-1.htm", "Hà Nội TV", "https://hanoitv.vn/a-1.htm", "hanoitv"),
        ("Nguồn: https://example.com/x", None, "https://example.com/x", None),
        ("Source link: https://daidoanket.vn/a.html", None, "https://daidoanket.vn/a.html", "daidoanket"),
        ("https://m.tienphong.vn/a-post1.tpo", None, "https://m.tienphong.vn/a-post1.tpo", "tienphong"),
    ],
)
def test_lines_that_link_their_source(line, name, url, site):
    credit = credit_line(line)
    assert (credit.name, credit.url, credit.site) == (name, url, site)


@pytest.mark.parametrize(
    "line",
    [
        "Theo ông Nguyễn Văn A",
        "Theo đó, các đơn vị tiếp tục triển khai.",
        "Theo Công an tỉnh Lào Cai",
        "Theo kế hoạch",
        "Theo Luật Công đoàn",
        "Theo Bộ Y tế",
        "Theo Thu Hà",
        "Nguồn: NCHMF",
        "Lao động",
        "Dân trí",
        "Lào Cai",
        "Sa Pa - Lào Cai",
        "Hội nghị VOV",
        "Mai Quý",
        "Theo TTXVN, trong tháng sáu sản lượng của toàn ngành đã tăng thêm hai phần trăm so với cùng kỳ",
        "Xem thêm tại https://example.com/x nhé",
        "",
    ],
)
def test_false_friends(line):
    assert credit_line(line) is None


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("Giám sát tại doanh nghiệp. Ảnh: Mai Quý", "Mai Quý"),
        ("Giám sát tại doanh nghiệp - Ảnh: AFP", "AFP"),
        ("Quang cảnh hội nghị. (Ảnh: Phạm Kiên/TTXVN)", "Phạm Kiên/TTXVN"),
        ("Nguồn ảnh: Internet", "Internet"),
        ("The valley in June. Photo: John Doe", "John Doe"),
        ("The valley in June. Photo by John Doe.", "John Doe"),
        ("Nguồn: BBC - Đồ hoạ: T.ĐẠT", "BBC"),
        ("Bản đồ. Ảnh: nhân vật cung cấp", "nhân vật cung cấp"),
        ("Toàn cảnh (Ảnh TTXVN).", "TTXVN"),
        ("Toàn cảnh (TTXVN)", "TTXVN"),
    ],
)
def test_photographers(caption, name):
    assert photo_credit(caption) == name


@pytest.mark.parametrize(
    "caption",
    ["Quang cảnh hội nghị.", "Ảnh: Quang cảnh buổi lễ", "Ảnh 1: Hội nghị", "Ảnh minh họa", "Khen thưởng (ảnh trên)"],
)
def test_captions_without_a_photographer(caption):
    assert photo_credit(caption) is None


def test_the_link_names_the_outlet_before_the_words_do():
    assert outlet_named("VnExpress", "https://www.nhandan.vn/a.html") == "nhandan"
    assert outlet_named("VnExpress", "https://unknown.example/a.html") == "vnexpress"
    assert outlet_named("Một tờ báo lạ", None) is None


def test_no_name_means_two_outlets():
    meant = {}
    for outlet in OUTLETS:
        for name in (*outlet.names, *outlet.words):
            assert find_outlet(name).outlet.site == outlet.site, name
            meant.setdefault(name.casefold(), set()).add(outlet.site)
    assert all(len(sites) == 1 for sites in meant.values())


@given(st.text(max_size=80))
def test_any_line_is_a_credit_or_not(line):
    credit_line(line)
    photo_credit(line)
    outlet_named(line, line)
