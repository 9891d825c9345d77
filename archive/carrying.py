"""Tell which version of an article a copy carries, and who still runs what an edit took away.

Pure. A copy may cut, rewrite or retitle everything around a figure, so only what two versions differ in is looked at:
the runs of three words that stand in one of them and not in the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import Any

from archive import export
from archive.similarity import words
from archive.text import tidy

_RUN = 3
_EDGE = "\x00"
"""Before the first and after the last word: an addition at the end changes what the text ends with."""
_FIGURE = re.compile(r"\d+(?:[.,/:-]\d+)*%?")
MOST_FIGURES = 5
"""Pairs of figures that are named; an edit with more of them is told as the whole text."""

Runs = frozenset[tuple[str, ...]]


Carried = tuple[int, ...]
"""Numbers of the versions that a text may be a copy of: more than one where it cannot tell them apart."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What tells each two versions of an article apart."""

    count: int
    pairs: tuple[tuple[int, int, Runs, Runs], ...]
    """(one, another, what only the one says, what only the other says); versions count from 1."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What another paper runs now."""

    carried: Carried
    runs: Runs
    is_there: bool
    """It was not taken away."""


def runs(row: Mapping[str, Any]) -> Runs:
    """The runs of three words of a row of `articles` or `versions`: lede and body, with their edges."""
    said = [_EDGE, *words(f"{row['lede'] or ''}\n{row['body'] or ''}"), _EDGE]
    return frozenset(tuple(said[at : at + _RUN]) for at in range(max(1, len(said) - _RUN + 1)))


def tell_apart(versions: Sequence[Runs]) -> Versions:
    """What tells each two of these versions apart, oldest first; made once for all copies."""
    pairs = [
        (one, other, versions[one - 1] - versions[other - 1], versions[other - 1] - versions[one - 1])
        for one, other in combinations(range(1, len(versions) + 1), 2)
    ]
    return Versions(len(versions), tuple(pairs))


def carried(copy: Runs, versions: Versions) -> Carried:
    """Which of the versions the copy carries: those that fewest others are more like it than.

    Of two versions the copy is more like the one of whose own words it has the greater share. A text that an edit put
    back is the same version twice.

    >>> one, two = ({"lede": None, "body": f"Nước lũ cô lập {count} hộ ở xã"} for count in (28, 29))
    >>> carried(runs(one), tell_apart([runs(one), runs(two)]))
    (1,)
    """
    losses = [0] * versions.count
    for one, other, only_one, only_other in versions.pairs:
        has_one, has_other = _share(only_one, copy), _share(only_other, copy)
        if has_one != has_other:
            losses[(other if has_one > has_other else one) - 1] += 1
    return tuple(number for number, count in enumerate(losses, start=1) if count == min(losses))


def _share(of: Runs, copy: Runs) -> float:
    return len(of & copy) / len(of) if of else 0.0


def figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures that an edit put in the place of others, as (before, after); none where it was not that simple.

    >>> figures({"title": "", "lede": None, "body": "28 hộ"}, {"title": "", "lede": None, "body": "29 hộ"})
    [('28', '29')]
    """
    one, other = (
        tidy("\n".join(str(row[name] or "") for name in ("title", "lede", "body"))).split() for row in (before, after)
    )
    found: dict[tuple[str, str], None] = {}
    for op, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if op != "replace":
            continue
        gone, come = (_FIGURE.findall(" ".join(part)) for part in (one[a:b], other[c:d]))
        if len(gone) == len(come):
            found |= {pair: None for pair in zip(gone, come, strict=True) if pair[0] != pair[1]}
    return list(found) if len(found) <= MOST_FIGURES else []


def edits(
    versions: Sequence[Mapping[str, Any]],
    others: Sequence[Mapping[str, Any]],
    carries: Mapping[str, Copy],
) -> list[dict[str, Any]]:
    """Each edit of the original: when, what it changed, and which members still run the text from before it.

    `versions` are its rows of `versions`, `others` those of the other members in `cluster_members`; `carries` says what
    each runs now. Who runs the old text need not have the sentence with the figure: that is told apart.
    """
    found = []
    for before, after in pairwise(versions):
        number = after["version"]
        still = [
            row
            for row in others
            if (copy := carries.get(row["article_id"])) is not None and copy.is_there and copy.carried[-1] < number
        ]
        changed = figures(before, after) if "numbers" in after["changed"] else []
        gone = {word for old, _ in changed for word in words(old)}
        with_figures = frozenset(run for run in runs(before) - runs(after) if gone & set(run))
        old_figures = [row for row in still if carries[row["article_id"]].runs & with_figures]
        edit = {
            "version": number,
            **_edited_at(before, after),
            "changed": after["changed"],
            "figures": [{"before": old, "after": new} for old, new in changed],
            "still_before": [row["article_id"] for row in still],
            "sites_still_before": sorted({row["site"] for row in still}),
            "sites_with_old_figures": sorted({row["site"] for row in old_figures}),
        }
        found.append({**edit, "says": _says(edit)})
    return found


def _edited_at(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """When the original was edited: by its own date where that lies between the two captures, else when we saw it."""
    stated = after["modified_at"]
    if stated is not None and before["captured_at"] < stated <= after["captured_at"]:
        return {"edited_at": export.moment(stated, after["modified_offset"]), "edited_by": "modified_at"}
    return {"edited_at": export.moment(after["captured_at"]), "edited_by": "captured_at"}


def _says(edit: Mapping[str, Any]) -> str:
    """As a person reads it: 2 papers still run the figure that was corrected on 14 June 2026: 28, now 29."""
    count = len(edit["sites_with_old_figures"] or edit["sites_still_before"])
    if not count:
        return ""
    day = datetime.fromisoformat(edit["edited_at"])
    # What was seen at a capture happened at some time before it.
    when = f"{'on' if edit['edited_by'] == 'modified_at' else 'by'} {day.day} {day:%B %Y}"
    who = "1 paper still runs" if count == 1 else f"{count} papers still run"
    if not edit["sites_with_old_figures"]:
        return f"{who} the text from before the edit {when} ({', '.join(edit['changed'])})"
    what = "figure that was" if len(edit["figures"]) == 1 else "figures that were"
    pairs = ", ".join(f"{pair['before']}, now {pair['after']}" for pair in edit["figures"])
    return f"{who} the {what} corrected {when}: {pairs}"
