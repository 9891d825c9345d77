"""Tiền Phong, national daily of the youth union; Vietnamese."""

from __future__ import annotations

from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="tienphong",
    title="Báo Tiền Phong",
    hosts=("tienphong.vn",),
    rule_sets=(EPI,),
    outlets=("Tiền Phong Online", "TPO", "Tiền phong"),
    datelines=("TPO", "TP"),
    articles=(r"-post\d+\.tpo$",),
    lists=(r"-tag\d+\.tpo$", r"^/rss/"),
    sources=(
        Source(SourceKind.FEED, "https://tienphong.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://tienphong.vn/rss/kinh-te-3.rss"),
        Source(SourceKind.SITEMAP, "https://tienphong.vn/sitemap.xml"),
        Source(SourceKind.HOME, "https://tienphong.vn/"),
    ),
)
