"""Báo Lao động Thủ đô, paper of Hanoi's trade unions; Vietnamese.

The current template is read as on its sister sites (inferred): no page of 2024 or later has been captured yet.
No feed was ever found; the sections are those of 2020. Print copies (`/apicenter@/`) do not say the slug, so that they
are no twins: only their canonical link tells."""

from __future__ import annotations

from crawler.extraction.families import MASTERCMS, MASTERCMS_2020
from crawler.sites import Site, Source, SourceKind

SITE = Site(
    name="laodongthudo",
    title="Báo Lao động Thủ đô",
    hosts=("laodongthudo.vn",),
    rule_sets=(MASTERCMS, MASTERCMS_2020),
    outlets=("Lao động Thủ đô", "laodongthudo"),
    datelines=("LĐTĐ",),
    articles=(r"-\d{4,}\.html$", r"\.media$", r"^/apicenter@/print_article"),
    lists=(r"\.tag$", r"^/widgets@/", r"^/adsfw/"),
    sources=(
        Source(SourceKind.SITEMAP, "https://laodongthudo.vn/sitemap.xml", is_inferred=True),
        Source(SourceKind.SECTION, "https://laodongthudo.vn/thoi-su"),
        Source(SourceKind.SECTION, "https://laodongthudo.vn/thoi-su/tin-moi"),
        Source(SourceKind.SECTION, "https://laodongthudo.vn/cong-doan"),
        Source(SourceKind.SECTION, "https://laodongthudo.vn/cong-doan/hoat-dong"),
        Source(SourceKind.SECTION, "https://laodongthudo.vn/lao-dong/viec-lam"),
        Source(SourceKind.HOME, "https://laodongthudo.vn/"),
    ),
)
