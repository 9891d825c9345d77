"""`luubao sites`, `site check` and `record`: over real seeds, and live over loopback in a process of their own."""

import asyncio
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from loopback import Page, Site
from newsroom import Newsroom, serve

from archive.types import Capture
from crawler.checking import look
from crawler.cli import main
from crawler.sites import Source, SourceKind, find_site, sites
from crawler.sources import load, open_sources

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
NOW = datetime(2026, 7, 1, 5, tzinfo=UTC)
RSS = (
    '<rss version="2.0"><channel><title>t</title><item><title>Một tin dài vừa đủ</title><link>{url}</link></item>'
    "</channel></rss>"
)


def luubao(*words):
    runner = CliRunner(env={"LUUBAO_ARCHIVE": None, "LUUBAO_DATABASE": None})
    return runner.invoke(main, [*map(str, words)], prog_name="luubao", catch_exceptions=False)


def in_a_process(*words):
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def states(*seeds, name):
    done = luubao("site", "check", name, "--json", *(word for seed in seeds for word in ("--seed", seed)))
    return done.exit_code, {one["promise"]: one for one in json.loads(done.stdout)["promises"]}


def test_sites_lists_every_site_with_its_seeds(tmp_path):
    rows = json.loads(luubao("sites", "--json", "--seeds", SEEDS, "--archive", tmp_path / "none").stdout)
    assert [row["name"] for row in rows] == [site.name for site in sites()]
    assert [row["name"] for row in rows if not row["seeds"]] == []
    assert {row["articles"] for row in rows} == {None}


def test_sites_counts_what_the_archive_has(tmp_path):
    assert luubao("replay", SEEDS / "site_nld", "--archive", tmp_path / "a").exit_code == 0
    rows = json.loads(luubao("sites", "--json", "--archive", tmp_path / "a").stdout)
    assert {row["name"]: row["articles"] for row in rows if row["articles"]} == {"nld": 1}


@pytest.mark.parametrize("site", [site.name for site in sites() if (SEEDS / f"site_{site.name}").exists()])
def test_the_promises_of_a_site_hold_on_its_seed(site):
    code, found = states(SEEDS / f"site_{site}", name=site)
    assert {one["promise"]: one["found"] for one in found.values() if one["state"] == "broken"} == {}
    assert code == 0
    assert found["body"]["state"] == "holds"


def test_a_redesign_breaks_the_promise_of_the_body(tmp_path):
    shutil.copytree(SEEDS / "site_dantri", tmp_path / "seed")
    for page in (tmp_path / "seed").glob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("desktop-in-article", "x9"), encoding="utf-8")
    code, found = states(tmp_path / "seed", name="dantri")
    assert code == 1
    assert found["body"]["state"] == "broken"
    assert "redesign" in found["body"]["cause"]


def test_a_seed_without_the_site_says_what_to_do():
    done = luubao("site", "check", "vtv", "--seed", SEEDS / "captcha")
    assert done.exit_code == 1
    assert "luubao record" in done.stderr


def looked(answers, *sources):
    site = replace(find_site("tuoitre"), sources=sources)

    async def ask(url):
        return answers.get(url, "ConnectError")

    return asyncio.run(look(site, ask, now=NOW, sample=3))


FEED = Source(SourceKind.FEED, "https://tuoitre.vn/rss/a.rss")


def answer(source, body, status=200, headers=()):
    return {source.url: Capture(source.url, NOW, body.encode(), status, headers)}


def test_a_feed_of_articles_holds():
    url = "https://tuoitre.vn/mot-tin-20260701010101001.htm"
    (promise, missing), pages = looked(answer(FEED, RSS.format(url=url)), FEED)
    assert (promise.holds, promise.found) == (True, "1 listed, 1 match")
    assert (missing.holds, pages) == (None, [])  # the article itself was not answered


@pytest.mark.parametrize(
    ("status", "headers", "cause"),
    [
        (301, (("Location", "https://tuoitre.vn/new.rss"),), "moved"),
        (403, (), "blocked"),
        (503, (), "down"),
    ],
)
def test_a_source_that_does_not_answer_is_broken_with_its_cause(status, headers, cause):
    (promise,), _ = looked(answer(FEED, "", status, headers), FEED)
    assert promise.holds is False
    assert cause in promise.cause


def test_a_source_that_was_only_inferred_breaks_nothing():
    source = replace(FEED, is_inferred=True)
    (promise,), _ = looked(answer(source, "", 404), source)
    assert promise.holds is None


def test_who_could_not_ask_is_unsure():
    (promise,), _ = looked({FEED.url: "robots_unreachable"}, FEED)
    assert promise.holds is None
    assert "robots.txt could not be read" in promise.cause


def test_a_page_under_a_new_slug_is_followed():
    old, new = (f"https://tuoitre.vn/{slug}-20260701010101001.htm" for slug in ("mot-tin", "tin-moi"))
    answers = answer(FEED, RSS.format(url=old)) | {
        old: Capture(old, NOW, b"", 301, (("Location", new),)),
        new: Capture(new, NOW, b"<html><body><p>Xin</p></body></html>", 200),
    }
    _, pages = looked(answers, FEED)
    assert [page.url for page in pages] == [new]


def test_addresses_of_a_new_form_are_named():
    (promise, *_), _ = looked(answer(FEED, RSS.format(url="https://tuoitre.vn/v2/story/77")), FEED)
    assert promise.holds is False
    assert "https://tuoitre.vn/v2/story/77" in promise.cause


def test_record_keeps_pages_and_redirects_as_a_seed(tmp_path):
    robots = Page(b"User-agent: *\nDisallow: /no\n", headers=(("Content-Type", "text/plain"),))
    moved = Page(b"", 301, (("Location", "/b"),))
    with Site({"/robots.txt": robots, "/a": moved, "/b": Page()}) as site:
        base = f"http://127.0.0.1:{site.port}"
        words = ("--into", tmp_path / "seed", "--delay", "0", "--allow-private")
        done = in_a_process("record", f"{base}/a", f"{base}/no", *words)
    assert done.returncode == 1  # one page is none of ours
    assert "failed: robots" in done.stdout
    captures = [load(entry.locator) for entry in open_sources([tmp_path / "seed"])]
    assert [(capture.url, capture.status) for capture in captures] == [(f"{base}/a", 301), (f"{base}/b", 200)]
    assert [asked.path for asked in site.log] == ["/robots.txt", "/a", "/b"]


def test_record_asks_nothing_private_unless_told(tmp_path):
    with Site({"/a": Page()}) as site:
        done = in_a_process("record", f"http://127.0.0.1:{site.port}/a", "--into", tmp_path / "seed")
    assert done.returncode == 1
    assert "blocked_ssrf" in done.stdout
    assert site.log == []
    assert not (tmp_path / "seed").exists()


LIVE = """
import json, sys
from dataclasses import replace
from datetime import UTC, datetime
from crawler.checking import judge_pages, look
from crawler.sites import Source, SourceKind, find_site
from crawler.visit import visit
base = sys.argv[1]
host = base.removeprefix("http://")
sources = (Source(SourceKind.FEED, base + "/rss/home.rss"), Source(SourceKind.SITEMAP, base + "/sitemap.xml"))
site = replace(find_site("baolaocai"), hosts=("127.0.0.1",), sources=sources)
now = datetime.fromisoformat(sys.argv[2])
promises, pages = visit(
    lambda ask: look(site, ask, now=now, sample=3), clock=lambda: datetime.now(UTC), delay=0, allow_private=[host]
)
pages = [replace(page, site="baolaocai") for page in pages]
print(json.dumps([[one.what, one.holds, one.found] for one in promises + judge_pages(site, pages)]))
"""


def test_a_live_paper_keeps_its_promises():
    with serve(Newsroom(7, papers=("baolaocai",), articles=20)) as server:
        words = (server.urls["baolaocai"].rstrip("/"), server.now().isoformat())
        done = subprocess.run(
            [sys.executable, "-c", LIVE, *words],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    promises = {what: (holds, found) for what, holds, found in json.loads(done.stdout)}
    assert [what for what, (holds, _) in promises.items() if holds is False] == []
    assert promises["articles"] == (True, "3 of 3 read")
    assert promises["body"] == (True, "3 of 3, epi/body 3")
