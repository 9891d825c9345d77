"""Bring a database to the present schema, and refuse what is not ours or from the future.

Tables change by Alembic revisions, which are history and never edited. Views and triggers are made from the
present code after every upgrade: they hold nothing, so they have no history."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from archive.exceptions import NewerArchiveError, NoArchiveError, NotAnArchiveError, StorageError
from archive.storage.engine import APPLICATION_ID, connect, database_failure
from archive.storage.schema import CONTENT_TABLES, metadata
from archive.storage.views import VIEWS

HEAD = "0007"
"""The newest revision below `migrations/versions`; a test holds the two together."""
MIGRATIONS = Path(__file__).parent / "migrations"


def prepare(database: str | URL, *, shown_as: object, may_make: bool = True) -> None:
    """Make or upgrade the tables of `database`; nothing is written where they are up to date.

    `shown_as` is what errors call it. Raises NoArchiveError where there are none and `may_make` is false,
    NotAnArchiveError, NewerArchiveError or StorageError.
    """
    try:
        revision = _revision_of(database, shown_as=shown_as)
    except DatabaseError as e:
        if "not a database" in str(e.orig):
            raise NotAnArchiveError(shown_as) from e
        raise StorageError(
            f"cannot open the database of {str(shown_as)!r}: {_first_line(e)}; mend that and run it again"
        ) from e
    if revision == HEAD:
        return
    if revision is None and not may_make:
        raise NoArchiveError(shown_as)
    engine = connect(database)
    try:
        with engine.begin() as connection:
            # Another process may have upgraded while this one waited for the lock.
            if current_revision(connection, shown_as=shown_as) != HEAD:
                _upgrade(connection)
    except DatabaseError as e:
        raise database_failure(_first_line(e))(
            f"cannot set up the database of {str(shown_as)!r}: {_first_line(e)}; mend that and run it again"
        ) from e
    finally:
        engine.dispose()


def _revision_of(database: str | URL, *, shown_as: object) -> str | None:
    # On a connection that changes nothing: opened for writing, another program's file would be put into WAL mode.
    reader = connect(database, is_readonly=True)
    try:
        with reader.connect() as connection:
            return current_revision(connection, shown_as=shown_as)
    finally:
        reader.dispose()


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0]


def current_revision(connection: Connection, *, shown_as: object) -> str | None:
    """The revision of the tables, None for an empty database; raises if they are not ours or too new."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise NotAnArchiveError(shown_as)
        return None
    if "judgement" not in tables:  # another program that uses Alembic too
        raise NotAnArchiveError(shown_as)
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision not in revisions():
        raise NewerArchiveError(shown_as, str(revision))
    return str(revision)


def revisions() -> set[str]:
    """Every revision that this release knows; a revision's file is named after it."""
    return {path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  0.2 s that only an upgrade needs
    from alembic.config import Config  # noqa: PLC0415

    drop_derived(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    create_derived(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def drop_derived(connection: Connection) -> None:
    """Drop the views, which would stand in the way of a table's change."""
    for view in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {view.name}"))


def create_derived(connection: Connection) -> None:
    """Make the views, and the triggers that let content tables only grow."""
    for view in VIEWS:
        connection.execute(text(f"CREATE VIEW {view.name} AS {view.sql}"))
    names = [table.name for table in CONTENT_TABLES]
    if connection.dialect.name == "sqlite":
        _create_sqlite_triggers(connection, names)
    else:
        _create_postgresql_triggers(connection, names)


def _create_sqlite_triggers(connection: Connection, names: list[str]) -> None:
    for name in names:
        for verb in ("UPDATE", "DELETE"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}_no_{verb.lower()}"))
            connection.execute(
                text(
                    f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                    f"BEGIN SELECT RAISE(ABORT, '{name} only grows: {verb} is not allowed'); END"
                )
            )


def _create_postgresql_triggers(connection: Connection, names: list[str]) -> None:
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION luubao_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% only grows: % is not allowed', TG_TABLE_NAME, TG_OP; END $$"
        )
    )
    for name in names:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}_only_grows ON {name}"))
        connection.execute(
            text(
                f"CREATE TRIGGER {name}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
                "FOR EACH STATEMENT EXECUTE FUNCTION luubao_only_grows()"
            )
        )


def differences(connection: Connection) -> list[object]:
    """What Alembic would still change to reach `schema.metadata`; empty when the revisions are complete."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    return list(compare_metadata(MigrationContext.configure(connection), metadata))
