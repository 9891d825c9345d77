"""The full-text index of a served archive, filled beside the searches: no reader waits until all of it is there.

A server fills it in a process of its own. A thread would take turns with those that answer, at every statement of
theirs: pages took three times as long while an index was made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from archive.core import Archive
from archive.exceptions import ArchiveError, StorageError

FIRST_PATIENCE = 30.0
"""Seconds that a search waits where there is no index yet: it is made at some thousand articles a second or two."""
_MEEKNESS = 5
"""Niceness of the process that fills the index, so that it yields the core to the one that answers."""


class BeingIndexedError(ArchiveError):
    """Raised for a search in an archive whose first index is not made yet."""

    def __init__(self) -> None:
        super().__init__("the index of this archive is being made: search again in a minute")


class Indexer:
    """Brings the full-text index up to date, one thread at a time."""

    def __init__(self, archive: Archive, *, patience: float, update: Callable[[], object] | None = None) -> None:
        """A search waits at most `patience` seconds for what came since the last one, and for an update before that.

        `update` brings the index up to date, where that is not to be done in this process.
        """
        self._archive = archive
        self._patience = patience
        self._update = update or archive.update_index
        self._lock = threading.Lock()
        self._work: _Work | None = None

    def begin(self) -> None:
        """Begin what the first search would wait for."""
        self._begin(self._archive.state())

    def bring_up(self) -> None:
        """Return when the index is current, or after a while if there is one.

        Raises what updating it raised, or BeingIndexedError.
        """
        state = self._archive.state()
        work, is_new = self._begin(state)
        work.is_done.wait(self._patience)
        if work.is_done.is_set() and not is_new and work.error is None and work.state != state:
            # It was begun before what this search has to see.
            work, _ = self._begin(state)
            work.is_done.wait(self._patience)
        # Without any index there is nothing to search, so the first search waits longer.
        if not work.is_done.is_set() and not self._archive.has_index():
            work.is_done.wait(FIRST_PATIENCE)
        if work.error is not None:
            raise work.error
        if not work.is_done.is_set() and not self._archive.has_index():
            raise BeingIndexedError

    def _begin(self, state: str) -> tuple[_Work, bool]:
        """(the work in progress, or done where nothing was committed since; whether it begins now)."""
        with self._lock:
            last = self._work
            if last is not None and (not last.is_done.is_set() or (last.state == state and last.error is None)):
                return last, False
            self._work = _Work(self._update, state)
            self._work.start()
            return self._work, True


class _Work(threading.Thread):
    def __init__(self, update: Callable[[], object], state: str) -> None:
        # A transaction that is cut off is rolled back, so nothing has to wait for the end of this.
        super().__init__(daemon=True, name="index")
        self._update = update
        self.state = state
        """Of the archive, whose commits until then will be in the index."""
        self.is_done = threading.Event()
        self.error: ArchiveError | None = None

    def run(self) -> None:
        try:
            self._update()
        except ArchiveError as e:
            self.error = e
        finally:
            self.is_done.set()


class IndexProcess:
    """A process that fills the index of one archive whenever it is told to. It ends with this one, whatever ends it."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self._place = {"folder": str(folder.absolute()), "database": database}
        self._process: subprocess.Popen[str] | None = None

    def update(self) -> None:
        """Return when the index is current. Raises StorageError; one call at a time."""
        process = self._process = self._process or self._start()
        try:
            said = self._ask(process, "")
        except (OSError, ValueError) as e:
            self.close()
            raise StorageError("the process that fills the search index ended: search again") from e
        if said["error"] is not None:
            raise StorageError(said["error"])

    def close(self) -> None:
        """End it; what it was writing is rolled back."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with suppress(OSError):  # what it did not read any more
                    pipe.close()

    def _start(self) -> subprocess.Popen[str]:
        # Where the archive is goes through the pipe: its URL may hold a password, and anybody can list arguments.
        process = subprocess.Popen(  # noqa: S603  this module
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(self._place) + "\n")
        return process

    def _ask(self, process: subprocess.Popen[str], line: str) -> dict[str, str | None]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()
        said: dict[str, str | None] = json.loads(process.stdout.readline())
        return said


def main() -> None:
    """Fill the index named by the first line once for every further one, and say on stdout how that went."""
    os.nice(_MEEKNESS)
    place = json.loads(sys.stdin.readline())
    with Archive.open(place["folder"], database=place["database"]) as archive:
        for _ in sys.stdin:
            error = None
            try:
                archive.update_index()
            except ArchiveError as e:
                error = str(e)
            sys.stdout.write(json.dumps({"error": error}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(1)
