"""How are goals, their days and how far they have come said?"""

from __future__ import annotations

from datetime import date

from locales import dates, ngettext
from locales import gettext as _
from models.units import Unit
from services import amounts, units
from services.rules import CountUnit, Kind
from services.target_sharing import Share
from services.targets import Progress, Span, month_of, quarter_of

SHOWN = 12


def span(when: Span) -> str:
    """Say the days of a goal: "tháng 12", "quý 4", "năm 2027"."""
    if when == month_of(when.first):
        return _("month {month}").format(month=when.first.month)
    if when == quarter_of(when.first):
        return _("quarter {quarter}").format(quarter=(when.first.month + 2) // 3)
    return _("the year {year}").format(year=when.first.year)


def span_of(first_on: str, last_on: str) -> str:
    """Say the days between two ISO days."""
    return span(Span(date.fromisoformat(first_on), date.fromisoformat(last_on)))


def work(goal: int, kind: Kind) -> str:
    """Say a goal: "400 người cài VNeID"."""
    name = amounts.label(kind)
    text = _("{amount} {kind}")
    return text.format(amount=amounts.said(goal, kind.unit), kind=name[:1].lower() + name[1:])


def kind_of(label: str, of: CountUnit) -> Kind:
    """Make a kind of what a notice knows of it."""
    return Kind(label, label, of)


def progress(one: Progress, kind: Kind, *, is_over: bool = False) -> str:
    """Say a goal and what it still needs: "Cài VNeID: 248/400, còn 8 ngày, cần 19 người mỗi ngày".

    `is_over` says that its last day has passed, when that was the day of the figures.
    """
    text = _("{kind}: {done}/{goal}").format(kind=amounts.label(kind), **numbers(one))
    end = ending(one, is_over=is_over)
    if end:
        return _("{progress}, {end}").format(progress=text, end=end)
    a_day = amounts.said(one.a_day, kind.unit)
    return _("{progress}, {left}, {amount} a day needed").format(progress=text, left=left(one), amount=a_day)


def standing(one: Progress, kind: Kind, *, is_over: bool = False) -> str:
    """Say a goal with its days: "Cài VNeID tháng 11: 61/62, còn 8 ngày"."""
    text = _("{kind} {span}: {done}/{goal}").format(
        kind=amounts.label(kind), span=span(one.span), **numbers(one)
    )
    end = ending(one, is_over=is_over) or left(one)
    return _("{progress}, {end}").format(progress=text, end=end)


def numbers(one: Progress) -> dict[str, str]:
    """Write what is done, and of how much."""
    return {"done": dates.number(one.done), "goal": dates.number(one.goal)}


def left(one: Progress) -> str:
    """Say how many days are left."""
    return ngettext("{n} day left", "{n} days left", one.days_left).format(n=one.days_left)


def ending(one: Progress, *, is_over: bool) -> str:
    """Say that a goal is reached or has no day left after this one; "" for one under way."""
    if one.done >= one.goal:
        return _("reached")
    if one.days_left:
        return ""
    return _("time is up") if is_over else _("last day today")


def shares(found: list[Share], units_named: dict[int, str], *, goal: int) -> str:
    """List what falls to each unit, the longest lists cut, and whether it adds up to the goal."""
    parts = [
        _("{unit} {goal}").format(unit=units_named[units.unit_id(share.unit)], goal=dates.number(share.goal))
        for share in found[:SHOWN]
    ]
    rest = found[SHOWN:]
    if rest:
        more = ngettext("{n} other: {goal}", "{n} others: {goal}", len(rest))
        parts.append(more.format(n=len(rest), goal=dates.number(sum(share.goal for share in rest))))
    total = sum(share.goal for share in found)
    text = _("{list}. Exactly {total} together.")
    if total != goal:
        text = _("{list}. Together {total}, the goal is {goal}.")
    return text.format(list=", ".join(parts), total=dates.number(total), goal=dates.number(goal))


def without(places: list[Unit], kind: Kind, when: Span) -> str:
    """Name the places that have no goal yet, and ask for their numbers."""
    named = list(names(places).values())
    said = ", ".join(named[:SHOWN])
    if len(named) > SHOWN:
        said = _("{names} and {n} more").format(names=said, n=len(named) - SHOWN)
    text = _(
        "No goal yet for {kind}, {span}: {places}. Send the name with its number, for example:"
        " {first} 10. Send THÔI to leave it."
    )
    label = amounts.label(kind)
    return text.format(kind=label[:1].lower() + label[1:], span=span(when), places=said, first=named[0])


def kinds_of_place(places: list[Unit]) -> str:
    """Say what the places are: "thôn", "xã, phường"."""
    return ", ".join(dict.fromkeys(place.kind for place in places))


def names(places: list[Unit]) -> dict[int, str]:
    """Name each unit so that namesakes differ: "Phú Xuân (AL-03)"."""
    count: dict[str, int] = {}
    for place in places:
        count[place.folded] = count.get(place.folded, 0) + 1
    return {
        units.unit_id(place): place.name if count[place.folded] == 1 else f"{place.name} ({place.code})"
        for place in places
    }
