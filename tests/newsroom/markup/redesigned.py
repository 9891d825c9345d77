"""The same article in a template that nobody has rules for: other names everywhere, the paper's name after the headline,
and share words, promotion and byline inside the text."""

# ruff: noqa: E501 - mark-up reads best as it is served
from __future__ import annotations

from html import escape

from newsroom.markup.view import FOOTNOTE, View, page


def article(view: View) -> str:
    """An article after the redesign."""
    content, house = view.content, escape(view.paper.title)
    pictures = [
        f'<div class="m-pic"><img src="{view.base}/i/{at}.jpg" alt=""><span>{escape(words, quote=False)}</span></div>'
        for at, words in enumerate(content.captions)
    ]
    body = view.blocks('<div class="t-par">{}</div>', '<div class="t-head">{}</div>', pictures, "")
    promotion = f"Tải ứng dụng {house} để đọc tin nhanh mỗi ngày."
    main = (
        f'<div class="x-hero"><div class="x-hl">{view.title} | {house}</div><div class="x-when">{view.published_at:%H:%M %d-%m-%Y}</div></div>'
        f'<div class="x-text"><div class="t-share">Chia sẻ Lưu tin Nghe bài</div><div class="t-intro">{view.lede}</div>\n{body}\n'
        f'<div class="t-par">{promotion}</div><div class="t-par">{view.author or house}</div></div>'
    )
    links = "".join(f'<a class="x-more" href="{item.url}">{item.title}</a>' for item in view.related)
    return page(
        f"{view.title} | {house}",
        head=f'<meta name="description" content="{view.summary}"><link rel="canonical" href="{view.url}">',
        body=f'<div class="x-top">{house}</div>{main}<div class="x-rail">{links}</div><div class="x-foot">{FOOTNOTE}</div>',
    )
