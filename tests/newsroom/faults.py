"""What can go wrong between a paper and its reader: pages that are not the article, and bytes that do not arrive whole.

A rule says which requests it hits; chance is by path and visit, so that a drill is the same each time. Content faults
change the page, wire faults the way it is sent; both are pure."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from newsroom.dice import key, roll
from newsroom.markup import bad_pages
from newsroom.model import Page

if TYPE_CHECKING:
    from newsroom.model import Newsroom
    from newsroom.papers import Paper

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Fault:
    """One rule: requests whose path matches `path`, a `share` of them, get this fault."""

    kind: str
    path: str = r""
    """A regular expression, searched for in path and query; empty: every path but robots.txt."""
    share: float = 1.0
    seed: int = 0
    papers: tuple[str, ...] = ()
    """Names; empty: all."""
    since: datetime | None = None
    """From this moment of the newsroom's clock on."""
    until: datetime | None = None
    times: int | None = None
    """At most so often in all."""
    seconds: float = 30
    """How long a stall lasts; the value of Retry-After; how long a drip takes."""
    retry_after: str | None = None
    """For 503 and 429: `seconds`, `date`, or None for no such header."""
    page: str = ""
    """For `body`: the payload; for `inserted`: a paragraph."""
    size: int = 2_000_000
    """For huge, deep and attribute pages, and what a bomb unfolds to: bytes, roughly."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r}; there are {', '.join(sorted(KINDS))}")


@dataclass
class Faults:
    """The rules in force, the first that hits wins. Add, remove and clear at any time, from any thread."""

    _rules: list[Fault] = field(default_factory=list)
    _hits: Counter[Fault] = field(default_factory=Counter)
    _visits: Counter[tuple[Fault, str, str]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def add(self, kind: str, **options: object) -> Fault:
        """Put a rule in force: `add("503", path="-post", share=0.1, retry_after="date")`."""
        fault = Fault(kind, **options)  # type: ignore[arg-type]
        with self._lock:
            self._rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._rules.remove(fault)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def reset(self) -> None:
        """Forget what was hit so far: then everything happens again as it did."""
        with self._lock:
            self._hits.clear()
            self._visits.clear()

    def hits(self, fault: Fault) -> int:
        """How many requests the rule has hit."""
        return self._hits[fault]

    def find(self, paper: Paper, target: str, now: datetime) -> Fault | None:
        """The fault for this request; counts it."""
        if not self._rules:
            return None
        with self._lock:
            for fault in self._rules:
                if self._is_hit(fault, paper, target, now):
                    self._hits[fault] += 1
                    return fault
        return None

    def _is_hit(self, fault: Fault, paper: Paper, target: str, now: datetime) -> bool:
        if fault.papers and paper.name not in fault.papers:
            return False
        if (fault.since and now < fault.since) or (fault.until and now >= fault.until):
            return False
        if fault.times is not None and self._hits[fault] >= fault.times:
            return False
        if not (re.search(fault.path, target) if fault.path else not target.startswith("/robots.txt")):
            return False
        if fault.share >= 1:
            return True
        visit = self._visits[fault, paper.name, target]
        self._visits[fault, paper.name, target] += 1
        return roll(fault.seed, key(fault.kind), paper.number, key(target), visit) < fault.share


# --- pages that are not the article -----------------------------------------------------------------------------------


def spoil(page: Page, fault: Fault, newsroom: Newsroom, paper: Paper, now: datetime) -> Page:
    """`page` under a content fault; as it is under any other."""
    make = CONTENT.get(fault.kind)
    return make(page, fault, newsroom, paper, now) if make else page


_Make = Callable[[Page, Fault, "Newsroom", "Paper", datetime], Page]


def _html(body: Callable[[Fault, Newsroom, Paper], str], status: int = 200) -> _Make:
    return lambda _page, fault, newsroom, paper, _now: Page(
        status, (("Content-Type", HTML),), lambda: body(fault, newsroom, paper).encode()
    )


def _busy(status: int) -> _Make:
    def make(_page: Page, fault: Fault, newsroom: Newsroom, paper: Paper, now: datetime) -> Page:
        page = Page(status, (("Content-Type", HTML),), bad_pages.busy(paper).encode)
        wait = timedelta(seconds=fault.seconds)
        # The date is on the server's own clock, as its Date header is.
        told = {"seconds": str(int(fault.seconds)), "date": format_datetime(bad_pages.wall_clock() + wait, usegmt=True)}
        if fault.retry_after:
            page.headers += (("Retry-After", told[fault.retry_after]),)
        return page

    return make


def _redirect(where: Callable[[str, str], str]) -> _Make:
    """To an address that follows from the paper's base and the one asked for, which `x-path` tells."""

    def make(page: Page, _fault: Fault, newsroom: Newsroom, paper: Paper, _now: datetime) -> Page:
        target = next((value for name, value in page.headers if name == "x-path"), "/")
        location = where(newsroom.base(paper), target)
        return Page(302, (("Content-Type", HTML), ("Location", location)), lambda: b"")

    return make


def _bytes(change: Callable[[bytes], bytes], content_type: str | None = None) -> _Make:
    def make(page: Page, _fault: Fault, _newsroom: Newsroom, _paper: Paper, _now: datetime) -> Page:
        headers = tuple(pair for pair in page.headers if content_type is None or pair[0] != "Content-Type")
        headers += (("Content-Type", content_type),) if content_type else ()
        return Page(page.status, headers, lambda: change(page.body))

    return make


def _given(_page: Page, fault: Fault, _newsroom: Newsroom, _paper: Paper, _now: datetime) -> Page:
    return Page(200, (("Content-Type", HTML),), fault.page.encode)


_BODY = b'itemprop="articleBody">'


def _inserted(page: Page, fault: Fault, _newsroom: Newsroom, _paper: Paper, _now: datetime) -> Page:
    """The same paragraph at the head of every text of the EPI template."""
    return Page(page.status, page.headers, lambda: page.body.replace(_BODY, _BODY + f"<p>{fault.page}</p>".encode()))


_ENTITIES = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 30))
_XML_BOMB = f'<!DOCTYPE bomb [<!ENTITY a0 "bao">{_ENTITIES}]><urlset><url><loc>&a29;</loc></url></urlset>'
_LOOP = "/vong-lap-"


def _loop(base: str, target: str) -> str:
    """Three addresses that lead to each other."""
    at = int(target[-1]) if target.startswith(_LOOP) else 0
    return f"{base}{_LOOP}{(at + 1) % 3}"


CONTENT: dict[str, _Make] = {
    "403": _html(lambda _f, _n, paper: bad_pages.forbidden(paper), 403),
    "404": _html(lambda _f, _n, paper: bad_pages.soft_404(paper), 404),
    "410": _html(lambda _f, _n, paper: bad_pages.soft_404(paper), 410),
    "429": _busy(429),
    "500": _busy(500),
    "503": _busy(503),
    "captcha": _html(lambda _f, _n, paper: bad_pages.captcha(paper)),
    "consent": _html(lambda _f, _n, paper: bad_pages.consent(paper)),
    "soft_404": _html(lambda _f, _n, paper: bad_pages.soft_404(paper)),
    "html": _html(lambda _f, _n, paper: bad_pages.soft_404(paper)),
    "empty": _bytes(lambda _body: b""),
    "emptied": _bytes(bad_pages.without_text),
    "half": _bytes(bad_pages.half),
    "charset_lie": _bytes(lambda body: body, "text/html; charset=windows-1252"),
    # Some letters are lost: what was only encoded twice could be decoded twice.
    "mojibake": _bytes(lambda body: body.decode("cp1252", "ignore").encode()),
    "utf-16": _bytes(lambda body: body.decode().encode("utf-16"), "text/plain"),
    "huge": _html(lambda fault, _n, _p: bad_pages.huge(fault.size)),
    "deep": _html(lambda fault, _n, _p: bad_pages.deep(fault.size)),
    "attributes": _html(lambda fault, _n, _p: bad_pages.attributes(fault.size)),
    "redirect_home": _redirect(lambda base, _target: f"{base}/"),
    "redirect_loop": _redirect(_loop),
    "body": _given,
    "inserted": _inserted,
    "xml_bomb": _bytes(lambda _body: _XML_BOMB.encode(), "application/xml"),
}


# --- bytes that do not arrive whole -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """How a response is sent: what to write after how many seconds, and what becomes of the connection."""

    writes: tuple[tuple[float, bytes], ...]
    end: str = "keep"
    """`keep`, `close`, or `abort` (a TCP reset)."""


@dataclass(frozen=True)
class Answer:
    """A response with its body as it would be sent, content-encoding included."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reason: str = ""

    def header_block(self, **changes: str | None) -> bytes:
        """Status line and headers; `Content_Length=None` leaves one out, another value replaces it."""
        wanted = {name.replace("_", "-").lower(): value for name, value in changes.items()}
        headers = [(name, value) for name, value in self.headers if name.lower() not in wanted]
        headers += [(name.title(), value) for name, value in wanted.items() if value is not None]
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _cut(body: bytes) -> bytes:
    return body[: len(body) * 3 // 5]


def _gzipped(answer: Answer) -> tuple[Answer, bytes]:
    """The answer with a gzip body, whether the client asked for one or not."""
    if any(name == "Content-Encoding" for name, _ in answer.headers):
        return answer, answer.body
    body = gzip.compress(answer.body, 5, mtime=0)
    headers = tuple(pair for pair in answer.headers if pair[0] != "Content-Length")
    return replace(
        answer, headers=(*headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))), body=body
    ), body


def _bad_gzip(change: Callable[[bytes], bytes]) -> Callable[[Answer, Fault], Delivery]:
    def deliver(answer: Answer, _fault: Fault) -> Delivery:
        compressed, body = _gzipped(answer)
        body = change(body)
        return Delivery(((0, compressed.header_block(Content_Length=str(len(body))) + body),))

    return deliver


def _chunked_cut(answer: Answer, _fault: Fault) -> Delivery:
    body = _cut(answer.body)
    head = answer.header_block(Content_Length=None, Transfer_Encoding="chunked", Connection="close")
    return Delivery(((0, head + f"{len(body):x}\r\n".encode() + body + b"\r\n"),), "close")


def _drip(answer: Answer, fault: Fault) -> Delivery:
    parts = 20
    size = max(1, -(-len(answer.body) // parts))
    chunks = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
    pause = fault.seconds / max(1, len(chunks))
    return Delivery(((0, answer.header_block()), *((pause, chunk) for chunk in chunks)))


@lru_cache(maxsize=4)
def _bomb(size: int) -> bytes:
    compressor = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    piece = b"<p>0</p>" * 131_072
    packed = b"".join(compressor.compress(piece) for _ in range(size // len(piece)))
    return packed + compressor.flush()


def _gzip_bomb(answer: Answer, fault: Fault) -> Delivery:
    body = _bomb(fault.size)
    return Delivery(((0, answer.header_block(Content_Encoding="gzip", Content_Length=str(len(body))) + body),))


_PIECE = b"10000\r\n" + b"<p>0</p>" * 8192 + b"\r\n"
_PIECES = 4000


def _endless(answer: Answer, _fault: Fault) -> Delivery:
    """In chunks, the last of which never comes: 260 MB, which nobody should wait for."""
    head = answer.header_block(Content_Length=None, Content_Encoding=None, Transfer_Encoding="chunked")
    return Delivery(((0, head), *[(0.001, _PIECE)] * _PIECES), "close")


def _trickle(answer: Answer, fault: Fault) -> Delivery:
    """A byte now and then, for so many seconds."""
    pieces = [answer.body[at : at + 1] for at in range(int(fault.seconds * 10))]
    return Delivery(((0, answer.header_block()), *((0.1, piece) for piece in pieces)), "close")


WIRE: dict[str, Callable[[Answer, Fault], Delivery]] = {
    "rst": lambda answer, _f: Delivery(((0, (answer.header_block() + answer.body)[: len(answer.body) // 2]),), "abort"),
    "refuse": lambda _a, _f: Delivery((), "abort"),
    "length_cut": lambda answer, _f: Delivery(((0, answer.header_block() + _cut(answer.body)),), "close"),
    "length_short": lambda answer, _f: Delivery(
        ((0, answer.header_block(Content_Length=str(len(_cut(answer.body)))) + _cut(answer.body)),)
    ),
    "close_cut": lambda answer, _f: Delivery(
        ((0, answer.header_block(Content_Length=None, Connection="close") + _cut(answer.body)),), "close"
    ),
    "chunk_cut": _chunked_cut,
    "gzip_cut": _bad_gzip(_cut),
    "gzip_crc": _bad_gzip(lambda body: body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:-4]) + body[-4:]),
    "gzip_plain": lambda answer, _f: Delivery(((0, answer.header_block(Content_Encoding="gzip") + answer.body),)),
    "gzip_undeclared": lambda answer, _f: Delivery(
        ((0, _gzipped(answer)[0].header_block(Content_Encoding=None) + _gzipped(answer)[1]),)
    ),
    "stall": lambda answer, fault: Delivery(
        ((0, answer.header_block() + answer.body[:500]), (fault.seconds, b"")), "close"
    ),
    "hang": lambda _a, fault: Delivery(((fault.seconds, b""),), "close"),
    "slow": lambda answer, fault: Delivery(((fault.seconds, answer.header_block() + answer.body),)),
    "drip": _drip,
    "trickle": _trickle,
    "gzip_bomb": _gzip_bomb,
    "endless": _endless,
}
"""`slow` answers late but whole, `hang` never, `stall` begins and stops, `drip` sends twenty small pieces, `trickle`
ten bytes a second; `gzip_bomb` unfolds to `size` bytes."""

UNCOMPRESSED = frozenset({"gzip_plain", "gzip_undeclared", "gzip_bomb"})
"""Faults that need the body as it was before the server compressed it."""
KINDS = frozenset({*CONTENT, *WIRE, "redesign"})
"""`redesign` prints articles in another template; the model does that."""
