"""Which day belongs to which piece of work, where a sentence says one or several?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.work_sentences.days import Day
from services.work_sentences.items import Pair
from services.work_sentences.marking import Sentence

_PARTS: Final = frozenset({"sang", "trua", "chieu", "toi"})
Dates = list[date | None]


def dates_of(pairs: Sequence[Pair], sentence: Sentence) -> Dates:
    """Give each piece its day, today where none is said, none where it cannot be told."""
    days = sentence.days
    if not days:
        return [sentence.today] * len(pairs)
    if len(days) == 1:
        return _of_one(pairs, days[0], sentence)
    if len({day.on for day in days}) == 1:
        return [days[0].on] * len(pairs)
    is_leading = days[0].start < pairs[0].at
    found = [_beside(one, sentence) or _nearest(one, days, is_leading=is_leading) for one in pairs]
    used = {day.on for day in found if day}
    is_left = any(day.on not in used and day.on is not None for day in days)
    if is_left and len({day.on for day in days}) > 1:
        return [None] * len(pairs)  # two days for one piece of work leave it open which one is meant
    return [day.on if day else None for day in found]


def _beside(one: Pair, sentence: Sentence) -> Day | None:
    """Find the only day between the same commas as a piece."""
    start, end = sentence.around(one.at)
    here = [day for day in sentence.days if start <= day.start < end]
    return here[0] if len(here) == 1 else None


def _of_one(pairs: Sequence[Pair], day: Day, sentence: Sentence) -> Dates:
    """Let one day be everybody's, unless it stands between pieces: then it is that of the one before it."""
    is_between = pairs[0].at < day.start < pairs[-1].at
    unit_of = sentence.lexicon.unit_of

    def is_session(one: Pair) -> bool:
        return unit_of.get(one.kind or "") == "sessions"

    is_heading = day.end < len(sentence.words) and ":" in sentence.words[day.end].gap
    start, end = sentence.around(day.start)
    is_opening = start == day.start and any(day.end <= one.at < end for one in pairs)
    if is_between and is_opening and all(_is_part_of_today(one, sentence) for one in pairs if one.at < start):
        return [sentence.today if one.at < start else day.on for one in pairs]
    is_at_meeting = any(is_session(one) or _is_visit(one, start) for one in pairs if one.at < day.start)
    after = sentence.words[day.end : pairs[-1].at + 1]
    goes_on = is_heading or is_at_meeting or sentence.lexicon.same_time.has(after)
    goes_on = goes_on or sentence.lexicon.of_these.has(after)
    if not is_between or day.on == sentence.today or goes_on:
        return [day.on] * len(pairs)
    last = [one for one in pairs if one.at < day.start][-1]
    is_close = not sentence.is_border(day.start)
    return [day.on if one is last and is_close else None for one in pairs]


def _is_part_of_today(one: Pair, sentence: Sentence) -> bool:
    """Tell whether its clause begins with a part of the day: "sáng ghé 2 nhà, ..., hôm qua 3 nhà"."""
    return sentence.words[sentence.around(one.at)[0]].text in _PARTS


def _is_visit(one: Pair, start: int) -> bool:
    """Tell whether what follows was done on a visit of that day: "sang 8 nhà hôm 11/11, 3 cụ làm bhyt"."""
    return one.kind == "home_visit" and one.at >= start


def _nearest(one: Pair, days: Sequence[Day], *, is_leading: bool) -> Day | None:
    """Find the day before a piece where days lead, the one after it where they trail."""
    before = [day for day in days if day.start < one.at]
    after = [day for day in days if day.start > one.at]
    if is_leading:
        return before[-1] if before else None
    return after[0] if after else None
