"""The house rules that a reader cannot see at a glance, read off the source itself."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "crawler", "spiders")
FETCHING = {"scrapy", "twisted", "trafilatura", "requests", "urllib3", "httpx", "aiohttp", "lxml", "socket"}
PURE = (
    "types",
    "text",
    "urls",
    "versioning",
    "holding",
    "similarity",
    "clustering",
    "originals",
    "scripts",
    "outlets",
    "diff",
    "revisit",
    "export",
)
SQL = {"select", "insert", "update", "delete", "text", "func", "exists", "literal_column"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
}
CHANCE = {"uuid.uuid1", "uuid.uuid4", "os.urandom", "secrets", "random"}
UNSAFE = {"eval", "exec", "pickle", "marshal", "shelve", "dill", "yaml.load", "os.system"}


def sources(*parts):
    folder = ROOT.joinpath(*parts)
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for part in PACKAGES for path in sources(part)}


def imported(tree):
    """Full names of what a module imports, also inside functions and for type checking only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def spelled(node):
    """`datetime.now` for the expression that says so; "" for anything that is no dotted name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = spelled(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def used(tree):
    """Dotted names that a module calls or imports."""
    yield from imported(tree)
    yield from (spelled(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def below(*packages):
    return {
        name: tree
        for name, tree in MODULES.items()
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    }


def offences(modules, forbidden):
    """(module, name) wherever a module uses one of these names, or something of them."""
    return [
        (module, name)
        for module, tree in modules.items()
        for name in used(tree)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)
    ]


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        pytest.param("archive", {"crawler", "spiders"}, id="archive"),
        pytest.param("crawler.extraction", {"crawler.cli", "crawler.recording", "crawler.replay"}, id="extraction"),
    ],
)
def test_imports_run_one_way(package, forbidden):
    assert offences(below(package), forbidden) == []


def test_the_crawler_names_no_site_module():
    """A site is found by its name; `crawler.sites` is where that happens."""
    modules = {
        name: tree for name, tree in below("crawler").items() if name not in ("crawler.sites", "crawler.settings")
    }
    assert offences(modules, {"spiders"}) == []


def test_the_archive_fetches_and_parses_no_page():
    assert offences(below("archive"), FETCHING) == []


def allowed_in_pure(name):
    first = name.partition(".")[0]
    if first == "archive":
        return name.split(".")[1] in PURE
    return first in sys.stdlib_module_names or first in ("numpy", "xxhash")


@pytest.mark.parametrize("module", [name for name in PURE if f"archive.{name}" in MODULES])
def test_a_pure_module_imports_only_pure_ones(module):
    assert [name for name in imported(MODULES[f"archive.{module}"]) if not allowed_in_pure(name)] == []


@pytest.mark.parametrize("module", [name for name in PURE if f"archive.{name}" in MODULES])
def test_a_pure_module_opens_nothing(module):
    assert offences({module: MODULES[f"archive.{module}"]}, {"open", "pathlib", "os", "io", "sqlite3", "socket"}) == []


def test_only_storage_speaks_sql():
    modules = {name: tree for name, tree in MODULES.items() if not name.startswith("archive.storage")}
    assert offences(modules, {f"sqlalchemy.{name}" for name in SQL} | {"sqlite3", "psycopg", "pysqlite3"}) == []


def test_nothing_is_unpickled_or_evaluated():
    assert offences(MODULES, UNSAFE) == []


@pytest.mark.parametrize("package", ["archive", "crawler.extraction"])
def test_below_the_edge_there_is_no_clock_and_no_chance(package):
    # How long a writer waits for its turn is nothing that an archive says.
    modules = {name: tree for name, tree in below(package).items() if name != "archive.lock"}
    assert offences(modules, CLOCKS | CHANCE) == []


def test_a_module_says_what_it_is_for():
    silent = [name for name, tree in MODULES.items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []
