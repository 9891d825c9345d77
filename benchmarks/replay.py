"""Pages per second of a whole replay, beside trafilatura, newspaper4k and news-please on the same pages.

In a round each contestant reads the same pages once, one after the other and in turned order, so that what else the
machine does meets all of them. Ratios are taken within a round; what is printed are medians. Each run is a process of
its own on one core (but for those with two workers), offline, and warm: it has read other pages before it is timed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pages
import peers

from crawler.processes import begin_importing
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources

ROOT = Path(__file__).parent.parent
REAL_PAGES = ROOT.parent / "shared" / "bench" / "extraction" / "aeb"
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
WARM_UP = "warm-up"
AGAIN = 4
"""Memory and two workers are measured on so many times the pages: each is retold as other articles."""

Run = dict[str, Any]


# -- one replay, in a process of its own -------------------------------------------------------------------------------


def measure_replay(folder: Path, workers: int) -> None:
    """Replay the captures in `folder` into a new archive, then once more into the same; prints figures as JSON."""
    peers.stay_offline()
    if workers == 1:
        peers.stay_on_one_core()
    with tempfile.TemporaryDirectory(dir=folder) as archive:
        replay_all(folder.with_name(WARM_UP), f"{archive}/{WARM_UP}", workers=workers)
        run: Run = peers.timed(lambda: replay_all(folder, f"{archive}/a", workers=workers))
        run["memory"] = peak_memory() if workers == 1 else None
        run["second"] = peers.timed(lambda: replay_all(folder, f"{archive}/a"))
        with open_archive(f"{archive}/a") as opened:
            run["articles"] = sum(row[-1] for row in opened.tally("articles", "site"))
            run["clustered"] = sum(row[-1] for row in opened.tally("cluster_members", "role"))
    print(json.dumps(run))


def replay_all(folder: Path, archive: str, *, workers: int = 1) -> None:
    """All of `luubao replay` but the start of Python: index, read, write WARC, judge, cluster, commit."""
    if workers > 1:
        begin_importing()
    sources = open_sources([folder / pages.CAPTURES])
    with open_archive(archive) as opened:
        replay(opened, sources, workers=workers)


def peak_memory() -> int | None:
    """The most bytes that this process held at once; None where the system does not tell."""
    # Not getrusage: there a new process begins with what its parent held.
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


# -- all runs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contestant:
    """One row of the table."""

    name: str
    page_set: str
    command: tuple[str, ...]

    def run(self, work: Path) -> Run:
        """Read all pages of its set once, in a new process."""
        done = subprocess.run([*self.command, str(work / self.page_set)], stdout=subprocess.PIPE, check=True)
        run: Run = json.loads(done.stdout)
        return run


def ours(name: str, page_set: str, *, workers: int = 1) -> Contestant:
    return Contestant(name, page_set, (sys.executable, __file__, "--workers", str(workers), "--measure"))


def theirs(name: str, page_set: str, peer: str, *, python: str | Path = sys.executable) -> Contestant:
    script = Path(__file__).with_name("peers.py")
    return Contestant(name, page_set, (str(python), str(script), peer))


ON_PAGES = (
    ours("luubao replay", "pages"),
    theirs("trafilatura, with metadata", "pages", "trafilatura"),
    theirs("newspaper4k", "pages", "newspaper4k", python=PEERS_PYTHON),
    theirs("news-please", "pages", "news-please", python=PEERS_PYTHON),
)
ON_A_SITE = (
    ours("luubao replay, rules", "site"),
    ours("luubao replay, no rules", "elsewhere"),
    theirs("trafilatura, site pages", "elsewhere", "trafilatura"),
)
ON_MANY = (
    ours("luubao replay, one worker", "many"),
    ours("luubao replay, two workers", "many", workers=2),
)


class Bench:
    """Lays out the pages, and lets the contestants run."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.runs: defaultdict[str, list[Run]] = defaultdict(list)
        self.sizes: dict[str, tuple[int, int]] = {}
        """Of each page set how many pages it has, and how many characters each."""
        self._started = time.monotonic()

    def lay_out(self, page_set: str, made: list[pages.Page]) -> None:
        """Write a page set for the contestants."""
        pages.write(made, self.work / page_set)
        self.sizes[page_set] = len(made), sum(len(html) for _, html in made) // len(made)

    def alternate(self, contestants: tuple[Contestant, ...], rounds: int) -> None:
        """Let each run once a round, in turned order every other round."""
        for number in range(1, rounds + 1):
            for contestant in contestants if number % 2 else reversed(contestants):
                run = contestant.run(self.work)
                self.runs[contestant.name].append(run)
                seconds = f"{run['cpu']:.1f} s of CPU time in {run['wall']:.1f} s"
                self.tell(f"round {number} of {rounds}: {contestant.name}: {seconds}")

    def tell(self, message: str) -> None:
        """Say on stderr how far it is."""
        print(f"{time.monotonic() - self._started:5.0f} s  {message}", file=sys.stderr)


def run_all(bench: Bench, real: list[pages.Page], *, rounds: int, on_a_site: int) -> None:
    bench.lay_out(WARM_UP, pages.made_of_seeds(6, host="warm-up.example"))
    bench.lay_out("pages", real)
    if not PEERS_PYTHON.exists():
        bench.tell("newspaper4k and news-please are left out: `make bench` installs them")
    bench.alternate(ON_PAGES if PEERS_PYTHON.exists() else ON_PAGES[:2], rounds)
    bench.lay_out("site", pages.made_of_seeds(on_a_site, host="baolaocai.vn", mark=pages.EPI_BODY))
    bench.lay_out("elsewhere", pages.made_of_seeds(on_a_site, host="elsewhere.example", mark=pages.EPI_BODY))
    bench.alternate(ON_A_SITE, rounds)
    bench.lay_out("many", list(pages.again(real, AGAIN)))
    bench.alternate(ON_MANY, max(1, rounds - 1))


# -- what they say -----------------------------------------------------------------------------------------------------


def faster(run: Run, other: Run) -> float:
    return float(other["cpu"] / run["cpu"])


def sooner(run: Run, other: Run) -> float:
    return float(other["wall"] / run["wall"])


def on_free_cores(two: Run, one: Run) -> float:
    """What two free cores allow by CPU time: half of the work for each, unless the writer alone has more."""
    return float(one["cpu"] / max(two["cpu"] / 2, two["cpu"] - two["others"]))


def bigger(run: Run, other: Run) -> float:
    return float(run["memory"] / other["memory"]) if other["memory"] else 0.0


@dataclass(frozen=True)
class Ratio:
    """A comparison of two contestants, and what is aimed at."""

    name: str
    of: str
    to: str
    target: float | None = None
    by: Callable[[Run, Run], float] = faster
    at_most: bool = False

    def measured(self, runs: dict[str, list[Run]]) -> list[float]:
        """The ratio in each round, the smallest first; none where one of the two did not run."""
        return sorted(self.by(*pair) for pair in zip(runs.get(self.of, []), runs.get(self.to, []), strict=False))

    def verdict(self, measured: float) -> str:
        """What was aimed at, and whether it was met; "" where nothing was."""
        if self.target is None:
            return ""
        is_met = measured <= self.target if self.at_most else measured >= self.target
        return f"{'at most' if self.at_most else 'at least'} {self.target:g}: {'met' if is_met else 'missed'}"


OURS, ONE, TWO = ON_PAGES[0].name, ON_MANY[0].name, ON_MANY[1].name
RULES, NO_RULES, BARE = (contestant.name for contestant in ON_A_SITE)
RATIOS = (
    Ratio("replay to trafilatura", OURS, "trafilatura, with metadata", 0.8),
    Ratio("replay to newspaper4k", OURS, "newspaper4k", 2.5),
    Ratio("replay to news-please", OURS, "news-please", 5),
    Ratio("second replay to first", OURS, OURS, 20, by=lambda run, _: run["cpu"] / run["second"]["cpu"]),
    Ratio("two workers to one, on the clock", TWO, ONE, 1.7, by=sooner),
    Ratio("two workers to one, if both cores were free", TWO, ONE, by=on_free_cores),
    Ratio(f"memory for {AGAIN} times the pages", ONE, OURS, 1.2, by=bigger, at_most=True),
    Ratio("rules to no rules", RULES, NO_RULES),
    Ratio("rules to trafilatura", RULES, BARE),
    Ratio("no rules to trafilatura", NO_RULES, BARE),
)


def summary(bench: Bench) -> dict[str, Any]:
    """Everything that was measured, for programs."""
    speeds = []
    for contestant in (*ON_PAGES, *ON_A_SITE, *ON_MANY):
        if runs := bench.runs.get(contestant.name):
            count, size = bench.sizes[contestant.page_set]
            speeds.append(
                {
                    "name": contestant.name,
                    "version": runs[0].get("version"),
                    "pages": count,
                    "page_size": size,
                    "per_cpu_second": count / median(run["cpu"] for run in runs),
                    "per_second": count / median(run["wall"] for run in runs),
                    "memory": max(run.get("memory") or 0 for run in runs) or None,
                    "read": runs[0].get("articles", count - len(runs[0].get("failed", ()))),
                    "clustered": runs[0].get("clustered"),
                    "failed": runs[0].get("failed", []),
                }
            )
    ratios = [
        {"name": ratio.name, "measured": median(found), "lowest": found[0], "highest": found[-1]}
        | {"target": ratio.target, "verdict": ratio.verdict(median(found))}
        for ratio in RATIOS
        if (found := ratio.measured(bench.runs))
    ]
    return {"load_average": os.getloadavg(), "speeds": speeds, "ratios": ratios, "runs": bench.runs}


def print_tables(found: dict[str, Any]) -> None:
    cells = "{:<28} {:>6} {:>8} {:>6} {:>12} {:>8} {:>11}"
    print(cells.format("", "pages", "KB each", "read", "pages/CPU s", "pages/s", "memory, MB"))
    for row in found["speeds"]:
        size, speeds = f"{row['page_size'] / 1000:.0f}", (f"{row[key]:.1f}" for key in ("per_cpu_second", "per_second"))
        memory = f"{row['memory'] / 1e6:.0f}" if row["memory"] else ""
        print(cells.format(row["name"], row["pages"], size, row["read"], *speeds, memory).rstrip())
    print(f"\n{'by CPU time where not said otherwise':<44} {'median':>7} {'from - to':>15}  target")
    for row in found["ratios"]:
        spread = f"{row['lowest']:.2f} - {row['highest']:.2f}"
        print(f"{row['name']:<44} {row['measured']:>7.2f} {spread:>15}  {row['verdict']}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, metavar="DIR", help="folder with html/*.html.gz and ground-truth.json")
    parser.add_argument("--rounds", type=int, default=3, help="how often everybody runs (default: 3)")
    parser.add_argument("--made", type=int, default=200, help="pages made from seeds/, a set (default: 200)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        measure_replay(chosen.measure, chosen.workers)
        return
    named = chosen.pages or os.environ.get("LUUBAO_BENCH_PAGES") or (REAL_PAGES if REAL_PAGES.exists() else None)
    real = pages.load(Path(named)) if named else pages.made_of_seeds(chosen.made, host="pages.example")
    # In the checkout, because elsewhere temporary files may be kept in memory, where syncing costs nothing.
    (ROOT / "bench-work").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "bench-work") as work:
        bench = Bench(Path(work))
        run_all(bench, real, rounds=chosen.rounds, on_a_site=chosen.made)
        found = summary(bench)
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        print_tables(found)


if __name__ == "__main__":
    main()
