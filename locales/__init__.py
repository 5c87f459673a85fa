"""The words of the program: gettext over Babel catalogs, under a current locale.

The .po files are compiled at first use and kept under a name made of their content, so nothing stale is read.
English msgids fall back to themselves; Vietnamese is complete by test, so no villager ever meets a msgid.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

DEFAULT = "vi"
FOLDER = Path(__file__).parent
COMPILED = FOLDER.parent / "var" / "catalogs"

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT)


@cache
def available() -> tuple[str, ...]:
    """List the locale codes that have a catalog, the default first."""
    found = sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@cache
def catalog(locale: str) -> NullTranslations:
    """Give the catalog of a locale, compiled now or at an earlier start."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    written = path.read_bytes()
    kept = COMPILED / f"{locale}-{hashlib.sha256(written).hexdigest()[:16]}.mo"
    try:
        return GNUTranslations(io.BytesIO(kept.read_bytes()))
    except (OSError, ValueError, struct.error):  # not there yet, or not whole
        compiled = _compiled(written, locale)
        _keep(kept, compiled, locale)
        return GNUTranslations(io.BytesIO(compiled))


def _compiled(written: bytes, locale: str) -> bytes:
    # `toso ask` must start without Babel, and a start that has them compiled saves a tenth of a second.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(written), locale=locale))
    return compiled.getvalue()


def _keep(place: Path, compiled: bytes, locale: str) -> None:
    """Leave it for the next start, in place of older ones; nothing is lost where nothing can be written."""
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        for older in place.parent.glob(f"{locale}-*.mo"):
            older.unlink(missing_ok=True)
        half = place.with_suffix(f".{os.getpid()}")
        half.write_bytes(compiled)
        half.replace(place)


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
