"""Charts as SVG for templates: where things stand, as numbers. Colours are the style sheet's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WIDTH = 720


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One flow from a site on the left to one on the right."""

    path: str
    width: float
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Name:
    """A word in a chart."""

    x: float
    y: float
    text: str


def bars(counts: Sequence[tuple[str, int]], *, height: int = 120) -> list[Bar]:
    """A bar for each count, the highest as high as the chart."""
    if not counts:
        return []
    step = WIDTH / len(counts)
    most = max(count for _, count in counts)
    width = min(step * 0.8, 36)
    return [
        Bar(
            round(at * step + (step - width) / 2, 1),
            round(height - height * count / most, 1),
            round(width, 1),
            round(height * count / most, 1),
            f"{label}: {count}",
        )
        for at, (label, count) in enumerate(counts)
    ]


def flow(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Ribbon], list[Name], list[Name], int]:
    """Ribbons from the sites of originals to the sites of copies, the names of both, and the height."""
    left = list(dict.fromkeys(row["origin"] for row in rows))
    right = list(dict.fromkeys(row["copier"] for row in rows))
    height = 44 * max(len(left), len(right), 1)
    most = max((row["texts"] for row in rows), default=1)
    at_left = {name: height * (at + 0.5) / len(left) for at, name in enumerate(left)}
    at_right = {name: height * (at + 0.5) / len(right) for at, name in enumerate(right)}
    start, end = 200, WIDTH - 200
    middle = (start + end) / 2
    ribbons = [
        Ribbon(
            f"M{start} {at_left[row['origin']]:.1f}C{middle} {at_left[row['origin']]:.1f} "
            f"{middle} {at_right[row['copier']]:.1f} {end} {at_right[row['copier']]:.1f}",
            round(2 + 18 * row["texts"] / most, 1),
            f"{row['origin']} → {row['copier']}: {row['texts']}",
            at % 6,
        )
        for at, row in enumerate(rows)
    ]
    return (
        ribbons,
        [Name(start - 14, round(y + 5, 1), name) for name, y in at_left.items()],
        [Name(end + 14, round(y + 5, 1), name) for name, y in at_right.items()],
        height,
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
    at = [row["published_at"] or row["first_seen_at"] for row in rows]
    drawn = sorted(zip(at, rows, strict=True), key=lambda one: (one[0], one[1]["site"]))[:MOST]
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


def places(moments: Sequence[datetime]) -> list[float]:
    """Where each moment stands on a line from the first to the last."""
    first, last = min(moments), max(moments)
    whole = (last - first).total_seconds() or 1
    return [round(NAMES + (WIDTH - 20 - NAMES) * (moment - first).total_seconds() / whole, 1) for moment in moments]
