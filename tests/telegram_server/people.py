"""What can a person do to the bot? The hands of a test."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .objects import Button, Content, Json, Message, Person, Tap, Words
from .words import utf16_length
from .world import World

JPEG = b"\xff\xd8\xff\xe0 a picture of nobody \xff\xd9"


class People(World):
    """Every method is something a person does in their private chat; the bot gets the update at once."""

    def say(self, person: Person, text: str, *, reply_to: Message | None = None) -> Message:
        """Write a text; a word that begins with a slash is marked as a command, as the apps do."""
        command = re.match(r"/[A-Za-z0-9_]+", text)
        marks = (("bot_command", 0, utf16_length(command[0]), ""),) if command else ()
        return self._post(person, Content(Words(text, marks)), reply_to=reply_to)

    def start(self, person: Person, payload: str = "") -> Message:
        """Press Start, or open `t.me/<bot>?start=<payload>`; takes a block back."""
        assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload), f"no deep link can carry {payload!r}"
        if person.has_blocked:
            person.has_blocked = False
            self._tell_membership(person, "kicked", "member")
        person.has_started = True
        return self.say(person, f"/start {payload}".strip())

    def send_photo(self, person: Person, content: bytes = JPEG, caption: str = "") -> Message:
        """Send a picture."""
        return self._post(
            person, Content(Words(caption), self.keep("photo", content, "photo.jpg", "image/jpeg"))
        )

    def send_album(self, person: Person, pictures: Sequence[bytes], caption: str = "") -> list[Message]:
        """Send pictures as one album: one update each, the caption on the first."""
        files = [self.keep("photo", content, "photo.jpg", "image/jpeg") for content in pictures]
        album = f"album-{files[0].id}"
        return [
            self._post(person, Content(Words("" if number else caption), file), album=album)
            for number, file in enumerate(files)
        ]

    def send_document(self, person: Person, content: bytes, name: str, mime: str) -> Message:
        """Send a file."""
        return self._post(person, Content(file=self.keep("document", content, name, mime)))

    def send_voice(self, person: Person, content: bytes = b"OggS a voice of nobody") -> Message:
        """Send a voice message."""
        return self._post(person, Content(file=self.keep("voice", content, "voice.oga", "audio/ogg")))

    def send_sticker(self, person: Person) -> Message:
        """Send a sticker."""
        return self._post(
            person, Content(file=self.keep("sticker", b"RIFF    WEBP", "sticker.webp", "image/webp"))
        )

    def share_contact(self, person: Person, phone: str) -> Message:
        """Share one's own telephone number."""
        contact = {"phone_number": phone, "first_name": person.first_name, "user_id": person.id}
        return self._post(person, Content(), extra={"contact": contact})

    def share_location(self, person: Person, latitude: float, longitude: float) -> Message:
        """Share where one is."""
        return self._post(
            person, Content(), extra={"location": {"latitude": latitude, "longitude": longitude}}
        )

    def edit(self, message: Message, text: str) -> Message:
        """Correct one's own text."""
        message.change(Content(Words(text)), self.now())
        self.updates.add("edited_message", message.as_json(), lane=message.chat.id)
        return message

    def tap(self, person: Person, label_or_data: str, message: Message | None = None) -> Tap:
        """Touch the newest button of that label or data, or the one below `message`, however old.

        A button of a reply keyboard is not a tap: use `say` with its label, as Telegram does.
        """
        candidates = (
            [message] if message else [one for one in reversed(self.messages(person)) if one.is_from_bot]
        )
        for shown in candidates:
            for button in shown.buttons:
                if label_or_data in {button.label, button.data}:
                    return self._tap(person, shown, button)
        seen = [shown.labels for shown in candidates if shown.labels]
        raise AssertionError(f"no button {label_or_data!r} in front of {person.first_name}; there are {seen}")

    def forget_taps(self) -> None:
        """Let the time to answer the taps so far run out: answering one is now "query is too old"."""
        for tap in self.taps.values():
            tap.is_too_old = True

    def block(self, person: Person) -> None:
        """Block the bot: it is told once, and writing to the person is forbidden until they press Start."""
        person.has_blocked = True
        self._tell_membership(person, "member", "kicked")

    def delete_account(self, person: Person) -> None:
        """Leave Telegram; nobody is told."""
        person.is_deactivated = True

    def _tap(self, person: Person, message: Message, button: Button) -> Tap:
        assert button.data is not None, (
            f"the button {button.label!r} opens {button.url}; the bot does not learn of it"
        )
        tap = Tap(str(4_400_000_000_000_000_001 + len(self.taps)), person, message, button.data)
        self.taps[tap.id] = tap
        self.updates.add("callback_query", self.callback_json(tap), lane=person.id)
        return tap

    def callback_json(self, tap: Tap) -> Json:
        """Write the callback query of an update."""
        return tap.as_json()

    def _post(self, person: Person, content: Content, **more: object) -> Message:
        assert not person.has_blocked, f"{person.first_name} blocked the bot: only Start is on the screen"
        person.has_started = True
        message = self.write(person, person, content, **more)
        self.updates.add("message", message.as_json(), lane=person.id)
        return message

    def _tell_membership(self, person: Person, before: str, after: str) -> None:
        def member(status: str) -> Json:
            return {"status": status, "user": self.bot.as_user()} | (
                {"until_date": 0} if status == "kicked" else {}
            )

        change = {
            "chat": person.as_chat(),
            "from": person.as_user(),
            "date": self.now(),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
        self.updates.add("my_chat_member", change, lane=person.id)
