"""By when must something be said, counted in the hours in which people answer?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from models.duty import Shift, Span
from models.help import Rung
from services.rules import Hours, Rules

NOON = time(12)
SATURDAY = 5


def deadline(rung: Rung, at: datetime, *, rules: Rules, is_on_duty: bool = False) -> datetime:
    """Tell by when the next word is promised to somebody whose request comes to a rung now.

    Promises are said to the minute, so they are kept to the minute. With `is_on_duty` those who are asked are
    on duty outside the teams' hours: then the minutes run at once.
    """
    return _promised(rung, at, rules, is_on_duty=is_on_duty).replace(second=0, microsecond=0)


def _promised(rung: Rung, at: datetime, rules: Rules, *, is_on_duty: bool) -> datetime:
    if is_on_duty:
        minutes = rules.help.team_minutes if rung is Rung.TEAM else rules.help.neighbour_minutes
        return at + timedelta(minutes=minutes)
    match rung:
        case Rung.TEAM:
            return team_time(at, rules.help.team_minutes, rules.hours)
        case Rung.NEIGHBOUR:
            return team_time(at, rules.help.neighbour_minutes, rules.hours)
        case Rung.COMMUNE:
            return office_time(at, rules.help.commune_minutes, rules.hours)
        case Rung.ABOVE:
            return next_noon(at, rules.hours)


def team_time(at: datetime, minutes: int, hours: Hours) -> datetime:
    """Go on by so many minutes of the teams' days; 0 gives the first moment at which a team may be asked."""
    span = timedelta(minutes=minutes)
    return _within(at, span, hours.team_from, hours.team_to, lambda day: day not in hours.holidays)


def are_teams_up(at: datetime, hours: Hours) -> bool:
    """Tell whether teams are asked at a local moment, not only those on duty."""
    return team_time(at, 0, hours) <= at


def answer_time(at: datetime, minutes: int, hours: Hours, *, is_off_hours: bool) -> datetime:
    """Go on by minutes in which a helper should answer: also at night if the talk was begun then."""
    if is_off_hours and not are_teams_up(at, hours):
        return at + timedelta(minutes=minutes)
    return team_time(at, minutes, hours)


def span_at(at: datetime, hours: Hours) -> Span:
    """Tell which part of a team's day a local moment is in."""
    if at.time() < hours.afternoon_from:
        return Span.MORNING
    return Span.AFTERNOON if at.time() < hours.evening_from else Span.EVENING


def shift_at(at: datetime, hours: Hours) -> tuple[int, Shift]:
    """Tell the weekday and the shift a local moment is in; a night belongs to the day on which it began."""
    clock = at.time()
    if clock < hours.team_from:
        return (at.weekday() - 1) % 7, Shift.NIGHT
    if clock >= hours.team_to:
        return at.weekday(), Shift.NIGHT
    return at.weekday(), Shift.EVENING if clock >= hours.evening_from else Shift.DAY


def office_time(at: datetime, minutes: int, hours: Hours) -> datetime:
    """Go on by so many minutes of office hours, over nights, weekends and holidays."""
    span = timedelta(minutes=minutes)
    return _within(at, span, hours.office_from, hours.office_to, lambda day: is_working_day(day, hours))


def next_noon(at: datetime, hours: Hours) -> datetime:
    """Find noon of the next working day."""
    day = at.date() + timedelta(days=1)
    while not is_working_day(day, hours):
        day += timedelta(days=1)
    return datetime.combine(day, NOON, at.tzinfo)


def is_working_day(day: date, hours: Hours) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() < SATURDAY and day not in hours.holidays


def is_office_open(at: datetime, hours: Hours) -> bool:
    """Tell whether the commune's office is open at a local moment."""
    return is_working_day(at.date(), hours) and hours.office_from <= at.time() < hours.office_to


def _within(
    at: datetime, left: timedelta, opens: time, closes: time, is_open: Callable[[date], bool]
) -> datetime:
    if opens >= closes:
        # Hours that run over midnight, or round the clock: nothing is left out.
        return at + left
    while True:
        begin = max(at, datetime.combine(at.date(), opens, at.tzinfo))
        end = datetime.combine(at.date(), closes, at.tzinfo)
        if begin < end and is_open(at.date()):
            if begin + left <= end:
                return begin + left
            left -= end - begin
        at = datetime.combine(at.date() + timedelta(days=1), time(0), at.tzinfo)
