"""`luubao site learn`: what the archive's pages of a site teach about its rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive import export
from archive.alarms import BLOCKS
from archive.core import Archive
from archive.types import Capture
from crawler.cli.options import archive_options, json_option, one_line, print_json, reading, short
from crawler.cli.record import write_captures
from crawler.learning.examples import load
from crawler.learning.proposal import Proposal, as_python, propose
from crawler.sites import VIETNAM, find_site

_HELD_LOOKED_AT = 100
"""Held pages among which one is that let us in."""


@click.command()
@click.argument("name")
@click.option(
    "--pages", type=click.IntRange(3, 2000), default=60, show_default=True, help="Newest pages to learn from."
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep there, as a seed, the newest page that could not be read, beside its article's last good one.",
)
@json_option
@archive_options
def learn(name: str, pages: int, seed: Path | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """Propose rules for site NAME from its pages in the archive; nothing is changed.

    Finds selectors where no rule set reads the pages, lines and boxes that recur on dissimilar articles, and the day
    from which a rule set no longer found the text, with a successor for it. Each finding names captures that show it.

    Example: luubao site learn baolaocai --pages 200
    """
    with (
        reading(folder, database) as archive,
        click.progressbar(length=pages, label="reading pages", file=sys.stderr) as bar,
    ):
        examples = load(archive, name, limit=pages, progress=bar.update)
        shown = _unreadable(archive, name) if seed is not None else []
    if seed is not None:
        _keep(shown, seed, name)
    if not examples:
        raise click.ClickException(
            f"no article of {name!r} in the archive: `luubao status` lists the sites that have any"
        )
    proposal = propose(name, examples)
    site = find_site(name)
    python = as_python(proposal, offset=site.offset if site else VIETNAM)
    if as_json:
        print_json(_as_json(proposal, python))
    else:
        _print(proposal, python)


def _unreadable(archive: Archive, name: str) -> list[Capture]:
    """The newest page of the site that is held though it let us in, after the last good one of the same article."""
    held = archive.rows("held", site=name, order_by=("-captured_at",), limit=_HELD_LOOKED_AT)
    row = next((row for row in held if row["reason"] not in BLOCKS), None)
    if row is None:
        return []
    versions = archive.versions(row["article_id"]) if row["article_id"] else []
    good = [one["capture_id"] for one in versions if one["captured_at"] < row["captured_at"]][-1:]
    return [archive.load_capture(capture) for capture in (*good, row["capture_id"])]


def _keep(captures: list[Capture], seed: Path, name: str) -> None:
    if not captures:
        raise click.ClickException(f"no page of {name!r} is held, so there is none to keep as a seed")
    try:
        path = write_captures(captures, seed)
    except FileExistsError as e:
        raise click.ClickException(f"the seed has that page already: {e.filename}") from e
    for capture in captures:
        click.echo(one_line(f"kept {export.moment(capture.captured_at)} {capture.url}"), err=True)
    click.echo(f"in {path}; `luubao site check {name} --seed {seed}` says which promises it breaks", err=True)


def _as_json(proposal: Proposal, python: str) -> dict[str, object]:
    drift = proposal.drift
    return {
        "site": proposal.site,
        "pages": proposal.pages,
        "rules": proposal.rules,
        "drift": drift
        and {
            "rules": drift.rules,
            "last_found_at": export.moment(drift.last_found_at),
            "lost_at": export.moment(drift.lost_at),
            "pages": drift.pages,
            "captures": drift.captures,
        },
        "field_drifts": [
            {
                "field": lost.field,
                "rule": lost.rule,
                "last_found_at": export.moment(lost.last_found_at),
                "lost_at": export.moment(lost.lost_at),
                "pages": lost.pages,
                "captures": lost.captures,
            }
            for lost in proposal.field_drifts
        ],
        "fields": [
            {
                "field": found.field,
                "selector": found.selector,
                "attribute": found.attribute,
                "pages": found.pages,
                "of": found.of,
                "captures": found.captures,
            }
            for found in proposal.fields
        ],
        "boxes": [
            {"selector": box.selector, "pages": box.pages, "text": box.text, "captures": box.captures}
            for box in proposal.boxes
        ],
        "lines": [
            {"text": line.text, "selector": line.selector, "pages": line.pages, "captures": line.captures}
            for line in proposal.lines
        ],
        "python": None if proposal.is_empty else python,
    }


def _print(proposal: Proposal, python: str) -> None:
    click.echo(f"{proposal.site}: {proposal.pages} pages, read by {proposal.rules or 'no rule set'}")
    if proposal.drift is not None:
        drift = proposal.drift
        click.secho(
            f"{drift.rules} found the text until {export.moment(drift.last_found_at)}, "
            f"and on none of {drift.pages} pages since {export.moment(drift.lost_at)}",
            fg="yellow",
        )
    for lost in proposal.field_drifts:
        click.secho(
            f"{lost.rule} found the {lost.field} until {export.moment(lost.last_found_at)}, "
            f"and on none of {lost.pages} pages since {export.moment(lost.lost_at)}",
            fg="yellow",
        )
    if proposal.is_empty:
        click.echo("Nothing to propose.")
        return
    for box in proposal.boxes:
        click.echo(one_line(f"box   {box.selector}  {box.pages} pages: {short(box.text, 80)}"))
    for line in proposal.lines:
        click.echo(one_line(f"line  {line.selector or 'by its words'}  {line.pages} pages: {short(line.text, 80)}"))
    click.echo(f"\n{python}\n")
    click.echo(f"Shown by captures {', '.join(proposal.captures)}")
    click.echo("Next: put what is right into the site's file, record a seed, and see `luubao reextract --dry-run`")
