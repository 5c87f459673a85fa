"""What does a certificate look like on paper: one sheet, as good on a black-and-white printer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services import fonts
from services.qr_codes import qr_code

if TYPE_CHECKING:
    from fpdf import FPDF

WIDTH: Final = 297  # millimetres, A4 lying
HEIGHT: Final = 210
FRAME: Final = 11
INNER: Final = 15
ROOM: Final = 225
QR_SIDE: Final = 36
EDGE: Final = 28
POINT: Final = 25.4 / 72
SMALLEST: Final = 14.0
FAMILY: Final = "DejaVu"


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is written on it, in the language it is printed in."""

    heading: str
    title: str
    name: str
    team: str
    done: str
    issued: str
    code: str
    check: str
    address: str
    locale: str


def draw(paper: Paper) -> bytes:
    """Write a PDF of one sheet; takes a quarter of a second: never on the loop."""
    from fpdf.fonts import TTFFont  # noqa: PLC0415 - a tenth of a second at the start

    page = _empty(paper)
    try:
        _frame(page)
        _centred(page, paper.heading, 37, 38, is_bold=True, spacing=2.5)
        _centred(page, paper.title, 61, 17)
        _centred(page, paper.name, 87, 40, is_bold=True)
        page.set_line_width(0.4)
        page.line(WIDTH / 2 - 60, 108, WIDTH / 2 + 60, 108)
        _centred(page, paper.team, 115, 19)
        _centred(page, paper.done, 128, 15)
        _foot(page, paper)
        return bytes(page.output())
    finally:
        for font in page.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def _empty(paper: Paper) -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415 - likewise

    page = FPDF(orientation="landscape", unit="mm", format="A4")
    page.set_auto_page_break(auto=False)
    page.set_margin(0)
    page.c_margin = 0
    page.add_font(FAMILY, "", fonts.path())
    page.add_font(FAMILY, "B", fonts.path("bold"))
    page.set_title(f"{paper.heading} {paper.title}")
    page.set_lang(paper.locale)
    page.set_creator("Tổ Số")
    page.add_page()
    return page


def _frame(page: FPDF) -> None:
    page.set_draw_color(0)
    page.set_line_width(1.6)
    page.rect(FRAME, FRAME, WIDTH - 2 * FRAME, HEIGHT - 2 * FRAME)
    page.set_line_width(0.35)
    page.rect(INNER, INNER, WIDTH - 2 * INNER, HEIGHT - 2 * INNER)


def _centred(
    page: FPDF, text: str, top: float, size: float, *, is_bold: bool = False, spacing: float = 0.0
) -> None:
    """Write a line in the middle, in the largest letters up to `size` with which it fits."""
    style = "B" if is_bold else ""
    page.set_char_spacing(spacing)
    page.set_font(FAMILY, style, size)
    while page.get_string_width(text) > ROOM and page.font_size_pt > SMALLEST:
        page.set_font(FAMILY, style, page.font_size_pt - 1)
    page.set_xy((WIDTH - ROOM) / 2, top)
    page.multi_cell(ROOM, page.font_size_pt * POINT * 1.35, text, align="C")
    page.set_char_spacing(0)


def _foot(page: FPDF, paper: Paper) -> None:
    """Write day and code on the left, and on the right a square that opens the check."""
    top = HEIGHT - EDGE - QR_SIDE
    page.image(
        qr_code(paper.address), x=WIDTH - EDGE - QR_SIDE, y=top, w=QR_SIDE, h=QR_SIDE, link=paper.address
    )
    for text, size, style, below in (
        (paper.issued, 14, "", 2),
        (paper.code, 18, "B", 13),
        (paper.check, 11, "", 25),
        (paper.address, 11, "B", 31),
    ):
        page.set_font(FAMILY, style, size)
        page.set_xy(EDGE, top + below)
        page.cell(text=text)
