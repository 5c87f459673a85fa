"""What does a report look like on paper, for the commune's file: a page or two, with room to sign?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from locales import dates
from locales import gettext as _
from services import fonts

if TYPE_CHECKING:
    from fpdf import FPDF

MIME: Final = "application/pdf"
FONT: Final = "dejavu"
MARGIN: Final = 15
SIGNING_HEIGHT: Final = 38

Align = Literal["LEFT", "RIGHT", "CENTER"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table on paper: `widths` are shares of the page's width, the first column is text, others numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    total: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A report for paper; `above` is whose office files it."""

    above: str
    title: str
    subtitle: str
    lines: Sequence[str]
    tables: Sequence[Table] = field(default=())
    place: str = ""
    day: date = date.min
    signer: str = ""


def write(paper: Paper) -> bytes:
    """Write the PDF; slow (some tenths of a second), so never on the loop."""
    from fpdf import FPDF  # noqa: PLC0415 - loaded with the first page

    pdf = FPDF(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    pdf.add_font(FONT, "", fonts.path())
    pdf.add_font(FONT, "B", fonts.path("bold"))
    pdf.set_title(f"{paper.title} · {paper.subtitle}")
    pdf.set_creator("Tổ Số")
    pdf.add_page()
    _head(pdf, paper)
    for line in paper.lines:
        pdf.set_font(FONT, "", 11)
        pdf.multi_cell(0, 6.2, line, align="L", new_x="LMARGIN", new_y="NEXT")
    for table in paper.tables:
        _table(pdf, table)
    _signatures(pdf, paper)
    return bytes(pdf.output())


def _head(pdf: FPDF, paper: Paper) -> None:
    top, half = pdf.get_y(), pdf.epw / 2
    pdf.set_font(FONT, "B", 10)
    pdf.multi_cell(half - 5, 5.5, paper.above, align="C")
    left = pdf.get_y()
    pdf.set_xy(MARGIN + half - 5, top)
    pdf.multi_cell(
        half + 5, 5.5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc", align="C"
    )
    pdf.set_y(max(left, pdf.get_y()) + 8)
    pdf.set_font(FONT, "B", 14)
    pdf.multi_cell(0, 7, paper.title, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, "", 11)
    pdf.multi_cell(0, 6.5, paper.subtitle, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)


def _table(pdf: FPDF, table: Table) -> None:
    from fpdf.fonts import FontFace  # noqa: PLC0415 - loaded with the first page

    pdf.ln(2)
    if pdf.will_page_break(24):
        pdf.add_page()  # a title alone at the foot of a page helps nobody
    pdf.set_font(FONT, "B", 11)
    pdf.cell(0, 7, table.title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, "", 9)
    numbers: list[Align] = ["RIGHT"] * (len(table.widths) - 1)
    aligns: list[Align] = ["LEFT", *numbers]
    with pdf.table(
        col_widths=tuple(table.widths),
        text_align=tuple(aligns),
        headings_style=FontFace(emphasis="BOLD", fill_color=(221, 235, 247)),
        line_height=4.8,
        padding=0.5,
    ) as grid:
        grid.row(table.head)
        for row in table.rows:
            grid.row(row)
        if table.total:
            grid.row(table.total, style=FontFace(emphasis="BOLD"))


def _signatures(pdf: FPDF, paper: Paper) -> None:
    pdf.ln(3)
    if pdf.will_page_break(SIGNING_HEIGHT):
        pdf.add_page()
    half = pdf.epw / 2
    pdf.set_font(FONT, "", 10)
    pdf.set_x(MARGIN + half)
    text = _("{place}, on {day}")
    pdf.multi_cell(half, 6, text.format(place=paper.place, day=dates.paper(paper.day)), align="C")
    top = pdf.get_y() + 7
    for at, who in enumerate((_("DRAWN UP BY"), paper.signer)):
        pdf.set_xy(MARGIN + at * half, top)
        pdf.set_font(FONT, "B", 10)
        pdf.multi_cell(half, 6, who, align="C", new_x="LMARGIN", new_y="NEXT")
        pdf.set_x(MARGIN + at * half)
        pdf.set_font(FONT, "", 9)
        pdf.multi_cell(half, 5, _("(signature, full name)"), align="C")
