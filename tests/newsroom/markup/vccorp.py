"""VCCorp: tuoitre.vn, thanhnien.vn, nld.com.vn. A second block of the body's class, bare related links in the text."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.lists import Listing
from newsroom.markup.view import FOOTNOTE, IN_BODY, Teaser, View, article_head, json_ld, menu, page, popular, teasers

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _header(newsroom: Newsroom, paper: Paper) -> str:
    items = menu(newsroom, paper, '<li><a href="{}" class="nav-link">{}</a></li>')
    return f'<div class="header"><a class="header__logo" href="/" title="{escape(paper.title)}"></a><ul class="menu-nav">{items}</ul></div>'


def _footer(paper: Paper) -> str:
    return f'<div class="footer"><p>{escape(paper.title)}</p><p>{FOOTNOTE}</p></div>'


def _item(item: Teaser) -> str:
    return (
        f'<div class="box-category-item" data-id="{item.number}"><a class="box-category-link-with-avatar img-resize" href="{item.url}" '
        f'title="{item.title}"><img data-type="avatar" src="{item.image}" alt="{item.title}"></a><div class="box-category-content">'
        f'<h3 class="box-title-text"><a class="box-category-link-title" data-type="title" href="{item.url}">{item.title}</a></h3>'
        f'<p class="box-category-sapo" data-type="sapo">{item.summary}</p></div></div>'
    )


def article(view: View) -> str:
    """An article. Metadata name the house; the author stands below the text."""
    content = view.content
    pictures = [
        f'<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="{view.base}/images/{view.story.number}-{at}.jpg" '
        f'alt="{view.title} - Ảnh {at + 1}." title="{view.title} - Ảnh {at + 1}."></div>'
        f'<figcaption class="PhotoCMS_Caption"><p data-placeholder="Nhập chú thích ảnh">{escape(caption, quote=False)}</p></figcaption></figure>'
        for at, caption in enumerate(content.captions)
    ]
    box = "".join(
        f'<div class="VCSortableInPreviewMode active" type="RelatedOneNews"><a href="{item.url}" title="{item.title}"><img src="{item.image}" '
        f'alt="{item.title}"></a><p><a class="VCCTitle" href="{item.url}">{item.title}</a></p></div>'
        for item in view.related[:IN_BODY]
    )
    body = view.blocks("<p>{}</p>", "<h3>{}</h3>", pictures, box)
    if view.credit:
        body += f"\n<p>{view.credit}</p>"
    author = (
        f'<div class="detail-author-bot"><div class="detail-author"><a class="author-info" href="/tac-gia.htm">{view.author}</a></div></div>'
        if content.author
        else ""
    )
    tags = "\n".join(f'<a href="{url}" title="{name}">{name}</a>' for name, url in view.tags)
    tail = "\n".join(_item(item) for item in view.related[IN_BODY:])
    main = (
        f'<div class="detail-top"><div class="detail-cate"><a href="{view.section_url}" data-role="cate-name">{view.story.section_name}</a></div>'
        f'<div class="detail-time"><div data-role="publishdate">{view.published_at:%d/%m/%Y %H:%M} GMT+7</div></div></div>'
        f'<h1 class="detail-title article-title" data-role="title">{view.title}</h1>'
        f'<h2 class="detail-sapo" data-role="sapo">{view.lede}</h2>\n<div class="detail-cmain">'
        f'<div class="detail-content afcbc-body" data-role="content" itemprop="articleBody">\n{body}\n</div></div>{author}'
        f'<div class="detail-tab">{tags}</div>'
        '<div class="detail-content afcbc-body detail-poll"><p>Bạn đánh giá bài viết này thế nào? Hãy tặng sao cho tác giả.</p></div>'
        '<div class="detail-comment"><div class="title">Bình luận (1)</div><p class="contentcomment">Quê tôi cũng đang làm vậy.</p></div>'
        f'<div class="box-category"><h2>Tin cùng chuyên mục</h2>{tail}</div>'
    )
    person = content.author or ""
    extra = (
        f'<meta name="pubdate" content="{view.published_at.isoformat()}"><meta name="lastmod" content="{view.modified_at.isoformat()}">'
        f'<meta property="dable:item_id" content="{view.story.number}">{json_ld(view, author={"@type": "Person", "name": person})}'
    )
    return page(
        f"{view.title} - {escape(view.paper.title)}",
        head=article_head(view, extra=extra),
        body=f'{_header(view.newsroom, view.paper)}<div class="main">{main}</div>{_footer(view.paper)}',
        css="vi",
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a section, a tag; its links are relative."""
    base = newsroom.base(paper)
    items = "\n".join(_item(item) for item in teasers(newsroom, shown, minute)).replace(f'href="{base}/', 'href="/')
    following = f'<a class="view-more" href="{shown.next_path}">Xem thêm</a>' if shown.next_path else ""
    body = (
        f'{_header(newsroom, paper)}<div class="main"><h1 class="list__title">{escape(shown.title)}</h1>'
        f'<div class="box-category">{items}</div>{following}{popular(newsroom, paper, shown, minute)}</div>{_footer(paper)}'
    )
    head = f'<meta property="og:type" content="article"><link rel="canonical" href="{base}{escape(shown.path)}">'
    return page(f"{escape(shown.title)} - {escape(paper.title)}", head=head, body=body, css="list")
