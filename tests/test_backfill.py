"""`--backfill --since`: the archives of a paper, shard by shard and page by page, back to a date and hardly further."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from newsroom import Newsroom, lists, serve
from newsroom.papers import PAPERS
from test_crawl import Crawls
from test_discovery_crawl import listed, standing

from crawler.crawl.walk import FARTHEST, MAX_PAGES, NextPage, Walk
from crawler.sites import Source, SourceKind

SLOW = {paper.name: replace(paper, per_day=1, crawl_delay=None) for paper in PAPERS}
YEAR = timedelta(days=365)


def pages_of(server, path):
    return [access.path for access in server.log if access.path.startswith(path)]


# --- sitemaps ---


@pytest.mark.parametrize("paper", ["baolaocai", "laodongthudo", "daidoanket", "tuoitre", "vietnam_vn"])
def test_shards_of_any_shape_are_walked_back_for_years(tmp_path, paper):
    """Months, in gzip under one lastmod or listed late, five days and single days: one year of a paper of two."""
    with serve(Newsroom(7, papers=(SLOW[paper],), articles=700)) as server:
        crawls = Crawls(server, tmp_path / "a", paper)
        since = server.now() - YEAR
        account = crawls.run(sources=[("sitemap", "/sitemap.xml")], budget=1, since=since.isoformat())
        wanted = standing(server, paper, since=since)
        assert account["broken"] == {}
        assert len(wanted) > 300
        assert wanted <= listed(crawls)
        # What is older comes with the shard in which the date lies.
        assert listed(crawls) <= standing(server, paper, since=since - timedelta(days=31))


# --- lists of links, which state no dates ---


@pytest.fixture
def archive_of_pages(monkeypatch):
    """A paper with one section, four articles a page, and 33 pages of it."""
    monkeypatch.setattr(lists, "PER_PAGE", 4)
    paper = replace(SLOW["baolaocai"], sections=1)
    with serve(Newsroom(7, papers=(paper,), articles=130)) as server:
        yield server


def backfill(server, folder, *, days, **wish):
    crawls = Crawls(server, folder, "baolaocai")
    since = server.now() - timedelta(days=days)
    wish = {"sources": [("section", "/thoi-su/")], "since": since.isoformat(), **wish}
    return crawls, crawls.run(**wish), standing(server, "baolaocai", since=since)


def test_pages_are_turned_until_the_date_and_no_further(archive_of_pages, tmp_path):
    crawls, account, wanted = backfill(archive_of_pages, tmp_path / "a", days=95)
    turned = pages_of(archive_of_pages, "/thoi-su/")
    assert len(wanted) > 4 * MAX_PAGES
    assert wanted <= {urlsplit(url).path for url in crawls.articles()}
    # All articles of the last page are older; nobody can tell before they are read.
    assert len(turned) <= len(wanted) / 4 + 3
    assert account["left_lists"] == 0


def test_a_backfill_beyond_the_budget_says_that_lists_go_on_and_the_next_one_goes_on(archive_of_pages, tmp_path):
    _, first, _ = backfill(archive_of_pages, tmp_path / "a", days=40, budget=16)
    assert first["left_lists"] == 1
    _, second, wanted = backfill(archive_of_pages, tmp_path / "a", days=40)
    assert second["left_lists"] == 0
    assert first["stored"] + second["stored"] >= len(wanted)


def test_a_crawl_for_news_turns_no_page_that_shows_nothing_new(archive_of_pages, tmp_path):
    crawls = Crawls(archive_of_pages, tmp_path / "a", "baolaocai")
    crawls.run(sources=[("section", "/thoi-su/")], budget=1)
    assert len(pages_of(archive_of_pages, "/thoi-su/")) == MAX_PAGES


# --- the rule ---

SECTION = Source(SourceKind.SECTION, "https://bao.example/thoi-su")
THEN = datetime(2025, 1, 1, tzinfo=UTC)


def page(number, *listed):
    return NextPage(SECTION, f"{SECTION.url}?page={number}", number, listed)


def test_a_list_that_repeats_itself_ends():
    walk = Walk(THEN)
    walk.put_off(page(2, "a", "b"))
    assert [waiting.page for waiting in walk.take()] == [2]
    walk.put_off(page(3, "b", "a"))
    assert walk.waiting == 0


def test_a_list_without_end_ends():
    walk = Walk(THEN)
    walk.put_off(page(FARTHEST + 1, "a"))
    assert walk.waiting == 0


@pytest.mark.parametrize(("days", "is_far"), [(-1, True), (0, False), (1, False)])
def test_a_list_ends_where_its_newest_article_is_older(days, is_far):
    assert Walk(THEN).is_far_enough(THEN + timedelta(days=days)) is is_far


def test_a_list_of_which_no_date_is_known_goes_on():
    assert not Walk(THEN).is_far_enough(None)
