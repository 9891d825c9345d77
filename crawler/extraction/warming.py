"""Read two small pages, once, on import: for the process that readers are forked from (`crawler.processes`).

What the first pages of a process load and compile (patterns, paths, the word lists of trafilatura's last resort) took
each reader a quarter of a second; readers forked after this have it."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.prepared import prepare_capture
from archive.types import Capture
from crawler.extraction import extract
from crawler.extraction.generic import read_body
from crawler.extraction.html import parse

_SENTENCE = "A road of concrete was opened today, and the market is an hour nearer than it was last year. "
_PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>A road</title><meta property="og:title" content="A road">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "A road", "author": "A B"}}</script>
</head><body><nav><a href="/">Home</a></nav><div><h1>A road</h1><span>By A B</span><time>7 February 2026, 08:30</time>
<p>{_SENTENCE * 2}</p><p>{_SENTENCE * 3}</p><ul><li>{_SENTENCE}</li></ul><p>{_SENTENCE * 2}</p></div></body></html>"""
_THIN = "<html><body><p>A page with so little text makes trafilatura try everything.</p></body></html>"


def _read() -> None:
    address, moment, kind = "https://unknown.example/a-1.html", datetime(2026, 2, 7, tzinfo=UTC), "text/html"
    page = Capture(address, moment, _PAGE.encode(), status=200, headers=(("Content-Type", kind),))
    prepare_capture(page, extract(page))
    root, _ = parse(_THIN)
    if root is not None:
        read_body(root)


_read()
