"""Which shapes a setting's value can have; each refusal carries its sentence."""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import time
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

import locales
from bot.config_complaints import OWN
from locales import N_

PROJECT = Path(__file__).resolve().parent.parent

_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_TOKEN = re.compile(r"\d+:\S+", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}")
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PASSWORD = re.compile(r"(?P<before>//[^:/@]*:)[^@]*(?=@)")


def _refuse(sentence: str, **values: object) -> NoReturn:
    raise PydanticCustomError(OWN, "refused", {"sentence": sentence, **values})


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(str(value).strip())
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        _refuse(N_('{setting} must be a time like 21:00, it is "{value}".'))
    return time(int(found["hour"]), int(found["minute"]))


def whole(least: int, most: int) -> BeforeValidator:
    """Accept a whole number from `least` to `most`."""

    def check(value: object) -> int:
        text = str(value).strip()
        is_whole = bool(_WHOLE.fullmatch(text)) and not isinstance(value, bool)
        if not is_whole or not least <= int(text) <= most:
            sentence = N_('{setting} must be a whole number from {least} to {most}, it is "{value}".')
            _refuse(sentence, least=least, most=most)
        return int(text)

    return BeforeValidator(check)


def _listed(value: object) -> object:
    """Read a list given in the environment, as JSON or with commas."""
    if not isinstance(value, str):
        return value
    if not value.startswith("["):
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return json.loads(value)
    except ValueError:
        _refuse(N_('{setting} must be a list in square brackets, it is "{value}".'))


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        _refuse(N_('{setting} is not a time zone: "{value}"; use for example Asia/Ho_Chi_Minh.'))
    return value


def _language(value: str) -> str:
    if value not in locales.available():
        known = ", ".join(locales.available())
        _refuse(N_('{setting} must be one of {choices}, it is "{value}".'), choices=known)
    return value


def _address(value: str) -> str:
    if value and not _URL.fullmatch(value):
        _refuse(N_('{setting} must be an address that begins with https:// or http://, it is "{value}".'))
    return value.rstrip("/")


def _proxy(value: object) -> str:
    try:
        ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        _refuse(N_('{setting} must hold addresses or networks like 10.0.0.0/8, it has "{value}".'))
    return str(value)


def _database(value: str) -> str:
    """Make a SQLite path absolute: the program may be started from any folder."""
    if value.startswith("postgresql://"):
        value = value.replace("postgresql://", "postgresql+asyncpg://", 1)
    if value.startswith("postgresql+asyncpg://") and len(value) > len("postgresql+asyncpg://"):
        return value
    path = value.removeprefix("sqlite:///")
    if path == value or not path or path == ":memory:":
        _refuse(
            N_("{setting} must begin with sqlite:/// and name a file, or begin with postgresql+asyncpg://.")
        )
    return f"sqlite:///{PROJECT / path}"


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        _refuse(N_('{setting} must be lower case letters, digits and _, at most 40, it is "{value}".'))
    return value


def _label(value: str) -> str:
    if not 1 <= len(value) <= 20:
        _refuse(N_('{setting} is a button: 1 to 20 characters, it is "{value}".'))
    return value


def bot_token(sentence: str) -> AfterValidator:
    """Accept a token like 123456:ABC, or an empty one; the sentence says where to get it."""

    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value()):
            _refuse(sentence)
        return value

    return AfterValidator(check)


def _webhook_secret(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
        _refuse(N_("{setting} must be 8 to 256 letters, digits, - or _."))
    return value


def without_password(url: str) -> str:
    """Hide the password of a database address."""
    return _PASSWORD.sub(r"\g<before>***", url)


def has_password(url: str) -> bool:
    """Tell whether a database address holds a password."""
    return bool(_PASSWORD.search(url))


Clock = Annotated[time, BeforeValidator(_clock)]
Count = Annotated[int, whole(1, 1_000_000)]
Rate = Annotated[int, whole(0, 100_000_000)]
Minutes = Annotated[int, whole(1, 10_080)]
Port = Annotated[int, whole(1, 65_535)]
Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_language)]
Address = Annotated[str, AfterValidator(_address)]
Proxy = Annotated[str, BeforeValidator(_proxy)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
Name = Annotated[str, AfterValidator(_name)]
Label = Annotated[str, AfterValidator(_label)]
Listed = BeforeValidator(_listed)
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
Folder = Annotated[Path, AfterValidator(lambda value: PROJECT / value)]
