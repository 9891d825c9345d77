"""`luubao replay`: captures in, an archive out, and an account of what was new."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.core import Archive
from archive.types import Cause, Outcome
from crawler.cli.options import archive_options, json_option, one_line, print_json
from crawler.processes import begin_importing
from crawler.recording import Account, open_archive
from crawler.replay import replay as run_replay
from crawler.seeds import find_seeds, write_expected
from crawler.sources import Sources, open_sources

workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 8),
    show_default="one a processor",
    help="Processes that read pages.",
)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@workers_option
@click.option("--write-expected", is_flag=True, help="Record what each seed below PATH yields as its expected.json.")
@json_option
@archive_options
def replay(
    paths: tuple[str, ...],
    workers: int,
    folder: Path,
    database: str | None,
    *,
    write_expected: bool,
    as_json: bool,
) -> None:
    """Record the captures in PATH...: folders, seeds, WARC and WACZ files, globs. Offline.

    What the archive has already is passed over, so a replay can be stopped and run again. Damaged parts are named and
    passed over; then the exit status is 1, though everything that is whole was recorded.

    Example: luubao replay seeds --archive ./a
    """
    if write_expected:
        _write_expected(paths)
        return
    if workers > 1:
        begin_importing()
    take_in(open_sources(paths), "replay", folder, database, workers=workers, as_json=as_json)


def take_in(sources: Sources, kind: str, folder: Path, database: str | None, *, workers: int, as_json: bool) -> None:
    """Record `sources` as a run of this kind, and say what became of them."""
    with open_archive(folder, database=database) as archive:
        run = archive.start_run(kind, at=datetime.now(UTC))
        label = "importing" if kind == "import" else "replaying"
        with click.progressbar(length=len(sources), label=label, file=sys.stderr) as bar:
            account = run_replay(archive, sources, workers=workers, progress=bar.update)
        archive.finish_run(run, at=datetime.now(UTC), counts=account.as_counts())
        for skipped in sources.skipped:
            place = "" if skipped.offset is None else f" at offset {skipped.offset}"
            click.echo(one_line(f"skipped {skipped.path}{place}: {skipped.reason}"), err=True)
        if as_json:
            print_json(_as_json(account, sources, archive))
        else:
            _print_account(account, sources, archive, folder)
    lost = Counter(skipped.kind for skipped in sources.skipped if skipped.is_loss)
    if lost:
        parts = " and ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(lost.items()))
        raise click.ClickException(
            f"captures are missing: {parts}, named above; restore or fetch the files again, and repeat the command"
        )


def _as_json(account: Account, sources: Sources, archive: Archive) -> dict[str, object]:
    return {
        **account.as_counts(),
        "articles": sum(row[-1] for row in archive.tally("articles", "site")),
        "copies": sum(row[-1] for row in archive.tally("cluster_members", "role") if row[0] != "original"),
        "skipped": [
            {"path": skipped.path, "offset": skipped.offset, "reason": skipped.reason} for skipped in sources.skipped
        ],
        "left_out": sources.left_out,
        "no_captures": sources.ignored,
    }


def _print_account(account: Account, sources: Sources, archive: Archive, folder: Path) -> None:
    if account.new == 0 and account.decisions == 0:
        none = "no page of these is wanted" if sources.left_out else "there is no page"
        has_all = f"the archive has all {account.captures} pages already" if account.captures else none
        click.echo(f"Nothing changed: {has_all}.")
        _print_left_out(sources)
        click.echo(f"Next: luubao status --archive {shlex.quote(str(folder))}")
        return
    roles = {role: count for role, count in archive.tally("cluster_members", "role")}  # noqa: C416  rows are no pairs
    articles = sum(row[-1] for row in archive.tally("articles", "site"))
    held = sum(account.held.values())
    lines = [
        ("pages", f"{account.captures}", f"{account.known} known already" if account.known else ""),
        ("articles", f"{articles}", "in the archive now"),
        ("versions", f"{account.outcomes[Outcome.VERSION]}", _causes(account)),
        ("unchanged", f"{account.outcomes[Outcome.UNCHANGED]}", "seen again as they were"),
        ("gone", f"{account.outcomes[Outcome.GONE]}", ""),
        ("copies", f"{roles.get('copy', 0)}", _excerpts(roles.get("excerpt", 0))),
        ("held", f"{held}", ", ".join(f"{count} {reason}" for reason, count in sorted(account.held.items()))),
        ("skipped", f"{account.skipped}", "see above" if account.skipped else ""),
    ]
    for name, count, note in lines:
        if count != "0" or name in ("pages", "articles", "versions", "copies", "held"):
            click.echo(f"{name:<10} {count:>7}  {note}".rstrip())
    nothing = account.outcomes[Outcome.NOTHING]
    if nothing:
        click.echo(f"{'no article':<10} {nothing:>7}  lists, redirects, outages")
    _print_left_out(sources)
    click.echo(f"Next: luubao {'held' if held else 'articles'} --archive {shlex.quote(str(folder))}")


def _print_left_out(sources: Sources) -> None:
    if sources.left_out:
        reasons = sorted(sources.left_out.items(), key=lambda each: (-each[1], each[0]))
        said = one_line(", ".join(f"{count} {reason}" for reason, count in reasons))
        click.echo(f"{'left out':<10} {sum(sources.left_out.values()):>7}  {said}")


def _excerpts(count: int) -> str:
    return f"and {count} excerpt{'s' if count > 1 else ''}" if count else ""


def _causes(account: Account) -> str:
    return f"{account.causes[Cause.FIRST]} first, {account.causes[Cause.EDITED]} edited"


def _write_expected(paths: tuple[str, ...]) -> None:
    seeds = [seed for path in paths for seed in find_seeds(Path(path))]
    if not seeds:
        named = one_line(", ".join(paths))
        raise click.ClickException(f"no seed in {named}: a seed is a folder with captures or a manifest.toml")
    for seed in seeds:
        click.echo(f"{'changed' if write_expected(seed) else 'as before'}  {seed}")
