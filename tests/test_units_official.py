"""Are the state's own lists loaded right: both maps, with codes, kinds and the names of before 2025?"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from sqlmodel import col, select

from models.units import Level, Unit, UnitAlias
from services import errors, units, units_search
from services.units import add_unit
from services.units_official import load_official, official_units


async def the(session, code):
    return (await session.exec(select(Unit).where(col(Unit.code) == code))).one()


def test_today_gia_lai_has_135_communes_right_below_it():
    listed = official_units("Gia Lai", map="today")
    assert Counter(unit.level for unit in listed) == {Level.PROVINCE: 1, Level.COMMUNE: 135}
    assert {unit.parent_code for unit in listed[1:]} == {"52"}
    assert {unit.kind for unit in listed} == {"tỉnh", "xã", "phường"}


def test_the_old_binh_dinh_has_11_districts_and_155_communes():
    listed = official_units("Bình Định", map="old")
    assert Counter(unit.level for unit in listed) == {
        Level.PROVINCE: 1, Level.DISTRICT: 11, Level.COMMUNE: 155,
    }  # fmt: skip
    districts = {unit.code for unit in listed if unit.level is Level.DISTRICT}
    assert {unit.parent_code for unit in listed if unit.level is Level.COMMUNE} == districts


@pytest.mark.parametrize(("map_", "communes"), [("today", 3321), ("old", 10_035)])
def test_every_province_can_be_listed(map_, communes):
    from services.units_official import _rows

    codes = {row["provinceCode"] for row in _rows(map_)}
    listed = [unit for code in codes for unit in official_units(code, map=map_)]
    assert len(codes) == (34 if map_ == "today" else 63)
    assert sum(unit.level is Level.COMMUNE for unit in listed) == communes
    assert len({unit.code for unit in listed}) == len(listed)
    assert all(unit.name == unit.name.strip() != "" for unit in listed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("gia lai", "52"), ("TỈNH GIA LAI", "52"), ("52", "52"), ("tp hcm", "79"), ("TP. Hồ Chí Minh", "79"),
     ("thanh pho ho chi minh", "79"), ("Hà Nội", "01"), ("Đắk Lắk", "66"), ("Huế", "46")],
)  # fmt: skip
def test_a_province_is_known_by_code_and_by_name_however_typed(typed, code):
    assert official_units(typed, map="today")[0].code == code


def test_an_unknown_province_is_answered_with_the_nearest():
    with pytest.raises(errors.ProvinceUnknown) as refused:
        official_units("gia lay", map="today")
    assert str(refused.value) == 'Không có tỉnh "gia lay", có phải "Gia Lai"? Sửa rồi chạy lại.'


def test_a_province_merged_in_2025_is_answered_with_its_heir():
    with pytest.raises(errors.ProvinceMerged) as refused:
        official_units("Bình Định", map="today")
    assert str(refused.value) == '"Bình Định" từ 01/7/2025 thuộc tỉnh Gia Lai; chạy lại với "Gia Lai".'


async def test_loading_twice_adds_nothing_the_second_time(session, now):
    first = await load_official(session, ["Gia Lai"], map="today", now=now)
    before = len((await session.exec(select(UnitAlias.id))).all())
    again = await load_official(session, ["52", "gia lai"], map="today", now=now)
    assert (first.added, first.renamed, first.communes) == (136, 0, 135)
    assert (again.added, again.renamed, again.communes) == (0, 0, 135)
    assert len((await session.exec(select(Unit.id))).all()) == 136
    assert len((await session.exec(select(UnitAlias.id))).all()) == before


async def test_loading_again_follows_a_renaming_and_leaves_the_unit_where_it_was_put(session, now):
    loaded = await load_official(session, ["Gia Lai"], map="today", now=now)
    cluster = await add_unit(
        session, level=Level.DISTRICT, kind="cụm", name="Sông Côn", code="SC", parent=loaded.provinces[0]
    )
    commune = (await units.subtree(session, loaded.provinces[0], Level.COMMUNE))[0]
    name = commune.name
    await units.move_unit(session, commune, cluster, now=now)
    await units.rename_unit(session, commune, kind="xã", name="Tên Khác", now=now)
    again = await load_official(session, ["Gia Lai"], map="today", now=now)
    assert (again.added, again.renamed) == (0, 1)
    assert (commune.name, commune.parent_id) == (name, cluster.id)


async def test_the_communes_of_before_are_found_as_former_names(session, now):
    await load_official(session, ["Gia Lai"], map="today", now=now)
    rows = await session.exec(
        select(Unit, UnitAlias)
        .join(UnitAlias, col(UnitAlias.unit_id) == col(Unit.id))
        .where(col(UnitAlias.folded) == "nhon hanh")
    )
    assert [(unit.name, alias.until) for unit, alias in rows] == [("An Nhơn Bắc", date(2025, 7, 1))]
    province = await the(session, "52")
    aliases = await session.exec(select(UnitAlias.name).where(col(UnitAlias.unit_id) == province.id))
    assert aliases.all() == ["Bình Định"]


async def test_a_village_is_found_with_the_former_name_of_its_commune(session, now):
    await load_official(session, ["Gia Lai"], map="today", now=now)
    commune = (await session.exec(select(Unit).where(col(Unit.folded) == "an nhon bac"))).one()
    await add_unit(session, level=Level.VILLAGE, kind="thôn", name="Thọ Lộc", code="TL", parent=commune)
    (found,) = await units_search.find_villages(session, "thon tho loc xa nhon hanh binh dinh")
    assert found.unit.code == "TL"


async def test_the_old_map_is_stored_with_its_districts(session, now):
    loaded = await load_official(session, ["Bình Định"], map="old", now=now)
    province = loaded.provinces[0]
    districts = await units.subtree(session, province, Level.DISTRICT)
    assert (units.display_name(province), len(districts)) == ("tỉnh Bình Định", 11)
    assert sum([len(await units.subtree(session, each, Level.COMMUNE)) for each in districts]) == 155


async def test_one_database_never_mixes_the_two_maps(session, now):
    await load_official(session, ["Gia Lai"], map="today", now=now)
    with pytest.raises(errors.OfficialMapMixed):
        await load_official(session, ["Bình Định"], map="old", now=now)


async def test_a_code_that_stands_for_a_village_already_is_refused(session, now):
    province = await add_unit(session, level=Level.PROVINCE, kind="tỉnh", name="Gia Lai", code="52")
    code = official_units("Gia Lai", map="today")[1].code
    await add_unit(session, level=Level.VILLAGE, kind="thôn", name="Hòa Sơn", code=code, parent=province)
    with pytest.raises(errors.UnitCodeTaken):
        await load_official(session, ["Gia Lai"], map="today", now=now)


def test_the_package_is_read_without_being_imported():
    script = (
        "import sys; from services.units_official import official_units; official_units('52', map='today');"
        "sys.exit(not {'vietnamadminunits', 'shapely', 'geopy'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
