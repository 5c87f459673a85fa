"""How is it said how far an area and its places have come with their goals?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from locales import dates, ngettext
from locales import gettext as _
from models.units import Level
from services import amounts, target_text
from services.reports.weekly import Goal, Weekly
from services.rules import Kind

MOST_NAMES: Final = 3
MOST_GOALS: Final = 4
MOST_ROWS: Final = 24


def goals_text(weekly: Weekly) -> str:
    """Say each goal of an area: done of how much, who is early, who is behind, what a day needs."""
    return "\n".join(_goal(goal, weekly) for goal in weekly.goals[:MOST_GOALS])


def _goal(goal: Goal, weekly: Weekly) -> str:
    text = _("{kind} {span}: {done}/{goal} ({percent}%), on its pace it would be {on_pace}.")
    sentences = [
        text.format(
            **_named(goal),
            **target_text.numbers(goal),
            percent=dates.number(goal.percent),
            on_pace=dates.number(goal.on_pace),
        )
    ]
    rows = _rows(goal, weekly)
    early = sorted((row for row in rows if row.is_early), key=lambda row: (-row.percent, row.place))
    behind = sorted(
        (row for row in rows if row.is_behind), key=lambda row: (row.done - row.on_pace, row.place)
    )
    if early:
        sentences.append(_("Early: {places}.").format(places=_places(early)))
    if behind:
        sentences.append(_("Behind: {places}.").format(places=_places(behind)))
    return " ".join([*sentences, _need(goal, weekly)])


def _named(goal: Goal) -> dict[str, str]:
    return {"kind": amounts.label(_kind(goal)), "span": target_text.span(goal.span)}


def _kind(goal: Goal) -> Kind:
    return target_text.kind_of(goal.label, goal.of)


def _rows(goal: Goal, weekly: Weekly) -> list[Goal]:
    """List what the rows are to reach of the same kind in the same days."""
    return [row for row in weekly.goals_below if (row.kind, row.span) == (goal.kind, goal.span)]


def _places(goals: Sequence[Goal]) -> str:
    said = ", ".join(_place(goal) for goal in goals[:MOST_NAMES])
    more = len(goals) - MOST_NAMES
    return _("{names} and {n} more").format(names=said, n=more) if more > 0 else said


def _place(goal: Goal) -> str:
    return _("{place} {done}/{goal}").format(place=goal.place, **target_text.numbers(goal))


def _need(goal: Goal, weekly: Weekly) -> str:
    """Say what every day left has to bring, or that there is nothing more to bring."""
    end = target_text.ending(goal, is_over=_is_over(goal, weekly))
    if end:
        return _("{sentence}.").format(sentence=end[:1].upper() + end[1:])
    return _("Every day needs {amount}.").format(amount=amounts.said(goal.a_day, goal.of))


def _is_over(goal: Goal, weekly: Weekly) -> bool:
    return weekly.made_at.date() > goal.span.last


def rows_text(weekly: Weekly) -> str:
    """Say place by place what is done of each goal, who is furthest behind first; then who has none."""
    goals = [goal for goal in weekly.goals[:MOST_GOALS] if _rows(goal, weekly)]
    lines: list[str] = []
    for goal in goals:
        rows = sorted(_rows(goal, weekly), key=lambda row: (row.share_of_pace, row.place))
        most = MOST_ROWS // len(goals)
        lines.append(_("{kind} {span}, done of the goal:").format(**_named(goal)))
        lines += [f"• {_place(row)}" for row in rows[:most]]
        if len(rows) > most:
            text = ngettext("and {n} more place", "and {n} more places", len(rows) - most)
            lines.append(text.format(n=dates.number(len(rows) - most)))
    left = len(without(weekly))
    return "\n".join([*lines, _left(weekly, left)] if left else lines)


def _left(weekly: Weekly, n: int) -> str:
    if weekly.rows[0].level == Level.COMMUNE.value:
        text = ngettext("{n} commune has no goal yet.", "{n} communes have no goal yet.", n)
    else:
        text = ngettext("{n} village has no goal yet.", "{n} villages have no goal yet.", n)
    return text.format(n=dates.number(n))


def without(weekly: Weekly) -> set[int]:
    """Tell which rows have no goal at all."""
    return {row.unit_id for row in weekly.rows} - {goal.unit_id for goal in weekly.goals_below}


def village_text(weekly: Weekly) -> str:
    """Say a village's own goals: "Cài VNeID tháng 11: 61/62, còn 8 ngày."."""
    return " ".join(
        _("{sentence}.").format(
            sentence=target_text.standing(goal, _kind(goal), is_over=_is_over(goal, weekly))
        )
        for goal in weekly.goals[:MOST_GOALS]
    )
