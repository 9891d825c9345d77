"""`luubao record`: fetch a few pages and keep them as a seed."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive import warc
from archive.exceptions import ArchiveError
from archive.types import Capture
from crawler.checking import look
from crawler.cli.options import endpoint, endpoints, one_line
from crawler.sites import Site, find_site

_OK = 200


MAX_KEPT = 512 * 1024
"""Bytes of one capture in the seed of a site: a sitemap of a whole month is no example."""


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="URL|SITE...")
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The seed's folder; what is in it stays.",
)
@click.option("--pages", type=click.IntRange(1, 50), default=5, show_default=True, help="Articles of each SITE.")
@click.option("--delay", type=click.FloatRange(0), show_default="1", help="Seconds between two requests to a host.")
@click.option("--allow-private", is_flag=True, help="Let what is asked be on this machine: for test sites on loopback.")
def record(what: tuple[str, ...], into: Path, pages: int, delay: float | None, *, allow_private: bool) -> None:
    """Fetch each URL politely, redirects included, and keep the answers as a WARC file in the folder of a seed.

    Of a declared SITE its sources are kept, and some of the articles that they list. The file is called after the
    moment: recording again on another day adds one. Pages of papers are theirs: keep such a seed to yourself, or put
    invented text into it before you give it away.

    Example: luubao record https://baolaocai.vn/a-post1.html --into my-seeds/baolaocai
    """
    from crawler.visit import Ask, visit  # noqa: PLC0415  Scrapy takes half a second to import

    wanted = [_wanted(word) for word in what]
    named = [one for one in wanted if isinstance(one, Site)]

    async def work(ask: Ask) -> _Recording:
        recording = _Recording(ask, pages)
        for one in wanted:
            await (recording.site(one) if isinstance(one, Site) else recording.url(one))
        return recording

    allowed = sorted(
        {one for word in wanted for one in (endpoints(word) if isinstance(word, Site) else [endpoint(word)])}
    )
    delays = [one.delay for one in named if one.delay is not None]
    try:
        recording = visit(
            work,
            clock=lambda: datetime.now(UTC),
            delay=max(delays, default=None) if delay is None else delay,
            allow_private=sorted(set(allowed)) if allow_private else (),
        )
    except ArchiveError as e:
        raise click.ClickException(one_line(str(e))) from e
    for line in recording.told:
        click.echo(one_line(line))
    if recording.captures:
        click.echo(f"kept in {write_captures(recording.captures, into)}")
        click.echo(f"Next: luubao replay --write-expected {into}")
    if recording.is_short:
        raise click.exceptions.Exit(1)


def _wanted(word: str) -> Site | str:
    site = find_site(word)
    if site is not None:
        return site
    if urlsplit(word).scheme not in ("http", "https") or not urlsplit(word).hostname:
        raise click.UsageError(f"neither a web address nor a declared site: {word!r}; `luubao sites` lists them")
    return word


@dataclass
class _Recording:
    """What was asked for in one visit, and what came."""

    ask: Callable[[str], Awaitable[Capture | str]]
    pages: int
    captures: list[Capture] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    is_short: bool = False
    """Something that was wanted is missing."""

    async def url(self, url: str) -> None:
        """Keep what `url` answers, and where it leads."""
        from crawler.visit import follow  # noqa: PLC0415  see above

        for answer in await follow(self.ask, url):
            if isinstance(answer, str):
                self.is_short = True
            self._note(url, answer)

    async def site(self, site: Site) -> None:
        """Keep the sources of `site` and some of its articles."""
        answers: dict[str, Capture | str] = {}

        async def once(url: str) -> Capture | str:
            if url not in answers:
                answers[url] = await self.ask(url)
            return answers[url]

        _, found = await look(site, once, now=datetime.now(UTC), sample=self.pages)
        for url, answer in answers.items():
            self._note(url, answer, limit=MAX_KEPT)
        if not any(page.status == _OK for page in found):
            self.told.append(f"{site.name}  no article: see `luubao site check {site.name}`")
            self.is_short = True

    def _note(self, url: str, answer: Capture | str, *, limit: int | None = None) -> None:
        if isinstance(answer, str):
            self.told.append(f"{url}  failed: {answer}")
            return
        is_too_big = limit is not None and len(answer.payload) > limit
        left_out = ", left out: too big for a seed" if is_too_big else ""
        self.told.append(f"{answer.url}  {answer.status} {len(answer.payload)} bytes{left_out}")
        if not is_too_big:
            self.captures.append(answer)


def write_captures(captures: list[Capture], folder: Path) -> Path:
    """A new uncompressed WARC file of `captures` in `folder`: one that a person can read and git can compare."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{captures[0].captured_at:%Y%m%dT%H%M%S%f}Z.warc"
    with path.open("xb") as file:
        for capture in captures:
            file.write(gzip.decompress(warc.encode(capture)))
    return path
