"""What a script may take as given about goals, and about counts that wait for a look."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlmodel import col, select

from models.activity import Activity
from models.review import CountReview, ReviewReason
from models.target import Target
from services import targets, units
from tests.givens import given
from tests.talk import Talk
from tests.world import LONG_AGO, find_unit, person_id


@given(r"chỉ tiêu tháng (\d+) (.+?): (.+)")
async def goals_of_a_month(talk: Talk, month: str, label: str, places: str) -> None:
    """Give places their goals of a month of this year: "xã 400, Hòa Sơn 62"; "xã" is xã An Lạc."""
    kind = next(kind for kind in talk.rules.activity.kinds if kind.label.lower() == label.lower())
    span = targets.month_of(date(talk.clock.now().year, int(month), 1))
    async with talk.database.writing() as session:
        giver = await person_id(session, talk, "Minh")
        for part in places.split(", "):
            name, goal = part.rsplit(" ", 1)
            unit = await find_unit(session, "AL" if name == "xã" else name)
            session.add(
                Target(
                    unit_id=units.unit_id(unit),
                    kind=kind.name,
                    first_on=span.first,
                    last_on=span.last,
                    goal=int(goal),
                    set_by=giver,
                    set_at=LONG_AGO,
                )
            )


@given(r"số (\S+) ghi (\d+)/(\d+)/(\d+) cần xem")
async def a_count_to_look_at(talk: Talk, who: str, day: str, month: str, year: str) -> None:
    on = date(int(year), int(month), int(day))
    async with talk.database.writing() as session:
        writer = await person_id(session, talk, who)
        wrote = select(Activity).where(
            Activity.person_id == writer, Activity.happened_on == on, col(Activity.corrected_at).is_(None)
        )
        entry = (await session.exec(wrote.order_by(col(Activity.id)))).first()
        assert entry is not None, f"{who} wrote nothing on {on}"
        session.add(
            CountReview(
                activity_id=entry.id or 0,
                unit_id=entry.unit_id,
                reason=ReviewReason.HIGH,
                usual=4,
                made_at=datetime.combine(on, time(18), LONG_AGO.tzinfo),
            )
        )
