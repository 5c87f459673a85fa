"""A sentence that was not understood as it was meant: which piece, and what about it, is put right."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import CallbackData, Choice, Goto, Reply
from locales import gettext as _
from locales import pgettext
from services import activity_drafts, amounts
from services.access import Actor
from services.rules import Rules
from services.work_sentences import Piece

router: Final = Router(name=__name__)


class SentenceFix(CallbackData, prefix="sentence.fix"):
    """Something is not right."""

    draft: int


class SentencePart(CallbackData, prefix="sentence.part"):
    """A piece of it is not right."""

    draft: int
    at: int


class SentenceOut(CallbackData, prefix="sentence.out"):
    """Leave this piece out."""

    draft: int
    at: int


@router.callback_query(SentenceFix.filter())
async def fix(
    _query: CallbackQuery,
    callback_data: SentenceFix,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply | Goto:
    """Ask which piece is not right, if there are several."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    pieces = activity_drafts.pieces_of(draft)
    if len(pieces) == 1:
        return Goto(SentencePart(draft=draft.id or 0, at=0))
    choices = [
        Choice(_short(piece, rules), SentencePart(draft=draft.id or 0, at=at))
        for at, piece in enumerate(pieces[:5])
    ]
    return Reply(_("Which of them shall be corrected?"), choices=choices)


def _short(piece: Piece, rules: Rules) -> str:
    kind = rules.activity.kind(piece.kind or "")
    return f"{amounts.label(kind)[:15] if kind else '?'}: {piece.count or '?'}"[:20]


@router.callback_query(SentencePart.filter())
async def fix_part(
    _query: CallbackQuery, callback_data: SentencePart, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Ask what about it is not right."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    choices = [
        Choice(pgettext("button", "The number"), f"sentence.count:{draft.id}:{callback_data.at}"),
        Choice(pgettext("button", "The day"), f"sentence.day:{draft.id}:{callback_data.at}:-1"),
        Choice(pgettext("button", "The kind of work"), f"sentence.kinds:{draft.id}:{callback_data.at}:0"),
    ]
    if len(draft.pieces) > 1:
        choices.append(
            Choice(
                pgettext("button", "Leave this out"), SentenceOut(draft=draft.id or 0, at=callback_data.at)
            )
        )
    return Reply(_("What shall be corrected?"), choices=choices)


@router.callback_query(SentenceOut.filter())
async def leave_out(
    _query: CallbackQuery, callback_data: SentenceOut, actor: Actor, session: AsyncSession, now: datetime
) -> Goto:
    """Leave one piece out and show the rest."""
    draft = await activity_drafts.open_draft(session, actor, callback_data.draft, now=now)
    activity_drafts.leave_out(draft, callback_data.at)
    return Goto(f"sentence.open:{draft.id}")
