"""How a citizen and a helper talk: what they write goes to the other one, and the program keeps quiet."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.asked_numbers import asks_for
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from locales import gettext as _
from locales import pgettext
from services import guide_visits, help_relay, people
from services import help as requests
from services.access import Actor, capitalised
from services.folding import tokens
from services.guides import Library
from services.help import Relay
from services.help_notices import RelayedGuide, RelayedNumber, RelayedPhoto, RelayedVoice, RelayedWords
from services.rules import Rules
from services.typed_secrets import Kind

router: Final = Router(name=__name__)

PHOTOS: Final = "photos"
HELPER_WORDS: Final = {
    "xong": "help.done",
    "tra": "help.return",
    "bai": "help.guide",
    "quayroi": "relay.abuse",
}
CITIZEN_WORDS: Final = {"thoi": "help.stop", "xong": "relay.idle"}


class Talk(StatesGroup):
    """What the next words in a talk are."""

    number = State()


asks_for(Talk.number, "phone")


class RelayPhotos(CallbackData, prefix="relay.photos"):
    """Send the pictures that wait, or drop them."""

    fine: bool


class RelayNumber(CallbackData, prefix="relay.number"):
    """Give a telephone number, or not."""

    give: bool


class RelayGuide(CallbackData, prefix="relay.guide"):
    """Open a guide the helper sent, at the step the request is about."""

    slug: str
    step: int


async def in_talk(message: Message, actor: Actor, session: AsyncSession) -> dict[str, Relay] | bool:
    """Find the talk the person is in; commands stay with the program, as the way out of anything."""
    if actor.person_id is None or (message.text or "").startswith("/"):
        return False
    relay = await requests.relay_of(session, actor.person_id)
    return {"relay": relay} if relay else False


router.message.filter(in_talk)


@router.message(F.text.startswith("#"))
async def say_hash_word(message: Message, relay: Relay) -> Goto | Reply:
    """Do what a word after # says; it is the only thing that does not go to the other one."""
    words = HELPER_WORDS if relay.is_helper else CITIZEN_WORDS
    said = "".join(tokens(message.text or ""))
    if said in words:
        rest = ":1" if words[said] == "relay.idle" else ""
        return Goto(f"{words[said]}:{relay.request_id}{rest}")
    if relay.is_helper:
        return Reply(_("After # there are three words: #xong, #tra, #bai. Anything else goes straight on."))
    return Reply(_("After # there are two words: #xong, #thoi. Anything else goes straight on."))


@router.message(StateFilter(Talk.number), F.text)
async def give_number(
    message: Message,
    relay: Relay,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    hidden: tuple[Kind, ...],
    now: datetime,
) -> Reply | None:
    """Hand on the words with the number in them, once."""
    await state.set_state(None)
    passed = await help_relay.pass_words(
        session,
        actor,
        relay,
        message.text or "",
        message=message.message_id,
        rules=rules,
        now=now,
        has_number=True,
    )
    if passed is None:
        raise SkipHandler
    return await _warn(session, relay, hidden)


@router.message(F.text)
async def talk(
    message: Message,
    relay: Relay,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    hidden: tuple[Kind, ...],
    now: datetime,
) -> Reply | None:
    """Hand the words on, secrets masked; of what was masked, say so."""
    await _pass(message, relay, actor, session, rules, now)
    return await _warn(session, relay, hidden)


async def _pass(
    message: Message, relay: Relay, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> None:
    words, number = (message.text or "")[: rules.limits.message_chars], message.message_id
    passed = await help_relay.pass_words(session, actor, relay, words, message=number, rules=rules, now=now)
    if passed is None:
        raise SkipHandler


async def _warn(session: AsyncSession, relay: Relay, hidden: tuple[Kind, ...]) -> Reply | None:
    """Say what was hidden on the way; a telephone number may be given after all."""
    if not hidden:
        return None
    other = people.called(await people.person_of(session, relay.other))
    if set(hidden) == {"phone"}:
        return _offer_number(other)
    return Reply(
        _(
            "Tổ Số has hidden a code or number that nobody else should see."
            " Never send it, not even to {other}."
        ).format(other=other)
    )


def _offer_number(other: str) -> Reply:
    text = _("Tổ Số has hidden the telephone number. Give it to {other} to call back?")
    return Reply(
        text.format(other=other),
        choices=[
            Choice(pgettext("button", "Give the number"), RelayNumber(give=True)),
            Choice(pgettext("button", "Do not give it"), RelayNumber(give=False)),
        ],
    )


@router.callback_query(RelayNumber.filter())
async def choose_number(
    _query: CallbackQuery,
    callback_data: RelayNumber,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
) -> Reply | Goto:
    """Let the number pass with the next words, or leave it hidden."""
    relay = await _relay(session, actor)
    if relay is None:
        return Goto("menu.open")
    other = people.called(await people.person_of(session, relay.other))
    if callback_data.give:
        await state.set_state(Talk.number)
        text = _("Please send the number again. That message goes whole to {other}, Tổ Số does not keep it.")
        return Reply(text.format(other=other))
    return Reply(_("It is hidden, nobody sees it. Go on writing to {other}.").format(other=other))


@router.message(F.photo)
async def send_photo(
    message: Message,
    relay: Relay,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    hidden: tuple[Kind, ...],
    now: datetime,
) -> Reply | None:
    """Hand a picture on; the citizen is asked first, once a request, and an album is one picture."""
    photo = [message.message_id, (message.photo or [])[-1].file_id, message.caption or ""]
    if await help_relay.are_photos_fine(session, relay):
        if not await _send(session, actor, relay, [photo], rules, now):
            raise SkipHandler
        return await _warn(session, relay, hidden)
    data = await state.get_data()
    kept = data.get(PHOTOS, {})
    waiting = kept.get("files", []) if kept.get("request") == relay.request_id else []
    files = [*waiting, photo][-help_relay.MOST_PHOTOS :]
    await state.update_data({PHOTOS: {"request": relay.request_id, "files": files}})
    if waiting:
        return None
    return Reply(
        _("Is there an ID card, an OTP code or a password in the picture?"),
        choices=[
            Choice(pgettext("button", "There is not, send it"), RelayPhotos(fine=True)),
            Choice(pgettext("button", "There is, drop it"), RelayPhotos(fine=False)),
        ],
    )


@router.callback_query(RelayPhotos.filter())
async def choose_photos(
    query: CallbackQuery,
    callback_data: RelayPhotos,
    actor: Actor,
    session: AsyncSession,
    state: FSMContext,
    rules: Rules,
    now: datetime,
) -> Reply | Goto | None:
    """Send the pictures that wait, or drop them; nothing of them is kept."""
    data = await state.get_data()
    kept = data.pop(PHOTOS, {})
    await state.set_data(data)
    relay = await _relay(session, actor)
    if relay is None:
        return Goto("menu.open")
    if kept.get("request") != relay.request_id:
        await _typed_after_all(query, relay, actor, session, rules, now)
        return None
    if not callback_data.fine:
        return Reply(_("The picture is dropped, nobody sees it. A few words will do."))
    await _send(session, actor, relay, kept["files"], rules, now)
    return None


async def _typed_after_all(
    query: CallbackQuery, relay: Relay, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> None:
    """Hand on a "1" that was meant for the other one: the question it would answer is settled."""
    message = query.message
    if not isinstance(message, Message) or not message.text or query.id != "typed":
        return
    await _pass(message, relay, actor, session, rules, now)


async def _send(
    session: AsyncSession, actor: Actor, relay: Relay, photos: list[list[Any]], rules: Rules, now: datetime
) -> bool:
    shown = [(int(number), str(file), str(caption)) for number, file, caption in photos]
    is_asked = not relay.is_helper
    return await help_relay.pass_photos(session, actor, relay, shown, rules=rules, now=now, is_asked=is_asked)


@router.message(F.voice)
async def send_voice(
    message: Message, relay: Relay, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> None:
    """Hand on what was spoken: whoever cannot type must not be left alone in the talk."""
    if message.voice is None or not await help_relay.pass_voice(
        session, actor, relay, message.voice.file_id, message=message.message_id, rules=rules, now=now
    ):
        raise SkipHandler


@router.message()
async def send_other(_message: Message, relay: Relay, session: AsyncSession) -> Reply:
    """Say what cannot be handed on: stickers, documents."""
    other = people.called(await people.person_of(session, relay.other))
    text = _("Tổ Số hands on words, voices and pictures only. Please write a few words to {other}.")
    return Reply(text.format(other=other))


async def _relay(session: AsyncSession, actor: Actor) -> Relay | None:
    return await requests.relay_of(session, actor.person_id) if actor.person_id else None


@notice(RelayedWords)
def say_words(notice_: RelayedWords) -> Reply:
    """Say what the other one wrote; of rude words, with the way out."""
    said = _quoted(notice_.sender, notice_.words)
    if not notice_.is_rude:
        return said
    way_out = Choice(pgettext("button", "Report harassment"), f"relay.abuse:{notice_.request_id}", "#QUAYROI")
    return Reply(said.text, choices=[way_out], is_listed=False)


@notice(RelayedNumber)
def say_number(notice_: RelayedNumber) -> Reply:
    """Say what the other one wrote, with the number they chose to give."""
    return _quoted(notice_.sender, notice_.words)


def _quoted(sender: str, words: str) -> Reply:
    return Reply(_("{sender}: {words}").format(sender=capitalised(sender), words=words))


@notice(RelayedPhoto)
def show_photo(notice_: RelayedPhoto) -> Reply:
    """Show the other one's picture."""
    text = _("{sender} sends a picture.").format(sender=capitalised(notice_.sender))
    return Reply(" ".join(filter(None, [text, notice_.words])), picture=notice_.picture)


@notice(RelayedVoice)
def play_voice(notice_: RelayedVoice) -> Reply:
    """Let the other one be heard."""
    text = _("{sender} sends a voice message.").format(sender=capitalised(notice_.sender))
    return Reply(text, document=notice_.document)


@notice(RelayedGuide)
def show_guide(notice_: RelayedGuide) -> Reply:
    """Offer the guide the helper sends."""
    text = _("{helper} sends the guide {title}.")
    return Reply(
        text.format(helper=capitalised(notice_.helper), title=notice_.title),
        choices=[
            Choice(pgettext("button", "See the guide"), RelayGuide(slug=notice_.slug, step=notice_.step))
        ],
    )


@router.callback_query(RelayGuide.filter())
async def open_guide(
    _query: CallbackQuery,
    callback_data: RelayGuide,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Goto:
    """Open the guide at its step; the choice is named so that it can be typed during a talk."""
    slug, step = callback_data.slug, callback_data.step
    if not step or actor.person_id is None or slug not in guides:
        return Goto(f"guide.start:{slug}")
    last = len(guides.get(slug, actor.locale).steps)
    await guide_visits.open_at(session, actor.person_id, slug, min(step, last), now=now)
    return Goto("guide.resume")
