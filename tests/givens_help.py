"""What a script may take as given about duty and about those who wait."""

from __future__ import annotations

from datetime import timedelta

from models.duty import DutyShift, Shift
from models.help import HelpRequest, Rung
from tests.givens import given
from tests.talk import Talk
from tests.world import LONG_AGO, add_person, find_unit, person_id

SHIFTS = {"ban ngày": Shift.DAY, "buổi tối": Shift.EVENING, "ban đêm": Shift.NIGHT}
DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@given(r"(\S+) trực (ban ngày|buổi tối|ban đêm) (.+), thôn (.+)")
async def somebody_on_duty(talk: Talk, who: str, shift: str, day: str, village: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        session.add(
            DutyShift(
                unit_id=unit.id or 0,
                weekday=DAYS.index(day),
                shift=SHIFTS[shift],
                person_id=await person_id(session, talk, who),
                given_at=LONG_AGO,
            )
        )


@given(r"(\d+) bà con thôn (.+) đang chờ từ hôm qua")
async def people_who_wait(talk: Talk, count: str, village: str) -> None:
    """Nobody below took these; they are with whoever stands above the commune."""
    now = talk.clock.now()
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        for number in range(int(count)):
            who = f"Chờ{number}"
            session.add(
                HelpRequest(
                    person_id=await add_person(session, talk, who, name=who, code=unit.code),
                    unit_id=unit.id or 0,
                    topic="thẻ BHYT",
                    rung=Rung.ABOVE,
                    asked_at=now - timedelta(days=1),
                    next_word_at=now + timedelta(hours=3),
                )
            )
