"""Articles in many shapes and languages with a known text, for the scorer: `tests/data/scored_texts.json` holds the
(invented) words, this module the shapes that sites put them in.

A shape is a function from the words to a page; what is the text and what is furniture follows from the words alone, so
a new shape or language needs no answer key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "data" / "scored_texts.json"
PUBLISHED = "2026-05-04T06:30:00+02:00"
HOST = "https://trang-bao.example"


@dataclass(frozen=True)
class Scored:
    """A page and what stands on it."""

    name: str
    url: str
    html: str
    text: str
    lede: str | None
    author: str
    published: str
    cut: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    said: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.said[name]

    @property
    def byline(self) -> str:
        return f"{self.by}{self.author}"


Shape = Callable[[Words], tuple[str, str]]
"""Head and body of a page."""


# -- pieces ------------------------------------------------------------------------------------------------------------


def _p(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _json_ld(words: Words, **fields: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": words.title, **fields}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def _meta(**values: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{escape(value)}">' for name, value in values.items()
    )


def _stated(words: Words) -> str:
    return _json_ld(words, datePublished=PUBLISHED, author={"@type": "Person", "name": words.author})


def _teasers(words: Words, *, summaries: bool = True) -> str:
    cards = (
        f'<div class="item"><h3><a href="/{index}.html">{escape(headline)}</a></h3>'
        + (f"<p>{escape(words.summary)}</p>" if summaries else "")
        + "</div>"
        for index, headline in enumerate(words.teasers)
    )
    return f"<div><h2>{escape(words.related)}</h2>{''.join(cards)}</div>"


def _share(words: Words) -> str:
    return "<ul>" + "".join(f'<li><a href="#">{escape(text)}</a></li>' for text in words.share) + "</ul>"


def _lede(words: Words) -> str:
    return f'<p class="standfirst">{escape(words.lede)}</p>'


def _described(words: Words) -> str:
    return _meta(og__description=words.lede)


def _nav(words: Words) -> str:
    links = "".join(f'<a href="/{index}">{escape(text)}</a>' for index, text in enumerate(words.teasers))
    return f"<header><nav>{links}</nav></header>"


def _foot(words: Words) -> str:
    return f"<footer><p>{escape(words.copyright)}</p></footer>"


# -- shapes ------------------------------------------------------------------------------------------------------------


def article_element(words: Words) -> tuple[str, str]:
    body = f"<article><h1>{escape(words.title)}</h1>{_lede(words)}{_share(words)}{_p(*words.paragraphs)}</article>"
    return _stated(words) + _described(words), _nav(words) + body + _foot(words)


def nested_divs(words: Words) -> tuple[str, str]:
    inner = "".join(f"<div><div><div><p>{escape(text)}</p></div></div></div>" for text in words.paragraphs)
    body = f'<div id="page"><div><h1>{escape(words.title)}</h1><div>{inner}</div></div></div>'
    return _stated(words), _nav(words) + body + _foot(words)


def table_layout(words: Words) -> tuple[str, str]:
    rail = "".join(f'<br><a href="/{index}">{escape(text)}</a>' for index, text in enumerate(words.teasers))
    body = (
        f"<table><tr><td>{rail}</td><td><font size=5>{escape(words.title)}</font>{_p(*words.paragraphs)}</td></tr>"
        f"<tr><td colspan=2>{escape(words.copyright)}</td></tr></table>"
    )
    return _meta(article__published_time=PUBLISHED, author=words.author), body


def breaks(words: Words) -> tuple[str, str]:
    text = "<br><br>".join(escape(each) for each in words.paragraphs)
    body = f"<div><h1>{escape(words.title)}</h1><div>{text}</div></div>{_teasers(words)}"
    return _stated(words), _nav(words) + body + _foot(words)


def split_containers(words: Words) -> tuple[str, str]:
    first, second = _p(*words.paragraphs[:3]), _p(*words.paragraphs[3:])
    advert = f'<div class="ad-slot">{escape(words.pitch)}</div>'
    body = f"<main><h1>{escape(words.title)}</h1><div>{first}</div>{advert}<div>{second}</div></main>"
    return _stated(words), _nav(words) + body + _foot(words)


def teasers_after(words: Words) -> tuple[str, str]:
    body = f"<article><h1>{escape(words.title)}</h1>{_p(*words.paragraphs)}{_teasers(words)}</article>"
    return _stated(words), body + _foot(words)


def pitch_inside(words: Words) -> tuple[str, str]:
    box = f'<div>{_p(words.pitch)}<form action="/letters"><input name="mail"></form></div>'
    inner = _p(*words.paragraphs[:2]) + box + _p(*words.paragraphs[2:])
    body = f'<article><h1>{escape(words.title)}</h1><div class="text">{inner}</div></article>'
    return _stated(words), body + _foot(words)


def pitch_after(words: Words) -> tuple[str, str]:
    body = f"<article><h1>{escape(words.title)}</h1>{_p(*words.paragraphs, words.pitch)}</article>"
    return _stated(words), body + _foot(words)


def byline_first(words: Words) -> tuple[str, str]:
    head = f'<p class="byline">{escape(words.byline)}</p><time datetime="{PUBLISHED}">4.5.2026</time>'
    body = f"<article><h1>{escape(words.title)}</h1>{head}{_p(*words.paragraphs)}</article>"
    return "", body + _foot(words)


def byline_last(words: Words) -> tuple[str, str]:
    body = (
        f"<article><h1>{escape(words.title)}</h1>{_p(*words.paragraphs)}<p><b>{escape(words.byline)}</b></p></article>"
    )
    return _meta(article__published_time=PUBLISHED, author=words.author), body + _foot(words)


def captions(words: Words) -> tuple[str, str]:
    figure = f'<figure><img src="a.jpg"><figcaption>{escape(words.caption)}</figcaption></figure>'
    inner = _p(words.paragraphs[0]) + figure + _p(*words.paragraphs[1:])
    body = f"<article><h1>{escape(words.title)}</h1>{_lede(words)}{inner}</article>"
    return _stated(words) + _described(words), _nav(words) + body + _foot(words)


def comment_thread(words: Words) -> tuple[str, str]:
    replies = "".join(f'<li class="comment"><p>{escape(text)}</p></li>' for text in words.replies * 3)
    thread = f'<section class="comments"><h2>{escape(words.comments)}</h2><ol>{replies}</ol></section>'
    body = f"<main><h1>{escape(words.title)}</h1>{_p(*words.paragraphs)}</main>{thread}"
    return _stated(words), _nav(words) + body + _foot(words)


def related_inside(words: Words) -> tuple[str, str]:
    line = f'<p>{escape(words.more)}<a href="/1.html">{escape(words.teasers[0])}</a></p>'
    box = f'<div><b>{escape(words.related)}</b><ul><li><a href="/2.html">{escape(words.teasers[1])}</a></li></ul></div>'
    inner = f"{_p(*words.paragraphs[:2])}{line}{_p(*words.paragraphs[2:4])}{box}{_p(*words.paragraphs[4:])}"
    body = f"<article><h1>{escape(words.title)}</h1>{inner}</article>"
    return _stated(words), _nav(words) + body + _foot(words)


def copyright_inside(words: Words) -> tuple[str, str]:
    body = f"<article><h1>{escape(words.title)}</h1>{_p(*words.paragraphs, words.copyright)}</article>"
    return _stated(words), _nav(words) + body


SHAPES: tuple[Shape, ...] = (
    article_element, nested_divs, table_layout, breaks, split_containers, teasers_after, pitch_inside, pitch_after,
    byline_first, byline_last, captions, comment_thread, related_inside, copyright_inside,
)  # fmt: skip
WITH_LEDE = frozenset({"article_element", "captions"})


def scored_pages() -> Iterator[Scored]:
    """Every shape in every language."""
    for language, said in json.loads(TEXTS.read_text(encoding="utf-8")).items():
        words = Words(language, said)
        for shape in SHAPES:
            head, body = shape(words)
            name = shape.__name__
            window = f"<title>{escape(words.title)}</title>"
            furniture = (*words.teasers, words.summary, words.pitch, words.copyright, *words.replies, words.caption)
            yield Scored(
                name=f"{language}-{name}",
                url=f"{HOST}/{language}/{name}.html",
                html=f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{window}{head}</head>'
                f"<body>{body}</body></html>",
                text="\n".join(words.paragraphs),
                lede=words.lede if name in WITH_LEDE else None,
                author=words.author,
                published=PUBLISHED,
                cut=(*furniture, words.byline),
                kept=tuple(words.paragraphs),
            )
