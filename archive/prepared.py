"""What follows from a capture and its document alone, for `Archive.record`.

Pure, and worked out by whoever read the page: readers are many, and the one writer should only decide and write."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from archive.said import document_digest, furniture_digest
from archive.similarity import Profile, profile
from archive.types import Capture, Document, Verdict
from archive.urls import article_identity, identity
from archive.versioning import content_hash
from archive.warc import encode, encode_request, scanned_id


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one capture from another, and where it belongs."""

    public_id: str
    url_key: str
    """Identity of the address that was asked."""
    payload_digest: str
    """sha256 of the payload, hex."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Which article a document is about, and which content it gives it."""

    article_key: str | None
    """Identity of the article's address; None for a page that is none, or that is not to be believed."""
    content_hash: str | None
    """None for a page without text."""
    document_digest: str | None
    """Of all that the document says about that article, else about its address; None for a page without text."""
    furniture_digest: str | None
    """Of what was cut; None where nothing was."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A capture that was read, ready to be recorded."""

    identity: Identity
    record: bytes
    """Its WARC record: `warc.encode`."""
    request: bytes
    """That of the request which led to it: `warc.encode_request`; empty where that is unknown."""
    claims: Claims
    profile: Profile | None
    """What is compared of the text; None where there is no article."""


def prepare_capture(capture: Capture, document: Document) -> Prepared:
    """Everything about `capture` and what was read in it that needs no archive."""
    claimed = claims(capture.url, document)
    is_article = claimed.article_key is not None and claimed.content_hash is not None
    named = identify(capture)
    return Prepared(
        identity=named,
        record=encode(capture, payload_sha256=named.payload_digest),
        request=encode_request(capture, payload_sha256=named.payload_digest) or b"",
        claims=claimed,
        profile=profile(title=document.title, lede=document.lede, body=document.body) if is_article else None,
    )


def identify(capture: Capture) -> Identity:
    """Who a capture is."""
    digest = hashlib.sha256(capture.payload).hexdigest()
    public_id = scanned_id(
        url=capture.url, captured_at=capture.captured_at, status=capture.status, payload_sha256=digest
    )
    return Identity(public_id, identity(capture.url), digest)


def claims(url: str, document: Document) -> Claims:
    """What a document that was read at `url` claims to be."""
    key = article_identity(url, document.canonical_url) if document.verdict is Verdict.OK else None
    said = content_hash(document) if document.title or document.blocks else None
    return Claims(
        article_key=key,
        content_hash=said,
        document_digest=None
        if said is None
        else document_digest(document, article_key=key or identity(url), content_hash=said),
        furniture_digest=furniture_digest(document.furniture) if document.furniture else None,
    )
