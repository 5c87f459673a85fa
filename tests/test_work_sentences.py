"""Is a sentence read as it was meant, and asked about where it could be meant otherwise?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from benchmarks import sentences
from services.folding import fold
from services.rules import DEFAULT_KINDS, Kind
from services.work_sentences import Reader, Reading
from services.work_sentences.lexicon import load
from services.work_sentences.phrases import Phrases
from services.work_sentences.words import split

TODAY = sentences.TODAY
READER = Reader(DEFAULT_KINDS)
HALVES = ("tuning", "held_out", "second", "third", "fourth")
STRANGERS = ("fifth", "sixth", "seventh")
NEARLY_UNSEEN = "eighth"
MANY_VOICES = ("ninth", "tenth", "eleventh")


def read(text: str, **options: bool) -> Reading:
    """Read a sentence as Bình of the team would send it on Tuesday 17/11/2026."""
    return READER.read(text, today=TODAY, team=sentences.TEAM, me=sentences.ME, **options)


def unmarked(text: str) -> str:
    """Type it as on a telephone without Vietnamese letters."""
    return "".join(fold(one).upper() if one.isupper() else fold(one) for one in text)


def verdicts(split: str) -> list[tuple[str, sentences.Sentence]]:
    """Judge every sentence of a part of the file."""
    part = [one for one in sentences.sentences() if one.split == split]
    return [(sentences.judge(sentences.of_reading(read(one.text)), one), one) for one in part]


@cache
def read_right() -> list[sentences.Sentence]:
    """Find the sentences with entries that are read right as they stand."""
    splits = {one.split for one in sentences.sentences()}
    judged = [one for split in sorted(splits) for one in verdicts(split)]
    return [one for verdict, one in judged if verdict == "right" and one.right[0][0] == "entries"]


@pytest.mark.parametrize("split", [*HALVES, *STRANGERS, NEARLY_UNSEEN, *MANY_VOICES])
def test_nothing_is_proposed_that_was_not_said(split) -> None:
    wrong = [one.text for verdict, one in verdicts(split) if verdict == "wrong"]
    assert not wrong, "read as something else without asking"


@pytest.mark.parametrize("split", HALVES)
def test_entries_are_right_in_at_least_95_of_100(split) -> None:
    meant = [verdict for verdict, one in verdicts(split) if one.right[0][0] == "entries"]
    assert meant.count("right") / len(meant) >= 0.95


@pytest.mark.parametrize("split", STRANGERS)
def test_sentences_of_strangers_are_mostly_right_and_else_asked_about(split) -> None:
    """Their writers knew nothing of the reader, so these are nearer to what the first day brings."""
    meant = [verdict for verdict, one in verdicts(split) if one.right[0][0] == "entries"]
    assert len(meant) > 80
    assert meant.count("right") / len(meant) >= 0.95


@pytest.mark.parametrize("split", MANY_VOICES)
def test_most_of_what_many_voices_say_is_read(split) -> None:
    """Ten writers with nine voices each; what is still asked about are forms of speech, not kinds of work."""
    meant = [verdict for verdict, one in verdicts(split) if one.right[0][0] == "entries"]
    assert len(meant) > 180
    assert meant.count("right") / len(meant) >= 0.9


@pytest.mark.parametrize(
    "typed",
    [
        str.upper,
        str.lower,
        lambda text: f"Dạ em chào anh chị, em xin phép báo cáo ạ: {text}",
        lambda text: f"bot ơi ghi giúp mình nha {text}",
        lambda text: f"{text}. Cảm ơn các anh chị nhiều ạ, chúc mọi người buổi tối vui vẻ",
        lambda text: f"{text}, bà con phấn khởi lắm",
    ],
    ids=["upper", "lower", "greeting", "to the bot", "thanks", "aside"],
)
def test_what_stands_around_a_report_changes_nothing(typed) -> None:
    told = [sentences.judge(sentences.of_reading(read(typed(one.text))), one) for one in read_right()]
    assert told.count("right") / len(told) >= 0.98
    assert told.count("wrong") / len(told) <= 0.005


def test_without_marks_a_report_is_read_or_asked_about() -> None:
    told = [sentences.judge(sentences.of_reading(read(unmarked(one.text))), one) for one in read_right()]
    assert told.count("right") / len(told) >= 0.9
    assert told.count("wrong") / len(told) <= 0.01  # "ba cô" may be bà Cô, and nobody can tell


@pytest.mark.parametrize("split", HALVES)
def test_no_question_is_taken_for_a_report(split) -> None:
    swallowed = [
        one.text for verdict, one in verdicts(split) if one.right[0][0] == "none" and verdict != "right"
    ]
    assert not swallowed


@pytest.mark.parametrize("file", ["questions_tuning", "questions_held_out", "questions_strangers"])
def test_no_question_is_proposed_as_work(file) -> None:
    """Some of these sound like work enough to be asked about; none may be shown as an entry or a zero."""
    rows = sentences.SENTENCES.with_name(f"{file}.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in rows]
    assert [text for text in asked if read(text).outcome in {"entries", "zero"}] == []


@pytest.mark.parametrize("file", ["scam_stories", "harmless_stories"])
def test_no_story_is_proposed_as_work(file) -> None:
    told = sentences.SENTENCES.with_name(f"{file}.txt").read_text("utf-8").splitlines()
    assert [text for text in told if read(text).outcome in {"entries", "zero"}] == []


def test_no_question_of_a_villager_is_taken_for_a_report() -> None:
    """They were written for the guides, by others, and no kind of work was in anybody's mind."""
    file = sentences.SENTENCES.with_name("questions_dev.jsonl")
    asked = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    assert len(asked) > 100
    assert [text for text in asked if read(text).outcome != "none"] == []


def test_the_file_holds_two_hundred_sentences_that_nothing_was_tuned_on() -> None:
    assert sum(one.split == "held_out" for one in sentences.sentences()) >= 200


def test_the_plain_way_proposes_what_was_not_said() -> None:
    """The measure itself can fail: a regular expression does."""
    held_out = [one for one in sentences.sentences() if one.split == "held_out"]
    assert sum(sentences.judge(sentences.plain(one.text), one) == "wrong" for one in held_out) > 20


def test_a_kind_added_in_the_configuration_is_understood_by_its_label() -> None:
    kinds = (*DEFAULT_KINDS, Kind("drone", "Bay máy phun", "turns"))
    reading = Reader(kinds).read("hôm qua bay may phun 3 luot", today=TODAY)
    assert [(one.kind, one.count, one.day) for one in reading.pieces] == [("drone", 3, date(2026, 11, 16))]


def test_a_kind_taken_out_of_the_configuration_is_no_longer_proposed() -> None:
    kinds = tuple(kind for kind in DEFAULT_KINDS if kind.name != "vneid")
    assert Reader(kinds).read("cài vneid 5 người", today=TODAY).outcome != "entries"


def test_a_unit_of_the_configuration_decides_what_is_asked() -> None:
    kinds = tuple(replace(kind, unit="turns") if kind.name == "vneid" else kind for kind in DEFAULT_KINDS)
    assert Reader(kinds).read("cài vneid 5 lượt", today=TODAY).outcome == "entries"
    assert read("cài vneid 5 lượt").doubt == "unit"


def test_what_the_program_counts_by_itself_is_not_written_by_a_sentence() -> None:
    assert all(piece.kind != "bot_help" for piece in read("giúp qua tổ số 3 lượt").pieces)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("giúp 5 bà con", "kind"),
        ("cài vneid vài người hôm qua", "number"),
        ("cài vneid 3 hồ sơ", "unit"),
        ("họp thôn 40 người", "unit"),
        ("tuần này cài vneid 9 người", "day"),
        ("cài vneid 2 người ngày 20/11", "to_come"),
        ("chị Lan cài vneid 4 người", "who"),
        ("5 người vừa cài vneid vừa làm bhyt", "pairs"),
        ("hôm qua cài vneid 3 người giờ lỗi thì làm sao", "question"),
        ("3 người chưa cài được vneid", "undone"),
    ],
)
def test_each_doubt_is_named(text, doubt) -> None:
    assert read(text).doubt == doubt


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


def test_other_work_is_asked_about_and_not_written_as_a_kind() -> None:
    reading = read("cài vneid 5 người, lập zalo cho 3 người")
    assert reading.doubt == "kind"
    assert [(one.kind, one.count) for one in reading.pieces] == [("vneid", 5), (None, 3)]


def test_ways_of_saying_hold_lists_gaps_and_what_may_be_left_out() -> None:
    lists = {"net": Phrases([("qua mạng", True), ("online", True)])}
    ways = Phrases([("nộp … hồ sơ (<net>)", "filing"), ("^mốt", "plan"), ("bán * <net>", "sale")], lists)

    def found(text: str) -> list[tuple[list[int], str]]:
        return ways.find(split(text), may_pass=[True] * len(split(text)))

    assert found("nộp 3 hồ sơ qua mạng") == [([0, 2, 3, 4, 5], "filing")]
    assert found("nop 3 ho so") == [([0, 2, 3], "filing")]
    assert found("bán cá khô online") == [([0, 3], "sale")]
    assert found("mot người") == []
    assert found("mốt làm") == [([0], "plan")]


def test_a_vague_number_is_quoted_with_its_marks() -> None:
    assert read("thu 7 chi may nguoi cai vneid").pieces[0].said == "mấy người"


def test_two_encodings_of_a_sentence_are_one() -> None:
    import unicodedata

    text = "hôm qua cài định danh cho bảy bà con"
    assert read(unicodedata.normalize("NFD", text)) == read(text)


@pytest.mark.parametrize("text", ["", "   ", "5", "0", "?", "🙂", "a" * 500, "1 " * 300, "vneid " * 200])
def test_nothing_much_is_no_report(text) -> None:
    assert read(text).outcome in {"none", "ask"}


def test_every_kind_of_the_lexicon_is_one_of_the_defaults() -> None:
    names = {kind.name for kind in DEFAULT_KINDS}
    assert set(load()["kinds"]) <= names
    assert set(load()["weak"]) <= names
    assert set(load()["own_units"]) <= names


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
