"""VietNamNet, national paper; Vietnamese.

Its JSON-LD dates have a space before the offset; asks robots not to archive. Its feeds have
stood still for weeks without an error; the sitemap (`sitemap-article-MM-YYYY-NN.xml`) has everything since 2003."""

from __future__ import annotations

from crawler.extraction.families import VIETNAMNET
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="vietnamnet",
    title="Báo VietNamNet",
    hosts=("vietnamnet.vn",),
    rule_sets=(VIETNAMNET,),
    outlets=("VietNamNet", "Vietnamnet.vn"),
    articles=(r"-\d{5,}\.html$",),
    lists=(r"-tag\d+\.html$", r"^/rss", r"-page\d+$"),
    sources=(
        Source(SourceKind.FEED, "https://vietnamnet.vn/rss/thoi-su.rss"),
        Source(SourceKind.FEED, "https://vietnamnet.vn/rss/the-gioi.rss"),
        Source(SourceKind.SITEMAP, "https://vietnamnet.vn/sitemap.xml"),
        Source(SourceKind.HOME, "https://vietnamnet.vn/"),
    ),
)
