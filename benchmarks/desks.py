"""What desks do to another paper's article, one thing or several at once: how many of such copies are found.

Beside them near twins of one site, which are no copies: a second notice, the next of a series, the same notice of
another place. A function of the articles and a seed. Takes a folder with `news.jsonl.gz` (title, lede, body)."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import copies
import planted
from planted import Chance, Text, sentences_of

from archive.text import tidy

SEED = 20261128
MOST_AT_ONCE = 6
_NUMBER = re.compile(r"\d+")
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}\b)")
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})(/\d{4})?\b")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_HOUSES = (
    {"TP.HCM": "TPHCM", "TP. HCM": "TPHCM", "TP HCM": "TPHCM"},
    {"TP.HCM": "Thành phố Hồ Chí Minh", "TP. HCM": "Thành phố Hồ Chí Minh", "TPHCM": "Thành phố Hồ Chí Minh"},
    {" tỷ ": " tỉ ", "kỷ luật": "kỉ luật", "kỹ sư": "kĩ sư", "Mỹ": "Mĩ", "Bộ Kỹ": "Bộ Kĩ"},
    {"UBND": "Ủy ban nhân dân", "ĐH": "Đại học", "GD-ĐT": "Giáo dục và Đào tạo", "THPT": "trung học phổ thông"},
    {"Ủy": "Uỷ", "hòa": "hoà", "Hòa": "Hoà", "khỏe": "khoẻ", "thủy": "thuỷ", "Thủy": "Thuỷ", "tòa": "toà"},
)


def _headline(text: Text, chance: Chance, words: list[str]) -> Text:
    return replace(text, title=" ".join(chance.choices(words, k=10)).capitalize())


def _no_lede(text: Text, chance: Chance, words: list[str]) -> Text:
    return replace(text, lede=None) if text.lede else replace(text, body=" ".join(sentences_of(text.body)[1:]))


def _new_lede(text: Text, chance: Chance, words: list[str]) -> Text:
    return replace(text, lede=" ".join(chance.choices(words, k=28)).capitalize() + ".")


def _tail(text: Text, chance: Chance, words: list[str]) -> Text:
    said = sentences_of(text.body)
    return replace(text, body=" ".join(said[: max(4, int(len(said) * chance.uniform(0.6, 0.9)))]))


def _quotes(text: Text, chance: Chance, words: list[str]) -> Text:
    marks = chance.choice((("“", "”"), ("«", "»"), ("'", "'"), ('"', '"')))
    body = text.body.replace("“", marks[0]).replace("”", marks[1]).replace('"', marks[0]).replace("...", "…")
    return replace(text, body=body.replace(" - ", chance.choice((" – ", " — ", " - "))))


def _house(text: Text, chance: Chance, words: list[str]) -> Text:
    body = text.body
    for house in chance.sample(_HOUSES, 3):
        for theirs, ours in house.items():
            body = body.replace(theirs, ours)
    return replace(text, body=body)


def _figures(text: Text, chance: Chance, words: list[str]) -> Text:
    """5.157 as 5157, 2,5 as 2.5, 30/10 as 30-10 or in words."""
    way = chance.choice((r"\1-\2\3", r"\1 tháng \2"))
    body = _DATE.sub(lambda found: found.expand(way).replace("/", "-"), text.body)
    return replace(text, body=_DECIMAL.sub(".", _THOUSANDS.sub("", body)))


def _byline(text: Text, chance: Chance, words: list[str]) -> Text:
    named = chance.choice(("Theo Tuổi Trẻ", "(TTXVN)", "Nguồn: Báo Lao Động", "Theo VnExpress", "PV (theo NLĐ)"))
    return replace(text, body=f"{text.body}\n\n{named}")


def _dateline(text: Text, chance: Chance, words: list[str]) -> Text:
    return replace(text, lede=f"{chance.choice(('TPO', 'NDO', 'VOV.VN', 'Dân trí'))} - {text.lede or ''}")


def _letters(text: Text, chance: Chance, words: list[str]) -> Text:
    """Other code points for the same letters, and characters that print nothing."""
    body = unicodedata.normalize("NFD", text.body).replace("\n", " \u200b\n").replace(", ", ",\u00a0")
    return replace(text, body=body)


def _dropped(text: Text, chance: Chance, words: list[str]) -> Text:
    said = [sentence for sentence in sentences_of(text.body) if chance.random() > 0.15]
    return replace(text, body=" ".join(said))


def _reworded(text: Text, chance: Chance, words: list[str]) -> Text:
    """One word in 25 is another one."""
    return replace(
        text, body=planted.WORD.sub(lambda w: chance.choice(words) if chance.random() < 0.04 else w[0], text.body)
    )


def _subheads(text: Text, chance: Chance, words: list[str]) -> Text:
    """Subheads, teasers and captions between the paragraphs."""
    said = sentences_of(text.body)
    for at in range(len(said) - 3, 2, -5):
        said.insert(at, " ".join(chance.choices(words, k=chance.randrange(5, 12))).capitalize() + ".")
    return replace(text, body=" ".join(said))


def _joined_paragraphs(text: Text, chance: Chance, words: list[str]) -> Text:
    return replace(text, body=text.body.replace("\n", " "))


EDITS: dict[str, Callable[[Text, Chance, list[str]], Text]] = {
    "headline": _headline,
    "no lede": _no_lede,
    "new lede": _new_lede,
    "tail cut": _tail,
    "quotes": _quotes,
    "house style": _house,
    "figures": _figures,
    "byline": _byline,
    "dateline": _dateline,
    "code points": _letters,
    "sentences dropped": _dropped,
    "words changed": _reworded,
    "subheads": _subheads,
    "paragraphs": _joined_paragraphs,
}


def _twin(text: Text, chance: Chance) -> Text:
    return replace(text, title=f"{text.title} (lần 2)", body=f"{text.body} Thông báo lần 2.")


def _next_lot(text: Text, chance: Chance) -> Text:
    """The same notice with another number of days and another price."""
    return replace(
        text,
        title=f"{text.title} - đợt 2",
        body=_NUMBER.sub(lambda found: str(int(found[0]) + chance.randrange(1, 9)), text.body),
    )


def _elsewhere(text: Text, chance: Chance) -> Text:
    """The same notice of another place: every capitalised word but the first of a sentence is another."""
    names = sorted(set(re.findall(r"(?<=[a-zà-ỹ,] )[A-ZĐ][a-zà-ỹ]+", text.body)))
    others = dict(zip(names, [f"{name[::-1].capitalize()}" for name in names], strict=True))
    body = re.sub(r"(?<=[a-zà-ỹ,] )[A-ZĐ][a-zà-ỹ]+", lambda found: others.get(found[0], found[0]), text.body)
    return replace(text, title=f"{text.title} tại nơi khác", body=body)


TWINS: dict[str, Callable[[Text, Chance], Text]] = {"lần 2": _twin, "next lot": _next_lot, "elsewhere": _elsewhere}


@dataclass(frozen=True)
class Found:
    """Shares of what was planted."""

    by_kind: dict[str, float]
    """{edit, or how many at once: share in the cluster of its first}."""
    together: float
    """... of all copies."""
    twins: dict[str, float]
    """{kind of twin: share in one cluster with its first}."""
    strangers: int
    """Pairs in one cluster that have nothing to do with each other."""


def plant(firsts: Sequence[Text], seed: int) -> list[Text]:
    """One copy of each article, and one twin of each; what was done to it is its kind."""
    chance = Chance(seed)
    words = planted.WORD.findall(" ".join(chance.choice(firsts).body for _ in range(50)))
    made = []
    names = list(EDITS)
    for at, first in enumerate(firsts):
        some = [names[at // 2 % len(names)]] if at % 2 else chance.sample(names, 2 + at // 2 % (MOST_AT_ONCE - 1))
        text = first
        for name in some:
            text = EDITS[name](text, chance, words)
        # As the archive stores what a page prints.
        text = replace(text, body="\n".join(map(tidy, text.body.splitlines())))
        kind = some[0] if len(some) == 1 else f"{len(some)} at once"
        made.append(replace(text, name=f"copy-{at}", site=f"paper-{at % 7}", kind=kind, day=1))
        twin = list(TWINS)[at % len(TWINS)]
        name = f"twin-{at}"
        made.append(replace(TWINS[twin](first, chance), name=name, family=name, kind=twin, day=2))
    return made


def measure(firsts: Sequence[Text], seed: int) -> Found:
    """Plant, find as the archive does, and score."""
    texts = [*firsts, *plant(firsts, seed)]
    profiles = copies.profiles_of(texts)
    made = copies.find_clusters(texts, profiles, copies.candidate_pairs(texts, profiles))
    home = {at: number for number, members in enumerate(made) for at in members}
    place = {text.name: at for at, text in enumerate(texts)}
    hits: dict[str, list[bool]] = defaultdict(list)
    twins: dict[str, list[bool]] = defaultdict(list)
    for at, text in enumerate(texts[len(firsts) :], start=len(firsts)):
        first = place[firsts[(at - len(firsts)) // 2].name]
        is_with = at in home and home[at] == home.get(first)
        (twins if text.kind in TWINS else hits)[text.kind].append(is_with)
    every = [hit for some in hits.values() for hit in some]
    families = [{texts[at].family for at in members if texts[at].kind not in TWINS} for members in made]
    return Found(
        {kind: sum(some) / len(some) for kind, some in sorted(hits.items())},
        sum(every) / len(every),
        {kind: sum(some) / len(some) for kind, some in sorted(twins.items())},
        sum(len(family) > 1 for family in families),
    )


def _news(folder: Path, count: int) -> list[Text]:
    with gzip.open(folder / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chance = random.Random(SEED)
    some = [
        Text(f"n{at}", f"site-{at % 9}", row["title"], row.get("lede"), row["body"], family=f"n{at}")
        for at, row in enumerate(chance.sample(rows, min(2 * count, len(rows))))
        if len(row["body"].split()) >= 120
    ]
    profiles = copies.profiles_of(some)
    related = {at for pair in copies.candidate_pairs(some, profiles) for at in pair}
    return [text for at, text in enumerate(some) if at not in related][:count]


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=os.environ.get("LUUBAO_BENCH_COPIES"))
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.folder is None:
        parser.error("name the folder with news.jsonl.gz, or set LUUBAO_BENCH_COPIES")
    firsts = _news(Path(options.folder), options.articles)
    found = measure(firsts, options.seed)
    print(f"found  {found.together:.4f} of {len(firsts)} copies")
    for kind, share in found.by_kind.items():
        print(f"       {kind:<18} {share:.3f}")
    print("twins merged  " + ", ".join(f"{kind} {share:.3f}" for kind, share in found.twins.items()))
    print(f"clusters of strangers  {found.strangers}")


if __name__ == "__main__":
    main()
