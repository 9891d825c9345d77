"""Who runs whose text: one article's copies with the evidence, two texts side by side, and which site takes from which.

Reads the contract's views and compares texts anew where a view has no figure; it writes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from difflib import SequenceMatcher
from statistics import median
from typing import TYPE_CHECKING, Any

from archive import export
from archive.diff import diff
from archive.similarity import SHINGLE, Profile, compare, profile, relate
from archive.text import tokens

if TYPE_CHECKING:
    from archive.core import Archive

_WORD = re.compile(r"\S+")
_WHY = {
    "credited": "most of those that name a source name it",
    "earliest published": "by its own date it was published first",
    "first captured": "it was captured first; not every member says when it was published",
    "the whole text": "the others hold only part of it",
    "a person's word": "a person said so",
}


def copies_of(archive: Archive, name: str) -> dict[str, Any] | None:
    """The cluster of the article at a URL, or with an id: the original, why, and each other member beside it.

    None if it is in no cluster. Raises UnknownNameError.
    """
    article = archive.get_article(name)
    own = next(archive.rows("cluster_members", article_id=article["article_id"]), None)
    if own is None:
        return None
    members = list(archive.rows("cluster_members", cluster_id=own["cluster_id"], order_by=("first_seen_at", "url")))
    original = next((row for row in members if row["role"] == "original"), None)
    versions = archive.versions(original["article_id"]) if original is not None else []
    return {
        "cluster_id": own["cluster_id"],
        "asked": article["article_id"],
        "original": original and {**export.plain(original), "why": _WHY.get(original["reason"], original["reason"])},
        "versions": len(versions),
        "members": [
            {
                **export.plain(row),
                **_delay(original, row),
                "carries_version": _carried(archive, row["article_id"], versions),
            }
            for row in members
            if row is not original
        ],
    }


def _delay(original: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """How much later than the original, in seconds, and by whose clock: the pages', or that of our captures."""
    for clock in ("published_at", "first_seen_at"):
        before, after = original and original[clock], row[clock]
        if isinstance(before, datetime) and isinstance(after, datetime):
            return {"delay_seconds": int((after - before).total_seconds()), "delay_by": clock}
    return {"delay_seconds": None, "delay_by": None}


def _carried(archive: Archive, article_id: str, versions: list[dict[str, Any]]) -> int | None:
    """The version that the current text is most like, by the order of its words; the newest of those equally like."""
    row = next(archive.rows("articles", article_id=article_id), None)
    if row is None or not versions:
        return None
    own = _profile(row)
    found = [(compare(own, _profile(version)), version["version"]) for version in versions]
    best = max(found, key=lambda one: (one[0].order_ab + one[0].order_ba, one[0].resemblance, one[1]))
    return int(best[1])


def _profile(row: Mapping[str, Any]) -> Profile:
    return profile(title=row["title"], lede=row["lede"], body=row["body"] or "")


def compare_texts(a: Mapping[str, Any], b: Mapping[str, Any], *, same_site: bool = False) -> dict[str, Any]:
    """Two rows of `articles` or `versions` side by side: relation, shares, matched passages and what differs."""
    one, other = _profile(a), _profile(b)
    evidence = compare(one, other)
    return {
        "relation": relate(one, other, evidence, same_site=same_site),
        **asdict(evidence),
        "passages": _passages(_running(a), _running(b)),
        "changes": export.changes(diff(dict(a), dict(b))),
    }


def _running(row: Mapping[str, Any]) -> list[str]:
    return _WORD.findall(f"{row['lede'] or ''}\n{row['body'] or ''}")


def _passages(a: list[str], b: list[str]) -> list[str]:
    """Runs of five words or more that stand in both texts in the same order, as a prints them; the longest first."""
    one, other = (["".join(tokens(word)) for word in words] for words in (a, b))
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    found = [" ".join(a[block.a : block.a + block.size]) for block in blocks if block.size >= SHINGLE]
    return sorted(found, key=lambda passage: -len(passage))


def flows(archive: Archive) -> list[dict[str, Any]]:
    """Which site runs texts whose original is another site's: how many, and after how long by the pages' own clocks."""
    originals = {row["cluster_id"]: row for row in archive.rows("cluster_members", role="original")}
    taken: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in archive.rows("cluster_members", order_by=("cluster_id", "url")):
        original = originals.get(row["cluster_id"])
        if original is not None and original["site"] != row["site"]:
            taken[original["site"], row["site"]].append({**row, **_delay(original, row)})
    found = [_flow(source, site, rows) for (source, site), rows in taken.items()]
    return sorted(found, key=lambda flow: (-flow["copies"] - flow["excerpts"], flow["from"], flow["to"]))


def _flow(source: str, site: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    delays = [row["delay_seconds"] for row in rows if row["delay_by"] == "published_at"]
    return {
        "from": source,
        "to": site,
        "copies": sum(row["role"] == "copy" for row in rows),
        "excerpts": sum(row["role"] == "excerpt" for row in rows),
        "credited": sum(bool(row["credit_name"] or row["credit_url"]) for row in rows),
        "dated": len(delays),
        "median_delay_seconds": int(median(delays)) if delays else None,
    }
