"""Decide whether a page that could be read may become a version, or waits for a person.

Pure. Each rule asks one question of the version before and the page now; its thresholds stand here with
their reasons."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.similarity import shingles
from archive.types import Document, HoldReason

MIN_ARTICLE = 200
"""Characters of body below which nothing can be said about what is missing from it."""
EMPTIED_CHARACTERS = 80
"""A body shorter than this is a line left over in an empty container, not a short article."""
EMPTIED_SHARE = 0.05
MIN_BODY_TO_SHRINK = 500
SHRUNK_SHARE = 0.5
"""Retractions and cut-off pages lose half of a text of over 500 characters; ordinary edits do not."""
CONFIRM_AFTER = timedelta(hours=1)
"""The same shrunken text an hour later is what the paper wants to say, and no accident of delivery."""
SUSPECT_RESEMBLANCE = 0.02
"""Even a rewritten article shares one shingle in fifty with its predecessor; another page shares none."""

BREAKER_WINDOW = timedelta(hours=24)
BREAKER_ARTICLES = 20
"""Fewer known articles seen again in a day say nothing about the site as a whole."""
BREAKER_SHARE = 0.3
"""Of articles seen again in a day, papers edit under 5 %; a redesign changes nearly all."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a page is kept out of the versions."""

    reason: HoldReason
    detail: str


def reason_to_hold(
    head: Document, new: Document, *, breaker_open: bool = False, is_confirmed: bool = False
) -> Hold | None:
    """Why `new` should not follow `head` as a version by itself, or None if it may.

    `is_confirmed`: the same content was held as shrunk before, long enough ago.
    """
    before, after = len(head.body), len(new.body)
    if before >= MIN_ARTICLE and (after < EMPTIED_CHARACTERS or after < EMPTIED_SHARE * before):
        return Hold(HoldReason.EMPTIED, f"{after} of {before} characters left")
    known, now = head.provenance.get("body", ""), new.provenance.get("body", "")
    if "/" in known and "/" not in now:
        return Hold(HoldReason.REDESIGN, f"{known} no longer finds the text")
    if breaker_open:
        return Hold(HoldReason.REDESIGN, "most articles of the site changed within a day")
    if before >= MIN_BODY_TO_SHRINK and after < SHRUNK_SHARE * before and not is_confirmed:
        return Hold(HoldReason.SHRUNK, f"{after} of {before} characters left")
    if before >= MIN_ARTICLE and head.title != new.title and _is_another_text(head, new):
        return Hold(HoldReason.SUSPECT, f"another title and another text: {new.title!r}")
    return None


def _is_another_text(head: Document, new: Document) -> bool:
    old, now = shingles(head.body), shingles(new.body)
    shared = len(old & now)
    return shared < SUSPECT_RESEMBLANCE * len(old | now)


@dataclass(frozen=True, slots=True)
class Recheck:
    """A known article of a site, seen again and readable."""

    article: str
    captured_at: datetime
    capture_id: str
    is_changed: bool
    """Its content differs from that of the capture before."""


def tripped(rechecks: Iterable[Recheck], *, since: datetime | None = None) -> Recheck | None:
    """The first capture, from `since` on, at which a site's breaker trips, or None; `rechecks` in the order of time.

    They have to begin 24 hours before `since`, or all articles that were seen unchanged would not be counted.

    It trips when, of at least 20 articles seen again within 24 hours, more than 30 % changed: then the site
    changed, not its articles.
    """
    window: deque[Recheck] = deque()
    for recheck in rechecks:
        window.append(recheck)
        while recheck.captured_at - window[0].captured_at > BREAKER_WINDOW:
            window.popleft()
        if not recheck.is_changed or (since is not None and recheck.captured_at < since):
            continue
        seen = {past.article for past in window}
        changed = {past.article for past in window if past.is_changed}
        if len(seen) >= BREAKER_ARTICLES and len(changed) > BREAKER_SHARE * len(seen):
            return recheck
    return None
