"""`luubao sites`: the sites that are declared, and what there is of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from archive.core import Archive
from archive.exceptions import ArchiveError
from crawler.capture_index import load
from crawler.cli.options import archive_options, json_option, print_json, print_table, reading
from crawler.manifest import Page
from crawler.seeds import find_seeds
from crawler.sites import Site, site_of, sites
from crawler.sources import open_sources


@click.command("sites")
@click.option(
    "--seeds",
    "seeds",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="Count the seeds in DIR, too.",
)
@json_option
@archive_options
def sites_command(seeds: Path | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """List the sites that have a file of their own; any other is crawled by its URL.

    Example: luubao sites
    """
    kept = _articles(folder, database)
    shown = _seeds(seeds) if seeds else None
    rows = [_row(site, kept, shown) for site in sites()]
    if as_json:
        print_json(rows)
        return
    columns = ("name", "title", "hosts", "sources", "rules", *(("seeds",) if shown is not None else ()), "articles")
    print_table([tuple(_cell(row[column]) for column in columns) for row in rows], header=columns)


def _row(site: Site, kept: dict[str, int] | None, shown: Counter[str] | None) -> dict[str, object]:
    return {
        "name": site.name,
        "title": site.title,
        "hosts": list(site.hosts),
        "sources": len(site.sources),
        "inferred_sources": sum(source.is_inferred for source in site.sources),
        "rules": [rules.name for rules in site.rule_sets],
        "seeds": None if shown is None else shown[site.name],
        "articles": None if kept is None else kept.get(site.name, 0),
    }


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else "-" if value is None else value


def _articles(folder: Path, database: str | None) -> dict[str, int] | None:
    """Articles by site; None where there is no archive yet."""
    if database is None and not folder.exists():
        return None
    try:
        with reading(folder, database) as archive:
            return _counted(archive)
    except ArchiveError:
        if database is not None:
            raise
        return None  # a folder without an archive in it


def _counted(archive: Archive) -> dict[str, int]:
    return {row["site"]: row["articles"] for row in archive.status()["sites"]}


def _seeds(folder: Path) -> Counter[str]:
    """How many seeds have a page of each site."""
    found: Counter[str] = Counter()
    for seed in find_seeds(folder):
        names = set()
        for entry in open_sources([seed]):
            locator = entry.locator
            name = locator.site if isinstance(locator, Page) else None
            site = None if name else site_of(load(locator).url)
            names.add(name or (site.name if site else ""))
        found.update(names - {""})
    return found
