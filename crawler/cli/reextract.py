"""`luubao reextract`: what the extractor of today reads in the captures of yesterday."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import export
from archive.diff import Change, diff
from archive.types import Document
from crawler.cli.options import archive_options, json_option, one_line, print_change, print_json, reading
from crawler.recording import open_archive
from crawler.reextract import Rereading, Sample
from crawler.reextract import reextract as run_reextract


@click.command()
@click.option("--site", help="Only articles of this site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only articles captured on or after DATE (UTC)."
)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Compare, and write nothing.")
@click.option("--samples", type=click.IntRange(0), default=1, show_default=True, help="Diffs shown of each difference.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 8),
    show_default="one a processor",
    help="Processes that read pages.",
)
@json_option
@archive_options
def reextract(
    site: str | None,
    since: datetime | None,
    folder: Path,
    database: str | None,
    *,
    workers: int,
    samples: int,
    is_dry_run: bool,
    as_json: bool,
) -> None:
    """Read the stored captures again with the rules and libraries of this release, and say what reads differently.

    The new readings are another edition; the old ones stay. No version is added: the publisher changed nothing.

    Example: luubao reextract --site baolaocai --dry-run
    """
    # Only asked: what is not there must not be made.
    with reading(folder, database):
        pass
    with (
        open_archive(folder, database=database) as archive,
        click.progressbar(length=0, label="reading again", file=sys.stderr) as bar,
    ):
        run = None if is_dry_run else archive.start_run("reextract", at=datetime.now(UTC))

        def begin(count: int) -> None:
            bar.length = count

        found = run_reextract(
            archive,
            site=site,
            since=since and since.replace(tzinfo=UTC),
            workers=workers,
            samples=samples,
            is_dry_run=is_dry_run,
            begin=begin,
            progress=bar.update,
        )
        if run is not None:
            archive.finish_run(run, at=datetime.now(UTC), counts=found.as_counts())
    if as_json:
        print_json(_as_json(found, is_dry_run=is_dry_run))
    else:
        _print(found, is_dry_run=is_dry_run)


def _as_json(found: Rereading, *, is_dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": is_dry_run,
        "captures": found.captures,
        "same": found.same,
        "changed": dict(found.changed),
        "verdicts": [{"was": was, "is": now, "captures": count} for (was, now), count in found.verdicts.items()],
        "sites": dict(found.by_site),
        "samples": [
            {
                "capture": sample.capture,
                "url": sample.url,
                "was": sample.before.verdict,
                "is": sample.after.verdict,
                "changes": export.changes(_differences(sample)),
            }
            for sample in found.samples
        ],
    }


def _print(found: Rereading, *, is_dry_run: bool) -> None:
    if not found.captures:
        click.echo("Nothing to read again: this release has read every capture.")
        return
    for sample in found.samples:
        _print_sample(sample)
    click.echo(f"{'captures':<10} {found.captures:>7}  read again")
    click.echo(f"{'same':<10} {found.same:>7}")
    for name, count in sorted(found.changed.items()):
        click.echo(f"{name:<10} {count:>7}  read differently")
    for (was, now), count in sorted(found.verdicts.items()):
        click.echo(f"{'verdict':<10} {count:>7}  {was} -> {now}")
    for site, count in sorted(found.by_site.items()):
        click.echo(one_line(f"{site}: {count} of its captures read differently"))
    click.echo("Next: luubao reextract, without --dry-run, writes it" if is_dry_run else "Next: luubao changes")


def _print_sample(sample: Sample) -> None:
    click.echo(one_line(f"{sample.url} (capture {sample.capture})"))
    if sample.before.verdict is not sample.after.verdict:
        click.echo(f"verdict {sample.before.verdict} -> {sample.after.verdict}")
    for change in _differences(sample):
        print_change(change)
    click.echo()


def _differences(sample: Sample) -> list[Change]:
    return diff(_row(sample.before), _row(sample.after))


def _row(document: Document) -> dict[str, object]:
    """A document as `diff` takes it: like a row of `versions`."""
    return {
        "title": document.title,
        "kicker": document.kicker,
        "lede": document.lede,
        "author": document.author,
        "body": document.body,
        "captions": [caption.text for caption in document.captions],
    }
