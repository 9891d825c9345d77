"""The newsroom on loopback: one asyncio thread, one port a paper, HTTP/1.1 by hand so that any byte can break.

Reads the clock, the faults and the model for every request and writes the access log; decides nothing."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import itertools
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from newsroom import addresses
from newsroom.access import Access, AccessLog
from newsroom.clock import Clock
from newsroom.faults import UNCOMPRESSED, WIRE, Answer, Delivery, Fault, Faults, spoil
from newsroom.model import Newsroom, Page
from newsroom.papers import Paper
from newsroom.plan import minute_of
from newsroom.site import is_unchanged

MAX_HEAD = 64 * 1024
_BACKLOG = 512
_RESET = struct.pack("ii", 1, 0)
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_FIRST_OWN_ADDRESS = int(ipaddress.IPv4Address("127.0.1.1"))
_SMALLEST_GZIP = 512


class Server:
    """A running newsroom."""

    def __init__(
        self, newsroom: Newsroom, *, clock: Clock, log: AccessLog, first_port: int = 0, own_addresses: bool = False
    ) -> None:
        self.newsroom = newsroom
        self.clock = clock
        self.log = log
        self.faults = Faults()
        self.urls: dict[str, str] = {}
        """{paper: base URL}, without a slash at the end."""
        self.connections: dict[str, int] = {paper.name: 0 for paper in newsroom.papers}
        self.numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._sockets = [_listen(at, first_port, own_addresses=own_addresses) for at in range(len(newsroom.papers))]
        for paper, listener in zip(newsroom.papers, self._sockets, strict=True):
            host, port = listener.getsockname()
            self.urls[paper.name] = f"http://{host}:{port}"
        newsroom.place(self.urls)
        self._open: set[_Connection] = set()
        self._thread = threading.Thread(target=self._run, name="newsroom", daemon=True)

    def start(self) -> None:
        ready = threading.Event()
        self._loop.call_soon(ready.set)
        for paper, listener in zip(self.newsroom.papers, self._sockets, strict=True):
            self._loop.run_until_complete(
                self._loop.create_server(lambda paper=paper: _Connection(self, paper), sock=listener, backlog=_BACKLOG)
            )
        self._thread.start()
        ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()
        for listener in self._sockets:
            listener.close()
        self._loop.close()
        self.log.close()

    def _stop(self) -> None:
        for connection in list(self._open):
            connection.abort()
        # One more turn, in which the transports report that they are closed.
        self._loop.call_later(0.01, self._loop.stop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def now(self) -> datetime:
        return self.clock.now()

    def visits(self) -> dict[tuple[str, int], list[datetime]]:
        """When each article was truly shown, for `oracle`."""
        return self.log.visits()

    def enter(self, connection: _Connection, paper: Paper) -> int:
        self._open.add(connection)
        self.connections[paper.name] += 1
        return next(self.numbers)

    def leave(self, connection: _Connection, paper: Paper) -> None:
        self._open.discard(connection)
        self.connections[paper.name] -= 1

    def call_later(self, seconds: float, call: object, *args: object) -> None:
        self._loop.call_later(seconds, call, *args)  # type: ignore[arg-type]


def _listen(at: int, first_port: int, *, own_addresses: bool) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    host = str(ipaddress.IPv4Address(_FIRST_OWN_ADDRESS + at)) if own_addresses else "127.0.0.1"
    listener.bind((host, first_port + at if first_port else 0))
    return listener


class _Connection(asyncio.Protocol):
    """One TCP connection: requests in, responses out, one after the other."""

    def __init__(self, server: Server, paper: Paper) -> None:
        self.server, self.paper = server, paper
        self.buffer = b""
        self.is_busy = False
        self.transport: asyncio.Transport | None = None
        self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.number = self.server.enter(self, self.paper)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.server.leave(self, self.paper)

    def abort(self) -> None:
        if self.transport:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self._next()

    def _next(self) -> None:
        if self.is_busy or self.transport is None:
            return
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            if len(head) > MAX_HEAD:
                self.abort()
            return
        self.buffer = rest
        self.is_busy = True
        self._serve(head.decode("latin-1"))

    def _serve(self, head: str) -> None:
        begun, wall = time.monotonic(), time.time()
        line, *fields = head.split("\r\n")
        method, _, rest = line.partition(" ")
        target, _, version = rest.rpartition(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        now = self.server.now()
        fault = self.server.faults.find(self.paper, target, now)
        page = _page(self.server, self.paper, target, method=method, now=now, fault=fault)
        status, size, delivery = _deliver(self.paper, page, method, headers, fault)
        story = self.server.newsroom.find_story(self.paper, target.partition("?")[0], minute_of(now))
        access = Access(
            begun=begun, done=begun, wall=wall, clock=now, paper=self.paper.name, host=headers.get("host", ""),
            method=method, path=target, status=status, size=size, fault=fault.kind if fault else None,
            connection=self.number, open_connections=self.server.connections[self.paper.name],
            story=story.number if story else None,
            is_article=story is not None and status not in (301, 302) and _is_own(self.paper, target),
            user_agent=headers.get("user-agent"), if_none_match=headers.get("if-none-match"),
            if_modified_since=headers.get("if-modified-since"), accept_encoding=headers.get("accept-encoding"),
        )  # fmt: skip
        self.server.log.begin(access)
        is_last = headers.get("connection", "").lower() == "close" or version == "HTTP/1.0"
        self._send(delivery.writes, "close" if is_last and delivery.end == "keep" else delivery.end, access)

    def _send(self, writes: tuple[tuple[float, bytes], ...], end: str, access: Access) -> None:
        """Write what is due, wait for the rest."""
        for at, (pause, data) in enumerate(writes):
            if pause:
                self.server.call_later(pause, self._send, ((0, data), *writes[at + 1 :]), end, access)
                return
            if self.transport is None:
                break
            if data:
                # Noted before: on a busy machine the other side may have it before this thread goes on.
                access.done = time.monotonic()
                self.transport.write(data)
        self.server.log.finish(access)
        self._end(end)

    def _end(self, end: str) -> None:
        if self.transport is None:
            return
        if end == "abort":
            # Closing with nothing to linger for makes the kernel send a reset.
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()
        elif end == "close":
            self.transport.close()
        else:
            self.is_busy = False
            self._next()


def _is_own(paper: Paper, target: str) -> bool:
    return addresses.untwinned(paper, target.partition("?")[0]) is None


def _page(server: Server, paper: Paper, target: str, *, method: str, now: datetime, fault: Fault | None) -> Page:
    if method not in ("GET", "HEAD"):
        return Page(405, (("Content-Type", "text/plain"), ("Allow", "GET, HEAD")), lambda: b"")
    page = server.newsroom.page(paper.name, target, now, redesigned=fault is not None and fault.kind == "redesign")
    if fault is None or fault.kind == "redesign":
        return page
    page.headers += (("x-path", target),)
    spoiled = spoil(page, fault, server.newsroom, paper, now)
    spoiled.headers = tuple(pair for pair in spoiled.headers if pair[0] != "x-path")
    return spoiled


def _deliver(
    paper: Paper, page: Page, method: str, asked: dict[str, str], fault: Fault | None
) -> tuple[int, int, Delivery]:
    """Status, size of the body and the writes that send `page`."""
    validators = [("ETag", page.etag)] if page.etag else []
    if page.modified_at:
        validators.append(("Last-Modified", format_datetime(page.modified_at.astimezone(UTC), usegmt=True)))
    headers = [("Date", _date(int(time.time()))), ("Server", "newsroom"), *page.headers, *validators]
    unchanged = fault is None and is_unchanged(
        page, if_none_match=asked.get("if-none-match"), if_modified_since=_moment(asked.get("if-modified-since"))
    )
    if unchanged:
        headers = [pair for pair in headers if pair[0] != "Content-Type"]
        return 304, 0, Delivery(((0, Answer(304, tuple(headers), b"", _REASONS[304]).header_block()),))
    body = page.body
    takes_gzip = paper.is_compressed and "gzip" in asked.get("accept-encoding", "") and len(body) > _SMALLEST_GZIP
    is_text = any(name == "Content-Type" and "gzip" not in value for name, value in page.headers)
    if takes_gzip and is_text and not (fault and fault.kind in UNCOMPRESSED):
        body = gzip.compress(body, 1, mtime=0)
        headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    headers.append(("Content-Length", str(len(body))))
    answer = Answer(page.status, tuple(headers), body, _REASONS.get(page.status, ""))
    if fault and fault.kind in WIRE:
        return page.status, len(body), WIRE[fault.kind](answer, fault)
    if method == "HEAD":
        return page.status, 0, Delivery(((0, answer.header_block()),))
    return page.status, len(body), Delivery(((0, answer.header_block() + body),))


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)


def _moment(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


@contextmanager
def serve(
    newsroom: Newsroom,
    *,
    log: Path | None = None,
    first_port: int = 0,
    own_addresses: bool = False,
    speed: float = 0,
) -> Iterator[Server]:
    """Serve `newsroom` until the block ends: `with serve(newsroom) as server: server.urls["baolaocai"]`.

    Ports are free ones, or count up from `first_port`. `own_addresses` gives each paper an address of its own
    (127.0.1.1, 127.0.1.2 ...; Linux only), for readers that tell sites apart by host name. `speed` is the clock's."""
    made = Server(
        newsroom,
        clock=Clock(newsroom.start, speed=speed),
        log=AccessLog(log),
        first_port=first_port,
        own_addresses=own_addresses,
    )
    with made as server:
        yield server
