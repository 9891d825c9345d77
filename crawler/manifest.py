"""Read `manifest.toml`: what loose pages in a folder are, and when and for which site they were captured.

    [[page]]
    file = "page.html"
    site = "baolaocai"
    captured_at = 2026-02-07T12:00:00+07:00
    url = "https://baolaocai.vn/..."    # these three only where they are known
    status = 200
    content_type = "text/html; charset=utf-8"

A time without an offset is refused: nobody could tell later which noon was meant."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.exceptions import ManifestError
from archive.types import Capture

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.toml"
CONTENT_TYPES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}

_KEYS = {"file": str, "site": str, "captured_at": datetime, "url": str, "status": int, "content_type": str}
_REQUIRED = ("file", "site", "captured_at")
_NAMES = {str: "a string", int: "a whole number", datetime: "a date with time and offset"}
_URL = re.compile(r"https?://[^\s\x00-\x1f\x7f]+")
_SITE = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """One loose page, as its manifest describes it."""

    path: str
    site: str
    captured_at: datetime
    content_type: str
    url: str | None = None
    status: int | None = None

    def capture(self) -> Capture:
        """The page as a capture; the file is read now."""
        payload = Path(self.path).read_bytes()
        return Capture(
            url=self.url or f"urn:sha256:{hashlib.sha256(payload).hexdigest()}",
            captured_at=self.captured_at,
            payload=payload,
            status=self.status,
            headers=(("Content-Type", self.content_type),),
            site=self.site,
        )


def read_manifest(path: Path) -> tuple[Page, ...]:
    """The pages that the manifest at `path` names, in its order; ManifestError names the first thing wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(path, f"not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ManifestError(path, f"not UTF-8: {error}") from error
    except OSError as error:
        raise ManifestError(path, f"cannot be read: {error.strerror}") from error
    pages = content.pop("page", [])
    if content:
        raise ManifestError(path, f"unknown key {min(content)!r}: only [[page]] tables belong here")
    if not isinstance(pages, list) or not all(isinstance(page, dict) for page in pages):
        raise ManifestError(path, "pages are written as [[page]], with two brackets")
    return tuple(_page(path, number, page) for number, page in enumerate(pages, start=1))


def _page(manifest: Path, number: int, values: dict[str, Any]) -> Page:
    # Lazily: the first problem is told, and no check runs on values that an earlier one refused.
    problem = next(chain(_shape_problems(values), _value_problems(values)), None)
    problem = problem or _file_problem(manifest.parent, values["file"])
    if problem:
        name = f" ({values['file']!r})" if isinstance(values.get("file"), str) else ""
        raise ManifestError(manifest, f"page {number}{name}: {problem}")
    path = manifest.parent / values["file"]
    return Page(
        path=str(path),
        site=values["site"],
        captured_at=values["captured_at"].astimezone(UTC),
        content_type=values.get("content_type") or CONTENT_TYPES[path.suffix.lower()],
        url=values.get("url"),
        status=values.get("status"),
    )


def _shape_problems(values: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the keys of a page and the types of its values."""
    for key in sorted(set(values) - set(_KEYS)):
        yield f"unknown key {key!r}: known are {', '.join(_KEYS)}"
    for key in _REQUIRED:
        if key not in values:
            yield f"{key!r} is missing"
    for key, value in values.items():
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            yield f"{key!r} must be {_NAMES[_KEYS[key]]}, not {value!r}"


def _value_problems(values: dict[str, Any]) -> Iterator[str]:
    """What is wrong with values of the right type; the file is looked at last."""
    captured_at: datetime = values["captured_at"]
    url, status, content_type = (values.get(key) for key in ("url", "status", "content_type"))
    if captured_at.tzinfo is None:
        yield f"'captured_at' has no offset: write {captured_at.isoformat()}+07:00 if this is Vietnamese time"
    if not _SITE.fullmatch(values["site"]):
        yield f"'site' must be one word, not {values['site']!r}"
    if url is not None and not _URL.fullmatch(url):
        yield f"'url' must begin with http:// or https:// and hold no spaces, not {url!r}"
    if status is not None and not HTTPStatus.CONTINUE <= status <= 599:  # noqa: PLR2004  # RFC 9110, 15
        yield f"'status' must be from 100 to 599, not {status}"
    if content_type is None and Path(values["file"]).suffix.lower() not in CONTENT_TYPES:
        yield f"'content_type' is missing: only {', '.join(CONTENT_TYPES)} tell it by their name"
    if content_type is not None and not content_type.isprintable():
        yield f"'content_type' must be one line, not {content_type!r}"


def _file_problem(folder: Path, file: str) -> str | None:
    try:
        path = (folder / file).resolve()
        is_file = path.is_file()
    except (OSError, ValueError) as error:  # a NUL or a name that is too long
        return f"no usable file name: {error}"
    if not path.is_relative_to(folder.resolve()):
        return "the file is outside the folder of the manifest"
    return None if is_file else "the file does not exist"
