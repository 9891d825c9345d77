"""A crawl of a newsroom on loopback: everything once, edits and removals noticed, nothing lost to a kill."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from newsroom import Newsroom, oracle, serve

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.verify import verify
from crawler.cli import main
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sites import find_site
from crawler.sources import open_sources

ROOT = Path(__file__).parent.parent
SOURCES = [("home", "/"), ("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml")]


class Crawls:
    """Crawls of one paper into one archive, by the newsroom's clock."""

    def __init__(self, server, folder: Path, paper: str) -> None:
        self.server, self.folder, self.paper = server, folder, paper

    def run(self, *, status: int = 0, **wish):
        wish = {
            "paper": self.paper,
            "base": self.server.urls[self.paper],
            "folder": str(self.folder),
            "now": self.server.now().isoformat(),
            "sources": SOURCES,
        } | wish
        done = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "crawl_process.py"), json.dumps(wish)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stderr[-2000:]
        self.said = done.stderr
        return json.loads(done.stdout) if status == 0 else None

    def articles(self) -> dict[str, dict]:
        with Archive.open(self.folder) as archive:
            return {row["url"].replace("https://", "http://"): row for row in archive.rows("articles")}

    def fingerprint(self) -> str:
        with Archive.open(self.folder) as archive:
            assert verify(archive).problems == ()
            return fingerprint(archive)


@pytest.fixture(scope="module")
def first_crawl(tmp_path_factory):
    """A crawl of everything, its account, and what the server saw of it: most tests begin where it ended."""
    with serve(Newsroom(7, papers=("baolaocai",), articles=24)) as server:
        crawls = Crawls(server, tmp_path_factory.mktemp("first") / "archive", "baolaocai")
        began = server.now()
        account = crawls.run()
        yield crawls, account, list(server.log), began


@pytest.fixture
def crawls(first_crawl, tmp_path):
    """An archive of its own, of a paper on whose first day nothing is wrong."""
    first, _, _, began = first_crawl
    first.server.faults.clear()
    first.server.log.clear()
    first.server.clock.set(began)
    return Crawls(first.server, tmp_path / "archive", first.paper)


@pytest.fixture
def crawled(first_crawl, crawls):
    """The same after the first crawl."""
    shutil.copytree(first_crawl[0].folder, crawls.folder)
    return crawls


def read_articles(crawls):
    """What the archive says beside what is true, for every article that it has."""
    truth = oracle(crawls.server.newsroom, crawls.server.now())
    pairs = [(truth.article(url), row) for url, row in crawls.articles().items()]
    return [(true, row) for true, row in pairs if true is not None]


def test_a_first_crawl_reads_what_the_paper_says(first_crawl, crawled):
    account = first_crawl[1]
    pairs = read_articles(crawled)
    assert len(pairs) == account["stored"] > 12
    for true, row in pairs:
        assert (row["title"], row["lede"], row["author"]) == (
            true.content.title,
            true.content.lede,
            true.content.author,
        )
        assert row["published_at"] == true.published_at
    assert account["left_new"] == account["left_due"] == 0
    assert not [name for name in account if name.startswith("failed")]


def test_a_second_crawl_at_once_fetches_no_article(first_crawl, crawled):
    first, crawls = first_crawl[1], crawled
    second = crawls.run()
    assert (second["stored"], second["unchanged"], second["left_due"]) == (0, 0, 0)
    assert second["listed_known"] == second["listed"] > 0
    assert second["requests"] < first["requests"]
    with Archive.open(crawls.folder) as archive:
        assert sum(1 for _ in archive.rows("versions")) == first["stored"]


def test_time_passes_and_edits_removals_and_news_are_noticed(crawled):
    crawls = crawled
    known = crawls.articles()
    for _ in range(3):
        crawls.server.clock.advance(hours=9)
        crawls.run()
    later = crawls.articles()
    assert later.keys() > known.keys()
    edited = [true for true, row in read_articles(crawls) if row["versions"] > 1]
    gone = {url for url, row in later.items() if row["gone_at"] is not None}
    assert edited
    assert all(len(true.versions) > 1 for true in edited)
    truth = {article.url for article in oracle(crawls.server.newsroom, crawls.server.now()).gone()}
    assert gone <= truth


def test_a_replay_of_what_was_crawled_is_the_same_archive(crawled, tmp_path):
    crawls = crawled
    crawls.server.clock.advance(hours=7)
    crawls.run()
    with open_archive(tmp_path / "replayed") as archive:
        replay(archive, open_sources([crawls.folder]))
    with Archive.open(tmp_path / "replayed") as archive:
        assert fingerprint(archive) == crawls.fingerprint()


def test_killed_three_times_it_loses_nothing_and_doubles_nothing(first_crawl, crawls):
    for answers in (10, 7, 9):
        crawls.run(status=-9, kill_after=answers)
    crawls.run()
    assert crawls.articles().keys() == first_crawl[0].articles().keys()
    assert {row["versions"] for row in crawls.articles().values()} == {1}
    assert crawls.fingerprint() != ""


def test_an_outage_is_no_removal(crawled):
    crawls = crawled
    crawls.server.clock.advance(hours=2)
    crawls.server.faults.add("500", path="-post")
    account = crawls.run()
    assert account["outcome_nothing"] > 0
    assert [row for row in crawls.articles().values() if row["gone_at"] is not None] == []
    assert {row["versions"] for row in crawls.articles().values()} == {1}


def test_a_captcha_over_good_articles_is_held(crawled):
    crawls = crawled
    crawls.server.clock.advance(hours=2)
    crawls.server.faults.add("captcha", path="-post")
    account = crawls.run()
    assert account["held_blocked"] > 0
    assert {row["versions"] for row in crawls.articles().values()} == {1}


def test_one_connection_and_no_forbidden_path(first_crawl):
    log = first_crawl[2]
    paths = [access.path for access in log]
    assert max(access.open_connections for access in log) == 1
    assert paths[0] == "/robots.txt"
    assert not [path for path in paths if path.startswith(("/tim-kiem", "/tu-khoa", "/print", "/search"))]


def test_a_broken_source_is_told_and_is_not_no_news(crawls):
    crawls.server.faults.add("403", path="sitemap")
    account = crawls.run()
    assert any("sitemap" in source for source in account["broken"])
    assert account["stored"] > 0


def test_captures_that_wait_are_read_by_a_replay_of_the_archive(crawls, tmp_path):
    account = crawls.run(capture_only=True)
    crawls.server.clock.advance(hours=9)
    again = crawls.run(capture_only=True, revisit="all")
    assert account["unread"] == account["captures"] > 20
    assert again["unread"] > 0
    with Archive.open(crawls.folder) as archive:
        assert archive.status()["unread"] == account["unread"] + again["unread"]
        assert list(archive.rows("articles")) == []
    for folder in (crawls.folder, tmp_path / "replayed"):
        with open_archive(folder) as archive:
            replay(archive, open_sources([crawls.folder]))
            assert archive.status()["unread"] == 0
    with Archive.open(tmp_path / "replayed") as archive:
        assert fingerprint(archive) == crawls.fingerprint()
    assert len(crawls.articles()) >= 20


def test_pages_kept_between_pages_that_were_read_are_judged_in_the_order_of_time(crawls, tmp_path):
    for is_capture_only in (False, True, False):
        crawls.run(capture_only=is_capture_only)
        crawls.server.clock.advance(hours=9)
    for folder in (crawls.folder, tmp_path / "replayed"):
        with open_archive(folder) as archive:
            replay(archive, open_sources([crawls.folder]))
    with Archive.open(tmp_path / "replayed") as archive:
        assert fingerprint(archive) == crawls.fingerprint()


def test_the_account_says_what_the_server_saw(crawls):
    total = 0
    for _ in range(2):
        before = len(crawls.server.log)
        account = crawls.run()
        seen = [access for access in list(crawls.server.log)[before:] if access.path != "/robots.txt"]
        assert account["requests"] == len(seen) > 0
        assert account["not_modified"] == sum(access.status == 304 for access in seen if access.is_article)
        total += account["stored"]
        crawls.server.clock.advance(hours=9)
    assert total == len(crawls.articles())
    shown = {story for paper, story in crawls.server.visits() if paper == crawls.paper}
    assert len(shown) == total


def test_a_dry_run_asks_nobody_and_names_what_is_to_be_fetched(crawls):
    crawls.run(budget=10)
    before, asked = crawls.fingerprint(), len(crawls.server.log)
    words = ["crawl", crawls.paper, "--dry-run", "--json", "--archive", str(crawls.folder)]
    lines = [json.loads(line) for line in CliRunner().invoke(main, words).stdout.splitlines()]
    sources = [line["url"] for line in lines if line["why"] == "source"]
    assert sources == [source.url for source in find_site(crawls.paper).sources]
    new = {line["url"] for line in lines if line["why"] == "new"}
    assert new
    assert (crawls.fingerprint(), len(crawls.server.log)) == (before, asked)
    crawls.run()
    assert {url.split("/", 3)[3] for url in new} <= {url.split("/", 3)[3] for url in crawls.articles()}


def test_a_redirect_to_the_front_page_is_a_removal_that_may_end(crawled):
    crawled.server.clock.advance(hours=2)
    crawled.server.faults.add("redirect_home", path="-post")
    crawled.run()
    gone = {url for url, row in crawled.articles().items() if row["gone_at"] is not None}
    assert gone
    crawled.server.faults.clear()
    crawled.server.clock.advance(hours=25)
    crawled.run()
    assert {row["gone_at"] for url, row in crawled.articles().items() if url in gone} == {None}
