"""Charts as SVG for templates: where things stand, as numbers. Colours are the style sheet's. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WIDTH = 720


@dataclass(frozen=True, slots=True)
class Part:
    """What one series adds to a column."""

    y: float
    height: float
    series: str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column, from the ground up, and what it stands for."""

    x: float
    width: float
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns: `most` is as high as the chart, `sums` are those of each series."""

    columns: list[Column]
    most: int
    sums: dict[str, int]


HEIGHT = 120
"""Of a chart of columns, whatever the page makes of it."""
_WIDEST = 48


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The texts of one paper that another one ran: as wide as they are many."""

    path: str
    origin: str
    copier: str
    texts: int
    number: int
    """Which colour: that of the origin."""


@dataclass(frozen=True, slots=True)
class Side:
    """One paper at its end of the ribbons: where its bar begins, how high it is, and how many texts end there."""

    y: float
    height: float
    site: str
    texts: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Who copies whom: ribbons from the papers of originals on the left to those of copies on the right."""

    ribbons: list[Ribbon]
    left: list[Side]
    right: list[Side]
    height: float


def columns(labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Columns:
    """A column for each label, what the series count on top of each other; the highest is as high as the chart."""
    totals = [sum(counts) for counts in zip(*series.values(), strict=True)]
    most = max(totals, default=0)
    step = WIDTH / max(len(labels), 1)
    width = min(step * 0.8, _WIDEST)
    drawn = [
        Column(
            round(at * step + (step - width) / 2, 1),
            round(width, 1),
            label,
            tuple(_stack([(name, counts[at]) for name, counts in series.items()], most)),
        )
        for at, label in enumerate(labels)
    ]
    return Columns(drawn, most, {name: sum(counts) for name, counts in series.items()})


def _stack(counts: Sequence[tuple[str, int]], most: int) -> Iterator[Part]:
    y = float(HEIGHT)
    for name, count in counts:
        if count:
            height = HEIGHT * count / most
            y -= height
            yield Part(round(y, 1), round(height, 1), name, count)


START, END = 230, WIDTH - 230
"""Where ribbons begin and end: beside them stand the names."""
_SLOT, _GAP, _THICKEST = 40, 14, 24
"""On average a paper has so much of the height; between two of them there is so much; one text is no thicker."""
_LEAST = 18
"""Of a paper: as high as its name."""
COLOURS = 6


def flow(rows: Sequence[Mapping[str, Any]]) -> Flow:
    """Ribbons for rows of {origin, copier, texts}, each paper with all of its ribbons side by side."""
    sums: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for row in rows:
        sums[0][row["origin"]] += row["texts"]
        sums[1][row["copier"]] += row["texts"]
    most, texts = max(map(len, sums)), max(sums[0].total(), 1)
    thickness = min(_SLOT * max(most, 3) / texts, _THICKEST)
    (left, height), (right, other) = (_sides(each, thickness) for each in sums)
    colour = {side.site: at % COLOURS for at, side in enumerate(left)}
    free = [{side.site: side.y for side in sides} for sides in (left, right)]
    order = [{side.site: at for at, side in enumerate(sides)} for sides in (left, right)]
    ribbons = []
    for row in sorted(rows, key=lambda row: (order[0][row["origin"]], order[1][row["copier"]])):
        width = thickness * row["texts"]
        y, end = free[0][row["origin"]], free[1][row["copier"]]
        free[0][row["origin"]] += width
        free[1][row["copier"]] += width
        path = _ribbon(y, end, max(width, 1.5))
        ribbons.append(Ribbon(path, row["origin"], row["copier"], row["texts"], colour[row["origin"]]))
    return Flow(ribbons, left, right, max(height, other))


def _sides(sums: Counter[str], thickness: float) -> tuple[list[Side], float]:
    y, sides = 0.0, []
    for site, texts in sorted(sums.items(), key=lambda one: (-one[1], one[0])):
        sides.append(Side(round(y, 1), round(max(thickness * texts, 3), 1), site, texts))
        y += max(thickness * texts, _LEAST) + _GAP
    return sides, round(max(y - _GAP, _LEAST), 1)


def _ribbon(y: float, end: float, width: float) -> str:
    middle = (START + END) / 2
    return (
        f"M{START} {y:.1f}C{middle:.0f} {y:.1f} {middle:.0f} {end:.1f} {END} {end:.1f}"
        f"V{end + width:.1f}C{middle:.0f} {end + width:.1f} {middle:.0f} {y + width:.1f} {START} {y + width:.1f}Z"
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """One member of a cluster on its line of time."""

    x: float
    y: float
    role: str
    name: str
    label: str


NAMES = 200
"""Where the line of time begins: names stand left of it."""
STEP = 30
MOST = 60
"""Members that are drawn; the table has all of them."""


def timeline(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Stop], list[tuple[float, datetime]], int]:
    """Who ran a text when, each on a line of its own and the first on top; the marks of the axis; and the height."""
    drawn = [(when(row)[0], row) for row in sorted(rows, key=when)[:MOST]]
    if not drawn:
        return [], [], 0
    moments = [moment for moment, _ in drawn]
    stops = [
        Stop(x, round(STEP * (number + 0.5), 1), row["role"], row["site"], f"{row['site']} {moment:%Y-%m-%d %H:%M} UTC")
        for number, (x, (moment, row)) in enumerate(zip(places(moments), drawn, strict=True))
    ]
    first, last = moments[0], moments[-1]
    marks = [(float(NAMES), first)] if first == last else [(float(NAMES), first), (float(WIDTH - 20), last)]
    return stops, marks, STEP * len(stops)


def when(row: Mapping[str, Any]) -> tuple[datetime, str]:
    """When an article came out, as far as it is known, and its paper: the order of a line of time."""
    return row["published_at"] or row["first_seen_at"], row["site"]


def places(moments: Sequence[datetime]) -> list[float]:
    """Where each moment stands on a line from the first to the last."""
    first, last = min(moments), max(moments)
    whole = (last - first).total_seconds() or 1
    return [round(NAMES + (WIDTH - 20 - NAMES) * (moment - first).total_seconds() / whole, 1) for moment in moments]
