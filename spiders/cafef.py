"""CafeF, financial news; Vietnamese.

Runs texts of other papers with a block that names and links the original.

The years in its feeds have two digits; robots meet a captcha often."""

from __future__ import annotations

from crawler.extraction.families import CAFEF, VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="cafef",
    title="CafeF",
    hosts=("cafef.vn", "m.cafef.vn"),
    rule_sets=(CAFEF, VCCORP),
    outlets=("CafeF.vn", "Cafef"),
    articles=(r"-188\d{12,18}\.chn$", r"-\d{14,20}\.chn$"),
    lists=(r"^/rss", r"\.rss$", r"^/[a-z/-]*[a-z]\.chn$"),
    sources=(
        Source(SourceKind.FEED, "https://cafef.vn/trang-chu.rss"),
        Source(SourceKind.FEED, "https://cafef.vn/tai-chinh-ngan-hang.rss"),
        Source(SourceKind.SITEMAP, "https://cafef.vn/latest-news-sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://cafef.vn/sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://cafef.vn/sitemaps/sitemaps-{year}-{month}-{first}-{last}.xml"),
        Source(SourceKind.SECTION, "https://cafef.vn/tai-chinh-ngan-hang.chn"),
        Source(SourceKind.HOME, "https://cafef.vn/"),
    ),
    twins=((r"^https?://m\.cafef\.vn/", "https://cafef.vn/"),),
)
