"""Are units stored as an operator lists them: found, renamed, moved, refused, in portions?"""

from __future__ import annotations

import pytest
from sqlmodel import col, func, select

from bot import importing as bot_importing
from bot.commands import Refused
from bot.commands import units as command
from models.audit import Audit
from models.units import Level, Unit, UnitAlias, UnitChange
from services import units, units_import
from services.tables import describe_problems
from tests.tables import csv_bytes, csv_table

UNITS = (
    "52,province,tỉnh,Gia Lai,,Bình Định (01/7/2025)",
    "AL,commune,xã,An Lạc,52,An Bình; Mỹ Lạc",
    "AL-1,village,thôn,Thôn Hòa Sơn,AL,Hòa Đông (01/06/2026)",
)


async def the(session, code):
    return (await session.exec(select(Unit).where(col(Unit.code) == code))).one()


async def import_units(session, now, *rows, dry_run=False):
    table = csv_table(units_import.COLUMNS, *rows, file="thon.csv")
    found = await units_import.plan(session, table, dry_run=dry_run)
    await units_import.write(session, found.rows, now=now)
    return found.outcome


async def complaints(session, now, *rows):
    """Import rows that are refused, beside a commune that is there, and give the sentences about them."""
    await import_units(session, now, *UNITS)
    before = (await session.exec(select(func.count()).select_from(Unit))).one()
    outcome = await import_units(session, now, *rows)
    assert outcome.is_refused
    assert (await session.exec(select(func.count()).select_from(Unit))).one() == before
    return [f"{each.row} {each.column}: {each.reason}" for each in outcome.table.problems]


async def test_units_are_stored_in_whatever_order_they_come(session, now):
    outcome = await import_units(session, now, *reversed(UNITS))
    assert (outcome.added, outcome.changed) == (3, 0)
    village = await the(session, "AL-1")
    assert units.display_name(village) == "thôn Hòa Sơn"
    assert await units.ancestor(session, village, Level.PROVINCE) == await the(session, "52")
    aliases = {alias.name: alias.until for alias in await session.exec(select(UnitAlias))}
    assert [f"{name} {until}" for name, until in sorted(aliases.items())] == [
        "An Bình None", "Bình Định 2025-07-01", "Hòa Đông 2026-06-01", "Mỹ Lạc None",
    ]  # fmt: skip
    audited = await session.exec(select(Audit.action, func.count()).group_by(Audit.action))
    assert audited.all() == [("units_imported", 3)]


async def test_importing_again_changes_only_what_differs(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(
        session, now, UNITS[0], "AL,commune,phường,An Lạc Đông,52,An Bình;An Lạc", UNITS[2],
    )  # fmt: skip
    assert (outcome.added, outcome.changed) == (0, 1)
    assert (await the(session, "AL")).name == "An Lạc Đông"
    names = (await session.exec(select(UnitAlias.name))).all()
    assert sorted(names) == ["An Bình", "An Lạc", "Bình Định", "Hòa Đông", "Mỹ Lạc"]
    assert (await import_units(session, now, UNITS[2])).changed == 0


async def test_another_parent_code_moves_a_unit_with_all_it_holds(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(
        session,
        now,
        "AL-2,village,thôn,Tân An,AL,",
        "AL,commune,xã,An Lạc,SC,",
        "SC,district,cụm,Sông Côn,52,",
    )
    assert (outcome.added, outcome.changed) == (2, 1)
    cluster = await the(session, "SC")
    inside = await units.subtree(session, cluster)
    assert [unit.code for unit in inside] == ["AL", "AL-1", "SC", "AL-2"]
    assert len((await session.exec(select(UnitChange))).all()) == 1


async def test_a_dry_run_says_what_would_be_and_writes_nothing(session, now):
    outcome = await import_units(session, now, *UNITS, dry_run=True)
    assert units_import.describe(outcome) == (
        "thon.csv: 3 dòng đều đúng, sẽ thêm 3 đơn vị, sửa 0 đơn vị. Chưa ghi gì vì có --dry-run."
    )
    await session.flush()
    assert (await session.exec(select(Unit))).all() == []


async def test_a_unit_that_is_its_own_parent_is_named(session, now):
    await import_units(session, now, *UNITS)
    outcome = await import_units(session, now, "X,village,thôn,Gò Dài,X,")
    assert describe_problems(outcome.table) == (
        'thon.csv, dòng 2: "Gò Dài" là cha của chính mình; sửa cột parent_code.'
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",village,thôn,Mới,AL,", "2 code: để trống; điền vào ô này."),
        ("a b,village,thôn,Mới,AL,", '2 code: "a b" chỉ được có chữ không dấu, chữ số, "-" và "_"; sửa mã.'),
        ("X,vilage,thôn,Mới,AL,", '2 level: "vilage" không phải cấp; dùng village.'),
        ("X,,thôn,Mới,AL,", "2 level: để trống; điền vào ô này."),
        ("X,thôn,thôn,Mới,AL,",
         '2 level: "thôn" không phải cấp; dùng province, district, commune hoặc village.'),
        ("X,village,,Mới,AL,", "2 kind: để trống; điền vào ô này."),
        ("X,village,thôn,,AL,", "2 name: để trống; điền vào ô này."),
        ("X,village,thôn,H?a S?n,AL,",
         '2 name: "H?a S?n" mất chữ, chỉ còn dấu "?"; lưu lại tệp gốc dạng "CSV UTF-8" hoặc .xlsx.'),
        (f"X,village,thôn,{'a' * 121},AL,", "2 name: dài hơn 120 chữ; viết ngắn lại."),
        ("X,village,thôn,...,AL,", '2 name: "..." không có chữ nào; gõ tên vào.'),
        ("X,village,thôn,Mới,,", "2 parent_code: để trống; điền mã của đơn vị cấp trên."),
        ("X,village,thôn,Mới,XX,", '2 parent_code: "XX" chưa có; thêm dòng cho đơn vị đó hoặc sửa ô này.'),
        ("X,commune,xã,Mới,AL-1,",
         '2 parent_code: "AL-1" là thôn Hòa Sơn, không ở trên cấp commune; dùng mã của đơn vị cao hơn.'),
        ("AL,village,thôn,Mới,52,", '2 code: "AL" đã là xã An Lạc, cấp commune; dùng mã khác.'),
        ("X,village,thôn,Mới,AL,Cũ (31/02/2026)",
         '2 aliases: "Cũ (31/02/2026)" có ngày chưa đúng; viết như 01/06/2026.'),
    ],
)  # fmt: skip
async def test_a_row_of_units_that_is_not_right_is_said_so(session, now, row, said):
    assert await complaints(session, now, row) == [said]


async def test_one_code_never_stands_in_two_rows(session, now):
    rows = ["X,village,thôn,Mới,AL,", "Y,village,thôn,Mới,AL,", "X,village,thôn,Khác,AL,"]
    assert await complaints(session, now, *rows) == ['4 code: "X" đã có ở dòng 2; mỗi đơn vị một mã.']


async def test_a_circle_of_units_is_refused(session, now):
    rows = ["X,commune,xã,Một,Y,", "Y,district,cụm,Hai,X,"]
    assert await complaints(session, now, *rows) == [
        '2 None: "Một" nằm trong chính mình qua "Y"; sửa cột parent_code.',
        '3 None: "Hai" nằm trong chính mình qua "X"; sửa cột parent_code.',
    ]


async def test_zeros_that_excel_ate_are_missed(session, now):
    await import_units(session, now, "01,province,thành phố,Hà Nội,,")
    outcome = await import_units(session, now, "X,commune,xã,Mới,1,", "01,province,thành phố,Hà Nội,,")
    (problem,) = outcome.table.problems
    assert problem.reason == '"1" chưa có, có phải "01"? Đặt cột là Văn bản.'


async def test_a_commune_may_be_the_highest_unit_there_is(session, now):
    assert not (await import_units(session, now, UNITS[1].replace("52", ""), UNITS[2])).is_refused


async def test_thousands_of_units_come_in_at_once(session, now):
    villages = [f"V{n},village,thôn,Thôn {n},AL,Xóm {n}" for n in range(3000)]
    outcome = await import_units(session, now, *UNITS, *villages)
    assert outcome.added == 3003
    commune = await the(session, "AL")
    assert len(await units.subtree(session, commune, Level.VILLAGE)) == 3001


# ---------------------------------------------------------------- the command


async def test_the_command_imports_a_file_and_says_so(database, look, now, tmp_path, capsys):
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *UNITS))
    assert await command.import_units(database, path, dry_run=False, now=now) == 0
    assert capsys.readouterr().out == "thon.csv: 3 dòng đều đúng, đã thêm 3 đơn vị, sửa 0 đơn vị.\n"
    assert len((await look.exec(select(Unit))).all()) == 3


async def test_the_command_refuses_with_exit_code_2_and_writes_nothing(database, look, now, tmp_path):
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *UNITS, "X,village,thôn,Mới,XX,"))
    with pytest.raises(Refused, match="1 trong 4 dòng chưa đúng, chưa ghi dòng nào") as refused:
        await command.import_units(database, path, dry_run=False, now=now)
    assert refused.value.code == 2
    assert (await look.exec(select(Unit))).all() == []


async def test_the_command_loads_official_provinces(database, now, capsys):
    assert await command.load_official(database, ["Gia Lai"], now=now) == 0
    said = capsys.readouterr().out
    assert said == "tỉnh Gia Lai: 135 xã, phường; thêm 136 đơn vị, đổi tên 0 đơn vị.\n"
    with pytest.raises(Refused, match='có phải "Gia Lai"'):
        await command.load_official(database, ["gia lay"], now=now)


async def test_a_long_import_comes_in_portions_and_is_finished_by_running_it_again(
    database, look, now, tmp_path, monkeypatch
):
    villages = [f"V{n},village,thôn,Thôn {n},AL," for n in range(2 * bot_importing.AT_ONCE)]
    path = tmp_path / "thon.csv"
    path.write_bytes(csv_bytes(",".join(units_import.COLUMNS.all), *villages, *UNITS))
    write, portions = units_import.write, []

    async def cut_off(session, some, *, now):
        await write(session, some, now=now)
        portions.append(len(some))
        if len(portions) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(units_import, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        await command.import_units(database, path, dry_run=False, now=now)
    assert portions == [bot_importing.AT_ONCE] * 2
    assert len((await look.exec(select(Unit))).all()) == bot_importing.AT_ONCE
    monkeypatch.undo()
    assert await command.import_units(database, path, dry_run=False, now=now) == 0
    assert len((await look.exec(select(Unit))).all()) == 2 * bot_importing.AT_ONCE + 3
