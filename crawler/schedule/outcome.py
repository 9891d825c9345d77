"""What it means how a crawl ended: its account, and what went wrong, by its exit status. Pure."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import Any

from crawler.exits import DATABASE, DISK, SHUT_OUT

EXIT = "exit_status"
"""Key of a slot's counts: how the process of a crawl that failed ended."""
_SHUT_OUT = {
    "failed_host_held": "it asked to be left alone",
    "failed_robots_unreachable": "its robots.txt cannot be read",
}
"""What the account of a crawl counts, and what it says of the site."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one crawl ended."""

    counts: dict[str, Any]
    """Its account; of a crawl that failed, with `error` and `exit_status`."""
    problem: str | None
    """What went wrong; None if nothing did."""


def outcome(status: int, said: bytes, complaint: bytes) -> Outcome:
    """How a crawl ended that ended with `status`, and said this on stdout and that on stderr."""
    try:
        counts: dict[str, Any] = json.loads(said) if said.strip() else {}
    except ValueError:
        counts = {}
    if status == 0:
        return Outcome(counts, None)
    lines = complaint.decode(errors="replace").strip().splitlines()
    problem = _meaning(status, counts, lines[-1].removeprefix("Error: ") if lines else None)
    return Outcome({**counts, "error": problem, EXIT: status}, problem)


def _meaning(status: int, counts: dict[str, Any], line: str | None) -> str:
    if status == SHUT_OUT:
        why = [says for name, says in _SHUT_OUT.items() if counts.get(name)]
        return f"the site shuts us out: {' and '.join(why) or 'it lets us fetch nothing'}; asked less often from now on"
    if status < 0:
        return f"the crawl was killed ({_signal(-status)})"
    kind = {DISK: "the disk: ", DATABASE: "the database: "}.get(status, "")
    return f"{kind}{line or f'ended with status {status}'}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
