"""VTV, the national broadcaster's news; Vietnamese.

Its sitemaps close five days at a time, the newest days stand in `latest-news-sitemap.xml` only. The template is read as
on its sister sites (inferred). Its feeds shorten the offset to +07 and hold some 500 items."""

from __future__ import annotations

from crawler.extraction.families import VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="vtv",
    title="Báo điện tử VTV",
    hosts=("vtv.vn",),
    rule_sets=(VCCORP,),
    outlets=("VTV.vn", "VTV News", "VTV Online"),
    datelines=("VTV.vn",),
    articles=(r"-100\d{12,18}\.htm$", r"-\d{14,20}\.htm$"),
    lists=(r"^/rss", r"\.rss$", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://vtv.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://vtv.vn/rss/kinh-te.rss"),
        Source(SourceKind.SITEMAP, "https://vtv.vn/latest-news-sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://vtv.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.SITEMAP, "https://vtv.vn/sitemaps/sitemaps-{year}-{month}-{first}-{last}.xml"),
        Source(SourceKind.SECTION, "https://vtv.vn/kinh-te.htm"),
        Source(SourceKind.HOME, "https://vtv.vn/"),
    ),
)
