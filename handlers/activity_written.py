"""What is said of an entry that was just written or corrected, with what it makes in all?"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.activity import Activity
from models.people import Role
from models.review import CountReview, ReviewReason
from models.units import Unit
from services import access, activity, amounts, counts, people, reviews, targets, units
from services.access import Actor
from services.rules import Kind, Rules

router: Final = Router(name=__name__)


class ActivitySaid(CallbackData, prefix="activity.said"):
    """Say what was written."""

    entry: int


class ActivityChanged(CallbackData, prefix="activity.changed"):
    """Say what an entry is now, and the number it had before."""

    entry: int
    before: int


@router.callback_query(ActivitySaid.filter())
async def say_written(
    _query: CallbackQuery,
    callback_data: ActivitySaid,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Say what an entry is and what it makes in all."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    unit = await units.unit_of(session, entry.unit_id)
    return await _written(session, actor, entry, unit, rules, now)


async def _written(
    session: AsyncSession, actor: Actor, entry: Activity, unit: Unit, rules: Rules, now: datetime
) -> Reply:
    kind = activity.kind_of(entry, rules.activity)
    is_today = entry.happened_on == now.date()
    text = _("Written: {what}, {day}.") if is_today else _("Written: {what}, {day} (caught up).")
    text = text.format(what=amounts.work(entry.count, kind), day=dates.spoken(entry.happened_on, now.date()))
    review = await reviews.of_entry(session, entry.id or 0)
    if review is not None:
        text += " " + await _looked_at(session, review, entry)
    elif is_today:
        text += " " + await _sums(session, actor, unit, kind, rules, now)
    day = "" if is_today else entry.happened_on.isoformat()
    more = Choice(pgettext("button", "Write more"), f"activity.for:{entry.unit_id}:{day}")
    return Reply(text, choices=[more, *_changes(entry), *_extras(entry, kind)])


async def _looked_at(session: AsyncSession, review: CountReview, entry: Activity) -> str:
    """Say who will look at a count, and that it counts meanwhile."""
    leads = [
        one for one in await people.holders(session, entry.unit_id, Role.LEADER) if one.id != entry.person_id
    ]
    leader = access.capitalised(people.called(leads[0])) if leads else _("The commune")
    sentences = {
        ReviewReason.HIGH: _("{leader} will look at it because it is more than usual; it counts meanwhile."),
        ReviewReason.SAME: _("{leader} will look at it because it is as yesterday; it counts meanwhile."),
        ReviewReason.BURST: _("{leader} will look at it because much came late; it counts meanwhile."),
        ReviewReason.APPROVAL: _("It waits for {leader}'s approval, until Sunday at the latest."),
    }
    return sentences[review.reason].format(leader=leader)


def _extras(entry: Activity, kind: Kind) -> list[Choice]:
    """Offer what the configuration expects with this kind."""
    photo = Choice(pgettext("button", "Add a photo"), f"activity.photo:{entry.id}")
    note = Choice(pgettext("button", "Add a note"), f"activity.note:{entry.id}")
    return [one for one, is_on in ((photo, kind.is_photo_expected), (note, kind.is_note_expected)) if is_on]


def _changes(entry: Activity) -> list[Choice]:
    return [
        Choice(pgettext("button", "Correct"), f"activity.edit:{entry.id}"),
        Choice(pgettext("button", "Undo the entry"), f"activity.undo:{entry.id}"),
    ]


async def _sums(
    session: AsyncSession, actor: Actor, unit: Unit, kind: Kind, rules: Rules, now: datetime
) -> str:
    """Say one's own week in this unit of count, and the village's month in this kind beside its goal."""
    week = counts.week_of(now.date())
    person_id = actor.person_id or 0
    mine = await counts.by_person(session, [person_id], week.monday, week.sunday, kinds=rules.activity.kinds)
    month = targets.month_of(now.date())
    done = (await counts.by_kind(session, unit, month.first, month.last)).get(kind.name, 0)
    goal = await targets.goal_of(session, unit, kind.name, month)
    said = amounts.said(done, kind.unit) if goal is None else f"{dates.number(done)}/{dates.number(goal)}"
    return _("This week {who} helped {week}, this month the village has {month}.").format(
        who=actor.who,
        week=amounts.said(mine[person_id][kind.unit], kind.unit),
        month=said,
    )


@router.callback_query(ActivityChanged.filter())
async def say_changed(
    _query: CallbackQuery,
    callback_data: ActivityChanged,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Say the number an entry has now, beside the one before."""
    entry = await activity.entry_of(session, actor, callback_data.entry, now=now)
    text = _("Corrected: {what}, {day} (before: {before}).").format(
        what=amounts.work(entry.count, activity.kind_of(entry, rules.activity)),
        day=dates.spoken(entry.happened_on, now.date()),
        before=dates.number(callback_data.before),
    )
    return Reply(text, choices=_changes(entry))
