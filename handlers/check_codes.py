"""How a citizen finds out if a visitor is one of the team: the visitor reads a code, never the citizen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import refusal
from handlers.reply import Choice, Goto, Reply, notice
from handlers.said import Said
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from services import check_codes, errors
from services import help as requests
from services.access import Actor, capitalised
from services.check_codes import MOST_WRONG, WRONG_WITHIN
from services.safety_notices import CodeChecked, CodesWrong

router: Final = Router(name=__name__)

WORDS: Final = frozenset({"ma nhan nguoi", "kiem ma nhan nguoi", "kiem ma"})
WRONG: Final = "wrong_codes"


def read_code(message: Message) -> dict[str, str] | bool:
    """Find a check code that is all a message says."""
    code = check_codes.read(message.text) if message.text else None
    return {"code": code} if code else False


@router.message(read_code)
async def type_code(
    message: Message,
    code: str,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    raw_state: str | None,
    now: datetime,
) -> Reply:
    """Say who read the code out; a wrong one is only answered where nothing else can be meant."""
    holder = await check_codes.check(session, code, now=now)
    if holder is not None:
        await state.update_data({WRONG: None})
        return _right(holder)
    glued = " " not in (message.text or "").strip()
    is_talking = actor.person_id is not None and await requests.relay_of(session, actor.person_id)
    if raw_state is not None or glued or is_talking:
        raise SkipHandler
    wrong = await _count_wrong(state, now)
    if wrong == MOST_WRONG:
        await check_codes.tell_leader(session, actor.unit_id, now=now)
    return _wrong(code, is_last=wrong >= MOST_WRONG)


async def _count_wrong(state: FSMContext, now: datetime) -> int:
    known: list[Any] = (await state.get_data()).get(WRONG) or []
    recent = [at for at in known if now - datetime.fromisoformat(at) < WRONG_WITHIN]
    await state.update_data({WRONG: [*recent, now.isoformat()]})
    return len(recent) + 1


def _right(holder: check_codes.Holder) -> Reply:
    post = requests.post_name(holder.role, holder.place)
    text = _("The right person: {who}, {post}. {Who} never needs an OTP code, a password or money.")
    return Reply(text.format(who=holder.who, Who=capitalised(holder.who), post=post))


def _wrong(code: str, *, is_last: bool) -> Reply:
    choices = [
        Choice(pgettext("button", "Try another code"), "check.ask"),
        Choice(pgettext("button", "Ask a person"), "ask.person"),
    ]
    if is_last:
        return Reply(_("Please ask the village head or the commune police."), choices=choices[1:])
    text = _(
        "The code {code} was used or is over, Tổ Số cannot confirm it."
        " Do not hand them the phone, ask the village head or the commune police."
    )
    return Reply(text.format(code=code), choices=choices)


@router.message(Said(WORDS))
async def type_words(_message: Message, actor: Actor) -> Goto:
    """Make a code for a volunteer, explain it to anybody else."""
    if actor.person_id is not None and actor.held(Role.LEADER, Role.MEMBER):
        return Goto("check.make")
    return Goto("check.ask")


@router.callback_query(F.data == "check.ask")
async def ask_code(_query: CallbackQuery) -> Reply:
    """Say how a visitor proves who they are: the code goes from them to here, never the other way."""
    return Reply(
        _(
            "Ask that person to open Tổ Số, choose Check code and read the code out. Send that code here;"
            " do not read them any code that is on this phone."
        ),
        choices=[Choice(pgettext("button", "They have no code"), "check.none")],
    )


@router.callback_query(F.data == "check.none")
async def no_code(_query: CallbackQuery) -> Reply:
    """Say what to do with a visitor who has no code."""
    return Reply(
        _(
            "Everybody of the team has a code."
            " Do not hand them the phone, ask the village head or the commune police."
        ),
        choices=[
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "Report a number"), "scam.report"),
        ],
    )


@router.callback_query(F.data == "check.make")
async def make_code(_query: CallbackQuery, actor: Actor, session: AsyncSession, now: datetime) -> Reply:
    """Give a volunteer a code to read out."""
    made = await check_codes.make(session, actor, now=now)
    text = _("Check code: {code}. Read it to the neighbour; it holds once, until {clock}.")
    return Reply(text.format(code=made.code, clock=dates.clock(made.until.astimezone(now.tzinfo))))


@refusal(errors.VolunteersOnly)
def say_volunteers_only(error: errors.VolunteersOnly) -> Reply:
    """Show the way to check somebody instead."""
    return Reply(str(error), choices=[Choice(pgettext("button", "Check a code"), "check.ask")])


@notice(CodeChecked)
def say_checked(notice_: CodeChecked) -> Reply:
    """Tell the volunteer that the neighbour knows now."""
    return Reply(_("A neighbour has just checked the code: it is {who} indeed.").format(who=notice_.who))


@notice(CodesWrong)
def say_wrong(notice_: CodesWrong) -> Reply:
    """Tell the leader that somebody may be going round."""
    text = _(
        "A neighbour of {village} has sent 3 wrong check codes. Somebody may pretend to be of the team;"
        " please ask around."
    )
    return Reply(text.format(village=notice_.village))
