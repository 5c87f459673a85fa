"""How somebody comes into a team: an invite, a yes, a name, and a word from the leader."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject, CommandStart, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.people import FormOfAddress, Role
from models.team import Invite
from services import access, errors, invites, joining, people, team, units
from services.access import Actor
from services.folding import normalise, tokens
from services.joining import Door
from services.rules import Privacy, Rules

router: Final = Router(name=__name__)

# "HS-4827", "hs 4827", for one person "HS-4827-1903".
CODE: Final = r"^\s*[A-Za-zĐđ]{1,4}[-\s]?\d{4}(?:[-\s]?\d{4})?\s*$"
NAME: Final = re.compile(r"[^\W\d_]+(?:[ '.-]+[^\W\d_]+){0,7}\.?")
LONGEST_NAME: Final = 60
ELSEWHERE: Final = frozenset({"0", "menu", "muc chinh", "ve muc chinh", "xoa", "xoa het", "du lieu"})
STOP: Final = frozenset({"thoi", "huy", "dung", "bo"})
TEAM_ROLES: Final = (Role.MEMBER, Role.LEADER)


class Joining(StatesGroup):
    """What is being asked of somebody at the door."""

    agreeing = State()
    name = State()
    form = State()


class TeamForm(CallbackData, prefix="team.form"):
    """In the team, be called so."""

    form: str


@router.message(CommandStart(deep_link=True), F.text.contains(f" {invites.PREFIX}"))
async def scan_invite(
    _message: Message,
    command: CommandObject,
    session: AsyncSession,
    actor: Actor,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Come in by the link or the QR code of an invite."""
    found = await invites.by_token(session, command.args or "", now=now)
    return await _at_the_door(session, actor, state, rules, found)


@router.message(F.text.regexp(CODE))
async def type_code(
    message: Message, session: AsyncSession, actor: Actor, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Come in by the code that is said aloud or printed under the QR code."""
    found = await invites.by_code(session, message.text or "", now=now)
    if found is None:
        raise SkipHandler
    return await _at_the_door(session, actor, state, rules, found)


async def _at_the_door(
    session: AsyncSession, actor: Actor, state: FSMContext, rules: Rules, found: Invite
) -> Reply:
    """Ask for the yes; the invite proven just now waits in the state, where no tap can forge it."""
    door = await joining.door_of(session, actor, found)
    await state.set_state(Joining.agreeing)
    await state.set_data({"invite": found.id})
    if door.person and door.is_return:
        who = people.called(door.person)
        text = _("This code is for {who}, {unit}. Shall this phone be theirs from now on?")
        return Reply(
            text.format(who=who, unit=units.display_name(door.unit)),
            choices=[
                Choice(pgettext("button", "Yes, this phone"), "team.agree"),
                Choice(pgettext("button", "No, that is not me"), "team.refuse"),
            ],
        )
    return Reply(f"{_invitation(door)} {_what_is_kept(door, rules.privacy)}", choices=_yes_or_no(door))


def _yes_or_no(door: Door, *, is_whole: bool = False) -> list[Choice]:
    is_team = door.invite.role in TEAM_ROLES
    no = pgettext("button", "Do not join") if is_team else pgettext("button", "Stop")
    choices = [Choice(pgettext("button", "I agree"), "team.agree"), Choice(no, "team.refuse")]
    return choices if is_whole else [*choices, Choice(pgettext("button", "Read it all"), "team.more")]


def _invitation(door: Door) -> str:
    said = {
        (Role.MEMBER, True): _("{who} invites you to the digital team of {place}."),
        (Role.MEMBER, False): _("This is an invite to the digital team of {place}."),
        (Role.LEADER, True): _("{who} invites you to lead the digital team of {place}."),
        (Role.LEADER, False): _("This is an invite to lead the digital team of {place}."),
        (Role.SUPERVISOR, True): _("{who} invites you to look after {place}."),
        (Role.SUPERVISOR, False): _("This is an invite to look after {place}."),
        (Role.OPERATOR, True): _("{who} invites you to run Tổ Số for {place}."),
        (Role.OPERATOR, False): _("This is an invite to run Tổ Số for {place}."),
    }[door.invite.role, bool(door.inviter)]
    places = [door.unit, *([door.commune] if door.commune and door.commune.id != door.unit.id else [])]
    place = ", ".join(units.display_name(unit) for unit in places)
    return said.format(who=access.capitalised(door.inviter), place=place)


def _what_is_kept(door: Door, privacy: Privacy) -> str:
    text = _(
        "Tổ Số then keeps the name and what is decided here (kept by: {controller})."
        "\nErasing is possible at any time. Do you agree?"
    )
    if door.invite.role in TEAM_ROLES:
        text = _(
            "In the team, Tổ Số keeps the name, the lessons learnt and the work logged, to sum it up for the"
            " commune (kept by: {controller}).\nLeaving or erasing is possible at any time. Do you agree?"
        )
    return text.format(controller=_controller(door, privacy))


def _controller(door: Door, privacy: Privacy) -> str:
    """Name who keeps the data: what the operator set, else the people's committee of the commune."""
    if privacy.controller != Privacy.controller or door.commune is None:
        return privacy.controller
    return f"UBND {units.display_name(door.commune)}"


@router.callback_query(F.data == "team.more")
async def read_all(
    _query: CallbackQuery, session: AsyncSession, actor: Actor, state: FSMContext, rules: Rules
) -> Reply:
    """Show the consent in full."""
    door = await _door(session, actor, state)
    text = _(
        "What is kept: full name, how to be called, village, lessons, work logged, requests taken."
        " Not kept: ID numbers, OTP codes, passwords."
        "\nWhat for: to give lessons, to sum up the work of the village."
        "\nWho keeps it: {controller}. Who can see it: the team leader and the officers in charge."
        "\nThe right to see, correct and erase: send DỮ LIỆU or XÓA. Do you agree?"
    ).format(controller=_controller(door, rules.privacy))
    return Reply(text, choices=_yes_or_no(door, is_whole=True))


async def _door(session: AsyncSession, actor: Actor, state: FSMContext) -> Door:
    """Find the invite that is being answered; raises InviteForgotten where there is none."""
    held = (await state.get_data()).get("invite")
    row = await invites.invite_of(session, held) if held else None
    if row is None:
        raise errors.InviteForgotten
    return await joining.door_of(session, actor, row)


@router.callback_query(F.data == "team.refuse")
async def refuse(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Stay outside; nothing was kept."""
    await _forget(state)
    return Reply(
        _("Not joined, and nothing was kept. Tổ Số still answers about paperwork as always."),
        choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)],
    )


async def _forget(state: FSMContext) -> None:
    data = await state.get_data()
    await state.set_state(None)
    await state.set_data({key: value for key, value in data.items() if key not in {"invite", "name"}})


@router.callback_query(F.data == "team.agree")
async def say_yes(
    _query: CallbackQuery,
    session: AsyncSession,
    actor: Actor,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Record the yes, and ask for the name, or let in whoever is known."""
    if await state.get_state() in {Joining.name.state, Joining.form.state}:
        return None
    door = await _door(session, actor, state)
    if door.person is not None:
        person = await joining.take_personal(
            session, actor, door.invite.id or 0, privacy=rules.privacy, now=now
        )
        if not door.is_return and person.form_of_address is None:
            return await _ask_form(state, person.name, door.invite.role)
        await _forget(state)
        return _known(people.called(person), units.display_name(door.unit), is_return=door.is_return)
    await joining.agree(session, actor, privacy=rules.privacy, now=now)
    if actor.roles:
        return await _enter(session, actor, state, rules, now)
    await state.set_state(Joining.name)
    return Reply(_("Thank you. What is the full name?"))


def _known(who: str, unit: str, *, is_return: bool) -> Reply:
    text = _("Welcome to {unit}, {who}! Choose what to do in the main menu.")
    if is_return:
        text = _("This phone is now that of {who}. Work logged, lessons and open requests are as before.")
    return Reply(
        text.format(who=who, unit=unit),
        choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)],
    )


@router.message(StateFilter(Joining.name), F.text)
async def type_name(message: Message, state: FSMContext, session: AsyncSession, actor: Actor) -> Reply:
    """Take the full name; without marks it is asked once whether that is how it is written."""
    typed = " ".join(normalise(message.text or "").split())
    folded = " ".join(tokens(typed))
    if folded in ELSEWHERE or typed.startswith("/"):
        raise SkipHandler
    if folded in STOP:
        await _forget(state)
        return Reply(_("Stopped. Whoever has the invite can scan it again."))
    if not NAME.fullmatch(typed) or len(typed) > LONGEST_NAME:
        return Reply(_("What is the full name? For example: Nguyễn Thị Thảo."))
    name = typed.title() if typed in {typed.lower(), typed.upper()} else typed
    was_asked = "name" in await state.get_data()
    await state.update_data(name=name)
    if name.isascii() and not was_asked:
        text = _("Write it with its marks for the certificate, or leave it so. Is the name {name}?")
        return Reply(
            text.format(name=name),
            choices=[
                Choice(pgettext("button", "That is right"), "team.named"),
                Choice(pgettext("button", "Write it again"), "team.rename"),
            ],
        )
    return await _ask_form(state, name, await _role(session, actor, state))


async def _role(session: AsyncSession, actor: Actor, state: FSMContext) -> Role:
    return (await _door(session, actor, state)).invite.role


@router.callback_query(F.data == "team.rename")
async def ask_name_again(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask for the name once more."""
    await state.set_state(Joining.name)
    return Reply(_("What is the full name?"))


@router.callback_query(F.data == "team.named")
async def keep_name(_query: CallbackQuery, state: FSMContext, session: AsyncSession, actor: Actor) -> Reply:
    """Leave the name as it was typed."""
    name = (await state.get_data()).get("name")
    if not name:
        raise errors.InviteForgotten
    return await _ask_form(state, name, await _role(session, actor, state))


async def _ask_form(state: FSMContext, name: str, role: Role) -> Reply:
    await state.set_state(Joining.form)
    asked = (
        _("How should others in the team call you?")
        if role in TEAM_ROLES
        else _("What should others call you?")
    )
    choices = []
    for form in FormOfAddress:
        label = access.capitalised(access.address(name, form))
        if form is FormOfAddress.NAME:
            label = pgettext("button", "Name only")
        choices.append(Choice(label[:LABEL_LENGTH], TeamForm(form=form.value)))
    return Reply(asked, choices=choices)


@router.callback_query(TeamForm.filter())
async def choose_form(
    _query: CallbackQuery,
    callback_data: TeamForm,
    session: AsyncSession,
    actor: Actor,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Keep name and form of address, and knock."""
    if actor.person_id is None or await state.get_state() != Joining.form.state:
        return None
    name = (await state.get_data()).get("name")
    if name:
        await people.set_name(session, actor.person_id, name, now=now)
    await people.set_form_of_address(session, actor.person_id, FormOfAddress(callback_data.form), now=now)
    if name:
        return await _enter(session, actor, state, rules, now)
    await _forget(state)
    held = actor.highest
    unit = units.display_name(await units.unit_of(session, held.unit_id)) if held else ""
    who = people.called(await people.person_of(session, actor.person_id))
    return _known(who, unit, is_return=False)


async def _enter(
    session: AsyncSession, actor: Actor, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    held = (await state.get_data()).get("invite")
    if not held:
        raise errors.InviteForgotten
    await _forget(state)
    entered = await joining.enter(session, actor, held, kinds=rules.activity.kinds, now=now)
    if entered.waits_for is not None and entered.word_at is not None:
        text = _(
            "Sent to {who}. {Who} answers, and Tổ Số says so at once; by {at} there is word in any case."
        )
        who = entered.waits_for
        at = dates.moment(entered.word_at, now)
        return Reply(text.format(who=who, Who=access.capitalised(who), at=at))
    unit = units.display_name(entered.unit)
    if entered.role is Role.LEADER:
        unit = team.led_as(unit)
    text = {
        Role.LEADER: _("From today on you lead the team of {unit}. My team is open now."),
        Role.SUPERVISOR: _("From today on you look after {unit}. See what there is in the main menu."),
    }.get(entered.role, _("From today on you run Tổ Số for {unit}. See what there is in the main menu."))
    return Reply(
        text.format(unit=unit), choices=[Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)]
    )
