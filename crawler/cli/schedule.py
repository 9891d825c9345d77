"""`luubao schedule`: all sites, unattended."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive import export
from crawler.cli.options import archive_options, config_option, one_line
from crawler.config import Config
from crawler.sites import Site, find_site, sites

if TYPE_CHECKING:
    from crawler.schedule.runner import Event


@click.command()
@click.argument("names", metavar="[SITE]...", nargs=-1)
@click.option("--once", is_flag=True, help="Crawl every site that is due, and end.")
@config_option
@archive_options
def schedule(names: tuple[str, ...], folder: Path, database: str | None, *, once: bool, config: Config) -> None:
    """Crawl all declared sites, or SITE..., again and again, each as often as it publishes.

    What ran is remembered in the archive: it may be killed, run twice, or stay down for a week; no slot is missed or
    done twice, and after a break one crawl catches up. SIGTERM and Ctrl-C let the crawls finish the pages in hand.

    Example: luubao schedule --once
    """
    chosen = [_site(name) for name in names or config.sites or [site.name for site in sites()]]
    enabled = [site for site in chosen if config.of(site.name).enabled]
    if not enabled:
        raise click.UsageError("no site to crawl: every one of them has enabled = false")
    failures = asyncio.run(_run(enabled, config, folder, database, once=once))
    if once and failures:
        raise click.ClickException(f"{failures} of {len(enabled)} crawls failed, named above; luubao status tells more")


def _site(name: str) -> Site:
    found = find_site(name)
    if found is None:
        raise click.UsageError(f"no site {name!r}: there is {', '.join(site.name for site in sites())}")
    return found


async def _run(chosen: list[Site], config: Config, folder: Path, database: str | None, *, once: bool) -> int:
    from crawler.crawl.writer import Writer  # noqa: PLC0415  half a second that only a schedule pays for
    from crawler.schedule.runner import Runner  # noqa: PLC0415

    writer = Writer(folder, database)
    await writer.open()
    view = _Board() if sys.stderr.isatty() else _Log()
    runner = Runner(
        chosen,
        config,
        command=lambda site: _command(site, config, folder, database),
        writer=writer,
        clock=lambda: datetime.now(UTC),
        tell=view.tell,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runner.stop)
    try:
        await (runner.once() if once else runner.forever())
    finally:
        await writer.close()
    return runner.failures


def _command(site: Site, config: Config, folder: Path, database: str | None) -> list[str]:
    words = [sys.executable, "-m", "crawler.cli", "crawl", site.name, "--json", "--archive", str(folder)]
    words += [] if database is None else ["--database", database]
    # The crawl reads its own options there; a file that is mended counts from the next crawl on.
    words += [] if config.path is None else ["--config", str(config.path)]
    return words


class _Log:
    """A line for each thing that happens."""

    def tell(self, event: Event) -> None:
        if event.kind == "waits":
            text = f"{event.site} is due at {export.moment(event.due_at)}"
        else:
            text = f"{event.site} {event.kind}{': ' if event.text else ''}{event.text}"
        click.echo(one_line(f"{export.moment(event.at)} {text}"), err=True)


class _Board:
    """A line for each site, written over as things happen."""

    def __init__(self) -> None:
        self._lines: dict[str, str] = {}
        self._shown = 0

    def tell(self, event: Event) -> None:
        due = f"{event.due_at.astimezone():%d %b %H:%M}"
        before = self._lines.get(event.site, "").partition("  last: ")[2]
        if event.kind == "waits":
            text = f"due {due}" + (f"  last: {before}" if before else "")
        else:
            text = f"{event.kind} {event.text}".strip() + f"  last: {event.kind} {event.text}".rstrip()
        self._lines[event.site] = text
        if self._shown:
            click.echo(f"\x1b[{self._shown}A\x1b[J", nl=False, err=True)
        for site, line in sorted(self._lines.items()):
            shown = line if line.startswith("due") else line.partition("  last: ")[0]
            click.echo(one_line(f"{site:<16} {shown}")[:160], err=True)
        self._shown = len(self._lines)
