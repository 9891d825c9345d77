"""What robots.txt answers is kept beside the pages, is no page, and names sitemaps that nobody else names."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from builders import at
from loopback import Page, Site
from newsroom import Newsroom, serve
from test_crawl import Crawls
from test_discovery_crawl import article

from archive import warc
from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.storage import frontier
from archive.types import Capture, Verdict
from crawler.extraction import extract
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources

ROOT = Path(__file__).parent.parent
TEXT = (("Content-Type", "text/plain"),)
PAPER = "baolaocai"


def luubao(*words):
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, words)],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def crawl(site, folder, *words):
    told = luubao("crawl", site.url(), "--allow-private", "--delay", "0", "--json", "--archive", folder, *words)
    return json.loads(told)


def robots_of(folder):
    with Archive.open(folder) as archive:
        return [row for row in archive.rows("captures", order_by=("captured_at",)) if "/robots.txt" in row["url"]]


def articles_of(folder):
    lines = luubao("articles", "--json", "--archive", folder).splitlines()
    return {json.loads(line)["url"].rpartition("/")[2] for line in lines}


def one_article(robots, **more):
    """A paper that links to one article, and names another in a sitemap."""
    links = '<html><body><h2><a href="/khoi-cong-cau-moi-12345.html">Xã khởi công cây cầu mới</a></h2></body></html>'
    pages = {
        "/robots.txt": robots,
        "/": Page(links.encode()),
        "/khoi-cong-cau-moi-12345.html": article("Xã khởi công cầu"),
        "/thong-xe-cau-moi-67890.html": article("Xã thông xe cầu"),
    }
    return Site(pages | more)


def sitemap(*urls):
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    return Page(body.encode(), headers=(("Content-Type", "application/xml"),))


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(Page(b"User-agent: *\nDisallow: /x/\n", headers=TEXT), id="rules"),
        pytest.param(Page(b"", headers=TEXT), id="empty"),
        pytest.param(Page(b"no such page", 404), id="none"),
        pytest.param(Page(b"<html><body><h1>Trang nh\xe1\xba\xa5t</h1></body></html>"), id="front page"),
        pytest.param([Page(b"", 301, (("Location", "/robots.txt?2"),)), Page(b"", headers=TEXT)], id="moved"),
    ],
)
def test_every_answer_is_kept_and_none_is_a_page(tmp_path, robots):
    with one_article(robots, **{"/robots.txt?2": Page(b"User-agent: *\nDisallow:\n", headers=TEXT)}) as site:
        account = crawl(site, tmp_path)
        asked = [one.path for one in site.asked("/robots.txt", "/robots.txt?2")]
        assert account["requests"] == len(site.log) - len(asked)
    kept = robots_of(tmp_path)
    assert [row["url"] for row in kept] == [site.url(path) for path in asked]
    with Archive.open(tmp_path) as archive:
        names = {row["capture_id"] for row in kept}
        said = [row for row in archive.rows("judgements") if row["capture_id"] in names]
        assert {(row["verdict"], row["outcome"], row["detail"]) for row in said} == {
            ("no_article", "nothing", "robots.txt")
        }
        assert list(archive.rows("held")) == []
    assert articles_of(tmp_path) == {"khoi-cong-cau-moi-12345.html"}


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        pytest.param("https://bao.example/robots.txt", Verdict.NO_ARTICLE, id="robots.txt"),
        pytest.param("https://bao.example/ROBOTS.TXT?x=1", Verdict.NO_ARTICLE, id="decorated"),
        pytest.param("https://bao.example/a/robots.txt", Verdict.GONE, id="in a folder"),
        pytest.param("https://bao.example/?u=/robots.txt", Verdict.GONE, id="in a query"),
    ],
)
def test_robots_txt_is_told_by_its_address(url, verdict):
    assert extract(Capture(url, at(1), b"no such page", status=404)).verdict is verdict


def test_it_is_read_again_in_time_and_kept_once_where_it_is_the_same(tmp_path):
    with serve(Newsroom(7, papers=(PAPER,), articles=8)) as server:
        crawls = Crawls(server, tmp_path / "a", PAPER)
        for hours in (1, 1, 13):
            crawls.run()
            server.clock.advance(hours=hours)
        crawls.run()
    first, second = robots_of(crawls.folder)
    assert second["captured_at"] - first["captured_at"] > timedelta(hours=12)
    assert second["payload_capture_id"] == first["capture_id"]
    types = {
        member.record.type
        for path in (crawls.folder / "captures").glob("*.warc.gz")
        for member in warc.members(path)
        if member.record.fields.get("warc-target-uri", "").endswith("robots.txt")
    }
    assert types == {"response", "request", "revisit"}
    crawls.fingerprint()  # verifies


def test_a_crawl_from_captures_takes_them_and_asks_for_none(tmp_path):
    with serve(Newsroom(7, papers=(PAPER,), articles=8)) as server:
        crawls = Crawls(server, tmp_path / "a", PAPER)
        crawls.run()
        server.clock.advance(hours=13)
        crawls.run(revisit="all")
        offline = Crawls(server, tmp_path / "offline", PAPER)
        assert offline.run(offline=[str(crawls.folder)])["unasked"] == 0
    assert len(robots_of(offline.folder)) == len(robots_of(crawls.folder)) == 2
    assert offline.fingerprint() == crawls.fingerprint()
    hosts = []
    for one in (crawls, offline):
        with Archive.open(one.folder) as archive, archive.reading() as connection:
            hosts.append([(host.origin, host.robots_status, host.robots_body) for host in frontier.hosts(connection)])
    assert hosts[0] == hosts[1] != []


def test_a_sitemap_that_only_robots_txt_names_is_read(tmp_path):
    with one_article(Page(headers=TEXT)) as site:
        site.pages["/robots.txt"].body = b"User-agent: *\nDisallow:\nSitemap: /tin-moi.xml\n"
        site.pages["/tin-moi.xml"] = sitemap(site.url("/thong-xe-cau-moi-67890.html"))
        account = crawl(site, tmp_path / "a")
        # Known from the first run: robots.txt itself is not read again so soon.
        site.pages["/tin-moi.xml"] = sitemap(site.url("/khanh-thanh-cau-moi-11111.html"))
        site.pages["/khanh-thanh-cau-moi-11111.html"] = article("Xã khánh thành cầu")
        again = crawl(site, tmp_path / "a")
        assert len(site.asked("/robots.txt")) == 1
        # What is usual elsewhere is not tried where the site names its own.
        assert [one.path for one in site.log if "sitemap" in one.path] == []
    assert (account["stored"], again["stored"]) == (2, 1)
    wanted = {"khoi-cong-cau-moi-12345.html", "thong-xe-cau-moi-67890.html", "khanh-thanh-cau-moi-11111.html"}
    assert articles_of(tmp_path / "a") == wanted
    # The server is gone: what it said is in the captures.
    account = crawl(site, tmp_path / "offline", "--offline", tmp_path / "a")
    assert (account["unasked"], articles_of(tmp_path / "offline")) == (0, wanted)
    with open_archive(tmp_path / "replayed") as archive:
        replay(archive, open_sources([tmp_path / "a"]))
        prints = [fingerprint(archive)]
    for name in ("a", "offline"):
        with Archive.open(tmp_path / name) as archive:
            prints.append(fingerprint(archive))
    assert len(set(prints)) == 1


def test_a_new_site_is_declared_with_the_sitemap_that_only_robots_txt_names(tmp_path):
    with one_article(Page(b"User-agent: *\nDisallow:\nSitemap: /tin-moi.xml\n", headers=TEXT)) as site:
        site.pages["/tin-moi.xml"] = sitemap(site.url("/thong-xe-cau-moi-67890.html"))
        told = json.loads(
            luubao(
                "site",
                "new",
                site.url(),
                "--into",
                tmp_path,
                "--name",
                "bao",
                "--delay",
                0,
                "--allow-private",
                "--json",
            )
        )
    assert {"kind": "sitemap", "url": site.url("/tin-moi.xml")} in told["sources"]
