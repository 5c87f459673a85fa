"""Which settings the program runs with: config.toml one to one, with the environment over it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import config_complaints
from bot.config_complaints import Complaint
from bot.config_layers import FILE_VARIABLE, PREFIX, ConfigError, KeyPath, Layers, read_layers
from bot.config_sections import (
    WEEKDAYS,
    Activity,
    ActivityKind,
    Announcements,
    Database,
    Help,
    Hours,
    Limits,
    Logging,
    Media,
    Privacy,
    Section,
    Summary,
    Telegram,
    Training,
    Web,
    ZaloBot,
    ZaloOA,
)
from bot.config_types import PROJECT, Language, Zone, has_password, without_password
from locales import N_
from services import rules
from services.rules import BOT_HELP

__all__ = ["PROJECT", "Config", "ConfigError", "load", "load_demo", "settings_file"]


class Config(BaseSettings):
    """The whole of config.toml; every value checked, every path absolute."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True
    )

    timezone: Zone = "Asia/Ho_Chi_Minh"
    language: Language = "vi"
    database: Database = Field(default_factory=Database)
    web: Web = Field(default_factory=Web)
    telegram: Telegram = Field(default_factory=Telegram)
    zalo_bot: ZaloBot = Field(default_factory=ZaloBot)
    zalo_oa: ZaloOA = Field(default_factory=ZaloOA)
    media: Media = Field(default_factory=Media)
    privacy: Privacy = Field(default_factory=Privacy)
    hours: Hours = Field(default_factory=Hours)
    help: Help = Field(default_factory=Help)
    activity: Activity = Field(default_factory=Activity)
    training: Training = Field(default_factory=Training)
    summary: Summary = Field(default_factory=Summary)
    announcements: Announcements = Field(default_factory=Announcements)
    limits: Limits = Field(default_factory=Limits)
    logging: Logging = Field(default_factory=Logging)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the parent's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the layers only: they know the line and the variable each value came from."""
        return (init_settings,)

    def rules(self) -> rules.Rules:
        """Give services the values they need; no secret is among them."""
        kinds = tuple(rules.Kind(**kind.model_dump()) for kind in self.activity.kinds)
        return rules.Rules(
            language=self.language,
            timezone=self.timezone,
            public_url=self.web.address,
            hours=rules.Hours(**self.hours.model_dump()),
            help=rules.HelpTimes(**self.help.model_dump()),
            activity=rules.ActivityLimits(**(self.activity.model_dump() | {"kinds": kinds})),
            training=rules.Training(**self.training.model_dump()),
            summary=rules.SummaryTime(WEEKDAYS.index(self.summary.weekday), self.summary.at),
            announcements=rules.Announcements(**self.announcements.model_dump()),
            privacy=rules.Privacy(**self.privacy.model_dump()),
            limits=rules.Limits(**self.limits.model_dump()),
            media_keep_days=self.media.keep_days,
        )

    def masked(self) -> str:
        """Print every setting as it holds now, secrets as ***."""
        lines: list[str] = []
        for name, value in self:
            if isinstance(value, Section):
                lines += ["", f"[{name}]", *(f"{key} = {_shown(inner)}" for key, inner in value)]
            else:
                lines.append(f"{name} = {_shown(value)}")
        return "\n".join(lines)

    def secrets(self) -> Iterator[str]:
        """Give every secret that is set, for whoever must keep them out of something."""
        for _name, section in self:
            for _key, value in section if isinstance(section, Section) else ():
                if isinstance(value, SecretStr) and value.get_secret_value():
                    yield value.get_secret_value()


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings; without `environ`, the process's own over .env of the project folder.

    Raises ConfigError with a sentence for each thing that is wrong.
    """
    variables = _environ() if environ is None else dict(environ)
    file = path or _file(variables)
    layers = read_layers(file, variables, _variables())
    complaints = _misplaced_secrets(layers)
    try:
        config = Config(**layers.values)
    except ValidationError as error:
        complaints += config_complaints.complaints_of(error, _known())
        raise ConfigError(config_complaints.say(complaints, layers)) from None
    complaints += _contradictions(config)
    if complaints or layers.astray:
        raise ConfigError(config_complaints.say(complaints, layers))
    return config


def load_demo(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings for the demo: its own database, this machine only, no channel's token."""
    variables = _environ() if environ is None else dict(environ)
    channels = tuple(f"{PREFIX}{name}__" for name in ("TELEGRAM", "ZALO_BOT", "ZALO_OA"))
    kept = {name: value for name, value in variables.items() if not name.startswith(channels)}
    own = {
        f"{PREFIX}DATABASE__URL": "sqlite:///var/demo.db",
        f"{PREFIX}MEDIA__FOLDER": "var/demo-media",
        f"{PREFIX}WEB__HOST": "127.0.0.1",
    }
    config = load(path, kept | own)
    return config.model_copy(update={"web": config.web.model_copy(update={"public_url": ""})})


def settings_file(environ: Mapping[str, str] | None = None) -> Path:
    """Name the file of settings in force, whether or not it is there."""
    return _file(_environ() if environ is None else environ) or PROJECT / "config.toml"


def _environ() -> dict[str, str]:
    written = {name: value or "" for name, value in dotenv_values(PROJECT / ".env").items()}
    return written | dict(os.environ)


def _file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(FILE_VARIABLE, "").strip()
    if named:
        return Path(named)
    usual = PROJECT / "config.toml"
    return usual if usual.exists() else None


def _sections() -> Iterator[tuple[str, type[Section]]]:
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield name, field.annotation


def _known() -> list[str]:
    """List every key as people write it, sections and the keys of a kind too."""
    keys = list(Config.model_fields)
    keys += [f"{name}.{key}" for name, section in _sections() for key in section.model_fields]
    return keys + [f"activity.kinds.{key}" for key in ActivityKind.model_fields]


def _variables() -> dict[str, KeyPath]:
    """Name the variable of every setting; a section as a whole has none."""
    sections = dict(_sections())
    paths: list[tuple[str, ...]] = [(name,) for name in Config.model_fields if name not in sections]
    paths += [(name, key) for name, section in sections.items() for key in section.model_fields]
    return {PREFIX + "__".join(path).upper(): path for path in paths}


def _misplaced_secrets(layers: Layers) -> list[Complaint]:
    """Find secrets in the file, even under a variable that wins over them; their values are dropped."""
    complaints = []
    sentence = N_(
        "{place}: the secret {key} must not stand in this file; move it to {variable} in .env, empty it here."
    )
    for name, section in _sections():
        table = layers.written.get(name)
        if not isinstance(table, dict):
            continue
        for key, field in section.model_fields.items():
            value = table.get(key, "")
            is_secret = field.annotation is SecretStr and value != ""
            if is_secret or ((name, key) == ("database", "url") and has_password(str(value))):
                if layers.variable((name, key)) is None:
                    layers.values[name].pop(key)
                place = layers.place_in_file((name, key))
                names = {"place": place, "key": f"{name}.{key}", "variable": f"{PREFIX}{name}__{key}".upper()}
                complaints.append(Complaint((name, key), sentence, names))
    return complaints


def _contradictions(config: Config) -> list[Complaint]:
    """Find values that are right alone and wrong together."""
    found: list[Complaint] = []
    for name in ("telegram", "zalo_bot"):
        channel = getattr(config, name)
        if channel.is_on and channel.mode == "webhook" and not channel.webhook_secret.get_secret_value():
            sentence = N_("{variable} is missing; webhook mode needs 8 to 256 letters, digits, - or _.")
            variable = f"{PREFIX}{name}__webhook_secret".upper()
            found.append(Complaint((name, "webhook_secret"), sentence, {"variable": variable}))
    for section, earlier, later in (
        ("hours", "team_from", "team_to"),
        ("hours", "afternoon_from", "evening_from"),
        ("hours", "office_from", "office_to"),
        ("help", "silent_reminder_minutes", "silent_minutes"),
        ("help", "idle_minutes", "idle_close_minutes"),
    ):
        values = getattr(config, section)
        if getattr(values, earlier) >= getattr(values, later):
            sentence = N_('{setting} must come before "{later}".')
            found.append(Complaint((section, earlier), sentence, {"later": later}))
    return found + _kinds_twice(config) + _paid_twice(config)


def _paid_twice(config: Config) -> list[Complaint]:
    """Find a rate for what is paid as a solved request already."""
    sentence = N_('{setting}: the program counts "{name}" by itself; set activity.solved_rate, leave 0 here.')
    return [
        Complaint(("activity", "kinds", place, "rate"), sentence, {"name": kind.name})
        for place, kind in enumerate(config.activity.kinds)
        if kind.name == BOT_HELP and kind.rate
    ]


def _kinds_twice(config: Config) -> list[Complaint]:
    seen: set[str] = set()
    found = []
    for place, kind in enumerate(config.activity.kinds):
        path: KeyPath = ("activity", "kinds", place, "name")
        if kind.name in seen:
            sentence = N_('{setting}: the kind "{name}" stands twice; rename one.')
            found.append(Complaint(path, sentence, {"name": kind.name}))
        seen.add(kind.name)
    return found


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return '"***"' if value.get_secret_value() else '""'
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(getattr(item, "name", item)) for item in value) + "]"
    if isinstance(value, bool | int):
        return str(value).lower()
    shown = value.strftime("%H:%M") if isinstance(value, time) else str(value)
    return f'"{without_password(shown)}"'
