"""What the commands share: where the archive is, and how things are printed."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import click

from archive.core import Archive
from archive.diff import Change, Piece
from archive.exceptions import ArchiveError, ArchiveLockedError, DatabaseError, DiskError
from archive.text import tidy
from crawler.config import FILE, Config, ConfigError, read_config
from crawler.exits import DATABASE, DISK
from crawler.sites import Site, sites

P = ParamSpec("P")
R = TypeVar("R")


def archive_options(function: Callable[P, R]) -> Callable[P, R]:
    """--archive and --database, and ArchiveErrors as one line."""

    @click.option(
        "--archive",
        "folder",
        is_eager=True,
        envvar="LUUBAO_ARCHIVE",
        default="luubao-archive",
        show_default="./luubao-archive",
        show_envvar=True,
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Folder of the archive.",
    )
    @click.option(
        "--database",
        envvar="LUUBAO_DATABASE",
        show_envvar=True,
        metavar="URL",
        help="Where its tables are, if not in the folder: postgresql://user@host/name.",
    )
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ArchiveError as e:
            raise _Failure(e) from e

    return wrapper


def _config(ctx: click.Context, _parameter: click.Parameter, named: Path | None) -> Config:
    """The file that was named, else the one beside the archive, else the defaults."""
    beside = Path(ctx.params.get("folder") or "luubao-archive") / FILE
    path = named or (beside if beside.exists() else None)
    try:
        return read_config(path, known_sites=frozenset(site.name for site in sites()))
    except ConfigError as e:
        raise click.ClickException(one_line(str(e))) from e


config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="LUUBAO_CONFIG",
    show_envvar=True,
    metavar="FILE",
    callback=_config,
    show_default=f"{FILE} in the archive's folder",
    help="Settings.",
)


class _Failure(click.ClickException):
    """An error in one line, with the exit code of its kind."""

    def __init__(self, error: ArchiveError) -> None:
        super().__init__(one_line(str(error)))
        self._error = error

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click reads it, and never writes it
        """What a supervisor goes by."""
        if isinstance(self._error, DiskError):
            return DISK
        return DATABASE if isinstance(self._error, DatabaseError | ArchiveLockedError) else 1


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@contextmanager
def reading(folder: Path, database: str | None) -> Iterator[Archive]:
    """The archive, for reading."""
    with Archive.open(folder, database=database) as archive:
        yield archive


def print_json(value: object) -> None:
    """One document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_json_lines(rows: Iterable[dict[str, Any]]) -> None:
    """A line for each."""
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def print_table(rows: Sequence[tuple[object, ...]], *, header: tuple[str, ...]) -> None:
    """Columns as wide as they need; numbers to the right."""
    cells = [header, *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    is_number = [all(isinstance(row[column], int) for row in rows) for column in range(len(header))]
    for number, row in enumerate(cells):
        line = "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number, strict=True)
        )
        click.echo(click.style(line.rstrip(), bold=number == 0))


def endpoint(url: str) -> str:
    """Host and port of `url`, as the guard against private addresses names them."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def endpoints(site: Site) -> list[str]:
    """Hosts and ports of everything that the site's file names."""
    return sorted({endpoint(source.url) for source in site.sources})


def one_line(text: str) -> str:
    """`text` without line breaks or control characters: pages and paths may hold either."""
    return tidy(text)


def short(text: str | None, width: int) -> str:
    """`text`, cut with an ellipsis where it is longer than `width` characters."""
    plain = one_line(text or "")
    return plain if len(plain) <= width else plain[: width - 1].rstrip() + "…"


def print_change(change: Change) -> None:
    """One field, or block of the body, that differs, with its words marked."""
    click.secho(f"\n{change.field}", dim=True)
    click.echo("".join(_marked(piece) for piece in change.pieces))


def _marked(piece: Piece) -> str:
    if piece.op == "delete":
        return click.style(f"[-{piece.text}-]", fg="red")
    if piece.op == "insert":
        return click.style(f"{{+{piece.text}+}}", fg="green")
    return piece.text
