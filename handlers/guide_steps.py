"""How a guide is walked: one step a message, large or aloud for whoever wishes, a way out at each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message, TelegramObject
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply
from handlers.said import Said, folded
from locales import gettext as _
from locales import pgettext
from services import guide_files, guide_visits, people
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Guide, Library, Recording, Step
from services.media import MediaStore

router: Final = Router(name=__name__)

NEXT_WORDS: Final = frozenset(
    {"tiep", "ok", "oke", "okie", "roi", "xong", "duoc roi", "xong roi", "da xong", "duoc"}
)
STUCK_WORDS: Final = frozenset(
    {
        "chua",
        "ket",
        "vuong",
        "ko duoc",
        "khong duoc",
        "hong duoc",
        "chua duoc",
        "chua lam duoc",
        "k dc",
        "ko dc",
    }
)
LATER_WORDS: Final = frozenset(
    {"thoi", "huy", "dung", "thoi de mai", "de mai", "mai lam", "de sau", "nghi da"}
)
BACK_WORDS: Final = frozenset({"quay lai", "lui lai", "tro lai"})
RESUME_WORDS: Final = frozenset({"lam tiep"})
BEGIN_WORDS: Final = NEXT_WORDS | RESUME_WORDS
LARGE_WORDS: Final = {"chu to": True, "chu lon": True, "chu thuong": False, "chu nho": False}
# So many steps are said in one message where messages have to be saved.
TOGETHER: Final = 3


class GuideGo(CallbackData, prefix="guide.go"):
    """Done with a step: on to the next."""

    visit: int
    step: int


class GuideStuck(CallbackData, prefix="guide.stuck"):
    """Cannot do a step."""

    visit: int
    step: int


class GuideHear(CallbackData, prefix="guide.hear"):
    """Hear a step read aloud; first in which language, if there are several."""

    visit: int
    step: int
    locale: str = ""


class GuideLarge(CallbackData, prefix="guide.large"):
    """See steps in large letters from now on, or no longer."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, how they like it, and what it takes to show it so; handed in by `reading`."""

    session: AsyncSession
    actor: Actor
    guides: Library
    media: MediaStore
    now: datetime
    is_scarce: bool

    def guide(self, visit: Visit) -> Guide:
        """Find the guide of a visit in the reader's language."""
        return self.guides.get(visit.slug, self.actor.locale)

    async def shown(self, visit: Visit, first: int = 0) -> Reply:
        """Say the step somebody is at; where messages are saved, with those before it from `first` on."""
        guide = self.guide(visit)
        first = first or self.first_of(visit)
        steps = guide.steps[first - 1 : visit.step]
        reply = Reply(_said(steps, len(guide.steps)), choices=self._choices(guide, visit, steps))
        if not self.actor.has_large_text:
            return reply
        card = guide_files.card(guide, first, visit.step)
        picture = await guide_files.keep(self.session, card, now=self.now)
        return replace(reply, picture=picture, alt=guide_files.alt(steps))

    def first_of(self, visit: Visit) -> int:
        """Tell the first of the steps that are said together with the one somebody is at."""
        return (visit.step - 1) // TOGETHER * TOGETHER + 1 if self.is_scarce else visit.step

    async def forward(self, visit: Visit) -> Reply | Goto:
        """Go on to the next step, or steps; after the last to the end."""
        guide = self.guide(visit)
        if visit.step >= len(guide.steps):
            return Goto("guide.done")
        first = visit.step + 1
        last = (visit.step // TOGETHER + 1) * TOGETHER if self.is_scarce else first
        await guide_visits.move(self.session, visit, min(last, len(guide.steps)), now=self.now)
        return await self.shown(visit, first)

    def _choices(self, guide: Guide, visit: Visit, steps: tuple[Step, ...]) -> list[Choice]:
        place: dict[str, int] = {"visit": visit.id, "step": visit.step}
        is_last = visit.step == len(guide.steps)
        done = pgettext("button", "All done") if is_last else pgettext("button", "Next")
        choices = [
            Choice(done, GuideGo(**place)),
            Choice(pgettext("button", "I am stuck"), GuideStuck(**place)),
        ]
        if any(self.guides.recordings(guide.slug, step.number) for step in steps):
            choices.append(Choice(pgettext("button", "Hear it"), GuideHear(visit=visit.id, step=visit.step)))
        if not self.actor.has_large_text:
            choices.append(Choice(pgettext("button", "Large text"), GuideLarge(is_on=True)))
        return choices


async def reading(
    _event: TelegramObject,
    session: AsyncSession,
    actor: Actor,
    guides: Library,
    media: MediaStore,
    now: datetime,
    callback_data: CallbackData | None = None,
    *,
    is_scarce: bool,
) -> dict[str, Any]:
    """Hand in who reads, and where they are in the guide that is open; no visit if a button is of another."""
    visit = await guide_visits.open_visit(session, actor.person_id, now=now)
    if visit is not None and getattr(callback_data, "visit", visit.id) != visit.id:
        visit = None
    return {"reader": Reader(session, actor, guides, media, now, is_scarce), "visit": visit}


def _said(steps: tuple[Step, ...], of: int) -> str:
    last = steps[-1]
    if len(steps) == 1:
        return _("Step {n}/{of}. {text}").format(n=last.number, of=of, text=last.text)
    heading = _("Steps {first} to {n}/{of}.").format(first=steps[0].number, n=last.number, of=of)
    return "\n".join([heading, *(f"• {step.text}" for step in steps)])


@router.callback_query(GuideGo.filter(), reading)
async def take_step(
    _query: CallbackQuery, callback_data: GuideGo, reader: Reader, visit: Visit | None
) -> Reply | Goto:
    """Go on to the next step; an old button says where one really is."""
    if visit is None:
        return Goto("menu.open")
    if callback_data.step >= visit.step:
        return await reader.forward(visit)
    here = await reader.shown(visit)
    passed = _("This step is done, the place is step {n} of {of}.")
    text = passed.format(n=visit.step, of=len(reader.guide(visit).steps)) + " " + here.text
    return replace(here, text=text)


@router.callback_query(GuideStuck.filter(), reading)
async def be_stuck(_query: CallbackQuery, reader: Reader, visit: Visit | None) -> Reply | Goto:
    """Say what to try, then offer a person."""
    if visit is None or not visit.step:
        return Goto("menu.open")
    return _hint(reader, visit)


def _hint(reader: Reader, visit: Visit) -> Reply:
    """Say what to try when a step, or one of those said together, does not work."""
    steps = reader.guide(visit).steps[reader.first_of(visit) - 1 : visit.step]
    hints = [step.hint for step in steps if step.hint]
    hint = hints[0] if len(hints) == 1 else "\n".join(f"• {one}" for one in hints) + "\n"
    place: dict[str, int] = {"visit": visit.id, "step": visit.step}
    return Reply(
        _("{hint} Does it work now?").format(hint=hint).replace("\n ", "\n").strip(),
        choices=[
            Choice(pgettext("button", "Next"), GuideGo(**place)),
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "My screen differs"), f"guide.screen:{visit.id}:{visit.step}"),
        ],
    )


@router.callback_query(GuideHear.filter(), reading)
async def hear(
    _query: CallbackQuery, callback_data: GuideHear, reader: Reader, visit: Visit | None
) -> Reply | Goto:
    """Send a step's recording; of several, ask which language."""
    if visit is None or not visit.step:
        return Goto("menu.open")
    steps = range(reader.first_of(visit), visit.step + 1)
    found = [one for step in steps for one in reader.guides.recordings(visit.slug, step)]
    languages = {one.locale: one.language for one in found}
    wanted = [one for one in found if callback_data.locale in {"", one.locale}]
    if not wanted:
        return await reader.shown(visit)
    if len(languages) > 1 and not callback_data.locale:
        choices = [
            Choice(name, GuideHear(visit=visit.id, step=visit.step, locale=code))
            for code, name in languages.items()
        ]
        return Reply(_("In which language?"), choices=choices)
    return await _played(reader, visit, wanted[0])


async def _played(reader: Reader, visit: Visit, recording: Recording) -> Reply:
    shown = await reader.shown(visit)
    text = _("Step {n}, {language}. Was that understood, shall it go on?")
    return Reply(
        text.format(n=recording.step, language=recording.language),
        choices=shown.choices,
        document=await guide_files.keep(reader.session, guide_files.recording(recording), now=reader.now),
    )


@router.callback_query(F.data == "guide.resume", reading)
@router.callback_query(F.data == "guide.restart", reading)
async def resume(query: CallbackQuery, reader: Reader, visit: Visit | None) -> Reply | Goto:
    """Go on at the step that was reached, or at the first."""
    if visit is None:
        return Goto("menu.open")
    if query.data == "guide.restart" or not visit.step:
        visit.step = 0
        return await reader.forward(visit)
    await guide_visits.move(reader.session, visit, visit.step, now=reader.now)
    return await reader.shown(visit)


@router.callback_query(F.data == "guide.where", reading)
async def say_where(_query: CallbackQuery, reader: Reader, visit: Visit | None) -> Reply | Goto:
    """Answer words that are no question with the step one is at."""
    if visit is None or not visit.step:
        return Goto("menu.open")
    shown = await reader.shown(visit)
    text = _("The place is step {n}/{of}. Does it work?")
    return Reply(text.format(n=visit.step, of=len(reader.guide(visit).steps)), choices=shown.choices)


@router.callback_query(GuideLarge.filter(), reading)
async def choose_size(
    _query: CallbackQuery,
    callback_data: GuideLarge,
    reader: Reader,
    visit: Visit | None,
    open_list: list[Any],
) -> Reply | Goto:
    """Show steps in large letters from now on, or no longer; the step one is at comes along."""
    actor = reader.actor
    if actor.person_id is None:
        return Goto("hello.ask")
    await people.set_large_text(reader.session, actor.person_id, is_on=callback_data.is_on, now=reader.now)
    reader = replace(reader, actor=replace(actor, has_large_text=callback_data.is_on))
    said = (
        _("From now on each step comes with a picture in large letters. To stop it, send CHỮ THƯỜNG.")
        if callback_data.is_on
        else _("The letters are as usual again. For large ones, send CHỮ TO.")
    )
    if visit is not None and not visit.step and _is_offered(visit, open_list):
        begin = Choice(pgettext("button", "Begin"), GuideGo(visit=visit.id, step=0))
        return Reply(said, choices=[begin])
    if visit is None or not visit.step:
        return Reply(said, choices=[Choice(pgettext("button", "Main menu"), MAIN_MENU)])
    here = await reader.shown(visit)
    return replace(here, text=said if callback_data.is_on else f"{said}\n{here.text}")


@router.message(Said(LARGE_WORDS))
async def type_size(message: Message) -> Goto:
    """Understand CHỮ TO and CHỮ THƯỜNG anywhere."""
    return Goto(GuideLarge(is_on=LARGE_WORDS[folded(message)]))


@router.message(Said(NEXT_WORDS | STUCK_WORDS | LATER_WORDS | BACK_WORDS | RESUME_WORDS), reading)
async def say_at_step(
    message: Message, reader: Reader, visit: Visit | None, open_list: list[Any]
) -> Reply | Goto:
    """Understand "ok", "chưa", "quay lại", "để mai" at a step, and "ok" under a front page."""
    said = folded(message)
    if visit is None or not (visit.step or (said in BEGIN_WORDS and _is_offered(visit, open_list))):
        raise SkipHandler
    if said in NEXT_WORDS or not visit.step:
        return await reader.forward(visit)
    if said in STUCK_WORDS:
        return _hint(reader, visit)
    if said in LATER_WORDS:
        return Goto("guide.later")
    back = reader.first_of(visit) - 1 if said in BACK_WORDS else 0
    await guide_visits.move(reader.session, visit, back or visit.step, now=reader.now)
    return await reader.shown(visit)


def _is_offered(visit: Visit, open_list: list[Any]) -> bool:
    """Tell whether the page a guide begins with is what was said last."""
    begin = GuideGo(visit=visit.id, step=0).pack()
    return any(data == begin for _names, data, *_rest in open_list)
