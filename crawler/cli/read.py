"""The commands that show what the archive says: articles, versions, differences, clusters, changes."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import Any

import click

from archive import export
from archive.core import Archive
from archive.diff import diff as compare
from archive.digests import digests_of
from archive.exceptions import UnknownNameError
from archive.syndication import clusters as every_cluster
from crawler.cli.options import (
    archive_options,
    json_option,
    one_line,
    print_change,
    print_json,
    print_json_lines,
    print_table,
    reading,
    short,
)


@click.command()
@click.option("--site", help="Only articles of this site.")
@json_option
@archive_options
def articles(site: str | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """List the articles, as they read now.

    Example: luubao articles --site baolaocai --json
    """
    equal: dict[str, Any] = {"site": site} if site is not None else {}
    with reading(folder, database) as archive:
        rows = archive.rows("articles", order_by=("site", "first_seen_at", "url"), **equal)
        if as_json:
            print_json_lines(export.article(row) for row in rows)
            return
        table = [
            (row["article_id"], row["site"], row["versions"], row["role"] or "", _state(row), short(row["title"], 70))
            for row in rows
        ]
    if not table:
        click.echo("no articles" + (f" of {site!r}: `luubao status` lists the sites" if site else ""))
        return
    print_table(table, header=("id", "site", "versions", "role", "state", "title"))


def _state(row: dict[str, Any]) -> str:
    return "" if row["gone_at"] is None else "gone"


@click.command()
@click.argument("name", metavar="URL|ID")
@click.option("--version", "number", type=click.IntRange(1), metavar="N", help="The Nth version, not the current one.")
@click.option(
    "--furniture",
    "with_furniture",
    is_flag=True,
    help="Also what was cut, and by which rule; and where each field was read.",
)
@json_option
@archive_options
def show(
    name: str,
    number: int | None,
    folder: Path,
    database: str | None,
    *,
    with_furniture: bool,
    as_json: bool,
) -> None:
    """Show the article at URL (or whose id begins with ID) as a reader would read it.

    Example: luubao show https://baolaocai.vn/xuan-am-post1.html --version 1
    """
    with reading(folder, database) as archive:
        row = archive.get_article(name)
        chosen = row if number is None else _version(archive, row, number)
    if as_json:
        print_json(export.article(row) if number is None else export.version(chosen))
        return
    _print_article(chosen, versions=row["versions"], with_furniture=with_furniture)


def _version(archive: Archive, row: dict[str, Any], number: int) -> dict[str, Any]:
    versions = archive.versions(row["article_id"])
    if number > len(versions):
        raise UnknownNameError(f"no version {number}: {row['url']!r} has {len(versions)}")
    return versions[number - 1]


def _print_article(row: dict[str, Any], *, versions: int, with_furniture: bool) -> None:
    said = export.version(row) if "captured_at" in row else export.article(row)
    click.secho(" · ".join(filter(None, (row["site"], said["section"], said["published_at"]))), dim=True)
    if said["kicker"]:
        click.echo(said["kicker"])
    click.secho(_wrap(said["title"] or "(no title)"), bold=True)
    if said["author"]:
        click.echo(said["author"])
    if said["lede"]:
        click.echo()
        click.secho(_wrap(said["lede"]), bold=True)
    subheads = set(said["subheads"])
    for at, block in enumerate(said["body"].split("\n\n") if said["body"] else ()):
        click.echo()
        click.secho(_wrap(block), bold=at in subheads)
    for caption in said["captions"]:
        click.echo()
        click.secho(_wrap(f"[image] {caption}"), italic=True)
    if said["credit"]:
        click.echo()
        click.echo(one_line(f"Source: {said['credit']['name'] or ''} {said['credit']['url'] or ''}"))
    if with_furniture:
        click.echo()
        click.secho(f"Cut from the page: {len(said['furniture'])} blocks", bold=True)
        for block in said["furniture"]:
            click.echo(_wrap(f"- {block['kind']} ({block['rule']}): {block['text']}"))
        click.echo()
        click.secho("Read from", bold=True)
        for name, by in sorted(said["provenance"].items()):
            click.echo(f"- {name}: {by}")
    click.echo()
    place = f"version {row['version']} of {versions} ({row['cause']})"
    click.secho(one_line(f"{place} · {row['url']} · {row['article_id']}"), dim=True)


def _wrap(text: str) -> str:
    width = min(shutil.get_terminal_size().columns, 100)
    return textwrap.fill(one_line(text), width, break_long_words=False, break_on_hyphens=False)


@click.command()
@click.argument("name", metavar="URL|ID")
@click.argument("old", type=click.IntRange(1), required=False, metavar="[A")
@click.argument("new", type=click.IntRange(1), required=False, metavar="B]")
@json_option
@archive_options
def diff(name: str, old: int | None, new: int | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """Show what changed from version A to version B of an article: the last edit, if no numbers are given.

    Words taken out stand in [-...-], words put in in {+...+}.

    Example: luubao diff 2420f2e7 1 3
    """
    with reading(folder, database) as archive:
        row = archive.get_article(name)
        after = new or (old + 1 if old else row["versions"])
        before = old or after - 1
        other = _version(archive, row, after)
        one = _version(archive, row, before) if before >= 1 else None
    found = compare(one, other) if one is not None else []
    if as_json:
        print_json(
            {
                "id": row["article_id"],
                "url": row["url"],
                "from": before or None,
                "to": after,
                "captured_at": [one and export.moment(one["captured_at"]), export.moment(other["captured_at"])],
                "changes": export.changes(found),
            }
        )
        return
    if one is None:
        click.echo("one version only: nothing to compare" if row["versions"] == 1 else "version 1 is the first")
        return
    click.secho(one_line(f"{row['url']}: version {before} -> {after}"), bold=True)
    for change in found:
        print_change(change)
    if not found:
        click.echo("the same words: only typography differs")


@click.command()
@json_option
@archive_options
def clusters(folder: Path, database: str | None, *, as_json: bool) -> None:
    """List the articles that carry the same text: the original, its copies and excerpts, with the evidence.

    Example: luubao clusters --json
    """
    with reading(folder, database) as archive:
        found = every_cluster(archive)
        digests = digests_of(archive)
    if as_json:
        print_json_lines(
            {**export.plain(made), "members": [export.plain(row) for row in made["members"]]} for made in found
        )
        return
    for made in found:
        sure = f", original with {made['confidence']['grade']} confidence" if made["confidence"] else ""
        click.secho(f"cluster {made['cluster_id']}: {len(made['members'])} articles{sure}", bold=True)
        for row in made["members"]:
            click.echo(f"  {row['role']:<8} {row['site']:<14} {short(row['title'], 70)}")
            click.echo(f"           {one_line(row['url'])}")
            click.echo(f"           {one_line(_evidence(row))}")
    for digest in digests:
        click.secho(f"digest {digest['digest_id']} of {len(digest['digest_of'])} texts", bold=True)
        click.echo(f"  {'digest':<8} {digest['site']:<14} {short(digest['title'], 70)}")
        click.echo(f"           {one_line(digest['url'])}")
        for row in digest["digest_of"]:
            click.echo(f"  {'of':<8} {row['site']:<14} {short(row['title'], 70)}")
    if not found and not digests:
        click.echo("no copies found")


def _evidence(row: dict[str, Any]) -> str:
    credit = " ".join(filter(None, (row["credit_name"], row["credit_url"])))
    facts = [row["reason"]]
    if row["resemblance"] is not None:
        facts += [
            f"resemblance {row['resemblance']:.2f}",
            f"{row['containment']:.0%} of it in {row['compared_with_id']}",
            f"{row['containment_of_other']:.0%} of that in it",
        ]
    if row["words_in_order"] is not None:
        facts.append(f"{row['words_in_order']:.0%} of its words in the same order")
    if credit:
        facts.append(f"credits {credit}")
    return ", ".join(facts)


@click.command()
@click.option("--since", "cursor", metavar="CHANGE", help="Only what came after the change with this id.")
@json_option
@archive_options
def changes(cursor: str | None, folder: Path, database: str | None, *, as_json: bool) -> None:
    """List what happened, oldest first: new, edited, held, gone, back, copies found.

    Example: luubao changes --since b3ee630ca3879343 --json
    """
    with reading(folder, database) as archive:
        rows = archive.changes(since=cursor)
        if as_json:
            print_json_lines(export.plain(row) for row in rows)
            return
        table = [
            (
                row["change_id"],
                export.moment(row["at"]),
                row["kind"],
                row["article_id"] or "",
                short(row["url"], 60),
                short(_what(row["detail"]), 60),
            )
            for row in rows
        ]
    print_table(table, header=("id", "at", "kind", "article", "url", "what"))


def _what(detail: dict[str, Any]) -> str:
    """What a change says of itself: the place in a cluster and why, what an edit changed, why a page is held."""
    changed = ", ".join(detail.get("changed") or ())
    place = ", ".join(str(detail[name]) for name in ("role", "reason") if detail.get(name))
    return changed or place
