"""vietnam.vn on its platform of 2025: other papers' texts with the origin named under the headline and linked below."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.lists import Listing
from newsroom.markup.view import FOOTNOTE, Teaser, View, article_head, json_ld, menu, page, popular, teasers

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _header(newsroom: Newsroom, paper: Paper) -> str:
    base = newsroom.base(paper)
    items = menu(newsroom, paper, '<li><a href="{}">{}</a></li>')
    return f'<header class="app-header"><a class="app-logo" href="{base}/">{escape(paper.title)}</a><ul class="app-menu">{items}</ul></header>'


def _card(item: Teaser) -> str:
    return (
        f'<div class="post-card"><a class="post-card__link" href="{item.url}"><img class="post-card__img" loading="lazy" src="{item.image}" '
        f'alt="{item.title}"><span class="post-card__title">{item.title}</span></a><p class="post-card__desc">{item.summary}</p></div>'
    )


def article(view: View) -> str:
    """An article; nearly all are copies. Half of them end in "Nguồn:" and the address, half in "Source link"."""
    content = view.content
    pictures = [
        f'<figure class="image"><img src="{view.base}/images/{view.story.number}-{at}.jpg" alt="{view.title} - Ảnh {at + 1}." loading="lazy">'
        f"<figcaption>{escape(caption, quote=False)}</figcaption></figure>"
        for at, caption in enumerate(content.captions)
    ]
    body = view.blocks("<p>{}</p>", "<h3>{}</h3>", pictures, "")
    if content.lede:
        body = f"<p><strong>{view.lede}</strong></p>\n{body}"
    if content.author:
        body += f'\n<p style="text-align:right"><strong>{view.author}</strong></p>'
    if content.credit_url:
        address = escape(content.credit_url)
        link = f'<a href="{address}" rel="nofollow" target="_blank">'
        is_address = view.story.number % 2 == 0
        body += (
            f"\n<p>Nguồn: {link}{address}</a></p>"
            if is_address
            else f"\n<p>{escape(content.credit or '')}</p><p>null</p><p>{link}Source link</a></p>"
        )
    source = f'<span class="post-detail-source">{escape(content.credit)}</span> ' if content.credit else ""
    cards = "\n".join(_card(item) for item in view.related)
    main = (
        f'<nav class="post-breadcrumb"><a href="{view.base}/">Trang chủ</a></nav>'
        f'<div class="post-detail-category"><a href="{view.section_url}">{view.story.section_name}</a></div>'
        f'<h1 class="post-detail-title">{view.title}</h1>'
        f'<div class="post-detail-meta">{source}<time datetime="{view.published_at.isoformat()}">{view.published_at:%d/%m/%Y}</time></div>'
        '<div class="post-detail-tools"><button>Nghe</button> <button>Chia sẻ</button></div>\n'
        f'<div class="post-detail-body">\n{body}\n</div>\n'
        '<section class="post-comments"><h2>Bình luận (0)</h2><p>Hãy để lại bình luận để chia sẻ cảm nhận của bạn!</p></section>'
        f'<section class="post-related"><h2>Cùng chủ đề</h2>\n{cards}</section><section class="post-related"><h2>Cùng tác giả</h2></section>'
    )
    translations = "".join(
        f'<link rel="alternate" hreflang="{tongue}" href="{view.base}/{tongue}{view.story.path(view.minute)}">'
        for tongue in ("en", "ja")
    )
    return page(
        f"{view.title} - {escape(view.paper.title)}",
        head=article_head(view, extra=translations + json_ld(view), author=view.author or None),
        body=f'{_header(view.newsroom, view.paper)}<main class="post-detail">{main}</main><footer class="app-footer">{FOOTNOTE}</footer>',
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a section, a tag."""
    base = newsroom.base(paper)
    cards = "\n".join(_card(item) for item in teasers(newsroom, shown, minute))
    following = (
        f'<a class="load-next" rel="next" href="{base}{shown.next_path}">Trang sau</a>' if shown.next_path else ""
    )
    body = (
        f'{_header(newsroom, paper)}<main class="post-list"><h1>{escape(shown.title)}</h1>{cards}{following}'
        f'{popular(newsroom, paper, shown, minute)}</main><footer class="app-footer">{FOOTNOTE}</footer>'
    )
    return page(
        f"{escape(shown.title)} - {escape(paper.title)}",
        head=f'<link rel="canonical" href="{base}{escape(shown.path)}">',
        body=body,
    )
