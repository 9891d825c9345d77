"""Tell the persons in an author field from the outlets, programs and sources that stand there instead.

A house name or a "Theo X" is no author; no author is better than a wrong one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from archive.text import strip_marks
from archive.types import Credit
from crawler.extraction.credit import credit_line, outlet_named
from crawler.extraction.json_ld import names as json_names
from crawler.extraction.json_ld import plain
from crawler.sites import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.sites import Site

MAX_AUTHOR = 120
MAX_AUTHORS = 12

_SPLIT_NAMES = re.compile(r"\s*[;|]\s*|\s*,\s+(?:(?:and|und|et|y|e|og|och|en|và)\s+)?")
DEGREE = re.compile(
    r"(?:(?:Jr|Sr|[A-Z]{2,6}|(?:[A-Z]\.){2,4}|Ph\.? ?D|M\.? ?D|[BM]Sc|M?Ed|EdD|PsyD|PharmD|DrPH|Esq|[IVX]+)\.?\s*)+"
)
_DESK = re.compile(r"\s+[-–|]\s+.*\b(?:team|staff|editorial|desk)\b.*$", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|y|og|och|và|&|with)\s+")
# Half of "Center for Drug Evaluation and Research" is nobody's name.
_OF = re.compile(r"\b(?:of|for|the|on|in|to)\b")
_ROLE_HEAD = re.compile(
    r"^(?:by|tác giả|bài và ảnh|bài, ảnh|tin, ảnh|bài|ảnh|thực hiện|words by|written by)\s*:?\s+(?=\w)", re.IGNORECASE
)
_BY_SOURCE = re.compile(r"^(?:theo|nguồn|source|according to)\b\s*:?\s*", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
_ADDRESS = re.compile(r"https?:|www\.|@|^[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|news|co|uk|io)\b", re.IGNORECASE)
# What a template did not fill in, and lists of who did what.
_CODE = re.compile(r"\w{2}\.\w{2,}\.\w{2}|[{}<>=\[\]]|\w:\s.*\w:\s")
# Programs, roles and firms that sign in the place of a person.
_NOT_PERSONS = frozenset(
    [
        "admin",
        "administrator",
        "editor",
        "editors",
        "staff",
        "webmaster",
        "root",
        "user",
        "null",
        "none",
        "undefined",
        "unknown",
        "vccorp",
        "vccorpvn",
        "author",
        "tacgia",
        "baochi",
        "staffwriter",
        "staffreporter",
        "bientapvien",
        "toasoan",
        "banbientap",
        "thukytoasoan",
        "online",
        "news",
        "newsdesk",
        "anonymous",
        "guest",
        "wordpress",
    ]
)


def is_house(name: str, houses: frozenset[str]) -> bool:
    """Whether `name` is the outlet or a program, and not a person.

    >>> is_house("NLD COM VN", frozenset({"nldcomvn"}))
    True
    """
    key = _key(name)
    return not key or key in houses or key in _NOT_PERSONS or _without_frills(key) in houses


def is_signature(name: str) -> bool:
    """Whether an outlet may sign by `name`: not an address, nor what a content system fills in by itself."""
    key = _key(name)
    is_text = len(name) <= MAX_AUTHOR and not _ADDRESS.match(name) and not _CODE.search(name)
    return is_text and not key.isdigit() and key not in _NOT_PERSONS


def clean_author(text: str, houses: frozenset[str]) -> tuple[str | None, Credit | None]:
    """The persons in an author field as printed, joined by ", ", and the source if one is named instead.

    >>> clean_author("Báo Nà Lộc; Mai Quý", frozenset({"baonaloc"}))
    ('Mai Quý', None)
    """
    persons, credit = author_names(text, houses)
    return (", ".join(persons[:MAX_AUTHORS]) or None), credit


def author_names(text: str, houses: frozenset[str]) -> tuple[list[str], Credit | None]:
    """The persons in an author field, each as printed, with the degrees behind the name.

    >>> author_names("By Anna Brook, MD, MPH and Mai Quý", frozenset())
    (['Anna Brook, MD, MPH', 'Mai Quý'], None)
    """
    text = plain(text) or ""
    if len(text) > MAX_AUTHOR or _ADDRESS.search(text) or _CODE.search(text) or is_house(text, houses):
        return [], None
    if _BY_SOURCE.match(text):
        name = _BY_SOURCE.sub("", text)
        return [], credit_line(text) or Credit(name=name or None, site=outlet_named(name, None))
    text = _DESK.sub("", _ROLE_HEAD.sub("", text))
    credit = None
    bracket = _BRACKET.search(text)
    if bracket and bracket.start():
        credit = credit_line(bracket.group().strip())
        text = text[: bracket.start()]
    elif credit_line(text):
        return [], credit_line(text)
    names: list[str] = []
    for part in (name.strip(" ,-–") for each in _SPLIT_NAMES.split(text) for name in _both(each)):
        if names and DEGREE.fullmatch(part) and not names[-1].isupper():
            names[-1] += f", {part}"
        elif part:
            names.append(part.strip("."))
    persons = [name for name in names if name and not is_house(name, houses) and not name.isdigit()]
    return list(dict.fromkeys(persons)), credit


def _both(text: str) -> list[str]:
    """The two persons in "A and B", or `text`, where that is one name.

    >>> _both("Mai Quý và Lò Thắm"), _both("Center for Land and Water")
    (['Mai Quý', 'Lò Thắm'], ['Center for Land and Water'])
    """
    return [text] if _OF.search(text) else _AND.split(text)


def is_handle(name: str) -> bool:
    """Whether `name` is what somebody logs in with rather than a name: "mai.quy", "kffnp".

    >>> is_handle("andrew.keaveney"), is_handle("Lò Thắm"), is_handle("王小明")
    (True, False, False)
    """
    if re.search(r"\badmin", name, re.IGNORECASE):
        return True
    return " " not in name and (name.islower() or bool(re.search(r"[\d_]|\w\.\w{2}", name)))


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return re.sub(r"\W+", "", strip_marks(name))


def _without_frills(key: str) -> str:
    for head in ("bao", "tapchi", "toasoan"):
        key = key.removeprefix(head)
    for tail in ("online", "dientu", "comvn", "orgvn", "com", "net", "vn"):
        key = key.removesuffix(tail)
    return key


def house_names(metas: Mapping[str, list[str]], node: Mapping[str, Any], site: Site | None, url: str) -> frozenset[str]:
    """The names of the outlet at `url`, folded, as `is_house` compares them."""
    named = [
        host_of(url),
        *metas.get("og:site_name", ()),
        *metas.get("application-name", ()),
        *json_names(node.get("publisher")),
    ]
    if site is not None:
        named += [site.title, site.name, *site.hosts, *site.outlets]
    keys = {_key(plain(name) or "") for name in named}
    return frozenset(key for key in keys | {_without_frills(key) for key in keys} if len(key) > 1)
