"""The hot path's statements: made once, run with bind parameters, without an ORM session (prepared.py)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models.base import insert_into
from models.conversation import Conversation, Quarantine, Seen
from models.delivery import Delivery
from models.people import Account, Assignment, Person
from models.units import Unit

seen: Any = sa.inspect(Seen).local_table
conversation: Any = sa.inspect(Conversation).local_table
account: Any = sa.inspect(Account).local_table
person: Any = sa.inspect(Person).local_table
assignment: Any = sa.inspect(Assignment).local_table
unit: Any = sa.inspect(Unit).local_table
delivery: Any = sa.inspect(Delivery).local_table
quarantine: Any = sa.inspect(Quarantine).local_table


class Statements:
    """The same statements for one of the two databases."""

    def __init__(self, dialect: str) -> None:
        """Choose the dialect's insert."""
        self.claim = _unless_there(seen, dialect)
        self.add_account = _unless_there(account, dialect)
        self.add_conversation = _unless_there(conversation, dialect)


def _unless_there(table: sa.Table, dialect: str) -> Any:
    return insert_into(table, dialect).on_conflict_do_nothing().execution_options(prepared=True)


BY_CHAT = (conversation.c.channel_account == sa.bindparam("b_account")) & (
    conversation.c.chat == sa.bindparam("b_chat")
)

LOCK = (
    sa.select(
        conversation.c.id,
        conversation.c.account_id,
        conversation.c.states,
        conversation.c.choices,
        conversation.c.offers,
        conversation.c.counter,
    )
    .where(BY_CHAT)
    .with_for_update()
    .execution_options(prepared=True)
)

FIND_ACCOUNT = sa.select(account.c.id).where(
    account.c.channel_account == sa.bindparam("b_account"), account.c.external_id == sa.bindparam("b_sender")
)

# One row per role held, one with NULLs for somebody without roles, or who said no yes or took it back.
ACTOR = (
    sa.select(
        account.c.id,
        account.c.channel,
        account.c.locale.label("account_locale"),
        account.c.seen_at,
        account.c.is_reachable,
        person.c.id.label("person_id"),
        person.c.name,
        person.c.form_of_address,
        person.c.locale,
        person.c.unit_id,
        person.c.has_large_text,
        person.c.paused_until,
        assignment.c.role,
        assignment.c.unit_id.label("role_unit_id"),
        unit.c.path,
    )
    .select_from(
        account.outerjoin(person, (person.c.id == account.c.person_id) & person.c.withdrawn_at.is_(None))
        .outerjoin(assignment, (assignment.c.person_id == person.c.id) & assignment.c.until.is_(None))
        .outerjoin(unit, unit.c.id == assignment.c.unit_id)
    )
    .where(account.c.id == sa.bindparam("b_id"))
    .order_by(assignment.c.id)
    .execution_options(prepared=True)
)

TOUCH_ACCOUNT = (
    sa.update(account)
    .where(account.c.id == sa.bindparam("b_id"))
    .values(seen_at=sa.bindparam("b_now"), is_reachable=True, unreachable_why=None)
    .execution_options(prepared=True)
)

KEEP = (
    sa.update(conversation)
    .where(conversation.c.id == sa.bindparam("b_id"))
    .values(
        states=sa.bindparam("b_states"),
        choices=sa.bindparam("b_choices"),
        counter=sa.bindparam("b_counter"),
        said_at=sa.bindparam("b_now"),
    )
    .execution_options(prepared=True)
)

QUEUE = sa.insert(delivery).execution_options(prepared=True)

# An earlier message that nobody took up yet gets other words.
PUT_IN_PLACE = (
    sa.update(delivery)
    .where(
        delivery.c.id == sa.bindparam("b_id"),
        delivery.c.account_id == sa.bindparam("b_account_id"),
        delivery.c.state.in_([sa.literal_column("'pending'"), sa.literal_column("'waiting'")]),
    )
    .values(payload=sa.bindparam("b_payload"), kind=sa.bindparam("b_kind"))
)

# Wakes senders and web processes at the commit (PostgreSQL); leadership.py listens.
NOTIFY = sa.text("NOTIFY toso")

BEFORE_HANDLER, AFTER_HANDLER, UNDO_HANDLER = (
    sa.text(f"{verb} handler").execution_options(prepared=True)
    for verb in ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
)

FIND_ATTEMPT = (
    sa.select(quarantine.c.id, quarantine.c.attempts)
    .where(
        quarantine.c.channel_account == sa.bindparam("b_account"),
        quarantine.c.external_id == sa.bindparam("b_key"),
    )
    .with_for_update()
)
RECENT_APOLOGIES = sa.select(sa.func.count()).where(
    delivery.c.account_id == sa.bindparam("b_account_id"),
    delivery.c.kind == "apology",
    delivery.c.created_at > sa.bindparam("b_since"),
)
