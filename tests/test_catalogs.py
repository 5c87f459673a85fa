"""A catalog is compiled once and never stale: what is kept has a name made of its sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import locales

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "today"\nmsgstr "{}"\n'


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Write how "today" is said, and begin anew as another start would."""
    file = tmp_path / "vi" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    monkeypatch.setattr(locales, "COMPILED", tmp_path / "kept")

    def start(said: str) -> None:
        file.write_text(PO.format(said), "utf-8")
        locales.catalog.cache_clear()

    yield start
    locales.catalog.cache_clear()


def kept() -> list[Path]:
    return sorted(locales.COMPILED.glob("*"))


def test_the_next_start_reads_what_this_one_compiled(write, monkeypatch):
    write("hôm nay")
    assert locales.gettext("today") == "hôm nay"
    write("hôm nay")
    monkeypatch.setattr(locales, "_compiled", lambda *_: pytest.fail("compiled again"))
    assert locales.gettext("today") == "hôm nay"


def test_another_sentence_is_compiled_and_takes_the_place_of_the_old(write):
    write("hôm nay")
    locales.gettext("today")
    before = kept()
    write("bữa nay")
    assert locales.gettext("today") == "bữa nay"
    assert len(kept()) == len(before) == 1
    assert kept() != before


@pytest.mark.parametrize("left", [b"", b"\xde\x12\x04\x95", b"nothing of ours", None], ids=str)
def test_what_is_not_whole_is_compiled_again(write, left):
    write("hôm nay")
    locales.gettext("today")
    whole = kept()[0].read_bytes()
    kept()[0].write_bytes(whole[: len(whole) // 2] if left is None else left)
    write("hôm nay")
    assert locales.gettext("today") == "hôm nay"
    assert kept()[0].read_bytes() == whole


def test_where_nothing_can_be_written_it_is_compiled_each_time(write):
    locales.COMPILED.write_text("a file where the folder should be")
    write("hôm nay")
    assert locales.gettext("today") == "hôm nay"
