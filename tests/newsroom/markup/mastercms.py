"""MasterCMS: laodongthudo.vn and its sisters. The related table, the title in every image, the byline outside the body."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.addresses import slug
from newsroom.lists import Listing
from newsroom.markup.view import FOOTNOTE, IN_BODY, Teaser, View, article_head, json_ld, menu, page, popular, teasers

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _header(newsroom: Newsroom, paper: Paper) -> str:
    base = newsroom.base(paper)
    items = menu(newsroom, paper, '<li><a href="{}">{}</a></li>')
    return (
        f'<div class="header"><a class="logo" href="{base}/"><img src="{base}/logo.png" alt="{slug(paper.title)}" /></a>'
        f'<ul class="main-nav"><li><a href="{base}/">Trang chủ</a></li>\n{items}</ul></div>'
    )


def _footer(newsroom: Newsroom, paper: Paper) -> str:
    return (
        f'<div class="footer"><p><strong>{escape(paper.title)}</strong></p><p>{FOOTNOTE}</p>'
        f'<a href="{newsroom.base(paper)}/mobile" rel="nofollow">Phiên bản di động</a></div>'
    )


def _item(item: Teaser) -> str:
    return (
        f'<div class="article"><a class="article-thumb" href="{item.url}" title="{item.title}"><img class="__img_lazy" '
        f'data-src="{item.image}?rt=20260514081212" alt="{item.title}" /></a>'
        f'<h3 class="article-title"><a href="{item.url}" title="{item.title}" class="article-link">{item.title}</a></h3>'
        f'<div class="article-desc">{item.summary}</div></div>'
    )


def article(view: View) -> str:
    """An article. Its images carry the time of the last build (`?rt=`), which changes with every edit."""
    content = view.content
    plain = slug(content.title).replace("-", " ")
    built = f"{view.modified_at:%Y%m%d%H%M%S}"
    pictures = [
        '<table class="MASTERCMS_TPL_TABLE" style="width: 100%;" align="center"><tbody><tr><td><img class="__img_mastercms" '
        f'src="{view.base}/stores/news_dataimages/in_article/{view.story.number}-{at}.jpg?rt={built}" alt="{plain}" title="{view.title}" />'
        f'</td></tr><tr><td style="text-align: center;">{escape(caption, quote=False)}</td></tr></tbody></table>'
        for at, caption in enumerate(content.captions)
    ]
    rows = "".join(
        f'<tr><td><a href="{item.url}"><img src="{item.image}?rt={built}" alt="{plain}" /></a></td>'
        f'<td><a href="{item.url}">{item.title}</a></td></tr>'
        for item in view.related[:IN_BODY]
    )
    box = f'<table class="__mb_article_relate" border="0" width="100%"><tbody>{rows}</tbody></table>\n' if rows else ""
    advert = f'<div class="__mb_article_in_image"><a class="__ads_click" href="{view.base}/adsfw/1/0/5bd0&amp;mode=default">Quảng cáo</a></div>'
    body = box + view.blocks(
        '<p style="text-align: justify;">{}</p>',
        '<p style="text-align: justify;"><strong>{}</strong></p>',
        pictures,
        "",
        advert,
    )
    signed = view.credit or view.author
    if view.credit:
        body += f'\n<p style="text-align: right;"><strong>{signed}</strong></p>'
    byline = f'<p align="right"><strong>{signed}</strong></p>' if not view.credit and signed else ""
    kicker = f'<p class="detail-subtitle">{view.story.section_name} hôm nay:</p>' if view.story.number % 3 == 0 else ""
    tags = " ".join(f'<a href="{url}">{name}</a>' for name, url in view.tags)
    tail = "\n".join(_item(item) for item in view.related[IN_BODY:])
    main = (
        f'<div class="title_new_nav"><span><a href="{view.base}/"><span>Trang chủ</span></a></span> '
        f'<span class="bx-cat-link"><a href="{view.section_url}"><span>{view.story.section_name}</span></a></span></div>'
        f'{kicker}<h1 class="article-detail-title f0">{view.title}</h1>'
        f'<div class="article-detail-tool"><span class="article-detail-date"><span class="format_time">{view.published_at:%H:%M}</span>'
        f' | <span class="format_date">{view.published_at:%d/%m/%Y}</span></span> <a href="{view.twin}" rel="nofollow">In bài</a></div>'
        f'<div class="article-detail-desc">{view.lede}</div>\n<div class="__MASTERCMS_CONTENT">\n'
        f'<div id="__MB_MASTERCMS_EL_3" class="__MB_MASTERCMS_EL item-content">\n{body}\n</div>\n{byline}\n</div>\n'
        f'<div class="article-detail-tag">Tags: {tags}</div><iframe src="{view.base}/widgets@/article_statistic" width="1" height="1"></iframe>'
        '<div class="box"><h2 class="box-title">Có thể bạn quan tâm</h2></div>'
        f'<div class="box"><h2 class="box-title">Nên xem</h2>\n{tail}</div>'
    )
    extra = json_ld(view)
    return page(
        view.title,
        head=article_head(view, extra=extra),
        body=f'{_header(view.newsroom, view.paper)}<div class="wrap main">{main}</div>{_footer(view.newsroom, view.paper)}',
        css="article-page",
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a section, a tag; says og:type=article, as this system does."""
    base = newsroom.base(paper)
    items = "\n".join(_item(item) for item in teasers(newsroom, shown, minute))
    pages = " ".join(f'<a href="{base}{escape(path)}">{number}</a>' for number, path in shown.pages)
    following = f' <a href="{base}{escape(shown.next_path)}">Sau</a>' if shown.next_path else ""
    body = (
        f'{_header(newsroom, paper)}<div class="wrap main"><h1 class="cat-title">{escape(shown.title)}</h1><div class="list-news">{items}</div>'
        f'<div class="__MB_ARTICLE_PAGING paging">{pages}{following}</div>{popular(newsroom, paper, shown, minute)}</div>'
        f"{_footer(newsroom, paper)}"
    )
    head = f'<meta property="og:type" content="article"><link rel="canonical" href="{base}{escape(shown.path)}">'
    return page(escape(shown.title), head=head, body=body, css="cat-page")
