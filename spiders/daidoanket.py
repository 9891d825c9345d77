"""Đại Đoàn Kết, daily of the Fatherland Front; Vietnamese.

Addresses carry no identifier since about 2024, so a changed slug is a new address. The days between its three templates
are inferred, the markup of the second is that of sister sites (inferred)."""

from __future__ import annotations

from crawler.extraction.families import DAIDOANKET, DAIDOANKET_1CDN, DAIDOANKET_OLD
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="daidoanket",
    title="Báo Đại Đoàn Kết",
    hosts=("daidoanket.vn",),
    rule_sets=(DAIDOANKET, DAIDOANKET_1CDN, DAIDOANKET_OLD),
    outlets=("Đại Đoàn Kết", "Báo Đại đoàn kết", "Đại Đoàn Kết Online"),
    articles=(r"^/[\w-]+\.html$",),
    lists=(r"^/tag/", r"^/chuyen-muc/", r"^/rss/"),
    sources=(
        Source(SourceKind.FEED, "https://daidoanket.vn/rss/chuyen-muc/xa-hoi/feed.xml"),
        Source(SourceKind.FEED, "https://daidoanket.vn/rss/chuyen-muc/phap-luat/feed.xml"),
        Source(SourceKind.FEED, "https://daidoanket.vn/rss/chuyen-muc/ban-doc/feed.xml"),
        Source(SourceKind.FEED, "https://daidoanket.vn/rss/chuyen-muc/chinh-tri/feed.xml", is_inferred=True),
        Source(SourceKind.FEED, "https://daidoanket.vn/rss/chuyen-muc/mat-tran/feed.xml", is_inferred=True),
        Source(SourceKind.SITEMAP, "https://daidoanket.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.SECTION, "https://daidoanket.vn/chinh-tri/quoc-hoi"),
        Source(SourceKind.HOME, "https://daidoanket.vn/"),
    ),
)
