"""How processes are started that read pages: from a clean one that has imported everything once."""

from __future__ import annotations

from functools import cache
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.context import BaseContext

_READ_WITH = ["crawler.extraction.warming", "crawler.extraction.page_text", "crawler.sources"]


@cache
def reading_context() -> BaseContext:
    """The context for pools of readers.

    Not fork: a forked reader would share the writer's database connection and locks. Spawned ones would each import
    everything again, a second of work; these are forked from a server that has done it, and holds nothing."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    # The program itself among them: a child imports it, too.
    context.set_forkserver_preload(["__main__", *_READ_WITH])
    return context


def begin_importing() -> None:
    """Let the clean process import now, beside whatever this one has to do before it needs readers."""
    if reading_context().get_start_method() == "forkserver":
        forkserver.ensure_running()
