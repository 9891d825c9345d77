"""Places at which a drill may kill this process, as a power cut would: `tests/drills` proves that each is survived.

Without LUUBAO_FAILPOINT in the environment, a place costs one look at a constant."""

from __future__ import annotations

import os
import signal

_ARMED, _, _count = os.environ.get("LUUBAO_FAILPOINT", "").partition(":")
"""`name` or `name:n`: die when the place is reached for the n-th time."""
_left = int(_count or 1)


def failpoint(name: str) -> None:
    """Die here, if this is the place."""
    if _ARMED:
        _reach(name)


def is_armed(name: str) -> bool:
    """Whether the place is the one: for those that have to be prepared."""
    return name == _ARMED


def _reach(name: str) -> None:
    global _left  # noqa: PLW0603  counted down once in a process that ends
    if name != _ARMED:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
