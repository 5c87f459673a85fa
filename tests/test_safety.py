"""Secrets are taken out before anybody reads a message."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching import Entry, Matcher
from services.safety import mask, redact

SECRETS = [
    ("ma otp 482913 nhap o dau", "482913", "otp"),
    ("mã xác nhận là 482 913", "482 913", "otp"),
    ("otp482913", "482913", "otp"),
    ("482913 là mã otp đúng ko", "482913", "otp"),
    ("mã 482913 mới gửi về", "482913", "otp"),
    ("mã OTP: 0719", "0719", "otp"),
    ("cccd 052058001234 tra giup ho so", "052058001234", "citizen_id"),
    ("số của bác là 052 058 001234", "052 058 001234", "citizen_id"),
    ("Số căn cước của tôi là 000000000000", "000000000000", "citizen_id"),
    ("chứng minh cũ 230123456", "230123456", "citizen_id"),
    ("so cua toi 0905123456 goi giup", "0905123456", "phone"),
    ("gọi 0905.123.456 nhé", "0905.123.456", "phone"),
    ("+84 905 123 456", "+84 905 123 456", "phone"),
    ("nhà tôi 0256 3822 123", "0256 3822 123", "phone"),
    ("thẻ 4111 1111 1111 1111 hết hạn 12/28", "4111 1111 1111 1111", "card"),
    ("9704 0512 3456 7890", "9704 0512 3456 7890", "card"),
    ("chuyển 1.200.000 đ vào số tài khoản 0071001234567", "0071001234567", "account"),
    ("stk 19034567890123 vietcombank", "19034567890123", "account"),
    ("tk của em: 102870123456", "102870123456", "account"),
    ("mật khẩu là Abc@1234", "Abc@1234", "password"),
    ("mk vneid của e: hoamai2020 nhé", "hoamai2020", "password"),
    ("passcode 135790", "135790", "password"),
    ("mk: Hoahong", "Hoahong", "password"),
]
INNOCENT = [
    "bước 4/8 làm chưa được",
    "mật khẩu 8 đến 20 ký tự",
    "quên mật khẩu vneid",
    "mật khẩu là gì",
    "nhập sai pass vneid 5 lần nó khóa 30 phút",
    "passcode 6 số quên rồi",
    "không nhận được otp, gọi 1900 0368 hay 18001096",
    "1414 nhắn gì để xem sim",
    "nhắn LD gửi 5656",
    "mã otp 3 phút chưa về",
    "mã otp gửi ngày 17/11/2026 lúc 14:50",
    "sinh ngày 17-11-1960, 66 tuổi",
    "lương 912.000.000 đồng một năm",
    "tài khoản bị trừ 500000 đ",
    "phí 200.000đ, thẻ 70.000 đ",
    "mã hồ sơ 000.00.12.H24-250812-0012",
    "mã khách hàng PC05BB0123456",
    "thông tư 12/2025/TT-BCA",
    "45 người, 12 lượt",
]


@pytest.mark.parametrize(("message", "secret", "kind"), SECRETS)
def test_a_secret_is_masked_and_named(message, secret, kind):
    redaction = redact(message)
    assert redaction.kinds == (kind,)
    assert redaction.text == message.replace(secret, mask(kind))


@pytest.mark.parametrize("message", INNOCENT)
def test_steps_sums_dates_and_hotlines_stay(message):
    assert redact(message).kinds == ()
    assert redact(message).text == message


@pytest.mark.parametrize("kind", ["citizen_id", "phone", "card", "account", "otp", "password"])
def test_a_mask_says_what_stood_here_without_a_digit(kind):
    assert mask(kind).startswith("•••• (")
    assert not any(letter.isdigit() for letter in mask(kind))


def test_several_secrets_are_all_masked_and_each_kind_named_once():
    redaction = redact("otp 482913, gọi 0905123456 hoặc 0914222333")
    assert redaction.kinds == ("otp", "phone")
    assert redaction.text == f"otp {mask('otp')}, gọi {mask('phone')} hoặc {mask('phone')}"


@pytest.mark.parametrize("message", [message for message, _, _ in SECRETS])
def test_masking_again_changes_nothing(message):
    once = redact(message).text
    assert redact(once).text == once


@settings(deadline=None)  # the first number waits for phonenumbers
@given(st.text(), st.text())
def test_a_citizen_id_never_survives_whatever_stands_around_it(before, after):
    assert "052058001234" not in redact(f"{before} cccd 052058001234 {after}").text


@settings(deadline=None)  # the first number waits for phonenumbers
@given(st.text(alphabet=st.characters(exclude_categories=["N"])))
def test_a_message_without_digits_hides_a_password_at_most(text):
    assert set(redact(text).kinds) <= {"password"}


def test_the_words_of_a_mask_do_not_lead_to_a_guide():
    matcher = Matcher([Entry("sdt", "Đổi số điện thoại"), Entry("tra_cuu", "Tra cứu hồ sơ")])
    masked = redact("0905123456 tra cứu hồ sơ").text
    assert "0905123456" not in masked
    assert matcher.match(masked) == matcher.match("tra cứu hồ sơ")


def test_a_page_of_numbers_does_not_stop_the_program():
    start = time.process_time()
    redact("otp 482913 0905123456 12-34.56 " * 300)
    assert time.process_time() - start < 3
