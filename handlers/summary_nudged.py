"""What teams and communes hear from their supervisor after a summary, and how a silent team answers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import LABEL_LENGTH, CallbackData, Choice, Reply, notice
from locales import dates, ngettext, pgettext
from locales import gettext as _
from services import summary_actions, summary_text
from services.access import Actor, capitalised
from services.notices import AreaNudged, AreaThanked, TeamNudged, TeamStuck, TeamThanked
from services.summary_actions import Why
from services.summary_notices import NudgeAnswers

router: Final = Router(name=__name__)

MOST_ANSWERS: Final = 12


class TeamStuckAsk(CallbackData, prefix="summary.stuck"):
    """Something keeps the team from writing: what?"""

    unit: int
    to: int
    why: Why = Why.ASK


@notice(TeamNudged)
def say_team_nudged(said: TeamNudged) -> Reply:
    """Ask a leader, without blame, what is in the way."""
    words = f"{capitalised(said.by)}: {said.words}" if said.words else summary_text.nudge(said.by, said.unit)
    return Reply(
        words,
        choices=[
            Choice(pgettext("button", "Catch up"), "activity.catchup"),
            Choice(pgettext("button", "No work"), f"team.no_work:{said.unit_id}:{said.monday}"),
            Choice(pgettext("button", "Something is"), TeamStuckAsk(unit=said.unit_id, to=said.by_id)),
        ],
    )


@router.callback_query(TeamStuckAsk.filter())
async def tell_stuck(
    _query: CallbackQuery, callback_data: TeamStuckAsk, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask what is in the way, then tell the supervisor."""
    unit, to, why = callback_data.unit, callback_data.to, callback_data.why
    if why is Why.ASK:
        labels = {
            Why.NEW: pgettext("button", "Not used to it"),
            Why.FEW: pgettext("button", "Too few people"),
            Why.PHONE: pgettext("button", "Phone or network"),
            Why.OTHER: pgettext("button", "Something else"),
        }
        choices = [Choice(label, TeamStuckAsk(unit=unit, to=to, why=one)) for one, label in labels.items()]
        return Reply(_("What keeps the team from it?"), choices=choices)
    supervisor = await summary_actions.report_stuck(session, actor, unit, to, why, now=now)
    text = (
        _("Tổ Số tells {who} at once. Writing on paper is fine; with the network back it can be caught up.")
        if why is Why.PHONE
        else _("Tổ Số tells {who} at once.")
    )
    return Reply(
        text.format(who=supervisor), choices=[Choice(pgettext("button", "Catch up"), "activity.catchup")]
    )


@notice(TeamStuck)
def say_stuck(said: TeamStuck) -> Reply:
    """Tell the supervisor what keeps a team from writing."""
    why = _why(said.why)
    label = pgettext("button", "Write to {who}").format(who=said.who)
    return Reply(
        _("The team {team} is held up: {why}.").format(team=said.unit, why=why),
        choices=[
            Choice(label[:LABEL_LENGTH], f"words.begin:{said.who_id}"),
            Choice(pgettext("button", "Noted"), "words.noted"),
        ],
    )


def _why(word: str) -> str:
    whys = {
        "new": _("not used to logging"),
        "few": _("too few people"),
        "phone": _("phone broken, no network"),
    }
    return whys.get(word) or _("something else, best asked in person")


@notice(NudgeAnswers)
def say_answers(said: NudgeAnswers) -> Reply:
    """Bring the answers of those who were asked back to whoever asked."""
    n = len(said.answers)
    answered = sum(bool(word or entries) for _place, word, entries in said.answers)
    text = ngettext(
        "{answered} of {n} place asked has answered:", "{answered} of {n} places asked have answered:", n
    )
    lines = [text.format(answered=answered, n=n)]
    for place, word, entries in said.answers[:MOST_ANSWERS]:
        lines.append(f"• {place}: {_answer(word, entries)}")
    if n > MOST_ANSWERS:
        lines.append(_("and {n} more").format(n=n - MOST_ANSWERS))
    return Reply("\n".join(lines), choices=[Choice(pgettext("button", "See the summary"), "summary.open")])


def _answer(word: str, entries: int) -> str:
    if entries:
        return ngettext("has logged {n} time since", "has logged {n} times since", entries).format(n=entries)
    if word == "no_work":
        return _("said that there was no work")
    return _why(word) if word else _("no answer yet")


@notice(AreaNudged)
def say_area_nudged(said: AreaNudged) -> Reply:
    """Ask a commune's supervisor after its silent teams."""
    summary_choice = Choice(pgettext("button", "See the summary"), f"summary.week:{said.unit_id}:{said.week}")
    words = summary_text.area_nudge(said.by, said.unit, said.silent)
    if said.words:
        words = f"{capitalised(said.by)}: {said.words}"
    return Reply(words, choices=[summary_choice])


@notice(TeamThanked)
def say_team_thanked(said: TeamThanked) -> Reply:
    """Thank a team."""
    if said.more > 0:
        text = _(
            "Last week the team of {unit} helped {n} people, {more} more than before. {Who} thanks you all!"
        )
    else:
        text = _("Last week the team of {unit} helped {n} people. {Who} thanks you all!")
    return Reply(_thanks(text, said))


@notice(AreaThanked)
def say_area_thanked(said: AreaThanked) -> Reply:
    """Thank a commune."""
    if said.more > 0:
        text = _("Last week {unit} helped {n} people, {more} more than before. {Who} thanks all the teams!")
    else:
        text = _("Last week {unit} helped {n} people. {Who} thanks all the teams!")
    return Reply(_thanks(text, said))


def _thanks(text: str, said: TeamThanked | AreaThanked) -> str:
    if said.words:
        return f"{capitalised(said.by)}: {said.words}"
    return text.format(
        unit=said.unit,
        n=dates.number(said.persons),
        more=dates.number(said.more),
        Who=capitalised(said.by),
    )
