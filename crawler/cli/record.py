"""`luubao record`: fetch a few pages and keep them as a seed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive import warc
from archive.exceptions import ArchiveError
from archive.types import Capture
from crawler.cli.options import endpoint, one_line


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The seed's folder; what is in it stays.",
)
@click.option("--delay", type=click.FloatRange(0), show_default="1", help="Seconds between two requests to a host.")
@click.option("--allow-private", is_flag=True, help="Let the URLs be on this machine: for test sites on loopback.")
def record(urls: tuple[str, ...], into: Path, delay: float | None, *, allow_private: bool) -> None:
    """Fetch each URL politely, redirects included, and keep the answers as a WARC file in the folder of a seed.

    The file is called after the moment: recording again on another day adds one. Pages of papers are theirs: keep
    such a seed to yourself, or put invented text into it before you give it away.

    Example: luubao record https://baolaocai.vn/a-post1.html --into my-seeds/baolaocai
    """
    from crawler.visit import Answer, Ask, follow, visit  # noqa: PLC0415  Scrapy takes half a second to import

    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise click.UsageError(f"not a web address: {url!r}")

    async def work(ask: Ask) -> list[tuple[str, Answer]]:
        return [(url, answer) for url in urls for answer in await follow(ask, url)]

    allowed = sorted({endpoint(url) for url in urls}) if allow_private else []
    try:
        answers = visit(work, clock=lambda: datetime.now(UTC), delay=delay, allow_private=allowed)
    except ArchiveError as e:
        raise click.ClickException(one_line(str(e))) from e
    captures = [answer for _, answer in answers if isinstance(answer, Capture)]
    for url, answer in answers:
        told = f"{answer.status} {len(answer.payload)} bytes" if isinstance(answer, Capture) else f"failed: {answer}"
        click.echo(one_line(f"{answer.url if isinstance(answer, Capture) else url}  {told}"))
    if captures:
        click.echo(f"kept in {write_captures(captures, into)}")
        click.echo(f"Next: luubao replay --write-expected {into}")
    if len(captures) < len(answers):
        raise click.exceptions.Exit(1)


def write_captures(captures: list[Capture], folder: Path) -> Path:
    """A new uncompressed WARC file of `captures` in `folder`: one that a person can read and git can compare."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{captures[0].captured_at:%Y%m%dT%H%M%S%f}Z.warc"
    with path.open("xb") as file:
        for capture in captures:
            file.write(gzip.decompress(warc.encode(capture)))
    return path
