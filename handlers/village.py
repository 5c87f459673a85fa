"""How somebody says where they live: typed, picked from a list, or by a poster's code."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.units import Level, Unit
from services import people, units, units_search
from services.access import Actor

router: Final = Router(name=__name__)

PAGE: Final = 4


class Where(StatesGroup):
    """What is being asked about the place."""

    village = State()
    commune = State()


class VillageAsk(CallbackData, prefix="village.ask"):
    """Ask where somebody lives, then go on with another choice."""

    then: str


class VillagePick(CallbackData, prefix="village.pick"):
    """Take this village."""

    unit: int


class VillageList(CallbackData, prefix="village.list"):
    """Show a commune's villages, a page at a time; 0 is the only commune there is."""

    commune: int = 0
    page: int = 0


@router.callback_query(VillageAsk.filter())
async def ask(_query: CallbackQuery, callback_data: VillageAsk, state: FSMContext) -> Reply:
    """Ask for the village."""
    await state.set_state(Where.village)
    await state.update_data(then=callback_data.then)
    return Reply(
        _("Thank you. Typing without marks is fine: which village is home?"),
        choices=[
            Choice(pgettext("button", "Choose from a list"), VillageList()),
            Choice(pgettext("button", "Skip"), "village.skip"),
        ],
    )


@router.callback_query(F.data == "village.poster")
async def confirm_poster(_query: CallbackQuery, state: FSMContext, session: AsyncSession) -> Reply:
    """Ask whether the poster's village is home."""
    data = await state.get_data()
    village = await units.unit_of(session, data["poster"])
    await state.set_state(Where.village)
    await state.set_data(
        {key: value for key, value in data.items() if key != "poster"} | {"then": "hello.done"}
    )
    text = _("By the code just scanned, home is {village}, {commune}. Is that right?")
    commune = await units.ancestor(session, village, Level.COMMUNE)
    return Reply(
        text.format(
            village=units.display_name(village), commune=units.display_name(commune) if commune else ""
        ),
        choices=_confirm(village),
    )


@router.message(StateFilter(Where.village), F.text)
async def type_village(
    message: Message, session: AsyncSession, state: FSMContext, actor: Actor, now: datetime
) -> Reply | Goto:
    """Find the village that was typed, by its present or a former name."""
    typed = (message.text or "").strip()
    found = await units_search.find_villages(session, typed)
    if not found:
        return Reply(
            _(
                'No "{typed}" was found yet. The commune can be typed first, or an old name of the village.'
                " Search again or skip?"
            ).format(typed=typed[:40]),
            choices=[
                Choice(pgettext("button", "Choose from a list"), VillageList()),
                Choice(pgettext("button", "Skip"), "village.skip"),
            ],
        )
    if len(found) == 1:
        return await _one(found[0], session, state, actor, now)
    return _several(found[:PAGE])


async def _one(
    found: units_search.Found, session: AsyncSession, state: FSMContext, actor: Actor, now: datetime
) -> Reply | Goto:
    village = units.display_name(found.unit)
    if found.former is None:
        return await _settle(found.unit, session, state, actor, now)
    commune = units.display_name(found.commune) if found.commune else ""
    former = found.former
    text = _("{kind} {old} is now {village}, {commune}. Is home {village}?")
    if former.until:
        text = _("{kind} {old} was joined to {village}, {commune} on {day}. Is home {village}?")
    kind = found.unit.kind[:1].upper() + found.unit.kind[1:]
    day = dates.long(former.until) if former.until else ""
    return Reply(
        text.format(kind=kind, old=former.name, village=village, commune=commune, day=day),
        choices=_confirm(found.unit),
    )


def _several(found: list[units_search.Found]) -> Reply:
    """Let somebody tell namesakes apart."""
    first = found[0]
    same_commune = all(one.commune == first.commune for one in found) and first.commune
    name = units.display_name(first.unit)
    if same_commune and first.commune:
        commune = units.display_name(first.commune)
        commune = commune[:1].upper() + commune[1:]
        text = _("{commune} has {n} places called {village}. Which one is home?")
        text = text.format(commune=commune, n=len(found), village=name)
    else:
        text = _("There are {n} places called {village}. Which one is home?")
        text = text.format(n=len(found), village=name)
    choices = [Choice(one.label[:LABEL_LENGTH], VillagePick(unit=one.unit.id or 0)) for one in found]
    return Reply(text, choices=[*choices, Choice(pgettext("button", "Another village"), "village.again")])


@router.callback_query(VillagePick.filter())
async def pick(
    _query: CallbackQuery,
    callback_data: VillagePick,
    session: AsyncSession,
    state: FSMContext,
    actor: Actor,
    now: datetime,
) -> Goto:
    """Take the village that was picked or confirmed."""
    village = await units.unit_of(session, callback_data.unit)
    return await _settle(village, session, state, actor, now)


async def _settle(
    village: Unit, session: AsyncSession, state: FSMContext, actor: Actor, now: datetime
) -> Goto:
    if actor.person_id is not None:
        await people.set_village(session, actor.person_id, village.id, now=now)
    return await _onward(state)


@router.callback_query(F.data == "village.skip")
async def skip(_query: CallbackQuery, state: FSMContext) -> Goto:
    """Go on without a village: the commune is asked when a person is needed."""
    return await _onward(state)


async def _onward(state: FSMContext) -> Goto:
    data = await state.get_data()
    await state.set_state(None)
    await state.set_data({key: value for key, value in data.items() if key != "then"})
    return Goto(data.get("then") or "hello.done")


@router.callback_query(F.data == "village.again")
async def ask_again(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask once more."""
    await state.set_state(Where.village)
    return Reply(
        _("Type the name of the village, or the commune and the village."),
        choices=[
            Choice(pgettext("button", "Choose from a list"), VillageList()),
            Choice(pgettext("button", "Skip"), "village.skip"),
        ],
    )


@router.callback_query(VillageList.filter())
async def show_list(
    _query: CallbackQuery, callback_data: VillageList, session: AsyncSession, state: FSMContext
) -> Reply:
    """Show the villages of a commune; with several communes, ask for the commune first."""
    commune = await units_search.only_commune(session, callback_data.commune)
    if commune is None:
        await state.set_state(Where.commune)
        return Reply(_("Type the name of the commune or ward."))
    return await _page(session, commune, callback_data.page)


@router.message(StateFilter(Where.commune), F.text)
async def type_commune(message: Message, session: AsyncSession, state: FSMContext) -> Reply:
    """Find the commune that was typed, and show its villages."""
    typed = (message.text or "").strip()
    found = await units_search.find_communes(session, typed)
    if not found:
        text = _('No commune "{typed}" was found yet. Type its name, or its name before 07/2025.')
        skip_choice = Choice(pgettext("button", "Skip"), "village.skip")
        return Reply(text.format(typed=typed[:40]), choices=[skip_choice])
    await state.set_state(Where.village)
    if len(found) == 1:
        return await _page(session, found[0], 0)
    choices = [
        Choice(units.display_name(one)[:LABEL_LENGTH], VillageList(commune=one.id or 0))
        for one in found[: PAGE + 1]
    ]
    return Reply(_("Which commune is it?"), choices=choices)


async def _page(session: AsyncSession, commune: Unit, page: int) -> Reply:
    villages = sorted(await units.children(session, commune), key=lambda unit: unit.folded)
    shown = villages[page * PAGE : (page + 1) * PAGE]
    labels = await units_search.labels(session, shown)
    choices = [Choice(label[:LABEL_LENGTH], VillagePick(unit=key)) for key, label in labels.items()]
    if len(villages) > (page + 1) * PAGE:
        more = VillageList(commune=commune.id or 0, page=page + 1)
        choices.append(Choice(pgettext("button", "Show more"), more))
    else:
        choices.append(Choice(pgettext("button", "Skip"), "village.skip"))
    return Reply(_("{commune}: which village is home?").format(commune=_capital(commune)), choices=choices)


def _capital(unit: Unit) -> str:
    name = units.display_name(unit)
    return name[:1].upper() + name[1:]


def _confirm(village: Unit) -> list[Choice]:
    return [
        Choice(pgettext("button", "That is right"), VillagePick(unit=village.id or 0)),
        Choice(pgettext("button", "Another village"), "village.again"),
    ]
