"""The archive served on loopback, and a client without a proxy that follows nothing by itself."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlencode

import uvicorn

from archive.core import Archive
from archive.web.app import create_app
from archive.web.site import Site
from crawler.recording import open_archive


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


class Served:
    def __init__(self, folder, *, database=None, **options):
        self.archive = Archive.open(folder, database=database)

        def decide(made):
            with open_archive(folder, database=database) as writing:
                writing.decide(made)

        site = Site(self.archive, lambda: datetime.now(UTC), decide, **{"patience": 60, **options})
        self.app = app = create_app(site, hosts=["127.0.0.1"])
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()
        self.archive.close()

    def get(self, path, *, data=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(data).encode() if data is not None else None
        url = path if path.startswith("http") else self.base + path
        try:
            with OPENER.open(urllib.request.Request(url, body, named), timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.headers, e.read()

    def json(self, path):
        status, _, body = self.get(path)
        assert status == 200, body
        return json.loads(body)
