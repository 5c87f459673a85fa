"""How are the requests of a week said place by place, and which villages have no team to take them?"""

from __future__ import annotations

from collections.abc import Sequence

from locales import dates
from locales import gettext as _
from services.reports.weekly import Row, Weekly

MOST_NAMES = 3


def by_place(weekly: Weekly, rows: Sequence[Row]) -> str:
    """Write what was asked, the share done and the time to the first answer, numbered place by place."""
    lines = [_("Requests place by place, week {week}:").format(week=weekly.iso_week)]
    lines += [f"{number}. {_row(row)}" for number, row in enumerate(rows, 1)]
    return "\n".join(lines)


def _row(row: Row) -> str:
    found = row.help
    if not found.asked or found.share is None:
        text = _("{place}: none") if row.teams else _("{place}: none, no team yet")
        return text.format(place=row.name)
    text = _("{place}: {done}/{asked} done ({share})")
    share = _("{n}%").format(n=round(found.share * 100))
    said = text.format(place=row.name, done=found.done, asked=found.asked, share=share)
    if found.minutes is not None:
        said += ", " + _("answered after {n} minutes").format(n=dates.number(found.minutes))
    return said if row.teams else said + ", " + _("no team yet")


def asked_first(weekly: Weekly) -> list[Row]:
    """List the rows by what was asked, the most first."""
    return sorted(weekly.rows, key=lambda row: (-row.help.asked, row.name))


def without_team(names: Sequence[str]) -> str:
    """Name the villages whose requests go to the commune at once."""
    said = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    if more > 0:
        said = _("{names} and {n} more").format(names=said, n=more)
    return _("No team yet, the commune takes their requests: {names}.").format(names=said)
