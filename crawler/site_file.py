"""Write what was found out about a site as its file: Python that a person reads, mends and keeps. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from datetime import date, timedelta

from crawler.learning.proposal import Proposal, as_python
from crawler.scouting import Scouted
from crawler.sites import VIETNAM, Site, Source

_MAX_LINE = 120


def write_site(scouted: Scouted, *, day: date) -> str:
    """The module; `day` is when the site was looked at."""
    site, proposal = scouted.site, scouted.proposal
    imports = []
    if scouted.family:
        imports.append(f"from crawler.extraction.families import {scouted.family}")
    if proposal:
        names = sorted({name for name in ("Cut", "Pick", "RuleSet") if f"{name}(" in _rules(site, proposal)})
        imports.append(f"from crawler.extraction.rules import {', '.join(names)}")
    imports.append("from crawler.sites import Site, Source, SourceKind")
    head = ["from datetime import timedelta", ""] if site.offset != VIETNAM else []
    return "\n".join(
        [
            f'"""{_prose(site.title)} ({site.hosts[0]}).',
            "",
            f'Written from a look at the site on {day}; nobody has read it since."""',
            "",
            "from __future__ import annotations",
            "",
            *head,
            *imports,
            "",
            "SITE = Site(",
            *_fields(scouted),
            ")",
            "",
        ]
    )


def _fields(scouted: Scouted) -> Iterable[str]:
    site = scouted.site
    yield f"    name={_quoted(site.name)},"
    yield f"    title={_quoted(site.title)},"
    yield f"    hosts={_tuple(site.hosts)},"
    if scouted.family:
        yield f"    rule_sets=({scouted.family},),"
    if scouted.proposal:
        yield "    rule_sets=("
        yield textwrap.indent(_rules(site, scouted.proposal), " " * 8) + ","
        yield "    ),"
    if site.language != "vi":
        yield f"    language={_quoted(site.language)},"
    if site.offset != VIETNAM:
        yield f"    offset=timedelta(minutes={site.offset // timedelta(minutes=1)}),"
    for name, patterns in (("articles", site.articles), ("lists", site.lists)):
        if patterns:
            yield f"    {name}=({', '.join(map(_raw, patterns))}{',' if len(patterns) == 1 else ''}),"
    yield "    sources=("
    yield from (f"        {_source(source)}," for source in site.sources)
    yield "    ),"


def _rules(site: Site, proposal: Proposal) -> str:
    return as_python(proposal, offset=site.offset)


def _source(source: Source) -> str:
    inferred = ", is_inferred=True" if source.is_inferred else ""
    return f"Source(SourceKind.{source.kind.name}, {_quoted(source.url)}{inferred})"


def _quoted(text: str) -> str:
    """A literal in double quotes; JSON's escapes are Python's."""
    return json.dumps(text, ensure_ascii=False)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"'


def _tuple(texts: tuple[str, ...]) -> str:
    return f"({', '.join(map(_quoted, texts))}{',' if len(texts) == 1 else ''})"


def _prose(text: str) -> str:
    """`text` in a docstring: nothing in it may end or escape."""
    return text.replace("\\", "/").replace('"', "'")[: _MAX_LINE // 2]


README = """\
# {title}: a first look

`luubao site new {url}` on {day}: {pages}.

Why: what the site's file promises is checked against these captures, and a later redesign against them.
Not checked by a person: `expected.json` is what is read today, and not yet what is right. Read it against the pages,
line by line, then strike this paragraph. The pages are the paper's: keep them to yourself, or put invented text into
them before you give the seed away.
"""


def write_readme(scouted: Scouted, *, url: str, day: date) -> str:
    """What a first seed says about itself."""
    pages = f"{len(scouted.captures)} captures"
    doubts = "".join(f"- {doubt}\n" for doubt in scouted.doubts)
    text = README.format(title=scouted.site.title, url=url, day=day, pages=pages)
    return f"{text}\nUnsure:\n\n{doubts}" if doubts else text
