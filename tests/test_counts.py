"""Sums are read from the daily sums, over whole subtrees, and can be proved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from models.activity import Rollup
from models.units import Level
from services import activity, counts, units
from services.rules import ActivityLimits
from tests.factories import make_person, make_unit

KINDS = ActivityLimits().kinds
MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)


@pytest.fixture
async def places(session):
    province = await make_unit(session, "Gia Lai", level=Level.PROVINCE)
    commune = await make_unit(session, "An Lạc", level=Level.COMMUNE, parent=province)
    other = await make_unit(session, "Bình An", level=Level.COMMUNE, parent=province)
    return {
        "tỉnh": province,
        "xã": commune,
        "xã khác": other,
        "Hòa Sơn": await make_unit(session, "Hòa Sơn", parent=commune),
        "Trà Lam": await make_unit(session, "Trà Lam", parent=commune),
        "Xa": await make_unit(session, "Xa", parent=other),
    }


async def write(session, unit, count, *, now, kind="vneid", day=MONDAY, person=None):
    return await activity.record(
        session,
        unit_id=units.unit_id(unit),
        person_id=person.id if person else None,
        kind=kind,
        count=count,
        happened_on=day,
        now=now,
    )


def test_a_week_runs_from_monday_to_sunday():
    assert counts.week_of(date(2026, 11, 17)) == (2026, 47, MONDAY, SUNDAY)
    assert counts.week_of(SUNDAY) == (2026, 47, MONDAY, SUNDAY)
    assert counts.week_of(date(2027, 1, 2))[:2] == (2026, 53)


def test_a_month_has_its_last_day():
    assert counts.month_of(date(2028, 2, 10)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert counts.month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


async def test_sums_cover_the_subtree_and_the_days_and_nothing_else(session, places, now):
    await write(session, places["Hòa Sơn"], 5, now=now)
    await write(session, places["Trà Lam"], 7, now=now, day=SUNDAY)
    await write(session, places["Xa"], 11, now=now)
    await write(session, places["Hòa Sơn"], 13, now=now, day=MONDAY - timedelta(days=1))
    found = {
        name: (await counts.totals(session, unit, MONDAY, SUNDAY, kinds=KINDS))["persons"]
        for name, unit in places.items()
    }
    assert found == {"tỉnh": 23, "xã": 12, "xã khác": 11, "Hòa Sơn": 5, "Trà Lam": 7, "Xa": 11}


async def test_silence_and_a_spoken_zero_differ(session, places, now):
    await write(session, places["Hòa Sơn"], 0, now=now, kind=counts.SPOKEN_ZERO)
    hoa_son, tra_lam = await counts.by_village(session, places["xã"], MONDAY, SUNDAY, kinds=KINDS)
    assert (hoa_son.unit.name, hoa_son.entries, hoa_son.kinds) == ("Hòa Sơn", 1, {})
    assert (tra_lam.unit.name, tra_lam.entries) == ("Trà Lam", 0)
    assert hoa_son.totals == tra_lam.totals == {"persons": 0, "turns": 0, "sessions": 0}
    assert await counts.by_kind(session, places["xã"], MONDAY, SUNDAY) == {}
    assert await counts.last_reported(session, places["xã"]) == {places["Hòa Sơn"].id: MONDAY}


async def test_a_village_that_is_no_more_is_listed_while_it_has_counts(session, places, now):
    await write(session, places["Trà Lam"], 7, now=now)
    for name in ("Trà Lam", "Hòa Sơn"):
        places[name].valid_to = SUNDAY
        session.add(places[name])
    await session.flush()
    listed = await counts.by_village(session, places["xã"], MONDAY, SUNDAY, kinds=KINDS)
    assert [(each.unit.name, each.totals["persons"]) for each in listed] == [("Trà Lam", 7)]


async def test_ones_own_numbers_are_of_all_villages_or_of_one(session, places, now):
    binh, lan = await make_person(session, "Bình"), await make_person(session, "Lan")
    await write(session, places["Hòa Sơn"], 5, now=now, person=binh)
    await write(session, places["Xa"], 2, now=now, person=binh, kind="home_visit")
    ids = [binh.id or 0, lan.id or 0]
    everywhere = await counts.by_person(session, ids, MONDAY, SUNDAY, kinds=KINDS)
    assert everywhere[ids[0]] == {"persons": 5, "turns": 2, "sessions": 0}
    assert everywhere[ids[1]] == {"persons": 0, "turns": 0, "sessions": 0}
    here = await counts.by_person(session, ids, MONDAY, SUNDAY, kinds=KINDS, unit=places["Xa"])
    assert here[ids[0]] == {"persons": 0, "turns": 2, "sessions": 0}


async def test_a_kind_that_left_the_configuration_is_in_no_total_but_still_listed(session, places, now):
    await write(session, places["Hòa Sơn"], 5, now=now, kind="fax")
    assert sum((await counts.totals(session, places["xã"], MONDAY, SUNDAY, kinds=KINDS)).values()) == 0
    assert await counts.by_kind(session, places["xã"], MONDAY, SUNDAY) == {"fax": 5}


async def test_the_proof_names_every_sum_that_is_wrong(session, places, now):
    await write(session, places["Hòa Sơn"], 5, now=now)
    await write(session, places["Trà Lam"], 7, now=now)
    assert await counts.prove(session) == []
    connection = await session.connection()
    hoa_son, tra_lam = units.unit_id(places["Hòa Sơn"]), units.unit_id(places["Trà Lam"])
    await connection.execute(sa.update(Rollup).where(col(Rollup.unit_id) == hoa_son).values(total=6))
    await connection.execute(sa.delete(Rollup).where(col(Rollup.unit_id) == tra_lam))
    assert await counts.prove(session) == [
        (hoa_son, MONDAY, "vneid", (6, 1), (5, 1)),
        (tra_lam, MONDAY, "vneid", (0, 0), (7, 1)),
    ]
