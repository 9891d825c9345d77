"""The templates: one module a family, and the pages that all of them have."""

from __future__ import annotations

from html import escape
from types import ModuleType
from typing import TYPE_CHECKING

from newsroom.markup import aggregator, daidoanket, epi, mastercms, plain, redesigned, vccorp
from newsroom.markup.view import FOOTNOTE, View, page
from newsroom.papers import Family, Paper

if TYPE_CHECKING:
    from newsroom.lists import Listing
    from newsroom.model import Newsroom, Story

_TEMPLATES: dict[Family, ModuleType] = {
    Family.EPI: epi,
    Family.MASTERCMS: mastercms,
    Family.VCCORP: vccorp,
    Family.AGGREGATOR: aggregator,
    Family.DAIDOANKET: daidoanket,
    Family.PLAIN: plain,
}


def article_page(newsroom: Newsroom, story: Story, minute: int, *, redesigned: bool = False) -> str:
    """The page of an article."""
    view = View(newsroom, story, minute)
    return _REDESIGNED(view) if redesigned else _TEMPLATES[story.paper.family].article(view)


_REDESIGNED = redesigned.article


def list_page(newsroom: Newsroom, paper: Paper, shown: Listing, minute: int) -> str:
    """A page of links."""
    return _TEMPLATES[paper.family].listing(newsroom, paper, shown, minute)


def twin_page(newsroom: Newsroom, story: Story, minute: int) -> str:
    """The print or AMP edition: the bare text, with the article's own address as canonical."""
    view = View(newsroom, story, minute)
    body = "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in view.content.paragraphs)
    main = f'<h1>{view.title}</h1><p class="sapo">{view.lede}</p>\n{body}\n<p>{view.author}</p><p>{FOOTNOTE}</p>'
    return page(
        view.title, head=f'<link rel="canonical" href="{view.url}"><meta name="robots" content="noindex">', body=main
    )


def message_page(newsroom: Newsroom, paper: Paper, title: str, text: str) -> str:
    """A page that only says something."""
    home = f'<a href="{newsroom.base(paper)}/">Về trang chủ</a>'
    return page(
        f"{title} - {escape(paper.title)}", head="", body=f"<h1>{title}</h1><p>{text}</p>{home}<p>{FOOTNOTE}</p>"
    )
