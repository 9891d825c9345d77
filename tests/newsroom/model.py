"""The newsroom: several papers, their articles along the clock, and the page at every address at every moment.

A function of the seed and the clock. `page` keeps no state but caches; time is turned by whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from newsroom import addresses, words
from newsroom.content import Brief, Content, Head, content, head
from newsroom.life import Life, life
from newsroom.lists import day_of, day_start
from newsroom.markup import article_page
from newsroom.papers import Paper, choose
from newsroom.plan import COPIES, Kind, Plan, minute_of

VIETNAM = timezone(timedelta(hours=7))
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class Page:
    """A response before it is sent; the body is made when somebody asks for it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    make: Callable[[], bytes] = field(repr=False)
    etag: str | None = None
    modified_at: datetime | None = None

    @cached_property
    def body(self) -> bytes:
        return self.make()


class Story:
    """One article of one paper, whatever becomes of it."""

    def __init__(self, newsroom: Newsroom, at: int, number: int) -> None:
        self.newsroom = newsroom
        self.paper = newsroom.papers[at]
        self.at = at
        """The paper's place in the newsroom."""
        self.number = number
        self.minute = newsroom.plan.minutes[at][number]
        """When it came out, in minutes since 1970."""

    def __repr__(self) -> str:
        return f"Story({self.paper.name!r}, {self.number})"

    @property
    def published_at(self) -> datetime:
        return datetime.fromtimestamp(self.minute * 60, VIETNAM)

    @cached_property
    def kind(self) -> Kind:
        return self.newsroom.plan.kind(self.at, self.number)

    @property
    def section(self) -> int:
        return self.number % self.paper.sections

    @property
    def section_name(self) -> str:
        return words.SECTIONS[self.section][1]

    @property
    def tags(self) -> tuple[int, ...]:
        return self.number % len(words.TAGS), (self.number * 5 + 3) % len(words.TAGS)

    @cached_property
    def life(self) -> Life:
        is_own = self.kind is Kind.OWN
        return life(self.newsroom.seed, self.paper.number, self.number, self.minute, is_own=is_own)

    @property
    def sources(self) -> tuple[Story, ...]:
        """What it was made from."""
        found = self.newsroom.plan.sources(self.at, self.number)
        return tuple(self.newsroom.story(self.newsroom.papers[paper], number) for paper, number in found)

    def head(self, minute: int) -> Head:
        """Title and lede, as lists show them."""
        return self.head_of(self.life.version_at(minute))

    def head_of(self, version: int) -> Head:
        """Title and lede after so many edits."""
        return head(self.newsroom.brief(self.at, self.number), version)

    def content(self, version: int) -> Content:
        """What it says after so many edits."""
        return content(self.newsroom.brief(self.at, self.number), version, self._origin())

    def _origin(self) -> str | None:
        """The address of the original as it was when the text was taken, where the copy prints it.

        The aggregator always does; others for a paper that nobody knows by name."""
        kind = self.kind
        if kind not in COPIES:
            return None
        source = self.sources[0]
        return source.url(self.minute) if kind is Kind.FULL_COPY or source.paper.site is None else None

    @cached_property
    def _first_path(self) -> str:
        first = head(self.newsroom.brief(self.at, self.number), 0).title
        return addresses.article_path(self.paper, self.number, self.minute, addresses.slug(first))

    def path(self, minute: int) -> str:
        """Its path at that time."""
        if not self.life.is_moved_at(minute):
            return self._first_path
        first = head(self.newsroom.brief(self.at, self.number), 0).title
        return addresses.article_path(self.paper, self.number, self.minute, addresses.moved_slug(first))

    def url(self, minute: int) -> str:
        """Its address at that time."""
        return self.newsroom.base(self.paper) + self.path(minute)

    def modified_at(self, minute: int) -> datetime:
        """When it was last edited, as of then."""
        edits = [when for when, _ in self.life.edits if when <= minute]
        return datetime.fromtimestamp(max(edits, default=self.minute) * 60, VIETNAM)


class Newsroom:
    """Several papers that publish, edit, remove and copy.

    `articles` is how many are out when the clock starts. The last `kept_pages` article pages are kept as bytes (17 kB
    each): a benchmark that serves the same ones again keeps them all, and pays for making them once."""

    def __init__(
        self,
        seed: int = 1,
        *,
        papers: int | tuple[Paper, ...] | tuple[str, ...] = 6,
        articles: int = 2000,
        start: datetime = START,
        kept_pages: int = 1024,
    ) -> None:
        if start.tzinfo is None or start.second or start.microsecond:
            raise ValueError(f"an aware start on a whole minute, not {start!r}")
        self.seed = seed
        self.papers = choose(papers)
        self.start = start
        self.plan = Plan(seed, self.papers, articles=articles, start=start)
        self._places = {paper.name: at for at, paper in enumerate(self.papers)}
        self._bases = {paper.name: f"http://{paper.name}.test" for paper in self.papers}
        self._by_host = {f"{paper.name}.test": at for at, paper in enumerate(self.papers)}
        self.brief = lru_cache(maxsize=1 << 14)(self._brief)
        self._story = lru_cache(maxsize=1 << 14)(self._make_story)
        self._body = lru_cache(maxsize=kept_pages)(self._make_body)

    def place(self, bases: Mapping[str, str]) -> None:
        """Tell the papers where they are served: {name: "http://127.0.0.1:8001"}. Canonical links and feeds use it."""
        self._bases.update(bases)
        self._by_host = {urlsplit(base).netloc: self._at(name) for name, base in self._bases.items()}
        self.brief.cache_clear()
        self._story.cache_clear()
        self._body.cache_clear()

    def paper(self, name: str) -> Paper:
        return self.papers[self._at(name)]

    def base(self, paper: Paper) -> str:
        """Scheme, host and port of a paper, without a slash."""
        return self._bases[paper.name]

    def _at(self, name: str) -> int:
        return self._places[name]

    def count(self, paper: Paper, now: datetime | int) -> int:
        """How many articles the paper has published by `now`, removed ones included."""
        return self.plan.count(self._at(paper.name), now if isinstance(now, int) else minute_of(now))

    def story(self, paper: Paper, number: int) -> Story:
        """The paper's article of that number, which must be out."""
        return self._story(self._at(paper.name), number)

    def _make_story(self, at: int, number: int) -> Story:
        return Story(self, at, number)

    def _brief(self, at: int, number: int) -> Brief:
        story = self._story(at, number)
        sources = tuple(
            (self.brief(source.at, source.number), source.life.version_at(story.minute)) for source in story.sources
        )
        day = f"{story.published_at.day}/{story.published_at.month}/{story.published_at.year}"
        return Brief(self.seed, story.paper, story.number, story.kind, story.life, day, sources)

    def stories(self, paper: Paper, now: datetime | int) -> list[Story]:
        """Everything that the paper has published by `now`, oldest first, removed articles included."""
        return [self.story(paper, number) for number in range(self.count(paper, now))]

    def find(self, host: str, path: str, now: datetime) -> Story | None:
        """The article at an address (any that it ever had by `now`, twins included), or None."""
        paper = self.papers[self._by_host[host]]
        return self.find_story(paper, path.partition("?")[0], minute_of(now))

    def find_story(self, paper: Paper, path: str, minute: int) -> Story | None:
        """The article of `paper` at `path`, whatever slug stands before its number; it may be gone by then."""
        path = addresses.untwinned(paper, path) or path
        count = self.count(paper, minute)
        for number in addresses.candidates(paper, path, count):
            if not 0 <= number < count:
                continue
            story = self.story(paper, number)
            has_number = path.startswith("/apicenter@/")
            if has_number or path.rpartition("-")[2] == story.path(minute).rpartition("-")[2]:
                return story
        return None

    def article_body(self, story: Story, minute: int, *, redesigned: bool = False) -> bytes:
        """The page of an article: the same from one edit to the next, for as long as a day lasts."""
        life = story.life
        first = max(
            day_start(day_of(minute)),
            story.minute,
            *(when for when, _ in life.edits if when <= minute),
            life.moved_at if life.moved_at and life.is_moved_at(minute) else 0,
        )
        return self._body(story.at, story.number, first, redesigned)

    def _make_body(self, at: int, number: int, minute: int, redesigned: bool) -> bytes:  # noqa: FBT001 - a cache's key
        return article_page(self, self._story(at, number), minute, redesigned=redesigned).encode()

    def page(self, host: str, path: str, now: datetime, *, redesigned: bool = False) -> Page:
        """What the paper at `host` answers to a GET of `path` at `now`; `host` is a host name with port, or a name."""
        from newsroom.site import answer

        paper = self.papers[self._by_host[host] if host in self._by_host else self._at(host)]
        return answer(self, paper, path, minute_of(now), redesigned=redesigned)
