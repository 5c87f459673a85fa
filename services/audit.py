"""Who changed which fact: ids and names of actions, never what was said."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit


def record(
    session: AsyncSession,
    actor_id: int | None,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    now: datetime,
    fields: str = "",
) -> None:
    """Write that somebody changed a fact; `fields` lists column names, comma separated."""
    session.add(
        Audit(actor_id=actor_id, action=action, subject=subject, subject_id=subject_id, fields=fields, at=now)
    )
