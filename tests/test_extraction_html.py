"""What HTML pages say: the body by site rules and without them, ledes, captions, bylines, credits, furniture."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import html_pages as pages
import pytest
from lxml.cssselect import CSSSelector

import crawler
from archive.types import Block, BlockKind, Caption, Verdict
from crawler.extraction.html import read_html
from crawler.sites import find_site, rules_digest, site_of, sites

NOW = datetime(2026, 3, 8, tzinfo=UTC)
LAO_CAI = "https://baolaocai.vn/ban-na-loc-mo-loi-post394811.html"
TUOI_TRE = "https://tuoitre.vn/ban-na-loc-mo-loi-20260307080100123.htm"
LAO_DONG = "https://laodongthudo.vn/ban-na-loc-mo-loi-114192.html"
CAFEF = "https://cafef.vn/ban-na-loc-mo-loi-188260307000100123.chn"
UNKNOWN = "https://vi-du.example/ban-na-loc"


def read(text, url=LAO_CAI, *, at=NOW, headers=(), site=None):
    return read_html(text, url=url, captured_at=at, headers=headers, site=site)


def texts(document):
    return [block.text for block in document.blocks]


def furniture(document, kind):
    return [item.text for item in document.furniture if item.kind == kind]


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        pytest.param(pages.epi(), LAO_CAI, "epi", id="ePi"),
        pytest.param(pages.epi(lede_tag="h2"), "https://www.vietnamplus.vn/ban-na-loc-post1.vnp", "epi", id="ePi, h2"),
        pytest.param(pages.mastercms(), LAO_DONG, "mastercms", id="MasterCMS"),
        pytest.param(pages.vccorp(), TUOI_TRE, "vccorp", id="VCCorp"),
        pytest.param(pages.cafef(), CAFEF, "cafef", id="CafeF"),
        pytest.param(pages.daidoanket(), "https://daidoanket.vn/ban-na-loc.html", "daidoanket", id="Đại Đoàn Kết"),
        pytest.param(pages.vnexpress(), "https://vnexpress.net/ban-na-loc-4812345.html", "vnexpress", id="VnExpress"),
        pytest.param(pages.dantri(), "https://dantri.com.vn/x/na-loc-20260307080100123.htm", "dantri", id="Dân trí"),
        pytest.param(pages.vietnamnet(), "https://vietnamnet.vn/na-loc-2411234.html", "vietnamnet", id="VietNamNet"),
    ],
)
def test_a_family_is_read_by_its_rules(text, url, name):
    document = read(text, url)
    assert document.verdict is Verdict.OK
    assert document.provenance["body"] == f"{name}/body"
    assert [text for text in texts(document) if text in pages.PARAGRAPHS] == list(pages.PARAGRAPHS)
    assert set(texts(document)) <= {*pages.PARAGRAPHS, pages.SUBHEAD}
    assert document.title == pages.TITLE
    assert document.lede is not None
    assert document.lede.endswith(pages.LEDE)
    assert document.published_at is not None
    assert document.published_at.utcoffset() == timedelta(hours=7)
    assert document.language == "vi"


def test_a_caption_leaves_the_body_with_its_photographer():
    document = read(pages.epi())
    assert document.captions == (Caption(pages.CAPTION, "Lò Thắm"),)
    assert pages.CAPTION not in document.body


def test_a_photographer_named_apart_from_the_caption_is_its_credit():
    document = read(pages.epi(body=pages.picture("Chè phơi trên sàn.", source="Ảnh: Vàng Mỷ") + pages.paragraphs()))
    assert document.captions[0].credit == "Vàng Mỷ"


def test_an_image_alt_is_furniture_and_no_caption():
    document = read(pages.epi())
    assert furniture(document, "image_alt") == [f"{pages.TITLE} ảnh 1"]


def test_mastercms_repeats_the_title_as_alt_and_lists_related_stories_first():
    related = f'<table><tr><td><a href="/a-11.html">{pages.RELATED[0]}</a></td></tr></table>'
    document = read(pages.mastercms(related=related), LAO_DONG)
    assert texts(document) == list(pages.PARAGRAPHS)
    assert furniture(document, "related") == [pages.RELATED[0]]
    assert document.kicker == "Xã Mường Lạn:"
    assert document.author == "Lò Thắm"
    assert furniture(document, "byline") == ["Lò Thắm"]


def test_a_first_mastercms_table_with_a_picture_is_no_related_list():
    assert [caption.text for caption in read(pages.mastercms(), LAO_DONG).captions] == [pages.CAPTION]


def test_stories_below_the_article_are_furniture_one_by_one():
    tail = "<h3>Tin cùng chuyên mục</h3>" + "".join(pages.story(title, "Tóm tắt.") for title in pages.TEASERS)
    document = read(pages.epi(tail=tail))
    found = furniture(document, "related")
    assert found == ["Tin cùng chuyên mục", *(f"{title} Tóm tắt." for title in pages.TEASERS)]
    assert all(item.rule.startswith("epi/") for item in document.furniture)


def test_a_related_box_inside_the_body_does_not_change_what_is_read():
    first = read(pages.epi(body=pages.paragraphs() + pages.story(pages.RELATED[0])))
    second = read(pages.epi(body=pages.paragraphs() + pages.story(pages.RELATED[1])))
    assert first.blocks == second.blocks
    assert first.furniture != second.furniture


def test_adverts_between_lede_and_body_are_recorded():
    assert furniture(read(pages.epi()), "advert") == ["Quảng cáo chè"]


def test_a_line_that_is_only_a_link_is_related_wherever_it_stands():
    body = pages.paragraphs(
        pages.PARAGRAPHS[0], f'<a href="/x-post2.html">{pages.RELATED[1]}</a>', *pages.PARAGRAPHS[1:]
    )
    document = read(pages.epi(body=body))
    assert texts(document) == list(pages.PARAGRAPHS)
    assert furniture(document, "related") == [pages.RELATED[1]]


def test_headings_and_short_bold_paragraphs_are_subheads():
    body = f"<p>{pages.PARAGRAPHS[0]}</p><p><strong>Đường mới</strong></p><p>{pages.PARAGRAPHS[1]}</p>"
    body += "<h3>Chợ gần</h3><p>Hết.</p>"
    kinds = [(block.text, block.kind) for block in read(pages.epi(body=body)).blocks]
    assert kinds[1] == ("Đường mới", BlockKind.SUBHEAD)
    assert kinds[3] == ("Chợ gần", BlockKind.SUBHEAD)
    assert kinds[0][1] is kinds[2][1] is BlockKind.PARAGRAPH


def test_the_title_repeated_above_the_body_is_cut():
    document = read(pages.epi(body=f"<p>{pages.TITLE}</p>{pages.paragraphs()}"))
    assert texts(document) == list(pages.PARAGRAPHS)
    assert pages.TITLE in furniture(document, "boilerplate")


@pytest.mark.parametrize(
    ("line", "author"),
    [
        pytest.param('<p style="text-align: right"><strong>Vàng Mỷ</strong></p>', "Vàng Mỷ", id="right and bold"),
        pytest.param('<p align="right">Vàng Mỷ - Lò Thắm</p>', "Vàng Mỷ - Lò Thắm", id="two names"),
        pytest.param("<p>Vàng Mỷ (tổng hợp)</p>", "Vàng Mỷ", id="with a role"),
        pytest.param("<p>Bài, ảnh: Vàng Mỷ</p>", "Vàng Mỷ", id="introduced"),
        pytest.param("<p>Vàng Mỷ</p>", "Vàng Mỷ", id="after the last sentence"),
    ],
)
def test_a_byline_below_the_text_is_the_author(line, author):
    document = read(pages.epi(body=pages.paragraphs() + line, author=""))
    assert document.author == author
    assert texts(document) == list(pages.PARAGRAPHS)
    assert len(furniture(document, "byline")) == 1


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Theo ông Pảo, bản sẽ trồng thêm chè.", id="reported speech"),
        pytest.param("Người dân rất vui.", id="short sentence"),
        pytest.param("Giá chè búp | 12.000 đồng", id="figures"),
    ],
)
def test_a_last_sentence_stays(line):
    document = read(pages.epi(body=pages.paragraphs(*pages.PARAGRAPHS, line), author=""))
    assert texts(document)[-1] == line


def test_theo_at_the_end_is_a_credit():
    document = read(pages.epi(body=pages.paragraphs(*pages.PARAGRAPHS, "Theo TTXVN"), author=""))
    assert document.credit is not None
    assert document.credit.site == "vietnamplus"
    assert document.author is None
    assert furniture(document, "credit") == ["Theo TTXVN"]


def test_cafef_names_and_links_the_original():
    document = read(pages.cafef(), CAFEF)
    assert document.credit is not None
    assert (document.credit.name, document.credit.site) == ("Đại Đoàn kết", "daidoanket")
    assert document.credit.url == "https://daidoanket.vn/duong-moi-na-loc.html"
    assert document.author is None


def test_vietnam_vn_names_the_origin_above_its_link():
    document = read(pages.tagdiv(), "https://vietnam.vn/ban-na-loc", at=datetime(2024, 8, 13, tzinfo=UTC))
    assert document.credit is not None
    assert (document.credit.name, document.credit.site) == ("Báo Đại đoàn kết", "daidoanket")
    assert document.credit.url == "https://daidoanket.vn/duong-moi-na-loc.html"
    assert document.author == "Lò Thắm"
    assert document.lede == pages.LEDE
    assert texts(document) == list(pages.PARAGRAPHS)
    assert {item.text for item in document.furniture} >= {"null", "Source link", "Báo Đại đoàn kết", "Lò Thắm"}


def test_a_platform_b_page_of_vietnam_vn():
    text = pages.page(f'<h1>{pages.TITLE}</h1><div class="post-detail-body">{pages.paragraphs()}</div>')
    assert read(text, "https://www.vietnam.vn/ban-na-loc").provenance["body"] == "vietnam_vn/body"


def test_a_second_body_of_the_template_is_not_the_article():
    document = read(pages.vccorp(), TUOI_TRE)
    assert "Khối thứ hai của trang." not in document.body
    assert "Khối thứ hai của trang." in furniture(document, "boilerplate")


def test_rules_are_chosen_by_the_day_of_capture():
    site = find_site("dantri")
    old = [rules.name for rules in site.rules_on(datetime(2023, 1, 1, tzinfo=UTC))]
    new = [rules.name for rules in site.rules_on(datetime(2026, 6, 1, tzinfo=UTC))]
    assert (old, new) == (["dantri-singular"], ["dantri"])


def test_the_2020_pages_of_mastercms_take_title_and_lede_from_the_head():
    head = f'<meta property="og:title" content="{pages.TITLE}"><meta name="description" content="{pages.LEDE}">'
    text = pages.page(
        f'<div class="content_detail"><div class="tool"><i>09:00 | 10/03/2020</i></div><p class="sapo">{pages.LEDE}</p>'
        f'<div class="detail_info">{pages.paragraphs()}</div></div>',
        head=head,
    )
    document = read(text, LAO_DONG, at=datetime(2020, 3, 11, tzinfo=UTC))
    assert (document.title, document.lede) == (pages.TITLE, pages.LEDE)
    assert document.published_at == datetime(2020, 3, 10, 2, tzinfo=UTC)
    assert document.provenance["published_at"] == "mastercms-2020/published"


def generic(inner, *, description=pages.LEDE, **options):
    head = f'<meta name="description" content="{description}">' if description else ""
    return read(
        pages.page(f"<main><article><h1>{pages.TITLE}</h1>{inner}</article></main>", head=head, **options), UNKNOWN
    )


BODY = pages.paragraphs(
    *pages.PARAGRAPHS, *(f"Đoạn thêm {number}: {text}" for number, text in enumerate(pages.PARAGRAPHS))
)


@pytest.mark.parametrize(
    ("inner", "description", "lede"),
    [
        pytest.param(f'<h2 class="sapo">{pages.LEDE}</h2>{BODY}', pages.LEDE, pages.LEDE, id="outside the text"),
        pytest.param(f"<p>{pages.LEDE}</p>{BODY}", pages.LEDE, pages.LEDE, id="first paragraph"),
        pytest.param(
            f"<p><b>LCĐT - {pages.LEDE}</b></p>{BODY}", pages.LEDE, f"LCĐT - {pages.LEDE}", id="with a dateline"
        ),
        pytest.param(
            f'<div class="sapo">{pages.LEDE}</div>{BODY}', pages.LEDE[:70] + "...", pages.LEDE, id="cut description"
        ),
        pytest.param(f"<p>{pages.LEDE}</p>{BODY}", "", None, id="no description"),
        pytest.param(BODY, pages.LEDE, None, id="not on the page"),
        pytest.param(BODY, pages.PARAGRAPHS[0][:60] + "...", None, id="cut from an ordinary paragraph"),
    ],
)
def test_a_lede_without_rules_is_a_description_that_can_be_read(inner, description, lede):
    document = generic(inner, description=description)
    assert document.lede == lede
    assert lede is None or lede not in document.body
    assert pages.PARAGRAPHS[0] in texts(document)


@pytest.mark.parametrize(
    ("opening", "end", "site"),
    [
        pytest.param(f"LCĐT - {pages.LEDE}", "", "baolaocai", id="another paper's"),
        pytest.param(f"(Dân trí) - {pages.LEDE}", "", "dantri", id="in brackets"),
        pytest.param(f"LCĐT - {pages.LEDE}", "<p>Theo TTXVN</p>", "vietnamplus", id="a credit says more"),
        pytest.param(f"Sa Pa - {pages.LEDE}", "", None, id="a place"),
    ],
)
def test_a_dateline_that_was_copied_names_the_source(opening, end, site):
    document = generic(f"<p><b>{opening}</b></p>{BODY}{end}")
    assert (document.credit and document.credit.site, "credit" in document.provenance) == (site, site is not None)


def test_a_dateline_of_ones_own_names_no_source():
    page = pages.page(f"<main><article><h1>{pages.TITLE}</h1><p>VnExpress - {pages.LEDE}</p>{BODY}</article></main>")
    document = read(page, "https://vnexpress.net/duong-moi-na-loc-4712345.html")
    assert (document.verdict, document.credit) == (Verdict.OK, None)


def test_a_page_without_rules_gives_text_and_credit():
    document = generic(BODY + "<p>Theo TTXVN</p>")
    assert document.provenance["body"] == "paragraphs"
    assert document.credit.name == "TTXVN"
    assert pages.TITLE not in texts(document)
    assert texts(document)[0] == pages.PARAGRAPHS[0]


def test_a_page_is_read_the_same_ten_times():
    text = pages.page(f"<article><h1>{pages.TITLE}</h1>{BODY}</article>")
    assert len({repr(read(text, UNKNOWN)) for _ in range(10)}) == 1


def test_a_figure_on_a_page_without_rules_gives_its_caption():
    document = generic(BODY + f"<figure><img alt=x><figcaption>{pages.CAPTION}</figcaption></figure>{BODY}")
    assert document.captions == (Caption(pages.CAPTION, "Lò Thắm"),)
    assert pages.CAPTION not in document.body


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param(pages.teaser_list(), UNKNOWN, id="section page"),
        pytest.param(pages.teaser_list(30), "https://baolaocai.vn/kinh-te/", id="section page of a known site"),
        pytest.param(pages.page("<p>Xin chào.</p>"), UNKNOWN, id="nearly nothing"),
        pytest.param("", UNKNOWN, id="empty"),
        pytest.param("<html>", UNKNOWN, id="no body"),
        pytest.param("<!-- -->", UNKNOWN, id="a comment"),
        pytest.param(pages.page(BODY), "https://baolaocai.vn/", id="front page"),
        pytest.param(pages.page(BODY), "https://baolaocai.vn/tu-khoa/che-tag12.html", id="tag page"),
    ],
)
def test_a_page_without_an_article(text, url):
    document = read(text, url)
    assert document.verdict is Verdict.NO_ARTICLE
    assert document.detail
    assert document.blocks == ()


def test_an_article_with_many_teasers_below_is_an_article():
    tail = "".join(
        f'<div><h3><a href="/{n}">{t}</a></h3><p>{pages.PARAGRAPHS[0]}</p></div>' for n, t in enumerate(pages.TEASERS)
    )
    head = pages.json_ld(datePublished="2026-03-01T08:00:00+07:00")
    document = read(pages.page(f"<article><h1>{pages.TITLE}</h1>{BODY}</article>{tail}", head=head), UNKNOWN)
    assert document.verdict is Verdict.OK
    assert pages.PARAGRAPHS[1] in texts(document)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<div>" * 5000 + "x" + "</div>" * 5000, id="deep"),
        pytest.param("<p>\x00\x01\ud800" + pages.epi(), id="characters that are none"),
        pytest.param('<p title="tỷ "usd" <<<a href=></p' + pages.epi(), id="quotes in attributes"),
        pytest.param("<table>" * 300 + pages.epi(), id="tables never closed"),
        pytest.param('<?xml version="1.0" encoding="utf-16"?>' + pages.epi(), id="declares another encoding"),
        pytest.param(
            pages.epi(head='<base href="http://[x"><link rel="canonical" href="http://[">'), id="broken addresses"
        ),
    ],
)
@pytest.mark.parametrize("url", [LAO_CAI, UNKNOWN, "urn:sha256:00", "http://[bad"])
def test_no_page_raises(text, url):
    assert read(text, url).verdict in Verdict


def test_a_page_of_unknown_address_is_read_as_its_site():
    assert read(pages.epi(), "urn:sha256:00", site="baolaocai").provenance["body"] == "epi/body"


def test_a_table_of_figures_is_read_row_by_row():
    table = "<table><tr><td>Năm</td><td>Sản lượng</td></tr><tr><td>2025</td><td>42 tấn</td></tr></table>"
    document = read(pages.epi(body=pages.paragraphs() + table + "<p>Hết bảng.</p>"))
    assert texts(document)[3:] == ["Năm | Sản lượng", "2025 | 42 tấn", "Hết bảng."]


def test_doubled_line_breaks_separate_paragraphs():
    document = read(pages.epi(body="Dòng một của bài<br>vẫn là đoạn đó.<br><br>Đoạn hai của bài."))
    assert document.blocks == (Block("Dòng một của bài vẫn là đoạn đó."), Block("Đoạn hai của bài."))


def test_every_site_is_declared_under_its_own_name():
    spiders = Path(crawler.__file__).parent.parent / "spiders"
    names = {path.stem for path in spiders.glob("*.py")} - {"__init__"}
    assert {site.name for site in sites()} == names
    hosts = [host for site in sites() for host in site.hosts]
    assert len(hosts) == len(set(hosts))


def test_a_site_is_found_by_its_hosts_only():
    assert site_of("https://www.baolaocai.vn/x").name == "baolaocai"
    assert site_of("https://BaoLaoCai.vn:443/x").name == "baolaocai"
    assert site_of("https://baolaocai.vn.example/x") is None
    assert site_of("urn:sha256:00") is None


def test_every_selector_compiles():
    for site in sites():
        for rules in site.rule_sets:
            selectors = [s for pick in rules.picks for s in pick.selectors] + [
                s for cut in rules.cuts for s in cut.selectors
            ]
            selectors += [
                s for picture in rules.pictures for s in (picture.container, picture.caption, picture.source) if s
            ]
            for selector in selectors:
                assert CSSSelector(selector, translator="html").path


def test_the_rules_digest_is_stable():
    assert rules_digest() == rules_digest()
    assert len(rules_digest()) == 64


def test_crawler_never_imports_spiders_by_statement():
    root = Path(crawler.__file__).parent
    for path in (root / "sites.py", *(root / "extraction").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] in ("spiders", "scrapy", "twisted") for name in named), path


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        pytest.param("<p>Sign up for our newsletter and read it first.</p>", "pitch", id="pitch"),
        pytest.param("<p>Suscríbete a nuestro boletín cada mañana.</p>", "pitch", id="pitch, Spanish"),
        pytest.param("<p>© 2026 Báo Nà Lộc</p>", "copyright", id="copyright"),
        pytest.param("<p>Lire aussi : <a href='/a'>Le marché du mardi</a></p>", "read_more", id="read more"),
        pytest.param(
            "".join(
                f"<div><h3><a href='/{n}'>Le marché du mardi {n}</a></h3><p>Un mot sur la fontaine et elle.</p></div>"
                for n in "ab"
            ),
            "teasers",
            id="teasers",
        ),
    ],
)
def test_what_words_and_shape_give_away_leaves_a_page_without_rules(line, rule):
    document = read(
        pages.page(f"<article>{pages.paragraphs(*pages.PARAGRAPHS * 4)}<div>{line}</div></article>"), UNKNOWN
    )
    assert set(texts(document)) == set(pages.PARAGRAPHS)
    assert f"paragraphs/{rule}" in {item.rule for item in document.furniture}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Join me in the garden, said the writer of the newsletter, and she laughed.", id="long way"),
        pytest.param("The editors hope that readers will subscribe to their newsletter.", id="reported"),
        pytest.param("Read more: that was her advice to every child of the village.", id="no link"),
        pytest.param("Copyright law will change in May.", id="copyright as a subject"),
    ],
)
def test_a_sentence_about_such_things_stays(text):
    story = (*pages.PARAGRAPHS * 4, text, pages.PARAGRAPHS[0])
    document = read(pages.page(f"<article>{pages.paragraphs(*story)}</article>"), UNKNOWN)
    assert text in texts(document)


@pytest.mark.parametrize(
    ("markup", "author"),
    [
        pytest.param("<span itemprop='author'>Lò Thắm</span>", "Lò Thắm", id="itemprop"),
        pytest.param("<p class='post-author-name'>By Lò Thắm | 4 May 2026</p>", "Lò Thắm", id="class"),
        pytest.param("<p class='byline'>By <a>Lò Thắm</a><span>Reporter</span></p>", "Lò Thắm", id="role"),
        pytest.param("<div class='related'><p class='byline'>By Lò Thắm</p></div>", None, id="of another story"),
        pytest.param("<p class='author'>More from our staff</p>", None, id="nobody"),
    ],
)
def test_the_author_in_a_pages_markup_is_read_without_rules(markup, author):
    text = f"<div>{markup}</div><article>{pages.paragraphs(*pages.PARAGRAPHS * 4)}</article>"
    assert read(pages.page(text), UNKNOWN).author == author


DEK = "A road of four kilometres brings the tea of a mountain village to the market in one morning."


@pytest.mark.parametrize(
    ("header", "lede"),
    [
        pytest.param(f"<p class='article__standfirst'>{DEK}</p>", DEK, id="standfirst"),
        pytest.param(f"<div class='post-hero'><h2 class='subtitle'>{DEK}</h2></div>", DEK, id="heading"),
        pytest.param(f"<div class='author-bio'><p class='description'>{DEK}</p></div>", None, id="about the author"),
        pytest.param(f"<div class='promo'><p class='subtitle'>{DEK}</p></div>", None, id="promotion"),
        pytest.param(f"<p class='summary'><a href='/x'>{DEK}</a></p>", None, id="a link"),
        pytest.param("<p class='subtitle'>Read it now</p>", None, id="a few words"),
        pytest.param(f"<p class='lead'>{pages.PARAGRAPHS[0]}</p>", None, id="a line of the text"),
        pytest.param("<p class='subtitle'>By Mai Lan of the desk for the mountains</p>", None, id="byline"),
    ],
)
def test_what_the_mark_up_below_the_headline_calls_a_standfirst_is_the_lede(header, lede):
    text = f"<main><h1>{pages.TITLE}</h1>{header}<article>{pages.paragraphs(*pages.PARAGRAPHS * 4)}</article></main>"
    assert read(pages.page(text), UNKNOWN).lede == lede


def test_what_is_called_a_summary_below_the_text_is_no_lede():
    story = pages.paragraphs(*pages.PARAGRAPHS * 4)
    text = f"<main><h1>{pages.TITLE}</h1><article>{story}</article><p class='summary'>{DEK}</p></main>"
    assert read(pages.page(text), UNKNOWN).lede is None
