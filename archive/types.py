"""The values that travel through the product; frozen, and without behaviour of their own.

A `Capture` is what was fetched, a `Document` what the page says, everything else is what the archive
makes of the two. Every datetime is aware; the archive's own clock (`captured_at`, `..._seen_at`) is UTC,
the page's clock (`published_at`, `modified_at`) keeps the offset that the page states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What one capture is, seen on its own, before the history of its article is asked."""

    OK = "ok"
    """An article that could be read."""
    NO_ARTICLE = "no_article"
    """A sound page that is no article: a section list, a home page, a tag page."""
    REDIRECT = "redirect"
    """A 3xx response."""
    GONE = "gone"
    """404 or 410, or a redirect of an article to a section or to the front page."""
    CLIENT_ERROR = "client_error"
    """Any other 4xx: says nothing about the article."""
    SERVER_ERROR = "server_error"
    """5xx: an outage, not a deletion."""
    BLOCKED = "blocked"
    """A captcha, challenge or access-denied page, whatever its status."""
    CONSENT = "consent"
    """A cookie or consent wall instead of the page."""
    PAYWALL = "paywall"
    """Only a teaser and an invitation to subscribe."""
    SOFT_404 = "soft_404"
    """A not-found page served with status 200."""
    TRUNCATED = "truncated"
    """The body was cut off in transit."""
    UNDECODABLE = "undecodable"
    """The content encoding (gzip ...) or the bytes are corrupt."""
    MOJIBAKE = "mojibake"
    """The text was decoded, or published, with the wrong character set."""
    NOT_TEXT = "not_text"
    """Neither HTML nor plain text: an image, a PDF called HTML."""
    TOO_BIG = "too_big"
    """Over the size or complexity limit of the extractor."""
    EXTRACTION_FAILED = "extraction_failed"
    """The extractor gave up on a page that visibly has text."""


HELD_VERDICTS = frozenset(
    {
        Verdict.BLOCKED,
        Verdict.CONSENT,
        Verdict.PAYWALL,
        Verdict.SOFT_404,
        Verdict.TRUNCATED,
        Verdict.UNDECODABLE,
        Verdict.MOJIBAKE,
        Verdict.NOT_TEXT,
        Verdict.TOO_BIG,
        Verdict.EXTRACTION_FAILED,
    }
)
"""Captures with these verdicts wait in the held queue for a person; the rest need nobody."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch of one URL at one moment, as received."""

    url: str
    """As requested. A page whose address nobody knows has `urn:sha256:<hex of payload>`."""
    captured_at: datetime
    """When the response arrived; aware UTC, microseconds."""
    payload: bytes
    """The body as received: still content-encoded (gzip ...), transfer encoding removed."""
    status: int | None = None
    """HTTP status; None for a page that came as a file and not over HTTP (a WARC resource record)."""
    headers: tuple[tuple[str, str], ...] = ()
    """Response headers in the order received; for a resource only its Content-Type."""
    site: str | None = None
    """Name of the site where the URL does not tell it (a dump); else None, and the host decides."""
    truncated: str | None = None
    """WARC-Truncated reason (`length`, `time`, `disconnect`, `unspecified`: WARC 1.1, 5.13); None if whole."""
    reason: str = ""
    """HTTP reason phrase as received."""
    http_version: str = "HTTP/1.1"
    ip_address: str | None = None
    """The address that answered; None when unknown."""
    request_headers: tuple[tuple[str, str], ...] = ()
    """Headers of our request; empty when unknown."""

    def header(self, name: str) -> str | None:
        """The first response header called `name` (case does not matter), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class BlockKind(StrEnum):
    """What a block of a body is."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or subhead of a body, in the order of the page."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Caption:
    """The words under one image."""

    text: str
    """As printed, a photographer's name included where it is part of the line."""
    credit: str | None = None
    """The photographer or agency that the caption names, without "Ảnh:"; None if silent."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Text on the page that is not the article, kept so that every cut can be seen."""

    kind: str
    """`related`, `teaser`, `breadcrumb`, `image_alt`, `share`, `navigation`, `advert`, `byline`, `credit`,
    `duplicate_caption`, `boilerplate`, `comments`, `footer`."""
    rule: str
    """Which rule cut it: `<rule set>/<rule>`, e.g. `epi/related`, `page_text/tail`."""
    text: str


@dataclass(frozen=True, slots=True)
class Credit:
    """The source that a page itself names: "Theo Báo X", "Nguồn:", "Source link"."""

    name: str | None
    """As printed, without the introducing word."""
    url: str | None = None
    """Where the page links as its source; None if it only names it."""
    site: str | None = None
    """The site meant, where the outlet is one that we know; else None."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a page says. Nothing in here was decided by the archive. Missing is None, empty is empty.

    All text is in storage form (`archive.text.tidy`): NFC, one space between words, no invisible characters."""

    verdict: Verdict = Verdict.OK
    detail: str | None = None
    """Why the verdict is not `ok`: the words or the rule that gave it away."""
    title: str | None = None
    kicker: str | None = None
    """The line above the title, where the site prints one."""
    lede: str | None = None
    """The standfirst (sapo) as a paragraph of its own; never also a part of `blocks`."""
    blocks: tuple[Block, ...] = ()
    captions: tuple[Caption, ...] = ()
    author: str | None = None
    """Names as printed, joined by ", " where there are several."""
    published_at: datetime | None = None
    """As the page states it, with the page's own offset; None if the page is silent. Never a guess."""
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47, e.g. `vi`."""
    credit: Credit | None = None
    canonical_url: str | None = None
    """rel=canonical (else og:url), absolute."""
    noarchive: bool = False
    """The page asks robots not to keep it (meta robots or X-Robots-Tag `noarchive`)."""
    furniture: tuple[Furniture, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)
    """Where each field was read: `json-ld`, `meta`, `time`, `text`, or `<rule set>/<rule>`; for `body` also
    `trafilatura` when no site rule matched."""

    @property
    def body(self) -> str:
        """Paragraphs and subheads, separated by a blank line; "" when there are none."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Edition:
    """The identity of what reads pages: versions are decided within one edition only."""

    name: str
    """For people, e.g. `luubao-1 trafilatura-2.3.1 lxml-6.1.3 rules-1f2e3d4c`."""
    digest: str
    """sha256 hex over product extractor version, libraries and rules: two editions are one if this is equal."""
    libraries: dict[str, str] = field(default_factory=dict)


class Outcome(StrEnum):
    """What a capture meant for its article."""

    VERSION = "version"
    """The article says something that its previous version did not."""
    UNCHANGED = "unchanged"
    HELD = "held"
    """Kept out of the versions, with a reason, until a person decides."""
    DISCARDED = "discarded"
    """Held, and a person said that it is no version."""
    GONE = "gone"
    NOTHING = "nothing"
    """Says nothing about an article: a list page, an outage, a redirect, a page still gone."""


class HoldReason(StrEnum):
    """Why a capture that could be read was held all the same; a bad verdict is a reason of its own."""

    EMPTIED = "emptied"
    """Hardly any text where there was an article."""
    SHRUNK = "shrunk"
    """Less than half of the text; a later capture that says the same confirms it."""
    REDESIGN = "redesign"
    """The page no longer has the shape that its site's rules know, or a whole site changed at once."""
    SUSPECT = "suspect"
    """Another headline over another text: more likely another page than an edit."""


class Cause(StrEnum):
    """Why there is a version."""

    FIRST = "first"
    EDITED = "edited"
    RELEASED = "released"


class DecisionKind(StrEnum):
    """What a person may decide. Decisions outlive every re-run: the latest one about a subject holds."""

    RELEASE = "release"
    """This held capture is a version after all. Subject: capture."""
    DISCARD = "discard"
    """This held capture is no version. Subject: capture."""
    SAME = "same"
    """These two articles carry the same text. Subject and object: articles."""
    NOT_SAME = "not_same"
    ORIGINAL = "original"
    """This article is the original of its cluster. Subject: article."""
    TAKE_DOWN = "take_down"
    """Show this article no more. Subject: article."""
    RESUME = "resume"
    """What a site's breaker saw until now was looked at: count anew. Subject: site."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person, named by public names so that it can travel to any copy of the archive."""

    kind: DecisionKind
    subject: str
    decided_at: datetime
    object: str | None = None
    note: str | None = None


class ChangeKind(StrEnum):
    """What the feed of changes tells a consumer."""

    NEW = "new"
    EDITED = "edited"
    RE_READ = "re-read"
    """A new edition reads the article differently; the publisher changed nothing."""
    HELD = "held"
    RELEASED = "released"
    DISCARDED = "discarded"
    GONE = "gone"
    BACK = "back"
    CLUSTERED = "clustered"
    """The article joined a cluster, or its cluster or role is another now."""
    UNCLUSTERED = "unclustered"
    REJUDGED = "rejudged"
    """A capture that arrived late, or a person's word, made an earlier judgement another one."""


class Relation(StrEnum):
    """How the text of one article stands to that of another."""

    EXACT = "exact"
    NEAR_COPY = "near_copy"
    EXCERPT_OF = "excerpt_of"
    """a is contained in b."""
    EXPANDS = "expands"
    """b is contained in a."""
    DIGEST_OF = "digest_of"
    """a was made of b and others that have nothing in common with it; no edge says so by itself."""
    SERIES = "series"
    """The same template with other figures: never a copy."""
    PARTIAL_REUSE = "partial_reuse"
    UPDATE_OF = "update_of"
    """Two articles of one site that share most of their text."""


class Role(StrEnum):
    """What an article is in its cluster."""

    ORIGINAL = "original"
    COPY = "copy"
    EXCERPT = "excerpt"
