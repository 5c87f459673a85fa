"""What does the workbook of a month's contributions hold, by which a province pays its teams?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from locales import dates, ngettext, pgettext
from locales import gettext as _
from models.people import Role
from services import amounts
from services.folding import tokens
from services.ledger import Ledger, Line
from services.ledger_sheets import entry_sheet, word_sheet
from services.report_sheets import unit_name
from services.workbook import Column, Workbook, cell_range

TITLE_AT: Final = 0
NOTE_AT: Final = 1
RATE_AT: Final = 2
HEAD_AT: Final = 3
FIRST_AT: Final = 4
SIGNED_BELOW: Final = 3
ROW_HEIGHT: Final = 20
COUNT: Final = '#,##0;-#,##0;"–"'  # a nought is a dash: the eye finds what there is
MONEY: Final = "#,##0"


@dataclass(frozen=True, slots=True)
class _Counted:
    """A column of counts: its heading, what one is paid with (None: nothing ever), and each line's count."""

    column: Column
    rate: int | None
    counts: tuple[int, ...]


def filename(ledger: Ledger) -> str:
    """Name the file: bang_cong_thang_11_2026_xa_an_lac.xlsx."""
    name = "_".join(tokens(ledger.name))
    text = _("ledger_month_{n}_{year}_{name}.xlsx")
    return text.format(n=ledger.first.month, year=ledger.first.year, name=name)


def write(ledger: Ledger) -> bytes:
    """Write the workbook; slow for a province, so never on the loop."""
    book = Workbook()
    _people(book, ledger)
    if ledger.entries is not None:
        entry_sheet(book, ledger.entries, is_area=ledger.is_area)
    word_sheet(book)
    return book.close()


def _people(book: Workbook, ledger: Ledger) -> None:
    """Write one row a member: the rates stand above the counts, and the sums are reckoned by the sheet."""
    sheet = book.sheet(pgettext("table", "Contribution ledger"))
    facts = _facts(ledger)
    counted = _counted(ledger)
    sheet.set_row(HEAD_AT, 62)
    sheet.freeze_panes(FIRST_AT, 1)
    sheet.repeat_rows(RATE_AT, HEAD_AT)
    sheet.write_string(TITLE_AT, 0, _title(ledger), book.formats["title"])
    sheet.write_string(NOTE_AT, 0, note(ledger))
    sheet.write_string(RATE_AT, 0, pgettext("table", "Rate (đồng)"), book.formats["bold"])
    money = Column(pgettext("table", "Amount (đồng)"), 12, "number")
    receipt = Column(pgettext("table", "Received (signature)"), 14)
    for at, column in enumerate([*facts, *(one.column for one in counted), money, receipt]):
        sheet.set_column(at, at, column.width)
        sheet.write_string(HEAD_AT, at, column.title, book.formats["head"])
    for at, one in enumerate(counted, len(facts)):
        book.cell(sheet, RATE_AT, at, one.rate, "number")
    _rows(book, sheet, ledger, counted)
    _amounts(book, sheet, ledger, len(facts), len(facts) + len(counted))
    end = _totals(book, sheet, ledger, counted, len(facts))
    _signatures(book, sheet, end + SIGNED_BELOW, len(facts) + len(counted) + 1)


def _rows(book: Workbook, sheet: Any, ledger: Ledger, counted: Sequence[_Counted]) -> None:
    """Write who and how many, ruled, with room to sign at the end of each row."""
    words = book.book.add_format({"border": 4, "text_wrap": True, "valign": "vcenter"})
    number = book.book.add_format({"border": 4, "num_format": COUNT, "valign": "vcenter"})
    for row, line in enumerate(ledger.lines, FIRST_AT):
        sheet.set_row(row, ROW_HEIGHT)
        facts = _said(line, ledger)
        for at, fact in enumerate(facts):
            sheet.write_string(row, at, fact, words)
        for at, one in enumerate(counted, len(facts)):
            sheet.write_number(row, at, one.counts[row - FIRST_AT], number)
        sheet.write_blank(row, len(facts) + len(counted) + 1, None, words)


def _facts(ledger: Ledger) -> list[Column]:
    commune = [Column(pgettext("table", "Commune"), 20)] if ledger.is_area else []
    return [
        Column(pgettext("table", "Full name"), 24),
        *commune,
        Column(pgettext("table", "Village"), 18),
        Column(pgettext("table", "Role"), 11),
    ]


def _said(line: Line, ledger: Ledger) -> list[str]:
    role: dict[Role | None, str] = {
        Role.LEADER: pgettext("table", "Leader"),
        Role.MEMBER: pgettext("table", "Member"),
    }
    name = line.name if line.person_id is not None else pgettext("table", "(forgotten, no name)")
    commune = [line.commune] if ledger.is_area else []
    return [name, *commune, line.place, role.get(line.role, "")]


def _counted(ledger: Ledger) -> list[_Counted]:
    lines = ledger.lines
    by_kind = [
        _Counted(
            Column(f"{amounts.label(kind)} ({unit_name(kind.unit)})", 9.5, "number"),
            kind.rate,
            tuple(line.kinds.get(kind.name, 0) for line in lines),
        )
        for kind in ledger.kinds
    ]
    return [
        *by_kind,
        _Counted(
            Column(pgettext("table", "Done together (entries)"), 9, "number"),
            None,
            tuple(line.together for line in lines),
        ),
        _Counted(
            Column(pgettext("table", "Helped through Tổ Số (turns)"), 9, "number"),
            ledger.solved_rate,
            tuple(line.solved for line in lines),
        ),
        _Counted(
            Column(pgettext("table", "Lessons passed"), 8, "number"),
            ledger.lesson_rate,
            tuple(line.lessons for line in lines),
        ),
    ]


def _amounts(book: Workbook, sheet: Any, ledger: Ledger, first: int, at: int) -> None:
    """Let the sheet reckon each amount from the rates, so that a changed rate changes all of them."""
    money = book.book.add_format({"border": 4, "num_format": MONEY, "valign": "vcenter"})
    rates = cell_range(RATE_AT, first, RATE_AT, at - 1, is_fixed=True)
    for row, line in enumerate(ledger.lines, FIRST_AT):
        if line.person_id is None:
            sheet.write_number(row, at, 0, money)  # there is nobody to pay
        else:
            counts = cell_range(row, first, row, at - 1)
            sheet.write_formula(row, at, f"=SUMPRODUCT({rates},{counts})", money, line.amount)


def _totals(book: Workbook, sheet: Any, ledger: Ledger, counted: Sequence[_Counted], first: int) -> int:
    """Write the sum row and the filter above it; the sums are of the rows shown. Give its place."""
    end = FIRST_AT + len(ledger.lines)
    bold = book.book.add_format({"bold": True, "top": 1, "num_format": MONEY})
    sums = [*(sum(one.counts) for one in counted), sum(line.amount for line in ledger.lines)]
    sheet.write_string(end, 0, pgettext("table", "Sum"), bold)
    for at in range(1, first):
        sheet.write_blank(end, at, None, bold)
    if not ledger.lines:
        return end
    for at, total in enumerate(sums, first):
        cells = cell_range(FIRST_AT, at, end - 1, at)
        sheet.write_formula(end, at, f"=SUBTOTAL(109,{cells})", bold, total)
    sheet.autofilter(HEAD_AT, 0, end - 1, first + len(sums) - 1)
    return end


def _signatures(book: Workbook, sheet: Any, row: int, last: int) -> None:
    middle = book.book.add_format({"bold": True, "align": "center"})
    small = book.book.add_format({"italic": True, "align": "center"})
    half = last // 2
    for begin, end, who in (
        (0, half, _("DRAWN UP BY")),
        (half + 1, last, _("FOR THE PEOPLE'S COMMITTEE")),
    ):
        sheet.merge_range(row, begin, row, end, who, middle)
        sheet.merge_range(row + 1, begin, row + 1, end, _("(signature, full name)"), small)


def _title(ledger: Ledger) -> str:
    month = _("month {n}/{year}").format(n=ledger.first.month, year=ledger.first.year)
    text = _("CONTRIBUTION LEDGER · {UNIT} · {MONTH}")
    return text.format(UNIT=ledger.name.upper(), MONTH=month.upper())


def note(ledger: Ledger) -> str:
    """Say until which day the month is counted, what does not count yet, and until when it may change."""
    if ledger.until < ledger.first:
        said = [_("No week of the month is locked yet, so nothing counts so far.")]
    else:
        said = [_("Counted up to and including {day}.").format(day=dates.short(ledger.until))]
    if missing := uncounted(ledger):
        said.append(missing)
    if ledger.changes_until is not None and ledger.until == ledger.last:
        text = _("The last days can still be caught up and corrected until the end of {day}.")
        said.append(text.format(day=dates.short(ledger.changes_until)))
    return " ".join(said)


def uncounted(ledger: Ledger) -> str:
    """Say how many entries do not count yet and why; nothing if all do."""
    parts = []
    if ledger.waiting:
        text = ngettext("{n} entry that waits for a look", "{n} entries that wait for a look", ledger.waiting)
        parts.append(text.format(n=dates.number(ledger.waiting)))
    if ledger.unlocked:
        text = ngettext("{n} entry of an open week", "{n} entries of open weeks", ledger.unlocked)
        parts.append(text.format(n=dates.number(ledger.unlocked)))
    return _("Not counted yet: {what}.").format(what=", ".join(parts)) if parts else ""
