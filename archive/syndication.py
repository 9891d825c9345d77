"""Who runs whose text: one article's copies with the evidence, two texts side by side, and which site takes from which.

Reads the contract's views and compares texts anew where a view has no figure; it writes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from difflib import SequenceMatcher
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from archive import export, scripts
from archive.carrying import Copy, carried, edits, runs, tell_apart
from archive.clustering import said_apart
from archive.copies import relations_of
from archive.diff import diff
from archive.digests import digests_of, digests_with, part
from archive.originals import TRUSTED, WORD_OF_A_PERSON, Candidate, candidate, confidence
from archive.similarity import SHINGLE, Profile, compare, profile, relate
from archive.storage import pages
from archive.text import fold, tokens

if TYPE_CHECKING:
    from archive.core import Archive

_WORD = re.compile(r"\S+")
_WHY = {
    "credited": "most of those that name a source name it",
    "earliest published": "by its own date it was published first",
    "first captured": "it was captured first; not every member says when it was published",
    "the whole text": "the others hold only part of it",
    TRUSTED: "the others are on hosts that are less known or not known at all",
    WORD_OF_A_PERSON: "a person said so",
}


def copies_of(archive: Archive, name: str) -> dict[str, Any] | None:
    """What other articles have of the text of the article at a URL, or with an id, and what it has of theirs.

    Its cluster: the original, why and how sure, each other member beside it, and who still runs what was edited in the
    original. If it is a digest, what it is made of. Which digests hold its text. Everything else that it is related to,
    of which none is a copy. None if there is nothing of all this. Raises UnknownNameError.
    """
    article = archive.get_article(name)
    asked = article["article_id"]
    own = next(archive.rows("cluster_members", article_id=asked), None)
    members = _members(archive, own["cluster_id"]) if own is not None else []
    in_digests = digests_with(archive, {asked, *(row["article_id"] for row in members)})
    parts = list(archive.rows("digests", digest_id=asked, order_by=("-share_of_digest", "part_id")))
    aside = {asked, *(row["article_id"] for row in members)}
    aside |= {row["part_id"] for row in parts} | {digest["digest_id"] for digest in in_digests}
    texts = {row["part_cluster_id"] for row in parts} - {None}
    related = [row for row in _related(archive, asked, aside) if row.pop("cluster_id") not in texts]
    if own is None and not parts and not in_digests and not related:
        return None
    original = next((row for row in members if row["role"] == "original"), None)
    versions = archive.versions(original["article_id"]) if original is not None else []
    carries = _carries(archive, members, versions)
    return {
        "cluster_id": own and own["cluster_id"],
        "asked": asked,
        "original": original and {**export.plain(original), "why": why(original), "confidence": how_sure(members)},
        "versions": len(versions),
        "members": [
            {
                **export.plain(row),
                **_delay(original, row),
                **_which(carries.get(row["article_id"])),
            }
            for row in members
            if row is not original
        ],
        "edits": edits(versions, [row for row in members if row is not original], carries),
        "digest_of": [part(row) for row in parts],
        "in_digests": in_digests,
        "related": related,
    }


def no_copies(article_id: str) -> dict[str, Any]:
    """What `copies_of` would say of an article whose text nobody else has."""
    lists: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("members", "edits", "digest_of", "in_digests", "related")
    }
    return {"cluster_id": None, "asked": article_id, "original": None, "versions": 0, **lists}


def _members(archive: Archive, cluster_id: str) -> list[dict[str, Any]]:
    return list(archive.rows("cluster_members", cluster_id=cluster_id, order_by=("first_seen_at", "url")))


def why(original: Mapping[str, Any]) -> str:
    """The reason of the original among `cluster_members`, in words."""
    reason = str(original["reason"])
    return _WHY.get(reason, reason)


def how_sure(members: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How sure it is that the original among these rows of `cluster_members`, all of one cluster, is the original.

    A grade, the sum of the points, and each reason with its weight; None where no original can be shown.
    """
    original = next((row for row in members if row["role"] == "original"), None)
    if original is None:
        return None
    core = [_candidate(row) for row in members if row["role"] != "excerpt"]
    excerpts = [_candidate(row) for row in members if row["role"] == "excerpt"]
    is_spoken = original["reason"] == WORD_OF_A_PERSON
    return asdict(confidence(original["article_id"], core, excerpts, is_spoken=is_spoken))


def grades(archive: Archive, cluster_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """{cluster: how sure its original is, see `how_sure`} for those of these clusters of which an original is shown."""
    members: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with archive.reading() as connection:
        for row in pages.among(connection, "cluster_members", "cluster_id", sorted(set(cluster_ids))):
            members[row["cluster_id"]].append(row)
    found = {name: how_sure(rows) for name, rows in members.items()}
    return {name: sure for name, sure in found.items() if sure is not None}


_TOGETHER = 200
"""Rows whose clusters are asked for by one statement."""


def with_grades(archive: Archive, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of `articles`; `confidence` is the grade of the original of its cluster, None where it is alone."""
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        sure = grades(archive, (row["cluster_id"] for row in some if row["cluster_id"]))
        for row in some:
            yield {**row, "confidence": sure[row["cluster_id"]]["grade"] if row["cluster_id"] in sure else None}


def _candidate(row: Mapping[str, Any]) -> Candidate:
    said = ("url", "site", "first_seen_at", "published_at", "credit_site", "credit_url")
    return candidate(row["article_id"], **{name: row[name] for name in said})


def clusters(archive: Archive) -> list[dict[str, Any]]:
    """Every cluster with its members, how sure its original is, and the digests that hold its text."""
    members: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in archive.rows("cluster_members", order_by=("cluster_id", "-role", "published_at", "url")):
        members[row["cluster_id"]].append(row)
    digests: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for digest in digests_of(archive):
        for cluster_id in dict.fromkeys(held["cluster_id"] for held in digest["digest_of"] if held["cluster_id"]):
            digests[cluster_id].append(digest)
    return [
        {
            **head,
            "confidence": how_sure(members[head["cluster_id"]]),
            "members": members[head["cluster_id"]],
            "in_digests": digests[head["cluster_id"]],
        }
        for head in archive.rows("clusters", order_by=("cluster_id",))
    ]


def _related(archive: Archive, article_id: str, aside: set[str]) -> list[dict[str, Any]]:
    """What else shares text with the article, the most like it first: series, follow-ups, partial reuse, and what is no
    copy because a person `said` so."""
    with archive.reading() as connection:
        links = [link for link in relations_of(connection, article_id) if link.b not in aside]
        # The view knows what was taken down.
        rows = pages.among(connection, "articles", "article_id", sorted({link.b for link in links}))
    known = {row["article_id"]: row for row in rows}
    apart = {pair - {article_id} for pair in said_apart(archive.decisions()) if article_id in pair}
    links.sort(key=lambda link: (-link.resemblance, link.b))
    return [
        {
            **{name: known[link.b][name] for name in ("article_id", "url", "site", "title", "cluster_id")},
            "relation": link.relation.value,
            "resemblance": link.resemblance,
            "containment": link.containment_ab,
            "containment_of_other": link.containment_ba,
            "said": "not the same" if {link.b} in apart else None,
        }
        for link in links
        if link.b in known
    ]


def _carries(
    archive: Archive, members: Sequence[Mapping[str, Any]], versions: Sequence[Mapping[str, Any]]
) -> dict[str, Copy]:
    """{article: what its paper runs now}."""
    if not versions:
        return {}
    with archive.reading() as connection:
        rows = pages.among(connection, "articles", "article_id", [row["article_id"] for row in members])
    told = tell_apart([runs(version) for version in versions])
    said = {row["article_id"]: runs(row) for row in rows}
    return {
        row["article_id"]: Copy(carried(said[row["article_id"]], told), said[row["article_id"]], row["gone_at"] is None)
        for row in rows
    }


def _which(found: Copy | None) -> dict[str, Any]:
    """`carries_version` is the newest of those that the text may carry, which are more than one if it has nothing of
    what tells them apart."""
    if found is None:
        return {"carries_version": None, "carries_versions": [], "is_gone": None}
    return {
        "carries_version": found.carried[-1],
        "carries_versions": list(found.carried),
        "is_gone": not found.is_there,
    }


def _delay(original: Mapping[str, Any] | None, row: Mapping[str, Any]) -> dict[str, Any]:
    """How much later than the original, in seconds, and by whose clock: the pages', or that of our captures."""
    for clock in ("published_at", "first_seen_at"):
        before, after = original and original[clock], row[clock]
        if isinstance(before, datetime) and isinstance(after, datetime):
            return {"delay_seconds": int((after - before).total_seconds()), "delay_by": clock}
    return {"delay_seconds": None, "delay_by": None}


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


def _running(row: Mapping[str, Any]) -> str:
    return f"{row['lede'] or ''}\n{row['body'] or ''}"


def _passages(a: str, b: str) -> list[str]:
    """Runs of five words or more that stand in both texts in the same order, as a prints them; the longest first."""
    if scripts.needs(a) or scripts.needs(b):
        return _passages_of_letters(a, b)
    (words, one), (_, other) = (
        (said, ["".join(tokens(word)) for word in said]) for said in (_WORD.findall(a), _WORD.findall(b))
    )
    found = [" ".join(words[at : at + size]) for at, size in _blocks(one, other) if size >= SHINGLE]
    return sorted(found, key=lambda passage: -len(passage))


def _passages_of_letters(a: str, b: str) -> list[str]:
    """The same where words are not told by spaces. Letters recur too often to be matched one by one: runs are."""
    places = scripts.spans(a)
    reach = max((scripts.reach(a[start:end]) for start, end in places), default=1)
    run = SHINGLE + reach - 1
    one, other = (
        ["".join(letters[at : at + run]) for at in range(len(letters) - run + 1)]
        for letters in ([fold(text[start:end]) for start, end in scripts.spans(text)] for text in (a, b))
    )
    found = [a[places[at][0] : places[at + size + run - 2][1]] for at, size in _blocks(one, other)]
    return sorted((" ".join(passage.split()) for passage in found), key=lambda passage: -len(passage))


def _blocks(one: list[str], other: list[str]) -> list[tuple[int, int]]:
    """(where in the one, how many) of what stands in both in the same order."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [(block.a, block.size) for block in blocks if block.size]


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
