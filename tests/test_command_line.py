"""What each command accepts, what a slip is told, and that nobody ever sees a traceback."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from argparse import Namespace
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot import __main__, command_line, config, migrations, readiness
from bot.commands import Refused
from services import errors
from tests.ports import free_port


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """A place of its own for the database, the media and the log."""
    monkeypatch.setattr(config, "dotenv_values", lambda _file: {})
    monkeypatch.setattr(__main__, "LOG", tmp_path / "var" / "toso.log")
    monkeypatch.setenv("TOSO_DATABASE__URL", f"sqlite:///{tmp_path / 'toso.db'}")
    monkeypatch.setenv("TOSO_MEDIA__FOLDER", str(tmp_path / "media"))
    monkeypatch.setenv("TOSO_WEB__PORT", str(free_port()))
    return tmp_path


@pytest.fixture
def said(capsys):
    """Run a command; give back its exit code, its output and its complaints."""

    def run(*argv: str) -> tuple[int, str, str]:
        code = __main__.main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def broken(monkeypatch):
    """Make `toso migrate` fail in a given way."""

    def install(error: BaseException) -> None:
        async def run(_args: Namespace, _config: config.Config) -> int:
            raise error

        from bot.commands import migrate

        monkeypatch.setattr(migrate, "run", run)

    return install


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("run", {"role": "all"}),
        ("run --role worker", {"role": "worker"}),
        ("chat --as Lan --save a.txt", {"person": "Lan", "save": Path("a.txt")}),
        ("demo --port 9000 --fresh", {"port": 9000, "fresh": True}),
        (
            "ask --json --guides g quen mat khau",
            {"as_json": True, "guides": Path("g"), "question": ["quen", "mat", "khau"]},
        ),
        ("ask -", {"question": ["-"]}),
        ("units official 52 48", {"action": "official", "provinces": ["52", "48"]}),
        ("units import thon.csv --dry-run", {"action": "import", "file": Path("thon.csv"), "dry_run": True}),
        (
            "people import p.xlsx --invites i.xlsx",
            {"file": Path("p.xlsx"), "invites": Path("i.xlsx"), "dry_run": False},
        ),
        ("invite --role leader --unit HS", {"role": "leader", "unit": "HS", "uses": 1, "days": 7}),
        (
            "export activities --unit AL --from 2026-11-16 --to 2026-11-22 --out a.csv",
            {
                "what": "activities",
                "first": date(2026, 11, 16),
                "last": date(2026, 11, 22),
                "out": Path("a.csv"),
            },
        ),
        ("check --json", {"as_json": True}),
        ("backup b.tar.gz", {"file": Path("b.tar.gz")}),
        ("restore b.tar.gz", {"file": Path("b.tar.gz")}),
    ],
)
def test_a_command_line_is_understood(line, expected):
    found = vars(command_line.parse(line.split()))
    assert found["command"] == line.split()[0]
    assert {name: found[name] for name in expected} == expected


def test_every_report_of_the_folder_is_a_report_of_the_command_line(tmp_path, monkeypatch):
    (tmp_path / "weekly.py").touch()
    (tmp_path / "__init__.py").touch()
    monkeypatch.setattr(command_line, "REPORTS", tmp_path)
    found = command_line.parse("report weekly --unit AL --week 2026-W47 --format json".split())
    assert (found.report, found.week, found.format, found.out) == ("weekly", (2026, 47), "json", None)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "toso: thiếu LỆNH; xem toso --help."),
        ("chek", 'toso: không có lệnh "chek", có phải "check"?'),
        ("zzzzz", 'toso: không có lệnh "zzzzz"; toso --help liệt kê các lệnh.'),
        ("backup", "toso backup: thiếu TỆP; xem toso backup --help."),
        ("units", "toso units: thiếu LỆNH; xem toso units --help."),
        ("units import", "toso units import: thiếu TỆP; xem toso units import --help."),
        ("migrate now", 'toso: thừa "now"; xem toso --help.'),
        ("run --role", "toso run: --role cần một giá trị; xem toso run --help."),
        ("run --role x", 'toso run: không có "x"; dùng một trong: all, web, worker.'),
        ("demo --port 0", 'toso demo: --port: phải là số nguyên từ 1 đến 65535, không phải "0".'),
        (
            "invite --role leader --unit A --days ba",
            'toso invite: --days: phải là số nguyên từ 1 đến 365, không phải "ba".',
        ),
        (
            "people import p.csv --invites a.csv",
            'toso people import: --invites: tên tệp phải kết thúc bằng .xlsx, không phải "a.csv".',
        ),
        (
            "export activities --from 22/11",
            'toso export: --from: phải là ngày dạng 2026-11-22, không phải "22/11".',
        ),
        (
            "export activities --out a.doc",
            'toso export: --out: tên tệp phải kết thúc bằng .xlsx, .csv, không phải "a.doc".',
        ),
    ],
)
def test_a_slip_is_told_in_one_sentence_and_exits_with_2(said, line, sentence):
    assert said(*line.split()) == (2, "", f"{sentence}\n")


def test_a_week_that_does_not_exist_is_told(said, tmp_path, monkeypatch):
    (tmp_path / "weekly.py").touch()
    monkeypatch.setattr(command_line, "REPORTS", tmp_path)
    sentence = 'toso report: --week: phải là tuần dạng 2026-W47, không phải "2026-W54".\n'
    assert said(*"report weekly --unit A --week 2026-W54".split()) == (2, "", sentence)


@pytest.mark.parametrize("command", command_line.COMMANDS)
def test_every_command_explains_itself_in_vietnamese(said, command):
    code, out, err = said(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"cách dùng: toso {command} ")
    assert "usage" not in out
    assert "show this help" not in out


def test_help_lists_every_command(said):
    code, out, _ = said("--help")
    assert code == 0
    assert all(f"\n    {command} " in out for command in command_line.COMMANDS)


def test_asking_starts_without_the_bot_and_the_database():
    program = "import sys; from bot.__main__ import main; main(['ask', '--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=config.PROJECT
    )
    assert {"aiogram", "sqlalchemy", "sqlmodel", "pydantic", "aiohttp"}.isdisjoint(done.stdout.split())


def test_wrong_settings_are_told_and_exit_with_2(said, installation, monkeypatch):
    monkeypatch.setenv("TOSO_TELEGRAM__TOKEN", "hunter2")
    code, out, err = said("migrate")
    assert (code, out) == (2, "")
    assert err.startswith("TOSO_TELEGRAM__TOKEN: không đúng dạng 123456:ABC...;")
    assert "hunter2" not in err


def test_a_refusal_says_its_sentence(said, installation, broken):
    broken(errors.CountTooLarge(most=500))
    code, _, err = said("migrate")
    assert code == 1
    assert err.strip() == str(errors.CountTooLarge(most=500))


def test_a_command_that_refuses_says_its_sentences_and_its_code(said, installation, broken):
    broken(Refused("một", "hai", code=2))
    assert said("migrate") == (2, "", "một\nhai\n")


def test_a_bug_is_one_sentence_and_one_line_of_the_log_without_anybody_s_words(said, installation, broken):
    broken(ValueError("Nguyễn Thị Hạnh 0912345678"))
    code, out, err = said("migrate")
    assert (code, out) == (1, "")
    assert err.startswith("Lỗi ngoài dự kiến (ValueError ở ")
    assert "Traceback" not in err
    (line,) = (installation / "var" / "toso.log").read_text("utf-8").splitlines()
    assert "unexpected ValueError at bot/__main__.py:" in line
    assert "Hạnh" not in line + err
    assert "0912345678" not in line + err


def test_an_interrupted_command_says_nothing(said, installation, broken):
    broken(KeyboardInterrupt())
    assert said("migrate") == (1, "", "")


def test_migrate_makes_the_database_and_then_leaves_it_alone(said, installation):
    code, out, _ = said("migrate")
    assert code == 0
    assert out == f"Đã tạo cơ sở dữ liệu, bản {migrations.head()}.\n"
    code, out, _ = said("migrate")
    assert code == 0
    assert "không thay đổi gì" in out


def test_a_database_of_something_else_is_left_alone(said, installation):
    with closing(sqlite3.connect(installation / "toso.db")) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    code, _, err = said("migrate")
    assert code == 1
    assert len(err.splitlines()) == 1


def test_check_lists_good_and_bad_and_counts_them(said, installation, monkeypatch):
    monkeypatch.setenv("TOSO_ZALO_BOT__TOKEN", "123456:ABC")
    monkeypatch.setenv("TOSO_ZALO_BOT__MODE", "webhook")
    monkeypatch.setenv("TOSO_ZALO_BOT__WEBHOOK_SECRET", "hunter2hunter2")
    monkeypatch.setenv("TOSO_WEB__PORT", "8080")
    said("migrate")
    code, out, _ = said("check")
    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith("✓ config.toml   ")
    assert "! Telegram: tắt (chưa có TOSO_TELEGRAM__TOKEN)." in lines
    assert (
        "✗ Zalo Bot: có mã nhưng chưa chạy được: web.public_url đang là http://127.0.0.1:8080, "
        "Zalo cần địa chỉ https công khai."
    ) in lines
    wrong, notes = (sum(line.startswith(sign) for line in lines) for sign in "✗!")
    assert lines[-1] == f"Còn {wrong} việc phải sửa (✗) và {notes} việc nên biết (!)."
    assert "hunter2" not in out


def test_check_speaks_json_to_scripts(said, installation):
    code, out, _ = said("check", "--json")
    found = json.loads(out)
    assert found["ok"] is (code == 0)
    assert "config.toml" in found["good"]
    assert "Chưa có cơ sở dữ liệu; toso run sẽ tạo." in found["note"]


def test_check_proves_every_daily_sum_when_asked(said, installation):
    said("migrate")
    right = "mọi tổng ngày đều khớp với các lần ghi"
    assert right not in said("check")[1]
    code, out, _ = said("check", "--counts")
    assert (code, right in out) == (0, True)
    with closing(sqlite3.connect(installation / "toso.db")) as database:
        database.execute(
            "insert into unit (id, code, level, kind, name, folded, path, needs_approval)"
            " values (1, 'AL-01', 'village', 'thôn', 'Hòa Sơn', 'hoa son', '/1/', 0)"
        )
        database.execute("insert into rollup values (1, '2026-11-16', 'vneid', 6, 1)")
        database.commit()
    code, out, _ = said("check", "--counts")
    assert code == 1
    place = "✗ thôn Hòa Sơn (AL-01), 16/11/2026, vneid"
    assert f"{place}: tổng ngày ghi 6 trong 1 lần ghi, cộng các lần ghi là 0 trong 0." in out
    assert "✗ 1 tổng ngày bị sai: có gì khác đã ghi vào cơ sở dữ liệu." in out


def test_check_goes_on_when_the_settings_are_wrong(said, installation, monkeypatch):
    monkeypatch.setenv("TOSO_WEB__PORT", "x")
    code, out, _ = said("check")
    assert code == 1
    assert '✗ TOSO_WEB__PORT: phải là số nguyên từ 1 đến 65535, đang là "x".' in out
    assert "bài hướng dẫn" in out


def test_check_shows_the_settings_without_their_secrets(said, installation, monkeypatch):
    monkeypatch.setenv("TOSO_WEB__METRICS_TOKEN", "hunter2")
    _, out, _ = said("check", "--settings")
    assert 'metrics_token = "***"' in out
    assert "hunter2" not in out


def test_the_doctor_finds_a_taken_port_and_hides_secrets(said, installation, monkeypatch):
    monkeypatch.setenv("TOSO_TELEGRAM__TOKEN", "123456:hunter2")
    said("migrate")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("TOSO_WEB__PORT", str(port))
        code, out, _ = said("doctor")
    assert code == 1
    assert f"✗ Cổng {port} đang có chương trình khác dùng; đổi web.port trong config.toml." in out
    assert "trả lời sau" in out
    assert "hunter2" not in out


def test_the_doctor_finds_a_clock_that_runs_behind(said, installation):
    said("migrate")
    with closing(sqlite3.connect(installation / "toso.db")) as database, database:
        database.execute("INSERT INTO seen VALUES ('telegram:1', '7', '2999-01-01 00:00:00.000000')")
    code, out, _ = said("doctor")
    assert code == 1
    assert "chỉnh lại đồng hồ" in out


def test_purge_says_how_much_of_each_went(said, installation):
    said("migrate")
    with closing(sqlite3.connect(installation / "toso.db")) as database, database:
        database.execute("INSERT INTO seen VALUES ('telegram:1', '7', '2020-01-01 00:00:00.000000')")
    sentence = (
        "Đã xóa: 1 dấu tin đã nhận, 0 tin đã gửi, 0 lỗi cũ, 0 tài khoản không tên, 0 người, 0 ảnh và 0 tệp.\n"
    )
    assert said("purge") == (0, sentence, "")


def test_one_program_at_a_time_holds_a_sqlite_database(installation):
    settings = config.load()
    with readiness.only_one(settings):
        assert readiness.is_running(settings)
        with pytest.raises(Refused, match="đang có chương trình chạy dùng"), readiness.only_one(settings):
            pass
    assert not readiness.is_running(settings)


def test_a_first_start_makes_the_database_and_an_older_one_is_refused(installation, monkeypatch):
    settings = config.load()
    readiness.prepare_database(settings)
    readiness.prepare_database(settings)
    known = migrations.revisions()
    monkeypatch.setattr(migrations, "revisions", lambda: [*known, "9998", "9999"])
    with pytest.raises(Refused) as found:
        readiness.prepare_database(settings)
    assert found.value.code == 2
    assert found.value.sentences == (
        "Cơ sở dữ liệu cũ hơn chương trình 2 bản; chạy toso migrate trước (nên toso backup trước đó).",
    )
