"""What one line of a page kept as text can be: a headline, the text of a picture, a date, a name, a rail of buttons.

Pure; every question is about a line alone, or about a line and the title. What lines mean together is the business of
`page_text`. Word lists are matched without marks and case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from archive.text import fold, strip_marks, tidy
from crawler.extraction.credit import outlet_named, photo_credit

if TYPE_CHECKING:
    from collections.abc import Sequence

# Subheads up to 26 words occur in party papers; longer lines without a full stop are paragraphs that lost theirs.
MAX_SUBHEAD_WORDS = 30
MAX_TITLE_WORDS = 40
MAX_MENU_WORDS = 3
# Over this a line that ends a sentence is a paragraph, and not a headline with a question mark.
PARAGRAPH_WORDS = 20
MAX_CAPTION_WORDS = 70
LONG_WORDS = 15
MAX_AUTHORS = 4
MAX_NAME_WORDS = 5
MAX_SHARE_WORDS = 12
MAX_DATE_LINE = 100
# Longer lines are paragraphs, whatever they look like; patterns that try every ending are not run on them.
MAX_PATTERN_LINE = 600
# Ends shorter than this agree by accident ("... Lào Cai" and "Lào Cai: ...").
MIN_TRAIL = 15


def _list(text: str) -> frozenset[str]:
    return frozenset(entry.strip() for line in text.splitlines() for entry in line.split("|") if entry.strip())


RELATED_HEADINGS = _list("""
    co the ban quan tam|ban co the quan tam|co the ban muon doc|co the ban thich|co the ban chua biet|danh cho ban
    goi y cho ban|de xuat cho ban|bai viet de xuat|tin cung chuyen muc|bai cung chuyen muc|cung chuyen muc
    bai viet cung chuyen muc|tin cung muc|trong chuyen muc nay|nen xem|nen doc|tin khac|cac tin khac|tin tuc khac
    tin bai khac|bai khac|bai viet khac|cac bai khac|cac bai viet khac|cung chu de|tin cung chu de|cung su kien
    tin cung su kien|dong su kien|cung tac gia|bai cung tac gia|bai doc nhieu|doc nhieu|doc nhieu nhat|tin doc nhieu
    tin doc nhieu nhat|xem nhieu|xem nhieu nhat|tin xem nhieu|bai truoc do|bai sau do|bai truoc|bai tiep theo
    tin cu hon|tin moi hon|cac tin cu hon|cac tin moi hon|tin da dua|cac tin da dua|tin tai tro|tin moi trong ngay
    thong tin doanh nghiep|related articles|related news|related stories|related posts|related topics|related content
    more news|more stories|you may also like|you might also like|you may be interested in|recommended for you
    recommended stories|read next|most read|most viewed|most popular|trending now|latest news|top stories
    editor's picks|same category|same author|same topic|same tag|in the same category|other news|up next|newest
    more on this story|more on this topic
""")
# These also head a box inside the body, after which the article goes on.
WEAK_HEADINGS = _list("""
    xem them|doc them|doc tiep|tim hieu them|noi bat|tin noi bat|moi nhat|tin moi nhat|tin moi|bai moi|tieu diem
    tin tieu diem|tin nong|tin hot|lien quan|tin lien quan|bai lien quan|bai viet lien quan|tin bai lien quan
    tin, bai lien quan|co lien quan|duoc quan tam|related|read more|read also|also read|see also|see more|recommended
    popular|trending|latest|featured|don't miss|more
""")
COMMENT_HEADINGS = _list("""
    binh luan|y kien ban doc|y kien cua ban|gui binh luan|viet binh luan|gui y kien|binh luan cua ban|y kien
    phan hoi|comments|comment|leave a comment|leave a reply|join the discussion
""")
_SHARE_WORDS = _list("""
    fb|yt|zl|tw|in|ig|facebook|twitter|x|zalo|youtube|tiktok|linkedin|pinterest|whatsapp|telegram|messenger|email|mail
    print|share|tweet|copy|link|chia|se|sao|chep|lien|ket|thanh|cong|luu|bai|viet|gui|rss|viber|reddit|instagram|threads
""")
_SHARE_LEADS = _list("""
    fb|facebook|twitter|tweet|zalo|share|email|print|copy|chia|sao|linkedin|whatsapp|telegram|luu|yt|youtube
""")
_BOILERPLATE = _list("""
    null|undefined|nan|source link|link goc|link bai goc|quang cao|advertisement|nghe doc bai|doc bai|tac gia|source
    nguon|loading|dang tai|quay ve e-magazine
""")
_NAVIGATION = _list("""
    trang chu|home|menu|dang nhap|dang ky|tim kiem|search|login|sign in|log in|subscribe|skip to content
    skip to main content|muc luc|chuyen muc|video|e-magazine|podcast|bao in|ban doc|lien he|gioi thieu
""")
_SECTIONS = _list("""
    chinh tri|kinh te|xa hoi|thoi su|van hoa|the thao|phap luat|the gioi|quoc te|giao duc|suc khoe|y te|doi song
    du lich|khoa hoc|cong nghe|giai tri|nong nghiep|moi truong|doanh nghiep|bat dong san|tai chinh|chung khoan|xe
    cong doan|lao dong|xay dung dang|tin tuc|tin trong tinh|trong nuoc|quoc phong - an ninh|an ninh - quoc phong
    politics|business|world|sports|society|culture|travel|national|economy|education|health|technology|opinion
""")
_PLACES = _list("""
    ha noi|lao cai|yen bai|viet nam|da nang|hai phong|can tho|hue|sa pa|tp ho chi minh|ho chi minh|sai gon|thu do
    quang ninh|nghe an|thanh hoa|dong nai|binh duong|bac ninh|new york|united states|hong kong
""")
# First words of bodies and offices: what follows "Theo" in print and is no person.
_OFFICES = _list("""
    bo|so|ban|bao|cuc|tong|cong|hoi|dang|ubnd|hdnd|vien|tinh|huyen|quan|phuong|xa|lien|dai|tap|truong|chi|uy|van|phong
    theo|nguon|anh|tin|cong ty
""")
_DATE_WORDS = _list("""
    thu|hai|ba|tu|bon|nam|sau|bay|tam|chin|muoi|mot|gieng|chap|chu|nhat|cn|t2|t3|t4|t5|t6|t7|ngay|thang|gio|phut|luc|h|g
    gmt|utc|z|am|pm|sa|ch|cap|dang|xuat|ban|tai|vao|thoi|gian|published|updated|posted|last|on|at|date|of|st|nd|rd|th
    mon|monday|tue|tuesday|wed|wednesday|thu|thursday|fri|friday|sat|saturday|sun|sunday|jan|january|feb|february|mar
    march|apr|april|may|jun|june|jul|july|aug|august|sep|sept|september|oct|october|nov|november|dec|december|t
""")
_FOLLOW = re.compile(r"theo doi .* tren (?:google news|facebook|zalo|youtube|tiktok)|follow .* on .*|google news")
_FOOTER = re.compile(r"phien ban di dong|ve dau trang|back to top|(?:©|copyright\b|ban quyen\b|giay phep\b).*")
_MAIL = re.compile(r"\S+@\S+\.\w+")
_INLINE_LINK = re.compile(
    r"^(?:>>+|»|››?|►|▶|☞)|^(?:xem thêm|đọc thêm|tin liên quan|bài liên quan|read more|see also|related)\s*:",
    re.IGNORECASE,
)

_TERMINAL = re.compile(r"[.!?…:;,]['\"”’»)\]*]*$")
_SENTENCE_BREAK = re.compile(r"\w\w[.!?…]['\"”’)]* [\"“‘'(]?[A-ZÀ-ỸĐ]")
_FILE_NAME = re.compile(r"[\w\s().,%+@~-]{1,200}\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|heic|tiff?)", re.IGNORECASE)
_CAMERA_NAME = re.compile(r"(?:dsc[fn]?|img|dji|pxl|mvi|gopr|image|screenshot|z(?=\d{6}))[-_ ]?\d[\w-]*", re.IGNORECASE)
_NUMBERED_ALT = re.compile(
    r"(?P<of>.*?)\s*[-–—,|:]?\s*(?:ảnh|hình|hinh|anh|photo|image|picture|pic)\s*(?:số\s*)?\d{1,3}\.?", re.IGNORECASE
)
_LIST_MARK = re.compile(r"(?:[-–—+•*▪●◦✓]|\d{1,2}[.)/]|[a-zđ]\)|[IVX]{1,5}\.)\s*\S")
_BULLET = re.compile(r"[-–—+•*▪●◦✓]")
_NUMBER_MARK = re.compile(r"(?:\d{1,2}[.)/]|[IVX]{1,5}[.)]|[A-ZĐ][.)])\s")
_CAPTION_CREDIT = re.compile(r"(?:ảnh|photo|image|đồ h[oọ][aạ])[^.:]{0,25}:[^:]+$", re.IGNORECASE)
_ONLY_CREDIT = re.compile(r"\(?(?:nguồn\s+)?(?:ảnh|photo|image)\s*:", re.IGNORECASE)
_SEES_PICTURE = re.compile(r"\((?:xem )?ảnh (?:trên|dưới)\)", re.IGNORECASE)
_DATE_ONLY = re.compile(
    r"[^\d]{0,30}\d{1,2}\s*(?:[-/.]|tháng|\s)\s*(?:\d{1,2}\s*(?:[-/.]|năm|,|\s)|[a-z]{3,9},?\s)\s*\d{4}\W*",
    re.IGNORECASE,
)
TAGS = re.compile(r"(?:từ kh[oó][aá]|tags?|keywords?|hashtags?|thẻ)\s*(?::\s*|$)", re.IGNORECASE)
_BY = re.compile(
    r"(?:by|written by|reported by|theo)\s+"
    r"|(?:by|tác giả|bài viết|bài và ảnh|bài, ảnh|bài - ảnh|tin, ảnh|tin và ảnh|tin - ảnh|tin, bài|bài|tin|thực hiện"
    r"|phóng viên|author|reporter)\s*:\s*",
    re.IGNORECASE,
)
_NAME_TOKEN = re.compile(r"(?:[A-ZÀ-ỸĐ][\w'’]*\.?-?)+")
_AND = re.compile(r"\s+[-–]\s+|\s*[/,;&]\s*|\s+(?:và|and)\s+")
_REMARK = re.compile(r"\s*\((?:tổng hợp|dịch|lược dịch|biên dịch|ghi|thực hiện|t/h)\)$", re.IGNORECASE)
_STAFF = frozenset({"pv", "nhom pv", "ctv", "bbt", "phong vien", "nhom phong vien", "ban bien tap"})
_EDGES = " .,:;!?-\"'()[]|>*•"

_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_ENGLISH = frozenset({"the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "with", "as", "was", "by", "at"})


def bare(text: str) -> str:
    """`text` for comparison between lines: no marks, no case, no punctuation around."""
    return strip_marks(text).strip(_EDGES)


@dataclass(frozen=True)
class Line:
    """One line of a page."""

    text: str
    group: int
    """Lines between two blank ones share a number."""

    @cached_property
    def plain(self) -> str:
        """The line for comparison; paragraphs stay as they are, for they equal nothing in any list."""
        return bare(self.text) if len(self.text) <= MAX_PATTERN_LINE else self.text

    @cached_property
    def words(self) -> int:
        """How many."""
        return len(self.text.split())

    @cached_property
    def is_sentence(self) -> bool:
        """Ends like running text."""
        return _TERMINAL.search(self.text) is not None

    @cached_property
    def is_headline(self) -> bool:
        """Could stand over something: short, one phrase, no end mark."""
        return not self.is_sentence and self.words <= MAX_SUBHEAD_WORDS and not _SENTENCE_BREAK.search(self.text)

    @cached_property
    def numbered(self) -> re.Match[str] | None:
        """The parts of "... ảnh 3"."""
        return _NUMBERED_ALT.fullmatch(self.text) if len(self.text) <= MAX_PATTERN_LINE else None

    @property
    def is_long(self) -> bool:
        """A paragraph beyond doubt."""
        return self.words >= LONG_WORDS and self.is_sentence

    @property
    def is_cut_off(self) -> bool:
        """Ends in three dots, as excerpts do."""
        return self.text.endswith(("...", "…"))

    @property
    def is_worded(self) -> bool:
        """Letters for the most part; rows of figures are not."""
        return sum(char.isalpha() for char in self.text) * 2 > len(self.text)

    @property
    def is_related_heading(self) -> bool:
        """Opens a list of other articles."""
        return self.plain in RELATED_HEADINGS

    @property
    def is_weak_heading(self) -> bool:
        """Opens a list of other articles, or a box inside the body."""
        return self.plain in WEAK_HEADINGS

    @property
    def is_comment_heading(self) -> bool:
        """Opens the readers' comments; a count may follow."""
        is_brief = len(self.text) <= MAX_DATE_LINE
        return is_brief and re.sub(r"[\s(]*\d+[\s)]*$", "", self.plain) in COMMENT_HEADINGS

    @cached_property
    def is_share(self) -> bool:
        """A rail of buttons ("Facebook Twitter Zalo"), or an invitation to follow."""
        words = self.plain.split()
        is_rail = bool(words) and len(words) <= MAX_SHARE_WORDS and words[0] in _SHARE_LEADS
        return (is_rail and all(word in _SHARE_WORDS for word in words)) or bool(_FOLLOW.fullmatch(self.plain))

    @property
    def is_boilerplate(self) -> bool:
        """What templates print about nothing."""
        return self.plain in _BOILERPLATE or (len(self.text) <= MAX_DATE_LINE and bool(_MAIL.fullmatch(self.text)))

    @property
    def is_source_mark(self) -> bool:
        """What an aggregator prints around the name of its source."""
        return self.plain in ("null", "source link")

    @property
    def is_footer(self) -> bool:
        """The foot of a page."""
        return _FOOTER.fullmatch(self.plain) is not None

    @property
    def is_navigation(self) -> bool:
        """A word of a menu, or a trail of sections."""
        return self.plain in _NAVIGATION or self.is_breadcrumb

    @property
    def is_section(self) -> bool:
        """The name of a section."""
        return self.plain in _SECTIONS

    @cached_property
    def is_breadcrumb(self) -> bool:
        """`Trang chủ > Thời sự > Chính trị`."""
        if len(self.text) > MAX_PATTERN_LINE:
            return False
        parts = [part for part in re.split(r"\s*[>›»/|]\s*", self.text) if part]
        return len(parts) > 1 and bare(parts[0]) in _NAVIGATION

    @property
    def is_inline_link(self) -> bool:
        """A link to another article that says so ("Xem thêm: ...", ">> ...")."""
        return _INLINE_LINK.match(self.text) is not None and self.words <= MAX_TITLE_WORDS

    @property
    def is_listed(self) -> bool:
        """An item of a list, by its mark."""
        return _LIST_MARK.match(self.text) is not None

    @property
    def is_bulleted(self) -> bool:
        """An item of a list, by a mark that is no number; numbers stand before subheads too."""
        return _BULLET.match(self.text) is not None

    @property
    def is_tags(self) -> bool:
        """Keywords of the article."""
        return TAGS.match(self.text) is not None or (self.text.startswith("#") and not self.is_sentence)

    @property
    def is_date_only(self) -> bool:
        """A day without a time."""
        is_brief = len(self.text) <= MAX_DATE_LINE
        return is_brief and _DATE_ONLY.fullmatch(self.text) is not None and not self.unknown_to_dates

    @cached_property
    def unknown_to_dates(self) -> list[str]:
        """The words that belong to no date."""
        return [word for word in re.findall(r"[^\W\d_]+", strip_marks(self.text)) if word not in _DATE_WORDS]

    @property
    def may_be_date(self) -> bool:
        """Nothing but a moment, or a name and a moment."""
        if len(self.text) > MAX_DATE_LINE or not re.search(r"\d{4}", self.text):
            return False
        return not self.unknown_to_dates or bool(self.names_beside_date)

    @cached_property
    def names_beside_date(self) -> list[str]:
        """The author in `Mai Quý - 13/06/2022 08:00`."""
        parts = re.split(r"\s+[-–|•]\s+|\s*\|\s*", self.text)
        return next((found for part in parts if (found := names(part))), []) if len(parts) > 1 else []

    @cached_property
    def is_captioned(self) -> bool:
        """Names its photographer at the end: a caption, whether its picture left a line or not."""
        is_short = (
            self.words <= MAX_CAPTION_WORDS and len(self.text) <= MAX_PATTERN_LINE and _BY.match(self.text) is None
        )
        return is_short and bool(_CAPTION_CREDIT.search(self.text)) and photo_credit(self.text) is not None

    @property
    def is_photo_credit(self) -> bool:
        """Names a photographer, and nothing else."""
        return _ONLY_CREDIT.match(self.text) is not None and self.is_captioned

    @property
    def may_be_loose_caption(self) -> bool:
        """One plain sentence, not a subhead with a number, an introduction, or a text that points at a picture."""
        return not (
            _NUMBER_MARK.match(self.text)
            or _SENTENCE_BREAK.search(self.text)
            or _SEES_PICTURE.search(self.text)
            or self.text.endswith((":", "?", ";"))
        )

    def is_picture(self, title: str | None) -> bool:
        """The text of an `img` element: the title again, a file name, "... ảnh 3"; `title` is in bare form."""
        if title is not None and self.plain == title:
            return True
        if len(self.text) > MAX_PATTERN_LINE:
            return False
        if _FILE_NAME.fullmatch(self.text) or _CAMERA_NAME.fullmatch(self.text):
            return True
        match = self.numbered
        if match is None or self.words > MAX_TITLE_WORDS + 3:
            return False
        of = bare(match["of"])
        if not of or (title is not None and (of == title or (len(of) >= MIN_TRAIL and title.startswith(of)))):
            return True
        # Numbered under another title: the headline changed after the pictures were named.
        return title is not None and len(of.split()) > MAX_NAME_WORDS and not _TERMINAL.search(match["of"])


def split_lines(text: str) -> list[Line]:
    """The lines of a page in storage form, blank ones only as the borders of groups."""
    groups: list[list[str]] = [[]]
    for raw in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text):
        line = tidy(raw)
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [
        Line(line, number)
        for number, group in enumerate(groups)
        for line in ([" ".join(group)] if _is_wrapped(group) else group)
    ]


def _is_wrapped(group: Sequence[str]) -> bool:
    """Whether the lines are one paragraph broken at a column: of one width, and running on in small letters."""
    if len(group) < 3:  # noqa: PLR2004 - a width shows from three lines on
        return False
    *full, last = map(len, group)
    is_even = 50 <= min(full) <= MAX_PATTERN_LINE and max(full) - min(full) <= 20 and last <= max(full) + 20  # noqa: PLR2004 - a word more or less
    running = sum(line[0].islower() for line in group[1:])
    return is_even and running * 2 > len(group) - 1 and not any(_NUMBERED_ALT.fullmatch(line) for line in group)


def continues(line: str, title: str) -> bool:
    """Whether `line` is a trail of sections that ends in the beginning of `title`, or in all of it.

    >>> continues("Trang chủThời sựHà Nội: Phát huy vai trò...", "Hà Nội: Phát huy vai trò của công đoàn")
    True
    """
    if len(title) > MAX_PATTERN_LINE:
        return False
    trail = fold(line).rstrip(". ")
    wanted = fold(title)
    if trail.startswith(wanted):
        return False
    is_cut = line.endswith(("...", "…"))
    sizes = range(len(wanted), MIN_TRAIL - 1, -1) if is_cut else (len(wanted),)
    return any(size >= MIN_TRAIL and trail.endswith(wanted[:size].rstrip()) for size in sizes)


def names(text: str) -> list[str]:
    """The persons that a byline names; empty for any other line.

    >>> names("Bài, ảnh: Mai Quý - Tuệ Phương"), names("Hội nghị Trung ương")
    (['Mai Quý', 'Tuệ Phương'], [])
    """
    if len(text) > MAX_DATE_LINE:
        return []
    word = _BY.match(text)
    printed = _REMARK.sub("", text[word.end() :] if word else text).strip()
    if bare(printed) in _STAFF:
        return [printed]
    if _TERMINAL.search(printed.removesuffix(".")) or any(char.isdigit() for char in printed):
        return []
    if printed.endswith(".") and len(printed.split()[-1]) > 3:  # noqa: PLR2004 - "P.V." is a name, "Hà Nội." is not
        return []
    parts = [part for part in _AND.split(printed) if part]
    is_list = 0 < len(parts) <= MAX_AUTHORS and all(_is_name(part, has_word=word is not None) for part in parts)
    return parts if is_list and not outlet_named(printed, None) else []


def _is_name(text: str, *, has_word: bool) -> bool:
    words = text.split()
    # One word may be a pen name, but only where the line says that it names an author.
    if not (1 if has_word else 2) <= len(words) <= MAX_NAME_WORDS or not all(map(_NAME_TOKEN.fullmatch, words)):
        return False
    plain = strip_marks(text)
    # "LĐLĐ HÀ NỘI": capitals throughout can be an office as well; a name in capitals has vowels in every word.
    return plain not in _PLACES and plain not in _SECTIONS and plain.split()[0] not in _OFFICES


def guess_language(text: str) -> str | None:
    """`vi` by its letters, `en` by its small words, else None."""
    letters = sum(char.isalpha() for char in text) or 1
    if len(_VIETNAMESE.findall(text.casefold())) * 50 >= letters:
        return "vi"
    words = re.findall(r"[a-z']+", text.casefold())
    return "en" if words and sum(word in _ENGLISH for word in words) * 7 >= len(words) else None
