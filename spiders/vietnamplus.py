"""VietnamPlus, the national news agency's (TTXVN) public wire; Vietnamese. Its texts are the ones most often copied."""

from __future__ import annotations

from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="vietnamplus",
    title="VietnamPlus",
    hosts=("vietnamplus.vn",),
    rule_sets=(EPI,),
    outlets=("Vietnam+", "TTXVN", "Thông tấn xã Việt Nam"),
    articles=(r"-post\d+\.vnp$",),
    lists=(r"-tag\d+\.vnp$", r"^/rss/", r"^/topic/"),
    sources=(
        Source(SourceKind.FEED, "https://www.vietnamplus.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://www.vietnamplus.vn/rss/kinhte-311.rss"),
        Source(SourceKind.SITEMAP, "https://www.vietnamplus.vn/sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://www.vietnamplus.vn/sitemaps/news-{year}-{month}.xml"),
        Source(SourceKind.SITEMAP, "https://www.vietnamplus.vn/sitemaps/google-news.xml", is_inferred=True),
        Source(SourceKind.HOME, "https://www.vietnamplus.vn/"),
    ),
)
