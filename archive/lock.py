"""The right to write to an archive's folder: one process at a time, for as long as it writes one group.

The lock goes with the process however it ends, so it is never in the way after a crash; and while it is held, a file
that is open, or in no row, was left by one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from archive.exceptions import ArchiveLockedError, StorageError

try:
    import fcntl
except ImportError:  # not on Windows, where a second writer meets SQLite's own lock
    fcntl = None  # type: ignore[assignment]

WAIT = 120.0
"""Seconds to wait for the others: a replay writes a group of large pages in some ten."""
_PAUSE = 0.02


class WriterLock:
    """The lock of one archive; not held when made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: int | None = None

    def acquire(self) -> None:
        """Wait for the lock and take it; no effect where it is held.

        Raises ArchiveLockedError after `WAIT` seconds, StorageError where the folder cannot be written to.
        """
        if self._held is not None or fcntl is None:
            return
        try:
            # Two locks, as at a counter with a queue of one: who has just written does not step in again before the
            # one that waits.
            turn = self._wait_for("writer.turn")
            try:
                self._held = self._wait_for("writer.lock")
            finally:
                os.close(turn)
        except OSError as e:
            raise StorageError(f"cannot write to {str(self._folder)!r}: {e.strerror}") from e

    def release(self) -> None:
        """Let the next one write."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _wait_for(self, name: str) -> int:
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + WAIT
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as e:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise ArchiveLockedError(self._folder) from e
                time.sleep(_PAUSE)
            except OSError:
                os.close(descriptor)
                raise
            else:
                return descriptor
