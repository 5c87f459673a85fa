"""What is learnt from use: how people ask is noted, tried on known questions, and decided by an operator."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import insert_into
from models.help import HelpRequest
from models.learning import Proposal, ProposalState
from services import audit, errors, people
from services.access import Action, Actor, declares
from services.folding import tokens
from services.guides import Library
from services.learning_notices import GuideMissing, ProposalsWait
from services.matching import Entry
from services.notices import tell
from services.safety import redact

LONGEST: Final = 120
FEWEST_WORDS: Final = 2
MISSED_OFTEN: Final = 3
MISSED_WITHIN: Final = timedelta(days=30)
# What safety leaves where a secret stood: words of ours, not of whoever asked.
_MASK: Final = re.compile(r"•+(?:\s*\([^)]*\))?")

Phrases = Mapping[str, tuple[str, ...]]

_table: Any = sa.inspect(Proposal).local_table
_VERSION: Final = sa.select(sa.func.count(), sa.func.max(_table.c.decided_at)).where(
    _table.c.state == ProposalState.ACCEPTED
)


def words_of(text: str) -> str:
    """Write a question as it may be learnt: folded, without secrets, cut at a word; "" if hardly a word."""
    said = tokens(_MASK.sub(" ", redact(text).text))
    words = ""
    for word in said:
        longer = f"{words} {word}".strip()
        if len(longer) > LONGEST:
            break
        words = longer
    return words if len(said) >= FEWEST_WORDS else ""


async def note(session: AsyncSession, words: str, slug: str, *, now: datetime) -> None:
    """Count that somebody who asked so meant this guide; "" if nobody could say which.

    Equal ones are counted together. There is no audit row: it would tie the words to a person.
    """
    if not words or (not slug and await _count_again(session, words, now)):
        return
    dialect = session.get_bind().dialect.name
    row = {"words": words, "slug": slug, "times": 1, "state": ProposalState.OPEN, "tried_at": ""}
    statement = insert_into(_table, dialect).values(**row, noted_at=now, last_at=now)
    again = {"times": _table.c.times + 1, "last_at": now}
    await (await session.connection()).execute(
        statement.on_conflict_do_update(index_elements=["words", "slug"], set_=again)
    )


async def _count_again(session: AsyncSession, words: str, now: datetime) -> bool:
    """Count words that are known with some guide to that guide."""
    known = sa.select(_table.c.id).where(_table.c.words == words)
    best = known.order_by(_table.c.state != ProposalState.OPEN, _table.c.times.desc(), _table.c.id).limit(1)
    counted = sa.update(_table).where(_table.c.id == best.scalar_subquery())
    result = await (await session.connection()).execute(counted.values(times=_table.c.times + 1, last_at=now))
    return bool(result.rowcount)


async def note_answered(session: AsyncSession, request: HelpRequest, *, now: datetime) -> None:
    """Learn from a question that a person had to answer, once; a service without a guide teaches nothing."""
    if request.words and (request.guide or not request.stub):
        await note(session, request.words, request.guide or "", now=now)
        request.words = None
        session.add(request)


async def note_missing(session: AsyncSession, slug: str, title: str, *, now: datetime) -> None:
    """Tell the operators once that a service is asked for again and again and has no guide."""
    since = now - MISSED_WITHIN
    asked = select(func.count()).where(HelpRequest.stub == slug, col(HelpRequest.asked_at) > since)
    times = (await session.exec(asked)).one()
    if times >= MISSED_OFTEN:
        word = GuideMissing(slug=slug, title=title, times=times)
        for operator in await people.operators(session):
            await tell(session, operator.id or 0, word, subject=f"guide:{slug}", now=now)


async def waiting(session: AsyncSession) -> int:
    """Count the proposals that are tried and wait for a word."""
    return (await session.exec(select(func.count()).where(*_waits()))).one()


def _waits() -> tuple[Any, ...]:
    return col(Proposal.state) == ProposalState.OPEN, col(Proposal.costs).is_not(None)


@declares(Action.KEEP_GUIDES)
async def next_proposal(session: AsyncSession, actor: Actor) -> Proposal | None:
    """Find the proposal that was counted most, of those that are tried."""
    actor.require_anywhere(Action.KEEP_GUIDES)
    query = select(Proposal).where(*_waits()).order_by(col(Proposal.times).desc(), col(Proposal.id))
    return (await session.exec(query.limit(1))).first()


@declares(Action.KEEP_GUIDES)
async def proposal_of(session: AsyncSession, actor: Actor, proposal_id: int) -> Proposal:
    """Load a proposal and hold it; raises NotYours for one that is gone."""
    actor.require_anywhere(Action.KEEP_GUIDES)
    found = await session.exec(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    proposal = found.first()
    if proposal is None:
        raise errors.NotYours
    return proposal


@declares(Action.KEEP_GUIDES)
async def accept(session: AsyncSession, actor: Actor, proposal_id: int, *, now: datetime) -> Proposal | None:
    """Let the words stand for the guide from now on, and for no other; None if it was decided before."""
    proposal = await proposal_of(session, actor, proposal_id)
    if proposal.state is not ProposalState.OPEN or not proposal.slug:
        return None
    _decide(session, actor, proposal, ProposalState.ACCEPTED, now)
    rivals = select(Proposal).where(
        Proposal.words == proposal.words,
        Proposal.id != proposal_id,
        col(Proposal.state) != ProposalState.REJECTED,
    )
    for rival in await session.exec(rivals.order_by(col(Proposal.id)).with_for_update()):
        _decide(session, actor, rival, ProposalState.REJECTED, now)
    return proposal


@declares(Action.KEEP_GUIDES)
async def reject(session: AsyncSession, actor: Actor, proposal_id: int, *, now: datetime) -> Proposal | None:
    """Say no, or take back a yes; None if that was said before."""
    proposal = await proposal_of(session, actor, proposal_id)
    if proposal.state is ProposalState.REJECTED:
        return None
    _decide(session, actor, proposal, ProposalState.REJECTED, now)
    return proposal


@declares(Action.KEEP_GUIDES)
async def move(
    session: AsyncSession, actor: Actor, proposal_id: int, slug: str, *, now: datetime
) -> Proposal | None:
    """Say which guide is meant instead: that pair is tried, then asked about; None if decided before."""
    proposal = await proposal_of(session, actor, proposal_id)
    if proposal.state is not ProposalState.OPEN or proposal.slug == slug:
        return None
    _decide(session, actor, proposal, ProposalState.REJECTED, now)
    same = select(Proposal).where(Proposal.words == proposal.words, Proposal.slug == slug)
    target = (await session.exec(same.with_for_update())).first() or Proposal(
        words=proposal.words, slug=slug, times=0, noted_at=now, last_at=now
    )
    target.times += proposal.times
    target.state = ProposalState.OPEN
    target.costs = target.decided_at = target.told_at = None
    session.add(target)
    return target


def _decide(
    session: AsyncSession, actor: Actor, proposal: Proposal, state: ProposalState, now: datetime
) -> None:
    proposal.state = state
    proposal.decided_at = now
    session.add(proposal)
    action = f"proposal_{state}"
    audit.record(session, actor.person_id, action, "proposal", proposal.id, now=now, fields="state")


async def version(session: AsyncSession) -> str:
    """Name what is accepted now: another name, other phrases; one small statement."""
    count, last = (await (await session.connection()).execute(_VERSION)).one()
    return f"{count} {last.isoformat()}" if last else ""


async def accepted(session: AsyncSession) -> Phrases:
    """List the words that were accepted, by guide."""
    found = select(Proposal.slug, Proposal.words).where(Proposal.state == ProposalState.ACCEPTED)
    phrases: defaultdict[str, list[str]] = defaultdict(list)
    for slug, words in (await session.exec(found.order_by(col(Proposal.id)))).all():
        phrases[slug].append(words)
    return {slug: tuple(said) for slug, said in phrases.items()}


def entries(guides: Library, phrases: Phrases) -> list[Entry]:
    """List what the matcher knows: each guide's own phrases, and those that were learnt for it."""
    return [
        entry._replace(phrases=(*entry.phrases, *phrases.get(entry.slug, ()))) for entry in guides.entries()
    ]


async def to_try(session: AsyncSession, version: str, *, limit: int) -> list[Proposal]:
    """List open proposals that were never tried, or not with what is accepted now."""
    query = select(Proposal).where(
        Proposal.state == ProposalState.OPEN,
        sa.or_(col(Proposal.costs).is_(None), col(Proposal.tried_at) != version),
    )
    order = (col(Proposal.costs).is_not(None), col(Proposal.times).desc(), col(Proposal.id))
    return list((await session.exec(query.order_by(*order).limit(limit))).all())


async def keep_trial(session: AsyncSession, proposal_id: int, slug: str, *, costs: int, version: str) -> None:
    """Keep what a trial showed; words nobody placed go to the guide that was nearest, if there is one."""
    found = select(Proposal).where(Proposal.id == proposal_id, Proposal.state == ProposalState.OPEN)
    proposal = (await session.exec(found.with_for_update())).first()
    if proposal is None:
        return
    same = select(Proposal).where(Proposal.words == proposal.words, Proposal.slug == slug)
    twin = (await session.exec(same.where(Proposal.id != proposal_id).with_for_update())).first()
    if twin is not None:
        twin.times += proposal.times
        await session.delete(proposal)
        await session.flush()
        proposal = twin
    proposal.slug, proposal.costs, proposal.tried_at = slug, costs, version
    session.add(proposal)


async def tell_operators(session: AsyncSession, *, now: datetime) -> int:
    """Tell every operator that new proposals wait, at most once a day; tell how many heard."""
    fresh = select(Proposal).where(*_waits(), col(Proposal.told_at).is_(None))
    untold = (await session.exec(fresh.order_by(col(Proposal.id)).with_for_update())).all()
    if not untold:
        return 0
    for proposal in untold:
        proposal.told_at = now
        session.add(proposal)
    word = ProposalsWait(count=await waiting(session))
    subject = f"proposals:{now.date()}"
    heard = [
        await tell(session, operator.id or 0, word, subject=subject, now=now)
        for operator in await people.operators(session)
    ]
    return sum(heard)
