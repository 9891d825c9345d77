"""What an article says, version by version: written, edited, copied, cut short.

A function of the seed and the article's numbers; nothing is kept but small caches."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from newsroom import text
from newsroom.dice import Chance, mix
from newsroom.life import Edit, Life
from newsroom.papers import Family, Paper
from newsroom.plan import Kind

_NUMBER = re.compile(r"(?<![\d/.,])[1-9]\d*(?:[.,]\d+)*(?![\d/])")
_MIN_PARAGRAPHS, _MAX_PARAGRAPHS = 5, 9
_EXCERPT = 0.4
"""How much of a text an excerpt may hold."""


@dataclass(frozen=True)
class Head:
    """What lists and feeds show of an article."""

    title: str
    lede: str


@dataclass(frozen=True)
class Content:
    """One state of an article, as extraction ought to read it."""

    title: str
    lede: str | None
    """None where the paper prints none."""
    paragraphs: tuple[str, ...]
    """Subheads among them."""
    subheads: frozenset[int]
    """Which of `paragraphs` are subheads."""
    captions: tuple[str, ...]
    author: str | None
    credit: str | None = None
    """The outlet that the page names as its source."""
    credit_url: str | None = None
    summary: str = ""
    """What the head of the page and the lists give as description."""


@dataclass(frozen=True, eq=False)
class Brief:
    """Everything that decides what an article says. Compared by identity, which makes it a cheap key."""

    seed: int
    paper: Paper
    number: int
    kind: Kind
    life: Life
    day: str
    """The day of publication as printed, d/m/yyyy."""
    sources: tuple[tuple[Brief, int], ...] = ()
    """What it was made from, and in which version."""


def _chance(brief: Brief, part: int) -> Chance:
    return Chance(brief.seed, part, brief.paper.number, brief.number)


@lru_cache(maxsize=1 << 14)
def head(brief: Brief, version: int) -> Head:
    """Title and lede; the lede is empty for a paper that has none."""
    if brief.kind is Kind.FULL_COPY:
        made = head(*brief.sources[0])
    else:
        chance = _chance(brief, 10)
        made = Head(text.headline(chance), text.lede(chance))
        if brief.kind is Kind.REPORT:
            market = _market(brief)
            made = Head(text.report_title(market, brief.number, brief.day), text.report(market, _chance(brief, 12))[0])
        elif brief.kind is Kind.DIGEST:
            titles = [head(*source).title for source in brief.sources]
            made = Head(
                f"Điểm tin {brief.day}: {titles[0]}", f"{titles[0]}; {titles[1]} là hai tin đáng chú ý trong ngày."
            )
        elif brief.kind is Kind.EXCERPT:
            made = Head(made.title, head(*brief.sources[0]).lede)
        elif brief.kind is Kind.WIRE_COPY or brief.paper.family is Family.PLAIN:
            made = Head(made.title, "")
    for at, (_, edit) in enumerate(brief.life.edits[:version]):
        chance = Chance(brief.seed, 20, brief.paper.number, brief.number, at)
        if edit is Edit.HEADLINE:
            made = replace(made, title=text.headline(chance))
        elif edit is Edit.LEDE and made.lede:
            made = replace(made, lede=f"{made.lede} {text.sentence(chance)}")
    return made


def _market(brief: Brief) -> Chance:
    """The words of the series that an issue belongs to: two a paper."""
    return Chance(brief.seed, 11, brief.paper.number, brief.number % 2)


@lru_cache(maxsize=512)
def content(brief: Brief, version: int, origin: str | None = None) -> Content:
    """The article after so many edits; `origin` is the address that its page gives as its source, if any."""
    made = _first(brief, origin)
    said = head(brief, version)
    made = replace(made, title=said.title, lede=said.lede or None)
    for at, (_, edit) in enumerate(brief.life.edits[:version]):
        chance = Chance(brief.seed, 20, brief.paper.number, brief.number, at)
        if edit is Edit.FIGURE:
            made = replace(made, paragraphs=_corrected(made, chance))
        elif edit is Edit.PARAGRAPH or (edit is Edit.LEDE and not said.lede):
            made = replace(made, paragraphs=(*made.paragraphs, text.paragraph(chance, sentences=3)))
    if made.lede and brief.paper.family is Family.PLAIN:
        moved = frozenset(at + 1 for at in made.subheads)
        made = replace(made, lede=None, paragraphs=(made.lede, *made.paragraphs), subheads=moved)
    if made.lede and (dateline := _dateline(brief)):
        made = replace(made, lede=f"{dateline} - {made.lede}")
    return replace(made, summary=made.lede or _cut(made.paragraphs[0]))


def _dateline(brief: Brief) -> str | None:
    """What the lede begins with; it survives being republished, and so tells where a text comes from."""
    if brief.kind is Kind.FULL_COPY:
        return _dateline(brief.sources[0][0])
    return brief.paper.dateline if brief.kind is Kind.OWN and mix(brief.number) % 3 == 0 else None


def _first(brief: Brief, origin: str | None) -> Content:
    if brief.kind is Kind.FULL_COPY:
        source = content(*brief.sources[0])
        name = brief.sources[0][0].paper.title
        return replace(source, credit=name, credit_url=origin)
    if brief.kind in (Kind.WIRE_COPY, Kind.EXCERPT):
        return _shortened(brief, origin)
    if brief.kind is Kind.DIGEST:
        return _digest(brief)
    author = text.pen_name(_chance(brief, 13))
    if brief.kind is Kind.REPORT:
        paragraphs = tuple(text.report(_market(brief), _chance(brief, 12))[1])
        return Content("", None, paragraphs, frozenset(), (), author)
    return _written(brief, author)


def _written(brief: Brief, author: str) -> Content:
    chance = _chance(brief, 14)
    paragraphs: list[str] = []
    subheads = set()
    count = chance.number(_MIN_PARAGRAPHS, _MAX_PARAGRAPHS)
    for at in range(count):
        if at in (2, 5) and at < count - 1 and chance.random() < 0.4:
            subheads.add(len(paragraphs))
            paragraphs.append(f"{chance.pick(text.words.SUBHEADS)} ở {text.place(chance)}")
        paragraphs.append(text.paragraph(chance, sentences=chance.number(2, 4)))
    captions = tuple(text.caption(chance) for _ in range(chance.pick((0, 1, 1, 2))))
    return Content("", None, tuple(paragraphs), frozenset(subheads), captions, author)


def _shortened(brief: Brief, origin: str | None) -> Content:
    """A text from another paper under "Theo ...": nearly all of it, or only its opening."""
    source = content(*brief.sources[0])
    chance = _chance(brief, 15)
    running = [at for at in range(len(source.paragraphs)) if at not in source.subheads]
    # An excerpt stops early; of a wire copy the last paragraph falls away. Subheads are not carried over.
    kept = _opening(source, running) if brief.kind is Kind.EXCERPT else running[: max(5, len(running) - 1)]
    paragraphs = tuple(_respelled(source.paragraphs[at]) for at in kept)
    if brief.kind is Kind.WIRE_COPY and chance.random() < 0.5 and source.lede:
        # The lede opens the text instead of standing over it.
        paragraphs = (_respelled(_without_dateline(source.lede)), *paragraphs)
    name = None if origin else brief.sources[0][0].paper.title
    return Content("", None, paragraphs, frozenset(), (), None, credit=name, credit_url=origin)


def _opening(source: Content, running: list[int]) -> list[int]:
    """The first paragraphs, as long as they and the lede stay well under half of the text."""
    lengths = [len(source.paragraphs[at].split()) for at in running]
    lede = len((source.lede or "").split())
    limit = _EXCERPT * (lede + sum(lengths))
    end = next((at for at in range(1, len(running)) if lede + sum(lengths[: at + 1]) > limit), len(running))
    return running[:end]


def _digest(brief: Brief) -> Content:
    paragraphs: list[str] = []
    subheads = set()
    for source in brief.sources:
        said = content(*source)
        subheads.add(len(paragraphs))
        paragraphs += [said.title, *([_without_dateline(said.lede)] if said.lede else ()), *said.paragraphs]
    return Content("", None, tuple(paragraphs), frozenset(subheads), (), text.pen_name(_chance(brief, 13)))


def _without_dateline(lede: str) -> str:
    return re.sub(r"^[A-ZĐ]{2,5} - ", "", lede)


def _respelled(paragraph: str) -> str:
    """House style of another paper: what real copies change."""
    return paragraph.replace("tỷ", "tỉ").replace("“", '"').replace("”", '"')


def _corrected(made: Content, chance: Chance) -> tuple[str, ...]:
    """One figure of one paragraph replaced by another."""
    places = [
        (at, match)
        for at, paragraph in enumerate(made.paragraphs)
        if at not in made.subheads
        for match in _NUMBER.finditer(paragraph)
    ]
    if not places:
        return (*made.paragraphs[:-1], f"{made.paragraphs[-1]} Con số chốt lại là {chance.number(11, 97)}.")
    at, match = chance.pick(places)
    old = match.group()
    first = str((int(old[0]) + chance.number(0, 7)) % 9 + 1)
    new = f"{first}{old[1:]}" if first != old[0] else f"{int(first) % 9 + 1}{old[1:]}"
    paragraph = made.paragraphs[at]
    changed = f"{paragraph[: match.start()]}{new}{paragraph[match.end() :]}"
    return (*made.paragraphs[:at], changed, *made.paragraphs[at + 1 :])


def _cut(paragraph: str) -> str:
    """The beginning of the text, as papers without a lede describe themselves: never all of it, or it would be one."""
    words = paragraph.split()
    return f"{' '.join(words[: min(30, len(words) * 2 // 3)])}…"
