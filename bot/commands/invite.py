"""toso invite: open a door from the command line; how the first operator comes in."""

from __future__ import annotations

import argparse
from datetime import datetime

import aiohttp

from bot import readiness
from bot.clock import Clock
from bot.commands import Refused
from bot.config import Config
from bot.config_sections import Telegram
from bot.database import Database
from locales import dates, pgettext
from locales import gettext as _
from models.people import Role
from models.units import Level, Unit
from services import invites, units
from services.invites import Issued

PATIENCE = aiohttp.ClientTimeout(total=5)


async def run(args: argparse.Namespace, config: Config) -> int:
    """Make an invite; print its token and a link for each channel that is on."""
    readiness.prepare_database(config)
    role = Role(args.role)
    database = Database(config.database.url)
    now = Clock(config.timezone).now()
    try:
        unit, issued = await make_invite(
            database, args.unit, role=role, uses=args.uses, days=args.days, now=now
        )
    finally:
        await database.close()
    bot = await bot_name(config.telegram) if config.telegram.is_on else ""
    print("\n".join(describe(config, unit, role, issued, bot=bot)))
    return 0


async def make_invite(
    database: Database, code: str, *, role: Role, uses: int, days: int, now: datetime
) -> tuple[Unit, Issued]:
    """Make an invite into the unit that carries a code; raises Refused for a unit unfit for the role."""
    async with database.writing() as session:
        unit = await units.unit_by_code(session, code)
        if unit is None:
            sentence = _(
                'There is no unit with the code "{code}"; load units first with toso units official'
                " or toso units import."
            )
            raise Refused(sentence.format(code=code), code=2)
        if role in {Role.MEMBER, Role.LEADER} and unit.level is not Level.VILLAGE:
            sentence = _("{unit} is no village, and teams are of villages; use the code of a village.")
            raise Refused(sentence.format(unit=units.display_name(unit)), code=2)
        if role is Role.SUPERVISOR and unit.level is Level.VILLAGE:
            sentence = _(
                "a supervisor looks after a commune or more, {unit} is below that; use another code."
            )
            raise Refused(sentence.format(unit=units.display_name(unit)), code=2)
        issued = await invites.issue(session, unit, role=role, uses=uses, days=days, now=now)
    return unit, issued


async def bot_name(telegram: Telegram) -> str:
    """Ask Telegram for the bot's name; "" when it cannot be reached within seconds."""
    address = f"{telegram.api_base}/bot{telegram.token.get_secret_value()}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as client, client.get(address) as response:
            body = await response.json()
            return str(body["result"]["username"])
    except (TimeoutError, aiohttp.ClientError, KeyError, TypeError, ValueError):
        return ""


def describe(config: Config, unit: Unit, role: Role, issued: Issued, *, bot: str) -> list[str]:
    """Say the invite line by line: token, code to type, a link for each channel that is on."""
    roles = {
        Role.MEMBER: pgettext("role", "member"),
        Role.LEADER: pgettext("role", "leader"),
        Role.SUPERVISOR: pgettext("role", "supervisor"),
        Role.OPERATOR: pgettext("role", "operator"),
    }
    about = _("Invite as {role} of {unit}, uses: {uses}, until the end of {day}.")
    typed = _("send {code} to the bot").format(code=issued.code)
    lines = [
        about.format(
            role=roles[role],
            unit=units.display_name(unit),
            uses=dates.number(issued.uses),
            day=dates.long(issued.last_day),
        ),
        _("Token: {token}").format(token=issued.token),
        _("Code to send: {code}").format(code=issued.code),
        f"Web: {config.web.address}/join/{issued.token}",
    ]
    if config.telegram.is_on:
        link = f"https://t.me/{bot}?start={issued.payload}" if bot else f"/start {issued.payload}"
        lines.append(f"Telegram: {link}")
    if config.zalo_bot.is_on:
        lines.append(f"Zalo Bot: {typed}")
    if config.zalo_oa.is_on:
        lines.append(f"Zalo OA: {typed}")
    return lines
