"""What a notice may hold where the kinds of its fields alone do not say it."""

from __future__ import annotations

from typing import Any

TOTALS = {"persons": 1204, "turns": 87, "sessions": 6}
BRIEF = {
    "unit_id": 3,
    "name": "xã An Lạc",
    "level": "commune",
    "iso_year": 2026,
    "iso_week": 47,
    "first": "2026-11-16",
    "last": "2026-11-22",
    "now": TOTALS,
    "before": TOTALS,
    "week_before": 46,
    "worries": [
        {
            "kind": "waiting",
            "n": 1204,
            "places": [{"unit_id": 9, "name": "Bến Đò", "n": 3, "of": 0}],
            "title": "",
        },
        {
            "kind": "silent",
            "n": 135,
            "places": [{"unit_id": 8, "name": "Gò Dài", "n": 1, "of": 1}],
            "title": "",
        },
    ],
    "praises": [
        {"kind": "rise", "unit_id": 7, "name": "Hòa Sơn", "n": 58, "of": 17},
        {"kind": "fast", "unit_id": 6, "name": "Lộc Thuận", "n": 12, "of": 0},
    ],
    "asked": 45,
    "done": 38,
    "minutes": 18,
    "lesson": {"title": "Nhận ra lừa đảo", "passed": 31, "people": 46, "due_on": "2026-11-27"},
    "said_before": 180,
    "until": "",
}
NOTICES: dict[str, dict[str, Any]] = {
    "NudgeAnswers": {"answers": [["Trà Lam", "phone", 0], ["Gò Dài", "no_work", 0], ["Kon Rơ", "", 2]]},
    "TeamWeek": {
        "unit_id": 7,
        "unit": "Hòa Sơn",
        "is_quarter": False,
        "begins_on": "2026-11-16",
        "seen_at": "2026-11-22T19:00:00+07:00",
        "entries": 9,
        **TOTALS,
        "more_persons": 17,
        "more_turns": 3,
        "more_sessions": 0,
        "members": ["anh Bình"],
        "did_persons": [26],
        "did_turns": [0],
        "did_sessions": [0],
        "silent": ["anh Nam"],
        "silent_on": ["2026-11-08"],
        "silent_ids": [4],
        "commune": "xã",
        "summary_at": "2026-11-23T07:30:00+07:00",
        "lesson": "Nhận ra lừa đảo",
        "lesson_passed": 4,
        "lesson_people": 5,
        "lesson_due": "2026-11-27",
    },
    "WeeklySummary": {
        "brief": BRIEF,
        "down_from": "2026-11-23T06:10:00+07:00",
        "down_to": "2026-11-23T09:05:00+07:00",
        "at": "2026-11-23T09:05:00+07:00",
    },
    "WeeklySummaryRevised": {
        "unit_id": 3,
        "name": "xã An Lạc",
        "week": 202647,
        "revision": 1,
        "catch_ups": 3,
        "moved": [["Trà Lam", 7]],
        "was": TOTALS,
        "now": TOTALS | {"persons": 1300},
        "silent": ["Kon Rơ"],
        "is_area": False,
        "lock": "2026-11-29",
    },
}
