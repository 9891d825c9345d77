"""ePi: baolaocai.vn and the party press."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.lists import Listing
from newsroom.markup.view import (
    FOOTNOTE,
    IN_BODY,
    PIXEL,
    Teaser,
    View,
    article_head,
    json_ld,
    menu,
    page,
    popular,
    teasers,
)

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _story(item: Teaser, *, level: int = 3, summary: str | None = None, alt: str | None = None) -> str:
    said = item.summary if summary is None else summary
    return (
        f'<article class="story"><figure class="story__thumb"><a class="cms-link" href="{item.url}" title="{item.title}">'
        f'<img class="lazyload" src="{PIXEL}" data-src="{item.image}" alt="{item.title if alt is None else alt}"></a></figure>'
        f'<h{level} class="story__heading"><a class="cms-link" href="{item.url}" title="{item.title}">{item.title}</a></h{level}>'
        f'<div class="story__summary story__shorten">{said}</div></article>'
    )


def _header(newsroom: Newsroom, paper: Paper) -> str:
    base, title = newsroom.base(paper), escape(paper.title)
    return (
        f'<header class="site-header"><a class="logo" href="{base}/" title="{title}"><img src="{base}/logo.png" alt="{title}"></a>'
        f'<div class="menu-wrap"><ul class="menu"><li class="menu__item home"><a class="menu__link" href="{base}/">Trang chủ</a></li>\n'
        f'{menu(newsroom, paper)}</ul></div></header><div id="adsWeb_AdsTop" class="banner"></div>'
    )


def _footer(paper: Paper) -> str:
    return (
        f'<footer class="site-footer"><p>{escape(paper.title)}</p><p>{FOOTNOTE}</p>'
        '<div class="social"><a href="#">fb</a> <a href="#">yt</a> <a href="#">zl</a> <a href="#">tw</a></div></footer>'
    )


def article(view: View) -> str:
    """An article."""
    content, paper = view.content, view.paper
    pictures = []
    for at, caption in enumerate(content.captions):
        # Old items repeat the title in the alt, newer ones give the file's name.
        alt = f"{view.title} ảnh {at + 1}" if view.story.number % 2 else f"DSC_{6000 + view.story.number % 3000}.JPG"
        pictures.append(
            f'<table class="picture" align="center"><tr><td class="pic"><img class="cms-photo" src="{PIXEL}" '
            f'data-photo-original-src="{view.base}/images/{view.story.number}-{at}.jpg" alt="{alt}"></td></tr>'
            f'<tr><td class="caption"><p>{escape(caption, quote=False)}</p></td></tr></table>'
        )
    inside = "".join(_story(item, level=4, summary="") for item in view.related[:IN_BODY])
    box = f'<div class="article-relate"><h3>Tin liên quan</h3>{inside}</div>' if inside else ""
    advert = '<div class="ads_middle"><div class="qc banner" id="adsWeb_AdsArticleMiddle"><a href="#">Quảng cáo</a></div></div>'
    body = view.blocks("<p>{}</p>", "<h2>{}</h2>", pictures, box, advert)
    if view.credit:
        body += f'\n<p style="text-align: right;"><strong>{view.credit}</strong></p>'
    author = f'<div class="author cms-author">{view.author}</div>' if content.author else ""
    visible = f"{view.published_at:%d/%m/%Y - %H:%M}"
    tags = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in view.tags)
    tail = "".join(_story(item, alt=None if item.number % 3 else "Toàn cảnh.") for item in view.related[IN_BODY:])
    main = (
        f'<div class="breadcrumb"><h2 class="main"><a href="{view.section_url}">{view.story.section_name}</a></h2></div>'
        f'<h1 class="article__title cms-title">{view.title}</h1>'
        f'<div class="article__meta">{author}<time class="time" datetime="{view.published_at:%Y-%m-%dT%H:%M:%S%z}">{visible}</time>'
        f'<div class="article__social"><a class="btn" href="#">Chia sẻ</a> <a class="btn print" href="{view.twin}">In bài viết</a></div></div>'
        f'<div class="article__sapo cms-desc">{view.lede}</div><div id="adsWeb_AdsArticleAfterSapo" class="banner"></div>\n'
        f'<div class="article__body zce-content-body cms-body" itemprop="articleBody">\n{body}\n</div>\n'
        f'<div class="article__tag"><span class="head">Từ khóa:</span><ul>{tags}</ul></div>'
        '<div class="box"><h3>Có thể bạn quan tâm</h3></div>'
        f'<div class="timeline"><h3>Tin cùng chuyên mục</h3>{tail}</div>'
    )
    # The house signs the metadata; only the page itself names the reporter.
    data = json_ld(view, author={"@type": "Organization", "name": paper.title})
    return page(
        f"{view.title} - {escape(paper.title)}",
        head=article_head(view, extra=data),
        body=f'{_header(view.newsroom, paper)}<div class="site-body">{main}</div>{_footer(paper)}',
        css="article-page",
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a section, a tag."""
    items = "\n".join(
        _story(item, level=2 if at == 0 else 3) for at, item in enumerate(teasers(newsroom, shown, minute))
    )
    base = newsroom.base(paper)
    pages = "".join(f'<a class="page" href="{base}{path}">{number}</a>' for number, path in shown.pages)
    following = f'<a class="page next" href="{base}{shown.next_path}">Xem thêm</a>' if shown.next_path else ""
    body = (
        f'{_header(newsroom, paper)}<div class="site-body"><h1 class="main">{escape(shown.title)}</h1>'
        f'<div class="content-list">{items}</div><div class="pagination">{pages}{following}</div>'
        f"{popular(newsroom, paper, shown, minute)}</div>{_footer(paper)}"
    )
    head = f'<meta property="og:type" content="website"><link rel="canonical" href="{base}{escape(shown.path)}">'
    return page(f"{escape(shown.title)} - {escape(paper.title)}", head=head, body=body, css="zone-page")
