"""Who a capture is: an id that follows from what was captured, so that replays and other machines agree on it.

Pure. Two captures are one when address, moment, status and payload are equal. Headers take no part: other tools
re-case and reorder them when they copy a WARC."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.types import Capture


def capture_id(capture: Capture) -> str:
    """The id of `capture`: 16 hex digits."""
    return scanned_id(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        payload_sha256=hashlib.sha256(capture.payload).hexdigest(),
    )


def scanned_id(*, url: str, captured_at: datetime, status: int | None, payload_sha256: str) -> str:
    """The id of a capture of which only these are at hand, as after a scan.

    The first 16 hex digits of the SHA-256 of four lines: URL, moment (ISO 8601, UTC, microseconds), status
    (`-` for a page that came as a file) and the SHA-256 of the payload.

    >>> scanned_id(url="https://a.vn/1", captured_at=datetime(2026, 2, 7, tzinfo=UTC), status=200, payload_sha256="00")
    '30cc8b23fd8549ac'
    """
    text = identity(url=url, captured_at=captured_at, status=status, payload_sha256=payload_sha256)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def identity(*, url: str, captured_at: datetime, status: int | None, payload_sha256: str) -> str:
    """The four lines that a capture's id and its WARC record id are made from."""
    moment = captured_at.astimezone(UTC).isoformat(timespec="microseconds")
    return "\n".join((url, moment, "-" if status is None else str(status), payload_sha256))
