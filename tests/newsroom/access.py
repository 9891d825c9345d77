"""The access log, which judges drills: who asked for what when, and what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TextIO


@dataclass(slots=True)
class Access:
    """One request; `done` is filled in when its response was sent or given up."""

    begun: float
    """time.monotonic when the request was complete."""
    done: float
    """time.monotonic when the last bytes were about to be handed over."""
    wall: float
    """time.time of `begun`."""
    clock: datetime
    """The newsroom's clock."""
    paper: str
    host: str
    """As the client named it."""
    method: str
    path: str
    """With query."""
    status: int
    size: int
    """Bytes of body sent."""
    fault: str | None
    connection: int
    """Number of the TCP connection."""
    open_connections: int
    """How many connections the paper had at that moment."""
    story: int | None = None
    """The article's number, for every address that it ever had; twins included."""
    is_article: bool = False
    """The article's own address: neither a twin nor a redirect to its new address."""
    user_agent: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    accept_encoding: str | None = None


class AccessLog:
    """In memory, and in a file of JSON lines if one is named."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[Access] = []
        self._lock = Lock()
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def begin(self, access: Access) -> None:
        """Note a request; before its answer is sent, so that whoever has read that finds the entry."""
        with self._lock:
            self._entries.append(access)

    def finish(self, access: Access) -> None:
        """Its response is sent."""
        with self._lock:
            if self._file:
                line = {**asdict(access), "clock": access.clock.isoformat()}
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Access]:
        """The requests so far, in the order in which they came."""
        with self._lock:
            return iter(list(self._entries))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def visits(self) -> dict[tuple[str, int], list[datetime]]:
        """When each article was asked for and answered without a fault (shown, unchanged or gone), for `oracle`."""
        found: dict[tuple[str, int], list[datetime]] = {}
        for access in self:
            if access.story is not None and access.is_article and access.fault is None:
                found.setdefault((access.paper, access.story), []).append(access.clock)
        return found

    def close(self) -> None:
        if self._file:
            self._file.close()
