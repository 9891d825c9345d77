"""What stands above and below a story and is none of it: who wrote, checked and pictured it, sections that lead on to
other pages, calls to follow, subscribe or buy.

For pages that no site rule fits. Only what stands at an end is taken, and never much: the same words may be a story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.text import fold
from archive.types import BlockKind, Furniture
from crawler.extraction.edges import is_moment
from crawler.extraction.phrases import DATED, LEADS_ON

if TYPE_CHECKING:
    from crawler.extraction.blocks import Line, Placed

HEAD = 4
"""Lines above the story among which those are looked for that say who made it."""
MAX_CUT = 0.2
"""Share of the text; what is more is no closing."""
MAX_LINES = 12
"""Lines of a section that leads on: a headline for each story, at most with a few words."""
MAX_MADE = 120
MAX_THANKS = 260
"""Characters of a line that names everybody who helped, at the end."""
MAX_CALL = 300
MAX_NAME = 60
MAX_ABOUT = 700
"""Characters of a note on the author."""

_MADE = re.compile(
    r"(?:written|edited|reviewed|authored|compiled|reported|posted|fact[- ]checked|medically reviewed|"
    r"(?:additional )?reporting|photos?|photographs?|illustrations?|words)(?: and \w+)? by\b",
    re.IGNORECASE,
)
_HELPED = re.compile(
    r"(?:additional )?reporting by\b|"
    r"(?:.{1,40} )?(?:writers?|reporters?|correspondents?)\b.{1,220}\bcontributed(?:\W*$| to this| reporting| from)\b|"
    r".{1,200}\bcontributed (?:to this (?:report|story|article|post|piece)|reporting)\b|"
    r"(?:write to|reach|contact|e-?mail|follow) .{2,80} (?:at|on|via) .{0,60}(?:@|twitter|https?:)|"
    r"(?:no |\d+ )comments?\W*$|comments? \(\d+\)$|post a comment\W*$",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:related (?:articles?|content|posts?|stories|reads?|reading|topics|links|news|publications|resources)|"
    r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|"
    r"recommended (?:for you|articles?|reading|posts|stories)|"
    r"(?:more|latest|other|popular|recent|featured|similar) (?:\w+ ){0,2}"
    r"(?:articles?|news|posts?|stories|reading|content|coverage)(?: \w+){0,4}|"
    r"more (?:from|on|about|in|like) .{1,40}|latest posts by .{1,40}|(?:up|read|what['’]s) next|keep reading|"
    r"tags|topics|filed under|categories|"
    rf"{'|'.join(phrase for phrases in LEADS_ON.values() for phrase in phrases)})\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about (?:the|our) (?:authors?|writers?|experts?|contributors?)|(?:the|our) authors?|meet the authors?|"
    r"(?:like|enjoyed?|share) this (?:article|post|story)\b.{0,30}|"
    r"share(?: this)?(?: article| story| post| page)?(?: (?:on|via|with)\b.{0,20})?|"
    r"stay (?:connected|in touch)|follow (?:us|me)\b.{0,30}|connect with (?:us|me)|contact (?:us|me|info\w*)|"
    r"get in touch|join (?:our|the) (?:newsletter|community|conversation|club|discussion|list)|"
    r"subscribe\b.{0,40}|(?:sign up|register) (?:for|to)\b.{0,40}|"
    r"(?:\d+ )?comments?|(?:leave|post|write|add) a (?:comment|reply)|(?:\d+ )?(?:kommentare?|commentaires?|"
    r"comentarios?|comentários?|commenti|комментари[ия]|отзывы|reacties|kommentarer|komentarze?|bình luận|コメント|"
    r"评论|評論)|"
    r"(?:our |weekly |daily )?newsletter|über (?:den|die) autor\w*|à propos de l['’]auteur\w*|"
    r"sobre (?:el|la|o|a) autora?|sull['’]autore|об авторе)\W*",
    re.IGNORECASE,
)
_DATED = re.compile("|".join(DATED), re.IGNORECASE)
_INTRODUCED = re.compile(
    r"(?:about the (?:author|writer|contributor)s?\b|(?:über|zu) (?:den|die|unsere\w*) autor\w*\b|"
    r"à propos de l['’]auteur|sobre (?:el|la|o|a) autora?\b|об авторе\b|"
    r"(?-i:Hi|Hey|Hello)[,!]? I(?:['’]m| am) (?-i:[A-Z]))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r".{40,}[.!?。！？؟…]\W*", re.DOTALL)
_CALL = re.compile(
    r"(?:check out|click here|sign up|subscribe|"
    r"(?:contact|call|visit|book|schedule|download|follow|join|explore|shop|discover|request|register|start your|"
    r"listen)\b(?=.{0,120}?(?<!\w)(?:us|me|my|our|your|now|today|here|free|live|newsletters?|podcasts?|channel|app|"
    r"website|page|facebook|twitter|instagram|youtube|linkedin|whatsapp|telegram|tiktok|https?:|www\.|[\w-]+\.(?:com|org|net|co|io|ai)|\S+@))|"
    r"be sure to (?:follow|subscribe|check)|(?:and )?don['’]t forget to (?:follow|subscribe|share|like)|"
    r"thanks? (?:you )?for (?:reading|visiting|stopping by)|"
    r"folgen sie uns|abonnieren sie|suivez(?:-nous)?|abonnez-vous|síguenos|sigue a|suscríbete|siga(?:-nos)?|"
    r"inscreva-se|assine|seguici|iscriviti|подписывайтесь|подпишитесь|theo dõi .{1,40}trên)(?!\w)",
    re.IGNORECASE,
)


_BELOW = (
    (MAX_MADE, _MADE, ("byline", "made_by")),
    (MAX_THANKS, _HELPED, ("byline", "helped")),
    (MAX_ABOUT, _INTRODUCED, ("byline", "about_author")),
    (MAX_CALL, _CALL, ("advert", "call")),
)


def cut_closing(lines: list[Line], *, name: str, author: str | None) -> tuple[list[Line], list[Placed]]:
    """`lines` without what stands above and below the story; `author` is who is known to have written it."""
    allowed = int(MAX_CUT * sum(len(line.text) for line in lines))
    kept, cut = _without_head(lines, name)
    while len(kept) > 1:
        start, found = _closing(kept, author)
        spent = sum(len(line.text) for line in kept[start:])
        if found is None or start == 0 or spent > allowed:
            break
        allowed -= spent
        cut.extend((line.at, Furniture(found[0], f"{name}/{found[1]}", line.text)) for line in kept[start:])
        kept = kept[:start]
    return kept, cut


def _without_head(lines: list[Line], name: str) -> tuple[list[Line], list[Placed]]:
    """`lines` without those at the top that say who made it, a label with the name below it."""
    gone: set[int] = set()
    for index, line in enumerate(lines[:HEAD]):
        label = _MADE.match(line.text) if len(line.text) <= MAX_MADE else None
        if label is None:
            continue
        gone.add(index)
        if (
            not line.text[label.end() :].strip(" :")
            and index + 1 < len(lines)
            and len(lines[index + 1].text) < MAX_NAME
        ):
            gone.add(index + 1)
    cut = [(lines[index].at, Furniture("byline", f"{name}/made_by", lines[index].text)) for index in sorted(gone)]
    return [line for index, line in enumerate(lines) if index not in gone], cut


def _closing(lines: list[Line], author: str | None) -> tuple[int, tuple[str, str] | None]:
    """Where what stands below the story begins, and its kind and rule; nothing if the last line is the story's."""
    last = len(lines) - 1
    found = _stands_below(lines[last], author)
    if found is not None:
        return last, found
    for heading in range(last, max(0, last - MAX_LINES), -1):
        if _leads_on(lines[heading].text, lines[heading + 1 :]):
            return heading, ("related", "leads_on")
        if lines[heading].kind is BlockKind.SUBHEAD:
            break
    return last, None


def _stands_below(line: Line, author: str | None) -> tuple[str, str] | None:
    """The kind and rule of a last line that is none of the story's."""
    text = line.text
    for most, pattern, found in _BELOW:
        if len(text) <= most and pattern.match(text) and not (pattern is _CALL and _is_item(line)):
            return found
    if is_moment(text) and _DATED.match(text):
        return "boilerplate", "when"
    is_about = author and MAX_NAME < len(text) <= MAX_ABOUT and fold(text).startswith(f"{fold(author)} ")
    return ("byline", "about_author") if is_about else None


def _leads_on(heading: str, below: list[Line]) -> bool:
    """Whether the heading announces other pages, or who wrote this one and how to reach them.

    A sentence below related headlines is the story, that goes on beneath a box of them."""
    if _ABOUT.fullmatch(heading):
        return True
    is_list = all(_is_item(line) for line in below)
    return leads_on(heading) and (is_list or not any(_SENTENCE.fullmatch(line.text) for line in below))


def leads_on(heading: str) -> bool:
    """Whether `heading` announces other pages.

    >>> leads_on("More great stories"), leads_on("More than a story")
    (True, False)
    """
    return _RELATED.fullmatch(heading) is not None


def _is_item(line: Line) -> bool:
    """Whether it is an entry of a list: then the list is a list of steps."""
    element = line.element
    parent = element.getparent() if element is not None else None
    return (element is not None and element.tag in ("li", "item")) or (
        parent is not None and parent.tag in ("li", "item")
    )
