"""From a capture to the document it holds: `extract` is the one way in.

Pure: no network, no clock, no state; the same capture gives the same document in every process. It never raises,
because a page that no rule foresaw is a held capture and not the end of a run. The steps go from what is known for
certain (the status) to what is judged (the words), and the first that rules an article out decides."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml.etree import XPathEvalError

from archive.types import Capture, Document, Verdict
from crawler.extraction.charsets import decode_text, wide_charset
from crawler.extraction.content_encoding import Content, Failure, decode_content
from crawler.extraction.markup import Markup, glance, is_harmless, markup_verdict, scan_markup
from crawler.extraction.page_text import read_page_text
from crawler.extraction.verdicts import has_enough_text, page_verdict, status_verdict

__all__ = ["extract", "extract_unparsed", "is_robots"]

_MAGIC = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"RIFF": "RIFF",
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\xd0\xcf\x11\xe0": "Office",
    b"OggS": "Ogg",
    b"ID3": "MP3",
    b"\x1aE\xdf\xa3": "Matroska",
    b"wOFF": "font",
    b"wOF2": "font",
    b"\0asm": "WebAssembly",
    b"BM": None,
    b"\x28\xb5\x2f\xfd": "zstd",
}
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|div|p|article|table|h1|a|br|span)\b", re.IGNORECASE)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(r"\s*<(?:\?xml|rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.IGNORECASE)
_OTHER_TYPES = re.compile(
    r"^(?:application/(?:json|ld\+json|javascript|x-javascript|rss\+xml|atom\+xml|xml)|text/(?:xml|css|javascript|csv))\b",
    re.IGNORECASE,
)
_ROBOTS = re.compile(r"https?://[^/?#]+/robots\.txt(?:[?#]|$)", re.IGNORECASE)
# Tab to carriage return and escape are text.
_CONTROLS = bytes([*range(9), *range(14, 27)])
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def extract(capture: Capture) -> Document:
    """What the page of `capture` says, or why it says nothing."""
    try:
        begun = _begin(capture)
        return begun if isinstance(begun, Document) else _noting_headers(_parse(capture, begun), capture)
    except Exception as error:  # noqa: BLE001 - hostile and broken pages reach every corner of three parsers
        return _failed(error)


def extract_unparsed(capture: Capture) -> Document | None:
    """What `extract` says, where no page has to be parsed for it: errors, feeds, sitemaps; else None.

    It takes a millisecond or two whatever the answer holds, so that nobody need be kept from it."""
    try:
        begun = _begin(capture)
    except Exception as error:  # noqa: BLE001 - as in `extract`
        return _failed(error)
    return begun if isinstance(begun, Document) else None


def is_robots(url: str) -> bool:
    """Whether `url` is that of a robots.txt (RFC 9309, 2.3): whatever it answers, it is no page."""
    return _ROBOTS.match(url) is not None


def _begin(capture: Capture) -> Document | str:
    """What is known without a parser; else the text to parse."""
    if is_robots(capture.url):
        return _held(Verdict.NO_ARTICLE, "robots.txt")
    status = status_verdict(capture)
    if status:
        return _held(*status)
    cut = _cut(capture)
    if cut:
        return _held(Verdict.TRUNCATED, cut)
    content = decode_content(capture.payload, ", ".join(_all(capture, "content-encoding")))
    if isinstance(content, Failure):
        return _held(content.verdict, content.detail)
    begun = _decoded(capture, content)
    return _noting_headers(begun, capture) if isinstance(begun, Document) else begun


def _decoded(capture: Capture, content: Content) -> Document | str:
    binary = _binary(content)
    if binary:
        return _held(Verdict.NOT_TEXT, binary)
    content_type = capture.header("content-type") or ""
    decoded = decode_text(content.body, content_type=content_type)
    if isinstance(decoded, Failure):
        return _held(decoded.verdict, decoded.detail)
    if not decoded.text.strip():
        return _held(Verdict.TRUNCATED, "empty body")
    other = None if _is_html(decoded.text, content_type) else _why_no_page(capture, decoded.text, content_type)
    return _held(Verdict.NO_ARTICLE, other) if other else decoded.text


def _why_no_page(capture: Capture, text: str, content_type: str) -> str | None:
    """What a text is that is no HTML; None for a whole page as text."""
    if _OTHER_TYPES.match(content_type) or _XML_START.match(text):
        return "a feed, a sitemap or other data"
    # Whole pages as text come as files; what a server sends as plain text is robots.txt and its like.
    return "plain text" if capture.status is not None else None


def _noting_headers(document: Document, capture: Capture) -> Document:
    has_noarchive = any(_forbids_archive(value) for value in _all(capture, "x-robots-tag"))
    return replace(document, noarchive=True) if has_noarchive else document


def _parse(capture: Capture, text: str) -> Document:
    if not _is_html(text, capture.header("content-type") or ""):
        document = read_page_text(text, url=capture.url, captured_at=capture.captured_at, site=capture.site)
        title = next((line.strip() for line in text.splitlines() if line.strip()), "")
        words = Markup(text, title, (), elements=0, attributes=0, open_at_end=None, has_end=True)
        return _judged(document, words, text)
    markup = None if is_harmless(text) else scan_markup(text)
    verdict = markup and markup_verdict(markup, len(text))
    if verdict:
        return _held(*verdict)
    # Late, so that a page of text needs no HTML parser.
    from crawler.extraction.html import read_html  # noqa: PLC0415

    document = read_html(
        text, url=capture.url, captured_at=capture.captured_at, headers=capture.headers, site=capture.site
    )
    return _judged(document, markup, text)


def _judged(document: Document, markup: Markup | None, source: str) -> Document:
    """`document` under the verdict that the whole page earns; what was read stays, for the person who reviews it."""
    if has_enough_text(document):
        return document
    wrong = page_verdict(markup or glance(source), source, document)
    return replace(document, verdict=wrong[0], detail=wrong[1]) if wrong else document


def _failed(error: Exception) -> Document:
    why = f"{type(error).__name__}: {error}"
    if isinstance(error, XPathEvalError) and str(error) == "unknown error":
        # Where memory runs out within an XPath, libxml2 has none left for saying so.
        why = "MemoryError: within an XPath"
    return Document(verdict=Verdict.EXTRACTION_FAILED, detail=why[:300])


def _held(verdict: Verdict, detail: str) -> Document:
    return Document(verdict=verdict, detail=detail)


def _all(capture: Capture, name: str) -> list[str]:
    return [value for key, value in capture.headers if key.lower() == name]


def _cut(capture: Capture) -> str | None:
    """Why the payload is not all that the server meant to send; None if it is."""
    if capture.truncated:
        return f"WARC-Truncated: {capture.truncated}"
    if capture.status == 206:  # noqa: PLR2004 - HTTP: Partial Content
        return "status 206"
    length = capture.header("content-length")
    # With a transfer encoding the length says nothing (RFC 9112, 6.3).
    is_told = length and capture.header("transfer-encoding") is None and length.strip().isdecimal()
    if length and is_told and int(length.strip()[:20]) > len(capture.payload):
        return f"{len(capture.payload)} of {length.strip()} bytes"
    return None if capture.payload else "empty body"


def _binary(content: Content) -> str | None:
    body = content.body
    # A server's own line break, or a byte order mark, may stand before what it sends.
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, name in _MAGIC.items():
        if name and (body.startswith(magic) or (magic == b"%PDF-" and start.startswith(magic))):
            return name
    head = body[:4096]
    if b"\0" in head and not body.startswith(_UTF16) and wide_charset(body) is None:
        return "binary data"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "binary data" if controls * 20 > len(head) and b"\0" not in head else None


def _is_html(text: str, content_type: str) -> bool:
    """By the type, unless the text itself says otherwise: plain text never begins with a doctype."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return True
    if _HTML_START.match(text):
        return True
    is_told = kind == "text/plain" or _OTHER_TYPES.match(kind)
    return not is_told and _HTML.search(text[:20_000]) is not None


def _forbids_archive(value: str) -> bool:
    """`noarchive` for every robot; a rule for one robot by name is not meant for us."""
    return any(part.strip().lower() == "noarchive" for part in value.split(","))
