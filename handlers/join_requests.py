"""What becomes of a request to join: the leader decides or asks, and whoever waits hears of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply, notice
from locales import current, dates, ngettext, pgettext
from locales import gettext as _
from services import access, errors, join_requests, notices, people, safety, team, training, units
from services.access import Actor
from services.folding import tokens
from services.join_requests import FirstLesson
from services.lessons import Lessons

router: Final = Router(name=__name__)

ELSEWHERE: Final = frozenset({"0", "menu", "muc chinh", "ve muc chinh", "xoa", "xoa het", "du lieu"})
STOP: Final = frozenset({"thoi", "huy", "dung", "bo"})


class Talking(StatesGroup):
    """Words for the other side are being typed: the leader's question, or its answer."""

    question = State()
    answer = State()


class JoinAccept(CallbackData, prefix="team.accept"):
    """Let somebody in."""

    request: int


class JoinDecline(CallbackData, prefix="team.decline"):
    """Not this time."""

    request: int


class JoinAsk(CallbackData, prefix="team.ask"):
    """Ask one more question first."""

    request: int


class JoinReason(CallbackData, prefix="team.reason"):
    """Say why not: "stranger", "full" or "none"."""

    request: int
    reason: str


class JoinReply(CallbackData, prefix="team.answer"):
    """Answer the leader's question."""

    request: int


def _decisions(request_id: int) -> list[Choice]:
    """Offer the three answers, each with words of its own: two requests may be open at once."""
    return [
        Choice(
            pgettext("button", "Let in"),
            JoinAccept(request=request_id),
            word=_("LET IN {n}").format(n=request_id),
        ),
        Choice(
            pgettext("button", "Not now"),
            JoinDecline(request=request_id),
            word=_("NOT NOW {n}").format(n=request_id),
        ),
        Choice(
            pgettext("button", "Ask more"),
            JoinAsk(request=request_id),
            word=_("ASK MORE {n}").format(n=request_id),
        ),
    ]


@router.callback_query(JoinAccept.filter())
async def accept(
    _query: CallbackQuery,
    callback_data: JoinAccept,
    session: AsyncSession,
    actor: Actor,
    lessons: Lessons,
    now: datetime,
) -> Reply | None:
    """Let somebody into the team, with the lessons that are open."""
    accepted = await join_requests.accept(session, actor, callback_data.request, now=now)
    if accepted is None:
        return None
    first = await _first_lesson(session, accepted.person_id, lessons, now)
    await join_requests.welcome(session, actor, accepted, first, now=now)
    name = team.name_of(units.display_name(accepted.unit))
    text = _("Let in; {team} has {n} people now.").format(team=name, n=accepted.members)
    if accepted.lessons:
        given = ngettext(
            "{who} was given the {n} lesson that is open.",
            "{who} was given the {n} lessons that are open.",
            accepted.lessons,
        )
        text = f"{text} {given.format(who=access.capitalised(accepted.name), n=accepted.lessons)}"
    return Reply(text)


async def _first_lesson(
    session: AsyncSession, person_id: int, lessons: Lessons, now: datetime
) -> FirstLesson | None:
    for one in await training.open_tasks(session, person_id, now=now):
        if one.task.lesson in lessons:
            lesson = lessons.get(one.task.lesson, current())
            return FirstLesson(one.assignment.id or 0, lesson.title, lesson.minutes)
    return None


@router.callback_query(JoinDecline.filter())
async def decline(
    _query: CallbackQuery, callback_data: JoinDecline, session: AsyncSession, actor: Actor, now: datetime
) -> Reply | None:
    """Write down that it is not this time, and offer to say why."""
    request = callback_data.request
    if not await join_requests.decline(session, actor, request, now=now):
        return None
    return Reply(
        _("Noted: not this time. Shall the reason be sent?"),
        choices=[
            Choice(pgettext("button", "Not known yet"), JoinReason(request=request, reason="stranger")),
            Choice(pgettext("button", "Team is full"), JoinReason(request=request, reason="full")),
            Choice(pgettext("button", "No need"), JoinReason(request=request, reason="none")),
        ],
    )


@router.callback_query(JoinReason.filter())
async def give_reason(
    _query: CallbackQuery, callback_data: JoinReason, session: AsyncSession, actor: Actor, now: datetime
) -> Reply:
    """Send the reason, or none."""
    main_menu = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    if callback_data.reason not in {"stranger", "full"}:
        return Reply(_("No reason was sent."), choices=[main_menu])
    await join_requests.give_reason(session, actor, callback_data.request, callback_data.reason, now=now)
    return Reply(_("The reason was sent."), choices=[main_menu])


@router.callback_query(JoinAsk.filter())
async def begin_question(
    _query: CallbackQuery, callback_data: JoinAsk, session: AsyncSession, actor: Actor, state: FSMContext
) -> Reply:
    """Wait for the leader's question."""
    request, _unit = await join_requests.request_of(session, actor, callback_data.request)
    who = people.called(await people.person_of(session, request.person_id))
    await state.set_state(Talking.question)
    await state.update_data(request=callback_data.request)
    text = _("What shall {who} be asked? Tổ Số passes it on word for word. To stop, send THÔI.")
    return Reply(text.format(who=who))


@router.message(StateFilter(Talking.question), F.text)
async def send_question(
    message: Message, session: AsyncSession, actor: Actor, state: FSMContext, now: datetime
) -> Reply:
    """Pass the question on, without secrets."""
    request = await _finish(message, state)
    if request is None:
        return Reply(_("Stopped, nothing was sent."), choices=[_pending()])
    text = safety.redact(message.text or "").text
    who = await join_requests.ask_more(session, actor, request, text, now=now)
    said = _("Passed on to {who}. The answer comes here at once.")
    return Reply(said.format(who=who), choices=_decisions(request))


async def _finish(message: Message, state: FSMContext) -> int | None:
    """End the typing; tell the request it was about, None if it was stopped."""
    folded = " ".join(tokens(message.text or ""))
    if folded in ELSEWHERE:
        raise SkipHandler
    data = await state.get_data()
    await state.set_state(None)
    await state.set_data({key: value for key, value in data.items() if key != "request"})
    return None if folded in STOP else data.get("request")


def _pending() -> Choice:
    return Choice(pgettext("button", "Who wants to join"), "team.pending")


@router.callback_query(F.data == "team.pending")
async def show_pending(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Reply:
    """Show whoever has waited longest to join."""
    held = actor.highest
    if held is None:
        raise errors.NoTeam
    unit = await units.unit_of(session, held.unit_id)
    waiting = await join_requests.waiting_in(session, actor, unit)
    if not waiting:
        return Reply(
            _("Nobody is waiting to join."),
            choices=[
                Choice(pgettext("button", "Add people"), "team.add"),
                Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU),
            ],
        )
    request, person = waiting[0]
    where = await units.unit_of(session, request.unit_id)
    text = _("{name} has been waiting to join {team}. Let them in?")
    name = team.name_of(units.display_name(where))
    return Reply(text.format(name=person.name, team=name), choices=_decisions(request.id or 0))


@notice(notices.JoinAsked)
def say_asked(told: notices.JoinAsked) -> Reply:
    """Ask whoever decides."""
    text = _("{name} wants to join {team}. Let them in?")
    if told.is_reminder:
        text = _("{name} has been waiting to join {team}. Let them in?")
    elif told.inviter:
        text = _("{name} wants to join {team} (by the code of {inviter}). Let them in?")
    said = text.format(name=told.name, team=team.name_of(told.unit), inviter=told.inviter)
    return Reply(said, choices=_decisions(told.request_id))


@notice(notices.JoinAnswer)
def say_answer(told: notices.JoinAnswer) -> Reply:
    """Pass on the answer, with the decision that is still open."""
    text = _('{name} answers: "{text}" Let them in?').format(name=told.name, text=told.text)
    return Reply(text, choices=_decisions(told.request_id))


@router.callback_query(JoinReply.filter())
async def begin_answer(_query: CallbackQuery, callback_data: JoinReply, state: FSMContext) -> Reply:
    """Wait for the answer to the leader's question."""
    await state.set_state(Talking.answer)
    await state.update_data(request=callback_data.request)
    return Reply(_("Send the answer; Tổ Số passes it on word for word. To stop, send THÔI."))


@router.message(StateFilter(Talking.answer), F.text)
async def send_answer(
    message: Message, session: AsyncSession, actor: Actor, state: FSMContext, now: datetime
) -> Reply:
    """Pass the answer on, without secrets."""
    request = await _finish(message, state)
    if request is None:
        return Reply(_("Stopped, nothing was sent."))
    text = safety.redact(message.text or "").text
    who = await join_requests.answer(session, actor, request, text, now=now)
    return Reply(_("Passed on to {who}. The answer comes here at once.").format(who=who))


@notice(notices.JoinAccepted)
def say_accepted(told: notices.JoinAccepted) -> Reply:
    """Welcome a new member, with the first lesson if there is one."""
    text = _("{Decider} said yes, welcome to {team}, {who}!").format(
        Decider=access.capitalised(told.decider), team=team.name_of(told.unit), who=told.who
    )
    if not told.assignment_id:
        return Reply(text, choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)])
    first = _("The first thing: the lesson {lesson}, {minutes} minutes. Learn it now?")
    return Reply(
        f"{text} {first.format(lesson=told.lesson, minutes=told.minutes)}",
        choices=[
            Choice(pgettext("button", "Learn it now"), f"training.open:{told.assignment_id}"),
            Choice(pgettext("button", "Remind me tonight"), f"training.later:{told.assignment_id}:0"),
        ],
    )


@notice(notices.JoinDeclined)
def say_declined(told: notices.JoinDeclined) -> Reply:
    """Say that it was not this time."""
    text = _("{Team} takes nobody new this time. Tổ Số still answers about paperwork as always.")
    return Reply(text.format(Team=access.capitalised(team.name_of(told.unit))))


@notice(notices.JoinReason)
def say_reason(told: notices.JoinReason) -> Reply:
    """Pass on why."""
    text = _("{Decider} says: the team has enough people for now. Thank you for offering!")
    if told.reason == "stranger":
        text = _("{Decider} says: we have not met yet, please drop in once. Then send the code again.")
    return Reply(text.format(Decider=access.capitalised(told.decider)))


@notice(notices.JoinQuestion)
def say_question(told: notices.JoinQuestion) -> Reply:
    """Pass on the leader's question."""
    text = _('{Decider} asks: "{text}"').format(Decider=access.capitalised(told.decider), text=told.text)
    word = _("ANSWER {n}").format(n=told.request_id)
    return Reply(
        text, choices=[Choice(pgettext("button", "Answer"), JoinReply(request=told.request_id), word=word)]
    )


@notice(notices.JoinWaits)
def say_waits(told: notices.JoinWaits) -> Reply:
    """Keep the promised hour, without news."""
    if not told.day:
        text = _(
            "There is still no answer. Please call on {decider}; the request stays open,"
            " and an answer comes here at once."
        )
    elif told.moved_to:
        text = _(
            "{Decider} has not answered, so {moved_to} was asked. By 20:00 on {day} there is word again."
        )
    else:
        text = _("{Decider} has not answered and was reminded. By 20:00 on {day} there is word again.")
    day = date.fromisoformat(told.day) if told.day else None
    return Reply(
        text.format(
            decider=told.decider,
            Decider=access.capitalised(told.decider),
            moved_to=told.moved_to,
            day=f"{dates.weekday(day)} {dates.short(day)}" if day else "",
        )
    )
