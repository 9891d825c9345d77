"""Real pages kept as text, read as a careful person would mark them.

The texts belong to the papers and are not in here: the environment variable LUUBAO_PAGE_DUMPS names the folder that
holds them. What is here was marked by hand, line by line, and hashed."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.text import tidy
from archive.types import BlockKind, Capture, Verdict
from crawler.extraction import extract

FOLDER = os.environ.get("LUUBAO_PAGE_DUMPS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="set LUUBAO_PAGE_DUMPS to the folder of the page dumps")


@dataclass(frozen=True)
class Dump:
    """What one page holds: counts, and the first 16 digits of the SHA-256 of the texts, joined by newlines."""

    file: str
    title: str
    lede: str
    body: tuple[int, str]
    subheads: tuple[int, str]
    captions: tuple[int, str]
    lines: int
    author: str | None = None
    credit: str | None = None
    credit_site: str | None = None
    photographers: tuple[str, ...] = ()


DUMPS = (
    Dump(
        file="000_82b34e17339aeeb6.txt",
        title="21a97f5efae1ac48",
        lede="61f84d53e1287183",
        body=(7, "2f6197bf84ca6a08"),
        subheads=(0, "e3b0c44298fc1c14"),
        captions=(4, "d09a9d079a62999b"),
        lines=56,
    ),
    Dump(
        file="001_c6e85339caf1471a.txt",
        title="a24470a6bf8e34a6",
        lede="10b6129223acd017",
        body=(16, "594b2b3b8a54bc88"),
        subheads=(4, "3b00408582571551"),
        captions=(6, "788251e9aaf0bcb7"),
        lines=60,
    ),
    Dump(
        file="002_097c28b7052bb0fa.txt",
        title="800cda651ccc2f03",
        lede="6c0c6deece0509aa",
        body=(9, "93ecbb52b1be588b"),
        subheads=(0, "e3b0c44298fc1c14"),
        captions=(4, "fe0801e3dfdf8dc7"),
        lines=48,
    ),
    Dump(
        file="003_f366c1ab7f44886c.txt",
        title="02d36b64c2072122",
        lede="f12bd26acdd693f9",
        body=(4, "7f4f75efc24e47ab"),
        subheads=(0, "e3b0c44298fc1c14"),
        captions=(1, "e27119017a0ad8e4"),
        lines=37,
        author="47eaa941517c27df",
        credit="e941be0c183c2b22",
        credit_site="daidoanket",
    ),
    Dump(
        file="004_0af593923bbc445e.txt",
        title="0e5379ed209efce9",
        lede="40a61d0566bba9a9",
        body=(10, "31d6679af0aa7516"),
        subheads=(2, "696f285893b33c26"),
        captions=(1, "1dd10d275035b96b"),
        lines=72,
        author="49780af3c02d3d68",
        photographers=("49780af3c02d3d68",),
    ),
)


def digest(*texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def counted(texts):
    return len(texts), digest(*texts)


def optional(text):
    return None if text is None else digest(text)


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.file)
def dump(request):
    return request.param


@pytest.fixture
def text(dump):
    return Path(FOLDER, dump.file).read_text(encoding="utf-8")


@pytest.fixture
def document(text):
    now = datetime(2026, 2, 7, tzinfo=UTC)
    return extract(
        Capture("urn:sha256:0", now, text.encode(), headers=(("Content-Type", "text/plain; charset=utf-8"),))
    )


def test_the_article_is_what_a_careful_person_marks(dump, document):
    subheads = [block.text for block in document.blocks if block.kind is BlockKind.SUBHEAD]
    assert (document.verdict, document.language) == (Verdict.OK, "vi")
    assert digest(document.title) == dump.title
    assert digest(document.lede) == dump.lede
    assert counted([block.text for block in document.blocks]) == dump.body
    assert counted(subheads) == dump.subheads
    assert counted([caption.text for caption in document.captions]) == dump.captions


def test_who_is_named(dump, document):
    credit = document.credit
    assert optional(document.author) == dump.author
    assert (optional(credit.name) if credit else None, credit.site if credit else None) == (
        dump.credit,
        dump.credit_site,
    )
    assert tuple(digest(each.credit) for each in document.captions if each.credit) == dump.photographers


def test_article_and_furniture_account_for_every_line(dump, text, document):
    lines = [line for raw in text.splitlines() if (line := tidy(raw))]
    article = [document.title, document.lede, *(block.text for block in document.blocks)]
    article += [caption.text for caption in document.captions]
    assert len(lines) == dump.lines
    assert Counter(article) + Counter(furniture.text for furniture in document.furniture) == Counter(lines)


def test_nothing_is_read_that_the_page_does_not_say(document):
    assert (document.published_at, document.modified_at, document.tags, document.kicker) == (None, None, (), None)
