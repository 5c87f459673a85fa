"""What stands behind a ledger in its workbook: every entry, and how each figure is counted?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from locales import gettext as _
from locales import pgettext
from services import amounts
from services.ledger_entries import LedgerEntry, Seen
from services.report_sheets import unit_name
from services.rules import BOT_HELP, Kind
from services.workbook import Column, Workbook

WORD_HEIGHT: Final = 40


def entry_sheet(book: Workbook, entries: Sequence[LedgerEntry], *, is_area: bool) -> None:
    """Write one row an entry, whether somebody looked at it, and who did it together."""
    columns = [
        Column(pgettext("table", "Day"), 12, "day"),
        *([Column(pgettext("table", "Commune"), 20)] if is_area else []),
        Column(pgettext("table", "Village"), 24),
        Column(pgettext("table", "Logged by"), 24),
        Column(pgettext("table", "Kind of work"), 24),
        Column(pgettext("table", "Number"), 8, "number"),
        Column(pgettext("table", "Unit of count"), 10),
        Column(pgettext("table", "Looked at"), 26),
        Column(pgettext("table", "Done together with"), 34, "wrapped"),
    ]
    looks = {
        Seen.PLAIN: pgettext("table", "no need"),
        Seen.RIGHT: pgettext("table", "looked at"),
        Seen.WAITING: pgettext("table", "waits for a look, not counted"),
        Seen.UNLOCKED: pgettext("table", "open week, not counted"),
        Seen.REOPENED: pgettext("table", "asked again, not counted"),
    }
    rows = [
        [
            one.day,
            *([one.place.commune] if is_area else []),
            one.place.name,
            one.who or pgettext("table", "(forgotten, no name)"),
            _kind(one.kind),
            one.count,
            unit_name(one.kind.unit),
            looks[one.seen],
            ", ".join(one.mates),
        ]
        for one in entries
    ]
    book.table(pgettext("table", "Single entries"), columns, rows)


def _kind(kind: Kind) -> str:
    return pgettext("table", "Helped through Tổ Số") if kind.name == BOT_HELP else amounts.label(kind)


def word_sheet(book: Workbook) -> None:
    """Explain how each figure is counted, for a reader who has only the file."""
    columns = [
        Column(pgettext("table", "Word"), 24, "wrapped"),
        Column(pgettext("table", "How it is counted"), 100, "wrapped"),
    ]
    rows = [
        [
            pgettext("table", "Counted"),
            _(
                "An entry counts when it was neither corrected nor undone, nobody has to look at it any more,"
                " and its week is locked or the month is over."
            ),
        ],
        [
            pgettext("table", "Done together"),
            _(
                "An entry of several counts once for the village: its number is divided equally, rounded"
                " down, and what is left over goes to whoever wrote it. Whoever said that it was not them has"
                " no part. The column says how many of the entries were such."
            ),
        ],
        [
            pgettext("table", "Helped through Tổ Số"),
            _(
                "Requests of citizens that were solved, each once, for whoever closed it last. A request that"
                " is open again does not count."
            ),
        ],
        [
            pgettext("table", "Lessons passed"),
            _(
                "Lessons passed for the first time in the month, in time or late. Whoever is in several teams"
                " has them in the first."
            ),
        ],
        [
            pgettext("table", "Rate, amount"),
            _(
                "The amount is each count times the rate above it, added up. Change a rate on this sheet and"
                " the amounts follow."
            ),
        ],
        [
            pgettext("table", "Sum"),
            _("The sums are of the rows shown: choose a village in the heading and they are the village's."),
        ],
        [
            pgettext("table", "(forgotten, no name)"),
            _("Whoever asked to be forgotten: the count stays with the village, nobody is paid for it."),
        ],
    ]
    sheet = book.table(pgettext("table", "Explanations"), columns, rows)
    for row in range(1, len(rows) + 1):
        sheet.set_row(row, WORD_HEIGHT)
