"""Bytes of a source made safe to parse: UTF-8, without what no parser should see.

Pure. A document type (DTD) is refused outright: feeds and sitemaps have none, and it is where entity bombs and
external entities live. It is an error, because a parser that merely ignores it finds no entries."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from lxml import etree

from archive.text import tidy
from crawler.discovery.found import SourceBroken
from crawler.extraction.charsets import decode_text
from crawler.extraction.content_encoding import Failure
from crawler.extraction.metadata import absolute

if TYPE_CHECKING:
    from lxml.etree import _Element

CHUNK = 1 << 20
# PHP prints its warnings before the document.
MAX_LEADING = 4096
MAX_TITLE = 500
MAX_URL = 2048
# A node takes 120 bytes however short its tag. A feed of 1,000 whole articles has 200,000 tags, the largest sitemap two
# million, of which one entry at a time is kept.
MAX_TAGS = {"feed": 1_000_000, "sitemap": 3_000_000}
# So does each reference to an entity that XML does not know.
MAX_ENTITIES = 100_000
# Parsers compare each attribute with those before it; no feed has more than a dozen.
MAX_ATTRIBUTES = 200

_CONTROLS = bytes(sorted(set(range(32)) - set(b"\t\n\r")))
_PROLOG = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT = re.compile(rb"<(?:\?xml|rss|feed|(?:\w+:)?RDF|urlset|sitemapindex)\b", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:rss|feed|(?:\w+:)?RDF|urlset|sitemapindex)\s*>", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s++html|html|head|body)\b", re.IGNORECASE)
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")
_NAME = re.compile(rb"<(?:[^\s<>/:]*+:)?([^\s<>/]*+)")
_MANY_ATTRIBUTES = re.compile(
    rb"<[^\s<>!?/][^\s<>]*+(?:\s++[^\s=<>]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')){%d}" % MAX_ATTRIBUTES
)
# What needs no joining: most of the 50,000 addresses of a sitemap.
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/(?!\.)[\w~%&=?+,;@!$*.-]*)+", re.ASCII)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")


@dataclass(slots=True)
class Notes:
    """What was wrong with a source that could be read all the same."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Note `line`, once."""
        if line not in self.lines:
            self.lines.append(line)

    def text(self) -> str | None:
        """All notes in one line; None if there are none."""
        return "; ".join(self.lines) or None


def as_utf8(body: bytes, notes: Notes, content_type: str | None = None) -> bytes:
    """`body` in UTF-8, without byte order mark and control characters."""
    if not _is_utf8(body):
        decoded = decode_text(body, content_type=content_type)
        if isinstance(decoded, Failure):
            # Addresses are ASCII: they survive what the words around them do not.
            notes.add(f"characters damaged: {decoded.detail}")
            body = body.decode("utf-8", "replace").encode()
        else:
            if decoded.note:
                notes.add(decoded.note)
            body = decoded.text.encode("utf-8", "replace")
    return body.removeprefix(codecs.BOM_UTF8).translate(None, _CONTROLS)


def _is_utf8(body: bytes) -> bool:
    # In chunks: 50 MB as one str would take 200.
    if b"\0" in body[:CHUNK]:
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), CHUNK):
            decoder.decode(body[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def xml_document(body: bytes, url: str, notes: Notes, *, kind: str, roots: tuple[str, ...]) -> bytes:
    """`body` (UTF-8) from where its XML begins; raises SourceBroken if that is unsafe to parse, or no `kind`.

    A `kind` is a document whose root element is one of `roots`."""
    start = _root_start(body)
    if start < 0:
        found = _ROOT.search(body, 0, MAX_LEADING)
        if not found or b"<" in body[: found.start()]:
            raise SourceBroken(url, "no XML")
        notes.add("text before the XML")
        body = body[found.start() :]
        start = _root_start(body)
    if _HTML.match(body, start):
        raise SourceBroken(url, "an HTML page")
    if body.startswith(b"<!--", start):
        raise SourceBroken(url, "cut off in a comment")
    if body.startswith(b"<!", start):
        raise SourceBroken(url, "declares a document type (DTD), which may hide entity bombs")
    name = _NAME.match(body, start)
    root = name[1].decode("utf-8", "replace").lower() if name else ""
    if root not in roots:
        raise SourceBroken(url, f"no {kind}: the document is a {root[:40]!r}")
    if body.count(b"<") > MAX_TAGS[kind]:
        raise SourceBroken(url, f"over {MAX_TAGS[kind]} tags")
    if next(islice(_ENTITY.finditer(body), MAX_ENTITIES, None), None):
        raise SourceBroken(url, f"over {MAX_ENTITIES} entities that XML does not know")
    if _MANY_ATTRIBUTES.search(body):
        raise SourceBroken(url, f"over {MAX_ATTRIBUTES} attributes in one element")
    return body.lstrip()


def _root_start(body: bytes) -> int:
    """Where the first thing after declaration and comments begins; -1 if that is no markup."""
    prolog = _PROLOG.match(body)
    start = prolog.end() if prolog else 0
    return start if body.startswith(b"<", start) else -1


def is_cut(body: bytes, notes: Notes) -> bool:
    """Whether `body` (XML) ends in the middle of words: then its last entry may hold half an address."""
    if body.rstrip().endswith(b">") or _CLOSED.search(body[-MAX_LEADING:]):
        return False
    notes.add("cut off, without its last entry")
    return True


def parse_tree(body: bytes, url: str, notes: Notes) -> _Element:
    """The root element of `body`, as far as it can be read."""
    parser = etree.XMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, **_SAFE)
    try:
        root = etree.fromstring(body, parser=parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceBroken(url, f"no XML: {error}") from error
    if root is None:
        raise SourceBroken(url, "no XML")
    _refuse_dtd(root, url)
    _note_errors(parser.error_log, notes)
    return root


def walk_entries(body: bytes, url: str, names: tuple[str, ...], notes: Notes) -> Iterator[_Element]:
    """The elements called one of `names` that stand in the root of `body`, each dropped when the next is asked for."""
    tags = tuple(f"{{*}}{name}" for name in names)
    events = etree.iterparse(
        BytesIO(body), events=("end",), tag=tags, encoding="utf-8", remove_comments=True, remove_pis=True, **_SAFE
    )
    is_first = True
    try:
        for _, element in events:
            if is_first:
                _refuse_dtd(element, url)
                is_first = False
            root = element.getparent()
            if root is None or root.getparent() is not None:
                continue
            yield element
            # The element, and with it all that came before.
            element.clear()
            while element.getprevious() is not None:
                del root[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        notes.add(f"broken XML: {error}")
    _note_errors(events.error_log, notes)


_SAFE: dict[str, Any] = {
    "recover": True,
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
}


def _refuse_dtd(element: _Element, url: str) -> None:
    """Raise SourceBroken where a DTD came past the look at the prolog."""
    information = element.getroottree().docinfo
    if information.internalDTD is not None or information.externalDTD is not None:
        raise SourceBroken(url, "declares a document type (DTD), which may hide entity bombs")


def _note_errors(log: Any, notes: Notes) -> None:  # noqa: ANN401 - lxml has no types
    # Namespaces without a declaration are everywhere and hurt nobody.
    errors = [entry for entry in log if entry.type != etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE]
    if errors:
        notes.add(f"broken XML: {' '.join(errors[0].message.split())}")


def local_name(element: _Element) -> str:
    """The tag without namespace, in lower case; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def text_of(element: _Element) -> str:
    """All text under `element`."""
    return "".join(element.itertext())


def title_of(text: str | None) -> str | None:
    """A headline as printed: without markup, with entities read twice, as some feeds write them; None if empty."""
    if not text:
        return None
    # Twice the bound: markup and entities are cut away yet.
    plain = tidy(_TAG.sub(" ", html.unescape(html.unescape(_clean(text[: 4 * MAX_TITLE])))).replace("\n", " "))
    return " ".join(plain.split())[:MAX_TITLE] or None


def web_address(address: str | None, url: str, base: str | None = None) -> str | None:
    """`address` made absolute, without fragment; None unless it is a web address of a sane length."""
    if not address or len(address) > MAX_URL:
        return None
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    # As browsers do (WHATWG URL, 4.4): whitespace at the ends and line breaks within do not count.
    joined = absolute(re.sub(r"[\t\r\n]", "", _clean(address)).strip(), url, base)
    if joined is None or len(joined) > MAX_URL:
        return None
    return urldefrag(joined).url.replace(" ", "%20")


def _clean(text: str) -> str:
    """Without lone surrogates, which JSON can smuggle in and nothing can store."""
    return text.encode("utf-8", "replace").decode()
