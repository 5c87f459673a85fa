"""How a volunteer or a supervisor takes a neighbour's request, ends it, hands it back or gives it on."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU, refusal
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.help import Ending, HelpRequest, Rating
from services import errors, help_outcome, help_relay, help_stints, people, units
from services import help as requests
from services.access import Actor, capitalised
from services.guides import Guide, Library
from services.help import Relay
from services.help_notices import (
    HelpAskedAgain,
    HelpConfirmed,
    HelperReminded,
    HelperReplaced,
    HelpRated,
    HelpStopped,
    HelpWithdrawn,
)
from services.matching import Matcher
from services.rules import Rules

router: Final = Router(name=__name__)


class HelpTake(CallbackData, prefix="help.take"):
    """Accept a request."""

    request: int


class HelpDecline(CallbackData, prefix="help.decline"):
    """Not free now."""

    request: int


class HelpFinish(CallbackData, prefix="help.done"):
    """It is done."""

    request: int


class HelpReturn(CallbackData, prefix="help.return"):
    """Give it back."""

    request: int


class RelayWhy(CallbackData, prefix="relay.why"):
    """Why it is given back; answered within the talk, hence the prefix."""

    request: int
    why: str


class HelpGuide(CallbackData, prefix="help.guide"):
    """Send the citizen the guide it is about."""

    request: int


class RelayPick(CallbackData, prefix="relay.pick"):
    """Which guide to send, where the request names none; answered within the talk, hence the prefix."""

    request: int
    slug: str


class RelayStill(CallbackData, prefix="relay.still"):
    """The silent helper is still there."""

    request: int


@router.callback_query(HelpTake.filter())
async def take(
    _query: CallbackQuery,
    callback_data: HelpTake,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> list[Reply] | None:
    """Accept; from now on words go to the citizen."""
    request = await requests.claim(session, actor, callback_data.request, rules=rules, now=now)
    if request is None:
        return None
    await state.set_state(None)
    citizen = people.called(await people.person_of(session, request.person_id))
    text = _(
        "{Who} is now talking with {citizen}, messages go straight to {citizen}."
        " Never ask for OTP codes, passwords or ID numbers. When it is done, choose Done."
    ).format(Who=capitalised(actor.who), citizen=citizen)
    talking = Reply(
        text, choices=_talk_choices(request.id or 0, request.guide, request.words), is_listed=False
    )
    return [*await _known(session, request, capitalised(citizen)), talking]


async def _known(session: AsyncSession, request: HelpRequest, citizen: str) -> list[Reply]:
    """Say all that is known of a request: who had it before, what was written, what was spoken."""
    said = _("{sender}: {words}").format(sender=citizen, words=request.question)
    words = [await _before(session, request), said if request.question else ""]
    known = [Reply(one) for one in words if one]
    if request.voice_id is not None:
        voice = _("{sender} sends a voice message.").format(sender=citizen)
        known.append(Reply(voice, document=request.voice_id))
    return known


async def _before(session: AsyncSession, request: HelpRequest) -> str:
    """Say who had it before and how that went, so that nobody asks the citizen everything again."""
    last = await help_stints.last_of(session, request)
    texts = {
        Ending.BUSY: _("Before this, {who} had the request and was called away."),
        Ending.UNSURE: _("Before this, {who} had the request and was not sure of it."),
        Ending.SILENT: _("Before this, {who} had the request and both hands full."),
        Ending.DONE: _("Before this, {who} helped, and it did not work yet."),
    }
    if last is None or last[1] not in texts:
        return ""
    return texts[last[1]].format(who=people.called(last[0]))


def _talk_choices(request_id: int, guide: str | None, words: str | None = None) -> list[Choice]:
    """List what a helper can do in a talk, each with the word for it where everything typed is handed on."""
    choices = [
        Choice(pgettext("button", "Done"), HelpFinish(request=request_id), "#XONG"),
        Choice(pgettext("button", "Hand back"), HelpReturn(request=request_id), "#TRA"),
    ]
    if guide:
        choices.append(Choice(pgettext("button", "Send this guide"), HelpGuide(request=request_id), "#BAI"))
    elif words:
        choices.append(Choice(pgettext("button", "Send a guide"), HelpGuide(request=request_id), "#BAI"))
    return choices


@router.callback_query(HelpDecline.filter())
async def decline(
    _query: CallbackQuery,
    callback_data: HelpDecline,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Say no to an offer."""
    if not await requests.decline(session, actor, callback_data.request, rules=rules, now=now):
        return None
    return Reply(_("Tổ Số asks others. Thank you for saying so, {who}!").format(who=actor.who))


@router.callback_query(HelpFinish.filter())
async def finish(
    _query: CallbackQuery, callback_data: HelpFinish, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Close the talk; it counts for the village."""
    counted = await help_outcome.finish(session, actor, callback_data.request, now=now)
    if counted is None:
        return Reply(_("Thank you, {who}!").format(who=actor.who))
    village = units.display_name(counted.village)
    text = _("Thank you, {who}! {Village} has one more help counted.")
    if not counted.is_new:
        text = _("Thank you, {who}! This help was counted for {village} before.")
    return Reply(text.format(who=actor.who, Village=capitalised(village), village=village))


@router.callback_query(HelpReturn.filter())
async def ask_why(_query: CallbackQuery, callback_data: HelpReturn) -> Reply:
    """Ask why it is given back."""
    request = callback_data.request
    return Reply(
        _("Why is it handed back? It saves the next one from asking again."),
        choices=[
            Choice(pgettext("button", "Called away"), RelayWhy(request=request, why="busy")),
            Choice(pgettext("button", "Not sure of it"), RelayWhy(request=request, why="unsure")),
            Choice(pgettext("button", "No longer needed"), RelayWhy(request=request, why="settled")),
        ],
    )


@router.callback_query(RelayWhy.filter(F.why.in_({"busy", "unsure", "settled"})))
async def hand_back(
    _query: CallbackQuery,
    callback_data: RelayWhy,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Give it back; others are asked."""
    why: help_outcome.Why = "busy"
    if callback_data.why == "unsure":
        why = "unsure"
    elif callback_data.why == "settled":
        why = "settled"
    await help_outcome.hand_back(session, actor, callback_data.request, why, rules=rules, now=now)
    if why == "settled":
        return Reply(_("The request is closed. Thank you, {who}!").format(who=actor.who))
    return Reply(_("It is handed back, Tổ Số is asking others. Thank you, {who}!").format(who=actor.who))


@router.callback_query(HelpGuide.filter())
async def send_guide(
    _query: CallbackQuery,
    callback_data: HelpGuide,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    matcher: Matcher,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Send the citizen the guide it is about; where none is known, ask which of those that come near."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is None or relay.request_id != callback_data.request:
        return Goto("help.waiting")
    if relay.guide in guides:
        return await _send(session, actor, relay, guides.get(str(relay.guide)), rules=rules, now=now)
    near = [guides.get(one.guide) for one in matcher.match(relay.words or "").candidates]
    choices = [
        Choice(one.short_title or one.title, RelayPick(request=relay.request_id, slug=one.slug))
        for one in near
        if one.slug not in guides.stubs
    ]
    if not choices:
        return Reply(_("No guide comes near this question, better answer it in one's own words."))
    citizen = people.called(await people.person_of(session, relay.other))
    return Reply(_("Which guide shall {citizen} have?").format(citizen=citizen), choices=choices)


@router.callback_query(RelayPick.filter())
async def choose_guide(
    _query: CallbackQuery,
    callback_data: RelayPick,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Send the citizen the guide the helper chose."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is None or relay.request_id != callback_data.request or callback_data.slug not in guides:
        return Goto("help.waiting")
    return await _send(session, actor, relay, guides.get(callback_data.slug), rules=rules, now=now)


async def _send(
    session: AsyncSession, actor: Actor, relay: Relay, guide: Guide, *, rules: Rules, now: datetime
) -> Reply | Goto:
    if not await help_relay.send_guide(session, actor, relay, guide.slug, guide.title, rules=rules, now=now):
        return Goto("help.waiting")
    citizen = people.called(await people.person_of(session, relay.other))
    return Reply(_("The guide {title} is sent to {citizen}.").format(title=guide.title, citizen=citizen))


@router.callback_query(RelayStill.filter())
async def stay(
    _query: CallbackQuery,
    callback_data: RelayStill,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Keep the talk for a few minutes more."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is None or relay.request_id != callback_data.request:
        return Goto("help.waiting")
    await help_relay.stay(session, relay, rules=rules, now=now)
    citizen = people.called(await people.person_of(session, relay.other))
    return Reply(_("Good. Whatever is written here, {who} reads at once.").format(who=citizen))


@router.callback_query(F.data == "help.talk")
async def show_talk(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply | Goto:
    """Show the talk one is in as a helper, with the ways to end it."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is None or not relay.is_helper:
        return Goto("help.waiting")
    citizen = people.called(await people.person_of(session, relay.other))
    text = _("{Who} is talking with {citizen}, messages go straight to {citizen}.")
    words = text.format(Who=capitalised(actor.who), citizen=citizen)
    return Reply(words, choices=_talk_choices(relay.request_id, relay.guide, relay.words), is_listed=False)


@refusal(errors.OfferOver)
def say_over(error: errors.OfferOver) -> Reply:
    """Show the way to those who wait now."""
    return Reply(
        str(error),
        choices=[
            Choice(pgettext("button", "Neighbours waiting"), "help.waiting"),
            Choice(pgettext("button", "Main menu"), MAIN_MENU),
        ],
    )


@refusal(errors.OfferTaken)
def say_taken(error: errors.OfferTaken) -> Reply:
    """Thank whoever was a little slower; nothing is left to do."""
    return Reply(str(error))


@notice(HelpWithdrawn)
def say_withdrawn(notice_: HelpWithdrawn) -> Reply:
    """Tell whoever was asked that it is no longer needed."""
    return Reply(_("Request {number} is no longer needed, thank you.").format(number=notice_.request_id))


@notice(HelpStopped)
def say_stopped(notice_: HelpStopped) -> Reply:
    """Tell the helper that the citizen ended it."""
    text = _("{citizen} no longer needs it. Thank you, {who}!")
    return Reply(text.format(citizen=capitalised(notice_.citizen), who=notice_.helper))


@notice(HelpConfirmed)
def say_confirmed(notice_: HelpConfirmed) -> Reply:
    """Tell the helper that the citizen says it is done."""
    text = _("{citizen} says it is done. Thank you, {who}!")
    return Reply(text.format(citizen=capitalised(notice_.citizen), who=notice_.helper))


@notice(HelpRated)
def say_rated(notice_: HelpRated) -> Reply:
    """Pass on the citizen's thanks."""
    said = {Rating.GOOD: _("it worked"), Rating.PARTLY: _("partly"), Rating.NOT_YET: _("not yet")}
    text = _("{citizen} says: {rating}. Thank you, {who}!")
    return Reply(
        text.format(
            citizen=capitalised(notice_.citizen), rating=said[Rating(notice_.rating)], who=notice_.helper
        )
    )


@notice(HelpAskedAgain)
def say_asked_again(notice_: HelpAskedAgain) -> Reply:
    """Tell the helper that the talk goes on."""
    text = _("It did not help {citizen} yet. Messages go straight to {citizen} again.")
    choices = _talk_choices(notice_.request_id, "guide" if notice_.has_guide else None)
    return Reply(text.format(citizen=notice_.citizen), choices=choices)


@notice(HelperReminded)
def remind(notice_: HelperReminded) -> Reply:
    """Ask a silent helper whether they still can."""
    since = dates.clock(datetime.fromisoformat(notice_.since))
    text = _("{citizen} has been waiting since {since}. {Who}, is there still time to help?")
    number = notice_.request_id
    return Reply(
        text.format(
            citizen=capitalised(notice_.citizen),
            since=since,
            Who=capitalised(notice_.helper),
        ),
        choices=[
            Choice(pgettext("button", "Yes, answer now"), RelayStill(request=number)),
            Choice(pgettext("button", "Hand back"), HelpReturn(request=number), "#TRA"),
        ],
    )


@notice(HelperReplaced)
def say_replaced(notice_: HelperReplaced) -> Reply:
    """Tell a helper who stayed silent that others are asked, without blame."""
    text = _("Tổ Số is asking others to help {citizen}. {Who} can still take other requests when free.")
    return Reply(text.format(citizen=notice_.citizen, Who=capitalised(notice_.helper)))
