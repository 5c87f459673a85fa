"""Who is acting, and who may do what where: one table of role, action and scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from models.people import FormOfAddress, Role
from services import errors

# Whoever gave no name is not called by half of this.
UNNAMED = "Bà con"
DEFAULT_FORMS = {FormOfAddress.NAME, None}


class Scope(StrEnum):
    """How far a role reaches."""

    SELF = "self"
    UNIT = "unit"
    SUBTREE = "subtree"


class Action(StrEnum):
    """What can be done to others' facts, or to one's own."""

    ASK = "ask"
    ANSWER_HELP = "answer_help"
    LOG_ACTIVITY = "log_activity"
    CORRECT_ACTIVITY = "correct_activity"
    LEARN = "learn"
    SEE_TEAM = "see_team"
    INVITE = "invite"
    DECIDE_JOIN = "decide_join"
    REMOVE_MEMBER = "remove_member"
    SET_ROSTER = "set_roster"
    CHANGE_LEADER = "change_leader"
    ASSIGN_LESSON = "assign_lesson"
    SEE_SUMMARY = "see_summary"
    ASSIGN_HELP = "assign_help"
    EXPORT = "export"
    INVITE_SUPERVISOR = "invite_supervisor"
    ANNOUNCE = "announce"
    SET_TARGET = "set_target"
    SWITCH_APPROVAL = "switch_approval"
    REOPEN_WEEK = "reopen_week"
    KEEP_GUIDES = "keep_guides"
    RUN_MACHINE = "run_machine"


TABLE: dict[Role, dict[Action, Scope]] = {
    Role.MEMBER: {
        Action.ASK: Scope.SELF,
        Action.ANSWER_HELP: Scope.UNIT,
        Action.LOG_ACTIVITY: Scope.UNIT,
        Action.LEARN: Scope.SELF,
    },
    Role.LEADER: {
        Action.ASK: Scope.SELF,
        Action.ANSWER_HELP: Scope.UNIT,
        Action.LOG_ACTIVITY: Scope.UNIT,
        Action.CORRECT_ACTIVITY: Scope.UNIT,
        Action.LEARN: Scope.SELF,
        Action.SEE_TEAM: Scope.UNIT,
        Action.INVITE: Scope.UNIT,
        Action.DECIDE_JOIN: Scope.UNIT,
        Action.REMOVE_MEMBER: Scope.UNIT,
        Action.SET_ROSTER: Scope.UNIT,
    },
    Role.SUPERVISOR: {
        Action.ASK: Scope.SELF,
        Action.ANSWER_HELP: Scope.SUBTREE,
        Action.CORRECT_ACTIVITY: Scope.SUBTREE,
        Action.SEE_TEAM: Scope.SUBTREE,
        Action.INVITE: Scope.SUBTREE,
        Action.DECIDE_JOIN: Scope.SUBTREE,
        Action.REMOVE_MEMBER: Scope.SUBTREE,
        Action.SET_ROSTER: Scope.SUBTREE,
        Action.CHANGE_LEADER: Scope.SUBTREE,
        Action.ASSIGN_LESSON: Scope.SUBTREE,
        Action.SEE_SUMMARY: Scope.SUBTREE,
        Action.ASSIGN_HELP: Scope.SUBTREE,
        Action.EXPORT: Scope.SUBTREE,
        Action.ANNOUNCE: Scope.SUBTREE,
        Action.SET_TARGET: Scope.SUBTREE,
        Action.SWITCH_APPROVAL: Scope.SUBTREE,
        Action.REOPEN_WEEK: Scope.SUBTREE,
    },
    Role.OPERATOR: {
        Action.ASK: Scope.SELF,
        Action.SEE_TEAM: Scope.SUBTREE,
        Action.INVITE: Scope.SUBTREE,
        Action.REMOVE_MEMBER: Scope.SUBTREE,
        Action.CHANGE_LEADER: Scope.SUBTREE,
        Action.SEE_SUMMARY: Scope.SUBTREE,
        Action.EXPORT: Scope.SUBTREE,
        Action.INVITE_SUPERVISOR: Scope.SUBTREE,
        Action.KEEP_GUIDES: Scope.SUBTREE,
        Action.RUN_MACHINE: Scope.SUBTREE,
    },
}

F = TypeVar("F", bound=Callable[..., Any])


def declares(*actions: Action) -> Callable[[F], F]:
    """Mark which actions a service checks; a test refuses a service with an actor and no mark."""

    def mark(function: F) -> F:
        function.__dict__["actions"] = actions
        return function

    return mark


RANK = (Role.OPERATOR, Role.SUPERVISOR, Role.LEADER, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Held:
    """A role held now, and where."""

    role: Role
    unit_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: resolved once per update, given to every service.

    `person_id` is None for somebody who has not said yes to being remembered.
    """

    account_id: int
    channel: str
    person_id: int | None = None
    name: str = ""
    form_of_address: FormOfAddress | None = None
    locale: str = "vi"
    unit_id: int | None = None
    roles: tuple[Held, ...] = ()
    has_large_text: bool = False
    paused_until: date | None = None

    @property
    def who(self) -> str:
        """Say the person as others are told of them: "anh Bình", or the given name alone."""
        return address(self.name, self.form_of_address)

    @property
    def highest(self) -> Held | None:
        """Find the role whose menu is shown."""
        return min(self.roles, key=lambda held: RANK.index(held.role), default=None)

    def held(self, *roles: Role) -> Held | None:
        """Find the first role held among those named."""
        return next((held for held in self.roles if held.role in roles), None)

    def may(self, action: Action, *, unit_id: int, path: str) -> bool:
        """Tell whether any role held reaches this unit with this action."""
        return any(_reaches(held, action, unit_id, path) for held in self.roles)

    def require(self, action: Action, *, unit_id: int, path: str) -> None:
        """Raise OutsideArea unless some role held reaches this unit with this action."""
        if not self.may(action, unit_id=unit_id, path=path):
            raise errors.OutsideArea(who=self.who or "Tổ Số")

    def require_anywhere(self, action: Action) -> None:
        """Raise NotYours unless some role held has this action: for what belongs to no unit."""
        if not any(action in TABLE[held.role] for held in self.roles):
            raise errors.NotYours


def _reaches(held: Held, action: Action, unit_id: int, path: str) -> bool:
    scope = TABLE[held.role].get(action)
    if scope is Scope.SUBTREE:
        return path.startswith(held.path)
    return scope is Scope.UNIT and held.unit_id == unit_id


def given_name(name: str) -> str:
    """Take the given name, which Vietnamese names end with; "" for whoever gave none."""
    return "" if name == UNNAMED else name.rsplit(maxsplit=1)[-1] if name.split() else name


def address(name: str, form: FormOfAddress | str | None) -> str:
    """Say a person by form of address and given name, or by the given name alone."""
    given = given_name(name)
    if form in DEFAULT_FORMS or form == "name":
        return given or ("" if not name else UNNAMED.lower())
    return f"{form} {given}".strip()


def capitalised(who: str) -> str:
    """Begin a sentence with a person: "Anh Bình"."""
    return who[:1].upper() + who[1:]
