"""The pages of the reading site: text only, no page of a paper is ever part of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from archive.diff import diff
from archive.exceptions import UnknownNameError
from archive.storage import pages, papers, slots
from archive.types import Decision, DecisionKind
from archive.web import charts, copies
from archive.web.passages import mark, side
from archive.web.site import COOKIE, BadRequestError, cached, number, parameter, same, site_of
from archive.web.tables import csv_response
from archive.web.words import LANGUAGES, language, translate

PAGE = 40
LATEST = 12
ENTRY = ("article_id", "url", "site", "title", "lede", "first_seen_at", "versions", "role", "gone_at")
"""What a list shows of an article. A whole row is twenty times as long, and most of it JSON."""
_BODY = 8192
"""Bytes of a form: a token and an id."""


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
    """A page in the reader's language."""
    to = language(request)
    site = site_of(request)
    templates: Jinja2Templates = request.app.state.templates
    context |= {
        "t": lambda text: translate(text, to),
        "lang": to,
        "languages": LANGUAGES,
        "may_decide": site.knows(request),
        "has_token": site.token is not None,
        "csrf": site.sign("form") if site.token is not None else "",
    }
    response = templates.TemplateResponse(request, template, context, status_code=status)
    response.headers["Vary"] = "Accept-Language, Cookie"
    return cached(request, response) if status == 200 else response  # noqa: PLR2004


def _articles(request: Request, ids: list[str]) -> dict[str, dict[str, Any]]:
    with site_of(request).archive.reading() as connection:
        rows = pages.among(connection, "articles", "article_id", ids, columns=ENTRY)
    return {row["article_id"]: row for row in rows}


def front(request: Request) -> Response:
    """What is new, edited, copied and gone."""
    kinds = {"New": ("new",), "Edited": ("edited", "released"), "Copied": ("clustered",), "Gone": ("gone",)}
    happened = {}
    with site_of(request).archive.reading() as connection:
        newest = pages.newest_change(connection)
        # Its last day, not the clock's: what an archive that rests shows stays what it was.
        day = None if newest is None else newest.replace(hour=0, minute=0, second=0, microsecond=0)
        today = {} if day is None else pages.tally_since(connection, day)
        for name, chosen in kinds.items():
            rows = [row for kind in chosen for row in pages.happened(connection, kind, limit=LATEST)]
            happened[name] = sorted(rows, key=lambda row: (row["at"], row["seq"]), reverse=True)[:LATEST]
        columns = {name: _changed(connection, rows) for name, rows in happened.items() if name != "Copied"}
        copied = _copied(connection, happened["Copied"])
    counts = {name: sum(today.get(kind, 0) for kind in chosen) for name, chosen in kinds.items()}
    return show(request, "front.html", columns=columns, copied=copied, counts=counts, day=day)


def _changed(connection: Connection, happened: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The articles of these changes, each once, with when it last happened; the newest first."""
    last = {row["article_id"]: row["at"] for row in reversed(happened)}
    found = pages.among(connection, "articles", "article_id", sorted(last.keys() - {None}), columns=ENTRY)
    rows = [{**row, "at": last[row["article_id"]]} for row in found]
    return sorted(rows, key=lambda row: (row["at"], row["article_id"]), reverse=True)


def _copied(connection: Connection, happened: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The texts of these changes, each once: the original's headline, its paper, and the papers that ran it again."""
    last = {row["detail"].get("cluster"): row["at"] for row in reversed(happened)}
    texts: dict[str, list[dict[str, Any]]] = {}
    for row in pages.among(connection, "cluster_members", "cluster_id", sorted(last.keys() - {None})):
        texts.setdefault(row["cluster_id"], []).append(row)
    found = []
    for name, members in texts.items():
        original = next((row for row in members if row["role"] == "original"), None)
        if original is not None:
            others = dict.fromkeys(row["site"] for row in sorted(members, key=lambda row: row["first_seen_at"]))
            others.pop(original["site"], None)
            found.append({**original, "at": last[name], "papers": list(others)})
    return sorted(found, key=lambda row: (row["at"], row["cluster_id"]), reverse=True)


def articles(request: Request) -> Response:
    """All articles, newest first; of one paper where asked."""
    site, cursor = parameter(request, "site"), parameter(request, "cursor")
    archive = site_of(request).archive
    with archive.reading() as connection:
        rows = pages.page(
            connection, "articles", limit=PAGE + 1, after=cursor, equal={"site": site} if site else {}, columns=ENTRY
        )
        sites = pages.site_names(connection)
    following = rows[PAGE - 1]["article_id"] if len(rows) > PAGE else None
    return show(request, "articles.html", rows=rows[:PAGE], sites=sites, site=site, following=following)


def _article(request: Request, name: str = "id") -> dict[str, Any]:
    wanted = request.path_params[name]
    row = next(site_of(request).archive.rows("articles", article_id=wanted), None)
    if row is None:
        raise UnknownNameError(f"no article {wanted!r}")
    return row


def article(request: Request) -> Response:
    """An article as it reads now, or as it read in one of its versions."""
    archive = site_of(request).archive
    with archive.reading_at_once():
        row = _article(request)
        versions = archive.versions(row["article_id"])
        chosen = number(request, "version", len(versions), most=len(versions))
        told = copies.about(archive, row["article_id"])
        told["members"].sort(key=charts.when)
        marked = copies.side_by_side(archive, row, told["members"])
    return show(
        request, "article.html", head=row, row=versions[chosen - 1], versions=versions, marked=marked, told=told,
        members=told["members"],
    )  # fmt: skip


def differences(request: Request) -> Response:
    """Two versions side by side."""
    row = _article(request)
    versions = site_of(request).archive.versions(row["article_id"])
    after = number(request, "to", len(versions), most=len(versions))
    before = number(request, "from", max(after - 1, 1), most=len(versions))
    changes = [
        (change.field, side(change.pieces, "delete"), side(change.pieces, "insert"))
        for change in diff(versions[before - 1], versions[after - 1])
    ]
    return show(
        request, "diff.html", head=row, before=versions[before - 1], after=versions[after - 1], changes=changes,
        versions=versions,
    )  # fmt: skip


def compare(request: Request) -> Response:
    """Two articles side by side, with what both say marked."""
    one, other = _article(request), _article(request, "other")
    texts = [copies.text_of(row) for row in (one, other)]
    sides = [(one, mark(texts[0], texts[1])), (other, mark(texts[1], texts[0]))]
    return show(request, "compare.html", sides=sides)


def cluster(request: Request) -> Response:
    """Who ran it when."""
    name = request.path_params["id"]
    head = next(site_of(request).archive.rows("clusters", cluster_id=name), None)
    if head is None:
        raise UnknownNameError(f"no cluster {name!r}")
    told = copies.about(site_of(request).archive, head["original_id"]) if head["original_id"] else None
    # Where the original was taken down there is nothing to compare the others with.
    members = told["members"] if told else copies.members(site_of(request).archive, name)
    if parameter(request, "as") == "csv":
        return csv_response(copies.HEADER, copies.table(members))
    members.sort(key=charts.when)
    original = next((row for row in members if row["article_id"] == head["original_id"]), None)
    stops, marks, height = charts.timeline(members)
    return show(
        request, "cluster.html", head=head, members=members, original=original, told=told, stops=stops, marks=marks,
        height=height,
    )  # fmt: skip


def flows(request: Request) -> Response:
    """The flow of copies between papers."""
    with site_of(request).archive.reading() as connection:
        rows = pages.flows(connection)
        texts = papers.most_copied(connection, limit=PAGE)
    if parameter(request, "as") == "csv":
        return csv_response(
            ("origin", "copier", "texts"), [(row["origin"], row["copier"], row["texts"]) for row in rows]
        )
    originals = _articles(request, [row["original_id"] for row in texts])
    texts = [{**row, "original": originals[row["original_id"]]} for row in texts if row["original_id"] in originals]
    return show(request, "copies.html", rows=rows, flow=charts.flow(rows), texts=texts)


def runs(request: Request) -> Response:
    """The last crawls and replays, and the schedule's slots."""
    with site_of(request).archive.reading() as connection:
        rows = pages.page(connection, "runs", limit=PAGE)
        due = slots.recent(connection, limit=PAGE)
    return show(request, "runs.html", rows=[(row, account(row["counts"])) for row in rows], slots=due)


ACCOUNT = {"new": "version_first", "edited": "version_edited", "gone": "outcome_gone", "held": "outcome_held"}
"""What the account of a run calls what people want to know of it."""


def account(counts: dict[str, Any]) -> dict[str, int]:
    """How many articles of a run were new, edited, gone and held; nothing of a run that read none."""
    return {name: int(counts.get(key, 0)) for name, key in ACCOUNT.items()}


def held(request: Request) -> Response:
    """What waits for a person."""
    site = parameter(request, "site")
    with site_of(request).archive.reading() as connection:
        rows = pages.page(
            connection, "held", limit=PAGE + 1, after=parameter(request, "cursor"), equal={"site": site} if site else {}
        )
    following = rows[PAGE - 1]["capture_id"] if len(rows) > PAGE else None
    return show(request, "held.html", rows=rows[:PAGE], site=site, following=following, is_wrong=False)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form. Raises BadRequestError for a big one."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY:
            raise BadRequestError("too long a form")
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _is_ours(request: Request) -> bool:
    """Whether a form was sent from a page of this site: browsers say so, and other clients need no cookie."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def sign_in(request: Request) -> Response:
    """Give a cookie to whoever has the token."""
    site = site_of(request)
    form = await _form(request)
    if site.token is None or not _is_ours(request) or not same(form.get("token", ""), site.token):
        return show(request, "signin.html", status=403, is_wrong=True, is_asked=False)
    response = RedirectResponse("/" if site.is_private else "/held", 303)
    response.set_cookie(COOKIE, site.sign("session"), httponly=True, samesite="strict")
    return response


def sign_in_page(request: Request) -> Response:
    """Ask for the token."""
    return show(request, "signin.html", is_wrong=False, is_asked=False)


async def decide(request: Request) -> Response:
    """Release or discard a held page."""
    site = site_of(request)
    form = await _form(request)
    kind = {"release": DecisionKind.RELEASE, "discard": DecisionKind.DISCARD}.get(form.get("decision", ""))
    if not (site.knows(request) and _is_ours(request) and same(form.get("csrf", ""), site.sign("form"))):
        return show(request, "signin.html", status=403, is_wrong=False, is_asked=False)
    if kind is None:
        raise BadRequestError("decision is release or discard")
    name = request.path_params["id"]
    if next(site.archive.rows("held", capture_id=name), None) is None:
        raise UnknownNameError(f"no capture {name!r} waits")
    await run_in_threadpool(site.decide, Decision(kind, name, site.now()))
    return RedirectResponse("/held", 303)


def choose_language(request: Request) -> Response:
    """Remember the language, and go back."""
    to = request.path_params["lang"]
    if to not in LANGUAGES:
        raise UnknownNameError(f"no language {to!r}")
    back = urlsplit(request.headers.get("referer", ""))
    where = back.path if back.netloc == request.headers.get("host") else "/"
    response = RedirectResponse(
        "/" + where.lstrip("/") + (f"?{back.query}" if back.query and where != "/" else ""), 303
    )
    response.set_cookie("luubao_language", to, max_age=31_536_000, samesite="lax")
    return response


ROUTES = [
    Route("/", front),
    Route("/articles", articles),
    Route("/articles/{id:str}", article),
    Route("/articles/{id:str}/diff", differences),
    Route("/articles/{id:str}/compare/{other:str}", compare),
    Route("/clusters/{id:str}", cluster),
    Route("/copies", flows),
    Route("/runs", runs),
    Route("/held", held),
    Route("/held/{id:str}", decide, methods=["POST"]),
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/language/{lang:str}", choose_language),
]
