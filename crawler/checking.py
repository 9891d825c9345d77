"""Which of a site's promises hold: its sources answer and list articles, its pages are read, and by which rule.

`look` asks, through whatever fetches: a live visit or the captures of a seed. What follows from the answers is pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from archive.types import Capture, Document, Verdict
from crawler.discovery import Feed, Found, Section, Sitemap, SourceBroken, read_source, shard_urls, shards_since
from crawler.extraction import extract
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.sites import Site, Source, host_of

Answer = Capture | str
Ask = Callable[[str], Awaitable[Answer]]
_OK = 200
_NOT_ASKED = "robots_unreachable"
_MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The newest shard may hold nothing yet on the first day of a month.
SHARD_DAYS = timedelta(days=6)
MAX_DEPTH = 3
REQUIRED = ("title", "body", "published_at")
"""Fields that every article has."""
USUAL = ("lede", "author", "section", "captions")
"""Fields that a rule of the site may find: a rule that finds its own on no page is broken."""
_PICKED = {"lede": "lede", "author": "author", "section": "section"}
# On fewer pages a field may well be missing by chance.
MIN_PAGES = 3
MIN_MATCHING = 0.5
"""Of the addresses that a source lists; videos, quizzes and topics have addresses of their own."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that the declaration says, and whether it is so."""

    what: str
    holds: bool | None
    """None where nothing could be said, or nothing was promised."""
    found: str
    cause: str | None = None
    """The likely cause, where it does not hold."""


async def look(
    site: Site, ask: Ask, *, now: datetime, sample: int, days: timedelta | None = SHARD_DAYS
) -> tuple[list[Promise], list[Capture]]:
    """Ask every source of `site`, and for `sample` of the articles that they list.

    Of a sitemap's shards those of the last `days` are asked for; without, the newest that there is."""
    promises: list[Promise] = []
    listed: dict[str, None] = {}
    for source in site.sources:
        promise, found = await _look_at(site, source, ask, now, days)
        promises.append(promise)
        listed |= dict.fromkeys(
            url for item in found if (url := site.preferred(item.url)) and site.is_article(url) is not False
        )
    pages: list[Capture] = []
    for url in list(listed)[:sample]:
        answer = await _ask_on(ask, url)
        if isinstance(answer, Capture):
            pages.append(answer)
        else:
            promises.append(Promise(f"page {url}", None, answer, _cause(answer)))
    return promises, pages


async def _ask_on(ask: Ask, url: str) -> Answer:
    """The answer of `url`, or of where it leads: a page under a new slug is the same promise."""
    for _ in range(_MAX_HOPS):
        answer = await ask(url)
        target = None if isinstance(answer, str) else answer.header("Location")
        if isinstance(answer, str) or answer.status not in _REDIRECTS or not target:
            return answer
        url = urljoin(url, target)
    return "redirects without end"


async def _look_at(
    site: Site, source: Source, ask: Ask, now: datetime, days: timedelta | None
) -> tuple[Promise, tuple[Found, ...]]:
    name = f"{source.kind} {source.url}"
    try:
        found = await list_source(site, source, ask, now, since=None if days is None else now - days)
    except SourceBroken as e:
        # What is only expected of the site's system may not exist; and who could not ask knows nothing.
        is_unsure = source.is_inferred or _NOT_ASKED in e.reason
        return Promise(name, None if is_unsure else False, e.reason, _cause(e.reason)), ()
    return _judge_links(site, name, found), found


async def list_source(
    site: Site, source: Source, ask: Ask, now: datetime, *, since: datetime | None
) -> tuple[Found, ...]:
    """What `source` lists since then, or of its newest shard; raises SourceBroken where it cannot be read."""
    start = since or now - SHARD_DAYS
    urls = shard_urls(source.url, start, now, offset=site.offset) if source.is_form else [source.url]
    reason: SourceBroken | None = None
    for url in urls:
        try:
            return await _read(site, source, url, ask, since, now, depth=0)
        except SourceBroken as e:
            reason = reason or e
    raise reason or SourceBroken(source.url, "stands for no address")


async def _read(  # noqa: PLR0917  a step of the above, with its depth
    site: Site, source: Source, url: str, ask: Ask, since: datetime | None, now: datetime, *, depth: int
) -> tuple[Found, ...]:
    listing = _parse(site, source, url, await ask(url))
    if isinstance(listing, Feed | Section):
        return listing.items
    if not listing.children or depth == MAX_DEPTH:
        return listing.entries
    children = shards_since(listing.children, since, now, offset=site.offset)
    named = {child.url for child in listing.children}
    reason = SourceBroken(url, f"{len(named)} sitemaps, none of these days")
    for child in children[:MAX_DEPTH]:
        try:
            return await _read(site, source, child, ask, since, now, depth=depth + 1)
        except SourceBroken as e:
            # The month that an index names late was only worked out.
            reason = e if child in named else reason
    raise reason


def _parse(site: Site, source: Source, url: str, answer: Answer) -> Feed | Sitemap | Section:
    if isinstance(answer, str):
        raise SourceBroken(url, answer)
    if answer.status is not None and answer.status != _OK:
        target = answer.header("Location")
        raise SourceBroken(url, f"moved to {target}" if target else f"status {answer.status}")
    content = decode_content(answer.payload, answer.header("Content-Encoding"))
    if isinstance(content, Failure):
        raise SourceBroken(url, content.detail)
    return read_source(source, content.body, url=url, site=site, content_type=answer.header("Content-Type"))


def _judge_links(site: Site, name: str, found: tuple[Found, ...]) -> Promise:
    matching = sum(site.is_article(site.preferred(item.url)) is True for item in found)
    told = f"{len(found)} listed, {matching} match"
    if not found or not site.articles:
        return Promise(name, True if found else None, told if site.articles else f"{len(found)} listed")
    if matching < MIN_MATCHING * len(found):
        odd = next(item.url for item in found if site.is_article(site.preferred(item.url)) is not True)
        return Promise(name, holds=False, found=told, cause=f"addresses have a new form, like {odd}")
    return Promise(name, holds=True, found=told)


def _cause(reason: str) -> str:
    """What a reason most likely means, in the words of a person who has to act on it."""
    likely = (
        (("moved to",), "the source moved: put the new address into the site's file"),
        (("status 404", "status 410"), "the source moved: look for the new address on the front page"),
        (("status 401", "status 403", "status 429", "captcha"), "blocked: the site turns this machine away"),
        (("status 5",), "the site is down: try later"),
        ((_NOT_ASKED,), "robots.txt could not be read, so nothing is asked: try later"),
        (("robots",), "robots.txt forbids it"),
        (("blocked_ssrf",), "an address that is none of the public web: nothing is asked there"),
        (("no article", "no links"), "redesign, or a list that a script draws"),
    )
    return next((cause for marks, cause in likely if any(mark in reason for mark in marks)), "see what it answers")


def judge_pages(site: Site, pages: Sequence[Capture]) -> list[Promise]:
    """What the articles among `pages` say about the site's rules."""
    # A page saved as text has no address, and says nothing about selectors.
    read = [extract(page) for page in pages if host_of(page.url) and site.is_article(page.url) is not False]
    if not read:
        return [Promise("articles", None, "none to look at", "no source listed one")]
    articles = [document for document in read if document.verdict is Verdict.OK]
    others = Counter(str(document.verdict) for document in read if document.verdict is not Verdict.OK)
    told = ", ".join([f"{len(articles)} of {len(read)} read", *(f"{n} {verdict}" for verdict, n in others.items())])
    promises = [Promise("articles", bool(articles), told, None if articles else _why_unread(others))]
    if articles:
        promises += [_judge_field(site, name, articles) for name in (*REQUIRED, *USUAL)]
    return promises


def _why_unread(others: Counter[str]) -> str:
    worst = others.most_common(1)[0][0]
    return {
        Verdict.BLOCKED: "blocked: a captcha or a refusal in place of the page",
        Verdict.CONSENT: "a consent wall in place of the page",
        Verdict.NO_ARTICLE: "redesign: the page saved as a seed, `luubao site learn` proposes rules",
    }.get(Verdict(worst), f"pages are {worst}")


def _judge_field(site: Site, name: str, articles: list[Document]) -> Promise:
    having = [document for document in articles if getattr(document, name)]
    by = Counter(rule for document in having if (rule := document.provenance.get(name)))
    told = ", ".join([f"{len(having)} of {len(articles)}", *(f"{rule} {n}" for rule, n in by.most_common())])
    if name in REQUIRED and len(having) < len(articles):
        return Promise(name, holds=False, found=told, cause="redesign, or a template that no rule set knows")
    own = {rules.name for rules in site.rule_sets}
    if name == "body" and own and not all(rule.partition("/")[0] in own for rule in by):
        return Promise(
            name, holds=False, found=told, cause="redesign: none of the site's rules found it, see `luubao site learn`"
        )
    picked = name in _PICKED and any(any(rules.pick(_PICKED[name])) for rules in site.rule_sets)
    if picked and not having:
        is_sure = len(articles) >= MIN_PAGES
        return Promise(name, False if is_sure else None, told, "its element has another name now")
    return Promise(name, True if having else None, told)
