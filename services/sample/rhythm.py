"""How busy is a village on a day, by its own temper, the week, the market, the feasts, and its growing?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from models.units import Unit
from services.sample.shape import SEED, Shape

ENTRIES_A_WEEK: Final = 2.2
GROWN_AFTER: Final = 84
# Monday to Sunday: most of it happens when people are not in the fields.
WEEKDAYS: Final = (0.85, 0.9, 1.0, 0.95, 1.0, 1.35, 1.1)
MARKET_EVERY: Final = 5
MARKET: Final = 1.25
# Day and month of feasts on which hardly anybody works, and of the national day of digital transformation.
FEASTS: Final = {(1, 1): 0.2, (30, 4): 0.3, (1, 5): 0.3, (2, 9): 0.15, (10, 10): 1.9}
NEW_YEAR: Final = (
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
)
NEW_YEAR_LASTS: Final = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Temper:
    """How busy a village is, and in which days of the sample it is heard of at all."""

    pace: float
    market: int
    wakes_on: int = 0
    falls_silent_on: int = 100_000

    def on(self, day: date, start: date) -> float:
        """Tell how many entries a person of the team writes on a day, on average."""
        place = (day - start).days
        if not self.wakes_on <= place < self.falls_silent_on:
            return 0.0
        growth = 0.55 + 0.45 * math.sin(min(place, GROWN_AFTER) / GROWN_AFTER * math.pi / 2)
        market = MARKET if day.toordinal() % MARKET_EVERY == self.market else 1.0
        return ENTRIES_A_WEEK / 7 * self.pace * growth * market * WEEKDAYS[day.weekday()] * _feast(day)


def tempers(shape: Shape, *, days: int) -> dict[int | None, Temper]:
    """Give each village its temper, by unit id; `days` is how many the sample had when it was made."""
    rng = Random(f"{SEED}:tempers")  # noqa: S311 - invented figures, no secrets
    market_of = {unit.id: rng.randrange(MARKET_EVERY) for unit in shape.communes}
    shown = {unit.id: place for place, unit in enumerate(shape.shown)}
    found: dict[int | None, Temper] = {}
    for unit in shape.villages:
        market = market_of[unit.parent_id]
        drawn = _drawn(rng, unit, shape, days, market)
        found[unit.id] = _of_shown(shown[unit.id], days, market) if unit.id in shown else drawn
    return found


def _drawn(rng: Random, unit: Unit, shape: Shape, days: int, market: int) -> Temper:
    """Draw a temper: in the hills more teams have fallen silent, and more have just begun."""
    chance, pace = rng.random(), rng.uniform(0.7, 1.3)
    since = rng.randrange(16, 40)
    is_hill = unit.id in shape.hills
    if chance < (0.16 if is_hill else 0.03):
        return Temper(pace, market, falls_silent_on=days - since)
    if chance < (0.22 if is_hill else 0.055):
        return Temper(pace * 1.3, market, wakes_on=days - rng.randrange(3, 24))
    if chance < (0.45 if is_hill else 0.15):
        return Temper(pace * 0.4, market)
    return Temper(pace * 1.7 if chance > 0.85 else pace, market)


def _of_shown(place: int, days: int, market: int) -> Temper:
    """Give the shown villages what a summary can tell of: one leads, two are silent, one has just begun."""
    known = {
        0: Temper(1.5, market),
        1: Temper(1.2, market),
        4: Temper(0.8, market, falls_silent_on=days - 19),
        6: Temper(1.3, market, wakes_on=days - 4),
        8: Temper(0.7, market, falls_silent_on=days - 26),
        9: Temper(0.35, market),
    }
    return known.get(place, Temper(0.9, market))


def _feast(day: date) -> float:
    if any(abs(day - feast) <= NEW_YEAR_LASTS for feast in NEW_YEAR):
        return 0.1
    return FEASTS.get((day.day, day.month), 1.0)


def drawn(rng: Random, mean: float) -> int:
    """Draw how often something happens that happens so often on average."""
    if mean <= 0:
        return 0
    limit, product, times = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        times += 1
    return times
