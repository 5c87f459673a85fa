"""How a script is read and played: conversations as an official would write them down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.givens import apply
from tests.talk import Received, Talk

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BOT = "Bot"
MEDIA = {
    "<ảnh>": "photo",
    "<giọng nói>": "voice",
    "<nhãn dán>": "sticker",
    "<tệp>": "document",
    "<danh thiếp>": "contact",
}
_SPEAKER = re.compile(r"^(\S+(?: \S+)?)  +(.*)$")
_LABELS = re.compile(r"(?:\s*\[[^\[\]]+\])+\s*$")
_NOTE = re.compile(r"\s+--\s.*$")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})h(\d{2})?")


@dataclass(slots=True)
class Line:
    """One line of a script: who, whether they receive it, and the words."""

    number: int
    who: str
    text: str
    is_received: bool = False


@dataclass(slots=True)
class Script:
    """A script file: what is given first, then lines and clock times in order."""

    path: Path
    title: str
    givens: list[str]
    lines: list[Line | datetime]
    channels: str = ""


def read(path: Path) -> Script:
    """Read a script; raises AssertionError naming the line that cannot be read."""
    script = Script(path, "", [], [])
    moment: datetime | None = None
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = _NOTE.sub("", raw.rstrip())
        if not line.strip() or line.startswith("--"):
            continue
        if line.startswith("#"):
            script.title = script.title or line[1:].strip()
        elif line.startswith("%"):
            script.channels = line[1:].strip()
        elif line.startswith("="):
            script.givens.append(line[1:].strip())
        elif line.startswith("@"):
            moment = _moment(line, moment)
            script.lines.append(moment)
        elif line[0].isspace():
            last = script.lines[-1]
            assert isinstance(last, Line), f"{path.name}:{number}: nothing to continue"
            last.text += "\n" + line.strip()
        else:
            found = _SPEAKER.match(line)
            assert found, f"{path.name}:{number}: no speaker"
            text = found[2].strip()
            received = text.startswith("←")
            script.lines.append(Line(number, found[1], text.lstrip("← "), received))
    return script


def _moment(line: str, before: datetime | None) -> datetime:
    day = _DAY.search(line)
    clock = _CLOCK.search(line)
    assert clock, f"no clock time in {line!r}"
    at = time(int(clock[1]), int(clock[2] or 0))
    if day:
        return datetime(int(day[3]), int(day[2]), int(day[1]), at.hour, at.minute, tzinfo=ZONE)
    assert before, f"the first clock line needs a date: {line!r}"
    return before.replace(hour=at.hour, minute=at.minute)


async def record(script: Script, talk: Talk) -> str:
    """Play only what people do, and write down what everybody then receives: the file as it is today."""
    lines = [f"# {script.title}", *([f"% {script.channels}"] if script.channels else [])]
    lines += [f"= {phrase}" for phrase in script.givens]
    talk.clock.moment = next(line for line in script.lines if isinstance(line, datetime))
    await talk.scheduler.run_all()
    for phrase in script.givens:
        await apply(phrase, talk)
    await talk.deliver()
    cast = sorted({line.who for line in script.lines if isinstance(line, Line)} - {BOT})
    for line in script.lines:
        if isinstance(line, datetime):
            await talk.at(line)
            lines.append(f"@ {line:%d/%m/%Y} {line.hour}h{line.minute:02d}")
        elif line.who != BOT and not line.is_received:
            lines.append(f"{line.who:<5} {line.text}")
            await _act(talk, line)
        lines += _heard(talk, cast, line.who if isinstance(line, Line) else "")
    return "\n".join(lines) + "\n"


def _heard(talk: Talk, cast: list[str], speaker: str) -> list[str]:
    heard = []
    for who in sorted(cast, key=lambda one: one != speaker):
        for message in talk.unread[who]:
            head = f"{BOT:<5} " if who == speaker else f"{who:<5} ← "
            text = message.text.replace("\n", "\n      ") + ("\n      <ảnh>" if message.has_picture else "")
            labels = " ".join(f"[{label}]" for label in message.labels)
            heard.append(head + text + (f"\n      {labels}" if labels else ""))
        talk.unread[who].clear()
    return heard


async def play(script: Script, talk: Talk) -> None:
    """Play a script: everything anybody in it receives must be written there, in each one's order."""
    first = next(line for line in script.lines if isinstance(line, datetime))
    talk.clock.moment = first
    await talk.scheduler.run_all()
    for phrase in script.givens:
        await apply(phrase, talk)
    await talk.deliver()
    cast = {line.who for line in script.lines if isinstance(line, Line)} - {BOT}
    speaker = ""
    for line in script.lines:
        if isinstance(line, datetime):
            await talk.at(line)
        elif line.who == BOT or line.is_received:
            _compare(script, line, talk, speaker if line.who == BOT else line.who)
        else:
            _nothing_unread(script, line, talk, {line.who})
            speaker = line.who
            await _act(talk, line)
    _nothing_unread(script, None, talk, cast)


async def _act(talk: Talk, line: Line) -> None:
    if line.text in MEDIA:
        await talk.send(line.who, MEDIA[line.text])
    elif re.fullmatch(r"\[[^\[\]]+\]", line.text):
        await talk.tap(line.who, line.text[1:-1])
    else:
        await talk.say(line.who, line.text)


def _compare(script: Script, line: Line, talk: Talk, who: str) -> None:
    place = f"{script.path.name}:{line.number}"
    assert talk.unread[who], f"{place}: {who} received nothing, expected {line.text!r}"
    received = talk.unread[who].pop(0)
    labels_at = _LABELS.search(line.text)
    labels = tuple(re.findall(r"\[([^\[\]]+)\]", labels_at[0])) if labels_at else ()
    text = line.text[: labels_at.start()] if labels_at else line.text
    has_picture = "<ảnh" in text
    has_document = "<tệp" in text
    text = re.sub(r"\s*<(?:ảnh|tệp)[^<>]*>\s*", "\n", text).strip()
    assert _agrees(text, received), f"{place}: {who} received\n{received.text}\n--- expected\n{text}"
    assert _same_labels(labels, received), f"{place}: {who} has {received.labels}, expected {labels}"
    assert has_picture == received.has_picture, f"{place}: picture: {received.has_picture}"
    if has_document and talk.channel.limits.sends_files:
        assert received.has_document, f"{place}: no document"


def _agrees(text: str, received: Received) -> bool:
    lines = [line.strip() for line in text.split("\n")]
    pattern = r"\s*\n\s*".join(re.escape(line).replace("…", ".*") for line in lines)
    return re.fullmatch(pattern, received.text.strip(), re.DOTALL) is not None


def _same_labels(labels: tuple[str, ...], received: Received) -> bool:
    if received.labels and not received.data and not received.is_numbered:
        return len(labels) == len(received.labels)
    return labels == received.labels


def _nothing_unread(script: Script, line: Line | None, talk: Talk, cast: set[str]) -> None:
    place = f"{script.path.name}:{line.number if line else 'end'}"
    for who in cast:
        left = talk.unread[who]
        assert not left, f"{place}: {who} also received\n{left[0].text}\n{left[0].labels}"
