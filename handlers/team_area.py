"""What whoever looks after an area does with its teams: see them, invite into them, change their leader."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Level, Unit
from services import (
    access,
    errors,
    join_requests,
    leading,
    notices,
    people,
    reviews,
    team,
    units,
    units_search,
)
from services.access import Action, Actor
from services.folding import tokens
from services.rules import Rules

router: Final = Router(name=__name__)

MOST_LINES: Final = 15
MOST_CHOICES: Final = 4
CHANGE: Final = ["doi", "to", "truong"]
STOP: Final = frozenset({"thoi", "huy", "dung", "bo"})
# What a chosen unit is for, and which tap that is.
WANTED: Final = {
    "see": "team.of:{unit}",
    "lead": "team.leader:{unit}",
    "member": "team.door:member:{unit}",
    "leader": "team.door:leader:{unit}",
    "supervisor": "team.door:supervisor:{unit}",
}


class Choosing(StatesGroup):
    """A village or commune is being typed."""

    unit = State()


class TeamWant(CallbackData, prefix="team.want"):
    """Choose a unit for this."""

    wanted: str


class TeamLeader(CallbackData, prefix="team.leader"):
    """Change the leader of this unit."""

    unit: int


class TeamGive(CallbackData, prefix="team.give"):
    """Give the team to this member: asked first, then done."""

    unit: int
    person: int
    is_sure: bool


class TeamGiveBack(CallbackData, prefix="team.back"):
    """Take a change of leader back."""

    assignment: int


def _menu() -> Choice:
    return Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)


async def _area(session: AsyncSession, actor: Actor) -> Unit:
    """Find the area somebody looks after; raises NoTeam."""
    held = actor.held(Role.SUPERVISOR) or actor.held(Role.OPERATOR)
    if held is None:
        raise errors.NoTeam
    return await units.unit_of(session, held.unit_id)


@router.callback_query(F.data == "team.area")
async def show_area(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Reply:
    """Show the teams of an area in numbers, and what can be done."""
    area = await _area(session, actor)
    numbers = await team.area_of(session, actor, area)
    text = _("{Unit}: {villages} villages, {teams} teams, {members} members. What shall it be?").format(
        Unit=access.capitalised(units.display_name(area)),
        villages=dates.number(numbers.villages),
        teams=dates.number(numbers.teams),
        members=dates.number(numbers.members),
    )
    choices = [
        Choice(pgettext("button", "Choose a village"), TeamWant(wanted="see")),
        Choice(pgettext("button", "Change leader"), "team.change_leader"),
        Choice(pgettext("button", "Invite people"), "team.invite_people"),
    ]
    is_deciding = actor.may(Action.DECIDE_JOIN, unit_id=units.unit_id(area), path=area.path)
    waiting = await join_requests.waiting_in(session, actor, area) if is_deciding else []
    if waiting:
        label = pgettext("button", "Who wants to join")
        choices.append(Choice(f"{label} ({len(waiting)})", "team.pending"))
    if actor.may(Action.CORRECT_ACTIVITY, unit_id=units.unit_id(area), path=area.path):
        odd = await reviews.count_waiting(session, area)
        label = pgettext("button", "Counts to look at")
        choices.append(Choice(f"{label} ({odd})" if odd else label, "review.list"))
    return Reply(text, choices=[*choices, _menu()])


@router.callback_query(F.data == "team.invite_people")
async def ask_role(_query: CallbackQuery, session: AsyncSession, actor: Actor) -> Reply:
    """Ask whom to invite."""
    area = await _area(session, actor)
    choices = [
        Choice(pgettext("button", "Team members"), TeamWant(wanted="member")),
        Choice(pgettext("button", "A team leader"), TeamWant(wanted="leader")),
    ]
    if actor.may(Action.INVITE_SUPERVISOR, unit_id=units.unit_id(area), path=area.path):
        choices.append(Choice(pgettext("button", "An officer in charge"), TeamWant(wanted="supervisor")))
    return Reply(_("Who shall be invited?"), choices=[*choices, _menu()])


@router.callback_query(F.data == "team.change_leader")
async def ask_team(_query: CallbackQuery) -> Goto:
    """Ask for the team whose leader changes."""
    return Goto(TeamWant(wanted="lead"))


@router.callback_query(TeamWant.filter())
async def ask_unit(
    _query: CallbackQuery, callback_data: TeamWant, session: AsyncSession, actor: Actor, state: FSMContext
) -> Reply:
    """Ask which unit it is about: by number where there are few, by name in any case."""
    area = await _area(session, actor)
    wanted = callback_data.wanted if callback_data.wanted in WANTED else "see"
    await state.set_state(Choosing.unit)
    await state.update_data(wanted=wanted)
    level = Level.COMMUNE if wanted == "supervisor" else Level.VILLAGE
    found = await units.subtree(session, area, level)
    asked = (
        _("Which commune? Send its name.") if wanted == "supervisor" else _("Which village? Send its name.")
    )
    if not found or len(found) > MOST_LINES:
        return Reply(asked)
    labels = await units_search.labels(session, found)
    choices = [_choice(unit, wanted, labels.get(units.unit_id(unit), "")) for unit in found]
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    asked = _("Which one? Send the number, or the name.")
    return Reply("\n".join([asked, *lines]), choices=[_menu()], lines=choices)


def _choice(unit: Unit, wanted: str, label: str = "") -> Choice:
    return Choice(label or units.display_name(unit), WANTED[wanted].format(unit=unit.id))


@router.message(StateFilter(Choosing.unit), F.text)
async def type_unit(message: Message, session: AsyncSession, actor: Actor, state: FSMContext) -> Reply | Goto:
    """Find the unit that was typed."""
    typed = (message.text or "").strip()
    wanted = str((await state.get_data()).get("wanted") or "see")
    if " ".join(tokens(typed)) in STOP:
        await state.set_state(None)
        return Reply(_("Stopped."), choices=[_menu()])
    answer = await _search(session, actor, typed, wanted)
    if isinstance(answer, Goto):
        await state.set_state(None)
    return answer


async def _search(session: AsyncSession, actor: Actor, typed: str, wanted: str) -> Reply | Goto:
    area = await _area(session, actor)
    if wanted == "supervisor":
        communes = await units_search.find_communes(session, typed)
        choices = [_choice(unit, wanted) for unit in communes if unit.path.startswith(area.path)]
    else:
        found = await units_search.find_villages(session, typed, within=area)
        choices = [_choice(one.unit, wanted, one.label) for one in found]
    if len(choices) == 1:
        return Goto(choices[0].packed())
    if not choices:
        text = _('"{typed}" was not found in {unit}. Send the name as it is on the list.')
        return Reply(text.format(typed=typed[:40], unit=units.display_name(area)), choices=[_menu()])
    short = [Choice(choice.label[:LABEL_LENGTH], choice.data) for choice in choices[: MOST_CHOICES + 1]]
    return Reply(_("There are {n} of that name. Which one is it?").format(n=len(choices)), choices=short)


@router.message(F.text, F.text.func(lambda text: tokens(text)[:3] == CHANGE))
async def type_change(message: Message, session: AsyncSession, actor: Actor) -> Reply | Goto:
    """Change a leader by words: "doi to truong hoa son"."""
    if actor.held(Role.SUPERVISOR, Role.OPERATOR) is None:
        raise SkipHandler
    place = " ".join(tokens(message.text or "")[3:])
    return await _search(session, actor, place, "lead") if place else Goto("team.change_leader")


@router.callback_query(TeamLeader.filter())
async def ask_successor(
    _query: CallbackQuery, callback_data: TeamLeader, session: AsyncSession, actor: Actor
) -> Reply:
    """Ask who takes the team."""
    unit = await _changeable(session, actor, callback_data.unit)
    name = team.led_as(units.display_name(unit))
    leader = await leading.leader_of(session, unit)
    if leader is not None:
        text = _("The leader of {unit} is {who} now. Who takes it?").format(
            unit=name, who=people.called(leader)
        )
    else:
        text = _("{Unit} has no leader yet. Who takes it?").format(Unit=access.capitalised(name))
    members = [
        member for member in await team.members_of(session, callback_data.unit) if member.role is Role.MEMBER
    ]
    outsider = Choice(pgettext("button", "Somebody else"), f"team.door:{Role.LEADER}:{unit.id}")
    choices = [
        Choice(
            access.capitalised(member.who)[:LABEL_LENGTH],
            TeamGive(unit=callback_data.unit, person=member.id, is_sure=False),
        )
        for member in members
    ]
    if len(choices) <= MOST_CHOICES:
        return Reply(text, choices=[*choices, outsider])
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    return Reply("\n".join([text, *lines, _("Send the number.")]), choices=[outsider], lines=choices)


async def _changeable(session: AsyncSession, actor: Actor, unit_id: int) -> Unit:
    unit = await units.unit_of(session, unit_id)
    actor.require(Action.CHANGE_LEADER, unit_id=unit_id, path=unit.path)
    return unit


@router.callback_query(TeamGive.filter())
async def give(
    _query: CallbackQuery,
    callback_data: TeamGive,
    session: AsyncSession,
    actor: Actor,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show what will happen, then do it."""
    unit = await _changeable(session, actor, callback_data.unit)
    if callback_data.is_sure:
        change = await leading.change_leader(
            session, actor, unit, callback_data.person, kinds=rules.activity.kinds, now=now
        )
        text = _("Changed at {at}. The whole team was told; within 7 days it can be changed back.")
        back = Choice(pgettext("button", "Change back"), TeamGiveBack(assignment=change.assignment_id))
        return Reply(text.format(at=dates.clock(now)), choices=[back])
    member = await team.member_of(session, actor, unit, callback_data.person)
    leader = await leading.leader_of(session, unit)
    text = _("From today {who} leads the team. What was logged stays with the village. Change it?")
    if leader is not None:
        text = _(
            "From today {who} leads the team, {former} is a member."
            " What was logged stays with the village. Change it?"
        )
    former = people.called(leader) if leader else ""
    sure = TeamGive(unit=callback_data.unit, person=member.id, is_sure=True)
    return Reply(
        text.format(who=member.who, former=former),
        choices=[
            Choice(pgettext("button", "Change it"), sure),
            Choice(pgettext("button", "Stop"), "team.keep_leader"),
        ],
    )


@router.callback_query(F.data == "team.keep_leader")
async def keep_leader(_query: CallbackQuery) -> Reply:
    """Change nothing."""
    return Reply(_("Nothing was changed."), choices=[_menu()])


@router.callback_query(TeamGiveBack.filter())
async def give_back(
    _query: CallbackQuery,
    callback_data: TeamGiveBack,
    session: AsyncSession,
    actor: Actor,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take the change back."""
    change = await leading.change_back(
        session, actor, callback_data.assignment, kinds=rules.activity.kinds, now=now
    )
    text = _("Changed back at {at}: {who} leads the team again. The whole team was told.")
    return Reply(text.format(at=dates.clock(now), who=change.leader), choices=[_menu()])


@notice(notices.LeaderGiven)
def say_given(told: notices.LeaderGiven) -> Reply:
    """Tell the new leader."""
    text = _("{By} asks {who} to lead {unit} from today. My team is open now.")
    mine = Choice(pgettext("button", "My team"), "team.mine")
    said = text.format(By=access.capitalised(told.by), who=told.who, unit=team.led_as(told.unit))
    return Reply(said, choices=[mine])


@notice(notices.LeaderThanked)
def say_thanked(told: notices.LeaderThanked) -> Reply:
    """Thank the former leader."""
    text = _("Thank you, {who}, for leading {team} since {since}. {Successor} goes on from today.")
    if told.persons:
        text = _(
            "Thank you, {who}, for leading {team} since {since}: {n} people were helped."
            " {Successor} goes on from today."
        )
    return Reply(
        text.format(
            who=told.who,
            team=team.name_of(told.unit),
            since=told.since,
            n=dates.number(told.persons),
            Successor=access.capitalised(told.successor),
        )
    )


@notice(notices.LeaderChanged)
def say_changed(told: notices.LeaderChanged) -> Reply:
    """Tell the team."""
    text = _("From today {leader} leads {unit}.")
    if told.former:
        text = _("From today {leader} leads {unit}; {former} stays as a member.")
    return Reply(text.format(leader=told.leader, unit=team.led_as(told.unit), former=told.former))


@notice(notices.SuccessorNeeded)
def say_needed(told: notices.SuccessorNeeded) -> Reply:
    """Ask the supervisor for the next leader."""
    text = _("{Who} wishes to stop leading {unit}. Choose the next leader now?")
    return Reply(
        text.format(Who=access.capitalised(told.who), unit=team.led_as(told.unit)),
        choices=[Choice(pgettext("button", "Change leader"), TeamLeader(unit=told.unit_id))],
    )
