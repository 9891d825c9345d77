"""Lao Động, daily of the national trade unions; Vietnamese, with editions in English and Korean on hosts of their own.

One story can be reached as `.ldo` and as `.bld`, the number is the same. Where the lede stands is inferred."""

from __future__ import annotations

from crawler.extraction.rules import Cut, Pick, RuleSet
from crawler.sites import Site, Source, SourceKind

LAODONG = RuleSet(
    name="laodong",
    picks=(
        Pick("title", ("article h1", "h1")),
        Pick("lede", (".chappeau", ".article-content .abs")),  # inferred
        Pick("body", (".article-content",)),
        Pick("published", (".time time[datetime]",), attribute="datetime"),
        Pick("published", (".time time", "time.f-datetime")),
        Pick("section", (".breadcrumb a",)),
        Pick("tags", (".keywords a",)),
    ),
    cuts=(
        Cut("breadcrumb", "breadcrumb", (".breadcrumb",)),
        Cut("boilerplate", "tags", (".keywords",)),
        Cut("related", "lists", ("article.article-large", ".article-related")),  # the second is inferred
        Cut("navigation", "navigation", ("body > header", "nav")),
        Cut("footer", "footer", ("body > footer", "footer")),
    ),
)

SITE = Site(
    name="laodong",
    title="Báo Lao Động",
    hosts=("laodong.vn",),
    rule_sets=(LAODONG,),
    outlets=("Lao Động", "Lao Động Online", "LĐO"),
    datelines=("LĐO",),
    articles=(r"-\d{5,}\.(?:ldo|bld)$",),
    lists=(r"^/rss", r"^/tags?/", r"^/tim-kiem"),
    sources=(
        Source(SourceKind.FEED, "https://laodong.vn/rss/home.rss"),
        Source(SourceKind.FEED, "https://laodong.vn/rss/thoi-su.rss"),
        Source(SourceKind.SITEMAP, "https://laodong.vn/sitemap.xml"),
        Source(SourceKind.HOME, "https://laodong.vn/"),
    ),
    twins=((r"\.bld(?=$|[?#])", ".ldo"),),
)
