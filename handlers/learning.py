"""How an operator decides on the ways people ask: one at a time, yes, no, or for another guide."""

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

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import folded
from locales import gettext as _
from locales import ngettext, pgettext
from models.learning import Proposal
from services import learning
from services.access import Actor
from services.guides import Guide, Library
from services.learning_notices import GuideMissing, ProposalsWait
from services.matching import Matcher

router: Final = Router(name=__name__)

ELSEWHERE: Final = frozenset({"0", "menu", "muc chinh", "ve muc chinh"})
STOP: Final = frozenset({"thoi", "huy", "dung", "de sau"})


class Placing(StatesGroup):
    """Which guide is meant is being typed."""

    guide = State()


class ProposalYes(CallbackData, prefix="learning.yes"):
    """Accept a way of asking."""

    proposal: int


class ProposalNo(CallbackData, prefix="learning.no"):
    """Do not accept it, or take the yes back."""

    proposal: int


class ProposalOther(CallbackData, prefix="learning.other"):
    """It is another guide that is meant."""

    proposal: int


class ProposalMove(CallbackData, prefix="learning.move"):
    """Say which guide is meant."""

    proposal: int
    slug: str


@notice(ProposalsWait)
def say_waiting(notice_: ProposalsWait) -> Reply:
    """Tell an operator that people taught new ways of asking."""
    text = ngettext(
        "{n} question of citizens has a new proposal. Look at it?",
        "{n} questions of citizens have new proposals. Look at them?",
        notice_.count,
    )
    return Reply(
        text.format(n=notice_.count),
        choices=[
            Choice(pgettext("button", "One by one"), "learning.open"),
            Choice(pgettext("button", "Later"), "learning.later"),
        ],
    )


@notice(GuideMissing)
def say_missing(notice_: GuideMissing) -> Reply:
    """Tell an operator that a service without a guide is asked for again and again."""
    text = _(
        "{title}: citizens asked for a person {n} times within 30 days, for there is no guide."
        " Its place is the file {file}; once steps stand there, Tổ Số answers by itself."
    )
    file = f"guides/{notice_.slug}/vi.md"
    return Reply(text.format(title=notice_.title, n=notice_.times, file=file))


@router.callback_query(F.data == "learning.later")
async def postpone(_query: CallbackQuery) -> Reply:
    """Say where the proposals are found later."""
    text = _("All right, they wait under New ways to ask in the main menu.")
    return Reply(text, choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])


@router.callback_query(F.data == "learning.open")
async def open_proposals(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, state: FSMContext, guides: Library
) -> Reply:
    """Show the proposal that was counted most."""
    await state.set_state(None)
    return await _next(session, actor, guides)


async def _next(
    session: AsyncSession, actor: Actor, guides: Library, before: str = "", undo: Choice | None = None
) -> Reply:
    """Ask about the next proposal, after saying what became of the one before."""
    proposal = await learning.next_proposal(session, actor)
    more = [undo] if undo else []
    if proposal is None:
        nothing = _("No way of asking waits for a word now.")
        choices = [*more, Choice(pgettext("button", "Main menu"), MAIN_MENU)]
        return Reply("\n".join(filter(None, [before, nothing])), choices=choices)
    number = proposal.id or 0
    no = Choice(pgettext("button", "Do not accept"), ProposalNo(proposal=number))
    other = Choice(pgettext("button", "Another guide"), ProposalOther(proposal=number))
    if proposal.slug not in guides:
        asked = _unplaced(proposal)
        return Reply("\n".join(filter(None, [before, asked])), choices=[other, no, *more])
    label = pgettext("button", "Accept anyway") if proposal.costs else pgettext("button", "Accept")
    asked = _asked(proposal, guides.get(proposal.slug, actor.locale))
    choices = [Choice(label, ProposalYes(proposal=number)), no, other, *more]
    return Reply("\n".join(filter(None, [before, asked])), choices=choices)


def _asked(proposal: Proposal, guide: Guide) -> str:
    """Show the words and the guide; what would go astray is said before the question."""
    shown = ngettext("“{words}” → {title}, {n} time.", "“{words}” → {title}, {n} times.", proposal.times)
    shown = shown.format(words=proposal.words, title=_inside(guide.title), n=proposal.times)
    if not proposal.costs:
        return _("{shown} Accept this way of asking?").format(shown=shown)
    cost = ngettext(
        "{shown} With it {n} question that is answered right now becomes unsure. Accept it anyway?",
        "{shown} With it {n} questions that are answered right now become unsure. Accept it anyway?",
        proposal.costs,
    )
    return cost.format(shown=shown, n=proposal.costs)


def _unplaced(proposal: Proposal) -> str:
    text = ngettext(
        "“{words}”, {n} time: no guide comes near. Which guide is meant?",
        "“{words}”, {n} times: no guide comes near. Which guide is meant?",
        proposal.times,
    )
    return text.format(words=proposal.words, n=proposal.times)


def _inside(title: str) -> str:
    """Write a title as it stands within a sentence; names such as VNeID keep their capital."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


@router.callback_query(ProposalYes.filter())
async def accept(
    _query: CallbackQuery,
    callback_data: ProposalYes,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Accept, and go on with the next; the yes can be taken back at once."""
    proposal = await learning.accept(session, actor, callback_data.proposal, now=now)
    if proposal is None:
        return Goto("learning.open")
    await session.flush()
    said = _("Accepted: “{words}”.").format(words=proposal.words)
    undo = Choice(pgettext("button", "Undo this accept"), ProposalNo(proposal=callback_data.proposal))
    return await _next(session, actor, guides, said, undo)


@router.callback_query(ProposalNo.filter())
async def reject(
    _query: CallbackQuery,
    callback_data: ProposalNo,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Say no, and go on with the next."""
    proposal = await learning.reject(session, actor, callback_data.proposal, now=now)
    if proposal is None:
        return Goto("learning.open")
    await session.flush()
    return await _next(session, actor, guides, _("Not accepted: “{words}”.").format(words=proposal.words))


@router.callback_query(ProposalOther.filter())
async def ask_other(
    _query: CallbackQuery,
    callback_data: ProposalOther,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    matcher: Matcher,
) -> Reply:
    """Ask which guide is meant: one of those that come near, or its name typed."""
    proposal = await learning.proposal_of(session, actor, callback_data.proposal)
    await state.set_state(Placing.guide)
    await state.update_data(proposal=callback_data.proposal)
    text = _("Which guide does “{words}” mean? Type its name, or choose.").format(words=proposal.words)
    return Reply(text, choices=_near(proposal, proposal.words, guides, matcher))


def _near(proposal: Proposal, text: str, guides: Library, matcher: Matcher) -> list[Choice]:
    found = [guides.get(one.guide) for one in matcher.match(text).candidates if one.guide != proposal.slug]
    choices = [
        Choice(one.short_title or one.title, ProposalMove(proposal=proposal.id or 0, slug=one.slug))
        for one in found
    ]
    return [*choices, Choice(pgettext("button", "Leave it"), "learning.open")]


@router.message(StateFilter(Placing.guide), F.text)
async def type_guide(
    message: Message,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    matcher: Matcher,
) -> Reply | Goto:
    """Find the guide by its name."""
    said = folded(message)
    if said in ELSEWHERE:
        raise SkipHandler
    if said in STOP:
        return Goto("learning.open")
    proposal = await learning.proposal_of(session, actor, (await state.get_data()).get("proposal", 0))
    choices = _near(proposal, message.text or "", guides, matcher)
    if len(choices) == 1:
        return Reply(_("No guide of that name is found. Another name?"), choices=choices)
    return Reply(_("Which of these guides is it?"), choices=choices)


@router.callback_query(ProposalMove.filter())
async def move(
    _query: CallbackQuery,
    callback_data: ProposalMove,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Take the other guide, and ask again once that was tried on the known questions."""
    await state.set_state(None)
    if callback_data.slug not in guides:
        return Goto("learning.open")
    target = await learning.move(session, actor, callback_data.proposal, callback_data.slug, now=now)
    if target is None:
        return Goto("learning.open")
    await session.flush()
    title = guides.get(callback_data.slug, actor.locale).title
    text = _("“{words}” goes to the guide {title}. Tổ Số tries it on the known questions, then asks again.")
    return await _next(session, actor, guides, text.format(words=target.words, title=title))
