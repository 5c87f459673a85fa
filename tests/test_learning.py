"""Is what people teach counted, tried, decided by operators alone, and answered with from then on?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from bot import learned as keeping
from bot.learned import Learned
from models.audit import Audit
from models.help import HelpRequest
from models.learning import Proposal, ProposalState
from services import errors, help_outcome, help_promises, help_relay, learning
from services import help as requests
from services.erasure import erase_person
from services.guides import Guide, Library, Step
from services.learning_trial import Trial, try_all
from services.matching import Entry, Matcher
from services.retention import purge_proposals
from tests.factories import actor_for, make_person
from tests.help_stage import RULES, ask, claim, finish, make_stage, reach, relay_of, told

WORDS = "cai the xanh"
WISH = requests.Wish("cai the xanh", words=WORDS)
STEPS = (Step(1, "Mở VNeID."),)
GUIDES = Library(
    (
        Guide("bhyt", "vi", "Thẻ BHYT", phrases=("thẻ bảo hiểm y tế", "bảo hiểm đi khám"), steps=STEPS),
        Guide("bang_lai", "vi", "Đổi bằng lái xe", phrases=("bằng lái hết hạn", "đổi gplx"), steps=STEPS),
        Guide("tam_tru", "vi", "Đăng ký tạm trú", phrases=("ở trọ", "khai tạm trú"), steps=STEPS),
        Guide("so_do", "vi", "Cấp sổ đỏ", phrases=("làm sổ đỏ",)),
    )
)


async def proposals(session) -> list[tuple[str, str, int, ProposalState]]:
    await session.flush()
    found = await session.exec(
        select(Proposal).order_by(col(Proposal.id)), execution_options={"populate_existing": True}
    )
    return [(one.words, one.slug, one.times, one.state) for one in found]


async def propose(session, now, words: str = WORDS, slug: str = "bhyt", *, costs: int | None = 0) -> int:
    proposal = Proposal(words=words, slug=slug, costs=costs, noted_at=now, last_at=now)
    session.add(proposal)
    await session.flush()
    return proposal.id or 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Cái THẺ xanh đâu rồi?", "cai the xanh dau roi"),
        ("the bhyt so 0905123456 cua toi", "the bhyt so cua toi"),
        ("mat khau •••• (đã che mật khẩu) cua vneid", "mat khau cua vneid"),
        ("thẻ", ""),
        ("🙂 🙂", ""),
        ("mot " * 60, ("mot " * 30).strip()),
    ],
)
def test_words_are_learnt_folded_without_secrets_and_short(typed, words):
    assert learning.words_of(typed) == words


async def test_equal_questions_are_counted_together(session, now):
    await learning.note(session, WORDS, "bhyt", now=now)
    await learning.note(session, WORDS, "bhyt", now=now)
    await learning.note(session, WORDS, "tam_tru", now=now)
    await learning.note(session, "", "tam_tru", now=now)
    open_ = ProposalState.OPEN
    assert await proposals(session) == [(WORDS, "bhyt", 2, open_), (WORDS, "tam_tru", 1, open_)]


async def test_words_nobody_could_place_count_for_the_guide_they_are_known_with(session, now):
    await learning.note(session, WORDS, "", now=now)
    await learning.note(session, WORDS, "", now=now)
    assert await proposals(session) == [(WORDS, "", 2, ProposalState.OPEN)]
    await learning.note(session, WORDS, "bhyt", now=now)
    await learning.note(session, WORDS, "bhyt", now=now)
    await learning.note(session, WORDS, "bhyt", now=now)
    await learning.note(session, WORDS, "", now=now)
    assert {(slug, times) for _words, slug, times, _state in await proposals(session)} == {
        ("", 2),
        ("bhyt", 4),
    }


async def test_a_proposal_points_at_nobody():
    columns = sa.inspect(Proposal).local_table.columns
    assert not [column.name for column in columns if column.foreign_keys or "person" in column.name]


async def test_the_guide_a_helper_sent_is_what_the_question_means(session, now):
    stage = await make_stage(session)
    request = await ask(session, stage, now, wish=WISH)
    await claim(session, stage, request, "Bình", now)
    relay = await relay_of(session, stage, "Bình")
    helper = await stage.actor(session, "Bình")
    assert await help_relay.send_guide(session, helper, relay, "bhyt", "Thẻ BHYT", rules=RULES, now=now)
    assert await proposals(session) == []
    await finish(session, stage, request, "Bình", now)
    assert await proposals(session) == [(WORDS, "bhyt", 1, ProposalState.OPEN)]
    assert [
        row.payload["vars"]["slug"] for row in await told(session, stage.people["Hạnh"], "RelayedGuide")
    ] == ["bhyt"]
    noted = select(func.count()).where(Audit.subject == "proposal")
    assert (await session.exec(noted)).one() == 0, "an audit row would say whose words they are"


async def test_a_question_answered_in_words_waits_for_somebody_to_place_it_and_counts_once(session, now):
    stage = await make_stage(session)
    request = await ask(session, stage, now, wish=WISH)
    await claim(session, stage, request, "Bình", now)
    await finish(session, stage, request, "Bình", now)
    citizen = await stage.actor(session, "Hạnh")
    await help_outcome.reopen(session, citizen, request.id or 0, same=True, rules=RULES, now=now)
    await finish(session, stage, request, "Bình", now)
    assert await proposals(session) == [(WORDS, "", 1, ProposalState.OPEN)]


@pytest.mark.parametrize(
    "wish",
    [requests.Wish("Cấp sổ đỏ", words=WORDS, stub="so_do"), requests.Wish("mã OTP", guide="bhyt", step=1)],
    ids=["a service without a guide", "stuck at a step"],
)
async def test_what_was_understood_teaches_nothing(session, now, wish):
    stage = await make_stage(session)
    request = await ask(session, stage, now, wish=wish)
    await claim(session, stage, request, "Bình", now)
    await finish(session, stage, request, "Bình", now)
    assert await proposals(session) == []


async def test_a_withdrawn_request_teaches_nothing(session, now):
    stage = await make_stage(session)
    request = await ask(session, stage, now, wish=WISH)
    assert await requests.withdraw(session, await stage.actor(session, "Hạnh"), request.id or 0, now=now)
    await help_promises.keep_promises(session, rules=RULES, now=now)
    assert await proposals(session) == []


async def test_an_accepted_way_of_asking_is_no_other_guides_any_longer(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    wrong = await propose(session, now, slug="tam_tru")
    right = await propose(session, now, slug="bhyt")
    assert await learning.accept(session, actor, right, now=now)
    assert await learning.accept(session, actor, right, now=now) is None, "a second tap"
    assert await learning.accept(session, actor, wrong, now=now) is None
    assert await learning.accepted(session) == {"bhyt": (WORDS,)}
    assert [state for *_rest, state in await proposals(session)] == [
        ProposalState.REJECTED,
        ProposalState.ACCEPTED,
    ]
    rows = (
        await session.exec(select(Audit).where(Audit.subject == "proposal").order_by(col(Audit.id)))
    ).all()
    assert [(row.action, row.subject_id) for row in rows] == [
        ("proposal_accepted", right),
        ("proposal_rejected", wrong),
    ]
    assert all(WORDS not in str(vars(row)) for row in rows)


async def test_a_yes_can_be_taken_back(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    number = await propose(session, now)
    await learning.accept(session, actor, number, now=now)
    before = await learning.version(session)
    assert await learning.reject(session, actor, number, now=now)
    assert await learning.reject(session, actor, number, now=now) is None
    await session.flush()
    assert await learning.accepted(session) == {}
    assert await learning.version(session) != before


async def test_a_refused_way_of_asking_is_counted_and_not_asked_about_again(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    await learning.reject(session, actor, await propose(session, now), now=now)
    await session.flush()
    await learning.note(session, WORDS, "bhyt", now=now)
    assert await proposals(session) == [(WORDS, "bhyt", 2, ProposalState.REJECTED)]
    assert await learning.waiting(session) == 0
    assert await learning.next_proposal(session, actor) is None


async def test_another_guide_is_tried_before_it_is_asked_about(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    number = await propose(session, now, slug="tam_tru")
    target = await learning.move(session, actor, number, "bhyt", now=now)
    assert target is not None
    await session.flush()
    assert await learning.waiting(session) == 0
    due = await learning.to_try(session, "", limit=10)
    assert [(one.words, one.slug) for one in due] == [(WORDS, "bhyt")]
    await learning.keep_trial(session, due[0].id or 0, "bhyt", costs=3, version="")
    await session.flush()
    found = await learning.next_proposal(session, actor)
    assert found is not None
    assert (found.slug, found.costs) == ("bhyt", 3)


async def test_words_that_turn_out_to_mean_a_known_pair_are_counted_with_it(session, now):
    unplaced = await propose(session, now, slug="", costs=None)
    await propose(session, now, slug="bhyt")
    await learning.keep_trial(session, unplaced, "bhyt", costs=1, version="1")
    assert await proposals(session) == [(WORDS, "bhyt", 2, ProposalState.OPEN)]


async def test_what_is_accepted_makes_open_proposals_be_tried_again(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    first = await propose(session, now)
    await propose(session, now, "bang lai cu")
    assert await learning.to_try(session, "", limit=10) == []
    await learning.accept(session, actor, first, now=now)
    await session.flush()
    version = await learning.version(session)
    assert [one.words for one in await learning.to_try(session, version, limit=10)] == ["bang lai cu"]


@pytest.mark.parametrize("who", ["Hạnh", "Bình", "Sự", "Minh"])
async def test_only_operators_decide(session, now, who):
    stage = await make_stage(session)
    actor = await stage.actor(session, who)
    number = await propose(session, now)
    for doing in (learning.accept, learning.reject):
        with pytest.raises(errors.NotYours):
            await doing(session, actor, number, now=now)
    with pytest.raises(errors.NotYours):
        await learning.move(session, actor, number, "tam_tru", now=now)
    with pytest.raises(errors.NotYours):
        await learning.next_proposal(session, actor)


async def test_a_proposal_that_is_gone_is_refused(session, now):
    stage = await make_stage(session)
    with pytest.raises(errors.NotYours):
        await learning.accept(session, await stage.actor(session, "Tuấn"), 99, now=now)


async def test_operators_hear_of_new_proposals_once_a_day(session, now):
    stage = await make_stage(session)
    tuan = stage.people["Tuấn"]
    await propose(session, now, "chua thu", costs=None)
    assert await learning.tell_operators(session, now=now) == 0
    await propose(session, now)
    assert await learning.tell_operators(session, now=now) == 1
    await propose(session, now, "bang lai cu")
    assert await learning.tell_operators(session, now=now + timedelta(hours=1)) == 0
    assert await learning.tell_operators(session, now=now + timedelta(days=1)) == 0, "nothing new since"
    await propose(session, now, "o tro")
    assert await learning.tell_operators(session, now=now + timedelta(days=1)) == 1
    assert [row.payload["vars"]["count"] for row in await told(session, tuan, "ProposalsWait")] == [1, 3]


async def test_the_third_request_in_a_month_for_a_service_without_a_guide_is_told_once(session, now):
    stage = await make_stage(session)
    wish = requests.Wish("Cấp sổ đỏ", words=WORDS, stub="so_do")
    days = (40, 20, 10, 5, 1)
    for number, ago in enumerate(days):
        person = await make_person(session, f"Người {number}", unit=stage.village.unit)
        await reach(session, person)
        at = now - timedelta(days=ago)
        await requests.ask(session, await actor_for(session, person), wish, rules=RULES, now=at)
        heard = await told(session, stage.people["Tuấn"], "GuideMissing")
        assert len(heard) == int(number >= 3), "40 days ago is too long"
    (word,) = await told(session, stage.people["Tuấn"], "GuideMissing")
    assert word.payload["vars"] == {"slug": "so_do", "title": "Cấp sổ đỏ", "times": 3}


async def test_old_and_refused_proposals_are_purged_and_accepted_ones_stay(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    long_ago = now - timedelta(days=91)
    await propose(session, long_ago, "khong ai hoi nua")
    await propose(session, now, "moi hoi")
    await learning.accept(session, actor, await propose(session, long_ago, "da nhan"), now=long_ago)
    await learning.reject(session, actor, await propose(session, long_ago, "khong nhan"), now=long_ago)
    await learning.reject(session, actor, await propose(session, long_ago, "moi bo"), now=now)
    await session.flush()
    assert await purge_proposals(session, now=now, limit=10) == 2
    assert [words for words, *_rest in await proposals(session)] == ["moi hoi", "da nhan", "moi bo"]


def test_learnt_words_stand_beside_a_guides_own_and_gone_guides_are_passed_over():
    known = learning.entries(GUIDES, {"bhyt": (WORDS,), "gone": ("khong con",)})
    by_slug = {entry.slug: entry for entry in known}
    assert by_slug["bhyt"].phrases == ("thẻ bảo hiểm y tế", "bảo hiểm đi khám", WORDS)
    assert by_slug["so_do"].is_stub
    assert "gone" not in by_slug


def test_a_phrase_that_takes_another_guides_questions_costs_them():
    phrases = {
        "khai_sinh": (
            "khai sinh cho con",
            "giay khai sinh cua con",
            "lam khai sinh cho be",
            "khai sinh muon",
        ),
        "ho_chieu": ("ho chieu cho con", "lam ho chieu", "passport di nuoc ngoai", "ho chieu het han"),
    }
    trial = Trial([Entry(slug, slug, said) for slug, said in phrases.items()])
    assert trial.costs("giay khai sinh cho con cua be", "ho_chieu") > 0
    assert trial.costs("giay khai sinh cho con cua be", "khai_sinh") == 0
    assert trial.costs("visa my", "ho_chieu") == 0


def test_words_nobody_placed_are_tried_with_the_nearest_guide():
    known = learning.entries(GUIDES, {})
    assert try_all(known, [("bang lai cu", ""), ("你好", ""), ("bang lai cu", "tam_tru")]) == [
        ("bang_lai", 0),
        ("", 0),
        ("tam_tru", 0),
    ]


async def test_what_is_accepted_is_answered_in_every_process_without_a_restart(database, now, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_EVERY", 0.01)
    processes = []
    for _number in range(2):
        given = {"guides": GUIDES, "matcher": Matcher(learning.entries(GUIDES, {}))}
        processes.append(Learned(database, given))
    working = [asyncio.create_task(one.run()) for one in processes]
    question = "so xanh xanh cua ba"
    assert [one.given["matcher"].match(question).guide for one in processes] == [None, None]
    async with database.writing() as session:
        stage = await make_stage(session)
        number = await propose(session, now, question)
        tuan = await stage.actor(session, "Tuấn")
        await learning.accept(session, tuan, number, now=now)
    await _until(lambda: all(one.given["matcher"].match(question).guide == "bhyt" for one in processes))
    async with database.writing() as session:
        await learning.reject(session, tuan, number, now=now)
    await _until(lambda: all(one.given["matcher"].match(question).guide is None for one in processes))
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)


async def _until(holds) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - nobody rings when a matcher was changed
            await asyncio.sleep(0.02)


async def test_a_process_that_starts_later_knows_what_was_accepted_and_builds_once(database, now):
    async with database.writing() as session:
        stage = await make_stage(session)
        number = await propose(session, now, "so xanh xanh cua ba")
        await learning.accept(session, await stage.actor(session, "Tuấn"), number, now=now)
    given: dict[str, Any] = {"guides": GUIDES, "matcher": None}
    keeper = Learned(database, given)
    assert await keeper.refresh()
    assert given["matcher"].match("so xanh xanh cua ba").guide == "bhyt"
    built = given["matcher"]
    assert not await keeper.refresh()
    assert given["matcher"] is built


async def test_a_database_that_is_away_is_asked_again(database, now, monkeypatch, caplog):
    monkeypatch.setattr(keeping, "LOOK_EVERY", 0.01)
    calls = []

    async def refresh(self: Learned) -> bool:
        calls.append(self)
        raise ConnectionError

    monkeypatch.setattr(Learned, "refresh", refresh)
    task = asyncio.create_task(Learned(database, {}).run())
    await _until(lambda: len(calls) > 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "matcher not changed" in caplog.text


async def test_whoever_is_forgotten_leaves_words_that_point_at_nobody(session, now):
    stage = await make_stage(session)
    request = await ask(session, stage, now, wish=WISH)
    await claim(session, stage, request, "Bình", now)
    await finish(session, stage, request, "Bình", now)
    await session.flush()
    stored = await session.get(HelpRequest, request.id)
    assert stored is not None
    assert stored.words is None, "once noted they are with the proposal alone"
    assert await erase_person(session, stage.id("Hạnh"), now=now)
    assert await proposals(session) == [(WORDS, "", 1, ProposalState.OPEN)]
