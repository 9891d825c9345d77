"""Say what an answer, or the want of one, means for its address: known, moved, gone, given up; and when to look again.

Pure: a visit and what came of it in, columns of the frontier out. `desk` asks and writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from archive import revisit
from archive.core import Recorded
from archive.storage import frontier
from archive.storage.frontier import Address, Visit
from archive.types import Capture, Outcome
from archive.urls import identity
from crawler.politeness.refusal import Refusal
from crawler.sites import Site

LEASE = timedelta(minutes=30)
"""How long a run holds an address; how long to leave a host alone that asked for it without saying how long."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
OK = 200
_NEVER_ASKED = frozenset({Refusal.HOST_HELD, Refusal.ROBOTS_UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a visit ended."""

    columns: dict[str, object]
    """Of `frontier`, for the visited address."""
    is_read: bool = False
    """The answer showed the article."""
    is_edit: bool = False
    """... and it said something that it had not said before."""
    moved_to: Address | None = None
    """Where the article is now."""


def conditions(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Headers that ask for the page only if it changed (RFC 9110, 13.1)."""
    if visit.state == frontier.GONE:
        # That it is back has to be seen: "as it was" would leave nothing to keep.
        return ()
    pairs = (("If-None-Match", visit.etag), ("If-Modified-Since", visit.last_modified))
    return tuple((name, value) for name, value in pairs if value)


def after_answer(site: Site, visit: Visit, capture: Capture, recorded: Recorded, *, pace: float) -> Settlement:
    """What the answer to a visit means."""
    location = urljoin(capture.url, capture.header("Location") or "") if capture.status in REDIRECTS else None
    # To a section or the front page is no new address: the article was taken away, perhaps for a while.
    if location is not None and site.is_article(location) is not False:
        key = identity(location)
        moved_to = Address(location, key, frontier.ARTICLE, visit.url) if key != visit.url_key else None
        return Settlement(_seen(visit, capture, state=frontier.MOVED, due_at=None), moved_to=moved_to)
    if location is not None or capture.status in GONE:
        return Settlement(_seen(visit, capture, state=frontier.GONE, due_at=_after_removal(visit, capture, pace)))
    outcome = recorded.effect.outcome if recorded.effect else Outcome.UNCHANGED
    if outcome is Outcome.HELD or capture.status != OK:
        return Settlement(_after_trouble(visit, capture, recorded))
    # Of a page that nobody read yet only its bytes can tell.
    unread = recorded.is_new and not recorded.is_repeat
    is_other = unread if recorded.effect is None else outcome is Outcome.VERSION
    is_edit = is_other and visit.visited_at is not None
    look = revisit.Look(capture.captured_at, is_changed=is_edit)
    columns = _seen(
        visit,
        capture,
        state=frontier.KNOWN,
        due_at=revisit.next_look(visit.first_visit_at or capture.captured_at, look, pace=pace),
        etag=capture.header("ETag"),
        last_modified=capture.header("Last-Modified"),
        attempts=0,
    )
    return Settlement(columns, is_read=True, is_edit=is_edit)


def after_unmodified(visit: Visit, capture: Capture, *, pace: float) -> Settlement:
    """What a 304 means: the page is as it was."""
    look = revisit.Look(capture.captured_at)
    due_at = revisit.next_look(visit.first_visit_at or capture.captured_at, look, pace=pace)
    columns: dict[str, object] = {
        "status": capture.status,
        "visited_at": capture.captured_at,
        "attempts": 0,
        "problem": None,
        "due_at": due_at,
    }
    return Settlement(columns, is_read=True)


def _after_removal(visit: Visit, capture: Capture, pace: float) -> datetime | None:
    """When to look whether it is back: once."""
    if visit.state == frontier.GONE:
        return None
    at = capture.captured_at
    return revisit.next_look(visit.first_visit_at or at, revisit.Look(at, is_gone=True), pace=pace)


def _after_trouble(visit: Visit, capture: Capture, recorded: Recorded) -> dict[str, object]:
    """A page that was held, or an error: try again by and by."""
    problem = str(recorded.effect.reason if recorded.effect and recorded.effect.reason else capture.status)
    attempts, at = visit.attempts + 1, capture.captured_at
    due_at, state = revisit.next_attempt(attempts, at), frontier.KNOWN
    if due_at is None and visit.state == frontier.NEW:
        due_at, state = at + revisit.REST, frontier.FAILED
    return _seen(visit, capture, state=state, due_at=due_at, problem=problem, attempts=attempts)


def after_source(visit: Visit, capture: Capture) -> dict[str, object]:
    """What the answer of a source means for its own address."""
    is_sound = capture.status == OK
    return _seen(
        visit,
        capture,
        state=frontier.KNOWN,
        etag=capture.header("ETag") if is_sound else None,
        last_modified=capture.header("Last-Modified") if is_sound else None,
    )


def _seen(visit: Visit, capture: Capture, **columns: object) -> dict[str, object]:
    return {
        "status": capture.status,
        "problem": None,
        "visited_at": capture.captured_at,
        "first_visit_at": visit.first_visit_at or capture.captured_at,
        **columns,
    }


def after_failure(visit: Visit, reason: str, retry_at: datetime | None, now: datetime) -> dict[str, object]:
    """What becomes of an address that gave no answer, or was never asked for."""
    if reason == Refusal.STOPPING:
        return {}  # nobody asked for it: as it was
    if reason == Refusal.NOT_CAPTURED:
        return {"problem": reason}  # still due, for a crawl that may ask
    if reason in _NEVER_ASKED:
        # The host is to be left alone, which says nothing about the page: it must not use up its attempts.
        return {"problem": reason, "due_at": retry_at or now + LEASE}
    attempts = revisit.MAX_ATTEMPTS if reason == Refusal.BLOCKED_SSRF else visit.attempts + 1
    due_at = retry_at or revisit.next_attempt(attempts, now)
    columns: dict[str, object] = {"attempts": attempts, "due_at": due_at, "problem": reason}
    return columns if due_at is not None else columns | {"state": frontier.FAILED, "due_at": now + revisit.REST}
