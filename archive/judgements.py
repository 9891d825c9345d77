"""Write down what captures meant: judgements that are new or other than before, and the changes that tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from archive.storage import histories
from archive.storage.feed import Feed, News
from archive.storage.histories import StandingJudgement, StoredArticle
from archive.storage.readings import StoredReading
from archive.types import Cause, ChangeKind, Outcome
from archive.versioning import Judgement


@dataclass(frozen=True, slots=True)
class Written:
    """The judgements of one article after they were brought up to date."""

    has_moved: bool
    """A version came or went."""
    standing: dict[str, int]
    """{public id of a capture: row of its standing judgement}."""


def write_judgements(
    connection: Connection,
    feed: Feed,
    edition: int,
    judged: Iterable[tuple[StoredReading, Judgement]],
    standing: dict[int, StandingJudgement],
    *,
    article: StoredArticle | None,
    is_quiet: bool,
) -> Written:
    """Add the judgements that `standing` (by row of the capture) does not have yet.

    The feed tells of them, unless `is_quiet`: what another edition reads is nothing that a publisher did.
    """
    has_moved = False
    now_standing: dict[str, int] = {}
    for reading, judgement in judged:
        before = standing.get(reading.capture_id)
        if before is not None and _says_the_same(before, judgement, article and article.id):
            now_standing[reading.capture] = before.id
            continue
        now_standing[reading.capture] = histories.add_judgement(
            connection,
            judgement,
            capture=reading.capture_id,
            reading=reading.id,
            edition=edition,
            article=article and article.id,
            replaces=before and before.id,
        )
        was_version = before is not None and before.outcome is Outcome.VERSION
        has_moved = has_moved or was_version or judgement.outcome is Outcome.VERSION
        for kind, detail in () if is_quiet else _news(judgement, before):
            about = article and (article.id, article.public_id)
            feed.tell(News(kind, reading.captured_at, about, (reading.capture_id, reading.capture), detail))
    return Written(has_moved, now_standing)


def _says_the_same(before: StandingJudgement, now: Judgement, article: int | None) -> bool:
    return (before.outcome, before.reason, before.detail, before.cause, before.changed, before.article_id) == (
        now.outcome,
        now.reason,
        now.detail,
        now.cause,
        now.changed,
        article,
    )


_VERSION_NEWS = {
    Cause.FIRST: ChangeKind.NEW,
    Cause.EDITED: ChangeKind.EDITED,
    Cause.RELEASED: ChangeKind.RELEASED,
}
_Told = list[tuple[ChangeKind, dict[str, object]]]


def _news(judged: Judgement, before: StandingJudgement | None) -> _Told:
    """What a consumer wants to know of a judgement that is new, or of one that corrects the one `before`."""
    if before is None:
        return first_news(judged)
    if before.outcome is judged.outcome and before.reason == judged.reason:
        # Where the cause is the same, only its article or what it changed is known better now.
        is_same = before.cause == judged.cause
        return [] if is_same else [(ChangeKind.REJUDGED, {"was": before.cause, "is": judged.cause})]
    if judged.cause is not Cause.RELEASED and judged.outcome is not Outcome.DISCARDED:
        return [(ChangeKind.REJUDGED, {"was": before.outcome, "is": judged.outcome})]
    return first_news(judged)


def first_news(judged: Judgement) -> _Told:
    """What a consumer wants to know of the first judgement of a capture."""
    news: _Told = []
    if judged.is_back:
        news.append((ChangeKind.BACK, {}))
    if judged.outcome is Outcome.VERSION and judged.cause is not None:
        news.append((_VERSION_NEWS[judged.cause], {"changed": list(judged.changed)}))
    elif judged.outcome is Outcome.HELD:
        news.append((ChangeKind.HELD, {"reason": judged.reason, "detail": judged.detail}))
    elif judged.outcome is Outcome.GONE:
        news.append((ChangeKind.GONE, {"detail": judged.detail}))
    elif judged.outcome is Outcome.DISCARDED:
        news.append((ChangeKind.DISCARDED, {}))
    return news
