"""Clean the edges of a body: the title again above it; bylines, credits, links and share words below it.

What is taken away becomes furniture, a byline also the author, a credit line also the credit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.text import fold, tidy
from archive.types import BlockKind, Credit, Furniture
from crawler.extraction.credit import credit_line
from crawler.extraction.phrases import MOMENT, SHARE

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.extraction.blocks import Line, Placed

MAX_BYLINE = 80
MAX_NAME_WORDS = 6
MIN_HEADLINE = 30
MAX_TAGS = 300
MAX_MORE = 200
# Below this a line that is all link is a name or a term that happens to be linked; above it is another story.
MIN_RELATED_LINK = 12

_SHARE = re.compile(
    r"(?:chia sẻ|lưu bài|bình luận|in bài(?: viết)?|gửi email|copy link(?: thành công)?|sao chép liên kết|quay lại|"
    r"trở lại.{0,40}|"
    r"theo dõi .{0,60}(?:google news|zalo|facebook|tiktok)\b.*|share(?: (?:this|on|via|to)\b.{0,40})?|"
    r"tweet|"
    r"print|email|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|copied!?|link copied.?|advertisement|"
    rf"{'|'.join(SHARE)}|"
    r"quảng cáo|null)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:>>+|»|xem thêm|đọc thêm|mời (?:quý )?(?:độc giả|bạn đọc).{0,30}xem|read more|read also|also read|see also|"
    r"more:|"
    r"related:?|tin liên quan|bài liên quan|tin cùng chuyên mục|có thể bạn quan tâm)",
    re.IGNORECASE,
)
_TAGS = re.compile(r"(?:tags?|từ khóa|từ khoá|chủ đề|keywords?|topics?|filed under)\s*:", re.IGNORECASE)
# Nothing but a day, a time, and the words around them.
_WHEN = re.compile(
    r"(?=.*\d)(?:\W|\d|(?:thứ|hai|ba|tư|năm|sáu|bảy|chủ nhật|ngày|tháng|cập nhật|đăng|lúc|sáng|chiều|"
    r"updated?|published|posted|last|on|at|am|pm|gmt|utc|ict|est|edt|min(?:ute)?s?|read|ago|hours?|days?|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|"
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    rf"nov(?:ember)?|dec(?:ember)?|st|nd|rd|th|{'|'.join(MOMENT)})(?![^\W\d_]))+",
    re.IGNORECASE,
)
MAX_WHEN = 80
_BY = re.compile(
    r"(?:by|автор|текст|بقلم|tác giả|bài và ảnh|bài, ảnh|tin, ảnh|tin và ảnh|tin, bài|bài|tin|thực hiện)\s*:?\s+|"
    r"(?:取材・)?(?:文|執筆|撰文|作者|記者|记者)\s*[・:：/／]\s*",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s*\((?:[^()]*\b)?(?:tổng hợp|thực hiện|ghi|lược ghi|lược dịch|biên dịch|dịch|t/h|th)\b[^()]*\)\s*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\(([^()]+)\)\s*$")
_INITIALS = re.compile(r"(?:PV|CTV|BTV|BBT|Nhóm PV|[A-ZĐ]\.[A-ZĐ]\.?|[A-ZĐ]{2,3})")
_SENTENCE_END = re.compile(r"[.!?…”\"')/]\s*$")


@dataclass(slots=True)
class Edges:
    """A body without its edges, and what they said."""

    lines: list[Line]
    furniture: list[Placed] = field(default_factory=list)
    author: str | None = None
    credit: Credit | None = None


def clean_edges(
    lines: list[Line],
    *,
    name: str,
    title: str | None,
    author: str | None = None,
    boilerplate: Collection[str] = (),
) -> Edges:
    """`lines` without what stands before the first paragraph and after the last one; `author` is who is known to
    have written it."""
    head: list[Placed] = []
    start = 0
    heading = fold(title) if title else None
    while start < len(lines):
        found = _leading(lines[start], name, heading)
        if found is None:
            break
        head.append((lines[start].at, found))
        start += 1
    edges = Edges(lines[start:])
    tail: list[Placed] = []
    while edges.lines:
        line = edges.lines[-1]
        before = edges.lines[-2] if len(edges.lines) > 1 else None
        found = (
            _template(line, name, boilerplate)
            or _trailing(line, name, before)
            or _signature(line, name, edges, author, before)
        )
        if found is None:
            break
        tail.append((line.at, found))
        edges.lines.pop()
    edges.furniture = [*head, *reversed(tail)]
    return edges


def _leading(line: Line, name: str, heading: str | None) -> Furniture | None:
    if heading and fold(line.text) == heading:
        return Furniture("boilerplate", f"{name}/title_again", line.text)
    if line.is_link and len(line.text) >= MIN_RELATED_LINK:
        return Furniture("related", f"{name}/leading_link", line.text)
    if _SHARE.fullmatch(line.text):
        return Furniture("share", f"{name}/share", line.text)
    if is_moment(line.text):
        return Furniture("boilerplate", f"{name}/when", line.text)
    return None


def is_moment(text: str) -> bool:
    """Whether `text` is nothing but a moment and the words around one.

    >>> is_moment("Last updated: 3 May 2026"), is_moment("He came on 3 May 2026")
    (True, False)
    """
    return len(text) <= MAX_WHEN and _WHEN.fullmatch(text) is not None


def _template(line: Line, name: str, boilerplate: Collection[str]) -> Furniture | None:
    return Furniture("boilerplate", f"{name}/boilerplate", line.text) if line.text in boilerplate else None


def _trailing(line: Line, name: str, before: Line | None) -> Furniture | None:
    text = line.text
    if _SHARE.fullmatch(text):
        return Furniture("share", f"{name}/share", text)
    if _TAGS.match(text) and len(text) <= MAX_TAGS:
        return Furniture("boilerplate", f"{name}/tags", text)
    if before is None:
        return None
    if (line.is_heading and not _is_item(line)) or _MORE.fullmatch(text.rstrip(" :")):
        return Furniture("related", f"{name}/last_heading", text)
    if line.is_link or (_MORE.match(text) and len(text) <= MAX_MORE and line.is_link):
        return Furniture("related", f"{name}/trailing_link", text)
    return None


def _is_item(line: Line) -> bool:
    """Whether a heading is an entry of a list and no headline: a list of products may end an article in headings."""
    parent = line.element.getparent() if line.element is not None else None
    return parent is not None and parent.tag in ("li", "item") and len(line.text) < MIN_HEADLINE


def _signature(line: Line, name: str, edges: Edges, author: str | None, before: Line | None) -> Furniture | None:
    """A credit line or a byline at the end."""
    text = line.text
    credit = credit_line(text)
    names = byline(text, is_marked=line.is_bold or line.is_right, author=author) if before is not None else None
    if credit is not None and not (names and credit.name and tidy(credit.name) == names):
        edges.credit = edges.credit or credit
        signed = _BRACKET.sub("", text).strip() if _BRACKET.search(text) else ""
        if signed and not edges.author and byline(signed, is_marked=True):
            edges.author = byline(signed, is_marked=True)
        return Furniture("credit", f"{name}/credit", text)
    if names is None or edges.author is not None or before is None:
        return None
    is_after_sentence = _SENTENCE_END.search(before.text) is not None and before.kind is BlockKind.PARAGRAPH
    if not (line.is_bold or line.is_right or is_after_sentence):
        return None
    edges.author = names
    return Furniture("byline", f"{name}/byline", text)


def byline(text: str, *, is_marked: bool, author: str | None = None) -> str | None:
    """The names in a line that only signs the article; None for any other line.

    >>> byline("Bài, ảnh: Mai Quý", is_marked=False)
    'Mai Quý'
    >>> byline("Hội nghị bế mạc.", is_marked=True) is None
    True
    """
    is_sentence = text.endswith((".", "?", "!", ":", ",")) and not _INITIALS.fullmatch(text)
    if is_sentence or len(text) > MAX_BYLINE:
        return None
    introduction = _BY.match(text)
    plain = _ROLE.sub("", text[introduction.end() :] if introduction else text)
    bracket = _BRACKET.search(plain)
    if bracket:
        plain = plain[: bracket.start()]
    plain = plain.strip(" -–")
    if not plain:
        return None
    if author and fold(plain) == fold(author):
        return plain
    names = [part.strip() for part in re.split(r"\s*(?:[,;&/]|\s[-–]\s|\bvà\b|\band\b)\s*", plain)]
    has_role = introduction is not None or plain != text
    return plain if all(_is_name(each, least=1 if is_marked or has_role else 2) for each in names) else None


def _is_name(text: str, *, least: int) -> bool:
    if _INITIALS.fullmatch(text):
        return True
    words = text.split()
    return least <= len(words) <= MAX_NAME_WORDS and all(
        word[0].isupper() and word.replace(".", "").replace("-", "").replace("'", "").isalpha() for word in words
    )
