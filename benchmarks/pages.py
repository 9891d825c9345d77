"""The pages that the benchmark reads: real ones from a folder, or made from seeds/ so that a bare clone can measure.

Everything is the same on every run. A page is its address and its HTML, as text."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.types import Capture
from archive.warc import WarcWriter
from crawler.manifest import read_manifest
from crawler.seeds import find_seeds

SEEDS = Path(__file__).parent.parent / "seeds"
EPI_BODY = "zce-content-body"
CAPTURES = "captures.warc.gz"
LINES = "pages.jsonl"
_FIRST_CAPTURE = datetime(2026, 9, 1, tzinfo=UTC)

Page = tuple[str, str]

# Scripts, styles, comments, tags and entities are passed over; what is left are words.
_TEXT = re.compile(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|&#?\w+;|(?P<word>[^\W\d_]{2,})")
_STATED = re.compile(r'(?i)(?<=\bcontent=")[^"]+ [^"]+(?=")')
_ADDRESS = re.compile(r"""(?i)<(?:link\b[^>]*\brel=["']?canonical|meta\b[^>]*\bproperty=["']?og:url)[^>]*>""")


def load(folder: Path) -> list[Page]:
    """Pages of a folder with `html/<id>.html.gz`, their addresses in `ground-truth.json`."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        (said["url"], gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()).decode(errors="replace"))
        for name, said in sorted(truth.items())
    ]


def made_of_seeds(count: int, *, host: str, mark: str = "") -> list[Page]:
    """`count` different articles on `host`, in the markup of those seeds' pages that contain `mark`."""
    listed = [page for seed in find_seeds(SEEDS) if (seed / "manifest.toml").exists() for page in _listed(seed)]
    patterns = [html for html in listed if mark in html]
    return [
        retold(patterns[number % len(patterns)], url=f"https://{host}/bai-so-{number}-post{100000 + number}.html")
        for number in range(count)
    ]


def _listed(seed: Path) -> Iterator[str]:
    for page in read_manifest(seed / "manifest.toml"):
        # A list of links is no article, whatever its markup.
        if page.path.endswith(".html") and seed.name != "section_list":
            yield Path(page.path).read_text(encoding="utf-8")


def again(pages: list[Page], times: int) -> Iterator[Page]:
    """`pages`, then each of them retold, until there are `times` as many."""
    yield from pages
    for number in range(1, times):
        for url, html in pages:
            yield retold(html, url=f"{url}{'&' if '?' in url else '?'}again={number}")


def retold(html: str, *, url: str) -> Page:
    """Another article at `url` with the same markup: each word of the page stands for another one of it throughout.

    So it is as long and as repetitive as the first, and shares no run of words with it: no version, and no copy."""
    words = sorted({match["word"] for match in _TEXT.finditer(html) if match["word"]})
    other = dict(zip(words, random.Random(url).sample(words, len(words)), strict=True))
    told = _TEXT.sub(lambda match: other.get(match["word"], match[0]), _ADDRESS.sub("", html))
    # What a page states about itself (title, description) has to go with its text.
    told = _STATED.sub(lambda match: re.sub(r"[^\W\d_]+", lambda word: other.get(word[0], word[0]), match[0]), told)
    return url, told.replace("</head>", f'<link rel="canonical" href="{url}"></head>', 1)


def write(pages: Iterable[Page], folder: Path) -> Path:
    """Lay `pages` out in `folder` as captures of one minute each (WARC), and as JSON lines for everybody else."""
    folder.mkdir(parents=True)
    with (
        WarcWriter(folder, CAPTURES.partition(".")[0], created_at=_FIRST_CAPTURE) as captures,
        (folder / LINES).open("w", encoding="utf-8") as lines,
    ):
        for number, (url, html) in enumerate(pages):
            captures.add(
                Capture(
                    url=url,
                    captured_at=_FIRST_CAPTURE + timedelta(minutes=number),
                    payload=html.encode(),
                    status=200,
                    reason="OK",
                    headers=(("Content-Type", "text/html; charset=utf-8"),),
                )
            )
            lines.write(json.dumps([url, html]) + "\n")
    return folder
