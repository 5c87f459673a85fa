"""Which neighbours wait for a person, who is offered their requests, and to whom a supervisor gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import help as requests
from services import help_giving, help_list, people, units
from services.access import Action, Actor, capitalised
from services.help_list import Page, Waiting
from services.help_notices import HelpForSupervisor, HelpOffered
from services.rules import Rules

router: Final = Router(name=__name__)

HOURS_OF_A_DAY: Final = 24


class HelpSee(CallbackData, prefix="help.see"):
    """Look at one request of the list."""

    request: int


class HelpGive(CallbackData, prefix="help.give"):
    """Give a request to the village's leader."""

    request: int


class HelpBeside(CallbackData, prefix="help.beside"):
    """Ask the team beside."""

    request: int


class HelpMore(CallbackData, prefix="help.more"):
    """The next of those who wait."""

    n: int


class HelpLeave(CallbackData, prefix="help.goon"):
    """Let the request take its way."""

    request: int


@router.callback_query(F.data == "help.waiting")
async def list_waiting(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Show the talk somebody is in, else the neighbours who wait."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is not None and relay.is_helper:
        return Goto("help.talk")
    return _page(await help_list.waiting(session, actor), now)


@router.callback_query(HelpMore.filter())
async def list_more(
    _query: CallbackQuery, callback_data: HelpMore, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Show the next of those who wait."""
    return _page(await help_list.waiting(session, actor, skip=callback_data.n), now)


def _page(page: Page, now: datetime) -> Reply:
    if not page.shown:
        menu = Choice(pgettext("button", "Main menu"), MAIN_MENU)
        return Reply(_("Nobody is waiting now."), choices=[menu])
    lines = [_("Neighbours who wait:"), *(_line(one, now) for one in page.shown)]
    label = pgettext("button", "See request {number}")
    choices = [
        Choice(label.format(number=one.request.id), HelpSee(request=one.request.id or 0))
        for one in page.shown
    ]
    if page.next:
        left = page.total - page.next
        lines.append(ngettext("And {n} more.", "And {n} more.", left).format(n=left))
        choices.append(Choice(pgettext("button", "See more"), HelpMore(n=page.next)))
    return Reply("\n".join(lines), choices=choices)


def _line(one: Waiting, now: datetime) -> str:
    text = _("• Request {number}, {village}, since {since} ({age}): {topic}")
    return text.format(
        number=one.request.id,
        village=units.display_name(one.place),
        since=_since(one, now),
        age=_age(one, now),
        topic=one.request.topic,
    )


def _age(one: Waiting, now: datetime) -> str:
    minutes = int((now - one.request.asked_at).total_seconds() // 60)
    return _span(minutes) if minutes else _("just now")


def _since(one: Waiting, now: datetime) -> str:
    asked = one.request.asked_at.astimezone(now.tzinfo)
    if asked.date() == now.date():
        return dates.clock(asked)
    return _("{clock} {day}").format(clock=dates.clock(asked), day=dates.spoken(asked.date(), now.date()))


@router.callback_query(HelpSee.filter())
async def see_request(
    _query: CallbackQuery, callback_data: HelpSee, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Show one request, with what this person can do about it."""
    one = await help_list.open_request(session, actor, callback_data.request)
    if one is None:
        return Goto("help.waiting")
    number = callback_data.request
    may_give = actor.may(Action.ASSIGN_HELP, unit_id=one.request.unit_id, path=one.place.path)
    choices = _offered(number)
    if may_give:
        wait = Choice(pgettext("button", "Keep waiting"), HelpLeave(request=number))
        choices = [*_giving(number, has_leader=True), wait]
    text = _("{village}, waiting since {since}: {topic}. Who takes it?").format(
        village=capitalised(units.display_name(one.place)), since=_since(one, now), topic=one.request.topic
    )
    return Reply(text, choices=choices)


def _offered(number: int) -> list[Choice]:
    return [
        Choice(pgettext("button", "I can help"), f"help.take:{number}", f"NHẬN {number}"),
        Choice(pgettext("button", "Not free"), f"help.decline:{number}", f"BẬN {number}"),
    ]


def _giving(number: int, *, has_leader: bool) -> list[Choice]:
    choices = _offered(number)[:1]
    if has_leader:
        give_on = Choice(pgettext("button", "Give to the leader"), HelpGive(request=number), f"GIAO {number}")
        choices.append(give_on)
    beside = pgettext("button", "Ask the team beside")
    return [*choices, Choice(beside, HelpBeside(request=number), f"BÊN CẠNH {number}")]


@router.callback_query(HelpLeave.filter())
async def let_wait(
    _query: CallbackQuery, callback_data: HelpLeave, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Leave a request to its way, and say when its citizen hears again."""
    one = await help_list.open_request(session, actor, callback_data.request)
    if one is None or one.request.next_word_at is None:
        return Goto("help.waiting")
    text = _("Tổ Số goes on asking and writes to the citizen by {until}. It stays in the list.")
    return Reply(text.format(until=dates.moment(one.request.next_word_at, now)))


@router.callback_query(HelpGive.filter())
async def give(
    _query: CallbackQuery, callback_data: HelpGive, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Give a request to the leader of the village."""
    leader = await help_giving.give_to_leader(session, actor, callback_data.request, now=now)
    text = _("It is given to {who}. It stays in the list until somebody takes it.")
    return Reply(text.format(who=people.called(leader)))


@router.callback_query(HelpBeside.filter())
async def give_beside(
    _query: CallbackQuery,
    callback_data: HelpBeside,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask the next team with anybody free."""
    number = callback_data.request
    unit = await help_giving.give_to_neighbours(session, actor, number, hours=rules.hours, now=now)
    text = _("{team} is asked. It stays in the list until somebody takes it.")
    return Reply(text.format(team=capitalised(requests.team_name(units.display_name(unit)))))


@notice(HelpOffered)
def offer(notice_: HelpOffered) -> Reply:
    """Offer a request: village and topic only."""
    if notice_.by:
        text = _("{Who} asks for help with a request: 1 person of {village}, {topic}. Is it possible?")
    elif notice_.is_beside:
        text = _("1 person of {village} beside asks for help: {topic}. Whoever is free, please take it.")
    else:
        text = _("1 person of {village} asks for help: {topic}. Whoever is free, please take it.")
    words = text.format(Who=capitalised(notice_.by), village=notice_.village, topic=notice_.topic)
    return Reply(words, choices=_offered(notice_.request_id))


@notice(HelpForSupervisor)
def offer_above(notice_: HelpForSupervisor) -> Reply:
    """Tell whoever is in charge, who can take it or give it on."""
    if notice_.minutes < 1:
        text = _("1 person of {village} asks for help: {topic}. To whom shall it go?")
        waited = ""
    else:
        text = _(
            "1 person of {village} has waited {waited} and nobody took it: {topic}. To whom shall it go?"
        )
        waited = _span(notice_.minutes)
    words = text.format(village=notice_.village, waited=waited, topic=notice_.topic)
    return Reply(words, choices=_giving(notice_.request_id, has_leader=notice_.has_leader))


def _span(minutes: int) -> str:
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < HOURS_OF_A_DAY:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = hours // HOURS_OF_A_DAY
    return ngettext("{n} day", "{n} days", days).format(n=days)
