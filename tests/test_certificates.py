"""A whole set passed is certified once, under a code that says who it was for and to nobody who guesses."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from PIL import Image
from sqlmodel import col, select

from bot.app import Program
from bot.config import load
from bot.library import ROOT
from bot.papers import Papers
from bot.web.verify import Guesses
from models.audit import Audit
from models.certificate import Certificate
from models.delivery import Media
from models.people import Assignment, Role
from models.training import TaskAssignment, TaskState, TrainingTask
from services import certificate_pdf, certificates, erasure, errors, lesson_cards, training_pictures
from services.lessons import Lessons
from services.media import MediaStore
from services.rules import Rules
from tests.factories import LONG_AGO, actor_for, make_person, make_village_with_team
from tests.learning import give, learn

URL = "https://toso.example"
WEEK = timedelta(days=7)
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return Lessons.load(ROOT / "lessons")


@pytest.fixture
async def village(session):
    return await make_village_with_team(session)


async def pass_all(session, person, lessons, *, without=()) -> None:
    """Write that somebody passed every lesson of the set but those."""
    for lesson in lessons:
        if lesson.slug in without:
            continue
        task = TrainingTask(
            lesson=lesson.slug,
            unit_id=person.unit_id,
            roles=["member"],
            opens_at=LONG_AGO,
            due_on=LONG_AGO.date(),
            assigned_at=LONG_AGO,
        )
        session.add(task)
        await session.flush()
        state = TaskState.PASSED
        row = TaskAssignment(task_id=task.id or 0, person_id=person.id, state=state, assigned_at=LONG_AGO)
        session.add(row)
    await session.flush()


async def finish(session, village, lessons, now, *, who="Lan"):
    """Let a member pass the last lesson of the set, and award what that earns."""
    person = village.members[who]
    await pass_all(session, person, lessons, without=("nhan_ra_lua_dao",))
    minh = await make_person(session, "Võ Thị Minh", unit=village.commune, role=Role.SUPERVISOR)
    await give(session, await actor_for(session, minh), village.unit, now)
    walk = await learn(session, person, lessons, now=now)
    return walk, await certificates.award(session, walk, lessons, public_url=URL, now=now)


async def test_the_last_lesson_of_a_set_earns_a_certificate_once(session, village, lessons, now):
    walk, issued = await finish(session, village, lessons, now)
    assert issued is not None
    assert issued.code.startswith("AL26-")
    assert set(issued.code[5:]) <= set(certificates.LETTERS)
    assert (issued.name, issued.unit, issued.commune) == ("Nguyễn Thị Lan", "thôn Hòa Sơn", "xã An Lạc")
    assert (issued.lessons, issued.issued_on) == (6, now.date())
    assert await certificates.award(session, walk, lessons, public_url=URL, now=now) is None
    assert len((await session.exec(select(Certificate))).all()) == 1


async def test_a_lesson_left_or_no_team_earns_none(session, village, lessons, now):
    walk, issued = await finish(session, village, lessons, now)
    await session.delete(issued)
    row = (
        await session.exec(select(TaskAssignment).where(TaskAssignment.person_id == walk.row.person_id))
    ).first()
    row.state = TaskState.FAILED
    await session.flush()
    assert await certificates.award(session, walk, lessons, public_url=URL, now=now) is None
    row.state = TaskState.PASSED
    held = select(Assignment).where(col(Assignment.person_id) == walk.row.person_id)
    (await session.exec(held)).one().until = now
    await session.flush()
    assert await certificates.award(session, walk, lessons, public_url=URL, now=now) is None


async def test_a_code_that_is_taken_is_not_given_twice(session, village, lessons, now, monkeypatch):
    nam = village.members["Nam"]
    await pass_all(session, nam, lessons, without=("nhan_ra_lua_dao",))
    _walk, first = await finish(session, village, lessons, now)
    assert first is not None
    taken = first.code
    codes = iter([taken, taken, "AL26-2222"])
    monkeypatch.setattr(certificates, "new_code", lambda _prefix, _now: next(codes))
    walk = await learn(session, nam, lessons, now=now)
    second = await certificates.award(session, walk, lessons, public_url=URL, now=now)
    assert second is not None
    assert second.code == "AL26-2222"


@pytest.mark.parametrize(
    "typed", ["AL26-7K2M", "al26-7k2m", "AL26 7K2M", "al267k2m", " AL26–7K2M ", "Al26-7k2m."]
)
def test_a_code_is_read_as_it_may_be_copied(typed):
    assert certificates.read_code(typed) == "AL26-7K2M"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("An Lạc", "AL"), ("Đak Pơ", "DP"), ("Hoài Nhơn Đông Bắc Hai", "HNDB"), ("3", "TS")],
)
def test_a_code_begins_with_the_commune(name, expected):
    assert certificates.initials(name) == expected


async def test_whoever_checks_a_code_learns_the_two_sentences_of_the_script(session, village, lessons, now):
    _walk, issued = await finish(session, village, lessons, now)
    found = await certificates.find(session, issued.code.lower())
    assert certificates.said(found) == "Đúng: Nguyễn Thị Lan, tổ thôn Hòa Sơn, cấp ngày 17/11/2026."
    nothing = await certificates.find(session, "AL26-0000")
    assert certificates.said(nothing) == "Không có giấy nào mang mã này."


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  nguyễn  thị ngọc lan ", "Nguyễn Thị Ngọc Lan"),
        ("Rơ Châm H'Lan", "Rơ Châm H'Lan"),
        ("Lan", None),
        ("0912 345 678", None),
        ("Nguyễn Thị " + "Lan " * 20, None),
    ],
)
def test_a_name_is_family_name_and_given_name(typed, read):
    assert certificates.read_name(typed) == read


async def test_another_name_is_printed_under_the_same_code_and_the_old_file_is_gone(
    session, village, lessons, now
):
    _walk, issued = await finish(session, village, lessons, now)
    code = issued.code
    before = await certificates.keep(session, issued, keep_for=WEEK, now=now)
    assert await certificates.keep(session, issued, keep_for=WEEK, now=now) == before
    lan = await actor_for(session, village.members["Lan"])
    renamed = await certificates.rename(
        session, lan, issued.id, "Nguyễn Thị Ngọc Lan", public_url=URL, now=now
    )
    assert (renamed.code, renamed.name) == (code, "Nguyễn Thị Ngọc Lan")
    assert (await session.exec(select(Media).where(Media.id == before))).first() is None
    actions = (await session.exec(select(Audit.action).where(Audit.subject == "certificate"))).all()
    assert sorted(actions) == ["certified", "renamed"]
    for stranger in (village.members["Nam"], village.leader):
        actor = await actor_for(session, stranger)
        with pytest.raises(errors.NotYours):
            await certificates.rename(session, actor, issued.id, "Phạm Nam", public_url=URL, now=now)


async def test_whoever_is_forgotten_leaves_no_name_and_no_file_behind(session, village, lessons, now):
    _walk, issued = await finish(session, village, lessons, now)
    code, person_id = issued.code, issued.person_id
    await certificates.keep(session, issued, keep_for=WEEK, now=now)
    await erasure.erase_person(session, person_id, now=now)
    assert certificates.said(await certificates.find(session, code)) == "Không có giấy nào mang mã này."
    assert (await session.exec(select(Media))).all() == []


async def test_the_sets_an_area_has_passed_are_counted_of_who_is_in_a_team(session, village, lessons, now):
    _walk, issued = await finish(session, village, lessons, now)
    for unit in (village.unit, village.commune, village.province):
        (found,) = await certificates.sets_done(session, unit)
        assert (found.name, found.people, found.person_ids) == ("Thành viên tổ", 1, (issued.person_id,))
    held = select(Assignment).where(col(Assignment.person_id) == issued.person_id)
    (await session.exec(held)).one().until = now
    await session.flush()
    assert await certificates.sets_done(session, village.commune) == []


PAPER = certificate_pdf.Paper(
    heading="GIẤY CHỨNG NHẬN",
    title="hoàn thành bộ bài Thành viên tổ công nghệ số cộng đồng",
    name="Nguyễn Thị Lan",
    team="Tổ thôn Hòa Sơn, xã An Lạc",
    done="đã học và đạt đủ 6 bài.",
    issued="Cấp ngày 28/11/2026",
    code="Mã kiểm AL26-7K2M",
    check="Kiểm giấy này: quét ô vuông, hoặc mở",
    address=f"{URL}/verify/AL26-7K2M",
    locale="vi",
)


def test_a_certificate_says_what_the_script_says():
    made = Certificate(
        person_id=1,
        lesson_set="Thành viên tổ",
        title="Thành viên tổ công nghệ số cộng đồng",
        lessons=6,
        name="Nguyễn Thị Lan",
        unit="thôn Hòa Sơn",
        commune="xã An Lạc",
        code="AL26-7K2M",
        issued_on=date(2026, 11, 28),
        sha256="",
    )
    assert certificates.paper_of(made, URL) == PAPER


@pytest.mark.parametrize("name", ["Nguyễn Thị Lan", "Nguyễn Hoàng " + "Phương " * 6 + "Quỳnh Ở Ẵ"])
def test_a_certificate_is_one_page_with_its_letters_inside(name):
    data = certificate_pdf.draw(replace(PAPER, name=name))
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    assert data.count(b"/FontFile2") == 2


async def test_a_certificate_and_a_card_are_drawn_when_somebody_fetches_them(
    database, village_of_lan, lessons, tmp_path, now
):
    store = MediaStore(tmp_path / "media")
    papers = Papers(database, store, lessons, Rules(public_url=URL))
    async with database.writing() as session:
        issued = (await session.exec(select(Certificate))).one()
        paper = await certificates.keep(session, issued, keep_for=WEEK, now=now)
        lesson = lessons.get("vneid_tai_nha")
        card = await training_pictures.card_of(session, lessons, lesson, 3, now=now)
        other = Media(token="t", sha256="0" * 64, mime="image/png", size=0, created_at=now)
        session.add(other)
        await session.flush()
        digest, nothing = issued.sha256, other.id or 0
    assert await papers.fetch(paper)
    assert (store.folder / digest).read_bytes().startswith(b"%PDF-")
    assert await papers.fetch(card)
    shown = lesson_cards.card_of(lessons, lesson, 3)
    with Image.open(io.BytesIO((store.folder / shown.digest).read_bytes())) as image:
        assert image.width == 1080
        assert image.height > Image.open(io.BytesIO(shown.picture)).height + 800
    assert not await papers.fetch(nothing)
    assert not await papers.fetch(999)


@pytest.fixture
async def village_of_lan(database, lessons, now):
    async with database.writing() as session:
        village = await make_village_with_team(session)
        await finish(session, village, lessons, now)
        return village


def test_an_address_may_guess_wrongly_so_often_an_hour():
    seconds = [0.0]
    guesses = Guesses(per_hour=2, clock=lambda: seconds[0])
    for _time in range(2):
        assert not guesses.is_too_many("1.2.3.4")
        guesses.count("1.2.3.4")
    assert guesses.is_too_many("1.2.3.4")
    assert not guesses.is_too_many("5.6.7.8")
    seconds[0] = 3601.0
    assert not guesses.is_too_many("1.2.3.4")


@pytest.fixture
async def site(quick_content, sqlite_database, unused_tcp_port, tmp_path) -> AsyncIterator[str]:
    async with sqlite_database.writing() as session:
        lan = await make_person(session, "Nguyễn Thị <b>Lan</b>")
        session.add(
            Certificate(
                person_id=lan.id or 0,
                lesson_set="Thành viên tổ",
                title="Thành viên tổ công nghệ số cộng đồng",
                lessons=6,
                name=lan.name,
                unit="thôn Hòa Sơn",
                commune="xã An Lạc",
                code="AL26-7K2M",
                issued_on=date(2026, 11, 28),
                sha256="0" * 64,
            )
        )
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.engine.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
    }
    async with Program(load(environ=environ), now=lambda: NOON).running("web"):
        yield f"http://127.0.0.1:{unused_tcp_port}/verify"


async def test_the_page_says_one_sentence_and_stops_whoever_tries_codes_out(site):
    async with ClientSession() as http:
        async with http.get(f"{site}/al26-7k2m") as answer:
            page = await answer.text()
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
        said = "Đúng: Nguyễn Thị &lt;b&gt;Lan&lt;/b&gt;, tổ thôn Hòa Sơn, cấp ngày 28/11/2026."
        assert f"<p>{said}</p>" in page
        assert page.count("<p>") == 1
        statuses = []
        for n in range(31):
            async with http.get(f"{site}/AL26-{n + 2000}") as answer:
                statuses.append(answer.status)
                assert "Lan" not in await answer.text()
        assert statuses == [404] * 30 + [429]
        async with http.get(f"{site}/%3Cscript%3E") as answer:
            assert "<script" not in await answer.text()
