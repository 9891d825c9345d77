"""The crawl of `probe.crawl`: one argument of JSON in, one document of JSON out."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import Settings
from twisted.internet.defer import succeed
from twisted.internet.error import DNSLookupError

from crawler.middlewares.capture import CAPTURE
from crawler.politeness.holds import Hold
from crawler.politeness.refusal import RefusedError
from crawler.politeness.robots import RobotsCopy

_ADDRESSES: dict[str, list[str]] = {}


class Resolver(CachingThreadedResolver):
    """Answers from a list, an address at a time, the last one for ever; no question leaves this machine."""

    def getHostByName(self, name, timeout=()):  # noqa: N802 - as Twisted calls it
        answers = _ADDRESSES.get(name)
        if answers:
            return succeed(answers.pop(0) if len(answers) > 1 else answers[0])
        if name.replace(".", "").isdigit() or name == "localhost" or name.startswith("0x"):
            return super().getHostByName(name, timeout)
        raise DNSLookupError(name)


class FileStore:
    """A HoldStore, or a RobotsStore, in a file."""

    def __init__(self, path: Path, kind: type) -> None:
        self.path, self.kind = path, kind

    def _read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, key):
        plain = self._read().get(key)
        return self.kind(**{name: _from_plain(name, value) for name, value in plain.items()}) if plain else None

    def put(self, key, value=None):
        key, value = (key.host, key) if value is None else (key, value)
        plain = {name: _to_plain(one) for name, one in dataclasses.asdict(value).items()}
        self.path.write_text(json.dumps({**self._read(), key: plain}))


def _to_plain(value):
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.isoformat() if isinstance(value, datetime) else value


def _from_plain(name, value):
    if name == "body":
        return value.encode("latin-1")
    return datetime.fromisoformat(value) if name in ("until", "fetched_at") else value


class ProbeSpider(Spider):
    name = "probe"

    def __init__(self, urls, results):
        super().__init__()
        self.urls, self.results = urls, results

    async def start(self):
        for number, url in enumerate(self.urls):
            # Scrapy's queue gives the last one first, but for the priority.
            options = {"priority": -number, "dont_filter": True, "cb_kwargs": {"asked": url}}
            yield Request(url, self.parse, errback=self.failed, **options)

    def parse(self, response, asked):
        capture = response.meta[CAPTURE]
        shown = {name: _to_plain(getattr(capture, name)) for name in capture.__slots__}
        self.results[asked] = {"status": response.status, "capture": shown}

    def failed(self, failure):
        error, request = failure.value, failure.request
        result = {"error": f"{type(error).__name__}: {error}", "capture": CAPTURE in request.meta}
        if isinstance(error, RefusedError):
            result |= {"refusal": error.refusal, "detail": error.detail, "retry_at": _to_plain(error.retry_at)}
        self.results[request.cb_kwargs["asked"]] = result


def main() -> None:
    order = json.loads(sys.argv[1])
    _ADDRESSES.update(order["resolve"])
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("TWISTED_DNS_RESOLVER", Resolver)
    for name, value in order["settings"].items():
        settings.set(name, value)
    if order["store"]:
        path = Path(order["store"])
        settings.set("LUUBAO_HOLD_STORE", lambda _: FileStore(path.with_suffix(".holds"), Hold))
        settings.set("LUUBAO_ROBOTS_STORE", lambda _: FileStore(path.with_suffix(".robots"), RobotsCopy))
    results: dict[str, Any] = {}
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ProbeSpider)
    process.crawl(crawler, urls=order["urls"], results=results)
    process.start()
    stats = {name: value for name, value in crawler.stats.get_stats().items() if isinstance(value, int)}
    sys.stdout.write(json.dumps({"results": results, "stats": stats}))


if __name__ == "__main__":
    main()
