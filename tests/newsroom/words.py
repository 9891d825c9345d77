"""The words that newsroom texts are made of; data only. No entry has more than four syllables, so that two texts
hardly ever share five in a row."""

# ruff: noqa: E501 - lists of words
from __future__ import annotations


def _list(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in " ".join(text.split()).split(","))


PLACE_HEADS = _list(
    "Nậm, Suối, Tả, Mường, Phìn, Cốc, Nà, Khuổi, Lũng, Sín, Pá, Huổi, Pom, Thẩm, Đồng, Bãi, Khe, Vàng, Séo, Ngòi"
)
PLACE_TAILS = _list(
    "Khâu, Lộc, Chày, Pín, Hạ, Thàng, Dền, Sưng, Mít, Luông, Phúng, Ngài, Tủa, Vài, Lếch, Khoa, Trạ, Bon, Xá, Cùm, "
    "Vẽ, Đứa, Hỏm, Liềng, Nghè, Oi, Phạ, Quyên, Rịa, Sộp, Thín, Uông, Vược, Xeng, Yểng, Ca, Dâu, Giằng, Hồi, Kiêu"
)
CODES = _list(
    "na, loc, chay, pin, ha, thang, den, sung, mit, luong, phung, ngai, tua, vai, lech, khoa, tra, bon, xa, cum, "
    "ve, dua, hom, lieng, nghe, oi, pha, quyen, ria, sop, thin, uong, vuoc, xeng, yeng, ca, dau, giang, hoi, kieu"
)
"""Syllables that number an article where its address has no number: three of forty make 64,000."""
SURNAMES = _list(
    "Lò, Vàng, Giàng, Hoàng, Nông, Lý, Tẩn, Chảo, Sùng, Thào, Đặng, Bàn, Triệu, Phùng, Lương, Mùa, Ma, Lục, Vi, Hà"
)
MIDDLES = _list("Văn, Thị, Seo, Láo, A, Minh, Ngọc, Đức, Thu, Hồng, Quang, Kim, Xuân, Hải, Thanh, Diệu")
GIVEN = _list(
    "Pảo, Mẩy, Dín, Sử, Thắm, Hạnh, Kiên, Páo, Tỉnh, Sen, Quý, Dung, Khánh, Lả, Nhân, Sinh, Vừ, Mỷ, Chúc, Bắc, "
    "Duyên, Hoan, Lềnh, Ngân, Phương, Súa, Toản, Uyên, Viện, Yến, Châu, Đoàn, Giáp, Huyền, Lâm, Nga, Oanh, Phong"
)
ROLES = _list(
    "ông, bà, anh, chị, trưởng thôn, kỹ sư, cô giáo, bác sĩ, cụ, tổ trưởng, thợ cả, chủ trại, lái xe, kế toán"
)
ACTORS = _list(
    "tổ hợp tác, nhóm hộ nghèo, đội xung kích, hợp tác xã, ban quản lý chợ, lớp học đêm, trạm khuyến nông, tổ bảo vệ rừng, "
    "xưởng may nhỏ, đoàn bác sĩ, câu lạc bộ dệt, nhóm thợ mộc, trường bán trú, phòng khám lưu động, đội văn nghệ, nhà máy đường, "
    "bến xe khách, hội người cao tuổi, kíp thợ điện, gia đình trẻ, cửa hàng vật tư, quỹ khuyến học, thư viện xã, chi hội phụ nữ, "
    "tổ thu gom rác, trại giống, đội cứu hộ, mỏ đá, vườn ươm, lò gạch cũ, nghiệp đoàn bốc xếp, công trường cầu, làng nghề gốm, "
    "bếp ăn tập thể, trạm đo mưa, điểm bưu điện, đội chiếu bóng, cơ sở sấy, bãi tập kết, nhóm sinh viên, tổ vay vốn, "
    "khu trọ công nhân, hạt kiểm lâm, đài truyền thanh, sân bóng xã, hồ thủy lợi, đội đo đạc, nhà văn hóa, tổ lái máy gặt"
)
VERBS = _list(
    "trồng thêm, sửa xong, dựng lại, nhận về, bán hết, gom được, trao tặng, mở rộng, đo kiểm, khảo sát, bàn giao, lắp mới, "
    "thay thế, giữ lại, thuê mướn, chia đều, xin cấp, hoàn trả, thanh lý, quyên góp, đóng mới, cải tạo, ươm thử, chở đi, "
    "đặt hàng, kê khai, nạo vét, chuyển nhượng, phục hồi, tiếp quản, đăng ký, rà soát, đấu giá, nghiệm thu, hiến tặng, san lấp, "
    "mua bù, ghép đôi, luân chuyển, xếp loại, đưa lên mạng, gia cố, cân lại, phân phát, thu mua, đổi lấy, quét dọn, che phủ"
)
THINGS = (
    *((unit, thing) for unit in ("tấn", "tạ", "bao") for thing in _list(
        "chè búp, quế vỏ, thảo quả, ngô nếp, lúa nương, sắn lát, măng khô, gạo Séng, phân chuồng, mận tam hoa, đậu tương, bột dong"
    )),
    *((unit, thing) for unit in ("km", "mét", "đoạn") for thing in _list(
        "kênh nội đồng, đường bê tông, rào chắn, bờ kè, cáp treo hàng, ống nước, lối mòn, mương đá, vỉa hè, đường điện"
    )),
    *((unit, thing) for unit in ("chiếc", "bộ", "lô") for thing in _list(
        "máy tuốt, thuyền gỗ, bếp củi cải tiến, khung cửi, xe đạp cũ, đèn năng lượng, bàn ghế, loa kéo, máy đo, tủ sách, bồn nước, "
        "áo phao, lều bạt, cân điện tử, máy may"
    )),
    *((unit, thing) for unit in ("ha", "sào", "thửa") for thing in _list(
        "rừng sa mu, ruộng bậc thang, vườn lê, đồi cỏ, ao cá hồi, nương gừng, bãi dâu, vườn hồng, rừng trúc, đất bãi"
    )),
    *((unit, thing) for unit in ("hộ", "lượt", "nhóm") for thing in _list(
        "mới thoát nghèo, vay lãi thấp, khám mắt, tách khẩu, xuất khẩu lao động, học nghề may, tái định cư, nuôi ong, đón khách, "
        "hiến đất, góp công, nhận khoán"
    )),
    *((unit, thing) for unit in ("triệu đồng", "tỷ đồng") for thing in _list(
        "tiền quỹ, vốn ủy thác, nợ cũ, doanh thu, phí dịch vụ, tiền đền bù, quỹ học bổng, lãi vay, tiền công"
    )),
)  # fmt: skip
PURPOSES = _list(
    "kịp vụ đông, giữ giá bán, tránh lũ quét, nuôi lợn đen, lấy chỗ họp chợ, đỡ công vác, nối hai bờ, cho trẻ đến trường, "
    "trả nợ ngân hàng, bớt khói bếp, chờ mùa khách, giữ nước đầu nguồn, chống rét trâu, xây nhà tắm, đón tàu sớm, làm mẫu chung, "
    "thử giống mới, gây rừng, lập kho thóc, dạy tiếng Mông, mừng cơm mới, đưa điện vào bản, bù phần sạt lở, đãi thợ xa, "
    "tính lại định mức, phơi thóc, ghép lớp, sửa mái dột, nuôi cá tầm, thắp sáng ngõ, giảm tai nạn, phục vụ giỗ tổ, "
    "đổi ca đêm, mở tuyến xe, thay cầu tre, ủ men lá, làm du lịch, chữa bệnh tằm, giữ điệu khèn, trồng cỏ voi"
)
CAUSES = _list(
    "mưa đến muộn, sương muối, thiếu thợ, giá xăng tăng, đường trơn, con đập đầy, đất tơi hơn, ai cũng góp, máy hỏng, "
    "hợp đồng mới, nắng sớm, nhiều hộ đổi ý, lớp tập huấn, bạn hàng xa, gió mùa, quả chín sớm, trâu khỏe, vốn về chậm, "
    "thửa đất dốc, tiếng loa thôn, cán bộ trẻ, mẹo của cụ Sáng, kho lạnh, nước suối cạn, lễ hội dời ngày, hạt giống lép, "
    "quy ước bản, ảnh vệ tinh, chuyến phà, lệnh cấm tải, nhà thầu cũ, dây cáp đứt, chợ phiên vắng, phiếu khảo sát, ong về tổ"
)
SPEECH = _list(
    "làm chậm mà chắc, ai cũng thấy rõ, chưa dám mừng vội, cứ hỏi dân trước, mất công nhưng vui, tiền không đủ đâu, phải có người canh, "
    "đất thì vẫn đấy, con nước sẽ trả lời, mùa sau mới biết, đừng ai bỏ cuộc, nhà nào cũng phần, việc khó để sau, tôi ghi hết rồi, "
    "lũ trẻ nhớ lâu, đường xa mới quý, bán rẻ thì tiếc, nghề này kén người, cái bếp phải ấm, sổ sách rõ ràng, máy chỉ giúp tay, "
    "rừng nuôi mình mà, chia đều thì bền, khách thích chỗ thật, cán bộ cũng gùi, mỗi năm một vạch"
)
TITLE_HEADS = _list(
    "Mùa chè, Con đường, Chuyện giữ rừng, Phiên chợ, Lớp học, Nghề dệt, Cây cầu, Vụ lúa, Bếp lửa, Đàn trâu, Tiếng khèn, Dòng kênh, "
    "Xưởng gỗ, Bến đò, Vườn lê, Quỹ vay, Đội bóng, Làng gốm, Bữa cơm ca, Kho thóc, Trạm y tế, Chuyến xe, Mái trường, Sân phơi, "
    "Nhà sàn, Mỏ đá, Tổ ong, Đồi quế, Ao cá, Hồ nước"
)
TITLE_VERBS = _list(
    "đổi thay, chờ ngày, vượt khó, gặp hạn, lên mạng, về đích, tìm thợ, giữ khách, mở cửa lại, đón dự án, khan nước, được mùa, "
    "thiếu vốn, gọi người trẻ, qua bão, tăng ca, chia lãi, dời chỗ, hồi sinh, trước mùa lũ, thêm việc, bớt lo, sáng đèn, lỡ hẹn, "
    "cần tay nghề, ngược dốc, vào sổ, hụt giá, ra chợ tỉnh, nối nhịp"
)
SUBHEADS = _list(
    "Chuyện bắt đầu, Góp từng ngày công, Đường còn dài, Con số biết nói, Người ở lại, Bài toán vốn, Sau mùa mưa, Nỗi lo cũ, "
    "Cách làm riêng, Đầu ra ở đâu, Lời hẹn mới, Việc của cả bản, Giữ cái gốc, Học rồi làm, Chợ gần chợ xa, Khi máy về"
)
TAGS = _list(
    "chè shan, giảm nghèo, giao thông, vùng cao, chợ phiên, giữ rừng, học bán trú, du lịch bản, vốn vay, làng nghề, "
    "thủy lợi, chăn nuôi, việc làm, chuyển đổi số, y tế xã, lễ hội"
)
SECTIONS = (
    ("thoi-su", "Thời sự"),
    ("kinh-te", "Kinh tế"),
    ("xa-hoi", "Xã hội"),
    ("van-hoa", "Văn hóa"),
    ("giao-duc", "Giáo dục"),
    ("doi-song", "Đời sống"),
)
GOODS = _list("chè búp tươi, quế vỏ khô, thảo quả, ngô hạt, lợn hơi, gà đồi, mật ong, măng tươi")
