"""`luubao crawl`: fetch what is new and what is due on one site, and give the account."""

from __future__ import annotations

import logging
import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from archive.storage import frontier
from archive.types import Cause, Outcome
from crawler.cli.options import (
    archive_options,
    config_option,
    endpoints,
    json_option,
    one_line,
    print_json,
    print_json_lines,
    reading,
)
from crawler.config import Config, SiteConfig
from crawler.exits import SHUT_OUT
from crawler.politeness.identity import user_agent
from crawler.sites import Site, find_site, site_of, sites

if TYPE_CHECKING:
    from crawler.crawl.account import CrawlAccount
    from crawler.crawl.plan import Revisit


_TELL_SECONDS, _LOG_SECONDS = 5.0, 60.0
"""How often a crawl says how far it is: to a person who looks on, and to a file."""


@click.command()
@click.argument("name", metavar="SITE|URL")
@click.option(
    "--revisit",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    show_default=True,
    help="Which known articles to look at again.",
)
@click.option("--limit", type=click.IntRange(1), show_default="500; offline all", help="Articles to fetch at most.")
@click.option("--capture-only", is_flag=True, help="Keep the answers; a later `luubao replay ARCHIVE` reads them.")
@click.option(
    "--offline",
    "captures",
    multiple=True,
    metavar="PATH",
    help="Ask nobody: captures answer, as `luubao replay PATH` reads them. Can be given more than once.",
)
@click.option("--dry-run", is_flag=True, help="Ask nobody: print what the archive knows that is to be fetched.")
@click.option("--backfill", is_flag=True, help="Walk the site's archives back to --since.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="With --backfill: how far back.")
@click.option("--delay", type=click.FloatRange(0), show_default="1", help="Seconds between two requests to a host.")
@click.option("--allow-private", is_flag=True, help="Let the site be on this machine: for test sites on loopback.")
@config_option
@json_option
@archive_options
def crawl(  # noqa: PLR0917  click passes them by name
    name: str,
    revisit: str,
    limit: int | None,
    captures: tuple[str, ...],
    since: datetime | None,
    delay: float | None,
    folder: Path,
    database: str | None,
    *,
    config: Config,
    capture_only: bool,
    dry_run: bool,
    backfill: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Fetch what is new and what is due on SITE, or on the site at URL, and stop when it has caught up.

    robots.txt, Crawl-delay and Retry-After are heeded; every answer is kept. A crawl can be stopped at any time
    (Ctrl-C finishes the pages in hand) and run again.

    Example: luubao crawl baolaocai
    """
    # Scrapy takes half a second to import: only a crawl pays for it.
    from crawler.crawl.offline import Captured  # noqa: PLC0415
    from crawler.crawl.plan import Plan, Revisit  # noqa: PLC0415
    from crawler.crawl.run import Place  # noqa: PLC0415
    from crawler.crawl.run import crawl as run_crawl  # noqa: PLC0415

    if backfill != (since is not None):
        raise click.UsageError("--backfill and --since DATE go together")
    site = _site(name)
    chosen = config.of(site.name)
    if delay is not None:
        chosen = replace(chosen, delay=delay)
    if capture_only and chosen.noarchive == "skip":
        raise click.UsageError(
            '--capture-only reads no page, so it cannot heed noarchive = "skip": leave one of them out'
        )
    limit = limit or (sys.maxsize if captures else chosen.limit)
    if dry_run:
        _print_plan(site, Revisit(revisit), limit, folder, database, as_json=as_json)
        return
    # A date on the command line is a day of the site's own.
    start = None if since is None else (since - site.offset).replace(tzinfo=UTC)
    log = logging.StreamHandler()
    log.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    log.setLevel(logging.WARNING)  # on the handler: Scrapy opens the root logger for everything
    logging.getLogger().addHandler(log)
    captured = Captured(captures) if captures else None
    for skipped in captured.skipped if captured else ():
        click.echo(one_line(f"skipped {skipped.path}: {skipped.reason}"), err=True)
    account = run_crawl(
        site,
        Place(folder, database),
        Plan(
            revisit=Revisit(revisit),
            budget=limit,
            since=start,
            is_capture_only=capture_only,
            skips_noarchive=chosen.noarchive == "skip",
            captured=captured,
        ),
        clock=captured.now if captured else lambda: datetime.now(UTC),
        allow_private=endpoints(site) if allow_private else (),
        progress=None if as_json else (_TELL_SECONDS if sys.stderr.isatty() else _LOG_SECONDS, _tell),
        overrides=_settings(config, chosen),
    )
    if as_json:
        print_json(account.as_document(site.name))
    else:
        _print_account(site, account, folder, is_offline=bool(captures))
    if account.is_shut_out:
        click.get_current_context().exit(SHUT_OUT)
    if account.failed and not account.requests and not captures:
        from crawler.politeness.refusal import in_words  # noqa: PLC0415  with the rest of the crawl

        why = "; ".join(in_words(reason) for reason in sorted(account.failed))
        raise click.ClickException(f"nothing was fetched of {site.name}: {why}")


def _settings(config: Config, chosen: SiteConfig) -> dict[str, object]:
    """What the settings file and the command line say, in Scrapy's terms."""
    said: dict[str, object] = {"LUUBAO_ROBOTS_FORBIDDEN": chosen.robots_forbidden}
    if chosen.delay is not None:
        said["LUUBAO_DELAY"] = chosen.delay
    if config.contact is not None:
        said |= {"LUUBAO_CONTACT": config.contact, "USER_AGENT": user_agent(config.contact)}
    return said


def _site(name: str) -> Site:
    from crawler.crawl.undeclared import undeclared  # noqa: PLC0415  with the rest of the crawl

    if "://" not in name:
        found = find_site(name)
        if found is None:
            known = ", ".join(site.name for site in sites())
            raise click.UsageError(f"no site {name!r}: give the URL of its front page, or one of {known}")
        return found
    parts = urlsplit(name)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"not a web address: {name!r}")
    return site_of(name) or undeclared(name)


def _print_plan(site: Site, revisit: Revisit, limit: int, folder: Path, database: str | None, *, as_json: bool) -> None:
    """Sources, and the articles that are new or due; what the sources list by now only they can tell."""
    from crawler.crawl.plan import Revisit, states_of  # noqa: PLC0415  with the rest of the crawl

    rows = [("source", source.url) for source in site.sources]
    # An archive that is not there yet knows nothing, and a dry run makes none.
    if database is not None or (folder / "archive.db").exists():
        now = None if revisit is Revisit.ALL else datetime.now(UTC)
        with reading(folder, database) as archive, archive.reading() as connection:
            visits = frontier.due(connection, site.name, now=now, limit=limit, states=states_of(revisit))
        rows += [("new" if visit.state == frontier.NEW else "due", visit.url) for visit in visits]
    if as_json:
        print_json_lines({"why": why, "url": url} for why, url in rows)
        return
    for why, url in rows:
        click.echo(one_line(f"{why:<7} {url}"))


def _tell(account: CrawlAccount, left: int) -> None:
    click.echo(f"{account.requests} answers, {account.stored} new articles, {left} left to fetch", err=True)


def _what_waits(left: dict[str, int]) -> str:
    lists = f", {left['lists']} lists may go on further back: run it again" if left["lists"] else ""
    return f"{left['waiting']} wait for their time{lists}"


def _print_account(site: Site, account: CrawlAccount, folder: Path, *, is_offline: bool) -> None:
    held = ", ".join(f"{count} {reason}" for reason, count in sorted(account.held.items()))
    failed = ", ".join(f"{count} {reason}" for reason, count in sorted(account.failed.items()))
    here = shlex.quote(str(folder))
    lines = [
        ("listed", account.listed, f"{account.listed_known} known already"),
        ("requests", account.requests, "sources included"),
        ("stored", account.stored, "new articles"),
        ("edited", account.causes[Cause.EDITED], ""),
        ("gone", account.outcomes[Outcome.GONE], ""),
        ("unchanged", account.unchanged, f"{account.not_modified} by 304" if account.not_modified else ""),
        ("held", sum(account.held.values()), held),
        ("failed", sum(account.failed.values()), failed),
        ("left", account.left["new"] + account.left["due"], _what_waits(account.left)),
    ]
    if account.unread:
        lines.insert(-1, ("unread", account.unread, f"luubao replay {here} --archive {here} reads them"))
    if is_offline:
        lines.insert(-1, ("unasked", account.unasked, "captures of what nothing led to: other sites, older lists"))
    click.echo(site.name)
    for name, count, note in lines:
        click.echo(f"{name:<10} {count:>7}  {note}".rstrip())
    for source, reason in sorted(account.broken_sources.items()):
        click.echo(one_line(f"source {source}: {reason}"))
    click.echo(f"Next: luubao status --archive {here}")
