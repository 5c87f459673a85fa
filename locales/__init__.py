"""The words of the program: gettext over Babel catalogs, under a current locale.

The .po files are compiled in memory at first use, so there is no stale .mo beside them. English msgids fall
back to themselves; Vietnamese is complete by test, so no villager ever meets a msgid.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

DEFAULT = "vi"
FOLDER = Path(__file__).parent

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT)


@cache
def available() -> tuple[str, ...]:
    """List the locale codes that have a catalog, the default first."""
    found = sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@cache
def catalog(locale: str) -> NullTranslations:
    """Compile the catalog of a locale."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - `toso ask` must start without Babel
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def current() -> str:
    """Tell the locale in force."""
    return _current.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Speak a locale within the block; an unknown code speaks the default."""
    token = _current.set(locale if locale in available() else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    """Translate a whole sentence."""
    return catalog(_current.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a sentence that counts."""
    return catalog(_current.get()).ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """Translate a word whose meaning depends on where it stands, such as a button."""
    return catalog(_current.get()).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, n: int) -> str:
    """Translate a counting sentence whose meaning depends on where it stands."""
    return catalog(_current.get()).npgettext(context, singular, plural, n)


def N_(message: str) -> str:  # noqa: N802 - the name gettext's tools look for
    """Mark a sentence for the catalogs without translating it yet."""
    return message
