"""What the names of elements say: classes and ids that set a part of the page aside, or call it the body."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# As one of the words that make up a class or id.
_RAIL_WORD = re.compile(
    r"(?:^|[-_\s])(?:related|recommend\w*|recirc\w*|promo\w*|newsletter\w*|share|sharing|social\w*|comments?|disqus|caption|"
    r"credits?|byline|author\w*|bio|tags?|topics?|keywords|breadcrumbs?|adverts?|ads?|adv|advertisement|sponsor\w*|popular|"
    r"trending|most-read|read-more|readmore|more-on|see-also|subscri\w*|sign-?up|paywall|cookie\w*|consent|widget|sidebar|"
    r"rail|outbrain|taboola|toolbar|pagination|pager|copyright|footer|foot|nav|navigation|menu|audio|video|player|gallery|"
    r"slideshow|hidden|print|screen-reader-text|sr-only|visually-hidden|skip|timestamp|dateline|date|meta|metadata|masthead|"
    r"banner|teasers?|cards?|jump|follow|login|modal|popup|tooltip|popover|rollover|hover-?card|donat\w+|rating|poll|quiz|editors-note|correction|toc|"
    r"table-of-contents|infobox|reflist|references|article-(?:resources|sources)|btn|buttons?|cta|call-to-action|disclaimer|disclosure)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"article[-_]?_?(?:body|content|text|main)|story[-_]?_?(?:body|content|text)|entry[-_]content|"
    r"post[-_]?(?:body|content|text)|body[-_]?(?:text|copy|content)|storytext|single[-_]content|"
    r"news[-_]?(?:body|content|text|detail)|content[-_]?(?:body|text|article|detail)|detail[-_]?(?:body|content|text)|"
    r"rich[-_]?text",
    re.IGNORECASE,
)
_KINDS = (
    ("share", re.compile(r"shar|social|follow", re.IGNORECASE)),
    ("advert", re.compile(r"\bad|[-_]ads?\b|sponsor|promo", re.IGNORECASE)),
    ("comments", re.compile(r"comment|disqus", re.IGNORECASE)),
    ("byline", re.compile(r"byline|author|bio", re.IGNORECASE)),
    (
        "related",
        re.compile(r"relat|recommend|recirc|popular|trending|read-?more|more-on|see-also|teaser", re.IGNORECASE),
    ),
)
# Names that page builders give to every part of a page, the article too (Elementor, HubSpot), and states of a part that
# only read like its purpose (Drupal).
_NEUTRAL = re.compile(
    r"[\w-]*elementor-widget[\w-]*|\bwidget-(?:span|type)[\w-]*|\bhs_cos_wrapper[\w-]*|[\w-]*label-(?:visually[-_])?hidden|"
    r"\bnode--promoted\b|\bpromoted\b|\bskip-item\b|\bkt-adv[\w-]*|"
    # Hidden on small screens only (Tailwind), and what browsers leave out on paper.
    r"(?<!\S)hidden(?=\s(?:\S+\s)*(?:sm|md|lg|xl):(?:block|flex|grid|inline))|\bno-?print\b",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
"""Where one word of `newsCaption` ends and the next begins."""
# Words that mean a rail however much of the page it takes; the others are also names for a way to lay out an article.
_STRICT = re.compile(
    r"comment|disqus|relat|recommend|recirc|newsletter|subscri|cookie|consent|shar|social|outbrain|taboola|foot|nav|"
    r"sidebar|popular|trending|sponsor|\bads?\b|advert|most-read|read-?more|more-on|see-also|login|modal|popup",
    re.IGNORECASE,
)
MAX_ID_WORDS = 3
"""An id of more words is made of a headline."""


def names_of(element: HtmlElement) -> str:
    """The classes of `element` and its id, unless that only repeats a headline."""
    name = element.get("id") or ""
    if name.count("-") + name.count("_") >= MAX_ID_WORDS:
        name = ""
    return f"{element.get('class') or ''} {name}"


@lru_cache(maxsize=8192)
def rail_word(names: str) -> str | None:
    """The word in classes and ids that sets their element aside.

    >>> rail_word("c-article__related-box "), rail_word("entry-content related")
    ('related', None)
    """
    if _BODY.search(names):
        return None
    found = _RAIL_WORD.search(_HUMP.sub("-", _NEUTRAL.sub(" ", names)))
    return found.group().strip(" -_0123456789\t\n").lower() if found else None


@lru_cache(maxsize=512)
def is_strict(word: str) -> bool:
    """Whether `word` sets a part aside even if much of the page's text is in parts of that name."""
    return _STRICT.search(word) is not None


@lru_cache(maxsize=512)
def kind_of(word: str) -> str:
    """The kind of furniture that a part of this name is."""
    return next((kind for kind, pattern in _KINDS if pattern.search(word)), "boilerplate")


def is_named_body(element: HtmlElement) -> bool:
    """Whether the page calls `element` the body of the article."""
    return element.get("itemprop") == "articleBody" or _BODY.search(names_of(element)) is not None


_SUMMARY = re.compile(r"(?:^|[-_\s])(?:excerpt|deck?|standfirst|subtitle|sub-?head(?:ing|line)?)", re.IGNORECASE)


def is_summary(element: HtmlElement) -> bool:
    """Whether the page calls `element` what sums the article up above it."""
    return _SUMMARY.search(names_of(element)) is not None
