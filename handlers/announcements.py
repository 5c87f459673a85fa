"""How a supervisor announces something: the words, to whom, and one look before it goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.asked_numbers import asks_for
from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.announcement import Audience
from models.units import Level, Unit
from services import announcement_draft, announcements, errors, official, units, units_search
from services.access import Actor
from services.announcement_draft import Draft
from services.rules import Rules

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class Announcing(StatesGroup):
    """What is being asked about an announcement."""

    text = State()
    villages = State()


# A number the office gives out in its own name.
asks_for(Announcing.text, "phone")


class AnnounceTo(CallbackData, prefix="announce.to"):
    """Send it to these people."""

    audience: str


@router.callback_query(F.data == "announce.new")
async def begin(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply | Goto:
    """Ask for the words, or offer to go on with what was left half-way."""
    await announcements.area_of(session, actor)
    draft = await _draft(state, now)
    if draft is None:
        return Goto("announce.text")
    text = _("An announcement is half written: “{words}” Go on with it?")
    return Reply(
        text.format(words=draft.short),
        choices=[
            Choice(pgettext("button", "Go on"), "announce.whom"),
            Choice(pgettext("button", "Write a new one"), "announce.text"),
        ],
    )


@router.callback_query(F.data == "announce.text")
async def ask_text(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules
) -> Reply:
    """Ask for the words; no choices, so that whatever comes is taken as it is typed."""
    area = await announcements.area_of(session, actor)
    await state.set_state(Announcing.text)
    text = _(
        "Send the words of the announcement, at most {n} letters. People see {who} and {issuer} above it."
    )
    issuer = announcement_draft.issuer_of(area)
    return Reply(text.format(n=rules.announcements.most_chars, who=actor.who, issuer=issuer))


@router.message(StateFilter(Announcing), F.text, lambda message: folded(message) in STOP_WORDS)
async def leave_by_word(_message: Message, state: FSMContext) -> Reply:
    """Leave it; the draft stays for a day."""
    await state.set_state(None)
    home = Choice(pgettext("button", "Main menu"), MAIN_MENU)
    return Reply(_("Left. What was written is kept for a day."), choices=[home])


@router.message(StateFilter(Announcing.text), F.text)
async def type_text(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    """Take the words."""
    words = "\n".join(line.strip() for line in (message.text or "").strip().splitlines())
    most = rules.announcements.most_chars
    if len(words) > most:
        text = ngettext(
            "That is {n} letter too many. Send it shorter, at most {most} letters.",
            "That is {n} letters too many. Send it shorter, at most {most} letters.",
            len(words) - most,
        )
        return Reply(text.format(n=dates.number(len(words) - most), most=most))
    await state.set_state(None)
    await state.update_data(announce=Draft(words, now).plain())
    stranger = next(official.strangers(words), None)
    if stranger is not None:
        return _ask_without(stranger)
    return _whom(await announcements.area_of(session, actor))


def _ask_without(address: str) -> Reply:
    """Refuse an address that is not official: scammers send just such messages."""
    text = _("The address {address} is on no list of official sites, so it cannot be sent. Send it without?")
    return Reply(
        text.format(address=address),
        choices=[
            Choice(pgettext("button", "Leave the address out"), "announce.without"),
            Choice(pgettext("button", "Change"), "announce.text"),
            Choice(pgettext("button", "Leave it be"), "announce.leave"),
        ],
    )


@router.callback_query(F.data == "announce.without")
async def leave_address_out(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply | Goto:
    """Take the address out of the words, and go on."""
    draft = await _draft(state, now)
    words = official.without_strangers(draft.text) if draft else ""
    if draft is None or not words:
        return Goto("announce.text")
    await state.update_data(announce=replace(draft, text=words).plain())
    return _whom(await announcements.area_of(session, actor), len(draft.villages))


@router.callback_query(F.data == "announce.whom")
async def ask_whom(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply | Goto:
    """Ask to whom it goes."""
    draft = await _draft(state, now)
    if draft is None:
        return Goto("announce.text")
    return _whom(await announcements.area_of(session, actor), len(draft.villages))


def _whom(area: Unit, villages: int = 0) -> Reply:
    people = [Audience.LEADERS, Audience.MEMBERS, Audience.CITIZENS]
    if area.level in {Level.PROVINCE, Level.DISTRICT} and not villages:
        people.insert(0, Audience.SUPERVISORS)
    choices = [Choice(_label(audience), AnnounceTo(audience=audience.value)) for audience in people]
    if villages:
        text = ngettext("{n} village. To whom there?", "{n} villages. To whom there?", villages)
        return Reply(text.format(n=villages), choices=choices)
    choices.append(Choice(pgettext("button", "Choose villages"), "announce.villages"))
    return Reply(_("To whom shall it go?"), choices=choices)


def _label(audience: Audience) -> str:
    labels = {
        Audience.SUPERVISORS: pgettext("button", "Commune supervisors"),
        Audience.LEADERS: pgettext("button", "Team leaders"),
        Audience.MEMBERS: pgettext("button", "All members"),
        Audience.CITIZENS: pgettext("button", "Citizens"),
    }
    return labels[audience]


@router.callback_query(F.data == "announce.villages")
async def ask_villages(_query: CallbackQuery, state: FSMContext) -> Reply:
    """Ask for the villages by name."""
    await state.set_state(Announcing.villages)
    return _which_villages()


def _which_villages() -> Reply:
    return Reply(_("Which villages? Send their names with commas between. Send THÔI to leave it."))


@router.message(StateFilter(Announcing.villages), F.text)
async def type_villages(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply | Goto:
    """Find the villages that were named; one that is not found is said, and nothing is lost."""
    draft, area = await _draft(state, now), await announcements.area_of(session, actor)
    if draft is None:
        return Goto("announce.text")
    found: list[Unit] = []
    for name in filter(None, (part.strip() for part in (message.text or "").replace("\n", ",").split(","))):
        hits = await units_search.find_villages(session, name, within=area)
        if not hits:
            text = _("“{name}” is not found in {area}. Send all the names again.")
            return Reply(text.format(name=name[:40], area=units.display_name(area)))
        found += [hit.unit for hit in hits]
    if not found:
        return _which_villages()
    chosen = tuple(dict.fromkeys(units.unit_id(unit) for unit in found))
    await state.set_state(None)
    await state.update_data(announce=replace(draft, villages=chosen).plain())
    return _whom(area, len(chosen))


@router.callback_query(AnnounceTo.filter())
async def choose_whom(
    _query: CallbackQuery, callback_data: AnnounceTo, state: FSMContext, now: datetime
) -> Goto:
    """Remember to whom it goes, and show what will happen."""
    draft = await _draft(state, now)
    if draft is None:
        return Goto("announce.text")
    await state.update_data(announce=replace(draft, audience=Audience(callback_data.audience)).plain())
    return Goto("announce.preview")


@router.callback_query(F.data == "announce.preview")
async def preview(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Show what will happen, with the number of people and the words as they will stand."""
    draft, area = await _draft(state, now), await announcements.area_of(session, actor)
    if draft is None or draft.audience is None:
        return Goto("announce.whom")
    stranger = next(official.strangers(draft.text), None)
    if stranger is not None:
        return _ask_without(stranger)
    counted = await announcements.reach(session, actor, area, draft)
    if not counted.people:
        raise errors.NobodyToTell
    minutes = announcements.minutes_for(counted.people, rules.announcements)
    text = ngettext(
        "It goes to {people} in {n} place, {moment}, about {minutes}. This is what they see:",
        "It goes to {people} in {n} places, {moment}, about {minutes}. This is what they see:",
        counted.places,
    ).format(
        people=ngettext("{n} person", "{n} people", counted.people).format(n=dates.number(counted.people)),
        n=dates.number(counted.places),
        moment=dates.moment(draft.send_at, now) if draft.send_at else _("right now"),
        minutes=ngettext("{n} minute", "{n} minutes", minutes).format(n=dates.number(minutes)),
    )
    shown = announcement_draft.said(announcement_draft.issuer_of(area), actor.who, draft.text)
    return Reply(
        f'{text}\n"{shown}"',
        choices=[
            Choice(pgettext("button", "Send"), "announce.send:0"),
            Choice(pgettext("button", "Set a time"), "announce.moment"),
            Choice(pgettext("button", "Change"), "announce.text"),
            Choice(pgettext("button", "Leave it be"), "announce.leave"),
        ],
    )


async def _draft(state: FSMContext, now: datetime) -> Draft | None:
    """Give what was written in the last day."""
    return announcement_draft.read((await state.get_data()).get("announce"), now=now)
