"""What people decided, as a file beside the captures: it travels with them, and every replay heeds it.

`decisions.jsonl`, one JSON object a line: kind, subject, object, decided_at, note. Only ever appended to."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from archive.exceptions import DecisionsError, StorageError
from archive.storage.decisions import StoredDecision
from archive.types import Decision, DecisionKind


def decision_id(made: Decision) -> str:
    """The public id of a decision: 16 hex digits over kind, subject, object and moment."""
    at = made.decided_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{made.kind} {made.subject} {made.object} {at}".encode()).hexdigest()[:16]


def stored(made: Decision) -> StoredDecision:
    """The decision as storage keeps it."""
    return StoredDecision(decision_id(made), made.kind, made.subject, made.object, made.decided_at, made.note)


def restored(made: StoredDecision) -> Decision:
    """The decision that storage keeps."""
    return Decision(made.kind, made.subject, made.decided_at, made.object, made.note)


class DecisionFile:
    """The file of one archive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, Decision] = {}
        self._read_at: tuple[int, int] | None = None
        """Time of change and size of the file when it was read: another process may have appended since."""

    def add(self, made: Decision) -> bool:
        """Append `made` and sync; False, and nothing written, if it is there."""
        known = self._read()
        if decision_id(made) in known:
            return False
        try:
            _mend(self.path)
            with self.path.open("ab") as file:
                file.write(line(made))
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            raise StorageError(f"cannot write {str(self.path)!r}: {e.strerror}; nothing was decided") from e
        return True

    def but_not(self, ids: set[str]) -> list[Decision]:
        """Every decision in the file except those with these ids, in its order."""
        return [made for name, made in self._read().items() if name not in ids]

    def _read(self) -> dict[str, Decision]:
        if not self.path.exists():
            return {}
        facts = self.path.stat()
        now = facts.st_mtime_ns, facts.st_size
        if now != self._read_at:
            self._known = {decision_id(made): made for made in read_decisions(self.path)}
            self._read_at = now
        return self._known


def _mend(path: Path) -> None:
    """Let the file end with a whole line: a crash may have cut off the last one, an editor its line end."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        lines = file.read()
        end = lines.rfind(b"\n") + 1
        if end == len(lines):
            return
        try:
            json.loads(lines[end:])
        except ValueError:
            file.truncate(end)
        else:
            file.write(b"\n")


def line(made: Decision) -> bytes:
    """A decision as its line of the file."""
    fields = {
        "kind": made.kind.value,
        "subject": made.subject,
        "object": made.object,
        "decided_at": made.decided_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "note": made.note,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    return (json.dumps(said, ensure_ascii=False) + "\n").encode()


def read_decisions(path: Path | zipfile.Path) -> list[Decision]:
    """The decisions in a file, in its order; it may lie in a WACZ. Raises DecisionsError, which names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as e:
        raise DecisionsError(path, 0, e.strerror or str(e)) from e
    except UnicodeDecodeError as e:
        raise DecisionsError(path, 0, "not UTF-8") from e
    except zipfile.BadZipFile as e:
        raise DecisionsError(path, 0, str(e)) from e
    made = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            decided_at = datetime.fromisoformat(fields["decided_at"])
            if decided_at.tzinfo is None:
                raise ValueError("decided_at without an offset")  # noqa: TRY301  told with the line, below
            made.append(
                Decision(
                    DecisionKind(fields["kind"]),
                    str(fields["subject"]),
                    decided_at,
                    fields.get("object"),
                    fields.get("note"),
                )
            )
        except (ValueError, KeyError, TypeError) as e:
            # The last line may have been cut off by a crash: then nobody was told that it was kept.
            if number == len(lines) and isinstance(e, json.JSONDecodeError):
                break
            raise DecisionsError(path, number, str(e)) from e
    return made
