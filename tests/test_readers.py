"""Readers and a writer in another process do not wait for each other: neither for a transaction nor for a long read."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import document, record

from archive.search import search

WRITER = Path(__file__).with_name("writer_process.py")
PATIENCE = 60
"""Seconds until a test gives up; who waits for a lock waits for half of that, and then fails by itself."""


@contextmanager
def writer(shelf, first, count):
    folder, database = shelf.place("archive")
    url = [] if database is None else [database.render_as_string(hide_password=False)]
    words = [sys.executable, str(WRITER), str(folder), str(first), str(count), *url]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def kept(shelf):
    with shelf.open() as archive:
        for number in (1, 2, 3):
            record(archive, document(number), url=f"https://bao.example/{number}.html", day=number)
    return shelf


def test_a_reader_reads_what_was_committed_while_a_writer_is_in_the_middle(kept):
    archive = kept.open(is_readonly=True)
    with writer(kept, 4, 2) as process:
        assert process.stdout.readline() == "recorded\n"
        assert len(list(archive.rows("articles"))) == 3
        assert len(list(archive.changes())) == 3
        word = next(archive.rows("articles"))["title"].split()[0]
        assert list(search(archive, word))
        process.communicate("go on\n", timeout=PATIENCE)
        assert process.returncode == 0
    assert len(list(archive.rows("articles"))) == 5


def test_a_writer_commits_while_a_reader_is_in_the_middle(kept):
    archive = kept.open(is_readonly=True)
    rows = archive.rows("articles", order_by=("url",))
    read = [next(rows)["url"]]
    with writer(kept, 4, 2) as process:
        process.communicate("go on\n", timeout=PATIENCE)
        assert process.returncode == 0
    assert len(list(archive.rows("articles"))) == 5
    assert read + [row["url"] for row in rows] == [f"https://bao.example/{number}.html" for number in (1, 2, 3)]
