"""Tell the pages that are not the article although they were served as one, and judge a response by its status.

Pure. The fingerprints are data with names; the name that matched becomes the document's detail. An article about
captchas is no captcha: words count only where the page has little text besides, headings only as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from archive.text import strip_marks
from archive.types import Capture, Document, Verdict
from crawler.sites import find_site, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extraction.markup import Markup

# Challenge and consent pages have 20 to 250 words, menus included; a page of news has more in its menus alone.
FEW_WORDS = 300
# A page whose reading has this much article text is the article, whatever its banners say.
ARTICLE_WORDS = 100
# With a NewsArticle in its JSON-LD less is enough: short items exist.
DECLARED_ARTICLE_WORDS = 60
# Comment forms carry captchas too: markup alone counts only on an empty page.
NEXT_TO_NOTHING = 30
# What a paywall lets through, and declares as a NewsArticle all the same.
TEASER_WORDS = 150


# --- status -----------------------------------------------------------------------------------------------------------

_MISSING = re.compile(r"(?:^|[/_-])(?:404|410|not-?found|khong-tim-thay|page-not-found|error-?404|loi-404)(?:[/._-]|$)")
# A short path that is no section: where visitors are sent instead of being shown the page.
_GATES = re.compile(
    r"log-?in|dang-nhap|sign-?in|auth|sso|captcha|challenge|consent|subscribe|account|tai-khoan|paywall|verify"
)
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|ref|src|rt|zarsrc)=")


def status_verdict(capture: Capture) -> tuple[Verdict, str] | None:
    """What the status alone says; None for a page that has to be read."""
    status = capture.status
    if status is None or 200 <= status < 300:  # noqa: PLR2004 - HTTP
        return None
    detail = f"status {status}"
    if (capture.header("cf-mitigated") or "").lower() == "challenge":
        return Verdict.BLOCKED, f"{detail}, cf-mitigated: challenge"
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP
        return _redirect(capture, detail)
    if status in (404, 410):
        return Verdict.GONE, detail
    if status in (401, 403, 429):
        return Verdict.BLOCKED, detail
    return (Verdict.CLIENT_ERROR if status < 500 else Verdict.SERVER_ERROR), detail  # noqa: PLR2004 - HTTP


def _redirect(capture: Capture, detail: str) -> tuple[Verdict, str]:
    location = capture.header("location")
    if not location:
        return Verdict.REDIRECT, detail
    detail = f"{detail} to {location}"
    try:
        source, target = urlsplit(capture.url), urlsplit(urljoin(capture.url, location))
        same_house = _house(source.hostname) == _house(target.hostname)
    except ValueError:
        return Verdict.REDIRECT, detail
    path = unquote(target.path).lower()
    if same_house and _MISSING.search(path):
        return Verdict.GONE, detail
    # An old article address may be a query on "/", and the front page itself may move to another host.
    if source.path in ("", "/") or target.path.rstrip("/") == source.path.rstrip("/") or not same_house:
        return Verdict.REDIRECT, detail
    is_bare = all(_TRACKING.match(part) for part in target.query.split("&") if part)
    return (Verdict.GONE if is_bare and _is_section(target.geturl(), capture.site) else Verdict.REDIRECT), detail


def _house(host: str | None) -> str:
    return re.sub(r"^(?:www|m|mobile|amp)\.", "", (host or "").lower())


def _is_section(url: str, site_name: str | None) -> bool:
    """Whether the address is the front page or a section, by the site's own rules, else by its shape."""
    path = urlsplit(url).path.strip("/")
    if not path:
        return True
    if _GATES.search(path.lower()):
        return False
    site = site_of(url) or find_site(site_name)
    says = site.is_article(url) if site else None
    if says is not None:
        return not says
    parts = path.split("/")
    # "/thoi-su", "/cong-doan/hoat-dong": few short words, no number, no file name.
    return len(parts) <= 2 and all(part.count("-") <= 3 and not re.search(r"[\d.]", part) for part in parts)  # noqa: PLR2004


# --- pages that are not the article -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How one kind of wrong page gives itself away. Patterns run on text without marks and case."""

    name: str
    verdict: Verdict
    headings: tuple[str, ...] = ()
    """The page's title, a part of it between separators, an h1 or an h2 is this as a whole."""
    phrases: tuple[str, ...] = ()
    """These words, on a page with little text."""
    markup: tuple[str, ...] = ()
    """This in the source, on a page with next to no text."""
    article_words: int = ARTICLE_WORDS
    """From this much article text on, the page is the article."""


_PAGE = r"(?:trang|bai viet|noi dung|duong dan|lien ket|tin bai|bai bao|du lieu)"
_WANTED = r"(?: (?:ma|dang|can|muon|vua|nay|ban|quy vi|doc gia|tim kiem|tim|yeu cau|truy cap|xem|co the|tren))*"
_MISSES = r"(?:khong (?:con )?ton tai|khong (?:duoc )?tim thay|khong con|da (?:bi )?(?:xoa|go)(?: bo)?)"
_ASKED = r"(?:page|article|url) (?:you )?(?:requested|(?:are|were) looking for)"
_PAGE_MISSED = rf"{_PAGE}{_WANTED} {_MISSES}"
_SORRY = r"(?:(?:rat tiec|xin loi|oi),? )?"
_REST = r"(?: (?:hoac|da|bi|xoa|go|bo|tren|he thong|doi|chuyen|duong dan|dia chi|nay))*"

FINGERPRINTS = (
    Fingerprint(
        "challenge",
        Verdict.BLOCKED,
        headings=(
            r"just a moment\.*",
            r"attention required!?",
            r"one more step",
            r"checking your browser.*",
            r"dang kiem tra trinh duyet.*",
            r"ddos-guard",
        ),
        phrases=(
            r"checking (?:if the site connection is secure|your browser before)",
            r"enable javascript and cookies to continue",
            r"verify(?:ing)? (?:that )?you are (?:a )?human",
            r"performance (?:&|and) security by cloudflare",
            r"ray id: [0-9a-f]{12}",
        ),
        markup=(r"/cdn-cgi/challenge-platform/", r"cf[-_]chl[-_]", r"challenges\.cloudflare\.com/turnstile"),
    ),
    Fingerprint(
        "captcha",
        Verdict.BLOCKED,
        headings=(
            r"captcha",
            r"security check",
            r"(?:ro)?bot (?:check|verification)",
            r"human verification",
            r"(?:are|verify) you (?:are )?(?:a )?(?:human|robot)\??",
            r"pardon our interruption\.*",
            r"xac (?:minh|nhan|thuc)(?: ban)? khong phai (?:la )?(?:robot|nguoi may)",
            r"kiem tra bao mat",
        ),
        phrases=(
            r"(?:i am|i'm|you are|you're) not a robot",
            r"khong phai (?:la )?(?:robot|nguoi may|bot)\b",
            r"nhap ma (?:captcha|xac nhan|xac thuc|bao ve)",
            r"(?:complete|solve) (?:the|this) (?:security check|captcha)",
            r"unusual (?:traffic|activity) from your",
            r"luu luong (?:truy cap )?bat thuong",
            r"truy cap bat thuong",
            r"vui long xac (?:minh|thuc|nhan) (?:de|rang|ban)\b",
        ),
        markup=(
            r"google\.com/recaptcha/(?:api|enterprise)\.js",
            r"hcaptcha\.com/1/api\.js",
            r"captcha-delivery\.com",
            r"_incapsula_resource",
            r"px-captcha",
        ),
    ),
    Fingerprint(
        "access denied",
        Verdict.BLOCKED,
        headings=(
            r"access(?: to this page)? (?:is |has been )?denied",
            r"(?:error )?403(?: -)?(?: forbidden)?",
            r"forbidden",
            r"request (?:rejected|blocked)",
            r"(?:sorry, )?you have been blocked",
            r"(?:429 )?too many requests",
            r"tu choi truy cap",
            r"truy cap bi (?:tu choi|chan)",
            r"(?:ban )?khong co quyen truy cap.{0,20}",
        ),
        phrases=(
            r"you don't have permission to access",
            r"access (?:to this (?:page|resource|site) )?(?:is|has been) (?:denied|blocked)",
            r"the requested url was rejected",
            r"your (?:ip|access|request)(?: address)? (?:is|has been) (?:blocked|denied)",
            r"dia chi ip (?:cua ban )?(?:da )?bi chan",
            r"ban khong co quyen truy cap",
            r"truy cap (?:cua ban )?(?:da )?bi (?:tu choi|chan)",
            r"reference #\d+\.[0-9a-f]+\.",
        ),
    ),
    Fingerprint(
        "javascript wall",
        Verdict.BLOCKED,
        phrases=(
            r"(?:enable|turn on) javascript (?:to|and|in)\b",
            r"javascript is (?:disabled|required)",
            r"(?:vui long|ban can|hay) bat javascript",
            r"trinh duyet (?:cua ban )?(?:khong ho tro|da tat) javascript",
        ),
        article_words=30,
    ),
    Fingerprint(
        "consent wall",
        Verdict.CONSENT,
        headings=(
            r"before you continue.*",
            r"we value your privacy",
            r"(?:your )?privacy choices",
            r"cookie consent",
            r"truoc khi ban tiep tuc.*",
        ),
        phrases=(
            r"we (?:and our (?:\d+ )?partners )?(?:value your privacy|store and/or access)",
            r"accept (?:all|cookies)(?: cookies)? (?:to|and) continue",
            r"before you continue to",
            r"(?:chap nhan|dong y)(?: tat ca)? cookies? (?:de|va) tiep tuc",
            r"dong y (?:voi viec )?su dung cookie",
            r"manage (?:your )?(?:privacy|cookie|consent)",
        ),
        article_words=60,
    ),
    Fingerprint(
        "soft 404",
        Verdict.SOFT_404,
        headings=(
            r"(?:loi |error |http )?404(?: error)?",
            r"(?:error )?404,?(?: -)? (?:page |trang )?(?:not found|khong (?:tim thay|ton tai))",
            r"(?:(?:the|this) )?(?:page|article|story) (?:(?:was |could )?not (?:be )?found|cannot be found)",
            r"(?:(?:the|this) )?(?:page|article|story) does not exist",
            r"(?:sorry, )?(?:this|the) (?:page|article|story) is no longer available",
            r"(?:oops!? )?not found",
            rf"{_SORRY}khong tim thay {_PAGE}{_WANTED}",
            rf"{_SORRY}{_PAGE_MISSED}{_REST}",
        ),
        phrases=(
            rf"{_PAGE_MISSED}",
            rf"khong tim thay {_PAGE}",
            rf"{_ASKED} (?:could |was |can)?not(?: be)? found",
            rf"{_ASKED} (?:does not|no longer) exists?",
            rf"{_ASKED} has been (?:re)?moved",
        ),
    ),
    Fingerprint(
        "paywall",
        Verdict.PAYWALL,
        phrases=(
            r"(?:subscribe|sign up|register|log in|sign in) (?:now )?to (?:continue|keep|read)(?: reading)?",
            r"to (?:continue|keep) reading,? (?:please )?(?:subscribe|sign|log|register)",
            r"this (?:article|content|story) is (?:\w+ ){0,2}(?:for|to) (?:our )?(?:\w+ )?(?:subscribers|members)",
            r"already a subscriber",
            r"(?:dang ky|dang nhap|mua goi|tra phi|nap tien)(?: .{0,30})? de (?:doc|xem) (?:tiep|toan bo|day du)",
            r"(?:bai viet|noi dung)(?: nay)? (?:chi )?danh (?:rieng )?cho (?:thue bao|thanh vien|hoi vien|doc gia vip)",
            r"de doc (?:tiep|toan bo|day du)(?: .{0,20})?,? (?:vui long|moi|ban can|quy doc gia)",
        ),
        markup=(r'"isaccessibleforfree"\s*:\s*"?false',),
        article_words=TEASER_WORDS,
    ),
)

_NEWS_ARTICLE = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]{0,200})?"(?:news|reportagenews|analysisnews|opinionnews|backgroundnews)?article"',
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s+[|–—·»:-]+\s+|\s*[|·»]\s*")
MAX_HEADING = 200
VISIBLE_SAMPLE = 20_000
SOURCE_SAMPLE = 200_000


def page_verdict(markup: Markup, source: str, document: Document) -> tuple[Verdict, str] | None:
    """The wrong page that this page is, or None; `document` is what was read from it."""
    article = _sentence_words(document)
    said = _Said(markup, source)
    is_declared = _NEWS_ARTICLE.search(source) is not None
    for fingerprint in FINGERPRINTS:
        is_paywall = fingerprint.verdict is Verdict.PAYWALL
        limit = DECLARED_ARTICLE_WORDS if is_declared and not is_paywall else FEW_WORDS
        if article < limit and (heading := _heading(fingerprint, said)):
            return fingerprint.verdict, f"{fingerprint.name}: title {heading!r}"
        # A paywall stands under a teaser, on a page with menus and related news: there only the article is short.
        is_short = is_paywall or markup.words < FEW_WORDS
        if article < min(limit, fingerprint.article_words) and is_short:
            found = _phrase(fingerprint, said) or _tag(fingerprint, said, article=article)
            if found:
                return fingerprint.verdict, f"{fingerprint.name}: {found!r}"
    return None


def has_enough_text(document: Document) -> bool:
    """Whether so much running text was read that `page_verdict` would find nothing wrong: most pages, and at once."""
    return _sentence_words(document) >= max(FEW_WORDS, DECLARED_ARTICLE_WORDS)


def _sentence_words(document: Document) -> int:
    """How much running text was read; menus that slipped into a body end in no full stop."""
    texts = (document.lede or "", *(block.text for block in document.blocks))
    return sum(len(text.split()) for text in texts if text.endswith((".", "!", "?", "…", "”", '"', ")")))


class _Said:
    """The words of a page as the fingerprints ask for them, each made once for all of these and only if one asks."""

    def __init__(self, markup: Markup, source: str) -> None:
        self._markup = markup
        self._source = source

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return tuple(_headings(self._markup))

    @cached_property
    def visible(self) -> str:
        return strip_marks(self._markup.visible[:VISIBLE_SAMPLE])

    @cached_property
    def source(self) -> str:
        return self._source[:SOURCE_SAMPLE].lower()


def _heading(fingerprint: Fingerprint, said: _Said) -> str | None:
    headings = _compiled(fingerprint)[0]
    return next((heading for heading in said.headings if headings.fullmatch(heading)), None)


def _phrase(fingerprint: Fingerprint, said: _Said) -> str | None:
    match = _compiled(fingerprint)[1].search(said.visible)
    return match.group() if match else None


def _tag(fingerprint: Fingerprint, said: _Said, *, article: int) -> str | None:
    if article >= NEXT_TO_NOTHING and fingerprint.verdict is not Verdict.PAYWALL:
        return None
    match = _compiled(fingerprint)[2].search(said.source)
    return match.group() if match else None


@cache
def _compiled(fingerprint: Fingerprint) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    def one(patterns: tuple[str, ...]) -> re.Pattern[str]:
        # An empty list matches nothing.
        return re.compile("|".join(patterns) if patterns else r"(?!)")

    return one(fingerprint.headings), one(fingerprint.phrases), one(fingerprint.markup)


def _headings(markup: Markup) -> Iterator[str]:
    for heading in (markup.title, *markup.headings):
        if len(heading) <= MAX_HEADING:
            yield strip_marks(heading)
            yield from (strip_marks(part) for part in _SEPARATORS.split(heading) if part)
