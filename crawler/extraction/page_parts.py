"""Where the parts of a page kept as plain text lie: its title, and where the article ends and the rest begins.

Structure first (what repeats, what stands under what, what ends like a sentence), words second. Pure rules over the
lines; what each part says is read by `page_text`."""

from __future__ import annotations

from crawler.extraction.credit import credit_line
from crawler.extraction.page_lines import MAX_MENU_WORDS, MAX_TITLE_WORDS, PARAGRAPH_WORDS, Line, bare, continues, names

MAX_HEAD_LINES = 40
MAX_KICKER_WORDS = 6
# Under a short line, what is longer than this is the standfirst of a short title, not a title under a kicker.
MAX_KICKED_WORDS = 22
FEWEST_MENU_LINES = 3
# How far the body is looked for under a heading that may be a box's.
MAX_BOX_LINES = 100
MAX_HEADING_WORDS = 5


def find_title(lines: list[Line]) -> int | None:
    """The number of the line that other lines prove to be the title, else of the first one that may be."""
    head = range(min(len(lines), MAX_HEAD_LINES))
    alts = {bare(match["of"]) for line in lines if (match := line.numbered)}
    for number in head:
        line = lines[number]
        if not MAX_MENU_WORDS < line.words <= MAX_TITLE_WORDS:
            continue
        if line.plain in alts or (number > 0 and continues(lines[number - 1].text, line.text)):
            return number
    real = [number for number in head if not _is_above_title(lines, number)]
    menu = next((number for number in head if not _is_menu(lines, number)), len(head))
    if menu >= FEWEST_MENU_LINES:
        above = [number for number in real if number < menu]
        below = [number for number in real if number >= menu]
        # Under a menu comes a headline; if running text does, the title is as short as the menu's words.
        is_headed = bool(below) and not lines[below[0]].is_sentence
        real = below if is_headed else above[-1:] or real
    if not real or lines[real[0]].words > MAX_TITLE_WORDS:
        return None
    first = real[0]
    return first + 1 if first + 1 in real and is_kicker(lines, first, first + 1) else first


def _is_above_title(lines: list[Line], number: int) -> bool:
    """Whether this is a line of what stands above titles: menus, rails, headings of boxes, dates, pictures."""
    line = lines[number]
    return (
        line.is_navigation
        or line.is_section
        or line.is_boilerplate
        or line.is_share
        or line.is_weak_heading
        or line.is_related_heading
        or line.may_be_date
        or line.is_picture(None)
        or (number + 1 < len(lines) and continues(line.text, lines[number + 1].text))
    )


def _is_menu(lines: list[Line], number: int) -> bool:
    line = lines[number]
    return _is_above_title(lines, number) or (line.words <= MAX_MENU_WORDS and not line.is_sentence)


def is_kicker(lines: list[Line], number: int, title: int) -> bool:
    """Whether `number` is the short line over the title: "Cơ quan LĐLĐ Thành phố:"."""
    above, below = lines[number], lines[title]
    is_short = above.text.endswith(":") or (above.words <= MAX_KICKER_WORDS and not above.is_sentence)
    is_title = below.is_headline or below.text.endswith(("?", "!"))
    is_longer = max(above.words, MAX_MENU_WORDS) < below.words <= MAX_KICKED_WORDS
    return is_short and is_title and is_longer and not names(below.text) and not _is_above_title(lines, number)


def find_tail(lines: list[Line], start: int) -> int:
    """The number of the first line after the article."""
    for number in range(start, len(lines)):
        line = lines[number]
        if number > start and (line.is_related_heading or line.is_comment_heading):
            return number
        # Right under the title any heading may belong to a box.
        if (line.is_weak_heading or line.is_related_heading) and not _goes_on_after(lines, number):
            return number
        if number > start and _is_teaser(lines, number) and _is_teaser_run(lines, number):
            return _with_heading(lines, number, start)
    return len(lines)


def _goes_on_after(lines: list[Line], number: int) -> bool:
    """Whether the body follows the box that this heading opens: lists of news have no two paragraphs in a row."""
    previous: Line | None = None
    for line in lines[number + 1 : number + 1 + MAX_BOX_LINES]:
        if line.is_related_heading or line.is_comment_heading:
            return False
        if previous is not None and previous.is_sentence and previous.words >= PARAGRAPH_WORDS:
            is_long = line.is_sentence and line.words >= PARAGRAPH_WORDS
            # Headlines are cut off too where they are long, over an excerpt that always is.
            if is_long and not (previous.is_cut_off and line.is_cut_off):
                return True
            if names(line.text) or credit_line(line.text):
                return True
        previous = line
    return False


def _is_teaser(lines: list[Line], number: int) -> bool:
    """A headline printed twice (picture text and link), or one over a cut-off paragraph."""
    if number + 1 >= len(lines):
        return False
    line, below = lines[number], lines[number + 1]
    if line.group == below.group or not line.is_headline or line.words < MAX_MENU_WORDS:
        return False
    return line.plain == below.plain or (below.is_long and below.is_cut_off)


def _is_teaser_run(lines: list[Line], number: int) -> bool:
    """Two in a row: a line may repeat by accident, and one paragraph may end in three dots."""
    is_double = lines[number].plain == lines[number + 1].plain
    steps = (2, 3) if is_double else (2,)
    return any(number + step < len(lines) and _is_teaser(lines, number + step) for step in steps)


def _with_heading(lines: list[Line], number: int, start: int) -> int:
    """`number`, or the heading right above it that no list knows ("Tin đáng chú ý")."""
    above = lines[number - 1]
    is_heading = number - 1 > start and above.is_headline and above.words <= MAX_HEADING_WORDS
    is_heading = is_heading and not names(above.text) and credit_line(above.text) is None
    return number - 1 if is_heading and not above.is_boilerplate and not above.is_tags else number
