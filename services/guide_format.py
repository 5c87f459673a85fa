"""What does one guide file say, and what is wrong with the way it is written?"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml

from locales import gettext as _

# Written in C where libyaml is there: 300 guides in 10 ms instead of 150.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_FENCE = "---"
_STEP = re.compile(r"(?P<number>\d+)\.\s+(?P<text>\S.*)")
_HINT = re.compile(r"\s+>\s*(?P<text>\S.*)")
_CONTINUED = re.compile(r"\s+(?P<text>\S.*)")
# How the file introduces a hint, so that a writer sees what it is for; the conversation has its own words.
_HINT_LABEL = re.compile(r"(chưa được|if stuck)\s*:\s*", re.IGNORECASE)

LABEL_LENGTH = 20

_ABOUT = ("title", "short_title", "group", "kind", "source", "owner")
_TEXTS = (*_ABOUT, "fee", "takes", "official", "hotline", "where", "worked")
_LISTS = ("phrases", "next", "covers")
_DATES = ("checked_on", "expires_on")
KEYS = frozenset({*_TEXTS, *_LISTS, *_DATES, "needs", "minutes", "unless"})


@dataclass(frozen=True, slots=True)
class Step:
    """One action, with what to try when it does not work."""

    number: int
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Unless:
    """The way out for somebody the guide is not for: a button's label and the guide it leads to."""

    label: str
    guide: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One service in one language; without steps a stub: we know its name and cannot explain it yet.

    `kind` names the kind of work it counts as when a volunteer walks somebody through it; `worked` says what
    one sees when it has worked.
    """

    slug: str
    locale: str
    title: str
    short_title: str = ""
    group: str = ""
    kind: str = ""
    phrases: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: str = ""
    fee: str = ""
    takes: str = ""
    minutes: int | None = None
    official: str = ""
    hotline: str = ""
    where: str = ""
    worked: str = ""
    source: str = ""
    checked_on: date | None = None
    owner: str = ""
    expires_on: date | None = None
    unless: Unless | None = None
    next: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

    @property
    def is_stub(self) -> bool:
        """Tell whether only the name is known."""
        return not self.steps

    @property
    def label(self) -> str:
        """Name it on a button that stands alone: in full if it fits there, else in short."""
        return self.title if len(self.title) <= LABEL_LENGTH or not self.short_title else self.short_title

    def is_expired(self, today: date) -> bool:
        """Tell whether the guide is past the day until which its keeper vouches for it."""
        return self.expires_on is not None and today > self.expires_on


@dataclass(frozen=True, slots=True)
class Parsed:
    """A guide (None if the file cannot be one) and every complaint, one sentence each."""

    guide: Guide | None
    problems: tuple[str, ...]


def parse(text: str, *, slug: str, locale: str, file: str) -> Parsed:
    """Read one guide; `file` is how the complaints name it."""
    lines = text.removeprefix("\ufeff").splitlines()
    problems: list[str] = []
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None or lines[0].rstrip() != _FENCE:
        return Parsed(
            None, (_("{file}: the title and phrases must stand between two lines of ---.").format(file=file),)
        )
    header = _Header(file, lines[:end], problems)
    guide = header.guide(slug, locale)
    steps = _steps(lines, end + 1, file, problems)
    return Parsed(guide and replace(guide, steps=steps), tuple(problems))


class _Header:
    """The front matter of one file while it is being read; complaints go to `problems`."""

    def __init__(self, file: str, lines: list[str], problems: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.problems = problems
        self.values = self._values()

    def guide(self, slug: str, locale: str) -> Guide | None:
        title = self._text("title")
        if not title:
            if not self.problems:
                self.problems.append(
                    _('{file}: there is no title; add a line "title: ...".').format(file=self.file)
                )
            return None
        return Guide(
            slug=slug,
            locale=locale,
            title=title,
            short_title=self._text("short_title"),
            group=self._text("group"),
            kind=self._text("kind"),
            phrases=self._list("phrases"),
            needs=", ".join(self._list("needs")),
            fee=self._text("fee"),
            takes=self._text("takes"),
            minutes=self._minutes(),
            official=self._text("official"),
            hotline=self._text("hotline"),
            where=self._text("where"),
            worked=self._text("worked"),
            source=self._text("source"),
            checked_on=self._date("checked_on"),
            owner=self._text("owner"),
            expires_on=self._date("expires_on"),
            unless=self._unless(),
            next=self._list("next"),
            covers=self._list("covers"),
        )

    def _values(self) -> dict[str, Any]:
        # The opening fence is kept (as an empty line's worth), so that a mark's line is the line in the file.
        try:
            values = yaml.load("\n".join(["", *self.lines[1:]]), Loader=_Loader)  # noqa: S506 - a safe loader, in C
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._complain(
                _("{place}: this line cannot be read; check its quotes, colons and indentation."), line
            )
            return {}
        if not isinstance(values, dict):
            self._complain(_('{place}: write "key: value" lines here, at least a title.'), 2)
            return {}
        for key in values.keys() - KEYS:
            self._complain_unknown(str(key))
        return values

    def _text(self, key: str) -> str:
        value = self.values.get(key)
        if value is None:
            return ""
        if isinstance(value, str | int | float | date):
            return str(value).strip()
        self._complain_key(key, _('{place}: "{key}" must be one line of text.'))
        return ""

    def _list(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict | list) for item in items):
            self._complain_key(
                key, _('{place}: "{key}" must be a list of texts; put texts with a colon in quotes.')
            )
        return tuple(
            str(item).strip() for item in items if item is not None and not isinstance(item, dict | list)
        )

    def _date(self, key: str) -> date | None:
        value = self.values.get(key)
        if value is None or type(value) is date:
            return value
        self._complain_key(key, _('{place}: "{key}" must be a date like 2026-11-22.'))
        return None

    def _minutes(self) -> int | None:
        value = self.values.get("minutes")
        if value is None or (type(value) is int and value > 0):
            return value
        self._complain_key("minutes", _('{place}: "{key}" must be a whole number from 1.'))
        return None

    def _unless(self) -> Unless | None:
        value = self.values.get("unless")
        if value is None:
            return None
        if isinstance(value, dict) and value.keys() == {"label", "guide"}:
            return Unless(label=str(value["label"]).strip(), guide=str(value["guide"]).strip())
        self._complain_key(
            "unless", _('{place}: "{key}" must have a "label" and a "guide", and nothing else.')
        )
        return None

    def _complain_unknown(self, key: str) -> None:
        near = difflib.get_close_matches(key, sorted(KEYS), n=1, cutoff=0.6)
        if near:
            self._complain_key(
                key, _('{place}: there is no key "{key}", did you mean "{near}"?'), near=near[0]
            )
        else:
            self._complain_key(key, _('{place}: there is no key "{key}"; remove the line.'))

    def _complain_key(self, key: str, sentence: str, **more: str) -> None:
        start = (
            n
            for n, line in enumerate(self.lines, 1)
            if line.startswith((f"{key}:", f'"{key}":', f"'{key}':"))
        )
        self._complain(sentence, next(start, 1), key=key, **more)

    def _complain(self, sentence: str, line: int, **more: str) -> None:
        self.problems.append(sentence.format(place=_place(self.file, line), **more))


def _steps(lines: list[str], start: int, file: str, problems: list[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for line_number, line in enumerate(lines[start:], start + 1):
        if not line.strip():
            continue
        complaint = _take_line(line, steps)
        if complaint:
            place = _place(file, line_number)
            problems.append(complaint.format(place=place, number=len(steps) + (not line[0].isdigit())))
    return tuple(steps)


def _take_line(line: str, steps: list[Step]) -> str:
    """Add one line of the body to the steps; answer with a complaint, or "" if it is fine."""
    if step := _STEP.fullmatch(line):
        steps.append(Step(len(steps) + 1, step["text"].strip()))
        return "" if int(step["number"]) == len(steps) else _("{place}: number this step {number}.")
    if not steps:
        return _('{place}: the steps must come first here; start the line with "1. ".')
    last = steps[-1]
    if hint := _HINT.fullmatch(line):
        said = _HINT_LABEL.sub("", hint["text"].strip(), count=1)
        steps[-1] = replace(last, hint=f"{last.hint} {said}".strip())
        return ""
    if more := _CONTINUED.fullmatch(line):
        steps[-1] = replace(last, text=f"{last.text} {more['text'].strip()}")
        return ""
    return _('{place}: this line is not part of a step; indent it, or start it with "{number}. ".')


def _place(file: str, line: int) -> str:
    return _("{file}, line {line}").format(file=file, line=line)
