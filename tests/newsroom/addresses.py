"""Where things stand: the address of every article, section and tag in its paper's own shape, and the way back."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from newsroom import words
from newsroom.papers import Family, Paper
from newsroom.plan import OFFSET

_CODES = len(words.CODES)
_SCRAMBLE = 27_644_437
"""Odd and no multiple of five, so that numbers and codes go together one to one."""
_UNSCRAMBLE = pow(_SCRAMBLE, -1, _CODES**3)
_CODE_NUMBER = {syllable: at for at, syllable in enumerate(words.CODES)}
_MAX_SLUG = 80
_FIRST_ID = {Family.EPI: 391_000, Family.MASTERCMS: 203_000}


@lru_cache(maxsize=1 << 14)
def slug(title: str) -> str:
    """`title` in plain letters, cut at a word.

    >>> slug("Đường lớn đã mở: 4,2 km")
    'duong-lon-da-mo-4-2-km'
    """
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    words_ = re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    made = ""
    for word in words_:
        if len(made) + len(word) > _MAX_SLUG:
            break
        made = f"{made}-{word}" if made else word
    return made


def moved_slug(title: str) -> str:
    """The slug after an article has moved: the desk has shortened it."""
    return slug(" ".join(title.split()[2:]) or title)


def code(number: int) -> str:
    """Three syllables that stand for a number where addresses have none."""
    left = number * _SCRAMBLE % _CODES**3
    return "-".join(words.CODES[left // _CODES**power % _CODES] for power in (2, 1, 0))


def number_of_code(syllables: list[str]) -> int | None:
    """The number that the last three of `syllables` stand for."""
    found = [_CODE_NUMBER.get(syllable) for syllable in syllables[-3:]]
    if len(found) < 3 or None in found:
        return None
    left = sum(at * _CODES**power for at, power in zip(found, (2, 1, 0), strict=True) if at is not None)
    return left * _UNSCRAMBLE % _CODES**3


def _stamp(paper: Paper, number: int, minute: int) -> str:
    """When a VCCorp story was first saved, some minutes before it came out; its last five digits are the number's."""
    saved = datetime.fromtimestamp(minute * 60, UTC) + timedelta(minutes=OFFSET - 3 - number % 40)
    digits = f"{number % 60_000:05}"
    return (
        f"{paper.prefix}{saved:%Y%m%d%H%M}{digits}" if not paper.prefix else f"{paper.prefix}{saved:%y%m%d%H%M}{digits}"
    )


def article_path(paper: Paper, number: int, minute: int, words_: str) -> str:
    """The path of an article that came out in `minute`, under the slug `words_`."""
    if paper.family is Family.EPI:
        return f"/{words_}-post{_FIRST_ID[paper.family] + 3 * number + number % 2}.{paper.extension}"
    if paper.family is Family.MASTERCMS:
        return f"/{words_}-{_FIRST_ID[paper.family] + 3 * number + number % 2}.html"
    if paper.family is Family.VCCORP:
        return f"/{words_}-{_stamp(paper, number, minute)}.{paper.extension}"
    if paper.family is Family.DAIDOANKET:
        return f"/{words_}-{code(number)}.html"
    if paper.family is Family.AGGREGATOR:
        return f"/{words_}-{code(number)}"
    day = datetime.fromtimestamp(minute * 60, UTC) + timedelta(minutes=OFFSET)
    return f"/{day:%Y/%m}/{words_}-{code(number)}/"


_NUMBERED = {
    Family.EPI: re.compile(r"^/[\w-]+-post(\d+)\.\w+$"),
    Family.MASTERCMS: re.compile(r"^/(?:[\w-]+-(\d+)\.html|apicenter@/print_article&i=(\d+))$"),
    Family.VCCORP: re.compile(r"^/[\w-]+-\d{10,}?(\d{5})\.\w+$"),
    Family.DAIDOANKET: re.compile(r"^/([a-z0-9-]+)\.html$"),
    Family.AGGREGATOR: re.compile(r"^/([a-z0-9-]+)$"),
    Family.PLAIN: re.compile(r"^/\d{4}/\d\d/([a-z0-9-]+)/(?:amp/)?$"),
}


def candidates(paper: Paper, path: str, count: int) -> list[int]:
    """The numbers that `path` may stand for, among `count`; their own addresses tell which."""
    match = _NUMBERED[paper.family].match(path)
    if match is None:
        return []
    found = next(group for group in match.groups() if group)
    if paper.family in _FIRST_ID:
        return [(int(found) - _FIRST_ID[paper.family]) // 3]
    if paper.family is Family.VCCORP:
        return list(range(int(found), count, 60_000))
    number = number_of_code(found.split("-"))
    return [] if number is None else [number]


def twin_path(paper: Paper, path: str) -> str | None:
    """Another address of the same article: its print or AMP edition."""
    if paper.family is Family.EPI:
        return f"/print{path}"
    if paper.family is Family.MASTERCMS:
        return f"/apicenter@/print_article&i={path.rpartition('-')[2].removesuffix('.html')}"
    return f"{path}amp/" if paper.family is Family.PLAIN else None


def untwinned(paper: Paper, path: str) -> str | None:
    """The path behind a twin, where the twin's path tells it; None for any other path."""
    if paper.family is Family.EPI and path.startswith("/print/"):
        return path.removeprefix("/print")
    if paper.family is Family.PLAIN and path.endswith("/amp/"):
        return path.removesuffix("amp/")
    return path if paper.family is Family.MASTERCMS and path.startswith("/apicenter@/print_article&i=") else None


def section_path(paper: Paper, section: int, page: int = 1) -> str | None:
    """The path of a page of a section; None where the template turns its pages by script."""
    name = words.SECTIONS[section][0]
    if paper.family is Family.EPI:
        return f"/{name}/" if page == 1 else f"/{name}/?page={page}"
    if paper.family is Family.MASTERCMS:
        return f"/{name}" if page == 1 else f"/{name}&s_cond=&BRSR={16 * (page - 1)}"
    if paper.family is Family.VCCORP:
        return f"/{name}.htm" if page == 1 else f"/{name}/trang-{page}.htm"
    if paper.family is Family.DAIDOANKET:
        return f"/{name}" if page == 1 else None
    if paper.family is Family.AGGREGATOR:
        return f"/category/{name}" if page == 1 else f"/category/{name}/page/{page}"
    return f"/category/{name}/" if page == 1 else f"/category/{name}/page/{page}/"


_SECTION = re.compile(
    r"^/(?:category/)?(?P<name>[a-z-]+?)(?:\.htm|/trang-(?P<a>\d+)\.htm|/page/(?P<b>\d+)/?|&s_cond=&BRSR=(?P<offset>\d+)|/)?"
    r"(?:\?page=(?P<c>\d+))?$"
)
_SECTION_NUMBER = {name: at for at, (name, _) in enumerate(words.SECTIONS)}


def find_section(paper: Paper, path: str) -> tuple[int, int] | None:
    """(section, page) that `path` shows."""
    match = _SECTION.match(path)
    section = _SECTION_NUMBER.get(match["name"]) if match else None
    if match is None or section is None or section >= paper.sections:
        return None
    page = int(match["a"] or match["b"] or match["c"] or 1)
    if match["offset"]:
        page = int(match["offset"]) // 16 + 1
    # One page has one address, apart from ?page=1 and its like.
    return (section, page) if page == 1 or section_path(paper, section, page) == path else None


def tag_path(paper: Paper, tag: int) -> str:
    name = slug(words.TAGS[tag])
    return {
        Family.EPI: f"/tu-khoa/{name}-tag{tag + 40}.html",
        Family.MASTERCMS: f"/tag/{name}-{tag + 3000}.tag",
        Family.VCCORP: f"/{name}-e{tag + 100}.htm",
        Family.DAIDOANKET: f"/tag/{name}",
        Family.AGGREGATOR: f"/tag/{name}",
        Family.PLAIN: f"/tag/{name}/",
    }[paper.family]


def event_path(paper: Paper, event: int) -> str:
    """The page of a topic, which is no article though it looks like one."""
    return f"/su-kien-{slug(words.TAGS[event])}-event{event + 7}.html"
