"""Everything that is kept of somebody, as a workbook they can read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import gettext as _
from locales import pgettext
from models.units import Unit
from services import units
from services.workbook import new_book

MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 5_000
LONGEST_NAME: Final = 31
# The key to something, or of no use to anybody but the program.
_SECRET: Final = ("_hash", "token", "dedupe_key", "sha256", "payload")
_MACHINERY: Final = frozenset(
    {
        "channel_account", "chat", "choices", "offers", "counter", "lane", "attempts", "number", "error",
        "not_before", "lease_until", "provider_message_id", "unreachable_why", "subject_id", "fields",
        "next_word_at", "waiting_since", "reminded_at", "spoke_at", "idle_asked_at", "are_photos_fine",
        "remind_at", "size", "mime", "turns", "rung",
    }
)  # fmt: skip
# What the other one said to whoever helped them is theirs.
_WORDS: Final = frozenset({"question", "topic", "words"})
_EMPTY: Final[list[Any]] = [None, "", {}, []]
_OWN_TABLES: Final = ("person", "account", "consent")


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of fact: its name, its headings, its rows."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


async def gather(
    session: AsyncSession, person_id: int, *, titles: Mapping[str, str], now: datetime
) -> list[Table]:
    """Collect every row that is about somebody, by following the foreign keys as erasure does.

    Ids of other people are left out, units and guides are named. A table added later is found by itself.
    """
    place_names = await _places(session, person_id)
    found: list[Table] = []
    accounts = await _ids(session, "account", "person_id", [person_id])
    for name, column, keys in [
        ("person", "id", [person_id]),
        *((table, key, [person_id]) for table, key in _references("person")),
        *((table, key, accounts) for table, key in _references("account")),
    ]:
        rows = await _rows(session, name, column, keys)
        table = _table(name, column, rows, place_names, titles, now)
        if table.headings:
            found.append(table)
    return _merged(found)


def _references(to: str) -> list[tuple[str, str]]:
    """List the columns that point at a table's rows, the best known tables first."""
    wanted = SQLModel.metadata.tables[to]
    pairs = [
        (table.name, key.parent.name)
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is wanted
    ]
    return sorted(pairs, key=lambda pair: pair[0] not in _OWN_TABLES)


async def _ids(session: AsyncSession, table: str, column: str, keys: Sequence[int]) -> list[int]:
    rows = await _rows(session, table, column, keys)
    return [row["id"] for row in rows]


async def _rows(session: AsyncSession, name: str, column: str, keys: Sequence[int]) -> list[dict[str, Any]]:
    table = SQLModel.metadata.tables[name]
    statement = sa.select(table).where(table.c[column].in_(keys)).limit(MOST_ROWS)
    found = await (await session.connection()).execute(statement)
    return [dict(row._mapping) for row in found]  # noqa: SLF001 - the public name of a row's columns


async def _places(session: AsyncSession, _person_id: int) -> dict[int, str]:
    found = await session.exec(select(Unit).where(col(Unit.id).is_not(None)))
    return {unit.id or 0: units.display_name(unit) for unit in found}


def _table(
    name: str,
    owner: str,
    rows: Sequence[dict[str, Any]],
    places: Mapping[int, str],
    titles: Mapping[str, str],
    now: datetime,
) -> Table:
    table = SQLModel.metadata.tables[name]
    shown = [column for column in table.columns if _is_shown(column, owner)]
    shown = [column for column in shown if any(row[column.name] not in _EMPTY for row in rows)]
    cells = [tuple(_said(column, row[column.name], places, titles, now) for column in shown) for row in rows]
    return Table(_table_name(name), tuple(_heading(column.name) for column in shown), tuple(cells))


def _is_shown(column: sa.Column[Any], owner: str) -> bool:
    """Leave out keys, and who else had to do with it: those are other people's data."""
    if column.name in {"id", owner} | _MACHINERY or column.name.endswith(_SECRET):
        return False
    if owner not in {"person_id", "account_id", "id"} and column.name in _WORDS:
        return False
    points_at = {key.column.table.name for key in column.foreign_keys}
    return not points_at or points_at == {"unit"}


def _said(
    column: sa.Column[Any], value: Any, places: Mapping[int, str], titles: Mapping[str, str], now: datetime
) -> str:
    """Write a value as somebody would say it."""
    if value is None:
        return ""
    if any(key.column.table.name == "unit" for key in column.foreign_keys):
        return places.get(value, "")
    match value:
        case bool():
            said = pgettext("table", "yes") if value else pgettext("table", "no")
        case datetime():
            said = f"{value.astimezone(now.tzinfo):%d/%m/%Y %H:%M}"
        case date():
            said = f"{value:%d/%m/%Y}"
        case dict() | list():
            said = "; ".join(_leaves(value))
        case Enum():
            said = _word(str(value.value))
        case _:
            said = titles.get(str(value)) or _word(str(value))
    return said


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    """List what a nested value holds, each with its own name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif value not in _EMPTY:
        yield f"{_heading(name)}: {value}"


def _word(value: str) -> str:
    """Say a stored word; what is typed by people is left as it is."""
    words = {
        "member": pgettext("table", "member"),
        "leader": pgettext("table", "team leader"),
        "supervisor": pgettext("table", "supervisor"),
        "operator": pgettext("table", "operator"),
        "open": pgettext("table", "open"),
        "claimed": pgettext("table", "being helped"),
        "closed": pgettext("table", "closed"),
        "withdrawn": pgettext("table", "no longer needed"),
        "good": pgettext("table", "it worked"),
        "partly": pgettext("table", "partly"),
        "not_yet": pgettext("table", "not yet"),
        "citizen": pgettext("table", "answers and help"),
        "team": pgettext("table", "team work"),
        "vi": pgettext("table", "Vietnamese"),
        "en": pgettext("table", "English"),
        "sent": pgettext("table", "sent"),
    }
    return words.get(value, value)


def _merged(tables: Sequence[Table]) -> list[Table]:
    """Give two tables of one name different ones: a workbook's sheets must not share theirs."""
    seen: dict[str, int] = {}
    named: list[Table] = []
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        suffix = f" {seen[table.name]}" if seen[table.name] > 1 else ""
        named.append(Table(table.name[: LONGEST_NAME - len(suffix)] + suffix, table.headings, table.rows))
    return named


def write(tables: Sequence[Table]) -> bytes:
    """Write the workbook: one sheet for each kind of fact, its columns as wide as what is in them."""
    data = io.BytesIO()
    with new_book(data) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(table.headings):
                longest = max([len(heading), *(len(row[column]) for row in table.rows)])
                sheet.set_column(column, column, min(60, max(10, longest + 2)), body)
                sheet.write_string(0, column, heading, head)
            for number, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
    return data.getvalue()


def filename(now: datetime) -> str:
    """Name the file."""
    return f"du-lieu-cua-toi-{now:%Y-%m-%d}.xlsx"


def _table_name(name: str) -> str:
    names = {
        "person": _("About the person"),
        "account": _("Accounts"),
        "consent": _("Consents"),
        "assignment": _("Roles"),
        "guide_visit": _("Guides"),
        "help_request": _("Help requests"),
        "help_offer": _("Requests offered"),
        "activity": _("Work logged"),
        "task_assignment": _("Lessons"),
        "conversation": _("Chats"),
        "delivery": _("Messages sent"),
        "audit": _("Changes"),
        "join_request": _("Wishes to join"),
        "invite": _("Invites"),
        "screen_report": _("Screens reported"),
        "summary": _("Summaries"),
        "training_task": _("Lessons given"),
        "check_code": _("Check codes"),
        "media": _("Files"),
    }
    return names.get(name, name)


def _heading(name: str) -> str:
    headings = {
        "name": pgettext("table", "Name"),
        "unit_id": pgettext("table", "Village"),
        "phone": pgettext("table", "Phone"),
        "form_of_address": pgettext("table", "Called"),
        "locale": pgettext("table", "Language"),
        "channel": pgettext("table", "Channel"),
        "created_at": pgettext("table", "Made at"),
        "made_at": pgettext("table", "Made at"),
        "seen_at": pgettext("table", "Last message"),
        "given_at": pgettext("table", "Agreed at"),
        "withdrawn_at": pgettext("table", "Withdrawn at"),
        "purpose": pgettext("table", "Purpose"),
        "version": pgettext("table", "Text version"),
        "role": pgettext("table", "Role"),
        "since": pgettext("table", "Since"),
        "until": pgettext("table", "Until"),
        "slug": pgettext("table", "Guide"),
        "guide": pgettext("table", "Guide"),
        "lesson": pgettext("table", "Lesson"),
        "step": pgettext("table", "Step"),
        "started_at": pgettext("table", "Begun at"),
        "moved_at": pgettext("table", "Last step at"),
        "ended_at": pgettext("table", "Ended at"),
        "outcome": pgettext("table", "How it ended"),
        "topic": pgettext("table", "About"),
        "question": pgettext("table", "Question"),
        "state": pgettext("table", "State"),
        "asked_at": pgettext("table", "Asked at"),
        "claimed_at": pgettext("table", "Taken at"),
        "answered_at": pgettext("table", "First answer"),
        "closed_at": pgettext("table", "Closed at"),
        "rating": pgettext("table", "Rating"),
        "kind": pgettext("table", "Kind"),
        "count": pgettext("table", "Count"),
        "happened_on": pgettext("table", "Day"),
        "recorded_at": pgettext("table", "Logged at"),
        "score": pgettext("table", "Right answers"),
        "states": pgettext("table", "What is under way"),
        "said_at": pgettext("table", "Last message"),
        "action": pgettext("table", "Change"),
        "at": pgettext("table", "At"),
        "sent_at": pgettext("table", "Sent at"),
        "external_id": pgettext("table", "Number on the channel"),
        "paused_until": pgettext("table", "Pauses until"),
        "is_urgent": pgettext("table", "Urgent"),
        "rated_at": pgettext("table", "Rated at"),
        "offered_at": pgettext("table", "Asked at"),
        "declined_at": pgettext("table", "Said no at"),
        "subject": pgettext("table", "Where"),
        "is_reachable": pgettext("table", "Reachable"),
        "has_large_text": pgettext("table", "Large letters"),
    }
    return headings.get(name, name)
