"""Nhân Dân, the party's central daily; Vietnamese, with editions in other languages on hosts of their own.

Pages before 2022 stood on nhandan.com.vn in another markup."""

from __future__ import annotations

from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="nhandan",
    title="Báo Nhân Dân",
    hosts=("nhandan.vn", "cn.nhandan.vn"),
    rule_sets=(EPI,),
    outlets=("Nhân Dân điện tử", "NDĐT", "Báo Nhân Dân điện tử"),
    datelines=("NDĐT", "NDO"),
    articles=(r"-post\d+\.html$",),
    lists=(r"-tag\d+\.html$", r"^/tu-khoa/", r"^/rss/"),
    sources=(
        Source(SourceKind.FEED, "https://nhandan.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://nhandan.vn/rss/kinhte-1185.rss"),
        Source(SourceKind.FEED, "https://nhandan.vn/rss/phap-luat.rss"),
        Source(SourceKind.SITEMAP, "https://nhandan.vn/sitemap.xml"),
        Source(SourceKind.SITEMAP, "https://nhandan.vn/sitemaps/google-news.xml", is_inferred=True),
        Source(SourceKind.SECTION, "https://nhandan.vn/chinhtri/"),
        Source(SourceKind.SECTION, "https://nhandan.vn/kinhte/"),
        Source(SourceKind.HOME, "https://nhandan.vn/"),
    ),
)
