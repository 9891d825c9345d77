"""What an archive of the newsroom should hold at a moment: the judge of drills and of extraction.

Versions are counted as a reader would: two states that say the same are one. Made article by article, so that fifty
thousand of them fit anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from newsroom.addresses import twin_path
from newsroom.content import Content
from newsroom.model import VIETNAM, Newsroom, Story
from newsroom.plan import COPIES, Kind, minute_of

Visits = Mapping[tuple[str, int], Iterable[datetime]]
"""(paper, article number): when its page was asked for and answered without a fault, on the newsroom's clock."""


@dataclass(frozen=True)
class Version:
    """One state of an article."""

    content: Content
    since: datetime
    """When the paper made it; with visits: when a visit first showed it."""


@dataclass(frozen=True)
class Copy:
    """Who took what from whom."""

    copy: str
    original: str
    kind: Kind
    """FULL_COPY and WIRE_COPY keep nearly the whole text (role `copy`), EXCERPT its opening (role `excerpt`)."""


@dataclass(frozen=True)
class Article:
    """One article as an archive should know it."""

    story: Story
    url: str
    """Its present address, or the last one."""
    other_urls: tuple[str, ...]
    """Former addresses, and its print or AMP twin."""
    versions: tuple[Version, ...]
    is_gone: bool
    """Removed by now; with visits: as the last visit saw it."""
    was_back: bool
    """Removed once, and there again."""

    @property
    def paper(self) -> str:
        return self.story.paper.name

    @property
    def kind(self) -> Kind:
        return self.story.kind

    @property
    def published_at(self) -> datetime:
        return self.story.published_at

    @property
    def section(self) -> str:
        return self.story.section_name

    @property
    def content(self) -> Content:
        """The latest version."""
        return self.versions[-1].content


class Expected:
    """The truth at `now`. Iterating makes one article at a time."""

    def __init__(self, newsroom: Newsroom, now: datetime, visits: Visits | None) -> None:
        self.newsroom, self.now, self.visits = newsroom, now, visits
        self._minute = minute_of(now)

    def __len__(self) -> int:
        """How many articles there are, removed ones included."""
        if self.visits is not None:
            return sum(1 for _ in self)
        return sum(self.newsroom.count(paper, self.now) for paper in self.newsroom.papers)

    def __iter__(self) -> Iterator[Article]:
        for story in self._stories():
            made = self._article(story)
            if made.versions:
                yield made

    def _stories(self) -> Iterator[Story]:
        """Every article; with visits, those that were visited."""
        for paper in self.newsroom.papers:
            numbers: Iterable[int] = range(self.newsroom.count(paper, self.now))
            if self.visits is not None:
                numbers = sorted(number for name, number in self.visits if name == paper.name)
            yield from (self.newsroom.story(paper, number) for number in numbers)

    def article(self, url: str) -> Article | None:
        """The article at any address that it ever had."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        story = self.newsroom.find(host, f"/{path}", self.now) if scheme else None
        return self._article(story) if story else None

    def gone(self) -> Iterator[Article]:
        """Articles that stand no more."""
        return (article for article in self if article.is_gone)

    def copies(self) -> Iterator[Copy]:
        """Every copy and excerpt of which both ends are expected."""
        for story in self._stories():
            if story.kind not in COPIES:
                continue
            original = story.sources[0]
            if self.visits is None or (self._article(story).versions and self._article(original).versions):
                yield Copy(story.url(self._minute), original.url(self._minute), story.kind)

    def clusters(self) -> list[frozenset[str]]:
        """Addresses that carry one text, originals among them."""
        found: dict[str, set[str]] = {}
        for copy in self.copies():
            found.setdefault(copy.original, {copy.original}).add(copy.copy)
        return [frozenset(members) for members in found.values()]

    def _article(self, story: Story) -> Article:
        life, minute = story.life, self._minute
        states = self._states(story)
        seen = self._seen(story)
        url = story.url(minute)
        former = story.url(story.minute)
        twin = twin_path(story.paper, story.path(minute))
        others = [former] if former != url else []
        others += [self.newsroom.base(story.paper) + twin] if twin else []
        removed = life.removed_at
        last = minute if seen is None else max(seen, default=story.minute)
        return Article(
            story=story,
            url=url,
            other_urls=tuple(others),
            versions=tuple(_distinct(states if seen is None else _shown(states, seen, story))),
            is_gone=life.is_gone_at(last),
            was_back=removed is not None and life.back_at is not None and life.back_at <= last,
        )

    def _states(self, story: Story) -> list[Version]:
        """Every state by now, oldest first."""
        made = [Version(story.content(0), story.published_at)]
        for number, (when, _) in enumerate(story.life.edits, start=1):
            if when <= self._minute:
                made.append(Version(story.content(number), datetime.fromtimestamp(when * 60, VIETNAM)))
        return made

    def _seen(self, story: Story) -> list[int] | None:
        """The minutes of the visits, or None where nobody counts them."""
        if self.visits is None:
            return None
        times = self.visits.get((story.paper.name, story.number), ())
        return sorted(minute_of(time) for time in times if time <= self.now)


def _shown(states: list[Version], seen: list[int], story: Story) -> Iterator[Version]:
    """What each visit showed; a visit to a removed page showed nothing."""
    for minute in seen:
        if story.life.is_gone_at(minute):
            continue
        state = [state for state in states if minute_of(state.since) <= minute]
        if state:
            yield Version(state[-1].content, datetime.fromtimestamp(minute * 60, VIETNAM))


def _distinct(versions: Iterable[Version]) -> Iterator[Version]:
    """`versions` without those that say what the one before said; whom it credits does not count."""
    before: tuple[object, ...] | None = None
    for version in versions:
        said = version.content
        now = (said.title, said.lede, said.paragraphs, said.captions, said.author)
        if now != before:
            yield version
        before = now


def oracle(newsroom: Newsroom, now: datetime, visits: Visits | None = None) -> Expected:
    """What an archive should hold at `now`; with `visits` (`Server.visits`), what those visits could have seen."""
    return Expected(newsroom, now, visits)
