"""How a guide is walked: one step a message, a way out at each, and a person one tap away."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.reply import Choice, Goto, Reply, notice
from handlers.said import Said, folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.guides import VisitOutcome
from services import freshness, guide_visits
from services.access import Actor
from services.guide_visits import Visit
from services.guides import Guide, Library
from services.notices import GuideReminder

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


class GuideStart(CallbackData, prefix="guide.start"):
    """Open a guide at its front page."""

    slug: str


class GuideGo(CallbackData, prefix="guide.go"):
    """Done with a step: on to the next."""

    visit: int
    step: int


class GuideStuck(CallbackData, prefix="guide.stuck"):
    """Cannot do a step."""

    visit: int
    step: int


class GuideScreen(CallbackData, prefix="guide.screen"):
    """The screen looks different at a step."""

    visit: int
    step: int


class GuideEnd(CallbackData, prefix="guide.end"):
    """Say at the end whether it worked."""

    visit: int
    worked: bool


class GuideRemind(CallbackData, prefix="guide.remind"):
    """Ask to be reminded tomorrow, or not."""

    visit: int
    wanted: bool


@router.callback_query(GuideStart.filter())
async def open_guide(
    _query: CallbackQuery,
    callback_data: GuideStart,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Show what a guide needs before it begins."""
    if actor.person_id is None:
        return Goto(f"hello.show:{callback_data.slug}")
    guide = guides.get(callback_data.slug, actor.locale)
    if not guide.steps:
        return Goto(f"question.stub:{guide.slug}")
    visit = await guide_visits.begin(session, actor.person_id, guide.slug, now=now)
    return front_page(guide, visit, now)


def front_page(guide: Guide, visit: Visit, now: datetime) -> Reply:
    """Say how long a guide is, what it costs and needs, and how fresh it is."""
    count = len(guide.steps)
    steps = ngettext("{n} step", "{n} steps", count).format(n=count)
    parts = [f"{guide.title}: {steps}, {guide.fee}." if guide.fee else f"{guide.title}: {steps}."]
    if guide.needs:
        parts.append(_("Needed: {needs}.").format(needs=guide.needs))
    caution = freshness.caution(guide, now.date())
    ready = _("Is everything there, shall it begin?")
    text = " ".join(parts) + "\n" + " ".join(filter(None, [caution, ready]))
    choices = [Choice(pgettext("button", "Begin"), GuideGo(visit=visit.id or 0, step=0))]
    if guide.unless:
        choices.append(Choice(guide.unless.label, GuideStart(slug=guide.unless.guide)))
    return Reply(text, choices=[*choices, Choice(pgettext("button", "Another question"), "question.another")])


@router.callback_query(GuideGo.filter())
async def take_step(
    _query: CallbackQuery,
    callback_data: GuideGo,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Go on to the next step; an old button says where one really is."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    guide = guides.get(visit.slug, actor.locale)
    if callback_data.step < visit.step:
        passed = _("This step is done, the place is step {n} of {of}.")
        here = step_of(guide, visit)
        text = passed.format(n=visit.step, of=len(guide.steps)) + " " + here.text
        return Reply(text, choices=here.choices)
    return await _forward(session, guide, visit, now)


async def _forward(session: AsyncSession, guide: Guide, visit: Visit, now: datetime) -> Reply:
    if visit.step >= len(guide.steps):
        return end_of(guide, visit)
    await guide_visits.move(session, visit, visit.step + 1, now=now)
    return step_of(guide, visit)


def step_of(guide: Guide, visit: Visit) -> Reply:
    """Say the step somebody is at."""
    step = guide.steps[visit.step - 1]
    is_last = visit.step == len(guide.steps)
    text = _("Step {n}/{of}. {text}").format(n=visit.step, of=len(guide.steps), text=step.text)
    place: dict[str, int] = {"visit": visit.id or 0, "step": visit.step}
    done = pgettext("button", "All done") if is_last else pgettext("button", "Next")
    return Reply(
        text,
        choices=[
            Choice(done, GuideGo(**place)),
            Choice(pgettext("button", "I am stuck"), GuideStuck(**place)),
        ],
    )


def end_of(guide: Guide, visit: Visit) -> Reply:
    """Congratulate, and ask whether it worked."""
    count = len(guide.steps)
    done = ngettext(
        "That is the one step, well done! Did this guide work?",
        "That is all {n} steps, well done! Did this guide work?",
        count,
    )
    return Reply(
        done.format(n=count),
        choices=[
            Choice(pgettext("button", "It worked"), GuideEnd(visit=visit.id or 0, worked=True)),
            Choice(pgettext("button", "Not yet"), GuideEnd(visit=visit.id or 0, worked=False)),
        ],
    )


@router.callback_query(GuideStuck.filter())
async def be_stuck(
    _query: CallbackQuery,
    callback_data: GuideStuck,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Say what to try, then offer a person."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None or not visit.step:
        return Goto("menu.open")
    return hint_of(guides.get(visit.slug, actor.locale), visit)


def hint_of(guide: Guide, visit: Visit) -> Reply:
    """Say what to try when a step does not work."""
    place: dict[str, int] = {"visit": visit.id or 0, "step": visit.step}
    hint = guide.steps[visit.step - 1].hint
    return Reply(
        _("{hint} Does it work now?").format(hint=hint).strip(),
        choices=[
            Choice(pgettext("button", "Next"), GuideGo(**place)),
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "My screen differs"), GuideScreen(**place)),
        ],
    )


@router.callback_query(GuideScreen.filter())
async def report_screen(
    _query: CallbackQuery, callback_data: GuideScreen, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Note that a screen looks different, and ask what it says."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    guide_visits.report_screen(session, visit.slug, callback_data.step, now=now)
    text = _("Thank you, Tổ Số tells the keeper of the guide to look at step {n}. What is on the screen?")
    return Reply(
        text.format(n=callback_data.step),
        choices=[
            Choice(pgettext("button", "Ask a person"), "ask.person"),
            Choice(pgettext("button", "Skip"), "guide.resume"),
        ],
    )


@router.callback_query(GuideEnd.filter())
async def end(
    _query: CallbackQuery,
    callback_data: GuideEnd,
    actor: Actor,
    session: AsyncSession,
    guides: Library,
    now: datetime,
) -> Reply | Goto:
    """Close the visit, and say what people often do next, or offer a person."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    if not callback_data.worked:
        return Goto("ask.person")
    await guide_visits.finish(session, visit, VisitOutcome.DONE, now=now)
    following = [guides.get(slug, actor.locale) for slug in guides.get(visit.slug).next if slug in guides]
    choices = [Choice(one.short_title or one.title, GuideStart(slug=one.slug)) for one in following]
    if len(choices) > 1:
        text = _("Thank you. Many go on with these two guides, or send another question.")
    elif choices:
        text = _("Thank you. Many go on with this guide, or send another question.")
    else:
        text = _("Thank you. Send another question at any time.")
    return Reply(text, choices=choices)


@router.callback_query(F.data == "guide.resume")
@router.callback_query(F.data == "guide.restart")
async def resume(
    query: CallbackQuery, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply | Goto:
    """Go on at the step that was reached, or at the first."""
    visit = await _open(session, actor, now)
    if visit is None:
        return Goto("menu.open")
    guide = guides.get(visit.slug, actor.locale)
    first = 1 if query.data == "guide.restart" else max(visit.step, 1)
    await guide_visits.move(session, visit, first, now=now)
    return step_of(guide, visit)


def _keep_place(guide: Guide, visit: Visit) -> Reply:
    text = _(
        "Step {n}/{of} is remembered. Send anything to go on."
        " Shall Tổ Số remind at 8 o'clock tomorrow morning?"
    )
    place = visit.id or 0
    return Reply(
        text.format(n=visit.step, of=len(guide.steps)),
        choices=[
            Choice(pgettext("button", "Remind me"), GuideRemind(visit=place, wanted=True)),
            Choice(pgettext("button", "No need"), GuideRemind(visit=place, wanted=False)),
        ],
    )


@router.callback_query(GuideRemind.filter())
async def remind(
    _query: CallbackQuery, callback_data: GuideRemind, actor: Actor, session: AsyncSession, now: datetime
) -> Reply | Goto:
    """Promise the reminder, or let it be."""
    visit = await _visit(session, actor, callback_data.visit, now)
    if visit is None:
        return Goto("menu.open")
    if not callback_data.wanted:
        return Reply(_("All right. The step is kept for 30 days."))
    at = await guide_visits.remind(session, visit, now=now)
    return Reply(_("Tổ Số will remind at {clock} tomorrow morning.").format(clock=dates.clock(at)))


@notice(GuideReminder)
def say_reminder(notice_: GuideReminder) -> Reply:
    """Bring back the step that was reached."""
    text = _("Yesterday's place is step {n}/{of} of the guide {title}. Go on?")
    return Reply(
        text.format(n=notice_.step, of=notice_.of, title=notice_.title),
        choices=[
            Choice(pgettext("button", "Go on"), "guide.resume"),
            Choice(pgettext("button", "Start over"), "guide.restart"),
            Choice(pgettext("button", "Another question"), "question.another"),
        ],
    )


@router.message(Said(NEXT_WORDS | STUCK_WORDS | LATER_WORDS | BACK_WORDS | RESUME_WORDS))
async def say_at_step(
    message: Message, actor: Actor, session: AsyncSession, guides: Library, now: datetime
) -> Reply | Goto:
    """Understand "ok", "chưa", "quay lại", "để mai" at a step."""
    said = folded(message)
    visit = await _open(session, actor, now)
    if visit is None or not visit.step:
        raise SkipHandler
    guide = guides.get(visit.slug, actor.locale)
    if said in NEXT_WORDS:
        return await _forward(session, guide, visit, now)
    if said in STUCK_WORDS:
        return hint_of(guide, visit)
    if said in LATER_WORDS:
        return _keep_place(guide, visit)
    await guide_visits.move(session, visit, max(1, visit.step - (said in BACK_WORDS)), now=now)
    return step_of(guide, visit)


async def _open(session: AsyncSession, actor: Actor, now: datetime) -> Visit | None:
    return await guide_visits.open_visit(session, actor.person_id, now=now) if actor.person_id else None


async def _visit(session: AsyncSession, actor: Actor, visit_id: int, now: datetime) -> Visit | None:
    """Find the visit a button belongs to, if it is still the one that is open."""
    visit = await _open(session, actor, now)
    return visit if visit is not None and visit.id == visit_id else None
