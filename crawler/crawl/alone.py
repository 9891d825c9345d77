"""One crawl of a site at a time: what two of them fetched at once would be twice the load on the site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.exceptions import ArchiveError, StorageError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]


PARENT = "LUUBAO_PARENT"
"""Environment variable with the process id of the schedule that started a crawl, which must not outlive it."""


class SiteBusyError(ArchiveError):
    """Raised when another process crawls the site into the same archive."""

    def __init__(self, site: str) -> None:
        super().__init__(f"site {site!r} is being crawled by another process: wait for it to end")


@contextmanager
def alone(folder: Path, site: str) -> Iterator[None]:
    """Hold the site for this process; the lock goes with it, however it ends. Raises SiteBusyError."""
    if fcntl is None:
        yield
        return
    name = re.sub(r"[^\w.-]", "_", site)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / f"crawl-{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as e:
        raise StorageError(f"cannot write to {str(folder)!r}: {e.strerror}") from e
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as e:
        raise SiteBusyError(site) from e
    finally:
        os.close(descriptor)
