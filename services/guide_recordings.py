"""Which recordings lie beside a guide's steps, in which languages, and which of them belong to nothing?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from locales import gettext as _
from services.guide_format import Guide

LARGEST: Final = 5 * 1024 * 1024
MIMES: Final = {"ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4"}
# What people call the languages that are spoken to them, whether the program can write them or not.
LANGUAGES: Final = {
    "vi": "Tiếng Việt",
    "en": "English",
    "bdq": "Tiếng Ba Na",
    "rad": "Tiếng Ê Đê",
    "jra": "Tiếng Gia Rai",
}
_NAME = re.compile(r"(?P<step>\d{1,2})\.(?P<locale>[a-z]{2,3})\.(?P<ending>[a-z0-9]{1,4})")
# What else may lie in a guide's folder: its texts, and pictures for whoever keeps it.
_OTHERS: Final = frozenset({".md", ".png", ".jpg", ".jpeg"})


@dataclass(frozen=True, slots=True)
class Recording:
    """A step read aloud: `guides/<slug>/<step>.<locale>.ogg`, .mp3 or .m4a."""

    slug: str
    step: int
    locale: str
    path: Path
    digest: str

    @property
    def mime(self) -> str:
        """Tell what kind of sound it is."""
        return MIMES[self.path.suffix[1:]]

    @property
    def language(self) -> str:
        """Say the language by its own name, or its code if nobody gave it one."""
        return LANGUAGES.get(self.locale, self.locale)


def find(folder: Path) -> tuple[Recording, ...]:
    """List the recordings of one guide's folder that can be sent."""
    found = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.iterdir()) if path.is_file())
    return tuple(
        Recording(folder.name, int(name["step"]), name["locale"], path, _digest(path))
        for path, name in found
        if name and name["ending"] in MIMES and path.stat().st_size <= LARGEST
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(folder: Path, versions: Sequence[Guide]) -> Iterator[str]:
    """Complain about a file that is no step's recording, is too large, or of another kind."""
    steps = max((len(guide.steps) for guide in versions), default=0)
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.suffix in _OTHERS or path.name.startswith("."):
            continue
        file = f"{folder.parent.name}/{folder.name}/{path.name}"
        name = _NAME.fullmatch(path.name)
        if name is None or name["ending"] not in MIMES:
            yield _(
                "{file}: a recording is called STEP.LANGUAGE.ogg, .mp3 or .m4a, for example 3.bdq.mp3;"
                " rename or remove it."
            ).format(file=file)
        elif not 1 <= int(name["step"]) <= steps:
            yield _("{file}: the guide has {n} steps; give the recording the number of its step.").format(
                file=file, n=steps
            )
        elif path.stat().st_size > LARGEST:
            yield _("{file}: a recording may have 5 MB; record it shorter or at a lower quality.").format(
                file=file
            )
