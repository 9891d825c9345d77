"""Write the documentation that follows from the code, so that it cannot go stale.

    python -m docs.generate           writes what is stale
    python -m docs.generate --check   writes nothing; exit 1 and the names of what is stale

`contract.md` comes from the views, `commands.md` from the help of every command, `sites.md` from the sites, and what
stands below the commands in README.md from running them on the seeds."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from click.testing import CliRunner
from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer
from sqlalchemy.types import TypeEngine

from archive import export
from archive.storage.examples import example, unit
from archive.storage.schema import UtcDateTime
from archive.storage.views import CONTRACT_VERSION, VIEWS, View, column_type
from crawler.cli import main
from crawler.sites import sites

ROOT = Path(__file__).parent.parent
WIDTH = 100
TERMINAL = 80
"""Columns of the terminal that README.md was written in."""

_GENERATED = "<!-- Written by `make docs` from {source}. Do not edit. -->\n"

# -- docs/contract.md ----------------------------------------------------------------------------------------------

_TYPES: tuple[tuple[type[TypeEngine[Any]], str, str], ...] = (
    (UtcDateTime, "moment", "string"),
    (JSON, "JSON", ""),
    (Boolean, "boolean", "true or false"),
    (BigInteger, "integer", "number"),
    (Integer, "integer", "number"),
    (Float, "number", "number"),
)

_CONTRACT = """\
# The contract

Version {version}. Programs read these views with SQL, on SQLite and PostgreSQL alike, or the JSON of the commands. A
view only ever gains columns; a column keeps its name, its type and its meaning. The tables behind the views are not
part of the contract and change without notice.

| type | SQLite | PostgreSQL |
| --- | --- | --- |
| text | `TEXT` | `text` |
| integer | `INTEGER` | `integer` or `bigint` |
| number | `REAL` | `double precision` |
| boolean | `0` or `1` | `boolean` |
| moment | text of one width, `2026-02-07T05:00:00.000000Z`: sorts as time does | `timestamptz` |
| JSON | text | `json` |

The examples are as SQLite holds them; ⏎ stands for a line break. NULL means that the page, or the archive, is silent.
`published_at` and `modified_at` are the page's clock, all other moments are ours; neither is ever guessed from the
other. On SQLite open the file for reading only:

    sqlite3 -readonly luubao-archive/archive.db "SELECT site, title FROM articles WHERE versions > 1"

**Following an archive.** Read `changes` in the order of `seq`, and keep the `change_id` of the last row that you have
dealt with: `luubao changes --since CHANGE_ID --json` goes on from there. The id follows from what happened, so it means
the same after a restore, a replay and a change of engine; `seq` is this archive's own.
"""

_JSON_NAMES = {"id": "article_id", "cluster": "cluster_id", "capture": "capture_id"}
_JSON_MEANINGS = {
    "credit": ("object", "The source that the page itself names: {name, url, site}; null if it names none."),
    "published_at": ("string", "When the page says it was published, in the offset that the page states."),
    "modified_at": ("string", "When the page says it was last modified, in the offset that the page states."),
    "furniture": ("list", "{kind, rule, text} of every block that was cut from the page, in its order; may be empty."),
}


def contract() -> str:
    """docs/contract.md."""
    parts = [_GENERATED.format(source="archive/storage/views.py"), _CONTRACT.format(version=CONTRACT_VERSION)]
    parts += [_view(view) for view in VIEWS]
    parts.append(_json())
    return "\n".join(parts)


def _view(view: View) -> str:
    rows = [
        (
            f"`{name}`",
            _type(column_type(view.name, name))[0],
            meaning,
            unit(view.name, name),
            f"`{example(view.name, name)}`".replace("\n", "⏎"),
        )
        for name, meaning in view.columns.items()
    ]
    return f"## {view.name}\n\n{view.meaning}\n\n{_table(('column', 'type', 'meaning', 'unit', 'example'), rows)}"


def _json() -> str:
    """The keys of an article in JSON, in the order in which they are printed."""
    articles = next(view for view in VIEWS if view.name == "articles")
    rows = []
    for key in export.article(dict.fromkeys(articles.columns)):
        name = _JSON_NAMES.get(key, key)
        if key in _JSON_MEANINGS:
            rows.append((f"`{key}`", *_JSON_MEANINGS[key]))
            continue
        meaning = articles.columns[name].replace("NULL", "null")
        kind = _type(column_type("articles", name))[1]
        if not kind:
            kind = "list" if meaning.startswith("JSON list") else "object"
        rows.append((f"`{key}`", kind, meaning.replace("JSON list", "A list").replace("JSON object", "An object")))
    return f"""\
## The JSON of an article

`luubao articles --json` prints one such object a line, `luubao show URL --json` one as a document. Every key is always
there; null means that the page is silent. Moments are ISO 8601.

{_table(("key", "type", "meaning"), rows)}
`luubao show URL --version N --json` prints a version: the same keys from `id` to `content_hash`, then `version`,
`cause`, `changed`, `captured_at` and `capture` as in the view `versions`. `luubao held --json` and
`luubao changes --json` print rows of those views, `luubao clusters --json` rows of `clusters` with a list `members` of
rows of `cluster_members`.
"""


def _type(kind: TypeEngine[Any]) -> tuple[str, str]:
    """What a type is called among columns, and in JSON; "" for JSON itself, which may be a list or an object."""
    return next(((name, in_json) for cls, name, in_json in _TYPES if isinstance(kind, cls)), ("text", "string"))


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# -- docs/sites.md -------------------------------------------------------------------------------------------------

_SITES = """\
# The sites

A site is one file of 15 to 60 lines that says where its articles are listed and how its pages are read. Any other
is crawled by its URL, `luubao crawl https://any.example/`, from what its own front page names.

## Adding one

    luubao site new https://any.example/ --into my-sites
    export LUUBAO_SPIDERS=my-sites
    luubao site check any
    luubao crawl any

`luubao site new` asks for the front page, the feeds, sitemaps and sections that the site names, and a few articles,
politely. It writes `my-sites/any.py` and a first seed in `my-sites/seeds/site_any`, and says what it is unsure of. Both
are drafts, nothing is overwritten, and a person has to read them:

1. Read the file against the site. `articles` are patterns of which one is found in the path of every article, `lists`
   of paths that never are one. What was not seen but is expected of the site's system is marked `is_inferred=True`.
2. Read the seed's `expected.json` against its pages, line by line: it is what is read today, and not yet what is right.
3. `luubao site check any` says which promises hold, live; with `--seed DIR` from captures. Status 1: one is broken.
4. `luubao record URL|SITE... --into DIR` keeps further pages: one of each template, one edited, one gone.
5. With some dozen pages in the archive, `luubao site learn any` proposes reading rules from them.

Every `*.py` with a `SITE` in the folder of `LUUBAO_SPIDERS` is read beside the sites of the package; a file that cannot
be read is an error and not a missing site. The file is Python and runs with your rights: use only what you have read.
To give a site to everybody, put the file into `spiders/` and its seed, with invented text, into `seeds/`.

## Those that are declared

`inferred` counts the sources that are expected and were not seen.
"""


def sites_page() -> str:
    """docs/sites.md."""
    rows = [
        (
            f"`{site.name}`",
            site.title,
            ", ".join(site.hosts),
            ", ".join(rules.name for rules in site.rule_sets),
            str(len(site.sources)),
            str(sum(source.is_inferred for source in site.sources)),
        )
        for site in sites()
    ]
    head = _GENERATED.format(source="the files in spiders/")
    return f"{head}\n{_SITES}\n{_table(('site', 'title', 'hosts', 'rules', 'sources', 'inferred'), rows)}"


# -- docs/commands.md ----------------------------------------------------------------------------------------------

_COMMANDS = """\
# The commands

Results go to stdout, progress and what was skipped to stderr. Exit status: 0 done, 1 failed (one line on stderr says
what and what to do), 2 misused. `--json` prints lists as JSON lines and one thing as one document; `docs/contract.md`
says what the keys mean. An article is named by its URL, in any of its spellings, or by the beginning of its id; a held
page by the beginning of its id.
"""


def commands() -> str:
    """docs/commands.md."""
    parts = [_GENERATED.format(source="the help of every command"), _COMMANDS]
    parts += [f"## {path}\n\n```text\n{text}\n```\n" for path, text in helps()]
    return "\n".join(parts)


def helps() -> Iterator[tuple[str, str]]:
    """(`luubao held release`, its help) for every command, inner ones behind their group."""
    yield from _helps(main, click.Context(main, info_name="luubao", terminal_width=WIDTH, **main.context_settings))


def _helps(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    yield ctx.command_path, command.get_help(ctx)
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            inner = command.commands[name]
            yield from _helps(inner, click.Context(inner, info_name=name, parent=ctx))


# -- README.md -----------------------------------------------------------------------------------------------------

_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (?P<words>.*?)(?: \| head -n (?P<lines>\d+))?$")
KEPT = "...\n"
"""An output written like this stays: it differs from machine to machine."""


def readme() -> str:
    """README.md with the output of its commands as they are now, run in their order on the seeds."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder, chdir(folder):
        Path("seeds").symlink_to(ROOT / "seeds", target_is_directory=True)
        return _CONSOLE.sub(lambda block: _run_block(block.group()), text)


def _run_block(block: str) -> str:
    """A console block: lines that begin with `$ ` are commands, what follows each is its output."""
    entries: list[list[str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            entries.append([line, ""])
        else:
            entries[-1][1] += line
    return "".join(command + _output(command.rstrip("\n"), written) for command, written in entries)


def _output(line: str, written: str) -> str:
    found = _COMMAND.match(line)
    assert found is not None
    words = shlex.split(found["words"])
    if words[0] == "make":
        words = make_targets()[words[1]]
    if words[:1] != ["luubao"]:
        return written
    done = run(words[1:])
    if done.exit_code != 0:
        raise RuntimeError(f"README.md: {line!r} fails: {done.output}")
    if written == KEPT:
        return written
    lines = done.stdout.splitlines(keepends=True)
    return "".join(lines[: int(found["lines"])] if found["lines"] else lines)


def run(words: list[str]) -> click.testing.Result:
    """`luubao WORDS`, in this process, as in a terminal of a fixed width and with nothing set around it."""
    bare = {name: None for name in os.environ if name.startswith("LUUBAO_")}
    runner = CliRunner(env={**bare, "COLUMNS": str(TERMINAL)})
    # One reader: starting more takes longer than these few pages.
    return runner.invoke(main, words, prog_name="luubao", default_map={"replay": {"workers": 1}})


def make_targets() -> dict[str, list[str]]:
    """{target of the Makefile: the luubao command that it ends in, or nothing}."""
    targets: dict[str, list[str]] = {}
    name = ""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    archive = re.search(r"^ARCHIVE \?= (\S+)$", text, re.MULTILINE)
    for line in text.splitlines():
        if rule := re.match(r"([a-z]+):(?!=)", line):
            name = rule[1]
            targets[name] = []
        elif line.startswith("\t$(BIN)/luubao ") and archive:
            targets[name] = line.replace("$(BIN)/", "").replace("$(ARCHIVE)", archive[1]).split()
    return targets


# -- all of them -----------------------------------------------------------------------------------------------------

PAGES = {"docs/contract.md": contract, "docs/commands.md": commands, "docs/sites.md": sites_page, "README.md": readme}


def stale() -> dict[str, str]:
    """{page: what it should be} for those that are not."""
    wanted = {page: write() for page, write in PAGES.items()}
    return {page: text for page, text in wanted.items() if _read(ROOT / page) != text}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything is stale.")
def generate(*, check: bool) -> None:
    """Write the generated documentation anew."""
    found = stale()
    for page, text in found.items():
        click.echo(f"{'stale' if check else 'written'}: {page}")
        if not check:
            (ROOT / page).write_text(text, encoding="utf-8")
    if check and found:
        raise click.ClickException("run `make docs` and read the difference")


if __name__ == "__main__":
    generate(prog_name="python -m docs.generate")
