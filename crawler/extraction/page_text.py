"""Read a page that was kept as plain text: every line of it, without any markup.

Such a dump holds the whole page: navigation, title, article, picture texts, related news, footer; a blank line parts
what stood in different elements. The rules look at structure first (what repeats, what stands together, what ends like
a sentence) and at words second, and know no paper. Every line ends up in the article or in the furniture. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.types import Block, BlockKind, Caption, Credit, Document, Furniture, Verdict
from crawler.extraction.credit import credit_line, dateline, outlet_named, photo_credit
from crawler.extraction.dates import parse_moment
from crawler.extraction.page_lines import (
    LONG_WORDS,
    MAX_CAPTION_WORDS,
    MAX_MENU_WORDS,
    TAGS,
    Line,
    bare,
    continues,
    guess_language,
    names,
    split_lines,
)
from crawler.extraction.page_parts import find_tail, find_title, is_kicker
from crawler.sites import find_site

if TYPE_CHECKING:
    from datetime import datetime, timedelta

MAX_LEDE_WORDS = 150
MAX_TAGS = 40
MAX_OUTLET_WORDS = 8
MAX_TAG_WORDS = 6
# More lines of names than this are a list (of winners, of victims) and not authors.
MAX_NAME_LINES = 3
# A caption apart from its picture's line: 17 words seen; the shortest paragraph that merely follows a picture has 39.
MAX_LOOSE_CAPTION_WORDS = 25
# Where the page's other captions stand right under their pictures, a loose line must be shorter to be one.
MAX_ODD_CAPTION_WORDS = 12


def read_page_text(text: str, *, url: str, captured_at: datetime, site: str | None) -> Document:  # noqa: ARG001
    """The document that the plain text of a whole page holds; same arguments as the reader of HTML."""
    known = find_site(site)
    page = _Page(split_lines(text), offset=known.offset if known else None)
    page.read()
    # Where nobody knows whose page it is, the dateline may be the paper's own.
    if page.credit is None and site is not None:
        opening = page.lede or next((block.text for block in page.blocks), "")
        found = dateline(opening)
        page.credit = found if found and found.site != site else None
    return page.document()


@dataclass(slots=True)
class _Page:
    lines: list[Line]
    offset: timedelta | None
    title: str | None = None
    title_plain: str | None = None
    kicker: str | None = None
    lede: str | None = None
    section: str | None = None
    authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    credit: Credit | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    blocks: list[Block] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    cuts: dict[int, Furniture] = field(default_factory=dict)
    """Furniture by line number: it is listed in the order of the page."""

    def read(self) -> None:
        title = find_title(self.lines)
        start = 0
        if title is not None:
            self.title = self.lines[title].text
            self.title_plain = bare(self.title)
            self._read_above(title)
            start = title + 1
        tail = find_tail(self.lines, start)
        self._cut_tail(tail)
        end = self._read_end_matter(start, tail)
        self._read_body(self._read_below_title(start, end), end)

    def document(self) -> Document:
        has_paragraph = any(block.kind is BlockKind.PARAGRAPH for block in self.blocks)
        if self.lede is not None and not has_paragraph:
            # An article of one paragraph has no standfirst.
            self.blocks.insert(0, Block(self.lede))
            self.lede, has_paragraph = None, True
        found = {
            "title": self.title, "kicker": self.kicker, "lede": self.lede, "author": self.authors, "body": self.blocks,
            "published_at": self.published_at, "modified_at": self.modified_at, "section": self.section,
            "tags": self.tags, "credit": self.credit, "captions": self.captions,
        }  # fmt: skip
        return Document(
            verdict=Verdict.OK if has_paragraph else Verdict.NO_ARTICLE,
            detail=None if has_paragraph else "no paragraph in the text",
            title=self.title,
            kicker=self.kicker,
            lede=self.lede,
            blocks=tuple(self.blocks),
            captions=tuple(self.captions),
            author=", ".join(self.authors) or None,
            published_at=self.published_at,
            modified_at=self.modified_at,
            section=self.section,
            tags=tuple(self.tags),
            language=guess_language(" ".join([self.title or "", self.lede or "", *(b.text for b in self.blocks)])),
            credit=self.credit,
            furniture=tuple(self.cuts[number] for number in sorted(self.cuts)),
            provenance={name: "text" for name, value in found.items() if value},
        )

    def _cut(self, number: int, kind: str, rule: str) -> None:
        self.cuts[number] = Furniture(kind, f"page_text/{rule}", self.lines[number].text)

    def _cut_rail(self, number: int) -> bool:
        """Cut a line that is no part of any article wherever it stands."""
        line = self.lines[number]
        if line.is_share:
            self._cut(number, "share", "share")
        elif line.is_boilerplate:
            self._cut(number, "boilerplate", "boilerplate")
        elif line.is_inline_link:
            self._cut(number, "related", "inline_link")
        else:
            return False
        return True

    # --- the head -------------------------------------------------------------------------------------------------

    def _read_above(self, title: int) -> None:
        for number in range(title):
            line = self.lines[number]
            if line.is_breadcrumb or continues(line.text, self.lines[title].text):
                self._cut(number, "breadcrumb", "breadcrumb")
            elif line.is_share:
                self._cut(number, "share", "share")
            elif number == title - 1 and is_kicker(self.lines, number, title):
                self.kicker = line.text
            else:
                # A date up here is as often the clock of the page as the article's: it is not read.
                self._cut(number, "navigation", "head")
                self.section = line.text if line.is_section else self.section

    def _read_below_title(self, start: int, end: int) -> int:
        """Dates, names and rails between title and text, then the lede; the number of the first body line."""
        number = start
        while number < end:
            line = self.lines[number]
            if line.may_be_date or line.is_date_only:
                self._take_date(number)
            elif line.plain == self.title_plain:
                self._cut(number, "image_alt", "title_again")
            elif line.is_navigation or line.is_section:
                self._cut(number, "navigation", "head")
            elif not self.authors and number + 1 < end and (found := names(line.text)):
                self.authors = found
                self._cut(number, "byline", "byline")
            elif not self._cut_rail(number):
                break
            number += 1
        return self._read_lede(number, end)

    def _read_lede(self, number: int, end: int) -> int:
        if number >= end or self.title is None:
            return number
        line = self.lines[number]
        below = [other for other in range(number + 1, end) if self.lines[other].group == line.group]
        # Standfirsts without a full stop are common; a subhead before any text is not, and shorter.
        is_text = line.is_sentence or line.words >= LONG_WORDS
        # Several lines in one group: a standfirst with links under it, unless they are short like those of a poem.
        is_tall = not below or line.words >= LONG_WORDS
        is_other = line.is_picture(self.title_plain) or line.is_listed or line.is_captioned or self._is_twice(number)
        if not is_text or not is_tall or is_other or line.words > MAX_LEDE_WORDS:
            return number
        self.lede = line.text
        for other in below:
            # Links to other stories hang under the standfirst, glued into one line or one below the other.
            if not self.lines[other].is_sentence and not self.lines[other].is_picture(self.title_plain):
                self._cut(other, "related", "lede_links")
        return number + 1

    def _take_date(self, number: int) -> None:
        line = self.lines[number]
        moment = parse_moment(line.text, offset=self.offset)
        if re.match(r"(?:cập nhật|updated|last updated|sửa lần cuối)", line.text, re.IGNORECASE):
            self.modified_at = self.modified_at or moment
        else:
            self.published_at = self.published_at or moment
        self.authors = self.authors or line.names_beside_date
        self._cut(number, "byline", "date")

    # --- the tail -------------------------------------------------------------------------------------------------

    def _cut_tail(self, tail: int) -> None:
        kind = "related"
        for number in range(tail, len(self.lines)):
            line = self.lines[number]
            if line.is_comment_heading:
                kind = "comments"
            elif line.is_related_heading or line.is_weak_heading:
                kind = "related"
            if line.is_share:
                self._cut(number, "share", "share")
            elif line.is_footer:
                self._cut(number, "footer", "footer")
            else:
                self._cut(number, kind, "tail")

    # --- between the last paragraph and the tail ------------------------------------------------------------------

    def _read_end_matter(self, start: int, end: int) -> int:
        """Author, source, keywords and rails under the last paragraph; the number of the line after that paragraph."""
        signed: list[int] = []
        while end > start + 1:
            number = end - 1
            line = self.lines[number]
            if self._cut_rail(number) or self._cut_foot(number):
                pass
            elif not signed and self.credit is None and (credit := self._credit(number)):
                self.credit = credit
                self._cut(number, "credit", "credit")
            elif names(line.text) and not self._is_listed_name(number, start):
                signed.insert(0, number)
            elif (first := self._tag_list_from(number, start)) is not None:
                self.tags = [self.lines[other].text for other in range(first + 1, end)]
                for other in range(first, end):
                    self._cut(other, "navigation", "tags")
                number = first
            else:
                break
            end = number
        for number in signed:
            self.authors.extend(names(self.lines[number].text))
            self._cut(number, "byline", "byline")
        return end

    def _cut_foot(self, number: int) -> bool:
        line = self.lines[number]
        if line.is_tags:
            text = TAGS.sub("", line.text)
            parts = re.findall(r"#([^#]+)", text) if "#" in text else re.split(r"[,;|•]", text)
            self.tags = [*dict.fromkeys(tag for part in parts if (tag := part.strip(" .#"))), *self.tags]
            self._cut(number, "navigation", "tags")
        elif line.is_weak_heading:
            self._cut(number, "related", "empty_box")
        elif line.is_footer:
            self._cut(number, "footer", "footer")
        elif line.is_photo_credit and self.lines[number - 1].is_sentence:
            self._cut(number, "credit", "photo_credit")
        elif line.may_be_date or line.is_date_only:
            self._take_date(number)
        else:
            return False
        return True

    def _credit(self, number: int) -> Credit | None:
        line = self.lines[number]
        credit = credit_line(line.text)
        is_source = number + 1 < len(self.lines) and self.lines[number + 1].is_source_mark
        if credit or not is_source or not line.is_headline or line.words > MAX_OUTLET_WORDS:
            return credit
        # Aggregators print the outlet between the author and the link to it, whether we know it or not.
        site = outlet_named(line.text, None)
        is_outlet = site or not names(line.text) or names(self.lines[number - 1].text)
        return Credit(name=line.text, site=site) if is_outlet else None

    def _is_listed_name(self, number: int, start: int) -> bool:
        run = 0
        while run <= MAX_NAME_LINES and number - run > start and names(self.lines[number - run].text):
            run += 1
        return run > MAX_NAME_LINES

    def _tag_list_from(self, number: int, start: int) -> int | None:
        """The line "Từ khóa:" with nothing but short lines between it and `number`."""
        for other in range(number, max(start, number - MAX_TAGS), -1):
            if self.lines[other].words > MAX_TAG_WORDS or self.lines[other].is_sentence:
                break
            if TAGS.fullmatch(self.lines[other - 1].text):
                return other - 1
        return None

    # --- the body -------------------------------------------------------------------------------------------------

    def _read_body(self, start: int, end: int) -> None:
        has_glued = any(
            line.is_picture(self.title_plain) and line.group == below.group and not below.is_picture(self.title_plain)
            for line, below in zip(self.lines[start:end], self.lines[start + 1 : end], strict=False)
        )
        number = start
        while number < end:
            line = self.lines[number]
            if number in self.cuts or self._cut_rail(number):
                number += 1
            elif line.is_picture(self.title_plain):
                number = self._read_picture(number, end, has_glued=has_glued)
            elif self._is_twice(number) and number + 1 < end:
                self._cut(number, "duplicate_caption", "duplicate_caption")
                number = self._take_caption(number + 1, end)
            elif line.is_captioned:
                number = self._take_caption(number, end)
            elif line.is_weak_heading or line.is_related_heading:
                number = self._cut_box(number, end)
            else:
                kind = BlockKind.SUBHEAD if self._is_subhead(number, end) else BlockKind.PARAGRAPH
                self.blocks.append(Block(line.text, kind))
                number += 1

    def _read_picture(self, number: int, end: int, *, has_glued: bool) -> int:
        """Cut the picture's own line and take its caption: in the same group, or alone in the next one."""
        line = self.lines[number]
        self._cut(number, "image_alt", "image_alt")
        following = number + 1
        if following >= end or following in self.cuts or self.lines[following].is_picture(self.title_plain):
            return following
        below = self.lines[following]
        if below.group == line.group:
            if self._is_twice(following) and following + 1 < end:
                self._cut(following, "duplicate_caption", "duplicate_caption")
                following += 1
            return self._take_caption(following, end) if below.words <= MAX_CAPTION_WORDS else following
        is_gallery = number > 0 and self.lines[number - 1].group == line.group
        limit = MAX_ODD_CAPTION_WORDS if has_glued or is_gallery else MAX_LOOSE_CAPTION_WORDS
        is_alone = following + 1 >= len(self.lines) or self.lines[following + 1].group != below.group
        is_caption = is_alone and below.words <= limit and below.may_be_loose_caption and not self._is_twice(following)
        return self._take_caption(following, end) if is_caption else following

    def _take_caption(self, number: int, end: int) -> int:
        """Keep a caption, with the photographer's line below it where there is one."""
        text = self.lines[number].text
        following = number + 1
        is_free = following < end and following not in self.cuts
        if is_free and self.lines[following].is_photo_credit and not photo_credit(text):
            text = f"{text} {self.lines[following].text}"
            following += 1
        self.captions.append(Caption(text, photo_credit(text)))
        return following

    def _is_twice(self, number: int) -> bool:
        """Whether the next line repeats this one, at most with the photographer added: picture text, then caption."""
        if number + 1 >= len(self.lines) or number + 1 in self.cuts:
            return False
        line, below = self.lines[number], self.lines[number + 1]
        if not MAX_MENU_WORDS <= line.words <= MAX_CAPTION_WORDS:
            return False
        is_credited = line.group == below.group and below.plain.startswith(line.plain) and below.is_captioned
        return bool(line.plain) and (line.plain == below.plain or is_credited)

    def _cut_box(self, number: int, end: int) -> int:
        """Cut a box of related news inside the body: its heading and the headlines under it."""
        self._cut(number, "related", "inline_box")
        number += 1
        while number < end and self.lines[number].is_headline and not self.lines[number].is_picture(None):
            self._cut(number, "related", "inline_box")
            number += 1
        return number

    def _is_subhead(self, number: int, end: int) -> bool:
        """A short line alone in its group, over text or a picture; short lines in a row are a list or a poem."""
        line = self.lines[number]
        if number + 1 >= end or not line.is_headline or not line.is_worded or line.is_bulleted:
            return False
        above = self.lines[number - 1] if number and number - 1 not in self.cuts else None
        below = self.lines[number + 1]
        if line.group == below.group or (number and self.lines[number - 1].group == line.group):
            return False
        return not self._may_be_item(below) and not (above and self._may_be_item(above))

    def _may_be_item(self, line: Line) -> bool:
        is_caption = bool(self.captions) and self.captions[-1].text == line.text
        is_known = line.text == self.title or line.is_picture(self.title_plain) or line.is_captioned or is_caption
        return line.is_headline and not is_known
