"""daidoanket.vn of today: Tailwind classes, addresses without a number, further pages by script only."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newsroom.feeds import feed_path
from newsroom.lists import Listing
from newsroom.markup.view import FOOTNOTE, IN_BODY, Teaser, View, article_head, json_ld, menu, page, popular, teasers

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper


def _header(newsroom: Newsroom, paper: Paper) -> str:
    base = newsroom.base(paper)
    items = menu(
        newsroom, paper, '<li class="px-3 py-2"><a class="loading-link whitespace-nowrap" href="{}">{}</a></li>'
    )
    return (
        f'<header class="sticky top-0 z-50 bg-white"><a href="{base}/"><img class="h-12" src="{base}/logo.svg" alt="{escape(paper.title)}"></a>'
        f'<form action="{base}/tim-kiem"><input type="search" name="q" placeholder="Tìm kiếm"></form>'
        f'<nav class="bg-red-700"><ul class="container flex">{items}</ul></nav></header>'
    )


def _footer(paper: Paper) -> str:
    return f'<footer class="mt-10 bg-gray-100 py-8"><p class="font-bold">{escape(paper.title)}</p><p>{FOOTNOTE}</p></footer>'


def _item(item: Teaser, kind: str) -> str:
    return (
        f'<article class="flex gap-4 border-b py-4 {kind}"><a class="loading-link block w-1/3" href="{item.url}"><img class="w-full" loading="lazy" '
        f'src="{item.image}" alt="{item.title}"></a><div><h2 class="text-lg font-bold"><a class="loading-link" href="{item.url}">{item.title}</a></h2>'
        f'<p class="text-sm">{item.summary}</p></div></article>'
    )


def article(view: View) -> str:
    """An article."""
    content = view.content
    pictures = [
        f'<figure class="image my-4"><img class="w-full" loading="lazy" src="{view.base}/uploaded/{view.story.number}-{at}.jpg" '
        f'alt="{escape(caption)}"><figcaption class="text-center text-sm italic">{escape(caption, quote=False)}</figcaption></figure>'
        for at, caption in enumerate(content.captions)
    ]
    body = view.blocks('<p class="text-justify">{}</p>', '<h3 class="font-bold">{}</h3>', pictures, "")
    if view.credit:
        body += f'\n<p class="text-right">{view.credit}</p>'
    author = f'<p class="icon_author font-semibold">{view.author}</p>' if content.author else ""
    tags = "\n".join(f'<a class="rounded px-2" href="{url}">{name}</a>' for name, url in view.tags)
    close = "\n".join(_item(item, "related") for item in view.related[:IN_BODY])
    latest = "\n".join(_item(item, "latest") for item in view.related[IN_BODY:])
    main = (
        f'<section class="breadcrumbs mb-3"><h4 class="inline uppercase"><a class="loading-link" href="{view.section_url}">{view.story.section_name}</a></h4></section>'
        f'<article class="article-content"><h1 class="mb-3 text-3xl font-bold">{view.title}</h1>'
        f'<div class="mb-4 flex">{author}<time class="text-iris-400" datetime="{view.published_at.isoformat()}">{view.published_at:%d/%m/%Y %H:%M}</time>'
        '<button class="share-btn" type="button">Chia sẻ</button></div>'
        f'<h2 class="article-content__description mb-4 text-lg font-semibold">{view.lede}</h2>\n'
        f'<article itemprop="articleBody" class="prose max-w-none">\n{body}\n</article></article>\n<div class="my-6 flex">{tags}</div>'
        f'<section class="mt-8"><h3 class="text-xl font-bold">Tin liên quan</h3>{close}</section>'
        f'<section id="latest-articles" class="mt-8"><h3 class="text-xl font-bold">Tin mới nhất</h3>{latest}'
        '<button type="button" onclick="loadMoreArticles()">Xem thêm</button></section>'
    )
    feed = f'<link rel="alternate" type="application/rss+xml" href="{view.base}{feed_path(view.paper, view.story.section)}">'
    return page(
        view.title,
        head=article_head(view, extra=feed + json_ld(view)),
        body=f'{_header(view.newsroom, view.paper)}<main class="container">{main}</main>{_footer(view.paper)}',
        css="bg-white font-sans",
    )


def listing(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """Home, a section, a tag: one page, the rest would come by script."""
    base = newsroom.base(paper)
    items = "\n".join(_item(item, "latest") for item in teasers(newsroom, shown, minute))
    body = (
        f'{_header(newsroom, paper)}<main class="container"><h1 class="text-2xl">{escape(shown.title)}</h1><section id="latest-articles">{items}'
        f'<button type="button" onclick="loadMoreArticles()">Xem thêm</button></section>{popular(newsroom, paper, shown, minute)}</main>{_footer(paper)}'
    )
    feed = f'<link rel="alternate" type="application/rss+xml" href="{base}{feed_path(paper)}">'
    return page(escape(shown.title), head=f'{feed}<link rel="canonical" href="{base}{escape(shown.path)}">', body=body)
