"""The command that serves the archive over HTTP."""

from __future__ import annotations

import ipaddress
import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.types import Decision
from crawler.cli.options import archive_options, reading
from crawler.recording import open_archive
from crawler.sites import sites

_SHORTEST_TOKEN = 16
_TURN = 0.0005
"""Seconds."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--name", "names", multiple=True, metavar="HOST", help="Host name that it is reached by; may be repeated."
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the token by which people may release and discard (or LUUBAO_TOKEN holds it).",
)
@click.option("--private", "is_private", is_flag=True, help="Reading needs the token, too.")
@click.option("--rate", default=50.0, show_default=True, help="API requests a second of one address; 0: any number.")
@archive_options
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    token_file: Path | None,
    *,
    rate: float,
    folder: Path,
    database: str | None,
    is_private: bool,
) -> None:
    """Serve the archive to browsers and programs: a reading site, an API, feeds, Memento.

    Example: luubao serve --port 8080
    """
    try:
        import uvicorn  # noqa: PLC0415  only where luubao[web] is installed

        from archive.web.app import create_app  # noqa: PLC0415
        from archive.web.indexing import IndexProcess  # noqa: PLC0415
        from archive.web.site import Site  # noqa: PLC0415
    except ImportError as e:
        raise click.ClickException("serving needs more packages: pip install 'luubao[web]'") from e
    token = _token(token_file)
    if is_private and token is None:
        raise click.UsageError("--private needs a token: give --token-file, or set LUUBAO_TOKEN")

    def decide(made: Decision) -> None:
        with open_archive(folder, database=database) as writing:
            writing.decide(made)

    # Threads hand the interpreter over at every statement. By Python's usual 5 ms, one that computes made each of the
    # others wait a dozen times 5 ms for a page.
    sys.setswitchinterval(_TURN)
    titles = {one.name: one.title for one in sites()}
    with reading(folder, database) as archive, closing(IndexProcess(folder, database)) as indexing:
        site = Site(
            archive, lambda: datetime.now(UTC), decide, token, is_private, rate, titles, update_index=indexing.update
        )
        app = create_app(site, hosts=_hosts(host, names))
        app.state.indexer.begin()
        # No proxy is trusted to say who asks or by what name.
        uvicorn.run(app, host=host, port=port, log_level="warning", proxy_headers=False, server_header=False)


def _token(file: Path | None) -> str | None:
    token = file.read_text(encoding="utf-8").strip() if file else os.environ.get("LUUBAO_TOKEN", "").strip()
    if file is None and not token:
        return None
    if len(token) < _SHORTEST_TOKEN:
        raise click.UsageError(f"the token has fewer than {_SHORTEST_TOKEN} characters")
    return token


def _hosts(host: str, names: tuple[str, ...]) -> list[str]:
    """Names that requests may ask for: on loopback its own; elsewhere also the address itself, and those given."""
    known = ["localhost", "127.0.0.1", "[::1]", host, *names]
    try:
        # Listening on every address, nobody knows by which of them it is asked.
        return ["*"] if ipaddress.ip_address(host).is_unspecified and not names else known
    except ValueError:
        return known
