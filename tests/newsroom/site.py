"""What one paper answers at each of its addresses: articles, lists, feeds, sitemaps, robots, and everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zlib import crc32

from newsroom import addresses, feeds, lists, sitemaps
from newsroom.life import Removal
from newsroom.markup import list_page, message_page, twin_page
from newsroom.model import Page
from newsroom.papers import Paper, Validators

if TYPE_CHECKING:
    from newsroom.model import Newsroom, Story

HTML = "text/html; charset=utf-8"
_REDIRECTS = {301: "Moved Permanently", 302: "Found"}


def answer(newsroom: Newsroom, paper: Paper, target: str, minute: int, *, redesigned: bool = False) -> Page:
    """The response of `paper` to a GET of `target` (path and query) in `minute`."""
    path = target.partition("?")[0]
    if path == "/":
        return _list(newsroom, paper, lists.home(newsroom, paper, minute), minute)
    if path == "/robots.txt":
        return _plain(sitemaps.robots(newsroom, paper), "text/plain; charset=utf-8")
    found = newsroom.find_story(paper, path, minute)
    if found is not None:
        return _article(newsroom, found, path, minute, redesigned=redesigned)
    shown = lists.find(newsroom, paper, target, minute)
    if shown is not None:
        return _list(newsroom, paper, shown, minute)
    return _machine(newsroom, paper, path, minute) or missing(newsroom, paper)


def _machine(newsroom: Newsroom, paper: Paper, path: str, minute: int) -> Page | None:
    """What is there for programs: feeds and sitemaps."""
    feed = feeds.find(newsroom, paper, path, minute)
    if feed is not None:
        return _feed(feed)
    sitemap = sitemaps.find(newsroom, paper, path, minute)
    return Page(200, (("Content-Type", sitemap.content_type),), sitemap.make) if sitemap else None


def _article(newsroom: Newsroom, story: Story, path: str, minute: int, *, redesigned: bool) -> Page:
    life, paper = story.life, story.paper
    if life.is_gone_at(minute):
        if life.removal is Removal.SECTION:
            return redirect(newsroom.base(paper) + str(addresses.section_path(paper, story.section)), 302)
        return missing(newsroom, paper, status=int(life.removal or 404))
    own = story.path(minute)
    if addresses.untwinned(paper, path) is not None:
        return _html(lambda: twin_page(newsroom, story, minute))
    if path != own:
        is_former = life.is_moved_at(minute) and path == story.path(story.minute)
        is_numbered = paper.family in (addresses.Family.EPI, addresses.Family.MASTERCMS, addresses.Family.VCCORP)
        return redirect(newsroom.base(paper) + own, 301) if is_former or is_numbered else missing(newsroom, paper)
    return _validated(
        story,
        minute,
        Page(200, (("Content-Type", HTML),), lambda: newsroom.article_body(story, minute, redesigned=redesigned)),
        redesigned=redesigned,
    )


def _validated(story: Story, minute: int, page: Page, *, redesigned: bool) -> Page:
    """`page` with the validators that its paper sends. They are known without making the body."""
    validators, version = story.paper.validators, story.life.version_at(minute)
    tag = f"{story.number}-{version}{'-new' if redesigned else ''}"
    if validators is Validators.WEAK:
        page.etag = f'W/"{tag}"'
    elif validators is Validators.STRONG:
        # Related boxes change with the day, and so do the bytes.
        page.etag = f'"{tag}-{lists.day_of(minute)}"'
    if validators in (Validators.WEAK, Validators.MODIFIED):
        page.modified_at = story.modified_at(minute)
    if story.paper.noarchive:
        page.headers += (("X-Robots-Tag", "noarchive"),)
    return page


def _list(newsroom: Newsroom, paper: Paper, shown: lists.Listing, minute: int) -> Page:
    return _html(lambda: list_page(newsroom, paper, shown, minute))


def _feed(feed: feeds.Feed) -> Page:
    body = feed.body.encode()
    page = Page(200, (("Content-Type", "application/rss+xml; charset=utf-8"),), lambda: body)
    page.etag = f'"{crc32(body):08x}"'
    page.modified_at = feed.modified_at
    return page


def _html(make: Callable[[], str], status: int = 200) -> Page:
    return Page(status, (("Content-Type", HTML),), lambda: make().encode())


def _plain(text: str, content_type: str) -> Page:
    return Page(200, (("Content-Type", content_type),), text.encode)


def redirect(url: str, status: int) -> Page:
    """A redirect with the few words that servers send along."""
    body = f"<html><head><title>{status} {_REDIRECTS[status]}</title></head><body></body></html>"
    return Page(status, (("Content-Type", HTML), ("Location", url)), body.encode)


def missing(newsroom: Newsroom, paper: Paper, *, status: int = 404) -> Page:
    """Not found, or gone."""
    return _html(lambda: message_page(newsroom, paper, "Không tìm thấy trang", "Trang bạn tìm không tồn tại."), status)


def is_unchanged(page: Page, *, if_none_match: str | None, if_modified_since: datetime | None) -> bool:
    """Whether a conditional request gets 304 (RFC 9110, 13.2.2: an ETag, where asked about, decides alone)."""
    if page.status != 200:
        return False
    if if_none_match is not None:
        asked = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return page.etag is not None and ("*" in asked or page.etag.removeprefix("W/") in asked)
    if if_modified_since is None or page.modified_at is None:
        return False
    return page.modified_at.astimezone(UTC).replace(microsecond=0) <= if_modified_since
