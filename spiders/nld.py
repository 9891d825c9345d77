"""Người Lao Động, daily of Ho Chi Minh City's trade unions; Vietnamese.

Merged into Tuổi Trẻ: by September 2026 its host was seen to redirect, feeds included, to tuoitre.vn/nld/."""

from __future__ import annotations

from crawler.extraction.families import VCCORP
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="nld",
    title="Báo Người Lao Động",
    hosts=("nld.com.vn",),
    rule_sets=(VCCORP,),
    outlets=("Người Lao Động", "NLĐ", "NLĐO", "Người Lao Động Online"),
    datelines=("NLĐO",),
    articles=(r"-196\d{12,18}\.htm$", r"-\d{14,20}\.htm$"),
    lists=(r"^/rss", r"\.rss$", r"^/[a-z/-]*[a-z]\.htm$"),
    sources=(
        Source(SourceKind.FEED, "https://nld.com.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://nld.com.vn/rss/thoi-su.rss"),
        Source(SourceKind.SITEMAP, "https://nld.com.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.HOME, "https://nld.com.vn/"),
    ),
)
