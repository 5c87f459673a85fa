"""What is wrong with a setting, in one sentence with place and cure; a secret is never repeated."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from bot.config_layers import KeyPath, Layers
from locales import N_
from locales import gettext as _

OWN = "toso"  # the type of errors that carry their own sentence

_BY_TYPE = {
    "string_type": N_('{setting} must be text in quotes, it is "{value}".'),
    "bool_type": N_('{setting} must be true or false, it is "{value}".'),
    "bool_parsing": N_('{setting} must be true or false, it is "{value}".'),
    "literal_error": N_('{setting} must be one of {choices}, it is "{value}".'),
    "list_type": N_('{setting} must be a list in square brackets, it is "{value}".'),
    "date_from_datetime_parsing": N_('{setting} must hold days like 2027-01-01, it has "{value}".'),
    "date_type": N_('{setting} must hold days like 2027-01-01, it has "{value}".'),
    "date_parsing": N_('{setting} must hold days like 2027-01-01, it has "{value}".'),
    "missing": N_("{setting} is missing; add it."),
    "model_type": N_("{setting} must be a section of its own, its name in square brackets."),
    "model_attributes_type": N_("{setting} must be a section of its own, its name in square brackets."),
}
_OTHERWISE = N_("{setting} has a value of the wrong shape; compare it with config.toml as it came.")


@dataclass(frozen=True)
class Complaint:
    """A setting, and the sentence about it; `{setting}`, `{value}` and `values` are filled in."""

    path: KeyPath
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)


def complaints_of(error: ValidationError, known: list[str]) -> list[Complaint]:
    """Turn what pydantic found into complaints; `known` are the keys there are."""
    return [_complaint(dict(found), known) for found in error.errors(include_url=False)]


def say(complaints: list[Complaint], layers: Layers) -> list[str]:
    """Say the complaints in the order of the file, then those about the environment."""
    ordered = sorted(complaints, key=lambda it: (layers.variable(it.path) or "", layers.line(it.path) or 0))
    return list(dict.fromkeys([*(_say(one, layers) for one in ordered), *layers.astray]))


def _complaint(found: dict[str, Any], known: list[str]) -> Complaint:
    path: KeyPath = tuple(found["loc"])
    if found["type"] == "extra_forbidden":
        return _unknown(path, known)
    context = dict(found.get("ctx", {}))
    values = {"value": _short(found["input"])}
    if found["type"] == OWN:
        return Complaint(path, context.pop("sentence"), {**values, **context})
    if found["type"] == "literal_error":
        values["choices"] = context["expected"].replace("'", "").replace(" or ", ", ")
    return Complaint(path, _BY_TYPE.get(found["type"], _OTHERWISE), values)


def _unknown(path: KeyPath, known: list[str]) -> Complaint:
    key = dotted(path)
    guess = _nearest(key, known)
    if guess:
        sentence = N_('{place}: there is no setting "{key}", is it "{guess}"? Correct it and run again.')
        return Complaint(path, sentence, {"key": key, "guess": guess})
    return Complaint(path, N_('{place}: there is no setting "{key}"; delete it and run again.'), {"key": key})


def _say(complaint: Complaint, layers: Layers) -> str:
    variable, place = layers.variable(complaint.path), layers.place_in_file(complaint.path)
    if variable:
        place, setting = variable, f"{variable}:"
    elif layers.line(complaint.path):
        setting = f'{place}: "{_last(complaint.path)}"'
    else:
        setting = f'{place}: "{dotted(complaint.path)}"'
    return _(complaint.sentence).format(**{"place": place, "setting": setting, **complaint.values})


def dotted(path: KeyPath) -> str:
    """Write a path as people do: web.port; places in a list are left out."""
    return ".".join(part for part in path if isinstance(part, str))


def _last(path: KeyPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _nearest(name: str, known: list[str]) -> str | None:
    same_depth = [key for key in known if key.count(".") == name.count(".")]
    close = difflib.get_close_matches(name, same_depth, n=1, cutoff=0.6)
    if close:
        return close[0]
    leaves = {key.rpartition(".")[2]: key for key in known}
    close = difflib.get_close_matches(name.rpartition(".")[2], leaves, n=1, cutoff=0.75)
    return leaves[close[0]] if close else None


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:40]}…"
