"""Do what a person decided: judge a held page anew, resume a site, take an article down, join or part a cluster."""

from __future__ import annotations

from archive.decisions import stored
from archive.group import Group
from archive.storage import captures, histories
from archive.storage import decisions as stored_decisions
from archive.types import Decision, DecisionKind


def heed(group: Group, made: Decision) -> None:
    """Keep a decision, and do what it says with what the archive holds so far; its subject may come later."""
    stored_decisions.add(group.connection, stored(made))
    group.historian.note(made)
    group.copies.note(made)
    group.copies.update(_touched(group, made), at=made.decided_at)


def _touched(group: Group, made: Decision) -> set[int]:
    """Row ids of the articles that are no longer what they were."""
    if made.kind in (DecisionKind.RELEASE, DecisionKind.DISCARD):
        found = captures.find_capture(group.connection, made.subject)
        effect = group.historian.judge_anew(found[0].id) if found else None
        return set(effect.touched) if effect else set()
    if made.kind is DecisionKind.RESUME:
        since = group.historian.breakers.work_out(group.connection, made.subject)
        return set() if since is None else set(group.historian.judge_site_anew(made.subject, since))
    named = [name for name in (made.subject, made.object) if name]
    articles = {one.id for name in named for one in histories.articles_named(group.connection, name)}
    if made.kind is not DecisionKind.TAKE_DOWN:
        return articles
    for article in sorted(articles):
        stored_decisions.add_tombstone(group.connection, article, reason=made.note or "", at=made.decided_at)
    return set()
