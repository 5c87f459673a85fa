"""What does the workbook look like from which imported people get their invites, each with a QR code?"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import segno
import xlsxwriter

from locales import dates, pgettext
from models.people import Role
from services.people_import import PersonalInvite

ROW_POINTS = 90
QR_SCALE = 3
LINK_WIDTH = 48


def invites_workbook(invites: Sequence[PersonalInvite], *, links: Mapping[str, str]) -> bytes:
    """Write one row per invite: name, role, unit, token, last day, a link per channel and a QR code.

    `links` maps a channel's name, such as "Zalo", to an address holding "{token}". The QR code is the first
    link, or the token alone without any.
    """
    buffer = io.BytesIO()
    # Cells are written as strings, so that a name beginning with "=" stays a name.
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(pgettext("heading", "Invites"))
    bold = book.add_format({"bold": True, "bottom": 1})
    middle = book.add_format({"valign": "vcenter", "text_wrap": True})
    headings = [
        pgettext("heading", "Name"),
        pgettext("heading", "Role"),
        pgettext("heading", "Place"),
        pgettext("heading", "Invite code"),
        pgettext("heading", "Until"),
        *links,
        pgettext("heading", "QR code"),
    ]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    sheet.set_column(0, 4, 22)
    sheet.set_column(5, len(headings) - 1, LINK_WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for row, invite in enumerate(invites, start=1):
        addresses = [link.format(token=invite.token) for link in links.values()]
        sheet.set_row(row, ROW_POINTS)
        for column, text in enumerate([*_about(invite), *addresses]):
            sheet.write_string(row, column, text, middle)
        picture = _qr([*addresses, invite.token][0])
        options = {"image_data": picture, "x_offset": 4, "y_offset": 4, "object_position": 1}
        sheet.insert_image(row, len(headings) - 1, "qr.png", options)
    book.close()
    return buffer.getvalue()


def _about(invite: PersonalInvite) -> list[str]:
    role = {
        Role.MEMBER: pgettext("role", "member"),
        Role.LEADER: pgettext("role", "leader"),
        Role.SUPERVISOR: pgettext("role", "supervisor"),
        Role.OPERATOR: pgettext("role", "operator"),
    }[invite.role]
    return [invite.name, role, invite.unit, invite.token, dates.long(invite.expires_at.date())]


def _qr(text: str) -> io.BytesIO:
    picture = io.BytesIO()
    segno.make(text, micro=False, error="m").save(picture, kind="png", scale=QR_SCALE, border=2)
    picture.seek(0)
    return picture
