"""`luubao site check`: which of a site's promises hold."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.exceptions import ArchiveError
from archive.types import Capture
from crawler.capture_index import load
from crawler.checking import Promise, judge_pages, look
from crawler.cli.options import endpoints, json_option, one_line, print_json, print_table
from crawler.sites import Site, find_site, sites
from crawler.sources import open_sources

_WORDS = {True: "holds", False: "broken", None: "unsure"}


@click.command()
@click.argument("name")
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR",
    help="Look at the captures in DIR and fetch nothing; may be repeated.",
)
@click.option("--pages", type=click.IntRange(1, 50), default=5, show_default=True, help="Articles to look at, live.")
@click.option("--delay", type=click.FloatRange(0), show_default="1", help="Seconds between two requests to a host.")
@click.option("--allow-private", is_flag=True, help="Let the site be on this machine: for test sites on loopback.")
@json_option
def check(
    name: str, seeds: tuple[Path, ...], pages: int, delay: float | None, *, allow_private: bool, as_json: bool
) -> None:
    """Say which promises of site NAME hold; exit 1 if one is broken.

    Live: do its sources answer and list addresses of its articles, and are the fields of some articles found, by which
    rule? robots.txt and delays are heeded. With --seed the same, from captures.

    Example: luubao site check baolaocai --seed seeds
    """
    site = find_site(name)
    if site is None:
        known = ", ".join(site.name for site in sites())
        raise click.UsageError(f"no site {name!r}: one of {known}")
    try:
        promises = _offline(site, seeds) if seeds else _live(site, pages, delay, allow_private=allow_private)
    except ArchiveError as e:
        raise click.ClickException(one_line(str(e))) from e
    if as_json:
        rows = [
            {"promise": one.what, "state": _WORDS[one.holds], "found": one.found, "cause": one.cause}
            for one in promises
        ]
        print_json({"site": site.name, "promises": rows})
    else:
        _print(promises)
    if any(one.holds is False for one in promises):
        raise click.exceptions.Exit(1)


def _live(site: Site, pages: int, delay: float | None, *, allow_private: bool) -> list[Promise]:
    from crawler.visit import visit  # noqa: PLC0415  Scrapy takes half a second to import

    def clock() -> datetime:
        return datetime.now(UTC)

    promises, found = visit(
        lambda ask: look(site, ask, now=clock(), sample=pages),
        clock=clock,
        delay=site.delay if delay is None else delay,
        allow_private=endpoints(site) if allow_private else (),
    )
    return promises + judge_pages(site, found)


def _offline(site: Site, seeds: tuple[Path, ...]) -> list[Promise]:
    """The same from captures; a source that nobody captured is not judged."""
    captures = list(_captures(site, seeds))
    if not captures:
        raise click.ClickException(
            f"no capture of {site.name} in {', '.join(map(str, seeds))}: record one with `luubao record`"
        )
    kept = {capture.url: capture for capture in captures}
    sources = {source.url for source in site.sources}

    async def ask(url: str) -> Capture | str:
        return kept.get(url, "not in the seed")

    newest = max(capture.captured_at for capture in captures)
    promises, _ = asyncio.run(look(site, ask, now=newest, sample=0, days=None))
    judged = [one for one in promises if one.found != "not in the seed"]
    return judged + judge_pages(site, [capture for capture in captures if capture.url not in sources])


def _captures(site: Site, seeds: tuple[Path, ...]) -> Iterator[Capture]:
    for entry in open_sources(list(seeds)):
        capture = load(entry.locator)
        if capture.site == site.name or (capture.site is None and site.serves(capture.url)):
            yield capture


def _print(promises: list[Promise]) -> None:
    print_table(
        [(_WORDS[one.holds], one_line(one.what), one_line(one.found)) for one in promises],
        header=("state", "promise", "found"),
    )
    for one in promises:
        if one.holds is not True and one.cause:
            click.echo(one_line(f"{_WORDS[one.holds]}: {one.what}: {one.cause}"), file=sys.stdout)
