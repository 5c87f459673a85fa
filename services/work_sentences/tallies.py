"""Which numbers of a sentence say again, add up or take apart what others say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.work_sentences import times
from services.work_sentences.items import ANYBODY, Count
from services.work_sentences.lexicon import OTHER_WORK
from services.work_sentences.marking import Sentence
from services.work_sentences.words import Word


def settled(counts: Sequence[Count], sentence: Sentence) -> list[Count]:
    """Keep of the numbers that were done those that count something new."""
    counts = [one for one in counts if not (is_elsewhere(one, sentence) or is_of_kinds(one, sentence))]
    known = times.of_counts(counts, sentence)
    counts = [replace(count, is_timed=count.at in known) for count in counts]
    counts = _without_whole_of_days(counts, sentence)
    counts = _by_parts_of_day(counts, sentence)
    kept = _by_days(_once(list(counts), sentence), sentence)
    kept = kept if len(kept) < len(counts) else _without_whole(kept, sentence)
    return _sum(kept, sentence) or kept


def is_elsewhere(count: Count, sentence: Sentence) -> bool:
    """Tell whether it counts something that is no work of ours: "phát quà cho 15 hộ, làm an sinh 6 người"."""
    start, end = sentence.around(count.at)
    if any(start <= work.at < end for work in sentence.works):
        return False
    return sentence.lexicon.elsewhere.has(sentence.words[start : count.at])


def _without_whole_of_days(counts: list[Count], sentence: Sentence) -> list[Count]:
    """Leave out what several days made up together: "hai lớp trong hai ngày, mỗi ngày một lớp"."""
    days = len(sentence.each_day.days)
    parts = (
        [days * count.value for count in counts if count.value and count.at > min(sentence.each_day.places)]
        if days
        else []
    )
    return [count for count in counts if not (parts and count.value in parts and count.value >= days)]


def is_of_kinds(count: Count, sentence: Sentence) -> bool:
    """Tell how many things were done, one for each or all for one: "bác Hai: VNeID, BHYT, xong cả 2"."""
    kinds = len({work.name for work in sentence.works})
    is_all = count.is_again and not count.unit and count.value == kinds > 1
    return is_all and [one.value or 0 for one in sentence.named] in ([1], [1] * kinds)


def _by_days(counts: list[Count], sentence: Sentence) -> list[Count]:
    """Leave out a sum that days take apart: "được 9 người, 4 người bữa nay 5 người bữa qua"."""
    parts = [count for count in counts if count.is_timed]
    wholes = [count for count in counts if not count.is_timed]
    is_apart = len(parts) > 1 and len({day.on for day in sentence.days}) > 1
    is_sum = len(wholes) == 1 and wholes[0].value == sum(count.value or 0 for count in parts)
    return parts if is_apart and is_sum and all(_is_alike(count, wholes[0]) for count in parts) else counts


def _by_parts_of_day(counts: list[Count], sentence: Sentence) -> list[Count]:
    """Leave out the parts of a day's sum: "thứ 5 mở được 2 lớp, sáng một lớp chiều một lớp"."""
    parts = counts[1:]
    is_apart = len(parts) > 1 and all(count.is_timed for count in parts)
    if not is_apart or len({day.on for day in sentence.days}) > 1:
        return counts
    whole = counts[0]
    start = sentence.around(whole.at)[0]
    has_part = any(word.text in times.PARTS for word in sentence.words[start : whole.at])
    is_sum = whole.value == sum(count.value or 0 for count in parts) and not has_part
    return [whole] if is_sum and all(_is_alike(count, whole) for count in parts) else counts


def _has_work(count: Count, sentence: Sentence) -> bool:
    """Tell whether a kind stands between the same commas."""
    words, start, end = sentence.words, count.at, count.at + 1
    while start > 0 and not _is_border(words[start]):
        start -= 1
    while end < len(words) and not _is_border(words[end]):
        end += 1
    return any(start <= work.at < end for work in sentence.works)


def _is_border(word: Word) -> bool:
    return any(sign in word.gap for sign in ",;\n.")


def _once(counts: list[Count], sentence: Sentence) -> list[Count]:
    """Count those once who are pointed at again: "tôi gặp 4 bác. Cả 4 bác đều cài xong"."""
    is_one = len({work.name for work in sentence.works}) == 1
    for again in [count for count in counts if count.is_again and count.value]:
        before = [one for one in counts if one.at < again.at and one.value == again.value]
        if before and not _has_work(before[-1], sentence) and _is_alike(before[-1], again):
            counts.remove(before[-1])
        elif before and is_one and not _has_work(again, sentence) and _is_alike(before[-1], again):
            counts.remove(again)
    return counts


def _opens_list(count: Count, sentence: Sentence) -> bool:
    """Tell whether its parts follow a colon or "gồm": "3 ca: 2 ca momo, 1 ca bidv"."""
    at = count.at + 1 + len(count.unit.split())
    if at < len(sentence.words) and sentence.lexicon.of_these.at(sentence.words, at):
        return True
    start, end = sentence.around(count.at)
    is_head = end < len(sentence.words) and ":" in sentence.words[end].gap
    return is_head and not any(start <= work.at < end for work in sentence.works)


def _is_alike(one: Count, other: Count) -> bool:
    return one.of == other.of or "" in {one.of, other.of}


def _without_whole(counts: list[Count], sentence: Sentence) -> list[Count]:
    """Leave out a number that the following take apart: "có 7 người tới. 5 người làm VNeID, 2 người BHYT"."""
    every = [count for count in sentence.counts if count.value]
    for whole in counts[:1]:
        parts = [count for count in every if count.at > whole.at]
        is_whole = len(parts) > 1 and whole.value == sum(count.value or 0 for count in parts)
        alike = all(_is_alike(count, whole) for count in parts) and not whole.is_timed
        alike = alike and (whole.unit in ANYBODY or any(count.unit in {"", whole.unit} for count in parts))
        if is_whole and alike and (not _has_work(whole, sentence) or _opens_list(whole, sentence)):
            return counts[1:]
    return counts


def _sum(counts: Sequence[Count], sentence: Sentence) -> list[Count]:
    """Take the sum alone where all is of one kind and day: "4 người mức 2, còn tôi 2 người. Cộng lại 6"."""
    kinds = {work.name for work in sentence.works if work.name != OTHER_WORK}
    is_one = len(kinds) == 1 and len({day.on for day in sentence.days}) < 2
    if not is_one or len(counts) < 3 or not (counts[-1].is_total or counts[-1].is_sum):
        return []
    *parts, whole = counts
    alike = all(count.value and _is_alike(count, whole) for count in parts)
    if not alike or whole.value != sum(count.value or 0 for count in parts):
        return []
    return [replace(whole, of=whole.of or parts[0].of, unit=whole.unit or parts[0].unit)]
