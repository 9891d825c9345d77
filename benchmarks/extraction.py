"""What extraction gets right on pages with a known text, beside four other extractors on the same pages in one run.

A set is a folder with `html/<id>.html.gz` and either `ground-truth.json` (`{id: {articleBody, url}}`) or
`ground-truth/<id>.json` (`{url, ground_truth: {main_content, title, author, publish_date, with, without}}`); pages
without a text in the truth are not scored. Our text is the body; with the lede above it there is a figure of its own,
for sets differ in whether it belongs to the body. Precision and recall of 4-gram shingles are taken per page; F1 is
that of their means. Every extractor runs in a process of its own, one after the other, and reaches no network.

A piece of furniture is left where the text has it more often than the text of the truth has: 11 of the 3,125 pieces of
wcxb stand in that too ("SHARE", in a sentence about a share), and there nothing was left. `furniture_marked` counts
those as well. Ours reads a page as the archive does, from its bytes, so that what was encoded twice is decoded (12
pages of wcxb); what that costs is in its time."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peers
from stated import is_at_minute, printed_lede, stated_moments

from crawler.extraction.charsets import decode_text
from crawler.extraction.content_encoding import Failure
from crawler.extraction.html import read_html

ROOT = Path(__file__).parent.parent
REAL_SETS = ROOT.parent / "shared" / "bench" / "extraction"
OWN = "luubao"
OTHERS = ("trafilatura", "newspaper4k", "readability-lxml", "resiliparse")
GRAM = 4
MIN_LANGUAGE = 5
"""Fewer pages of a language are counted among the others."""
_CAPTURED = datetime(2026, 11, 1, tzinfo=UTC)
_STRUNG = re.compile(r"\s+(?:and|with)\s+|\s*[,;&]\s*(?:and\s+)?", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LANG = re.compile(r"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)

Read = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A page, and what a person says stands on it."""

    name: str
    url: str
    html: str
    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    lede: str | None = None
    kept: tuple[str, ...] = ()
    """Pieces of the text."""
    cut: tuple[str, ...] = ()
    """Pieces of what is furniture."""

    @property
    def language(self) -> str:
        found = _LANG.search(self.html[:5000])
        return found.group(1).lower() if found else "?"


# -- the sets ----------------------------------------------------------------------------------------------------------


def load(folder: Path) -> list[Case]:
    """The pages of one set."""
    single = folder / "ground-truth.json"
    if single.exists():
        said = json.loads(single.read_text(encoding="utf-8"))
        return [
            Case(name, each["url"], _html(folder, name), each["articleBody"]) for name, each in sorted(said.items())
        ]
    cases = [_case(folder, path) for path in sorted((folder / "ground-truth").glob("*.json"))]
    return [case for case in cases if case.text]


def _case(folder: Path, path: Path) -> Case:
    said = json.loads(path.read_text(encoding="utf-8"))
    truth = said["ground_truth"]
    return Case(
        path.stem,
        said.get("url") or "https://page.example/",
        _html(folder, path.stem),
        truth.get("main_content") or "",
        title=truth.get("title"),
        author=truth.get("author"),
        published=truth.get("publish_date"),
        lede=truth.get("lede"),
        kept=tuple(filter(None, truth.get("with") or ())),
        cut=tuple(filter(None, truth.get("without") or ())),
    )


def _html(folder: Path, name: str) -> str:
    return gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()).decode(errors="replace")


# -- the readers -------------------------------------------------------------------------------------------------------


def read_own(case: Case) -> Read:
    decoded = decode_text(case.html.encode(), content_type="text/html; charset=utf-8")
    html = case.html if isinstance(decoded, Failure) else decoded.text
    document = read_html(html, url=case.url, captured_at=_CAPTURED)
    return {
        "text": document.body,
        "lede": document.lede,
        "title": document.title,
        "author": document.author,
        "published": document.published_at.isoformat() if document.published_at else None,
        "by": document.provenance.get("body"),
    }


def run_other(name: str, cases: Sequence[Case], python: Path) -> tuple[list[Read], float]:
    """What the extractor `name` reads, and its CPU seconds."""
    with tempfile.TemporaryDirectory() as work:
        pages = Path(work) / "pages.jsonl"
        pages.write_text("".join(json.dumps([case.url, case.html]) + "\n" for case in cases), encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable if name == "trafilatura" else python,
                ROOT / "benchmarks" / "peers.py",
                "--texts",
                name,
                work,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout)
    return found["read"], found["cpu"]


def run_own(cases: Sequence[Case]) -> tuple[list[Read], float]:
    found: list[Read] = []
    # Importing is paid once by everybody, so nobody is timed on it.
    for case in cases[:1]:
        read_own(case)
    spent = peers.timed(lambda: found.extend(read_own(case) for case in cases))
    return found, spent["cpu"]


# -- the score ---------------------------------------------------------------------------------------------------------


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1))) if words else Counter()


def precision_recall(truth: str, text: str) -> tuple[float, float]:
    """Shares of the shingles of `text` that are in `truth`, and the other way round.

    >>> precision_recall("one two three four five", "one two three four")
    (1.0, 0.5)
    """
    wanted, found = shingles(truth), shingles(text)
    common = sum((wanted & found).values())
    if not wanted and not found:
        return 1.0, 1.0
    return common / max(1, found.total()), common / max(1, wanted.total())


def score(cases: Sequence[Case], read: Sequence[Read]) -> dict[str, Any]:
    """The figures of one extractor on one set."""
    pairs = [precision_recall(case.text, each["text"] or "") for case, each in zip(cases, read, strict=True)]
    languages: dict[str, list[tuple[float, float]]] = {}
    counted = Counter(case.language for case in cases)
    for case, pair in zip(cases, pairs, strict=True):
        group = case.language if counted[case.language] >= MIN_LANGUAGE and case.language != "?" else "other"
        languages.setdefault(group, []).append(pair)
    both = list(zip(cases, read, strict=True))
    whole = [(case, each | {"text": _whole(each)}) for case, each in both]
    return {
        "pages": len(cases),
        **_means(pairs),
        "f1_with_lede": _means([precision_recall(case.text, each["text"]) for case, each in whole])["f1"],
        "exact": _share(_WORD.findall(case.text) == _WORD.findall(each["text"] or "") for case, each in both),
        "languages": {group: {"pages": len(some), **_means(some)} for group, some in sorted(languages.items())},
        "furniture_left": _share(_has_left(each, case) for case, each in whole if case.cut),
        "furniture_marked": _share(_has_any(each, case.cut) for case, each in whole if case.cut),
        "pieces_lost": _share(not _has_piece(each, piece) for case, each in whole for piece in case.kept),
        "lede_kept": _share(_has_any(each, (case.lede,)) for case, each in whole if case.lede),
        "title": _share(_same(case.title, each.get("title")) for case, each in both if case.title),
        "author": _share(_same_authors(case.author, each.get("author")) for case, each in both if case.author),
        "author_wrong": _share(
            bool(each.get("author")) and not _same_authors(case.author, each.get("author"))
            for case, each in both
            if case.author
        ),
        "lede_printed": _share(
            f" {lede} " in f" {_plain(each['text'])} " for case, each in whole if (lede := printed_lede(case.html))
        ),
        "ledes": sum(printed_lede(case.html) is not None for case in cases),
        "published_stated": _share(
            _is_at(case.published, each.get("published"))
            for case, each in both
            if stated_moments(case.html, case.published)
        ),
        "published_minute": _share(
            is_at_minute(moments, each.get("published"))
            for case, each in both
            if (moments := stated_moments(case.html, case.published))
        ),
        "moments": sum(bool(stated_moments(case.html, case.published)) for case in cases),
        "published": _share(_is_at(case.published, each.get("published")) for case, each in both if case.published),
    }


def _whole(read: Read) -> str:
    return "\n".join(filter(None, (read.get("lede"), read["text"])))


def _means(pairs: Sequence[tuple[float, float]]) -> dict[str, float]:
    precision, recall = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    return {"f1": 2 * precision * recall / max(1e-9, precision + recall), "precision": precision, "recall": recall}


def _share(hits: Iterable[bool]) -> float | None:
    counted = Counter(map(bool, hits))
    return counted[True] / counted.total() if counted else None


def _plain(text: str | None) -> str:
    return " ".join(_WORD.findall((text or "").casefold()))


def _same(wanted: str | None, found: str | None) -> bool:
    return _plain(wanted) == _plain(found)


def _same_authors(wanted: str | None, found: str | None) -> bool:
    """Whether both name the same persons, however they are strung together.

    >>> _same_authors("Mai Quý and Lò Thắm", "Mai Quý, Lò Thắm"), _same_authors("Dr. Mai Quý", "Mai Quý")
    (True, False)
    """
    return _plain(_STRUNG.sub(" ", wanted or "")) == _plain(_STRUNG.sub(" ", found or ""))


def _has_any(read: Read, pieces: Iterable[str]) -> bool:
    text = f" {_plain(read['text'])} "
    return any(f" {_plain(piece)} " in text for piece in pieces)


def _has_left(read: Read, case: Case) -> bool:
    """Whether a piece of furniture stands in the text more often than in the text of the truth."""
    text, truth = f" {_plain(read['text'])} ", f" {_plain(case.text)} "
    return any(text.count(piece) > truth.count(piece) for each in case.cut if (piece := f" {_plain(each)} ").strip())


def _has_piece(read: Read, piece: str) -> bool:
    """Whether the text has the piece, which its set may have cut off inside a word.

    6 % of wcxb's are: as whole words not even the text of the truth has them."""
    return f" {_plain(piece)}" in f" {_plain(read['text'])}"


def _is_at(wanted: str | None, found: str | None) -> bool:
    """To the day where the truth says a day, to the minute with its offset where it says more.

    >>> _is_at("2026-05-01", "2026-05-01T08:00:00+07:00"), _is_at("2026-05-01T01:00+00:00", "2026-05-01T08:00:59+07:00")
    (True, True)
    """
    if not wanted or not found:
        return False
    if len(wanted) == len("2026-05-01"):
        return found.startswith(wanted)
    try:
        one, other = (datetime.fromisoformat(each).replace(second=0, microsecond=0) for each in (wanted, found))
    except ValueError:
        return False
    return one.tzinfo is not None and other.tzinfo is not None and one == other


# -- floors ------------------------------------------------------------------------------------------------------------


def below(found: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """What fell below its floor: one line each. A floor named `max_…` is the most that there may be."""
    wrong = []
    for name in floors.keys() & found.keys():
        figures, measured = floors[name], found[name][OWN]
        for key, floor in figures.items():
            is_most = key.startswith("max_")
            value = measured[key.removeprefix("max_")]
            if value is None or (value > floor if is_most else value < floor):
                wrong.append(f"{name}: {key} is {value}, the floor is {floor}")
    return wrong


# -- the tables --------------------------------------------------------------------------------------------------------


_OF_TIME = ("published", "published_stated", "published_minute")
_COLUMNS = {
    "F1": "f1",
    "precision": "precision",
    "recall": "recall",
    "F1 with lede": "f1_with_lede",
    "exact": "exact",
    "furniture left": "furniture_left",
    "pieces lost": "pieces_lost",
    "lede": "lede_kept",
    "printed lede": "lede_printed",
    "author": "author",
    "wrong author": "author_wrong",
    "date": "published",
    "date where a time is stated": "published_stated",
    "to the minute": "published_minute",
}


def table(found: dict[str, Any]) -> str:
    """Markdown, for docs/quality.md."""
    lines = []
    for name, readers in found.items():
        lines += [
            f"### {name}, {readers[OWN]['pages']} pages\n",
            f"| extractor | {' | '.join(_COLUMNS)} | pages per CPU second |",
            "| --- |" + " --: |" * (len(_COLUMNS) + 1),
        ]
        for reader, figures in readers.items():
            speed = f"{figures['speed']:.0f}" if figures.get("speed") else ""
            lines.append(
                f"| {reader} | " + " | ".join(_figure(figures[key]) for key in _COLUMNS.values()) + f" | {speed} |"
            )
        groups = readers[OWN]["languages"]
        lines += ["", "| F1 by language | " + " | ".join(f"{g} ({v['pages']})" for g, v in groups.items()) + " |"]
        lines.append("| --- |" + " --: |" * len(groups))
        for reader, figures in readers.items():
            cells = (_figure(each["f1"]) for each in figures["languages"].values())
            lines.append(f"| {reader} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def measure(sets: Sequence[Path], others: Sequence[str], python: Path) -> dict[str, Any]:
    """Every figure: by set, then by extractor."""
    found: dict[str, Any] = {}
    for folder in sets:
        cases = load(folder)
        readers: dict[str, Callable[[], tuple[list[Read], float]]] = {OWN: lambda cases=cases: run_own(cases)}
        for name in others:
            readers[name] = lambda name=name, cases=cases: run_other(name, cases, python)
        found[folder.name] = {}
        for name, run in readers.items():
            read, spent = run()
            figures = score(cases, read) | {"speed": len(cases) / spent}
            if name == OWN:
                figures["by"] = dict(Counter(each.get("by") or "nothing" for each in read))
            else:
                # The others are asked for the text alone.
                figures |= dict.fromkeys(("title", "author", "author_wrong", *_OF_TIME))
            found[folder.name][name] = figures
    return found


def _sets(chosen: Path | None) -> list[Path]:
    named = chosen or Path(os.environ.get("LUUBAO_BENCH_EXTRACTION") or REAL_SETS)
    if (named / "html").is_dir():
        return [named]
    found = sorted(path.parent for path in named.glob("*/html"))
    if not found:
        sys.exit(f"{named}: no set there; name a folder with html/ and ground-truth with --sets")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", type=Path, metavar="DIR", help="a set, or a folder of sets")
    parser.add_argument("--alone", action="store_true", help="without the other extractors")
    parser.add_argument("--floors", type=Path, metavar="FILE", help="exit with 1 where a figure is below its floor")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--peers-python", type=Path, default=ROOT / ".venv-peers/bin/python", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    peers.stay_offline()
    found = measure(_sets(chosen.sets), () if chosen.alone else OTHERS, chosen.peers_python)
    print(json.dumps(found, indent=2) if chosen.json else table(found))
    wrong = below(found, json.loads(chosen.floors.read_text(encoding="utf-8"))) if chosen.floors else []
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
