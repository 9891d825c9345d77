"""Open the database: SQLite or PostgreSQL, with the settings that make an acknowledged commit last.

The only module that knows drivers and dialects."""

from __future__ import annotations

import errno
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from types import ModuleType
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Table,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from archive.exceptions import DatabaseError, DiskError, StorageError

try:  # An SQLite of its own: system ones before 3.51.3 can lose a commit when the WAL is reset (sqlite.org/wal.html).
    from pysqlite3 import dbapi2 as _bundled
except ImportError:
    _bundled = None

APPLICATION_ID = 0x4C55554C
"""`LUUL`: marks the SQLite file as ours (sqlite.org/pragma.html#pragma_application_id)."""
SAFE_SQLITE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug."""
_CONNECTIONS = 20
"""Kept open: a server answers from up to 40 threads, and opening a file and reading its schema takes milliseconds."""
BUSY_TIMEOUT = 30_000
"""Milliseconds to wait for another writer before giving up."""


def sqlite_module() -> ModuleType:
    """The newest SQLite driver at hand."""
    module: ModuleType = _bundled or sqlite3
    return module


def connect(database: str | URL, *, is_readonly: bool = False, page_size: int | None = None) -> Engine:
    """An engine for a SQLAlchemy database URL; `postgresql://` means psycopg 3.

    `page_size`, in bytes, is that of an SQLite file which is made now.

    Raises StorageError for a URL that no driver here can open.
    """
    try:
        url = make_url(database)
    except ArgumentError as e:
        raise StorageError(f"not a database URL: {str(database)!r}; e.g. postgresql://user@host/name") from e
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(
                url,
                module=sqlite_module(),
                connect_args={"timeout": BUSY_TIMEOUT / 1000},
                pool_size=_CONNECTIONS,
                max_overflow=_CONNECTIONS,
            )
            if page_size is not None:
                event.listen(engine, "connect", partial(_sqlite_page_size, page_size))
            event.listen(engine, "connect", _sqlite_readonly if is_readonly else _sqlite_settings)
            event.listen(engine, "begin", _begin_deferred if is_readonly else _begin_immediate)
            return engine
        if url.get_backend_name() in ("postgresql", "postgres"):
            engine = create_engine(url.set(drivername="postgresql+psycopg"))
            event.listen(engine, "connect", _postgresql_readonly if is_readonly else _postgresql_settings)
            if not is_readonly:
                event.listen(engine, "begin", _begin_alone)
            return engine
    except (NoSuchModuleError, ImportError) as e:
        raise StorageError(f"no driver for {url.get_backend_name()!r}: pip install 'luubao[postgresql]'") from e
    raise StorageError(f"cannot keep an archive in {url.get_backend_name()!r}: use sqlite or postgresql")


def _sqlite_page_size(size: int, connection: Any, _record: object) -> None:  # noqa: ANN401  a DBAPI connection
    connection.execute(f"PRAGMA page_size={size}")


def _sqlite_settings(connection: Any, _record: object) -> None:  # noqa: ANN401  a DBAPI connection
    connection.isolation_level = None  # SQLAlchemy's events begin transactions, the driver must not
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: with NORMAL a power cut takes back commits that were acknowledged (584 of 9,083 in a drill, FULL 0).
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    # Without it INSERT OR REPLACE goes around the delete triggers.
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()


def _sqlite_readonly(connection: Any, _record: object) -> None:  # noqa: ANN401  a DBAPI connection
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    cursor.close()


_READS = "luubao_reads"


def for_reading(engine: Engine) -> Engine:
    """`engine` for transactions that only read: they never wait for a writer, nor make one wait."""
    return engine.execution_options(**{_READS: True})


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get(_READS):
        _begin_deferred(connection)
        return
    # A deferred transaction that turns into a writer fails at once when another one wrote meanwhile,
    # whatever the timeout; one that starts as a writer waits.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_alone(connection: Connection) -> None:
    """One transaction writes at a time, as on SQLite: what it decides rests on what it read."""
    if not connection.get_execution_options().get(_READS):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")


def _postgresql_settings(connection: Any, _record: object) -> None:  # noqa: ANN401  a DBAPI connection
    connection.autocommit = True
    connection.execute("SET synchronous_commit = on")
    connection.execute("SET timezone = 'UTC'")
    connection.execute(f"SET lock_timeout = {4 * BUSY_TIMEOUT}")
    connection.autocommit = False


def _postgresql_readonly(connection: Any, record: object) -> None:  # noqa: ANN401  a DBAPI connection
    _postgresql_settings(connection, record)
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only = on")
    connection.autocommit = False


_MENDABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAYS_DISK = re.compile(r"disk is full|disk I/O error|No space left")
_RESUME = "what was committed is safe; mend that and run it again"


def database_failure(reason: str) -> type[StorageError]:
    """Whether it was the disk or the database itself that failed, by what the driver says."""
    return DiskError if _SAYS_DISK.search(reason) else DatabaseError


@contextmanager
def storage_errors(database: object) -> Iterator[None]:
    """Turn what a user can mend (disk full, read-only, locked, unreachable) into a StorageError of one line."""
    try:
        yield
    except OSError as e:
        if e.errno not in _MENDABLE:
            raise
        where = e.filename or str(database)
        kind = DiskError if e.errno in _FULL else StorageError
        raise kind(f"cannot write {str(where)!r}: {e.strerror}; {_RESUME}") from e
    except DBAPIError as e:
        if e.connection_invalidated or isinstance(e.orig, _operational_errors()):
            reason = str(e.orig).strip().splitlines()[0]
            raise database_failure(reason)(f"database {str(database)!r}: {reason}; {_RESUME}") from e
        raise


def _operational_errors() -> tuple[type[BaseException], ...]:
    found: list[type[BaseException]] = [sqlite3.OperationalError, sqlite_module().OperationalError]
    try:
        import psycopg  # noqa: PLC0415  only where PostgreSQL is installed
    except ImportError:
        return tuple(found)
    return (*found, psycopg.OperationalError)


def insert_unless_there(connection: Connection, table: Table, **columns: Any) -> int | None:  # noqa: ANN401  columns of `table`
    """Insert a row; its primary key, or None where a unique column has the value already.

    One statement for what is new, where asking first would take two."""
    found: int | None = connection.execute(_unless_there(table, connection.dialect.name), columns).scalar()
    return found


def insert_all_unless_there(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those of these rows of whose unique columns no value is there already."""
    if rows:
        made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
        connection.execute(made.on_conflict_do_nothing(), list(rows))


@cache
def _unless_there(table: Table, dialect: str) -> Executable:
    (key,) = table.primary_key.columns
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing().returning(key)
    return postgresql.insert(table).on_conflict_do_nothing().returning(key)


def among(column: ColumnElement[int], dialect: str) -> ColumnElement[bool]:
    """That the column is one of the integers in the parameter `keys`, which `listed` makes.

    One parameter, however many they are: an IN with a hundred of them takes longer to write than to run."""
    keys: BindParameter[Any] = bindparam("keys")
    if dialect == "sqlite":
        return column.in_(select(func.json_each(keys).table_valued("value").c.value))
    return column == func.any(cast(keys, postgresql.ARRAY(BigInteger)))


def listed(keys: Sequence[int], dialect: str) -> str | list[int]:
    """Integers as the parameter of `among`."""
    return json.dumps(keys) if dialect == "sqlite" else list(keys)


def state_of(connection: Connection) -> str:
    """A word that is another one, on this connection, after others committed something."""
    if connection.dialect.name == "sqlite":
        return str(connection.exec_driver_sql("PRAGMA data_version").scalar())
    return str(connection.exec_driver_sql("SELECT CAST(pg_current_snapshot() AS TEXT)").scalar())


def describe_engine(connection: Connection) -> str:
    """Which engine of which version holds the tables."""
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return f"{connection.dialect.name} {version}"


def engine_warning(connection: Connection) -> str | None:
    """What is wrong with the engine itself, or None."""
    if connection.dialect.name == "sqlite" and (connection.dialect.server_version_info or ()) < SAFE_SQLITE:
        wanted = ".".join(str(part) for part in SAFE_SQLITE)
        return f"this SQLite can lose commits when several processes use the archive: install {wanted} or newer"
    return None
