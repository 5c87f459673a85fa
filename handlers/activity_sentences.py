"""Work told in one sentence: taken for a report, a "there was nothing", a question, or none of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from services import activity, activity_drafts, counts, team_week, units
from services.access import Actor, capitalised
from services.matching import Matcher
from services.rules import Rules
from services.safety import redact
from services.work_sentences import Reading, reader_for

router: Final = Router(name=__name__)

LONGEST: Final = 400
KEPT: Final = "sentence"


class SentenceNothing(CallbackData, prefix="sentence.nothing"):
    """There was nothing to do on a day, or in its week."""

    unit: int
    day: str
    week: bool = False


class SentenceIs(CallbackData, prefix="sentence.is"):
    """What a sentence is that could be either: work that was done, or a question."""

    report: bool


def _is_in_team(actor: Actor) -> bool:
    return actor.person_id is not None and actor.held(Role.MEMBER, Role.LEADER) is not None


@router.message(F.text, lambda _event, actor: _is_in_team(actor))
async def read_sentence(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Take a sentence that reports work; everything else goes on to whom it belongs."""
    text = message.text or ""
    is_elsewhere = await state.get_state() is not None or text.startswith("/") or len(text) > LONGEST
    if is_elsewhere or redact(text).kinds:
        raise SkipHandler
    reading = await _read(session, actor, text, rules, now)
    if reading.outcome == "none":
        raise SkipHandler
    if reading.outcome == "zero":
        return await _ask_nothing(session, actor, reading, now)
    if reading.doubt == "question":
        await state.update_data({KEPT: text})
        return _ask_which()
    return await _take(session, actor, reading, now)


async def _read(
    session: AsyncSession, actor: Actor, text: str, rules: Rules, now: datetime, *, is_report: bool = False
) -> Reading:
    team = await activity_drafts.team_of(session, activity.villages_of(actor))
    reader = reader_for(rules.activity.kinds)
    return reader.read(text, today=now.date(), team=team, me=actor.person_id or 0, is_report=is_report)


async def _take(session: AsyncSession, actor: Actor, reading: Reading, now: datetime) -> Reply | Goto:
    if not reading.pieces:
        return _ask_again(reading)
    draft = await activity_drafts.keep(session, actor, reading, now=now)
    return Goto(f"sentence.open:{draft.id}")


def _ask_again(reading: Reading) -> Reply:
    """Ask for what no button can answer to be said once more."""
    sentences: dict[str, str] = {
        "who": _(
            "It is not clear yet who did the work."
            " Please send it again, for example: voi Lan cai vneid 5 nguoi. Who was it?"
        ),
        "undone": _("What is not finished is not written. Is there something that was finished?"),
    }
    pairs = _(
        "It is not clear yet which number belongs to which work."
        " Please send each work with its number, for example: cai vneid 5, bhyt 2. How was it?"
    )
    by_button = Choice(pgettext("button", "Log by buttons"), "activity.log")
    return Reply(sentences.get(reading.doubt, pairs), choices=[by_button, _main_menu()])


def _main_menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), "menu.open")


def _ask_which() -> Reply:
    return Reply(
        _("Is this work that was done, or a question?"),
        choices=[
            Choice(pgettext("button", "Work that was done"), SentenceIs(report=True)),
            Choice(pgettext("button", "A question"), SentenceIs(report=False)),
        ],
    )


@router.callback_query(SentenceIs.filter())
async def say_which(
    _query: CallbackQuery,
    callback_data: SentenceIs,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    matcher: Matcher,
    now: datetime,
) -> Reply | Goto:
    """Go on with the sentence as what it was meant as; its words are dropped."""
    data = await state.get_data()
    text = str(data.pop(KEPT, ""))
    await state.set_data(data)
    if not text:
        return Goto("menu.open")
    if callback_data.report:
        reading = await _read(session, actor, text, rules, now, is_report=True)
        return await _take(session, actor, reading, now)
    match = matcher.match(text)
    slug = match.guide or (match.candidates[0].guide if match.candidates else None)
    return Goto(f"guide.start:{slug}" if slug and not match.stub else "question.none")


async def _ask_nothing(session: AsyncSession, actor: Actor, reading: Reading, now: datetime) -> Reply:
    """Ask whether there was nothing to do: that is a report too."""
    day = reading.day or now.date()
    villages = activity.villages_of(actor)
    said = _("this week") if reading.is_week else dates.spoken(day, now.date())
    choices = []
    for unit_id in villages:
        nothing = SentenceNothing(unit=unit_id, day=day.isoformat(), week=reading.is_week)
        label = pgettext("button", "Right, log it")
        if len(villages) > 1:
            label = units.display_name(await units.unit_of(session, unit_id))[:20]
        choices.append(Choice(label, nothing))
    text = _("{Day} there was nothing to do, is that right?").format(Day=capitalised(said))
    return Reply(text, choices=[*choices, Choice(pgettext("button", "Do not write"), "activity.not_again")])


@router.callback_query(SentenceNothing.filter())
async def say_nothing(
    _query: CallbackQuery,
    callback_data: SentenceNothing,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Write the spoken zero; said twice it is one."""
    day = date.fromisoformat(callback_data.day)
    log = Choice(pgettext("button", "Log work"), "activity.log")
    if callback_data.week:
        return await _week_of_nothing(session, actor, callback_data.unit, day, log, rules, now)
    limits = rules.activity
    await activity_drafts.say_nothing(session, actor, callback_data.unit, day, limits=limits, now=now)
    text = _("Written: {day} there was nothing to do. Work that comes up can still be logged.")
    return Reply(text.format(day=dates.spoken(day, now.date())), choices=[log, _main_menu()])


async def _week_of_nothing(
    session: AsyncSession, actor: Actor, unit_id: int, day: date, log: Choice, rules: Rules, now: datetime
) -> Reply:
    unit = await units.unit_of(session, unit_id)
    week = counts.week_of(day)
    said: Any = await team_week.say_no_work(session, actor, unit, day, limits=rules.activity, now=now)
    if said is None:
        text = _("This week {village} already has work that was written. It stays as it is.")
        return Reply(text.format(village=units.display_name(unit)), choices=[log, _main_menu()])
    text = _("Written: nothing to do in week {week} ({days}). Work that comes up can still be logged.")
    span = dates.span(week.monday, week.sunday)
    return Reply(text.format(week=week.iso_week, days=span), choices=[log, _main_menu()])
