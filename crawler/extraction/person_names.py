"""Whether the words of a byline are the name of somebody who wrote: pure rules on text, for any language.

Empty rather than wrong: a line that holds anything but names holds none."""

from __future__ import annotations

import re
from itertools import takewhile

from crawler.extraction.authors import author_names

MAX_NAME_WORDS = 5
MAX_CJK_NAME = 12
MIN_NAME = 3
MAX_INITIALS = 3

BY = re.compile(
    r"^(?:(?:\w+\s+){0,2}by|von|par|por|di|door|av|af|autor(?:a|in)?|auteur|автор|текст|بقلم|كتب|tác giả|bài|"
    r"文|取材|記者|作者|authors?|text|words)\b\s*[:：・|]*\s*",
    re.IGNORECASE,
)
# Who looked at a text, took its pictures or paid for it did not write it.
_ROLES = (
    r"\b(?:review|edit(?!h\b)|check|photo|illustrat|translat|narrat|sponsor|verified|approv|curat|present|produc|power|support|"
    r"develop|design|interview|recommend|updat|comment|courtes|ảnh)\w*(?:\s+(?:and|&)\s+\w+)?"
)
OTHER_ROLE = re.compile(rf"{_ROLES}(?:\s+by)?\W*$", re.IGNORECASE)
_COURTESY = re.compile(r"(?:courtesy|photos?|ảnh)\b", re.IGNORECASE)
_OTHERBY = re.compile(rf"^(?:[\w-]+\s+){{0,2}}{_ROLES}\s+by\b", re.IGNORECASE)
# What follows a name on its line: the day, the role, the time it takes to read.
_AFTER = re.compile(
    r"\s*(?:[|•·–—\d]|\s-\s|\b(?:(?-i:on)|published|updated|posted|(?-i:last|in)|writer|reporter|correspondent|founder|senior|"
    r"chief)\b|"
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?\s+\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(r"\S+ in \w")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NO_NAME = re.compile(
    r"\b(?:about|author|authors|editor|editorial|contributor|guest|posts?|more|all|view|follow|share|news|"
    r"read|written|comments?|admin|home|subscribe|contact|profile|articles?|finance|meet|our|your|bio|"
    r"business|blog|company|ltd|inc|llc|gmbh|website|register|now|sign|login|password|"
    r"facebook|twitter|instagram|linkedin|email|download|search|menu|quick|top|questions|answers|conclusion|references)\b",
    re.IGNORECASE,
)
_DESK = re.compile(r"^(?:team|staff|desk|editors)$", re.IGNORECASE)
_TEAM = re.compile(r"\b(?:team|staff|desk|editors?|newsroom|reporters|bureau|news|room|contributors?)$", re.IGNORECASE)
_POST = re.compile(
    r"\b(?:director|manager|coordinator|strategist|engineer|analyst|consultant|president|specialist|expert|officer)s?$",
    re.IGNORECASE,
)
_COMMON = frozenset(
    ["van", "von", "der", "den", "de", "da", "di", "del", "la", "le", "bin", "al", "el", "dos", "du", "y"]
)


def is_other_role(before: str) -> bool:
    """Whether the words before a name give it to somebody who did not write.

    >>> is_other_role("Medically reviewed by"), is_other_role("By")
    (True, False)
    """
    return OTHER_ROLE.search(before) is not None


def is_desk(name: str) -> bool:
    """Whether `name` is that of a group who sign together.

    >>> is_desk("Global Desk"), is_desk("Mai Quý")
    (True, False)
    """
    return _TEAM.search(name) is not None


def persons_in(text: str, houses: frozenset[str], *, is_said: bool = False, is_short: bool = False) -> list[str]:
    """The persons in a byline; none where it holds anything else.

    One word will do where `is_short`, and any signature where the page itself says that it is one (`is_said`).

    >>> persons_in("By Maren Oldby | 4 May 2026", frozenset()), persons_in("More from our staff", frozenset())
    (['Maren Oldby'], [])
    """
    text = text.strip(" |")
    if OTHER_ROLE.search(text.partition("|")[0]) or _OTHERBY.search(text):
        return []
    line = _without_initials(BY.sub("", text))
    printed = _once(_AFTER.sub("", line).strip(" ,:*"))
    # "Human in the Loop" is not signed by one Human.
    is_short = is_short and not _GOES_ON.match(line.strip())
    names = author_names(printed, houses)[0] if printed else []
    names = [name for name in names if not _POST.search(name) and not _COURTESY.match(name)]
    if any(_NO_NAME.search(name) for name in names):
        return []
    is_signature = is_said and len(names) == 1 and names[0][0].isupper() and len(names[0].split()) <= MAX_NAME_WORDS
    if is_signature and (is_short or " " in names[0]):
        return names
    # What follows the last name may be a post or a place: "A and B, Extension horticulture".
    return list(takewhile(lambda name: _is_name(name.partition(",")[0], is_short=is_short), names))


def _without_initials(text: str) -> str:
    """`text` without the initials that stand in for a portrait: "ML Mai Lan"."""
    first, _, rest = text.partition(" ")
    first, rest = first.strip("|"), rest.strip("| ")
    initials = "".join(word[0] for word in rest.split()[: len(first)])
    return rest if 1 < len(first) <= MAX_INITIALS and first == initials else text


def _once(text: str) -> str:
    """`text`, or its half where it says one thing twice: a portrait's name and the name beside it."""
    words = text.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else text


def _is_name(text: str, *, is_short: bool = False) -> bool:
    if _CJK.search(text):
        return len(text) <= MAX_CJK_NAME
    words = text.split()
    # Scripts without capitals pass as they are.
    if len(words) == 1:
        return is_short and len(text) >= MIN_NAME and not _DESK.search(text)
    if _DESK.search(words[-1]):
        words = words[:-1] if words[0].lower() != "the" else ["The", *words[1:-1], "Team"]
        return len(words) > 1 or (len(words) == 1 and not words[0][0].islower())
    is_capital = all(not word[0].islower() or word in _COMMON for word in words)
    return 1 < len(words) <= MAX_NAME_WORDS and is_capital
