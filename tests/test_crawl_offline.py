"""A crawl from captures: the real spider, no network, and the archive that a replay makes."""

import pytest
from newsroom import Newsroom, serve
from test_crawl import Crawls

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.warc import WarcWriter
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import load, open_sources

PAPER = "baolaocai"
NETWORK = 66


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Three crawls with hours between them: edits, removals, and an outage; the server goes on listening."""
    folder = tmp_path_factory.mktemp("crawled")
    with serve(Newsroom(7, papers=(PAPER,), articles=14)) as server:
        crawls = Crawls(server, folder / "archive", PAPER)
        crawls.run()
        server.clock.advance(hours=7)
        fault = server.faults.add("500", path="-post", share=0.2, seed=1)
        crawls.run(revisit="all")
        server.faults.remove(fault)
        server.clock.advance(hours=20)
        crawls.run(revisit="all")
        yield crawls


def captures(folder):
    with Archive.open(folder) as archive:
        return {row["capture_id"] for row in archive.rows("captures")}


def test_the_spider_makes_of_captures_what_a_replay_makes_and_asks_nobody(crawled, tmp_path):
    asked = len(crawled.server.log)
    offline = Crawls(crawled.server, tmp_path / "offline", PAPER)
    account = offline.run(offline=[str(crawled.folder)])
    assert len(crawled.server.log) == asked
    assert account["unasked"] == 0
    assert captures(offline.folder) == captures(crawled.folder)
    with open_archive(tmp_path / "replayed") as archive:
        replay(archive, open_sources([crawled.folder]))
        assert offline.fingerprint() == fingerprint(archive) == crawled.fingerprint()
    with Archive.open(offline.folder) as archive:
        assert sum(1 for _ in archive.rows("versions")) > len(offline.articles()) > 10


def test_the_guard_of_this_test_sees_a_crawl_that_is_not_offline(crawled, tmp_path):
    Crawls(crawled.server, tmp_path / "online", PAPER).run(status=NETWORK, no_network=True)


def test_what_the_captures_do_not_have_is_told_and_waits_for_a_crawl(crawled, tmp_path):
    left_out = next(url for url, row in sorted(crawled.articles().items()) if row["gone_at"] is None)
    (tmp_path / "some").mkdir()
    with WarcWriter(tmp_path / "some", "some", created_at=crawled.server.now()) as writer:
        for entry in open_sources([crawled.folder]):
            capture = load(entry.locator)
            if capture.url != left_out:
                writer.add(capture)
    offline = Crawls(crawled.server, tmp_path / "offline", PAPER)
    account = offline.run(offline=[str(tmp_path / "some")])
    assert account["failed_not_captured"] == 1
    assert offline.articles().keys() == crawled.articles().keys() - {left_out}
    offline.run()
    assert left_out in offline.articles()


def test_a_crawl_says_how_far_it_is(crawled, tmp_path):
    crawls = Crawls(crawled.server, tmp_path / "again", PAPER)
    account = crawls.run(budget=5, progress=0.01)
    told = [line.split()[1:] for line in crawls.said.splitlines() if line.startswith("progress ")]
    answers = [int(count) for count, _ in told]
    assert answers == sorted(answers)
    assert 0 < answers[-1] <= account["requests"]
    assert int(told[-1][1]) >= account["left_new"] > 0
