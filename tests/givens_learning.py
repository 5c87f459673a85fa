"""What a script may take as given about ways of asking, and about guides that need somebody's eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from models.guides import ScreenReport
from models.help import HelpRequest, HelpState
from models.learning import Proposal
from services.guides import Library
from tests.givens import given
from tests.talk import Talk
from tests.world import find_unit, person_id


@given(r'(\d+) lần "(.+)" là bài (\S+)(?:, thêm (\d+) câu chưa chắc)?')
async def a_proposal_that_was_tried(talk: Talk, times: str, words: str, slug: str, costs: str | None) -> None:
    at = talk.clock.now()
    async with talk.database.writing() as session:
        session.add(
            Proposal(words=words, slug=slug, times=int(times), costs=int(costs or 0), noted_at=at, last_at=at)
        )


@given(r'(\d+) lần "(.+)" chưa gần bài nào')
async def a_proposal_nobody_could_place(talk: Talk, times: str, words: str) -> None:
    at = talk.clock.now()
    async with talk.database.writing() as session:
        session.add(Proposal(words=words, times=int(times), costs=0, noted_at=at, last_at=at))


@given(r"(\d+) lượt nhờ về (\S+) trong tháng")
async def requests_for_a_service_without_a_guide(talk: Talk, times: str, slug: str) -> None:
    async with talk.database.writing() as session:
        unit = await find_unit(session, "Hòa Sơn")
        for days in range(1, int(times) + 1):
            at = talk.clock.now() - timedelta(days=days)
            session.add(
                HelpRequest(
                    person_id=await person_id(session, talk, "Dũng"),
                    unit_id=unit.id or 0,
                    stub=slug,
                    state=HelpState.CLOSED,
                    asked_at=at,
                    closed_at=at,
                )
            )


@given(r"bài (\S+) hết hạn (\d+)/(\d+)/(\d+), người giữ (\S+)")
async def a_guide_with_a_last_day(talk: Talk, slug: str, day: str, month: str, year: str, owner: str) -> None:
    given_to_all = talk.conversations.given
    guides: Library = given_to_all["guides"]
    versions = [guide for one in guides.slugs for guide in guides.versions(one)]
    last = date(int(year), int(month), int(day))
    changed = [
        replace(guide, expires_on=last, owner=owner) if guide.slug == slug else guide for guide in versions
    ]
    given_to_all["guides"] = Library(tuple(changed))


@given(r"(\d+) lần báo màn hình khác bài (\S+) bước (\d+)")
async def screens_that_differ(talk: Talk, times: str, slug: str, step: str) -> None:
    async with talk.database.writing() as session:
        for _ in range(int(times)):
            session.add(ScreenReport(slug=slug, step=int(step), reported_at=talk.clock.now()))
