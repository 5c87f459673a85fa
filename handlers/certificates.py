"""How a certificate comes, how another name is printed on it, and where it is found again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import refusals
from handlers.reply import CallbackData, Choice, Reply
from locales import dates, pgettext
from locales import gettext as _
from models.certificate import Certificate
from services import certificates
from services.access import Actor, capitalised
from services.folding import tokens
from services.rules import Rules

router: Final = Router(name=__name__)

STOP: Final = frozenset({"thoi", "huy", "dung"})
MOST: Final = 3


class Printing(StatesGroup):
    """Another name is being typed."""

    name = State()


class CertificateNew(CallbackData, prefix="certificate.new"):
    """It was issued just now."""

    certificate: int


class CertificateName(CallbackData, prefix="certificate.name"):
    """Print another name."""

    certificate: int


@router.callback_query(CertificateNew.filter())
async def bring(
    _query: CallbackQuery,
    callback_data: CertificateNew,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Bring the certificate to whoever has just passed the last lesson of a set."""
    found = await certificates.own_one(session, actor, callback_data.certificate)
    text = _(
        "{Who} has finished all {n} lessons of the set {set}! Here is the certificate, its code is {code}."
    )
    said = text.format(Who=capitalised(actor.who), n=found.lessons, set=found.lesson_set, code=found.code)
    return await _shown(session, found, said, rules, now)


async def _shown(session: AsyncSession, found: Certificate, text: str, rules: Rules, now: datetime) -> Reply:
    media_id = await certificates.keep(
        session, found, keep_for=timedelta(days=rules.media_keep_days), now=now
    )
    choices = [
        Choice(pgettext("button", "Print another name"), CertificateName(certificate=found.id or 0)),
        Choice(pgettext("button", "Thank you"), "certificate.thanks"),
    ]
    return Reply(text, choices=choices, document=media_id)


@router.callback_query(F.data == "certificate.thanks")
async def be_thanked(_query: CallbackQuery, actor: Actor) -> Reply:
    """Thank back, and say where the certificate is found again."""
    text = _("Thank you, {who}, for learning the whole set! The certificate stays under My numbers.")
    home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
    return Reply(text.format(who=actor.who), choices=[home])


@router.callback_query(F.data == "certificate.mine")
async def show_own(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | list[Reply]:
    """Bring the certificates somebody has, once more."""
    found = await certificates.own(session, actor)
    if not found:
        choices = [
            Choice(pgettext("button", "Lessons"), "training.list"),
            Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU),
        ]
        text = _("There is no certificate yet. It comes by itself once a whole set of lessons is passed.")
        return Reply(text, choices=choices)
    return [await _shown(session, one, _again(one, rules), rules, now) for one in found[:MOST]]


def _again(found: Certificate, rules: Rules) -> str:
    text = _(
        "The certificate of the set {set}, issued on {day}, code {code}."
        " Whoever is shown it checks it at {address}"
    )
    return text.format(
        set=found.lesson_set,
        day=dates.long(found.issued_on),
        code=found.code,
        address=certificates.address(found, rules.public_url),
    )


@router.callback_query(CertificateName.filter())
async def ask_name(
    _query: CallbackQuery,
    callback_data: CertificateName,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
) -> Reply:
    """Ask for the full name."""
    found = await certificates.own_one(session, actor, callback_data.certificate)
    await state.set_state(Printing.name)
    await state.update_data(certificate=found.id, printed="")
    text = _(
        "The name on it is {name} now. Send the full name with its marks, for example Trần Thị Hoa."
        " Send THÔI to leave it."
    )
    return Reply(text.format(name=found.name))


@router.message(StateFilter(Printing.name), F.text)
async def type_name(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Take the name that was typed; without marks it is asked once whether that is how it is written."""
    typed = message.text or ""
    if " ".join(tokens(typed)) in STOP:
        await state.set_state(None)
        home = Choice(pgettext("button", "Main menu"), refusals.MAIN_MENU)
        return Reply(_("The name stays as it is."), choices=[home])
    name = certificates.read_name(typed)
    if name is None:
        return Reply(_("Send family name and given name, for example Trần Thị Hoa. Send THÔI to leave it."))
    await state.update_data(printed=name)
    if name.isascii():
        return Reply(
            _("There are no marks in {name}. Print it so?").format(name=name),
            choices=[Choice(pgettext("button", "Print it so"), "certificate.print")],
        )
    return await _renamed(actor, session, state, rules, now)


@router.callback_query(F.data == "certificate.print")
async def print_so(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Print a name without marks; an old button does nothing."""
    if await state.get_state() != Printing.name.state or not (await state.get_data()).get("printed"):
        return None
    return await _renamed(actor, session, state, rules, now)


async def _renamed(
    actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply:
    data = await state.get_data()
    await state.set_state(None)
    found = await certificates.rename(
        session, actor, data["certificate"], data["printed"], public_url=rules.public_url, now=now
    )
    text = _("Here is the certificate for {name}, its code is still {code}. The paper before it is void.")
    return await _shown(session, found, text.format(name=found.name, code=found.code), rules, now)
