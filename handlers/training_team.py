"""How a leader sees who of the team is behind, and how whoever looks after teams asks after their lessons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, ngettext, npgettext, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Level, Unit
from services import access, team, training_nudges, units
from services.access import Actor
from services.lessons import Lessons
from services.rules import Rules
from services.training_notices import LessonNudged, LessonNudgedToMany
from services.training_nudges import Learner, TeamLesson

router: Final = Router(name=__name__)

MOST_LESSONS: Final = 3
MOST_NAMES: Final = 8


class TrainingTeam(CallbackData, prefix="training.team"):
    """How this team learns."""

    unit: int


class TrainingNudge(CallbackData, prefix="training.nudge"):
    """Ask after lessons in this unit: shown first unless it is sure."""

    unit: int
    is_sure: bool


def _home() -> Choice:
    return Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)


@router.callback_query(TrainingTeam.filter())
async def show_team(
    _query: CallbackQuery,
    callback_data: TrainingTeam,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    now: datetime,
) -> Reply:
    """Show how far the team is with each lesson, who is behind, and who has passed a whole set."""
    unit = await units.unit_of(session, callback_data.unit)
    seen = await training_nudges.see(session, actor, unit, lessons, now=now)
    parts = [_lesson(one, now) for one in seen.lessons[:MOST_LESSONS]]
    for name, persons in seen.done:
        done = _("The whole set {name} is passed by: {people}.")
        parts.append(done.format(name=name, people=_listed(persons)))
    if not parts:
        parts = [_("No lesson is given now.")]
    choices = []
    if seen.to_nudge:
        label = npgettext("button", "Remind {n} person", "Remind {n} people", seen.to_nudge)
        data = TrainingNudge(unit=callback_data.unit, is_sure=True)
        choices.append(Choice(label.format(n=seen.to_nudge), data))
    if actor.held(Role.LEADER):
        choices.append(Choice(pgettext("button", "My team"), "team.mine"))
    heading = _("{Team} learns:").format(Team=access.capitalised(team.name_of(units.display_name(unit))))
    return Reply("\n".join([heading, *parts]), choices=[*choices, _home()])


def _lesson(seen: TeamLesson, now: datetime) -> str:
    progress = seen.progress
    text = _("Lesson {title}: {passed}/{people} people have passed, last day {day}.")
    if progress.due_on < now.date():
        text = _("Lesson {title}: {passed}/{people} people have passed, the last day was {day}.")
    day = f"{dates.weekday(progress.due_on)} {dates.short(progress.due_on)}"
    head = text.format(title=seen.title, passed=progress.passed, people=progress.people, day=day)
    groups = (
        (_("Not opened yet: {people}."), [one for one in seen.behind if _is_quiet(one) and not one.page]),
        (_("Learning: {people}."), [one for one in seen.behind if _is_quiet(one) and one.page]),
        (_("Something is in the way: {people}."), [one for one in seen.behind if one.is_stuck]),
        (_("Missed it: {people}."), [one for one in seen.behind if one.is_missed and not one.is_stuck]),
    )
    lines = [
        f"• {said.format(people=_listed(_learner(one) for one in group))}" for said, group in groups if group
    ]
    return "\n".join([head, *lines])


def _is_quiet(one: Learner) -> bool:
    return not one.is_stuck and not one.is_missed


def _learner(one: Learner) -> str:
    if one.is_in_quiz:
        return _("{who} (in the questions)").format(who=one.who)
    if one.page:
        return _("{who} (page {n}/{of})").format(who=one.who, n=one.page, of=one.pages)
    return one.who


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    said, more = ", ".join(found[:MOST_NAMES]), len(found) - MOST_NAMES
    return _("{people} and {n} more").format(people=said, n=more) if more > 0 else said


@router.callback_query(TrainingNudge.filter())
async def nudge(
    _query: CallbackQuery,
    callback_data: TrainingNudge,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask after the lessons of everybody who is behind; where it is many, show first what they will read."""
    unit = await units.unit_of(session, callback_data.unit)
    if not callback_data.is_sure:
        count = await training_nudges.count(session, actor, unit, lessons, now=now)
        return _preview(actor, unit, count) if count else _nobody()
    told = await training_nudges.nudge(session, actor, unit, lessons, now=now)
    if not told:
        return _nobody()
    text = ngettext(
        "{n} person was asked. Whoever gets on with it is seen under Lessons learnt.",
        "{n} people were asked. Whoever gets on with it is seen under Lessons learnt.",
        told,
    )
    if rules.hours.is_quiet(now):
        text = ngettext(
            "It is late: {n} person is asked when the quiet hours end, at {clock}.",
            "It is late: {n} people are asked when the quiet hours end, at {clock}.",
            told,
        )
    clock = dates.clock(now.replace(hour=rules.hours.quiet_to.hour, minute=rules.hours.quiet_to.minute))
    return Reply(text.format(n=told, clock=clock), choices=[_home()])


def _preview(actor: Actor, unit: Unit, count: int) -> Reply:
    text = ngettext(
        '{n} person in {unit} gets: "{words}" and how far the lesson is. Send it?',
        '{n} people in {unit} get: "{words}" and how far the lesson is. Send it?',
        count,
    )
    place = units.display_name(unit)
    if unit.level is Level.VILLAGE:
        place = team.name_of(place)
    words = _asked_by(access.capitalised(actor.who))
    return Reply(
        text.format(n=count, unit=place, words=words),
        choices=[
            Choice(pgettext("button", "Send"), TrainingNudge(unit=units.unit_id(unit), is_sure=True)),
            Choice(pgettext("button", "Leave it"), refusals.MAIN_MENU),
        ],
    )


def _nobody() -> Reply:
    text = _(
        "Nobody is left to be asked today: whoever has not passed was told already, rests, or has said what"
        " is in the way."
    )
    return Reply(text, choices=[_home()])


def _asked_by(by: str) -> str:
    return _("{By} asks after the lesson.").format(By=by)


@notice(LessonNudgedToMany)
@notice(LessonNudged)
def say_nudged(said: LessonNudged) -> Reply:
    """Ask after a lesson in somebody's name."""
    is_begun = said.page or said.question or not said.pages_left
    onward = pgettext("button", "Go on learning") if is_begun else pgettext("button", "Learn it now")
    choices = [Choice(onward, f"training.open:{said.assignment_id}")]
    if said.days > 1 and not said.is_missed:
        later = f"training.later:{said.assignment_id}:1"
        choices.append(Choice(pgettext("button", "Remind me tomorrow"), later))
    stuck = Choice(pgettext("button", "Something is wrong"), f"training.stuck:{said.assignment_id}:")
    return Reply(f"{_asked_by(said.by)} {_asked(said)}", choices=[*choices, stuck])


def _asked(said: LessonNudged) -> str:
    if said.is_missed:
        text = _(
            "The lesson {title} is past its last day and can still be learnt, about {minutes} minutes, now?"
        )
    elif not said.days:
        text = _("Today is the last day of the lesson {title}, about {minutes} minutes, now?")
    else:
        text = ngettext(
            "The lesson {title} has {days} day left, about {minutes} minutes, now?",
            "The lesson {title} has {days} days left, about {minutes} minutes, now?",
            said.days,
        )
    return text.format(title=said.title, days=said.days, minutes=said.minutes_left)
