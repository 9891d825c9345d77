"""What about a site deserves a person's eye, and the likely cause: by the account of its last crawl and its rhythm.

Pure: no clock, no storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LONG = timedelta(days=60)
"""A site that fell silent two weeks ago still shows its rhythm in so long."""
QUIET_GAPS = 5
"""A site is quiet after so many of its own average gaps between two articles ..."""
QUIET_LEAST = timedelta(days=1)
"""... and not before: every paper sleeps."""
KNOWN_RHYTHM = 5
"""Articles from which a rhythm can be told."""
HELD_SHARE = 0.5
HELD_LEAST = 5
"""More than that share of the pages of a crawl held, and at least so many: the page or its reading has changed."""
LOST_LEAST = 5
"""Newest pages in a row without a rule that found its field before, at least ..."""
LOST_BY_CHANCE = 1e-4
"""... and so many more that chance would do it once in ten thousand sites: not every article has an author."""
LOST_KNOWN = 10
"""Pages before those, from which one can tell how often the rule found its field."""
_ANY_PAGE = frozenset(["paragraphs", "trafilatura"])
"""Readers of pages that no site rule fits: what they find is no site's rule."""
BLOCKS = ("blocked", "consent")
"""Verdicts that say that the site does not let us in."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How a site published lately."""

    articles: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page that could not be read as before."""

    capture: str
    rule: str | None
    """The rules that found the article's text before; None where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A site rule that found its field on most pages, and on none of the newest ones."""

    field: str
    rule: str
    pages: int
    """The newest pages, all without it."""


def lost_rules(provenances: Sequence[Mapping[str, str]]) -> list[Lost]:
    """Which rules broke: `provenances` says of each page, newest first, where each field was read.

    A field that another rule of the site finds now has not been lost.

    >>> old = {"lede": "epi/lede", "body": "epi/body"}
    >>> lost_rules([{"lede": "text", "body": "epi/body"}] * 5 + [old] * 10)
    [Lost(field='lede', rule='epi/lede', pages=5)]
    """
    found = []
    for name in sorted({name for each in provenances for name in each}):
        by = [rule if _is_of_site(rule := each.get(name, "")) else None for each in provenances]
        run = next((at for at, rule in enumerate(by) if rule), 0)
        before = by[run:]
        known = [rule for rule in before if rule]
        if run < LOST_LEAST or len(before) < LOST_KNOWN:
            continue
        # One page more than there was without it: a rule that never failed in ten pages may fail in the eleventh.
        without = (len(before) - len(known) + 1) / (len(before) + 1)
        if without**run < LOST_BY_CHANCE:
            found.append(Lost(name, known[0], run))
    return found


def _is_of_site(rule: str) -> bool:
    reader, slash, _ = rule.partition("/")
    return bool(slash) and reader not in _ANY_PAGE


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at."""

    kind: str
    """failed, quiet, source, blocked, extraction or rule."""
    says: str


def alarms(
    state: str,
    account: Mapping[str, Any],
    rate: Rate,
    *,
    now: datetime,
    evidence: Evidence | None = None,
    lost: Sequence[Lost] = (),
) -> list[Alarm]:
    """What is wrong with a site, by its last crawl, its own rhythm, a page that shows it, and rules that broke."""
    found: list[Alarm] = []
    if state == "failed":
        found.append(Alarm("failed", f"the last crawl failed: {account.get('error', 'no reason known')}"))
    sources: Mapping[str, str] = account.get("broken_sources", {})
    found += [Alarm("source", f"{url}: {reason}") for url, reason in sorted(sources.items())]
    found += _held(account, evidence)
    site = account.get("site", "NAME")
    found += [
        Alarm(
            "rule",
            f"{one.rule} found no {one.field} on the newest {one.pages} pages: `luubao site learn {site}` proposes "
            "its successor",
        )
        for one in lost
    ]
    quiet = _quiet_since(rate, now)
    if quiet is not None:
        found.append(Alarm("quiet", f"no article for {quiet.days} days: its sources may have moved"))
    return found


def _held(account: Mapping[str, Any], evidence: Evidence | None) -> list[Alarm]:
    held = {name.removeprefix("held_"): count for name, count in account.items() if name.startswith("held_")}
    total, pages = sum(held.values()), account.get("new", 0)
    if total < HELD_LEAST or total <= HELD_SHARE * pages:
        return []
    blocked = sum(count for reason, count in held.items() if reason in BLOCKS)
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(held.items()))
    if blocked * 2 > total:
        return [Alarm("blocked", f"{total} of {pages} pages were no article: {reasons}")]
    says = f"{total} of {pages} pages were held, a redesign perhaps: {reasons}"
    if evidence is not None:
        rule = f", whose text {evidence.rule} found before" if evidence.rule else ""
        says += f"; one of them is capture {evidence.capture}{rule}"
    learn = f"`luubao site learn {account.get('site', 'NAME')} --seed DIR`"
    return [Alarm("extraction", f"{says}; {learn} keeps it as a seed and proposes rules")]


def _quiet_since(rate: Rate, now: datetime) -> timedelta | None:
    if rate.articles < KNOWN_RHYTHM or rate.first_at is None or rate.last_at is None:
        return None
    gap = (rate.last_at - rate.first_at) / (rate.articles - 1)
    since = now - rate.last_at
    return since if since > max(QUIET_GAPS * gap, QUIET_LEAST) else None
