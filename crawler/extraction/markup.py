"""Scan a page's markup once, before anything parses it: bombs, cuts, and the words that a visitor sees.

Pure and linear in the size of the page whatever its shape, which no HTML parser is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from archive.types import Verdict

# A live blog of a day has some 20,000; 30,000 small paragraphs cost the body extractor 17 s.
MAX_ELEMENTS = 60_000
# lxml needs 3 s for 40,000 attributes in one element, quadratically; titles with stray quotes make some dozens.
MAX_ATTRIBUTES = 2_000
# Below this a page without a closing tag is a fragment, not a cut.
MIN_CUT = 1_000
# Where the closing tags of a page are looked for: what stands behind them is comments and counters.
_END_SAMPLE = 4_096


@dataclass(frozen=True, slots=True)
class Markup:
    """What a scan of the page's markup shows before anything parses it."""

    visible: str
    """The words of the page, scripts and comments left out."""
    title: str
    headings: tuple[str, ...]
    elements: int
    attributes: int
    """The most in one element."""
    open_at_end: str | None
    """What the page ends inside of: `tag`, `comment`, `script` ...; None if it ends between tags."""
    has_end: bool
    """Whether a closing body or html tag was seen."""

    @property
    def words(self) -> int:
        """How many there are in `visible`."""
        return len(self.visible.split())


# Possessive throughout: each character is looked at once, so that no page can make the scan slow.
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)"""
_ATTRIBUTES = rf"(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+{_VALUE}?+)?+)*+"
_TOKEN = re.compile(
    r"(?is)<!--(?:.*?-->|(?P<comment>.*+\Z))"
    rf"|<(?P<raw>script|style|textarea|title)\b(?P<head>{_ATTRIBUTES})"
    r"(?:>(?P<inside>.*?)(?:</(?P=raw)\s*+>|(?P<open>\Z))|(?P<cut>\Z))"
    r"|</(?P<end>[a-z][^\s>]*+)[^>]*+(?:>|(?P<end_cut>\Z))"
    rf"|<(?P<name>[a-z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|(?P<name_cut>\Z))"
    r"|<[!?][^>]*+(?:>|(?P<other_cut>\Z))"
)
_ATTRIBUTE = re.compile(rf"=?[^\s/>=]++(?:\s*+=\s*+{_VALUE}?+)?+")
_CUTS = {"comment": "comment", "cut": "tag", "end_cut": "tag", "name_cut": "tag", "other_cut": "tag"}
_HEADINGS = frozenset({"h1", "h2"})


@dataclass(slots=True)
class _Scan:
    words: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    title: str = ""
    heading_from: int | None = None
    elements: int = 0
    attributes: int = 0
    open_at_end: str | None = None
    has_end: bool = False

    def take(self, token: re.Match[str]) -> None:
        self.words.append(" ")
        self.open_at_end = next((name for group, name in _CUTS.items() if token[group] is not None), None)
        if token["raw"]:
            self.elements += 1
            self.attributes = max(self.attributes, _count(token["head"]))
            if token["raw"].lower() == "title":
                self.title = self.title or token["inside"] or ""
            if token["open"] is not None:
                self.open_at_end = token["raw"].lower()
        elif token["name"]:
            self.elements += 1
            self.attributes = max(self.attributes, _count(token["attributes"]))
            if token["name"].lower() in _HEADINGS:
                self.heading_from = len(self.words)
        elif token["end"]:
            self._close(token["end"].lower())

    def _close(self, name: str) -> None:
        self.has_end |= name in ("body", "html")
        if name in _HEADINGS and self.heading_from is not None:
            self.headings.append("".join(self.words[self.heading_from :]))
            self.heading_from = None


def is_harmless(text: str) -> bool:
    """Whether counting alone says that `text` is no bomb and was not cut off; else `scan_markup` has to look.

    Most pages are; a scan of them would cost a quarter of what it costs to read them."""
    end = text[-_END_SAMPLE:].lower()
    if "</body" not in end and "</html" not in end:
        return False
    pieces = text.split("<")
    if len(pieces) > MAX_ELEMENTS:
        return False
    return not any(_may_be_bomb(piece) for piece in pieces if len(piece) > 2 * MAX_ATTRIBUTES)


def _may_be_bomb(piece: str) -> bool:
    """Whether so much text between two `<` may be one tag with over `MAX_ATTRIBUTES` names; scripts look like that."""
    if not piece[0].isalpha():
        return False
    end = piece.find(">", 0, 2 * MAX_ATTRIBUTES)
    is_closed = end >= 0 and piece.count('"', 0, end) % 2 == 0 and piece.count("'", 0, end) % 2 == 0
    return not is_closed and len(piece.split()) + piece.count("=") + piece.count("/") > MAX_ATTRIBUTES


_NO_WORDS = re.compile(r"(?is)<(script|style|textarea|title)\b.*?</\1\s*+>|<!--.*?-->|<[^>]*+>")
_TITLE = re.compile(r"(?is)<title\b[^>]*+>(.*?)</title\b")
_HEADING = re.compile(r"(?is)<(h[12])\b[^>]*+>(.*?)</\1\b")


def glance(text: str) -> Markup:
    """What `scan_markup` would say about the words of a page that `is_harmless`, at a third of the cost."""
    title = _TITLE.search(text)
    return Markup(
        visible=unescape(_NO_WORDS.sub(" ", text)),
        title=" ".join(unescape(title.group(1)).split()) if title else "",
        headings=tuple(
            " ".join(unescape(_NO_WORDS.sub(" ", found.group(2))).split()) for found in _HEADING.finditer(text)
        ),
        elements=0,
        attributes=0,
        open_at_end=None,
        has_end=True,
    )


def scan_markup(text: str) -> Markup:
    """Scan `text`; it stops where it has seen that the page is a bomb."""
    scan = _Scan()
    position = 0
    for token in _TOKEN.finditer(text):
        scan.words.append(text[position : token.start()])
        position = token.end()
        scan.take(token)
        if scan.elements > MAX_ELEMENTS or scan.attributes > MAX_ATTRIBUTES:
            break
    else:
        scan.words.append(text[position:])
        if text.endswith(("<", "</")):
            scan.open_at_end = "tag"
    return Markup(
        visible=unescape("".join(scan.words)),
        title=" ".join(unescape(scan.title).split()),
        headings=tuple(" ".join(unescape(heading).split()) for heading in scan.headings),
        elements=scan.elements,
        attributes=scan.attributes,
        open_at_end=scan.open_at_end,
        has_end=scan.has_end,
    )


def _count(attributes: str) -> int:
    # Two characters each at least: the short ones need no count.
    return len(_ATTRIBUTE.findall(attributes)) if len(attributes) > 2 * MAX_ATTRIBUTES else 0


def markup_verdict(markup: Markup, size: int) -> tuple[Verdict, str] | None:
    """Whether the page is a danger to a parser, or ends in the middle of its markup."""
    if markup.elements > MAX_ELEMENTS:
        return Verdict.TOO_BIG, f"over {MAX_ELEMENTS} elements"
    if markup.attributes > MAX_ATTRIBUTES:
        return Verdict.TOO_BIG, f"{markup.attributes} attributes in one element"
    # A page that closed its body was whole, whatever hangs behind it.
    if markup.open_at_end and not markup.has_end and size > MIN_CUT:
        return Verdict.TRUNCATED, f"ends inside a {markup.open_at_end}"
    return None
