"""The templates that Vietnamese news sites share, as rule sets.

Data only. One content management system serves many sites; a site that differs names a rule set of its own here too.
What no captured page has confirmed is marked "inferred"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crawler.extraction.rules import Cut, Pick, Picture, RuleSet

_NAVIGATION = (
    Cut("navigation", "navigation", ("body > header", "header.site-header", "nav")),
    Cut("footer", "footer", ("body > footer", "footer")),
)

# ePi: one markup from the party press of a province to the national agency. The sapo's element differs from site to
# site (div or h2), its classes do not.
EPI = RuleSet(
    name="epi",
    picks=(
        Pick("title", ("h1.article__title", ".article__title.cms-title", ".article__header h1")),
        Pick("kicker", (".article__sub-title", ".article__kicker")),  # inferred
        Pick("lede", (".article__sapo.cms-desc", ".article__sapo")),
        Pick(
            "body",
            (
                ".article__body.cms-body",
                ".article__body.zce-content-body",
                "div.article__body",
                "[itemprop=articleBody]",
            ),
        ),
        Pick(
            "author",
            (
                ".article__author .name.cms-author",
                ".article__author-source .name",
                "span.author.cms-author",
                ".article__meta div.author",
                ".article__meta .author",
                "p.article__author.cms-author",
                "p.article-author.cms-author",
                ".article__author",
            ),
        ),
        Pick("published", (".article__meta time[datetime]",), attribute="datetime"),
        Pick("published", (".article__meta time", ".article__meta .time")),
        Pick(
            "section",
            (
                ".breadcrumb.breadcrumb-detail h2 a",
                "li.main-cate a",
                "ul.breadcrumbs .text",
                ".breadcrumb a.text",
                ".article__breadcrumb a",
            ),
        ),
        Pick("tags", (".article__tag a",)),
        Pick("credit_name", (".article__source",)),
    ),
    pictures=(
        Picture("table.article__avatar", "td.caption", ".source", is_lead=True),
        Picture("table.picture", "td.caption", ".source"),
        Picture("figure.article__avatar", "figcaption", is_lead=True),
    ),
    cuts=(
        Cut("related", "related", (".article-relate", ".article__relate", ".related-news", "article.story")),
        Cut("advert", "advert", (".ads_middle", "div.qc", ".banner", "[id^=adsWeb_]", "[id^=adsMobile_]", ".fyi")),
        Cut("boilerplate", "tags", (".article__tag",)),
        Cut("share", "share", (".article__social", ".social-share", ".article__share")),
        Cut("byline", "byline", ("p.article__author", "p.article-author", "p.cms-author")),
        Cut("comments", "comments", (".article__comment", "#comment-box")),
        Cut("breadcrumb", "breadcrumb", (".breadcrumb", "ul.breadcrumbs")),
        *_NAVIGATION,
    ),
    boilerplate=("Có thể bạn quan tâm", "Tin cùng chuyên mục", "fb yt zl tw", "Quay về E-magazine"),
)

_MASTERCMS_PICTURES = (Picture("table.MASTERCMS_TPL_TABLE", "tr + tr"),)
_MASTERCMS_CUTS = (
    # The first table directly in the body lists related stories, unless it holds a picture.
    Cut(
        "related",
        "related",
        (
            "#__MB_MASTERCMS_EL_3 > table:first-of-type:not(.MASTERCMS_TPL_TABLE)",
            ".__MASTERCMS_CONTENT > table.__mb_article_related",
        ),
    ),
    Cut("advert", "advert", (".__mb_article_in_image", "a.__ads_click")),
    Cut("related", "lists", (".article-related", ".box-related", ".list_news", ".box-others")),  # inferred
    Cut("boilerplate", "tags", (".article-detail-tag", ".tags")),
    *_NAVIGATION,
)
_MASTERCMS_TAIL = (
    "Có thể bạn quan tâm",
    "Nên xem",
    "Tin khác",
    "Xem thêm",
    "Phiên bản di động",
    "Có liên quan",
    "Bài trước đó",
    "Bài sau đó",
)

# Seen on sister sites; laodongthudo's own pages of 2024 and later are not captured yet.
MASTERCMS = RuleSet(
    name="mastercms",
    picks=(
        Pick("title", ("h1.article-detail-title", ".article-detail-title")),
        Pick("kicker", ("p.detail-subtitle", ".article-detail-subtitle")),
        Pick("lede", (".article-detail-desc",)),
        Pick(
            "body",
            (
                "#__MB_MASTERCMS_EL_3",
                ".__MASTERCMS_CONTENT .item-content",
                ".__MASTERCMS_CONTENT",
                ".__MB_MASTERCMS_EL.item-content",
            ),
        ),
        Pick("author", (".article-detail-author", '.__MASTERCMS_CONTENT > p[align="right"] strong')),
        Pick("published", (".article-detail-date",)),
        Pick("section", (".bx-cat-link a", ".article-detail-breadcrumb a")),  # inferred
        Pick("tags", (".article-detail-tag a", ".tags a")),
    ),
    pictures=_MASTERCMS_PICTURES,
    cuts=_MASTERCMS_CUTS,
    boilerplate=_MASTERCMS_TAIL,
)

MASTERCMS_2020 = RuleSet(
    name="mastercms-2020",
    picks=(
        Pick("body", (".detail_info",)),
        Pick("published", (".content_detail .tool i",)),
        Pick("section", (".title_new_nav > span > a > span",)),
        Pick("tags", (".tags a",)),
    ),
    pictures=_MASTERCMS_PICTURES,
    cuts=_MASTERCMS_CUTS,
    boilerplate=_MASTERCMS_TAIL,
    valid_until=date(2025, 1, 1),  # inferred: the current template is on sister sites since about 2021
)

_VCCORP_RELATED = (
    "div[type=RelatedOneNews]",
    "div[type=RelatedNewsBox]",
    ".VCSortableInPreviewMode[type^=Related]",
    ".VCSortableInPreviewMode[type=SimilarNews]",
    ".link-inline-content",
    ".seo-suggest-link",
    ".knc-relate-wrapper",
    ".kbwscwl-relatedbox",
)

VCCORP = RuleSet(
    name="vccorp",
    picks=(
        Pick("title", ("h1.detail-title", "h1.article-title", "[data-role=title]")),
        Pick("lede", ("h2.detail-sapo", ".detail-sapo", "[data-role=sapo]")),
        Pick(
            "body",
            (
                "div.detail-content.afcbc-body",
                ".detail-content[data-role=content]",
                "div.detail-content",
                ".afcbc-body",
            ),
        ),
        Pick(
            "author",
            (
                ".detail-author .author-info .name",
                ".author-info .name",
                "p.name[data-role=author]",
                "[data-role=author]",
                ".detail-author .author-info",
                ".detail-author",
            ),
        ),
        Pick("published", ("[data-role=publishdate]", ".detail-time")),
        Pick("section", (".detail-cate a", ".detail-cate", "[data-role=cate-name]")),
        Pick("tags", (".detail-tab a", ".detail-tags a", "[data-role=tags] a")),
        Pick("credit_url", (".link-source-full",)),
        Pick("credit_name", (".link-source-name span", "p.source[data-field=source]")),
    ),
    pictures=(
        Picture("figure.VCSortableInPreviewMode", "figcaption"),
        Picture("div.VCSortableInPreviewMode[type=Photo]", ".PhotoCMS_Caption"),
        Picture("div.VCSortableInPreviewMode[type=photo]", ".PhotoCMS_Caption"),
        Picture("div.VCSortableInPreviewMode[type=VideoStream]", ".VideoCMS_Caption"),
    ),
    cuts=(
        Cut("related", "related", _VCCORP_RELATED),
        Cut("related", "newest", (".tindnd",)),
        Cut(
            "credit",
            "source",
            (".link-source-wrapper", "#urlSourceCafef", ".link-source-detail", "p.source[data-field=source]"),
        ),
        Cut("boilerplate", "tags", (".detail-tab", ".detail-tags")),
        Cut("share", "share", (".detail-social", ".social-share")),
        Cut("comments", "comments", (".detail-comment", "#detail_comment")),
        Cut("advert", "advert", ("zone", "[id^=zone-]", "[id^=admzone]")),
        Cut("related", "lists", (".detail__related", ".box-category-item", ".related-container")),  # inferred
        *_NAVIGATION,
    ),
)

CAFEF = replace(
    VCCORP,
    name="cafef",
    picks=(
        Pick("title", ("h1.title",)),
        Pick("lede", ("h2.sapo", ".sapo")),
        Pick("author", ("p.author",)),
        Pick("published", ("span.pdate",)),
        Pick("section", ("a.category-page__name", ".cat")),  # inferred
        *(pick for pick in VCCORP.picks if pick.field in ("body", "tags", "credit_url", "credit_name")),
    ),
    cuts=(Cut("byline", "byline", (".afcbc-body p.author",)), *VCCORP.cuts),
)

# Báo Thanh Niên ran on ePi before it moved; the day is inferred from the last ePi page seen (2022).
EPI_UNTIL_2023 = replace(EPI, name="epi-2022", valid_until=date(2023, 7, 1))

# vietnam.vn until about 2024: WordPress with the tagDiv theme. The day of the move is inferred.
TAGDIV = RuleSet(
    name="tagdiv",
    picks=(
        Pick("title", ("h1.entry-title", "h1.tdb-title-text")),
        Pick("lede", (".td-post-sub-title",)),
        Pick("body", (".td-post-content.tagdiv-type", ".tdb_single_content .tdb-block-inner", ".td-post-content")),
        Pick("author", (".td-post-author-name a", ".tdb-author-name")),
        Pick("published", ("time.entry-date[datetime]",), attribute="datetime"),
        Pick("section", (".entry-crumbs a:last-of-type", ".tdb-entry-category")),
        Pick("tags", ("ul.td-tags a", ".tdb-tags a")),
    ),
    cuts=(
        Cut(
            "related",
            "related",
            (".td_block_related_posts", ".td_block_wrap.td-related", ".td-a-rec", ".td_module_wrap"),
        ),
        Cut("boilerplate", "tags", (".td-post-source-tags", "ul.td-tags")),
        Cut("share", "share", (".td-post-sharing",)),
        Cut("breadcrumb", "breadcrumb", (".entry-crumbs",)),
        *_NAVIGATION,
    ),
    pictures=(Picture("figure.wp-caption", "figcaption"), Picture("div.wp-caption", ".wp-caption-text")),
    boilerplate=("null",),
    credit_label="Source link",
    opens_with_lede=True,
    valid_until=date(2025, 7, 1),
)

# vietnam.vn since about 2025: a platform of its own. Only the body's class is confirmed, the rest is inferred.
VIETNAM_VN = RuleSet(
    name="vietnam_vn",
    picks=(
        Pick("title", ("h1.post-detail-title", ".post-detail h1", "h1")),
        Pick("lede", (".post-detail-description", ".post-detail-sapo")),
        Pick("body", (".post-detail-body",)),
        Pick("section", (".post-detail-category a",)),
        Pick("tags", (".post-detail-tags a",)),
        Pick("published", (".post-detail time[datetime]",), attribute="datetime"),
        Pick("credit_name", (".post-detail-source",)),
    ),
    cuts=(
        Cut("related", "related", (".post-related", ".related-posts")),
        *_NAVIGATION,
    ),
    boilerplate=("null",),
    credit_label="Source link",
    opens_with_lede=True,
    valid_from=date(2024, 7, 1),
)

# daidoanket.vn has changed its template twice; the days are inferred from image and page addresses.
DAIDOANKET = RuleSet(
    name="daidoanket",
    picks=(
        Pick("title", ("article.article-content h1",)),
        Pick("lede", ("h2.article-content__description", ".article-content__description")),
        Pick("body", ("article[itemprop=articleBody]", "[itemprop=articleBody]")),
        Pick("author", ("p.icon_author", ".icon_author")),
        Pick("published", ("time.text-iris-400[datetime]",), attribute="datetime"),
        Pick("published", ("time.text-iris-400",)),
        Pick("section", ("section.breadcrumbs h4 a",)),
        Pick("tags", ('a[href*="/tag/"]',)),
    ),
    cuts=(
        Cut("related", "latest", ("#latest-articles",)),
        Cut("breadcrumb", "breadcrumb", ("section.breadcrumbs",)),
        *_NAVIGATION,
    ),
    valid_from=date(2024, 7, 1),
)
# 1cdn pages: the markup is that of sister sites on the same system (inferred).
DAIDOANKET_1CDN = RuleSet(
    name="daidoanket-1cdn",
    picks=(
        Pick("title", ("h1.sc-longform-header-title", ".sc-longform-header-title", "h1.c-detail-head__title")),
        Pick("lede", (".sc-longform-header-sapo",)),
        Pick("body", (".b-maincontent",)),
        Pick("author", (".sc-longform-header-author",)),
        Pick("published", (".sc-longform-header-date",)),
        Pick("tags", (".c-tags a",)),
    ),
    cuts=_NAVIGATION,
    valid_from=date(2021, 1, 1),
    valid_until=date(2025, 7, 1),
)
DAIDOANKET_OLD = RuleSet(
    name="daidoanket-old",
    picks=(
        Pick("title", ("div.txtNewsDetail h1",)),
        Pick("body", ("div.left.content-newsTxt",)),
        Pick("published", ("div.left.time-day",)),
    ),
    cuts=_NAVIGATION,
    valid_until=date(2022, 7, 1),
)

VNEXPRESS = RuleSet(
    name="vnexpress",
    picks=(
        Pick("title", ("h1.title-detail",)),
        Pick("lede", ("p.description",)),
        Pick("body", ("article.fck_detail",)),
        Pick(
            "author",
            (
                'article.fck_detail > p.Normal[style*="text-align:right"] strong',
                'article.fck_detail > p[style*="right"] strong',
                "p.author_mail strong",
                "p.author_mail",
            ),
        ),
        Pick("published", ("span.date",)),
        Pick("section", ("ul.breadcrumb li a",)),
        Pick("tags", (".tags .item-tag a", ".tags h4 a")),
    ),
    pictures=(Picture("figure", "figcaption"),),
    cuts=(
        Cut("byline", "byline", ("p.author_mail",)),
        # A place, set apart from the lede by the style sheet alone.
        Cut("byline", "place", ("p.description > span.location-stamp",)),
        Cut(
            "related",
            "related",
            (".box-tinlienquanv2", ".list-news", ".box_category", "[data-component-type=article_suggestion]"),
        ),
        Cut("boilerplate", "tags", (".tags",)),
        Cut("share", "share", (".social_pin", ".footer-detail", ".myvne_social")),
        Cut("breadcrumb", "breadcrumb", ("ul.breadcrumb",)),
        Cut("comments", "comments", ("#box_comment_vne", ".box_comment_vne")),
        *_NAVIGATION,
    ),
    boilerplate=("Copy link thành công",),
)

# dantri.com.vn of 2026 is a rebuild: none of the older class names (`singular-content` ...) is left on it.
DANTRI = RuleSet(
    name="dantri",
    picks=(
        Pick("title", ("article > h1", "article h1")),
        Pick("lede", ("article > h2", "article h1 ~ h2")),
        Pick("body", ("#desktop-in-article",)),
        Pick("published", ("article time[datetime]",), attribute="datetime"),
    ),
    cuts=(
        Cut("related", "widget", (".dantri-widget", "#desktop-in-article aside")),
        Cut("related", "aside", ("aside",)),
        *_NAVIGATION,
    ),
    valid_from=date(2025, 7, 1),  # inferred: seen on a page of 2026
)
# What nearly every public scraper of the site used (inferred to hold until the rebuild).
DANTRI_SINGULAR = RuleSet(
    name="dantri-singular",
    picks=(
        Pick("title", ("h1.title-page",)),
        Pick("lede", ("h2.singular-sapo", ".singular-sapo")),
        Pick("body", ("div.singular-content",)),
        Pick("author", (".author-name b", ".author-name")),
        Pick("published", ("time.author-time[datetime]",), attribute="datetime"),
        Pick("section", ("ul.breadcrumbs a",)),
        Pick("tags", ("ul.tags-wrap a",)),
    ),
    cuts=(Cut("related", "related", (".article-related",)), *_NAVIGATION),
    valid_until=date(2026, 3, 1),
)

VIETNAMNET = RuleSet(
    name="vietnamnet",
    picks=(
        Pick("title", ("h1.content-detail-title",)),
        Pick("lede", ("h2.content-detail-sapo", ".content-detail-sapo")),
        Pick("body", ("#maincontent.maincontent", "#maincontent")),
        Pick("author", (".article-detail-author .name", ".article-detail-author__info .name")),
        Pick("published", (".bread-crumb-detail__time",)),
        Pick("section", (".bread-crumb-detail li a",)),
        Pick("tags", (".tag-cotnent a", ".tag-content a")),
    ),
    pictures=(Picture("figure.image", "figcaption"),),
    cuts=(
        Cut("related", "related", (".insert-wiki-content", ".vnn-template-noneditable", ".article-relate")),
        Cut("breadcrumb", "breadcrumb", (".bread-crumb-detail",)),
        *_NAVIGATION,
    ),
)
