"""The speed of a crawl beside its two halves, on the same pages of one invented paper on loopback.

Contestants: a bare Scrapy spider that only fetches, `luubao replay` that only extracts, the crawl, the crawl that only
keeps, and the crawl again when nothing changed. Each run is a process of its own, and the paper is served by another:
CPU time is the contestant's and its readers'. Pages are made before anybody is measured; no pause is made between
requests, as on the web it would be."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from replay import Ratio, Run, bigger, peak_memory, sooner  # noqa: E402  the other benchmark, beside this one

from crawler.processes import reading_context  # noqa: E402

PAPER = "baolaocai"
LONG_AGO = timedelta(days=4000)
TIMES = 3
"""Memory is measured once more on so many times the articles."""


# -- the contestants, each in a process of its own ---------------------------------------------------------------------


def fetch_only(wish: Run) -> int:
    """Ask for the pages and drop them, with as many requests to a host at once as ours: one."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    answers = 0
    urls = Path(wish["urls"]).read_text(encoding="utf-8").split()

    class Bare(Spider):
        name = "bare"

        async def start(self):
            for url in urls:
                yield Request(url, dont_filter=True)

        def parse(self, _response):
            nonlocal answers
            answers += 1

    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "HTTPERROR_ALLOW_ALL": True}
    process = CrawlerProcess(settings | {"TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "ERROR"})
    process.crawl(Bare)
    process.start()
    return answers


def extract_only(wish: Run) -> int:
    """What `luubao replay` does with one worker."""
    from crawler.recording import open_archive
    from crawler.replay import replay
    from crawler.sources import open_sources

    with open_archive(wish["folder"]) as archive:
        return replay(archive, open_sources([wish["captures"]])).captures


def crawl_all(wish: Run) -> int:
    """What `luubao crawl` does with one reading process."""
    from crawler.crawl.plan import Plan, Revisit
    from crawler.crawl.run import Place, crawl
    from crawler.sites import Source, SourceKind, find_site

    found = find_site(PAPER)
    assert found is not None
    hosts, sitemap = (urlsplit(wish["base"]).hostname,), Source(SourceKind.SITEMAP, f"{wish['base']}/sitemap.xml")
    start, began = datetime.fromisoformat(wish["now"]), time.monotonic()
    account = crawl(
        replace(found, hosts=hosts, sources=(sitemap,)),
        Place(Path(wish["folder"])),
        Plan(
            revisit=Revisit(wish.get("revisit", "due")),
            budget=sys.maxsize,
            since=start - LONG_AGO if wish.get("is_first", True) else None,
            is_capture_only=wish.get("capture_only", False),
        ),
        clock=lambda: start + timedelta(seconds=time.monotonic() - began),
        allow_private=[urlsplit(wish["base"]).netloc],
        workers=1,
        overrides={"LUUBAO_DELAY": 0.0},
    )
    return account.requests


WORK = {"fetch": fetch_only, "replay": extract_only, "crawl": crawl_all}


def measure(wish: Run) -> None:
    """Do one piece of work in this process and print what it took, imports and the start of Python left out.

    For a crawl also those of the process that its readers are forked from; a replay reads in this one, which has read
    a page before, as that one has."""
    for module in (
        "scrapy.crawler",
        "crawler.crawl.run",
        "crawler.replay",
        "crawler.extraction.warming",
        "trafilatura",
    ):
        import_module(module)
    if wish["work"] == "crawl":
        reader = reading_context().Process(target=int)
        reader.start()
        reader.join()
    began, before = time.monotonic(), cpu(resource.RUSAGE_SELF)
    answers = WORK[wish["work"]](wish)
    wall, own, readers = time.monotonic() - began, cpu(resource.RUSAGE_SELF) - before, cpu(resource.RUSAGE_CHILDREN)
    took = {"answers": answers, "wall": wall, "cpu": own + readers, "own": own, "readers": readers}
    print(json.dumps(took | {"memory": peak_memory()}))


def cpu(of: int) -> float:
    """Seconds of CPU time that this process has used, or the children that it waited for."""
    used = resource.getrusage(of)
    return used.ru_utime + used.ru_stime


def run(work: str, **wish: Any) -> Run:
    """One piece of work in a process of its own."""
    words = [sys.executable, __file__, "--measure", json.dumps({"work": work, **wish})]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    took: Run = json.loads(done.stdout)
    return took


# -- what is compared --------------------------------------------------------------------------------------------------

BARE, EXTRACTS = "bare Scrapy spider, only fetches", "luubao replay, only extracts"
CRAWL, KEEPS = "luubao crawl", "luubao crawl --capture-only"
AGAIN, ALL_AGAIN = "again, nothing changed", "again with --revisit all"
MANY, SLOWER = f"luubao crawl, {TIMES} times the articles", "the slower half"


def if_free(taken: Run, other: Run) -> float:
    """What free cores allow by CPU time: the crawl takes as long as the busier of its two processes."""
    return float(other["cpu"] / max(taken["own"], taken["readers"]))


RATIOS = (
    Ratio("crawl to the slower half, on the clock", CRAWL, SLOWER, 0.9, by=sooner),
    Ratio("crawl to the slower half, if cores were free", CRAWL, SLOWER, 0.9, by=if_free),
    Ratio("capture-only to the bare spider", KEEPS, BARE, 0.7),
    Ratio("capture-only to the bare spider, on the clock", KEEPS, BARE, by=sooner),
    # What the readers of the first take is not in its CPU time, so the clock is asked.
    Ratio("crawl again to first, on the clock", AGAIN, CRAWL, 10, by=sooner),
    Ratio("crawl again with --revisit all to first, on the clock", ALL_AGAIN, CRAWL, by=sooner),
    Ratio(f"memory for {TIMES} times the articles", MANY, CRAWL, 1.2, by=bigger, at_most=True),
)


def run_all(work: Path, *, articles: int, rounds: int) -> dict[str, list[Run]]:
    """Let everybody run once a round; the first crawl of each size is not counted: it has the pages made."""
    from newsroom import Newsroom, serve

    from archive.core import Archive

    runs: defaultdict[str, list[Run]] = defaultdict(list)

    def took(name: str, kind: str, **wish: Any) -> None:
        runs[name].append(run(kind, **wish))
        tell(name, runs[name][-1])

    with serve(Newsroom(1, papers=(PAPER,), articles=articles)) as server:
        site = {"base": server.urls[PAPER], "now": server.now().isoformat()}
        kept, urls = work / "kept", work / "urls"
        tell("pages are made", run("crawl", folder=str(kept), capture_only=True, **site))
        with Archive.open(kept) as archive:
            urls.write_text("\n".join(row["url"] for row in archive.rows("captures")), encoding="utf-8")
        for number in range(rounds):
            folder = work / str(number)
            took(BARE, "fetch", urls=str(urls))
            took(EXTRACTS, "replay", folder=f"{folder}-replayed", captures=str(kept))
            took(CRAWL, "crawl", folder=str(folder), **site)
            took(KEEPS, "crawl", folder=f"{folder}-kept", capture_only=True, **site)
            took(AGAIN, "crawl", folder=str(folder), is_first=False, **site)
            took(ALL_AGAIN, "crawl", folder=str(folder), is_first=False, revisit="all", **site)
            runs[SLOWER].append(max(runs[BARE][-1], runs[EXTRACTS][-1], key=lambda half: half["cpu"]))
    with serve(Newsroom(1, papers=(PAPER,), articles=TIMES * articles)) as server:
        site = {"base": server.urls[PAPER], "now": server.now().isoformat()}
        took(MANY, "crawl", folder=str(work / "many"), **site)
    return runs


def tell(name: str, took: Run) -> None:
    """Say on stderr how far it is."""
    print(
        f"{name}: {took['answers']} answers, {took['cpu']:.1f} s of CPU time in {took['wall']:.1f} s", file=sys.stderr
    )


# -- what they say -----------------------------------------------------------------------------------------------------


def summary(runs: dict[str, list[Run]]) -> dict[str, Any]:
    """Everything that was measured, for programs."""
    speeds = [
        {
            "name": name,
            "answers": of[0]["answers"],
            "per_cpu_second": median(one["answers"] / one["cpu"] for one in of),
            "per_second": median(one["answers"] / one["wall"] for one in of),
            "memory": max(one["memory"] or 0 for one in of) or None,
        }
        for name, of in runs.items()
        if name != SLOWER
    ]
    ratios = [
        {"name": ratio.name, "measured": median(found), "lowest": found[0], "highest": found[-1]}
        | {"target": ratio.target, "verdict": ratio.verdict(median(found))}
        for ratio in RATIOS
        if (found := ratio.measured(runs))
    ]
    return {"load_average": os.getloadavg(), "speeds": speeds, "ratios": ratios, "runs": runs}


def print_tables(found: dict[str, Any]) -> None:
    """Speeds, and what became of the targets."""
    cells = "{:<36} {:>8} {:>14} {:>10} {:>11}"
    print(cells.format("", "answers", "answers/CPU s", "answers/s", "memory, MB"))
    for row in found["speeds"]:
        speeds = (f"{row[key]:.1f}" for key in ("per_cpu_second", "per_second"))
        memory = f"{row['memory'] / 1e6:.0f}" if row["memory"] else ""
        print(cells.format(row["name"], row["answers"], *speeds, memory).rstrip())
    print(f"\n{'by CPU time where not said otherwise':<46} {'median':>7} {'from - to':>15}  target")
    for row in found["ratios"]:
        spread = f"{row['lowest']:.2f} - {row['highest']:.2f}"
        print(f"{row['name']:<46} {row['measured']:>7.2f} {spread:>15}  {row['verdict']}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=500, help="that the paper has (default: 500)")
    parser.add_argument("--rounds", type=int, default=1, help="how often everybody runs (default: 1)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--measure", type=json.loads, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure(chosen.measure)
        return
    (ROOT / "bench-work").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "bench-work") as work:
        found = summary(run_all(Path(work), articles=chosen.articles, rounds=chosen.rounds))
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        print_tables(found)


if __name__ == "__main__":
    main()
