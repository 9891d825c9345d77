"""Read whom a page names as its source: the article's ("Theo TTXVN") and a picture's ("Ảnh: Mai Quý").

Pure. Most final lines that start with "Theo" are sentences ("Theo ông ...", "Theo đó, ..."), so a credit is a whole
short line, and the name must be in the outlet table; only a link may name an outlet that we do not know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.outlets import Named, dateline_of, find_outlet, outlet_at
from archive.text import tidy
from archive.types import Credit

if TYPE_CHECKING:
    from collections.abc import Iterator

# The longest credit line in a sample of 40,000 Vietnamese articles is under 60 characters; sentences start above.
MAX_LINE = 60
MAX_URL_LINE = 400
MAX_REPORTER_WORDS = 5
MAX_PHOTO_CREDIT = 60

_INTRODUCTION = re.compile(
    r"^(?:theo nguồn(?: tin)?|nguồn tin|nguồn bài viết|nguồn|nguon|theo|tổng hợp từ|tổng hợp theo|lược dịch theo|trích|"
    r"source|according to|from|via|来源)\b(?P<mark>\s*[:：]?\s*)",
    re.IGNORECASE,
)
_COLLECTED = re.compile(
    r"(?:\s*[,(/-]?\s*(?:tổng hợp|biên dịch|lược dịch|lược ghi)\)?|^tổng hợp)\s*$|^tổng hợp\s+", re.IGNORECASE
)
_COLLECTED_BY = re.compile(r"^(?:th|t/h|tổng hợp|lược dịch|dịch)\s+(?=theo\b)", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_LINK_WORDS = re.compile(
    r"(?:(?:đọc |xem )?(?:link )?bài gốc(?: tại(?: đây)?)?|link gốc|lấy link!?|source link)", re.IGNORECASE
)
_BARE_ADDRESS = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}/\S*", re.IGNORECASE)
_BRACKETED = re.compile(r"^[(\[]\s*(?P<inside>[^()\[\]]+?)\s*[)\]]\.?$")
_REPORTER_BRACKET = re.compile(r"^(?P<reporter>[^()]+?)\s*\(\s*(?P<outlet>[^()]+?)\s*\)\.?$")
_SEPARATOR = re.compile(r"\s*[/,;–-]\s*|\s+và\s+")
# Words that start reports of what somebody said: "Theo ông A", "Theo Công an tỉnh".
_NOT_OUTLET = re.compile(
    r"^(?:ông|bà|anh|chị|đó|đồng chí|luật|kế hoạch|quy định|thống kê|báo cáo|lời"
    # The credit of a picture, alone on its line.
    r"|(?:nguồn )?(?:ảnh|clip|video)|đồ (?:họa|hoạ)|photos?)\b",
    re.IGNORECASE,
)
# "Theo Sở Công Thương" ends in the name of a paper, and the rest is no reporter. "Đoàn" is a family name, too.
_BODY = re.compile(
    r"^(?:(?:sở|cục|chi cục|tổng cục|phòng|ban|bộ|viện|hội|ngành|ngân hàng|công ty|công an|uỷ ban|ủy ban|trung tâm|"
    r"liên đoàn|tạp chí|giải)\b|(?:đoàn|tỉnh đoàn|trường)$)",
    re.IGNORECASE,
)


def credit_line(text: str) -> Credit | None:
    """The credit that the line `text` is, or None for any other line.

    >>> credit_line("Theo Văn Hưng (Vietnam+)")
    Credit(name='Văn Hưng (Vietnam+)', url=None, site='vietnamplus')
    >>> credit_line("Theo ông Văn Hưng") is None
    True
    """
    line = tidy(text)
    link = _URL.search(line)
    if link and len(line) <= MAX_URL_LINE:
        return _linked(line, link)
    if len(line) > MAX_LINE or not line:
        return None
    bracketed = _BRACKETED.match(line)
    inside = bracketed["inside"] if bracketed else line
    introduction = _INTRODUCTION.match(inside)
    name = _COLLECTED.sub("", inside[introduction.end() :] if introduction else inside).strip(" .:–-")
    if not name or _NOT_OUTLET.match(name):
        return None
    if introduction and _BARE_ADDRESS.fullmatch(name):
        return Credit(name=name, site=outlet_named(name, name))
    found = _source(name)
    # "Lao động" alone on a line is a subhead; "Theo Lao động", "(Lao động)" and "An Bình / Lao động" are credits.
    if found and (introduction or bracketed or found.named.stands_alone or found.has_reporter):
        return Credit(name=name, site=found.named.outlet.site)
    return None


_DATELINE = re.compile(
    # (Dân trí) - Sáng nay; (LĐO) Sáng nay
    r"[(\[]\s*(?P<bracketed>[^()\[\]:]{2,30}?)\s*[)\]]\s*\.?\s*(?P<dash>[-–—]?)\s*(?=[\"“]?[^\W\d_])"
    # Hà Nội, 12/3 (TTXVN) - Sáng nay
    r"|[^\W\d_][^()\[\]–—:.-]{1,30}\((?P<wire>[^()]{2,20})\)\s*[-–—]\s*(?=\S)"
    # TPO - Sáng nay
    r"|(?P<plain>[^\W\d_][^()\[\]–—:,-]{1,25}?)(?:\s*[–—]|\s+-|-(?=\s))\s*(?=\S)"
)


def dateline(text: str) -> Credit | None:
    """The outlet whose dateline opens `text`, a lede or first paragraph: copies keep it, so it names who wrote it.

    >>> dateline("TPO - Sáng nay, nước trên sông đã rút.")
    Credit(name='TPO', url=None, site='tienphong')
    >>> dateline("Thanh Niên - lực lượng đi đầu.") is None
    True
    """
    match = _DATELINE.match(tidy(text))
    if match is None:
        return None
    name = (match["bracketed"] or match["wire"] or match["plain"]).strip()
    # "(TTXVN) là nguồn" goes on in the middle of a sentence.
    is_start = match["bracketed"] is None or bool(match["dash"]) or text[match.end() :][:1].isupper()
    found = dateline_of(name, is_bracketed=match["plain"] is None) if is_start else None
    return Credit(name=name, site=found.site) if found else None


def outlet_named(name: str | None, url: str | None) -> str | None:
    """The site of the outlet that a credit means by `name` or links by `url`; the link decides where both are known."""
    linked = outlet_at(url) if url else None
    if linked:
        return linked.site
    found = _source(tidy(name)) if name else None
    return found.named.outlet.site if found else None


@dataclass(frozen=True, slots=True)
class _Source:
    named: Named
    has_reporter: bool


def _source(name: str) -> _Source | None:
    """The outlet in `name`: alone, in a list of outlets, or after the reporter's name."""
    whole = find_outlet(name)
    if whole:
        return _Source(whole, has_reporter=False)
    bracket = _REPORTER_BRACKET.match(name)
    if bracket:
        inner = _source(_INTRODUCTION.sub("", _COLLECTED_BY.sub("", bracket["outlet"])))
        return _Source(inner.named, has_reporter=True) if inner and _is_reporter(bracket["reporter"]) else None
    parts = [part for part in _SEPARATOR.split(name) if part]
    if len(parts) > 1:
        outlets = [found for part in parts if (found := find_outlet(part))]
        others = [part for part in parts if find_outlet(part) is None]
        if outlets and all(_is_reporter(part) for part in others):
            # A paper before a wire: the paper ran the text, the wire supplied it.
            paper = next((found for found in outlets if not found.outlet.is_agency), outlets[0])
            stands_alone = any(found.stands_alone for found in outlets)
            return _Source(Named(paper.outlet, stands_alone), has_reporter=bool(others))
        return None
    return _after_reporter(name)


def _after_reporter(name: str) -> _Source | None:
    """`An Bình Dân Trí`: a reporter, then the outlet, with nothing between."""
    for reporter, outlet in _splits(name):
        found = find_outlet(outlet)
        if found and _is_reporter(reporter) and outlet[:1].isupper():
            # Only "Theo ..." makes it a credit: "Hội nghị Báo Lào Cai" ends in the name of a paper too.
            return _Source(Named(found.outlet, stands_alone=False), has_reporter=False)
    return None


def _splits(name: str) -> Iterator[tuple[str, str]]:
    words = name.split()
    for cut in range(1, len(words)):
        yield " ".join(words[:cut]), " ".join(words[cut:])


def _is_reporter(name: str) -> bool:
    words = name.split()
    is_name = 0 < len(words) <= MAX_REPORTER_WORDS and all(word[0].isupper() for word in words)
    return is_name and not _BODY.match(name)


def _linked(line: str, link: re.Match[str]) -> Credit | None:
    before = _LINK_WORDS.sub("", line[: link.start()])
    introduction = _INTRODUCTION.match(before)
    after = _LINK_WORDS.sub("", line[link.end() :]).strip(" .)]:-")
    name = (before[introduction.end() :] if introduction else before).strip(" .([:-")
    if after or len(name) > MAX_LINE or not (introduction or not name or find_outlet(name)):
        return None
    url = link.group().rstrip(".,;")
    return Credit(name=name or None, url=url, site=outlet_named(name, url))


_PHOTO = re.compile(
    r"(?:^|(?<=[\s.,;:()\[\]/|–-]))"
    r"(?P<word>nguồn ảnh|ảnh minh (?:họa|hoạ)|ảnh tư liệu|ảnh chụp màn hình|ảnh cắt từ clip|ảnh|photos?|picture|image"
    r"|nguồn|đồ (?:họa|hoạ))(?:\s+credit)?\s*[:：]\s*(?P<name>[^:：]+?)\s*$",
    re.IGNORECASE,
)
_PHOTO_BY = re.compile(
    r"(?:^|[\s.(\[–-])(?:photo|picture|image)s? (?:by|courtesy of|credit)\s+(?P<name>[^:.()]+?)[\s.)\]]*$",
    re.IGNORECASE,
)
_PHOTO_OUTLET = re.compile(
    r"[\s.(\[–-](?:ảnh|photo)\s+(?P<name>[^\s.:()]+(?: [^\s.:()]+){0,3})[\s.)\]]*$", re.IGNORECASE
)
_SECOND_CREDIT = re.compile(r"\s+[-–|]\s+(?:đồ (?:họa|hoạ)|ảnh|nguồn|clip|video|biên tập)\s*[:：]", re.IGNORECASE)
_FINAL_BRACKET = re.compile(r"\(\s*(?P<name>[^()]{2,40})\s*\)\s*\.?$")
_CLOSERS = re.compile(r"[\s)\]]+$|(?<=\w\w)\.[\s)\]]*$")
_SUPPLIED = re.compile(r"\b(?:cung cấp|internet|tư liệu|nvcc|ctv|sưu tầm)\b", re.IGNORECASE)


def photo_credit(caption: str) -> str | None:
    """The photographer or agency that `caption` names, without "Ảnh:"; None where it names none.

    >>> photo_credit("Quang cảnh hội nghị. (Ảnh: Phạm Kiên/TTXVN)")
    'Phạm Kiên/TTXVN'
    """
    text = tidy(caption)
    second = _SECOND_CREDIT.search(text)
    if second and _PHOTO.search(text[: second.start()]):
        text = text[: second.start()]
    match = _PHOTO.search(text) or _PHOTO_BY.search(text)
    if match:
        name = _CLOSERS.sub("", match["name"]).strip(" -–")
        # "Ảnh: Quang cảnh buổi lễ" at the head of a caption introduces what the picture shows.
        is_description = match.start() == 0 and not (_SUPPLIED.search(name) or _is_name_list(name))
        return name if name and len(name) <= MAX_PHOTO_CREDIT and not is_description else None
    for pattern in (_FINAL_BRACKET, _PHOTO_OUTLET):
        match = pattern.search(text)
        found = _source(match["name"]) if match else None
        if match and found and found.named.stands_alone:
            return match["name"]
    return None


def _is_name_list(name: str) -> bool:
    return all(_is_reporter(part) or find_outlet(part) for part in _SEPARATOR.split(name) if part)
