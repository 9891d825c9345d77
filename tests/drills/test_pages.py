"""D9, D10: pages that are none, and pages that attack; the good ones stay as they were, and the crawl goes on."""

import pytest
from builders import capture

from archive.core import Archive
from archive.types import Verdict
from crawler.crawl import readers
from drills.lab import long_only, newsroom, say, size, standing

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
def test_d9_what_is_no_article_never_takes_the_place_of_one(tmp_path, kind):
    with newsroom(tmp_path / "archive", articles=size(12, 40)) as lab:
        lab.crawl()
        changed, kept, articles = spoil_known_articles(lab, kind)
        say("D9", kind=kind, articles=articles, heads_changed=changed, captures_kept=kept)
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


HOSTILE = {"attributes": 3_000_000, "deep": 2_000_000, "huge": 6_000_000}


def crawl_with_hostile_pages(lab, **wish):
    """Crawl good pages with a few hostile ones among them; paths of the hostile ones."""
    hostile = sorted(standing(lab))[: len(HOSTILE)]
    for path, (kind, bytes_) in zip(hostile, HOSTILE.items(), strict=True):
        lab.server.faults.add(kind, path=path, size=bytes_)
    account = lab.crawl(**wish)
    return hostile, account


def test_d10_hostile_pages_cost_only_themselves(tmp_path):
    with newsroom(tmp_path / "archive", articles=size(20, 203)) as lab:
        hostile, account = crawl_with_hostile_pages(lab, time_limit=size(1.5, 20.0))
        articles = lab.articles()
        good = standing(lab) - set(hostile)
        with Archive.open(lab.folder) as archive:
            held = [row["reason"] for row in archive.rows("held")]
        say("D10", good=f"{len(good & articles.keys())}/{len(good)}", hostile_held=len(held))
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
