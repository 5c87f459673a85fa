"""What one person is told because of another: queued by services, said by handlers, sent by delivery."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import insert_into
from models.conversation import Conversation
from models.delivery import Delivery, DeliveryState, Lane
from models.people import Account, Person

PAYLOAD_VERSION = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """The base of all notices: plain values only, for they wait in the database as JSON.

    LANE says how urgent; the REPLY lane is also spoken in quiet hours.
    """

    kinds: ClassVar[dict[str, type[Notice]]] = {}
    LANE: ClassVar[Lane] = Lane.NOTICE

    def __init_subclass__(cls, **options: Any) -> None:
        """Remember every kind under its own name."""
        super(Notice, cls).__init_subclass__(**options)
        Notice.kinds[cls.__name__] = cls


async def tell(
    session: AsyncSession,
    person_id: int,
    notice: Notice,
    *,
    subject: str,
    now: datetime,
    revision: int = 0,
    not_before: datetime | None = None,
    lane: Lane | None = None,
) -> bool:
    """Queue a notice for a person, on the account they used last; False if nothing could be queued.

    `subject` names what it is about, "join:12": the same notice about the same subject and revision is
    queued once per account, however often it is told. `lane` takes the place of the notice's own.
    """
    account = await _last_used(session, person_id)
    if account is None:
        return False
    table: Any = sa.inspect(Delivery).local_table
    dialect = session.get_bind().dialect.name
    waits = not_before is not None and not_before > now
    statement = (
        insert_into(table, dialect)
        .values(
            account_id=account.id,
            channel_account=account.channel_account,
            chat=account.chat,
            lane=int(notice.LANE if lane is None else lane),
            kind=type(notice).__name__,
            payload={"v": PAYLOAD_VERSION, "vars": asdict(notice)},
            dedupe_key=f"n:{type(notice).__name__}:{subject}:{account.id}:{revision}",
            state=DeliveryState.WAITING if waits else DeliveryState.PENDING,
            not_before=not_before,
            attempts=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
    connection = await session.connection()
    result = await connection.execute(statement)
    return result.rowcount == 1


async def _last_used(session: AsyncSession, person_id: int) -> Any:
    """Find the reachable account somebody used last, with the chat it is reached in."""
    statement = (
        select(Account.id, Account.channel_account, Conversation.chat)
        .join(Conversation, col(Conversation.account_id) == col(Account.id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(Account.person_id == person_id, col(Account.is_reachable), col(Person.withdrawn_at).is_(None))
        .order_by(col(Account.seen_at).desc(), col(Conversation.id))
        .limit(1)
    )
    return (await session.exec(statement)).first()


@dataclass(frozen=True, slots=True)
class GuideReminder(Notice):
    """Yesterday's step is still open, and a reminder was asked for."""

    visit_id: int
    title: str
    step: int
    of: int


@dataclass(frozen=True, slots=True)
class JoinAsked(Notice):
    """Somebody wants to join; `inviter` is whose code it was, "" for the reader's own."""

    request_id: int
    name: str
    unit: str
    inviter: str = ""
    is_reminder: bool = False


@dataclass(frozen=True, slots=True)
class JoinAccepted(Notice):
    """Welcome to the team; with the first lesson if there is one."""

    decider: str
    who: str
    unit: str
    assignment_id: int = 0
    lesson: str = ""
    minutes: int = 0
    LANE: ClassVar[Lane] = Lane.REPLY


@dataclass(frozen=True, slots=True)
class JoinDeclined(Notice):
    """Not this time."""

    unit: str


@dataclass(frozen=True, slots=True)
class JoinReason(Notice):
    """Why not this time; `reason` is "stranger" or "full"."""

    decider: str
    reason: str


@dataclass(frozen=True, slots=True)
class JoinQuestion(Notice):
    """The leader's own words to somebody who wants to join."""

    request_id: int
    decider: str
    text: str
    LANE: ClassVar[Lane] = Lane.REPLY


@dataclass(frozen=True, slots=True)
class JoinAnswer(Notice):
    """What somebody who wants to join answers the leader."""

    request_id: int
    name: str
    text: str
    LANE: ClassVar[Lane] = Lane.REPLY


@dataclass(frozen=True, slots=True)
class JoinWaits(Notice):
    """The promised word without news; `day` is the ISO day of the next word, "" when there is none."""

    decider: str
    moved_to: str = ""
    day: str = ""
    LANE: ClassVar[Lane] = Lane.REPLY


@dataclass(frozen=True, slots=True)
class MemberCame(Notice):
    """Somebody came in by a personal invite: new (`is_new`), or with another phone."""

    who: str
    unit: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class MemberLeft(Notice):
    """A member left the team by themselves."""

    who: str
    unit: str


@dataclass(frozen=True, slots=True)
class MemberPaused(Notice):
    """A member rests until a day (ISO)."""

    who: str
    day: str


@dataclass(frozen=True, slots=True)
class MemberRemoved(Notice):
    """The leader ended somebody's membership."""

    unit: str


@dataclass(frozen=True, slots=True)
class PausedByLeader(Notice):
    """The leader lets somebody rest until a day (ISO)."""

    leader: str
    day: str


@dataclass(frozen=True, slots=True)
class PhoneRevoked(Notice):
    """Said to the phone that was lost: it stands for nobody in the team any longer."""

    who: str
    unit: str


@dataclass(frozen=True, slots=True)
class LeaderGiven(Notice):
    """Somebody leads the team from today."""

    by: str
    who: str
    unit: str


@dataclass(frozen=True, slots=True)
class LeaderThanked(Notice):
    """Thanks to whoever led the team; `since` is "10/2025", `persons` were helped in that time."""

    who: str
    unit: str
    since: str
    persons: int
    successor: str


@dataclass(frozen=True, slots=True)
class LeaderChanged(Notice):
    """The team hears of its new leader."""

    unit: str
    leader: str
    former: str = ""


@dataclass(frozen=True, slots=True)
class SuccessorNeeded(Notice):
    """A leader wishes to stop; somebody else has to be chosen."""

    who: str
    unit: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class TeamWeek(Notice):
    """A team's week as its leader sees it, as it stood at a moment.

    Days and moments are ISO. `more_...` compares with the week before, 0 also where there is nothing to
    compare with. Lists go in step: `members` with what each did, `silent` with the last day, or "", and with
    the ids of those who can be asked this week, else 0. `lesson` is a title, due on a day; `goal_kind` names
    the kind of a goal from one day to another; `looks` are the counts that wait for a look.
    """

    unit_id: int
    unit: str
    is_quarter: bool
    begins_on: str
    seen_at: str
    entries: int
    persons: int
    turns: int
    sessions: int
    more_persons: int
    more_turns: int
    more_sessions: int
    members: list[str]
    did_persons: list[int]
    did_turns: list[int]
    did_sessions: list[int]
    silent: list[str]
    silent_on: list[str]
    commune: str = ""
    summary_at: str = ""
    silent_ids: list[int] = field(default_factory=list)
    lesson: str = ""
    lesson_passed: int = 0
    lesson_people: int = 0
    lesson_due: str = ""
    goal_kind: str = ""
    goal: int = 0
    goal_done: int = 0
    goal_days_left: int = 0
    goal_first: str = ""
    goal_last: str = ""
    looks: int = 0


@dataclass(frozen=True, slots=True)
class WeeklySummary(Notice):
    """A week of the area somebody looks after; `brief` is summary_lines.Brief as plain values.

    `picture` is the chart's media id; `down_from` and `down_to` are ISO moments when it comes late.
    """

    brief: dict[str, Any]
    picture: int | None = None
    down_from: str = ""
    down_to: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class WeeklySummaryRevised(Notice):
    """A week's figures moved after its summary; `moved` pairs places with their change in persons."""

    unit_id: int
    name: str
    week: int
    revision: int
    catch_ups: int
    moved: list[list[Any]]
    was: dict[str, int]
    now: dict[str, int]
    silent: list[str]
    is_area: bool
    lock: str


@dataclass(frozen=True, slots=True)
class TeamNudged(Notice):
    """The supervisor asks after a silent team; `monday` (ISO) begins the week that was looked at.

    `words` are the supervisor's own, "" for the usual ones.
    """

    by: str
    by_id: int
    unit: str
    unit_id: int
    monday: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class AreaNudged(Notice):
    """The level above asks the commune's supervisor after its silent teams; `week` is 202647."""

    by: str
    unit: str
    unit_id: int
    week: int
    silent: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class TeamThanked(Notice):
    """The supervisor thanks a team; `more` is the change against the week before, `words` their own."""

    by: str
    unit: str
    persons: int
    more: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class AreaThanked(Notice):
    """The level above thanks a commune's supervisor for all teams."""

    by: str
    unit: str
    persons: int
    more: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class TeamStuck(Notice):
    """What keeps a team from writing: `why` is new, few, phone or other."""

    unit: str
    who: str
    why: str
    who_id: int = 0
