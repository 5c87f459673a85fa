"""What a citizen who asked for a person hears and can do: wait, stop, say whether it helped, ask again."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import dates, pgettext
from locales import gettext as _
from models.help import HelpState, Rating
from services import guide_visits, help_outcome, help_relay, people
from services import help as requests
from services.access import Actor, capitalised
from services.guides import Library
from services.help_notices import (
    HelpAbove,
    HelpAccepted,
    HelpAtCommune,
    HelpAtNeighbour,
    HelpAtTeam,
    HelpDone,
    HelpHandedBack,
    HelpIdle,
    HelpLapsed,
    HelpReoffered,
    HelpSettled,
)
from services.rules import Rules

router: Final = Router(name=__name__)


class HelpWithdraw(CallbackData, prefix="help.stop"):
    """No longer needed."""

    request: int


class HelpWait(CallbackData, prefix="help.wait"):
    """Keep waiting."""

    request: int


class HelpRate(CallbackData, prefix="help.rate"):
    """Whether it helped."""

    request: int
    rating: str
    helper: int = 0


class HelpReopen(CallbackData, prefix="help.reopen"):
    """Open it again, with the same helper or another."""

    request: int
    same: bool


class RelayIdle(CallbackData, prefix="relay.idle"):
    """After a silence: it is done, or the wait goes on."""

    request: int
    done: bool


@router.callback_query(F.data == "ask.mine")
async def see_mine(_query: CallbackQuery, actor: Actor, session: AsyncSession, now: datetime) -> Reply:
    """Say where one's own request stands, and when the next word comes."""
    request = await requests.live_request(session, actor.person_id or 0)
    if request is None:
        choices = [
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "Main menu"), "menu.open"),
        ]
        return Reply(_("No request is open now."), choices=choices)
    helper = await requests.helper_of(session, request)
    if request.state is HelpState.CLAIMED and helper is not None:
        who = people.called(helper)
        text = _("{Who} is helping: {topic}. Whatever is written here, {who} reads at once.")
        text = text.format(Who=capitalised(who), who=who, topic=request.topic)
        stop = Choice(pgettext("button", "Never mind"), HelpWithdraw(request=request.id or 0), "#THOI")
        return Reply(text, choices=[stop], is_listed=False)
    text = _("Tổ Số is still asking: {topic}. It writes by {until}.")
    until = dates.moment(request.next_word_at or now, now)
    return Reply(
        text.format(topic=request.topic, until=until),
        choices=_waiting(request.id or 0),
    )


@router.callback_query(HelpWait.filter())
async def keep_waiting(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Say again by when the next word comes."""
    request = await requests.live_request(session, actor.person_id or 0)
    if request is None or request.state is not HelpState.OPEN or request.next_word_at is None:
        return Goto("ask.mine")
    return Reply(_("Tổ Số writes by {until}.").format(until=dates.moment(request.next_word_at, now)))


@router.callback_query(HelpWithdraw.filter())
async def withdraw(
    _query: CallbackQuery, callback_data: HelpWithdraw, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Stop asking."""
    if not await requests.withdraw(session, actor, callback_data.request, now=now):
        return Goto("ask.mine")
    return Reply(_("Tổ Số asks no more. If it is needed again, send NHỜ GIÚP."))


@router.callback_query(RelayIdle.filter())
async def settle_silence(
    _query: CallbackQuery,
    callback_data: RelayIdle,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Close after a silence, or have the helper reminded in a while."""
    relay = await requests.relay_of(session, actor.person_id or 0)
    if relay is None or relay.request_id != callback_data.request:
        return Goto("ask.mine")
    helper = people.called(await people.person_of(session, relay.other))
    if not callback_data.done:
        await help_relay.wait_on(session, actor, relay, rules=rules, now=now)
        return Reply(_("Tổ Số reminds {who} now.").format(who=helper))
    if await help_outcome.confirm(session, actor, callback_data.request, now=now) is None:
        return Goto("ask.mine")
    return Reply(_("Noted. Did it help?"), choices=rating_choices(callback_data.request, relay.other))


def rating_choices(request_id: int, helper_id: int) -> list[Choice]:
    """List the three words of a rating, said of one helper."""
    labels = {
        Rating.GOOD: pgettext("button", "It worked"),
        Rating.PARTLY: pgettext("button", "Partly"),
        Rating.NOT_YET: pgettext("button", "Not yet"),
    }
    return [
        Choice(label, HelpRate(request=request_id, rating=rating, helper=helper_id))
        for rating, label in labels.items()
    ]


@router.callback_query(HelpRate.filter())
async def rate(
    _query: CallbackQuery,
    callback_data: HelpRate,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Reply | None:
    """Keep the rating and go on; what did not help is opened again, within a day."""
    rating = Rating(callback_data.rating)
    request_id, about = callback_data.request, callback_data.helper
    helper = await help_outcome.rate(session, actor, request_id, rating, now=now, helper_id=about)
    if helper is None:
        return None
    who = people.called(helper)
    if rating is Rating.NOT_YET:
        last = await help_outcome.last_closed(session, actor, rules=rules, now=now)
        if last is None or last.id != request_id:
            return Reply(
                _("Noted. That was over a day ago; to ask a person again, send NHỜ GIÚP."),
                choices=[Choice(pgettext("button", "Ask a person"), "ask.person")],
            )
        return _ask_whom(request_id, who)
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or not visit.step or visit.slug not in guides:
        return Reply(_("Thank you, Tổ Số tells {who}. Send another question at any time.").format(who=who))
    text = _("Thank you, Tổ Số tells {who}. The place is step {n}/{of}, go on?")
    return Reply(
        text.format(who=who, n=visit.step, of=len(guides.get(visit.slug).steps)),
        choices=[
            Choice(pgettext("button", "Go on"), "guide.resume"),
            Choice(pgettext("button", "Later"), "guide.later"),
        ],
    )


def _ask_whom(request_id: int, who: str) -> Reply:
    return Reply(
        _("Tổ Số opens it again at once. Ask {who} again, or somebody else?").format(who=who),
        choices=[
            Choice(capitalised(who)[:20], HelpReopen(request=request_id, same=True)),
            Choice(pgettext("button", "Another helper"), HelpReopen(request=request_id, same=False)),
            Choice(pgettext("button", "Never mind"), "help.leave"),
        ],
    )


@router.callback_query(F.data == "help.leave")
async def leave(_query: CallbackQuery) -> Reply:
    """Leave it closed."""
    return Reply(_("It stays closed. If it is needed again, send NHỜ GIÚP."))


@router.callback_query(F.data == "help.last")
async def reopen_last(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | Goto:
    """Ask with whom the last request goes on, within a day."""
    request = await help_outcome.last_closed(session, actor, rules=rules, now=now)
    if request is None or request.helper_id is None:
        return Goto("ask.mine")
    return _ask_whom(request.id or 0, people.called(await people.person_of(session, request.helper_id)))


@router.callback_query(HelpReopen.filter())
async def reopen(
    _query: CallbackQuery,
    callback_data: HelpReopen,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Open it again; tapped twice, say where it stands."""
    if await requests.live_request(session, actor.person_id or 0) is not None:
        return Goto("ask.mine")
    helper, until = await help_outcome.reopen(
        session, actor, callback_data.request, same=callback_data.same, rules=rules, now=now
    )
    if helper is not None:
        who = people.called(helper)
        text = _("Tổ Số has asked {who} again. Whatever is written here, {who} reads at once.")
        return Reply(text.format(who=who))
    text = _("Tổ Số is looking for somebody else and writes by {until}.")
    return Reply(text.format(until=dates.moment(until or now, now)))


def _never_mind(request_id: int) -> Choice:
    return Choice(pgettext("button", "Never mind"), HelpWithdraw(request=request_id))


def _waiting(request_id: int) -> list[Choice]:
    return [Choice(pgettext("button", "Keep waiting"), HelpWait(request=request_id)), _never_mind(request_id)]


def _until(until: str, at: str) -> str:
    return dates.moment(datetime.fromisoformat(until), datetime.fromisoformat(at))


@notice(HelpAccepted)
def say_accepted(notice_: HelpAccepted) -> Reply:
    """Tell who accepted, and what never to send."""
    post = requests.post_name(notice_.role, notice_.place)
    text = _(
        "{Who}, {post}, will help. Whatever is written here, {who} reads at once."
        " Never send an OTP code, a password or a picture of the ID card."
    )
    return Reply(text.format(Who=capitalised(notice_.helper), post=post, who=notice_.helper))


@notice(HelpAtTeam)
def say_team(notice_: HelpAtTeam) -> Reply:
    """Tell that nobody on duty could take it, and from when on the whole team is asked."""
    team, until = requests.team_name(notice_.village), _until(notice_.until, notice_.at)
    if notice_.begins:
        text = _("Nobody on duty could take it. Tổ Số asks {team} from {begins}, and writes by {until}.")
        begins = _until(notice_.begins, notice_.at)
        words = text.format(team=team, begins=begins, until=until)
    else:
        text = _("Nobody on duty could take it. Tổ Số asks all of {team} now, and writes by {until}.")
        words = text.format(team=team, until=until)
    if notice_.is_urgent:
        words = " ".join([words, _("If it cannot wait, go to the commune police.")])
    return Reply(words, choices=_waiting(notice_.request_id))


@notice(HelpAtNeighbour)
def say_neighbour(notice_: HelpAtNeighbour) -> Reply:
    """Tell that the team beside is asked."""
    text = _("{Team} has nobody free yet. Tổ Số also asks {neighbour} beside, and writes by {until}.")
    team = capitalised(requests.team_name(notice_.village))
    neighbour = requests.team_name(notice_.neighbour)
    return Reply(text.format(Team=team, neighbour=neighbour, until=_until(notice_.until, notice_.at)))


@notice(HelpAtCommune)
def say_commune(notice_: HelpAtCommune) -> Reply:
    """Tell that the commune's officer was told."""
    if notice_.is_both:
        text = _("Both teams are busy. Tổ Số has told {who}, {post}, and writes by {until}.")
    else:
        text = _("{Team} has nobody free yet. Tổ Số has told {who}, {post}, and writes by {until}.")
    words = text.format(
        Team=capitalised(requests.team_name(notice_.village)),
        who=notice_.supervisor,
        post=requests.post_name("supervisor", notice_.commune),
        until=_until(notice_.until, notice_.at),
    )
    return Reply(words, choices=_waiting(notice_.request_id))


@notice(HelpAbove)
def say_above(notice_: HelpAbove) -> Reply:
    """Apologise, say who else was told, and where to go if it is urgent."""
    until = datetime.fromisoformat(notice_.until).astimezone(datetime.fromisoformat(notice_.at).tzinfo)
    noon = _("noon of {day}").format(day=f"{dates.weekday(until.date())} {dates.short(until.date())}")
    if notice_.above:
        text = _(
            "Nobody has taken it in time, Tổ Số is sorry. It stays open and the {above} has been told,"
            " next word by {until}."
        ).format(above=notice_.above, until=noon)
    else:
        text = _("Nobody has taken it in time, Tổ Số is sorry. It stays open, next word by {until}.").format(
            until=noon
        )
    return Reply("\n".join([text, _urgent(notice_)]).strip(), choices=_waiting(notice_.request_id))


def _urgent(notice_: HelpAbove) -> str:
    if not notice_.commune:
        return ""
    if not notice_.closes:
        text = _("If it is urgent, go to the public service centre of {commune} in office hours.")
        return text.format(commune=notice_.commune)
    closes = datetime.combine(datetime.fromisoformat(notice_.at), time.fromisoformat(notice_.closes))
    text = _("If it is urgent, go to the public service centre of {commune} before {clock}.")
    return text.format(commune=notice_.commune, clock=dates.clock(closes))


@notice(HelpHandedBack)
def say_handed_back(notice_: HelpHandedBack) -> Reply:
    """Tell why others are asked."""
    if notice_.why == "unsure":
        text = _("{Who} asks somebody who knows this better. Tổ Số is looking, and writes by {until}.")
    else:
        text = _("{Who} was called away. Tổ Số is looking for somebody else, and writes by {until}.")
    return Reply(text.format(Who=capitalised(notice_.helper), until=_until(notice_.until, notice_.at)))


@notice(HelpReoffered)
def say_reoffered(notice_: HelpReoffered) -> Reply:
    """Tell that the helper is busy and others are asked."""
    text = _("{Who} has both hands full. Tổ Số asks others at once, and writes by {until}.")
    return Reply(text.format(Who=capitalised(notice_.helper), until=_until(notice_.until, notice_.at)))


@notice(HelpSettled)
def say_settled(notice_: HelpSettled) -> Reply:
    """Tell that the helper closed it because it is no longer needed."""
    text = _("{Who} says it is no longer needed. If it is needed again, send NHỜ GIÚP.")
    return Reply(text.format(Who=capitalised(notice_.helper)))


@notice(HelpDone)
def ask_rating(notice_: HelpDone) -> Reply:
    """Ask whether it helped."""
    text = _("{Who} says it is done. Did it help?").format(Who=capitalised(notice_.helper))
    return Reply(text, choices=rating_choices(notice_.request_id, notice_.helper_id))


@notice(HelpIdle)
def ask_if_done(notice_: HelpIdle) -> Reply:
    """Ask after a silence whether it is done."""
    return Reply(
        _("Is this done?"),
        choices=[
            Choice(pgettext("button", "All done"), RelayIdle(request=notice_.request_id, done=True)),
            Choice(pgettext("button", "Not yet, I wait"), RelayIdle(request=notice_.request_id, done=False)),
        ],
    )


@notice(HelpLapsed)
def say_lapsed(notice_: HelpLapsed) -> Reply:
    """Tell that a silent talk was closed; without a name it is the citizen who is told."""
    if notice_.citizen:
        text = _("The talk with {citizen} is closed, nobody wrote for a long time.")
        return Reply(text.format(citizen=notice_.citizen))
    return Reply(_("Tổ Số closes this for now. To go on, send MỞ LẠI."))
