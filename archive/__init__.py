"""The archive: what was captured, what it says, and how it changed.

Knows nothing of scrapy, trafilatura or fetching: captures and documents come in, articles,
versions, clusters and changes come out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.core import Archive


def open(place: Path | str, *, as_of: datetime | None = None) -> Archive:  # noqa: A001  what readers of it expect
    """The archive in a folder, or behind a `postgresql://` URL, for reading only.

    Use it as a context manager: `with archive.open("luubao-archive") as kept: ...`. With `as_of` (aware) its `rows`,
    `get_article`, `versions` and `changes` say what was captured until that moment. Raises ArchiveError.
    """
    from archive.core import Archive  # noqa: PLC0415  who only reads text or pages needs no database

    if str(place).startswith(("postgresql:", "postgres:", "postgresql+psycopg:")):
        opened = Archive.open(Path.cwd(), database=str(place))
    else:
        opened = Archive.open(place)
    opened.as_of = as_of
    return opened
