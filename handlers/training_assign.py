"""How a supervisor gives a lesson: which, to whom, until when, and one look before it goes out."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply
from locales import dates, ngettext, npgettext, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Unit
from services import errors, training_assign, units
from services.access import Actor
from services.folding import tokens
from services.lessons import Lesson, Lessons
from services.rules import Rules

router: Final = Router(name=__name__)

MOST: Final = 6
STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")


class Giving(StatesGroup):
    """What is being asked about a lesson to give."""

    day = State()


class AssignLesson(CallbackData, prefix="training.pick"):
    """Take this lesson; `leaders` is for the leaders alone."""

    slug: str
    leaders: bool = False


class AssignWeeks(CallbackData, prefix="training.weeks"):
    """Until so many weeks after its opening."""

    slug: str
    leaders: bool
    weeks: int


class AssignDay(CallbackData, prefix="training.day"):
    """Until another day."""

    slug: str
    leaders: bool


class AssignGive(CallbackData, prefix="training.give"):
    """Give it: `due` is the last day's ordinal."""

    slug: str
    leaders: bool
    due: int


@router.callback_query(F.data == "training.assign")
async def choose_lesson(_query: CallbackQuery, actor: Actor, state: FSMContext, lessons: Lessons) -> Reply:
    """Ask which lesson to give."""
    _area_id(actor)
    await state.set_state(None)
    found = list(lessons)[:MOST]
    if not found:
        home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
        return Reply(_("There is no lesson to give yet."), choices=[home])
    return Reply(
        _("Which lesson is to be given?"),
        choices=[Choice(lesson.label, AssignLesson(slug=lesson.slug)) for lesson in found],
    )


@router.callback_query(AssignLesson.filter())
async def choose_terms(
    _query: CallbackQuery,
    callback_data: AssignLesson,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
) -> Reply:
    """Ask to whom, and until when."""
    lesson = _lesson(lessons, callback_data.slug)
    area, slug, leaders = await _area(session, actor), lesson.slug, callback_data.leaders
    audience = await training_assign.audience(session, actor, area, slug, _roles(leaders=leaders))
    label = npgettext("button", "{n} person, {weeks} w.", "{n} people, {weeks} w.", audience.people)
    choices = [
        Choice(
            label.format(n=audience.people, weeks=weeks), AssignWeeks(slug=slug, leaders=leaders, weeks=weeks)
        )
        for weeks in (1, 2)
    ]
    if not leaders:
        choices.append(Choice(pgettext("button", "Leaders only"), AssignLesson(slug=slug, leaders=True)))
    choices.append(Choice(pgettext("button", "Another day"), AssignDay(slug=slug, leaders=leaders)))
    whole = lessons.in_set(lesson.set)
    if len(whole) > 1 and not leaders:
        label = pgettext("button", "The whole set of {n}").format(n=len(whole))
        choices.append(Choice(label, f"training.set:{slug}:0"))
    return Reply(_("To whom, and until the end of which day?"), choices=choices)


@router.callback_query(AssignWeeks.filter())
async def choose_weeks(
    _query: CallbackQuery,
    callback_data: AssignWeeks,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show what will happen, with the number of people."""
    opens = training_assign.opens_at(rules.training.push_at, now=now)
    due = opens.date() + timedelta(weeks=callback_data.weeks)
    lesson = _lesson(lessons, callback_data.slug)
    return await _confirm(session, actor, lesson, callback_data.leaders, due, opens, now)


@router.callback_query(AssignDay.filter())
async def ask_day(
    _query: CallbackQuery, callback_data: AssignDay, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Ask for the last day."""
    await state.set_state(Giving.day)
    await state.update_data(giving=[callback_data.slug, callback_data.leaders])
    example = training_assign.opens_at(rules.training.push_at, now=now).date() + timedelta(days=10)
    text = _("Until the end of which day? Send the day, for example {day}. Send THÔI to leave it.")
    return Reply(text.format(day=f"{example.day}/{example.month}"))


@router.message(StateFilter(Giving.day), F.text)
async def type_day(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take the last day that was typed."""
    typed = message.text or ""
    if " ".join(tokens(typed)) in STOP_WORDS:
        await state.set_state(None)
        return _left()
    due = _read_day(typed, now.date())
    if due is None:
        return Reply(_("Send the day as day/month, for example 30/11. Send THÔI to leave it."))
    opens = training_assign.opens_at(rules.training.push_at, now=now)
    training_assign.ensure_due(due, opens)
    slug, leaders = (await state.get_data())["giving"]
    await state.set_state(None)
    return await _confirm(session, actor, _lesson(lessons, slug), leaders, due, opens, now)


def _read_day(typed: str, today: date) -> date | None:
    """Read "30/11" or "30/11/2026"; a day without a year that is past is next year's."""
    found = _DAY.search(typed)
    if found is None:
        return None
    day, month, year = int(found[1]), int(found[2]), int(found[3] or today.year)
    try:
        read = date(year, month, day)
        return read.replace(year=year + 1) if not found[3] and (today - read).days > 180 else read
    except ValueError:
        return None


async def _confirm(
    session: AsyncSession,
    actor: Actor,
    lesson: Lesson,
    leaders: bool,  # noqa: FBT001 - private, read from the button's data
    due: date,
    opens: datetime,
    now: datetime,
) -> Reply:
    area = await _area(session, actor)
    counted = await training_assign.audience(session, actor, area, lesson.slug, _roles(leaders=leaders))
    if not counted.left:
        raise errors.NobodyToLearn(n=counted.people)
    text = ngettext(
        "Give the lesson {title} to {n} person, opening {opens}, last day {day}",
        "Give the lesson {title} to {n} people, opening {opens}, last day {day}",
        counted.people,
    )
    parts = [
        text.format(
            title=lesson.title,
            n=counted.people,
            opens=f"{dates.clock(opens)} {dates.spoken(opens.date(), now.date())}",
            day=f"{dates.weekday(due)} {dates.short(due)}",
        )
    ]
    if counted.passed:
        left_out = ngettext(
            "{n} person has passed and is left out", "{n} people have passed and are left out", counted.passed
        )
        parts.append(left_out.format(n=counted.passed))
    if counted.learning:
        keep = ngettext(
            "{n} person is learning it and keeps the old last day",
            "{n} people are learning it and keep the old last day",
            counted.learning,
        )
        parts.append(keep.format(n=counted.learning))
    data = AssignGive(slug=lesson.slug, leaders=leaders, due=due.toordinal())
    return Reply(
        "; ".join(parts) + ". " + _("Give it?"),
        choices=[
            Choice(pgettext("button", "Give it"), data),
            Choice(pgettext("button", "Correct"), AssignLesson(slug=lesson.slug)),
            Choice(pgettext("button", "Leave it"), "training.leave"),
        ],
    )


@router.callback_query(AssignGive.filter())
async def give(
    _query: CallbackQuery,
    callback_data: AssignGive,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Give the lesson; a second tap says nothing."""
    lesson = _lesson(lessons, callback_data.slug)
    given = await training_assign.give(
        session,
        actor,
        await _area(session, actor),
        lesson.slug,
        roles=_roles(leaders=callback_data.leaders),
        due_on=date.fromordinal(callback_data.due),
        push_at=rules.training.push_at,
        now=now,
    )
    if given is None:
        return None
    opens = training_assign.opens_at(rules.training.push_at, now=now)
    text = ngettext(
        "Given to {n} person. They are told at {opens}; who has passed stands in the weekly summary.",
        "Given to {n} people. They are told at {opens}; who has passed stands in the weekly summary.",
        given,
    )
    moment = f"{dates.clock(opens)} {dates.spoken(opens.date(), now.date())}"
    home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    return Reply(text.format(n=given, opens=moment), choices=[home])


@refusals.refusal(errors.NobodyToLearn)
def say_nobody(refusal: errors.NobodyToLearn) -> Reply:
    """Offer another lesson where nobody is left for this one."""
    return Reply(str(refusal), choices=[Choice(pgettext("button", "Another lesson"), "training.assign")])


@router.callback_query(F.data == "training.leave")
async def leave(_query: CallbackQuery) -> Reply:
    """Give nothing."""
    return _left()


def _left() -> Reply:
    home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    return Reply(_("Nothing was given."), choices=[home])


def _roles(*, leaders: bool) -> tuple[Role, ...]:
    return (Role.LEADER,) if leaders else training_assign.TEAM


def _lesson(lessons: Lessons, slug: str) -> Lesson:
    if slug not in lessons:
        raise SkipHandler
    return lessons.get(slug)


def _area_id(actor: Actor) -> int:
    held = actor.held(Role.SUPERVISOR)
    if held is None:
        raise errors.NotYours
    return held.unit_id


async def _area(session: AsyncSession, actor: Actor) -> Unit:
    return await units.unit_of(session, _area_id(actor))
