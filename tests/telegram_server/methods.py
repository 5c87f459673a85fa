"""Every method the Bot API of the tests knows, by its name in small letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from . import sending
from .call import Call
from .objects import Json, bad_request
from .updates import WEBHOOK_STARTS, Webhook
from .world import World

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
DOWNLOAD_LIMIT = 20_000_000
LONGEST_POLL = 50
TOAST_LIMIT = 200
SECRET_LIMIT = 256
COMMANDS_LIMIT = 100
COMMAND_DESCRIPTION_LIMIT = 256
PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Call) -> Json:
    """Tell who the bot is."""
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return world.bot.as_user() | dict.fromkeys(abilities, False) | {"has_main_web_app": False}


def get_chat(world: World, call: Call) -> Json:
    """Tell what is known of a person."""
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return sending.chat_of(world, call).as_chat() | {
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }


async def get_updates(world: World, call: Call) -> list[Json]:
    """Hand over what people did; the offset confirms what was handed over before."""
    _choose_updates(world, call)
    limit = min(max(call.integer("limit", 100), 1), 100)
    seconds = min(max(call.integer("timeout"), 0), LONGEST_POLL)
    return await world.updates.take(call.integer("offset"), limit, seconds)


async def set_webhook(world: World, call: Call) -> bool:
    """Push updates to an address from now on; an empty address goes back to polling."""
    url, secret = call.text("url"), call.text("secret_token")
    if not url:
        return await delete_webhook(world, call)
    if len(secret) > SECRET_LIMIT:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    _check_webhook_address(url)
    await delete_webhook(world, call)
    _choose_updates(world, call)
    world.updates.interrupt(WEBHOOK_STARTS)
    webhook = Webhook(world.updates, url, secret, retry_pause=world.webhook_retry_pause, clock=world.now)
    world.updates.webhook = webhook
    webhook.wake()
    return True


async def delete_webhook(world: World, call: Call) -> bool:
    """Stop pushing."""
    if webhook := world.updates.webhook:
        world.updates.webhook = None
        await webhook.stop()
    if call.truth("drop_pending_updates"):
        world.updates.pending.clear()
    return True


def get_webhook_info(world: World, _: Call) -> Json:
    """Tell where updates are pushed and what went wrong last."""
    webhook = world.updates.webhook
    info: Json = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if webhook:
        info |= {"url": webhook.url, "max_connections": 40, "ip_address": "127.0.0.1"}
        if webhook.last_error:
            info["last_error_date"], info["last_error_message"] = webhook.last_error
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


def answer_callback_query(world: World, call: Call) -> bool:
    """End the waiting of a tapped button, with a toast or an alert if there is a text."""
    tap = world.taps.get(call.text("callback_query_id"))
    if tap is None or tap.is_too_old:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.is_answered, tap.toast, tap.is_alert = True, call.text("text"), call.truth("show_alert")
    world.has_changed()
    return True


def send_chat_action(world: World, call: Call) -> bool:
    """Show "typing" or the like."""
    action = call.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.actions.append((sending.open_chat_of(world, call), action))
    world.has_changed()
    return True


def get_file(world: World, call: Call) -> Json:
    """Tell where a file can be downloaded."""
    if not call.text("file_id"):
        raise bad_request("file_id not specified")
    file = world.files.get(call.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return file.as_file() | {"file_path": file.path}


def set_my_commands(world: World, call: Call) -> bool:
    """Keep the list shown by the menu button, per scope and language."""
    commands = call.structure("commands") or []
    if len(commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "").removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= COMMAND_DESCRIPTION_LIMIT:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(call)] = commands
    return True


def get_my_commands(world: World, call: Call) -> list[Json]:
    """Give that list back."""
    return world.commands.get(_scope(call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    """Forget that list."""
    world.commands.pop(_scope(call), None)
    return True


def set_my(part: str) -> Callable[[World, Call], bool]:
    """Make the method that keeps the bot's name or one of its descriptions."""

    def keep(world: World, call: Call) -> bool:
        if len(call.text(part)) > PROFILE_LIMITS[part]:
            raise bad_request(f"bot {part.replace('_', ' ')} is too long")
        world.profile[part, call.text("language_code")] = call.text(part)
        return True

    return keep


def get_my(part: str) -> Callable[[World, Call], Json]:
    """Make the method that gives it back."""

    def give(world: World, call: Call) -> Json:
        return {part: world.profile.get((part, call.text("language_code")), "")}

    return give


def _choose_updates(world: World, call: Call) -> None:
    # Left out, the choice of the last time stays; an empty list chooses the default.
    if "allowed_updates" in call.params:
        world.updates.allowed = list(call.structure("allowed_updates") or [])


def _check_webhook_address(url: str) -> None:
    # The real API wants HTTPS and refuses private addresses; the double only ever reaches its own machine.
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")


def _scope(call: Call) -> tuple[str, str]:
    scope = call.structure("scope") or {"type": "default"}
    return str(sorted(scope.items())), call.text("language_code")


METHODS: dict[str, Callable[[World, Call], Any]] = {
    "getme": get_me,
    "getchat": get_chat,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": sending.send_message,
    "sendmediagroup": sending.send_media_group,
    "editmessagetext": sending.edit_message_text,
    "editmessagecaption": sending.edit_message_caption,
    "editmessagemedia": sending.edit_message_media,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
    "deletemessages": sending.delete_messages,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "getfile": get_file,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    **{
        f"send{kind}": sending.send_file(kind)
        for kind in ("photo", "document", "audio", "voice", "video", "sticker")
    },
    **{f"setmy{part.replace('_', '')}": set_my(part) for part in PROFILE_LIMITS},
    **{f"getmy{part.replace('_', '')}": get_my(part) for part in PROFILE_LIMITS},
}
