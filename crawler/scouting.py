"""Look at a site that nobody has declared, and gather what its file will say.

`scout` asks, through whatever fetches; what follows from the answers is pure. Nothing is believed that did not answer:
a source that lists no article is left out, and told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

from archive.exceptions import ArchiveError
from archive.text import strip_marks, tidy
from archive.types import Capture
from crawler.checking import Ask, list_source
from crawler.discovery import Found, SourceBroken, discover, guess_family
from crawler.discovery.documents import Notes
from crawler.discovery.sections import parse_page, read_links
from crawler.extraction import families
from crawler.extraction.charsets import decode_text
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.extraction.rules import RuleSet
from crawler.learning.examples import Example, example
from crawler.learning.fields import MIN_PAGES
from crawler.learning.proposal import Proposal, propose
from crawler.learning.selectors import select
from crawler.sites import VIETNAM, Site, Source, SourceKind, host_of

_OK = 200
_MISTAKES = 400
_MISSING = ("status 404", "status 410")
MAX_SOURCES = {SourceKind.FEED: 8, SourceKind.SITEMAP: 3, SourceKind.SECTION: 8, SourceKind.HOME: 1}
"""So many of a kind, the quickest first: a person is to read the file, and further ones bring little."""
MAX_URL = 90
"""A longer address of a source fits into no line of a file."""
MIN_MATCHING = 0.8
"""Of the addresses that feeds and sitemaps list, for a pattern of an article's address."""
MIN_LISTED = 5
"""Fewer addresses show no pattern."""


class ScoutError(ArchiveError):
    """Raised where there is no site to look at."""


@dataclass(frozen=True, slots=True)
class Scouted:
    """What was found out about one site."""

    site: Site
    """Without rules: those are named below."""
    family: str | None
    """The name in `crawler.extraction.families` of the rules that read its pages."""
    proposal: Proposal | None
    """Rules learned from its pages, where no family reads them."""
    captures: tuple[Capture, ...]
    """What a first seed holds: pages, front page and sources."""
    doubts: tuple[str, ...]
    """What a person has to look at."""


@dataclass
class _Scout:
    """One look: every address is asked for once, and every answer kept."""

    ask: Ask
    now: datetime
    captures: dict[str, Capture] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    async def __call__(self, url: str) -> Capture | str:
        """The answer of `url`, its redirects followed; every step is kept."""
        for _ in range(5):
            if url in self.reasons:
                return self.reasons[url]
            if url not in self.captures:
                answer = await self.ask(url)
                if isinstance(answer, str):
                    self.reasons[url] = answer
                    return answer
                self.captures[url] = answer
            found = self.captures[url]
            target = found.header("Location")
            if found.status is None or not 300 <= found.status < 400 or not target:  # noqa: PLR2004  redirection
                return found
            url = urljoin(url, target)
        return "redirects without end"


async def scout(url: str, ask: Ask, *, now: datetime, pages: int, name: str | None = None) -> Scouted:
    """What the site whose front page is at `url` is like; `pages` of its articles are looked at.

    Raises ScoutError where the front page cannot be read."""
    look = _Scout(ask, now)
    front = await look(url if urlsplit(url).path else f"{url}/")
    if isinstance(front, str) or front.status != _OK:
        raise ScoutError(f"{url}: {front if isinstance(front, str) else f'status {front.status}'}")
    home = _text(front)
    host = host_of(front.url)
    title = _title_of(home) or host
    language = _language_of(home)
    site = Site(name=name or name_of(front.url, title), title=title, hosts=(host,), language=language or "vi")
    if language is None:
        look.doubts.append("language: the front page does not say, taken for Vietnamese")
    robots = await look(urljoin(front.url, "/robots.txt"))
    robots_txt = _text(robots) if isinstance(robots, Capture) and robots.status == _OK else None
    try:
        candidates = discover(front.url, home.encode(), robots_txt)
    except SourceBroken as e:
        raise ScoutError(f"{e.url}: {e.reason}") from e
    sources, found = await _sources(look, site, candidates)
    site = replace(site, sources=sources, articles=_articles(look, site, found), lists=_lists(home, front.url))
    examples = await _examples(look, site, found, pages)
    family, proposal = _rules(look, site, examples, home)
    site = replace(site, offset=_offset(look, site, examples))
    return Scouted(site, family, proposal, _kept(look, site), tuple(look.doubts))


def _kept(look: _Scout, site: Site) -> tuple[Capture, ...]:
    """Pages and sources, oldest first; robots.txt and the shards of a sitemap are neither."""
    sources = {source.url for source in site.sources}
    kept = [
        capture
        for capture in look.captures.values()
        if capture.status is not None
        and capture.status < _MISTAKES
        and (capture.url in sources or (capture.header("Content-Type") or "").startswith("text/html"))
    ]
    return tuple(sorted(kept, key=lambda capture: capture.captured_at))


# -- the site ----------------------------------------------------------------------------------------------------------

_GENERIC = frozenset({"com", "org", "net", "gov", "edu", "info", "co", "ac"})


def name_of(url: str, title: str) -> str:
    """What a site is called: after its host; where that is a number, after its title.

    >>> name_of("https://www.baolaocai.vn/", "")
    'baolaocai'
    >>> name_of("https://dttc.sggp.org.vn/", "")
    'dttc_sggp'
    >>> name_of("http://127.0.0.1:8000/", "Tin Vùng Cao")
    'tinvungcao'
    """
    host = host_of(url)
    labels = [label for label in host.split(".")[:-1] if label not in _GENERIC]
    is_number = ":" in host or host.replace(".", "").isdigit()
    made = re.sub(r"[^a-z0-9]+", "" if is_number else "_", strip_marks(title if is_number else "_".join(labels)))
    made = made.strip("_")
    return made if re.match(r"[a-z]", made) else f"site_{made or host.replace('.', '_')}"


def _text(capture: Capture) -> str:
    content = decode_content(capture.payload, capture.header("Content-Encoding"))
    if isinstance(content, Failure):
        raise ScoutError(f"{capture.url}: {content.detail}")
    decoded = decode_text(content.body, content_type=capture.header("Content-Type") or "")
    if isinstance(decoded, Failure):
        raise ScoutError(f"{capture.url}: {decoded.detail}")
    return decoded.text


def _title_of(html: str) -> str | None:
    named = re.search(r"""<meta[^>]+og:site_name["'][^>]+content=["']([^"'<>]+)""", html, re.IGNORECASE)
    titled = re.search(r"<title[^>]*>([^<]+)", html, re.IGNORECASE)
    # "Báo Lào Cai điện tử | Tin tức mới nhất"
    found = named[1] if named else re.split(r"\s[-–—|]\s", titled[1])[0] if titled else ""
    return " ".join(tidy(unescape(found)).split())[:80].strip() or None


def _language_of(html: str) -> str | None:
    found = re.search(r"""<html[^>]*\blang=["']?([a-zA-Z]{2})\b""", html)
    return found[1].lower() if found else None


def _lists(html: str, url: str) -> tuple[str, ...]:
    """Patterns of the site's lists by tag or topic, as far as its front page links to any."""
    forms = (r"-tag\d+\.html$", r"^/tags?/", r"^/tu-khoa/", r"^/chu-de/", r"^/topics?/", r"^/category/", r"^/author/")
    root = parse_page(html.encode(), url, Notes())
    paths = [urlsplit(link.url).path for link in read_links(root, url).values()]
    return tuple(form for form in forms if any(re.search(form, path) for path in paths))


# -- sources -----------------------------------------------------------------------------------------------------------


async def _sources(
    look: _Scout, site: Site, candidates: Sequence[Source]
) -> tuple[tuple[Source, ...], dict[SourceKind, list[Found]]]:
    """Those of `candidates` that list something, and what they list."""
    kept: list[Source] = []
    found: dict[SourceKind, list[Found]] = {kind: [] for kind in SourceKind}
    for source in candidates:
        if sum(one.kind is source.kind for one in kept) == MAX_SOURCES[source.kind]:
            continue
        if len(source.url) > MAX_URL:
            look.doubts.append(f"{source.kind} {source.url[:MAX_URL]}...: left out, its address is too long")
            continue
        try:
            items = await list_source(site, source, look, look.now, since=None)
        except SourceBroken as e:
            is_usual = source.is_inferred and e.reason in _MISSING
            if not is_usual:
                look.doubts.append(f"{source.kind} {source.url}: left out, {e.reason}")
            continue
        kept.append(replace(source, is_inferred=False))
        found[source.kind] += items
    for kind in (SourceKind.FEED, SourceKind.SITEMAP):
        if not any(source.kind is kind for source in kept):
            look.doubts.append(f"{kind}: none found")
    if not kept:
        raise ScoutError(f"{site.hosts[0]}: no feed, sitemap or list of articles: {'; '.join(look.doubts)}")
    order = list(MAX_SOURCES)
    return tuple(sorted(kept, key=lambda source: order.index(source.kind))), found


# -- articles ----------------------------------------------------------------------------------------------------------

_FORMS = (
    r"-post\d+\.{}$",
    r"-\d{{10,}}\.{}$",
    r"-\d{{5,}}\.{}$",
    r"/\d{{5,}}\.{}$",
)
_BARE_FORMS = (
    r"^/\d{4}/\d{2}/\d{2}/[\w-]+/?$",
    r"^/\d{4}/\d{2}/[\w-]+/?$",
    r"-post\d+/?$",
    r"-\d{10,}/?$",
    r"-\d{5,}/?$",
)


def _articles(look: _Scout, site: Site, found: dict[SourceKind, list[Found]]) -> tuple[str, ...]:
    """The pattern of an article's address: what feeds and sitemaps list is articles, whatever it looks like."""
    sure = [item.url for kind in (SourceKind.FEED, SourceKind.SITEMAP) for item in found[kind]]
    guessed = [item.url for kind in (SourceKind.SECTION, SourceKind.HOME) for item in found[kind]]
    paths = list(dict.fromkeys(urlsplit(url).path for url in sure or guessed))
    pattern = pattern_of(paths) if len(paths) >= MIN_LISTED else None
    if pattern is None:
        look.doubts.append(f"articles: no pattern fits the {len(paths)} addresses listed, they are told by their looks")
        return ()
    odd = next((path for path in paths if not re.search(pattern, path)), None)
    if odd is not None:
        look.doubts.append(f"articles: {pattern} fits {_matching(pattern, paths)} of {len(paths)}, not {odd}")
    if any(re.search(pattern, urlsplit(source.url).path) for source in site.sources):
        look.doubts.append(f"articles: {pattern} fits addresses of lists, too")
    return (pattern,)


def pattern_of(paths: Sequence[str]) -> str | None:
    """The narrowest known form of an article's path that fits most of `paths`."""
    endings = Counter(match[1] for path in paths if (match := re.search(r"\.(\w{2,5})$", path)))
    forms = [form.format(ending) for ending, _ in endings.most_common(1) for form in _FORMS]
    return next((form for form in (*forms, *_BARE_FORMS) if _matching(form, paths) >= MIN_MATCHING * len(paths)), None)


def _matching(pattern: str, paths: Iterable[str]) -> int:
    return sum(bool(re.search(pattern, path)) for path in paths)


async def _examples(look: _Scout, site: Site, found: dict[SourceKind, list[Found]], pages: int) -> list[Example]:
    """So many articles, in the order in which sources list them; others that were asked for are told."""
    urls = dict.fromkeys(item.url for kind in SourceKind for item in found[kind])
    wanted = [url for url in urls if site.is_article(url) is not False and (not site.articles or site.is_article(url))]
    read: list[Example] = []
    for url in wanted[:pages]:
        answer = await look(url)
        if isinstance(answer, str):
            look.doubts.append(f"page {url}: {answer}")
            continue
        one = example(url, answer)
        if one is None:
            look.doubts.append(f"page {url}: no article could be read in it")
        else:
            read.append(one)
    if not read:
        look.doubts.append("articles: none could be read, so nothing is known about fields")
    return sorted(read, key=lambda one: one.captured_at)


# -- rules -------------------------------------------------------------------------------------------------------------


def rule_sets() -> dict[str, RuleSet]:
    """The rule sets of the known systems, by their names in `crawler.extraction.families`."""
    return {name: value for name, value in vars(families).items() if isinstance(value, RuleSet)}


def _rules(look: _Scout, site: Site, examples: Sequence[Example], home: str) -> tuple[str | None, Proposal | None]:
    """The family whose markup the pages have and whose rules find their text; else rules that were learned."""
    texts = [*(_text(look.captures[one.url]) for one in examples if one.url in look.captures), home]
    guesses = Counter(name for text in texts if (name := guess_family(text)))
    for guess, count in guesses.most_common(1):
        name = next(name for name, rules in rule_sets().items() if rules.name == guess)
        fitting = sum(_finds_body(rule_sets()[name], one) for one in examples)
        if examples and 2 * fitting >= len(examples):
            if fitting == len(examples) and count > 1:
                return name, None
            look.doubts.append(
                f"system: {guess} by the markup of {count} of {len(texts)} pages; its rules find {fitting} of "
                f"{len(examples)} texts"
            )
            return name, None
        look.doubts.append(f"system: the markup is like {guess}, but its rules find {fitting} of {len(examples)} texts")
    if not guesses:
        look.doubts.append("system: none that is known, pages are read without rules of a family")
    proposal = propose(site.name, examples)
    if not proposal.fields:
        if len(examples) < MIN_PAGES:
            look.doubts.append(f"rules: none learned, {len(examples)} articles are too few")
        return None, None
    names = ", ".join(found.field for found in proposal.fields)
    look.doubts.append(f"rules: {names} learned from {len(examples)} pages, read them against the pages")
    return None, replace(proposal, boxes=(), lines=())


def _finds_body(rules: RuleSet, one: Example) -> bool:
    return any(select(selector, one.root) for selector, _ in rules.pick("body"))


def _offset(look: _Scout, site: Site, examples: Sequence[Example]) -> timedelta:
    """What the times on most pages state; Vietnam's where they state none."""
    stated = Counter(
        offset for one in examples if (at := one.document.published_at) and (offset := at.utcoffset()) is not None
    )
    for offset, _ in stated.most_common(1):
        return offset or VIETNAM  # a Z says nothing about where the paper is
    if site.language != "vi":
        look.doubts.append("offset: no page states one, taken for Vietnam's")
    return VIETNAM
