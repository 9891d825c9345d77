"""Dân trí, national paper; Vietnamese. Rebuilt by 2026: none of the older class names is left on its pages."""

from __future__ import annotations

from crawler.extraction.families import DANTRI, DANTRI_SINGULAR
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="dantri",
    title="Báo Dân trí",
    hosts=("dantri.com.vn", "m.dantri.com.vn", "amp.dantri.com.vn"),
    rule_sets=(DANTRI, DANTRI_SINGULAR),
    outlets=("Dân trí", "Dân Trí Online"),
    datelines=("Dân trí",),
    articles=(r"-\d{17}\.htm$",),
    lists=(r"/trang-\d+\.htm$", r"^/rss/", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://dantri.com.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://dantri.com.vn/rss/kinh-doanh.rss"),
        Source(SourceKind.SITEMAP, "https://dantri.com.vn/google-news-sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://dantri.com.vn/sitemaps/articles.xml"),
        Source(SourceKind.SECTION, "https://dantri.com.vn/xa-hoi.htm"),
        Source(SourceKind.HOME, "https://dantri.com.vn/"),
    ),
    twins=((r"^https?://(?:m|amp)\.dantri\.com\.vn/", "https://dantri.com.vn/"),),
)
