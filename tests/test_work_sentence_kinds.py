"""Is a kind of work known by what people call it, and what is none left alone?"""

from __future__ import annotations

import pytest

from tests.readings import read, unmarked


@pytest.mark.parametrize(
    "text",
    [
        "co 1 chi lo chuyển tiền cho người lạ",
        "hôm qua có 2 người bị lừa chuyển tiền",
        "hom qua 2 nguoi bi lua dao",
        "1 người lỡ chuyển khoản cho kẻ lừa đảo",
        "hom qua di lam nha 2 nguoi canh giac",
    ],
)
def test_whoever_was_cheated_is_no_work_that_was_done(text) -> None:
    assert read(text).outcome != "entries"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("giúp bác Tư cài vneid xong rồi", [("vneid", 1)]),
        ("Chỉ cho bà Tám, ông Chín với cô Út cài VssID", [("health_insurance", 3)]),
        ("hướng dẫn bà Năm đóng tiền điện qua Zalopay, ông Tư quét mã VietQR", [("online_payment", 2)]),
        ("Ông Thịnh nhờ tôi nộp hồ sơ đổi bằng lái qua mạng, đã xong", [("online_filing", 1)]),
        ("sáng nay qua nhà bà Sáu cài vneid cho bà", [("home_visit", 1), ("vneid", 1)]),
        ("Làm tài khoản an sinh cho bà con rồi. 3 người.", [("social_account", 3)]),
        ("tối qua họp thôn, 45 hộ dự", [("village_meeting", 1)]),
        ("mở lớp số tối qua, 22 học viên", [("digital_class", 1)]),
        ("nộp 5 hồ sơ qua mạng (3 khai sinh, 2 thường trú)", [("online_filing", 5)]),
        ("5 hồ sơ khai sinh online, 2 hồ sơ tạm trú online, vị chi là 7", [("online_filing", 7)]),
        ("1. Cài VNeID: 5 người\n2. Làm BHYT: 3 người", [("vneid", 5), ("health_insurance", 3)]),
        ("hôm nay cài vneid 5 người. Tổng VNeID 5", [("vneid", 5)]),
        ("tổng kết ngày: 4 lượt hồ sơ, 6 người vneid", [("online_filing", 4), ("vneid", 6)]),
        ("đăng ký chữ ký số trên VNeID cho 7 người", [("digital_signature", 7)]),
        ("nay cài vneid 2 người mai cài tiếp 3 người", [("vneid", 2)]),
        ("cài vneid cho 3 người, bhyt thì chưa có ai", [("vneid", 3)]),
        ("cai dinh danh cho 4 nguơi, lam bao hiêm y te 2 nguơi", [("vneid", 4), ("health_insurance", 2)]),
        ("trả tiền điện qua app 3 người, quét mã QR 2 người", [("online_payment", 5)]),
        ("bựa ni tui mần vneid cho mệ Tý với ôông Hòe", [("vneid", 2)]),
        ("VNeID:\n- Bà Nguyễn Thị Lựu\n- Ông Trần Văn Mít", [("vneid", 2)]),
        ("Hôm qua làm VssID cho các bác: Hùng, Thắng, Lợi", [("health_insurance", 3)]),
        ("đã cài VNeID cho bà Hai, bà Hai mừng lắm", [("vneid", 1)]),
        ("Bà Sáu muốn cài VNeID, tôi đã cài xong cho bà", [("vneid", 1)]),
        ("ông Bảy cần làm tạm trú, nộp online giùm ổng r", [("online_filing", 1)]),
        ("Chị Lò Thị Xanh bán mật ong. Tôi đã giúp chị đăng bán trên mạng.", [("online_selling", 1)]),
        ("Bà Mận bị kẻ lạ gọi điện. Tôi đã dặn bà đó là lừa đảo.", [("scam_prevention", 1)]),
        ("Anh Tài giúp 3 người cài VNeID, còn tôi giúp 4 người nữa. Tổng cộng 7 người.", [("vneid", 7)]),
        ("Tôi đến 6 nhà. Có 4 nhà cài được VNeID, mỗi nhà một người.", [("home_visit", 6), ("vneid", 4)]),
        ("Sáng nay tôi gặp 4 bác. Cả 4 bác đều cài VNeID xong.", [("vneid", 4)]),
        (
            "Có bảy người tới. Năm người tôi làm VNeID, hai người BHYT.",
            [("vneid", 5), ("health_insurance", 2)],
        ),
        (
            "hôm qua 3 bà, hôm nay 2 ông, đều làm bhyt trên vssid",
            [("health_insurance", 3), ("health_insurance", 2)],
        ),
        ("Hôm qua không có ai nhờ, hôm nay có 4 bác được tôi cài VNeID", [("vneid", 4)]),
        ("hôm nay chỉ có mỗi một bác tới làm định danh", [("vneid", 1)]),
        ("em ký số cho 1 bác sĩ với 2 điều dưỡng", [("digital_signature", 3)]),
    ],
)
def test_a_way_of_telling_is_understood(text, meant) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert [(one.kind, one.count) for one in reading.pieces] == meant


@pytest.mark.parametrize(
    "text",
    [
        "bên thôn 3 hôm qua cài vneid được 12 người",
        "chị Hoa muốn cài vneid cho 3 người",
        "tuần tới thôn mình mở lớp học số nhé bà con",
        "Kế hoạch tháng này cài vneid 50 người",
        "viết hộ em bài văn lớp 4 với",
        "lam giay khai tu cho ba",
        "tôi đã nộp hồ sơ trực tuyến 3 lần đều bị trả lại",
        "Hôm qua anh Dũng bên xã xuống hướng dẫn bà con 20 người cài VNeID",
        "Tôi nghe nói tổ của xóm Mận hôm qua cài VNeID được 20 người",
        "Thôn Đoài hôm qua cài VNeID được 15 người đấy, giỏi thật",
        "Cảm ơn các cháu đã dạy lớp người già chúng tôi xài điện thoại",
        "Bữa nào rảnh ai qua quán cài giùm tui cái app bán hàng coi",
        "loa xã hỏng nửa tháng nay chả ai sửa",
        "mẹ em muốn cài VNeID, em cài cho mẹ rồi mà báo lỗi",
    ],
)
def test_plans_requests_and_news_are_no_report(text) -> None:
    assert read(text).outcome == "none"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("đặt lại mật khẩu cái app VNeID cho 3 bác", "vneid"),
        ("đưa bằng lái với cà vẹt vô VNeID cho 3 anh", "vneid"),
        ("đưa thẻ bảo hiểm vô app định danh cho 3 bác", "health_insurance"),
        ("lấy lại mật khẩu vssid cho 3 bác", "health_insurance"),
        ("đóng tiền bảo hiểm y tế qua mạng cho 3 bác", "health_insurance"),
        ("đăng ký thường trú trên VNeID cho 3 người", "online_filing"),
        ("xin lý lịch tư pháp qua VNeID cho 3 người", "online_filing"),
        ("xác thực khuôn mặt ngân hàng cho 3 bác", "online_payment"),
        ("làm chữ ký số để nộp thuế cho 3 chủ tiệm", "digital_signature"),
        ("ký hồ sơ bằng điện thoại cho 3 bác", "digital_signature"),
        ("khai số tài khoản ngân hàng vào VNeID cho 3 bác", "social_account"),
        ("đăng ký nhận lương hưu qua thẻ ATM cho 3 bác", "social_account"),
        ("nhận tiền hỗ trợ qua tài khoản cho 3 bác", "social_account"),
        ("chụp hình đăng bán na trên zalo cho 3 chị", "online_selling"),
        ("lập trang facebook bán măng cho 3 chị", "online_selling"),
    ],
)
@pytest.mark.parametrize("typed", [str, unmarked], ids=["marks", "no marks"])
def test_a_means_of_one_kind_is_no_work_of_another(text, kind, typed) -> None:
    reading = read(typed(f"hôm nay em {text}"))
    assert [(one.kind, one.count) for one in reading.pieces] == [(kind, 3)]
    assert reading.outcome == "entries"


@pytest.mark.parametrize(
    "text",
    [
        "nhắc 6 cụ đừng chuyển tiền cho nick lạ trên facebook",
        "dặn 6 chị đừng nghe ai xưng công an kêu cài app",
        "cảnh báo 6 phụ huynh vụ giả cô giáo báo con nhập viện",
        "khuyên 6 người chớ quét mã lạ dán ngoài chợ",
        "nhắc 6 bác không cho ai số tài khoản ngân hàng",
    ],
)
def test_what_people_are_warned_of_is_no_work(text) -> None:
    assert [(one.kind, one.count) for one in read(text).pieces] == [("scam_prevention", 6)]


@pytest.mark.parametrize(
    "text",
    [
        "tối qua mở lớp dạy VNeID cho các cụ",
        "tối qua dạy lớp kỹ năng số cho chị em tập livestream bán hàng",
        "tối qua đứng lớp cho bà con, dạy xài ví điện tử",
    ],
)
def test_what_a_class_teaches_is_no_work_beside_it(text) -> None:
    assert [(one.kind, one.count) for one in read(text).pieces] == [("digital_class", 1)]


def test_other_work_is_asked_about_and_not_written_as_a_kind() -> None:
    reading = read("cài vneid 5 người, lập zalo cho 3 người")
    assert reading.doubt == "kind"
    assert [(one.kind, one.count) for one in reading.pieces] == [("vneid", 5), (None, 3)]


@pytest.mark.parametrize("text", ["", "   ", "5", "0", "?", "🙂", "a" * 500, "1 " * 300, "vneid " * 200])
def test_nothing_much_is_no_report(text) -> None:
    assert read(text).outcome in {"none", "ask"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("chiều nay dạy 4 bác quẹt thẻ trả tiền thuốc", "online_payment"),
        ("hướng dẫn 4 chị trích nợ tự động tiền nước", "online_payment"),
        ("chỉ 4 ông đưa thẻ căn cước đi khám bệnh", "health_insurance"),
        ("nhắc 4 nhà coi chừng vé xem hát giả", "scam_prevention"),
        ("dặn 4 cụ hễ thấy số lạ thì thôi", "scam_prevention"),
        ("gắn stk agribank vô vneid cho 4 mệ", "social_account"),
        ("up chổi đót lên tiktok shop cho 4 hộ", "online_selling"),
        ("tách thửa online cho 4 hộ, nộp trên cổng", "online_filing"),
    ],
)
def test_each_kind_is_named_in_many_ways(text, kind) -> None:
    assert [(piece.kind, piece.count) for piece in read(text).pieces] == [(kind, 4)]


@pytest.mark.parametrize(
    "text",
    [
        "bot ơi ghi giúp mình nha bà Tám nhờ cài vneid, xong rồi",
        "ê bot, nhập giúp em 1 vneid. Em cảm ơn ạ, chúc cả nhà ngủ ngon",
        "zúp 1 bác cài vneid zới điện thoại mới",
        "bà Tám nhờ cài vneid, mình chỉ luôn tại chợ",
    ],
)
def test_greetings_and_spelling_by_ear_change_nothing(text) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert [(piece.kind, piece.count) for piece in reading.pieces] == [("vneid", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "Tổ bên Hòa Lạc báo làm được 14 hồ sơ dvc",
        "Chúc mừng tổ mình đạt 60 vneid",
        "giá mà có thêm máy thì nộp được 9 hồ sơ",
        "Em đang cài vneid cho cô Mận, lát nữa mới xong",
        "tháng sau tôi mở 3 lớp kỹ năng số",
    ],
)
def test_what_others_did_or_what_is_not_yet_done_is_no_report(text) -> None:
    assert read(text).outcome == "none"


def test_help_that_the_writer_had_is_asked_about() -> None:
    assert read("hôm qua em được 2 chị đoàn viên chỉ cách nộp hồ sơ online").doubt == "question"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nhân tiện gia đình mấy cụ ở đông, tui gia hạn bhyt cho 5 cụ", [("health_insurance", 5)]),
        ("cài mãi mới được định danh cho 2 cụ ở xóm Chùa", [("vneid", 2)]),
        ("tôi hỗ trợ 4 hộ làm mã QR", [("online_payment", 4)]),
        ("tối nay cài vneid 2 người, một hồi cũng xong", [("vneid", 2)]),
        ("hướng dẫn chị em hội PN đóng học phí qua app, 6 chị", [("online_payment", 6)]),
        ("em kèm thằng Hùng với chị Lụa trả tiền điện qua momo", [("online_payment", 2)]),
        ("nói 7 cụ đừng tin quà trúng thưởng", [("scam_prevention", 7)]),
    ],
)
def test_words_without_marks_are_not_others_that_look_alike(text, meant) -> None:
    reading = read(unmarked(text))
    assert [(one.kind, one.count) for one in reading.pieces] == meant
    assert reading.outcome == "entries"


@pytest.mark.parametrize(
    "text",
    [
        "tổ xóm Trại người ta hôm qua làm được 30 cái VNeID kìa",
        "bên buôn Ea báo làm xong 40 cái bhyt rồi, mình phải cố gắng lên",
        "em xin cảm ơn chị Mơ đã giúp nhà em gia hạn bhyt",
        "cho em hỏi cách cài vneid cho 2 cụ",
    ],
)
def test_others_work_thanks_and_questions_are_no_report(text) -> None:
    assert read(text).outcome in {"none", "ask"}
    assert not read(text).pieces


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("khu phố họp bàn vụ camera tối qua", [("village_meeting", 1)]),
        ("em vừa cản được bà Thu chuyển khoản cho kẻ lừa đảo", [("scam_prevention", 1)]),
        ("gửi 3 bộ khai sinh lên cổng cho bà con", [("online_filing", 3)]),
        ("nhập số tài khoản vào mục an sinh xã hội cho 3 mệ", [("social_account", 3)]),
        ("tối 14 tui họp xóm, 40 người dự", [("village_meeting", 1)]),
    ],
)
def test_what_was_only_talked_of_or_stopped_is_no_other_work(text, meant) -> None:
    assert [(one.kind, one.count) for one in read(text).pieces] == meant
