"""The commands by which a person decides: what is held, what is a copy, what is the original."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from archive import export
from archive.exceptions import UnknownNameError
from archive.types import Decision, DecisionKind
from crawler.cli.options import archive_options, json_option, print_json_lines, print_table, reading, short
from crawler.recording import open_archive

note_option = click.option("--note", help="Why; kept with the decision.")


def _decide(
    kind: DecisionKind,
    subject: str,
    *,
    folder: Path,
    database: str | None,
    note: str | None,
    other: str | None = None,
) -> None:
    with reading(folder, database) as archive:
        # Only asked: a decision about nothing must not make an archive, as opening one for writing would.
        if kind is DecisionKind.RESUME and subject not in {row[0] for row in archive.tally("captures", "site")}:
            raise UnknownNameError(f"no site {subject!r} in {str(folder)!r}: `luubao status` lists them")
    with open_archive(folder, database=database) as archive:
        archive.decide(Decision(kind, subject, datetime.now(UTC), other, note))


@click.group(invoke_without_command=True)
@click.option("--site", help="Only pages of this site.")
@json_option
@archive_options
@click.pass_context
def held(ctx: click.Context, site: str | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """List the pages that were kept out of the versions, and why; release or discard them.

    Example: luubao held --json
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = (folder, database)
        return
    equal: dict[str, Any] = {"site": site} if site is not None else {}
    with reading(folder, database) as archive:
        rows = list(archive.rows("held", order_by=("captured_at", "url"), **equal))
    if as_json:
        print_json_lines(export.plain(row) for row in rows)
        return
    if not rows:
        click.echo("nothing is held")
        return
    print_table(
        [
            (row["capture_id"], row["site"], export.moment(row["captured_at"]), row["reason"], short(row["detail"], 50))
            for row in rows
        ],
        header=("id", "site", "captured_at", "reason", "detail"),
    )
    click.echo("Next: luubao held release ID, or luubao held discard ID")


@held.command()
@click.argument("capture_id", metavar="ID")
@note_option
@archive_options
@click.pass_context
def release(ctx: click.Context, capture_id: str, note: str | None, folder: Path, database: str | None) -> None:
    """Let the held page ID become a version after all.

    Example: luubao held release 670ec1eb --note "the paper did cut it"
    """
    folder, database = _given(ctx, folder, database)
    _decide(DecisionKind.RELEASE, capture_id, folder=folder, database=database, note=note)
    click.echo(f"released {capture_id}")


@held.command()
@click.argument("capture_id", metavar="ID")
@note_option
@archive_options
@click.pass_context
def discard(ctx: click.Context, capture_id: str, note: str | None, folder: Path, database: str | None) -> None:
    """Take the held page ID off the list: it is no version. Its capture is kept.

    Example: luubao held discard 670ec1eb
    """
    folder, database = _given(ctx, folder, database)
    _decide(DecisionKind.DISCARD, capture_id, folder=folder, database=database, note=note)
    click.echo(f"discarded {capture_id}")


@held.command()
@click.argument("site")
@note_option
@archive_options
@click.pass_context
def resume(ctx: click.Context, site: str, note: str | None, folder: Path, database: str | None) -> None:
    """Let SITE have versions again after most of its articles had changed at once.

    Example: luubao held resume laodongthudo --note "new template, rules are in place"
    """
    folder, database = _given(ctx, folder, database)
    _decide(DecisionKind.RESUME, site, folder=folder, database=database, note=note)
    click.echo(f"resumed {site}")


def _given(ctx: click.Context, folder: Path, database: str | None) -> tuple[Path, str | None]:
    """--archive may stand before or behind the inner command: behind it counts most, a variable least."""
    outer_folder, outer_database = ctx.obj
    is_here = {name: ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("folder", "database")}
    return folder if is_here["folder"] else outer_folder, database if is_here["database"] else outer_database


@click.command()
@click.argument("article", metavar="A")
@click.argument("other", metavar="B")
@note_option
@archive_options
def same(article: str, other: str, note: str | None, folder: Path, database: str | None) -> None:
    """Say that articles A and B (URLs or ids) carry the same text; kept for ever.

    Example: luubao same 2c881266 be758dd4
    """
    _decide(DecisionKind.SAME, article, other=other, folder=folder, database=database, note=note)
    click.echo(f"same: {article} and {other}")


@click.command("not-same")
@click.argument("article", metavar="A")
@click.argument("other", metavar="B")
@note_option
@archive_options
def not_same(article: str, other: str, note: str | None, folder: Path, database: str | None) -> None:
    """Say that articles A and B (URLs or ids) do not carry the same text; kept for ever.

    Example: luubao not-same 2c881266 be758dd4 --note "two reports on one storm"
    """
    _decide(DecisionKind.NOT_SAME, article, other=other, folder=folder, database=database, note=note)
    click.echo(f"not the same: {article} and {other}")


@click.command()
@click.argument("article", metavar="X")
@note_option
@archive_options
def original(article: str, note: str | None, folder: Path, database: str | None) -> None:
    """Say that article X (a URL or id) is the original of its cluster; kept for ever.

    Example: luubao original 2c881266
    """
    _decide(DecisionKind.ORIGINAL, article, folder=folder, database=database, note=note)
    click.echo(f"original: {article}")


@click.command("take-down")
@click.argument("article", metavar="X")
@note_option
@archive_options
def take_down(article: str, note: str | None, folder: Path, database: str | None) -> None:
    """Stop showing article X (a URL or id), now and in every replay; its captures are kept. There is no way back.

    Example: luubao take-down 2c881266 --note "court order"
    """
    _decide(DecisionKind.TAKE_DOWN, article, folder=folder, database=database, note=note)
    click.echo(f"taken down: {article}")
