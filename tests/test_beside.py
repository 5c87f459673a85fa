"""A guide walked beside a neighbour counts once, as its own kind of work, in the volunteer's own village."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from models.activity import Activity
from models.guides import GuideVisit, VisitOutcome
from services import beside, counts, errors, guide_visits
from services.guides import Library
from services.rules import ActivityLimits, Kind
from tests.factories import actor_for, make_village_with_team

LIMITS = ActivityLimits()
GUIDES = Library.load(Path(__file__).parent.parent / "guides")


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("vneid_quen_mat_khau", "vneid"),
        ("bhyt_vneid", "health_insurance"),
        ("lua_dao", "scam_prevention"),
        ("tam_tru", "online_filing"),
    ],
)
def test_a_guide_counts_as_its_own_kind_or_as_filing(slug, kind):
    found = beside.kind_of(GUIDES.get(slug), LIMITS)
    assert found is not None
    assert found.name == kind


def test_a_kind_that_is_no_longer_counted_becomes_filing_and_nothing_without_it():
    guide = replace(GUIDES.get("tam_tru"), kind="dancing")
    found = beside.kind_of(guide, LIMITS)
    assert found is not None
    assert found.name == beside.FILING
    assert beside.kind_of(guide, ActivityLimits(kinds=(Kind("vneid", "Cài VNeID", "persons"),))) is None


async def test_one_is_written_down_and_the_visit_is_over(session, village, now):
    binh = await actor_for(session, village.members["Bình"])
    assert binh.person_id is not None
    visit = await guide_visits.begin(session, binh.person_id, "tam_tru", now=now, helped=True)
    kind = LIMITS.kinds[0]
    entry = await beside.log_helped(session, binh, visit, village.unit, kind, limits=LIMITS, now=now)
    assert (entry.count, entry.kind, entry.unit_id) == (1, kind.name, village.unit.id)
    assert await guide_visits.open_visit(session, binh.person_id, now=now) is None
    row = (await session.exec(select(GuideVisit))).one()
    assert (row.outcome, row.helped) == (VisitOutcome.DONE, True)
    assert await guide_visits.ended_at(session, binh.person_id, visit.id) == now
    assert await guide_visits.ended_at(session, binh.person_id + 1, visit.id) is None
    assert await counts.prove(session) == []


async def test_nothing_is_written_for_a_village_one_is_not_in(session, village, now):
    binh = await actor_for(session, village.members["Bình"])
    assert binh.person_id is not None
    visit = await guide_visits.begin(session, binh.person_id, "tam_tru", now=now, helped=True)
    with pytest.raises(errors.OutsideArea):
        await beside.log_helped(
            session, binh, visit, village.commune, LIMITS.kinds[0], limits=LIMITS, now=now
        )
    assert (await session.exec(select(Activity))).all() == []


async def test_the_guide_opened_last_is_remembered_for_a_month(session, village, now):
    binh = await actor_for(session, village.members["Bình"])
    assert binh.person_id is not None
    assert await guide_visits.last_slug(session, binh.person_id, now=now) is None
    for slug in ("tam_tru", "ct07"):
        await guide_visits.begin(session, binh.person_id, slug, now=now)
    assert await guide_visits.last_slug(session, binh.person_id, now=now) == "ct07"
    assert await guide_visits.last_slug(session, binh.person_id, now=now + guide_visits.KEPT) is None
