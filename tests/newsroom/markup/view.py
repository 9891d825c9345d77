"""What every template is given, and the pieces that all of them print."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from html import escape
from typing import TYPE_CHECKING

from newsroom import addresses, words
from newsroom.content import Content
from newsroom.lists import Listing, day_of, day_start, related
from newsroom.papers import Paper

if TYPE_CHECKING:
    from newsroom.model import Newsroom, Story

IN_BODY, BESIDE = 2, 8
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


@dataclass(frozen=True)
class Teaser:
    """A link to another article, as boxes and lists print it."""

    url: str
    title: str
    summary: str
    image: str
    number: int


class View:
    """One article at one moment, ready to be printed."""

    def __init__(self, newsroom: Newsroom, story: Story, minute: int) -> None:
        self.newsroom, self.story, self.minute = newsroom, story, minute
        self.paper: Paper = story.paper
        self.base = newsroom.base(story.paper)
        self.content: Content = story.content(story.life.version_at(minute))
        self.url = self.base + story.path(minute)
        self.title = escape(self.content.title)
        self.published_at: datetime = story.published_at
        self.modified_at: datetime = story.modified_at(minute)
        self.section_url = self.base + str(addresses.section_path(story.paper, story.section))

    @property
    def lede(self) -> str:
        return escape(self.content.lede or "")

    @property
    def summary(self) -> str:
        return escape(self.content.summary)

    @cached_property
    def author(self) -> str:
        return escape(self.content.author or "")

    @property
    def tags(self) -> list[tuple[str, str]]:
        """(name, address) of its tags."""
        return [(words.TAGS[tag], self.base + addresses.tag_path(self.paper, tag)) for tag in self.story.tags]

    @property
    def twin(self) -> str | None:
        path = addresses.twin_path(self.paper, self.story.path(self.minute))
        return self.base + path if path else None

    @cached_property
    def related(self) -> list[Teaser]:
        chosen = related(self.newsroom, self.story, self.minute, count=IN_BODY + BESIDE)
        # As they were when the day began: then the page is the same all day, as its ETag says.
        return [teaser(self.newsroom, other, day_start(day_of(self.minute))) for other in chosen]

    @property
    def credit(self) -> str:
        """The line that names the source; empty for a paper's own work."""
        content = self.content
        if content.credit_url and not content.credit:
            address = escape(content.credit_url)
            return f'Nguồn: <a href="{address}" rel="nofollow">{address}</a>'
        return f"Theo {escape(content.credit)}" if content.credit else ""

    def blocks(self, paragraph: str, subhead: str, picture: list[str], related_box: str, advert: str = "") -> str:
        """The body: pictures after the first and third paragraph, boxes in between; the patterns hold one `{}`."""
        before, after = paragraph.split("{}")
        before_head, after_head = subhead.split("{}")
        parts = []
        for at, text in enumerate(self.content.paragraphs):
            said = escape(text, quote=False)
            is_head = at in self.content.subheads
            parts.append(f"{before_head}{said}{after_head}" if is_head else f"{before}{said}{after}")
            if at == 0 and picture:
                parts.append(picture[0])
            elif at == 1:
                parts.append(related_box)
            elif at == 2:
                parts += [advert, *picture[1:]]
        return "\n".join(part for part in parts if part)


def teaser(newsroom: Newsroom, story: Story, minute: int) -> Teaser:
    return _teaser(newsroom, story, story.life.version_at(minute), story.url(minute))


@lru_cache(maxsize=1 << 13)
def _teaser(newsroom: Newsroom, story: Story, version: int, url: str) -> Teaser:
    said = story.head_of(version)
    return Teaser(
        url=url,
        title=escape(said.title),
        summary=escape(said.lede) or f"{escape(story.section_name)}: {escape(said.title)}.",
        image=f"{newsroom.base(story.paper)}/images/{story.number}.jpg",
        number=story.number,
    )


def json_ld(view: View, **more: object) -> str:
    """The article as schema.org has it."""
    node: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": view.content.title,
        "description": view.content.summary,
        "datePublished": view.published_at.isoformat(),
        "dateModified": view.modified_at.isoformat(),
        "mainEntityOfPage": {"@type": "WebPage", "@id": view.url},
        "publisher": {"@type": "Organization", "name": view.paper.title},
        "author": {"@type": "Person", "name": view.content.author or view.paper.title},
    }
    said = json.dumps({**node, **more}, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{said}</script>'


def article_head(view: View, *, extra: str = "", author: str | None = None) -> str:
    """The tags in the head that all families share."""
    robots = '<meta name="robots" content="noarchive">' if view.paper.noarchive else ""
    return (
        f'<meta name="description" content="{view.summary}"><meta name="author" content="{author or escape(view.paper.title)}">{robots}'
        f'<meta property="og:title" content="{view.title}"><meta property="og:description" content="{view.summary}">'
        f'<meta property="og:type" content="article"><meta property="og:url" content="{view.url}">'
        f'<meta property="og:site_name" content="{escape(view.paper.title)}">'
        f'<meta property="article:published_time" content="{view.published_at.isoformat()}">'
        f'<meta property="article:modified_time" content="{view.modified_at.isoformat()}">'
        f'<meta property="article:section" content="{escape(view.story.section_name)}">'
        f'<link rel="canonical" href="{view.url}">{extra}'
    )


def page(title: str, *, head: str, body: str, css: str = "") -> str:
    """A whole page."""
    marked = f' class="{css}"' if css else ""
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n{head}\n</head>\n<body{marked}>\n{body}\n</body>\n</html>\n"
    )


def menu(
    newsroom: Newsroom, paper: Paper, item: str = '<li class="menu__item"><a class="menu__link" href="{}">{}</a></li>'
) -> str:
    """Links to all sections."""
    base = newsroom.base(paper)
    return "\n".join(
        item.format(f"{base}{addresses.section_path(paper, at)}", words.SECTIONS[at][1]) for at in range(paper.sections)
    )


FOOTNOTE = "Trang thử nghiệm: mọi tin ở đây đều bịa."
"""Printed in every footer: "a test page; all news here is invented"."""


def teasers(newsroom: Newsroom, listing: Listing, minute: int) -> list[Teaser]:
    return [teaser(newsroom, story, minute) for story in listing.stories]


def popular(newsroom: Newsroom, paper: Paper, listing: Listing, minute: int) -> str:
    """A box of older pieces, its links decorated where the paper does that."""
    marks = "?utm_source=home&amp;utm_medium=box&amp;utm_campaign=doc-nhieu" if paper.has_tracking else ""
    shown = [teaser(newsroom, story, minute) for story in listing.popular]
    items = "".join(f'<li><a href="{item.url}{marks}">{item.title}</a></li>' for item in shown)
    return f'<aside class="box-popular"><h3>Đọc nhiều</h3><ul>{items}</ul></aside>' if items else ""
