"""Put together a page that its server sent in pieces.

React sends what is slow at the end, hidden, and a script moves each piece to the place that was kept for it. Who runs
no script finds half of the article below the footer, in the order in which it was ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_WALKED = 200_000
"""Elements of all pieces together; real pages have a few thousand, in a few dozen pieces."""
MAX_DEPTH = 250
"""As deep as the parser lets elements nest; pieces put into pieces could go deeper."""

_MARK = 'id="S:'
_MOVES = re.compile(r'\$RC\("(?P<hole>B:\w+)","(?P<piece>S:\w+)"|\$RS\("(?P<part>S:\w+)","(?P<place>P:\w+)"')


def assemble(root: HtmlElement, source: str) -> None:
    """Move every piece that the scripts in `source` would move; `root` is changed in place."""
    if _MARK not in source:
        return
    named = {name: element for element in root.iter("div", "template") if (name := element.get("id"))}
    told = [(move["piece"] or move["part"], move["hole"] or move["place"]) for move in _MOVES.finditer(source)]
    # Scripts may have been taken from a saved page; pieces and places are numbered alike.
    alike = [(name, f"{kind}{name[1:]}") for name in named if name.startswith("S:") for kind in "PB"]
    moves = [(name, place) for name, place in (*told, *alike) if name in named and place in named]
    walked = 0
    for name, place in moves:
        piece, hole = named.get(name), named.get(place)
        if piece is None or hole is None or not _is_place_for(piece, hole):
            continue
        height, size = _measure(piece)
        walked += size
        if walked > MAX_WALKED:
            return
        if height + sum(1 for _ in hole.iterancestors()) <= MAX_DEPTH:
            del named[name], named[place]
            holder = hole.getparent()
            at = holder.index(hole)
            holder[at:at] = list(piece)


def _is_place_for(piece: HtmlElement, hole: HtmlElement) -> bool:
    """Whether `hole` waits for a piece, and does not stand in this one."""
    return hole.tag == "template" and hole.getparent() is not None and piece not in set(hole.iterancestors())


def _measure(element: HtmlElement) -> tuple[int, int]:
    """How deep elements nest in `element`, and how many there are."""
    depth = most = count = 0
    for event, _ in etree.iterwalk(element, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        count += 1
        depth += 1
        most = max(most, depth)
    return most, count
