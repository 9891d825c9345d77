"""`luubao move`: the tables of an archive into another database."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from archive.core import shown_database
from archive.moving import move as run_move
from crawler.cli.options import archive_options, reading


@click.command()
@click.argument("to", metavar="URL")
@archive_options
def move(to: str, folder: Path, database: str | None) -> None:
    """Copy the archive's tables to the empty database at URL: postgresql://user@host/name, or sqlite:///FILE.

    Every id and number stays, the order of `changes` and its cursors, too, so that programs which follow the archive
    go on where they were. It is done as a whole or not at all; nothing is written to the archive meanwhile. Captures
    and decisions stay in the folder, and the former tables as they are: put them away, or delete them.

    Example: luubao move postgresql://user@host/name --archive ./a
    """
    with (
        reading(folder, database) as archive,
        click.progressbar(length=0, label="copying", file=sys.stderr) as bar,
    ):

        def begin(count: int) -> None:
            bar.length = count

        rows = run_move(archive, to, shown_as=shown_database(to), begin=begin, progress=bar.update)
    click.echo(f"{rows} rows copied")
    shown = shlex.quote(shown_database(to))
    click.echo(f"Next: luubao fingerprint --archive {shlex.quote(str(folder))} --database {shown}")
