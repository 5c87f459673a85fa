"""What a script may take as given: each phrase after "=" sets the stage in one way."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from models.people import FormOfAddress, Role
from tests.talk import Talk
from tests.world import add_person, find_unit

Given = Callable[..., Awaitable[None]]
_phrases: list[tuple[re.Pattern[str], Given]] = []


def given(pattern: str) -> Callable[[Given], Given]:
    """Register a phrase; its groups become the function's arguments after the talk."""

    def register(function: Given) -> Given:
        _phrases.append((re.compile(pattern), function))
        return function

    return register


async def apply(phrase: str, talk: Talk) -> None:
    """Set the stage by one phrase; raises AssertionError for one nobody wrote."""
    for pattern, function in _phrases:
        found = pattern.fullmatch(phrase)
        if found:
            await function(talk, *found.groups())
            return
    raise AssertionError(f"nobody knows how to give: {phrase!r}")


@given(r"(\S+) đã đồng ý(?:, thôn (.+))?")
async def a_citizen_who_said_yes(talk: Talk, who: str, village: str | None) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village) if village else None
        await add_person(session, talk, who, name=who, code=unit.code if unit else None)


@given(r"(\S+) là thành viên thôn (.+)")
async def a_member(talk: Talk, who: str, village: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, village)
        await add_person(
            session,
            talk,
            who,
            name=f"Nguyễn Thị {who}",
            form=FormOfAddress.NAME,
            role=Role.MEMBER,
            code=unit.code,
        )


@given(r"(\S+) đã ghi (\d+) (\S+) (.+), (\d+)/(\d+)/(\d+)(?: (\d+)h(\d\d)?)?")
async def work_was_written(
    talk: Talk,
    who: str,
    count: str,
    _unit: str,
    label: str,
    day: str,
    month: str,
    year: str,
    hour: str | None,
    minute: str | None,
) -> None:
    kind = next(kind for kind in talk.rules.activity.kinds if kind.label.lower() == label.lower())
    at = datetime(int(year), int(month), int(day), int(hour or 18), int(minute or 0), tzinfo=LONG_AGO.tzinfo)
    async with talk.database.writing() as session:
        writer = await person_id(session, talk, who)
        held = (await session.exec(select(Assignment.unit_id).where(Assignment.person_id == writer))).one()
        await activity.record(
            session,
            unit_id=held,
            person_id=writer,
            kind=kind.name,
            count=int(count),
            happened_on=at.date(),
            now=at,
        )
