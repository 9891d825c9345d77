"""Tell from when on a site's rules no longer find its text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.alarms import lost_rules
from crawler.learning.examples import Example
from crawler.learning.fields import MIN_PAGES


@dataclass(frozen=True, slots=True)
class Drift:
    """A rule set that found the text, and then did not any more."""

    rules: str
    last_found_at: datetime
    """The newest page on which it did."""
    lost_at: datetime
    """The oldest page after that on which it did not."""
    pages: int
    """Pages since, all without it."""
    captures: tuple[str, ...]


def find_drift(examples: Sequence[Example]) -> Drift | None:
    """What the pages, oldest first, show; None unless the newest ones all go without rules that used to find the text.

    A page of another kind among the others (an e-magazine, a live blog) is no drift: a rule that finds the text again
    later has not been lost."""
    last = max((at for at, page in enumerate(examples) if page.rules), default=None)
    if last is None:
        return None
    lost = examples[last + 1 :]
    if len({page.url for page in lost}) < MIN_PAGES:
        return None
    rules = examples[last].rules
    assert rules is not None
    captures = tuple(page.capture for page in lost[:3])
    return Drift(rules, examples[last].captured_at, lost[0].captured_at, len(lost), captures)


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """A rule for one field that found it, and then did not any more, while the text is still found."""

    field: str
    rule: str
    last_found_at: datetime
    lost_at: datetime
    pages: int
    captures: tuple[str, ...]


def find_field_drifts(examples: Sequence[Example]) -> list[FieldDrift]:
    """Fields whose rules the newest of the pages, oldest first, all go without; each article counts once."""
    newest = list({page.url: page for page in examples}.values())
    newest.sort(key=lambda page: page.captured_at, reverse=True)
    found = []
    for lost in lost_rules([page.document.provenance for page in newest]):
        since = newest[: lost.pages]
        captures = tuple(page.capture for page in since[:3])
        last, first = newest[lost.pages].captured_at, since[-1].captured_at
        found.append(FieldDrift(lost.field, lost.rule, last, first, lost.pages, captures))
    return found
