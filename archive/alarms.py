"""What about a site deserves a person's eye, and the likely cause: by the account of its last crawl and its rhythm.

Pure: no clock, no storage."""

from __future__ import annotations

from collections.abc import Mapping
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
class Alarm:
    """One thing to look at."""

    kind: str
    """failed, quiet, source, blocked or extraction."""
    says: str


def alarms(
    state: str, account: Mapping[str, Any], rate: Rate, *, now: datetime, evidence: Evidence | None = None
) -> list[Alarm]:
    """What is wrong with a site, by its last crawl, its own rhythm, and a page that shows it."""
    found: list[Alarm] = []
    if state == "failed":
        found.append(Alarm("failed", f"the last crawl failed: {account.get('error', 'no reason known')}"))
    sources: Mapping[str, str] = account.get("broken_sources", {})
    found += [Alarm("source", f"{url}: {reason}") for url, reason in sorted(sources.items())]
    found += _held(account, evidence)
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
    return [Alarm("extraction", f"{says}; `luubao site learn {account.get('site', 'NAME')}` proposes rules")]


def _quiet_since(rate: Rate, now: datetime) -> timedelta | None:
    if rate.articles < KNOWN_RHYTHM or rate.first_at is None or rate.last_at is None:
        return None
    gap = (rate.last_at - rate.first_at) / (rate.articles - 1)
    since = now - rate.last_at
    return since if since > max(QUIET_GAPS * gap, QUIET_LEAST) else None
