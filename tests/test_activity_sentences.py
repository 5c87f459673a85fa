"""What follows from a sentence: entries shared by several, pictures, reminders, and what is forgotten."""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import col, select

from bot.jobs import remind_drafts
from bot.scheduler import Work
from bot.web import photos
from models.activity import Activity, ActivityDraft, ActivityNote, ActivityPhoto, ActivityShare
from models.audit import Audit
from models.conversation import Conversation
from models.delivery import Delivery, Media
from models.people import Account
from services import (
    activity,
    activity_drafts,
    activity_export,
    activity_extras,
    activity_sharing,
    counts,
    erasure,
    errors,
    retention,
)
from services.media import MediaStore
from services.rules import Rules
from services.work_sentences import Reading, reader_for
from tests import golden
from tests.factories import actor_for, make_person, make_unit, make_village_with_team

RULES = Rules()
KINDS = RULES.activity.kinds
DAY = date(2026, 11, 17)


@pytest.fixture
async def village(session):
    """Thôn Hòa Sơn with its team, whom notices reach."""
    village = await make_village_with_team(session)
    for account in (await session.exec(select(Account))).all():
        chat = {"channel_account": account.channel_account, "chat": account.external_id}
        session.add(Conversation(account_id=account.id, **chat))
    await session.flush()
    return village


@pytest.fixture
async def binh(session, village):
    """Anh Bình, who writes."""
    return await actor_for(session, village.members["Bình"])


async def understood(session, actor, text, now) -> Reading:
    """Read a sentence as the handler does."""
    team = await activity_drafts.team_of(session, activity.villages_of(actor))
    return reader_for(KINDS).read(text, today=now.date(), team=team, me=actor.person_id or 0)


async def say(session, actor, text, now) -> tuple[ActivityDraft, list[Activity]]:
    """Let somebody tell a sentence and say yes to it."""
    draft = await activity_drafts.keep(session, actor, await understood(session, actor, text, now), now=now)
    return draft, await activity_drafts.write(session, actor, draft, limits=RULES.activity, now=now)


async def totals(session, unit) -> counts.Totals:
    """Add up the day in a unit."""
    return await counts.totals(session, unit, DAY, DAY, kinds=KINDS)


async def test_a_sentence_is_written_as_several_entries_of_its_own_source(session, village, binh, now):
    _, entries = await say(session, binh, "vneid 3, bhyt 2, họp thôn 1 buổi", now)
    assert {(one.kind, one.count, one.source) for one in entries} == {
        ("vneid", 3, "sentence"),
        ("health_insurance", 2, "sentence"),
        ("village_meeting", 1, "sentence"),
    }
    assert await totals(session, village.unit) == {"persons": 5, "turns": 0, "sessions": 1}
    assert await counts.prove(session) == []


async def test_an_entry_of_several_counts_once_for_the_village_and_in_each_ones_own(
    session, village, binh, now
):
    draft, entries = await say(session, binh, "với Lan và Nam đi 12 nhà", now)
    lan, nam = village.members["Lan"].id, village.members["Nam"].id
    assert (await totals(session, village.unit))["turns"] == 12
    shared = await counts.shared_by_person(session, [lan, nam, binh.person_id], DAY, DAY, kinds=KINDS)
    assert [shared[one]["turns"] for one in (lan, nam, binh.person_id)] == [12, 12, 0]
    own = await counts.by_person(session, [lan], DAY, DAY, kinds=KINDS)
    assert own[lan]["turns"] == 0
    assert await counts.kinds_of(session, lan, DAY, DAY) == {"home_visit": (0, 12)}
    told = (await session.exec(select(Delivery).where(Delivery.kind == "ActivityShared"))).all()
    assert len(told) == 2

    actor = await actor_for(session, village.members["Nam"])
    for _ in range(2):  # said twice it is said once
        await activity_sharing.decline(session, actor, draft.id or 0, limits=RULES.activity, now=now)
    await session.flush()
    shared = await counts.shared_by_person(session, [lan, nam], DAY, DAY, kinds=KINDS)
    assert (shared[lan]["turns"], shared[nam]["turns"]) == (12, 0)
    assert (await totals(session, village.unit))["turns"] == 12
    declined = (await session.exec(select(Delivery).where(Delivery.kind == "ShareDeclined"))).all()
    assert len(declined) == 1
    with pytest.raises(errors.NotYours):
        await activity_sharing.decline(
            session, await actor_for(session, village.leader), draft.id or 0, limits=RULES.activity, now=now
        )
    assert entries[0].person_id == binh.person_id


async def test_shares_pictures_and_words_stay_with_a_corrected_entry(session, village, binh, now):
    _, (entry,) = await say(session, binh, "với Lan đi 12 nhà", now)
    await activity_extras.add_photo(session, binh, entry.id or 0, "far-file", limits=RULES.activity, now=now)
    await activity_extras.add_note(session, binh, entry.id or 0, "gọi 0912345678 sau", now=now)
    _, new = await activity.correct(session, binh, entry.id or 0, 10, limits=RULES.activity, now=now)
    assert len(await activity_extras.photos_of(session, binh, entry.id or 0)) == 1
    assert "0912345678" not in await activity_extras.note_of(session, new.id or 0)
    lan = village.members["Lan"].id
    assert (await counts.shared_by_person(session, [lan], DAY, DAY, kinds=KINDS))[lan]["turns"] == 10
    await activity.undo(session, binh, new.id or 0, limits=RULES.activity, now=now)
    assert (await counts.shared_by_person(session, [lan], DAY, DAY, kinds=KINDS))[lan]["turns"] == 0
    await activity.redo(session, binh, new.id or 0, limits=RULES.activity, now=now)
    assert (await counts.shared_by_person(session, [lan], DAY, DAY, kinds=KINDS))[lan]["turns"] == 10
    assert await counts.prove(session) == []


async def test_a_kind_is_put_right_as_a_new_row(session, village, binh, now):
    _, (entry,) = await say(session, binh, "cài vneid 3 người", now)
    kind = RULES.activity.kind("health_insurance")
    old, new = await activity.correct(
        session, binh, entry.id or 0, 3, kind=kind, limits=RULES.activity, now=now
    )
    assert (old.kind, new.kind, new.corrects_id) == ("vneid", "health_insurance", old.id)
    assert await counts.by_kind(session, village.unit, DAY, DAY) == {"health_insurance": 3}
    fields = select(Audit.fields).where(Audit.action == "activity_corrected")
    assert (await session.exec(fields)).one() == "kind"
    assert await counts.prove(session) == []


async def test_who_may_see_the_pictures_of_an_entry(session, village, binh, now):
    _, (entry,) = await say(session, binh, "họp thôn 1 buổi", now)
    await activity_extras.add_photo(session, binh, entry.id or 0, "far-file", limits=RULES.activity, now=now)
    leader = await actor_for(session, village.leader)
    assert len(await activity_extras.photos_of(session, leader, entry.id or 0)) == 1
    assert len(await activity_extras.recent_with_photo(session, leader, village.unit.id, limit=5)) == 1
    lan = await actor_for(session, village.members["Lan"])
    other = await make_person(session, "Xa", unit=await make_unit(session, "Xa"))
    for stranger in (lan, await actor_for(session, other)):
        with pytest.raises(errors.OutsideArea):
            await activity_extras.photos_of(session, stranger, entry.id or 0)


def with_place() -> bytes:
    """Make a photo as a telephone does: with where it was taken."""
    image = Image.new("RGB", (64, 48), "green")
    exif = image.getexif()
    exif[0x010F] = "Phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (13.0, 58.0, 1.0), 3: "E", 4: (108.0, 0.0, 5.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_picture_is_kept_without_where_it_was_taken(session, binh, now, tmp_path):
    taken = with_place()
    with Image.open(io.BytesIO(taken)) as image:
        assert image.getexif().get_ifd(0x8825), "the photo of this test must have a place"
    store = MediaStore(tmp_path)
    media_id = await store.keep(
        session, photos.cleaned(taken), mime="image/jpeg", now=now, keep_for=timedelta(1)
    )
    _, (entry,) = await say(session, binh, "họp thôn 1 buổi", now)
    token = await store.token_of(session, media_id)
    await activity_extras.add_photo(session, binh, entry.id or 0, token, limits=RULES.activity, now=now)
    assert await activity_extras.photos_of(session, binh, entry.id or 0) == [media_id]
    found = await store.find(session, token, now=now + timedelta(days=RULES.activity.photo_days - 1))
    assert found, "it is kept as long as configured"
    with Image.open(found[1]) as image:
        assert not dict(image.getexif())
        assert not image.getexif().get_ifd(0x8825)
    assert await store.find(session, token, now=now + timedelta(days=RULES.activity.photo_days + 1)) is None


async def test_an_export_says_which_entries_have_a_picture_and_company(session, village, binh, now):
    _, (entry,) = await say(session, binh, "với Lan và Nam đi 12 nhà", now)
    await say(session, binh, "cài vneid 2 người", now)
    await activity_extras.add_photo(session, binh, entry.id or 0, "far-file", limits=RULES.activity, now=now)
    rows = activity_export.entries(
        session, village.unit, DAY, DAY, kinds=KINDS, zone=now.tzinfo, with_names=True
    )
    found = {(row.kind, row.has_photo, row.mates) async for row in rows}
    assert found == {("Đi từng nhà", True, 2), ("Cài VNeID", False, 0)}
    assert len(activity_export.headings()) == 12


async def test_a_sentence_without_a_yes_is_asked_about_once_and_is_gone_the_next_day(
    database, session, village, binh, now
):
    waits = await activity_drafts.keep(
        session, binh, await understood(session, binh, "cài vneid 5 người", now), now=now
    )
    again = await activity_drafts.keep(
        session, binh, await understood(session, binh, "cài vneid 4 người", now), now=now
    )
    asked = await understood(session, binh, "cài vneid mấy người hôm qua", now)
    await activity_drafts.keep(session, binh, asked, now=now)
    evening = now.replace(hour=20, minute=0)
    reminded = [await activity_drafts.remind(session, limits=RULES.activity, now=evening) for _ in range(2)]
    assert reminded == [1, 0], "the first was said anew, the third lacks its number"
    payload = (await session.exec(select(Delivery.payload).where(Delivery.kind == "DraftWaits"))).one()
    assert payload["vars"]["counts"] == [4]
    assert waits.settled_at is not None
    with pytest.raises(errors.DraftGone):
        await activity_drafts.draft_of(session, binh, again.id or 0, now=now + timedelta(days=1))
    tomorrow = evening + timedelta(days=1)
    assert await activity_drafts.remind(session, limits=RULES.activity, now=tomorrow) == 0
    assert (await totals(session, village.unit))["persons"] == 0


async def test_the_evening_job_runs_before_the_quiet_hours(database, now):
    at = remind_drafts.schedule(RULES).get_next_fire_time(None, now)
    assert (at.hour, at.minute) == (20, 0)
    evening = at.replace(tzinfo=now.tzinfo)
    assert not RULES.hours.is_quiet(evening)
    counted = await remind_drafts.run(Work(database, due_at=evening, now=evening, rules=RULES))
    assert counted == {"reminded": 0}


async def test_nobody_says_yes_to_the_sentence_of_another(session, village, binh, now):
    draft = await activity_drafts.keep(
        session, binh, await understood(session, binh, "cài vneid 5 người", now), now=now
    )
    lan = await actor_for(session, village.members["Lan"])
    with pytest.raises(errors.DraftGone):
        await activity_drafts.draft_of(session, lan, draft.id or 0, now=now)


@pytest.mark.parametrize(
    ("text", "error"),
    [("cài vneid 501 người", errors.CountTooLarge), ("20/10 cài vneid 6 người", errors.WeekLocked)],
)
async def test_what_cannot_be_written_is_refused_before_the_yes(session, binh, now, text, error):
    draft = await activity_drafts.keep(session, binh, await understood(session, binh, text, now), now=now)
    with pytest.raises(error):
        await activity_drafts.check(session, binh, draft, RULES.activity, now=now)


async def test_a_spoken_zero_of_a_day_counts_as_reported_and_once(session, village, binh, now):
    unit_id = village.unit.id
    said = [
        await activity_drafts.say_nothing(session, binh, unit_id, DAY, limits=RULES.activity, now=now)
        for _ in range(2)
    ]
    assert said == [True, False]
    assert await counts.entries(session, village.unit, DAY, DAY) == 1
    assert await counts.prove(session) == []


async def test_whoever_is_forgotten_leaves_the_number_and_nothing_of_theirs(session, village, binh, now):
    _, (entry,) = await say(session, binh, "với Lan họp thôn 1 buổi", now)
    await activity_extras.add_photo(session, binh, entry.id or 0, "far-file", limits=RULES.activity, now=now)
    await activity_extras.add_note(session, binh, entry.id or 0, "ở nhà văn hóa", now=now)
    await erasure.erase_person(session, village.members["Lan"].id, now=now)
    assert (await session.exec(select(ActivityShare))).all() == []
    await erasure.erase_person(session, binh.person_id, now=now)
    for model in (ActivityPhoto, ActivityNote, ActivityDraft):
        assert (await session.exec(select(model))).all() == []
    expires = (await session.exec(select(Media.expires_at))).one()
    assert expires is not None
    assert expires <= now
    assert (await totals(session, village.unit))["sessions"] == 1


async def test_old_drafts_and_pictures_are_purged(session, binh, now):
    _, (entry,) = await say(session, binh, "họp thôn 1 buổi", now)
    await activity_extras.add_photo(session, binh, entry.id or 0, "far-file", limits=RULES.activity, now=now)
    later = now + timedelta(days=RULES.activity.photo_days + 1)
    assert await retention.purge_drafts(session, now=later, limit=10) == 1
    assert await retention.purge_media(session, now=later, limit=10) == 1
    assert (await session.exec(select(ActivityPhoto))).all() == []
    assert (await session.exec(select(Activity).where(col(Activity.corrected_at).is_(None)))).one()


async def test_a_draft_holds_no_words(session, binh, now):
    text = "hôm qua giúp bà Nguyễn Thị Hoa và ba bà con nữa cài vneid 5 người"
    draft = await activity_drafts.keep(
        session, binh, await understood(session, binh, "cài vneid 5 người cho xóm bà Hoa", now), now=now
    )
    assert "Hoa" not in str(draft.model_dump())
    assert text not in str(asdict(await understood(session, binh, text, now)))


async def test_a_moment_is_local_for_every_reader(session, binh, now):
    midnight = datetime(2026, 11, 18, 0, 5, tzinfo=now.tzinfo)
    reading = await understood(session, binh, "cài vneid 5 người", midnight)
    assert reading.pieces[0].day == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("script", "sent"), [("activity_tap.txt", 3), ("activity_sentence.txt", 2)], ids=["buttons", "sentence"]
)
def test_what_a_report_costs_in_messages(script, sent):
    """Open, kind, number by buttons (the menu is one tap more from afar); a sentence and a yes."""
    lines = golden.read(Path(__file__).parent / "conversations" / script).lines
    spoken = [line for line in lines if isinstance(line, golden.Line)]
    done = next(at for at, line in enumerate(spoken) if line.text.startswith("Đã ghi"))
    assert sum(line.who == "Bình" for line in spoken[:done]) <= sent
