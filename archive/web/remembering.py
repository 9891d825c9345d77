"""Answers that are given again while nothing in the archive changed, and an index that is filled beside the searches.

Both keep a served archive quick while a crawl writes into it: a page that many open is made once a commit, and no
reader waits until what came since the last search is indexed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.web.site import COOKIE, has_tag
from archive.web.words import language

MOST_BYTES = 32 * 1024 * 1024
FIRST_PATIENCE = 30.0
"""Seconds that a search waits where there is no index yet: it is made at some thousand articles a second or two."""
_PAGES = frozenset(("/", "/articles", "/papers", "/copies"))
_BELOW = ("/articles/", "/clusters/", "/api/v1/", "/feeds/")
"""What depends on the archive alone: neither on the clock, as alarms do, nor on the full-text index."""
_SEARCHES = ("/api/v1/search", "/feeds/search")


class BeingIndexedError(ArchiveError):
    """Raised for a search in an archive whose first index is not made yet."""

    def __init__(self) -> None:
        super().__init__("the index of this archive is being made: search again in a minute")


@dataclass(frozen=True, slots=True)
class _Answer:
    state: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Remembered:
    """Gives the answer of before, where it would be the same."""

    def __init__(self, app: ASGIApp, *, archive: Archive) -> None:
        self.app = app
        self._archive = archive
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http" or not _may_be_remembered(request := Request(scope)):
            await self.app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"].decode("latin-1"), str(request.base_url), language(request))
        # Asked before the page is made: what is committed meanwhile makes it newer than it says, never older.
        state = await run_in_threadpool(self._archive.state)
        known = self._answers.get(key)
        if known is None or known.state != state:
            known = await self._make(scope, receive, send, key, state)
            if known is None:
                return
        self._answers.move_to_end(key)
        await _response(request, known)(scope, receive, send)

    async def _make(
        self, scope: Scope, receive: Receive, send: Send, key: tuple[str, ...], state: str
    ) -> _Answer | None:
        """Answer, and keep it; None where it went out already, as it is not one to be kept."""
        start: Message = {}
        parts: list[bytes] = []
        # Whole answers only: what a client has already is decided after.
        whole = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif start["status"] == 200 and any(name == b"etag" for name, _ in start["headers"]):  # noqa: PLR2004
                parts.append(message.get("body", b""))
            else:
                if start.pop("type", None):
                    await send({"type": "http.response.start", **start})
                await send(message)

        await self.app(whole, receive, keep)
        if not start.get("type"):
            return None
        answer = _Answer(state, list(start["headers"]), b"".join(parts))
        self._bytes -= len(self._answers.pop(key).body) if key in self._answers else 0
        self._answers[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > MOST_BYTES and len(self._answers) > 1:
            self._bytes -= len(self._answers.popitem(last=False)[1].body)
        return answer


def _may_be_remembered(request: Request) -> bool:
    path = request.url.path
    return (
        request.method == "GET"
        and (path in _PAGES or path.startswith(_BELOW))
        and not path.startswith(_SEARCHES)
        and COOKIE not in request.cookies
        and "if-modified-since" not in request.headers
    )


def _response(request: Request, answer: _Answer) -> Response:
    headers = MutableHeaders(raw=list(answer.headers))
    if has_tag(request, headers["etag"]):
        kept = {name: value for name, value in headers.items() if name not in ("content-length", "content-type")}
        return Response(status_code=304, headers=kept)
    response = Response(answer.body)
    response.raw_headers = list(answer.headers)
    return response


class Indexer:
    """Brings the full-text index up to date, one thread at a time."""

    def __init__(self, archive: Archive, *, patience: float) -> None:
        """A search waits at most `patience` seconds for what came since the last one."""
        self._archive = archive
        self._patience = patience
        self._lock = threading.Lock()
        self._work: _Work | None = None

    def bring_up(self) -> None:
        """Return when the index is current, or after a while if there is one.

        Raises what updating it raised, or BeingIndexedError.
        """
        with self._lock:
            if self._work is None or self._work.is_done.is_set():
                self._work = _Work(self._archive)
                self._work.start()
            work = self._work
        # Without any index there is nothing to search, so the first search waits longer.
        if not work.is_done.wait(self._patience) and not self._archive.has_index():
            work.is_done.wait(FIRST_PATIENCE)
        if work.error is not None:
            raise work.error
        if not work.is_done.is_set() and not self._archive.has_index():
            raise BeingIndexedError


class _Work(threading.Thread):
    def __init__(self, archive: Archive) -> None:
        # A transaction that is cut off is rolled back, so nothing has to wait for the end of this.
        super().__init__(daemon=True, name="index")
        self._archive = archive
        self.is_done = threading.Event()
        self.error: ArchiveError | None = None

    def run(self) -> None:
        try:
            self._archive.update_index()
        except ArchiveError as e:
            self.error = e
        finally:
            self.is_done.set()
