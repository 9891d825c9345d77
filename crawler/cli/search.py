"""The command that finds articles by their words, and the filters that it shares with `export`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click

from archive import export
from archive.query import Filters
from archive.search import Hit, Sort
from archive.search import search as find
from crawler.cli.options import archive_options, json_option, one_line, print_json_lines, reading, short

R = TypeVar("R")


def filter_options(function: Callable[..., R]) -> Callable[..., R]:
    """--site and the like, given on as `filters`."""

    @click.option("--site", help="Only articles of this site.")
    @click.option("--section", help="Only with this in the name of the section.")
    @click.option("--author", help="Only with this in the byline.")
    @click.option("--credit", help="Only with this in the source that the page names.")
    @click.option("--since", type=click.DateTime(), help="Published (or first seen) then or later, UTC.")
    @click.option("--until", type=click.DateTime(), help="Published (or first seen) before then, UTC.")
    @click.option("--originals", is_flag=True, help="Leave out copies and excerpts.")
    @click.option("--edited", is_flag=True, help="Only articles with more than one version.")
    @functools.wraps(function)
    def wrapper(
        *,
        site: str | None,
        section: str | None,
        author: str | None,
        credit: str | None,
        since: datetime | None,
        until: datetime | None,
        originals: bool,
        edited: bool,
        **others: Any,  # noqa: ANN401  what the command itself takes
    ) -> R:
        filters = Filters(site, section, author, credit, _utc(since), _utc(until), originals=originals, edited=edited)
        return function(filters=filters, **others)

    return wrapper


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)


@click.command()
@click.argument("query", nargs=-1, required=True)
@filter_options
@click.option("--all-versions", is_flag=True, help="Also in what articles said before an edit.")
@click.option("--sort", type=click.Choice([each.value for each in Sort]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@json_option
@archive_options
def search(
    query: tuple[str, ...],
    filters: Filters,
    limit: int,
    folder: Path,
    database: str | None,
    *,
    sort: str,
    all_versions: bool,
    as_json: bool,
) -> None:
    """Find articles by the words of title, lede, body and captions.

    Marks may be left out: "lao cai" finds Lào Cai, "duong" finds đường. Those with the marks as typed come first, of
    these those with the words in their title, of these the newest; with --sort date simply the newest. Words in "double
    quotes" must follow each other; a word with a minus must not stand there.

    Example: luubao search 'lua "lang gom" -mua' --site baolaocai --since 2026-01-01
    """
    with reading(folder, database) as archive:
        words = " ".join(query)
        hits = find(archive, words, filters=filters, all_versions=all_versions, sort=Sort(sort), expected=limit)
        hits = islice(hits, limit)
        if as_json:
            print_json_lines(_json(hit) for hit in hits)
            return
        found = False
        for hit in hits:
            found = True
            _print(hit)
    if not found:
        click.echo("nothing found")


def _json(hit: Hit) -> dict[str, Any]:
    return {
        **export.article(hit.article),
        "matched_version": hit.version,
        "snippet": [{"text": text, "match": is_match} for is_match, text in hit.snippet],
    }


def _print(hit: Hit) -> None:
    row = hit.article
    at = export.moment(row["published_at"], row["published_offset"]) or export.moment(row["first_seen_at"])
    click.secho(short(hit.row["title"], 100), bold=True)
    former = "" if hit.version == row["version"] else f" · version {hit.version} of {row['version']}"
    click.secho(one_line(f"{row['article_id']} · {row['site']} · {at}{former}"), dim=True)
    pieces = (click.style(text, fg="yellow") if is_match else text for is_match, text in hit.snippet)
    click.echo("".join(pieces))
    click.echo()
