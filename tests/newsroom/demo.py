"""`make demo`: the whole story in a minute. Papers on loopback are crawled, their time passes, they are crawled again;
then the archive says what is new, what was edited, what is gone and who copied whom.

The crawl is the one of `luubao crawl`, told where the invented papers are and what their clock says; everything that is
asked afterwards is the command line itself, and can be asked again of the archive that is left behind."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from newsroom import Newsroom, Server, serve

TESTS = Path(__file__).parents[1]
PAPERS = ("baolaocai", "daidoanket", "vietnam_vn")
"""The third republishes what the first two print."""
SOURCES = (("home", "/"), ("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml"))


def main() -> None:
    """Tell the story."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the archive is made; it must not be there yet")
    parser.add_argument("--articles", type=int, default=60, help="how many are out when the story begins")
    options = parser.parse_args()
    if options.folder.exists():
        parser.error(f"{str(options.folder)!r} is there already: remove it, or name another folder")
    with serve(Newsroom(7, papers=PAPERS, articles=options.articles), own_addresses=True) as server:
        say(f"Three invented papers are on this machine: {', '.join(server.urls.values())}")
        say("First crawl: everything is new.")
        crawl_all(server, options.folder)
        server.clock.advance(hours=14)
        say("Fourteen hours pass on the papers' clock. Second crawl: what is new, and what is due again.")
        crawl_all(server, options.folder)
    ask(options.folder)


def crawl_all(server: Server, folder: Path) -> None:
    """One crawl of each paper, with its account in a line."""
    for paper, base in server.urls.items():
        wish = {"paper": paper, "base": base, "folder": str(folder), "now": server.now().isoformat()}
        done = subprocess.run(
            [sys.executable, str(TESTS / "crawl_process.py"), json.dumps(wish | {"sources": SOURCES})],
            cwd=TESTS.parent,
            env=os.environ | {"PYTHONPATH": str(TESTS.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"the crawl of {paper} failed:\n{done.stderr}")
        account = json.loads(done.stdout)
        told = {
            "listed": account["listed"],
            "requests": account["requests"],
            "new": account["stored"],
            "edited": account.get("version_edited", 0),
            "unchanged": account["unchanged"],
            "gone": account.get("outcome_gone", 0),
        }
        print(f"  {paper:<12}", ", ".join(f"{count} {name}" for name, count in told.items()), flush=True)


def ask(folder: Path) -> None:
    """Let the archive answer, on the command line."""
    changes = [json.loads(line) for line in luubao(folder, "changes", "--json").splitlines()]
    edited = [change["url"] for change in changes if change["kind"] == "edited"]
    gone = [change["url"] for change in changes if change["kind"] == "gone"]
    say("What the archive holds:")
    show(folder, "status")
    say(f"Edited by their paper: {len(edited)}. The first of them, word by word:")
    if edited:
        show(folder, "diff", edited[0])
    say(f"Removed by their paper, and still here: {len(gone)}.")
    if gone:
        show(folder, "show", gone[0], lines=8)
    say("Who copied whom:")
    show(folder, "clusters", lines=10)
    say("Every record is whole, and the archive can be made again from its captures, offline, to the same fingerprint:")
    show(folder, "verify")
    show(folder, "fingerprint")
    again = folder.with_name(f"{folder.name}-again")
    print(f"$ luubao replay {folder} --archive {again}")
    luubao(again, "replay", str(folder))
    show(again, "fingerprint")
    say(f"The archive is yours to look at: luubao articles --archive {shlex.quote(str(folder))}")


def show(folder: Path, *words: str, lines: int | None = None) -> None:
    """Print a command and what it answers."""
    cut = "" if lines is None else f" | head -n {lines}"
    print(f"$ luubao {shlex.join(words)} --archive {shlex.quote(str(folder))}{cut}")
    print("\n".join(f"  {line}".rstrip() for line in luubao(folder, *words).splitlines()[:lines]), flush=True)


def luubao(folder: Path, *words: str) -> str:
    """What a command prints."""
    command = [str(Path(sys.executable).with_name("luubao")), *words, "--archive", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def say(text: str) -> None:
    """A sentence of the story."""
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
