"""What the database promises: settings that make a commit last, rows that only grow, schemas that only move on."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from builders import URL as ARTICLE
from builders import FakeExtractor, at, bad, capture, document, dump, record
from sqlalchemy import Column, MetaData, Table, insert, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError, StatementError

from archive.core import Archive
from archive.exceptions import NewerArchiveError, NotAnArchiveError, StorageError
from archive.similarity import RULES
from archive.storage import engine as engines
from archive.storage import feed, migrate
from archive.storage.engine import SAFE_SQLITE, connect, for_reading, sqlite_module
from archive.storage.migrate import differences, prepare, revisions
from archive.storage.schema import CONTENT_TABLES, UtcDateTime, metadata
from archive.storage.views import SELECTABLES, VIEWS
from archive.types import Decision, DecisionKind, Furniture

DATA = Path(__file__).parent / "data"
CONTENT = [table.name for table in CONTENT_TABLES]


@pytest.fixture
def prepared(database):
    """An engine on an archive's empty tables."""
    prepare(database, shown_as="test")
    made = connect(database)
    yield made
    made.dispose()


@pytest.fixture
def filled(archive):
    """An archive that has a row in every content table."""
    archive_filled(archive)
    return archive


def archive_filled(archive):
    record(archive, document(furniture=(Furniture("related", "test/rail", "Đọc thêm"),)))
    record(archive, url="https://xa.example/1", day=2)
    record(archive, document(title="Tựa đề khác"), day=3)
    record(archive, bad("blocked"), day=4)
    archive.decide(Decision(DecisionKind.TAKE_DOWN, "https://xa.example/1", at(9), note="theo yêu cầu"))
    archive.commit()


# Moments


moments = Table("moments", MetaData(), Column("at", UtcDateTime))


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 2, 7, 1, 2, 3, 456789, tzinfo=UTC), id="microseconds"),
        pytest.param(datetime(2026, 2, 7, tzinfo=UTC), id="midnight"),
        pytest.param(datetime(2026, 2, 7, 1, tzinfo=timezone(timedelta(hours=7))), id="another offset"),
        pytest.param(datetime(800, 1, 1, tzinfo=UTC), id="three-digit year"),
        pytest.param(datetime(9999, 12, 31, tzinfo=UTC), id="end of time"),
        pytest.param(None, id="none"),
    ],
)
def test_a_moment_is_read_back_as_the_same_moment_in_utc(engine, moment):
    with engine.begin() as connection:
        moments.create(connection)
        connection.execute(insert(moments), {"at": moment})
        found = connection.execute(select(moments.c.at)).scalar()
    assert (found, found and found.tzinfo) == (moment, moment and UTC)


def test_moments_sort_as_time_does(engine):
    said = [at(1, minutes) for minutes in (0, 0.5, 1, 600)] + [datetime(800, 1, 1, tzinfo=UTC)]
    with engine.begin() as connection:
        moments.create(connection)
        connection.execute(insert(moments), [{"at": moment} for moment in said])
        found = list(connection.execute(select(moments.c.at).order_by(moments.c.at)).scalars())
    assert found == sorted(said)


def test_a_naive_moment_is_refused(engine):
    with engine.begin() as connection:
        moments.create(connection)
        with pytest.raises(StatementError, match="naive"):
            connection.execute(insert(moments), {"at": datetime(2026, 2, 7)})  # noqa: DTZ001  the point


# Rows that only grow


def test_every_content_table_has_a_row(filled):
    with filled.reading() as connection:
        empty = [name for name in CONTENT if connection.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar() == 0]
    assert empty == []


def allowed(archive, statement):
    """The content tables in which this statement is not refused."""
    return [table.name for table in CONTENT_TABLES if not is_refused(archive, statement, table)]


def is_refused(archive, statement, table):
    said = statement.format(table=table.name, column=next(iter(table.primary_key)).name)
    try:
        with archive._engine.begin() as connection:
            connection.execute(text(said))
    except DatabaseError as e:
        return "only grows" in str(e)
    return False


@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_no_content_row_can_be_changed_or_deleted(filled, statement):
    assert allowed(filled, statement) == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_no_content_row_can_be_replaced(filled, verb):
    assert allowed(filled, f"{verb} INTO {{table}} SELECT * FROM {{table}}") == []


def test_no_content_row_can_be_upserted_over(filled):
    copied = "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({column}) DO UPDATE SET {column} = 0"
    assert allowed(filled, copied) == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_no_content_table_can_be_truncated(filled):
    assert allowed(filled, "TRUNCATE {table} CASCADE") == []


def test_every_table_is_content_or_state(engine):
    state = {
        "article",
        "sketch",
        "signature",
        "edge",
        "derived",
        "membership",
        "digest_part",
        "breaker",
        "run",
        "frontier",
        "host",
        "slot",
    }
    assert set(metadata.tables) - set(CONTENT) == state


# Schema


def test_the_revisions_give_the_schema(prepared):
    with prepared.connect() as connection:
        assert differences(connection) == []


def test_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_a_revisions_file_is_named_after_it():
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()} == revisions()


def test_the_views_in_the_database_are_those_of_the_code(prepared):
    assert set(inspect(prepared).get_view_names()) == {view.name for view in VIEWS}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_sql_of_the_views_is_that_of_the_code(prepared):
    with prepared.connect() as connection:
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'view'")).all()
    assert dict(map(tuple, found)) == {view.name: f"CREATE VIEW {view.name} AS {view.sql}" for view in VIEWS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_the_columns_that_the_contract_names(archive, view):
    with archive.reading() as connection:
        result = connection.execute(text(f"SELECT * FROM {view.name}"))
        assert list(result.keys()) == list(view.columns)


@pytest.mark.parametrize("view", sorted(SELECTABLES))
def test_a_view_gives_values_of_the_types_that_the_contract_names(filled, view):
    with filled.reading() as connection:
        rows = list(feed.rows(connection, view))
    types = {
        column.name: column.type.python_type
        for column in SELECTABLES[view].columns
        if hasattr(column.type, "python_type")
    }
    wrong = [
        (name, value)
        for row in rows
        for name, value in row.items()
        if value is not None and types[name] in (int, float, str, bool) and type(value) is not types[name]
    ]
    assert wrong == []


def test_an_archive_that_is_up_to_date_is_left_alone(prepared, database):
    with prepared.connect() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    prepare(database, shown_as="test")
    with prepared.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == before


def test_a_failed_upgrade_leaves_nothing_behind(database, monkeypatch):
    def fail(_):
        raise sqlite3.OperationalError("disk full")

    # As a full disk would, after the last statement of the upgrade.
    monkeypatch.setattr(migrate, "create_derived", fail)
    with pytest.raises(sqlite3.OperationalError):
        prepare(database, shown_as="test")
    engine = connect(database)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


# Upgrades of archives that former revisions wrote
#
# `tests/data/archive-<revision>.sql` is what `sqlite3 archive.db .dump` prints of `archive_filled` at that revision,
# with its views and triggers. It is made before the next revision is begun, and never again.

WRITTEN = sorted(DATA.glob("archive-*.sql"))


@pytest.fixture(params=WRITTEN, ids=lambda path: path.stem)
def former(request, tmp_path):
    """The folder of an archive as a former revision wrote it."""
    folder = tmp_path / "former"
    folder.mkdir()
    connection = sqlite3.connect(folder / "archive.db")
    connection.executescript(request.param.read_text(encoding="utf-8"))
    connection.close()
    return folder


def test_every_revision_has_an_archive_that_it_wrote():
    assert {path.stem.removeprefix("archive-") for path in WRITTEN} >= revisions() - {migrate.HEAD}


def test_an_upgraded_archive_has_the_present_schema(former):
    url = URL.create("sqlite", database=str(former / "archive.db"))
    prepare(url, shown_as="test")
    engine = connect(url)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_an_upgraded_archive_says_what_a_new_one_says(former, filled):
    with Archive.open(former) as archive:
        assert dump(archive) == dump(filled)


def test_an_upgraded_archive_can_be_written_to(former):
    with Archive.open(former, extractor=FakeExtractor()) as archive:
        record(archive, document(title="Tựa đề mới"), day=20)
        assert archive.get_article(ARTICLE)["title"] == "Tựa đề mới"


def rules_of_copies(folder):
    """The number of the rules that made the copies; revisions before 0003 kept none."""
    connection = sqlite3.connect(folder / "archive.db")
    kept = connection.execute("SELECT name FROM sqlite_master WHERE name = 'derived'").fetchall()
    rules = connection.execute("SELECT rules FROM derived WHERE name = 'copies'").fetchone() if kept else None
    connection.close()
    return rules and rules[0]


def test_an_upgraded_archive_is_due_to_find_its_copies_anew(former):
    is_due = rules_of_copies(former) != RULES
    with Archive.open(former, extractor=FakeExtractor()) as archive:
        assert ("another release" in (archive.status()["reindex"] or "")) == is_due
        archive.reindex()
        assert archive.status()["reindex"] is None


# Databases that are not ours


def execute(database, *statements):
    engine = connect(database)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(["CREATE TABLE mine (a INTEGER)"], id="tables"),
        pytest.param(["CREATE TABLE alembic_version (version_num VARCHAR(32))"], id="another user of Alembic"),
        pytest.param(["CREATE TABLE capture (id INTEGER)"], id="a table called like ours"),
    ],
)
def test_another_programs_database_is_refused(database, statements):
    execute(database, *statements)
    with pytest.raises(NotAnArchiveError, match="another program"):
        prepare(database, shown_as="test")


def test_an_archive_of_a_newer_release_is_refused(prepared, database):
    execute(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerArchiveError, match=r"9999.*upgrade"):
        prepare(database, shown_as="test")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "archive.db"
    path.write_bytes(b"not a database, and long enough to have a header of one hundred bytes" * 3)
    before = path.read_bytes()
    with pytest.raises(NotAnArchiveError):
        prepare(URL.create("sqlite", database=str(path)), shown_as="test")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("database", "problem"),
    [
        pytest.param("no url", "not a database URL", id="no URL"),
        pytest.param("mysql://a@b/c", "use sqlite or postgresql", id="another engine"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(database, problem):
    with pytest.raises(StorageError, match=problem):
        connect(database)


def test_a_server_that_does_not_answer_is_one_line(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(StorageError, match="cannot open the database") as caught:
        Archive.open(tmp_path, database=f"postgresql://a:secret@/b?host={tmp_path}")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


# Settings


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_sqlite_is_set_to_keep_what_it_acknowledged(engine, pragma, value):
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_file_is_marked_as_ours(prepared):
    with prepared.connect() as connection:
        assert connection.execute(text("PRAGMA application_id")).scalar() == engines.APPLICATION_ID


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_sqlite_in_use_cannot_lose_a_commit(engine):
    pytest.importorskip("pysqlite3", reason="the bundled driver is not made for this platform")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT sqlite_version()")).scalar()
    assert tuple(map(int, found.split("."))) >= SAFE_SQLITE
    assert sqlite_module().sqlite_version == found


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize(("setting", "value"), [("synchronous_commit", "on"), ("TimeZone", "UTC")])
def test_postgresql_is_set_to_keep_what_it_acknowledged(engine, setting, value):
    with engine.connect() as connection:
        assert connection.execute(text(f"SHOW {setting}")).scalar() == value


def test_a_connection_for_reading_cannot_write(prepared, database):
    reader = connect(database, is_readonly=True)
    with reader.connect() as connection, pytest.raises(DatabaseError, match=r"read-?only"):
        connection.execute(text("DELETE FROM run"))
    reader.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_writer_begins_as_one(prepared, database):
    import pysqlite3

    other = pysqlite3.connect(database.database, timeout=0, isolation_level=None)
    with prepared.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(pysqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_reading_on_a_writers_engine_keeps_no_writer_away(prepared, database):
    import pysqlite3

    other = pysqlite3.connect(database.database, timeout=0, isolation_level=None)
    with for_reading(prepared).connect() as connection:
        connection.execute(text("SELECT * FROM run"))
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_foreign_key_to_nothing_is_refused(prepared):
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), prepared.begin() as connection:
        connection.execute(text("INSERT INTO reading (capture_id, edition_id, verdict) VALUES (1, 1, 'ok')"))


def test_a_full_group_of_rows_is_kept_whole(archive):
    archive.record(capture(), document())
    archive.commit()
    with archive.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM capture")).scalar() == 1
