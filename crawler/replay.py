"""Replay: read captures from files and record them, as if they arrived now; no network, no clock.

Pages are read by as many processes as are wanted; one, the caller's, writes. The captures are recorded in the
order of their time whatever the number of readers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from archive.core import Archive
from archive.decisions import read_decisions
from archive.exceptions import ArchiveError
from archive.prepared import Prepared, prepare_capture
from archive.types import Capture, Document
from crawler.capture_index import Entry, Place, load
from crawler.extraction import extract
from crawler.processes import reading_context
from crawler.recording import Account
from crawler.sources import Sources

_LOOK_UP = 500
"""Captures looked up in the archive at once."""
_CHUNK = 8
"""Captures sent to a reader at once: one at a time would cost more in messages than short pages cost to read."""
_AHEAD = 4
"""Chunks under way a reader: enough that none waits, few enough that memory stays flat."""

_TOGETHER = 32
"""Pages that are recorded together: one statement does for many what is begun in each of them."""

Given = TypeVar("Given")
Made = TypeVar("Made")
Page = tuple[Capture, Document, Prepared, bool]
"""A capture, what it says, what its writer needs, and whether it came as a revisit."""


class ReaderDiedError(ArchiveError):
    """Raised when a reading process was killed, e.g. for want of memory."""

    def __init__(self) -> None:
        super().__init__("a reading process died, probably out of memory: run it again with fewer --workers")


def replay(
    archive: Archive, sources: Sources, *, workers: int = 1, progress: Callable[[int], None] = lambda _: None
) -> Account:
    """Record everything in `sources` that `archive` does not have; heed the decisions that lie beside it.

    `progress` is called with the number of captures done since the last call. A run that stops anywhere can be
    run again: nothing is lost and nothing doubled.
    """
    account = Account(skipped=len(sources.skipped))
    for path in sources.decision_files:
        account.decisions += archive.import_decisions(read_decisions(path))
    new = _new_entries(archive, sources, account, progress)
    pages = map(read_page, new) if workers == 1 else in_processes(read_page, new, workers)
    while group := list(islice(pages, _TOGETHER)):
        archive.foresee([ready for _, _, ready, _ in group])
        for capture, document, ready, is_revisit in group:
            account.add(archive.record(capture, document, prepared=ready, may_refer=is_revisit))
            progress(1)
    archive.commit()
    return account


def _new_entries(
    archive: Archive, entries: Iterable[Entry], account: Account, progress: Callable[[int], None]
) -> Iterator[Entry]:
    """The entries that the archive does not have, asked for by the hundred."""
    remaining = iter(entries)
    while group := list(islice(remaining, _LOOK_UP)):
        known = archive.known([entry.capture_id for entry in group])
        if known:
            count = sum(entry.capture_id in known for entry in group)
            account.add_known(count)
            progress(count)
        yield from (entry for entry in group if entry.capture_id not in known)


def read_page(entry: Entry) -> Page:
    """Load a capture, read it, and work out whatever the writer need not."""
    capture = load(entry.locator)
    document = extract(capture)
    is_revisit = isinstance(entry.locator, Place) and entry.locator.original is not None
    return capture, document, prepare_capture(capture, document), is_revisit


def in_processes(work: Callable[[Given], Made], items: Iterator[Given], workers: int) -> Iterator[Made]:
    """What `work`, a function of a module, makes of each of `items`, in their order, done in `workers` processes."""
    with ProcessPoolExecutor(workers, mp_context=reading_context()) as pool:
        under_way: deque[Future[list[Made]]] = deque()
        try:
            while True:
                while len(under_way) < workers * _AHEAD and (chunk := list(islice(items, _CHUNK))):
                    under_way.append(pool.submit(_do_chunk, work, chunk))
                if not under_way:
                    return
                yield from under_way.popleft().result()
        except BrokenProcessPool as e:
            raise ReaderDiedError from e
        finally:
            for future in under_way:
                future.cancel()


def _do_chunk(work: Callable[[Given], Made], chunk: list[Given]) -> list[Made]:
    return [work(item) for item in chunk]
