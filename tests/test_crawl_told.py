"""What `luubao crawl` says at its end: every article that was asked for is in one line of the account."""

import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Page, Site

from crawler.politeness.refusal import Refusal, in_words
from crawler.schedule.runner import _summary

ROOT = Path(__file__).parent.parent
PATHS = ("/khoi-cong-cau-moi-12345.html", "/thong-xe-duong-moi-12346.html")


def article(what):
    text = "".join(f"<p>Sáng nay xã {what} dài 42 mét, nối hai thôn bị chia cắt, đoạn {n}.</p>" for n in range(9))
    return f"<html><body><article><h1>Xã {what}</h1>{text}</article></body></html>".encode()


def home():
    links = "".join(f'<h2><a href="{path}">Xã khởi công cầu và đường mới</a></h2>' for path in PATHS)
    return Page(f"<html><body>{links}</body></html>".encode())


def crawl(site, folder, *words):
    command = ["crawl", site.url(), "--delay", "0", "--archive", folder, *words]
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, command)],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    lines = [line.split() for line in done.stdout.splitlines()]
    return done, {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdecimal()}


def test_the_lines_of_an_account_add_up_to_what_was_asked_for(tmp_path):
    pages = {"/": home(), PATHS[0]: [Page(article("khởi công")), Page(b"gone", 410)], PATHS[1]: Page(article("mở"))}
    with Site(pages) as site:
        _, first = crawl(site, tmp_path, "--allow-private")
        before = len(site.log)
        done, again = crawl(site, tmp_path, "--allow-private", "--revisit", "all")
    assert (first["stored"], first["gone"]) == (2, 0)
    assert (again["stored"], again["gone"], again["unchanged"]) == (0, 1, 1)
    # The lists, and the addresses that were tried for one.
    sources = len([one for one in site.log[before:] if one.path not in (*PATHS, "/robots.txt")])
    told = sum(again[name] for name in ("stored", "edited", "gone", "unchanged", "held", "failed"))
    assert again["requests"] == told + sources
    assert not {"unread", "unasked"} & again.keys(), "said only where it can be anything but 0"
    assert done.returncode == 0


def test_a_crawl_that_could_fetch_nothing_fails_and_says_why_in_words(tmp_path):
    with Site({"/": home()}) as site:
        done, told = crawl(site, tmp_path)
        assert site.log == []
    assert done.returncode == 1
    assert told["requests"] == 0
    assert done.stderr.splitlines()[-1] == f"Error: nothing was fetched of {site.endpoint}: {in_words('blocked_ssrf')}"
    assert "--allow-private" in done.stderr
    assert f"source {site.url()}: {in_words('blocked_ssrf')}" in done.stdout


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_words(refusal):
    assert in_words(refusal) != refusal


def test_what_is_no_refusal_says_it_itself():
    assert in_words("status 403") == "status 403"


def test_the_schedule_names_a_source_that_was_not_read():
    counts = {"listed": 0, "broken_sources": {"https://b.test/": "two", "https://a.test/rss": "status 404"}}
    assert _summary(counts).endswith("2 sources not read, as https://a.test/rss: status 404")
    assert "not read" not in _summary({"listed": 3, "broken_sources": {}})
