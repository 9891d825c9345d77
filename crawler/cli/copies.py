"""The commands about copies: one article's, two texts side by side, and who takes from whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from archive.digests import relation_by_digest
from archive.exceptions import UnknownNameError
from archive.syndication import compare_texts, copies_of
from archive.syndication import flows as compute_flows
from archive.text import tidy
from archive.types import Relation
from crawler.cli.options import (
    archive_options,
    json_option,
    one_line,
    print_json,
    print_json_lines,
    print_table,
    reading,
    short,
)


@click.command()
@click.argument("name", metavar="URL|ID")
@json_option
@archive_options
def copies(name: str, folder: Path, database: str | None, *, as_json: bool) -> None:
    """Show who runs the text of an article, which of them is the original and why, and what each carries.

    Example: luubao copies https://vietnam.vn/lang-gom-tho-ha-tim-lai-nuoc-men-da-luon
    """
    with reading(folder, database) as archive:
        found = copies_of(archive, name)
    if as_json:
        print_json(found)
        return
    if found is None:
        click.echo("no copies found")
        return
    for said in _told(found):
        click.secho(one_line(said[0]), bold=True)
        for line in said[1:]:
            click.echo(f"  {one_line(line)}")


def _told(found: dict[str, Any]) -> Iterator[list[str]]:
    """A heading and what there is to say under it, for each thing found."""
    original = found["original"]
    if original is not None:
        sure = original["confidence"]
        yield [
            f"original {original['site']}: {original['url']}",
            f"{original['reason']}: {original['why']}",
            f"confidence {sure['grade']}" + (f" ({sure['points']} points)" if sure["grade"] != "certain" else ""),
            *(f"{reason['weight']:+d} {reason['kind']}: {reason['detail']}" for reason in sure["reasons"]),
            *(edit["says"] for edit in found["edits"] if edit["says"]),
        ]
    for row in found["members"]:
        yield [f"{row['role']} {row['site']}: {row['url']}", *_about(row, versions=found["versions"])]
    if found["digest_of"]:
        yield [f"a digest of {len(found['digest_of'])} texts, and so in no cluster with them"]
    for row in found["digest_of"]:
        yield [f"digest of {row['site']}: {row['url']}", _shares(row)]
    for digest in found["in_digests"]:
        yield [f"in a digest, {digest['site']}: {digest['url']}", *(_of(row) for row in digest["digest_of"])]
    for row in found["related"]:
        yield [
            f"no copy, {row['relation']} {row['site']}: {row['url']}",
            f"resemblance {row['resemblance']:.2f}",
            f"{row['containment']:.0%} of this article in that, {row['containment_of_other']:.0%} of that in this",
            *(f"a person's word: {said}" for said in [row["said"]] if said),
        ]


def _shares(row: dict[str, Any]) -> str:
    return f"{row['containment']:.0%} of it in the digest, {row['share_of_digest']:.0%} of the digest"


def _of(row: dict[str, Any]) -> str:
    return f"digest of {row['site']}: {row['url']}, {_shares(row)}"


def _about(row: dict[str, Any], *, versions: int) -> list[str]:
    said = [row["reason"]]
    if row["resemblance"] is not None:
        said[0] += f", compared with {row['compared_with_id']}: resemblance {row['resemblance']:.2f}"
        said.append(f"{row['containment']:.0%} of it in that, {row['containment_of_other']:.0%} of that in it")
    if row["words_in_order"] is not None:
        said.append(
            f"words in the same order: {row['words_in_order']:.0%} of its own, "
            f"{row['words_in_order_of_other']:.0%} of the other's"
        )
    if row["delay_seconds"] is not None:
        clock = "published" if row["delay_by"] == "published_at" else "first captured"
        said.append(f"{clock} {_span(row['delay_seconds'])} than the original")
    if row["carries_version"] is not None:
        said.append(_carries(row, versions))
    credit = " ".join(filter(None, (row["credit_name"], row["credit_url"])))
    said.append(f"credits {credit}" if credit else "credits nobody")
    return said


def _carries(row: dict[str, Any], versions: int) -> str:
    last = row["carries_version"]
    if len(row["carries_versions"]) > 1:
        which = ", ".join(map(str, row["carries_versions"]))
        return f"has nothing that tells versions {which} of the original apart"
    former = "" if last == versions else ": not the current one"
    return f"carries version {last} of {versions} of the original{former}"


def _span(seconds: int) -> str:
    return f"{timedelta(seconds=abs(seconds))} {'earlier' if seconds < 0 else 'later'}"


@click.command()
@click.argument("a")
@click.argument("b")
@json_option
@archive_options
def compare(a: str, b: str, folder: Path, database: str | None, *, as_json: bool) -> None:
    """Compare two articles (URL or id), or text files: shares both ways, common passages, what differs.

    A name that is a file is read as UTF-8 text. Passages are runs of five words or more, the longest first.

    Example: luubao compare draft.txt 2420f2e7
    """
    digest = None
    if Path(a).is_file() and Path(b).is_file():
        one, other = _file(a), _file(b)
    else:
        with reading(folder, database) as archive:
            one, other = (_file(name) if Path(name).is_file() else archive.get_article(name) for name in (a, b))
            if "article_id" in one and "article_id" in other:
                digest = relation_by_digest(archive, one["article_id"], other["article_id"])
    is_same_site = one["site"] is not None and one["site"] == other["site"]
    found = {**compare_texts(one, other, same_site=is_same_site), "digest": digest}
    if digest is not None and digest == one["article_id"]:
        found["relation"] = Relation.DIGEST_OF
    if as_json:
        print_json(found)
    else:
        _print_comparison(found)


def _print_comparison(found: dict[str, Any]) -> None:
    click.secho(f"relation  {found['relation'] or 'none'}, resemblance {found['resemblance']:.2f}", bold=True)
    if found["digest"] is not None:
        which = "A" if found["relation"] == Relation.DIGEST_OF else "B"
        click.echo(f"{which} is a digest of the other and of more texts")
    for what, key in (("shingles", "containment"), ("opening", "lede"), ("words in order", "order")):
        click.echo(f"{what:<16} {found[f'{key}_ab']:>5.0%} of A in B, {found[f'{key}_ba']:>5.0%} of B in A")
    click.echo(f"{'figures':<16} {found['numbers']:>5.0%} agree")
    for passage in found["passages"]:
        click.echo(f"= {short(passage, 200)}")
    for change in found["changes"]:
        for piece in change["pieces"]:
            if piece["op"] != "equal" and piece["text"].strip():
                sign, colour = ("-", "red") if piece["op"] == "delete" else ("+", "green")
                click.secho(f"{sign} {change['field']}: {short(piece['text'], 200)}", fg=colour)


def _file(name: str) -> dict[str, Any]:
    """A text file as a row of `articles` with nothing but a body."""
    try:
        body = Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise UnknownNameError(f"{name!r} is no UTF-8 text: convert it first") from e
    except OSError as e:
        raise UnknownNameError(f"cannot read {name!r}: {e.strerror}") from e
    body = "\n".join(map(tidy, body.splitlines()))
    return {"title": None, "lede": None, "body": body, "captions": [], "site": None}


@click.command()
@json_option
@archive_options
def flows(folder: Path, database: str | None, *, as_json: bool) -> None:
    """Tell which site republishes which: how many texts, how many of them name a source, and how fast.

    The delay is that of the pages' own dates, the median of the texts where both sides print one.

    Example: luubao flows --json
    """
    with reading(folder, database) as archive:
        found = compute_flows(archive)
    if as_json:
        print_json_lines(found)
        return
    if not found:
        click.echo("no copies between sites found")
        return
    table = [
        (flow["from"], flow["to"], flow["copies"], flow["excerpts"], flow["credited"], _median(flow)) for flow in found
    ]
    print_table(table, header=("from", "to", "copies", "excerpts", "credit", "median delay"))


def _median(flow: dict[str, Any]) -> str:
    seconds = flow["median_delay_seconds"]
    return "" if seconds is None else f"{_span(seconds)} ({flow['dated']} dated)"
