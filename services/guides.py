"""Which guides are there, in which languages, and do they hang together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from locales import gettext as _
from services import guide_recordings
from services.folding import tokens
from services.guide_format import LABEL_LENGTH, Guide, Step, Unless, parse
from services.guide_recordings import Recording
from services.matching import Entry

__all__ = ["FIRST_LOCALE", "Guide", "Library", "Recording", "Step", "Unless", "check"]

FIRST_LOCALE = "vi"


class Library:
    """Every guide of a folder, by slug and language; read once, never changed."""

    def __init__(
        self,
        guides: tuple[Guide, ...],
        problems: tuple[str, ...] = (),
        recordings: tuple[Recording, ...] = (),
    ) -> None:
        by_slug: defaultdict[str, dict[str, Guide]] = defaultdict(dict)
        for guide in guides:
            by_slug[guide.slug][guide.locale] = guide
        self._guides = dict(sorted(by_slug.items()))
        self.problems = problems
        spoken: defaultdict[tuple[str, int], dict[str, Recording]] = defaultdict(dict)
        for recording in recordings:
            spoken[recording.slug, recording.step][recording.locale] = recording
        self._recordings = dict(spoken)

    @classmethod
    def load(cls, folder: Path) -> Library:
        """Read `<slug>/<locale>.md` under the folder; what cannot be a guide is left out, with a problem."""
        guides: list[Guide] = []
        problems: list[str] = []
        for path in sorted(folder.glob("[!._]*/*.md")):
            file = f"{folder.name}/{path.parent.name}/{path.name}"
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                problems.append(
                    _("{file}: the letters are not UTF-8; save the file as UTF-8.").format(file=file)
                )
                continue
            parsed = parse(text, slug=path.parent.name, locale=path.stem, file=file)
            problems.extend(parsed.problems)
            if parsed.guide:
                guides.append(parsed.guide)
        recordings = chain.from_iterable(
            guide_recordings.find(folder / slug) for slug in sorted({guide.slug for guide in guides})
        )
        return cls(tuple(guides), tuple(problems), tuple(recordings))

    def recordings(self, slug: str, step: int) -> tuple[Recording, ...]:
        """List what can be heard at a step, a recording a language, in the order of their codes."""
        return tuple(one for _locale, one in sorted(self._recordings.get((slug, step), {}).items()))

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every slug, sorted."""
        return tuple(self._guides)

    def __len__(self) -> int:
        return len(self._guides)

    def __contains__(self, slug: object) -> bool:
        return slug in self._guides

    def __iter__(self) -> Iterator[Guide]:
        """Give each guide once, in the first language it has."""
        return (self.get(slug) for slug in self._guides)

    def get(self, slug: str, locale: str = FIRST_LOCALE) -> Guide:
        """Find a guide in the language, else in Vietnamese, else in any; KeyError for an unknown slug."""
        versions = self._guides[slug]
        return versions.get(locale) or versions.get(FIRST_LOCALE) or versions[min(versions)]

    def versions(self, slug: str) -> tuple[Guide, ...]:
        """Give every language of one guide."""
        return tuple(self._guides[slug].values())

    def matched(self) -> tuple[Guide, ...]:
        """List each guide once, with the titles and phrases of its other languages as further phrases."""
        return tuple(self._in_all_languages(slug) for slug in self._guides)

    def entries(self) -> tuple[Entry, ...]:
        """Give the matcher what it needs to know of each guide."""
        return tuple(
            Entry(guide.slug, guide.title, guide.phrases, guide.slug in self.stubs, guide.covers)
            for guide in self.matched()
        )

    @cached_property
    def stubs(self) -> frozenset[str]:
        """Tell which guides are known by name only.

        Where no guide has a step nothing is a stub: such a folder of phrases is made to try `toso ask` on.
        """
        without = frozenset(guide.slug for guide in self if guide.is_stub)
        return without if len(without) < len(self) else frozenset()

    def _in_all_languages(self, slug: str) -> Guide:
        first = self.get(slug)
        others = [guide for guide in self.versions(slug) if guide is not first]
        spoken = chain.from_iterable((guide.title, *guide.phrases) for guide in others)
        return replace(first, phrases=(*first.phrases, *spoken))

    def in_group(self, group: str) -> tuple[Guide, ...]:
        """List the guides of one menu group, in the order of their slugs; stubs have nothing to open."""
        stubs = self.stubs
        return tuple(guide for guide in self if guide.group == group and guide.slug not in stubs)


def check(folder: Path, kinds: Collection[str] | None = None) -> list[str]:
    """Complain about all that is wrong in a folder of guides: a sentence each, with file, line and cure.

    `kinds` are the kinds of work that are counted; without them no guide's `kind` is looked at.
    """
    library = Library.load(folder)
    complaints = list(library.problems)
    for slug in library.slugs:
        complaints.extend(guide_recordings.check(folder / slug, library.versions(slug)))
    for guide in chain.from_iterable(library.versions(slug) for slug in library.slugs):
        file = f"{folder.name}/{guide.slug}/{guide.locale}.md"
        complaints.extend(_complaints(guide, library, file))
        if guide.kind and kinds is not None and guide.kind not in kinds:
            sentence = _(
                '{file}: there is no kind of work "{kind}" in config.toml; correct "kind" or remove it.'
            )
            complaints.append(sentence.format(file=file, kind=guide.kind))
    return [*complaints, *_shared_phrases(library, folder.name)]


def _complaints(guide: Guide, library: Library, file: str) -> Iterator[str]:
    if len(guide.short_title) > LABEL_LENGTH:
        yield _('{file}: "short_title" is a button; make it at most 20 characters.').format(file=file)
    if not guide.short_title and len(guide.title) > LABEL_LENGTH:
        yield _(
            '{file}: the title is too long for a button; add a "short_title" of at most 20 characters.'
        ).format(file=file)
    if guide.steps and not guide.source:
        yield _('{file}: there is no "source"; name the page or office the steps come from.').format(
            file=file
        )
    if guide.steps and not guide.owner:
        yield _('{file}: there is no "owner"; name who keeps this guide right.').format(file=file)
    ways_out = (guide.unless.guide,) if guide.unless else ()
    for slug in (*guide.next, *guide.covers, *ways_out):
        if slug not in library:
            yield _('{file}: there is no guide "{slug}"; correct "next", "covers" or "unless".').format(
                file=file, slug=slug
            )


def _shared_phrases(library: Library, folder: str) -> list[str]:
    """Two guides with one phrase: neither can ever be the clear answer to it."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for guide in library:
        for phrase in (guide.title, *guide.phrases):
            owners[" ".join(tokens(phrase))].add(guide.slug)
    sentence = _('{folder}: the phrase "{phrase}" stands in {slugs}; keep it in one of them.')
    return [
        sentence.format(folder=folder, phrase=phrase, slugs=", ".join(sorted(slugs)))
        for phrase, slugs in owners.items()
        if len(slugs) > 1
    ]
