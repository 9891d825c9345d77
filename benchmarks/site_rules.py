"""How much faster a page is read by its site's rules than by bare trafilatura with metadata, on the same pages.

Ours is all of `extract`: bytes in, decoding, verdict, body, every field and the furniture. trafilatura is handed the
text, decoded. Both run in one process on one core, in turn, one set after the other and in turned order, offline and
warm; CPU time. Ratios are taken within a round, and what is printed are their medians.

Three sets: the pages of seeds/ that some site's rules read; articles of the newsroom (tests/newsroom) as its papers
serve them; the same articles in pages as large as real ones. The page dumps are text, which trafilatura does not read,
so of them (where LUUBAO_PAGE_DUMPS is set) only our own time is given."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import mean, median

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

import peers  # noqa: E402
from newsroom import oracle  # noqa: E402
from newsroom.model import START, Newsroom  # noqa: E402
from newsroom.plan import minute_of  # noqa: E402

from archive.types import Capture, Verdict  # noqa: E402
from crawler.extraction import extract  # noqa: E402
from crawler.extraction.content_encoding import decode_content  # noqa: E402
from crawler.sites import find_site, site_of  # noqa: E402
from crawler.sources import load, open_sources  # noqa: E402

TARGET = 3
SEEDS = ROOT / "seeds"
NOW = START + timedelta(days=2)
ELEMENTS, LINKS, METAS, SCRIPTS, SCRIPT = 740, 140, 30, 36, 94_000
"""What a page of news holds: means of the 181 pages of the article-extraction-benchmark, which have 173 kB each. Its
scripts are a few large ones and many small ones; SCRIPT is their characters together."""


# -- the sets ----------------------------------------------------------------------------------------------------------


def is_by_rules(capture: Capture) -> bool:
    """Whether the page of `capture` is an article, as HTML, that a rule set of its site reads."""
    if not (capture.header("content-type") or "text/html").startswith("text/html"):
        return False
    document = extract(capture)
    site = find_site(capture.site) or site_of(capture.url)
    by = (document.provenance.get("body") or "").partition("/")[0]
    return document.verdict is Verdict.OK and site is not None and by in {rules.name for rules in site.rule_sets}


def seeds() -> Iterator[Capture]:
    yield from filter(is_by_rules, (load(entry.locator) for entry in open_sources([SEEDS])))


def newsroom(count: int) -> Iterator[Capture]:
    """The first `count` living articles of every paper that some site's rules read."""
    made = Newsroom()
    counted: dict[str, int] = {}
    for article in oracle(made, NOW):
        if article.is_gone or counted.get(article.paper, 0) >= count or find_site(article.story.paper.site) is None:
            continue
        page = made.page(article.paper, article.story.path(minute_of(NOW)), NOW)
        site = article.story.paper.site
        capture = Capture(article.url, NOW, page.body, status=page.status, headers=page.headers, site=site)
        if page.status == 200 and is_by_rules(capture):
            counted[article.paper] = counted.get(article.paper, 0) + 1
            yield capture


def dressed(capture: Capture) -> Capture:
    """The page of `capture` among as many elements, links and scripts as a real page has beside its article."""
    html = text_of(capture)
    chance = random.Random(capture.url)
    words = [word for word in html.split() if word.isalpha()] or ["tin"]

    def said(least: int, most: int) -> str:
        return " ".join(chance.choice(words) for _ in range(chance.randint(least, most)))

    def link(at: int) -> str:
        return f'<a class="lnk" href="/muc-{chance.randrange(99)}/bai-{at}" title="{said(2, 5)}">{said(3, 12)}</a>'

    elements = max(0, ELEMENTS - html.count("<") // 2)
    links = max(0, LINKS - html.count("<a "))
    menu = "".join(f'<li class="menu-item"><span class="dot"></span>{link(at)}</li>' for at in range(links // 2))
    cards = "".join(
        f'<div class="card-x"><div class="pic"><img src="/i/{at}.jpg" alt=""></div><h3 class="tt">{link(at)}</h3></div>'
        for at in range(links // 2)
    )
    rest = max(0, elements - 4 * (links // 2) - 5 * (links // 2))
    boxes = "".join(f'<div class="bx-{at % 40}"><i class="ico"></i></div>' for at in range(rest // 2))
    metas = "".join(f'<meta name="x-{at}" content="{said(1, 6)}">' for at in range(METAS))
    size = max(0, SCRIPT - 200 * SCRIPTS)
    large = "".join(f'x.push({{"k{at}":"{chance.randrange(10**9)}",n:{at}}});' for at in range(size // 32))
    small = "".join(f"<script>(function(){{window.q{at}={'y' * 150};}})()</script>" for at in range(SCRIPTS - 1))
    html = html.replace("</head>", f"{metas}<script>{large}</script></head>", 1)
    head, body, after = html.partition("<body")
    opened, close, article = after.partition(">")
    nav = f'<div class="top-x"><ul class="menu-x">{menu}</ul></div>'
    end = f'<div class="foot-x">{cards}{boxes}</div>{small}'
    html = f"{head}{body}{opened}{close}{nav}{article.replace('</body>', f'{end}</body>', 1)}"
    headers = tuple(pair for pair in capture.headers if pair[0].lower() not in ("content-length", "content-encoding"))
    return Capture(capture.url, capture.captured_at, html.encode(), status=200, headers=headers, site=capture.site)


def dumps() -> Iterator[Capture]:
    """The pages as text that LUUBAO_PAGE_DUMPS names."""
    folder = os.environ.get("LUUBAO_PAGE_DUMPS")
    if folder:
        yield from (load(entry.locator) for entry in open_sources([Path(folder)]))


def text_of(capture: Capture) -> str:
    encoding = capture.header("content-encoding") or ""
    content = decode_content(capture.payload, encoding)
    return getattr(content, "body", b"").decode(errors="replace")


# -- the two readers ---------------------------------------------------------------------------------------------------


def spent(read: Callable[[], object]) -> float:
    """CPU seconds."""
    started = time.process_time()
    read()
    return time.process_time() - started


def measure(sets: dict[str, list[Capture]], rounds: int) -> dict[str, dict[str, float | int | None]]:
    """Milliseconds a page and ratios of each set, medians of `rounds`."""
    from trafilatura import bare_extraction

    texts = {name: [(each.url, text_of(each)) for each in captures] for name, captures in sets.items()}
    ours: dict[str, list[float]] = {name: [] for name in sets}
    theirs: dict[str, list[float]] = {name: [] for name in sets}

    def read_ours(name: str) -> None:
        ours[name].append(spent(lambda: [extract(each) for each in sets[name]]) / len(sets[name]))

    def read_theirs(name: str) -> None:
        if name == "dumps":
            return
        read = [
            lambda url=url, html=html: bare_extraction(html, url=url, with_metadata=True) for url, html in texts[name]
        ]
        theirs[name].append(spent(lambda: [each() for each in read]) / len(sets[name]))

    for turn in range(rounds + 1):
        for name in sets:
            for reader in (read_ours, read_theirs) if turn % 2 else (read_theirs, read_ours):
                reader(name)
    # The first round has warmed both.
    return {
        name: {
            "pages": len(captures),
            "kilobytes": mean(len(each.payload) for each in captures) / 1000,
            "ours": median(ours[name][1:]) * 1000,
            "trafilatura": median(theirs[name][1:]) * 1000 if theirs[name] else None,
            "ratio": median(b / a for a, b in zip(ours[name][1:], theirs[name][1:], strict=True))
            if theirs[name]
            else None,
        }
        for name, captures in sets.items()
    }


def table(found: dict[str, dict[str, float | int | None]]) -> str:
    """Markdown, for docs/performance.md."""
    lines = [
        "| pages | number | kB | by site rules, ms | trafilatura with metadata, ms | ratio | target | |",
        "| --- | --: | --: | --: | --: | --: | --: | --- |",
    ]
    for name, row in found.items():
        ratio = row["ratio"]
        theirs, times = ("", "") if ratio is None else (f"{row['trafilatura']:.1f}", f"{ratio:.2f}")
        verdict = "" if ratio is None else "met" if ratio >= TARGET else "missed"
        lines.append(
            f"| {name} | {row['pages']} | {row['kilobytes']:.0f} | {row['ours']:.2f} | {theirs} | {times} | "
            f"{TARGET if ratio else ''} | {verdict} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=10, help="of each paper of the newsroom")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    chosen = parser.parse_args()
    peers.stay_offline()
    peers.stay_on_one_core()
    made = list(newsroom(chosen.articles))
    sets = {"seeds": list(seeds()), "newsroom": made, "newsroom, as large as real": [dressed(each) for each in made]}
    kept = list(dumps())
    if kept:
        sets["dumps"] = kept
    found = measure(sets, chosen.rounds)
    print(json.dumps(found, indent=2) if chosen.json else table(found))


if __name__ == "__main__":
    main()
