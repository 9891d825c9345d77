"""The one writer of a crawl: a thread that owns the archive, and does in turn what it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from archive.core import Archive
from crawler.recording import open_archive

T = TypeVar("T")


class Writer:
    """Calls on the archive from the reactor, without ever making it wait."""

    def __init__(self, folder: Path, database: str | None) -> None:
        # One thread, because a connection belongs to its thread, and because two would write at once.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._archive: Archive | None = None
        self._error: Exception | None = None
        self._folder, self._database = folder, database

    async def open(self) -> None:
        """Open the archive; raises what `open_archive` raises."""
        await self._run(self._open)

    def _open(self) -> None:
        self._archive = open_archive(self._folder, database=self._database)

    async def call(self, ask: Callable[[Archive], T]) -> T:
        """What `ask` returns; it is called in the writer's thread, and what it changed is committed, or undone."""

        def committed() -> T:
            assert self._archive is not None
            if self._error is not None:
                raise self._error
            try:
                answer = ask(self._archive)
            except BaseException:
                # Who goes on after an error must not keep the others from writing.
                self._archive.roll_back()
                raise
            self._archive.commit()
            return answer

        return await self._run(committed)

    def refuse(self, error: Exception) -> None:
        """Answer every further call with `error`: those in line would each wait for the same lock in their turn."""
        self._error = error

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Close the archive and end the thread."""
        try:
            if self._archive is not None:
                await self._run(self._archive.close)
        finally:
            self._thread.shutdown()
