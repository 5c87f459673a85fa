"""What does one lesson file say, and what is wrong with the way it is written?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml

from locales import gettext as _

_FENCE = "---"
_PAGE = re.compile(r"##\s+(?:trang|page)", re.IGNORECASE)
_QUESTION = re.compile(r"##\s+(?:câu hỏi|question)\s+\((?:trang|page)\s+(?P<page>\d+)\)", re.IGNORECASE)
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[\w.-]+)\)")
_CHOICE = re.compile(r"-\s+\[(?P<mark>[ xX])\]\s+(?P<label>\S.*)")
_SAID = re.compile(r"\s+>\s*(?P<text>\S.*)")

_TEXTS = ("title", "short_title", "set", "set_title", "source", "owner")
_NUMBERS = ("minutes", "pass_mark", "order")
KEYS = frozenset({*_TEXTS, *_NUMBERS, "checked_on"})


@dataclass(frozen=True, slots=True)
class Page:
    """A few sentences to read; `picture` is a file beside the lesson, `alt` what it shows."""

    text: str
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice of a question, and what is said to whoever chooses it."""

    label: str
    is_right: bool
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the quiz; `page` (from 1) is where its answer stands."""

    text: str
    page: int
    answers: tuple[Answer, ...] = ()

    @property
    def right(self) -> int:
        """Tell the place of the right answer, from 0."""
        return next(place for place, answer in enumerate(self.answers) if answer.is_right)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pages to read, then a quiz with a pass mark; `set` names the row of lessons it belongs to.

    `set_title` is the set's full name as certificates say it; one lesson of the set has it.
    """

    slug: str
    locale: str
    title: str
    short_title: str = ""
    minutes: int = 0
    pass_mark: int = 0
    order: int = 0
    set: str = ""
    set_title: str = ""
    source: str = ""
    checked_on: date | None = None
    owner: str = ""
    pages: tuple[Page, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def label(self) -> str:
        """Name the lesson on a button."""
        return self.short_title or self.title

    @property
    def is_whole(self) -> bool:
        """Tell whether it can be walked to its end: a page, and questions with one right answer each."""
        return bool(self.pages and self.questions) and all(
            1 <= question.page <= len(self.pages) and sum(answer.is_right for answer in question.answers) == 1
            for question in self.questions
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A lesson (None if the file cannot be one) and every complaint, one sentence each."""

    lesson: Lesson | None
    problems: tuple[str, ...]


@dataclass(slots=True)
class _Body:
    """The pages and questions of one file while they are being read."""

    file: str
    problems: list[str]
    pages: list[Page] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    is_in_quiz: bool = False

    def take(self, line: str, number: int) -> None:
        """Add one line to what is being read."""
        if not line.strip():
            return
        if _PAGE.fullmatch(line):
            self.is_in_quiz = False
            self.pages.append(Page(""))
        elif found := _QUESTION.fullmatch(line):
            self.is_in_quiz = True
            self.questions.append(Question("", int(found["page"])))
        elif not (self._quiz_line(line) if self.is_in_quiz else self._page_line(line)):
            place = _place(self.file, number)
            sentence = _('{place}: this line is neither part of a page ("## Trang") nor of a question.')
            self.problems.append(sentence.format(place=place))

    def _page_line(self, line: str) -> bool:
        if not self.pages or line.startswith("#"):
            return False
        page = self.pages[-1]
        if found := _PICTURE.fullmatch(line.strip()):
            self.pages[-1] = replace(page, picture=found["file"], alt=found["alt"])
        else:
            self.pages[-1] = replace(page, text=f"{page.text} {line.strip()}".strip())
        return True

    def _quiz_line(self, line: str) -> bool:
        question = self.questions[-1]
        if found := _CHOICE.fullmatch(line):
            answer = Answer(found["label"].strip(), found["mark"] != " ")
            self.questions[-1] = replace(question, answers=(*question.answers, answer))
            return True
        if (found := _SAID.fullmatch(line)) and question.answers:
            *others, last = question.answers
            said = replace(last, explanation=f"{last.explanation} {found['text'].strip()}".strip())
            self.questions[-1] = replace(question, answers=(*others, said))
            return True
        if question.answers or line.startswith("#"):
            return False
        self.questions[-1] = replace(question, text=f"{question.text} {line.strip()}".strip())
        return True


def parse(text: str, *, slug: str, locale: str, file: str) -> Parsed:
    """Read one lesson; `file` is how the complaints name it."""
    lines = text.removeprefix("\ufeff").splitlines()
    problems: list[str] = []
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None or lines[0].rstrip() != _FENCE:
        sentence = _("{file}: the title and the pass mark must stand between two lines of ---.")
        return Parsed(None, (sentence.format(file=file),))
    values = _front_matter("\n".join(["", *lines[1:end]]), file, problems)
    body = _Body(file, problems)
    for number, line in enumerate(lines[end + 1 :], end + 2):
        body.take(line.rstrip(), number)
    title = str(values.get("title") or "").strip()
    if not title:
        if not problems:
            problems.append(_('{file}: there is no title; add a line "title: ...".').format(file=file))
        return Parsed(None, tuple(problems))
    front: dict[str, Any] = {key: str(values.get(key) or "").strip() for key in _TEXTS}
    front |= {key: values.get(key) or 0 for key in _NUMBERS}
    checked_on = values.get("checked_on")
    lesson = Lesson(
        slug=slug,
        locale=locale,
        **front,
        checked_on=checked_on if isinstance(checked_on, date) else None,
        pages=tuple(body.pages),
        questions=tuple(body.questions),
    )
    return Parsed(lesson, tuple(problems))


def _front_matter(text: str, file: str, problems: list[str]) -> dict[str, Any]:
    try:
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = _("{place}: this line cannot be read; check its quotes, colons and indentation.")
        problems.append(sentence.format(place=_place(file, line)))
        return {}
    if not isinstance(values, dict):
        problems.append(
            _('{place}: write "key: value" lines here, at least a title.').format(place=_place(file, 2))
        )
        return {}
    for key in sorted(map(str, values.keys() - KEYS)):
        sentence = _('{place}: there is no key "{key}"; remove the line.')
        problems.append(sentence.format(place=_place(file, 1), key=key))
    for key in _NUMBERS:
        value = values.get(key)
        if value is not None and (type(value) is not int or value < 1):
            sentence = _('{place}: "{key}" must be a whole number from 1.')
            problems.append(sentence.format(place=_place(file, 1), key=key))
            values[key] = 0
    checked_on = values.get("checked_on")
    if checked_on is not None and type(checked_on) is not date:
        sentence = _('{place}: "{key}" must be a date like 2026-11-22.')
        problems.append(sentence.format(place=_place(file, 1), key="checked_on"))
    return values


def _place(file: str, line: int) -> str:
    return _("{file}, line {line}").format(file=file, line=line)
