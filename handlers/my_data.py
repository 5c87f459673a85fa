"""How somebody sees what is kept of them, takes it along, corrects it, or has it forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply
from handlers.said import Said
from locales import dates, pgettext
from locales import gettext as _
from services import my_data, my_data_file, people, units
from services.access import Actor
from services.folding import normalise
from services.guides import Library
from services.media import MediaStore
from services.rules import Rules

router: Final = Router(name=__name__)

ERASE_WORDS: Final = frozenset({"xoa", "xoa het", "xoa du lieu"})
DATA_WORDS: Final = frozenset({"du lieu", "du lieu cua toi"})
STOP_WORDS: Final = frozenset({"thoi", "huy", "dung", "bo"})
LONGEST_NAME: Final = 60
FILE_KEPT: Final = timedelta(days=1)


class Correcting(StatesGroup):
    """What the next words correct."""

    name = State()


@router.message(Said(DATA_WORDS))
@router.callback_query(F.data == "settings.data")
async def show_data(
    _event: Message | CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Tell what is kept."""
    await state.set_state(None)
    person_id = await my_data.person_behind(session, actor)
    if person_id is None:
        return _nothing_kept()
    kept = await my_data.kept(session, person_id)
    village = _("no village")
    if kept.unit_id is not None:
        village = units.display_name(await units.unit_of(session, kept.unit_id))
    given_at = kept.consented_at.astimezone(now.tzinfo)
    text = _(
        "Tổ Số keeps: the name {name}, {village}, {questions} questions, {requests} requests,"
        " {guides} guides under way; consent of {clock} on {day}."
    ).format(
        name=kept.name,
        village=village,
        questions=kept.questions,
        requests=kept.requests,
        guides=kept.guides,
        clock=dates.clock(given_at),
        day=dates.long(given_at.date()),
    )
    if kept.has_phone:
        rest = _("A phone number from the commune's list; no ID number and no picture. What shall be done?")
    else:
        rest = _("No phone number, no ID number and no picture. What shall be done?")
    choices = [Choice(pgettext("button", "Download a file"), "data.file")]
    if actor.person_id is not None:
        choices += [
            Choice(pgettext("button", "Correct it"), "data.correct"),
            Choice(pgettext("button", "Withdraw consent"), "data.withdraw"),
        ]
    return Reply(f"{text}\n{rest}", choices=[*choices, _erase(), _leave_it()])


def _nothing_kept() -> Reply:
    return Reply(_("Tổ Số keeps nothing of this account."))


def _erase() -> Choice:
    return Choice(pgettext("button", "Erase everything"), "settings.erase")


def _leave_it() -> Choice:
    return Choice(pgettext("button", "Leave it"), "menu.open")


@router.callback_query(F.data == "data.file")
async def take_along(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    media: MediaStore,
    now: datetime,
) -> Reply:
    """Make a workbook of everything that is kept."""
    person_id = await my_data.person_behind(session, actor)
    if person_id is None:
        return _nothing_kept()
    titles = {guide.slug: guide.title for guide in guides}
    tables = await my_data_file.gather(session, person_id, titles=titles, now=now)
    data = await asyncio.to_thread(my_data_file.write, tables)
    media_id = await media.keep(
        session,
        data,
        mime=my_data_file.MIME,
        filename=my_data_file.filename(now),
        now=now,
        keep_for=FILE_KEPT,
        person_id=person_id,
    )
    return Reply(
        _("Everything Tổ Số keeps of this account, can be opened for 1 day. Do not hand it on."),
        choices=[Choice(pgettext("button", "My data"), "settings.data")],
        document=media_id,
    )


@router.callback_query(F.data == "data.correct")
async def correct(_query: CallbackQuery) -> Reply:
    """Ask what is to be corrected."""
    return Reply(
        _("What shall be changed?"),
        choices=[
            Choice(pgettext("button", "Change the name"), "data.name"),
            Choice(pgettext("button", "Change village"), "village.ask:settings.data"),
            Choice(pgettext("button", "How to be called"), "settings.address"),
            _leave_it(),
        ],
    )


@router.callback_query(F.data == "data.name")
async def ask_name(_query: CallbackQuery, actor: Actor, state: FSMContext) -> Reply | Goto:
    """Ask for the right name."""
    if actor.person_id is None:
        return Goto("settings.data")
    await state.set_state(Correcting.name)
    return Reply(_("What is the right name? Send THÔI to leave it."))


@router.message(StateFilter(Correcting.name), F.text)
async def set_name(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply | Goto:
    """Keep the name from now on."""
    typed = " ".join(normalise(message.text or "").split())
    if Said(STOP_WORDS).fits(message) or actor.person_id is None:
        return Goto("settings.data")
    if typed.startswith("/"):
        return Goto("menu.open")
    is_name = all(letter.isalpha() or letter in " .'-" for letter in typed) and any(map(str.isalpha, typed))
    if not is_name or len(typed) > LONGEST_NAME:
        return Reply(_("A name has letters only, for example: Nguyễn Thị Hạnh. What is the right name?"))
    await state.set_state(None)
    await people.set_name(session, actor.person_id, typed, now=now)
    return Goto("settings.data")


@router.callback_query(F.data == "data.withdraw")
async def withdraw(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply | Goto:
    """Take back one's yes; whoever is in a team leaves it first, for a team cannot do without names."""
    if actor.person_id is None:
        return Goto("settings.data")
    if actor.roles:
        return Reply(
            _("Whoever is in a team leaves it first, then withdraws the consent. Leave the team?"),
            choices=[Choice(pgettext("button", "Pause or leave"), "team.leave"), _leave_it()],
        )
    await my_data.let_go(session, actor, rules=rules, now=now)
    await my_data.withdraw_consent(session, actor.person_id, now=now)
    await state.set_state(None)
    await state.set_data({"quick": True})
    return Reply(
        _(
            "It is withdrawn. From now on Tổ Số only answers quickly and keeps nothing more;"
            " what was kept before stays until Erase everything is chosen. Erase it as well?"
        ),
        choices=[_erase(), Choice(pgettext("button", "Leave it"), "data.keep")],
    )


@router.callback_query(F.data == "data.keep")
async def keep_old(_query: CallbackQuery) -> Reply:
    """Say how to come back, or to erase later."""
    return Reply(_("It stays. To erase it send XÓA, to be remembered again send ĐỒNG Ý."))


@router.message(Said(ERASE_WORDS))
async def ask_erase(_message: Message, actor: Actor, session: AsyncSession) -> Reply:
    """Say what will be erased, and ask once."""
    person_id = await my_data.person_behind(session, actor)
    if person_id is None:
        return _nothing_kept()
    parts = [
        _(
            "The name, village, questions and place of this account are erased."
            " Counts without names stay with the village."
        )
    ]
    if actor.roles:
        where = units.display_name(await units.unit_of(session, actor.roles[0].unit_id))
        parts = [
            _(
                "Erasing also leaves the team of {village};"
                " what was logged stays with the village, without the name."
            ).format(village=where)
        ]
    open_requests = (await my_data.kept(session, person_id)).open_requests
    if open_requests:
        parts.append(_("There is {n} open request, erasing ends it as well.").format(n=open_requests))
    parts.append(_("Erase everything?"))
    return Reply(" ".join(parts), choices=[_erase(), _leave_it()])


@router.callback_query(F.data == "settings.erase")
async def erase(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Erase at once."""
    if not await my_data.forget(session, actor, rules=rules, now=now):
        return _nothing_kept()
    await state.clear()
    return Reply(
        _(
            "Erased at {clock}. Old backups are gone within {days} days."
            " Ask again at any time: Tổ Số will meet as if for the first time."
        ).format(clock=dates.clock(now), days=rules.privacy.backup_days)
    )
