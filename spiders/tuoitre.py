"""Tuổi Trẻ, national daily from Ho Chi Minh City; Vietnamese.

The digits of an address are when the story was first saved. Under `/nld/` stands what was Người Lao Động (inferred)."""

from __future__ import annotations

from crawler.extraction.families import VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="tuoitre",
    title="Tuổi Trẻ Online",
    hosts=("tuoitre.vn",),
    rule_sets=(VCCORP,),
    outlets=("Tuổi Trẻ", "Báo Tuổi Trẻ", "TTO", "Baotuoitre"),
    datelines=("TTO",),
    articles=(r"-\d{17}\.htm$", r"^/nld/.+-196\d{12,18}\.htm$"),
    lists=(r"^/rss", r"-e\d+\.htm$", r"/tim-kiem", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://tuoitre.vn/rss/tin-moi-nhat.rss"),
        Source(SourceKind.FEED, "https://tuoitre.vn/rss/thoi-su.rss"),
        Source(SourceKind.SITEMAP, "https://tuoitre.vn/sitemaps/index.rss"),
        Source(SourceKind.SITEMAP, "https://tuoitre.vn/StaticSitemaps/sitemaps-{year}-{month}-{first}-{last}.xml"),
        Source(SourceKind.SECTION, "https://tuoitre.vn/thoi-su.htm"),
        Source(SourceKind.HOME, "https://tuoitre.vn/"),
    ),
)
