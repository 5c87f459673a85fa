"""How a citizen asks for a person: consent, village, what it is about, and by when there is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply
from locales import dates, pgettext, use_locale
from locales import gettext as _
from models.help import Rung
from services import guide_visits, help_relay, learning, people, units
from services import help as requests
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Library
from services.rules import Rules
from services.safety import redact

router: Final = Router(name=__name__)

JUST_ASKED: Final = timedelta(seconds=30)
LONGEST_TOPIC: Final = 100
SCAM_GUIDE: Final = "lua_dao"
SCAM_FOR: Final = timedelta(minutes=30)
# What a request was made of, and must not get into the next one.
SPENT: Final = frozenset({"question", "village_asked", "scam", "voice", "picture", "foreign"})


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
        wish = _scam_wish(data, now) or _wish(data, visit, guides)
    if wish.has_voice and data.get("voice"):
        voice_id = await help_relay.keep_voice(session, actor, str(data["voice"]), now=now)
        wish = replace(wish, voice_id=voice_id)
    asked = await requests.ask(session, actor, wish, rules=rules, now=now)
    kept = {key: value for key, value in data.items() if key not in SPENT}
    await state.set_data(kept | {"asked": now.isoformat()})
    never_mind = Choice(pgettext("button", "Never mind"), f"help.stop:{asked.request.id}")
    return Reply(_asked(asked, now), choices=[never_mind])


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
        "Then nothing is handed on. Go on asking here,"
        " or ask the village head or the commune's service centre."
    )
    return Reply(text, choices=[Choice(pgettext("button", "See the guides"), "guides.list")])


def _scam_wish(data: dict[str, Any], now: datetime) -> requests.Wish | None:
    """Say what happened, if a scam was just talked about and nothing else was asked since."""
    done, at, *story = data.get("scam") or ["", ""]
    if not done or now - datetime.fromisoformat(at) > SCAM_FOR:
        return None
    said = data.get("said")
    if said and datetime.fromisoformat(said[1]) > datetime.fromisoformat(at):
        return None
    topics = {
        "money": _("money has just been sent to a cheat"),
        "otp": _("a code was read out to a stranger"),
        "installed": _("a strange app was installed, maybe a scam"),
        "story": _("this may be a scam"),
    }
    question = story[0] if story else ""
    return requests.Wish(topics[done], question=question, guide=SCAM_GUIDE, is_urgent=done == "money")


def _wish(data: dict[str, Any], visit: Visit | None, guides: Library) -> requests.Wish:
    """Say what it is about: the step somebody is stuck at, unless they asked something else since."""
    question = str(data.get("question", ""))
    if "voice" in data and not question:
        return requests.Wish(_("a voice message to listen to"), has_voice=True)
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
        stub = data.get("stub")
        # Of a service without a guide the topic is the name; what was typed is in the last message.
        words = learning.words_of(data.get("said", [""])[0] if stub else question)
        return requests.Wish(short, question=question if short != question else "", words=words, stub=stub)
    if data.get("foreign"):
        return requests.Wish(_("somebody who speaks another language"))
    if data.get("picture"):
        return requests.Wish(_("a picture to look at"))
    return requests.Wish(_("something not written yet"))


def _is_newer(data: dict[str, Any], visit: Visit) -> bool:
    """Tell whether the last question came after the last step."""
    said = data.get("said")
    if not data.get("question") or not said:
        return False
    return datetime.fromisoformat(said[1]) > visit.moved_at


def _asked(asked: requests.Asked, now: datetime) -> str:
    """Say who was asked and by when the next word comes; at night, when the asking begins."""
    until = dates.moment(asked.until, now)
    if asked.request.is_urgent and asked.step.is_on_duty:
        text = _("Tổ Số has asked {who} at once. Next word by {until}. Anything more can be sent here.")
        who = ", ".join(people.called(person) for person in asked.step.people)
        return text.format(who=who, until=until)
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
        elif asked.begins.date() > now.date() + timedelta(days=1):
            text = _(
                "The team is on holiday. Tổ Số asks at {begins} and writes by {until}."
                " Anything more can be sent here."
            )
        if asked.until.date() == asked.begins.date():
            until = dates.clock(asked.until)
        begins = dates.moment(asked.begins, now)
        return text.format(clock=dates.clock(asked.begins), begins=begins, until=until)
    if asked.usual is not None:
        text = _(
            "Tổ Số has asked {who}, somebody usually answers within {n} minutes. Next word by {until}."
            " Anything more can be sent here."
        )
        return text.format(who=_who(asked), n=asked.usual, until=until)
    text = _("Tổ Số has asked {who}. Next word by {until}. Anything more can be sent here.")
    return text.format(who=_who(asked), until=until)


def _who(asked: requests.Asked) -> str:
    name = units.display_name(asked.step.unit)
    if asked.step.rung is Rung.TEAM:
        team = requests.team_name(name)
        return _("whoever is on duty in {team}").format(team=team) if asked.step.is_on_duty else team
    if asked.step.rung is Rung.NEIGHBOUR:
        return _("{team} beside").format(team=requests.team_name(name))
    supervisor = people.called(asked.step.people[0])
    return f"{supervisor}, {requests.post_name('supervisor', name)}"


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
