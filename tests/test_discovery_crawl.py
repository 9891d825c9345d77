"""Discovery as a crawl does it, against papers whose truth is known: every shape of sitemap, lists page by page, and
one article under several addresses. Real crawls over loopback, one process each."""

import json
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from loopback import Page, Site
from newsroom import Newsroom, oracle, serve
from test_crawl import ROOT, Crawls

from archive.core import Archive
from archive.storage import frontier

TEXT = "Sáng nay xã khởi công cây cầu mới dài 42 mét, nối hai thôn bị suối chia cắt mỗi mùa mưa lũ. " * 6
SHAPES = ("laodongthudo", "daidoanket", "tuoitre")


@pytest.fixture(scope="module")
def papers():
    with serve(Newsroom(7, papers=("baolaocai", *SHAPES), articles=400)) as server:
        yield server


@pytest.fixture
def crawl(papers, tmp_path):
    return lambda paper, name="a": Crawls(papers, tmp_path / name, paper)


def standing(server, paper, *, since):
    """Paths of the paper's articles that came out since then and stand."""
    truth = oracle(server.newsroom, server.now())
    found = [one for one in truth if one.paper == paper and one.published_at >= since and not one.is_gone]
    return {urlsplit(one.url).path for one in found}


def addresses(crawls):
    """What is on the frontier, fetched or not: a crawl that fetches one article lists what one of all would."""
    with Archive.open(crawls.folder) as archive, archive.reading() as connection:
        return [one.url for one in frontier.due(connection, crawls.paper, now=None, limit=10_000)]


def listed(crawls):
    return {urlsplit(url).path for url in addresses(crawls)}


@pytest.mark.parametrize("paper", SHAPES)
def test_a_sitemap_of_any_shape_leads_to_all_news(papers, crawl, paper):
    """Months in gzip under one lastmod, a month that the index does not list yet, and shards of five days."""
    crawls = crawl(paper)
    account = crawls.run(sources=[("sitemap", "/sitemap.xml")], budget=1)
    news = standing(papers, paper, since=papers.now() - timedelta(days=1))
    assert account["broken"] == {}
    assert news
    assert news - listed(crawls) == set()


def test_a_refused_index_is_an_error_and_not_no_news(papers, crawl):
    crawls = crawl("tuoitre")
    papers.faults.add("403", path="sitemap")
    try:
        account = crawls.run(sources=[("sitemap", "/sitemap.xml")])
    finally:
        papers.faults.clear()
    assert [reason for reason in account["broken"].values() if "403" in reason]
    assert account["stored"] == 0


def test_a_list_is_paged_until_all_is_known(papers, crawl):
    crawls = crawl("baolaocai")

    def pages():
        before = len(papers.log)
        crawls.run(sources=[("section", "/thoi-su/")], budget=1)
        return [access.path for access in list(papers.log)[before:] if access.path.startswith("/thoi-su/")]

    first, second = pages(), pages()
    assert first[:2] == ["/thoi-su/", "/thoi-su/?page=2"]
    assert second == ["/thoi-su/"]


def test_tracking_parameters_and_twins_make_no_second_article(papers, crawl):
    crawls = crawl("baolaocai")
    crawls.run(sources=[("home", "/"), ("feed", "/rss/home.rss"), ("section", "/thoi-su/")], budget=1)
    truth = oracle(papers.newsroom, papers.now())
    found = [truth.article(url).url for url in addresses(crawls)]
    assert len(set(found)) == len(found) > 20
    assert not [path for path in listed(crawls) if path.startswith("/print/")]


# -- by URL, no file of its own ---------------------------------------------------------------------------------------


def luubao(*words):
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, words)],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def article(title, canonical=None):
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    text = "".join(f"<p>{TEXT} {title}, đoạn {at}.</p>" for at in range(4))
    head = f'<title>{title}</title>{link}<meta property="og:type" content="article">'
    return Page(f"<html><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode())


def test_a_changed_slug_and_a_merged_article_are_one_article(tmp_path):
    old, new, merged = "/khoi-cong-cau-moi-o-xa-12345.html", "/thong-xe-cau-moi-o-xa-12345.html", "/cau-moi-99999.html"
    links = "".join(f'<h2><a href="{path}">Xã khởi công cây cầu mới dài 42 mét</a></h2>' for path in (old, merged))
    robots = Page(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))
    pages = {"/robots.txt": robots, "/": Page(f"<html><body>{links}</body></html>".encode())}
    moved = Page(b"", 301, (("Location", new),))
    with Site(pages | {old: article("Xã khởi công cầu"), merged: article("Cầu mới ở xã")}) as site:
        words = ("crawl", site.url(), "--allow-private", "--delay", "0", "--json", "--archive", tmp_path / "a")
        assert json.loads(luubao(*words))["stored"] == 2
        # The desk renames the one, and merges the other into it.
        site.pages |= {old: moved, merged: moved, new: article("Xã thông xe cầu")}
        luubao(*words, "--revisit", "all")
        luubao(*words, "--revisit", "all")
    lines = [json.loads(line) for line in luubao("articles", "--json", "--archive", tmp_path / "a").splitlines()]
    standing = [line["url"].rpartition("/")[2] for line in lines if line["gone_at"] is None]
    assert standing.count(new[1:]) == 1
    assert {line["title"] for line in lines if line["url"].endswith(new)} == {"Xã thông xe cầu"}


def test_two_sites_that_list_one_address_share_it_and_each_reads_the_list(papers, tmp_path):
    """The article is fetched once; the list is not "unchanged" for who never read it."""
    feed = {"sources": [("feed", "/rss/home.rss")], "base": papers.urls["baolaocai"]}
    first = Crawls(papers, tmp_path / "a", "baolaocai").run(**feed)
    assert first["stored"] > 0
    other = Crawls(papers, tmp_path / "a", "daidoanket").run(**feed)
    assert (other["listed"], other["listed_known"], other["stored"]) == (first["listed"], first["listed"], 0)
    again = Crawls(papers, tmp_path / "a", "daidoanket").run(**feed)
    assert again["listed"] == 0  # 304: it has read this list


def test_an_address_of_any_length_is_asked_for_and_ends_no_crawl(tmp_path):
    """Scrapy drops requests over 2,083 characters in silence, and the crawl would wait for their answer."""
    short, long = "/khoi-cong-cau-moi-o-xa-12345.html", f"/khoi-cong-{'cau-' * 600}12345.html"
    links = f'<h2><a href="{short}">Xã khởi công cây cầu mới dài 42 mét</a></h2>'
    robots = Page(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))
    pages = {"/robots.txt": robots, "/": Page(f"<html><body>{links}</body></html>".encode())}
    moved = Page(b"", 301, (("Location", long),))
    with Site(pages | {short: moved, long: article("Xã khởi công cầu")}) as site:
        words = ("crawl", site.url(), "--allow-private", "--delay", "0", "--json", "--archive", tmp_path / "a")
        assert json.loads(luubao(*words))["stored"] == 1
