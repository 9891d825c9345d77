"""The API's description in OpenAPI 3.1, as data. What it promises is what a test holds the API to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Float, Integer

from archive import export
from archive.originals import Grade
from archive.storage.schema import UtcDateTime
from archive.storage.views import VIEWS, column_type
from archive.syndication import no_copies
from archive.version import VERSION

_PROBLEM = {
    "description": "What is wrong (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["title", "status"],
                "properties": {
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}
_LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}
_CURSOR = {
    "name": "cursor",
    "in": "query",
    "schema": {"type": "string", "pattern": "^([0-9a-f]{16})?$"},
    "description": "`next` of the page before; the id of its last row, so it holds as long as the archive does",
}
_NO_NUL = {"type": "string", "minLength": 1, "maxLength": 300, "pattern": "^[^\\u0000]*$"}
_SITE = {"name": "site", "in": "query", "schema": _NO_NUL, "description": "Only this site"}


_COLUMNS = {view.name: view.columns for view in VIEWS}
_ONE = {view.name: view.name.removesuffix("s").title().replace("_", "") for view in VIEWS}
"""What a row of a view is called."""
_JSON_NAMES = {"id": "article_id", "cluster": "cluster_id", "capture": "capture_id"}


def _column(view: str, name: str) -> dict[str, Any]:
    """A column of the contract, in JSON; any may be null."""
    kind = column_type(view, name)
    said = {"description": _COLUMNS[view][name].replace("NULL", "null")}
    if isinstance(kind, JSON):
        return said
    if isinstance(kind, UtcDateTime):
        return {"type": ["string", "null"], "format": "date-time", **said}
    by_type = ((Boolean, "boolean"), (Integer, "integer"), (Float, "number"))
    return {"type": [next((word for cls, word in by_type if isinstance(kind, cls)), "string"), "null"], **said}


def _row(view: str) -> dict[str, Any]:
    columns = _COLUMNS[view]
    return {"type": "object", "required": list(columns), "properties": {name: _column(view, name) for name in columns}}


def _shaped(view: str, keys: list[str]) -> dict[str, Any]:
    """An article or a version, which has its own names for some columns, and its credit as one object."""
    credit = {"type": ["object", "null"], "description": "The source that the page itself names: {name, url, site}"}
    columns = {key: _JSON_NAMES.get(key, key) for key in keys if key != "credit"}
    properties = {key: _column(view, name) for key, name in columns.items()}
    return {"type": "object", "required": keys, "properties": properties | {"credit": credit}}


def _schemas() -> dict[str, Any]:
    keys = {
        "articles": list(export.article(dict.fromkeys(_COLUMNS["articles"]))),
        "versions": list(export.version(dict.fromkeys(_COLUMNS["versions"]))),
    }
    found = {_ONE[view]: _shaped(view, names) for view, names in keys.items()}
    for view in ("clusters", "cluster_members", "captures", "changes", "held", "runs"):
        found[_ONE[view]] = _row(view)
    return found


def _number(name: str, *, most: int = 10**6) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most}}


def _counted(pattern: str) -> dict[str, Any]:
    """A cursor that is a number; like any other it may be empty for the first page."""
    return {**_CURSOR, "schema": {"type": "string", "pattern": pattern}, "description": "`next` of the page before"}


def _text(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": _NO_NUL, "description": description}


def _day(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "format": "date"}, "description": description}


def _switch(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "enum": ["0", "1"]}, "description": description}


def _choice(name: str, *words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "enum": list(words), "default": words[0]}}


def _operation(summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any]) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    answers: dict[str, Any] = {
        "200": {
            "description": summary,
            "headers": {
                "ETag": {"description": "Send it as If-None-Match, and get 304 while nothing changed", **text},
                "Last-Modified": {"description": "The newest moment in the answer; the ETag decides", **text},
            },
            "content": {"application/json": {"schema": schema}},
        },
        "304": {"description": "As the ETag that was sent"},
        "400": _PROBLEM,
        "401": _PROBLEM,
        "404": _PROBLEM,
        "429": {**_PROBLEM, "headers": {"Retry-After": {"description": "Seconds to wait", **text}}},
        "503": _PROBLEM,
    }
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}


def _of(view: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{_ONE[view]}"}


def _list(summary: str, items: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    properties = {"items": {"type": "array", "items": items}, "next": {"type": ["string", "null"]}}
    schema = {"type": "object", "required": ["items", "next"], "properties": properties}
    return _operation(summary, list(parameters), schema)


_CHANGES = {"type": "object", "required": ["id", "from", "to", "changes"]}
_REASON = {
    "type": "object",
    "required": ["kind", "weight", "detail"],
    "properties": {"kind": {"type": "string"}, "weight": {"type": "integer"}, "detail": {"type": "string"}},
}
_CONFIDENCE = {
    "type": ["object", "null"],
    "description": "How sure it is that the original is the original; null where none is shown",
    "required": ["grade", "points", "reasons"],
    "properties": {
        "grade": {"type": "string", "enum": [grade.value for grade in Grade]},
        "points": {"type": "integer", "description": "Sum of the weights"},
        "reasons": {"type": "array", "items": _REASON},
    },
}
_GRADED = {
    "allOf": [
        _of("clusters"),
        {"type": "object", "required": ["confidence"], "properties": {"confidence": _CONFIDENCE}},
    ]
}
_CLUSTER = {
    "allOf": [
        _GRADED,
        {
            "type": "object",
            "required": ["members"],
            "properties": {"members": {"type": "array", "items": _of("cluster_members")}},
        },
    ]
}
_MEMBER = {"type": "object", "required": ["article_id", "url", "site"]}
_MEMBERS = {"type": "array", "items": _MEMBER}
_ORIGINAL = {
    "type": ["object", "null"],
    "required": ["article_id", "url", "site", "reason", "why"],
    "properties": {"confidence": _CONFIDENCE},
}
_COPIES = {
    "type": "object",
    "required": list(no_copies("")),
    "properties": {
        "cluster_id": {"type": ["string", "null"]},
        "asked": {"type": "string"},
        "original": _ORIGINAL,
        "versions": {"type": "integer", "description": "Of the original"},
        "members": {**_MEMBERS, "description": "The others, with shares both ways, delay, credit, the version carried"},
        "edits": {"type": "array", "description": "Of the original, each with who still runs the text from before it"},
        "digest_of": _MEMBERS,
        "in_digests": {"type": "array", "description": "Digests that hold its text"},
        "related": {**_MEMBERS, "description": "No copies: series, follow-ups, partial reuse"},
    },
}
_HIT = {"allOf": [_of("articles"), {"type": "object", "required": ["matched_version", "snippet"]}]}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Lưu Báo",
        "version": VERSION,
        "description": "Read-only. Fields as in the contract: docs/contract.md.",
    },
    "servers": [{"url": "/api/v1"}],
    "paths": {
        "/articles": _list("Articles, newest first", _of("articles"), _SITE, _LIMIT, _CURSOR),
        "/articles/{id}": _operation("An article as it reads now", [_ID], _of("articles")),
        "/articles/{id}/versions": _list("Its versions, oldest first", _of("versions"), _ID),
        "/articles/{id}/diff": _operation(
            "Words that differ between two versions", [_ID, _number("from"), _number("to")], _CHANGES
        ),
        "/articles/{id}/copies": _operation("Who runs its text, which is the original and why", [_ID], _COPIES),
        "/clusters": _list("Clusters of articles with the same text", _GRADED, _LIMIT, _CURSOR),
        "/clusters/{id}": _operation("A cluster with its members", [_ID], _CLUSTER),
        "/changes": _list("What happened, oldest first", _of("changes"), _LIMIT, _CURSOR),
        "/captures": _list("Captures, newest first", _of("captures"), _SITE, _LIMIT, _CURSOR),
        "/captures/{id}": _operation("A capture and where its bytes are", [_ID], _of("captures")),
        "/held": _list("Pages that wait for a person", _of("held"), _SITE, _LIMIT, _CURSOR),
        "/runs": _list("Crawls and replays, newest first", _of("runs"), _LIMIT, _counted("^([1-9][0-9]{0,8})?$")),
        "/search": _list(
            "Articles that hold the words",
            _HIT,
            {
                "name": "q",
                "in": "query",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 300},
                "description": "Words, phrases in double quotes, exclusions with a minus; one without a minus at least",
            },
            _SITE,
            _text("section", "Part of the section's name"),
            _text("author", "Part of the byline"),
            _text("credit", "Part of the source that the page names"),
            _day("since", "Published, or first seen, on that day or later (UTC)"),
            _day("until", "Published, or first seen, before that day (UTC)"),
            _switch("originals", "1 leaves out copies and excerpts"),
            _switch("edited", "1 leaves out articles with one version"),
            {
                **_choice("sort", "relevance", "date"),
                "description": "The same marks, the title, the newest; or the newest",
            },
            {**_choice("versions", "current", "all"), "description": "all: also what articles said before an edit"},
            _LIMIT,
            _counted("^([1-9][0-9]?|[12][0-9][0-9]|300)?$"),
        ),
        "/sites": _list("What there is of each site", {"type": "object", "required": ["site", "articles"]}),
    },
    "components": {
        "schemas": _schemas(),
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "Where the archive is served with --private"}
        },
    },
    "security": [{}, {"token": []}],
}
