"""Báo Lào Cai, since 2025 merged with Yên Bái's paper and both broadcasters: provincial daily, Vietnamese.

Identifiers of imported stories (before 2021) are in no order. The sitemap's address is inferred from the
system; of the sections one is known."""

from __future__ import annotations

from crawler.extraction.families import EPI
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="baolaocai",
    title="Báo Lào Cai",
    hosts=("baolaocai.vn",),
    rule_sets=(EPI,),
    outlets=("Báo và Phát thanh, Truyền hình Lào Cai", "Báo Lào Cai điện tử", "LCĐT"),
    datelines=("LCĐT",),
    articles=(r"-post\d+\.html$",),
    lists=(r"-tag\d+\.html$", r"^/tu-khoa/", r"^/rss/"),
    sources=(
        Source(SourceKind.FEED, "https://baolaocai.vn/rss/home.rss"),
        Source(SourceKind.SITEMAP, "https://baolaocai.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.SECTION, "https://baolaocai.vn/kinh-te/"),
        Source(SourceKind.HOME, "https://baolaocai.vn/"),
    ),
)
