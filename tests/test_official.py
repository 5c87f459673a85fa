"""Citizens learn from us which addresses to trust: nothing but official ones is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot import checking
from services.official import strangers

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mở dichvucong.gov.vn, chọn Đăng nhập.", []),
        ("https://dichvucong.gov.vn/p/home", []),
        ("Vào dichvucong.gov.vn.xac-minh.top để nhận quà", ["dichvucong.gov.vn.xac-minh.top"]),
        ("Mở vneid.com.vn.", ["vneid.com.vn"]),
        ("xem http://bit.ly/abc và www.nhanqua.vip", ["bit.ly", "nhanqua.vip"]),
        ("thon.csv, config.toml, danh_sach.xlsx, 1.204 người, v.v.", []),
        ("{address}/join?c=1 · http://127.0.0.1:8080 · https://", []),
        ("VNEID.GOV.VN", []),
    ],
)
def test_strange_addresses_are_found(text: str, found: list[str]) -> None:
    assert list(strangers(text)) == found


def test_guides_lessons_and_catalogs_show_official_addresses_only() -> None:
    assert [finding.mark for finding in checking._addresses(ROOT)] == ["good"]


def test_toso_check_names_the_file_and_the_address(tmp_path: Path) -> None:
    guide = tmp_path / "guides" / "qua" / "vi.md"
    guide.parent.mkdir(parents=True)
    guide.write_text("---\ntitle: Quà\n---\n1. Vào nhan-qua.top.", encoding="utf-8")
    (finding,) = checking._addresses(tmp_path)
    assert finding.mark == "wrong"
    assert "guides/qua/vi.md" in finding.sentence
    assert "nhan-qua.top" in finding.sentence
