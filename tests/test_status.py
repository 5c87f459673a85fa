"""Does an operator see what waits, what failed and when the last backup was made?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.conversation import Quarantine
from services import errors, status
from services import help as requests
from tests.help_stage import RULES, make_stage


async def test_what_waits_and_what_failed_is_counted(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    assert await status.status(session, actor) == status.Status(0, 0, None)
    wish = requests.Wish("mã OTP")
    await requests.ask(session, await stage.actor(session, "Hạnh"), wish, rules=RULES, now=now)
    for attempts in (1, 2):
        session.add(
            Quarantine(channel_account="webchat", external_id=f"{attempts}", attempts=attempts, at=now)
        )
    await status.note_backup(session, now=now - timedelta(days=1))
    await status.note_backup(session, now=now)
    await session.flush()
    offered = len(stage.village.members) + 1
    assert await status.status(session, actor) == status.Status(offered, 1, now)


@pytest.mark.parametrize("who", ["Hạnh", "Bình", "Sự", "Minh"])
async def test_the_machine_is_the_operators(session, now, who):
    stage = await make_stage(session)
    with pytest.raises(errors.NotYours):
        await status.status(session, await stage.actor(session, who))
