"""Decide what each capture of an article means: first, edited, unchanged, held or gone.

Pure: no storage, no network, no clock. The history of an article is a fold over its captures in the order of
`captured_at`, so that the order in which they arrive does not matter."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from archive import holding
from archive.text import plain
from archive.types import HELD_VERDICTS, Cause, DecisionKind, Document, HoldReason, Outcome, Verdict

HASH_VERSION = 1
"""First byte of every content hash: raise it when `content_hash` covers something else."""


def content_hash(document: Document) -> str:
    """42 hex digits: a version byte and 160 bits of sha256 over what a reader would call the article.

    Covers title, lede, body, captions and author without typographic differences; not the furniture, not
    dates or tags. Empty fields are left out, so that a field added later changes no hash.
    """
    fields = {
        "title": plain(document.title or ""),
        "lede": plain(document.lede or ""),
        "body": [plain(block.text) for block in document.blocks],
        "captions": [plain(caption.text) for caption in document.captions],
        "author": plain(document.author or ""),
    }
    said = json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False, sort_keys=True)
    return f"{HASH_VERSION:02x}{hashlib.sha256(said.encode()).hexdigest()[:40]}"


# 5.157 · 34,05 · 13/6/2022 · 24.396/47.855
_NUMBER = re.compile(r"\d+(?:[.,/:]\d+)*")
# Two or more capitalised words in a row: names of people, places and offices.
_NAME = re.compile(r"\b[^\W\d_a-zà-ỹ][^\W\d_]*(?:\s[^\W\d_a-zà-ỹ][^\W\d_]*)+")


def changed_fields(old: Document, new: Document) -> tuple[str, ...]:
    """What differs between two documents of one article, in the words that the views use.

    `title`, `lede`, `body`, `captions`, `author`; and `numbers`, `names` where the figures or the capitalised
    names of title, lede and body are no longer the same ones.
    """
    pairs = {
        "title": (old.title or "", new.title or ""),
        "lede": (old.lede or "", new.lede or ""),
        "body": (old.body, new.body),
        "captions": ("\n".join(c.text for c in old.captions), "\n".join(c.text for c in new.captions)),
        "author": (old.author or "", new.author or ""),
    }
    changed = [name for name, (before, after) in pairs.items() if _lines(before) != _lines(after)]
    for name, pattern in (("numbers", _NUMBER), ("names", _NAME)):
        if sorted(pattern.findall(_running_text(old))) != sorted(pattern.findall(_running_text(new))):
            changed.append(name)
    return tuple(changed)


def _lines(text: str) -> list[str]:
    return [plain(line) for line in text.splitlines()]


def _running_text(document: Document) -> str:
    return plain("\n".join((document.title or "", document.lede or "", document.body)))


@dataclass(frozen=True, slots=True)
class Observation:
    """One capture of an article with what one edition read in it."""

    capture_id: str
    captured_at: datetime
    verdict: Verdict
    document: Document
    content_hash: str
    detail: str | None = None
    decision: DecisionKind | None = None
    """RELEASE or DISCARD, where a person said so."""
    breaker_open: bool = False
    """The site's breaker had tripped by then: see `holding.tripped`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one capture meant."""

    capture_id: str
    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    cause: Cause | None = None
    changed: tuple[str, ...] = ()
    is_back: bool = False
    """The article had been gone, and this capture shows it again."""


@dataclass(frozen=True, slots=True)
class History:
    """Where an article stands after some of its captures."""

    head: Observation | None = None
    waiting: Observation | None = None
    """The newest capture that was held as shrunk: the same content later confirms it."""
    gone_at: datetime | None = None
    versions: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None


def fold(observations: Iterable[Observation]) -> tuple[History, list[Judgement]]:
    """Judge all captures of one article; they are put in the order of time first."""
    history, judgements = History(), []
    for observation in sorted(observations, key=lambda seen: (seen.captured_at, seen.capture_id)):
        history, judgement = judge(history, observation)
        judgements.append(judgement)
    return history, judgements


def judge(history: History, seen: Observation) -> tuple[History, Judgement]:
    """One step of `fold`: what `seen` means after `history`, and the history after it."""
    if seen.decision is DecisionKind.DISCARD:
        return history, Judgement(seen.capture_id, Outcome.DISCARDED, detail=seen.detail)
    if not _is_released(seen):
        if seen.verdict is not Verdict.OK:
            return _judge_unreadable(history, seen)
        reason = _reason_to_hold(history, seen)
        if reason is not None:
            waiting = seen if reason.reason is HoldReason.SHRUNK else history.waiting
            return replace(history, waiting=waiting), Judgement(
                seen.capture_id, Outcome.HELD, reason=reason.reason, detail=reason.detail
            )
    return _accept(history, seen)


def _is_released(seen: Observation) -> bool:
    """A person let it through; a page in which nothing could be read cannot be a version all the same."""
    return seen.decision is DecisionKind.RELEASE and seen.content_hash != ""


def _judge_unreadable(history: History, seen: Observation) -> tuple[History, Judgement]:
    if seen.verdict is Verdict.GONE and history.head is not None and history.gone_at is None:
        gone = replace(history, gone_at=seen.captured_at)
        return gone, Judgement(seen.capture_id, Outcome.GONE, detail=seen.detail)
    if seen.verdict in HELD_VERDICTS:
        return history, Judgement(seen.capture_id, Outcome.HELD, reason=seen.verdict, detail=seen.detail)
    if seen.verdict is Verdict.NO_ARTICLE and history.head is not None:
        # The page of an article that shows none is no list page: its text was taken out.
        return history, Judgement(seen.capture_id, Outcome.HELD, reason=HoldReason.EMPTIED, detail=seen.detail)
    return history, Judgement(seen.capture_id, Outcome.NOTHING, reason=seen.verdict, detail=seen.detail)


def _reason_to_hold(history: History, seen: Observation) -> holding.Hold | None:
    if history.head is None or seen.content_hash == history.head.content_hash:
        return None
    confirmed = (
        history.waiting is not None
        and history.waiting.content_hash == seen.content_hash
        and seen.captured_at - history.waiting.captured_at >= holding.CONFIRM_AFTER
    )
    return holding.reason_to_hold(
        history.head.document, seen.document, breaker_open=seen.breaker_open, is_confirmed=confirmed
    )


def _accept(history: History, seen: Observation) -> tuple[History, Judgement]:
    is_back = history.gone_at is not None
    alive = replace(
        history,
        gone_at=None,
        waiting=None,
        first_seen_at=history.first_seen_at or seen.captured_at,
        last_seen_at=seen.captured_at,
    )
    if history.head is not None and seen.content_hash == history.head.content_hash:
        return alive, Judgement(seen.capture_id, Outcome.UNCHANGED, is_back=is_back)
    by_itself = Cause.FIRST if history.head is None else Cause.EDITED
    cause = Cause.RELEASED if _is_released(seen) else by_itself
    changed = () if history.head is None else changed_fields(history.head.document, seen.document)
    return replace(alive, head=seen, versions=history.versions + 1), Judgement(
        seen.capture_id, Outcome.VERSION, cause=cause, changed=changed, is_back=is_back
    )
