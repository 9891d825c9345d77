"""Walk a page's elements into lines of text, captions and furniture, in page order.

Says what each line looks like (bold, to the right, all link); what a line means is for `edges` to say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from archive.text import tidy
from archive.types import BlockKind, Caption, Furniture
from crawler.extraction.credit import photo_credit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.html import HtmlElement

# libxml2 stops at 256 open elements; the recursion here may not go deeper than that.
MAX_DEPTH = 260
MAX_SUBHEAD = 150
MIN_STORIES = 2
"""From here on the stories of a box are furniture one by one."""
# A cell longer than this holds text, not a figure: the table is there for the layout.
MAX_CELL = 160

UNSEEN = frozenset(
    [
        "script",
        "style",
        "template",
        "svg",
        "math",
        "noscript",
        "link",
        "meta",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "map",
        "source",
        "track",
    ]
)
CONTROLS = frozenset({"button", "form", "select", "textarea", "input", "label", "nav"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "head"})
BLOCKS = HEADINGS | frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "aside",
        "header",
        "footer",
        "blockquote",
        "quote",
        "ul",
        "ol",
        "dl",
        "list",
        "li",
        "dd",
        "dt",
        "item",
        "pre",
        "center",
        "figure",
        "figcaption",
        "fieldset",
        "details",
        "summary",
        "address",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "row",
        "td",
        "th",
        "cell",
        "caption",
        "hr",
        "body",
        "html",
        "ab",
    ]
)
BREAKS = frozenset({"br", "lb"})
ROWS = frozenset({"tr", "row"})
CELLS = frozenset({"td", "th", "cell"})

_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# What a click on a question unfolds is text.
_FOLDED = re.compile(r"faq|accordion|answer", re.IGNORECASE)
_LETTER = re.compile(r"\w")
# A line break ends a paragraph when it is doubled, after the end of a sentence, or before the next item of a list
# typed by hand; alone in the middle of a sentence it is a space.
_BREAK = re.compile(r"[^\S\n]*\n(?:\s*\n\s*|[^\S\n]*)")
_LIST_MARK = re.compile(r"[-–+•*]\s|\d{1,2}[.)]\s")


Placed: TypeAlias = tuple[int, Furniture]
"""Furniture and its place among everything that the walk found."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or subhead, and what it looks like on the page."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    element: HtmlElement | None = None
    is_bold: bool = False
    is_right: bool = False
    """Set to the right margin or centred apart, as bylines are."""
    is_link: bool = False
    """Every word of it is a link."""
    is_heading: bool = False
    """A heading element, not only a bold paragraph."""
    at: int = 0
    """Its place among everything that the walk found."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a rule makes of an element: furniture of this kind, or (`caption`) a picture with its words."""

    kind: str
    rule: str
    captions: tuple[Caption, ...] | None = None


@dataclass(slots=True)
class Walk:
    """What was found under one element."""

    lines: list[Line] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    furniture: list[Placed] = field(default_factory=list)

    def join(self, first: Walk, second: Walk) -> None:
        """Become what was found in `first` and then in `second`, one of which this is."""
        placed = [*(line.at for line in first.lines), *(at for at, _ in first.furniture)]
        shift = max(placed, default=0)
        self.lines, self.captions, self.furniture = (
            [*first.lines, *(replace(line, at=line.at + shift) for line in second.lines)],
            [*first.captions, *second.captions],
            [*first.furniture, *((at + shift, item) for at, item in second.furniture)],
        )


def text_of(element: HtmlElement) -> str:
    """The text under `element` as one line, scripts left out, a space where a block or a break begins or ends."""
    if not len(element):
        return tidy(element.text or "") if element.tag not in UNSEEN else ""
    parts: list[str] = []
    _collect(element, parts, 0)
    return tidy("".join(parts))


def _collect(element: HtmlElement, parts: list[str], depth: int) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in UNSEEN or depth > MAX_DEPTH:
        return
    is_apart = tag in BLOCKS or tag in BREAKS
    if is_apart:
        parts.append(" ")
    if element.text:
        parts.append(element.text)
    for child in element:
        _collect(child, parts, depth + 1)
        if child.tail:
            parts.append(child.tail)
    if is_apart:
        parts.append(" ")


_box_texts = etree.XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)


def _box_text(element: HtmlElement) -> str:
    """The text of a box of links, where each is a thing of its own even if nothing but mark-up divides them."""
    return tidy(" ".join(_box_texts(element)))


def cut(element: HtmlElement, removed: Removed) -> Iterable[Furniture]:
    """The furniture that `element` becomes: one for each story in it, or one for all of it."""
    is_stories = removed.kind in ("related", "teaser") and len(element)
    items = [item for item in element.iter("li", "article") if item is not element] if is_stories else []
    inner = {id(item) for item in items}
    outermost = [item for item in items if not any(id(parent) in inner for parent in item.iterancestors())]
    if len(outermost) < MIN_STORIES:
        texts = [_box_text(element)]
    else:
        heads = [text_of(head) for head in element.iter("h2", "h3", "h4") if not _is_inside(head, inner)]
        texts = [*heads, *(_box_text(item) for item in outermost)]
    for text in texts:
        if text:
            yield Furniture(removed.kind, removed.rule, text)


def _is_inside(element: HtmlElement, holders: set[int]) -> bool:
    return any(id(parent) in holders for parent in element.iterancestors())


def walk(
    root: HtmlElement, *, name: str, removed: Mapping[HtmlElement, Removed] | None = None, is_unfolded: bool = False
) -> Walk:
    """Everything under `root`; `name` is the rule set that furniture found by the walk itself is filed under.

    `is_unfolded` also reads what is hidden until a reader clicks on what the page says is its label."""
    walker = _Walker(name, removed or {}, is_unfolded=is_unfolded)
    walker.visit(root, is_bold=False, is_right=False, is_link=False, depth=0)
    walker.flush()
    return walker.found


class _Walker:
    """Collects inline text until a block ends; one walk, then thrown away."""

    def __init__(self, name: str, removed: Mapping[HtmlElement, Removed], *, is_unfolded: bool) -> None:
        self.is_unfolded = is_unfolded
        self.name = name
        self.removed = removed
        self.found = Walk()
        self.at = 0
        self.parts: list[str] = []
        self.plain = self.unlinked = False  # whether a letter that is not bold, or not a link, was seen
        self.heading = self.right = False
        self.element: HtmlElement | None = None

    def visit(self, element: HtmlElement, *, is_bold: bool, is_right: bool, is_link: bool, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in UNSEEN or depth > MAX_DEPTH or self._is_apart(element, tag):
            return
        style = element.get("style")
        is_block = tag in BLOCKS
        if is_block:
            self.flush()
            is_right = is_right or element.get("align") == "right" or bool(style and _RIGHT.search(style))
            self.element, self.right, self.heading = element, is_right, tag in HEADINGS
        is_bold = is_bold or tag in ("b", "strong") or bool(style and _BOLD.search(style))
        is_link = is_link or tag in ("a", "ref")
        if tag == "table" and self._data_table(element):
            return
        self._text(element.text, is_bold=is_bold, is_link=is_link)
        for child in element:
            self.visit(child, is_bold=is_bold, is_right=is_right, is_link=is_link, depth=depth + 1)
            if child.tail:
                if self.element is None:
                    self.element, self.right, self.heading = element, is_right, tag in HEADINGS
                self._text(child.tail, is_bold=is_bold, is_link=is_link)
        if is_block:
            self.flush()

    def _is_apart(self, element: HtmlElement, tag: str) -> bool:
        """Deal with what is no text of the body: cuts, pictures, breaks, controls, hidden parts."""
        removed = self.removed.get(element)
        if removed is None:
            if tag in BREAKS:
                self.parts.append("\n")
                return True
            if tag == "img":
                self._alt(element)
                return True
            rule = self._unread(element, tag)
            if rule is None:
                return False
            removed = Removed("boilerplate", f"{self.name}/{rule}")
        self.flush()
        self._remove(element, removed)
        return True

    def _unread(self, element: HtmlElement, tag: str) -> str | None:
        """Why `element` is no text: a control, though not the button that a heading is, or hidden by its style."""
        if tag in CONTROLS and not self.heading:
            return "control"
        style = element.get("style")
        if not style or not _HIDDEN.search(style):
            return None
        if self.is_unfolded and (element.get("aria-labelledby") or element.get("role")):
            return None
        return None if _FOLDED.search(element.get("class") or "") else "hidden"

    def _text(self, text: str | None, *, is_bold: bool, is_link: bool) -> None:
        if not text:
            return
        self.parts.append(text.replace("\n", " ").replace("\r", " "))
        if not (is_bold and is_link) and _LETTER.search(text):
            self.plain = self.plain or not is_bold
            self.unlinked = self.unlinked or not is_link

    def flush(self) -> None:
        """End the paragraph in hand, if there is one."""
        if self.parts:
            joined = "".join(self.parts)
            for text in _paragraphs(joined) if "\n" in joined else (tidy(joined),):
                if text:
                    self.found.lines.append(self._line(text))
        self.parts = []
        self.plain = self.unlinked = False
        self.element, self.right, self.heading = None, False, False

    def _line(self, text: str) -> Line:
        is_bold = not self.plain
        is_subhead = self.heading or (is_bold and len(text) <= MAX_SUBHEAD and not text.endswith((".", ",", ";")))
        return Line(
            text=text,
            kind=BlockKind.SUBHEAD if is_subhead and _LETTER.search(text) else BlockKind.PARAGRAPH,
            element=self.element,
            is_bold=is_bold,
            is_right=self.right,
            is_link=not self.unlinked and bool(_LETTER.search(text)),
            is_heading=self.heading,
            at=self._next(),
        )

    def _next(self) -> int:
        self.at += 1
        return self.at

    def _remove(self, element: HtmlElement, removed: Removed) -> None:
        if removed.captions is None:
            self.found.furniture.extend((self._next(), item) for item in cut(element, removed))
            return
        self.found.captions.extend(removed.captions)
        for image in element.iter("img"):
            self._alt(image)

    def _alt(self, image: HtmlElement) -> None:
        alt = tidy(image.get("alt") or "")
        if alt:
            self.found.furniture.append((self._next(), Furniture("image_alt", f"{self.name}/image_alt", alt)))

    def _data_table(self, table: HtmlElement) -> bool:
        """Read a table of figures row by row; False for a table that only lays out other blocks."""
        if any(element in self.removed for element in table.iter("tr", "td", "div", "p", "table", "figure")):
            return False
        rows = [[text_of(cell) for cell in row if cell.tag in CELLS] for row in table.iter(*ROWS)]
        is_figures = len(rows) > 1 and any(len(row) > 1 for row in rows)
        if not is_figures or any(len(cell) > MAX_CELL for row in rows for cell in row):
            return False
        for image in table.iter("img"):
            self._alt(image)
        for row in rows:
            text = " | ".join(cell for cell in row if cell)
            if text:
                self.found.lines.append(Line(text, element=table, at=self._next()))
        return True


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of one element that separates them by line breaks."""
    done: list[str] = []
    current = ""
    end = 0
    for gap in _BREAK.finditer(text):
        current = f"{current} {text[end : gap.start()]}".strip()
        end = gap.end()
        is_doubled = gap.group().count("\n") > 1
        if (
            is_doubled
            or current.endswith((".", "!", "?", ":", ";", "”", '"', "…"))
            or _LIST_MARK.match(text[end:].lstrip())
        ):
            done.append(tidy(current))
            current = ""
    done.append(tidy(f"{current} {text[end:]}"))
    return done


def read_picture(texts: list[str], source: str | None) -> tuple[Caption, ...]:
    """The captions of one picture; `source` is where the photographer is named apart."""
    name = (photo_credit(source) or source) if source else None
    return tuple(Caption(text, photo_credit(text) or name) for text in texts if text)
