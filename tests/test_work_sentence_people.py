"""Is whoever is named in a sentence counted once?"""

from __future__ import annotations

import pytest

from tests.readings import read


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cài vneid cho u Mận, dượng Tám với con Hến", [("vneid", 3)]),
        ("giup me Thoi, on Dan, o Buoi lam bhyt", [("health_insurance", 3)]),
        ("Cài VNeID cho ama Phin, H'Lan và Y Thơm", [("vneid", 3)]),
        ("làm vneid cho chị Vừ Thị Chư, Sùng A Chải, Sáu Lành", [("vneid", 3)]),
        ("cài vneid cho ông bà Năm, vợ chồng Tư Hậu", [("vneid", 4)]),
        ("lam an sinh cho cu Tan 83t, cu Nhan", [("social_account", 2)]),
        ("Bác Tuyên phòng 2, anh Cường phòng 7 em cài vneid rồi", [("vneid", 2)]),
        ("nộp hồ sơ online giúp cô Ba, cậu Tư, thêm 2 người nữa", [("online_filing", 4)]),
        ("cài VNeID cho bà Sáu, ông Năm và hai bác nữa", [("vneid", 4)]),
        ("giúp hai vợ chồng chú Tám với đứa con gái làm vneid", [("vneid", 3)]),
        ("được 6 người làm vneid, thêm mự Thìn nữa là 7", [("vneid", 7)]),
        ("cài vneid cho bác Lộc rồi, cô Hậu cũng xong", [("vneid", 2)]),
        ("hôm qua cài vneid cho chị Hiên, hôm nay cho anh Hà", [("vneid", 1), ("vneid", 1)]),
        ("- Bà Mơ: VNeID xong\n- Ông Tạ: VNeID chưa được", [("vneid", 1)]),
        ("hướng dẫn bà Tư cài vneid, ông Lý thì chưa được", [("vneid", 1)]),
        ("Hôm nay: bà Mận, bà Đào (vneid); ông Lê (bhyt)", [("vneid", 2), ("health_insurance", 1)]),
        (
            "cụ Tý, cụ Sửu: hai người tôi đã giúp làm bhyt. Riêng cụ Sửu còn làm thêm chữ ký số",
            [("health_insurance", 2), ("digital_signature", 1)],
        ),
        ("cài vneid cho chị hương, dì huyền, anh toàn", [("vneid", 3)]),
        ("giup bac hung, bac thang kich hoat vneid", [("vneid", 2)]),
        ("cài vneid cho bà sáu, bà mừng lắm", [("vneid", 1)]),
        ("tôi với cháu Vượng bí thư đoàn cài vneid cho 9 bác", [("vneid", 9)]),
        ("3 bạn đoàn viên đi cùng em cài VNeID cho 8 cụ", [("vneid", 8)]),
        ("Giúp bà Hai, ông Tư, thêm 2 cô ở chợ mở ví momo", [("online_payment", 4)]),
        ("cụ ông 82 tuổi và cụ bà nhờ em gia hạn bhyt", [("health_insurance", 2)]),
        ("Trưởng thôn nói nhà anh Quý cần làm vneid, tôi qua làm cho anh ấy rồi", [("vneid", 1)]),
        ("mợ Chín kêu em qua làm giùm cái tài khoản an sinh cho cậu Chín", [("social_account", 1)]),
        ("chị Vui nhờ cài vneid cho chị và cho mẹ chị", [("vneid", 2)]),
        ("Bác Dần (78 tuổi) và con trai bác được cháu hướng dẫn tích hợp BHYT", [("health_insurance", 2)]),
        ("+ Cô Thoa: vneid + Chú Đông: vneid + Anh Quân: bhyt", [("vneid", 2), ("health_insurance", 1)]),
        ("bà Tơ vneid, ông Lộc vneid, chị Hiền bhyt", [("vneid", 2), ("health_insurance", 1)]),
        ("vneid - bà Tơ, ông Lộc; bhyt - chị Hiền", [("vneid", 2), ("health_insurance", 1)]),
        (
            "hai vợ chồng nhà Hợi, cụ Đạt với thằng cháu cụ, bốn người cả thảy tôi đã cài vneid",
            [("vneid", 4)],
        ),
        ("Vừ Thị Mỷ, Giàng A Sáng được tôi cài VNeID", [("vneid", 2)]),
        ("giúp cô Thoa (lớp 11B), em Vy lớp 12A2 nộp hồ sơ online", [("online_filing", 2)]),
        ("cài VNeID: Bà Hoàn, sinh 1950; Ông Lộc, sinh 1948", [("vneid", 2)]),
        ("Bữa nay tui giúp được mấy o: o Lài, o Huệ, o Sen làm vneid", [("vneid", 3)]),
        ("Làm xong VNeID: bác Lưu, bác Quan. BHYT: bác Lưu", [("vneid", 2), ("health_insurance", 1)]),
        ("giup chu Ba Hoi, thim Ba, con Lien lam bhyt tren dt", [("health_insurance", 3)]),
        ("làm vneid cho dì Ba bán chuối dới ông dượng", [("vneid", 2)]),
        ("Đã cài VNeID cho ông Lực nhưng bà Hằng thì chưa", [("vneid", 1)]),
        ("bà Hằng chưa cài vneid nên tôi cài luôn cho bà", [("vneid", 1)]),
        ("hôm nay cài vneid cho 3 người: bà Tư, cô Lan, ông Bảy", [("vneid", 3)]),
        ("kích hoạt VNeID cho chị Diệu, anh Nam, em Hòa", [("vneid", 3)]),
        ("QR: cô bán bắp, chú sửa giày, con nhỏ bán chè", [("online_payment", 3)]),
        ("cụ Tuất (85 tuổi), cụ Hợi và con dâu cụ Hợi được gia hạn bhyt", [("health_insurance", 3)]),
        ("bà Thoa cô giúp tích hợp bhyt rồi", [("health_insurance", 1)]),
        ("giup ma va di tui cai vneid", [("vneid", 2)]),
        ("giup ba ngoai tra tien nuoc qua app", [("online_payment", 1)]),
        ("ba Tuyet nho toi, tui mo dum ba cai tai khoan an sinh", [("social_account", 1)]),
        ("chi bon ba ban rau dan ma QR", [("online_payment", 4)]),
        ("cai vneid cho thang cu Beo voi ma han, xong roi", [("vneid", 2)]),
        ("giup bac Quy voi chi Hong cai vneid xong roi", [("vneid", 2)]),
        ("Thầy Năng nhờ tôi, tôi cài VNeID cho thầy với cô nhà", [("vneid", 2)]),
        ("lam xong ma QR cho 2 quan, quan che di Lan, quan bun", [("online_payment", 2)]),
        ("O Thoa có gian hàng trên Shopee rồi, tui làm cho o từ sáng", [("online_selling", 1)]),
    ],
)
def test_whoever_is_named_is_counted_once(text, meant) -> None:
    reading = read(text)
    assert reading.outcome == "entries"
    assert [(one.kind, one.count) for one in reading.pieces] == meant


@pytest.mark.parametrize(
    "text",
    [
        "cài vneid cho bà Tư, zì Kha với ông Bảy",
        "cài vneid cho bà Sáu và cả xóm",
        "giúp chị Thúy và con làm vneid",
        "cài vneid cho bà Tẹo, ông Tèo, 2 cụ",
        "cài vneid cho 2 chị: chị Mận, chị Đào, chị Lựu",
        "giúp 5 bác với chị Hà cài vneid",
        "cài vneid cho bà Tư với cô Lan",
        "anh Páo, anh Dình, chị Mỷ nhờ em làm VNeID, mới xong anh Páo với chị Mỷ",
        "hom qua giup ba me neo don cai vneid xong",
        "chu Sau thim Sau lam vneid xong roi, tui cai cho",
    ],
)
def test_names_that_are_only_partly_understood_are_asked_about(text) -> None:
    assert read(text).outcome == "ask"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("em giúp 4 hs lớp 9 kích hoạt vneid tại xóm Mừng", [("vneid", 4)]),
        ("hôm qua nộp 3 hs tạm vắng qua mạng", [("online_filing", 3)]),
        ("đăng 12 cái nón lá của 2 chị lên Shopee giùm, sáng nay", [("online_selling", 2)]),
        ("sáng nay nộp hồ sơ đất qua mạng cho nhà bà Thơm, một bộ", [("online_filing", 1)]),
        ("làm chữ ký số cho 1 hợp tác xã và 3 hộ kinh doanh", [("digital_signature", 4)]),
        ("có 2 bác chưa có thẻ BHYT em làm giùm luôn", [("health_insurance", 2)]),
        ("chị Hoa (vợ anh Tám) nhờ em gia hạn bhyt, em làm xong rồi", [("health_insurance", 1)]),
        ("hôm qua 9 nhà trồng tiêu tui ghé hết rồi", [("home_visit", 9)]),
        ("em chỉ bà ngoại chuyển khoản, tính 1 lượt nhé", [("online_payment", 1)]),
        ("hôm qua 4 cụ làm vneid, còn lại bà con để bữa khác", [("vneid", 4)]),
        ("sáng nay nhắc lừa đảo mạng tại trường cấp 3 cho 50 em học sinh", [("scam_prevention", 50)]),
        (
            "tối qua mở một buổi học cách tra cứu thông tin trên mạng, 12 bà con dự",
            [("digital_class", 1)],
        ),
    ],
)
def test_what_is_counted_is_who_was_helped(text, meant) -> None:
    reading = read(text)
    assert [(one.kind, one.count) for one in reading.pieces] == meant
    assert reading.outcome == "entries"
