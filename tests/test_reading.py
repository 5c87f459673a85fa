"""Is what people type read as the words they meant: short forms, keystrokes, slips, numbers, denials?"""

from __future__ import annotations

import unicodedata
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.folding import fold, tokens
from services.matching import lexicon
from services.matching.normalise import CONTENT, DENIED, FRAME, LONGEST_QUESTION, STOP, Normaliser
from services.matching.spelling import Spelling
from services.matching.syllables import decode_keystrokes, is_syllable

TEXTS: Final = (
    "Cài và kích hoạt VNeID",
    "Quên mật khẩu VNeID",
    "Đăng ký tạm trú",
    "làm giấy khai sinh cho con mới sinh",
    "khai sinh cho bé",
    "giấy báo tử",
    "mất giấy phép lái xe",
    "hai đứa em đăng ký kết hôn",
    "làm định danh mức 2",
    "giấy phép PCCC cho quán ăn",
    "đổi căn cước",
)
SHARED: Final = Normaliser(lexicon.load(), TEXTS)
TONES: Final = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SHAPES: Final = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}


@pytest.fixture
def normaliser() -> Normaliser:
    """A normaliser that knows the words of a few guides."""
    return SHARED


def read(normaliser: Normaliser, text: str) -> str:
    return normaliser.read(text).said


def denied(normaliser: Normaliser, text: str) -> str:
    return " ".join(word.text for word in normaliser.read(text).words if word.weight == DENIED)


def telex(syllable: str) -> str:
    """Spell a syllable by its keystrokes, the tone last: what an unset keyboard leaves on the screen."""
    apart = unicodedata.normalize("NFD", syllable.lower())
    tone = next((TONES[letter] for letter in apart if letter in TONES), "")
    bare = unicodedata.normalize("NFC", "".join(letter for letter in apart if letter not in TONES))
    return "".join(SHAPES.get(letter, letter) for letter in bare) + tone


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("ĐK tạm trú", "dang ky tam tru"),
        ("quên mk", "quen mat khau"),
        ("ny mk quên", "nguoi yeu minh quen"),
        ("chuyển hk về nhà mới", "chuyen ho khau ve nha moi"),
        ("làm hộ chiếu dc hk", "lam ho chieu duoc khong"),
        ("dduowcj khoong", "duoc khong"),
        ("ca8n cu7o7c", "can cuoc"),
        ("fải làm gì", "phai lam gi"),
        ("wên mật khẩu", "quen mat khau"),
        ("khaisinh cho bé", "khai sinh cho be"),
        ("vne id", "vneid"),
        ("vnied", "vneid"),
        ("muc2", "muc 2"),
        ("tạm trúuuuu", "tam tru"),
        ("•••• (đã che số điện thoại) tạm trú", "tam tru"),
    ],
)
def test_typing_is_read_as_the_words_meant(normaliser, typed, read_as):
    assert read(normaliser, typed) == read_as


def test_a_valid_syllable_is_never_corrected(normaliser):
    assert read(normaliser, "tạm chú khai sanh") == "tam chu khai sanh"


def test_the_asking_is_weighed_down_and_never_deleted(normaliser):
    weights = {word.text: word.weight for word in normaliser.read("cho em hỏi tạm trú cần giấy tờ gì").words}
    assert weights["tam"] == weights["tru"] == 1
    assert 0 < weights["giay"] < weights["tam"]
    assert 0 < weights["hoi"] < weights["tam"]


def test_a_word_is_read_with_the_letters_swapped_doubled_or_lost():
    spelling = Spelling(["vneid", "vneid", "etax"])
    assert [spelling.read(typed) for typed in ("vnied", "vneiid", "vnei", "vmeid", "etaxx")] == [
        ("vneid",),
        ("vneid",),
        ("vneid",),
        ("vneid",),
        ("etax",),
    ]
    assert spelling.read("facebook") == ("facebook",)


def test_of_three_letters_two_may_be_swapped():
    spelling = Spelling(["thu", "hoc"])
    assert [spelling.read(typed) for typed in ("htu", "hco", "thz")] == [("thu",), ("hoc",), ("thz",)]


def test_the_key_beside_is_meant_before_one_far_away():
    spelling = Spelling(["khi", "thang", "trang", "trang", "xe"])
    assert [spelling.read(typed) for typed in ("kji", "kpi", "tgang", "xd")] == [
        ("khi",),
        ("kpi",),
        ("thang",),
        ("xd",),
    ]


@pytest.mark.parametrize(
    "word", "nghieng giay gi gieng quen quoc khuya thuong tru huu gia yeu oa giuong".split()
)
def test_every_vietnamese_syllable_is_known(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", "vneid otp cccd ko dc z ngiep kan ghan ce fai jay zui wen tyen ieu".split())
def test_what_cannot_be_vietnamese_is_known_too(word):
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("keys", "syllable"),
    [
        ("laamf", "lam"),
        ("chuwngs", "chung"),
        ("ddaats", "dat"),
        ("cawn", "can"),
        ("d9u7o75c", "duoc"),
        ("otp", ""),
    ],
)
def test_raw_keystrokes_are_decoded(keys, syllable):
    assert decode_keystrokes(keys) == syllable


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=400))
def test_anything_at_all_can_be_read(text):
    reading = SHARED.read(text)
    # An abbreviation stands for at most five words; nobody's typing grows more.
    assert len(reading.words) <= 5 * LONGEST_QUESTION
    assert {word.weight for word in reading.words} <= {CONTENT, STOP, FRAME, DENIED}
    assert all(word.text and word.text == fold(word.text) for word in reading.words)


@settings(deadline=None)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4).map(", ".join))
def test_marks_capitals_and_encodings_do_not_matter(text):
    apart = unicodedata.normalize("NFD", text)
    assert SHARED.read(text) == SHARED.read(fold(text)) == SHARED.read(text.upper()) == SHARED.read(apart)


@settings(deadline=None)
@given(st.sampled_from(sorted({word for text in TEXTS for word in text.split()})))
def test_keystrokes_of_any_word_of_the_guides_are_read_as_the_word(word):
    keys = telex(word)
    # What is a syllable as it stands ("cos", "mas" are none, "tay" is one) is left alone.
    assume(not is_syllable(keys))
    assert tokens(read(SHARED, keys)) == tokens(word)


@settings(deadline=None)
@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS))
def test_reading_what_was_read_changes_nothing(one, other):
    once = read(SHARED, f"{one} {other}")
    assert read(SHARED, once) == once


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("mức hai", "muc 2"),
        ("cách thứ nhất", "cach thu 1"),
        ("cấp ba", "cap 3"),
        ("hai đứa", "hai dua"),
        ("ba mất", "ba mat"),
    ],
)
def test_numbers_in_words_are_read_only_where_something_is_numbered(normaliser, typed, read_as):
    assert read(normaliser, typed) == read_as


def test_a_number_the_guides_use_is_content_and_an_age_is_not(normaliser):
    weights = {word.text: word.weight for word in normaliser.read("mức 2, 97 tuổi").words}
    assert weights["2"] == CONTENT
    assert weights["97"] == STOP


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("không phải đổi mà là mất", "khong phai doi"),
        ("ko phải passcode đâu, quên mật khẩu", "khong phai passcode"),
        ("đổi căn cước chứ không phải hộ chiếu, chỉ giùm", "khong phai ho chieu"),
        ("tui không chuyển hộ khẩu, chỉ ở tạm", "khong chuyen ho khau"),
        ("thẻ chưa mất, chỉ hết hạn", "chua mat"),
        ("không nhận được mã otp", ""),
        ("có phải đổi căn cước không", ""),
        ("sao không phải đóng tiền", ""),
        ("không phải căn cước", ""),
    ],
)
def test_what_is_denied_is_weighed_down(normaliser, typed, what):
    assert denied(normaliser, typed) == what


def test_a_short_form_nobody_listed_is_read_by_first_letters(normaliser):
    assert "pccc" in normaliser.read("phòng cháy chữa cháy").beside
    spelled = Normaliser(lexicon.load(), ["giấy phép phòng cháy chữa cháy"])
    assert read(spelled, "pccc") == "phong chay chua chay"


@pytest.mark.parametrize(("phrases", "said"), [(1, "htn"), (2, "hop tac nhom")])
def test_three_letters_stand_for_what_guides_say_again_and_again(phrases, said):
    normaliser = Normaliser(lexicon.load(), ["hợp tác nhóm"] * phrases)
    assert read(normaliser, "htn") == said


def test_three_letters_are_no_short_form_where_little_words_begin_with_them():
    normaliser = Normaliser(lexicon.load(), ["mã OTP"])
    assert "otp" not in normaliser.read("ông tui phải đi").beside


def test_equal_names_stand_for_one_concept(normaliser):
    assert set(normaliser.read("trang web").beside) & set(normaliser.read("website").beside)
    assert not set(normaliser.read("không phải website, mà là bé").beside) & set(
        normaliser.read("web").beside
    )


def test_a_reading_tells_what_is_asked():
    reading = SHARED.read("cho em hỏi tạm trú ở đâu")
    assert reading.content == ["tam", "tru"]


# -- the files that people edit

SYNONYMS = [*lexicon._read("synonyms.yaml"), *lexicon._read("synonyms_services.yaml")]


def test_every_synonym_has_a_reason():
    assert all(entry["reason"] for entry in SYNONYMS)


def test_no_saying_stands_twice_among_the_synonyms():
    said = [fold(line) for entry in SYNONYMS for line in entry.get("says", ())]
    assert sorted(said) == sorted(set(said))


def test_no_short_form_stands_twice():
    short = [fold(entry["short"]) for entry in lexicon._read("abbreviations.yaml")]
    assert sorted(short) == sorted(set(short))
    assert all(len(form.split()) == 1 for form in short)


def test_equals_are_at_least_two_and_different():
    for entry in SYNONYMS:
        names = [fold(name) for name in entry.get("same", ("one", "other"))]
        assert len(names) == len(set(names)) >= 2


def test_an_entry_either_leads_to_official_words_or_lists_equals():
    shapes = {frozenset(entry) for entry in SYNONYMS}
    assert shapes <= {frozenset({"says", "means", "reason"}), frozenset({"same", "reason"})}
