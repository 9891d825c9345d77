"""Find what a person calls by an address, or by the beginning of an id."""

from __future__ import annotations

from sqlalchemy import Connection

from archive.exceptions import OneArticleError, UnknownNameError
from archive.storage import captures, histories
from archive.storage.captures import StoredCapture
from archive.types import Decision, DecisionKind
from archive.urls import identity


def article_id(connection: Connection, name: str, *, within: str) -> str:
    """The public id of the article called `name`. Raises UnknownNameError, which names the archive, `within`."""
    by_address = histories.find_article(connection, identity(name)) if ":" in name or "/" in name else None
    if by_address is not None:
        return by_address.public_id
    found = histories.articles_named(connection, name)
    if not found and ":" not in name and "." in name:
        return article_id(connection, f"https://{name}", within=within)
    if not found:
        raise UnknownNameError(f"no article {name!r} in {within!r}: `luubao articles` lists them")
    if len(found) > 1:
        raise UnknownNameError(f"more than one article begins with {name!r}: give more of its id")
    return found[0].public_id


def capture(connection: Connection, name: str, *, within: str) -> StoredCapture:
    """The capture whose id begins with `name`. Raises UnknownNameError."""
    found = captures.find_capture(connection, name)
    if not found:
        raise UnknownNameError(f"no capture {name!r} in {within!r}: `luubao held` lists those that wait")
    if len(found) > 1:
        raise UnknownNameError(f"more than one capture begins with {name!r}: give more of its id")
    return found[0]


def resolved(connection: Connection, decision: Decision, *, within: str) -> Decision:
    """`decision` with the full public ids of what it is about. Raises UnknownNameError or OneArticleError."""
    if decision.kind is DecisionKind.RESUME:
        return decision
    if decision.kind in (DecisionKind.RELEASE, DecisionKind.DISCARD):
        subject = capture(connection, decision.subject, within=within).public_id
    else:
        subject = article_id(connection, decision.subject, within=within)
    other = None if decision.object is None else article_id(connection, decision.object, within=within)
    if decision.object is not None and other == subject:
        raise OneArticleError(decision.subject, decision.object)
    return Decision(decision.kind, subject, decision.decided_at, other, decision.note)
