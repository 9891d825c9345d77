"""Sài Gòn Giải Phóng, daily of the party in Ho Chi Minh City; Vietnamese.

Its finance paper and other languages have hosts of their own."""

from __future__ import annotations

from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="sggp",
    title="Báo Sài Gòn Giải Phóng",
    hosts=("sggp.org.vn", "dttc.sggp.org.vn"),
    rule_sets=(EPI,),
    outlets=("SGGP", "SGGPO", "Sài Gòn Giải Phóng Online", "Đầu tư Tài chính"),
    datelines=("SGGP", "SGGPO", "ĐTTCO"),
    articles=(r"-post\d+\.html$", r"-\d{5,}\.html$"),
    lists=(r"-tag\d+\.html$", r"^/rss/"),
    sources=(
        Source(SourceKind.FEED, "https://www.sggp.org.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://www.sggp.org.vn/rss/xahoi-199.rss"),
        Source(SourceKind.FEED, "https://www.sggp.org.vn/rss/tai-chinh-chung-khoan-44.rss"),
        Source(SourceKind.SITEMAP, "https://www.sggp.org.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.HOME, "https://www.sggp.org.vn/"),
    ),
)
