"""Lines that are no part of any story, told by their words in many languages: pitches for newsletters, copyright lines,
"read more" lines.

For pages that no site rule fits. Words come after structure (`paragraphs`), so each list asks for more than one sign:
a verb and what it asks for, a mark and a place, an introduction and a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.types import BlockKind, Furniture
from crawler.extraction.notices import is_disclosure, is_notice
from crawler.extraction.phrases import LEADS_ON, RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.extraction.blocks import Line, Placed

MAX_PITCH = 260
MAX_COPYRIGHT = 220
MAX_MORE = 220
TAIL = 3
"""A copyright line may stand so many lines from the end."""

_LETTER = (
    r"newsletter|inbox|mailing list|e-?mail (?:updates|alerts)|rassegna|boletín|boletim|рассылк|"
    r"ニュースレター|メルマガ|نشرت\w*|القائمة البريدية|bản tin|infolettre|nieuwsbrief|nyhetsbrev|nyhedsbrev|电子报|訂閱"
)
_ASK = (
    r"sign(?:ing)? up|subscribe|join (?:our|over|\d)|register|get|receive|abonn\w+|anmelden|inscri\w+|iscri\w+|"
    r"suscr\w+|"
    r"recib\w+|receb\w+|assin\w+|подпи\w+|登録|購読|订阅|訂閱|اشترك\w*|سجل\w*|đăng ký|meld je aan|prenumerera|tilmeld"
)
# One imperative sentence that begins with the verb, or a question that ends in it, with the letter near it.
_PITCH = re.compile(
    r"^(?:(?:please|don't miss out|want more|enjoyed this|like what)\b.{0,60})?\W*"
    rf"(?:{_ASK})\b.{{0,120}}?(?:{_LETTER})|"
    rf"^(?:{_LETTER}).{{0,12}}(?:登録|購読)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    rf"^\W*(?:©|\(c\)\s|copyright\b(?! law)|{'|'.join(RIGHTS)})",
    re.IGNORECASE,
)
_LEADS = "|".join(phrase for phrases in LEADS_ON.values() for phrase in phrases)
_MORE = re.compile(rf"^\W{{0,3}}(?:{_LEADS})\s*[:：>»–|-]", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"(?:you (?:may|might) (?:also )?(?:like|be interested|enjoy|want)|more (?:from|on|about)|further reading|related|"
    r"recommended|see also|see more|also|read|check out (?:our|these|more)|don't miss|keep reading|"
    rf"à lire|lesen sie|mehr (?:zum|zu)|lees meer|читайте|{_LEADS})(?!\w)|関連|相关|相關|延伸",
    re.IGNORECASE,
)


def is_more(text: str) -> bool:
    """Whether `text` announces other stories: "read also:".

    >>> is_more("Read also:"), is_more("You will need:")
    (True, False)
    """
    return _MORE.match(text) is not None or _ANNOUNCED.match(text) is not None


def cut_by_words(
    lines: list[Line], *, name: str, links: Callable[[], frozenset[str]]
) -> tuple[list[Line], list[Placed]]:
    """`lines` without those that their words give away; `links` says the words of the page's links, if asked."""
    kept: list[Line] = []
    cut: list[Placed] = []
    for index, line in enumerate(lines):
        found = _furniture(line, name, links, is_tail=index >= len(lines) - TAIL)
        if found is None:
            kept.append(line)
        else:
            cut.append((line.at, found))
    # A page about newsletters is all pitch; then the words tell nothing.
    return (kept, cut) if len(kept) > len(cut) else (lines, [])


def _furniture(line: Line, name: str, links: Callable[[], frozenset[str]], *, is_tail: bool) -> Furniture | None:
    text = line.text
    if is_notice(text):
        return Furniture("boilerplate", f"{name}/notice", text)
    if line.kind is BlockKind.SUBHEAD and not is_tail:
        return None
    if is_disclosure(text):
        return Furniture("advert", f"{name}/disclosure", text)
    return _by_sentence(line, name, links, is_tail=is_tail)


def _by_sentence(line: Line, name: str, links: Callable[[], frozenset[str]], *, is_tail: bool) -> Furniture | None:
    text = line.text
    if len(text) <= MAX_PITCH and _PITCH.search(text):
        return Furniture("advert", f"{name}/pitch", text)
    if is_tail and len(text) <= MAX_COPYRIGHT and _COPYRIGHT.match(text):
        return Furniture("boilerplate", f"{name}/copyright", text)
    more = _MORE.match(text) if len(text) <= MAX_MORE else None
    if more and (line.is_link or text[more.end() :].strip() in links()):
        return Furniture("related", f"{name}/read_more", text)
    return None
