"""How much of each Vietnamese template is read rightly, by the truth of the newsroom that wrote the pages.

`-s` prints the table. The seeds hold each field of one page of every family; this holds shares of many pages, so that a
page that nobody looked at counts as well."""

import sys
from collections import Counter, defaultdict

import pytest
from newsroom import START, Newsroom, oracle
from newsroom.plan import minute_of
from newsroom.words import TAGS

from archive.types import Capture
from crawler.extraction import extract
from crawler.sites import find_site

NOW = START.replace(day=5)
ARTICLES = 60
GRAM = 4
LEAST = 0.99
WITHOUT_TAGS = frozenset({"aggregator"})
FIELDS = ("title", "lede", "author", "time", "section", "tags", "captions")


def shingles(lines):
    words = " ".join(lines).split()
    return Counter(tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1)))


def judged(article, said, family):
    """Of one page: precision and recall of the body, and which fields are exact."""
    content = article.content
    wanted, found = shingles(content.paragraphs), shingles(block.text for block in said.blocks)
    common = (wanted & found).total()
    return {
        "precision": common / max(1, found.total()),
        "recall": common / wanted.total(),
        "title": said.title == content.title,
        "lede": said.lede == content.lede,
        "author": said.author == content.author,
        "time": said.published_at == article.published_at
        and said.published_at.utcoffset() == article.published_at.utcoffset(),
        "section": said.section == article.section,
        "tags": said.tags == (() if family in WITHOUT_TAGS else tuple(TAGS[tag] for tag in article.story.tags)),
        "captions": tuple(caption.text for caption in said.captions) == content.captions,
    }


@pytest.fixture(scope="module")
def families():
    newsroom = Newsroom()
    read = defaultdict(list)
    for article in oracle(newsroom, NOW):
        site = find_site(article.story.paper.site)
        family = article.story.paper.family.value
        if article.is_gone or site is None or len(read[family]) >= ARTICLES:
            continue
        page = newsroom.page(article.paper, article.story.path(minute_of(NOW)), NOW)
        said = extract(Capture(article.url, NOW, page.body, status=page.status, headers=page.headers, site=site.name))
        read[family].append(judged(article, said, family))
    shares = {
        family: {name: sum(each[name] for each in some) / len(some) for name in some[0]}
        for family, some in read.items()
        if some
    }
    for family, figures in shares.items():
        shown = " ".join(f"{name} {share:.4f}" for name, share in figures.items())
        sys.stdout.write(f"\n{family} {len(read[family])} pages: {shown}")
    return shares


def test_every_family_with_rules_is_counted(families):
    assert set(families) >= {"epi", "mastercms", "vccorp", "aggregator", "daidoanket"}


def test_the_body_is_read_to_ninety_nine_parts_in_a_hundred(families):
    assert {
        family: min(of["precision"], of["recall"]) for family, of in families.items() if of["precision"] < LEAST
    } == {}
    assert {family: of["recall"] for family, of in families.items() if of["recall"] < LEAST} == {}


@pytest.mark.parametrize("field", FIELDS)
def test_the_fields_are_exact(families, field):
    assert {family: of[field] for family, of in families.items() if of[field] < 1} == {}
