"""VnExpress, the most read paper; Vietnamese. Only JSON-LD shows that a page was edited; asks robots not to archive."""

from __future__ import annotations

from crawler.extraction.families import VNEXPRESS
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="vnexpress",
    title="VnExpress",
    hosts=("vnexpress.net", "m.vnexpress.net"),
    rule_sets=(VNEXPRESS,),
    outlets=("VnExpress.net", "Báo VnExpress", "VNE"),
    articles=(r"-\d{7}\.html$",),
    lists=(r"-p\d+$", r"^/rss/", r"^/tag/", r"^/chu-de/"),
    sources=(
        Source(SourceKind.FEED, "https://vnexpress.net/rss/tin-moi-nhat.rss"),
        Source(SourceKind.SITEMAP, "https://vnexpress.net/google-news-sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://vnexpress.net/sitemap.xml"),
        Source(SourceKind.SECTION, "https://vnexpress.net/kinh-doanh"),
        Source(SourceKind.HOME, "https://vnexpress.net/"),
    ),
    twins=((r"^https?://m\.vnexpress\.net/", "https://vnexpress.net/"),),
)
