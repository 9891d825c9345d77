from __future__ import annotations

from datetime import UTC, datetime

from archive.types import Capture, Verdict
from crawler.extraction import extract
from crawler.sites import find_site, site_of

PARAGRAPH = "Sáng 7/3, cây cầu dài hơn một cây số nối hai bờ sông đã thông xe sau ba năm thi công liên tục. "


def read(url, *parts):
    body = f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8></head><body>{''.join(parts)}</body></html>"
    return extract(
        Capture(
            url=url,
            captured_at=datetime(2026, 3, 8, tzinfo=UTC),
            payload=body.encode(),
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
        )
    )


def test_laodong():
    document = read(
        "https://laodong.vn/xa-hoi/cau-moi-thong-xe-582910.ldo",
        '<div class="breadcrumb"><a href="/xa-hoi">Xã hội</a></div><article><h1>Cầu mới thông xe</h1>'
        '<div class="time"><time datetime="2026-03-07T08:01:00+07:00">07/03/2026 08:01</time></div>',
        f'<div class="article-content"><p>{PARAGRAPH * 2}</p><p>{PARAGRAPH * 3}</p></div>',
        '<div class="keywords"><a href="/tags/cau">cầu</a></div></article>',
    )
    assert document.verdict is Verdict.OK
    assert document.provenance["body"].startswith("laodong/")
    assert (document.title, document.section, document.tags) == ("Cầu mới thông xe", "Xã hội", ("cầu",))
    assert document.published_at.isoformat() == "2026-03-07T08:01:00+07:00"
    assert len(document.blocks) == 2


def test_vtv_reads_as_its_sisters():
    site = site_of("https://vtv.vn/x")
    assert site is find_site("vtv")
    assert site.is_article("https://vtv.vn/cau-moi-thong-xe-100260307080000000.htm")
    document = read(
        "https://vtv.vn/cau-moi-thong-xe-100260307080000000.htm",
        '<h1 class="detail-title">Cầu mới thông xe</h1><h2 class="detail-sapo">VTV.vn - Cầu dài một cây số.</h2>',
        f'<div class="detail-content afcbc-body"><p>{PARAGRAPH * 2}</p><p>{PARAGRAPH * 3}</p></div>',
    )
    assert document.provenance["body"].startswith("vccorp/")
    assert len(document.blocks) == 2
