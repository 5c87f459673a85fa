"""What does an invite look like on paper: a QR code to show, and a page to print and put up?"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates
from locales import gettext as _
from models.delivery import Media
from services.invites import Issued
from services.media import MediaStore
from services.qr_codes import qr_code
from services.workbook import new_book

PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QR_SCALE = 10
PAGE_WIDTH = 84
A5 = 11
QR_ROW_POINTS = 330
QR_PIXELS = 420


async def keep_pictures(
    session: AsyncSession, media: MediaStore, issued: Issued, *, link: str, team: str, now: datetime
) -> int:
    """Keep the QR code and the page to print for as long as the invite holds; tell the QR code's media id.

    The token is readable only now, so the page is made along with the picture, asked for or not.
    """
    keep_for = timedelta(days=(issued.last_day - now.date()).days + 1)
    picture = qr(link)
    page = printed_page(picture, team=team, code=issued.code, until=dates.long(issued.last_day))
    name = page_name(issued.id)
    await media.keep(session, page, mime=XLSX, filename=name, keep_for=keep_for, now=now)
    return await media.keep(
        session, picture, mime=PNG, filename=f"ma-moi-{issued.id}.png", keep_for=keep_for, now=now
    )


async def page_to_print(session: AsyncSession, invite_id: int) -> int | None:
    """Find the page kept for an invite; ask first whether the actor may have it."""
    found = select(Media.id).where(col(Media.filename) == page_name(invite_id))
    return (await session.exec(found.order_by(col(Media.id).desc()))).first()


def page_name(invite_id: int) -> str:
    """Name the file of the page: the way back from an invite to its page."""
    return f"ma-moi-{invite_id}.xlsx"


def qr(text: str) -> bytes:
    """Draw a QR code that survives a crease in the paper."""
    return qr_code(text, scale=QR_SCALE, quiet=4, error="q").getvalue()


def printed_page(picture: bytes, *, team: str, code: str, until: str) -> bytes:
    """Write a page of A5: the team's name, the QR code, the code to type and the last day.

    A workbook, because every commune office can print one, and no font has to be shipped for it.
    """
    buffer = io.BytesIO()
    book = new_book(buffer)
    page = book.add_worksheet("QR")
    page.set_paper(A5)
    page.center_horizontally()
    page.fit_to_pages(1, 1)
    page.hide_gridlines(2)
    page.set_column(0, 0, PAGE_WIDTH)
    style = {"align": "center", "valign": "vcenter", "text_wrap": True}
    heading = book.add_format(style | {"bold": True, "font_size": 26})
    line = book.add_format(style | {"font_size": 18})
    typed = book.add_format(style | {"bold": True, "font_size": 48})
    for row, (text, shape, points) in enumerate(
        [
            (team[:1].upper() + team[1:], heading, 80),
            ("", line, QR_ROW_POINTS),
            (_("Scan the code, or open Tổ Số and send:"), line, 40),
            (code, typed, 70),
            (_("Until the end of {day}").format(day=until), line, 40),
        ]
    ):
        page.set_row(row, points)
        page.write_string(row, 0, text, shape)
    shrunk = QR_PIXELS / int.from_bytes(picture[16:20], "big")  # a PNG says its width in its first chunk
    place = {"image_data": io.BytesIO(picture), "x_offset": 90, "y_offset": 5}
    page.insert_image(1, 0, "qr.png", place | {"x_scale": shrunk, "y_scale": shrunk})
    book.close()
    return buffer.getvalue()
