"""Secrets are found however they are written: the ways a number slips past a filter, on purpose or not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from services.safety import redact
from services.typed_secrets import announced

ROOT = Path(__file__).parent.parent
DISGUISED = [
    ("０５２０５８００１２３４ la so cccd", "citizen_id"),
    ("so cua toi ０９０５１２３４５６", "phone"),
    ("052 - 058 - 001234", "citizen_id"),
    ("0 5 2 0 5 8 0 0 1 2 3 4", "citizen_id"),
    ("052.058.001.234", "citizen_id"),
    ("052/058/001234", "citizen_id"),
    ("cccd O52O58OO1234", "citizen_id"),
    ("o9o5 l23 456 goi giup", "phone"),
    ("O9O5123456", "phone"),
    ("khong nam hai khong nam tam khong khong mot hai ba bon", "citizen_id"),
    ("không chín không năm một hai ba bốn năm sáu", "phone"),
    ("ma otp la bon tam hai chin mot ba", "otp"),
    ("otp: 4 8 2 9 1 3", "otp"),
    ("otp 4-8-2-9-1-3", "otp"),
    ("0905 roi 123 roi 456", "phone"),
    ("0905 chấm 123 chấm 456", "phone"),
    ("052058 tiep theo 001234", "citizen_id"),
    ("sáu số đầu 052058 sáu số sau 001234", "citizen_id"),
    ("cccd 052058", "citizen_id"),
    ("số cuối cccd là 001234", "citizen_id"),
    ("mã của tôi là 482913", "otp"),
    ("nó gửi mã vừa nhận 482913", "otp"),
    ("dãy số 482913", "otp"),
    ("6 số là 482913", "otp"),
    ("pass: 1 2 3 4 5 6", "password"),
    ("mk la 2580", "password"),
    ("ma pin 1 3 5 7 9 0", "password"),
    ("so the 4111-1111-1111-1111", "card"),
    ("9704.0512.3456.7890", "card"),
    ("4111 1111  1111 1111", "card"),
    ("stk 1903 4567 8901 23 tech", "account"),
    ("tk 0071 001 234 567 vcb", "account"),
    ("0905\u200b123\u200b456", "phone"),
    ("(0905) 123-456", "phone"),
    ("+84.905.123.456", "phone"),
    ("84905123456", "phone"),
    ("không9không5 1 2 3 4 5 6", "phone"),
    ("sdt: 0905__123__456", "phone"),
    ("cmnd 230 123 456", "citizen_id"),
    ("cccd cua toi la\n052058001234", "citizen_id"),
    ("mật khẩu là hoa mai 2020", "password"),
    ("mk=abc123", "password"),
]
# The dev questions that do hold a number; all others hold none.
WITH_NUMBERS = 3


@pytest.mark.parametrize(("message", "kind"), DISGUISED)
def test_a_disguised_secret_is_found(message: str, kind: str) -> None:
    redaction = redact(message)
    assert kind in redaction.kinds
    # What is left says "6 số" at most.
    assert len(re.findall(r"\d", redaction.text)) <= 2


@pytest.mark.parametrize("message", [message for message, _kind in DISGUISED])
def test_masking_a_disguised_secret_again_changes_nothing(message: str) -> None:
    once = redact(message).text
    assert redact(once).text == once


@pytest.mark.parametrize(
    ("first", "kind", "then"),
    [
        ("cccd cua toi la", "citizen_id", "052058001234"),
        ("cccd 052058", "citizen_id", "001234"),
        ("ma otp cua em la:", "otp", "4829"),
        ("sdt cua toi", "phone", "0905 123 456"),
        ("stk:", "account", "1903456"),
        ("mật khẩu là", "password", "2580"),
    ],
)
def test_a_secret_in_two_messages_is_found(first: str, kind: str, then: str) -> None:
    assert announced(first) == kind
    assert redact(then, is_whole=True, expected=announced(first)).kinds == (kind,)


@pytest.mark.parametrize("message", ["lam sao cai vneid", "can cuoc cua toi bi mat", "quen mat khau vneid"])
def test_a_question_announces_nothing(message: str) -> None:
    assert announced(message) is None


def test_six_digits_alone_are_a_code_unless_a_number_was_asked_for_or_it_is_a_sum() -> None:
    assert redact("482913", is_whole=True).kinds == ("otp",)
    assert redact("482913").kinds == ()
    assert redact("150000", is_whole=True).kinds == ()


def test_ordinary_questions_hold_no_secret() -> None:
    lines = (ROOT / "tests" / "data" / "questions_dev.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in lines]
    alarms = [text for text in asked if redact(text, is_whole=True).kinds]
    assert len(alarms) == WITH_NUMBERS, alarms


def test_no_guide_lesson_or_sentence_of_ours_looks_like_a_secret() -> None:
    catalogs = [*ROOT.glob("locales/*/LC_MESSAGES/*.po")]
    files = [*ROOT.glob("guides/*/*.md"), *ROOT.glob("lessons/*/*.md"), *catalogs]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    alarms = [line for line in lines if redact(line).kinds]
    assert not alarms
