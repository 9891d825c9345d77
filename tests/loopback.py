"""A site on loopback for tests of the crawler: pages by path, and a log of who asked for what, when."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<html><head><title>Tin</title></head><body><p>Mot tin.</p></body></html>"


@dataclass
class Page:
    """One answer. With `raw`, these bytes and nothing else, then the connection is closed."""

    body: bytes = PAGE
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    raw: bytes | None = None
    wait: float = 0.0
    """Seconds before it is sent."""
    drip: float = 0.0
    """Seconds between two bytes of the body."""


@dataclass
class Asked:
    at: float
    path: str
    headers: dict[str, str]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.site = self.server.site
        self.site.connections += 1

    def do_GET(self):
        page = self.site.take(self.path, self.headers)
        time.sleep(page.wait)
        self.site.let_go()
        with contextlib.suppress(OSError):
            self.answer(page)

    def answer(self, page):
        if page.raw is not None:
            self.wfile.write(page.raw)
            self.close_connection = True
            return
        self.send_response(page.status)
        for name, value in page.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        for part in [page.body] if not page.drip else [page.body[i : i + 1] for i in range(len(page.body))]:
            self.wfile.write(part)
            self.wfile.flush()
            time.sleep(page.drip)

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):  # a client that hung up is no news
        pass


@dataclass
class Site:
    """`pages` maps a path to a Page, or to several that are served one after the other, the last one for ever."""

    pages: dict[str, Page | list[Page]] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0
    certificate: tuple[str, str] | None = None
    log: list[Asked] = field(default_factory=list)
    busy: int = 0
    most_at_once: int = 0
    connections: int = 0

    def __post_init__(self):
        self._lock = threading.Lock()

    def take(self, path, headers) -> Page:
        """Note a request; what it is answered with."""
        with self._lock:
            self.busy += 1
            self.most_at_once = max(self.most_at_once, self.busy)
            self.log.append(Asked(time.monotonic(), path, dict(headers.items())))
            page = self.pages.get(path, Page(b"no such page", 404))
            if isinstance(page, list):
                page = page.pop(0) if len(page) > 1 else page[0]
            return page

    def let_go(self) -> None:
        with self._lock:
            self.busy -= 1

    def __enter__(self):
        self._server = _Server((self.host, self.port), _Handler)
        self._server.site = self
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def endpoint(self) -> str:
        """As in LUUBAO_ALLOW_PRIVATE."""
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}{path}"

    def asked(self, *paths: str) -> list[Asked]:
        """The requests for these paths; without any, all but those for robots.txt."""
        return [one for one in self.log if (one.path in paths if paths else one.path != "/robots.txt")]

    def gaps(self) -> list[float]:
        """Seconds between each two requests."""
        times = [one.at for one in self.log]
        return [later - earlier for earlier, later in itertools.pairwise(times)]


class Canary:
    """A listener that nobody may connect to; counts who does."""

    def __init__(self, *hosts: str, port: int = 0) -> None:
        self.connections = 0
        self._sockets: list[socket.socket] = []
        self.port = port
        for host in hosts or ("127.0.0.1",):
            listening = socket.create_server(
                (host, self.port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
            self.port = listening.getsockname()[1]
            listening.settimeout(0.05)
            self._sockets.append(listening)
        self._is_open = True
        self._threads = [threading.Thread(target=self._listen, args=(one,), daemon=True) for one in self._sockets]

    def _listen(self, listening: socket.socket) -> None:
        while self._is_open:
            with contextlib.suppress(TimeoutError):
                connection, _ = listening.accept()
                self.connections += 1
                connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_open = False
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()


def raw(*lines: str, body: bytes = b"", version: str = "HTTP/1.1", status: str = "200 OK") -> bytes:
    """An answer, byte for byte."""
    head: Iterable[str] = (f"{version} {status}", *lines, "", "")
    return "\r\n".join(head).encode() + body
