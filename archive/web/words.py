"""The words of the site in Vietnamese; in English they stand in the templates themselves."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
VIETNAMESE = {
    "A newspaper archive": "Kho lưu trữ báo chí",
    "Skip to content": "Đến nội dung",
    "Today": "Hôm nay",
    "Articles": "Bài báo",
    "Papers": "Các báo",
    "Copies": "Sao chép",
    "Runs": "Lượt thu thập",
    "Held": "Chờ duyệt",
    "Search": "Tìm kiếm",
    "Words": "Từ khoá",
    "Section": "Chuyên mục",
    "Author": "Tác giả",
    "Source named": "Nguồn được nêu",
    "Since": "Từ ngày",
    "Before the day": "Trước ngày",
    "Year": "Năm",
    "Only": "Chỉ gồm",
    "Only originals": "Chỉ bản gốc",
    "Only edited": "Chỉ bài đã sửa",
    "originals": "bản gốc",
    "found": "bài tìm thấy",
    "Further": "Xem tiếp",
    "Narrow": "Thu hẹp",
    "Nothing found: try fewer words, or leave out a filter": (
        "Không tìm thấy: hãy thử ít từ hơn, hoặc bỏ bớt điều kiện"
    ),
    "Marks may be left out. Words in double quotes follow each other; one after a minus must not be there.": "Có thể "
    "gõ không dấu. Từ trong ngoặc kép phải đứng liền nhau; từ sau dấu trừ không được có trong bài.",
    "Times of publication are the paper's own; all others are UTC": (
        "Giờ xuất bản theo trang báo; các giờ khác là UTC"
    ),
    "Schedule": "Lịch thu thập",
    "Due": "Đến hạn",
    "State": "Trạng thái",
    "running": "đang chạy",
    "done": "xong",
    "failed": "hỏng",
    "quiet": "im ắng",
    "source": "nguồn hỏng",
    "blocked": "bị chặn",
    "extraction": "đọc trang hỏng",
    "New": "Mới",
    "Edited": "Đã sửa",
    "Copied": "Được chép lại",
    "The last day": "Ngày gần nhất",
    "Gone": "Đã gỡ",
    "Nothing here yet": "Chưa có gì",
    "The latest": "Mới nhất",
    "All articles": "Tất cả bài báo",
    "All": "Tất cả",
    "Older": "Cũ hơn",
    "Paper": "Báo",
    "first seen": "thấy lần đầu",
    "published": "xuất bản",
    "Gone since": "Bị gỡ từ",
    "Version": "Phiên bản",
    "Versions": "Các phiên bản",
    "of": "trên",
    "Compare": "So sánh",
    "from": "từ",
    "to": "đến",
    "The page as received": "Trang như khi nhận được",
    "At the paper": "Trên trang báo",
    "What was cut from the page": "Những gì đã lược khỏi trang",
    "Where each field was read": "Mỗi trường được đọc từ đâu",
    "Same text elsewhere": "Cùng nội dung ở nơi khác",
    "The story of this text": "Hành trình của bài viết",
    "What changed": "Những gì đã đổi",
    "Before": "Trước",
    "After": "Sau",
    "The same words: only typography differs": "Cùng từ ngữ, chỉ khác cách trình bày",
    "Back to the article": "Về bài báo",
    "Shared passages are marked": "Những đoạn chung được đánh dấu",
    "Captures": "Bản chụp",
    "original": "bản gốc",
    "copy": "bản chép",
    "excerpt": "trích đoạn",
    "Role": "Vai trò",
    "Title": "Tiêu đề",
    "Articles by day": "Số bài theo ngày",
    "Day": "Ngày",
    "Table": "Bảng",
    "This archive is empty. It fills when somebody follows a paper, or replays pages that were kept before:": (
        "Kho này còn trống. Kho sẽ có bài khi có người thu thập một báo, hoặc phát lại những trang đã lưu trước đây:"
    ),
    "itself again": "chính báo này đăng lại",
    "Each time that pages came in: a crawl of a paper, or a replay of pages that were kept before.": (
        "Mỗi lần có trang vào kho: thu thập từ một báo, hoặc phát lại những trang đã lưu trước đây."
    ),
    "crawl": "thu thập",
    "replay": "phát lại",
    "import": "nhập",
    "reextract": "đọc lại",
    "reindex": "so lại",
    "Each line is a paper; a dot stands where it ran the text. Every title leads to the two texts side by side.": (
        "Mỗi dòng là một báo; chấm tròn là lúc báo đó đăng bài. Bấm vào tiêu đề để xem hai bài cạnh nhau."
    ),
    "Texts that most papers ran": "Những bài nhiều báo đăng nhất",
    "other papers": "báo khác",
    "No text was seen in two papers yet. As soon as one is, this page draws who took from whom.": (
        "Chưa thấy bài nào xuất hiện ở hai báo. Khi có, trang này sẽ vẽ ra báo nào lấy của báo nào."
    ),
    "There is one version only: nothing was edited since it was first seen": (
        "Chỉ có một phiên bản: bài chưa bị sửa từ khi được thấy lần đầu"
    ),
    "block pages, emptied articles, redesigns. Whatever the article said before stays current meanwhile.": (
        "trang chặn, bài mất nội dung, giao diện đổi. Trong lúc chờ, bài báo vẫn giữ nội dung trước đó."
    ),
    "Nothing waits": "Không có gì phải chờ",
    "That cannot be answered": "Không trả lời được",
    "kicker": "dòng trên tiêu đề",
    "Articles by day of publication": "Số bài theo ngày xuất bản",
    "Articles by week of publication": "Số bài theo tuần xuất bản",
    "Articles by month of publication": "Số bài theo tháng xuất bản",
    "Articles by year of publication": "Số bài theo năm xuất bản",
    "Each paper that is kept here; the small picture is how many articles were first seen on each of the last "
    "30 days.": (
        "Những báo được lưu ở đây; hình nhỏ cho biết mỗi ngày trong 30 ngày gần nhất thấy thêm bao nhiêu bài."
    ),
    "Last 30 days": "30 ngày gần nhất",
    "Edits": "Lần sửa",
    "Edited at least once": "Bài có sửa",
    "Taken from other papers": "Lấy từ báo khác",
    "Without a day": "Không ghi ngày",
    "Outside of the picture": "Nằm ngoài biểu đồ",
    "How soon after publication it edits": "Sửa bao lâu sau khi xuất bản",
    "as the page says": "theo trang báo",
    "at the latest: as we saw it": "muộn nhất là: lúc kho thấy",
    "Time": "Thời gian",
    "within 1 h": "trong 1 giờ",
    "within 6 h": "trong 6 giờ",
    "within 1 d": "trong 1 ngày",
    "within 3 d": "trong 3 ngày",
    "within 7 d": "trong 7 ngày",
    "later": "lâu hơn",
    "before": "trước bản gốc",
    "not known": "không rõ",
    "No edit was seen yet": "Chưa thấy lần sửa nào",
    "What its edits change": "Các lần sửa đổi những gì",
    "Part": "Phần",
    "Whose texts it runs": "Đăng lại bài của ai",
    "It runs no text of another paper": "Không đăng lại bài của báo nào",
    "Who runs its texts": "Ai đăng lại bài của báo này",
    "No other paper runs its texts": "Chưa báo nào đăng lại",
    "Texts": "Số bài",
    "Half of them within": "Một nửa trong vòng",
    "How fast texts travel": "Bài đi nhanh đến đâu",
    "taken": "lấy về",
    "given": "được lấy",
    "Health": "Tình trạng",
    "Last crawl": "Lần thu thập cuối",
    "never: its pages were replayed or imported": "chưa có: trang được phát lại hoặc nhập vào",
    "Alarms": "Cảnh báo",
    "none": "không có",
    "Why pages are held": "Vì sao có trang chờ duyệt",
    "Its last crawls": "Các lần thu thập gần đây",
    "Took": "Kéo dài",
    "Requests": "Số lượt hỏi",
    "Broken sources": "Nguồn hỏng",
    "cut off, or running": "bị ngắt, hoặc đang chạy",
    "emptied": "mất gần hết nội dung",
    "shrunk": "mất hơn nửa nội dung",
    "redesign": "giao diện mới",
    "suspect": "có thể là trang khác",
    "consent": "hỏi đồng ý cookie",
    "paywall": "phải trả tiền",
    "soft_404": "báo lỗi trá hình",
    "truncated": "nhận không trọn",
    "undecodable": "không giải mã được",
    "mojibake": "sai bảng mã",
    "not_text": "không phải văn bản",
    "too_big": "quá lớn",
    "extraction_failed": "không đọc được",
    "versions": "phiên bản",
    "title": "tiêu đề",
    "lede": "sapo",
    "body": "nội dung",
    "captions": "chú thích ảnh",
    "author": "tác giả",
    "numbers": "con số",
    "names": "tên riêng",
    "Who copies whom": "Ai chép của ai",
    "Wider is more. On the left who wrote it, on the right who ran it again.": "Dải càng rộng càng nhiều bài. "
    "Bên trái là báo viết, bên phải là báo đăng lại.",
    "Last captured": "Chụp lần cuối",
    "Kind": "Loại",
    "Started": "Bắt đầu",
    "Finished": "Kết thúc",
    "Counts": "Số liệu",
    "Reason": "Lý do",
    "Release": "Cho qua",
    "Discard": "Bỏ",
    "Pages kept out of the versions until a person looked": "Những trang chưa được coi là phiên bản, "
    "cho đến khi có người xem",
    "Token": "Mã truy cập",
    "Sign in": "Đăng nhập",
    "This archive is private: reading it asks for its token": "Kho này không công khai: cần mã truy cập để đọc",
    "Sign in to release or discard": "Đăng nhập để cho qua hoặc bỏ",
    "Started without a token: nobody can decide here": "Khởi chạy không có mã: không ai duyệt được ở đây",
    "Wrong token": "Mã không đúng",
    "Not found": "Không tìm thấy",
    "Feed": "Nguồn tin",
    "API": "API",
    "Opens the paper's own page, away from this machine": "Mở trang của báo, bên ngoài máy này",
    "Decision": "Quyết định",
    "When": "Thời điểm",
    "first": "đầu tiên",
    "edited": "đã sửa",
    "released": "được cho qua",
    "Who ran it when": "Báo nào đăng khi nào",
    "After the original": "Sau bản gốc",
    "A digest of": "Bài tổng hợp từ",
    "In digests": "Có trong bài tổng hợp",
    "Related, and no copy": "Có liên quan, không phải bản chép",
    "Its text, with what both say marked": "Nội dung, phần giống nhau được đánh dấu",
    "of it in the other text": "nằm trong bài kia",
    "version": "phiên bản",
    "credits": "ghi nguồn",
    "papers still run what was corrected on": "báo vẫn đăng nội dung đã được đính chính ngày",
    "papers still run what was corrected by": "báo vẫn đăng nội dung đã được đính chính, muộn nhất ngày",
    "papers still run the text from before the edit on": "báo vẫn đăng bản trước lần sửa ngày",
    "papers still run the text from before the edit by": "báo vẫn đăng bản trước lần sửa, muộn nhất ngày",
    "How sure it is that this is the original": "Mức chắc chắn về bản gốc",
    "certain": "chắc chắn",
    "high": "cao",
    "medium": "trung bình",
    "low": "thấp",
    "person": "do người xác nhận",
    "credited": "được các báo khác ghi là nguồn",
    "another credited": "báo khác được ghi là nguồn",
    "credits another": "chính bài này ghi nguồn khác",
    "published first": "xuất bản trước",
    "published later": "xuất bản sau bài khác",
    "dates": "ngày giờ xuất bản không cho biết",
    "captured first": "được chụp trước",
    "captured later": "được chụp sau bài khác",
    "captures": "giờ chụp không cho biết",
    "the whole text": "các bài khác chỉ có một phần",
    "unknown host": "trang không rõ của báo nào",
    "series": "cùng mẫu, khác số liệu",
    "partial_reuse": "dùng lại một phần",
    "update_of": "bản cập nhật",
    "excerpt_of": "trích đoạn",
    "expands": "mở rộng",
    "exact": "giống hệt",
    "near_copy": "gần như giống hệt",
    "What is new, edited, copied and gone": "Tin mới, tin sửa, tin chép và tin gỡ",
}


def language(request: Request) -> str:
    """As the reader chose, else as the browser asks, else Vietnamese."""
    chosen = request.cookies.get("luubao_language", "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return "vi"


def translate(text: str, to: str) -> str:
    """`text` in the reader's language."""
    return VIETNAMESE.get(text, text) if to == "vi" else text


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
_SHORT = {"vi": {"day": "ngày", "hour": "giờ", "minute": "phút"}, "en": {"day": "d", "hour": "h", "minute": "min"}}


def delay(seconds: int, to: str) -> str:
    """How much later than the original, in its two largest units; a minus is earlier.

    >>> delay(93_600, "en"), delay(-300, "vi")
    ('+1 d 2 h', '−5 phút')
    """
    return ("−" if seconds < 0 else "+") + (_length(abs(seconds), to) or f"0 {_SHORT[to]['minute']}")


def _length(left: int, to: str) -> str:
    parts = []
    for unit, size in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {_SHORT[to][unit]}")
            left %= size
    return " ".join(parts[:2])


def step(name: str, to: str) -> str:
    """A step of `archive.figures.WITHIN`, or what lies before and after them."""
    return translate(name if name in ("before", "later", "unknown") else f"within {name}", to)


def lasted(started_at: datetime, finished_at: datetime | None, to: str) -> str:
    """How long something took; nothing where it has no end."""
    if finished_at is None:
        return ""
    seconds = int((finished_at - started_at).total_seconds())
    return _length(seconds, to) or f"{max(seconds, 0)} {'giây' if to == 'vi' else 's'}"


def figure(count: int, to: str) -> str:
    """A whole number with its thousands apart.

    >>> figure(1_234_567, "vi"), figure(1_234_567, "en")
    ('1.234.567', '1,234,567')
    """
    return f"{count:,}".replace(",", "." if to == "vi" else ",")


def share(part: int, whole: int, to: str) -> str:
    """A part in per cent: one digit after the point where it is small, and a dash of nothing.

    >>> share(1, 300, "vi"), share(150, 300, "en"), share(0, 0, "en")
    ('0,3 %', '50 %', '–')
    """
    if not whole:
        return "–"
    said = f"{100 * part / whole:.{1 if 0 < part / whole < 0.1 else 0}f} %"  # noqa: PLR2004
    return said.replace(".", ",") if to == "vi" else said
