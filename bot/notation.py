"""How is a talk written down so that it can be played again as a golden conversation?"""

from __future__ import annotations

from datetime import datetime

from bot.channels import Outgoing
from bot.choices import said
from locales import dates

_BOT = "Bot"
_PICTURE = "<ảnh>"


class Notebook:
    """Writes down a talk while it is held: what somebody types, and what they receive.

    A choice is written by its label whichever way it was made, so that the talk plays on every channel.
    """

    def __init__(self, title: str, who: str) -> None:
        """Begin a page about one person."""
        self.who = who
        self._lines = [f"# {title}"]
        self._moment: datetime | None = None
        self._open: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The talk so far."""
        return "\n".join([*self._lines, ""])

    def type(self, text: str, *, at: datetime) -> None:
        """Write what the person types."""
        self._look_at_the_clock(at)
        label = self._chosen(text)
        self._lines.append(f"{self.who:<5} {f'[{label}]' if label else text.strip()}")

    def receive(self, message: Outgoing, *, at: datetime) -> None:
        """Write what the person receives; what answers them can be chosen from."""
        self._look_at_the_clock(at)
        labels = tuple(button.label for button in message.buttons)
        if not message.is_notice:
            self._open = labels if message.is_listed else ()
        head = f"{self.who:<5} ← " if message.is_notice else f"{_BOT:<5} "
        body = [*message.text.split("\n"), *([_PICTURE] if message.picture else [])]
        if labels:
            body.append(" ".join(f"[{label}]" for label in labels))
        self._lines += [head + body[0], *(f"      {line}" for line in body[1:])]

    def _chosen(self, text: str) -> str | None:
        names = {said(label): label for label in self._open}
        numbers = {str(number): label for number, label in enumerate(self._open, 1)}
        return names.get(said(text)) or numbers.get(text.strip())

    def _look_at_the_clock(self, at: datetime) -> None:
        moment = at.replace(second=0, microsecond=0)
        if moment == self._moment:
            return
        is_same_day = self._moment is not None and self._moment.date() == moment.date()
        day = "" if is_same_day else f"{dates.weekday(moment.date())} {dates.long(moment.date())} "
        self._lines.append(f"@ {day}{dates.clock(moment)}")
        self._moment = moment
