"""The leader asks after one member, the member answers, and the team is thanked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Goto, Reply, notice
from locales import gettext as _
from locales import ngettext, pgettext
from services import amounts, team_nudges
from services.access import Actor, capitalised
from services.counts import UNITS, Totals
from services.rules import Rules
from services.summary_actions import Why
from services.summary_notices import MemberBusy, MemberNudged, MemberStuck, OwnTeamThanked

router: Final = Router(name=__name__)


class Do(StrEnum):
    """What to do with what would be sent: begin, show it changed, change it, send it, or call instead."""

    BEGIN = "0"
    SEND = "1"
    SHOW = "show"
    WORDS = "words"
    CALL = "call"


class Rest(StrEnum):
    """For how long a busy member takes no requests."""

    ASK = "ask"
    WEEK = "1w"
    MONTH = "1m"
    NONE = "no"


class TeamNudge(CallbackData, prefix="team.nudge"):
    """Ask after one member; shown first."""

    unit: int
    person: int
    do: Do = Do.BEGIN


class TeamThank(CallbackData, prefix="team.thank"):
    """Thank the own team; shown first."""

    unit: int
    do: Do = Do.BEGIN


class MemberRest(CallbackData, prefix="team.busy"):
    """One is busy: how long to rest?"""

    unit: int
    rest: Rest = Rest.ASK


class MemberWhy(CallbackData, prefix="team.why"):
    """Something is in the way: what?"""

    unit: int
    why: Why = Why.ASK


@router.callback_query(TeamNudge.filter())
async def nudge(
    _query: CallbackQuery,
    callback_data: TeamNudge,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    now: datetime,
) -> Reply | Goto:
    """Show what a member would be sent, let it be changed, then send it."""
    unit, person = callback_data.unit, callback_data.person
    words = await _words(state, callback_data)
    back = Choice(pgettext("button", "My team"), "team.mine")
    if callback_data.do is Do.WORDS:
        return Goto("wording.ask")
    if callback_data.do is Do.SEND:
        member = await team_nudges.nudge(session, actor, unit, person, words, now=now)
        text = _("Sent to {who}. When {who} answers, Tổ Số tells {leader}.")
        said = text.format(who=member.who, Who=capitalised(member.who), leader=actor.who)
        return Reply(said, choices=[back])
    member, is_long = await team_nudges.member_of(session, actor, unit, person, now=now)
    if callback_data.do is Do.CALL:
        return Reply(
            _("All right. What {who} tells on the telephone can be logged here.").format(
                who=member.who, Who=capitalised(member.who)
            ),
            choices=[Choice(pgettext("button", "Catch up"), "activity.catchup"), back],
        )
    own = words and f"{capitalised(actor.who)}: {words}"
    return Reply(
        _('{who} would get: "{words}" Send it?').format(
            who=member.who, words=own or question(actor.who, member.who, is_long=is_long)
        ),
        choices=[
            Choice(pgettext("button", "Send"), TeamNudge(unit=unit, person=person, do=Do.SEND)),
            Choice(pgettext("button", "Change the words"), TeamNudge(unit=unit, person=person, do=Do.WORDS)),
            Choice(pgettext("button", "I call"), TeamNudge(unit=unit, person=person, do=Do.CALL)),
        ],
    )


def question(by: str, who: str, *, is_long: bool) -> str:
    """Ask after a member, without blame."""
    if is_long:
        text = _("{By} asks: {who} has not logged for two weeks, is there something in the way?")
    else:
        text = _("{By} asks: {who} has not logged this week, is there something in the way?")
    return text.format(By=capitalised(by), who=who)


async def _words(state: FSMContext, tap: TeamNudge | TeamThank) -> str:
    """Read the leader's own words; beginning anew forgets them."""
    kept = (await state.get_data()).get("wording", {})
    place = tap.model_copy(update={"do": Do.SHOW}).pack()
    if tap.do is Do.BEGIN or kept.get("tap") != place:
        kept = {"tap": place, "words": ""}
        await state.update_data(wording=kept)
    return str(kept["words"])


@notice(MemberNudged)
def say_nudged(said: MemberNudged) -> Reply:
    """Ask a member, in the leader's name."""
    words = f"{capitalised(said.by)}: {said.words}"
    return Reply(
        words if said.words else question(said.by, said.who, is_long=said.is_long),
        choices=[
            Choice(pgettext("button", "Catch up"), "activity.catchup"),
            Choice(pgettext("button", "Busy these days"), MemberRest(unit=said.unit_id)),
            Choice(pgettext("button", "Something is"), MemberWhy(unit=said.unit_id)),
        ],
    )


@router.callback_query(MemberRest.filter())
async def say_busy(
    _query: CallbackQuery, callback_data: MemberRest, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask for how long, then tell the leader."""
    unit, rest = callback_data.unit, callback_data.rest
    if rest is Rest.ASK:
        leader = await team_nudges.asker_name(session, actor, unit, now=now)
        labels = {
            Rest.WEEK: pgettext("button", "1 week"),
            Rest.MONTH: pgettext("button", "1 month"),
            Rest.NONE: pgettext("button", "Still take requests"),
        }
        return Reply(
            _("All right, Tổ Số tells {who}. Until when are no requests taken?").format(who=leader),
            choices=[Choice(label, MemberRest(unit=unit, rest=one)) for one, label in labels.items()],
        )
    spans: dict[Rest, team_nudges.Rest] = {Rest.WEEK: "1w", Rest.MONTH: "1m", Rest.NONE: ""}
    leader = await team_nudges.say_busy(session, actor, unit, spans[rest], now=now)
    text = _("{Who} is told. Writing down work is possible at any time.")
    catch_up = Choice(pgettext("button", "Catch up"), "activity.catchup")
    return Reply(text.format(Who=capitalised(leader), who=leader), choices=[catch_up])


@router.callback_query(MemberWhy.filter())
async def say_stuck(
    _query: CallbackQuery, callback_data: MemberWhy, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask what is in the way, then tell the leader."""
    unit, why = callback_data.unit, callback_data.why
    if why is Why.ASK:
        labels = {
            Why.NEW: pgettext("button", "Not used to it"),
            Why.FEW: pgettext("button", "Too few people"),
            Why.PHONE: pgettext("button", "Phone or network"),
            Why.OTHER: pgettext("button", "Something else"),
        }
        return Reply(
            _("What is in the way?"),
            choices=[Choice(label, MemberWhy(unit=unit, why=one)) for one, label in labels.items()],
        )
    leader = await team_nudges.say_stuck(session, actor, unit, why.value, now=now)
    text = _("Tổ Số tells {who} at once.")
    if why is Why.PHONE:
        text = _(
            "Tổ Số tells {who} at once. Writing on paper is fine; with the network back it can be caught up."
        )
    return Reply(
        text.format(who=leader), choices=[Choice(pgettext("button", "Catch up"), "activity.catchup")]
    )


@notice(MemberBusy)
def say_member_busy(said: MemberBusy) -> Reply:
    """Tell the leader that a member is busy."""
    texts = {
        "1w": _("{Who} is busy these days and asks for a rest of 1 week."),
        "1m": _("{Who} is busy these days and asks for a rest of 1 month."),
    }
    text = texts.get(said.rest) or _("{Who} is busy these days and still takes requests.")
    return Reply(text.format(Who=capitalised(said.who)))


@notice(MemberStuck)
def say_member_stuck(said: MemberStuck) -> Reply:
    """Tell the leader what keeps a member from writing."""
    whys = {
        "new": _("not used to logging"),
        "few": _("too few people"),
        "phone": _("phone broken, no network"),
    }
    why = whys.get(said.why) or _("something else, best asked in person")
    label = pgettext("button", "Write to {who}").format(who=said.who)
    return Reply(
        _("{Who} is held up: {why}.").format(Who=capitalised(said.who), why=why),
        choices=[
            Choice(label[:LABEL_LENGTH], f"words.begin:{said.who_id}"),
            Choice(pgettext("button", "Noted"), "words.noted"),
        ],
    )


@router.callback_query(TeamThank.filter())
async def thank(
    _query: CallbackQuery,
    callback_data: TeamThank,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Show the thanks to the own team, let the words be changed, then send them."""
    unit, kinds = callback_data.unit, rules.activity.kinds
    words = await _words(state, callback_data)
    back = Choice(pgettext("button", "My team"), "team.mine")
    if callback_data.do is Do.WORDS:
        return Goto("wording.ask")
    if callback_data.do is Do.SEND:
        sent = await team_nudges.thank(session, actor, unit, words, kinds=kinds, now=now)
        text = ngettext("Thanked {n} person.", "Thanked {n} people.", sent)
        return Reply(
            text.format(n=sent) if sent else _("The team was thanked this week already."), choices=[back]
        )
    _unit, totals, members = await team_nudges.thanks_for(session, actor, unit, kinds=kinds, now=now)
    if await team_nudges.was_thanked(session, unit, now=now):
        return Reply(_("The team was thanked this week already."), choices=[back])
    said = f"{capitalised(actor.who)}: {words}" if words else thanks(actor.who, totals)
    text = ngettext(
        'The whole team, {n} person, would get: "{words}" Send it?',
        'The whole team, {n} people, would get: "{words}" Send it?',
        len(members),
    )
    return Reply(
        text.format(n=len(members), words=said),
        choices=[
            Choice(pgettext("button", "Send"), TeamThank(unit=unit, do=Do.SEND)),
            Choice(pgettext("button", "Change the words"), TeamThank(unit=unit, do=Do.WORDS)),
            Choice(pgettext("button", "Leave it be"), "team.week"),
        ],
    )


def thanks(by: str, totals: Totals) -> str:
    """Thank the own team for its week."""
    done = [amounts.said(totals[of], of) for of in UNITS if totals[of]]
    text = _("This week the team helped {amounts}. {By} thanks the whole team!")
    if not done:
        text = _("{By} thanks the whole team!")
    return text.format(amounts=", ".join(done), By=capitalised(by))


@notice(OwnTeamThanked)
def say_thanked(said: OwnTeamThanked) -> Reply:
    """Pass on the leader's thanks."""
    if said.words:
        return Reply(f"{capitalised(said.by)}: {said.words}")
    return Reply(thanks(said.by, {"persons": said.persons, "turns": said.turns, "sessions": said.sessions}))
