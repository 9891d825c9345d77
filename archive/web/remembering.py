"""Answers that are given again while nothing changed that they depend on.

They keep a served archive quick while a crawl writes into it: a page that many open is made once a commit, and that of
an article which shares text with no other once for each change of the article."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.core import Archive
from archive.exceptions import StorageError
from archive.storage.standing import standing
from archive.web.site import COOKIE, has_tag
from archive.web.words import language

_MAKERS = 8
"""Pages that are made at once, and beside them searches, which may wait for the index. They share one interpreter: with
forty at once, each took longer, and so did whoever had only to look whether an answer still holds."""
MOST_BYTES = 32 * 1024 * 1024
_PAGES = frozenset(("/", "/articles", "/papers", "/copies"))
_BELOW = ("/articles/", "/clusters/", "/api/v1/", "/feeds/")
"""What depends on the archive alone, and not on the clock, as alarms do."""
_SEARCHES = ("/search", "/api/v1/search", "/feeds/search")
"""What depends on the full-text index, too."""
_OF_ONE_ARTICLE = re.compile(
    r"/articles/([0-9a-f]{16})(?:/diff)?|/api/v1/articles/([0-9a-f]{16})(?:/versions|/diff)?"
    r"|/feeds/edits/([0-9a-f]{16})\.\w+"
)
"""What depends on the rows of one article alone, if it shares text with no other."""


@dataclass(frozen=True, slots=True)
class _State:
    archive: str
    article: str | None = None
    """Of the one article that the answer depends on; None where it depends on more."""

    def is_as_in(self, before: _State) -> bool:
        """Whether what was answered in that state would be answered now."""
        return self.archive == before.archive or (self.article is not None and self.article == before.article)


@dataclass(frozen=True, slots=True)
class _Answer:
    state: _State
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Remembered:
    """Gives the answer of before, where it would be the same."""

    def __init__(self, app: ASGIApp, *, archive: Archive) -> None:
        self.app = app
        self._archive = archive
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._bytes = 0
        self._makers = {is_search: asyncio.Semaphore(_MAKERS) for is_search in (False, True)}
        self._being_made: dict[tuple[str, ...], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http" or not _may_be_remembered(request := Request(scope)):
            await self.app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"].decode("latin-1"), str(request.base_url), language(request))
        try:
            # Asked before the page is made: what is committed meanwhile makes it newer than it says, never older.
            state = await run_in_threadpool(self._state, scope["path"])
            known = self._known(key, state)
            if known is None and key in self._being_made:
                # What many ask for at once, as they do after a commit, one of them has made.
                await self._being_made[key].wait()
                state = await run_in_threadpool(self._state, scope["path"])
                known = self._known(key, state)
        except StorageError:
            # Whoever answers says what is wrong.
            await self.app(scope, receive, send)
            return
        if known is None:
            known = await self._make(scope, receive, send, key, state)
            if known is None:
                return
        self._answers.move_to_end(key)
        await _response(request, known)(scope, receive, send)

    def _known(self, key: tuple[str, ...], state: _State) -> _Answer | None:
        """The answer of before, if it would be given in this state."""
        known = self._answers.get(key)
        if known is None or not state.is_as_in(known.state):
            return None
        if known.state != state:
            self._answers[key] = known = replace(known, state=state)
        return known

    def _state(self, path: str) -> _State:
        state = self._archive.state(with_index=path.startswith(_SEARCHES))
        one = _OF_ONE_ARTICLE.fullmatch(path)
        if one is None:
            return _State(state)
        with self._archive.reading() as connection:
            stands = standing(connection, one[one.lastindex or 0])
        return _State(state, stands.state if stands is not None and stands.is_alone else None)

    async def _make(
        self, scope: Scope, receive: Receive, send: Send, key: tuple[str, ...], state: _State
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

        is_search = scope["path"].startswith(_SEARCHES)
        is_first = key not in self._being_made and not is_search
        if is_first:
            self._being_made[key] = asyncio.Event()
        try:
            async with self._makers[is_search]:
                await self.app(whole, receive, keep)
        finally:
            if is_first:
                self._being_made.pop(key).set()
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
        and (path in _PAGES or path.startswith((*_BELOW, *_SEARCHES)))
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
