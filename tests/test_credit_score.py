"""How well credits, datelines and picture credits are told apart: several hundred lines, held to floors.

The lines are invented and were written beside the rules: they show a fall, not how good the rules are elsewhere. The
floors may only be raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.extraction.credit import credit_line, dateline, photo_credit

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "credit_lines.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def credited(text):
    found = credit_line(text)
    return "-" if found is None else found.site or ("link" if found.url else "?")


def opened(text):
    found = dateline(text)
    return found.site if found else "-"


READ = {"credit": credited, "dateline": opened, "photo": lambda text: photo_credit(text) or "-"}


def score(kind):
    """(precision, recall) over the lines of a kind, and what was read wrong."""
    read = [(expected, READ[kind](text), text) for name, expected, text in LINES if name == kind]
    right = sum(expected == got != "-" for expected, got, _ in read)
    said = sum(got != "-" for _, got, _ in read)
    there = sum(expected != "-" for expected, _, _ in read)
    return right / said, right / there, [each for each in read if each[0] != each[1]]


@pytest.mark.parametrize(("kind", "lines"), [("credit", 500), ("dateline", 95), ("photo", 14)])
def test_lines_are_read_as_what_they_are(kind, lines):
    assert sum(name == kind for name, _, _ in LINES) >= lines
    precision, recall, wrong = score(kind)
    assert (precision >= 0.99, recall >= 0.99) == (True, True), wrong


def test_no_picture_credits_the_article():
    assert [text for kind, _, text in LINES if kind == "photo" and credit_line(text)] == []


def test_no_line_stands_there_twice():
    assert len({tuple(line) for line in LINES}) == len(LINES)
