"""A province with years of work behind it, written by the database itself."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from services.rules import Rules


@dataclass(frozen=True, slots=True)
class Size:
    """How large the province is; a village has a few entries a day, as many as make 5 million in 3 years."""

    villages: int = 2500
    communes: int = 196
    districts: int = 3
    people: int = 13_000
    entries_a_year: int = 1_670_000

    @classmethod
    def small(cls) -> Size:
        """Give a tenth of it."""
        return cls(250, 20, 1, 1300, 167_000)


def fill(connection: sqlite3.Connection, size: Size, *, years: int, until: date) -> int:
    """Fill an empty database; tell how many rows of activity it has."""
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA foreign_keys=OFF;")
    _units(connection, size)
    _people(connection, size)
    _activity(connection, size, years, until)
    _requests(connection, size, years, until)
    _lesson(connection)
    _supervisors(connection, size)
    _goals(connection, until)
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.commit()
    found: int = connection.execute("SELECT count(*) FROM activity").fetchone()[0]
    return found


def _units(connection: sqlite3.Connection, size: Size) -> None:
    rows: list[tuple[int, str, str, str, str, str, int | None, str]] = [
        (1, "province", "tỉnh", "Gia Lai", "gia lai", "P", None, "/1/")
    ]
    number = 1
    districts = []
    for at in range(size.districts):
        number += 1
        rows.append((number, "district", "cụm", f"Cụm {at}", f"cum {at}", f"D{at}", 1, f"/1/{number}/"))
        districts.append(rows[-1])
    communes = []
    for at in range(size.communes):
        number += 1
        above = districts[at % len(districts)]
        path = f"{above[7]}{number}/"
        rows.append((number, "commune", "xã", f"Xã {at}", f"xa {at}", f"C{at}", above[0], path))
        communes.append(rows[-1])
    for at in range(size.villages):
        number += 1
        above = communes[at % len(communes)]
        path = f"{above[7]}{number}/"
        rows.append((number, "village", "thôn", f"Thôn {at}", f"thon {at}", f"V{at}", above[0], path))
    connection.executemany(
        "INSERT INTO unit (id, level, kind, name, folded, code, parent_id, path, needs_approval)"
        " VALUES (?,?,?,?,?,?,?,?,0)",
        rows,
    )


def _people(connection: sqlite3.Connection, size: Size) -> None:
    began = "2023-01-01 00:00:00.000000"
    villages = [
        row[0] for row in connection.execute("SELECT id FROM unit WHERE level = 'village' ORDER BY id")
    ]
    people = [(at + 1, f"Người {at}", villages[at % len(villages)]) for at in range(size.people)]
    connection.executemany(
        "INSERT INTO person (id, name, locale, unit_id, has_large_text, created_at)"
        " VALUES (?, ?, 'vi', ?, 0, ?)",
        [(*person, began) for person in people],
    )
    connection.executemany(
        "INSERT INTO assignment (person_id, unit_id, role, since) VALUES (?, ?, ?, ?)",
        [
            (key, unit, "leader" if at < len(villages) else "member", began)
            for at, (key, _, unit) in enumerate(people)
        ],
    )


def _supervisors(connection: sqlite3.Connection, size: Size) -> None:
    """Give every area somebody in charge who can be reached on the web chat."""
    began = "2023-01-01 00:00:00.000000"
    areas = [row[0] for row in connection.execute("SELECT id FROM unit WHERE level <> 'village' ORDER BY id")]
    held = [(at, size.people + at, area) for at, area in enumerate(areas, 1)]
    connection.executemany(
        "INSERT INTO person (id, name, locale, has_large_text, created_at) VALUES (?, ?, 'vi', 0, ?)",
        [(person, f"Cán bộ {at}", began) for at, person, _area in held],
    )
    connection.executemany(
        "INSERT INTO assignment (person_id, unit_id, role, since) VALUES (?, ?, 'supervisor', ?)",
        [(person, area, began) for _at, person, area in held],
    )
    connection.executemany(
        "INSERT INTO account (id, channel, channel_account, external_id, person_id, is_reachable, created_at,"
        " seen_at) VALUES (?, 'webchat', 'webchat', ?, ?, 1, ?, ?)",
        [(at, f"s{at}", person, began, began) for at, person, _area in held],
    )
    connection.executemany(
        "INSERT INTO conversation (channel_account, chat, account_id, states, choices, offers, counter)"
        " VALUES ('webchat', ?, ?, '{}', '[]', '[]', 0)",
        [(f"s{at}", at) for at, _person, _area in held],
    )


def _activity(connection: sqlite3.Connection, size: Size, years: int, until: date) -> None:
    """Let the database multiply days and people: SQLite writes half a million such rows a second."""
    days = [(until - timedelta(days=back)).isoformat() for back in range(365 * years)]
    kinds = [kind.name for kind in Rules().activity.kinds]
    connection.execute("CREATE TEMP TABLE day (n INTEGER PRIMARY KEY, day TEXT)")
    connection.executemany("INSERT INTO day VALUES (?, ?)", enumerate(days))
    connection.execute("CREATE TEMP TABLE kind (n INTEGER PRIMARY KEY, kind TEXT)")
    connection.executemany("INSERT INTO kind VALUES (?, ?)", enumerate(kinds))
    every = max(1, round(size.people * 365 / size.entries_a_year * 1000))
    connection.execute("DROP INDEX ix_activity_unit_day")
    connection.execute(
        """
        INSERT INTO activity (unit_id, person_id, kind, count, happened_on, recorded_at, source)
        SELECT p.unit_id, p.id, k.kind, 1 + (p.id * 7 + d.n * 13) % 9, d.day,
               d.day || ' 11:00:00.000000', 'button'
        FROM day d JOIN person p JOIN kind k ON k.n = (p.id + d.n * 5) % ?
        WHERE (p.id * 2654435761 + d.n * 40503 * 17) % 1000000 < 1000000000 / ?
        ORDER BY d.n DESC, p.id
        """,
        (len(kinds), every),
    )
    connection.execute("CREATE INDEX ix_activity_unit_day ON activity (unit_id, happened_on)")
    connection.execute(
        "INSERT INTO rollup (unit_id, day, kind, total, entries)"
        " SELECT unit_id, happened_on, kind, sum(count), count(*) FROM activity GROUP BY 1, 2, 3"
    )


def _requests(connection: sqlite3.Connection, size: Size, years: int, until: date) -> None:
    """Let every village have three or four requests a week, most of them answered."""
    chance = random.Random(7)
    villages = connection.execute("SELECT unit_id, min(id) FROM person GROUP BY unit_id").fetchall()
    rows = []
    for back in range(7 * 52 * years):
        day = until - timedelta(days=back)
        for unit, helper in chance.sample(villages, size.villages // 2):
            asked = f"{day} {chance.randrange(0, 14):02d}:{chance.randrange(60):02d}:00.000000"
            rows.append((helper, unit, asked, helper, asked, asked, asked))
    connection.executemany(
        "INSERT INTO help_request (person_id, unit_id, topic, question, state, rung, asked_at, helper_id,"
        " claimed_at, answered_at, are_photos_fine, turns, closed_at, rating, is_urgent, is_off_hours,"
        " is_unclear)"
        " VALUES (?, ?, 'thẻ BHYT', '', 'closed', 'team', ?, ?, ?, ?, 0, 1, ?, 'good', 0, 0, 0)",
        rows,
    )


def _goals(connection: sqlite3.Connection, until: date) -> None:
    """Give every unit two goals of the month, and let one entry in five hundred of it wait for a look."""
    first = until.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    connection.executemany(
        "INSERT INTO target (unit_id, kind, first_on, last_on, goal, set_at)"
        " SELECT id, ?, ?, ?, CASE level WHEN 'village' THEN 40 ELSE 400 END, ? || ' 03:00:00.000000'"
        " FROM unit",
        [(kind, first, last, first) for kind in ("vneid", "online_filing")],
    )
    connection.execute(
        "INSERT INTO count_review (activity_id, unit_id, reason, state, made_at)"
        " SELECT id, unit_id, 'high', 'waiting', recorded_at FROM activity"
        " WHERE happened_on BETWEEN ? AND ? AND id % 500 = 0",
        (first, until),
    )


def _lesson(connection: sqlite3.Connection) -> None:
    """Give everybody one lesson, as a province does."""
    connection.execute(
        "INSERT INTO training_task (id, lesson, unit_id, roles, opens_at, due_on, assigned_at) VALUES"
        """ (1, 'nhan_ra_lua_dao', 1, '["member", "leader"]', '2026-11-13 12:00:00.000000', '2026-11-27',"""
        " '2026-11-13 03:00:00.000000')"
    )
    connection.execute(
        "INSERT INTO task_assignment"
        " (task_id, person_id, state, page, answers, assigned_at, reminders, is_stuck)"
        " SELECT 1, id, CASE WHEN id % 3 THEN 'passed' ELSE 'assigned' END, 0, '{}',"
        " '2026-11-13 12:00:00.000000', 0, 0 FROM person"
    )
