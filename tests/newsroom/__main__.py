"""`python -m newsroom`: serve papers until interrupted, and say where."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from newsroom import PAPERS, Newsroom, serve

_DAY = 24 * 60 * 60


def main() -> None:
    """Parse, serve, print the addresses, wait."""
    parser = argparse.ArgumentParser(prog="newsroom", description="Serve invented papers on loopback.")
    parser.add_argument("--papers", type=int, default=4, help=f"how many, 1 to {len(PAPERS)}")
    parser.add_argument("--articles", type=int, default=2000, help="how many are out when the clock starts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days-per-minute", type=float, default=0, help="how fast the papers' time runs; 0: it stands")
    parser.add_argument("--port", type=int, default=0, help="first port; 0: any free ones")
    parser.add_argument("--own-addresses", action="store_true", help="an address for each paper (Linux)")
    parser.add_argument("--log", type=Path, help="append the access log to this file, as JSON lines")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND:SHARE", help="e.g. 503:0.05; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    options = parser.parse_args()
    newsroom = Newsroom(options.seed, papers=options.papers, articles=options.articles)
    speed = options.days_per_minute * _DAY / 60
    with serve(
        newsroom, log=options.log, first_port=options.port, own_addresses=options.own_addresses, speed=speed
    ) as server:
        for said in options.fault:
            kind, _, share = said.partition(":")
            server.faults.add(kind, share=float(share or 1))
        # Before the addresses are printed: whoever reads them may send a signal at once.
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        lines = [json.dumps(server.urls)] if options.json else [f"{name}\t{url}/" for name, url in server.urls.items()]
        sys.stdout.write("\n".join([*lines, ""]))
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
