"""How far a list is followed from page to page: while it shows something new; in a backfill, back to a date.

A list page states no dates. So its next page waits until the articles that it lists were read: they know how old they
are, and a list goes from new to old."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.sites import Source

MAX_PAGES = 20
"""Pages of one list that are followed while they show something new."""
FARTHEST = 20_000
"""Pages of one list that a backfill follows: no archive was seen that has more, and some calendars never end."""


@dataclass(frozen=True, slots=True)
class NextPage:
    """A page of a list that is not asked for yet."""

    source: Source
    url: str
    page: int
    listed: tuple[str, ...]
    """Keys of what the page before it lists."""


class Walk:
    """The lists of one crawl, and how far each was followed."""

    def __init__(self, since: datetime | None) -> None:
        self._since = since
        self._seen: dict[Source, set[str]] = defaultdict(set)
        self._waiting: deque[NextPage] = deque()

    @property
    def waiting(self) -> int:
        """Lists that go on behind the page that was read last."""
        return len(self._waiting)

    def put_off(self, page: NextPage) -> None:
        """Let `page` wait for the dates of what is listed before it; not at all where the list only repeats itself."""
        seen = self._seen[page.source]
        shows_more = not seen.issuperset(page.listed)
        seen.update(page.listed)
        if shows_more and page.page <= FARTHEST:
            self._waiting.append(page)

    def take(self) -> Iterator[NextPage]:
        """Every page that waits, each once."""
        while self._waiting:
            yield self._waiting.popleft()

    def is_far_enough(self, newest: datetime | None) -> bool:
        """Whether a list need not be followed behind a page on which the newest article is so old."""
        return self._since is not None and newest is not None and newest < self._since
