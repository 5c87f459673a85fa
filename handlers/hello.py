"""How a stranger's first word becomes something useful: greeting, consent, quick answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import Said, folded
from locales import gettext as _
from locales import ngettext, pgettext
from services import freshness, people, units
from services.access import Actor
from services.guides import Guide, Library
from services.matching import Matcher
from services.rules import Rules

router: Final = Router(name=__name__)

GREETINGS: Final = frozenset(
    {
        "chao", "chao a", "chao ad", "chao ban", "chao em", "chao anh", "chao chi", "xin chao", "xin chao a",
        "alo", "alo alo", "a lo", "hello", "hi", "hey", "hi ad", "hello ad", "co ai khong", "start",
        "bat dau", "menu", "chao to so", "da chao", "da alo", "thua chao",
    }
)  # fmt: skip
YES: Final = frozenset({"dong y", "toi dong y", "dong y a"})


class HelloYes(CallbackData, prefix="hello.yes"):
    """Said yes; with the guide the first question was about."""

    slug: str = ""


class HelloNo(CallbackData, prefix="hello.no"):
    """Wants quick answers only."""

    slug: str = ""


class HelloMore(CallbackData, prefix="hello.more"):
    """Wants to read the consent in full."""

    slug: str = ""


class HelloShow(CallbackData, prefix="hello.show"):
    """Wants a whole guide at once, without being remembered."""

    slug: str


@router.message(CommandStart(deep_link=True), F.text.contains(" v_"))
async def scan_poster(
    _message: Message,
    command: CommandObject,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
) -> Reply | Goto:
    """Come in by the poster of a village."""
    return await _arrive(session, actor, state, rules, (command.args or "")[2:])


@router.message(CommandStart(deep_link=True), F.text.contains(" g_"))
async def scan_guide(
    _message: Message, command: CommandObject, actor: Actor, rules: Rules, guides: Library
) -> Reply | Goto:
    """Come in by the QR code on a printed guide."""
    slug = (command.args or "")[2:]
    if slug not in guides:
        raise SkipHandler
    if actor.person_id is None:
        return _ask(rules, guides.get(slug, actor.locale))
    return Goto(f"guide.start:{slug}")


@router.message(F.text.regexp(r"^\s*[A-Za-z]{2,5}-?\d{2,8}\s*$"))
async def type_poster_code(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules
) -> Reply | Goto:
    """Come in by the code printed under a poster's QR."""
    return await _arrive(session, actor, state, rules, (message.text or "").strip())


async def _arrive(
    session: AsyncSession, actor: Actor, state: FSMContext, rules: Rules, code: str
) -> Reply | Goto:
    village = await units.village_by_code(session, code)
    if village is None:
        raise SkipHandler
    await state.update_data(poster=village.id)
    if actor.person_id is None:
        return _ask(rules)
    return Goto("village.poster")


@router.message(Said(YES))
async def type_yes(_message: Message, actor: Actor) -> Goto:
    """Change one's mind: ĐỒNG Ý at any later time."""
    if actor.person_id is not None:
        raise SkipHandler
    return Goto(HelloYes())


@router.my_chat_member()
async def block_or_return(event: ChatMemberUpdated, actor: Actor, session: AsyncSession) -> None:
    """Note that somebody blocked the program, or came back."""
    is_reachable = event.new_chat_member.status not in {"kicked", "left"}
    await people.set_reachable(session, actor, is_reachable=is_reachable)


@router.message(CommandStart())
@router.message(Command("start", "menu"))
async def start(_message: Message, actor: Actor, rules: Rules) -> Reply | Goto:
    """Begin, or begin again."""
    return _ask(rules) if actor.person_id is None else Goto("menu.open")


@router.message(F.text, lambda _event, actor: actor.person_id is None)
async def first_words(
    message: Message, state: FSMContext, rules: Rules, guides: Library, matcher: Matcher, now: datetime
) -> Reply:
    """Answer a stranger: ask for consent first, or answer quickly whoever said no."""
    data = await state.get_data()
    text = message.text or ""
    if folded(message) in GREETINGS:
        return _ask(rules)
    if data.get("quick"):
        return _quick_answer(text, guides, matcher, now)
    match = matcher.match(text[: rules.limits.message_chars])
    guide = guides.get(match.guide) if match.outcome == "answer" and match.guide else None
    return _ask(rules, guide)


@router.callback_query(F.data == "hello.ask")
async def meet(_query: CallbackQuery, rules: Rules) -> Reply:
    """Ask somebody who is not remembered for consent."""
    return _ask(rules)


@router.callback_query(HelloYes.filter())
async def say_yes(
    query: CallbackQuery,
    callback_data: HelloYes,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: Any,
) -> Reply | Goto:
    """Be remembered, and go on with what was wanted."""
    if actor.person_id is None:
        name = query.from_user.full_name if query.from_user.first_name != "?" else ""
        await people.remember(session, actor, name=name, purpose="citizen", privacy=rules.privacy, now=now)
    data = await state.get_data()
    await state.set_data({key: value for key, value in data.items() if key != "quick"})
    if data.get("poster"):
        return Goto("village.poster")
    return Goto(f"guide.start:{callback_data.slug}") if callback_data.slug else Goto("village.ask:hello.done")


@router.callback_query(HelloNo.filter())
async def say_no(
    _query: CallbackQuery, callback_data: HelloNo, state: FSMContext, guides: Library, now: datetime
) -> Reply:
    """Answer without keeping anything."""
    await state.set_data({"quick": True})
    if callback_data.slug in guides:
        return whole_guide(guides.get(callback_data.slug), now)
    return Reply(
        _(
            "Tổ Số keeps nothing. Send what is to be done, for example: lam sao cai vneid."
            "\nTo go step by step or ask somebody from the village, send ĐỒNG Ý."
        )
    )


@router.callback_query(HelloMore.filter())
async def read_consent(_query: CallbackQuery, callback_data: HelloMore, rules: Rules, actor: Actor) -> Reply:
    """Show the consent in full."""
    text = _(
        "What is kept: the name shown, the village, the questions and the step reached."
        " Not kept: ID numbers, OTP codes, passwords, pictures, places."
        "\nWhat for: to answer, to ask somebody from the village, to count (counts carry no names)."
        "\nWho keeps it: {controller}. Who can see it: whoever takes the request, and the commune's officer"
        " in charge. Kept for {months} months after the last message."
        "\nThe right to see, correct, take along, withdraw and erase: send DỮ LIỆU or XÓA."
        " Under 16, choose together with a parent.\n{carrier}Do you agree?"
    ).format(
        controller=rules.privacy.controller,
        months=rules.privacy.keep_months,
        carrier=_carrier(actor.channel),
    )
    slug = callback_data.slug
    yes = Choice(pgettext("button", "I agree"), HelloYes(slug=slug))
    return Reply(
        text, choices=[yes, Choice(pgettext("button", "No, just quick answers"), HelloNo(slug=slug))]
    )


@router.callback_query(HelloShow.filter())
async def show_whole(
    _query: CallbackQuery, callback_data: HelloShow, guides: Library, now: datetime
) -> Reply:
    """Show a whole guide to somebody who is not remembered."""
    return whole_guide(guides.get(callback_data.slug), now)


@router.callback_query(F.data == "hello.done")
async def be_ready(_query: CallbackQuery, actor: Actor, session: AsyncSession) -> Reply:
    """Say what can be asked now."""
    ask = _("Send what is to be done just as in talking, for example: lam sao cai vneid.")
    if actor.unit_id is not None:
        village = units.display_name(await units.unit_of(session, actor.unit_id))
        ask = _("{village} is noted. {ask}").format(village=village, ask=ask)
    return Reply(
        ask,
        choices=[
            Choice(pgettext("button", "See the guides"), "guides.list"),
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "Is it a scam?"), "scam.open"),
            Choice(pgettext("button", "Settings"), "settings.open"),
        ],
    )


def _ask(rules: Rules, guide: Guide | None = None) -> Reply:
    """Ask for consent; the guide a first question was about rides on the buttons, its words are not kept."""
    slug = guide.slug if guide else ""
    if guide:
        text = _(
            "Hello! Tổ Số is an automatic answering machine and has found the guide {title}."
            "\nTo remember the step and to ask somebody from the village, may it keep the name, village and"
            " question (kept by: {controller})?"
            "\nThere is no need to; to erase it, send XÓA at any time. Do you agree?"
        ).format(title=guide.title, controller=rules.privacy.controller)
    else:
        text = _(
            "Hello! Tổ Số is an automatic answering machine that shows paperwork on the phone step by step,"
            " free of charge."
            "\nTo answer and to ask somebody from the village, may it keep the name, village and question"
            " (kept by: {controller})?"
            "\nThere is no need to; to erase it, send XÓA at any time. Do you agree?"
        ).format(controller=rules.privacy.controller)
    return Reply(
        text,
        choices=[
            Choice(pgettext("button", "I agree"), HelloYes(slug=slug)),
            Choice(pgettext("button", "No, just quick answers"), HelloNo(slug=slug)),
            Choice(pgettext("button", "Read it all"), HelloMore(slug=slug)),
        ],
    )


def _carrier(channel: str) -> str:
    if channel not in {"telegram", "zalo_bot", "zalo_oa"}:
        return ""
    name = "Telegram" if channel == "telegram" else "Zalo"
    return _("Messages travel through {name}, which has rules of its own.").format(name=name) + "\n"


def _quick_answer(text: str, guides: Library, matcher: Matcher, now: datetime) -> Reply:
    match = matcher.match(text)
    if match.outcome == "answer" and match.guide:
        return whole_guide(guides.get(match.guide), now)
    if match.outcome == "choose":
        found = [guides.get(candidate.guide) for candidate in match.candidates]
        choices = [Choice(guide.short_title or guide.title, HelloShow(slug=guide.slug)) for guide in found]
        return Reply(_("Tổ Số is not sure what is meant. Which of these is it?"), choices=choices)
    return _no_guide()


def _no_guide() -> Reply:
    return Reply(_("Tổ Số has no guide for this. To ask somebody from the village, send ĐỒNG Ý."))


def whole_guide(guide: Guide, now: datetime) -> Reply:
    """Say a guide all at once, and how fresh it is; of a stub, say that there is none."""
    if guide.is_stub:
        return _no_guide()
    count = len(guide.steps)
    title = ngettext("{title} (in full, {n} step)", "{title} (in full, {n} steps)", count)
    steps = [f"{step.number}. {step.text}" for step in guide.steps]
    way_on = _("Tổ Số keeps nothing. To go step by step or ask somebody from the village, send ĐỒNG Ý.")
    caution = freshness.caution(guide, now.date())
    said = [title.format(title=guide.title, n=count), *steps, caution, way_on]
    return Reply("\n".join(filter(None, said)))
