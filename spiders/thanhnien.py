"""Thanh Niên, national daily of the youth federation; Vietnamese.

On ePi until about 2022, then on VCCorp (day inferred); asks robots not to archive. The
years in its feeds have two digits."""

from __future__ import annotations

from crawler.extraction.families import EPI_UNTIL_2023, VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="thanhnien",
    title="Báo Thanh Niên",
    hosts=("thanhnien.vn",),
    rule_sets=(VCCORP, EPI_UNTIL_2023),
    outlets=("Thanh Niên", "Thanh Niên Online", "TNO"),
    datelines=("TNO",),
    articles=(r"-185\d{12,18}\.htm$", r"-post\d+\.html$"),
    lists=(r"^/rss", r"-tags\d+\.htm", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://thanhnien.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://thanhnien.vn/rss/thoi-su.rss"),
        Source(SourceKind.SITEMAP, "https://thanhnien.vn/sitemap.xml"),
        Source(SourceKind.SECTION, "https://thanhnien.vn/kinh-te.htm"),
        Source(SourceKind.HOME, "https://thanhnien.vn/"),
    ),
)
