"""Which numbers, hours and kinds of work hold in this installation: the settings that services need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

CountUnit = Literal["persons", "turns", "sessions"]
BOT_HELP = "bot_help"  # the kind that the program writes down by itself, for each request solved


@dataclass(frozen=True)
class Kind:
    """A kind of work that is counted.

    `name` is stored and never changes; `label` is the button (20 characters at most); `group` is the heading
    it stands under in reports; `rate` is what one is paid with, in đồng.
    """

    name: str
    label: str
    unit: CountUnit
    group: str = "community"
    is_photo_expected: bool = False
    is_note_expected: bool = False
    is_on_first_menu: bool = False
    rate: int = 0


DEFAULT_KINDS = (
    Kind("vneid", "Cài VNeID", "persons", "public_services", is_on_first_menu=True),
    Kind("online_filing", "Nộp hồ sơ qua mạng", "turns", "public_services", is_on_first_menu=True),
    Kind("health_insurance", "Làm BHYT", "persons", "public_services", is_on_first_menu=True),
    Kind("online_payment", "Thanh toán qua mạng", "persons", "payment"),
    Kind("digital_signature", "Chữ ký số", "persons", "public_services"),
    Kind("social_account", "Tài khoản an sinh", "persons", "payment"),
    Kind("online_selling", "Bán hàng qua mạng", "persons", "shopping"),
    Kind("scam_prevention", "Phòng lừa đảo", "turns", "safety"),
    Kind("home_visit", "Đi từng nhà", "turns", "community"),
    Kind(BOT_HELP, "Giúp qua Tổ Số", "turns", "community"),
    Kind(
        "village_meeting", "Họp thôn", "sessions", "community", is_photo_expected=True, is_note_expected=True
    ),
    Kind(
        "digital_class", "Lớp học số", "sessions", "community", is_photo_expected=True, is_note_expected=True
    ),
)


@dataclass(frozen=True)
class Hours:
    """When teams answer, when nobody is disturbed, when the commune's office is open (Monday to Friday).

    On holidays the office is closed, and of the teams only those on the roster are asked, as at night.
    """

    team_from: time = time(7)
    afternoon_from: time = time(12)
    evening_from: time = time(18)
    team_to: time = time(21)
    quiet_from: time = time(21)
    quiet_to: time = time(7)
    office_from: time = time(7, 30)
    office_to: time = time(17)
    holidays: tuple[date, ...] = ()

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether nobody should be disturbed at this local moment."""
        return _is_within(at.time(), self.quiet_from, self.quiet_to)


def _is_within(at: time, begin: time, end: time) -> bool:
    """Tell whether a time of day lies in a span that may run over midnight."""
    return begin <= at < end if begin <= end else at >= begin or at < end


@dataclass(frozen=True)
class HelpTimes:
    """How long each rung of the ladder may take, and how long a helper may be silent."""

    team_minutes: int = 30
    neighbour_minutes: int = 30
    commune_minutes: int = 60
    silent_reminder_minutes: int = 10
    silent_minutes: int = 15
    idle_minutes: int = 30
    idle_close_minutes: int = 120
    reopen_hours: int = 24


@dataclass(frozen=True)
class ActivityLimits:
    """What one entry may hold, how long it can be undone, and when its week is locked.

    `lock_days` counts from the Sunday that ends the week: with 7, the week 19-25/10 is locked from 2/11.
    A picture of an entry is kept `photo_days`; at `remind_at` a sentence without a yes is asked about once.
    What one solved request and one passed lesson are paid with is in đồng, as the rate of a kind is.
    """

    undo_hours: int = 24
    largest: int = 500
    lock_days: int = 7
    photo_days: int = 180
    remind_at: time = time(20)
    solved_rate: int = 0
    lesson_rate: int = 0
    kinds: tuple[Kind, ...] = DEFAULT_KINDS

    @property
    def names(self) -> list[str]:
        """List the stored names of the kinds."""
        return [kind.name for kind in self.kinds]

    def kind(self, name: str) -> Kind | None:
        """Find a kind by its stored name; None for one that has left the configuration."""
        return next((kind for kind in self.kinds if kind.name == name), None)


@dataclass(frozen=True)
class Training:
    """At which hours lessons are brought and reminded."""

    push_at: time = time(19)
    reminder_at: time = time(19)


@dataclass(frozen=True)
class SummaryTime:
    """When the weekly summary goes out; `weekday` counts from Monday = 0."""

    weekday: int = 0
    at: time = time(7, 30)


@dataclass(frozen=True)
class Announcements:
    """How long an announcement may be, and to how many people it goes in a minute."""

    most_chars: int = 600
    per_minute: int = 300


@dataclass(frozen=True)
class Privacy:
    """Who answers for the data, which text was agreed to, and how long things are kept."""

    controller: str = "UBND xã"
    consent_version: str = "2026-11"
    keep_months: int = 12
    backup_days: int = 20


@dataclass(frozen=True)
class Limits:
    """What one account may send."""

    messages_per_minute: int = 20
    message_chars: int = 4000


@dataclass(frozen=True)
class Rules:
    """Every setting that services need; made by the configuration, or `Rules()` for the defaults."""

    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    public_url: str = "http://127.0.0.1:8080"
    hours: Hours = field(default_factory=Hours)
    help: HelpTimes = field(default_factory=HelpTimes)
    activity: ActivityLimits = field(default_factory=ActivityLimits)
    training: Training = field(default_factory=Training)
    summary: SummaryTime = field(default_factory=SummaryTime)
    announcements: Announcements = field(default_factory=Announcements)
    privacy: Privacy = field(default_factory=Privacy)
    limits: Limits = field(default_factory=Limits)
    media_keep_days: int = 7
