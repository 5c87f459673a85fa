"""Do the guides that may have gone stale reach whoever keeps them, and does looking at them count?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot import checking
from models.audit import Audit
from models.guides import ScreenReport
from services import errors, freshness, guide_visits
from services.guides import Guide, Library, Step
from services.retention import purge_screen_reports
from tests.help_stage import make_stage, told

STEPS = (Step(1, "Mở VNeID."),)
TODAY = date(2026, 11, 17)


def guide(slug: str, expires_on: date | None = None, **more) -> Guide:
    return Guide(
        slug, "vi", slug.title(), **({"steps": STEPS, "owner": "Tuấn"} | more), expires_on=expires_on
    )


@pytest.mark.parametrize(
    ("expires_on", "is_soon", "said"),
    [
        (None, False, "Bài này chưa thử lại trên máy thật, màn hình có thể hơi khác."),
        (TODAY + timedelta(days=31), False, "Bài này chưa thử lại"),
        (TODAY + timedelta(days=30), True, "Bài này chưa thử lại"),
        (TODAY, True, "Bài này chưa thử lại"),
        (
            TODAY - timedelta(days=1),
            True,
            "Bài này quá ngày kiểm tra (16/11/2026), có thể đã đổi. Trước khi đi",
        ),
    ],
)
def test_a_guide_says_how_fresh_it_is(expires_on, is_soon, said):
    one = guide("the", expires_on)
    assert freshness.expires_soon(one, TODAY) is is_soon
    assert freshness.caution(one, TODAY).startswith(said)


def test_a_guide_that_was_tried_and_is_in_time_says_nothing():
    assert not freshness.caution(guide("the", TODAY, checked_on=TODAY), TODAY)


async def test_the_most_urgent_guide_comes_first_and_stubs_never(session, now):
    guides = Library(
        (
            guide("con_han", TODAY + timedelta(days=90)),
            guide("sap_het", TODAY + timedelta(days=9)),
            guide("qua_han", TODAY - timedelta(days=9)),
            guide("chua_co_bai", TODAY - timedelta(days=9), steps=()),
            guide("man_hinh"),
            guide("man_hinh_nhieu"),
        )
    )
    for slug, step in (("man_hinh", 2), ("man_hinh_nhieu", 3), ("man_hinh_nhieu", 1), ("man_hinh_nhieu", 3)):
        guide_visits.report_screen(session, slug, step, now=now)
    await session.flush()
    found = [
        (one.guide.slug, one.steps, one.reports) for one in await freshness.stale(session, guides, now=now)
    ]
    assert found == [
        ("qua_han", (), 0),
        ("sap_het", (), 0),
        ("man_hinh_nhieu", (1, 3), 3),
        ("man_hinh", (2,), 1),
    ]


async def test_looking_again_settles_the_reports_of_that_guide(session, now):
    stage = await make_stage(session)
    actor = await stage.actor(session, "Tuấn")
    guides = Library((guide("the"), guide("xe")))
    for slug in ("the", "the", "xe"):
        guide_visits.report_screen(session, slug, 1, now=now)
    await session.flush()
    assert await freshness.settle(session, actor, "the", now=now) == 2
    assert await freshness.settle(session, actor, "the", now=now) == 0
    assert [one.guide.slug for one in await freshness.stale(session, guides, now=now)] == ["xe"]
    rows = (await session.exec(select(Audit).where(Audit.action == "screens_settled"))).all()
    assert len(rows) == 1


@pytest.mark.parametrize("who", ["Hạnh", "Bình", "Sự", "Minh"])
async def test_only_operators_keep_guides(session, now, who):
    stage = await make_stage(session)
    actor = await stage.actor(session, who)
    with pytest.raises(errors.NotYours):
        await freshness.settle(session, actor, "the", now=now)
    with pytest.raises(errors.NotYours):
        await freshness.to_look_at(session, actor, Library(()), now=now)


async def test_reports_are_told_together_once_with_step_and_keeper(session, now):
    stage = await make_stage(session)
    guides = Library((guide("the"), guide("xe", owner="Minh")))
    for slug, step in (("xe", 5), ("the", 2), ("xe", 4), ("gone", 1)):
        guide_visits.report_screen(session, slug, step, now=now)
    await session.flush()
    assert await freshness.tell_operators(session, guides, now=now) == 1
    assert await freshness.tell_operators(session, guides, now=now + timedelta(days=1)) == 0
    guide_visits.report_screen(session, "the", 9, now=now)
    assert await freshness.tell_operators(session, guides, now=now + timedelta(days=1)) == 1
    words = [row.payload["vars"] for row in await told(session, stage.people["Tuấn"], "ScreensDiffer")]
    assert words == [
        {"titles": ["The", "Xe"], "steps": ["2", "4, 5"], "owners": ["Tuấn", "Minh"]},
        {"titles": ["The"], "steps": ["9"], "owners": ["Tuấn"]},
    ]


async def test_settled_reports_are_purged_after_three_months(session, now):
    long_ago = now - timedelta(days=91)
    for settled_at in (long_ago, now, None):
        session.add(ScreenReport(slug="the", step=1, reported_at=long_ago, settled_at=settled_at))
    await session.flush()
    assert await purge_screen_reports(session, now=now, limit=10) == 1


def test_check_lists_what_is_past_its_day_and_what_will_be_within_thirty_days(tmp_path):
    for slug, day in (("gplx_doi", "2026-10-31"), ("tam_tru", "2026-12-17"), ("ho_chieu", "2026-12-18")):
        file = tmp_path / "guides" / slug / "vi.md"
        file.parent.mkdir(parents=True)
        head = f"title: {slug}\nphrases: [{slug}]\nsource: Bộ Công an\nowner: Tuấn\nexpires_on: {day}"
        file.write_text(f"---\n{head}\n---\n1. Mở VNeID.\n", "utf-8")
    said = [(one.mark, one.sentence) for one in checking._guides(tmp_path / "guides", TODAY, None)]
    assert said[1:] == [
        ("wrong", "guides/gplx_doi/vi.md: quá hạn kiểm tra từ 31/10/2026; người giữ bài: Tuấn."),
        ("note", "guides/tam_tru/vi.md: cần xem lại trước 17/12/2026; người giữ bài: Tuấn."),
    ]
