from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import tidy
from archive.types import BlockKind, Verdict
from crawler.extraction.page_lines import continues, guess_language, names
from crawler.extraction.page_text import read_page_text

TITLE = "Bản Nà Lộc mở lối vào vùng chè cổ thụ trên đỉnh núi"
LEDE = "MNĐT - Con đường dài bốn cây số vừa xong giúp người dân Nà Lộc chở chè xuống chợ trong một buổi sáng."
ONE = "Trước đây, mỗi chuyến hàng phải đi bộ qua hai con suối và mất gần một ngày mới ra đến trung tâm xã."
TWO = "Theo trưởng bản Lò Văn Pảo, dân bản góp 1.250 ngày công, nhà nước hỗ trợ xi măng và máy trộn trong ba tháng..."
THREE = (
    "Vụ chè xuân năm nay, sản lượng của bản ước đạt 42 tấn búp tươi, tăng gần một phần ba so với năm trước, trong khi "
    "giá thu mua tại xưởng giữ ở mức bốn mươi nghìn đồng một cân, đủ để mỗi nhà sắm thêm một máy sao mới (ảnh trên)."
)
FOUR = "Xã cho biết cuối năm nay sẽ làm tiếp đoạn đường còn lại, dài khoảng một cây số, lên khu trường bán trú./."
BODY = [ONE, TWO, THREE, FOUR]
TAIL = [
    "Tin cùng chuyên mục",
    "Chợ phiên Mường Lạn đông khách dịp cuối tuần",
    "Chợ phiên Mường Lạn đông khách dịp cuối tuần",
    "Sáng 6/2, hàng nghìn người từ các bản xa đổ về chợ phiên để mua sắm cho những ngày nghỉ dài sắp tới.",
    "fb yt zl tw",
]


def read(*groups, site=None):
    """The document of a page whose groups are given; lines of one group are joined by a single newline."""
    text = "\n\n".join(groups)
    document = read_page_text(text, url="urn:x", captured_at=datetime(2026, 2, 7, tzinfo=UTC), site=site)
    assert accounted(document) == Counter(tidy(text).split())
    return document


def accounted(document):
    texts = [document.title, document.kicker, document.lede]
    texts += [block.text for block in document.blocks]
    texts += [caption.text for caption in document.captions]
    texts += [furniture.text for furniture in document.furniture]
    return Counter(word for text in texts if text for word in text.split())


def body(document):
    return [block.text for block in document.blocks]


def subheads(document):
    return [block.text for block in document.blocks if block.kind is BlockKind.SUBHEAD]


def kinds(document):
    return [(furniture.kind, furniture.text) for furniture in document.furniture]


def test_title_lede_body_tail():
    document = read(TITLE, LEDE, *BODY, *TAIL)
    assert (document.verdict, document.title, document.lede, body(document)) == (Verdict.OK, TITLE, LEDE, BODY)
    assert (document.captions, document.author, document.credit) == ((), None, None)
    assert (document.language, document.published_at) == ("vi", None)
    assert kinds(document) == [("related", text) for text in TAIL[:-1]] + [("share", "fb yt zl tw")]
    assert document.provenance == {"title": "text", "lede": "text", "body": "text"}


# --- the head


def test_breadcrumb_glued_to_the_title():
    document = read(f"Trang chủDestinationsLào Cai{TITLE[:30]}...", TITLE, LEDE, *BODY)
    assert (document.title, document.lede) == (TITLE, LEDE)
    assert document.furniture[0].kind == "breadcrumb"


def test_breadcrumb_with_the_whole_title():
    assert read(f"Trang chủThời sự{TITLE}", TITLE, LEDE, *BODY).title == TITLE


def test_breadcrumb_with_marks():
    assert read("Trang chủ > Thời sự > Vùng cao", TITLE, LEDE, *BODY).title == TITLE


def test_continuation_needs_more_than_a_word_or_two():
    assert not continues("Tin từ Lào Cai", "Lào Cai: mở lối vào vùng chè")
    assert not continues(TITLE, TITLE)


def test_menu_and_section_above_the_title():
    document = read("Trang chủ\nChính trị\nKinh tế\nThể thao số\nBạn đọc viết", "Xã hội", TITLE, LEDE, *BODY)
    assert (document.title, document.section, document.kicker) == (TITLE, "Xã hội", None)


@pytest.mark.parametrize("kicker", ["Huyện vùng cao Mường Lạn:", "Chuyện ở bản xa"])
def test_kicker(kicker):
    document = read(kicker, TITLE, LEDE, *BODY)
    assert (document.kicker, document.title, document.lede) == (kicker, TITLE, LEDE)


def test_a_short_title_is_no_kicker():
    document = read("Mùa chè Nà Lộc", LEDE, *BODY)
    assert (document.kicker, document.title, document.lede) == (None, "Mùa chè Nà Lộc", LEDE)


def test_a_lede_may_lack_its_full_stop():
    for title in (TITLE, "Mùa chè Nà Lộc"):
        document = read(title, f"{LEDE[:-1]} sau bao năm chờ đợi của bà con", *BODY)
        assert (document.title, document.lede) == (title, f"{LEDE[:-1]} sau bao năm chờ đợi của bà con")


def test_title_printed_twice():
    document = read("Quay về E-magazine", TITLE, TITLE, LEDE, *BODY)
    assert (document.title, document.lede, body(document)) == (TITLE, LEDE, BODY)


def test_pictures_prove_the_title():
    document = read("Giữ lấy mùa xuân", TITLE, LEDE, ONE, f"{TITLE} ảnh 1\nNương chè.", TWO)
    assert (document.kicker, document.title) == ("Giữ lấy mùa xuân", TITLE)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Thứ năm, 2/11/2023, 19:20 (GMT+7)", "2023-11-02T19:20:00+07:00"),
        ("15:21 | 23/11/2020 GMT+7", "2020-11-23T15:21:00+07:00"),
        ("Ngày đăng: 23/11/2020 15:21 GMT+7", "2020-11-23T15:21:00+07:00"),
    ],
)
def test_date_under_the_title(line, published):
    document = read(TITLE, line, LEDE, *BODY)
    assert document.published_at.isoformat() == published
    assert (document.lede, body(document)) == (LEDE, BODY)


def test_a_naive_date_needs_a_site_that_says_what_it_means():
    assert read(TITLE, "23/11/2020 15:21", LEDE, *BODY).published_at is None
    assert read(TITLE, "23/11/2020 15:21", LEDE, *BODY, site="baolaocai").published_at.isoformat() == (
        "2020-11-23T15:21:00+07:00"
    )


def test_a_day_without_a_time_is_not_published_at():
    document = read(TITLE, "Thứ Hai, 23/11/2020", LEDE, *BODY)
    assert (document.published_at, document.lede) == (None, LEDE)


def test_the_clock_of_the_page_is_not_the_article_s():
    document = read("Thứ bảy, 07/02/2026 12:00 GMT+7", TITLE, LEDE, *BODY)
    assert (document.title, document.published_at) == (TITLE, None)


def test_author_and_date_in_one_line():
    document = read(TITLE, "Lò Thắm - 13/06/2022 08:00 GMT+7", LEDE, *BODY)
    assert (document.author, document.published_at.isoformat()) == ("Lò Thắm", "2022-06-13T08:00:00+07:00")


def test_author_under_the_title():
    document = read(
        "Tea road opens in the north", "By John Smith", "The road was built by the people of the valley.", ONE, TWO
    )
    assert (document.author, document.lede) == ("John Smith", "The road was built by the people of the valley.")


def test_no_lede_where_a_picture_comes_first():
    document = read(TITLE, "DSC_6321.JPG\nNương chè Nà Lộc.", *BODY)
    assert (document.lede, body(document)) == (None, BODY)


def test_no_lede_where_a_subhead_comes_first():
    document = read(TITLE, "Con đường mới", *BODY)
    assert (document.lede, body(document), subheads(document)) == (None, ["Con đường mới", *BODY], ["Con đường mới"])


def test_one_paragraph_is_a_body():
    document = read(TITLE, ONE)
    assert (document.lede, body(document)) == (None, [ONE])


def test_links_under_the_lede_are_furniture():
    links = "Đoàn thanh niên xã giúp bản làm đường mới vào mùa mưa Người trẻ Nà Lộc trở về giữ nghề chè của ông cha"
    document = read(TITLE, f"{LEDE}\n{links}", "Con đường mới", *BODY)
    assert (document.lede, body(document)) == (LEDE, ["Con đường mới", *BODY])
    assert ("related", links) in kinds(document)


def test_sentences_under_the_lede_are_body():
    document = read(TITLE, f"{LEDE}\n{ONE}", TWO, THREE)
    assert (document.lede, body(document)) == (LEDE, [ONE, TWO, THREE])


# --- pictures


@pytest.mark.parametrize(
    "alt",
    [
        f"{TITLE} ảnh 1",
        f"{TITLE} - Ảnh 12.",
        "Ban Na Loc mo loi vao vung che co thu tren dinh nui hinh 3",
        f"{TITLE[:40]} ảnh 2",
        "Người Nà Lộc mở lối lên vùng chè cổ thụ ảnh 2",
        TITLE,
        "Ban Na Loc mo loi vao vung che co thu tren dinh nui",
        "DSC_6321.JPG",
        "z5572164610695_9ca5efcc4ec609b8a1780f9a6fb3cef4.jpg",
        "baolaocai-tl_dsc-2409.jpg",
        "duong len ban (1).png",
        "IMG_2041",
        "Ảnh 1",
    ],
)
def test_picture_line_and_caption_below_it(alt):
    document = read(TITLE, LEDE, ONE, f"{alt}\nNương chè Nà Lộc buổi sớm.", TWO)
    assert [caption.text for caption in document.captions] == ["Nương chè Nà Lộc buổi sớm."]
    assert body(document) == [ONE, TWO]
    assert ("image_alt", alt) in kinds(document)


def test_two_pictures_in_one_group():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG\nNương chè.\nDSC_2.JPG\nXưởng chè.", TWO)
    assert [caption.text for caption in document.captions] == ["Nương chè.", "Xưởng chè."]


def test_caption_alone_in_the_next_group():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG", "Nương chè Nà Lộc.", TWO)
    assert ([caption.text for caption in document.captions], body(document)) == (["Nương chè Nà Lộc."], [ONE, TWO])


def test_paragraph_after_a_picture_without_caption():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG", THREE, TWO)
    assert (document.captions, body(document)) == ((), [ONE, THREE, TWO])


def test_gallery_without_captions():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG\nDSC_2.JPG\nDSC_3.JPG", THREE, TWO)
    assert (document.captions, body(document)) == ((), [ONE, THREE, TWO])


def test_numbered_subhead_after_a_picture_is_no_caption():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG", "2. Mùa chè xuân", TWO)
    assert (document.captions, subheads(document)) == ((), ["2. Mùa chè xuân"])


@pytest.mark.parametrize("separator", ["\n", "\n\n"])
def test_caption_printed_twice(separator):
    caption = "Trưởng bản Lò Văn Pảo nói chuyện với người dân."
    document = read(TITLE, LEDE, ONE, f"{caption}{separator}{caption}", TWO)
    assert ([each.text for each in document.captions], body(document)) == ([caption], [ONE, TWO])
    assert ("duplicate_caption", caption) in kinds(document)


def test_caption_repeated_with_its_photographer():
    caption = "Trưởng bản Lò Văn Pảo nói chuyện với người dân."
    document = read(TITLE, LEDE, ONE, f"{caption}\n{caption} Ảnh: Lò Thắm", TWO)
    assert [(each.text, each.credit) for each in document.captions] == [(f"{caption} Ảnh: Lò Thắm", "Lò Thắm")]


def test_photographer_on_a_line_of_its_own():
    document = read(TITLE, LEDE, ONE, "DSC_1.JPG\nNương chè Nà Lộc.\nẢnh: Lò Thắm", TWO)
    assert [(each.text, each.credit) for each in document.captions] == [("Nương chè Nà Lộc. Ảnh: Lò Thắm", "Lò Thắm")]


def test_caption_without_a_picture_line():
    document = read(TITLE, LEDE, ONE, "Nương chè Nà Lộc buổi sớm. Ảnh: Lò Thắm", TWO)
    assert ([each.credit for each in document.captions], body(document)) == (["Lò Thắm"], [ONE, TWO])


# --- the body


def test_subheads_stand_between_paragraphs():
    document = read(TITLE, LEDE, "Con đường của ý chí", ONE, "Mùa chè xuân", "DSC_1.JPG\nNương chè.", TWO)
    assert subheads(document) == ["Con đường của ý chí", "Mùa chè xuân"]


def test_list_items_are_no_subheads():
    items = ["- Chè búp một tôm hai lá", "- Chè móc câu", "• Chè vàng", "1. Xã Mường Lạn", "2. Xã Nà Tăm"]
    document = read(TITLE, LEDE, ONE, *items, TWO)
    assert (subheads(document), body(document)) == ([], [ONE, *items, TWO])


def test_list_in_one_group():
    document = read(TITLE, LEDE, f"{ONE}\n- Chè búp\n- Chè móc câu", TWO)
    assert (subheads(document), body(document)) == ([], [ONE, "- Chè búp", "- Chè móc câu", TWO])


def test_poem():
    poem = (
        "Đường lên bản nhỏ mây che\nBàn chân mẹ với gùi chè trên lưng\nSáng nay nghe suối reo mừng\nHương rừng theo sau"
    )
    document = read(TITLE, LEDE, ONE, poem, TWO)
    assert (subheads(document), body(document)) == ([], [ONE, *poem.split("\n"), TWO])


def test_poem_right_under_the_title():
    poem = "Đường lên bản nhỏ mây che,\nBàn chân mẹ với gùi chè trên lưng\nSáng nay nghe suối reo,\nHương rừng theo sau"
    document = read(TITLE, poem, ONE, TWO)
    assert (document.lede, body(document)) == (None, [*poem.split("\n"), ONE, TWO])


def test_quotes_stay_in_place():
    quote = "“Có đường rồi, bọn trẻ đi học không còn phải lội suối nữa”, bà Pảo nói."
    assert body(read(TITLE, LEDE, ONE, quote, TWO)) == [ONE, quote, TWO]


def test_paragraph_broken_at_a_column():
    lines = [
        "Trước đây mỗi chuyến hàng phải đi bộ qua hai con suối và mất gần",
        "một ngày mới ra đến trung tâm xã, cho nên chè tươi thường phải để",
        "qua đêm trước khi đến xưởng và bán được rất ít tiền cho người hái.",
    ]
    assert body(read(TITLE, LEDE, "\n".join(lines), TWO)) == [" ".join(lines), TWO]


@pytest.mark.parametrize("line", ["Xem thêm: Chợ phiên Mường Lạn đông khách", ">> Chợ phiên Mường Lạn đông khách"])
def test_links_inside_the_body(line):
    document = read(TITLE, LEDE, ONE, line, TWO)
    assert body(document) == [ONE, TWO]
    assert ("related", line) in kinds(document)


def test_box_inside_the_body():
    document = read(
        TITLE, LEDE, ONE, "Tin liên quan\nChợ phiên Mường Lạn đông khách\nSương muối hại rau", TWO, THREE, *TAIL
    )
    assert body(document) == [ONE, TWO, THREE]


# --- the end


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        (["Lò Thắm"], "Lò Thắm"),
        (["Lò Thắm - Vàng A Sử"], "Lò Thắm, Vàng A Sử"),
        (["Lò Thắm", "Vàng A Sử"], "Lò Thắm, Vàng A Sử"),
        (["Bài, ảnh: Lò Thắm"], "Lò Thắm"),
        (["LÒ THẮM"], "LÒ THẮM"),
        (["Hà Thu (tổng hợp)"], "Hà Thu"),
        (["Theo Lò Thắm"], "Lò Thắm"),
        (["P.V"], None),
        (["PV"], "PV"),
        (["Thắm"], None),
        (["Lò Văn Pảo nói thêm về mùa chè mới."], None),
    ],
)
def test_byline(lines, author):
    assert read(TITLE, LEDE, *BODY, *lines, *TAIL).author == author


def test_a_list_of_names_is_body():
    people = ["Lò Văn Pảo", "Vàng A Sử", "Giàng Thị Mỷ", "Lý Láo Tả", "Chảo Mùi Nải"]
    document = read(TITLE, LEDE, ONE, "Danh sách hộ hiến đất gồm:", *people, *TAIL)
    assert (document.author, body(document)[-5:]) == (None, people)


@pytest.mark.parametrize(
    ("line", "site"),
    [("Theo TTXVN", "vietnamplus"), ("Báo Đại đoàn kết", "daidoanket"), ("(Theo Reuters)", "reuters")],
)
def test_credit(line, site):
    document = read(TITLE, LEDE, *BODY, line, *TAIL)
    assert (document.credit.site, body(document)) == (site, BODY)
    assert ("credit", line) in kinds(document)


def test_aggregator_s_end():
    document = read(TITLE, LEDE, *BODY, "Tuệ Phương", "Báo Vùng Cao Mới\nnull", "Source link", "Cùng chủ đề", "Nổi bật")
    assert (document.author, document.credit.name, document.credit.site) == ("Tuệ Phương", "Báo Vùng Cao Mới", None)
    assert ("boilerplate", "null") in kinds(document)
    assert ("boilerplate", "Source link") in kinds(document)


@pytest.mark.parametrize(
    "lines",
    [
        ["Từ khóa: chè cổ thụ, Nà Lộc, đường mới"],
        ["Tags: chè cổ thụ | Nà Lộc | đường mới"],
        ["#chè cổ thụ #Nà Lộc #đường mới"],
        ["Từ khóa:", "chè cổ thụ\nNà Lộc\nđường mới"],
    ],
)
def test_tags(lines):
    document = read(TITLE, LEDE, *BODY, "Lò Thắm", *lines, *TAIL)
    assert (document.tags, document.author) == (("chè cổ thụ", "Nà Lộc", "đường mới"), "Lò Thắm")
    assert body(document) == BODY


def test_share_rails_and_empty_boxes_at_the_end():
    document = read(
        TITLE, LEDE, *BODY, "Lò Thắm", "Chia sẻ Facebook Zalo", "Theo dõi Báo Vùng Cao trên Google News", *TAIL
    )
    assert (document.author, body(document)) == ("Lò Thắm", BODY)


# --- the tail


@pytest.mark.parametrize(
    "heading",
    [
        "Có thể bạn quan tâm",
        "TIN LIÊN QUAN",
        "Nên xem",
        "Tin khác:",
        "Đọc thêm",
        "Related articles",
        "Most read",
        "Cùng tác giả",
    ],
)
def test_everything_after_a_heading_is_furniture(heading):
    assert body(read(TITLE, LEDE, *BODY, heading, *TAIL[1:])) == BODY


def test_a_heading_that_no_list_knows():
    document = read(TITLE, LEDE, *BODY, "Tin đáng chú ý", *TAIL[1:4], "Sương muối hại rau", "Sương muối hại rau", ONE)
    assert body(document) == BODY


def test_cut_off_excerpts_without_a_heading():
    items = ["Chợ phiên Mường Lạn đông khách", f"{LEDE[:-1]}...", "Sương muối làm chậm vụ rau", f"{ONE[:-1]}..."]
    assert body(read(TITLE, LEDE, *BODY, *items)) == BODY


def test_comments():
    document = read(TITLE, LEDE, *BODY, "Bình luận (2)", "Hay quá, bản mình cũng mong có đường như vậy.", *TAIL)
    assert ("comments", "Hay quá, bản mình cũng mong có đường như vậy.") in kinds(document)
    assert ("related", TAIL[1]) in kinds(document)


def test_english_page():
    lede = "A new road gives the tea growers of the valley a way to the market that takes them less than an hour."
    first = "The road was built by the people of the village, and the state paid for the cement that was needed."
    second = "It is the first of three roads that the province has promised to the growers in the north of the valley."
    picture = "Photo 1\nThe valley. Photo: John Doe"
    tail = ["Read more", "Market day draws a crowd", "Frost slows the harvest"]
    document = read("New road opens the way to ancient tea", lede, picture, first, second, "Jane Roe", *tail)
    assert (document.lede, body(document), document.author) == (lede, [first, second], "Jane Roe")
    assert (document.captions[0].credit, document.language) == ("John Doe", "en")


# --- no article


@pytest.mark.parametrize(
    "text", ["", " \n \n", "Trang chủ\nThời sự", TITLE, f"{TITLE}\n\nTin cùng chuyên mục\n\nMột tin"]
)
def test_no_article(text):
    document = read_page_text(text, url="urn:x", captured_at=datetime(2026, 2, 7, tzinfo=UTC), site=None)
    assert (document.verdict, document.blocks) == (Verdict.NO_ARTICLE, ())


def test_language():
    assert guess_language(ONE) == "vi"
    assert guess_language("The road is the first of three that the province has promised to the growers.") == "en"
    assert guess_language("Le président a déclaré que l'été était très chaud à Genève.") is None
    assert guess_language("") is None


def test_names():
    assert names("Mai Quý") == ["Mai Quý"]
    assert names("Bài và ảnh: Mai Quý, Lò Thắm") == ["Mai Quý", "Lò Thắm"]
    assert names("Byron Smith") == ["Byron Smith"]
    for line in (
        "Hà Nội",
        "Hội nghị Trung ương",
        "Theo Bộ Công Thương",
        "Báo Lào Cai",
        "Ảnh: Mai Quý",
        "Mùa 2",
        "Mai Quý:",
    ):
        assert names(line) == [], line


PIECES = [TITLE, LEDE, *BODY, *TAIL, f"{TITLE} ảnh 1", "", "", "DSC_1.JPG", "Lò Thắm", "Theo TTXVN", "null"]
PIECES += [
    "-",
    "...",
    "#a",
    "Xem thêm",
    "Từ khóa:",
    "07/03/2026 08:01 GMT+7",
    "Một hai ba",
    "Ảnh:",
    "Ảnh: Lò Thắm",
    "Nổi bật",
]
PIECES += ["Bình luận", ">>", "1."]
LINES = st.sampled_from(PIECES)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "ảnh 1 ",
        "a.",
        "x@",
        "Xem thêm\n\n",
        "Lò Thắm\n",
        f"{TITLE}\n\n",
        f"{ONE}\n{ONE}\n",
        "Từ khóa:\n",
        "1. a\n\n",
    ],
)
def test_hostile_text_is_read_in_time(piece):
    text = piece * (150_000 // len(piece))
    started = time.monotonic()
    read_page_text(text, url="urn:x", captured_at=datetime(2026, 2, 7, tzinfo=UTC), site=None)
    assert time.monotonic() - started < 10


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_no_word_is_lost_or_doubled(lines):
    read("\n".join(lines))


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_accounted_for(text):
    read(text)
