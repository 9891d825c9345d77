"""Put together what the pages of a site teach, and write it as the site's file would have it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone

from crawler.learning.drift import Drift, FieldDrift, find_drift, find_field_drifts
from crawler.learning.examples import Example
from crawler.learning.fields import FieldFound, find_fields
from crawler.learning.furniture import BoxFound, LineFound, find_boxes, find_lines

_SELECTED = {"published_at": "published"}
"""Fields whose rules go by another name."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could become rules, each with the pages that show it."""

    site: str
    pages: int
    """Pages that were learned from."""
    rules: str | None
    """The rule set that reads them today; None where a general extractor does."""
    drift: Drift | None
    field_drifts: tuple[FieldDrift, ...]
    """Rules for single fields that broke while the text was still found."""
    fields: tuple[FieldFound, ...]
    """Where no rule set reads the pages, and of fields whose rule broke."""
    boxes: tuple[BoxFound, ...]
    lines: tuple[LineFound, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing to propose."""
        return not (self.drift or self.field_drifts or self.fields or self.boxes or self.lines)

    @property
    def captures(self) -> tuple[str, ...]:
        """The pages that show it, by the ids of their captures: what a seed of it would hold."""
        found: list[FieldFound | BoxFound | LineFound | Drift | FieldDrift] = [*self.fields, *self.boxes, *self.lines]
        found += self.field_drifts
        found += [self.drift] if self.drift else []
        return tuple(dict.fromkeys(capture for one in found for capture in one.captures))


def propose(site: str, examples: Sequence[Example]) -> Proposal:
    """What `examples`, oldest first, teach about `site`."""
    drift = find_drift(examples)
    pages = [page for page in examples if drift is None or page.captured_at >= drift.lost_at]
    rules = next((page.rules for page in reversed(pages) if page.rules), None)
    drifts = find_field_drifts(pages) if rules is not None else []
    return Proposal(
        site=site,
        pages=len(pages),
        rules=rules,
        drift=drift,
        field_drifts=tuple(drifts),
        fields=tuple(find_fields(pages)) if rules is None else tuple(_successors(drifts, pages)),
        boxes=tuple(find_boxes(pages)),
        lines=tuple(find_lines(pages)),
    )


def _successors(drifts: Sequence[FieldDrift], pages: Sequence[Example]) -> Iterator[FieldFound]:
    """What finds the fields on the pages since their rules broke, by what else is known of them there."""
    for drift in drifts:
        since = [page for page in pages if page.captured_at >= drift.lost_at]
        yield from (found for found in find_fields(since) if found.field == _SELECTED.get(drift.field, drift.field))


def as_python(proposal: Proposal, *, offset: timedelta) -> str:
    """The proposal as a rule set, to be read, mended and put into the site's file by a person."""
    drift = proposal.drift
    lost = min((one.lost_at for one in proposal.field_drifts), default=None) if drift is None else drift.lost_at
    day = lost and lost.astimezone(timezone(offset)).date()
    old = drift.rules if drift else proposal.rules
    name = f"{old}-{day:%Y}" if old and day else old or proposal.site.replace("_", "-")
    out = [
        f"# {one.rule} found nothing on {one.pages} pages since {one.lost_at.astimezone(timezone(offset)):%Y-%m-%d}"
        for one in proposal.field_drifts
    ]
    if drift and day:
        out.append(f"# {drift.rules}: add valid_until=date({day.year}, {day.month}, {day.day})")
    elif proposal.rules and day:
        out.append(f"# as {old}, with these picks before its own:")
    elif proposal.rules:
        out.append(f"# {proposal.rules}: add these")
    out += ["RuleSet(", f'    name="{name}",']
    if proposal.fields:
        out += ["    picks=(", *(f"        {_pick(found)}" for found in proposal.fields), "    ),"]
    cuts = [*_cut_boxes(proposal.boxes), *_cut_lines(proposal.lines)]
    if cuts:
        out += ["    cuts=(", *(f"        {cut}" for cut in cuts), "    ),"]
    loose = [line for line in proposal.lines if line.selector is None]
    if loose:
        out += [
            "    boilerplate=(",
            *(f"        {_quoted(line.text)},  # {line.pages} pages" for line in loose),
            "    ),",
        ]
    if day:
        out.append(f"    valid_from=date({day.year}, {day.month}, {day.day}),")
    return "\n".join([*out, ")"])


def _pick(found: FieldFound) -> str:
    attribute = f", attribute={_quoted(found.attribute)}" if found.attribute else ""
    return (
        f"Pick({_quoted(found.field)}, ({_quoted(found.selector)},){attribute}),  # {found.pages} of {found.of} pages"
    )


def _cut_boxes(boxes: Sequence[BoxFound]) -> list[str]:
    return [
        f'Cut("related", "related_{number}", ({_quoted(box.selector)},)),  # {box.pages} pages'
        for number, box in enumerate(boxes, start=1)
    ]


def _cut_lines(lines: Sequence[LineFound]) -> list[str]:
    by_selector: dict[str, int] = {}
    for line in lines:
        if line.selector is not None:
            by_selector[line.selector] = max(line.pages, by_selector.get(line.selector, 0))
    return [
        f'Cut("boilerplate", "boilerplate_{number}", ({_quoted(selector)},)),  # {pages} pages'
        for number, (selector, pages) in enumerate(by_selector.items(), start=1)
    ]


def _quoted(text: str) -> str:
    """A literal as the formatter writes it; JSON's escapes are Python's."""
    return json.dumps(text, ensure_ascii=False)
