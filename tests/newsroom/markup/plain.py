"""A WordPress site that no rule knows: the page's shape and its metadata are all there is to go by."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.feeds import feed_path
from newsroom.lists import Listing
from newsroom.markup.view import FOOTNOTE, Teaser, View, article_head, json_ld, menu, page, popular, teasers

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _header(newsroom: Newsroom, paper: Paper) -> str:
    base = newsroom.base(paper)
    items = menu(newsroom, paper, '<li class="menu-item"><a href="{}">{}</a></li>')
    return (
        f'<header id="masthead" class="site-header"><p class="site-title"><a href="{base}/" rel="home">{escape(paper.title)}</a></p>'
        f'<nav id="site-navigation" class="main-navigation"><ul id="primary-menu">{items}</ul></nav></header>'
    )


def _feeds(newsroom: Newsroom, paper: Paper) -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{escape(paper.title)}" href="{newsroom.base(paper)}{feed_path(paper)}">'


_FOOTER = f'<footer id="colophon" class="site-footer"><div class="site-info">{FOOTNOTE}</div></footer>'


def article(view: View) -> str:
    """A post."""
    content = view.content
    pictures = [
        f'<figure class="wp-block-image size-large"><img decoding="async" src="{view.base}/wp-content/uploads/{view.story.number}-{at}.jpg" alt="">'
        f'<figcaption class="wp-element-caption">{escape(caption, quote=False)}</figcaption></figure>'
        for at, caption in enumerate(content.captions)
    ]
    body = view.blocks("<p>{}</p>", '<h2 class="wp-block-heading">{}</h2>', pictures, "")
    if view.credit:
        body += f"\n<p>{view.credit}</p>"
    byline = (
        f'<span class="byline">Bài: <span class="author vcard"><a class="url fn n" href="{view.base}/author/">{view.author}</a></span></span>'
        if content.author
        else ""
    )
    tags = " ".join(f'<a href="{url}" rel="tag">{name}</a>' for name, url in view.tags)
    close = "\n".join(f'<li><a href="{item.url}" rel="bookmark">{item.title}</a></li>' for item in view.related)
    main = (
        f'<article id="post-{view.story.number}" class="post type-post hentry"><header class="entry-header">'
        f'<span class="cat-links"><a href="{view.section_url}" rel="category tag">{view.story.section_name}</a></span>'
        f'<h1 class="entry-title">{view.title}</h1><div class="entry-meta"><span class="posted-on">Đăng ngày '
        f'<time class="entry-date published" datetime="{view.published_at.isoformat()}">{view.published_at:%d/%m/%Y}</time></span> {byline}</div></header>\n'
        f'<div class="entry-content">\n{body}\n</div>\n<footer class="entry-footer"><span class="tags-links">{tags}</span>'
        '<div class="sharedaddy"><span>Chia sẻ:</span> <a href="#">Facebook</a> <a href="#">Email</a></div></footer></article>'
        f'<div class="related-posts"><h3>Có thể bạn sẽ thích</h3><ul>{close}</ul></div>'
        '<div id="respond" class="comment-respond"><h3 id="reply-title">Để lại bình luận</h3></div>'
    )
    extra = f'{_feeds(view.newsroom, view.paper)}<link rel="amphtml" href="{view.twin}">{json_ld(view)}'
    return page(
        f"{view.title} - {escape(view.paper.title)}",
        head=article_head(view, extra=extra, author=view.author or None),
        body=f'<div id="page" class="site">{_header(view.newsroom, view.paper)}<main id="main" class="site-main">{main}</main>{_FOOTER}</div>',
        css="post-template-default single single-post",
    )


def _item(item: Teaser) -> str:
    return (
        f'<article class="post hentry"><h2 class="entry-title"><a href="{item.url}" rel="bookmark">{item.title}</a></h2>'
        f'<div class="entry-summary"><p>{item.summary}</p></div></article>'
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a category, a tag."""
    base = newsroom.base(paper)
    items = "\n".join(_item(item) for item in teasers(newsroom, shown, minute))
    following = f'<a class="next page-numbers" href="{base}{shown.next_path}">Sau »</a>' if shown.next_path else ""
    body = (
        f'<div id="page" class="site">{_header(newsroom, paper)}<main id="main"><h1 class="page-title">{escape(shown.title)}</h1>{items}'
        f'<nav class="navigation pagination"><div class="nav-links">{following}</div></nav>{popular(newsroom, paper, shown, minute)}</main>{_FOOTER}</div>'
    )
    head = f'{_feeds(newsroom, paper)}<link rel="canonical" href="{base}{escape(shown.path)}">'
    return page(f"{escape(shown.title)} - {escape(paper.title)}", head=head, body=body, css="archive")
