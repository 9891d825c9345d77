"""One article, one identity: under its twins' addresses, and before and after its site was declared."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Page, Site

from archive.core import Archive
from archive.storage import frontier
from crawler.sources import load, open_sources

ROOT = Path(__file__).parent.parent
TITLE = "Xã khởi công cây cầu mới dài 42 mét"
TEXT = "Sáng nay xã khởi công cây cầu mới dài 42 mét, nối hai thôn bị suối chia cắt mỗi mùa mưa lũ"
DECLARATION = """\
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="baocuatoi",
    title="Báo Của Tôi",
    hosts=("127.0.0.1",),
    articles=(r"-\\d{{5,}}\\.\\w+$",),
    sources=(Source(SourceKind.HOME, "{base}"),),
    twins=({twins}),
)
"""


def article(canonical, *, wide=True, title=TITLE):
    """A page of the article as one of its addresses shows it: the narrow ones have no navigation and no rail."""
    text = "".join(f"<p>{TEXT}, đoạn {number}.</p>" for number in range(8))
    rail = '<aside class="related"><h3>Tin liên quan</h3><a href="/">Trang nhất</a></aside>' if wide else ""
    head = f'<title>{title}</title><link rel="canonical" href="{canonical}"><meta property="og:type" content="article">'
    return Page(
        f"<html><head>{head}</head><body><article><h1>{title}</h1>{text}</article>{rail}</body></html>".encode()
    )


def front(*addresses):
    links = "".join(f'<h2><a href="{address}">{TITLE}</a></h2>' for address in addresses)
    return Page(f"<html><body><main>{links}</main></body></html>".encode())


def luubao(*words, sites=None, status=0):
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath} | ({} if sites is None else {"LUUBAO_SPIDERS": str(sites)}),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done.stdout


def crawl(site, what, folder, *words, sites=None):
    options = ("--allow-private", "--delay", "0", "--json", "--archive", folder)
    return json.loads(luubao("crawl", what, *options, *words, sites=sites))


def declared(folder, site, twins=""):
    """A folder with a file that declares the paper at `site`."""
    folder.mkdir()
    (folder / "baocuatoi.py").write_text(DECLARATION.format(base=site.url(), twins=twins), encoding="utf-8")
    return folder


def articles_of(folder):
    with Archive.open(folder) as archive:
        return {row["url"].partition("/")[2][1:].partition("/")[2]: row["versions"] for row in archive.rows("articles")}


def assert_replays(folder, tmp_path, sites=None):
    """Law 2 holds for whatever these crawls met, once all of it was read by the rules of today."""
    luubao("reextract", "--archive", folder, sites=sites)
    luubao("replay", folder, "--archive", tmp_path / "replayed", sites=sites)
    prints = {luubao("fingerprint", "--archive", one, sites=sites) for one in (folder, tmp_path / "replayed")}
    assert len(prints) == 1


@pytest.mark.parametrize(
    ("twin", "is_fetched"),
    [
        pytest.param("/amp/khoi-cong-cau-12345.html", True, id="amp"),
        pytest.param("/khoi-cong-cau-12345.amp", True, id="amp by ending"),
        pytest.param("/m/khoi-cong-cau-12345.html", True, id="mobile"),
        pytest.param("/khoi-cong-cau-12345.html?mobile=1", True, id="by parameter"),
        pytest.param("/print/khoi-cong-cau-12345.html", False, id="print: told by its address"),
    ],
)
def test_a_twin_with_a_canonical_link_is_the_same_article(tmp_path, twin, is_fetched):
    main = "/khoi-cong-cau-12345.html"
    with Site({}) as site:
        site.pages |= {"/": front(twin, main), main: article(main), twin: article(site.url(main), wide=False)}
        crawl(site, site.url(), tmp_path / "a")
        crawl(site, site.url(), tmp_path / "a", "--revisit", "all")
    assert [path in {one.path for one in site.log} for path in (main, twin)] == [True, is_fetched]
    assert articles_of(tmp_path / "a") == {"khoi-cong-cau-12345.html": 1}
    assert_replays(tmp_path / "a", tmp_path)


def test_a_twin_that_is_declared_is_not_even_fetched(tmp_path):
    """Lao Động prints one story as .ldo and as .bld, and links to either; neither names the other."""
    ldo, bld = "/thoi-su/khoi-cong-cau-1234567.ldo", "/thoi-su/khoi-cong-cau-1234567.bld"
    with Site({}) as site:
        site.pages |= {"/": front(bld, ldo), ldo: article(ldo), bld: article(bld)}
        sites = declared(tmp_path / "sites", site, r'(r"\.bld(?=$|[?#])", ".ldo"),')
        account = crawl(site, "baocuatoi", tmp_path / "a", sites=sites)
    assert account["stored"] == 1
    assert [one.path for one in site.asked()] == ["/", ldo]
    assert articles_of(tmp_path / "a") == {"thoi-su/khoi-cong-cau-1234567.ldo": 1}


def test_a_site_that_is_declared_later_goes_on_with_what_it_has(tmp_path):
    first, second = "/khoi-cong-cau-12345.html", "/thong-xe-cau-67890.html"
    with Site({}) as site:
        site.pages |= {
            "/": front(first, second),
            first: article(first),
            second: article(second, title="Xã thông xe cầu"),
        }
        crawl(site, site.url(), tmp_path / "a", "--limit", 1)
        with Archive.open(tmp_path / "a") as archive:
            (before,) = archive.rows("articles")
        sites = declared(tmp_path / "sites", site)
        account = crawl(site, "baocuatoi", tmp_path / "a", "--revisit", "all", sites=sites)
        assert (account["stored"], account["unchanged"]) == (1, 1)
        site.pages[first] = article(first, title=f"{TITLE} (cập nhật)")
        account = crawl(site, "baocuatoi", tmp_path / "a", "--revisit", "all", sites=sites)
    assert articles_of(tmp_path / "a") == {first[1:]: 2, second[1:]: 1}
    with Archive.open(tmp_path / "a") as archive:
        assert before["article_id"] in {row["article_id"] for row in archive.rows("articles")}
        with archive.reading() as connection:
            assert len(frontier.due(connection, "baocuatoi", now=None, limit=10)) == 2
            assert frontier.due(connection, f"127.0.0.1:{site.port}", now=None, limit=10) == []
    assert_replays(tmp_path / "a", tmp_path, sites)


# A few pages of a declared site as a seed


def test_record_keeps_some_pages_of_a_site_and_the_lists_that_name_them(tmp_path):
    paths = [f"/khoi-cong-cau-{number}.html" for number in (12345, 23456, 34567)]
    with Site({}) as site:
        site.pages |= {"/": front(*paths)} | {path: article(path) for path in paths}
        sites = declared(tmp_path / "sites", site)
        words = ("baocuatoi", "--into", tmp_path / "seed", "--pages", 2, "--delay", 0, "--allow-private")
        told = luubao("record", *words, sites=sites)
    kept = [load(entry.locator).url for entry in open_sources([tmp_path / "seed"])]
    assert kept == [site.url(path) for path in ("/", *paths[:2])]
    assert f"luubao replay --write-expected {tmp_path / 'seed'}" in told
    luubao("replay", "--write-expected", tmp_path / "seed", sites=sites)
    luubao("site", "check", "baocuatoi", "--seed", tmp_path / "seed", sites=sites, status=1)  # the pages have no date


def test_record_of_a_site_without_an_article_says_so(tmp_path):
    with Site({"/": front()}) as site:
        sites = declared(tmp_path / "sites", site)
        words = ("--into", tmp_path / "seed", "--delay", 0, "--allow-private")
        told = luubao("record", "baocuatoi", *words, sites=sites, status=1)
    assert "luubao site check baocuatoi" in told


def test_record_of_what_is_neither_address_nor_site_asks_nobody(tmp_path):
    luubao("record", "no-such-site", "--into", tmp_path / "seed", status=2)
    assert not (tmp_path / "seed").exists()
