"""What a sentence is made of: kinds of work where they are named, and numbers with what they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.rules import CountUnit
from services.work_sentences.lexicon import Lexicon

Of = Literal["persons", "turns", "households", "sessions", "strange", "unknown", "never", ""]
COUPLE: Final = "couple"
_TOGETHER: Final = frozenset(
    {"vo chong", "me con", "ma con", "cha con", "bo con", "ba chau", "ong chau", "ong ba"}
)
ANYBODY: Final = frozenset(
    {"", "nguoi", "ng", "ngai", "ba con", "cong dan", "dan", "nguoi dan", "truong hop", "ca"}
)
FITS: Final[dict[CountUnit, tuple[tuple[Of, ...], ...]]] = {
    # What is counted best, then what will do.
    "persons": (("persons", ""), ("unknown",)),
    "turns": (("turns", "households"), ("persons", ""), ("sessions", "unknown")),
    "sessions": (("sessions",), ("",)),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A number with what it counts; no value for a vague one, which `said` quotes.

    `is_named`: nobody wrote a number, persons are named one by one; `is_again`: "8 người đó";
    `is_total`: "vị chi là 7",
    `is_sum`: "tổng VNeID 7", which may say again what one number said;
    `is_timed`: "sáng 4, chiều 3".
    """

    at: int
    value: int | None
    of: Of
    said: str = ""
    unit: str = ""
    end: int = 0
    is_negated: bool = False
    is_detail: bool = False
    is_attending: bool = False
    is_named: bool = False
    is_again: bool = False
    is_total: bool = False
    is_sum: bool = False
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work where it is named.

    `is_means`: as what something else was done with, "trên VNeID";
    `is_house`: of somebody, "qua nhà bà Sáu".
    """

    at: int
    name: str
    end: int = 0
    is_means: bool = False
    is_house: bool = False


def fits(count: Count, kind: str, lexicon: Lexicon) -> bool:
    """Tell whether what was counted can stand for the kind's own unit."""
    return level(count, kind, lexicon) is not None


def level(count: Count, kind: str, lexicon: Lexicon) -> int | None:
    """Tell how well what was counted suits a kind: 0 is best."""
    is_couple = count.unit == COUPLE or (count.value == 2 and count.unit in _TOGETHER)
    if is_couple and kind in lexicon.of_couples:
        return None
    levels = FITS[lexicon.unit_of.get(kind, "persons")]
    for place, each in enumerate(levels):
        if count.of in each:
            return place
    own = lexicon.own_units.get(kind)
    unit = count.unit.removesuffix(" nua")  # "2 hộ nữa"
    return len(levels) if own and unit in own else None


@dataclass(frozen=True, slots=True)
class Pair:
    """A kind and its number, either of which may still be missing; `parts` are numbers that make up one."""

    at: int
    kind: str | None
    count: Count | None
    clause: int = 0
    is_bare: bool = False
    is_inside: bool = False
    is_help: bool = False
    is_more: bool = False
    is_added: bool = False
    is_and: bool = False
    is_all: bool = False
    is_means: bool = False
    parts: tuple[Count, ...] = ()

    @property
    def value(self) -> int:
        """Tell its number, 0 where there is none."""
        return (self.count.value or 0) if self.count else 0

    @property
    def is_timed(self) -> bool:
        """Tell whether its number is told by its day: "hôm kia 3, hôm qua 2, nay 1" is no sum."""
        return self.count is not None and self.count.is_timed


class Unclear(Exception):
    """It cannot be told which number belongs to what."""


def attends(count: Count, *, is_beside: bool = False) -> bool:
    """Tell whether it says who was there, or only that there were many; beside "1 buổi" it must."""
    if count.value is None and count.of in {"", "unknown"}:
        return True
    return (count.is_attending or is_beside) and count.of in {"persons", "households", "unknown", ""}
