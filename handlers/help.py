"""How a citizen asks for a person, hears when there is news, and says whether it helped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply
from locales import dates, pgettext, use_locale
from locales import gettext as _
from models.guides import GuideVisit
from models.help import HelpState, Rating, Rung
from services import guide_visits, help_outcome, help_relay, people, units
from services import help as requests
from services.access import Actor, capitalised
from services.folding import tokens
from services.guides import Library
from services.rules import Rules
from services.safety import redact

router: Final = Router(name=__name__)

ASK_WORDS: Final = frozenset({"nho giup", "gap nguoi", "nho nguoi", "nho nguoi giup", "can nguoi giup"})
REOPEN_WORDS: Final = frozenset({"mo lai"})
JUST_ASKED: Final = timedelta(seconds=30)
LONGEST_TOPIC: Final = 100


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


class HelpReopen(CallbackData, prefix="help.reopen"):
    """Open it again, with the same helper or another."""

    request: int
    same: bool


class RelayIdle(CallbackData, prefix="relay.idle"):
    """After a silence: it is done, or the wait goes on."""

    request: int
    done: bool


@router.message(F.text.func(lambda text: " ".join(tokens(text)) in ASK_WORDS))
async def type_ask(_message: Message) -> Goto:
    """Ask for a person by words."""
    return Goto("ask.person")


@router.callback_query(F.data == "ask.person")
async def ask_person(
    _query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    guides: Library,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Ask the village's team; consent and village come first if they are not known."""
    if actor.person_id is None:
        return _ask_consent()
    request = await requests.live_request(session, actor.person_id)
    if request is not None:
        return None if now - request.asked_at < JUST_ASKED else Goto("ask.mine")
    data = await state.get_data()
    if actor.unit_id is None and not data.get("village_asked"):
        await state.update_data(village_asked=True)
        return Goto("village.ask:ask.person")
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    with use_locale(rules.language):
        wish = _wish(data, visit, guides)
    asked = await requests.ask(session, actor, wish, rules=rules, now=now)
    kept = {key: value for key, value in data.items() if key not in {"question", "village_asked"}}
    await state.set_data(kept | {"asked": now.isoformat()})
    return Reply(_asked(asked, now), choices=[_never_mind(asked.request.id or 0)])


def _ask_consent() -> Reply:
    return Reply(
        _("To ask a person Tổ Số has to keep the question and hand it on. Is that all right?"),
        choices=[
            Choice(pgettext("button", "I agree"), "ask.yes"),
            Choice(pgettext("button", "No"), "ask.no"),
        ],
    )


@router.callback_query(F.data == "ask.yes")
async def agree(
    query: CallbackQuery,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Goto:
    """Be remembered, and go on asking."""
    if actor.person_id is None:
        name = query.from_user.full_name if query.from_user.first_name != "?" else ""
        await people.remember(session, actor, name=name, purpose="citizen", privacy=rules.privacy, now=now)
        data = await state.get_data()
        await state.set_data({key: value for key, value in data.items() if key != "quick"})
    return Goto("ask.person")


@router.callback_query(F.data == "ask.no")
async def disagree(_query: CallbackQuery) -> Reply:
    """Keep nothing, and say the other way."""
    text = _(
        "Then nothing is handed on. Go on asking here, or ask the village head or the commune's service centre."
    )
    return Reply(text, choices=[Choice(pgettext("button", "See the guides"), "guides.list")])


def _wish(data: dict[str, Any], visit: GuideVisit | None, guides: Library) -> requests.Wish:
    """Say what it is about: the step somebody is stuck at, unless they asked something else since."""
    question = str(data.get("question", ""))
    if visit is not None and visit.step and visit.slug in guides and not _is_newer(data, visit):
        guide = guides.get(visit.slug)
        step = guide.steps[min(visit.step, len(guide.steps)) - 1]
        about = _("step {n}/{of} of the guide {title}")
        if "mã otp" in step.text.lower():
            about = _("OTP code, step {n}/{of} of the guide {title}")
        topic = about.format(n=visit.step, of=len(guide.steps), title=guide.title)
        return requests.Wish(topic, guide=visit.slug, step=visit.step)
    if question:
        short = question if len(question) <= LONGEST_TOPIC else f"{question[:LONGEST_TOPIC].rstrip()}…"
        return requests.Wish(short, question=question if short != question else "")
    if data.get("voice"):
        return requests.Wish(_("a voice message to listen to"))
    if data.get("picture"):
        return requests.Wish(_("a picture to look at"))
    return requests.Wish(_("something not written yet"))


def _is_newer(data: dict[str, Any], visit: GuideVisit) -> bool:
    """Tell whether the last question came after the last step."""
    said = data.get("said")
    return bool(data.get("question") and said) and datetime.fromisoformat(said[1]) > visit.moved_at


def _asked(asked: requests.Asked, now: datetime) -> str:
    """Say who was asked and by when the next word comes; at night, when the asking begins."""
    until = dates.moment(asked.until, now)
    if asked.begins is not None and asked.step.rung in {Rung.TEAM, Rung.NEIGHBOUR}:
        text = _(
            "The team is asleep now. Tổ Số asks at {clock} tomorrow morning and writes by {until}."
            " Anything more can be sent here."
        )
        if asked.begins.date() == now.date():
            text = _(
                "The team is asleep now. Tổ Số asks at {clock} this morning and writes by {until}."
                " Anything more can be sent here."
            )
        if asked.until.date() == asked.begins.date():
            until = dates.clock(asked.until)
        return text.format(clock=dates.clock(asked.begins), until=until)
    if asked.usual is not None:
        text = _(
            "{who} has been asked, somebody usually answers within {n} minutes. Tổ Số writes by {until}."
            " Anything more can be sent here."
        )
        return text.format(who=_who(asked), n=asked.usual, until=until)
    text = _("{who} has been asked. Tổ Số writes by {until}. Anything more can be sent here.")
    return text.format(who=_who(asked), until=until)


def _who(asked: requests.Asked) -> str:
    name = units.display_name(asked.step.unit)
    if asked.step.rung is Rung.TEAM:
        return requests.team_name(name)
    if asked.step.rung is Rung.NEIGHBOUR:
        return _("{team} beside").format(team=requests.team_name(name))
    supervisor = people.called(asked.step.people[0])
    return _("{who}, {post},").format(who=supervisor, post=requests.post_name("supervisor", name)).rstrip(",")


def _never_mind(request_id: int) -> Choice:
    return Choice(pgettext("button", "Never mind"), HelpWithdraw(request=request_id))


@router.message(StateFilter(None), F.text)
async def add_detail(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, now: datetime
) -> Reply:
    """Add what is said soon after asking."""
    data = await state.get_data()
    asked = data.get("asked")
    if not asked or now - datetime.fromisoformat(asked) > requests.DETAILS_WITHIN:
        raise SkipHandler
    words = redact(message.text or "").text
    if not await requests.add_detail(session, actor, words, now=now):
        await state.set_data({key: value for key, value in data.items() if key != "asked"})
        raise SkipHandler
    return Reply(_("Handed on as well."))


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
        choices=[
            Choice(pgettext("button", "Keep waiting"), HelpWait(request=request.id or 0)),
            _never_mind(request.id or 0),
        ],
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
        await help_relay.wait_on(session, relay, rules=rules, now=now)
        return Reply(_("{who} will be reminded.").format(who=capitalised(helper)))
    if await help_outcome.confirm(session, actor, callback_data.request, now=now) is None:
        return Goto("ask.mine")
    return Reply(_("Noted. Did it help?"), choices=rating_choices(callback_data.request))


def rating_choices(request_id: int) -> list[Choice]:
    """List the three words of a rating."""
    return [
        Choice(pgettext("button", "It worked"), HelpRate(request=request_id, rating=Rating.GOOD)),
        Choice(pgettext("button", "Partly"), HelpRate(request=request_id, rating=Rating.PARTLY)),
        Choice(pgettext("button", "Not yet"), HelpRate(request=request_id, rating=Rating.NOT_YET)),
    ]


@router.callback_query(HelpRate.filter())
async def rate(
    _query: CallbackQuery,
    callback_data: HelpRate,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | None:
    """Keep the rating and go on; what did not help is opened again."""
    rating = Rating(callback_data.rating)
    helper = await help_outcome.rate(session, actor, callback_data.request, rating, now=now)
    if helper is None:
        return None
    who = people.called(helper)
    if rating is Rating.NOT_YET:
        return _ask_whom(callback_data.request, who)
    visit = await guide_visits.open_visit(session, actor.person_id or 0, now=now)
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
            Choice(pgettext("button", "Somebody else"), HelpReopen(request=request_id, same=False)),
            Choice(pgettext("button", "Never mind"), "help.leave"),
        ],
    )


@router.callback_query(F.data == "help.leave")
async def leave(_query: CallbackQuery) -> Reply:
    """Leave it closed."""
    return Reply(_("It stays closed. If it is needed again, send NHỜ GIÚP."))


@router.message(F.text.func(lambda text: " ".join(tokens(text)) in REOPEN_WORDS))
async def type_reopen(
    _message: Message, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply | Goto:
    """Open the last request again by words, within a day."""
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
) -> Reply:
    """Open it again."""
    helper, until = await help_outcome.reopen(
        session, actor, callback_data.request, same=callback_data.same, rules=rules, now=now
    )
    if helper is not None:
        who = people.called(helper)
        text = _("{Who} has been asked again. Whatever is written here, {who} reads at once.")
        return Reply(text.format(Who=capitalised(who), who=who))
    text = _("Tổ Số is looking for somebody else and writes by {until}.")
    return Reply(text.format(until=dates.moment(until or now, now)))
