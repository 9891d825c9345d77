"""Everything that the archive may complain about, in one family: a line that names the thing and the next step."""

from __future__ import annotations


class ArchiveError(Exception):
    """Base of all errors that a user can act on. The command line prints `str(e)` as its one line."""


class NotAnArchiveError(ArchiveError):
    """Raised by Archive.open() when the database belongs to another program."""

    def __init__(self, database: object) -> None:
        super().__init__(f"not a news archive: {str(database)!r} holds another program's tables; name another one")


class NewerArchiveError(ArchiveError):
    """Raised by Archive.open() when a later release wrote the database."""

    def __init__(self, database: object, revision: str) -> None:
        super().__init__(
            f"archive {str(database)!r} was written by a newer release (schema {revision!r}): upgrade luubao to open it"
        )


class NoArchiveError(ArchiveError):
    """Raised by Archive.open() for reading where there is nothing yet."""

    def __init__(self, database: object) -> None:
        super().__init__(f"no archive at {str(database)!r}: make one with `luubao replay PATH --archive DIR`")


class ArchiveLockedError(ArchiveError):
    """Raised when other processes go on writing to the archive for longer than a writer waits for its turn."""

    def __init__(self, folder: object) -> None:
        super().__init__(f"archive {str(folder)!r} is being written by another process: wait for it to end")


class StorageError(ArchiveError):
    """Raised when the database or the disk refuses: full, read-only, unreachable."""


class DiskError(StorageError):
    """Raised when the disk does not take what has to be written: it is full, over a quota or a limit, or failing."""


class DatabaseError(StorageError):
    """Raised when the database does not do what it has to: locked for too long, unreachable, read-only, damaged."""


class UnknownNameError(ArchiveError):
    """Raised where a URL, id or number names nothing in the archive."""


class OneArticleError(ArchiveError):
    """Raised where a person says something about two articles, and names one twice."""

    def __init__(self, name: str, other: str) -> None:
        super().__init__(f"{name!r} and {other!r} are one article: name two")


class NothingToReleaseError(ArchiveError):
    """Raised when a person releases a capture in which no text was read: it could be no version."""

    def __init__(self, capture: str) -> None:
        super().__init__(
            f"nothing to release: no text was read in capture {capture!r}; `luubao held discard` ends its wait"
        )


class DecisionsError(ArchiveError):
    """Raised when a file of decisions is not as it has to be."""

    def __init__(self, path: object, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: no decision: {problem}; mend or remove the line")


# Captures and what they are read from


class WarcDamageError(ArchiveError):
    """Raised when a record is not where it should be, whole and intact."""

    def __init__(self, path: object, offset: int, reason: str) -> None:
        super().__init__(f"damaged WARC {str(path)!r} at offset {offset}: {reason}; restore the file from a backup")


class WarcUnreadableError(ArchiveError):
    """Raised when the system does not let us read a file."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"cannot read {str(path)!r}: {reason}")


class NotWarcError(ArchiveError):
    """Raised when a file is named, or given, as a WARC and is none."""

    def __init__(self, path: object) -> None:
        super().__init__(f"not a WARC: {str(path)!r} begins with no WARC record; remove or rename it")


class WarcExistsError(ArchiveError):
    """Raised when a new WARC file would take the name of one that is there: nothing is ever overwritten."""

    def __init__(self, path: object) -> None:
        super().__init__(f"WARC file {str(path)!r} already exists: choose another name")


class SourceError(ArchiveError):
    """Raised when a path given to replay cannot be replayed."""


class ManifestError(ArchiveError):
    """Raised when a manifest.toml, or a page that it names, is not as it has to be."""

    def __init__(self, path: object, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
