"""Which team beside is asked: near ones first, tired ones later, never always the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from models.help import HelpOffer, HelpRequest, HelpState
from models.people import Role
from models.units import Unit
from services import errors, help_giving, help_neighbours, units
from services.rules import Hours
from tests.factories import make_person, make_unit
from tests.help_stage import Stage, ask, id_of, make_stage, reach, told

HOURS = Hours()


@pytest.fixture
async def stage(session) -> Stage:
    return await make_stage(session)


async def add_team(session, stage: Stage, name: str, size: int, code: str) -> Unit:
    unit = await make_unit(session, name, parent=stage.village.commune, code=code)
    for number in range(size):
        person = await make_person(session, f"{name} {number}", unit=unit, role=Role.MEMBER)
        await reach(session, person)
    return unit


async def first(session, stage: Stage, request: HelpRequest, now) -> str:
    ranked = await help_neighbours.ranked(session, request, stage.village.unit, at=now, hours=HOURS)
    return ranked[0].unit.name


async def offer(session, request: HelpRequest, ranked: list[help_neighbours.Neighbour], now) -> None:
    for person in ranked[0].people:
        session.add(HelpOffer(request_id=id_of(request), person_id=id_of(person), offered_at=now))
    await session.flush()


async def a_request(session, stage: Stage, now) -> HelpRequest:
    request = HelpRequest(
        person_id=stage.id("Vy"),
        unit_id=units.unit_id(stage.village.unit),
        state=HelpState.CLOSED,
        asked_at=now,
    )
    session.add(request)
    await session.flush()
    return request


async def test_the_nearest_code_is_asked_first(session, stage, now):
    stage.village.unit.code = "M5"
    for code in ("M1", "M4", "M7"):
        await add_team(session, stage, f"Làng {code}", 1, code)
    request = await ask(session, stage, now)
    assert await first(session, stage, request, now) == "Làng M4"


async def test_a_village_of_the_same_former_commune_is_nearer_than_the_next_code(session, stage, now):
    stage.village.unit.code = "M5"
    await add_team(session, stage, "Gần", 1, "M6")
    old = await add_team(session, stage, "Xưa", 1, "M9")
    for unit in (stage.village.unit, old):
        await units.add_aliases(session, unit, [(f"{unit.name}, Mỹ Lạc", date(2025, 7, 1))])
    request = await ask(session, stage, now)
    assert await first(session, stage, request, now) == "Xưa"


async def test_villages_that_moved_together_stay_near_each_other(session, stage, now):
    stage.village.unit.code = "M5"
    old = await make_unit(session, "Mỹ Lạc", level=stage.village.commune.level, parent=stage.village.district)
    await add_team(session, stage, "Gần", 1, "M6")
    together = await add_team(session, stage, "Xưa", 1, "M9")
    for unit in (stage.village.unit, together):
        await units.move_unit(session, unit, old, now=now - timedelta(days=400))
        await units.move_unit(session, unit, stage.village.commune, now=now - timedelta(days=300))
    request = await ask(session, stage, now)
    assert await first(session, stage, request, now) == "Xưa"


async def test_the_same_team_is_not_asked_twice_about_one_request(session, stage, now):
    await add_team(session, stage, "Gò Dài", 1, "ZZ-2")
    request = await ask(session, stage, now)
    minh = await stage.actor(session, "Minh")
    given = [
        (await help_giving.give_to_neighbours(session, minh, id_of(request), hours=HOURS, now=now)).name
        for _tap in range(2)
    ]
    assert sorted(given) == ["Gò Dài", "Trà Lam"]


async def test_where_nobody_beside_is_free_that_is_said(session, stage, now):
    stage.people["Dũng"].paused_until = now.date()
    session.add(stage.people["Dũng"])
    request = await ask(session, stage, now)
    minh = await stage.actor(session, "Minh")
    with pytest.raises(errors.NoNeighbourFree):
        await help_giving.give_to_neighbours(session, minh, id_of(request), hours=HOURS, now=now)
    assert await told(session, stage.people["Dũng"]) == []


@pytest.mark.databases("sqlite")
async def test_the_load_is_shared_by_the_people_there_are(session, stage, now):
    """Two hundred requests of one village in two months: no team beside carries them all."""
    sizes = {"Trà Lam": 1, "Một": 1, "Hai": 2, "Ba": 3, "Bốn": 4}
    for place, (name, size) in enumerate(list(sizes.items())[1:]):
        await add_team(session, stage, name, size, f"ZZ-{place + 2}")
    asked: Counter[str] = Counter()
    for number in range(200):
        at = now + timedelta(hours=7 * number)
        request = await a_request(session, stage, at)
        ranked = await help_neighbours.ranked(
            session,
            request,
            stage.village.unit,
            at=at,
            hours=Hours(team_from=HOURS.team_to.replace(hour=0), team_to=HOURS.team_to.replace(hour=0)),
        )
        asked[ranked[0].unit.name] += 1
        await offer(session, request, ranked, at)
    per_person = {name: asked[name] / size for name, size in sizes.items()}
    assert max(per_person.values()) <= 1.4 * min(per_person.values()), per_person


async def test_a_village_without_neighbours_has_nobody_beside(session, now):
    lonely = await make_unit(session, "Một Mình")
    person = await make_person(session, "Hạnh", unit=lonely)
    request = HelpRequest(person_id=id_of(person), unit_id=units.unit_id(lonely), asked_at=now)
    assert await help_neighbours.ranked(session, request, lonely, at=now, hours=HOURS) == []
