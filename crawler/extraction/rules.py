"""Site rules as data: which CSS selector holds which field, what is cut from a page, and under which name.

Knows selectors and nothing about any site (`families` has those) or about articles (`html` applies the rules)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

FIELDS = frozenset(
    {
        "title",
        "kicker",
        "lede",
        "body",
        "author",
        "published",
        "section",
        "tags",
        "credit_name",
        "credit_url",
    }
)


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a field stands: the first selector that matches with text gives it."""

    field: str
    selectors: tuple[str, ...]
    attribute: str | None = None
    """Read this attribute instead of the text."""

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise ValueError(f"no such field: {self.field!r}")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is not the article, inside its container or beside it; becomes furniture."""

    kind: str
    """The furniture kind (`archive.types.Furniture`)."""
    name: str
    """The rule's name within its rule set: `related` of `epi` is `epi/related`."""
    selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its words: the container leaves the body, the caption in it is kept as a caption."""

    container: str
    caption: str
    source: str | None = None
    """Where in the container the photographer is named apart from the caption."""
    is_lead: bool = False
    """Stands outside the body, between lede and text."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """How one generation of one template is read."""

    name: str
    picks: tuple[Pick, ...]
    cuts: tuple[Cut, ...] = ()
    pictures: tuple[Picture, ...] = ()
    boilerplate: tuple[str, ...] = ()
    """Whole body lines that the template prints on every page, as printed."""
    credit_label: str | None = None
    """The text of the link to the original at the end of the body; the line above it names the outlet."""
    opens_with_lede: bool = False
    """The first paragraph of the body is the lede: an aggregator runs the origin's text in one piece."""
    valid_from: date | None = None
    """First day of capture on which the template was served; None if unknown."""
    valid_until: date | None = None
    """First day of capture on which it no longer was; None if it still is, or unknown."""

    def is_valid_on(self, day: date) -> bool:
        """Whether a page captured on `day` may have this template."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def pick(self, field: str) -> Iterator[tuple[str, str | None]]:
        """Selector and attribute for `field`, best first."""
        for pick in self.picks:
            if pick.field == field:
                for selector in pick.selectors:
                    yield selector, pick.attribute
