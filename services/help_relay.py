"""How two people talk through the program: words without secrets, pictures that pass through, and silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.delivery import Delivery, DeliveryState
from models.help import HelpRequest, HelpState
from models.people import Account
from services import access, help_hours, media, people, small_talk
from services.access import Actor
from services.folding import tokens
from services.help import Relay, locked
from services.help_notices import (
    HelperReminded,
    RelayedGuide,
    RelayedNumber,
    RelayedPhoto,
    RelayedVoice,
    RelayedWords,
)
from services.notices import PAYLOAD_VERSION, Notice, tell
from services.rules import Rules
from services.safety import redact
from services.typed_secrets import Kind

MOST_PHOTOS = 10
PHOTO_KEPT: Final = timedelta(hours=24)
# A request can wait over a long weekend before somebody takes it.
VOICE_KEPT: Final = timedelta(days=5)
VOICE: Final = "audio/ogg"
THANKS: Final = ("cam on", "duoc roi", "xong roi", "lam duoc roi", "da vang", "thank")
WANTS_MORE: Final = frozenset({"chua", "khong", "ko", "sao", "nua", "ma", "nhung"})
GIVEN: Final[tuple[Kind, ...]] = ("phone",)
FORGOTTEN: Final = "number forgotten"
_GONE = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.CANCELLED)
_NUMBER_KEPT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Passed:
    """What was masked on the way: each kind of secret once."""

    kinds: tuple[Kind, ...] = ()


async def pass_words(
    session: AsyncSession,
    actor: Actor,
    relay: Relay,
    words: str,
    *,
    message: int,
    rules: Rules,
    now: datetime,
    has_number: bool = False,
) -> Passed | None:
    """Hand words to the other one, secrets masked; None if the talk has ended meanwhile.

    With `has_number` telephone numbers pass, because their owner chose so. `message` is the platform's number
    of the message, so that a repeat is told once. People act on the talk they are in.
    """
    request = await _talk(session, relay)
    if request is None:
        return None
    clean = redact(words, passing=GIVEN if has_number else ())
    _note_word(request, relay, clean.text, rules=rules, now=now)
    session.add(request)
    await session.flush()
    word: Notice = RelayedNumber(sender=actor.who, words=clean.text)
    if not has_number:
        is_rude = not relay.is_helper and small_talk.is_abuse(clean.text)
        word = RelayedWords(actor.who, clean.text, request_id=relay.request_id, is_rude=is_rude)
    await _hand_over(session, relay, word, message, now)
    return Passed(clean.kinds)


@access.declares(access.Action.ASK)
async def pass_photos(
    session: AsyncSession,
    actor: Actor,
    relay: Relay,
    photos: Sequence[tuple[int, str, str]],
    *,
    rules: Rules,
    now: datetime,
    is_asked: bool = False,
) -> bool:
    """Hand pictures to the other one, each (message, file, caption); False if the talk has ended meanwhile.

    A citizen's pictures pass once they said that none shows a secret: `is_asked` keeps that for the request.
    """
    request = await _talk(session, relay)
    if request is None:
        return False
    request.are_photos_fine = request.are_photos_fine or is_asked
    _note_word(request, relay, "", rules=rules, now=now)
    session.add(request)
    await session.flush()
    account = select(Account.channel_account).where(Account.id == actor.account_id)
    channel_account = (await session.exec(account)).first() or ""
    for message, file, caption in photos[:MOST_PHOTOS]:
        word = RelayedPhoto(
            sender=actor.who,
            words=redact(caption).text,
            picture=await media.received(
                session, channel_account=channel_account, file=file, now=now, keep_for=PHOTO_KEPT
            ),
        )
        await _hand_over(session, relay, word, message, now)
    return True


async def are_photos_fine(session: AsyncSession, relay: Relay) -> bool:
    """Tell whether the citizen need not be asked about a picture: a helper never is."""
    found = select(HelpRequest.are_photos_fine).where(HelpRequest.id == relay.request_id)
    return relay.is_helper or bool((await session.exec(found)).first())


@access.declares(access.Action.ASK)
async def pass_voice(
    session: AsyncSession,
    actor: Actor,
    relay: Relay,
    file: str,
    *,
    message: int,
    rules: Rules,
    now: datetime,
) -> bool:
    """Hand what was spoken to the other one; False if the talk has ended meanwhile."""
    request = await _talk(session, relay)
    if request is None:
        return False
    _note_word(request, relay, "", rules=rules, now=now)
    session.add(request)
    await session.flush()
    word = RelayedVoice(actor.who, await keep_voice(session, actor, file, now=now))
    await _hand_over(session, relay, word, message, now)
    return True


@access.declares(access.Action.ASK)
async def keep_voice(session: AsyncSession, actor: Actor, file: str, *, now: datetime) -> int:
    """Name a voice that lies with the platform until somebody has taken the request; tell its media id."""
    account = select(Account.channel_account).where(Account.id == actor.account_id)
    return await media.remember_far(
        session,
        channel_account=(await session.exec(account)).first() or "",
        file_id=file,
        now=now,
        keep_for=VOICE_KEPT,
        mime=VOICE,
        person_id=actor.person_id,
    )


@access.declares(access.Action.ANSWER_HELP)
async def send_guide(
    session: AsyncSession, actor: Actor, relay: Relay, slug: str, title: str, *, rules: Rules, now: datetime
) -> bool:
    """Let the citizen have a guide, which the request is about from now on; False if the talk has ended."""
    request = await _talk(session, relay)
    if request is None or not relay.is_helper:
        return False
    if request.guide != slug:
        request.guide, request.step = slug, None
    _note_word(request, relay, "", rules=rules, now=now)
    session.add(request)
    await session.flush()
    word = RelayedGuide(helper=actor.who, slug=slug, title=title, step=request.step or 0)
    await _hand_over(session, relay, word, int(now.timestamp()), now)
    return True


async def stay(session: AsyncSession, relay: Relay, *, rules: Rules, now: datetime) -> bool:
    """Give the silent helper who says they are still there a few minutes more; False if it is over."""
    request = await _talk(session, relay)
    if request is None or not relay.is_helper:
        return False
    request.reminded_at = now if request.waiting_since else None
    request.next_word_at = next_look(request, rules=rules, now=now)
    session.add(request)
    return True


@access.declares(access.Action.ASK)
async def wait_on(session: AsyncSession, actor: Actor, relay: Relay, *, rules: Rules, now: datetime) -> bool:
    """Remind the helper at once because the citizen still waits; False if it is over."""
    request = await _talk(session, relay)
    if request is None or relay.is_helper:
        return False
    since = request.spoke_at or now
    _note_word(request, relay, "", rules=rules, now=now)
    request.reminded_at = now
    request.next_word_at = next_look(request, rules=rules, now=now)
    session.add(request)
    await session.flush()
    helper = people.called(await people.person_of(session, relay.other))
    local = since.astimezone(now.tzinfo).isoformat()
    word = HelperReminded(relay.request_id, helper, actor.who, local)
    await _hand_over(session, relay, word, int(now.timestamp()), now)
    return True


async def _talk(session: AsyncSession, relay: Relay) -> HelpRequest | None:
    """Hold the request, if the two are still in it."""
    request = await locked(session, relay.request_id)
    pair = {request.person_id, request.helper_id}
    return request if request.state is HelpState.CLAIMED and pair == {relay.me, relay.other} else None


async def _hand_over(session: AsyncSession, relay: Relay, word: Notice, message: int, now: datetime) -> None:
    await tell(session, relay.other, word, subject=f"help:{relay.request_id}:{message}", now=now)


def _note_word(request: HelpRequest, relay: Relay, words: str, *, rules: Rules, now: datetime) -> None:
    """Note who spoke last, and who waits for whom since when."""
    request.spoke_at = now
    request.idle_asked_at = None
    if relay.is_helper:
        request.answered_at = request.answered_at or now
        request.waiting_since = request.reminded_at = None
    elif request.waiting_since is None and not _is_thanks(words):
        request.waiting_since = now
    request.next_word_at = next_look(request, rules=rules, now=now)


def _is_thanks(words: str) -> bool:
    """Tell whether words only say thank you: nobody is hurried to answer those."""
    said = tokens(words)
    folded = " ".join(said)
    return any(thanks in folded for thanks in THANKS) and not WANTS_MORE.intersection(said)


def next_look(request: HelpRequest, *, rules: Rules, now: datetime) -> datetime | None:
    """Tell when a talk has to be looked at again: a silent helper first, then two silent people."""
    times, hours = rules.help, rules.hours
    if request.waiting_since is not None:
        answer = partial(help_hours.answer_time, hours=hours, is_off_hours=request.is_off_hours)
        waiting = request.waiting_since.astimezone(now.tzinfo)
        if request.reminded_at is None:
            return answer(waiting, times.silent_reminder_minutes)
        grace = times.silent_minutes - times.silent_reminder_minutes
        reminded = request.reminded_at.astimezone(now.tzinfo)
        return max(answer(waiting, times.silent_minutes), answer(reminded, grace))
    if request.idle_asked_at is not None:
        asked = request.idle_asked_at.astimezone(now.tzinfo)
        return help_hours.team_time(asked, times.idle_close_minutes, hours)
    if request.spoke_at is None:
        return None
    return help_hours.team_time(request.spoke_at.astimezone(now.tzinfo), times.idle_minutes, hours)


async def forget_numbers(session: AsyncSession, *, now: datetime) -> int:
    """Take the telephone numbers out of what was sent a few minutes ago; tell how many messages."""
    table: Any = sa.inspect(Delivery).local_table
    is_old = table.c.created_at < now - _NUMBER_KEPT
    # Written out, so that the partial index of exactly these rows is used.
    kind: Any = sa.literal_column("'RelayedNumber'")
    found = sa.select(table.c.id, table.c.payload).where(
        table.c.kind == kind, table.c.state.in_(_GONE), is_old, table.c.error.is_distinct_from(FORGOTTEN)
    )
    connection = await session.connection()
    rows = (await connection.execute(found.with_for_update(skip_locked=True))).all()
    for row in rows:
        mine = sa.update(table).where(table.c.id == row.id)
        await connection.execute(mine.values(payload=_without_number(row.payload), error=FORGOTTEN))
    return len(rows)


def _without_number(payload: dict[str, Any]) -> dict[str, Any]:
    """Mask the words of a message, as the web chat keeps them or as they waited."""
    if "text" in payload:
        return payload | {"text": redact(payload["text"]).text}
    spoken = payload.get("vars", {})
    return {"v": PAYLOAD_VERSION, "vars": spoken | {"words": redact(spoken.get("words", "")).text}}
