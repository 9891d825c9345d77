"""Consumers: the recipes of docs/recipes.md on both engines, and on archives that former releases wrote."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import bad, document, paragraphs, record
from sqlalchemy import text

from archive.core import Archive

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"
RECIPE = re.compile(r"^## (.+?)\n.*?^```sql\n(.+?)^```", re.MULTILINE | re.DOTALL)
RECIPES = dict(RECIPE.findall(PAGE.read_text(encoding="utf-8")))
WRITTEN = sorted((Path(__file__).parent / "data").glob("archive-*.sql"))
MOT, HAI, BA = "https://mot.example/1.html", "https://hai.example/1.html", "https://ba.example/1.html"
ROWS = {
    "What was edited, newest first": [(MOT, 2, "Tựa đề mới")],
    "Who copies whom": [("mot.example", "hai.example", 1)],
    "Copies that name no source": [("hai.example", HAI, "Tựa đề")],
    "Copies that still run what the original has corrected since": [(MOT, HAI)],
    "Each article as it read at a moment": [(HAI, 1, "Tựa đề"), (MOT, 1, "Tựa đề")],
    "What waits for a person, and why": [("ba.example", "blocked", 1)],
    "How many articles each site has, and how many of them are its own": [
        ("ba.example", 1, 1),
        ("hai.example", 1, 0),
        ("mot.example", 1, 1),
    ],
}
"""What some of them must answer; of the others it is asked that they answer something."""


@pytest.fixture
def kept(archive):
    """An original that was corrected after it had been copied, a page that is gone, and one that is held."""
    story = {"body": paragraphs("story"), "lede": None, "author": None}
    record(archive, document(title="Tựa đề", **story), url=MOT)
    record(archive, document(title="Tựa đề", **story), url=HAI, day=2)
    record(archive, document(title="Tựa đề mới", **story), url=MOT, day=3)
    record(archive, document("other"), url=BA, day=3)
    record(archive, bad("gone"), url=BA, day=4)
    record(archive, bad("blocked"), url="https://ba.example/2.html", day=4)
    archive.commit()
    return archive


def test_every_recipe_is_found():
    assert len(RECIPES) == PAGE.read_text(encoding="utf-8").count("```sql")
    assert ROWS.keys() <= RECIPES.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_answers_its_question(kept, name):
    with kept.reading() as connection:
        rows = [tuple(row) for row in connection.execute(text(RECIPES[name].replace(":", "\\:")))]
    assert rows == ROWS.get(name, rows)
    assert rows


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.stem)
def test_a_consumer_of_the_first_release_reads_what_former_releases_wrote(written, tmp_path):
    """With SQL over the views, before and after this release has opened (and so upgraded) the archive."""
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        connection.executescript(written.read_text(encoding="utf-8"))
        before = {name: connection.execute(query).fetchall() for name, query in RECIPES.items()}
    assert before["What was edited, newest first"]
    with Archive.open(tmp_path) as archive:
        assert list(archive.rows("articles"))
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        assert {name: connection.execute(query).fetchall() for name, query in RECIPES.items()} == before
