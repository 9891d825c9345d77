"""`luubao site new`: from the URL of a front page to a file that works, a seed that replays, and a crawl; real HTTP."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Page, Site
from newsroom import Newsroom, oracle, serve

from crawler.scouting import name_of, pattern_of
from crawler.seeds import read_expected
from crawler.sites import load_site

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server():
    with serve(Newsroom(7, papers=("tinvungcao", "baolaocai"), articles=60)) as running:
        yield running


def luubao(*words, **env):
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def new(url, into, *words):
    return luubao("site", "new", url, "--into", into, "--allow-private", "--delay", "0", *words)


@pytest.fixture(scope="module", params=["tinvungcao", "bao_thu"])
def made(request, server, tmp_path_factory):
    """A paper without a known system, and one of ePi; under another name than its own, which is declared."""
    paper = {"bao_thu": "baolaocai"}.get(request.param, request.param)
    into = tmp_path_factory.mktemp(request.param)
    # Its name is what its file is called; the plain paper's follows from its title.
    words = () if paper == request.param else ("--name", request.param)
    done = new(server.urls[paper], into, "--json", *words)
    assert done.returncode == 0, done.stderr
    return request.param, server.urls[paper], into, json.loads(done.stdout)


def test_the_file_is_short_clean_and_declares_the_site(made):
    name, url, into, told = made
    path = into / f"{name}.py"
    assert told["file"] == str(path)
    assert 15 <= len(path.read_text(encoding="utf-8").splitlines()) <= 60
    ruff = [Path(sys.executable).with_name("ruff"), "--config", ROOT / "pyproject.toml"]
    for words in (("check", "--ignore", "INP001"), ("format", "--check")):
        done = subprocess.run([ruff[0], *words, *ruff[1:], path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    site = load_site(path)
    assert (site.name, site.hosts) == (name, ("127.0.0.1",))
    assert {str(source.kind) for source in site.sources} == {"feed", "sitemap", "section", "home"}
    assert all(source.url.startswith(url) for source in site.sources)


def test_the_system_is_found_or_rules_are_learned(made):
    name, _, into, told = made
    site = load_site(into / f"{name}.py")
    if name == "bao_thu":
        assert (told["system"], [rules.name for rules in site.rule_sets]) == ("EPI", ["epi"])
    else:
        assert told["system"] is None
        assert {"title", "body", "published"} <= set(told["rules"])
        assert [doubt for doubt in told["unsure"] if doubt.startswith("rules: ")]


def test_the_promises_hold_on_the_first_seed(made):
    promises = {one["promise"]: one["state"] for one in made[3]["promises"]}
    assert [promise for promise, state in promises.items() if state == "broken"] == []
    assert {promises[field] for field in ("articles", "title", "body", "published_at")} == {"holds"}


def test_the_seed_says_what_it_is_and_what_it_yields(made, server):
    name, _, into, _ = made
    seed = into / "seeds" / f"site_{name}"
    assert "Not checked by a person" in (seed / "README.md").read_text(encoding="utf-8")
    articles = read_expected(seed)["articles"]
    assert len(articles) == 5
    truth = oracle(server.newsroom, server.now())
    for article in articles:
        # An identity has no slash at its end; the plain paper's addresses have.
        url = article["url"].replace("https://", "http://")
        true = truth.article(url) or truth.article(f"{url}/")
        assert article["title"] == true.content.title


def test_the_new_site_is_crawled_by_its_name(made, tmp_path):
    name, _, into, _ = made
    words = ("crawl", name, "--allow-private", "--delay", "0", "--limit", "10", "--json", "--archive", tmp_path / "a")
    done = luubao(*words, LUUBAO_SPIDERS=str(into))
    assert done.returncode == 0, done.stderr
    account = json.loads(done.stdout)
    assert (account["site"], account["stored"]) == (name, 10)
    assert account["broken_sources"] == {}


def test_the_new_site_is_checked_live(made):
    name, _, into, _ = made
    words = ("site", "check", name, "--allow-private", "--delay", "0", "--pages", "2", "--json")
    found = json.loads(luubao(*words, LUUBAO_SPIDERS=str(into)).stdout)["promises"]
    states = {one["promise"].partition(" ")[0]: one["state"] for one in found}
    assert {states[name] for name in ("feed", "home", "articles", "body")} == {"holds"}


def test_nothing_is_overwritten(made):
    name, url, into, _ = made
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    done = new(url, into, "--name", name)
    assert done.returncode == 1
    assert "is there already and stays" in done.stderr
    assert {path: path.read_bytes() for path in into.rglob("*") if path.is_file()} == before


def test_a_declared_site_is_not_made_again(tmp_path):
    done = luubao("site", "new", "https://www.baolaocai.vn/", "--into", tmp_path)
    assert done.returncode == 1
    assert "luubao site check baolaocai" in done.stderr


def test_what_is_no_site_is_told_and_leaves_nothing(tmp_path):
    robots = Page(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))
    with Site({"/robots.txt": robots, "/": Page(b"<html><body><p>Xin</p></body></html>")}) as site:
        empty = new(site.url(), tmp_path / "a")
        missing = new(site.url("/nothing"), tmp_path / "b")
    assert (empty.returncode, missing.returncode) == (1, 1)
    assert "no feed, sitemap or list of articles" in empty.stderr
    assert "status 404" in missing.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_private_address_is_not_asked_unless_told(server, tmp_path):
    done = luubao("site", "new", server.urls["tinvungcao"], "--into", tmp_path)
    assert done.returncode == 1
    assert "blocked_ssrf" in done.stderr


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        ("https://www.baolaocai.vn/", "", "baolaocai"),
        ("https://dttc.sggp.org.vn/", "", "dttc_sggp"),
        ("http://127.0.0.1:81/", "Tin Vùng Cao", "tinvungcao"),
        ("https://24h.com.vn/", "", "site_24h"),
    ],
)
def test_a_site_is_called_after_its_host(url, title, name):
    assert name_of(url, title) == name


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        ([f"/mot-tin-post{at}.html" for at in range(100, 110)], r"-post\d+\.html$"),
        ([f"/mot-tin-2026070101010100{at}.htm" for at in range(9)], r"-\d{10,}\.htm$"),
        ([f"/muc/mot-tin-13456{at}.ldo" for at in range(9)], r"-\d{5,}\.ldo$"),
        ([f"/2026/07/mot-tin-{at}/" for at in "abcdefg"], r"^/\d{4}/\d{2}/[\w-]+/?$"),
        ([f"/mot-tin-hay-{at}" for at in "abcdefg"], None),
    ],
)
def test_the_form_of_addresses(paths, pattern):
    assert pattern_of(paths) == pattern
