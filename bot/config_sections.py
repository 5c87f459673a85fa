"""Which keys does each section of config.toml have, and what may stand in them?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config_types import (
    Address,
    Clock,
    Count,
    DatabaseUrl,
    Folder,
    Label,
    Listed,
    Minutes,
    Name,
    Port,
    Proxy,
    Rate,
    WebhookSecret,
    bot_token,
)
from locales import N_
from services import rules

EMPTY = SecretStr("")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TELEGRAM_TOKEN = bot_token(
    N_("{setting} is not of the shape 123456:ABC...; get it from BotFather or empty it to turn Telegram off.")
)
_ZALO_TOKEN = bot_token(
    N_("{setting} is not of the shape 123456:ABC...; get it from Zalo Bot or empty it to turn Zalo Bot off.")
)


class Section(BaseModel):
    """A table of config.toml: its keys and no others."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        validate_default=True,
    )


class Database(Section):
    """Where the facts are kept."""

    url: DatabaseUrl = Field(default="sqlite:///var/toso.db", repr=False)
    pool_size: Count = 10

    @property
    def path(self) -> Path | None:
        """Name the SQLite file; None on PostgreSQL."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:///") else None


class Web(Section):
    """Where the web chat, the dashboard and the webhooks listen."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: Address = ""
    trusted_proxies: Annotated[tuple[Proxy, ...], Listed] = ()
    metrics_token: SecretStr = EMPTY
    new_accounts_per_hour: Count = 200

    @property
    def address(self) -> str:
        """Tell the address people use, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"


class Telegram(Section):
    """One Telegram bot; without a token the channel is off."""

    token: Annotated[SecretStr, _TELEGRAM_TOKEN] = EMPTY
    api_base: Address = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: WebhookSecret = EMPTY

    @property
    def is_on(self) -> bool:
        """Tell whether the channel has a token."""
        return bool(self.token.get_secret_value())


class ZaloBot(Section):
    """One bot of the Zalo Bot Platform; without a token the channel is off."""

    token: Annotated[SecretStr, _ZALO_TOKEN] = EMPTY
    api_base: Address = "https://bot-api.zaloplatforms.com"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: WebhookSecret = EMPTY

    @property
    def is_on(self) -> bool:
        """Tell whether the channel has a token."""
        return bool(self.token.get_secret_value())


class ZaloOA(Section):
    """One Zalo Official Account; without an application and its key the channel is off."""

    app_id: str = ""
    secret_key: SecretStr = EMPTY
    oa_id: str = ""
    oa_secret_key: SecretStr = EMPTY
    api_base: Address = "https://openapi.zalo.me"
    oauth_base: Address = "https://oauth.zaloapp.com"

    @property
    def is_on(self) -> bool:
        """Tell whether the channel has an application and its key."""
        return bool(self.app_id and self.secret_key.get_secret_value())


class Media(Section):
    """Where pictures and documents wait, and for how long they can be opened."""

    folder: Folder = Path("var/media")
    keep_days: Count = 7


class Privacy(Section):
    """Who answers for the data, and how long things are kept."""

    controller: str = rules.Privacy.controller
    consent_version: str = rules.Privacy.consent_version
    keep_months: Count = rules.Privacy.keep_months
    backup_days: Count = rules.Privacy.backup_days


class Hours(Section):
    """When teams answer, when nobody is disturbed, when the office is open."""

    team_from: Clock = rules.Hours.team_from
    afternoon_from: Clock = rules.Hours.afternoon_from
    evening_from: Clock = rules.Hours.evening_from
    team_to: Clock = rules.Hours.team_to
    quiet_from: Clock = rules.Hours.quiet_from
    quiet_to: Clock = rules.Hours.quiet_to
    office_from: Clock = rules.Hours.office_from
    office_to: Clock = rules.Hours.office_to
    holidays: Annotated[tuple[date, ...], Listed] = ()


class Help(Section):
    """The ladder of a request for help."""

    team_minutes: Minutes = rules.HelpTimes.team_minutes
    neighbour_minutes: Minutes = rules.HelpTimes.neighbour_minutes
    commune_minutes: Minutes = rules.HelpTimes.commune_minutes
    silent_reminder_minutes: Minutes = rules.HelpTimes.silent_reminder_minutes
    silent_minutes: Minutes = rules.HelpTimes.silent_minutes
    idle_minutes: Minutes = rules.HelpTimes.idle_minutes
    idle_close_minutes: Minutes = rules.HelpTimes.idle_close_minutes
    reopen_hours: Count = rules.HelpTimes.reopen_hours


class ActivityKind(Section):
    """One kind of work that is counted."""

    name: Name
    label: Label
    unit: rules.CountUnit
    group: Name = "community"
    is_photo_expected: bool = False
    is_note_expected: bool = False
    is_on_first_menu: bool = False
    rate: Rate = 0


_KINDS = tuple(ActivityKind(**vars(kind)) for kind in rules.DEFAULT_KINDS)


class Activity(Section):
    """What may be counted, and until when."""

    undo_hours: Count = rules.ActivityLimits.undo_hours
    largest: Count = rules.ActivityLimits.largest
    lock_days: Count = rules.ActivityLimits.lock_days
    photo_days: Count = rules.ActivityLimits.photo_days
    remind_at: Clock = rules.ActivityLimits.remind_at
    solved_rate: Rate = rules.ActivityLimits.solved_rate
    lesson_rate: Rate = rules.ActivityLimits.lesson_rate
    kinds: Annotated[tuple[ActivityKind, ...], Listed] = _KINDS


class Training(Section):
    """At which hours lessons are brought and reminded."""

    push_at: Clock = rules.Training.push_at
    reminder_at: Clock = rules.Training.reminder_at


class Summary(Section):
    """When the weekly summary goes out."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: Clock = rules.SummaryTime.at


class Announcements(Section):
    """How long an announcement may be, and how fast it goes out."""

    most_chars: Count = rules.Announcements.most_chars
    per_minute: Count = rules.Announcements.per_minute


class Limits(Section):
    """What one account may send."""

    messages_per_minute: Count = rules.Limits.messages_per_minute
    message_chars: Count = rules.Limits.message_chars


class Logging(Section):
    """How much the log says."""

    level: Literal["debug", "info", "warning", "error"] = "info"
