"""The lists of a site: which are asked, what each names for the frontier, and which page of it comes next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin

from archive.core import Archive
from archive.storage import frontier
from archive.storage.frontier import Address, Visit
from archive.types import Capture
from archive.urls import identity
from crawler.crawl.account import CrawlAccount
from crawler.crawl.hosts import RememberedHosts
from crawler.crawl.plan import Errand, Plan
from crawler.crawl.settling import GONE, OK, REDIRECTS, conditions
from crawler.crawl.undeclared import is_undeclared, sources_of
from crawler.crawl.walk import MAX_PAGES, NextPage, Walk
from crawler.crawl.writer import Writer
from crawler.discovery import Feed, Section, Sitemap, SourceBroken, read_source, shard_urls, shards_since
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.politeness.hosts import origin_of
from crawler.sites import Site, Source, SourceKind


class Lists:
    """The sources of one crawl."""

    def __init__(
        self,
        site: Site,
        *,
        writer: Writer,
        plan: Plan,
        hosts: RememberedHosts,
        account: CrawlAccount,
        clock: Callable[[], datetime],
    ) -> None:
        self._site, self._writer, self._plan, self._hosts = site, writer, plan, hosts
        self._account, self._clock = account, clock
        self._started_at = clock()
        self._is_again = False
        self._asked: set[str] = set()
        self._walk = Walk(plan.since)
        self.waiting: deque[Errand] = deque()
        """Requests to make."""

    @property
    def put_off(self) -> int:
        """Lists whose next page waits until their articles were read."""
        return self._walk.waiting

    async def ask(self) -> None:
        """Ask for every source of the site."""
        for source in self._site.sources:
            for url in self._addresses_of(source):
                await self._add(source, url, is_guess=source.is_form)

    def _addresses_of(self, source: Source) -> list[str]:
        if not source.is_form:
            return [source.url]
        since = self._plan.since or self._started_at - timedelta(days=2)
        return shard_urls(source.url, since, self._started_at, offset=self._site.offset)

    async def _add(self, source: Source, url: str, page: int = 1, *, is_guess: bool = False) -> None:
        captured = self._plan.captured
        # What a list named in a later round may have been unchanged then, and have no capture of its own.
        if url in self._asked or (captured is not None and self._is_again and not captured.has(url)):
            return
        self._asked.add(url)
        known = await self._writer.call(lambda archive: self._find_source(archive, source, url))
        # A list that did not change still has next pages when its archive is walked.
        headers = conditions(known) if known is not None and self._plan.since is None else ()
        self.waiting.append(
            Errand(url, headers, visit=known, source=source, page=page, is_guess=is_guess or source.is_inferred)
        )

    def _find_source(self, archive: Archive, source: Source, url: str) -> Visit | None:
        key = f"{source.kind} {url}"
        with archive.writing() as connection:
            taken = frontier.find(connection, key)
            if taken is not None and taken.site != self._site.name:
                # Another site reads the same list, and "not modified" would be said of what that one has read.
                key = f"{key} for {self._site.name}"
            frontier.add(connection, self._site.name, [Address(url, key, source.kind)], now=self._started_at)
            return frontier.find(connection, key)

    async def ask_again(self, now: datetime) -> None:
        """Ask for every source once more, as if the crawl began now."""
        self._started_at, self._is_again = now, True
        self._asked.clear()
        await self.ask()

    async def turn_pages(self) -> bool:
        """Ask for the next page of every list that does not reach back far enough yet; whether there is one."""
        pages = [(page, await self._newest(page.listed)) for page in self._walk.take()]
        for page, newest in pages:
            if not self._walk.is_far_enough(newest):
                await self._add(page.source, page.url, page.page)
        return bool(self.waiting)

    async def _newest(self, url_keys: Sequence[str]) -> datetime | None:
        def ask(archive: Archive) -> datetime | None:
            with archive.reading() as connection:
                return frontier.newest_published(connection, url_keys)

        return await self._writer.call(ask)

    async def follow(self, errand: Errand, capture: Capture) -> None:
        """Put what a source lists on the frontier, and ask for its next page while it shows something new."""
        source = errand.source
        assert source is not None
        try:
            found = self._read(source, errand, capture)
        except SourceBroken as e:
            # An address that was only guessed may be missing; one that is declared, or was named, may not.
            if not (errand.is_guess and capture.status in GONE):
                self._account.broken_sources[errand.url] = e.reason
            return
        if isinstance(found, Sitemap) and found.children:
            since = self._plan.since or capture.captured_at - timedelta(days=2)
            named = {child.url for child in found.children}
            for url in shards_since(found.children, since, capture.captured_at, offset=self._site.offset):
                await self._add(source, url, is_guess=url not in named)
            return
        if source.kind is SourceKind.HOME and is_undeclared(self._site):
            robots = self._hosts.get_robots(origin_of(errand.url))
            for extra in sources_of(errand.url, self._content(errand, capture), robots):
                await self._add(extra, extra.url)
        items = found.entries if isinstance(found, Sitemap) else found.items
        if self._plan.since is not None:
            items = tuple(item for item in items if not item.published_at or item.published_at >= self._plan.since)
        addresses = [
            Address(url, identity(url), frontier.ARTICLE, errand.url)
            for item in items
            if (url := self._site.preferred(item.url)) and self._site.is_article(url) is not False
        ]
        new, known = await self._writer.call(lambda archive: self._put(archive, addresses))
        self._account.listed += new + known
        self._account.listed_known += known
        next_url = found.next_url if not isinstance(found, Sitemap) else None
        if next_url is not None and items:
            page = NextPage(source, next_url, errand.page + 1, tuple(address.url_key for address in addresses))
            await self._go_on(page, is_new=new > 0)

    async def _go_on(self, page: NextPage, *, is_new: bool) -> None:
        """Follow a list to its next page, if the page before showed something new, or when its articles were read."""
        captured = self._plan.captured
        if captured is None and self._plan.since is not None:
            self._walk.put_off(page)
        elif (is_new and page.page <= MAX_PAGES) or (captured is not None and captured.has(page.url)):
            await self._add(page.source, page.url, page.page)

    def _read(self, source: Source, errand: Errand, capture: Capture) -> Sitemap | Section | Feed:
        if capture.status in REDIRECTS:
            raise SourceBroken(errand.url, f"moved to {urljoin(errand.url, capture.header('Location') or '')}")
        if capture.status != OK:
            raise SourceBroken(errand.url, f"status {capture.status}")
        # A declared site knows its hosts; of another one every link that stays on the page's own host is its own.
        return read_source(
            source,
            self._content(errand, capture),
            url=errand.url,
            site=None if is_undeclared(self._site) else self._site,
            content_type=capture.header("Content-Type"),
        )

    def _content(self, errand: Errand, capture: Capture) -> bytes:
        content = decode_content(capture.payload, capture.header("Content-Encoding"))
        if isinstance(content, Failure):
            raise SourceBroken(errand.url, content.detail)
        return content.body

    def _put(self, archive: Archive, addresses: list[Address]) -> tuple[int, int]:
        with archive.writing() as connection:
            return frontier.add(connection, self._site.name, addresses, now=self._clock())
