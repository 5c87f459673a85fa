"""A guide is a file anybody can write; what is wrong with it is said in one sentence, with the cure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from models.guides import VisitOutcome
from services import guide_visits
from services.guide_format import Guide
from services.guides import Library, Step, Unless, check
from tests.factories import make_person

FULL = """\
    ---
    title: Đăng ký tạm trú
    short_title: Tạm trú
    group: cu_tru
    phrases:
      - dk tam tru
      - "ở trọ: khai thế nào"
    needs: [VNeID mức 2, giấy tờ chỗ ở]
    fee: 7.000 đồng
    takes: 3 ngày làm việc
    minutes: 20
    official: dichvucong.gov.vn
    hotline: 1900 0368
    where: Công an xã
    worked: Hồ sơ hiện trong VNeID
    kind: vneid
    source: Bộ hỏi đáp của công an xã
    checked_on: 2026-11-01
    owner: người quản trị
    expires_on: 2027-03-31
    unless:
      label: Chưa có VNeID
      guide: vneid
    next: [vneid]
    ---
    1. Mở VNeID, chọn Đăng ký tạm trú.
       > Chưa được: Gõ tên mục vào ô tìm kiếm.
       > Quên passcode thì làm bài Quên passcode trước.
    2. Chọn Tạo mới,
       rồi chọn Bản thân.
"""
KEPT = "---\ntitle: B\nsource: sách\nowner: ai đó\n---\n"
VNEID = "---\ntitle: Cài VNeID\nphrases: [cài vneid]\n---\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of guides."""
    folder = tmp_path / "guides"
    folder.mkdir()
    return folder


def write(folder: Path, slug: str, text: str, locale: str = "vi") -> None:
    file = folder / slug / f"{locale}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(dedent(text), "utf-8")


def complaints(folder: Path, text: str) -> str:
    write(folder, "tam_tru", text)
    return "\n".join(check(folder))


def test_every_key_of_a_guide_is_read(folder):
    write(folder, "tam_tru", FULL)
    write(folder, "vneid", VNEID)
    guide = Library.load(folder).get("tam_tru")
    assert (guide.slug, guide.locale, guide.title, guide.short_title) == (
        "tam_tru",
        "vi",
        "Đăng ký tạm trú",
        "Tạm trú",
    )
    assert guide.phrases == ("dk tam tru", "ở trọ: khai thế nào")
    assert guide.needs == "VNeID mức 2, giấy tờ chỗ ở"
    assert (guide.fee, guide.takes, guide.minutes) == ("7.000 đồng", "3 ngày làm việc", 20)
    assert (guide.official, guide.hotline, guide.where) == ("dichvucong.gov.vn", "1900 0368", "Công an xã")
    assert (guide.worked, guide.kind) == ("Hồ sơ hiện trong VNeID", "vneid")
    assert (guide.source, guide.owner) == ("Bộ hỏi đáp của công an xã", "người quản trị")
    assert (guide.checked_on, guide.expires_on) == (date(2026, 11, 1), date(2027, 3, 31))
    assert guide.unless == Unless(label="Chưa có VNeID", guide="vneid")
    assert guide.next == ("vneid",)
    assert check(folder) == []


def test_a_step_has_a_text_and_a_hint_without_its_label(folder):
    write(folder, "tam_tru", FULL)
    assert Library.load(folder).get("tam_tru").steps == (
        Step(
            1,
            "Mở VNeID, chọn Đăng ký tạm trú.",
            "Gõ tên mục vào ô tìm kiếm. Quên passcode thì làm bài Quên passcode trước.",
        ),
        Step(2, "Chọn Tạo mới, rồi chọn Bản thân."),
    )


def test_a_title_and_phrases_are_enough(folder):
    write(folder, "vneid", VNEID)
    library = Library.load(folder)
    assert library.problems == ()
    assert library.get("vneid").is_stub
    assert library.get("vneid").checked_on is None


def test_a_guide_without_steps_is_a_stub_only_beside_guides_with_steps(folder):
    write(folder, "vneid", VNEID)
    assert Library.load(folder).stubs == frozenset()
    write(folder, "tam_tru", FULL)
    assert Library.load(folder).stubs == {"vneid"}


def test_a_menu_lists_no_stub(folder):
    write(folder, "tam_tru", FULL)
    write(folder, "vneid", "---\ntitle: Cài VNeID\ngroup: cu_tru\n---\n")
    library = Library.load(folder)
    assert [guide.slug for guide in library.in_group("cu_tru")] == ["tam_tru"]
    assert library.in_group("") == ()


def test_a_missing_language_falls_back_to_vietnamese_and_then_to_any(folder):
    write(folder, "vneid", VNEID)
    write(folder, "vneid", "---\ntitle: Install VNeID\n---\n", "en")
    write(folder, "visa", "---\ntitle: Visa\n---\n", "en")
    library = Library.load(folder)
    assert library.get("vneid", "en").title == "Install VNeID"
    assert library.get("vneid", "fr").title == "Cài VNeID"
    assert library.get("visa").title == "Visa"
    with pytest.raises(KeyError):
        library.get("nothing")


def test_a_question_may_be_asked_in_every_language_of_a_guide(folder):
    write(folder, "vneid", VNEID)
    write(folder, "vneid", "---\ntitle: Install VNeID\nphrases: [set up vneid]\n---\n", "en")
    (guide,) = Library.load(folder).matched()
    assert guide.title == "Cài VNeID"
    assert guide.phrases == ("cài vneid", "Install VNeID", "set up vneid")


def test_slugs_and_groups_are_listed_in_order(folder):
    for slug in ("vneid_b", "vneid_a", "other"):
        write(folder, slug, f"---\ntitle: Bài {slug}\ngroup: {slug[:5]}\n---\n")
    library = Library.load(folder)
    assert library.slugs == ("other", "vneid_a", "vneid_b")
    assert [guide.slug for guide in library.in_group("vneid")] == ["vneid_a", "vneid_b"]
    assert len(library) == 3
    assert "other" in library
    assert "nothing" not in library


def test_a_guide_is_vouched_for_until_its_last_day(folder):
    write(folder, "tam_tru", FULL)
    guide = Library.load(folder).get("tam_tru")
    assert not guide.is_expired(date(2027, 3, 31))
    assert guide.is_expired(date(2027, 4, 1))


def test_a_guide_saved_by_windows_notepad_is_read(folder):
    file = folder / "vneid" / "vi.md"
    file.parent.mkdir()
    file.write_bytes(("\ufeff" + VNEID.replace("\n", "\r\n")).encode())
    assert Library.load(folder).get("vneid").title == "Cài VNeID"


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("---\ntitel: A\ntitle: B\n---\n", "tam_tru/vi.md, {line} 2", '"title"'),
        ("---\ntitle: B\nzzzzzz: A\n---\n", "tam_tru/vi.md, {line} 3", '"zzzzzz"'),
        ("---\nphrases: [a]\n---\n", "tam_tru/vi.md", "title"),
        ("1. Mở VNeID\n", "tam_tru/vi.md", "---"),
        ('---\ntitle: "B\n---\n', "tam_tru/vi.md, {line}", ""),
        ("---\ntitle: B\nchecked_on: 1/2/2026\n---\n", "tam_tru/vi.md, {line} 3", "2026-11-22"),
        ("---\ntitle: B\nminutes: lâu\n---\n", "tam_tru/vi.md, {line} 3", '"minutes"'),
        ("---\ntitle: B\nphrases:\n- a: b\n---\n", "tam_tru/vi.md, {line} 3", '"phrases"'),
        ("---\ntitle: [B]\n---\n", "tam_tru/vi.md, {line} 2", '"title"'),
        ("---\ntitle: B\nunless: vneid\n---\n", "tam_tru/vi.md, {line} 3", '"unless"'),
        ("---\ntitle: B\n---\nMở VNeID\n", "tam_tru/vi.md, {line} 4", '"1. "'),
        (KEPT + "1. Mở\n3. Chọn\n", "tam_tru/vi.md, {line} 7", "2"),
        (KEPT + "1. Mở\nrồi chọn\n", "tam_tru/vi.md, {line} 7", '"2. "'),
        ("---\ntitle: B\nnext: [nowhere]\n---\n", "tam_tru/vi.md", '"nowhere"'),
        ("---\ntitle: B\nshort_title: Một cái nhãn quá là dài\n---\n", "tam_tru/vi.md", "20"),
        ("---\ntitle: Một cái tên dài hơn nút\n---\n", "tam_tru/vi.md", '"short_title"'),
        ("---\ntitle: B\nowner: ai đó\n---\n1. Mở\n", "tam_tru/vi.md", '"source"'),
        ("---\ntitle: B\nsource: ở đó\n---\n1. Mở\n", "tam_tru/vi.md", '"owner"'),
    ],
)
def test_a_complaint_names_the_place_and_the_cure(folder, text, place, hint):
    said = complaints(folder, text)
    assert said.count("\n") == 0
    # The word for "line" is the catalog's; the file and the number are ours.
    before, _, number = place.partition("{line}")
    assert before.strip(", ") in said
    assert number.strip() in said
    assert hint in said


def test_a_guide_with_a_broken_step_is_still_read(folder):
    write(folder, "tam_tru", "---\ntitle: B\n---\n1. Mở\nlạc lõng\n2. Chọn\n")
    library = Library.load(folder)
    assert [step.text for step in library.get("tam_tru").steps] == ["Mở", "Chọn"]
    assert len(library.problems) == 1


def test_a_file_that_is_not_utf_8_is_named(folder):
    (folder / "tam_tru").mkdir()
    (folder / "tam_tru" / "vi.md").write_bytes("---\ntitle: Đăng ký\n---\n".encode("utf-16"))
    library = Library.load(folder)
    assert len(library) == 0
    assert "tam_tru/vi.md" in library.problems[0]
    assert "UTF-8" in library.problems[0]


def test_one_phrase_in_two_guides_is_a_complaint(folder):
    write(folder, "vneid", VNEID)
    write(folder, "other", "---\ntitle: Bài khác\nphrases: [Cai VNeID]\n---\n")
    (complaint,) = check(folder)
    assert "other, vneid" in complaint


def test_our_own_stubs_are_in_no_menu_group():
    library = Library.load(Path(__file__).parent.parent / "guides")
    assert {library.get(slug).group for slug in library.stubs} == {""}


def test_our_own_guides_have_nothing_to_complain_about():
    assert check(Path(__file__).parent.parent / "guides") == []


# -- what was talked of just before


async def test_the_guide_talked_of_is_the_last_one_open_or_done_for_half_an_hour(session):
    now = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    person = (await make_person(session)).id or 0
    assert await guide_visits.talked_of(session, person, now=now) is None
    first = await guide_visits.begin(session, person, "gplx_doi", now=now)
    await guide_visits.finish(session, first, VisitOutcome.DONE, now=now + timedelta(minutes=5))
    await guide_visits.begin(session, person, "tam_tru", now=now + timedelta(minutes=10))
    soon, late = now + timedelta(minutes=39), now + timedelta(minutes=41)
    assert await guide_visits.talked_of(session, person, now=soon) == "tam_tru"
    assert await guide_visits.talked_of(session, person, now=late) is None
    assert await guide_visits.talked_of(session, person + 1, now=soon) is None


def test_a_button_that_stands_alone_has_the_title_if_it_fits():
    guide = Guide("a", "vi", "Thẻ BHYT trên VNeID", short_title="Thẻ BHYT")
    assert guide.label == "Thẻ BHYT trên VNeID"
    assert replace(guide, title="Thẻ bảo hiểm y tế trên VNeID").label == "Thẻ BHYT"
    assert replace(guide, title="Thẻ bảo hiểm y tế trên VNeID", short_title="").label != ""
