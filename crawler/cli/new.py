"""`luubao site new`: look at a site and write its file and a first seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from archive.exceptions import ArchiveError
from crawler.cli.options import endpoint, json_option, one_line, print_json
from crawler.cli.record import MAX_KEPT, write_captures
from crawler.sites import FOLDER, Site, find_site, package_folder, site_of


@click.command()
@click.argument("url", metavar="URL")
@click.option(
    "--into",
    envvar=FOLDER,
    show_envvar=True,
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the site's file.",
)
@click.option(
    "--seeds",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    show_default="seeds in the folder of --into",
    help="Folder of seeds; the first one of the site is made in it.",
)
@click.option("--name", help="What to call the site; else it is called after its host.")
@click.option("--pages", type=click.IntRange(1, 50), default=5, show_default=True, help="Articles to look at.")
@click.option("--delay", type=click.FloatRange(0), show_default="1", help="Seconds between two requests to a host.")
@click.option("--allow-private", is_flag=True, help="Let URL be on this machine: for test sites on loopback.")
@json_option
def new(  # noqa: PLR0917  click passes them by name
    url: str,
    into: Path,
    seeds: Path | None,
    name: str | None,
    pages: int,
    delay: float | None,
    *,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Look at the site at URL, write its file, record a first seed, and say what is unsure. Nothing is overwritten.

    Looks for feeds, sitemaps, sections and the site's system, and reads some articles; robots.txt and delays are
    heeded. The file is a draft: read it, mend it, and set LUUBAO_SPIDERS to its folder to use it.

    Example: luubao site new https://baolaocai.vn/ --into my-sites
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise click.UsageError(f"not a web address: {url!r}")
    if name is not None and not (name.isidentifier() and name.isascii() and name.islower()):
        raise click.UsageError(f"no name of a module: {name!r}")
    seeds = seeds or into / "seeds"
    try:
        known = site_of(url)
        if known is not None:
            raise click.ClickException(f"{known.name} declares that host: `luubao site check {known.name}`")
        told = _make(url, into, seeds, name=name, pages=pages, delay=delay, allow_private=allow_private)
    except ArchiveError as e:
        raise click.ClickException(one_line(str(e))) from e
    if as_json:
        print_json(told)
    else:
        _print(told)


def _make(
    url: str, into: Path, seeds: Path, *, name: str | None, pages: int, delay: float | None, allow_private: bool
) -> dict[str, Any]:
    from crawler.scouting import scout  # noqa: PLC0415  Scrapy takes half a second to import
    from crawler.site_file import write_readme, write_site  # noqa: PLC0415
    from crawler.visit import visit  # noqa: PLC0415

    def clock() -> datetime:
        return datetime.now(UTC)

    if name is not None:
        _places(name, into, seeds)  # before the site is asked for anything
    scouted = visit(
        lambda ask: scout(url, ask, now=clock(), pages=pages, name=name),
        clock=clock,
        delay=delay,
        allow_private=[endpoint(url)] if allow_private else (),
    )
    site, today = scouted.site, clock().date()
    file, seed = _places(site.name, into, seeds)
    into.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(write_site(scouted, day=today))
    write_captures([one for one in scouted.captures if len(one.payload) <= MAX_KEPT], seed)
    (seed / "README.md").write_text(write_readme(scouted, url=url, day=today), encoding="utf-8")
    promises = _try(site, into, seed)
    return {
        "site": site.name,
        "file": str(file),
        "seed": str(seed),
        "system": scouted.family,
        "sources": [{"kind": str(source.kind), "url": source.url} for source in site.sources],
        "articles": list(site.articles),
        "rules": [found.field for found in scouted.proposal.fields] if scouted.proposal else [],
        "promises": promises,
        "unsure": [one_line(doubt) for doubt in scouted.doubts],
    }


def _places(name: str, into: Path, seeds: Path) -> tuple[Path, Path]:
    """Where the site's file and its seed go; nothing may be there yet."""
    file, seed = into / f"{name}.py", seeds / f"site_{name}"
    if find_site(name) is not None:
        raise click.ClickException(f"there is a site {name!r} already: choose another with --name")
    for path in (file, seed):
        if path.exists():
            raise click.ClickException(f"{path} is there already and stays: move it away, or choose another --name")
    return file, seed


def _try(site: Site, into: Path, seed: Path) -> list[dict[str, Any]]:
    """Replay the seed with the new file, as the next command would; and what the promises of the site are worth."""
    env = dict(os.environ)
    if into.resolve() != package_folder():
        env[FOLDER] = str(into)

    def luubao(*words: str | Path) -> str:
        command = [sys.executable, "-m", "crawler.cli", *map(str, words)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603  ourselves
        if done.returncode and not done.stdout:
            raise click.ClickException(f"the new file does not work: {one_line(done.stderr)}")
        return done.stdout

    luubao("replay", "--write-expected", seed)
    promises: list[dict[str, Any]] = json.loads(luubao("site", "check", site.name, "--seed", seed, "--json"))[
        "promises"
    ]
    return promises


def _print(told: dict[str, Any]) -> None:
    click.echo(f"{told['site']}: {told['system'] or 'no known system'}")
    for source in told["sources"]:
        click.echo(one_line(f"{source['kind']:<8} {source['url']}"))
    click.echo(one_line(f"articles {', '.join(told['articles']) or 'by their looks'}"))
    for one in told["promises"]:
        if one["promise"].partition(" ")[0] not in ("feed", "sitemap", "section", "home"):
            click.echo(one_line(f"{one['promise']:<12} {one['state']}: {one['found']}"))
    click.echo(f"wrote {told['file']}\nwrote {told['seed']}")
    for doubt in told["unsure"]:
        click.secho(f"unsure: {doubt}", fg="yellow")
    click.echo(f"Next: read both, then {FOLDER}={Path(told['file']).parent} luubao site check {told['site']}")
