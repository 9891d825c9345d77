"""The papers of the newsroom: which template each is printed in, how often, and what it sends beside its pages.

A paper that stands for a declared site carries its name, because extraction believes a credit only where it knows the
outlet. Everything it prints is invented, and its footer says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from newsroom.dice import key


class Family(StrEnum):
    """The template."""

    EPI = "epi"
    MASTERCMS = "mastercms"
    VCCORP = "vccorp"
    AGGREGATOR = "aggregator"
    DAIDOANKET = "daidoanket"
    PLAIN = "plain"


class Validators(StrEnum):
    """What a paper sends so that a page can be asked for again cheaply."""

    NONE = "none"
    WEAK = "weak"
    """A weak ETag of the article's text, and Last-Modified: related boxes do not touch them."""
    STRONG = "strong"
    """An ETag of the bytes: other related news, another ETag."""
    MODIFIED = "modified"
    """Last-Modified alone."""


class Sitemap(StrEnum):
    """The shape of a paper's sitemaps."""

    MONTHLY = "monthly"
    """/sitemap.xml, /sitemaps/news-2026-7.xml: months without a leading zero."""
    MONTHLY_GZIP = "monthly_gzip"
    """As monthly with a leading zero, shards compressed, and one build time for every lastmod."""
    MONTHLY_LATE = "monthly_late"
    """As monthly; the index lists a month only when it has ended, its address answers before."""
    FIVE_DAYS = "five_days"
    """Closed shards of five days, and /latest-news-sitemap.xml for what is newer."""
    DAILY = "daily"
    """One file a day."""
    WORDPRESS = "wordpress"
    """/wp-sitemap.xml, pages of 500 posts, oldest first."""


@dataclass(frozen=True)
class Paper:
    """One paper."""

    name: str
    family: Family
    title: str
    per_day: int
    """Articles a day; also its share of the newsroom."""
    site: str | None = None
    """The declared site whose rules read its pages; None: read without rules."""
    sections: int = 6
    extension: str = "html"
    prefix: str = ""
    """What the numbers in its addresses begin with (VCCorp)."""
    dateline: str | None = None
    validators: Validators = Validators.NONE
    sitemap: Sitemap = Sitemap.MONTHLY
    is_compressed: bool = False
    """Answers in gzip where the client takes it."""
    crawl_delay: int | None = None
    has_tracking: bool = False
    """Decorates links in its lists and feeds with utm_ parameters."""
    copies: float = 0.07
    """Of its articles, those taken from other papers."""
    noarchive: bool = False

    @cached_property
    def number(self) -> int:
        """A number for the name, for chance."""
        return key(self.name)


PAPERS = (
    Paper(
        "baolaocai", Family.EPI, "Báo Lào Cai", 60, "baolaocai", dateline="LCĐT", validators=Validators.WEAK,
        is_compressed=True, has_tracking=True,
    ),
    Paper(
        "laodongthudo", Family.MASTERCMS, "Báo Lao động Thủ đô", 45, "laodongthudo", sitemap=Sitemap.MONTHLY_GZIP,
        crawl_delay=1,
    ),
    Paper(
        "daidoanket", Family.DAIDOANKET, "Báo Đại Đoàn Kết", 40, "daidoanket", validators=Validators.STRONG,
        sitemap=Sitemap.MONTHLY_LATE,
    ),
    Paper(
        "vietnam_vn", Family.AGGREGATOR, "Vietnam.vn", 90, "vietnam_vn", validators=Validators.MODIFIED,
        sitemap=Sitemap.DAILY, is_compressed=True, copies=0.85,
    ),
    Paper(
        "tuoitre", Family.VCCORP, "Tuổi Trẻ Online", 80, "tuoitre", extension="htm", dateline="TTO",
        sitemap=Sitemap.FIVE_DAYS, is_compressed=True, has_tracking=True,
    ),
    Paper(
        "tinvungcao", Family.PLAIN, "Tin Vùng Cao", 15, sections=4, validators=Validators.STRONG,
        sitemap=Sitemap.WORDPRESS,
    ),
    Paper("nhandan", Family.EPI, "Báo Nhân Dân", 70, "nhandan", dateline="NDO", validators=Validators.STRONG),
    Paper(
        "nld", Family.VCCORP, "Báo Người Lao Động", 60, "nld", extension="htm", prefix="196",
        sitemap=Sitemap.FIVE_DAYS, validators=Validators.WEAK,
    ),
    Paper("tienphong", Family.EPI, "Báo Tiền Phong", 65, "tienphong", extension="tpo", dateline="TPO"),
    Paper(
        "thanhnien", Family.VCCORP, "Báo Thanh Niên", 70, "thanhnien", extension="htm", prefix="185",
        sitemap=Sitemap.FIVE_DAYS, noarchive=True, crawl_delay=2,
    ),
)  # fmt: skip
"""Each family once among the first six; the first four are the sites that the product follows first."""


def choose(papers: int | tuple[Paper, ...] | tuple[str, ...]) -> tuple[Paper, ...]:
    """The first so many papers, or those named, or those given."""
    if isinstance(papers, int):
        if not 0 < papers <= len(PAPERS):
            raise ValueError(f"between 1 and {len(PAPERS)} papers, not {papers!r}")
        return PAPERS[:papers]
    known = {paper.name: paper for paper in PAPERS}
    return tuple(known[paper] if isinstance(paper, str) else paper for paper in papers)
