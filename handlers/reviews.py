"""How a leader looks at a count that waits: right, ask whoever wrote it, or another number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.refusals import MAIN_MENU
from handlers.reply import CallbackData, Choice, Goto, Reply, notice
from handlers.said import folded
from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.people import Role
from models.review import ReviewReason
from services import activity, amounts, reviews
from services.access import Actor, capitalised
from services.review_notices import CountChanged, CountConfirmed, CountDoubted, CountQuestioned
from services.reviews import Waiting
from services.rules import CountUnit, Kind, Rules

router: Final = Router(name=__name__)

STOP_WORDS: Final = frozenset({"thoi", "huy", "dung"})


class Reviewing(StatesGroup):
    """Another number for a count is being asked."""

    number = State()


class ReviewOpen(CallbackData, prefix="review.open"):
    """Look at one count."""

    review: int


class ReviewRight(CallbackData, prefix="review.right"):
    """Let a count stand."""

    review: int


class ReviewAsk(CallbackData, prefix="review.ask"):
    """Ask whoever wrote it."""

    review: int


class ReviewFix(CallbackData, prefix="review.fix"):
    """Put another number in its place."""

    review: int


class ReviewConfirm(CallbackData, prefix="review.mine"):
    """What I wrote is right."""

    review: int


@router.callback_query(F.data == "review.list")
async def show_list(
    _query: CallbackQuery, actor: Actor, session: AsyncSession, rules: Rules, now: datetime
) -> Reply:
    """List the counts that wait, the lines being the choices."""
    found = await reviews.waiting(session, actor)
    rule = [Choice(pgettext("button", "What is looked at"), "reopen.rule")] if _sets_rule(actor) else []
    if not found:
        return Reply(_("No count waits for a look."), choices=[*rule, _home()])
    shown = found[: reviews.SHOWN]
    said = [_line(one, rules, now, is_area=_sets_rule(actor)) for one in shown]
    lines = [
        Choice(line[:20], ReviewOpen(review=one.review.id or 0))
        for one, line in zip(shown, said, strict=True)
    ]
    head = ngettext("{n} count waits for a look:", "{n} counts wait for a look:", len(found))
    body = "\n".join(f"{place}. {line}" for place, line in enumerate(said, 1))
    choices = []
    if any(one.review.reason is ReviewReason.APPROVAL for one in found):
        choices.append(Choice(pgettext("button", "Approve all"), "review.all"))
    closing = _("Send a number to look at that one.")
    text = f"{head.format(n=dates.number(len(found)))}\n{body}\n{closing}"
    return Reply(text, choices=[*choices, *rule, _home()], lines=lines)


def _sets_rule(actor: Actor) -> bool:
    return actor.held(Role.SUPERVISOR) is not None


def _line(one: Waiting, rules: Rules, now: datetime, *, is_area: bool) -> str:
    kind = activity.kind_of(one.entry, rules.activity)
    text = _("{who} in {place}, {work}, {day}") if is_area and one.who else _("{who}, {work}, {day}")
    return text.format(
        place=one.unit.name,
        who=capitalised(one.who) or one.unit.name,
        work=amounts.work(one.entry.count, kind),
        day=dates.spoken(one.entry.happened_on, now.date()),
    )


@router.callback_query(F.data == "review.all")
async def approve_all(_query: CallbackQuery, actor: Actor, session: AsyncSession, now: datetime) -> Reply:
    """Let everything stand that waits for approval alone."""
    count = await reviews.say_all_right(session, actor, now=now)
    text = ngettext("{n} count approved.", "{n} counts approved.", count)
    return Reply(text.format(n=dates.number(count)), choices=[_home()])


@router.callback_query(ReviewOpen.filter())
async def open_one(
    _query: CallbackQuery,
    callback_data: ReviewOpen,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Show one count with what can be done about it."""
    one = await reviews.one(session, actor, callback_data.review)
    kind = activity.kind_of(one.entry, rules.activity)
    times = one.entry.count // one.review.usual if one.review.usual else 0
    day = dates.spoken(one.entry.happened_on, now.date())
    text = _why(one.who, amounts.work(one.entry.count, kind), day, one.review.reason, times)
    return Reply(capitalised(text), choices=_choices(one.review.id or 0, one.who))


def _why(who: str, work: str, day: str, reason: ReviewReason, times: int) -> str:
    sentences = {
        ReviewReason.HIGH: _("{who} wrote {work} {day}, {times} times the usual. Is this count right?"),
        ReviewReason.SAME: _("{who} wrote {work} {day}, the same as the day before. Is this count right?"),
        ReviewReason.BURST: _("{who} wrote {work}, {day}, among many late entries. Is this count right?"),
        ReviewReason.APPROVAL: _("{who} wrote {work} {day}. Is this count right?"),
    }
    return sentences[reason].format(who=who, work=work, day=day, times=times)


def _choices(review_id: int, who: str) -> list[Choice]:
    ask = pgettext("button", "Ask {who}").format(who=who)[:20]
    return [
        Choice(pgettext("button", "The count is right"), ReviewRight(review=review_id)),
        Choice(ask, ReviewAsk(review=review_id)),
        Choice(pgettext("button", "Correct the count"), ReviewFix(review=review_id)),
    ]


@notice(CountDoubted)
def say_doubted(word: CountDoubted) -> Reply:
    """Bring a count that waits to the leader, with the reason."""
    head = _("1 count to look at:")
    day = dates.spoken(date.fromisoformat(word.day), datetime.fromisoformat(word.at).date())
    work = amounts.work(word.count, _kind(word.kind, word.of))
    why = _why(word.who, work, day, ReviewReason(word.reason), word.times)
    return Reply(f"{head} {why}", choices=_choices(word.review_id, word.who))


@router.callback_query(ReviewRight.filter())
async def say_right(
    _query: CallbackQuery,
    callback_data: ReviewRight,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Let a count stand."""
    one = await reviews.say_right(session, actor, callback_data.review, now=now)
    work = amounts.work(one.entry.count, activity.kind_of(one.entry, rules.activity))
    return Reply(_("Looked at: {work} stands.").format(work=work), choices=[_list(), _home()])


@router.callback_query(ReviewAsk.filter())
async def ask_writer(
    _query: CallbackQuery,
    callback_data: ReviewAsk,
    actor: Actor,
    session: AsyncSession,
    rules: Rules,
    now: datetime,
) -> Reply:
    """Ask whoever wrote it."""
    one = await reviews.ask_writer(session, actor, callback_data.review, limits=rules.activity, now=now)
    text = _("{who} has been asked. The answer is told here at once.")
    return Reply(text.format(who=one.who), choices=[_home()])


@notice(CountQuestioned)
def say_questioned(word: CountQuestioned) -> Reply:
    """Bring the leader's question to whoever wrote the count."""
    day = dates.spoken(date.fromisoformat(word.day), datetime.fromisoformat(word.at).date())
    kind = _kind(word.kind, word.of)
    text = _("{leader} asks for a second look: {day} {kind}, {amount}, is that so?").format(
        leader=capitalised(word.leader),
        day=day,
        kind=amounts.label(kind)[:1].lower() + amounts.label(kind)[1:],
        amount=amounts.said(word.count, word.of),
    )
    sure = pgettext("button", "{count} is right").format(count=dates.number(word.count))
    return Reply(
        text,
        choices=[
            Choice(sure, ReviewConfirm(review=word.review_id)),
            Choice(pgettext("button", "Send another number"), f"activity.count:{word.entry_id}"),
        ],
    )


@router.callback_query(ReviewConfirm.filter())
async def confirm(
    _query: CallbackQuery, callback_data: ReviewConfirm, actor: Actor, session: AsyncSession, now: datetime
) -> Reply:
    """Pass on that the count is right."""
    is_waited_for = await reviews.confirm(session, actor, callback_data.review, now=now)
    text = _("Passed on, thank you.") if is_waited_for else _("It has been settled already, thank you.")
    return Reply(text, choices=[_home()])


@notice(CountConfirmed)
def say_confirmed(word: CountConfirmed) -> Reply:
    """Tell the leader that whoever wrote a count stands by it."""
    text = _("{who} says that {count} is right. Let it stand?")
    return Reply(
        text.format(who=capitalised(word.who), count=dates.number(word.count)),
        choices=_choices(word.review_id, word.who)[::2],
    )


@notice(CountChanged)
def say_changed(word: CountChanged) -> Reply:
    """Tell the leader that a count which waited is another now."""
    text = (
        _("{who} corrected {before} to {amount}.")
        if word.now
        else _("{who} took back the entry of {before}.")
    )
    before = amounts.said(word.before, word.of) if not word.now else dates.number(word.before)
    return Reply(
        text.format(who=capitalised(word.who), before=before, amount=amounts.said(word.now, word.of)),
        choices=[],
    )


@router.callback_query(ReviewFix.filter())
async def ask_number(
    _query: CallbackQuery, callback_data: ReviewFix, actor: Actor, session: AsyncSession, state: FSMContext
) -> Reply:
    """Ask the leader for the right number."""
    one = await reviews.one(session, actor, callback_data.review)
    await state.set_state(Reviewing.number)
    await state.update_data(review=callback_data.review)
    text = _("{who} wrote {count}. What is the right number? Send THÔI to leave it.")
    return Reply(text.format(who=capitalised(one.who), count=dates.number(one.entry.count)))


@router.message(StateFilter(Reviewing.number), F.text)
async def type_number(
    message: Message, actor: Actor, session: AsyncSession, state: FSMContext, rules: Rules, now: datetime
) -> Reply | Goto:
    """Put the leader's number in place of the other."""
    if folded(message) in STOP_WORDS:
        await state.set_state(None)
        return Goto("review.list")
    count = amounts.read(message.text or "")
    if count is None:
        return Reply(_("Send a number, for example 5. Send THÔI to stop."))
    one = await reviews.one(session, actor, int((await state.get_data()).get("review", 0)))
    _old, new = await activity.correct(
        session, actor, one.entry.id or 0, count, limits=rules.activity, now=now
    )
    await state.set_state(None)
    text = _("Corrected: {what}, {day} (before: {before}).").format(
        what=amounts.work(new.count, activity.kind_of(new, rules.activity)),
        day=dates.spoken(new.happened_on, now.date()),
        before=dates.number(one.entry.count),
    )
    return Reply(text, choices=[_list(), _home()])


def _kind(label: str, of: CountUnit) -> Kind:
    return Kind(label, label, of)


def _list() -> Choice:
    return Choice(pgettext("button", "Counts to look at"), "review.list")


def _home() -> Choice:
    return Choice(pgettext("button", "Main menu"), MAIN_MENU)
