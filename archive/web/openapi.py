"""The API's description in OpenAPI 3.1, as data. What it promises is what a test holds the API to."""

from __future__ import annotations

from typing import Any

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
    "schema": {"type": "string"},
    "description": "`next` of the page before; the id of its last row, so it holds as long as the archive does",
}
_SITE = {"name": "site", "in": "query", "schema": {"type": "string"}, "description": "Only this site"}


def _number(name: str, *, most: int = 10**6) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most}}


def _text(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 300}
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def _day(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "format": "date"}, "description": description}


def _switch(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "enum": ["0", "1"]}, "description": description}


def _operation(summary: str, parameters: list[dict[str, Any]], *, required: tuple[str, ...]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(required)}
    answers: dict[str, Any] = {
        "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "As the ETag that was sent"},
        "400": _PROBLEM,
        "401": _PROBLEM,
        "404": _PROBLEM,
        "429": _PROBLEM,
    }
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}


def _list(summary: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    return _operation(summary, list(parameters), required=("items", "next"))


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Lưu Báo",
        "version": VERSION,
        "description": "Read-only. Fields as in the contract: docs/contract.md.",
    },
    "servers": [{"url": "/api/v1"}],
    "paths": {
        "/articles": _list("Articles, newest first", _SITE, _LIMIT, _CURSOR),
        "/articles/{id}": _operation("An article as it reads now", [_ID], required=("id", "url", "title")),
        "/articles/{id}/versions": _list("Its versions, oldest first", _ID),
        "/articles/{id}/diff": _operation(
            "Words that differ between two versions", [_ID, _number("from"), _number("to")], required=("changes",)
        ),
        "/clusters": _list("Clusters of articles with the same text", _LIMIT, _CURSOR),
        "/clusters/{id}": _operation("A cluster with its members", [_ID], required=("cluster_id", "members")),
        "/changes": _list("What happened, oldest first", _LIMIT, _CURSOR),
        "/captures": _list("Captures, newest first", _SITE, _LIMIT, _CURSOR),
        "/captures/{id}": _operation("A capture and where its bytes are", [_ID], required=("capture_id", "url")),
        "/held": _list("Pages that wait for a person", _SITE, _LIMIT, _CURSOR),
        "/runs": _list("Crawls and replays, newest first", _LIMIT, _CURSOR),
        "/search": _list(
            "Articles that hold the words; by relevance: the same marks, then the title, then the newest",
            _text("q", "Words, phrases in double quotes, exclusions with a minus", required=True),
            _SITE,
            _text("section", "Part of the section's name"),
            _text("author", "Part of the byline"),
            _text("credit", "Part of the source that the page names"),
            _day("since", "Published, or first seen, on that day or later (UTC)"),
            _day("until", "Published, or first seen, before that day (UTC)"),
            _switch("originals", "1 leaves out copies and excerpts"),
            _switch("edited", "1 leaves out articles with one version"),
            _LIMIT,
            _number("cursor", most=300),
        ),
        "/sites": _list("What there is of each site"),
    },
}
