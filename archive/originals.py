"""Hold one of several members to be the original, and say how sure that is, from what is known of them alone.

Pure. Nothing is estimated: the grade adds up what speaks for the original and against it, and lists each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archive.outlets import Standing, credited_as, standing
from archive.urls import identity

WORD_OF_A_PERSON = "a person's word"
TRUSTED = "trusted host"
_SAME_MINUTE = timedelta(minutes=1)
"""Pages print minutes: what two of them print within one tells no order."""
_SAME_ROUND = timedelta(hours=6)
"""Sites are visited each in its own rhythm, six hours apart at most (`crawler.schedule`): whom we reached first within
that tells no order."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What clustering asks of one article."""

    article: str
    """Its public id."""
    url: str
    site: str
    """As credits name it: the outlet where the host is one, else the article's site."""
    first_seen_at: datetime
    published_at: datetime | None = None
    credit_site: str | None = None
    credit_url: str | None = None
    """Identity of the address that the page names as its source."""
    standing: Standing = Standing.PAPER

    @property
    def at(self) -> datetime:
        """When it was there: by its own date, else by our clock."""
        return self.published_at or self.first_seen_at


def candidate(
    article: str,
    *,
    url: str,
    site: str,
    first_seen_at: datetime,
    published_at: datetime | None,
    credit_site: str | None,
    credit_url: str | None,
) -> Candidate:
    """An article as credits name it, from what its page says and its site file calls it."""
    return Candidate(
        article=article,
        url=url,
        site=credited_as(site, url),
        first_seen_at=first_seen_at,
        published_at=published_at,
        credit_site=credit_site,
        credit_url=identity(credit_url) if credit_url else None,
        standing=standing(site, url),
    )


class Grade(StrEnum):
    """How sure it is that the original is the original."""

    CERTAIN = "certain"
    """A person said so."""
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_HIGH, _MEDIUM = 3, 1
"""Points: to be credited and one thing more is high; to be the earlier by one clock alone is medium."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for the original (a positive weight), against it, or tells nothing (0)."""

    kind: str
    weight: int
    detail: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure it is, with everything that was weighed."""

    grade: Grade
    points: int
    """Sum of the weights."""
    reasons: tuple[Reason, ...]


def choose(
    core: Sequence[Candidate], excerpts: Sequence[Candidate] = (), *, spoken: Mapping[str, int] | None = None
) -> tuple[str, str]:
    """(article, reason) of the original among `core`, texts that are copies of each other.

    `spoken` are the articles that a person called the original, with their place in time: the last one holds. Else the
    one that most members name as their source, else the earliest. On a host that nobody knows it can only be where no
    known paper has the text, or where one names it: mirrors copy everything, dates of their own choice included.
    """
    named = {candidate.article for candidate in core} & (spoken or {}).keys()
    if spoken and named:
        return max(named, key=lambda article: spoken[article]), WORD_OF_A_PERSON
    counts = _credits(core, (*core, *excerpts))
    if counts:
        most = max(counts.values())
        credited = [candidate for candidate in core if counts[candidate.article] == most]
        return min(credited, key=lambda candidate: (candidate.at, candidate.article)).article, "credited"
    highest = max(candidate.standing for candidate in core)
    trusted = [candidate for candidate in core if candidate.standing == highest]
    if all(candidate.published_at for candidate in trusted):
        chosen, reason = min(trusted, key=lambda candidate: (candidate.at, candidate.article)), "earliest published"
    else:
        chosen = min(trusted, key=lambda candidate: (candidate.first_seen_at, candidate.article))
        reason = "first captured"
    if len(trusted) == 1:
        reason = TRUSTED if len(core) > 1 else "the whole text"
    return chosen.article, reason


def _credits(core: Sequence[Candidate], everyone: Sequence[Candidate]) -> Counter[str]:
    """{member of the core: how many others name it}, where what they say counts."""
    by_site = Counter(candidate.site for candidate in core)
    highest = max(candidate.standing for candidate in core)
    found: Counter[str] = Counter()
    for candidate in core:
        for other in everyone:
            # A site that runs two of the members is not named by its name alone.
            by_name = other.credit_site == candidate.site and by_site[candidate.site] == 1
            counts = candidate.standing == highest or other.standing > candidate.standing
            if other.article != candidate.article and counts and (by_name or other.credit_url == candidate.url):
                found[candidate.article] += 1
    return found


def confidence(
    article: str, core: Sequence[Candidate], excerpts: Sequence[Candidate] = (), *, is_spoken: bool = False
) -> Confidence:
    """How sure it is that `article`, one of `core`, is the original."""
    if is_spoken:
        return Confidence(Grade.CERTAIN, 0, (Reason("person", 0, "a person said so"),))
    original = next(candidate for candidate in core if candidate.article == article)
    others = [candidate for candidate in (*core, *excerpts) if candidate.article != article]
    reasons = (
        *_by_credit(original, core, others),
        *_by_date(original, others),
        *_by_capture(original, others),
        *_by_kind(original, core, excerpts),
    )
    points = sum(reason.weight for reason in reasons)
    grade = Grade.HIGH if points >= _HIGH else Grade.MEDIUM if points >= _MEDIUM else Grade.LOW
    return Confidence(grade, points, reasons)


def _by_credit(original: Candidate, core: Sequence[Candidate], others: Sequence[Candidate]) -> list[Reason]:
    counts = _credits(core, (original, *others))
    named = counts[original.article]
    found = []
    if named:
        found.append(Reason("credited", 2, f"{named} of {len(others)} others name it as the source"))
    rivals = counts.total() - named
    if rivals:
        found.append(Reason("another credited", -1, f"{rivals} name another member"))
    is_own = original.credit_site == original.site or original.credit_url == original.url
    if (original.credit_site or original.credit_url) and not is_own:
        source = original.credit_site or original.credit_url
        found.append(Reason("credits another", -2, f"names a source itself: {source}"))
    return found


def _by_date(original: Candidate, others: Sequence[Candidate]) -> list[Reason]:
    """What the pages' own dates tell; those on a host that is less known may be made up, and do not count."""
    dated = [other for other in others if other.published_at and other.standing >= original.standing]
    doubted = any(other.published_at and other.at < original.at for other in others if other not in dated)
    beside = "; an earlier date on a less known host may be made up" if doubted else ""
    if original.published_at is None or not dated:
        return [Reason("dates", 0, f"too few pages print when they were published{beside}")]
    lead = min(other.at for other in dated) - original.at
    if lead <= -_SAME_MINUTE:
        return [Reason("published later", -1, f"another prints a date {_span(-lead)} earlier")]
    if lead < _SAME_MINUTE:
        return [Reason("dates", 0, f"published within a minute of another{beside}")]
    return [Reason("published first", 1, f"its own date is {_span(lead)} before the next{beside}")]


def _by_capture(original: Candidate, others: Sequence[Candidate]) -> list[Reason]:
    lead = min(other.first_seen_at for other in others) - original.first_seen_at if others else timedelta()
    if lead >= _SAME_ROUND:
        return [Reason("captured first", 1, f"captured {_span(lead)} before the next")]
    if lead <= -_SAME_ROUND:
        return [Reason("captured later", -1, f"another was captured {_span(-lead)} before it")]
    return [Reason("captures", 0, "captured within six hours of another")]


def _by_kind(original: Candidate, core: Sequence[Candidate], excerpts: Collection[Candidate]) -> list[Reason]:
    found = []
    if len(core) == 1 and excerpts:
        found.append(Reason("the whole text", 1, "the others hold only part of it"))
    if original.standing is Standing.UNKNOWN:
        found.append(Reason("unknown host", -1, "its host is neither a declared site nor a known outlet"))
    return found


def _span(length: timedelta) -> str:
    """In the largest unit that fits: "3 days", "1 hour".

    >>> _span(timedelta(minutes=95))
    '1 hour'
    """
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds >= 2 * size else ''}"
    return f"{seconds} seconds"
