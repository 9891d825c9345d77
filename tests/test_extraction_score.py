"""The scorer behind docs/quality.md: what it counts, and what it calls a fall."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
import scored_pages

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
FLOORS = Path(__file__).parent / "data" / "scored_floors.json"
FLOOR_SLACK = 0.005
WORST_LANGUAGE = 0.995
PARAGRAPH = "The council of the little town voted on Monday to mend the old bridge before the winter comes. "


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("extraction_score", BENCHMARKS / "extraction.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "extraction_score", module)
    spec.loader.exec_module(module)
    return module


def test_precision_and_recall_count_shingles(scorer: ModuleType) -> None:
    assert scorer.precision_recall("one two three four five", "one two three four") == (1.0, 0.5)
    assert scorer.precision_recall("one two three four", "one two three four five") == (0.5, 1.0)
    assert scorer.precision_recall("one two three four", "") == (0.0, 0.0)


def test_furniture_is_left_where_the_text_has_more_of_it_than_the_truth(scorer: ModuleType) -> None:
    case = scorer.Case("1", "https://page.example/1", "", "They share the cost.", cut=("Share", "Read on"))
    assert not scorer._has_left({"text": "They share the cost."}, case)
    assert scorer._has_left({"text": "They share the cost.\nShare"}, case)
    assert scorer._has_left({"text": "They share the cost.\nRead on"}, case)


def test_a_page_that_was_encoded_twice_is_read_as_the_archive_reads_it(scorer: ModuleType) -> None:
    shown = "".join(f"<p>“{PARAGRAPH * 3}” It’s part {number}.</p>" for number in range(6))
    page = f"<html lang=en><body><article><h1>A bridge</h1>{shown}</article></body></html>"
    twice = page.encode().decode("latin-1")
    read = scorer.read_own(scorer.Case("1", "https://page.example/1", twice, ""))
    assert "” It’s part 5." in read["text"]


def test_a_time_has_to_be_right_to_the_minute_where_one_is_stated(scorer: ModuleType) -> None:
    assert scorer._is_at("2026-05-01", "2026-05-01T08:00:00+07:00")
    assert scorer._is_at("2026-05-01T01:00+00:00", "2026-05-01T08:00:59+07:00")
    assert not scorer._is_at("2026-05-01T01:00+00:00", "2026-05-01T08:01:00+07:00")
    assert not scorer._is_at("2026-05-01T01:00+00:00", None)


def test_a_set_is_read_scored_and_held_to_its_floors(scorer: ModuleType, tmp_path: Path) -> None:
    paragraphs = [f"{PARAGRAPH}Part {number} of the work costs {number * 1000} crowns." * 3 for number in range(6)]
    shown = "".join(f"<p>{text}</p>" for text in paragraphs)
    folder = tmp_path / "small"
    (folder / "html").mkdir(parents=True)
    (folder / "ground-truth").mkdir()
    page = f"<html lang=en><body><article><h1>A bridge</h1>{shown}</article><footer>All rights</footer></body></html>"
    (folder / "html" / "1.html.gz").write_bytes(gzip.compress(page.encode()))
    truth = {"main_content": "\n".join(paragraphs), "without": ["All rights"], "with": [paragraphs[2]]}
    told = {"url": "https://page.example/1", "ground_truth": truth}
    (folder / "ground-truth" / "1.json").write_text(json.dumps(told), encoding="utf-8")

    found = scorer.measure([folder], (), Path(sys.executable))

    ours = found["small"][scorer.OWN]
    assert (ours["pages"], ours["f1"], ours["furniture_left"], ours["pieces_lost"]) == (1, 1.0, 0.0, 0.0)
    assert scorer.below(found, {"small": {"f1": 0.99, "max_furniture_left": 0.05}}) == []
    assert scorer.below(found, {"small": {"f1": 1.01}}) == ["small: f1 is 1.0, the floor is 1.01"]
    assert "| luubao | 1.0000 |" in scorer.table(found)


def test_shipped_pages_stay_above_their_floors(scorer: ModuleType) -> None:
    """Eight languages in every shape of `scored_pages`. Floors may only be raised, and are raised with the figures."""
    cases = [
        scorer.Case(
            name=page.name,
            url=page.url,
            html=page.html,
            text=page.text,
            author=page.author,
            published=page.published,
            lede=page.lede,
            kept=page.kept,
            cut=page.cut,
        )
        for page in scored_pages.scored_pages()
    ]
    figures = scorer.score(cases, [scorer.read_own(case) for case in cases])
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))

    assert scorer.below({"shipped": {scorer.OWN: figures}}, floors) == []
    gaps = {key: abs(figures[key.removeprefix("max_")] - floor) for key, floor in floors["shipped"].items()}
    assert max(gaps.values()) < FLOOR_SLACK, f"raise the floors in {FLOORS.name}: {gaps}"
    worst = min(figures["languages"].items(), key=lambda item: item[1]["f1"])
    assert worst[1]["f1"] > WORST_LANGUAGE, worst
