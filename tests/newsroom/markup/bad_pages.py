"""Pages that come in place of the one asked for, and pages made to break their reader."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from newsroom.markup.view import FOOTNOTE, page

if TYPE_CHECKING:
    from newsroom.papers import Paper


def wall_clock() -> datetime:
    """The clock of the machine, which Retry-After dates are on."""
    return datetime.now(UTC)


def _page(paper: Paper, title: str, *lines: str, head: str = "") -> str:
    said = "".join(f"<p>{line}</p>" for line in lines)
    return page(title, head=head, body=f"<h1>{title}</h1>{said}<p>{escape(paper.title)}. {FOOTNOTE}</p>")


def captcha(paper: Paper) -> str:
    """A challenge with status 200."""
    script = '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    return _page(
        paper, "Just a moment...", "Verifying you are human. This may take a few seconds.",
        "Vui lòng xác minh bạn không phải là robot để tiếp tục.", "Ray ID: 8f3a1c2b4d5e6f70", head=script,
    )  # fmt: skip


def consent(paper: Paper) -> str:
    """A cookie wall with status 200."""
    return _page(
        paper, "Trước khi bạn tiếp tục", "Chúng tôi và các đối tác dùng cookie để hiển thị nội dung phù hợp.",
        "Chấp nhận tất cả cookie để tiếp tục hoặc quản lý lựa chọn của bạn.",
    )  # fmt: skip


def soft_404(paper: Paper) -> str:
    """Not found; served with whatever status the rule says."""
    return _page(paper, "Không tìm thấy trang", "Trang bạn tìm không tồn tại hoặc đã bị xóa.")


def forbidden(paper: Paper) -> str:
    return _page(paper, "403 Forbidden", "Access denied.")


def busy(paper: Paper) -> str:
    return _page(paper, "Hệ thống đang bận", "Vui lòng thử lại sau.")


_BODY_PARAGRAPH = re.compile(rb"<p(?: style=\"text-align: justify;\"| class=\"text-justify\")?>[^<]{120,}</p>\n?")


def without_text(body: bytes) -> bytes:
    """The template with its text missing."""
    return _BODY_PARAGRAPH.sub(b"", body)


def half(body: bytes) -> bytes:
    """A page without the second half of its text: whole as HTML, and as bytes."""
    found = list(_BODY_PARAGRAPH.finditer(body))
    for match in reversed(found[max(1, len(found) // 3) :]):
        body = body[: match.start()] + body[match.end() :]
    return body


def huge(size: int) -> str:
    """Paragraphs and links without end."""
    part = "".join(
        f'<p>Dòng {at} <a href="/lien-ket-{at}">liên kết số {at}</a> của một trang rất dài.</p>' for at in range(200)
    )
    return page("Trang rất dài", head="", body=part * max(1, size // len(part)))


def deep(size: int) -> str:
    """Elements in elements."""
    depth = size // 11
    return page("Trang rất sâu", head="", body=f"{'<div>' * depth}Đáy của một trang rất sâu.{'</div>' * depth}")


def attributes(size: int) -> str:
    """One element with very many attributes, which parsers compare pair by pair."""
    said = " ".join(f'a{at}="{at}"' for at in range(size // 14))
    return page("Trang nhiều thuộc tính", head="", body=f"<p {said}>Một đoạn văn.</p>")
