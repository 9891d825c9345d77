"""`luubao import`: what another archive exported, or a collection of WARC files, through the door of a crawl."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.cli.options import archive_options, json_option
from crawler.cli.replay import take_in, workers_option
from crawler.processes import begin_importing
from crawler.sites import host_of
from crawler.sources import open_sources, size_of
from crawler.wanted import Wanted


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--site", "sites", multiple=True, help="Only captures of this site; may be repeated.")
@click.option("--host", "hosts", multiple=True, help="Only of this host and those below it; may be repeated.")
@click.option("--every-type", is_flag=True, help="Also what says itself that it is no page: images, scripts, PDF ...")
@click.option("--no-decisions", is_flag=True, help="Do not heed what people decided there.")
@workers_option
@json_option
@archive_options
def import_(
    paths: tuple[str, ...],
    workers: int,
    folder: Path,
    database: str | None,
    *,
    sites: tuple[str, ...],
    hosts: tuple[str, ...],
    every_type: bool,
    no_decisions: bool,
    as_json: bool,
) -> None:
    """Take in another archive's folder or WACZ or WARC export, or a collection of WARC files. Offline.

    The pages are read and judged as if they had been crawled at their own time: the same versions, the same pages
    held, the same copies. A page of a host without a site file belongs to a site called after the host. What people
    decided in the other archive is heeded. What is left out is counted with its reason; what the archive has is passed
    over, so an import can be stopped and run again. JSON Lines, CSV and the like hold no pages and cannot be taken in.

    Example: luubao import CC-NEWS-20260207*.warc.gz --host baolaocai.vn
    """
    wanted = Wanted(
        frozenset(sites),
        frozenset(host_of(f"//{host}") for host in hosts),
        only_pages=not every_type,
        decisions=not no_decisions,
    )
    if workers > 1:
        begin_importing()
    with click.progressbar(length=size_of(paths), label="looking through", file=sys.stderr) as bar:
        sources = open_sources(paths, wanted=wanted, progress=bar.update)
    take_in(sources, "import", folder, database, workers=workers, as_json=as_json)
