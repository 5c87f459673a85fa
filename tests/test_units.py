"""Does the tree of units hold together, and is a village found the way people type it?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from models.units import Level, Unit, UnitChange
from services import errors, units, units_search
from services.units import add_aliases, add_unit

JOINED = date(2025, 7, 1)
MERGED = date(2026, 6, 1)


async def the(session, code):
    return (await session.exec(select(Unit).where(col(Unit.code) == code))).one()


@pytest.fixture
async def an_lac(session):
    """Xã An Lạc with two villages called Phú Xuân, beside xã Bình Thành with one more."""
    province = await add_unit(session, level=Level.PROVINCE, kind="tỉnh", name="Gia Lai", code="52")
    commune = await add_unit(
        session, level=Level.COMMUNE, kind="xã", name="An Lạc", code="AL", parent=province
    )
    await add_aliases(session, commune, [("An Bình", JOINED), ("Mỹ Lạc", JOINED)])
    other = await add_unit(
        session, level=Level.COMMUNE, kind="phường", name="Bình Thành", code="BT", parent=province
    )
    for code, kind, name, parent, former in (
        ("AL-1", "thôn", "Hòa Sơn", commune, [("Hòa Đông", MERGED), ("Sơn Tây", MERGED)]),
        ("AL-2", "thôn", "Phú Xuân", commune, [("Phú Xuân, An Bình", JOINED)]),
        ("AL-3", "thôn", "Phú Xuân", commune, [("Phú Xuân, Mỹ Lạc", JOINED)]),
        ("AL-4", "làng", "Kon Rơ", commune, []),
        ("BT-1", "tổ dân phố", "3", other, []),
        ("BT-2", "tổ dân phố", "Phú Xuân", other, []),
    ):
        village = await add_unit(session, level=Level.VILLAGE, kind=kind, name=name, code=code, parent=parent)
        await add_aliases(session, village, former)
    return commune


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=4), st.lists(st.integers(1, 10**9), max_size=3))
def test_a_subtree_is_a_range_of_paths_and_nothing_else_is_in_it(ids, more):
    path = f"/{'/'.join(map(str, ids))}/"
    below = path + "".join(f"{id_}/" for id_ in more)
    assert path <= below < units.successor(path)
    sibling = f"/{'/'.join(map(str, [*ids[:-1], ids[-1] * 10 + 1]))}/"
    assert not path <= sibling < units.successor(path)


@pytest.mark.parametrize("path", ["", "/", "7/431", "/7/431"])
def test_what_is_no_path_of_a_unit_has_no_subtree(path):
    with pytest.raises(ValueError, match="not the path"):
        units.successor(path)


async def test_a_subtree_ends_where_the_next_commune_begins(session, an_lac):
    villages = await units.subtree(session, an_lac, Level.VILLAGE)
    assert [village.code for village in villages] == ["AL-1", "AL-4", "AL-2", "AL-3"]


async def test_every_path_leads_from_the_province_to_the_unit(session, an_lac):
    village = await the(session, "AL-1")
    assert units.path_ids(village) == [an_lac.parent_id, an_lac.id, village.id]
    assert await units.ancestor(session, village, Level.PROVINCE) == await the(session, "52")
    assert await units.ancestor(session, village, Level.DISTRICT) is None


async def test_the_kind_is_taken_off_the_name(session, an_lac):
    added = await add_unit(
        session, level=Level.VILLAGE, kind="Thôn", name=" Thôn  Gò Dài ", code="AL-9", parent=an_lac
    )
    assert (units.display_name(added), added.folded) == ("thôn Gò Dài", "go dai")


async def test_two_units_never_share_a_code(session, an_lac):
    with pytest.raises(errors.UnitCodeTaken):
        await add_unit(session, level=Level.VILLAGE, kind="thôn", name="Mới", code="AL-1", parent=an_lac)


async def test_a_commune_never_lies_in_a_village(session, an_lac):
    village = await the(session, "AL-1")
    with pytest.raises(errors.UnitsUpsideDown):
        await add_unit(session, level=Level.COMMUNE, kind="xã", name="Mới", code="M", parent=village)


@pytest.mark.parametrize(
    "typed",
    ["Hòa Sơn", "hoa son", "thon HOA SON", "hoa son an lac", "xã An Lạc, thôn Hòa Sơn", "o thon hoa son a",
     "hoa son, xa an binh cu", "hoa son gia lai"],
)  # fmt: skip
async def test_a_village_is_found_however_it_is_typed(session, an_lac, typed):
    (found,) = await units_search.find_villages(session, typed)
    assert (found.unit.code, found.commune, found.former, found.note) == ("AL-1", an_lac, None, "")


@pytest.mark.parametrize("typed", ["TDP 3", "tdp3", "tổ dân phố số 03", "to 3 phuong binh thanh", "3"])
async def test_a_numbered_village_is_found_by_its_number(session, an_lac, typed):
    (found,) = await units_search.find_villages(session, typed)
    assert (found.unit.code, found.label) == ("BT-1", "tổ dân phố 3")


@pytest.mark.parametrize(
    "typed",
    ["xom tren", "hoa son dong", "an lac", "hoa son phuong binh thanh", "thon", "", "?!", "hoa " * 200],
)
async def test_half_a_name_is_no_name(session, an_lac, typed):
    assert await units_search.find_villages(session, typed) == []


async def test_a_former_name_is_found_with_the_day_it_ended(session, an_lac):
    (found,) = await units_search.find_villages(session, "hoa dong")
    assert found.former is not None
    assert (found.unit.name, found.former.name, found.former.until) == ("Hòa Sơn", "Hòa Đông", MERGED)


async def test_villages_of_one_name_are_told_apart_by_their_former_communes(session, an_lac):
    found = await units_search.find_villages(session, "phu xuan", within=an_lac)
    assert [each.label for each in found] == ["Phú Xuân, An Bình cũ", "Phú Xuân, Mỹ Lạc cũ"]
    assert max(len(each.label) for each in found) <= 20


async def test_villages_of_one_name_in_two_communes_are_told_apart_by_these(session, an_lac):
    found = await units_search.find_villages(session, "phu xuan")
    assert [each.label for each in found][2] == "Phú Xuân, phường Bình Thành"
    (only,) = await units_search.find_villages(session, "to phu xuan binh thanh")
    assert only.unit.code == "BT-2"


@pytest.mark.parametrize(
    "typed", ["phu xuan my lac", "xa my lac thon phu xuan", "thôn Phú Xuân, xã Mỹ Lạc cũ"]
)
async def test_the_former_commune_chooses_between_villages_of_one_name(session, an_lac, typed):
    (found,) = await units_search.find_villages(session, typed)
    assert (found.unit.code, found.former) == ("AL-3", None)


async def test_villages_with_nothing_else_between_them_are_told_apart_by_code(session, an_lac):
    await add_unit(session, level=Level.VILLAGE, kind="làng", name="Kon Rơ", code="AL-5", parent=an_lac)
    found = await units_search.find_villages(session, "kon ro")
    assert [each.note for each in found] == ["mã AL-4", "mã AL-5"]


async def test_a_closed_village_is_not_found(session, an_lac, now):
    village = await the(session, "AL-4")
    village.valid_to = now.date()
    session.add(village)
    assert await units_search.find_villages(session, "kon ro") == []
    assert village not in await units.subtree(session, an_lac)


async def test_a_renamed_village_is_still_found_by_its_old_name(session, an_lac, now):
    village = await the(session, "AL-4")
    assert await units.rename_unit(session, village, kind="thôn", name="Kon Mới", now=now)
    (found,) = await units_search.find_villages(session, "kon ro")
    assert found.former is not None
    assert (units.display_name(found.unit), found.former.until) == ("thôn Kon Mới", now.date())
    (change,) = await session.exec(select(UnitChange))
    assert change.before == {"kind": "làng", "name": "Kon Rơ"}
    assert not await units.rename_unit(session, village, kind="thôn", name="Thôn Kon Mới", now=now)


async def test_a_moved_commune_takes_its_villages_along(session, an_lac, now):
    province = await the(session, "52")
    cluster = await add_unit(
        session, level=Level.DISTRICT, kind="cụm", name="Sông Côn", code="SC", parent=province
    )
    old_path = an_lac.path
    assert await units.move_unit(session, an_lac, cluster, now=now)
    villages = await units.subtree(session, cluster, Level.VILLAGE)
    assert len(villages) == 4
    assert all(village.path.startswith(f"{cluster.path}{an_lac.id}/") for village in villages)
    (change,) = await session.exec(select(UnitChange))
    assert change.before == {"parent_id": province.id, "path": old_path}
    assert not await units.move_unit(session, an_lac, cluster, now=now)
