"""Stories of being cheated are heard before anything else is; ordinary questions are left alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from services.guides import Library
from services.scams import done_already, doubts_visitor, is_unknown_money, smells_of_scam

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"


def stories() -> tuple[list[str], list[str]]:
    """Read the stories the rules were made with, and those they had not seen."""
    lines = (DATA / "scam_stories.txt").read_text("utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    end = told.index("==")
    return told[:end], told[end + 1 :]


def is_heard(story: str) -> bool:
    return smells_of_scam(story) or is_unknown_money(story)


def test_most_stories_are_heard() -> None:
    known, unseen = stories()
    assert sum(map(is_heard, known)) / len(known) >= 0.95
    assert sum(map(is_heard, unseen)) / len(unseen) >= 0.6


def test_ordinary_questions_are_left_alone() -> None:
    rows = [json.loads(line) for line in (DATA / "questions_dev.jsonl").read_text("utf-8").splitlines()]
    asked = [row["text"] for row in rows if "lua_dao" not in {row["label"], *row["also"]}]
    alarms = [text for text in asked if is_heard(text) or doubts_visitor(text)]
    assert len(alarms) <= 2, alarms


def test_what_only_sounds_like_a_scam_is_left_alone() -> None:
    lines = (DATA / "harmless_stories.txt").read_text("utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    alarms = [line for line in told if is_heard(line) or doubts_visitor(line)]
    assert len(alarms) <= len(told) / 10, alarms


def test_a_long_message_is_judged_without_delay() -> None:
    story = "có ông kia gọi nói tui chuyển tiền vô tài khoản lạ rồi bấm link lạ mà " * 60
    start = time.process_time()
    smells_of_scam(story[::-1])
    assert time.process_time() - start < 0.2


def test_the_phrasings_of_other_guides_are_left_alone() -> None:
    guides = [guide for guide in Library.load(ROOT / "guides") if guide.slug != "lua_dao"]
    phrases = [phrase for guide in guides for phrase in (guide.title, *guide.phrases)]
    alarms = [phrase for phrase in phrases if is_heard(phrase) or doubts_visitor(phrase)]
    assert len(alarms) <= len(phrases) / 200, alarms


@pytest.mark.parametrize(
    ("story", "done"),
    [
        ("toi lo chuyen khoan cho no 5 trieu roi", "money"),
        ("bi lua mat het tien trong the", "money"),
        ("mẹ tui lỡ đọc mã otp cho nó", "otp"),
        ("lỡ cài app lạ vô máy giờ sao", "installed"),
        ("co nguoi goi keu cap nhat vneid, gui cai file bao cai vo may", None),
        ("họ bảo chuyển tiền gấp, có nên không", None),
    ],
)
def test_what_was_done_already_is_not_asked_again(story: str, done: str | None) -> None:
    assert smells_of_scam(story)
    assert done_already(story) == done


@pytest.mark.parametrize(
    "story",
    [
        "tu nhien co tien la chuyen vo tai khoan",
        "có người chuyển nhầm 3 triệu vào tài khoản tôi",
        "bong dung co 5 trieu vao tk, lam sao",
    ],
)
def test_money_nobody_knows_of_is_recognised(story: str) -> None:
    assert is_unknown_money(story)


@pytest.mark.parametrize(
    "story",
    [
        "co anh toi nha noi la to cong nghe so, that khong",
        "có ai đến nhà xưng là người trong tổ, có tin được không",
        "mai may co chu ben to cong nghe toi nha day vneid phai khong",
    ],
)
def test_a_doubted_visitor_is_checked_by_a_code(story: str) -> None:
    assert doubts_visitor(story)


@pytest.mark.parametrize("words", ["phòng lừa đảo 5 lượt", "hom nay tuyen truyen lua dao 12 nguoi"])
def test_the_work_of_a_team_is_no_scam(words: str) -> None:
    assert not smells_of_scam(words)
