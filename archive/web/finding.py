"""Search over HTTP: a page with facets, the API, and a feed of any search. What is found is `archive.search`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import export
from archive.exceptions import StorageError, UnknownNameError
from archive.query import Filters
from archive.search import Hit, Sort, search
from archive.storage import pages
from archive.web.feeds import ENTRIES, answer, base_of, entry_of
from archive.web.reading import ENTRY, PAGE, show
from archive.web.site import (
    LONGEST,
    BadRequestError,
    cached,
    json_response,
    newest,
    number,
    parameter,
    refuse_blanks,
    site_of,
)

DEPTH = 300
"""Facets count so many of the best hits, and no page lies deeper: who wants all of them exports."""
_TEXTS = ("site", "section", "author", "credit")
_DAYS = ("since", "until")
_SWITCHES = ("originals", "edited")
_FACETS = 8
_SHOWN = (*ENTRY, "body", "captions", "language", "published_at", "published_offset")


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that narrows a search, or, when it is on, the way back."""

    label: str
    count: int
    href: str
    is_on: bool


def _query(request: Request) -> str:
    """What was typed. Any character may be: the index knows words only."""
    query = request.query_params.get("q", "")
    if len(query) > LONGEST:
        raise BadRequestError(f"q has more than {LONGEST} characters")
    return " ".join(query.replace("\0", " ").split())


def _asked(request: Request) -> dict[str, str]:
    """The filters as they stand in the address."""
    found = {name: parameter(request, name) for name in (*_TEXTS, *_DAYS)}
    for name in _SWITCHES:
        value = parameter(request, name)
        if value not in (None, "0", "1"):
            raise BadRequestError(f"{name} is 1 or 0")
        found[name] = value if value == "1" else None
    return {name: value for name, value in found.items() if value is not None}


def _filters(asked: dict[str, str]) -> Filters:
    since, until = (_day(name, asked.get(name)) for name in _DAYS)
    site, section, author, credit = (asked.get(name) for name in _TEXTS)
    return Filters(
        site, section, author, credit, since, until, originals="originals" in asked, edited="edited" in asked
    )


def _day(name: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as e:
        raise BadRequestError(f"{name} is a day, as 2026-01-31") from e


def _found(
    request: Request,
    query: str,
    asked: dict[str, str],
    count: int,
    *,
    sort: Sort = Sort.RELEVANCE,
    all_versions: bool = False,
    columns: tuple[str, ...] = (),
) -> list[Hit]:
    """The first hits. Raises BadRequestError for a query of nothing but exclusions."""
    try:
        hits = _hits(request, query, asked, sort, columns, all_versions=all_versions, count=count)
        return list(islice(hits, count))
    except UnknownNameError as e:
        raise BadRequestError(str(e)) from e


def _hits(
    request: Request,
    query: str,
    asked: dict[str, str],
    sort: Sort,
    columns: tuple[str, ...],
    *,
    all_versions: bool,
    count: int,
) -> Iterator[Hit]:
    archive, filters = site_of(request).archive, _filters(asked)
    try:
        request.app.state.indexer.bring_up()
        yield from search(
            archive, query, filters=filters, sort=sort, all_versions=all_versions, columns=columns, is_indexed=True,
            expected=count,
        )  # fmt: skip
    except StorageError as e:
        raise StorageError(
            f"search keeps an index beside the archive, which whoever serves must be able to write: {e}"
        ) from e


def page(request: Request) -> Response:
    """The form, what was found, and what would narrow it."""
    query, asked = _query(request), _asked(request)
    number_of_page = number(request, "page", 1, most=-(-DEPTH // PAGE))
    hits = _found(request, query, asked, DEPTH, columns=("article_id",)) if query else []
    start = (number_of_page - 1) * PAGE
    return show(
        request, "search.html", query=query, asked=asked, hits=_whole(request, hits[start : start + PAGE]),
        total=len(hits),
        is_cut=len(hits) == DEPTH, facets=_facets(query, asked, hits),
        feed=_address("/feeds/search.atom", query, asked),
        following=_link(query, asked, page=number_of_page + 1) if start + PAGE < len(hits) else None,
    )  # fmt: skip


def _whole(request: Request, hits: list[Hit]) -> list[Hit]:
    """The same hits with what the page shows of them."""
    names = [hit.article["article_id"] for hit in hits]
    with site_of(request).archive.reading() as connection:
        rows = pages.among(connection, "articles", "article_id", names, columns=_SHOWN)
    found = {row["article_id"]: row for row in rows}
    # An article that was taken down in between is left out.
    return [
        replace(hit, article=row, row=row) for hit in hits if (row := found.get(hit.article["article_id"])) is not None
    ]


def _facets(query: str, asked: dict[str, str], hits: list[Hit]) -> dict[str, list[Facet]]:
    rows = [hit.article for hit in hits]
    years = Counter((row["published_at"] or row["first_seen_at"]).astimezone(UTC).year for row in rows)
    found = {
        "Paper": _values("site", Counter(row["site"] for row in rows), query, asked),
        "Section": _values("section", Counter(row["section"] for row in rows if row["section"]), query, asked),
        "Year": [_year(year, count, query, asked) for year, count in sorted(years.items(), reverse=True)[:_FACETS]],
    }
    kept = {
        "originals": sum(row["role"] not in ("copy", "excerpt") for row in rows),
        "edited": sum(row["versions"] > 1 for row in rows),
    }
    found["Only"] = [
        Facet(name, count, _link(query, asked, **{name: None if name in asked else "1"}), name in asked)
        for name, count in kept.items()
        if count
    ]
    return {name: facets for name, facets in found.items() if facets}


def _year(year: int, count: int, query: str, asked: dict[str, str]) -> Facet:
    days = {"since": f"{year:04}-01-01", "until": f"{year + 1:04}-01-01"}
    is_on = days.items() <= asked.items()
    return Facet(str(year), count, _link(query, asked, **({"since": None, "until": None} if is_on else days)), is_on)


def _values(name: str, counts: Counter[str], query: str, asked: dict[str, str]) -> list[Facet]:
    is_on = name in asked
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FACETS]
    return [
        Facet(value, count, _link(query, asked, **{name: None if is_on else value}), is_on) for value, count in most
    ]


def _link(query: str, asked: dict[str, str], **changed: object) -> str:
    return _address("/search", query, {**asked, **changed})


def _address(path: str, query: str, asked: dict[str, Any]) -> str:
    return f"{path}?{urlencode({'q': query, **{name: value for name, value in asked.items() if value is not None}})}"


def api(request: Request) -> Response:
    """Hits as JSON; the cursor counts those that were given before."""
    refuse_blanks(request)
    limit = number(request, "limit", 50, most=200)
    start = number(request, "cursor", 0, most=DEPTH)
    query, asked = _query(request), _asked(request)
    if not query:
        raise BadRequestError("q is missing: what to look for")
    sort = Sort(_one_of(request, "sort", [each.value for each in Sort]))
    all_versions = _one_of(request, "versions", ["current", "all"]) == "all"
    count = min(start + limit, DEPTH) + 1
    hits = _found(request, query, asked, count, sort=sort, all_versions=all_versions)
    end = min(start + limit, DEPTH)
    items = [
        {
            **export.article(hit.article),
            "matched_version": hit.version,
            "snippet": [{"text": text, "match": is_match} for is_match, text in hit.snippet],
        }
        for hit in hits[start:end]
    ]
    following = str(end) if len(hits) > end and end < DEPTH else None
    modified_at = newest(hit.article for hit in hits[start:end])
    return cached(request, json_response({"items": items, "next": following}), modified_at=modified_at)


def _one_of(request: Request, name: str, known: list[str]) -> str:
    """A parameter that is one of these words, or missing, and then the first."""
    value = parameter(request, name) or known[0]
    if value not in known:
        raise BadRequestError(f"{name} is {' or '.join(known)}")
    return value


def subscribe(request: Request) -> Response:
    """A search as a feed: what was first seen last comes first."""
    query, asked = _query(request), _asked(request)
    if not query:
        raise BadRequestError("q is missing: what to look for")
    hits = _found(request, query, asked, DEPTH, sort=Sort.DATE, columns=("url", "title", "lede"))
    rows = [hit.article for hit in hits]
    rows.sort(key=lambda row: (row["first_seen_at"], row["article_id"]), reverse=True)
    base = base_of(request)
    entries = [entry_of(row, base) for row in rows[:ENTRIES]]
    return answer(request, f"Lưu Báo: {query}", entries)


PAGES = [Route("/search", page), Route("/feeds/search.{form:str}", subscribe)]
API = [Route("/search", api)]
