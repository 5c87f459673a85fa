"""What does a guide look like on paper: one page in large letters, with a QR code that opens it again?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from locales import dates
from locales import gettext as _
from services import fonts
from services.guide_format import Guide
from services.qr_codes import qr_code

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN: Final = 15  # millimetres; many printers reach no further
QR_SIDE: Final = 38
LARGEST: Final = 20.0  # points
SMALLEST: Final = 11.0
SMALLER: Final = 0.5
POINT: Final = 25.4 / 72  # millimetres
LEADING: Final = 1.32
FAMILY: Final = "DejaVu"


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of the page: how large beside the steps, bold or not, and what stands before it."""

    text: str
    scale: float = 1.0
    is_bold: bool = False
    mark: str = ""
    space: float = 0.3


def link(public_url: str, slug: str) -> str:
    """Give the address that opens a guide: the web chat takes what follows `start` as Telegram does."""
    return f"{public_url}/?start=g_{slug}"


def draw(guide: Guide, address: str) -> bytes:
    """Write a PDF of one A4 page; takes a quarter of a second: never on the loop."""
    with laid_out(guide, address) as (page, _points):
        return bytes(page.output())


@contextmanager
def laid_out(guide: Guide, address: str) -> Iterator[tuple[FPDF, float]]:
    """Lay the page out in the largest letters with which all of it fits, and tell how many points they have.

    The files of the letters stay open until the block is left.
    """
    from fpdf.fonts import TTFFont  # noqa: PLC0415 - a tenth of a second at the start

    page = _empty(guide)
    try:
        yield page, _lay_out(page, guide, address)
    finally:
        for font in page.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def _lay_out(page: FPDF, guide: Guide, address: str) -> float:
    parts, about = _steps(guide), _about(guide)
    size = LARGEST
    while size > SMALLEST and not _fits(page, parts, about, size):
        size -= SMALLER
    top = float(MARGIN)
    for part in parts:
        top = _put(page, part, size, top, page.epw)
    foot = page.h - MARGIN - max(QR_SIDE, sum(_tall(page, part, size, _beside(page)) for part in about))
    page.set_draw_color(120)
    page.line(MARGIN, foot - 3, page.w - MARGIN, foot - 3)
    page.image(qr_code(address), x=page.w - MARGIN - QR_SIDE, y=foot, w=QR_SIDE, h=QR_SIDE, link=address)
    for part in about:
        foot = _put(page, part, size, foot, _beside(page))
    return size


def _empty(guide: Guide) -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415 - likewise

    page = FPDF(orientation="portrait", unit="mm", format="A4")
    page.set_margin(MARGIN)
    page.c_margin = 0
    page.set_auto_page_break(auto=False)
    page.add_font(FAMILY, "", fonts.path())
    page.add_font(FAMILY, "B", fonts.path("bold"))
    page.set_title(guide.title)
    page.set_lang(guide.locale)
    page.set_creator("Tổ Số")
    page.add_page()
    return page


def _steps(guide: Guide) -> list[Part]:
    """Say what has to be at hand and what to do."""
    parts = [Part(guide.title, scale=1.5, is_bold=True, space=0.5)]
    if guide.needs:
        parts.append(Part(_("Needed: {needs}.").format(needs=guide.needs), space=0.7))
    parts += [Part(step.text, mark=f"{step.number}.", space=0.45) for step in guide.steps]
    if guide.worked:
        parts.append(Part(f"{guide.worked}.", is_bold=True))
    return parts


def _about(guide: Guide) -> list[Part]:
    """Say what it costs, how long it takes, who helps, and how fresh the page is."""
    help_at = ", ".join(filter(None, (guide.where, guide.hotline)))
    lines = [
        ("{fee}.", guide.fee[:1].upper() + guide.fee[1:]),
        (_("Takes: {time}."), guide.takes),
        (_("Help: {where}."), help_at),
        (_("Official address: {address}."), guide.official),
    ]
    parts = [Part(line.format(fee=said, time=said, where=said, address=said)) for line, said in lines if said]
    day = guide.checked_on and dates.long(guide.checked_on)
    checked = _("Checked on a real phone on {day}.").format(day=day)
    parts.append(Part(checked if day else _("Not yet tried on a real phone; screens may differ a little.")))
    parts.append(Part(_("Scan the code to open this guide in Tổ Số."), is_bold=True))
    return [Part(part.text, scale=0.85, is_bold=part.is_bold, space=0.15) for part in parts]


def _beside(page: FPDF) -> float:
    """Tell how wide the lines beside the QR code are."""
    return float(page.epw - QR_SIDE - 6)


def _fits(page: FPDF, parts: list[Part], about: list[Part], size: float) -> bool:
    steps = sum(_tall(page, part, size, page.epw) for part in parts)
    foot = max(QR_SIDE, sum(_tall(page, part, size, _beside(page)) for part in about))
    return steps + foot + 6 <= page.h - 2 * MARGIN


def _tall(page: FPDF, part: Part, size: float, width: float) -> float:
    """Tell how many millimetres of the page a part takes."""
    line = _prepare(page, part, size)
    found = page.multi_cell(
        width - _indent(page, part), line, part.text, align="L", dry_run=True, output="HEIGHT"
    )
    return float(found) + part.space * line  # type: ignore[arg-type]


def _put(page: FPDF, part: Part, size: float, top: float, width: float) -> float:
    """Write a part, and tell where the next begins."""
    line = _prepare(page, part, size)
    indent = _indent(page, part)
    page.set_xy(MARGIN, top)
    if part.mark:
        page.set_font(style="B")
        page.cell(indent, line, part.mark)
        page.set_font(style="")
    page.multi_cell(width - indent, line, part.text, align="L", new_x="LEFT", new_y="NEXT")
    return float(page.get_y()) + part.space * line


def _prepare(page: FPDF, part: Part, size: float) -> float:
    """Choose the letters of a part, and tell how tall its lines are."""
    points = max(size * part.scale, SMALLEST)
    page.set_font(FAMILY, "B" if part.is_bold else "", points)
    return points * POINT * LEADING


def _indent(page: FPDF, part: Part) -> float:
    return float(page.get_string_width("10. ")) if part.mark else 0.0
