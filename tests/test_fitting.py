"""What a channel that can do less makes of a message: numbers for buttons, addresses for files, parts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Button, File, Limits, Outgoing, fit, length, split
from bot.channels import is_scarce as is_scarce_now
from bot.channels.terminal import Terminal
from locales import use_locale
from tests.talk import Recorder

POOR = Limits(text=2000, has_buttons=False, can_edit=False, sends_files=False)
NEXT, STUCK = Button("Tiếp", "guide.next"), Button("Chưa làm được", "guide.stuck")
TAKE = Button("Tôi giúp", "help.take:128", word="NHẬN 128")
BUSY = Button("Không rảnh", "help.busy:128")
SHEET = File(1, Path("tuan"), "application/pdf", "http://x/media/abc", filename="tuan_47.xlsx")
NAMELESS = File(2, Path("tep"), "application/pdf", "http://x/media/abd")
PICTURE = File(3, Path("hinh"), "image/png", "http://x/media/abe")

DEGRADED: dict[str, tuple[Outgoing, str]] = {
    "choices become a numbered list": (
        Outgoing("Bước 3/8.", buttons=(NEXT, STUCK)),
        "Bước 3/8.\n1. Tiếp\n2. Chưa làm được\nNhắn số để chọn. Nhắn 0 để về mục chính.",
    ),
    "where an amount is asked there is no number to mistake": (
        Outgoing("45 người ạ?", buttons=(Button("Đúng", "x"),), is_listed=False),
        "45 người ạ?\nNhắn ĐÚNG.",
    ),
    "a notice is answered by its own word": (
        Outgoing("Ai rảnh ạ?", buttons=(TAKE, BUSY), is_notice=True),
        "Ai rảnh ạ?\nNhắn NHẬN 128 hoặc KHÔNG RẢNH.",
    ),
    "a word the text says already is not said again": (
        Outgoing("Ai rảnh thì nhắn NHẬN 128 ạ.", buttons=(TAKE,), is_notice=True),
        "Ai rảnh thì nhắn NHẬN 128 ạ.",
    ),
    "a file becomes its address": (
        Outgoing("Bảng tính tuần 47.", document=SHEET),
        "Bảng tính tuần 47.\ntuan_47.xlsx: http://x/media/abc",
    ),
    "a file without a name too": (Outgoing("Đây ạ.", document=NAMELESS), "Đây ạ.\nhttp://x/media/abd"),
    "without choices nothing is added": (Outgoing("Dạ"), "Dạ"),
}


@pytest.mark.parametrize("case", DEGRADED)
def test_where_there_are_no_buttons(case):
    message, text = DEGRADED[case]
    with use_locale("vi"):
        (part,) = fit(message, POOR)
    assert part.text == text
    assert part.buttons == ()
    assert part.document is None


def test_a_picture_is_sent_where_files_are_not():
    (part,) = fit(Outgoing("Đây ạ.", picture=PICTURE), POOR)
    assert part.picture is PICTURE


def test_where_everything_can_be_done_nothing_changes():
    message = Outgoing("Đây ạ.", buttons=(NEXT,), document=SHEET, replaces="77")
    assert fit(message, Limits()) == [message]


def test_a_long_caption_goes_on_below_the_picture_and_the_buttons_stay_last():
    text = "\n".join(f"Dòng {number}" for number in range(300))
    first, *rest = fit(Outgoing(text, picture=PICTURE, buttons=(NEXT,), replaces="77"), Limits())
    assert first.picture is PICTURE
    assert first.replaces == "77"
    assert length(first.text) <= Limits().caption
    assert not first.buttons
    assert all(part.picture is None and part.replaces is None for part in rest)
    assert [part.buttons for part in rest] == [(NEXT,)]
    assert "\n".join([first.text, *(part.text for part in rest)]) == text


@pytest.mark.parametrize(
    "text", ["😀" * 5000, "a" * 9000, "một hai " * 2000, "\n" + "x" * 5000, "đ\n" * 3000]
)
def test_no_part_is_longer_than_the_platform_counts(text):
    parts = split(text, 1024, 4096)
    assert length(parts[0]) <= 1024
    assert all(length(part) <= 4096 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=200), st.integers(4, 40))
def test_splitting_loses_no_word_whatever_the_text(text: str, most: int) -> Any:
    parts = split(text, most, most)
    assert all(length(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("left", "is_scarce"), [(None, False), (1000, False), (300, False), (299, True), (0, True)]
)
def test_a_channel_saves_messages_only_when_its_month_is_nearly_used_up(left, is_scarce):
    channel = Recorder(Limits())
    channel.quota_left = left
    assert is_scarce_now(channel) is is_scarce


def test_a_channel_that_never_tells_has_all_the_messages_it_wants():
    assert not is_scarce_now(Terminal("hanh", now=datetime.now))
