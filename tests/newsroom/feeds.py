"""RSS: the newest articles of a paper and of each section, under the addresses that its family uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from newsroom import words
from newsroom.lists import last_change, newest
from newsroom.papers import Family, Paper

if TYPE_CHECKING:
    from newsroom.model import Newsroom, Story

ITEMS = 30


@dataclass(frozen=True)
class Feed:
    """A feed as it stands."""

    body: str
    modified_at: datetime | None


def feed_path(paper: Paper, section: int | None = None) -> str:
    """The feed of a section, or of the whole paper."""
    name = words.SECTIONS[section][0] if section is not None else None
    if paper.family is Family.EPI:
        return f"/rss/{name}-{section + 101}.rss" if section is not None else "/rss/home.rss"
    if paper.family is Family.MASTERCMS:
        return f"/rss_feed/{name}" if name else "/rss_feed/"
    if paper.family is Family.VCCORP:
        return f"/rss/{name}.rss" if name else "/rss/tin-moi-nhat.rss"
    if paper.family is Family.DAIDOANKET:
        return f"/rss/chuyen-muc/{name}/feed.xml" if name else "/rss/feed.xml"
    return f"/category/{name}/feed/" if name else "/feed/"


def find(newsroom: Newsroom, paper: Paper, path: str, minute: int) -> Feed | None:
    """The feed at `path`, or None."""
    for section in (None, *range(paper.sections)):
        if path == feed_path(paper, section):
            return _feed(newsroom, paper, section, minute)
    return None


def _feed(newsroom: Newsroom, paper: Paper, section: int | None, minute: int) -> Feed:
    first, step = (0, 1) if section is None else (section, paper.sections)
    stories = tuple(islice(newest(newsroom, paper, minute, first=first, step=step), ITEMS))
    base = newsroom.base(paper)
    title = paper.title if section is None else f"{paper.title} - {words.SECTIONS[section][1]}"
    changed = last_change(stories, minute)
    built = f"<lastBuildDate>{format_datetime(changed)}</lastBuildDate>" if changed else ""
    items = "".join(_item(paper, story, minute) for story in stories)
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(title)}</title><link>{base}/</link><description>{escape(title)}</description>"
        f'<language>vi</language>{built}<atom:link href="{base}{feed_path(paper, section)}" rel="self"/>'
        f"{items}</channel></rss>"
    )
    return Feed(body, changed)


def _item(paper: Paper, story: Story, minute: int) -> str:
    said = story.head(minute)
    summary = said.lede or story.content(story.life.version_at(minute)).summary
    url = story.url(minute)
    link = f"{url}?utm_source=rss&utm_medium=feed" if paper.has_tracking else url
    return (
        f"<item><title>{escape(said.title)}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="{"false" if paper.has_tracking else "true"}">{escape(url)}</guid>'
        f"<pubDate>{format_datetime(story.published_at)}</pubDate><category>{escape(story.section_name)}</category>"
        f"<description><![CDATA[{summary}]]></description></item>"
    )
