"""How is it said how far an area came with its goals in a month or a quarter?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from locales import dates, ngettext
from locales import gettext as _
from services import amounts, target_text
from services.reports._period import Period
from services.reports.weekly import Goal

MOST_GOALS: Final = 6


def lines(period: Period) -> list[str]:
    """Say each goal on a line: done of how much, where it should be, how many places have theirs."""
    return [" ".join([_goal(goal, period), *_places(goal, period)]) for goal in period.goals[:MOST_GOALS]]


def _goal(goal: Goal, period: Period) -> str:
    text = _("{kind} {span}: {done}/{goal} ({percent}%), {end}.")
    return text.format(
        kind=amounts.label(target_text.kind_of(goal.label, goal.of)),
        span=target_text.span(goal.span),
        **target_text.numbers(goal),
        percent=dates.number(goal.percent),
        end=_end(goal, period),
    )


def _end(goal: Goal, period: Period) -> str:
    """Say what became of a goal; of one that runs, where it should be and what a day needs."""
    is_over = goal.span.last < period.made_at.date()
    if is_over and goal.done < goal.goal:
        return _("{amount} short").format(amount=amounts.said(goal.goal - goal.done, goal.of))
    ended = target_text.ending(goal, is_over=is_over)
    if ended:
        return ended
    pace = _("on its pace it would be {on_pace}").format(on_pace=dates.number(goal.on_pace))
    if period.last < period.made_at.date():
        return pace
    a_day = amounts.said(goal.a_day, goal.of)
    text = _("{pace}, {left}, {amount} a day needed")
    return text.format(pace=pace, left=target_text.left(goal), amount=a_day)


def _places(goal: Goal, period: Period) -> list[str]:
    """Say how many of the places have reached theirs, and how many of a running goal are behind."""
    rows = [row for row in period.goals_below if (row.kind, row.span) == (goal.kind, goal.span)]
    if not rows:
        return []
    text = ngettext(
        "{done} of {n} place has reached its own.", "{done} of {n} places have reached theirs.", len(rows)
    )
    said = text.format(done=dates.number(_reached(rows)), n=dates.number(len(rows)))
    behind = sum(row.is_behind and row.days_left > 0 for row in rows)
    if not behind:
        return [said]
    text = ngettext("{n} place is behind.", "{n} places are behind.", behind)
    return [said, text.format(n=dates.number(behind))]


def _reached(rows: Sequence[Goal]) -> int:
    return sum(row.done >= row.goal for row in rows)
