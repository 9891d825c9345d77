"""Put together a page that its server sent in pieces.

React sends what is slow at the end, hidden, and a script moves each piece to the place that was kept for it. Who runs
no script finds half of the article below the footer, in the order in which it was ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARK = 'id="S:'
_MOVES = re.compile(r'\$RC\("(?P<hole>B:\w+)","(?P<piece>S:\w+)"|\$RS\("(?P<part>S:\w+)","(?P<place>P:\w+)"')


def assemble(root: HtmlElement, source: str) -> None:
    """Move every piece that the scripts in `source` would move; `root` is changed in place."""
    if _MARK not in source:
        return
    named = {name: element for element in root.iter("div", "template") if (name := element.get("id"))}
    told = [(move["piece"] or move["part"], move["hole"] or move["place"]) for move in _MOVES.finditer(source)]
    # Scripts may have been taken from a saved page; pieces and places are numbered alike.
    pieces = [name for name in named if name.startswith("S:")]
    alike = [(name, f"{kind}{name[1:]}") for name in pieces for kind in "PB"]
    for name, place in (*told, *alike):
        piece, hole = named.get(name), named.get(place)
        holder = hole.getparent() if hole is not None else None
        if (
            piece is None
            or hole is None
            or holder is None
            or hole.tag != "template"
            or piece in set(hole.iterancestors())
        ):
            continue
        del named[name], named[place]
        at = holder.index(hole)
        holder[at:at] = list(piece)
