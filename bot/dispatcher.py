"""Which handlers there are, and in which order they are asked."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from aiogram import Dispatcher, Router

from bot.switchboard import Switchboard

# The order matters: a right check code and what two people say to each other come before all else, then
# secrets and scams, whatever is going on; invites before a stranger's greeting,
# commands and what is going on before free questions, which take any text. A yes to a sentence comes before
# THÔI: typed without marks, "đúng" and "dừng" are one word.
ROUTERS: Final = (
    "check_codes",
    "relay",
    "harassment",
    "safety",
    "scam",
    "small_talk",
    "joining",
    "help_words",
    "my_data",
    "hello",
    "village",
    "activity_drafts",
    "activity",
    "activity_amounts",
    "activity_written",
    "activity_days",
    "activity_entries",
    "activity_mine",
    "activity_extras",
    "activity_draft_parts",
    "activity_draft_fixes",
    "reviews",
    "reopenings",
    "team_week",
    "summary",
    "summary_parts",
    "summary_nudged",
    "summary_waiting",
    "numbers",
    "ledger",
    "menu",
    "status",
    "learning",
    "freshness",
    "settings",
    "announcements",
    "announcement_sending",
    "announcement_notices",
    "news",
    "targets",
    "target_sharing",
    "summary_actions",
    "team_nudge",
    "wording",
    "person_words",
    "training",
    "training_notices",
    "training_assign",
    "training_sets",
    "training_review",
    "training_team",
    "certificates",
    "team",
    "team_lead",
    "team_area",
    "duty",
    "duty_roster",
    "join_requests",
    "invites",
    "activity_sentences",
    "helping",
    "help_list",
    "beside",
    "guides",
    "guide_steps",
    "guide_asides",
    "guide_end",
    "guide_list",
    "help_waiting",
    "help",
    "questions",
    "rest",
)


@cache
def make_dispatcher() -> Dispatcher:
    """Make the dispatcher, once: a router belongs to one dispatcher, and neither holds any state.

    States live in the conversation row, so aiogram's own storage is off.
    """
    dispatcher = Switchboard(disable_fsm=True)
    dispatcher.include_routers(*(_lean(import_module(f"handlers.{name}").router) for name in ROUTERS))
    return dispatcher


def _lean(router: Router) -> Router:
    """Let go of what a router waits for in vain: aiogram prepares each for 28 kinds of event, in 35 kB."""
    for kind, observer in list(router.observers.items()):
        if not observer.handlers and hasattr(router, kind):
            del router.observers[kind]
            delattr(router, kind)
    return router
