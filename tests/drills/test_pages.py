"""D9, D10: pages that are none, and pages that attack; the good ones stay as they were, and the crawl goes on."""

import time

import pytest
from builders import capture
from click.testing import CliRunner

from archive.types import Verdict
from crawler.cli import main
from crawler.crawl import readers
from drills.lab import BACKFILL, long_only, newsroom, say, size, standing

INSERTED = "Tòa soạn ra mắt chuyên trang mới về đời sống vùng cao, mời bạn đọc theo dõi từ số báo ngày hôm nay."
KINDS = ("captcha", "consent", "soft_404", "empty", "half", "mojibake", "redirect_home", "emptied")


def spoil_known_articles(lab, kind: str, **wish) -> tuple[int, int, int]:
    """(heads that differ afterwards, captures that came of it, articles) when every article shows `kind`."""
    before = heads(lab)
    fault = lab.server.faults.add(kind, path="-post")
    lab.server.clock.advance(minutes=5)
    account = lab.crawl(revisit="all", **wish)
    lab.server.faults.remove(fault)
    after = heads(lab)
    return sum(after.get(path) != head for path, head in before.items()), account["captures"], len(before)


def heads(lab) -> dict[str, tuple]:
    return {path: (row["title"], row["versions"]) for path, row in lab.articles().items()}


@pytest.mark.parametrize("kind", size(["half"], KINDS))
def test_d9_what_is_no_article_never_takes_the_place_of_one(tmp_path, tables_at_length, kind):
    with newsroom(tmp_path / "archive", articles=size(12, 40), database=tables_at_length) as lab:
        lab.crawl()
        changed, kept, articles = spoil_known_articles(lab, kind)
        say("D9", engine=lab.engine, kind=kind, articles=articles, heads_changed=changed, captures_kept=kept)
        assert kept >= articles
        assert changed == 0
        gone = sum(row["gone_at"] is not None for row in lab.articles().values())
        # A redirect to the front page is how papers remove articles: noted, and the text stays.
        assert gone == (articles if kind == "redirect_home" else 0)


@long_only
def test_control_d9_without_holding_heads_change(tmp_path):
    with newsroom(tmp_path / "archive", articles=20) as lab:
        lab.crawl()
        assert spoil_known_articles(lab, "half", without=["holding"])[0] > 0


TRIPS_WITHIN = 30
"""Pages of a redesign that may have become versions before the breaker of their site trips."""


def luubao(*words: str, lab) -> str:
    place = ["--archive", str(lab.folder), *(["--database", lab.database] if lab.database else [])]
    done = CliRunner().invoke(main, [*words, *place])
    assert done.exit_code == 0, done.output
    return done.output


def edited_of(lab, known) -> int:
    """How many of the articles that were there before have another version now."""
    return sum(row["versions"] > 1 for path, row in lab.articles().items() if path in known)


def test_d9_a_redesign_amid_a_crawl_trips_the_breaker_and_a_person_resumes(tmp_path, tables_at_length):
    """From one answer to the next every text of the paper begins with the same paragraph."""
    with newsroom(tmp_path / "archive", articles=size(60, 200), database=tables_at_length) as lab:
        lab.crawl(since=BACKFILL)
        known = lab.articles().keys()
        lab.server.clock.advance(minutes=5)
        before = len(lab.server.log)
        process = lab.start(since=BACKFILL, revisit="all", delay=0.01)
        while process.poll() is None and len(lab.server.log) < before + 12:
            time.sleep(0.005)
        assert process.poll() is None
        lab.server.faults.add("inserted", path="-post", page=INSERTED)
        process.communicate(timeout=600)
        assert process.returncode == 0
        edited = edited_of(lab, known)
        with lab.open() as archive:
            held = [row["reason"] for row in archive.rows("held")]
        say("D9 redesign", engine=lab.engine, articles=len(known), versions_before_it_tripped=edited, held=len(held))
        assert 0 < edited <= TRIPS_WITHIN
        assert set(held) == {"redesign"}
        assert len(held) >= len(known) - TRIPS_WITHIN - 12
        assert "breaker   baolaocai since" in luubao("status", lab=lab)
        # Later crawls find the site as it is now, and still hold it.
        lab.crawl(since=BACKFILL, revisit="all")
        assert edited_of(lab, known) == edited
        luubao("held", "resume", "baolaocai", lab=lab)
        assert "breaker" not in luubao("status", lab=lab)
        lab.crawl(since=BACKFILL, revisit="all")
        with lab.open() as archive:
            assert not list(archive.rows("held"))
        assert edited_of(lab, known) == len(known)
        assert not lab.judge(standing(lab), versions=dict.fromkeys(standing(lab), 2)).problems


HOSTILE = {"attributes": 3_000_000, "deep": 2_000_000, "huge": 6_000_000}


def crawl_with_hostile_pages(lab, **wish):
    """Crawl good pages with a few hostile ones among them; paths of the hostile ones."""
    hostile = sorted(standing(lab))[: len(HOSTILE)]
    for path, (kind, bytes_) in zip(hostile, HOSTILE.items(), strict=True):
        lab.server.faults.add(kind, path=path, size=bytes_)
    account = lab.crawl(**wish)
    return hostile, account


def test_d10_hostile_pages_cost_only_themselves(tmp_path, tables_at_length):
    with newsroom(tmp_path / "archive", articles=size(20, 203), database=tables_at_length) as lab:
        hostile, account = crawl_with_hostile_pages(lab, time_limit=size(1.5, 20.0))
        articles = lab.articles()
        good = standing(lab) - set(hostile)
        with lab.open() as archive:
            held = [row["reason"] for row in archive.rows("held")]
        say("D10", engine=lab.engine, good=f"{len(good & articles.keys())}/{len(good)}", hostile_held=len(held))
        assert good <= articles.keys()
        assert account["captures"] >= len(good) + len(hostile)
        assert len(held) >= len(hostile)
        assert set(held) <= {"too_big", "extraction_failed"}


def page(paragraphs: int) -> bytes:
    text = "Sáng nay người dân tỉnh Lào Cai cho biết mưa lớn đã làm sạt lở nhiều đoạn đường trên địa bàn."
    body = "".join(f"<p>{number}. {text}</p>" for number in range(paragraphs))
    return f"<html><body><article><h1>Mưa lớn ở Lào Cai</h1>{body}</article></body></html>".encode()


@pytest.mark.parametrize(
    ("name", "limit", "why"), [("TIME_LIMIT", 0.5, "took over"), ("MEMORY_LIMIT", 2**24, "Memory")]
)
def test_d10_a_page_that_takes_too_much_ends_its_reader_and_the_next_page_is_read(monkeypatch, name, limit, why):
    monkeypatch.setattr(readers, name, limit)
    pool = readers.Readers(1)
    try:
        document, prepared = pool.wait_for(capture(payload=page(12_000)))
        monkeypatch.undo()
        assert document.verdict is Verdict.EXTRACTION_FAILED
        assert why in document.detail
        assert prepared.record
        assert pool.wait_for(capture(payload=page(12)))[0].verdict is Verdict.OK
    finally:
        pool.close()
