"""A lesson is a file anybody can write; what is wrong with it is said in one sentence, with the cure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from bot.library import ROOT, load_content
from services.lessons import Answer, Lessons, Page, check

FULL = """\
    ---
    title: Giúp người lớn tuổi
    short_title: Giúp người già
    minutes: 5
    pass_mark: 1
    order: 3
    set: Thành viên tổ
    source: Sổ tay của tổ
    checked_on: 2026-11-01
    owner: người quản trị
    ---

    ## Trang

    Ngồi cạnh, nói chậm.
    Chỉ từng bước.

    ![Hai người ngồi cạnh nhau](ngoi_canh.png)

    ## Câu hỏi (trang 1)

    Nói thế nào
    cho dễ nghe ạ?

    - [ ] Nói thật nhanh
      > Nhanh quá thì chưa nghe kịp.
      > Chậm lại một chút.
    - [x] Nói chậm
      > Chậm thì nghe kịp.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the picture the full lesson shows."""
    lesson = tmp_path / "lessons" / "nguoi_lon_tuoi"
    lesson.mkdir(parents=True)
    (lesson / "ngoi_canh.png").write_bytes(b"png")
    return tmp_path / "lessons"


def write(folder: Path, text: str, *, slug: str = "nguoi_lon_tuoi", locale: str = "vi") -> None:
    file = folder / slug / f"{locale}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(dedent(text), "utf-8")


def changed(folder: Path, old: str, new: str) -> list[str]:
    """Complaints about the full lesson with one thing changed."""
    assert old in FULL
    write(folder, FULL.replace(old, new))
    return check(folder)


def test_every_part_of_a_lesson_is_read(folder):
    write(folder, FULL)
    lesson = Lessons.load(folder).get("nguoi_lon_tuoi")
    assert (lesson.title, lesson.label, lesson.minutes) == ("Giúp người lớn tuổi", "Giúp người già", 5)
    assert (lesson.pass_mark, lesson.set, lesson.order) == (1, "Thành viên tổ", 3)
    assert (lesson.source, lesson.owner) == ("Sổ tay của tổ", "người quản trị")
    assert lesson.checked_on == date(2026, 11, 1)
    alt = "Hai người ngồi cạnh nhau"
    assert lesson.pages == (Page("Ngồi cạnh, nói chậm. Chỉ từng bước.", "ngoi_canh.png", alt),)
    (question,) = lesson.questions
    assert (question.text, question.page, question.right) == ("Nói thế nào cho dễ nghe ạ?", 1, 1)
    assert question.answers[0] == Answer(
        "Nói thật nhanh", is_right=False, explanation="Nhanh quá thì chưa nghe kịp. Chậm lại một chút."
    )
    assert check(folder) == []


def test_a_picture_lies_beside_its_lesson(folder):
    write(folder, FULL)
    lessons = Lessons.load(folder)
    lesson = lessons.get("nguoi_lon_tuoi")
    assert lessons.picture_file(lesson, lesson.pages[0]) == folder / "nguoi_lon_tuoi" / "ngoi_canh.png"
    assert lessons.picture_file(lesson, Page("Không có ảnh.")) is None


def test_an_unknown_language_gets_the_first_one(folder):
    write(folder, FULL)
    write(folder, FULL.replace("title: Giúp người lớn tuổi", "title: Helping the old"), locale="en")
    lessons = Lessons.load(folder)
    assert lessons.get("nguoi_lon_tuoi", "en").title == "Helping the old"
    assert lessons.get("nguoi_lon_tuoi", "fr").title == "Giúp người lớn tuổi"
    assert len(lessons) == 1


def test_lessons_come_in_the_order_they_are_meant_to_be_learnt(folder):
    write(folder, FULL.replace("order: 3", "order: 2"))
    write(folder, FULL.replace("order: 3", "order: 1"), slug="viec_sau")
    write(folder, FULL.replace("    order: 3\n", ""), slug="an_toan")
    write(folder, FULL.replace("set: Thành viên tổ", "set: Tổ trưởng"), slug="lanh_dao")
    lessons = Lessons.load(folder)
    assert [lesson.slug for lesson in lessons] == ["viec_sau", "nguoi_lon_tuoi", "lanh_dao", "an_toan"]
    in_set = [lesson.slug for lesson in lessons.in_set("Thành viên tổ")]
    assert in_set == ["viec_sau", "nguoi_lon_tuoi", "an_toan"]
    assert lessons.in_set("") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("short_title: Giúp người già", "short_title: Giúp người lớn tuổi trong thôn", '"short_title"'),
        ("minutes: 5", "minutes: lâu", '"minutes"'),
        ("    minutes: 5\n", "", '"minutes"'),
        ("pass_mark: 1", "pass_mark: 2", '"pass_mark"'),
        ("    source: Sổ tay của tổ\n", "", '"source"'),
        ("    owner: người quản trị\n", "", '"owner"'),
        ("checked_on: 2026-11-01", "checked_on: hôm qua", '"checked_on"'),
        ("set: Thành viên tổ", "sett: Thành viên tổ", '"sett"'),
        ("title: Giúp người lớn tuổi", "title: [Giúp", "dòng 3"),
        ("Ngồi cạnh, nói chậm.", "Ngồi cạnh. " * 30, "300"),
        ("ngoi_canh.png", "khac.png", "khac.png"),
        ("![Hai người ngồi cạnh nhau]", "![]", "["),
        ("(trang 1)", "(trang 2)", "2"),
        ("- [x] Nói chậm", "- [ ] Nói chậm", "[x]"),
        ("- [ ] Nói thật nhanh", "- [x] Nói thật nhanh", "[x]"),
        ("- [ ] Nói thật nhanh", "- [ ] Nói thật nhanh và to cho xong", "20"),
        ("      > Chậm thì nghe kịp.\n", "", "Nói chậm"),
        ("    - [x] Nói chậm\n      > Chậm thì nghe kịp.\n", "", "2"),
        ("    ## Câu hỏi (trang 1)\n", "    ## Câu đố\n", "## Trang"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(folder, old, new, said):
    found = changed(folder, old, new)
    assert any(said in complaint for complaint in found), found
    assert all("lessons/nguoi_lon_tuoi/vi.md" in complaint for complaint in found)


@pytest.mark.parametrize("text", ["không có gì", "---\n- một\n---\n", "---\nminutes: 3\n---\n"])
def test_a_file_that_cannot_be_a_lesson_is_left_out_with_one_complaint(folder, text):
    write(folder, text)
    assert len(Lessons.load(folder)) == 0
    assert len(check(folder)) == 1


def test_the_name_of_a_folder_fits_on_a_button(folder):
    write(folder, FULL)
    (folder / "nguoi_lon_tuoi").rename(folder / ("rat_" * 11))
    (complaint,) = check(folder)
    assert "40" in complaint


def test_letters_of_another_encoding_are_complained_of(folder):
    (folder / "nguoi_lon_tuoi" / "vi.md").write_bytes("---\ntitle: Học\n---\n".encode("utf-16"))
    (complaint,) = check(folder)
    assert "UTF-8" in complaint


def test_a_lesson_that_cannot_be_walked_to_its_end_is_given_to_nobody(folder):
    write(folder, FULL.replace("- [x]", "- [ ]"))
    lessons = Lessons.load(folder)
    assert "nguoi_lon_tuoi" not in lessons
    assert [draft.slug for draft in lessons.drafts] == ["nguoi_lon_tuoi"]


def test_the_lessons_of_the_program_are_in_order():
    assert check(ROOT / "lessons") == []
    lessons = load_content()["lessons"]
    assert [lesson.label for lesson in lessons] == [
        "Việc của tổ",
        "VNeID tại nhà",
        "Cổng dịch vụ công",
        "Giúp người lớn tuổi",
        "Nhận ra lừa đảo",
        "Ghi việc nhanh",
    ]
    assert all(any(page.picture for page in lesson.pages) for lesson in lessons)
    assert lessons.set_title("Thành viên tổ") == "Thành viên tổ công nghệ số cộng đồng"
    lesson = lessons.get("nhan_ra_lua_dao")
    assert (len(lesson.pages), len(lesson.questions), lesson.pass_mark, lesson.minutes) == (5, 5, 4, 8)
