"""Which articles stand on home, section, tag, topic and search pages, and in the boxes beside an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from newsroom import addresses, words
from newsroom.dice import Chance
from newsroom.papers import Family, Paper
from newsroom.plan import DAY, OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsroom.model import Newsroom, Story

PER_PAGE = 16
ON_HOME = 40
ON_TAG = 20
ON_SCRIPTED = 30
"""Where a script turns the pages, the first one is longer."""
_POPULAR = 5
_RELATED_RANGE = 150


@dataclass(frozen=True)
class Listing:
    """A page of links to articles."""

    title: str
    path: str
    stories: tuple[Story, ...]
    popular: tuple[Story, ...] = ()
    """A box of older pieces; papers that track give its links utm_ parameters."""
    next_path: str | None = None
    pages: tuple[tuple[int, str], ...] = ()
    """Numbered links to other pages."""


def day_of(minute: int) -> int:
    """The day on Vietnam's clock, as a number."""
    return (minute + OFFSET) // DAY


def day_start(day: int) -> int:
    return day * DAY - OFFSET


def newest(newsroom: Newsroom, paper: Paper, minute: int, *, first: int = 0, step: int = 1) -> Iterator[Story]:
    """Articles that stand, newest first; only numbers that are `first` modulo `step`."""
    last = newsroom.count(paper, minute) - 1
    for number in range(last - (last - first) % step, -1, -step):
        story = newsroom.story(paper, number)
        if not story.life.is_gone_at(minute):
            yield story


def home(newsroom: Newsroom, paper: Paper, minute: int) -> Listing:
    stories = tuple(islice(newest(newsroom, paper, minute), ON_HOME))
    popular = tuple(_chosen(newsroom, paper, minute, count=_POPULAR, salt=1))
    return Listing(paper.title, "/", stories, popular)


def _section(newsroom: Newsroom, paper: Paper, section: int, page: int, minute: int) -> Listing | None:
    path = addresses.section_path(paper, section, page)
    count = len(range(section, newsroom.count(paper, minute), paper.sections))
    is_scripted = addresses.section_path(paper, section, 2) is None
    size = ON_SCRIPTED if is_scripted else PER_PAGE
    pages = 1 if is_scripted else max(1, -(-count // size))
    if path is None or not 1 <= page <= pages:
        return None
    standing = newest(newsroom, paper, minute, first=section, step=paper.sections)
    stories = tuple(islice(standing, (page - 1) * size, page * size))
    near = [at for at in range(max(1, page - 2), min(pages, page + 3) + 1) if at != page]
    return Listing(
        words.SECTIONS[section][1],
        path,
        stories,
        next_path=addresses.section_path(paper, section, page + 1) if page < pages else None,
        pages=tuple((at, str(addresses.section_path(paper, section, at))) for at in near),
    )


def find(newsroom: Newsroom, paper: Paper, target: str, minute: int) -> Listing | None:
    """The list that stands at `target` (path and query), or None."""
    # Anything may have been added to an address on its way here; only the page number is ours.
    path, _, query = target.partition("?")
    page = next((part for part in query.split("&") if part.startswith("page=")), None)
    section = addresses.find_section(paper, f"{path}?{page}" if page and paper.family is Family.EPI else path)
    if section is not None:
        return _section(newsroom, paper, *section, minute)
    if path == "/tim-kiem":
        return Listing(f"Kết quả cho {query or 'tất cả'}", path, tuple(islice(newest(newsroom, paper, minute), ON_TAG)))
    for tag, name in enumerate(words.TAGS):
        if path == addresses.tag_path(paper, tag):
            return Listing(name, path, tuple(islice(_tagged(newsroom, paper, tag, minute), ON_TAG)))
        if path == addresses.event_path(paper, tag):
            chosen = islice(_tagged(newsroom, paper, tag, minute), ON_TAG)
            return Listing(f"Sự kiện: {name}", path, tuple(chosen))
    return None


def _tagged(newsroom: Newsroom, paper: Paper, tag: int, minute: int) -> Iterator[Story]:
    return newest(newsroom, paper, minute, first=tag, step=len(words.TAGS))


def related(newsroom: Newsroom, story: Story, minute: int, *, count: int) -> list[Story]:
    """What the boxes beside an article show on that day: chosen anew every day, never the article itself."""
    chosen = _chosen(newsroom, story.paper, minute, count=count + 1, salt=story.number + 10)
    return [other for other in chosen if other.number != story.number][:count]


def _chosen(newsroom: Newsroom, paper: Paper, minute: int, *, count: int, salt: int) -> list[Story]:
    """Some of the articles that were out when the day began; as it was then, so that the page holds all day."""
    day = day_of(minute)
    out = newsroom.count(paper, day_start(day))
    reach = min(out, _RELATED_RANGE)
    chance = Chance(newsroom.seed, 30, paper.number, salt, day)
    numbers = dict.fromkeys(out - 1 - int(chance.random() * reach) for _ in range(2 * count if reach else 0))
    stories = [newsroom.story(paper, number) for number in numbers]
    return [story for story in stories if not story.life.is_gone_at(day_start(day))][:count]


def last_change(stories: tuple[Story, ...], minute: int) -> datetime | None:
    """When the newest of `stories` came out or was edited."""
    return max((story.modified_at(minute) for story in stories), default=None)
