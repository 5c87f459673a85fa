"""Which imported people still need a way in, and what does the workbook with their invites look like?"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from locales import dates, pgettext
from models.people import Account, Role
from models.team import Invite
from services import audit, invites, units
from services.invites import Issued
from services.people_import import Brought
from services.qr_codes import qr_code
from services.workbook import new_book

DAYS = 30
AT_ONCE = 20  # people per transaction, so that the running program waits for less than a tenth of a second

ROW_POINTS = 90
QR_SCALE = 3
LINK_WIDTH = 48


@dataclass(frozen=True, slots=True)
class PersonalInvite:
    """A way in for one imported person."""

    who: Brought
    issued: Issued


async def invite_people(
    session: AsyncSession, people: Sequence[Brought], *, days: int = DAYS, now: datetime
) -> list[PersonalInvite]:
    """Give an invite for one use to whoever has no account yet; earlier unused ones of theirs end."""
    ids = [each.person_id for each in people]
    have_account = set(await session.exec(select(Account.person_id).where(col(Account.person_id).in_(ids))))
    unused = select(Invite).where(
        col(Invite.person_id).in_(ids), col(Invite.revoked_at).is_(None), col(Invite.uses_left) > 0
    )
    for invite in await session.exec(unused):
        invite.revoked_at = now
        audit.record(session, None, "invite_locked", "invite", invite.id, now=now, fields="revoked_at")
    made = []
    for who in people:
        if who.person_id not in have_account:
            issued = await invites.issue(
                session, who.unit, role=who.role, uses=1, days=days, person_id=who.person_id, now=now
            )
            made.append(PersonalInvite(who, issued))
    await session.flush()
    return made


def invites_workbook(made: Sequence[PersonalInvite], *, links: Mapping[str, str]) -> bytes:
    """Write one row per invite: name, role, unit, spoken code, last day, a link per channel and a QR code.

    `links` maps a channel's name, such as "Zalo", to an address holding "{token}" or "{payload}".
    The QR code is the first link, or the payload alone without any.
    """
    buffer = io.BytesIO()
    book = new_book(buffer)
    sheet = book.add_worksheet(pgettext("heading", "Invites"))
    bold = book.add_format({"bold": True, "bottom": 1})
    middle = book.add_format({"valign": "vcenter", "text_wrap": True})
    headings = _headings(links)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    sheet.set_column(0, 4, 22)
    sheet.set_column(5, len(headings) - 1, LINK_WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for row, invite in enumerate(made, start=1):
        ways = {"token": invite.issued.token, "payload": invite.issued.payload}
        addresses = [link.format(**ways) for link in links.values()]
        sheet.set_row(row, ROW_POINTS)
        for column, text in enumerate([*_about(invite), *addresses]):
            sheet.write_string(row, column, text, middle)
        picture = qr_code([*addresses, invite.issued.payload][0], scale=QR_SCALE)
        options = {"image_data": picture, "x_offset": 4, "y_offset": 4, "object_position": 1}
        sheet.insert_image(row, len(headings) - 1, "qr.png", options)
    book.close()
    return buffer.getvalue()


def _headings(links: Mapping[str, str]) -> list[str]:
    return [
        pgettext("heading", "Name"),
        pgettext("heading", "Role"),
        pgettext("heading", "Place"),
        pgettext("heading", "Invite code"),
        pgettext("heading", "Until"),
        *links,
        pgettext("heading", "QR code"),
    ]


def _about(invite: PersonalInvite) -> list[str]:
    role = {
        Role.MEMBER: pgettext("role", "member"),
        Role.LEADER: pgettext("role", "leader"),
        Role.SUPERVISOR: pgettext("role", "supervisor"),
        Role.OPERATOR: pgettext("role", "operator"),
    }[invite.who.role]
    unit = units.display_name(invite.who.unit)
    return [invite.who.name, role, unit, invite.issued.code, dates.long(invite.issued.last_day)]
