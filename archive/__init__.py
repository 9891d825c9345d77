"""The archive: what was captured, what it says, and how it changed.

Knows nothing of scrapy, trafilatura or fetching: captures and documents come in, articles,
versions, clusters and changes come out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.core import Archive


def open(place: Path | str) -> Archive:  # noqa: A001  archive.open(...) is what readers of this line expect
    """The archive in a folder, or behind a `postgresql://` URL, for reading only.

    Use it as a context manager: `with archive.open("luubao-archive") as kept: ...`. Raises ArchiveError.
    """
    from archive.core import Archive  # noqa: PLC0415  who only reads text or pages needs no database

    if str(place).startswith(("postgresql:", "postgres:", "postgresql+psycopg:")):
        return Archive.open(Path.cwd(), database=str(place))
    return Archive.open(place)
