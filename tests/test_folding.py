"""Two typings of the same Vietnamese words meet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.folding import fold, fold_in_place, normalise, tokens

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
vietnamese = st.text(alphabet=LETTERS + LETTERS.upper() + " ,.?", max_size=60)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Khai tử", "khai tu"),
        ("ĐĂNG KÝ", "dang ky"),
        ("Đường", "duong"),
        ("đặt lịch ở Đắk Lắk", "dat lich o dak lak"),
        ("ðăng ký", "dang ky"),
        ("lam sao cai vneid", "lam sao cai vneid"),
    ],
)
def test_marks_capitals_and_strokes_come_off(typed, folded):
    assert fold(typed) == folded


@settings(deadline=None)  # the machine may be busy
@given(vietnamese)
def test_folding_leaves_only_plain_letters(text):
    assert fold(text).isascii()


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)  # the machine may be busy
@given(vietnamese)
def test_the_two_encodings_of_one_text_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_folding_in_place_keeps_every_letter_where_it_was(text):
    assert len(fold_in_place(text)) == len(normalise(text))


@settings(deadline=None)  # the machine may be busy
@given(vietnamese)
def test_folding_in_place_says_the_same_as_folding(text):
    assert fold_in_place(text) == fold(text)


def test_tokens_are_runs_of_letters_and_digits():
    assert tokens("Mẫu CT07, mức_2: xin ở đâu?!") == ["mau", "ct07", "muc", "2", "xin", "o", "dau"]


@settings(deadline=None)  # the machine may be busy
@given(vietnamese)
def test_tokens_do_not_depend_on_the_encoding(text):
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(text)


def test_a_text_without_words_has_no_tokens():
    assert tokens(" ... !? 🙂 ") == []
