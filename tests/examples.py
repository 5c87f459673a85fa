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
    "praises": [{"unit_id": 7, "name": "Hòa Sơn", "n": 58, "of": 17}],
    "asked": 45,
    "done": 38,
    "minutes": 18,
    "lesson": {"title": "Nhận ra lừa đảo", "passed": 31, "people": 46, "due_on": "2026-11-27"},
    "said_before": 180,
    "until": "",
}
NOTICES: dict[str, dict[str, Any]] = {
    "ActivityShared": {
        "writer": "anh Bình",
        "draft_id": 7,
        "labels": ["Đi từng nhà"],
        "units": ["turns"],
        "counts": [12],
        "days": ["2026-11-17"],
        "told_on": "2026-11-17",
    },
    "ShareDeclined": {
        "who": "anh Nam",
        "label": "Đi từng nhà",
        "unit": "turns",
        "count": 12,
        "day": "2026-11-16",
        "told_on": "2026-11-17",
    },
    "DraftWaits": {"draft_id": 7, "labels": ["Cài VNeID"], "units": ["persons"], "counts": [5]},
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
