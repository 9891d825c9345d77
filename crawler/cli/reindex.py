"""`luubao reindex`: the copies as the rules of today find them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.cli.options import archive_options, json_option, print_json, reading
from crawler.recording import open_archive


@click.command()
@json_option
@archive_options
def reindex(folder: Path, database: str | None, *, as_json: bool) -> None:
    """Find all copies anew with the rules of this release; `luubao status` says when that is due.

    The index, the evidence and the clusters come out as a replay of all captures would make them. What people decided
    is heeded as ever. It is done as a whole or not at all; until it ends nothing else can write.

    Example: luubao reindex --archive ./a
    """
    # Only asked: what is not there must not be made.
    with reading(folder, database):
        pass
    with (
        open_archive(folder, database=database) as archive,
        click.progressbar(length=0, label="finding copies", file=sys.stderr) as bar,
    ):

        def begin(count: int) -> None:
            bar.length = count

        run = archive.start_run("reindex", at=datetime.now(UTC))
        done = archive.reindex(begin=begin, progress=bar.update)
        counts = {"articles": done.articles, "moved": done.moved}
        archive.finish_run(run, at=datetime.now(UTC), counts=counts)
    if as_json:
        print_json(counts)
        return
    click.echo(f"{'articles':<10} {done.articles:>7}")
    click.echo(f"{'moved':<10} {done.moved:>7}  are in another cluster, or another role, than before")
    click.echo("Next: luubao changes" if done.moved else "Next: luubao clusters")
