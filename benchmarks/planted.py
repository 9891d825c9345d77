"""Plant copies, excerpts, digests and series among articles, so that what ought to be found is known.

A function of the articles and a seed. Each planted text runs in another paper, later than the text that it was made
of; only the "twin", the second notice of the same paper, runs in the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_NUMBER = re.compile(r"\d+")
FIGURES = 5
"""A report of a series has so many figures or more."""
_HEADER = "Chuyên trang tin tức tổng hợp cập nhật liên tục trong ngày dành cho bạn đọc gần xa"
_FOOTER = (
    "Mời bạn đọc gửi ý kiến về tòa soạn qua hộp thư điện tử, đường dây nóng trực suốt ngày đêm và trang mạng xã hội"
)


@dataclass(frozen=True)
class Text:
    """One article; texts of the same `family` carry the same text and ought to be in one cluster."""

    name: str
    site: str
    title: str
    lede: str | None
    body: str
    family: str
    kind: str = "first"
    day: int = 0


Chance = random.Random
_HOUSE = {"“": '"', "”": '"', "TP.HCM": "TPHCM", "TP HCM": "TPHCM", "tỷ": "tỉ", "kỷ": "kỉ", "Mỹ": "Mĩ"}
"""How one house spells what another does."""
_DATE = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{4})?\b")


def plant(firsts: Sequence[Text], seed: int, *, each: int) -> list[Text]:
    """`each` articles of every kind, made of these; an article serves one kind, some serve three."""
    chance = Chance(seed)
    vocabulary = WORD.findall(" ".join(chance.choice(firsts).body for _ in range(50)))
    made = []
    for number, kind in enumerate(KINDS):
        # Where nothing but figures tells two reports apart, there have to be figures.
        fit = [first for first in firsts if kind != "series" or len(_NUMBER.findall(first.body)) >= FIGURES]
        for place, first in enumerate(chance.sample(fit, min(each, len(fit)))):
            other = firsts[(firsts.index(first) + 1 + place) % len(firsts)]
            text = KINDS[kind](first, other, chance, vocabulary)
            is_alone = kind in ALONE
            name = f"{kind}-{place}"
            made.append(
                replace(
                    text,
                    name=name,
                    kind=kind,
                    site=first.site if kind == "twin" else f"paper-{kind}-{place % 5}",
                    family=name if is_alone else first.family,
                    day=number + 1,
                )
            )
    return made


def _dressed(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    return replace(first, body=f"{_HEADER}\n\n{first.body}\n\n{_FOOTER}")


def _words(share: float) -> Callable[[Text, Text, Chance, list[str]], Text]:
    def edited(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
        def swap(found: re.Match[str]) -> str:
            return chance.choice(vocabulary) if chance.random() < share else found[0]

        return replace(first, lede=first.lede and WORD.sub(swap, first.lede), body=WORD.sub(swap, first.body))

    return edited


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence]


def _rewritten(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    body = [
        " ".join(chance.choices(vocabulary, k=len(sentence.split()))) + "." if chance.random() < 0.2 else sentence
        for sentence in sentences_of(first.body)
    ]
    return replace(first, body=" ".join(body))


def _excerpt(share: float) -> Callable[[Text, Text, Chance, list[str]], Text]:
    def cut(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
        words = first.body.split()
        size = max(60, int(len(words) * share))
        start = chance.randrange(max(1, len(words) - size))
        return replace(first, lede=None, body=" ".join(words[start : start + size]))

    return cut


def _joined(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    return replace(first, title="Điểm tin trong ngày", body=f"{first.body}\n\n{other.lede or ''}\n\n{other.body}")


def _series(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    """The same report with other figures and a few other words."""
    edited = _words(0.04)(first, other, chance, vocabulary)
    return replace(edited, lede=_refigure(edited.lede or "", chance), body=_refigure(edited.body, chance))


def _refigure(text: str, chance: Chance) -> str:
    return _NUMBER.sub(lambda found: str(chance.randrange(10 ** len(found[0]))), text)


def _desk(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    """What a desk does to another paper's article: headline, lede, tail, quotation marks, spellings, dates, byline."""
    body = sentences_of(first.body)
    body = body[: max(4, int(len(body) * 0.8))]
    text = " ".join(body)
    for theirs, ours in _HOUSE.items():
        text = text.replace(theirs, ours)
    text = _DATE.sub(lambda found: found[0].replace("/", "-"), text)
    title = " ".join(chance.choices(vocabulary, k=9)).capitalize()
    return replace(first, title=title, lede=None, body=f"{text}\n\nTheo Báo Lao Động")


def _twin(first: Text, other: Text, chance: Chance, vocabulary: list[str]) -> Text:
    return replace(first, title=f"{first.title} (lần 2)", body=first.body + " Thông báo lần 2.")


KINDS: dict[str, Callable[[Text, Text, Chance, list[str]], Text]] = {
    "dressed": _dressed,
    "words-5": _words(0.05),
    "words-10": _words(0.10),
    "words-20": _words(0.20),
    "rewritten": _rewritten,
    "half": _excerpt(0.5),
    "quarter": _excerpt(0.25),
    "desk": _desk,
    "joined": _joined,
    "series": _series,
    "twin": _twin,
}
"""What is planted, in the order in which it appears."""
ALONE = frozenset({"joined", "series", "twin"})
"""What ought to join no cluster."""
