"""What the pages of a site teach about its rules: selectors, lines that recur, boxes, and the day of a redesign."""

import gzip
import json
import re
import runpy
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from lxml import etree
from newsroom import START, Newsroom, oracle
from newsroom.plan import minute_of

from archive.types import Block, Capture
from archive.warc import capture_id
from crawler.cli import main
from crawler.config import Config
from crawler.extraction import extract
from crawler.extraction.content_encoding import decode_content
from crawler.extraction.html import parse
from crawler.extraction.metadata import read_metadata
from crawler.extraction.page_index import Index
from crawler.extraction.reading import Page
from crawler.extraction.rules import Cut, Pick, RuleSet
from crawler.extraction.site_page import read_by
from crawler.learning.examples import example
from crawler.learning.proposal import as_python, propose
from crawler.outlook import outlook
from crawler.recording import open_archive
from crawler.sites import VIETNAM, find_site

NOW = START + timedelta(days=2)
LATER = NOW + timedelta(days=3)
PAGES = 24
IMPORTS = "from datetime import date\n\nfrom crawler.extraction.rules import Cut, Pick, RuleSet"


@pytest.fixture(scope="module")
def newsroom():
    return Newsroom(1, papers=6, articles=600)


def captures(newsroom, paper, *, at=NOW, **how):
    """Captures of the paper's living articles, all made at one moment."""
    for article in oracle(newsroom, NOW):
        if article.paper == paper and not article.is_gone:
            page = newsroom.page(paper, article.story.path(minute_of(NOW)), NOW, **how)
            site = article.story.paper.site
            yield article, Capture(article.url, at, page.body, status=page.status, headers=page.headers, site=site)


def pages(newsroom, paper, **how):
    made = (example(capture_id(made), made) for _, made in captures(newsroom, paper, **how))
    return [one for one in made if one is not None][:PAGES]


@pytest.fixture(scope="module")
def plain(newsroom):
    """Of a paper that nobody declared."""
    return pages(newsroom, "tinvungcao")


@pytest.fixture(scope="module")
def redesigned(newsroom):
    """Of a paper whose template became another one between two days."""
    half = PAGES // 2
    return [*pages(newsroom, "baolaocai")[:half], *pages(newsroom, "baolaocai", at=LATER, redesigned=True)[half:]]


def rules_of(proposal):
    """The rule set that the proposal is."""
    picks = tuple(Pick(found.field, (found.selector,), found.attribute) for found in proposal.fields)
    cuts = [*(box.selector for box in proposal.boxes), *(line.selector for line in proposal.lines if line.selector)]
    lines = tuple(line.text for line in proposal.lines if line.selector is None)
    return RuleSet("learned", picks, (Cut("boilerplate", "learned", tuple(cuts)),), boilerplate=lines)


def read(made, rules):
    source = decode_content(made.payload, made.header("Content-Encoding")).body.decode()
    root, _ = parse(source)
    metadata = read_metadata(root, url=made.url, site=None, headers=())
    return read_by(rules, Page(root, source, made.url, Index(root, source), metadata, None))


def test_a_site_without_rules_is_given_selectors(plain):
    found = {one.field: one.selector for one in propose("tinvungcao", plain).fields}
    assert {"title", "body", "published"} <= set(found)


def test_the_learned_rules_read_the_text_and_nothing_else(newsroom, plain):
    rules = rules_of(propose("tinvungcao", plain))
    for article, made in list(captures(newsroom, "tinvungcao"))[:PAGES]:
        said = tuple(line.text for line in read(made, rules).lines)
        # The lede is printed as the first paragraph; no selector tells it from the others.
        assert said[-len(article.content.paragraphs) :] == article.content.paragraphs, made.url
        assert len(said) <= 1 + len(article.content.paragraphs)


def test_every_proposal_shows_its_pages(plain):
    proposal = propose("tinvungcao", plain)
    known = {one.capture for one in plain}
    assert all(found.captures for found in proposal.fields)
    assert set(proposal.captures) <= known


def test_rules_that_hold_leave_nothing_to_learn(newsroom):
    proposal = propose("baolaocai", pages(newsroom, "baolaocai"))
    assert (proposal.rules, proposal.is_empty) == ("epi", True)


def test_a_redesign_is_dated(redesigned):
    drift = propose("baolaocai", redesigned).drift
    assert (drift.rules, drift.last_found_at, drift.lost_at) == ("epi", NOW, LATER)


def test_a_successor_is_proposed_for_what_came_after_the_redesign(redesigned):
    proposal = propose("baolaocai", redesigned)
    assert proposal.pages == PAGES // 2
    assert {one.field: one.selector for one in proposal.fields}["body"] == "div.x-text"
    text = as_python(proposal, offset=VIETNAM)
    assert "valid_until=date(2026, 3, 7)" in text
    assert "valid_from=date(2026, 3, 7)" in text


def test_lines_that_recur_are_cut_by_an_element_of_their_own_or_by_their_words(redesigned):
    again = Block("Mời bạn đọc theo dõi số báo in.")
    printed = [replace(one, document=replace(one.document, blocks=(*one.document.blocks, again))) for one in redesigned]
    for one in printed[PAGES // 2 :]:
        holder = etree.SubElement(one.root.find(".//body"), "p", {"class": "t-notice"})
        holder.text = again.text
    found = {line.text: line.selector for line in propose("baolaocai", printed).lines}
    assert found[again.text] == "p.t-notice"
    assert found["Tải ứng dụng Báo Lào Cai để đọc tin nhanh mỗi ngày."] is None


def test_the_successor_as_it_is_written_reads_what_the_papers_wrote_after_the_redesign(newsroom, redesigned, tmp_path):
    """The whole loop: the site's file with the proposal in it reads both templates, each in its time."""
    text = as_python(propose("baolaocai", redesigned), offset=VIETNAM)
    file = tmp_path / "successor.py"
    file.write_text(f"{IMPORTS}\n\nRULES = {text.partition(chr(10))[2]}\n", encoding="utf-8")
    successor = runpy.run_path(str(file))["RULES"]
    day = successor.valid_from
    site = find_site("baolaocai")
    mended = replace(site, rule_sets=(*(replace(old, valid_until=day) for old in site.rule_sets), successor))
    assert [rules.name for rules in mended.rules_on(NOW)] == [rules.name for rules in site.rule_sets]
    assert mended.rules_on(LATER) == (successor,)
    for article, made in list(captures(newsroom, "baolaocai", at=LATER, redesigned=True))[:PAGES]:
        said = [line.text for line in read(made, mended.rules_on(LATER)[0]).lines]
        content = article.content
        assert [text for text in said if text in content.paragraphs] == list(content.paragraphs), made.url
        # Pictures are not proposed, share words are.
        assert {text for text in said if text not in content.paragraphs} <= set(content.captions), made.url


def without_rule_for_ledes(page, *, at):
    """`page` after a small redesign: what held the lede has another class."""
    payload = gzip.decompress(page.payload) if page.payload.startswith(b"\x1f\x8b") else page.payload
    headers = tuple(
        (name, value) for name, value in page.headers if name.lower() not in ("content-encoding", "content-length")
    )
    changed = re.sub(rb"article__sapo cms-desc", b"x-standfirst", payload)
    assert changed != payload
    return replace(page, payload=changed, headers=headers, captured_at=at)


@pytest.fixture(scope="module")
def lost_lede(newsroom):
    """Of a paper that renamed what holds its ledes, and nothing else."""
    made = [capture for _, capture in captures(newsroom, "baolaocai")][: 2 * PAGES]
    old, new = made[:PAGES], [without_rule_for_ledes(page, at=LATER) for page in made[PAGES:]]
    return [*old, *new]


def test_a_field_that_its_rule_no_longer_finds_is_named_with_its_successor(lost_lede):
    pages = [example(capture_id(made), made) for made in lost_lede]
    proposal = propose("baolaocai", [page for page in pages if page is not None])
    (drift,) = proposal.field_drifts
    assert (drift.field, drift.rule, drift.last_found_at, drift.lost_at) == ("lede", "epi/lede", NOW, LATER)
    assert {one.field: one.selector for one in proposal.fields}["lede"].endswith(".x-standfirst")
    text = as_python(proposal, offset=VIETNAM)
    assert "# epi/lede found nothing on" in text
    assert "valid_from=date(2026, 3, 7)" in text


def test_status_names_the_rule_that_broke(lost_lede, tmp_path):
    with open_archive(tmp_path / "a") as archive:
        for made in lost_lede:
            archive.record(made, extract(made))
        run = archive.start_run("crawl", at=LATER, counts={"site": "baolaocai"})
        archive.finish_run(run, at=LATER, counts={"site": "baolaocai", "new": PAGES})
        archive.commit()
        (crawl,) = outlook(archive, Config(), now=LATER)
    told = {alarm["kind"]: alarm["says"] for alarm in crawl["alarms"]}
    assert told["rule"].startswith(f"epi/lede found no lede on the newest {PAGES} pages: `luubao site learn baolaocai`")


def test_a_field_that_some_articles_never_had_is_not_lost(newsroom):
    pages = [example(capture_id(made), made) for _, made in captures(newsroom, "baolaocai")]
    assert propose("baolaocai", [page for page in pages if page is not None]).field_drifts == ()


def test_a_rule_that_finds_the_text_again_was_not_lost(redesigned):
    newest = replace(redesigned[0], captured_at=LATER + timedelta(days=1), capture="again")
    assert propose("baolaocai", [*redesigned, newest]).drift is None


def test_two_pages_teach_nothing(redesigned):
    assert propose("baolaocai", redesigned[-2:]).is_empty


def test_an_article_seen_often_is_one_page(redesigned):
    often = [replace(redesigned[-1], capture=str(at), captured_at=LATER + timedelta(hours=at)) for at in range(9)]
    assert propose("baolaocai", often).lines == ()


def test_a_page_that_shows_no_article_is_no_example():
    assert example("x", Capture("https://a.example/", NOW, b"<html><body><p>x</p></body></html>", status=200)) is None
    assert example("x", Capture("https://a.example/", NOW, b"", status=500)) is None


def test_what_was_written_as_python_is_python(redesigned, plain):
    for name, found in (("baolaocai", redesigned), ("tinvungcao", plain)):
        source = as_python(propose(name, found), offset=VIETNAM)
        compile(source, name, "eval") if not source.startswith("#") else compile(source, name, "exec")


# --- the command ---


@pytest.fixture(scope="module")
def kept(newsroom, tmp_path_factory):
    """An archive of two papers, one of them without rules."""
    folder = tmp_path_factory.mktemp("learning") / "a"
    with open_archive(folder) as archive:
        for paper in ("tinvungcao", "baolaocai"):
            for _, made in list(captures(newsroom, paper))[:PAGES]:
                archive.record(made, extract(made))
    return folder


def luubao(*words, archive):
    return CliRunner().invoke(main, ["site", "learn", *words, "--archive", str(archive)])


def test_the_command_proposes_python_and_names_captures(kept):
    done = luubao("tinvungcao.test", archive=kept)
    assert done.exit_code == 0, done.output
    assert "no rule set" in done.stdout
    assert 'Pick("title"' in done.stdout
    assert "Shown by captures" in done.stdout


def test_the_command_speaks_json(kept):
    told = json.loads(luubao("tinvungcao.test", "--json", archive=kept).stdout)
    assert (told["pages"], told["rules"], told["drift"]) == (PAGES, None, None)
    assert {found["field"] for found in told["fields"]} >= {"title", "body"}


def test_rules_that_hold_are_left_alone(kept):
    assert "Nothing to propose." in luubao("baolaocai", archive=kept).stdout


def test_a_site_that_the_archive_has_not_is_named(kept):
    done = luubao("nowhere", archive=kept)
    assert done.exit_code == 1
    assert "no article of 'nowhere'" in done.stderr
