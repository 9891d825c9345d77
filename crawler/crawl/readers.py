"""Read pages in processes of their own, with a limit on time and memory: a hostile page costs its own verdict."""

from __future__ import annotations

import resource
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from pebble import ProcessExpired, ProcessPool

from archive.prepared import Prepared, prepare_capture
from archive.types import Capture, Document, Verdict
from crawler.extraction import extract
from crawler.processes import begin_importing, reading_context

TIME_LIMIT = 20.0
"""Seconds a page: ordinary ones take 0.02, pages built to take long were measured at 18 to 60."""
MEMORY_LIMIT = 1024 * 1024 * 1024
"""Bytes of address space beyond what the reader needs for itself."""


def read_capture(capture: Capture) -> tuple[Document, Prepared]:
    """What the page says, and whatever the writer need not work out."""
    document = extract(capture)
    return document, prepare_capture(capture, document)


def _limit_memory(limit: int) -> None:
    # Address space and not what is resident: a reader must fail to allocate before the machine runs out.
    used = _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (used + limit, used + limit))


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  not a file of ours
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1024 * 1024 * 1024


class Readers:
    """A pool of reading processes."""

    def __init__(self, workers: int) -> None:
        self._pool = ProcessPool(
            max_workers=workers, context=reading_context(), initializer=_limit_memory, initargs=(MEMORY_LIMIT,)
        )
        self._reading: set[Future[Any]] = set()

    def expect(self) -> None:
        """Say that there will be pages: what readers have to import is imported while the first is fetched."""
        begin_importing()

    def read(self, capture: Capture) -> Future[Any]:
        """Begin to read `capture`; `result` turns what comes of it into a value."""
        future: Future[Any] = self._pool.schedule(read_capture, args=(capture,), timeout=TIME_LIMIT)
        self._reading.add(future)
        future.add_done_callback(self._reading.discard)
        return future

    def wait_for(self, capture: Capture) -> tuple[Document, Prepared]:
        """Read `capture` and wait for what comes of it."""
        future = self.read(capture)
        wait([future])
        return result(future, capture)

    def close(self) -> None:
        """End the processes, whatever they are doing; what is still read is cancelled."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types only what returns something
        self._pool.join()
        # The pool forgets its futures: whoever waits for one would do so for ever.
        for future in tuple(self._reading):
            future.cancel()


def result(future: Future[Any], capture: Capture) -> tuple[Document, Prepared]:
    """What `Readers.read` gave; a page that killed its reader is a verdict of its own."""
    try:
        read: tuple[Document, Prepared] = future.result()
    except Exception as e:  # noqa: BLE001  whatever a page does to its reader, the crawl goes on
        reason = _why(e)
        document = Document(verdict=Verdict.EXTRACTION_FAILED, detail=reason)
        return document, prepare_capture(capture, document)
    return read


def _why(error: Exception) -> str:
    if isinstance(error, FutureTimeoutError):
        return f"took over {TIME_LIMIT:.0f} s"
    return "its reader died" if isinstance(error, ProcessExpired) else f"its reader failed: {type(error).__name__}"
