"""Where does each setting's value come from: the file, and the environment over it?"""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from locales import gettext as _

PREFIX = "TOSO_"
FILE_VARIABLE = "TOSO_CONFIG"

KeyPath = tuple[str | int, ...]

_TABLE = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(#.*)?$")
_ITEM = re.compile(r"\s*\[\[\s*(?P<name>[^\[\]]+?)\s*\]\]\s*(#.*)?$")
_KEY = re.compile(r"\s*(?P<name>[\w.\"'-]+)\s*=")
_TOML_LINE = re.compile(r"\(at line (?P<line>\d+), column \d+\)")


class ConfigError(Exception):
    """The configuration cannot be used; one sentence for each thing to change."""

    def __init__(self, sentences: list[str]) -> None:
        """Keep the sentences, in the order of the file."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass
class Layers:
    """The values of the file with the environment laid over them, and where each one stands.

    `written` is the file alone; `astray` complains about variables that are no setting's.
    """

    file: str = "config.toml"
    written: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    variables: dict[KeyPath, str] = field(default_factory=dict)
    astray: list[str] = field(default_factory=list)

    def variable(self, path: KeyPath) -> str | None:
        """Name the environment variable that set the key, if one did."""
        return next((self.variables[part] for part in _upwards(path) if part in self.variables), None)

    def line(self, path: KeyPath) -> int | None:
        """Tell the line of the file that sets the key, or else what it stands in."""
        return next((self.lines[part] for part in _upwards(path) if part in self.lines), None)

    def place_in_file(self, path: KeyPath) -> str:
        """Say where in the file the key stands."""
        line = self.line(path)
        return _("{file}, line {line}").format(file=self.file, line=line) if line else self.file


def read_layers(file: Path | None, environ: Mapping[str, str], known: Mapping[str, KeyPath]) -> Layers:
    """Read the file (None: there is none) and lay the variables over it; raises ConfigError.

    `known` maps the name of each setting's variable to its path.
    """
    layers = Layers()
    if file is not None:
        layers.file = file.name
        text = _text(file)
        layers.written = _values(file.name, text)
        layers.values = copy.deepcopy(layers.written)
        layers.lines = _lines(text)
    for name, value in sorted(environ.items()):
        # An empty variable is a line of .env that nobody has filled in.
        if name.startswith(PREFIX) and name != FILE_VARIABLE and value.strip():
            if name in known:
                _lay_over(layers, known[name], name, value.strip())
            else:
                layers.astray.append(_unknown(name, known))
    return layers


def _lay_over(layers: Layers, path: KeyPath, name: str, value: str) -> None:
    table = layers.values
    for part in path[:-1]:
        if not isinstance(table.get(str(part)), dict):
            table[str(part)] = {}
        table = table[str(part)]
    table[str(path[-1])] = value
    layers.variables[path] = name


def _unknown(name: str, known: Mapping[str, KeyPath]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    if close:
        sentence = _("{variable}: there is no such setting, is it {guess}? Correct it and run again.")
        return sentence.format(variable=name, guess=close[0])
    return _("{variable}: there is no such setting; delete it and run again.").format(variable=name)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        sentence = _("{file}: there is no such file; correct TOSO_CONFIG.")
        raise ConfigError([sentence.format(file=file)]) from None
    except UnicodeDecodeError:
        sentence = _("{file}: the letters are not UTF-8; save the file as UTF-8.")
        raise ConfigError([sentence.format(file=file.name)]) from None
    except OSError as error:
        sentence = _("{file}: cannot be read ({reason}); correct its owner or TOSO_CONFIG.")
        raise ConfigError([sentence.format(file=file, reason=error.strerror)]) from None


def _values(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found["line"]) if found else len(text.splitlines())
        sentence = _(
            "{file}, line {line}: cannot be read; check quotes and brackets, and for a key given twice."
        )
        raise ConfigError([sentence.format(file=name, line=line)]) from None


def _lines(text: str) -> dict[KeyPath, int]:
    """Find the line of each key: tomllib does not tell, and a parser that does is not worth a dependency."""
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := _ITEM.match(line):
            name = _parts(found["name"])
            table = (*name, counts.get(name, 0))
            counts[name] = counts.get(name, 0) + 1
            lines.setdefault(name, number)
            lines[table] = number
        elif found := _TABLE.match(line):
            table = _parts(found["name"])
            lines.setdefault(table, number)
        elif found := _KEY.match(line):
            lines.setdefault((*table, *_parts(found["name"])), number)
    return lines


def _parts(name: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _upwards(path: KeyPath) -> list[KeyPath]:
    return [path[:end] for end in range(len(path), 0, -1)]
