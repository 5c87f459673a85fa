"""Is a sentence read as it was meant, and asked about where it could be meant otherwise?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from benchmarks import sentences
from services.rules import DEFAULT_KINDS, Kind
from services.work_sentences import Reader
from services.work_sentences.lexicon import load
from services.work_sentences.phrases import Phrases
from services.work_sentences.words import split
from tests.readings import TODAY, read, unmarked

HALVES = ("tuning", "held_out", "second", "third", "fourth")
STRANGERS = ("fifth", "sixth", "seventh")
MANY_VOICES = ("ninth", "tenth", "eleventh")
NEARLY_UNSEEN = ("eighth", "twelfth")


def verdicts(split: str) -> list[tuple[str, sentences.Sentence]]:
    """Judge every sentence of a part of the file."""
    part = [one for one in sentences.sentences() if one.split == split]
    return [(sentences.judge(sentences.of_reading(read(one.text)), one), one) for one in part]


def mended() -> list[sentences.Sentence]:
    """Find the sentences with entries of the parts before the many voices, read right or not."""
    known = {*HALVES, *STRANGERS, "eighth"}
    return [one for one in sentences.sentences() if one.split in known and one.right[0][0] == "entries"]


@cache
def read_right() -> list[sentences.Sentence]:
    """Find the sentences with entries that are read right as they stand."""
    splits = {one.split for one in sentences.sentences()}
    judged = [one for split in sorted(splits) for one in verdicts(split)]
    return [one for verdict, one in judged if verdict == "right" and one.right[0][0] == "entries"]


@pytest.mark.parametrize("split", [*HALVES, *STRANGERS, *MANY_VOICES, *NEARLY_UNSEEN])
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
    long_known = [sentences.judge(sentences.of_reading(read(typed(one.text))), one) for one in mended()]
    assert long_known.count("right") / len(long_known) >= 0.95
    assert long_known.count("wrong") / len(long_known) <= 0.005
    told = [sentences.judge(sentences.of_reading(read(typed(one.text))), one) for one in read_right()]
    assert told.count("right") / len(told) >= 0.98
    assert told.count("wrong") / len(told) <= 0.005


def test_without_marks_a_report_is_read_or_asked_about() -> None:
    long_known = [sentences.judge(sentences.of_reading(read(unmarked(one.text))), one) for one in mended()]
    assert long_known.count("right") / len(long_known) >= 0.9
    assert long_known.count("wrong") / len(long_known) <= 0.01
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


def test_two_encodings_of_a_sentence_are_one() -> None:
    import unicodedata

    text = "hôm qua cài định danh cho bảy bà con"
    assert read(unicodedata.normalize("NFD", text)) == read(text)


def test_every_kind_of_the_lexicon_is_one_of_the_defaults() -> None:
    names = {kind.name for kind in DEFAULT_KINDS}
    assert set(load()["kinds"]) <= names
    assert set(load()["weak"]) <= names
    assert set(load()["own_units"]) <= names
