"""The contract: every column is explained, and a reader of a former release reads on."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from archive.core import Archive
from archive.storage.examples import example, unit
from archive.storage.views import VIEWS, column_type

ROOT = Path(__file__).parents[1]
WRITTEN = sorted((Path(__file__).parent / "data").glob("archive-*.sql"))
COLUMNS = [(view, name) for view in VIEWS for name in view.columns]


@pytest.mark.parametrize(("view", "name"), COLUMNS, ids=[f"{view.name}.{name}" for view, name in COLUMNS])
def test_a_column_has_a_meaning_a_unit_and_an_example_of_its_type(view, name):
    assert view.columns[name]
    assert unit(view.name, name)
    value = example(view.name, name)
    kind = column_type(view.name, name)
    read = {list: json.loads, dict: json.loads, int: int, float: float, bool: int, datetime: datetime.fromisoformat}
    python = dict if type(kind).__name__ == "JSON" else kind.python_type if hasattr(kind, "python_type") else datetime
    found = read.get(python, str)(value)
    if unit(view.name, name).startswith("share"):
        assert 0 <= found <= 1
    digits = re.match(r"(\d+) hex digits", unit(view.name, name))
    assert digits is None or re.fullmatch(f"[0-9a-f]{{{digits[1]}}}", value)


def test_the_page_shows_every_column_with_all_of_it():
    page = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    for view in VIEWS:
        section = page.partition(f"\n## {view.name}\n")[2].partition("\n## ")[0]
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| `")]
        assert [cells[0].strip(" `") for cells in rows] == list(view.columns)
        assert all(len(cells) == 5 and all(cell.strip() for cell in cells) for cells in rows)


def _views(folder):
    """(columns, rows) of every view of the file in `folder`, by what its own release calls them."""
    with closing(sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)) as file:
        found = {}
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
            rows = file.execute(f"SELECT * FROM {name}")
            found[name] = ([column[0] for column in rows.description], sorted(map(repr, rows)))
        return found


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.stem)
def test_what_a_reader_of_a_former_release_asks_is_answered_as_before(written, tmp_path):
    with closing(sqlite3.connect(tmp_path / "archive.db")) as file:
        file.executescript(written.read_text(encoding="utf-8"))
    before = _views(tmp_path)
    assert {"articles", "versions", "changes", "captures"} <= before.keys()
    Archive.open(tmp_path).close()
    with closing(sqlite3.connect(f"file:{tmp_path / 'archive.db'}?mode=ro", uri=True)) as file:
        for name, (columns, rows) in before.items():
            assert rows or name == "runs"
            assert sorted(map(repr, file.execute(f"SELECT {', '.join(columns)} FROM {name}"))) == rows
