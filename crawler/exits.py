"""Exit statuses of what a supervisor may act on; docs/operating.md lists them. The schedule is such a supervisor."""

from __future__ import annotations

DISK, DATABASE, SHUT_OUT = 3, 5, 18
