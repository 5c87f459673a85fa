"""What is deleted, what stays, and that forgetting somebody leaves nothing of them."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from aiogram.types import Message
from sqlmodel import SQLModel, col, func, select

from bot import erasures, retention
from bot.database import Database
from handlers.reply import Reply
from models.activity import Activity
from models.audit import Audit
from models.conversation import Conversation, Quarantine, Seen
from models.delivery import Delivery, DeliveryState, Media, ProviderFile
from models.guides import GuideVisit
from models.help import HelpOffer, HelpRequest
from models.jobs import JobRun
from models.people import Account, Assignment, Consent, Person, Role
from models.team import Invite
from services import erasure
from services.retention import _months_before
from tests.factories import make_person, make_unit

HASH = "a" * 64


@pytest.fixture
def purge(database, tmp_path, now):
    """Purge as the command does; the media lie in a folder of the test."""

    async def run(keep_months: int = 12) -> dict[str, int]:
        return await retention.purge(database, media=tmp_path / "media", keep_months=keep_months, now=now)

    return run


async def store(database: Database, *rows: SQLModel) -> list[int]:
    async with database.writing() as session:
        for row in rows:
            session.add(row)
            await session.flush()
        return [getattr(row, "id", 0) for row in rows]


async def count(database: Database, model: type[SQLModel]) -> int:
    async with database.reading() as session:
        return (await session.exec(select(func.count()).select_from(model))).one()


def account(name: str, seen_at, *, person_id: int | None = None) -> Account:
    return Account(
        channel="webchat",
        channel_account="webchat",
        external_id=name,
        person_id=person_id,
        created_at=seen_at,
        seen_at=seen_at,
    )


def delivery(account_id: int, key: str, created_at, state=DeliveryState.SENT) -> Delivery:
    return Delivery(
        account_id=account_id,
        channel_account="webchat",
        chat="1",
        lane=0,
        kind="reply",
        payload={},
        dedupe_key=key,
        state=state,
        created_at=created_at,
    )


def media(token: str, sha256: str, now, expires_at) -> Media:
    return Media(token=token, sha256=sha256, mime="image/png", size=1, created_at=now, expires_at=expires_at)


async def test_marks_of_updates_go_after_thirty_days(database, purge, now):
    old, young = now - timedelta(days=30, minutes=1), now - timedelta(days=30) + timedelta(minutes=1)
    await store(database, Seen(channel_account="t:1", external_id="1", seen_at=old))
    await store(database, Seen(channel_account="t:1", external_id="2", seen_at=young))
    assert (await purge())["seen"] == 1
    async with database.reading() as session:
        assert (await session.exec(select(Seen.external_id))).all() == ["2"]


async def test_more_than_a_batch_goes_in_several(database, purge, now, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    old = now - timedelta(days=31)
    await store(database, *(Seen(channel_account="t:1", external_id=str(n), seen_at=old) for n in range(7)))
    assert (await purge())["seen"] == 7
    assert await count(database, Seen) == 0


async def test_messages_that_went_out_go_after_thirty_days_and_waiting_ones_stay(database, purge, now):
    old = now - timedelta(days=31)
    (key,) = await store(database, account("a", now))
    await store(
        database,
        delivery(key, "sent", old),
        delivery(key, "failed", old, DeliveryState.FAILED),
        delivery(key, "pending", old, DeliveryState.PENDING),
        delivery(key, "waiting", old, DeliveryState.WAITING),
        delivery(key, "new", now),
    )
    assert (await purge())["deliveries"] == 2
    async with database.reading() as session:
        assert set((await session.exec(select(Delivery.dedupe_key))).all()) == {"pending", "waiting", "new"}


async def test_a_nameless_account_goes_after_a_day_with_all_that_was_said_there(database, purge, now):
    silent, talking = await store(
        database, account("silent", now - timedelta(hours=25)), account("talking", now - timedelta(hours=23))
    )
    for key in (silent, talking):
        await store(database, Conversation(channel_account="webchat", chat=str(key), account_id=key))
        await store(database, delivery(key, f"u:{key}", now))
    assert (await purge())["accounts"] == 1
    async with database.reading() as session:
        assert (await session.exec(select(Account.external_id))).all() == ["talking"]
        assert (await session.exec(select(Conversation.account_id))).all() == [talking]
        assert (await session.exec(select(Delivery.account_id))).all() == [talking]


async def test_the_account_of_somebody_who_said_yes_stays(database, purge, now):
    async with database.writing() as session:
        (await make_person(session)).created_at = now
    assert (await purge())["accounts"] == 0
    assert await count(database, Account) == 1


async def test_somebody_silent_for_twelve_months_is_forgotten_unless_they_hold_a_role(database, purge, now):
    async with database.writing() as session:
        village = await make_unit(session)
        for name, role, seen in (
            ("silent", None, now - timedelta(days=366)),
            ("recent", None, now - timedelta(days=360)),
            ("member", Role.MEMBER, now - timedelta(days=900)),
        ):
            person = await make_person(session, name, unit=village, role=role)
            account = (await session.exec(select(Account).where(Account.person_id == person.id))).one()
            account.seen_at = seen
        (await make_person(session, "imported", unit=village)).created_at = now
    assert (await purge())["people"] == 1
    async with database.reading() as session:
        assert set((await session.exec(select(Person.name))).all()) == {"recent", "member", "imported"}


async def test_whoever_goes_on_writing_is_never_forgotten(make_way, database, purge, now):
    async def answer(_message: Message) -> Reply:
        return Reply("Dạ")

    way = make_way(answer)
    await way.say("chào")
    async with database.writing() as session:
        person = Person(name="Hạnh", created_at=now - timedelta(days=500))
        session.add(person)
        await session.flush()
        account = (await session.exec(select(Account))).one()
        account.person_id, account.seen_at = person.id, now - timedelta(days=400)
    await way.say("còn đây")
    assert (await purge())["people"] == 0


@pytest.mark.parametrize(
    ("months", "expected"), [(1, date(2026, 2, 28)), (12, date(2025, 3, 31)), (3, date(2025, 12, 31))]
)
def test_months_are_counted_by_the_calendar(now, months, expected):
    assert _months_before(now.replace(month=3, day=31), months).date() == expected


async def test_old_failures_go(database, purge, now):
    for days in (91, 89):
        row = Quarantine(channel_account="t:1", external_id=str(days), at=now - timedelta(days=days))
        await store(database, row)
    assert (await purge())["quarantine"] == 1
    assert await count(database, Quarantine) == 1


async def test_old_runs_of_jobs_go_and_the_newest_of_each_stays(database, purge, now):
    async with database.writing() as session:
        for job, days in (("daily", 40), ("daily", 1), ("weekly", 50), ("weekly", 45)):
            session.add(JobRun(job=job, due_at=now - timedelta(days=days)))
    assert (await purge())["job_runs"] == 2
    async with database.reading() as session:
        kept = (await session.exec(select(JobRun.job, JobRun.due_at).order_by(JobRun.job))).all()
    assert kept == [("daily", now - timedelta(days=1)), ("weekly", now - timedelta(days=45))]


async def test_expired_media_go_with_their_files_and_shared_files_stay(database, purge, now, tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    yesterday, shared, alone = now - timedelta(days=1), "b" * 64, "c" * 64
    lost, half = "d" * 64, f"{'e' * 64}.12.part"
    for name in (HASH, shared, alone, lost, half):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (yesterday.timestamp() - 60,) * 2)
    (folder / ("f" * 64)).write_bytes(b"being stored now")
    os.utime(folder / ("f" * 64), (now.timestamp(),) * 2)
    (key, *_others) = await store(
        database,
        media("1", alone, now, yesterday),
        media("2", shared, now, yesterday),
        media("3", shared, now, None),
        media("4", HASH, now, now + timedelta(days=1)),
    )
    await store(database, ProviderFile(media_id=key, channel_account="t:1", file_id="x"))
    counts = await purge()
    assert (counts["media"], counts["files"]) == (2, 3)
    assert {path.name for path in folder.iterdir()} == {HASH, shared, "f" * 64}
    assert await count(database, ProviderFile) == 0


async def test_purging_twice_finds_nothing_the_second_time(database, purge, now):
    await store(database, account("silent", now - timedelta(days=2)))
    assert sum((await purge()).values()) == 1
    assert sum((await purge()).values()) == 0


async def forgotten(database: Database, now) -> tuple[int, int]:
    """Store a citizen and a helper with everything, forget the citizen; give back both ids."""
    async with database.writing() as session:
        village = await make_unit(session)
        people = await make_person(session, unit=village), await make_person(session, "Bình", unit=village)
        citizen, helper, unit = people[0].id or 0, people[1].id or 0, village.id or 0
        own = (await session.exec(select(Account.id).where(Account.person_id == citizen))).one() or 0
        request = HelpRequest(person_id=citizen, unit_id=unit, helper_id=helper, asked_at=now)
        session.add(request)
        await session.flush()
        done = {"unit_id": unit, "happened_on": now.date(), "recorded_at": now}
        invite = {"role": Role.MEMBER, "created_at": now, "expires_at": now}
        session.add_all(
            [
                Conversation(channel_account="webchat", chat="1", account_id=own),
                delivery(own, "u:1", now),
                HelpOffer(request_id=request.id or 0, person_id=helper, offered_at=now),
                GuideVisit(person_id=citizen, slug="vneid", started_at=now, moved_at=now),
                Activity(person_id=helper, kind="bot_help", count=1, help_request_id=request.id, **done),
                Activity(person_id=citizen, kind="vneid", count=5, **done),
                Assignment(person_id=citizen, unit_id=unit, role=Role.MEMBER, since=now, until=now),
                Invite(token_hash="h", unit_id=unit, person_id=citizen, **invite),
                Audit(actor_id=citizen, action="activity.logged", subject="activity", at=now),
            ]
        )
        await session.flush()
        assert await erasure.erase_person(session, citizen, now=now)
    return citizen, helper


async def test_nothing_in_any_table_points_at_who_was_forgotten(database, now):
    citizen, _helper = await forgotten(database, now)
    async with database.reading() as session:
        for table in SQLModel.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column.table.name == "person":
                    query = sa.select(func.count()).select_from(table).where(key.parent == citizen)
                    assert await session.scalar(query) == 0, key.parent
    for model in (GuideVisit, HelpRequest, HelpOffer, Conversation, Delivery, Invite, Assignment):
        assert await count(database, model) == 0, model


async def test_counts_stay_without_the_name_of_who_was_forgotten(database, now):
    _citizen, helper = await forgotten(database, now)
    async with database.reading() as session:
        rows = (await session.exec(select(Activity).order_by(col(Activity.kind)))).all()
    assert [(row.kind, row.count, row.person_id) for row in rows] == [
        ("bot_help", 1, helper),
        ("vneid", 5, None),
    ]
    assert rows[0].help_request_id is None


async def test_others_keep_what_is_theirs(database, now):
    _citizen, helper = await forgotten(database, now)
    async with database.reading() as session:
        assert (await session.exec(select(Person.id))).all() == [helper]
        assert (await session.exec(select(Consent.person_id))).all() == [helper]
        assert (await session.exec(select(Account.person_id))).all() == [helper]


async def test_forgetting_leaves_one_audit_row_of_ids(database, now):
    citizen, _helper = await forgotten(database, now)
    async with database.reading() as session:
        rows = (await session.exec(select(Audit).where(Audit.action == erasure.ERASED))).all()
    assert [(row.subject, row.subject_id, row.actor_id, row.fields) for row in rows] == [
        ("person", citizen, None, "")
    ]


async def test_somebody_unknown_cannot_be_forgotten(session, now):
    assert not await erasure.erase_person(session, 4711, now=now)


async def test_the_log_of_erasures_is_written_once_and_tells_what_came_since(database, now, tmp_path):
    log = tmp_path / "toso.erasures"
    citizen, _helper = await forgotten(database, now)
    assert await erasures.write_down(database, log) == 1
    assert await erasures.write_down(database, log) == 0
    assert log.read_text("ascii").split() == ["2026-11-17T01:10:00+00:00", str(citizen)]
    assert erasures.since(log, now) == [citizen]
    assert erasures.since(log, now + timedelta(seconds=1)) == []
    assert erasures.since(tmp_path / "none", now) == []
