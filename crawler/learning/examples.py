"""Pages of a site to learn from: the parsed page beside what is read in it today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive.core import Archive
from archive.text import fold
from archive.types import Capture, Document, Verdict
from crawler.extraction import extract
from crawler.extraction.blocks import BLOCKS, text_of
from crawler.extraction.charsets import decode_text
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.extraction.html import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

_OK = 200
_LOOKED_AT = 8
"""Captures looked at for each page that is wanted: lists, redirects and repeated looks are among them."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article's page."""

    capture: str
    """Public id."""
    url: str
    captured_at: datetime
    root: HtmlElement
    document: Document

    @property
    def rules(self) -> str | None:
        """The rule set that found the body; None where a general extractor did."""
        name, _, field = self.document.provenance.get("body", "").partition("/")
        return name if field else None

    def elements_saying(self, text: str) -> list[HtmlElement]:
        """The innermost block elements whose whole text is `text`, in page order."""
        wanted = fold(text)
        found = [
            element
            for element in self.root.iter(*_TEXTUAL)
            if len(wanted) <= _size(element) and fold(text_of(element)) == wanted
        ]
        outer = {parent for element in found for parent in element.iterancestors()}
        return [element for element in found if element not in outer]


# Links and spans hold bylines, sections and times.
_TEXTUAL = tuple(sorted((BLOCKS - {"html", "body"}) | {"a", "span", "time", "strong", "b", "i", "em"}))


def _size(element: HtmlElement) -> int:
    return sum(map(len, element.itertext()))


def example(capture_id: str, capture: Capture) -> Example | None:
    """The capture as an example; None if it shows no article that could be read."""
    document = extract(capture)
    if document.verdict is not Verdict.OK or not document.blocks:
        return None
    content = decode_content(capture.payload, capture.header("Content-Encoding"))
    decoded = (
        content
        if isinstance(content, Failure)
        else decode_text(content.body, content_type=capture.header("Content-Type") or "")
    )
    if isinstance(decoded, Failure):
        return None
    root, _ = parse(decoded.text)
    return None if root is None else Example(capture_id, capture.url, capture.captured_at, root, document)


def load(archive: Archive, site: str, *, limit: int, progress: Callable[[int], None] = lambda _: None) -> list[Example]:
    """The newest pages of `site`, one an article and day, oldest first; `limit` at most."""
    found: list[Example] = []
    seen: set[tuple[str, str]] = set()
    rows = archive.rows("captures", site=site, status=_OK, order_by=("-captured_at",), limit=limit * _LOOKED_AT)
    for row in list(rows):
        key = (row["url"], f"{row['captured_at']:%Y-%m-%d}")
        if key in seen or len(found) >= limit:
            continue
        seen.add(key)
        one = example(row["capture_id"], archive.load_capture(row["capture_id"]))
        if one is not None:
            found.append(one)
            progress(1)
    return found[::-1]
