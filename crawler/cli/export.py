"""The command that writes a selection of the archive to a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.files import FORMATS, write
from archive.query import Filters
from archive.selection import Selection
from crawler.cli.options import archive_options, one_line, reading
from crawler.cli.search import filter_options

_EVERY = 10_000
_IS_CHANGE = re.compile("[0-9a-f]{16}").fullmatch


class _TakesChange(click.Command):
    """`--since CHANGE` is `--after CHANGE`, as it is for `luubao changes`; a day does not look like one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words after the command."""
        words = [word for each in args for word in (each.split("=", 1) if each.startswith("--since=") else [each])]
        for at, word in enumerate(words[1:]):
            if words[at] == "--since" and _IS_CHANGE(word):
                words[at] = "--after"
        return super().parse_args(ctx, words)


@click.command(cls=_TakesChange)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True)
@filter_options
@click.option("--as-of", type=click.DateTime(), help="As the archive's captures until then, UTC, showed each article.")
@click.option("--versions", is_flag=True, help="Every version, not only the current one.")
@click.option(
    "--after",
    metavar="CHANGE",
    help="Only what changed after the change with this id (or --since CHANGE): for increments.",
)
@archive_options
def export(
    out: Path,
    folder: Path,
    database: str | None,
    *,
    kind: str,
    filters: Filters,
    as_of: datetime | None,
    after: str | None,
    versions: bool,
) -> None:
    """Write articles to the file OUT, in the order of their ids.

    JSON Lines and Parquet (which needs luubao[parquet]) hold everything; CSV puts ' before what a spreadsheet would
    execute; WARC holds the pages as they were received, and WACZ adds what a player (ReplayWeb.page, pywb) finds them
    by, and what people decided about them; SQLite is one table with a word search, ready for Datasette; Atom and JSON
    Feed are for feed readers. The last line on stderr names the newest change: give it to --after next time.

    Example: luubao export --format csv --site baolaocai --originals baolaocai.csv
    """
    selection = Selection(filters, as_of and as_of.replace(tzinfo=UTC), versions=versions, since=after)
    with reading(folder, database) as archive:
        # Asked before the export, so that the next one rather repeats a change than misses it.
        newest = next(archive.rows("changes", order_by=("-seq",), limit=1), None)
        count = write(archive, out, kind=kind, selection=selection, progress=_progress)
    click.echo(one_line(f"{count} {'versions' if selection.is_of_versions else 'articles'} in {out}"), err=True)
    if newest is not None:
        click.echo(f"next time: --after {newest['change_id']}", err=True)


def _progress(count: int) -> None:
    if count % _EVERY == 0:
        click.echo(f"{count} ...", err=True)
