"""Fetches URLs with the crawler's own settings, in a process of its own, and says what became of each.

    crawl([url, ...], LUUBAO_DELAY=0) -> Crawl

A reactor cannot be started twice in a process, and what is tested is what runs in production."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass
class Crawl:
    results: dict[str, dict[str, Any]]
    """By URL as asked: `status` and `capture`; or `error`, and for a refusal `refusal`, `detail`, `retry_at`."""
    stats: dict[str, Any]
    log: str
    code: int

    @property
    def refusals(self) -> dict[str, str | None]:
        return {url: one.get("refusal") for url, one in self.results.items()}


def crawl(urls, *, allow=(), end_when=None, resolve=None, store=None, environment=None, **settings) -> Crawl:
    """Crawl `urls` and wait for the end, or ask for it when `end_when` has been logged.

    `resolve` maps names to the addresses that they have one after the other; `store` is where holds and robots.txt
    are remembered."""
    settings = {"LUUBAO_DELAY": 0, "LUUBAO_ALLOW_PRIVATE": list(allow), **settings}
    order = {"urls": urls, "settings": settings, "resolve": resolve or {}, "store": str(store) if store else None}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", str(HERE / "probe_process.py"), json.dumps(order)],
        cwd=HERE.parent,
        env={**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    before = ""
    if end_when is not None:
        while end_when not in before and (line := process.stderr.readline()):
            before += line
        process.send_signal(signal.SIGTERM)
    out, log = process.communicate(timeout=60)
    assert out, before + log
    found = json.loads(out)
    return Crawl(found["results"], found["stats"], before + log, process.returncode)
