"""Which lessons are there, and do they hang together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from locales import gettext as _
from services.lesson_format import Answer, Lesson, Page, Question, parse

__all__ = ["FIRST_LOCALE", "Answer", "Lesson", "Lessons", "Page", "Question", "check"]

FIRST_LOCALE = "vi"
LABEL_LENGTH = 20
# A choice carries the slug in 64 bytes, with who it is for and until when.
SLUG_LENGTH = 40
PAGE_LENGTH = 300
ANSWERS = range(2, 5)


class Lessons:
    """Every lesson of a folder, by slug and language; read once, never changed.

    A lesson that cannot be walked to its end is among `drafts` alone: nobody is given it.
    """

    def __init__(
        self, lessons: tuple[Lesson, ...], problems: tuple[str, ...] = (), folder: Path | None = None
    ) -> None:
        by_slug: defaultdict[str, dict[str, Lesson]] = defaultdict(dict)
        for lesson in lessons:
            if lesson.is_whole:
                by_slug[lesson.slug][lesson.locale] = lesson
        self._lessons = dict(sorted(by_slug.items()))
        self._folder = folder
        self.drafts = tuple(lesson for lesson in lessons if not lesson.is_whole)
        self.problems = problems

    @classmethod
    def load(cls, folder: Path) -> Lessons:
        """Read `<slug>/<locale>.md` under the folder; what cannot be a lesson is left out, with a problem."""
        lessons: list[Lesson] = []
        problems: list[str] = []
        for path in sorted(folder.glob("[!._]*/*.md")):
            file = f"{folder.name}/{path.parent.name}/{path.name}"
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                sentence = _("{file}: the letters are not UTF-8; save the file as UTF-8.")
                problems.append(sentence.format(file=file))
                continue
            parsed = parse(text, slug=path.parent.name, locale=path.stem, file=file)
            problems.extend(parsed.problems)
            if parsed.lesson:
                lessons.append(parsed.lesson)
        return cls(tuple(lessons), tuple(problems), folder)

    def __len__(self) -> int:
        return len(self._lessons)

    def __contains__(self, slug: object) -> bool:
        return slug in self._lessons

    def __iter__(self) -> Iterator[Lesson]:
        """Give each lesson once, in the first language it has, in the order they are meant to be learnt."""
        found = [self.get(slug) for slug in self._lessons]
        return iter(sorted(found, key=lambda lesson: (lesson.order or 99, lesson.slug)))

    def get(self, slug: str, locale: str = FIRST_LOCALE) -> Lesson:
        """Find a lesson in the language, else in Vietnamese, else in any; KeyError for an unknown slug."""
        versions = self._lessons[slug]
        return versions.get(locale) or versions.get(FIRST_LOCALE) or versions[min(versions)]

    def versions(self, slug: str) -> tuple[Lesson, ...]:
        """Give every language of one lesson."""
        return tuple(self._lessons[slug].values())

    def in_set(self, name: str) -> tuple[Lesson, ...]:
        """List the lessons of one set, in order; "" is no set."""
        return tuple(lesson for lesson in self if name and lesson.set == name)

    def set_title(self, name: str) -> str:
        """Give a set's full name, as certificates say it."""
        return next((lesson.set_title for lesson in self.in_set(name) if lesson.set_title), name)

    def picture_file(self, lesson: Lesson, page: Page) -> Path | None:
        """Tell where the picture of a page lies, if it has one."""
        if self._folder is None or not page.picture:
            return None
        return self._folder / lesson.slug / page.picture


def check(folder: Path) -> list[str]:
    """Complain about all that is wrong in a folder of lessons: a sentence each, with file and cure."""
    lessons = Lessons.load(folder)
    complaints = list(lessons.problems)
    whole = chain.from_iterable(lessons.versions(one.slug) for one in lessons)
    for lesson in sorted([*whole, *lessons.drafts], key=lambda one: (one.slug, one.locale)):
        file = f"{folder.name}/{lesson.slug}/{lesson.locale}.md"
        complaints.extend(_front_complaints(lesson, file))
        complaints.extend(_page_complaints(lessons, lesson, file))
        complaints.extend(_quiz_complaints(lesson, file))
    return complaints


def _front_complaints(lesson: Lesson, file: str) -> Iterator[str]:
    if len(lesson.label) > LABEL_LENGTH:
        yield _('{file}: the button is too long; add a "short_title" of at most 20 characters.').format(
            file=file
        )
    if len(lesson.slug) > SLUG_LENGTH:
        yield _("{file}: the folder's name is too long; make it at most {most} letters.").format(
            file=file, most=SLUG_LENGTH
        )
    if not lesson.minutes:
        yield _('{file}: there is no "minutes"; say how long the lesson takes.').format(file=file)
    if not 0 < lesson.pass_mark <= len(lesson.questions):
        sentence = _('{file}: "pass_mark" must lie between 1 and the number of questions, {most}.')
        yield sentence.format(file=file, most=len(lesson.questions))
    if not lesson.source:
        yield _('{file}: there is no "source"; name the page or office the lesson comes from.').format(
            file=file
        )
    if not lesson.owner:
        yield _('{file}: there is no "owner"; name who keeps this lesson right.').format(file=file)


def _page_complaints(lessons: Lessons, lesson: Lesson, file: str) -> Iterator[str]:
    if not lesson.pages:
        yield _('{file}: there is no page; begin one with a line "## Trang".').format(file=file)
    for number, page in enumerate(lesson.pages, 1):
        if not 0 < len(page.text) <= PAGE_LENGTH:
            sentence = _("{file}: page {number} has {n} characters; write 1 to {most}.")
            yield sentence.format(file=file, number=number, n=len(page.text), most=PAGE_LENGTH)
        picture = lessons.picture_file(lesson, page)
        if picture and not picture.is_file():
            sentence = _("{file}: page {number} shows {picture}, which is not in the lesson's folder.")
            yield sentence.format(file=file, number=number, picture=page.picture)
        if picture and not page.alt:
            sentence = _("{file}: the picture of page {number} has no words; write them between [ and ].")
            yield sentence.format(file=file, number=number)


def _quiz_complaints(lesson: Lesson, file: str) -> Iterator[str]:
    for number, question in enumerate(lesson.questions, 1):
        if not question.text:
            yield _("{file}: question {number} asks nothing.").format(file=file, number=number)
        if not 1 <= question.page <= len(lesson.pages):
            sentence = _("{file}: question {number} points to page {page}, which is not there.")
            yield sentence.format(file=file, number=number, page=question.page)
        if len(question.answers) not in ANSWERS:
            sentence = _("{file}: question {number} has {n} answers; give it 2 to 4.")
            yield sentence.format(file=file, number=number, n=len(question.answers))
        if sum(answer.is_right for answer in question.answers) != 1:
            sentence = _("{file}: mark exactly one answer of question {number} with [x].")
            yield sentence.format(file=file, number=number)
        for answer in question.answers:
            if len(answer.label) > LABEL_LENGTH:
                sentence = _('{file}: the answer "{label}" is a button; make it at most 20 characters.')
                yield sentence.format(file=file, label=answer.label)
            if not answer.explanation:
                sentence = _('{file}: the answer "{label}" has no explanation; add a line "  > ...".')
                yield sentence.format(file=file, label=answer.label)
