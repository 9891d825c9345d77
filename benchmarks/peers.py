"""Time another extractor: `peers.py NAME FOLDER` reads the pages that lie in a folder, and prints JSON.

`peers.py --texts NAME FOLDER` prints the texts too.

Runs in the environment that has the extractor, so it imports nothing of ours. Whatever happens once, at import or at
the first page, happens while warming up."""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path


def _trafilatura() -> Callable[[str, str], object]:
    from trafilatura import bare_extraction

    return lambda url, html: bare_extraction(html, url=url, with_metadata=True)


def _newspaper4k() -> Callable[[str, str], object]:
    from newspaper import Article

    def read(url: str, html: str) -> object:
        article = Article(url, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return article.text

    return read


def _news_please() -> Callable[[str, str], object]:
    from newsplease import NewsPlease

    return lambda url, html: NewsPlease.from_html(html, url=url, fetch_images=False)


def _texts() -> dict[str, Callable[[str, str], str | None]]:
    """The text alone, as each library gives it to who asks for nothing special."""

    def trafilatura(url: str, html: str) -> str | None:
        from trafilatura import bare_extraction

        found = bare_extraction(html, url=url, include_comments=False, with_metadata=True)
        return found.text if found is not None else None

    def readability(url: str, html: str) -> str | None:
        from readability import Document
        from resiliparse.extract.html2text import extract_plain_text

        return str(extract_plain_text(Document(html, url=url).summary(html_partial=True)))

    def resiliparse(_: str, html: str) -> str | None:
        from resiliparse.extract.html2text import extract_plain_text

        return str(extract_plain_text(html, main_content=True, alt_texts=False))

    def newspaper(url: str, html: str) -> str | None:
        return str(_newspaper4k()(url, html) or "")

    return {
        "trafilatura": trafilatura,
        "newspaper4k": newspaper,
        "readability-lxml": readability,
        "resiliparse": resiliparse,
    }


PEERS = {"trafilatura": _trafilatura, "newspaper4k": _newspaper4k, "news-please": _news_please}


def stay_offline() -> None:
    """Refuse connections: newspaper4k and news-please look for more than the page that they are given."""
    connect = socket.socket.connect

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in a benchmark")

    def connect_here(self: socket.socket, address: object) -> None:
        # Processes of one program may talk to each other.
        if self.family != socket.AF_UNIX:
            refuse()
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = connect_here  # type: ignore[method-assign]
    socket.getaddrinfo = refuse  # type: ignore[assignment]


def stay_on_one_core() -> None:
    """Let this process, and what it starts, run on one core only; where the system cannot, nothing happens."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds that `work` took: on the clock, on processors, and of the latter those of processes that it started."""
    before, started = _processor_time(), time.perf_counter()
    work()
    own, others = (now - then for now, then in zip(_processor_time(), before, strict=True))
    return {"wall": time.perf_counter() - started, "cpu": own + others, "others": others}


def _processor_time() -> tuple[float, float]:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, others = (each.ru_utime + each.ru_stime for each in used)
    return own, others


def load(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "pages.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def main(name: str, folder: Path) -> None:
    stay_offline()
    stay_on_one_core()
    warnings.simplefilter("ignore")
    read, loaded = PEERS[name](), load(folder)
    failed: list[str] = []

    def read_all() -> None:
        for url, html in loaded:
            try:
                read(url, html)
            except Exception as error:  # noqa: BLE001  what a peer makes of a page that it cannot read
                failed.append(f"{url}: {error!r}"[:300])

    for url, html in load(folder.with_name("warm-up")):
        read(url, html)
    print(json.dumps({"version": version(name), **timed(read_all), "failed": failed}))


def print_texts(name: str, folder: Path) -> None:
    stay_offline()
    warnings.simplefilter("ignore")
    read, loaded = _texts()[name], load(folder)
    found: list[dict[str, str | None]] = []

    def read_all() -> None:
        for url, html in loaded:
            try:
                found.append({"text": read(url, html)})
            except Exception as error:  # noqa: BLE001  what a peer makes of a page that it cannot read
                found.append({"text": None, "failed": f"{error!r}"[:300]})

    for url, html in loaded[:1]:
        read(url, html)
    print(json.dumps({"version": version(name), **timed(read_all), "read": found}))


if __name__ == "__main__":
    if sys.argv[1] == "--texts":
        print_texts(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1], Path(sys.argv[2]))
