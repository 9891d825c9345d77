"""Small builders with defaults: text, documents, captures, and an extractor that reads them back.

A test page is the JSON of a `Document`, so that what a page says is written where the test is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from datetime import UTC, datetime, timedelta

from archive.types import (
    Block,
    BlockKind,
    Caption,
    Capture,
    Credit,
    Document,
    Edition,
    Furniture,
    Verdict,
)

DAY_ONE = datetime(2026, 2, 7, 1, 0, tzinfo=UTC)
URL = "https://bao.example/bai-1.html"

_SYLLABLES = (
    "tỉnh xã thôn bản huyện phường sông suối đồng ruộng lúa ngô chè quế rừng núi đường cầu chợ trường lớp "
    "thầy cô học sinh người dân hộ nghèo vốn vay ngân hàng đầu tư dự án công trình khởi hoàn thành nghiệm "
    "thu giám sát kiểm tra họp bàn giải pháp phát triển kinh tế văn hoá du lịch lễ hội mùa xuân hè thu "
    "đông mưa lũ hạn hán cứu trợ bộ đội công an thanh niên phụ nữ cựu chiến binh đoàn viên lao động nhà "
    "máy xí nghiệp sản xuất tiêu thụ xuất khẩu thị trường giá cả tăng giảm ổn định chất lượng an toàn vệ "
    "môi nước sạch điện lưới viễn thông chuyển đổi số dịch vụ hành chính "
).split()
_NAMES = ("Lào Cai", "Yên Bái", "Nguyễn Văn Bình", "Trần Thị Mai", "Sa Pa", "Bắc Hà", "Mù Cang Chải", "Hà Nội")


def sentences(seed: object, count: int = 4, *, words: int = 16) -> list[str]:
    """Sentences that read like news and are the same for one seed, everywhere and always."""
    chance = random.Random(str(seed))
    made = []
    for _ in range(count):
        run = chance.choices(_SYLLABLES, k=words)
        run.insert(words // 2, chance.choice(_NAMES))
        run.insert(words // 3, str(chance.randrange(2, 9999)))
        made.append(run[0].title() + " " + " ".join(run[1:]) + ".")
    return made


def paragraphs(seed: object, count: int = 5, *, long: int = 3) -> list[str]:
    """Paragraphs of `long` sentences each: by default about 1,400 characters of body."""
    said = sentences(seed, count * long)
    return [" ".join(said[at * long : (at + 1) * long]) for at in range(count)]


def document(seed: object = 1, **changes) -> Document:
    """An article; `body` may be given as paragraphs instead of `blocks`, `credit` as a name."""
    body = changes.pop("body", None)
    if body is not None:
        changes["blocks"] = tuple(each if isinstance(each, Block) else Block(each) for each in body)
    if isinstance(changes.get("credit"), str):
        changes["credit"] = Credit(changes["credit"])
    standard = {
        "title": sentences(f"title {seed}", 1, words=9)[0].rstrip("."),
        "lede": sentences(f"lede {seed}", 1, words=24)[0],
        "blocks": tuple(Block(text) for text in paragraphs(seed)),
        "author": "Minh Anh",
        "language": "vi",
    }
    return Document(**(standard | changes))


def bad(verdict: Verdict | str, detail: str | None = None, **changes) -> Document:
    """What is read in a page that shows no article."""
    return Document(verdict=Verdict(verdict), detail=detail, **changes)


def page(said: Document) -> bytes:
    """`said` as the payload of a test capture."""
    fields = dataclasses.asdict(said)
    return json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True).encode()


def read_page(payload: bytes) -> Document:
    """The document that `page` wrote."""
    fields = json.loads(payload)
    return Document(
        **fields
        | {
            "verdict": Verdict(fields["verdict"]),
            "blocks": tuple(Block(block["text"], BlockKind(block["kind"])) for block in fields["blocks"]),
            "captions": tuple(Caption(**caption) for caption in fields["captions"]),
            "furniture": tuple(Furniture(**cut) for cut in fields["furniture"]),
            "tags": tuple(fields["tags"]),
            "credit": Credit(**fields["credit"]) if fields["credit"] else None,
            "published_at": _moment(fields["published_at"]),
            "modified_at": _moment(fields["modified_at"]),
        }
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def at(day: float = 1, minutes: float = 0) -> datetime:
    """A moment: one o'clock UTC on that day, counted from 1, and some minutes."""
    return DAY_ONE + timedelta(days=day - 1, minutes=minutes)


_STATUS = {Verdict.GONE: 410, Verdict.CLIENT_ERROR: 403, Verdict.SERVER_ERROR: 503, Verdict.REDIRECT: 302}


def capture(said: Document | bytes | None = None, *, url: str = URL, day: float = 1, **changes) -> Capture:
    """A capture of a page that says `said`; the status follows from its verdict."""
    said = document() if said is None else said
    status = 200 if isinstance(said, bytes) else _STATUS.get(said.verdict, 200)
    standard = {
        "url": url,
        "captured_at": at(day),
        "payload": said if isinstance(said, bytes) else page(said),
        "status": status,
        "headers": (("Content-Type", "application/json"),),
        "reason": "OK",
    }
    return Capture(**(standard | changes))


class FakeExtractor:
    """Reads test pages. Another `edition` is another extractor; `reading` is what it makes of a document."""

    def __init__(self, edition: str = "one", *, reading=lambda said: said) -> None:
        self.edition = Edition(
            name=f"test {edition}", digest=hashlib.sha256(edition.encode()).hexdigest(), libraries={"test": edition}
        )
        self._reading = reading

    def read(self, capture: Capture) -> Document:
        return self._reading(read_page(capture.payload))

    def site_of(self, capture: Capture) -> str | None:
        return capture.site


def record(archive, said: Document | None = None, *, reading=lambda said: said, **where):
    """Capture a page that says `said` and record it, read as `reading` makes it; what became of it."""
    said = document() if said is None else said
    return archive.record(capture(said, **where), reading(said))


def dump(archive) -> dict[str, list[str]]:
    """Everything that an archive says, in one order and without what depends on how it came to be."""
    views = {
        "captures": {"file", "file_offset", "file_length", "payload_capture_id"},
        "articles": set(),
        "versions": set(),
        "clusters": set(),
        "cluster_members": set(),
        "digests": set(),
        "judgements": set(),
        "held": set(),
    }
    return {
        view: sorted(
            json.dumps({name: value for name, value in row.items() if name not in hidden}, sort_keys=True, default=str)
            for row in archive.rows(view)
        )
        for view, hidden in views.items()
    }
