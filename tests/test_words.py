"""The words people read: complete, short, without pronouns, blame or foreign words (microcopy rules)."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from locales import FOLDER

ROOT = FOLDER.parent
LABEL = 20
SENTENCE = 160
PLACEHOLDER = re.compile(r"{[^{}]*}")
SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n")

# Whole messages that are longer by design: consent in full.
LONG_BY_DESIGN = ("What is kept",)
PRONOUNS = re.compile(
    r"(?<!\w)(bạn|quý khách|quý vị|anh/chị|em ơi|mình sẽ|chúng tôi|chúng em)(?!\w)", re.IGNORECASE
)
BLAME = re.compile(r"(?<!\w)(không hợp lệ|vui lòng|thao tác|lỗi của)(?!\w)", re.IGNORECASE)
FOREIGN = re.compile(r"(?<!\w)(link|app|online|chat|menu|dashboard|task|quiz|click|bot)(?!\w)", re.IGNORECASE)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")

# The operator's own screens: file names, keys and commands are English there.
OPERATOR = re.compile(
    r"^(bot/(commands|config|checking|readiness|command_line|backup|restore|ask|__main__|app|retention|erasures"
    r"|migrations)|services/(units|people|sheets|importing|guide_format|guides|lesson_format|lessons|matching"
    r"|units_import|people_import|units_official|people_invites))"
)


def catalog() -> list[Message]:
    with (FOLDER / "vi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file, locale="vi") if message.id]


@cache
def places() -> dict[str, set[str]]:
    """Find in which files each sentence stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("bot", "handlers", "services", "locales"):
        for file, _line, ids, _notes, _context in extract_from_dir(str(ROOT / folder)):
            for one in ids if isinstance(ids, tuple) else (ids,):
                found[str(one)].add(f"{folder}/{file}")
    return found


def said() -> list[Message]:
    """Leave out what only an operator reads at the command line."""
    return [
        message
        for message in catalog()
        if any(not OPERATOR.match(place) for place in places().get(first_id(message), {"handlers/"}))
    ]


def first_id(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def name(message: Message) -> str:
    return first_id(message)[:60]


def test_every_sentence_has_its_vietnamese() -> None:
    missing = [name(message) for message in catalog() if not all(texts(message)) or message.fuzzy]
    assert not missing, f"fill in locales/vi/LC_MESSAGES/messages.po: {missing}"


def test_placeholders_are_the_same_in_both_languages() -> None:
    wrong = []
    for message in catalog():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        known = {found.lower() for text in ids for found in PLACEHOLDER.findall(text)}
        for text in texts(message):
            used = {found.lower() for found in PLACEHOLDER.findall(text)}
            wrong += [] if used <= known else [name(message)]
    assert not wrong, f"a placeholder nobody fills: {wrong}"


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [("pronoun", PRONOUNS), ("blame", BLAME), ("foreign word", FOREIGN), ("emoji", EMOJI)],
)
def test_no_message_breaks_a_rule_of_words(rule: str, pattern: re.Pattern[str]) -> None:
    found = {
        name(message): match[0]
        for message in said()
        for text in texts(message)
        if (match := pattern.search(PLACEHOLDER.sub("", text)))
    }
    assert not found, f"{rule}: {found}"


def test_labels_have_at_most_20_letters_no_full_stop_and_no_capitals() -> None:
    for message in catalog():
        if message.context != "button":
            continue
        for text in texts(message):
            longest = PLACEHOLDER.sub("8", text)
            assert len(longest) <= LABEL, f"{text!r} is longer than {LABEL}"
            assert not text.endswith("."), f"{text!r} ends with a full stop"


def test_sentences_are_short_and_ask_one_thing() -> None:
    long, many = [], []
    for message in said():
        if name(message).startswith(LONG_BY_DESIGN) or message.context == "button":
            continue
        for text in texts(message):
            sentences = [part for part in SENTENCES.split(text) if part.strip()]
            long += [part for part in sentences if len(part) > SENTENCE]
            if text.count("?") > 1:
                many.append(name(message))
    assert not long, f"a sentence over {SENTENCE} characters: {long}"
    assert not many, f"more than one question: {many}"


def test_no_message_is_empty_of_a_way_on_when_it_refuses() -> None:
    """A refusal that only says no leaves people standing: it names a person, an hour, a word or a choice."""
    cannot = re.compile(r"(?<!\w)không được(?!\w)")
    refusals = [text for message in said() for text in texts(message) if cannot.search(text)]
    assert not refusals, f'say "chưa" and the way on: {refusals}'


def test_catalogs_name_no_address_but_official_ones() -> None:
    domains = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|io|me)\b")
    found = {
        domain
        for path in Path(FOLDER).glob("*/LC_MESSAGES/messages.po")
        for domain in domains.findall(path.read_text("utf-8"))
        if not domain.endswith("gov.vn")
    }
    assert not found
