"""The commands that tell about the archive itself: status, fingerprint, verify."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.fingerprint import fingerprint as compute_fingerprint
from archive.storage import frontier
from archive.verify import verify as run_verify
from crawler.cli.options import archive_options, config_option, json_option, one_line, print_json, print_table, reading
from crawler.config import Config
from crawler.outlook import outlook


@click.command()
@json_option
@archive_options
def fingerprint(folder: Path, database: str | None, *, as_json: bool) -> None:
    """Print the hash over everything that the archive says: equal archives have equal fingerprints.

    Example: luubao fingerprint --archive ./a
    """
    with reading(folder, database) as archive:
        value = compute_fingerprint(archive)
    if as_json:
        print_json({"fingerprint": value})
    else:
        click.echo(value)


@click.command()
@json_option
@archive_options
def verify(folder: Path, database: str | None, *, as_json: bool) -> None:
    """Check every record against the database and every row against the records; exit 1 if anything is wrong.

    Example: luubao verify --archive ./a
    """
    with reading(folder, database) as archive:
        total = sum(row[-1] for row in archive.tally("captures", "site"))
        with click.progressbar(length=total, label="verifying", file=sys.stderr) as bar:
            report = run_verify(archive, progress=bar.update)
    if as_json:
        problems = [{"where": problem.where, "what": problem.what} for problem in report.problems]
        print_json({"captures": report.captures, "files": report.files, "problems": problems})
    else:
        for problem in report.problems:
            click.echo(one_line(f"{problem.where}: {problem.what}"))
        click.echo(f"{report.captures} captures in {report.files} files, {len(report.problems)} problems")
    if report.problems:
        raise click.exceptions.Exit(1)


@click.command()
@config_option
@json_option
@archive_options
def status(folder: Path, database: str | None, *, config: Config, as_json: bool) -> None:
    """Show what the archive holds, site by site, how the last crawl of each went, and what needs an eye.

    Example: luubao status --json
    """
    with reading(folder, database) as archive:
        facts = archive.status()
        now = datetime.now(UTC)
        facts["crawls"] = outlook(archive, config, now=now)
    facts["ahead"] = _ahead(facts["sites"], now)
    if as_json:
        print_json(facts)
        return
    click.echo(one_line(f"archive   {folder.resolve()}"))
    click.echo(f"database  {facts['database']}")
    click.echo(f"edition   {', '.join(facts['editions']) or 'none yet'}")
    if facts["last_run"]:
        run = facts["last_run"]
        click.echo(f"last run  {run['kind']} {run['started_at']} {_ended(run)}")
    for site, since in facts["breakers"].items():
        click.secho(
            f"breaker   {site} since {since}: most of its articles changed at once; luubao held --site {site}, then "
            f"luubao held resume {site}",
            fg="yellow",
        )
    if facts["unread"]:
        here = shlex.quote(str(folder))
        click.echo(f"unread    {facts['unread']} captures wait to be read: luubao replay {here} --archive {here}")
    if facts["warning"]:
        click.secho(f"warning   {facts['warning']}", fg="yellow")
    for site, last in facts["ahead"].items():
        click.secho(
            f"clock     {site} has captures dated until {last}, which is still to come: a clock was wrong, and what "
            "they show counts as the newest until then",
            fg="yellow",
        )
    if facts["reindex"]:
        click.secho(f"reindex   {facts['reindex']}: luubao reindex", fg="yellow")
    columns = ("site", "captures", "articles", "versions", "copies", "gone", "held", "last_captured_at")
    print_table(
        [tuple(site[name] for name in columns) for site in facts["sites"]],
        header=(*columns[:-1], "last capture"),
    )
    if facts["crawls"]:
        _print_crawls(facts["crawls"])


def _ahead(sites: list[dict[str, Any]], now: datetime) -> dict[str, str]:
    """{site: when its last capture was made}, of sites where that is still to come."""
    last = {site["site"]: site["last_captured_at"] for site in sites if site["last_captured_at"]}
    return {site: at for site, at in last.items() if datetime.fromisoformat(at) > now + frontier.SKEW}


def _print_crawls(crawls: list[dict[str, Any]]) -> None:
    click.echo()
    names = ("listed", "listed_known", "requests", "stored", "unchanged")
    print_table(
        [
            (
                crawl["site"],
                f"{crawl['state']}, by hand" if crawl["is_by_hand"] else crawl["state"],
                crawl["started_at"],
                *(crawl["account"].get(name, 0) for name in names),
                _sum(crawl["account"], "held_"),
                _sum(crawl["account"], "failed_"),
                sum(crawl["account"].get(name, 0) for name in ("left_new", "left_due")),
                crawl["next_due_at"],
            )
            for crawl in crawls
        ],
        header=(
            "crawl of",
            "state",
            "began",
            "listed",
            "known",
            "fetched",
            *names[3:],
            "held",
            "failed",
            "left",
            "next",
        ),
    )
    for crawl in crawls:
        for alarm in crawl["alarms"]:
            click.secho(f"{alarm['kind']:<10} " + one_line(f"{crawl['site']}: {alarm['says']}"), fg="yellow")


def _sum(account: dict[str, Any], prefix: str) -> int:
    return sum(count for name, count in account.items() if name.startswith(prefix))


def _ended(run: dict[str, object]) -> str:
    if run["finished_at"] is None:
        return "was cut off, or is still going"
    counts = run["counts"]
    assert isinstance(counts, dict)
    if run["kind"] == "reindex":
        return f"{counts.get('moved', 0)} of {counts.get('articles', 0)} articles moved"
    return f"{counts.get('new', 0)} new of {counts.get('captures', 0)}"
