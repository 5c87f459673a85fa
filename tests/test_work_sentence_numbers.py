"""Is each number of a sentence given its own kind and day, or asked about?"""

from __future__ import annotations

from datetime import date

import pytest

from tests.readings import TODAY, read, unmarked


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("5 người vừa cài vneid vừa làm bhyt", ["vneid", "health_insurance"]),
        ("mỗi buổi cài vneid 5 người, 2 buổi", ["vneid"]),
        ("thứ 7 với chủ nhật 5 người vừa cài vneid vừa làm bhyt", []),
    ],
)
def test_of_numbers_that_cannot_be_told_apart_each_is_asked_for_on_one_day(text, kinds) -> None:
    pieces = read(text).pieces
    assert [(one.kind, one.count, one.day) for one in pieces] == [(kind, None, TODAY) for kind in kinds]


@pytest.mark.parametrize(
    "text",
    [
        "bữa ni nỏ mần được chi, không đi mô được",
        "hôm nay quán vắng, hổng ai ghé hết trơn",
        "nay em ốm nằm nhà chưa giúp được ai, ghi số không giùm em",
        "hnay k có ai tới, báo 0 giúp em",
    ],
)
def test_a_day_without_work_is_told_in_many_words(text) -> None:
    assert read(text).outcome == "zero"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ba hôm trước cài vneid cho 2 cô", 14),
        ("hôm mười bốn cài vneid cho 2 cô", 14),
        ("hồi sớm mơi cài vneid cho 2 cô", 17),
        ("chiều tối hôm qua cài vneid cho 2 cô", 16),
    ],
)
def test_a_day_is_named_in_many_words(text, day) -> None:
    assert read(text).pieces[0].day == date(2026, 11, day)


def test_a_month_and_a_telephone_count_nothing() -> None:
    assert [one.count for one in read("tối qua họp thôn tháng 11").pieces] == [1]
    assert [one.count for one in read("cô Mận 61t, đuôi 447, em cài vneid xong rồi").pieces] == [1]


def test_a_vague_number_is_quoted_with_its_marks() -> None:
    assert read("thu 7 chi may nguoi cai vneid").pieces[0].said == "mấy người"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hôm kia 3 cụ, hôm qua 2 cụ, nay 1 cụ, toàn cài VNeID", [(15, 3), (16, 2), (17, 1)]),
        ("cài VNeID được 9 bác, 5 bác hôm nay 4 bác hôm qua", [(17, 5), (16, 4)]),
        ("VNeID: 14/11 6 người, 15/11 nghỉ, 16/11 8 người", [(14, 6), (16, 8)]),
        ("Cài VNeID cho bà con: sáng 5, chiều 6", [(17, 11)]),
        ("sáng 2 cụ chiều 3 cụ cài VNeID", [(17, 5)]),
        ("thứ 5 với thứ 6 tuần trước mỗi ngày tui cài VNeID cho 4 cô", [(12, 4), (13, 4)]),
        ("hôm qua cài VNeID cho 4 chú, hôm nay 0", [(16, 4)]),
        ("hôm qua cài VNeID cho bà Hai, hôm nay thêm 3 cô", [(16, 1), (17, 3)]),
        ("sáng cài VNeID 2 cô, chiều cài VNeID 3 cô, hôm qua VNeID 4 cô", [(17, 5), (16, 4)]),
        ("VNeID 9 người, là hôm qua với hôm nay cộng lại; hôm qua 5, hôm nay 4", [(16, 5), (17, 4)]),
    ],
)
def test_each_number_is_of_its_own_day(text, meant) -> None:
    reading = read(text)
    assert {one.kind for one in reading.pieces} == {"vneid"}
    assert [(one.day.day, one.count) for one in reading.pieces if one.day] == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("✅ VNeID: 3 ✅ BHYT: 0 ✅ mã QR: 4", [("vneid", 3), ("online_payment", 4)]),
        ("Cụ Mẫn 82t, sđt đuôi 447, em gia hạn bhyt giùm cụ xong", [("health_insurance", 1)]),
        ("Ghé 5 nhà, nhà nào cũng dặn phòng lừa đảo", [("home_visit", 5), ("scam_prevention", 5)]),
        ("vô 8 hộ, nhắc phòng lừa đảo từng nhà một", [("home_visit", 8), ("scam_prevention", 8)]),
        ("Đi 7 hộ: 5 hộ cài VNeID (9 người)", [("home_visit", 7), ("vneid", 9)]),
        ("Tối qua mở lớp kỹ năng số, 01 lớp/20 học viên", [("digital_class", 1)]),
        ("tối qua lớp kỹ năng số 25 bác, 6 bác cài VNeID", [("digital_class", 1), ("vneid", 6)]),
        ("cài VNeID được 6 người, thêm cô Lành nữa là 7", [("vneid", 7)]),
        ("Cài VNeID cho 2 anh ghe lớn, 1 anh ghe nhỏ nữa", [("vneid", 3)]),
        ("cài VNeID cho bốn bác chưa có", [("vneid", 4)]),
        ("3 đứa chưa có VNeID thì tui làm luôn cho", [("vneid", 3)]),
        ("BHYT 4 đ/c, VNeID 2 đ/c", [("health_insurance", 4), ("vneid", 2)]),
        ("dắt 3 đứa lên làm khai sinh online, nộp hết 3 bộ hồ sơ", [("online_filing", 3)]),
        ("Em báo: (1) ghé 4 nhà, (2) cài VNeID 3 người", [("home_visit", 4), ("vneid", 3)]),
        ("cài VNeID kèm BHYT cho 5 chú", [("vneid", 5), ("health_insurance", 5)]),
        ("3 dì, làm cả VNeID lẫn BHYT", [("vneid", 3), ("health_insurance", 3)]),
        ("vừa cài VNeID vừa gia hạn BHYT cho 2 thím", [("vneid", 2), ("health_insurance", 2)]),
        ("2 bác VNeID kèm 3 bác BHYT", [("vneid", 2), ("health_insurance", 3)]),
        ("Giúp bà Hai, ông Tư, thêm 2 cô ở chợ mở ví momo", [("online_payment", 4)]),
        ("cụ ông 82 tuổi và cụ bà nhờ em gia hạn bhyt", [("health_insurance", 2)]),
        ("họp xóm tối qua 50 người, em nhắc vụ lừa đảo", [("village_meeting", 1), ("scam_prevention", 50)]),
        (
            "tối qua họp dân, 40 hộ dự, em cài VNeID cho 3 bác, nhắc chuyện lừa đảo",
            [("village_meeting", 1), ("vneid", 3), ("scam_prevention", 40)],
        ),
        ("ghé 3 hộ, hộ nào cũng khai tài khoản an sinh", [("home_visit", 3), ("social_account", 3)]),
        ("đi 9 nhà: 4 nhà có cụ già, khai an sinh cho 5 cụ", [("home_visit", 9), ("social_account", 5)]),
        (
            "giúp 6 người, 4 người làm BHYT, 2 người còn lại ký số",
            [("health_insurance", 4), ("digital_signature", 2)],
        ),
        ("kết quả: 3 VNeID, 2 BHYT, 4 nhà", [("vneid", 3), ("health_insurance", 2), ("home_visit", 4)]),
        ("cài được 2 thím, 1 cậu, 3 cháu VNeID", [("vneid", 6)]),
        ("chỉ quét mã: hàng cá 3 người, hàng thịt 2 người", [("online_payment", 5)]),
        ("VNeID 3 bác, à mà không, 4 bác", [("vneid", 4)]),
        ("làm được 5 người, à 6 người cài VNeID", [("vneid", 6)]),
        ("cài ví điện tử cho 2 dì, làm mã QR cho quán cô Hằng nữa là 3", [("online_payment", 3)]),
        ("Hỗ trợ chú Bốn: VNeID, BHYT, xong cả 2", [("vneid", 1), ("health_insurance", 1)]),
        ("phát quà cho 20 hộ, khai an sinh được 4 cụ", [("social_account", 4)]),
        ("đã cài VNeID 3 người, sắp tới cài thêm 6 người", [("vneid", 3)]),
        (
            "gặp 6 chị bán rau, dặn coi chừng lừa đảo, cài ví điện tử cho 2 chị",
            [("scam_prevention", 6), ("online_payment", 2)],
        ),
        ("dặn 5 cụ khoan quét mấy cái mã lạ", [("scam_prevention", 5)]),
    ],
)
def test_numbers_find_their_kinds(text, meant) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert [(one.kind, one.count) for one in reading.pieces] == meant


@pytest.mark.parametrize(
    "text",
    [
        "Cài VNeID cho bác Tư, út Nhài với cô Khoan",
        "em cài VNeID vô máy cho ổng, thêm hai ông bạn nữa",
        "đã ghé nhà bà Bảy, ông Mười cài VNeID",
        "Em cài giúp cô Hoa VNeID, con gái cô cũng cài luôn",
        "5 hồ sơ nộp online, 1 hồ sơ bị trả lại",
        "đến nay tổ em được 30 VNeID, riêng hôm nay 4",
        "em làm hồ sơ giùm 4 người, có người làm căn cước",
        "Hôm qua họp ấp 2 rồi họp ấp 5",
        "Em giúp gia đình chú Lực làm VNeID",
        "giúp chú Hai, chú Ba cài VNeID; thím Tư thì làm BHYT",
        "Một chị làm VNeID, hai anh làm BHYT, ba bác làm ví",
        "4 bạn đăng ký tạm trú online nhưng 1 bạn chưa xong",
        "họp tổ 5 người, bàn đi 20 nhà",
        "5 người vừa cài VNeID vừa làm BHYT",
        "mở ví điện tử cho 3 cô, 2 cô quét mã xong rồi, 1 cô mai làm tiếp",
        "cài cho bác Quý VNeID, cài cho bác gái nữa",
        "ghé nhà cụ Tấn, cụ Nghị, nhà nào cũng cài VNeID cho hai ông bà",
        "Sáng nay tập huấn cho 30 hội viên, 5 người đăng ký được luôn",
        "xóm Trên 5 người, xóm Dưới cài VNeID 3 người",
        "hôm nay có 7 bác, 4 bác cài VNeID",
        "hôm qua 4 VNeID, hôm nay y chang",
        "sáng có bà Bảy, trưa có ông Tám, chiều có cô Chín nhờ nộp hồ sơ, tui nộp hết",
    ],
)
def test_what_is_not_accounted_for_is_asked_about(text) -> None:
    assert read(text).outcome == "ask"


def test_a_crowd_on_a_day_without_work_is_no_number() -> None:
    assert read("Nay đông khách quá em không giúp được ai hết").outcome == "zero"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("giúp 7 phụ huynh đóng học phí qua app, cả 7 đều xong", [("online_payment", 7)]),
        ("hôm nay được 6 vneid, tổng 6", [("vneid", 6)]),
        (
            "cài ví momo cho 9 cô, trong đó 4 cô tự đóng tiền điện. Ngoài ra 2 bác vneid",
            [("vneid", 2), ("online_payment", 9)],
        ),
        ("hôm qua mở 2 lớp số, sáng một lớp chiều một lớp", [("digital_class", 2)]),
        ("mở 2 lớp số, mỗi lớp 15 cụ", [("digital_class", 2)]),
        ("Thôn họp rồi. Họp tối qua. Dân đi 40.", [("village_meeting", 1)]),
        ("đi 9 nhà, nhà nào em cũng nhắc coi chừng lừa đảo", [("home_visit", 9), ("scam_prevention", 9)]),
        ("có một o đem giấy tới, tui nộp lên cổng giùm, 2 hồ sơ", [("online_filing", 2)]),
        ("cài vneid được 7/9 người", [("vneid", 7)]),
        ("giúp năm người: ba người vneid, hai làm bảo hiểm y tế", [("vneid", 3), ("health_insurance", 2)]),
        ("đi gõ cửa 17 phòng trọ, cài vneid cho 11 người", [("home_visit", 17), ("vneid", 11)]),
        ("khai tài khoản ngân hàng vô mục an sinh cho ông Thìn", [("social_account", 1)]),
        ("toi ho tro 4 phu huynh cai vneid", [("vneid", 4)]),
    ],
)
def test_each_number_is_counted_once_for_what_it_counts(text, meant) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert sorted((piece.kind, piece.count) for piece in reading.pieces) == sorted(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tối 12 em xuống bon, cài vneid cho 4 mế", [("vneid", 4, 12)]),
        (
            "t6 bhyt 4 bác, t7 2 bác, hôm qua 1 bác cài vneid",
            [("health_insurance", 4, 13), ("health_insurance", 2, 14), ("vneid", 1, 16)],
        ),
        ("hôm nay 3 ca vneid, hôm qua quên báo 2 ca", [("vneid", 3, 17), ("vneid", 2, 16)]),
        ("t7: 5 vneid / cn: 0 / t2: 2 bhyt", [("vneid", 5, 14), ("health_insurance", 2, 16)]),
        ("làm vneid được 8 người, 3 người hẹn thứ 7", [("vneid", 8, 17)]),
    ],
)
def test_each_number_has_its_own_day(text, meant) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert [(piece.kind, piece.count, piece.day and piece.day.day) for piece in reading.pieces] == meant


@pytest.mark.parametrize(
    "text",
    [
        "bay 5 thang xe om xai momo cho chi Lan, xong ca 5 thang cai luon vneid",
        "xóm trên 5 vneid, xóm dưới cũng 5 vneid",
        "giup 6 ong cai vneid, co 2 vi su nua la 8",
        "bà Nhạn tôi cài cho cái điện thoại, còn ông Khoát tôi nộp hồ sơ trên mạng",
        "chỉ bà Lan bán hàng trên mạng, bà nào cũng ham",
    ],
)
def test_a_number_that_may_have_been_missed_is_asked_about(text) -> None:
    assert read(text).outcome == "ask"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("hồi tối hôm qua cài vneid cho 2 cô", 16),
        ("vào sáng thứ bảy cài vneid cho 2 cô", 14),
        ("chủ nhật tuần trước (8/11) cài vneid cho 2 cô", 8),
        ("cài vneid cho 2 cô. Ngày 12.11", 12),
        ("sáng 12 em mở máy cài vneid cho 2 cô", 12),
    ],
)
@pytest.mark.parametrize("typed", [str, unmarked], ids=["marks", "no marks"])
def test_a_day_may_be_led_to_or_be_a_number(text, day, typed) -> None:
    assert {one.day for one in read(typed(text)).pieces} == {date(2026, 11, day)}


def test_the_month_of_a_bill_is_no_time_of_work() -> None:
    assert read("trả tiền nước tháng 9 qua app cho 3 dì").pieces[0].day == TODAY


@pytest.mark.parametrize(
    "text",
    [
        "tổng 12 hs, trong đó 9 hs em nộp online, 3 hs dân tự nộp",
        "mùng 5 âm lịch em giúp 2 bác làm bhyt",
        "em làm được 3-4 hồ sơ gì đó trên cổng dvc hôm nay",
    ],
)
def test_what_is_left_open_is_asked(text) -> None:
    assert read(text).outcome == "ask"


def test_a_day_may_be_named_with_its_calendar() -> None:
    reading = read("hôm 14 tây em cài vneid cho 3 cô")
    assert [(one.count, one.day) for one in reading.pieces] == [(3, date(2026, 11, 14))]


def test_a_day_without_work_beside_others_is_left_out() -> None:
    reading = read("được 5 vneid hôm kia, hôm qua thì 0 còn hôm nay 2 bhyt")
    assert {(one.kind, one.count, one.day) for one in reading.pieces} == {
        ("vneid", 5, date(2026, 11, 15)),
        ("health_insurance", 2, TODAY),
    }
