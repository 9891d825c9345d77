"""The group of all commands, and how errors end."""

from __future__ import annotations

import click

from archive.version import VERSION
from crawler.cli.copies import compare, copies, flows
from crawler.cli.crawl import crawl
from crawler.cli.decide import held, not_same, original, same, take_down
from crawler.cli.export import export
from crawler.cli.importing import import_
from crawler.cli.inspect import fingerprint, status, verify
from crawler.cli.move import move
from crawler.cli.read import articles, changes, clusters, diff, show
from crawler.cli.record import record
from crawler.cli.reextract import reextract
from crawler.cli.reindex import reindex
from crawler.cli.replay import replay
from crawler.cli.schedule import schedule
from crawler.cli.search import search
from crawler.cli.serve import serve
from crawler.cli.site import site
from crawler.cli.sites import sites_command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="luubao")
def main() -> None:
    """Keep the paper: follow news sites, keep every page, notice edits and deletions, recognise the copies.

    The archive is a folder: --archive DIR, or LUUBAO_ARCHIVE, or ./luubao-archive. --database URL (or
    LUUBAO_DATABASE) keeps its tables on PostgreSQL.
    """


for command in (
    crawl,
    schedule,
    replay,
    import_,
    reextract,
    reindex,
    articles,
    show,
    diff,
    clusters,
    copies,
    compare,
    flows,
    changes,
    search,
    export,
    held,
    same,
    not_same,
    original,
    take_down,
    move,
    status,
    fingerprint,
    verify,
    site,
    sites_command,
    record,
    serve,
):
    main.add_command(command)
