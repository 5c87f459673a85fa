"""What somebody hears at once who sent a secret, wherever the conversation stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Reply, notice
from locales import gettext as _
from locales import ngettext, pgettext
from services import guide_visits
from services.access import Actor
from services.folding import tokens
from services.guide_visits import Visit
from services.guides import Library
from services.matching import Matcher
from services.safety import without_names
from services.safety_notices import SecretsFound
from services.typed_secrets import Kind

router: Final = Router(name=__name__)

CODES: Final[frozenset[Kind]] = frozenset({"otp", "password"})
# A guide that is only offered may be less sure than one that is opened.
LIKELY: Final = 0.7
LOOK_UP: Final = "dvcqg_tra_cuu"
VNEID: Final = ("vneid", "otp_khong_nhan")


def is_hidden(_event: object, hidden: tuple[Kind, ...]) -> bool:
    """Tell whether the door took a secret out of the message."""
    return bool(hidden)


@router.message(is_hidden, ~StateFilter(None))
async def ask_again(_message: Message, hidden: tuple[Kind, ...], open_list: list[Any]) -> Reply:
    """Warn whoever sent a secret in place of an answer, and ask for the answer once more."""
    text = _("Tổ Số has hidden {what} and keeps nothing. Please send the answer again without it.")
    choices = [Choice(label, data) for _words, data, _is_numbered, label in open_list]
    is_listed = all(row[2] for row in open_list)
    return Reply(text.format(what=_names()[_worst(hidden)]), choices=choices, is_listed=is_listed)


@router.message(is_hidden)
async def guard(
    message: Message,
    hidden: tuple[Kind, ...],
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    matcher: Matcher,
    now: datetime,
) -> Reply:
    """Warn whoever sent a secret."""
    kind = _worst(hidden)
    words = message.text or message.caption or ""
    if kind in CODES:
        visit = await guide_visits.open_visit(session, actor.person_id, now=now)
        return _warn_of_code(kind, is_vneid=_is_about_vneid(visit, words))
    match = matcher.match(without_names(words))
    found = match.candidates[0] if match.candidates else None
    first = found.guide if found and found.score >= matcher.gate * LIKELY else None
    slug = None if first in guides.stubs else first
    return _warn_of_number(kind, guides.get(slug).title if slug else None, slug)


def _worst(hidden: tuple[Kind, ...]) -> Kind:
    return next((one for one in hidden if one in CODES), hidden[0])


def _names() -> dict[Kind, str]:
    return {
        "citizen_id": _("the ID number"),
        "phone": _("the phone number"),
        "card": _("the card number"),
        "account": _("the account number"),
        "otp": _("an OTP code"),
        "password": _("a password"),
    }


def _warn_of_code(kind: Kind, *, is_vneid: bool) -> Reply:
    if kind == "password":
        text = _(
            "One moment: the message held {what}, Tổ Số has hidden it and keeps nothing."
            " A password is only typed into the app itself, never sent to anybody."
            " Did somebody ask for it?"
        )
    elif is_vneid:
        text = _(
            "One moment: the message held {what}, Tổ Số has hidden it and keeps nothing."
            " This code is only typed into VNeID by oneself, never sent to anybody."
            " Did somebody ask for this code?"
        )
    else:
        text = _(
            "One moment: the message held {what}, Tổ Số has hidden it and keeps nothing."
            " This code is only typed into the app itself, never sent to anybody."
            " Did somebody ask for this code?"
        )
    nobody = "secret.nobody:password" if kind == "password" else f"secret.nobody:{'vneid' * is_vneid}"
    return Reply(
        text.format(what=_names()[kind]),
        choices=[
            Choice(pgettext("button", "Nobody did"), nobody),
            Choice(pgettext("button", "Somebody did"), "scam.somebody"),
        ],
    )


def _is_about_vneid(visit: Visit | None, words: str) -> bool:
    """Tell whether the code is VNeID's: by the guide that is open, or by the words themselves."""
    return "vneid" in tokens(words) or (visit is not None and visit.slug.startswith(VNEID))


@router.callback_query(F.data.startswith("secret.nobody:"))
async def nobody_asked(
    query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply:
    """Calm down whoever sent a secret by mistake, and go on."""
    which = (query.data or "").partition(":")[2]
    if which == "password":
        text = _(
            "Then all is well. Better take the message back (press and hold it), then change the password."
        )
    elif which == "vneid":
        text = _(
            "Then all is well. Better take the message back (press and hold it),"
            " then type the code into the empty box in VNeID."
        )
    else:
        text = _(
            "Then all is well. Better take the message back (press and hold it),"
            " then type the code into the app."
        )
    person = Choice(pgettext("button", "Ask a person"), "ask.person")
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is None or not visit.step or visit.slug not in guides:
        return Reply(text, choices=[Choice(pgettext("button", "Main menu"), "menu.open"), person])
    label = pgettext("button", "Go on, step {n}/{of}")
    label = label.format(n=visit.step, of=len(guides.get(visit.slug).steps))
    return Reply(text, choices=[Choice(label, "guide.resume"), person])


def _warn_of_number(kind: Kind, title: str | None, slug: str | None) -> Reply:
    what = _names()[kind]
    another = Choice(pgettext("button", "Another question"), "question.another")
    if title is None or slug is None:
        text = _("Tổ Số has hidden {what} and keeps nothing; it is not needed here. What is to be done?")
        return Reply(text.format(what=what), choices=[another])
    if slug == LOOK_UP:
        text = _(
            "Tổ Số has hidden {what} and keeps nothing; that number is not needed to look up a file either."
            " See the guide {title}?"
        )
    else:
        text = _("Tổ Số has hidden {what} and keeps nothing; it is not needed here. See the guide {title}?")
    return Reply(
        text.format(what=what, title=title),
        choices=[Choice(pgettext("button", "See the guide"), f"guide.start:{slug}"), another],
    )


@notice(SecretsFound)
def say_found(notice_: SecretsFound) -> Reply:
    """Tell the operator that something got past the door; which table, the audit log says."""
    text = ngettext(
        "The nightly scan hid a secret in {n} place. The audit log (secret_masked) names the table.",
        "The nightly scan hid secrets in {n} places. The audit log (secret_masked) names the tables.",
        notice_.places,
    )
    return Reply(
        text.format(n=notice_.places), choices=[Choice(pgettext("button", "Main menu"), "menu.open")]
    )
