"""Do whole teams come in from one table: checked together, written together, each person with a way in?"""

from __future__ import annotations

import io
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import col, func, select

import locales
from bot.commands import Refused
from bot.commands import people as command
from models.audit import Audit
from models.people import Assignment, Person, Role
from models.team import Invite
from models.units import Level, Unit
from services import errors, invites, people_import, people_invites
from services.invites import Issued
from services.people_import import COLUMNS, Brought
from services.people_invites import PersonalInvite
from services.qr_codes import qr_code
from services.tables import describe_problems
from tests import factories
from tests.tables import csv_bytes, csv_table

BINH = "Lê Văn Bình,0912 345 678,member,AL-1,"
SU = "Trần Văn Sự,912345670,Leader,AL-1,vi"
MINH = "Võ Thị Minh,+84912345671,supervisor,AL,en"


@pytest.fixture(autouse=True)
def two_languages(monkeypatch):
    """The test is about the column, not about which catalogs there are."""
    monkeypatch.setattr(locales, "available", lambda: ("vi", "en"))


LINKS = {"Zalo": "https://example.org/zalo?start={payload}", "Web": "https://example.org/i/{token}"}


@pytest.fixture
async def an_lac(session):
    """Xã An Lạc with thôn Hòa Sơn and thôn Trà Lam."""
    commune = await factories.make_unit(session, "An Lạc", level=Level.COMMUNE, code="AL")
    village = await factories.make_unit(session, "Hòa Sơn", parent=commune, code="AL-1")
    await factories.make_unit(session, "Trà Lam", parent=commune, code="AL-2")
    return village


async def import_people(session, now, *rows, dry_run=False):
    table = csv_table(COLUMNS, *rows, file="danh_sach.xlsx")
    return (await bring(session, now, table, dry_run=dry_run))[0]


async def bring(session, now, table, *, dry_run=False):
    """Do in one unit of work what the command does in portions; give the outcome and who came."""
    found = await people_import.plan(session, table, dry_run=dry_run)
    return found.outcome, await people_import.write(session, found.rows, now=now)


async def held(session) -> list[tuple[str, Role, int, bool]]:
    """List who holds or held what where, in the order it was given."""
    rows = await session.exec(
        select(Person, Assignment)
        .join(Assignment, col(Assignment.person_id) == col(Person.id))
        .order_by(col(Assignment.id))
    )
    return [(who.name, each.role, each.unit_id, each.until is None) for who, each in rows]


async def count(session, model):
    return (await session.exec(select(func.count()).select_from(model))).one()


async def test_people_get_their_phone_role_and_unit(session, an_lac, now):
    outcome = await import_people(session, now, BINH, SU, MINH)
    assert (outcome.added, outcome.changed) == (3, 0)
    people = {person.name: person for person in await session.exec(select(Person))}
    assert people["Lê Văn Bình"].phone == "+84912345678"
    assert people["Trần Văn Sự"].phone == "+84912345670"
    assert people["Võ Thị Minh"].locale == "en"
    assert people["Lê Văn Bình"].unit_id == an_lac.id
    assert await held(session) == [
        ("Lê Văn Bình", Role.MEMBER, an_lac.id, True),
        ("Trần Văn Sự", Role.LEADER, an_lac.id, True),
        ("Võ Thị Minh", Role.SUPERVISOR, an_lac.parent_id, True),
    ]
    audited = await session.exec(select(Audit.action, func.count()).group_by(Audit.action))
    assert audited.all() == [("people_imported", 3)]


async def test_importing_again_changes_nobody(session, an_lac, now):
    await import_people(session, now, BINH, SU)
    outcome = await import_people(session, now, BINH, SU)
    assert (outcome.added, outcome.changed) == (0, 0)
    assert await count(session, Person) == await count(session, Assignment) == 2


async def test_a_known_phone_means_a_known_person(session, an_lac, now):
    await import_people(session, now, BINH)
    later = now + timedelta(days=1)
    outcome = await import_people(session, later, "Lê Bình,84912345678,leader,AL-1,en")
    assert (outcome.added, outcome.changed) == (0, 1)
    (person,) = await session.exec(select(Person))
    assert (person.name, person.locale) == ("Lê Bình", "en")
    assert await held(session) == [
        ("Lê Bình", Role.MEMBER, an_lac.id, False),
        ("Lê Bình", Role.LEADER, an_lac.id, True),
    ]


async def test_a_role_in_another_unit_is_kept_beside_the_new_one(session, an_lac, now):
    await import_people(session, now, MINH)
    await import_people(session, now, "Võ Thị Minh,0912345671,member,AL-1,")
    assert [(role, unit, is_held) for _name, role, unit, is_held in await held(session)] == [
        (Role.SUPERVISOR, an_lac.parent_id, True),
        (Role.MEMBER, an_lac.id, True),
    ]


async def test_three_of_forty_six_rows_are_wrong_and_nothing_is_written(session, an_lac, now):
    rows = [f"Người Số {n},09{n:08},member,AL-1," for n in range(12000001, 12000047)]
    rows[5] = rows[5].replace("0912000006", "09123")
    rows[10] = rows[10].replace("member", "to truong")
    rows[18] = rows[18].replace("AL-1", "52-HS-9")
    outcome = await import_people(session, now, *rows)
    assert describe_problems(outcome.table).splitlines() == [
        "danh_sach.xlsx: 3 trong 46 dòng chưa đúng, chưa ghi dòng nào.",
        '  dòng 7, cột phone: "09123" thiếu số; nhập đủ 10 chữ số.',
        '  dòng 12, cột role: "to truong" không phải vai trò; dùng member, leader hoặc supervisor.',
        '  dòng 20, cột unit_code: "52-HS-9" chưa có; nhập thôn này trước bằng toso units import.',
        "Sửa trong tệp rồi chạy lại lệnh này.",
    ]
    assert await count(session, Person) == await count(session, Invite) == 0


async def test_a_dry_run_says_what_would_be_and_writes_nothing(session, an_lac, now):
    await import_people(session, now, BINH)
    outcome = await import_people(session, now, BINH.replace("member", "leader"), SU, dry_run=True)
    assert people_import.describe(outcome) == (
        "danh_sach.xlsx: 2 dòng đều đúng, sẽ thêm 1 người, sửa 1 người. Chưa ghi gì vì có --dry-run."
    )
    assert await count(session, Person) == await count(session, Assignment) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",0912345678,member,AL-1,", "name: để trống; điền vào ô này."),
        ("Bình,,member,AL-1,", "phone: để trống; điền vào ô này."),
        ("Bình,091234567890,member,AL-1,", 'phone: "091234567890" thừa số; nhập đúng 10 chữ số.'),
        ("Bình,01681234567,member,AL-1,", 'phone: "01681234567" thừa số; nhập đúng 10 chữ số.'),
        ("Bình,0412345678,member,AL-1,",
         'phone: "0412345678" không phải số điện thoại đang dùng; nhập đủ 10 chữ số.'),
        ("Bình,9.12E+08,member,AL-1,",
         "phone: Excel đã rút gọn số thành 9.12E+08; đặt cột là Văn bản rồi gõ lại."),
        ("Bình,không có,member,AL-1,",
         'phone: "không có" không phải số điện thoại đang dùng; nhập đủ 10 chữ số.'),
        ("Bình,0912345678,,AL-1,", "role: để trống; điền vào ô này."),
        ("Bình,0912345678,operator,AL-1,",
         'role: "operator" không phải vai trò; dùng member, leader hoặc supervisor.'),
        ("Bình,0912345678,member,,", "unit_code: để trống; điền vào ô này."),
        ("Bình,0912345678,supervisor,AL-1,",
         "unit_code: supervisor phụ trách từ xã trở lên, thôn Hòa Sơn là cấp dưới; dùng mã khác."),
        ("Bình,0912345678,member,AL-1,xx", 'locale: "xx" chưa có; dùng một trong: vi, en.'),
    ],
)  # fmt: skip
async def test_a_row_of_people_that_is_not_right_is_said_so(session, an_lac, now, row, said):
    outcome = await import_people(session, now, row)
    (problem,) = outcome.table.problems
    assert f"{problem.column}: {problem.reason}" == said
    assert await count(session, Person) == 0


async def test_one_phone_never_stands_in_two_rows(session, an_lac, now):
    outcome = await import_people(session, now, BINH, SU, "Lan,+84 912.345.678,member,AL-2,")
    (problem,) = outcome.table.problems
    assert (problem.row, problem.reason) == (4, "trùng số với dòng 2; mỗi người một số.")


# ---------------------------------------------------------------- invites


async def invite(session, now, *rows):
    _outcome, people = await bring(session, now, csv_table(COLUMNS, *rows))
    return await people_invites.invite_people(session, people, now=now)


async def test_everybody_new_gets_a_personal_invite_for_one_use(session, an_lac, now):
    for made in await invite(session, now, BINH, SU):
        kept = await invites.by_token(session, made.issued.payload, now=now)
        person = await session.get(Person, kept.person_id)
        assert (person.name, kept.role, kept.uses_left) == (made.who.name, made.who.role, 1)
        assert made.issued.last_day == (now + timedelta(days=30)).date()
        assert await invites.by_code(session, made.issued.code, now=now) == kept


async def test_a_second_run_ends_the_invites_of_the_first(session, an_lac, now):
    (first,) = await invite(session, now, BINH)
    (second,) = await invite(session, now, BINH)
    with pytest.raises(errors.InviteUnknown):
        await invites.by_token(session, first.issued.token, now=now)
    assert (await invites.by_token(session, second.issued.token, now=now)).uses_left == 1


async def test_whoever_has_an_account_needs_no_invite(session, an_lac, now):
    await import_people(session, now, BINH)
    (person,) = await session.exec(select(Person))
    await factories.make_account(session, person)
    (made,) = await invite(session, now, BINH, SU)
    assert made.who.name == "Trần Văn Sự"


def opened(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content)).active


@pytest.fixture
def made():
    unit = Unit(level=Level.VILLAGE, kind="thôn", name="Hòa Sơn", folded="hoa son", code="AL-1")
    return [
        PersonalInvite(
            Brought(1, "=HYPERLINK(1)", Role.LEADER, unit), Issued(1, "abc", "HS-1", 1, date(2026, 12, 17))
        ),
        PersonalInvite(Brought(2, "Lan", Role.MEMBER, unit), Issued(2, "def", "HS-2", 1, date(2026, 12, 17))),
    ]


def test_the_workbook_holds_a_row_with_links_and_a_picture_for_everybody(made):
    sheet = opened(people_invites.invites_workbook(made, links=LINKS))
    assert [cell.value for cell in sheet[1]] == [
        "Tên", "Vai trò", "Nơi", "Mã mời", "Dùng đến hết", "Zalo", "Web", "Mã QR",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]][:7] == [
        "=HYPERLINK(1)", "tổ trưởng", "thôn Hòa Sơn", "HS-1", "17/12/2026",
        "https://example.org/zalo?start=m_abc", "https://example.org/i/abc",
    ]  # fmt: skip
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}, "nothing a spreadsheet would calculate"
    assert sheet._images[1]._data() == qr_code("https://example.org/zalo?start=m_def", scale=3).getvalue()


def test_without_links_the_picture_is_the_code_itself(made):
    sheet = opened(people_invites.invites_workbook(made[1:], links={}))
    assert [cell.value for cell in sheet[1]][3:] == ["Mã mời", "Dùng đến hết", "Mã QR"]
    assert sheet._images[0]._data() == qr_code("m_def", scale=3).getvalue()


# ---------------------------------------------------------------- the command


@pytest.fixture
async def stored_an_lac(database):
    async with database.writing() as session:
        commune = await factories.make_unit(session, "An Lạc", level=Level.COMMUNE, code="AL")
        await factories.make_unit(session, "Hòa Sơn", parent=commune, code="AL-1")


def written(folder: Path, *rows: str) -> Path:
    path = folder / "danh_sach.csv"
    path.write_bytes(csv_bytes(",".join(COLUMNS.all), *rows))
    return path


async def run(database, path: Path, now, *, invites: Path | None = None, dry_run: bool = False) -> int:
    return await command.import_people(database, path, dry_run=dry_run, invites=invites, links=LINKS, now=now)


async def test_the_command_writes_people_and_a_private_workbook(
    database, stored_an_lac, look, now, tmp_path, capsys
):
    target = tmp_path / "moi.xlsx"
    assert await run(database, written(tmp_path, BINH, SU), now, invites=target) == 0
    assert capsys.readouterr().out.splitlines() == [
        "danh_sach.csv: 2 dòng đều đúng, đã thêm 2 người, sửa 0 người.",
        (
            "moi.xlsx: 2 mã mời, mỗi mã dùng một lần, đến hết ngày 17/12/2026. "
            "Giữ tệp này kín: ai có mã là vào được."
        ),
    ]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    codes = [row[3].value for row in opened(target.read_bytes()).iter_rows(min_row=2)]
    kept = [await invites.by_code(look, code, now=now) for code in codes]
    assert [invite and invite.role for invite in kept] == [Role.MEMBER, Role.LEADER]
    assert not list(tmp_path.glob(".moi*"))


async def test_the_command_without_a_workbook_makes_no_invite(database, stored_an_lac, look, now, tmp_path):
    assert await run(database, written(tmp_path, BINH), now) == 0
    assert await count(look, Person) == 1
    assert await count(look, Invite) == 0


async def test_a_refused_table_leaves_nothing_behind(database, stored_an_lac, look, now, tmp_path):
    with pytest.raises(Refused, match='"09123" thiếu số') as refused:
        await run(
            database, written(tmp_path, BINH, "Lan,09123,member,AL-1,"), now, invites=tmp_path / "m.xlsx"
        )
    assert refused.value.code == 2
    assert await count(look, Person) == 0
    assert not list(tmp_path.glob("*m.xlsx*"))


@pytest.mark.parametrize("name", ["moi.csv", "no/such/folder/moi.xlsx"])
async def test_a_workbook_that_cannot_be_written_is_said_before_anything_is(
    database, stored_an_lac, look, now, tmp_path, name
):
    with pytest.raises(Refused, match="chưa ghi được"):
        await run(database, written(tmp_path, BINH), now, invites=tmp_path / name)
    assert await count(look, Person) == 0


async def test_a_dry_run_makes_no_workbook(database, stored_an_lac, look, now, tmp_path, capsys):
    target = tmp_path / "moi.xlsx"
    assert await run(database, written(tmp_path, BINH), now, invites=target, dry_run=True) == 0
    assert "Chưa ghi gì vì có --dry-run." in capsys.readouterr().out
    assert not target.exists()
    assert await count(look, Person) == 0
