"""What a wrong setting is told, where values come from, and that no secret is ever repeated."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path

import pytest

from bot import config
from services import rules

TOKEN = "123456:ABC-def_42"


@pytest.fixture
def complaints(tmp_path: Path):
    """Load a config.toml of these lines and give back what is said about it."""

    def load(text: str = "", **environ: str) -> list[str]:
        file = tmp_path / "config.toml"
        file.write_text(text, "utf-8")
        with pytest.raises(config.ConfigError) as found:
            config.load(file, environ)
        return found.value.sentences

    return load


def load(tmp_path: Path, text: str = "", **environ: str) -> config.Config:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    return config.load(file, environ)


def test_config_toml_holds_every_setting_with_its_default(tmp_path):
    written = tomllib.loads((config.PROJECT / "config.toml").read_text("utf-8"))
    known = set(config._known())
    keys = {name for name, value in written.items() if not isinstance(value, dict)}
    for name, section in written.items():
        keys |= {name, *(f"{name}.{key}" for key in section)} if isinstance(section, dict) else set()
    keys |= {f"activity.kinds.{key}" for kind in written["activity"]["kinds"] for key in kind}
    assert keys == known
    assert config.load(config.PROJECT / "config.toml", {}) == load(tmp_path)


def test_every_setting_of_config_toml_has_a_comment_above_its_block():
    lines = (config.PROJECT / "config.toml").read_text("utf-8").splitlines()
    headers = [
        number for number, line in enumerate(lines) if line.startswith("[") and not line.startswith("[[")
    ]
    bare = [
        lines[number]
        for number in headers
        if not any(lines[n].startswith("#") for n in (number + 1, number - 1))
    ]
    assert bare == []


def test_the_environment_wins_over_the_file(tmp_path):
    found = load(tmp_path, "[web]\nport = 8081\n[hours]\nquiet_from = '22:15'", TOSO_WEB__PORT="8082")
    assert found.web.port == 8082
    assert found.hours.quiet_from == time(22, 15)


def test_an_empty_variable_is_no_value(tmp_path):
    assert load(tmp_path, "[web]\nport = 8081", TOSO_WEB__PORT="", TOSO_TELEGRAM__TOKEN=" ").web.port == 8081


def test_another_file_is_named_by_toso_config(tmp_path):
    file = tmp_path / "xa.toml"
    file.write_text("[web]\nport = 9001\n", "utf-8")
    assert config.load(environ={"TOSO_CONFIG": str(file)}).web.port == 9001


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(config.ConfigError) as found:
        config.load(environ={"TOSO_CONFIG": str(tmp_path / "khong_co.toml")})
    assert found.value.sentences == [f"{tmp_path / 'khong_co.toml'}: không có tệp này; sửa TOSO_CONFIG."]


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key(complaints):
    text = "\n" * 12 + "[web]\nprot = 8080\n"
    assert complaints(text) == [
        'config.toml, dòng 14: không có mục "web.prot", có phải "web.port"? Sửa rồi chạy lại.'
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[wbe]\n", 'dòng 1: không có mục "wbe", có phải "web"? Sửa rồi chạy lại.'),
        ("port = 1\n", 'dòng 1: không có mục "port", có phải "web.port"? Sửa rồi chạy lại.'),
        ("[web]\nzzz = 1\n", 'dòng 2: không có mục "web.zzz"; xóa đi rồi chạy lại.'),
        ("web = 5\n", 'dòng 1: "web" phải là một phần riêng, tên đặt trong dấu ngoặc vuông.'),
        ("a = [\n", "dòng 1: không đọc được; xem lại dấu ngoặc, và có mục nào ghi hai lần không."),
        (
            "[web]\nport = 1\nport = 2\n",
            "dòng 3: không đọc được; xem lại dấu ngoặc, và có mục nào ghi hai lần không.",
        ),
        ("[web]\nport = 'x'\n", 'dòng 2: "port" phải là số nguyên từ 1 đến 65535, đang là "x".'),
        ("[web]\nport = true\n", 'dòng 2: "port" phải là số nguyên từ 1 đến 65535, đang là "True".'),
        (
            "[help]\nteam_minutes = 0\n",
            'dòng 2: "team_minutes" phải là số nguyên từ 1 đến 10080, đang là "0".',
        ),
        ("[web]\nhost = [1]\n", 'dòng 2: "host" phải là chữ trong dấu ngoặc kép, đang là "[1]".'),
        (
            "[hours]\nquiet_from = '9 giờ tối'\n",
            'dòng 2: "quiet_from" phải là giờ dạng 21:00, đang là "9 giờ tối".',
        ),
        ("[hours]\nquiet_to = '24:00'\n", 'dòng 2: "quiet_to" phải là giờ dạng 21:00, đang là "24:00".'),
        ("[hours]\nteam_from = '22:00'\n", 'dòng 2: "team_from" phải đứng trước "team_to".'),
        (
            "[hours]\nholidays = ['Tết']\n",
            'dòng 2: "holidays" phải gồm các ngày dạng 2027-01-01, đang có "Tết".',
        ),
        (
            "[zalo_bot]\nmode = 'push'\n",
            'dòng 2: "mode" phải là một trong: polling, webhook; đang là "push".',
        ),
        (
            "timezone = 'Sài Gòn'\n",
            'dòng 1: "timezone" không phải múi giờ: "Sài Gòn"; dùng chẳng hạn Asia/Ho_Chi_Minh.',
        ),
        (
            "[web]\npublic_url = 'toso.vn'\n",
            'dòng 2: "public_url" phải là địa chỉ bắt đầu bằng https:// hoặc http://, đang là "toso.vn".',
        ),
        (
            "[web]\ntrusted_proxies = ['x']\n",
            'dòng 2: "trusted_proxies" phải gồm các địa chỉ hoặc mạng dạng 10.0.0.0/8, đang có "x".',
        ),
        (
            "[database]\nurl = 'mysql://h/d'\n",
            'dòng 2: "url" phải bắt đầu bằng sqlite:/// kèm tên tệp, hoặc bằng postgresql+asyncpg://.',
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_the_cure(complaints, text, sentence):
    assert complaints(text) == [f"config.toml, {sentence}"]


def test_a_wrong_kind_of_work_is_told_with_the_line_of_its_own_key(complaints):
    kind = '[[activity.kinds]]\nname = "x"\nlabel = "Việc"\nunit = "turns"\n'
    long = kind.replace("Việc", "Một nhãn dài hơn hai mươi ký tự")
    assert complaints(kind + long) == [
        'config.toml, dòng 7: "label" là nhãn nút: 1 đến 20 ký tự, đang là "Một nhãn dài hơn hai mươi ký tự".'
    ]
    assert complaints(kind + kind) == [
        'config.toml, dòng 6: "name": loại việc "x" có hai lần; đổi tên một loại.'
    ]
    assert complaints(kind.replace('unit = "turns"\n', "")) == [
        'config.toml, dòng 1: "unit" còn thiếu; thêm vào.'
    ]


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(complaints):
    said = complaints(
        "[web]\nport = 0\nhots = 'x'\n[hours]\nquiet_to = 'sáng'\n", TOSO_LIMITS__MESSAGE_CHARS="nhiều"
    )
    assert [sentence.partition(":")[0] for sentence in said] == [
        "config.toml, dòng 2",
        "config.toml, dòng 3",
        "config.toml, dòng 5",
        "TOSO_LIMITS__MESSAGE_CHARS",
    ]


def test_an_unknown_variable_is_told_with_the_nearest_one(complaints):
    assert complaints(TOSO_WEB__PROT="1") == [
        "TOSO_WEB__PROT: không có mục này, có phải TOSO_WEB__PORT? Sửa rồi chạy lại."
    ]
    assert complaints(TOSO_WEB="1") == ["TOSO_WEB: không có mục này; xóa đi rồi chạy lại."]


def test_a_malformed_token_is_told_without_being_repeated(complaints):
    said = complaints(TOSO_TELEGRAM__TOKEN="bot-hunter2", TOSO_ZALO_BOT__TOKEN="hunter3")
    wrong = "không đúng dạng 123456:ABC...; lấy lại từ"
    assert said == [
        f"TOSO_TELEGRAM__TOKEN: {wrong} BotFather hoặc để trống để tắt Telegram.",
        f"TOSO_ZALO_BOT__TOKEN: {wrong} Zalo Bot hoặc để trống để tắt Zalo Bot.",
    ]


def test_a_malformed_database_address_does_not_show_its_password(complaints):
    assert "hunter2" not in "".join(complaints(TOSO_DATABASE__URL="postgres://toso:hunter2@db/toso"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("telegram.token", TOKEN),
        ("telegram.webhook_secret", "hunter2hunter2"),
        ("zalo_bot.token", TOKEN),
        ("zalo_bot.webhook_secret", "hunter2hunter2"),
        ("zalo_oa.secret_key", "hunter2"),
        ("zalo_oa.oa_secret_key", "hunter2"),
        ("web.metrics_token", "hunter2"),
        ("database.url", "postgresql+asyncpg://toso:hunter2@db/toso"),
    ],
)
def test_a_secret_in_the_file_is_refused_even_when_the_environment_wins(complaints, key, value):
    section, name = key.split(".")
    variable = f"TOSO_{section}__{name}".upper()
    for environ in ({}, {variable: value}):
        (said,) = complaints(f"[{section}]\n{name} = '{value}'\n", **environ)
        assert said.startswith(
            f"config.toml, dòng 2: mã bí mật {key} không được để trong tệp này; chuyển sang {variable}"
        )
        assert value not in said


def test_webhook_mode_needs_its_secret_only_where_the_channel_is_on(complaints, tmp_path):
    text = "[telegram]\nmode = 'webhook'\n"
    assert complaints(text, TOSO_TELEGRAM__TOKEN=TOKEN) == [
        "Thiếu TOSO_TELEGRAM__WEBHOOK_SECRET; chế độ webhook cần 8 đến 256 chữ không dấu, số, - hoặc _."
    ]
    assert load(tmp_path, text).telegram.mode == "webhook"


def test_the_printed_settings_hide_every_secret(tmp_path):
    secrets = {
        "TOSO_TELEGRAM__TOKEN": TOKEN,
        "TOSO_TELEGRAM__WEBHOOK_SECRET": "hunter2-telegram",
        "TOSO_ZALO_OA__SECRET_KEY": "hunter2-oa",
        "TOSO_WEB__METRICS_TOKEN": "hunter2-metrics",
    }
    found = load(tmp_path, **secrets, TOSO_DATABASE__URL="postgresql://toso:hunter2-db@db:5432/toso")
    printed = found.masked()
    assert "hunter2" not in printed
    assert TOKEN not in printed
    assert 'token = "***"' in printed
    assert 'url = "postgresql+asyncpg://toso:***@db:5432/toso"' in printed
    assert "hunter2" not in repr(found)
    assert sorted(found.secrets()) == sorted(secrets.values())


def test_paths_hang_on_the_project_folder_wherever_the_program_is_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load(tmp_path)
    assert found.database.path == config.PROJECT / "var" / "toso.db"
    assert found.media.folder == config.PROJECT / "var" / "media"


def test_a_list_in_the_environment_is_written_with_commas_or_as_json(tmp_path):
    proxies = {
        "TOSO_WEB__TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.2",
        "TOSO_HOURS__HOLIDAYS": '["2027-01-01"]',
    }
    found = load(tmp_path, **proxies)
    assert found.web.trusted_proxies == ("10.0.0.0/8", "192.168.1.2")
    assert found.hours.holidays == (date(2027, 1, 1),)


def test_the_address_is_the_public_one_or_else_this_machine(tmp_path):
    assert load(tmp_path).web.address == "http://127.0.0.1:8080"
    assert (
        load(tmp_path, TOSO_WEB__PUBLIC_URL="https://toso.example.vn/").web.address
        == "https://toso.example.vn"
    )


def test_services_get_the_values_of_the_file_as_rules(tmp_path):
    text = "[summary]\nweekday = 'friday'\n[help]\nteam_minutes = 5\n[media]\nkeep_days = 3\n"
    found = load(tmp_path, text).rules()
    assert (found.summary.weekday, found.help.team_minutes, found.media_keep_days) == (4, 5, 3)


def test_the_default_rules_of_services_are_those_of_the_default_settings(tmp_path):
    assert load(tmp_path).rules() == rules.Rules()


def test_the_twelve_kinds_of_work_fit_their_buttons_and_are_found_by_name():
    kinds = rules.ActivityLimits().kinds
    assert len(kinds) == 12
    assert max(len(kind.label) for kind in kinds) <= 20
    assert [kind.label for kind in kinds if kind.is_on_first_menu] == [
        "Cài VNeID",
        "Nộp hồ sơ qua mạng",
        "Làm BHYT",
    ]
    assert rules.ActivityLimits().kind("bot_help") == kinds[9]
    assert rules.ActivityLimits().kind("gone") is None


def test_the_demo_ignores_tokens_and_listens_to_this_machine_only(tmp_path):
    environ = {
        "TOSO_TELEGRAM__TOKEN": "not even a token",
        "TOSO_DATABASE__URL": f"sqlite:///{tmp_path / 'real.db'}",
        "TOSO_WEB__HOST": "0.0.0.0",
        "TOSO_WEB__PUBLIC_URL": "https://toso.example.vn",
    }
    found = config.load_demo(environ=environ)
    assert not found.telegram.is_on
    assert found.database.path == config.PROJECT / "var" / "demo.db"
    assert found.web.address == "http://127.0.0.1:8080"
