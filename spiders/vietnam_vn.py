"""Vietnam.vn, the state's aggregator: republishes other papers, also translated by machine (`/en/`, `/ja/` ...).

Until about 2024 WordPress, then a platform of its own of which only the body's class is confirmed (the rest is
inferred). The index of sitemaps, one a day, is sometimes refused (403), its sitemaps are not."""

from __future__ import annotations

from crawler.extraction.families import TAGDIV, VIETNAM_VN
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="vietnam_vn",
    title="Vietnam.vn",
    hosts=("vietnam.vn",),
    rule_sets=(VIETNAM_VN, TAGDIV),
    outlets=("Vietnam.vn - Nền tảng quảng bá Việt Nam",),
    lists=(r"^/tag/", r"^/category/", r"^/author/", r"^/(?:[a-z]{2}/?)?$"),
    sources=(
        Source(SourceKind.SITEMAP, "https://www.vietnam.vn/sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://www.vietnam.vn/sitemap/sitemap-post/{year}-{month:02}-{day:02}.xml"),
        Source(SourceKind.HOME, "https://www.vietnam.vn/"),
    ),
)
