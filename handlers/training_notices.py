"""How a lesson is brought and reminded of, and what can be said to that: later, or what is in the way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from services import people, training_notices, training_walk
from services.access import Actor
from services.lessons import Lessons
from services.rules import Rules

router: Final = Router(name=__name__)


class TrainingLater(CallbackData, prefix="training.later"):
    """Be reminded at the evening hour, in so many days."""

    a: int
    days: int = 1


class TrainingStuck(CallbackData, prefix="training.stuck"):
    """Something is in the way; `why` is one of training_walk.REASONS, "" to be asked."""

    a: int
    why: str = ""


@router.callback_query(TrainingLater.filter())
async def remind_later(
    _query: CallbackQuery,
    callback_data: TrainingLater,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Promise to come back in the evening."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    at = training_walk.remind_later(
        session, walk, rules.training.reminder_at, days=callback_data.days, now=now
    )
    day = dates.spoken(at.date(), now.date())
    return Reply(_("Tổ Số reminds at {clock} {day}.").format(clock=dates.clock(at), day=day))


@router.callback_query(TrainingStuck.filter())
async def be_stuck(
    _query: CallbackQuery,
    callback_data: TrainingStuck,
    actor: Actor,
    session: AsyncSession,
    lessons: Lessons,
    now: datetime,
) -> Reply:
    """Ask what is in the way, and pass it on."""
    walk = await training_walk.walk_of(session, actor, callback_data.a, lessons)
    if not callback_data.why:
        labels = {
            "time": pgettext("button", "No time"),
            "hard": pgettext("button", "The lesson is hard"),
            "phone": pgettext("button", "Phone or signal"),
            "other": pgettext("button", "Something else"),
        }
        choices = [Choice(label, TrainingStuck(a=walk.id, why=why)) for why, label in labels.items()]
        return Reply(_("What is in the way?"), choices=choices)
    told = await training_walk.be_stuck(session, walk, callback_data.why, now=now)
    if not told:
        return Reply(_("Noted; there are no more reminders of this lesson. To learn it, send HỌC."))
    text = _("Tổ Số tells {leader} and no longer reminds of this lesson. To learn it, send HỌC.")
    return Reply(text.format(leader=people.called(told[0])))


@notice(training_notices.LessonGivenToMany)
@notice(training_notices.LessonGiven)
def say_given(given: training_notices.LessonGiven) -> Reply:
    """Bring a new lesson."""
    text = _(
        "{by} gives the lesson {title}: {pages} pages, {questions} questions, about {minutes} minutes."
        " The last day is {day}. Learn it now?"
    )
    due = date.fromisoformat(given.due)
    return Reply(
        text.format(
            by=given.by,
            title=given.title,
            pages=given.pages,
            questions=given.questions,
            minutes=given.minutes,
            day=f"{dates.weekday(due)} {dates.short(due)}",
        ),
        choices=[
            Choice(pgettext("button", "Learn it now"), _open(given.assignment_id)),
            Choice(pgettext("button", "Remind me tomorrow"), TrainingLater(a=given.assignment_id)),
        ],
    )


@notice(training_notices.LessonReminder)
def say_reminder(reminder: training_notices.LessonReminder) -> Reply:
    """Remind of a lesson that is open."""
    is_begun = reminder.page or reminder.question or not reminder.pages_left
    onward = pgettext("button", "Go on learning") if is_begun else pgettext("button", "Learn it now")
    choices = [Choice(onward, _open(reminder.assignment_id))]
    if reminder.days > 1:
        later = TrainingLater(a=reminder.assignment_id)
        choices.append(Choice(pgettext("button", "Remind me tomorrow"), later))
    stuck = Choice(pgettext("button", "Something is wrong"), TrainingStuck(a=reminder.assignment_id))
    return Reply(_reminded(reminder), choices=[*choices, stuck])


def _open(assignment_id: int) -> str:
    return f"training.open:{assignment_id}"


def _reminded(reminder: training_notices.LessonReminder) -> str:
    if reminder.days <= 1:
        pages, questions = reminder.pages_left, reminder.questions_left
        left = _("{questions} questions are left.")
        if pages:
            left = _("{pages} pages and {questions} questions are left.")
        text = _("Today is the last day of the lesson {title}.")
        if reminder.days:
            text = _("Tomorrow is the last day of the lesson {title}.")
        return f"{text.format(title=reminder.title)} {left.format(pages=pages, questions=questions)}"
    if reminder.page:
        place = _("at page {n}/{of}").format(n=reminder.page, of=reminder.pages)
    elif reminder.question:
        place = _("at question {n}/{of}").format(n=reminder.question, of=reminder.questions)
    elif reminder.pages_left:
        place = _("not opened yet")
    else:
        place = _("a few questions to redo")
    text = _("The lesson {title} has {days} days left, {place}. It takes about {minutes} minutes, now?")
    return text.format(title=reminder.title, days=reminder.days, place=place, minutes=reminder.minutes_left)


@notice(training_notices.LessonMissed)
def say_missed(missed: training_notices.LessonMissed) -> Reply:
    """Say honestly that the last day has passed."""
    text = _(
        "The lesson {title} is past its last day and is written down as missed."
        " It can still be learnt, and counts as finished late."
    )
    onward = Choice(pgettext("button", "Go on learning"), _open(missed.assignment_id))
    return Reply(text.format(title=missed.title), choices=[onward])


@notice(training_notices.LessonPassed)
def say_passed(passed: training_notices.LessonPassed) -> Reply:
    """Tell the leader that somebody has passed."""
    text = _("{who} has passed the lesson {title}. Team of {unit}: {passed} of {people} have passed.")
    if passed.is_late:
        text = _(
            "{who} has passed the lesson {title}, late. Team of {unit}: {passed} of {people} have passed."
        )
    return Reply(
        text.format(
            who=passed.who, title=passed.title, unit=passed.unit, passed=passed.passed, people=passed.people
        )
    )


@notice(training_notices.LessonStuck)
def say_stuck(stuck: training_notices.LessonStuck) -> Reply:
    """Tell the leader what keeps somebody from a lesson."""
    reasons = {
        "time": _("no time"),
        "hard": _("the lesson is hard"),
        "phone": _("phone or signal"),
        "other": _("something else"),
    }
    text = _(
        "{who} cannot get on with the lesson {title}: {reason}. Tổ Số no longer reminds; please ask after it."
    )
    return Reply(text.format(who=stuck.who, title=stuck.title, reason=reasons[stuck.reason]))
