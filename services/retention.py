"""What need not be kept any longer, deleted in batches small enough to stand in nobody's way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import inspect
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.activity import ActivityDraft, ActivityPhoto
from models.check_code import CheckCode
from models.conversation import Quarantine, Seen
from models.delivery import Delivery, DeliveryState, Media, ProviderFile
from models.guides import ScreenReport
from models.jobs import JobRun
from models.learning import Proposal, ProposalState
from models.nudge import Nudge
from models.people import Account, Assignment, Person
from services.erasure import delete_rows, erase_person

SEEN = timedelta(days=30)
DELIVERED = timedelta(days=30)
QUARANTINED = timedelta(days=90)
NAMELESS = timedelta(hours=24)
RAN = timedelta(days=30)
DRAFTED = timedelta(days=14)
PROPOSED = timedelta(days=90)
SETTLED = timedelta(days=90)
CHECKED = timedelta(days=1)
NUDGED = timedelta(days=90)

_ENDED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.CANCELLED)

Purge = Callable[..., Awaitable[int]]


async def purge_seen(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete the marks of updates older than any platform repeats them."""
    seen = _of(Seen)
    keys = sa.tuple_(seen.c.channel_account, seen.c.external_id)
    old = (
        sa.select(seen.c.channel_account, seen.c.external_id).where(seen.c.seen_at < now - SEEN).limit(limit)
    )
    return await _delete(session, sa.delete(seen).where(keys.in_(old)))


async def purge_deliveries(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete messages that went out, or never will, a month after they were written."""
    delivery = _of(Delivery)
    old = sa.select(delivery.c.id).where(
        delivery.c.state.in_(_ENDED), delivery.c.created_at < now - DELIVERED
    )
    return await _delete(session, sa.delete(delivery).where(delivery.c.id.in_(old.limit(limit))))


async def purge_quarantine(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete the notes on updates that failed, once nobody will look into them."""
    quarantine = _of(Quarantine)
    old = sa.select(quarantine.c.id).where(quarantine.c.at < now - QUARANTINED).limit(limit)
    return await _delete(session, sa.delete(quarantine).where(quarantine.c.id.in_(old)))


async def purge_job_runs(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete what is written of old runs; each job's newest stays, for the next is counted from it."""
    run = _of(JobRun)
    later = run.alias("later")
    newest = sa.select(sa.func.max(later.c.due_at)).where(later.c.job == run.c.job).scalar_subquery()
    old = sa.select(run.c.id).where(run.c.due_at < now - RAN, run.c.due_at < newest).limit(limit)
    return await _delete(session, sa.delete(run).where(run.c.id.in_(old)))


async def purge_accounts(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete accounts nobody gave a name or a consent to, silent for a day, with all that was said there."""
    account = _of(Account)
    old = select(account.c.id).where(account.c.person_id.is_(None), account.c.seen_at < now - NAMELESS)
    keys = list((await session.exec(old.limit(limit))).all())
    await delete_rows(session, account, keys)
    return len(keys)


async def purge_people(session: AsyncSession, *, now: datetime, limit: int, keep_months: int) -> int:
    """Forget people silent for as many months as the consent says, unless they hold a role.

    When somebody wrote last stands with their accounts.
    """
    person, account, assignment = _of(Person), _of(Account), _of(Assignment)
    long_ago = _months_before(now, keep_months)
    has_role = sa.exists().where(assignment.c.person_id == person.c.id, assignment.c.until.is_(None))
    has_written = sa.exists().where(account.c.person_id == person.c.id, account.c.seen_at >= long_ago)
    old = select(person.c.id).where(person.c.created_at < long_ago, ~has_role, ~has_written)
    keys = list((await session.exec(old.limit(limit))).all())
    for key in keys:
        await erase_person(session, key, now=now)
    return len(keys)


async def purge_check_codes(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete check codes that were over a day ago."""
    code = _of(CheckCode)
    old = sa.select(code.c.id).where(code.c.expires_at < now - CHECKED).limit(limit)
    return await _delete(session, sa.delete(code).where(code.c.id.in_(old)))


async def purge_nudges(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete who asked after whom, once no summary can ask about it any more."""
    nudge = _of(Nudge)
    old = sa.select(nudge.c.id).where(nudge.c.at < now - NUDGED).limit(limit)
    return await _delete(session, sa.delete(nudge).where(nudge.c.id.in_(old)))


async def purge_media(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete pictures and documents past their day; their files are then nobody's and are swept."""
    media, provider_file = _of(Media), _of(ProviderFile)
    old = select(media.c.id).where(media.c.expires_at < now).limit(limit)
    keys = list((await session.exec(old)).all())
    photo = _of(ActivityPhoto)
    await session.exec(sa.delete(photo).where(photo.c.media_id.in_(keys)))
    await session.exec(sa.delete(provider_file).where(provider_file.c.media_id.in_(keys)))
    await session.exec(sa.delete(media).where(media.c.id.in_(keys)))
    return len(keys)


async def purge_drafts(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete what sentences said: by now nobody takes back a part in what was written of them."""
    draft = _of(ActivityDraft)
    old = sa.select(draft.c.id).where(draft.c.made_at < now - DRAFTED).limit(limit)
    return await _delete(session, sa.delete(draft).where(draft.c.id.in_(old)))


async def unnamed(session: AsyncSession, hashes: list[str]) -> list[str]:
    """Tell which of the hashes no row of media names."""
    media = _of(Media)
    named = set((await session.exec(select(media.c.sha256).where(media.c.sha256.in_(hashes)))).all())
    return [found for found in hashes if found not in named]


async def purge_proposals(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete ways of asking that were refused, or neither used nor decided on, for three months."""
    proposal = _of(Proposal)
    refused = (proposal.c.state == ProposalState.REJECTED) & (proposal.c.decided_at < now - PROPOSED)
    unused = (proposal.c.state == ProposalState.OPEN) & (proposal.c.last_at < now - PROPOSED)
    old = sa.select(proposal.c.id).where(refused | unused).limit(limit)
    return await _delete(session, sa.delete(proposal).where(proposal.c.id.in_(old)))


async def purge_screen_reports(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete reports of screens three months after somebody looked at them."""
    report = _of(ScreenReport)
    old = sa.select(report.c.id).where(report.c.settled_at < now - SETTLED).limit(limit)
    return await _delete(session, sa.delete(report).where(report.c.id.in_(old)))


ROWS: dict[str, Purge] = {
    "seen": purge_seen,
    "deliveries": purge_deliveries,
    "quarantine": purge_quarantine,
    "job_runs": purge_job_runs,
    "accounts": purge_accounts,
    "check_codes": purge_check_codes,
    "media": purge_media,
    "drafts": purge_drafts,
    "proposals": purge_proposals,
    "screen_reports": purge_screen_reports,
    "nudges": purge_nudges,
}


async def _delete(session: AsyncSession, statement: sa.Delete) -> int:
    result: Any = await session.exec(statement)
    return int(result.rowcount)


def _months_before(now: datetime, months: int) -> datetime:
    """Go back by calendar months; 31 March less one month is 28 February."""
    total = now.year * 12 + now.month - 1 - months
    year, month = divmod(total, 12)
    for day in range(now.day, 0, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError


def _of(model: type[SQLModel]) -> sa.Table:
    table: sa.Table = inspect(model).local_table
    return table
