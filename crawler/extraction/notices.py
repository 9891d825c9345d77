"""What a page says about itself amid its text: what its forms answer, what its buttons do, how the paper is paid.

Each pattern asks for a whole phrase, and most for the whole line: a story may speak of commissions and newsletters."""

from __future__ import annotations

import re

from crawler.extraction.phrases import ADVERTISEMENT, CONTROLS, FOREIGN_CONTENT, READING_TIME, STORY_CONTINUES

MAX_NOTICE = 420
"""Characters; the longest are consents that a form asks for."""

_NOTICE = re.compile(
    r"^(?:thank you! (?:your submission has been received|please check your inbox)|thanks for signing up\b|"
    r"oops! something went wrong while submitting|there was an issue with the form|"
    r"by (?:signing up|subscribing|clicking|submitting|providing|entering|continuing)\b.{0,160}"
    r"\b(?:agree|consent|confirm|acknowledge)\b|"
    r"(?:share|print|save|bookmark) this (?:article|story|post|page)\b.{0,40}$|"
    r"was this (?:article|page|post|content|answer) helpful\b|"
    r"(?:loading|please wait)\s?(?:\.\.\.|…)$|"
    rf"(?:{'|'.join(STORY_CONTINUES)})(?!\w).{{0,80}}$|"
    rf"(?:{'|'.join(READING_TIME)})\W*\d{{0,3}}\W*(?:min\w*)?\W*$|(?:{'|'.join(CONTROLS)})\W*$|"
    rf"(?:{'|'.join(FOREIGN_CONTENT)})|"
    r"(?:image|photo|picture|slide|bild|foto|imagen|imagem|fotografía|immagine|фото) \d{1,3} ?"
    r"(?:of|/|von|de|di|sur|van|av|из) ?\d{1,3}$|"
    r"your browser does not support\b|please enable javascript\b|"
    r"(?:get started|learn more|read more|read full review|view on amazon|see price at .{1,30}|buy now|shop now|"
    r"sign up now|subscribe now|book now|jump to details)\W*$|"
    rf"(?:{'|'.join(ADVERTISEMENT)})\W*$|"
    r"this (?:article|story|content|post) is (?:exclusive|reserved|only|available)\b.{0,60}"
    r"\b(?:subscribers|members)\b|"
    r"(?:already (?:a subscriber|a member|have an account|registered|subscribed)|not a (?:member|subscriber))\b"
    r".{0,60}$|"
    r"(?:subscribe|log in|sign in|register|sign up) to "
    r"(?:get access|continue|read (?:more|the|this)|unlock|view|comment)\b|"
    r"to (?:continue|keep) reading\b.{0,80}\b(?:subscri|log in|sign|register)|"
    r"to read the rest of this (?:story|article)\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(r"affili|commission|compensat|provision|qualifying|paid", re.IGNORECASE)
"""Cheap to look for; without one of these no line says how the paper is paid."""
_PAID = re.compile(
    r"\b(?:this|our|the|my|some|these) (?:\w+ ){0,2}"
    r"(?:posts?|articles?|pages?|sites?|stor(?:y|ies)|blogs?|website|content)\b.{0,40}"
    r"\b(?:contain|include)s?\b.{0,30}\baffiliate\b|"
    r"\b(?:we|i|(?-i:[A-Z])\w+ (?=may|might)) ?(?:may |might |could )?"
    r"(?:earn|receive|get|be compensated|be paid|make)\b.{0,60}"
    r"\b(?:commission|when you click|if you (?:click|buy|purchase))|"
    r"\b(?:buy|purchase|click|book)\w*\b.{0,60}\b(?:our|these|this|affiliate|my|the) links?\b.{0,60}"
    r"\b(?:commission|compensat)|"
    r"\bearn (?:a commission )?(?:from|on) qualifying purchases\b|"
    r"\bpurchases made through (?:our )?(?:affiliate )?links\b|"
    r"\baffiliate-?links?\b.{0,80}\bprovision|\bprovision\b.{0,80}\baffiliate-?links?\b|"
    r"\bliens? affiliés?\b.{0,80}\bcommission",
    re.IGNORECASE,
)


def is_notice(text: str) -> bool:
    """Whether `text` is what a form or a button says.

    >>> is_notice("Share this article"), is_notice("They share this article of faith.")
    (True, False)
    """
    return len(text) <= MAX_NOTICE and _NOTICE.match(text) is not None


def is_disclosure(text: str) -> bool:
    """Whether `text` says that the paper is paid when a reader buys.

    >>> is_disclosure("We may earn a commission from links on this page."), is_disclosure("Agents earn a commission.")
    (True, False)
    """
    return len(text) <= MAX_NOTICE and _MONEY.search(text) is not None and _PAID.search(text) is not None
