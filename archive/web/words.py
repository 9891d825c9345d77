"""The words of the site in Vietnamese; in English they stand in the templates themselves."""

from __future__ import annotations

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
    "Nothing found: try fewer words, or leave out a filter": "Không tìm thấy: hãy thử ít từ hơn, hoặc bỏ bớt điều kiện",
    "Marks may be left out. Words in double quotes follow each other; one after a minus must not be there.": "Có thể "
    "gõ không dấu. Từ trong ngoặc kép phải đứng liền nhau; từ sau dấu trừ không được có trong bài.",
    "Times of publication are the paper's own; all others are UTC": "Giờ xuất bản theo trang báo; các giờ khác là UTC",
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
    "Texts that more than one paper ran": "Bài mà nhiều báo cùng đăng",
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
    left, parts = abs(seconds), []
    for unit, size in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {_SHORT[to][unit]}")
            left %= size
    sign = "−" if seconds < 0 else "+"
    return sign + (" ".join(parts[:2]) or f"0 {_SHORT[to]['minute']}")
