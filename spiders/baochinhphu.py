"""Báo Điện tử Chính phủ, the government's paper; Vietnamese.

Its articles call themselves websites (og:type), its feeds write 9/14/2026 6:44:00 PM."""

from __future__ import annotations

from crawler.extraction.families import VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="baochinhphu",
    title="Báo Điện tử Chính phủ",
    hosts=("baochinhphu.vn",),
    rule_sets=(VCCORP,),
    outlets=("Chinhphu.vn", "Báo Chính phủ", "VGP"),
    datelines=("Chinhphu.vn",),
    articles=(r"-102\d{12,18}\.htm$", r"-\d{14,20}\.htm$"),
    lists=(r"^/rss", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://baochinhphu.vn/home.rss", is_inferred=True),
        Source(SourceKind.FEED, "https://baochinhphu.vn/kinh-te.rss"),
        Source(SourceKind.SITEMAP, "https://baochinhphu.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.SECTION, "https://baochinhphu.vn/kinh-te.htm"),
        Source(SourceKind.HOME, "https://baochinhphu.vn/"),
    ),
)
