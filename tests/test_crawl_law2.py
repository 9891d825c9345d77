"""Law 2 after crawls: whatever a crawl met, its WARC files replayed into an empty archive say the same."""

import random

import pytest
from newsroom import Newsroom, serve
from test_crawl import Crawls

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.verify import verify
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources

PAPERS = ("baolaocai", "daidoanket", "vietnam_vn")
FAULTS = ("captcha", "500", "404", "half", "empty", "emptied", "length_cut", "redirect_home")


@pytest.mark.parametrize("seed", [1])
def test_a_replay_of_any_schedule_is_the_same_archive(seed, tmp_path):
    chance = random.Random(seed)
    folder = tmp_path / "crawled"
    requests = 0
    with serve(Newsroom(seed, papers=PAPERS, articles=18), own_addresses=True) as server:
        papers = chance.sample(PAPERS, k=2)
        for _ in range(2):
            fault = server.faults.add(chance.choice(FAULTS), path="-", share=chance.choice((0.1, 0.4)), seed=seed)
            for paper in papers:
                account = Crawls(server, folder, paper).run(budget=chance.choice((8, 30)))
                requests += account["requests"]
            server.faults.remove(fault)
            server.clock.advance(hours=chance.choice((1, 7, 30)))
    with open_archive(tmp_path / "replayed") as archive:
        replay(archive, open_sources([folder]))
    with Archive.open(folder) as crawled, Archive.open(tmp_path / "replayed") as replayed:
        assert verify(crawled).problems == ()
        assert fingerprint(replayed) == fingerprint(crawled)
        assert sum(1 for _ in crawled.rows("versions")) > 10
    assert requests > 30
