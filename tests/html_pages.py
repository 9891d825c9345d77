"""Builders of small pages in the shape of real ones; every text in here is invented."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

import json
from html import escape
from typing import Any

from lxml.html import HtmlElement, document_fromstring

TITLE = "Bản Nà Lộc mở lối vào vùng chè cổ thụ"
LEDE = "Con đường bê tông dài bốn cây số vừa hoàn thành giúp người dân Nà Lộc chở chè xuống chợ trong một buổi sáng."
PARAGRAPHS = (
    "Trước đây, mỗi chuyến hàng phải đi bộ qua hai con suối và mất gần một ngày mới ra đến trung tâm xã.",
    "Theo trưởng bản Lò Văn Pảo, dân bản góp 1.250 ngày công, nhà nước hỗ trợ xi măng và máy trộn trong ba tháng.",
    "Vụ chè xuân năm nay, sản lượng của bản ước đạt 42 tấn búp tươi, tăng gần một phần ba so với năm trước.",
)
SUBHEAD = "Đường mới, chợ gần"
CAPTION = "Người dân Nà Lộc hái chè trên đồi Pú Tỷ. Ảnh: Lò Thắm"
RELATED = ("Chợ phiên Mường Lạn đông khách dịp cuối tuần", "Sương muối làm chậm vụ rau ở vùng cao Tả Ngài")
TEASERS = tuple(f"Chuyện số {number}: người giữ nghề dệt lanh ở bản xa" for number in range(1, 9))


def json_ld(**fields: Any) -> str:
    """A JSON-LD article as a script element; `_` stands for `@`."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **fields}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def page(body: str, *, head: str = "", lang: str = "vi", title: str = TITLE) -> str:
    """A whole page around `body`."""
    language = f' lang="{lang}"' if lang else ""
    return (
        f"<!DOCTYPE html><html{language}><head><meta charset='utf-8'><title>{escape(title)}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def paragraphs(*texts: str, css: str = "") -> str:
    """`texts` as paragraphs."""
    mark = f' class="{css}"' if css else ""
    return "".join(f"<p{mark}>{text}</p>" for text in texts or PARAGRAPHS)


def story(title: str, summary: str = "", alt: str = "") -> str:
    """One item of an ePi list."""
    return (
        f'<article class="story"><figure class="story__thumb"><img alt="{escape(alt)}"></figure>'
        f'<h3 class="story__heading"><a class="cms-link" href="/x-post1.html">{title}</a></h3>'
        f'<div class="story__summary">{summary}</div></article>'
    )


def epi(
    *,
    lede: str = LEDE,
    body: str | None = None,
    tail: str = "",
    head: str = "",
    author: str = '<div class="article__author"><span class="name cms-author">Lò Thắm</span></div>',
    lede_tag: str = "div",
) -> str:
    """An article of an ePi site."""
    inner = body if body is not None else picture() + paragraphs()
    return page(
        '<div class="breadcrumb breadcrumb-detail"><h2><a href="/kinh-te/">Kinh tế</a></h2></div>'
        f'<h1 class="article__title cms-title">{TITLE}</h1>'
        '<div class="article__meta"><time class="time" datetime="2026-01-02T08:00:11+0700">02/01/2026 08:00</time></div>'
        f'{author}<{lede_tag} class="article__sapo cms-desc">{lede}</{lede_tag}>'
        '<div id="adsWeb_AdsArticleAfterSapo">Quảng cáo chè</div>'
        f'<div class="article__body zce-content-body cms-body" itemprop="articleBody">{inner}</div>'
        '<div class="article__tag"><a href="/tu-khoa/che-tag1.html">chè cổ thụ</a><a href="/tu-khoa/na-loc-tag2.html">Nà Lộc</a></div>'
        f"{tail}<footer>Cơ quan của tỉnh</footer>",
        head=head,
    )


def picture(caption: str = CAPTION, alt: str = f"{TITLE} ảnh 1", source: str = "") -> str:
    """A picture table of ePi."""
    named = f'<div class="source"><p>{source}</p></div>' if source else ""
    return (
        f'<table class="picture" align="center"><tr><td class="pic"><img class="cms-photo" alt="{escape(alt)}"></td></tr>'
        f'<tr><td class="caption"><p>{caption}</p>{named}</td></tr></table>'
    )


def mastercms(*, related: str = "", author: str = "Lò Thắm", kicker: str = "Xã Mường Lạn:") -> str:
    """An article of a current MasterCMS site; its byline stands outside the text's element."""
    return page(
        f'<p class="detail-subtitle">{kicker}</p><h1 class="article-detail-title f0">{TITLE}</h1>'
        '<span class="article-detail-date"><span class="format_time">10:20</span> | <span class="format_date">12/05/2025</span></span>'
        f'<div class="article-detail-desc">{LEDE}</div><div class="__MASTERCMS_CONTENT">'
        f'<div id="__MB_MASTERCMS_EL_3" class="__MB_MASTERCMS_EL item-content">{related}'
        f'<table class="MASTERCMS_TPL_TABLE"><tr><td><img class="__img_mastercms" alt="ban na loc mo loi" title="{TITLE}"></td></tr>'
        f"<tr><td>{CAPTION}</td></tr></table>{paragraphs()}"
        '<div class="__mb_article_in_image">Quảng cáo phân bón</div></div>'
        f'<p align="right"><strong>{author}</strong></p></div>'
    )


def vccorp(*, body: str = "", author: str = "Lò Thắm", extra: str = "") -> str:
    """An article of a VCCorp site."""
    return page(
        '<div class="detail-cate"><a href="/thoi-su.htm">Thời sự</a></div>'
        f'<h1 class="detail-title article-title" data-role="title">{TITLE}</h1>'
        f'<div class="detail-author"><div class="author-info"><a class="name">{author}</a></div></div>'
        '<div class="detail-time"><div data-role="publishdate">07/03/2026 08:01 GMT+7</div></div>'
        f'<h2 class="detail-sapo" data-role="sapo">{LEDE}</h2>'
        f'<div class="detail-content afcbc-body" data-role="content">{body or vccorp_body()}</div>{extra}'
        '<div class="detail-content afcbc-body"><p>Khối thứ hai của trang.</p></div>'
    )


def vccorp_body() -> str:
    """Paragraphs, a picture and a related box."""
    return (
        f'<p>{PARAGRAPHS[0]}</p><figure class="VCSortableInPreviewMode" type="Photo"><div><img alt="{TITLE} - Ảnh 1."></div>'
        f'<figcaption class="PhotoCMS_Caption"><p>{CAPTION}</p></figcaption></figure>'
        f'<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/a-1.htm">{RELATED[0]}</a></div>'
        f"<h3>{SUBHEAD}</h3><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    )


def cafef(*, name: str = "Đại Đoàn kết", address: str = "https://daidoanket.vn/duong-moi-na-loc.html") -> str:
    """A republished article on CafeF with the block that names its source."""
    return page(
        f'<h1 class="title">{TITLE}</h1><span class="pdate">07-03-2026 - 00:01 AM</span><p class="author">Theo Hồ Thắm</p>'
        f'<h2 class="sapo">{LEDE}</h2><div class="detail-content afcbc-body">{paragraphs()}'
        '<div class="tindnd">TIN MỚI<a href="/b.chn">Giá chè hôm nay đi ngang</a></div></div>'
        f'<p class="source" data-field="source">{name}</p><div id="urlSourceCafef"><a class="link-source-name">Theo <span>{name}</span></a>'
        f'<div class="link-source-detail"><span>Link bài gốc</span><span class="link-source-full">{address}</span></div></div>'
    )


def tagdiv(*, origin: str = "Báo Đại đoàn kết", address: str = "https://daidoanket.vn/duong-moi-na-loc.html") -> str:
    """A copy on vietnam.vn as WordPress printed it."""
    return page(
        '<div class="entry-crumbs"><span>Trang chủ</span><a href="/lao-cai">Lào Cai</a></div>'
        f'<h1 class="entry-title">{TITLE}</h1><time class="entry-date updated td-module-date" datetime="2024-08-12T09:00:00+07:00">12/08</time>'
        f'<div class="td-post-content tagdiv-type">{paragraphs(LEDE, *PARAGRAPHS)}<p>Lò Thắm</p>'
        f'<p>{origin}</p><p>null</p><p><a href="{address}">Source link</a></p></div>'
        '<div class="td_block_wrap td-related"><h4>Cùng chủ đề</h4></div>'
    )


def teaser_list(count: int = 8) -> str:
    """A section page: headlines with a few lines each."""
    cards = "".join(
        f'<div class="item"><h3><a href="/tin-{index}.html">{TEASERS[index % len(TEASERS)]}</a></h3>'
        f"<p>{PARAGRAPHS[index % len(PARAGRAPHS)]}</p></div>"
        for index in range(count)
    )
    return page(f'<div class="list">{cards}</div>', head='<meta property="og:type" content="article">', title="Kinh tế")


def daidoanket() -> str:
    """An article of the current template of daidoanket.vn."""
    return page(
        '<section class="breadcrumbs"><h4><a href="/mat-tran">Mặt trận</a></h4></section><article class="article-content">'
        f'<h1>{TITLE}</h1><p class="icon_author">Lò Thắm</p><time class="text-iris-400">07/03/2026 08:52</time>'
        f'<h2 class="article-content__description">{LEDE}</h2><article itemprop="articleBody">'
        f"<figure><img alt='{TITLE}'><figcaption>{CAPTION}</figcaption></figure>{paragraphs()}</article></article>"
        f'<section id="latest-articles"><article><h2><a href="/a.html">{RELATED[0]}</a></h2></article></section>'
    )


def vnexpress() -> str:
    """An article of vnexpress.net: the byline is the last paragraph, bold and to the right."""
    return page(
        '<ul class="breadcrumb"><li><a href="/kinh-doanh">Kinh doanh</a></li></ul><span class="date">Thứ bảy, 7/3/2026, 08:20 (GMT+7)</span>'
        f'<h1 class="title-detail">{TITLE}</h1><p class="description"><span class="location-stamp">Sơn La</span>{LEDE}</p>'
        f'<article class="fck_detail ">{paragraphs(css="Normal")}'
        f'<figure><img alt="x"><figcaption><p class="Image">{CAPTION}</p></figcaption></figure>'
        '<p class="Normal" style="text-align:right;"><strong>Lò Thắm</strong></p></article>'
    )


def dantri() -> str:
    """An article of dantri.com.vn as rebuilt."""
    return page(
        f'<article><h1>{TITLE}</h1><time datetime="2026-03-07T08:01:00+07:00">07/03</time><h2>(Dân trí) - {LEDE}</h2>'
        f'<div id="desktop-in-article">{paragraphs()}<div class="dantri-widget"><a href="/a.htm">{RELATED[0]}</a></div></div></article>'
    )


def vietnamnet() -> str:
    """An article of vietnamnet.vn; its JSON-LD date has a space before the offset."""
    return page(
        f'<h1 class="content-detail-title">{TITLE}</h1><h2 class="content-detail-sapo">{LEDE}</h2>'
        '<div class="bread-crumb-detail__time">Thứ Bảy, 07/03/2026 - 08:52</div>'
        f'<div id="maincontent" class="maincontent">{paragraphs()}</div>',
        head=json_ld(datePublished="2026-03-07T08:52:11.000 +07:00"),
    )


def tree(text: str) -> HtmlElement:
    """`text` parsed."""
    return document_fromstring(text)
