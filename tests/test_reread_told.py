"""Our own change, a site file that was mended, and what readers are told of it: nothing that a publisher did.

The file is one of LUUBAO_SPIDERS, changed between two runs of the command, as whoever declares a site changes it."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from newsroom import START, Newsroom, oracle
from newsroom.plan import minute_of
from served import Served

from archive.core import Archive
from archive.fingerprint import fingerprint
from archive.types import Capture
from archive.warc import WarcWriter

ROOT = Path(__file__).parent.parent
PAPER = "baolaocai"
LOOKS = (START + timedelta(days=1), START + timedelta(days=4))
ARTICLES = 24
MENDED = """\
from dataclasses import replace

from crawler.extraction.families import EPI
from crawler.extraction.rules import Pick
from crawler.sites import Site

SITE = Site(name="phong_tin", title="Phòng Tin", hosts=("baolaocai.test",), rule_sets=(EPI,))
"""
# Reads the window's title, which ends in the paper's name, for the headline, and no lede.
FIRST = MENDED.replace(
    "rule_sets=(EPI,)",
    'rule_sets=(replace(EPI, picks=(Pick("title", ("title",)), *(pick for pick in EPI.picks if pick.field not in '
    '("title", "kicker", "lede")))),)',
)


def luubao(*words, own):
    done = subprocess.run(
        [sys.executable, "-c", "from crawler.cli import main; main()", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LUUBAO_SPIDERS": str(own)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def declare(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "phong_tin.py").write_text(text, encoding="utf-8")
    return folder


def looked_at(folder):
    """The articles of one paper, seen twice, with the paper's own edits between."""
    folder.mkdir()
    newsroom = Newsroom(papers=(PAPER,), articles=200)
    known = [article for article in oracle(newsroom, LOOKS[1]) if article.published_at < LOOKS[0]]
    # Those first which the paper edits between the looks.
    known.sort(key=lambda article: article.versions[-1].since <= LOOKS[0])
    with WarcWriter(folder, "looks", created_at=LOOKS[-1]) as writer:
        for now in LOOKS:
            for article in known[:ARTICLES]:
                page = newsroom.page(PAPER, article.story.path(minute_of(now)), now)
                writer.add(Capture(article.url, now, page.body, status=page.status, headers=page.headers))
    return folder


def told(served):
    """What readers are told of, by feeds, pages and the API: which article, which version, when, why; not the texts."""
    rows = served.json("/api/v1/articles?limit=200")["items"]
    said = {}
    for name in ("new", *(f"edits/{row['id']}" for row in rows), *(f"copies/{row['id']}" for row in rows)):
        feed = served.json(f"/feeds/{name}.json")
        said[name] = [
            (item["id"], item["url"].removeprefix(served.base), item["date_published"]) for item in feed["items"]
        ]
    for row in rows:
        versions = served.json(f"/api/v1/articles/{row['id']}/versions")["items"]
        said[row["id"]] = [(one["version"], one["cause"], one["capture"]) for one in versions]
        _, _, page = served.get(f"/articles/{row['id']}")
        said[row["id"], "page"] = re.findall(
            r'<a href="/articles/\w+\?version=\d+|<span class="meta">\d[^<]*', page.decode()
        )
    return said


def rows(folder, view, *names):
    with Archive.open(folder) as archive:
        return [tuple(row[name] for name in names) for row in archive.rows(view)]


@pytest.fixture(scope="module")
def reread(tmp_path_factory):
    """The archive, what readers were told before the file was mended and the archive read again, and after."""
    work = tmp_path_factory.mktemp("reread")
    looks, folder = looked_at(work / "looks"), work / "a"
    luubao("replay", looks, "--archive", folder, "--workers", "1", own=declare(work / "own", FIRST))
    with Served(folder) as served:
        before = told(served)
    changes, titles = rows(folder, "changes", "seq"), rows(folder, "articles", "article_id", "title")
    counted = json.loads(
        luubao("reextract", "--json", "--archive", folder, "--workers", "1", own=declare(work / "own", MENDED))
    )
    with Served(folder) as served:
        after = told(served)
    luubao("replay", looks, "--archive", work / "fresh", "--workers", "1", own=work / "own")
    return folder, work / "fresh", {"told": before, "changes": changes, "titles": titles}, after, counted


def test_feeds_pages_and_the_api_tell_of_no_edit_of_ours(reread):
    _, _, before, after, _ = reread
    edited = [name for name, said in before["told"].items() if str(name).startswith("edits/") and said]
    assert len(edited) > 5, "the paper edits something itself"
    assert after == before["told"]


def test_every_headline_was_read_anew(reread):
    folder, _, before, _, counted = reread
    was = dict(before["titles"])
    assert all(was[article] != title for article, title in rows(folder, "articles", "article_id", "title"))
    assert len(was) > ARTICLES // 2
    assert counted["dry_run"] is False


def test_the_feed_of_changes_tells_that_it_was_ours(reread):
    folder, _, before, _, _ = reread
    kinds = {kind for seq, kind in rows(folder, "changes", "seq", "kind") if (seq,) not in before["changes"]}
    assert "re-read" in kinds
    assert kinds <= {"re-read", "clustered", "unclustered"}


def test_it_is_now_what_a_fresh_replay_is(reread):
    folder, fresh, _, _, _ = reread
    with Archive.open(folder) as one, Archive.open(fresh) as other:
        assert fingerprint(one) == fingerprint(other)
