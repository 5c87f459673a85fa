"""Goals are shared out exactly, kept with their history, and said with what every day still needs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from models.delivery import Delivery
from models.people import Role
from models.target import Target
from services import activity, errors, target_sharing, target_text, targets, typed_targets
from services.rules import DEFAULT_KINDS, ActivityLimits
from services.target_sharing import Way
from services.targets import Progress, Span, month_of, quarter_of
from tests.factories import actor_for, make_person, make_unit, make_village_with_team
from tests.learning import reachable

LIMITS = ActivityLimits()
VNEID = DEFAULT_KINDS[0]
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


@pytest.fixture
async def minh(session, village):
    """The supervisor of the commune."""
    person = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    await reachable(session, person, village.leader)
    return await actor_for(session, person)


@given(st.integers(1, 10_000), st.dictionaries(st.integers(1, 99), st.integers(0, 500), min_size=1))
def test_shares_add_up_exactly_and_follow_the_weights(goal, weights):
    parts = target_sharing.split(goal, weights)
    assert sum(parts.values()) == goal
    assert parts.keys() == weights.keys()
    total = sum(weights.values())
    for name, part in parts.items():
        fair = goal * weights[name] / total if total else goal / len(weights)
        assert abs(part - fair) < 1


async def test_another_goal_is_a_new_row_and_the_same_one_is_none(session, village, minh, now):
    for goal in (400, 350, 350):
        await targets.set_goal(session, minh, village.commune, VNEID, NOVEMBER, goal, now=now)
    rows = (await session.exec(select(Target).order_by(col(Target.id)))).all()
    assert [(row.goal, row.replaced_at is None) for row in rows] == [(400, False), (350, True)]


async def test_a_goal_is_for_ones_own_area_and_days_to_come(session, village, minh, now):
    other = await make_unit(session, "Vân Hội")
    with pytest.raises(errors.OutsideArea):
        await targets.set_goal(session, minh, other, VNEID, NOVEMBER, 4, now=now)
    with pytest.raises(errors.GoalTooSmall):
        await targets.set_goal(session, minh, village.commune, VNEID, NOVEMBER, 0, now=now)
    october = Span(date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(errors.TargetOver):
        await targets.set_goal(session, minh, village.commune, VNEID, october, 4, now=now)
    binh = await actor_for(session, village.members["Bình"])
    with pytest.raises(errors.OutsideArea):
        await targets.set_goal(session, binh, village.commune, VNEID, NOVEMBER, 4, now=now)


async def test_progress_is_that_of_all_that_lies_in_the_unit(session, village, minh, now):
    other = await make_unit(session, "Trà Lam", parent=village.commune)
    await targets.set_goal(session, minh, village.commune, VNEID, NOVEMBER, 400, now=now)
    await target_sharing.share(
        session, minh, village.commune, VNEID, NOVEMBER, {village.unit.id: 62, other.id or 0: 22}, now=now
    )
    for unit, count, day in ((village.unit, 48, 17), (other, 5, 3), (village.unit, 9, 20)):
        await activity.record(
            session,
            unit_id=unit.id or 0,
            person_id=None,
            kind="vneid",
            count=count,
            happened_on=date(2026, 11, day),
            now=now,
        )
    (whole,) = await targets.progress(session, village.commune, date(2026, 11, 17), limits=LIMITS)
    assert (whole.done, whole.goal, whole.days_left) == (53, 400, 13)
    below = await targets.progress_below(session, village.commune, date(2026, 11, 17), limits=LIMITS)
    assert {one.unit_id: (one.done, one.goal) for one in below} == {
        village.unit.id: (48, 62),
        other.id: (5, 22),
    }


def test_the_figures_of_the_script_add_up():
    one = Progress(1, "vneid", NOVEMBER, goal=400, done=248, days_left=8, on_pace=400 * 22 // 30)
    assert (one.percent, one.on_pace, one.a_day, one.is_behind) == (62, 293, 19, True)
    assert target_text.progress(one, VNEID) == "Cài VNeID: 248/400, còn 8 ngày, cần 19 người mỗi ngày"


async def test_sharing_tells_the_leaders_once(session, village, minh, now):
    shares = await target_sharing.propose(session, village.commune, 10, Way.MEMBERS)
    assert [(share.unit.name, share.goal) for share in shares] == [("Hòa Sơn", 10)]
    for told in (1, 0):
        count = await target_sharing.share(
            session, minh, village.commune, VNEID, NOVEMBER, {village.unit.id: 10}, now=now
        )
        assert count == told
    kinds = (await session.exec(select(Delivery.kind))).all()
    assert kinds == ["GoalGiven"]


async def test_a_doubt_changes_nothing_until_it_is_decided(session, village, minh, now):
    await target_sharing.share(
        session, minh, village.commune, VNEID, NOVEMBER, {village.unit.id: 62}, now=now
    )
    (row,) = (await session.exec(select(Target))).all()
    su = await actor_for(session, village.leader)
    for wish in (0, 62, 90):
        with pytest.raises(errors.GoalNotLower):
            await target_sharing.doubt(session, su, row.id, wish, limits=LIMITS, now=now)
    await target_sharing.doubt(session, su, row.id, 45, limits=LIMITS, now=now)
    assert row.replaced_at is None
    binh = await actor_for(session, village.members["Bình"])
    with pytest.raises(errors.OutsideArea):
        await target_sharing.decide(session, binh, row.id, 45, limits=LIMITS, now=now)
    new, _place = await target_sharing.decide(session, minh, row.id, 45, limits=LIMITS, now=now)
    assert (new.goal, row.replaced_at) == (45, now)


@pytest.mark.parametrize(
    ("typed", "kind", "span", "goal"),
    [
        ("thang 12 cai vneid 400 nguoi", "vneid", month_of(date(2026, 12, 1)), 400),
        ("Quý IV nộp hồ sơ 1.200 lượt", "online_filing", quarter_of(date(2026, 12, 1)), 1200),
        ("tháng 1 họp thôn 4 buổi", "village_meeting", month_of(date(2027, 1, 1)), 4),
        ("tháng sau làm bhyt 50", "health_insurance", month_of(date(2026, 12, 1)), 50),
        ("400", None, None, 400),
        ("cài vneid", "vneid", None, None),
        ("tháng 12 cài vneid 400 hay 500", "vneid", month_of(date(2026, 12, 1)), None),
        ("xin chào", None, None, None),
    ],
)
def test_a_goal_is_read_from_a_sentence(typed, kind, span, goal):
    wish = typed_targets.read(typed, DEFAULT_KINDS, date(2026, 11, 17))
    assert (wish.kind.name if wish.kind else None, wish.span, wish.goal) == (kind, span, goal)


def test_names_are_read_with_their_numbers():
    assert typed_targets.read_parts("Hòa Sơn 60, Lộc Thuận: 1.055 người\nTổ dân phố 3 12") == [
        ("Hòa Sơn", 60), ("Lộc Thuận", 1055), ("Tổ dân phố 3", 12),
    ]  # fmt: skip
