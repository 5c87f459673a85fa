"""The script book, played on every kind of channel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from services.media import MediaStore
from tests import golden
from tests.codes import known_codes
from tests.talk import BUTTONS, LIST, Clock, Pulled, Recorder, Talk
from tests.world import RULES, build

SCRIPTS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))
CHANNELS = {"buttons": lambda: Recorder(BUTTONS), "list": lambda: Recorder(LIST), "web": Pulled}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_script_is_what_happens(
    path, channel, content, sqlite_database, tmp_path, caplog, request, monkeypatch
) -> None:
    caplog.set_level("DEBUG")
    known_codes(monkeypatch)
    script = golden.read(path)
    if script.channels and channel not in script.channels.split():
        pytest.skip(f"this script is about {script.channels} only")
    talk = Talk(
        database=sqlite_database,
        channel=CHANNELS[channel](),
        clock=Clock(datetime.now(golden.ZONE)),
        rules=RULES,
        given={**content, "media": MediaStore(tmp_path / "media")},
        media=tmp_path / "media",
    )
    await build(talk)
    if request.config.getoption("rewrite"):
        if channel != "list":
            path.write_text(await golden.record(script, talk), encoding="utf-8")
        return
    await golden.play(script, talk)
    said = {line.text for line in script.lines if isinstance(line, golden.Line) and len(line.text) > 12}
    leaked = [
        record.getMessage() for record in caplog.records if any(text in str(vars(record)) for text in said)
    ]
    assert not leaked, "a log line holds what somebody said"
