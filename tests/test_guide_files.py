"""A guide in large letters, on paper and aloud: made once, beside the loop, for every guide."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageChops, ImageDraw, ImageFont
from sqlmodel import select

from bot.app import Program
from bot.channels import File, Outgoing
from bot.channels.telegram import Telegram
from bot.config import load
from bot.drawings import Drawings
from locales import use_locale
from models.delivery import Media
from services import fonts, guide_cards, guide_files, guide_pages
from services.guides import Library, check
from services.media import MediaStore
from services.rules import DEFAULT_KINDS
from tests.telegram_server import TOKEN, TelegramServer

GUIDES = Path(__file__).parent.parent / "guides"
ADDRESS = "https://toso.example.vn"
OURS = Library.load(GUIDES)
WRITTEN = [guide for slug in OURS.slugs for guide in OURS.versions(slug) if guide.steps]
HEAD = "---\ntitle: Cài máy\nsource: sách\nowner: ai đó\n---\n"


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.fixture
def folder(tmp_path):
    """A folder with one guide of two steps."""
    slug = tmp_path / "guides" / "cai_may"
    slug.mkdir(parents=True)
    (slug / "vi.md").write_text(f"{HEAD}1. Mở máy.\n2. Bật lên.\n", "utf-8")
    return tmp_path / "guides"


@pytest.fixture
def drawings(database, folder, tmp_path):
    return Drawings(database, MediaStore(tmp_path / "media"), Library.load(folder), ADDRESS)


async def wanted(database, sheet, now) -> tuple[int, Media]:
    async with database.writing() as session:
        media_id = await guide_files.keep(session, sheet, now=now)
    async with database.reading() as session:
        row = (await session.exec(select(Media).where(Media.id == media_id))).one()
        session.expunge(row)
    return media_id, row


def test_there_are_38_guides_and_each_counts_as_a_kind_of_work_that_exists():
    assert len({guide.slug for guide in WRITTEN}) == 38
    assert check(GUIDES, [kind.name for kind in DEFAULT_KINDS]) == []


@pytest.mark.parametrize("guide", WRITTEN, ids=lambda guide: f"{guide.slug}.{guide.locale}")
def test_every_guide_fits_on_one_page_in_letters_of_13_points_or_more(guide):
    address = guide_pages.link(ADDRESS, guide.slug)
    with use_locale(guide.locale), guide_pages.laid_out(guide, address) as (page, points):
        assert page.pages_count == 1
        assert points >= 13
        assert page.get_y() <= page.h - guide_pages.MARGIN + 1


def test_a_very_long_guide_shrinks_to_11_points_and_no_further():
    guide = max(WRITTEN, key=lambda one: sum(len(step.text) for step in one.steps))
    with guide_pages.laid_out(replace(guide, steps=guide.steps * 4), ADDRESS) as (_page, points):
        assert points == guide_pages.SMALLEST


def test_every_letter_of_every_guide_is_in_both_fonts():
    said = {
        letter
        for guide in WRITTEN
        for text in (guide.title, guide.needs, guide.fee, guide.where, *(step.text for step in guide.steps))
        for letter in unicodedata.normalize("NFC", text)
    }
    for path in (fonts.path(), fonts.path("bold")):
        known = FT2Font(str(path)).get_charmap()
        assert {letter for letter in said if ord(letter) not in known} == set()


def test_a_printed_page_embeds_its_letters_and_its_qr_code_leads_to_the_guide():
    guide = OURS.get("tam_tru")
    with use_locale("vi"):
        page = guide_pages.draw(guide, guide_pages.link(ADDRESS, guide.slug))
    assert page.startswith(b"%PDF")
    assert b"/FontFile2" in page
    assert f"/URI ({ADDRESS}/?start=g_tam_tru)".encode() in page


def test_a_card_is_as_wide_as_a_phone_black_on_white_and_grows_with_its_text():
    short = picture(guide_cards.draw("Cài VNeID", "Bước 1/8", ["Mở máy."]))
    long = picture(guide_cards.draw("Cài VNeID", "Bước 1/8", ["Mở CH Play rồi tìm chữ VNeID. " * 9]))
    assert short.size == (1080, 800)
    assert (long.width, long.height > 800) == (1080, True)
    assert short.getpixel((5, 5)) == (11, 46, 107)
    below = short.crop((0, 300, 1080, 800)).convert("L")
    assert below.getextrema()[0] == 0
    assert below.getpixel((5, 495)) == 254  # white, as the palette has it


def test_long_words_and_tall_marks_stay_inside_a_card():
    lines = guide_cards.wrapped(
        "dichvucong" * 12 + " Ậ Ế Ộ", guide_cards._font(guide_cards.TEXT_SIZE, is_bold=True)
    )
    font = ImageFont.truetype(fonts.path("bold"), guide_cards.TEXT_SIZE)
    assert all(font.getlength(line) <= guide_cards.ROOM for line in lines)
    assert "".join(lines).replace(" ", "") == "dichvucong" * 12 + "ẬẾỘ"
    # Two lines drawn one above the other share no ink.
    above, below = Image.new("L", (400, 300)), Image.new("L", (400, 300))
    ImageDraw.Draw(above).text((0, 0), "ỵ ạ g ọ", font=font, fill=255)
    ImageDraw.Draw(below).text(
        (0, round(guide_cards.TEXT_SIZE * guide_cards.LEADING)), "Ậ Ế Ổ Ẫ", font=font, fill=255
    )
    assert ImageChops.multiply(above, below).getbbox() is None


async def test_the_same_card_is_wanted_and_drawn_once(database, drawings, now, monkeypatch):
    drawn: list[str] = []
    draw = guide_cards.draw

    def watched(title: str, place: str, texts: Sequence[str]) -> bytes:
        drawn.append(place)
        return draw(title, place, texts)

    monkeypatch.setattr(guide_cards, "draw", watched)
    guide = drawings.library.get("cai_may")
    first, row = await wanted(database, guide_files.card(guide, 1, 1), now)
    again, _row = await wanted(database, guide_files.card(guide, 1, 1), now)
    other, _row = await wanted(database, guide_files.card(guide, 2, 2), now)
    assert (first == again, first == other) == (True, False)
    assert drawn == []  # nothing is drawn in a unit of work
    assert await asyncio.gather(*(drawings.fetch(first) for _ in range(5))) == [True] * 5
    assert drawn == ["Bước 1/2"]
    assert picture((drawings.store.folder / row.sha256).read_bytes()).width == 1080


async def test_a_card_of_a_text_that_has_changed_is_not_drawn_under_the_old_name(
    database, drawings, folder, now
):
    media_id, _row = await wanted(database, guide_files.card(drawings.library.get("cai_may"), 1, 1), now)
    (folder / "cai_may" / "vi.md").write_text(f"{HEAD}1. Mở máy lên.\n2. Bật lên.\n", "utf-8")
    drawings.library = Library.load(folder)
    assert await drawings.fetch(media_id) is False


async def test_pages_and_recordings_are_fetched_like_cards_and_other_files_are_not(
    database, drawings, folder, now
):
    (folder / "cai_may" / "1.bdq.ogg").write_bytes(b"OggS sound")
    drawings.library = library = Library.load(folder)
    page_id, page = await wanted(database, guide_files.page(library.get("cai_may"), ADDRESS), now)
    (recording,) = library.recordings("cai_may", 1)
    sound_id, sound = await wanted(database, guide_files.recording(recording), now)
    assert (page.filename, page.mime) == ("toso-cai-may.pdf", "application/pdf")
    assert (sound.filename, sound.mime) == ("cai-may-1-bdq.ogg", "audio/ogg")
    assert [await drawings.fetch(one) for one in (page_id, sound_id, 999_999)] == [True, True, False]
    assert (drawings.store.folder / page.sha256).read_bytes().startswith(b"%PDF")
    assert (drawings.store.folder / sound.sha256).read_bytes() == b"OggS sound"
    (folder / "cai_may" / "1.bdq.ogg").unlink()
    drawings.library = Library.load(folder)
    assert await drawings.fetch(sound_id) is False


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("3.bdq.mp3", 10, "2"),
        ("0.vi.ogg", 10, "2"),
        ("1.vi.wav", 10, "3.bdq.mp3"),
        ("bai.ogg", 10, "3.bdq.mp3"),
        ("1.vi.ogg", 5 * 1024 * 1024 + 1, "5 MB"),
    ],
)
def test_a_recording_that_cannot_be_sent_is_complained_of(folder, name, size, said):
    with (folder / "cai_may" / name).open("wb") as file:
        file.truncate(size)
    (complaint,) = check(folder)
    assert f"guides/cai_may/{name}" in complaint
    assert said in complaint
    assert Library.load(folder).recordings("cai_may", 1) == ()


def test_recordings_are_found_by_step_and_language(folder):
    for name in ("1.vi.ogg", "1.jra.m4a", "2.xyz.mp3"):
        (folder / "cai_may" / name).write_bytes(name.encode())
    library = Library.load(folder)
    assert check(folder) == []
    assert [one.language for one in library.recordings("cai_may", 1)] == ["Tiếng Gia Rai", "Tiếng Việt"]
    assert [(one.language, one.mime) for one in library.recordings("cai_may", 2)] == [("xyz", "audio/mpeg")]


def test_a_guide_of_a_kind_that_is_not_counted_is_complained_of(folder):
    file = folder / "cai_may" / "vi.md"
    file.write_text(file.read_text("utf-8").replace("owner:", "kind: dancing\nowner:"), "utf-8")
    assert check(folder) == []
    (complaint,) = check(folder, ["vneid"])
    assert '"dancing"' in complaint


async def test_the_site_draws_a_card_when_the_page_asks_for_it(
    quick_content, sqlite_database, unused_tcp_port, tmp_path, now
):
    environ = {
        "TOSO_DATABASE__URL": f"sqlite:///{sqlite_database.url.database}",
        "TOSO_MEDIA__FOLDER": str(tmp_path / "media"),
        "TOSO_WEB__PORT": str(unused_tcp_port),
    }
    program = Program(load(environ=environ), now=lambda: now)
    _id, row = await wanted(program.database, guide_files.card(OURS.get("tam_tru"), 1, 1), now)
    address = f"http://127.0.0.1:{unused_tcp_port}/media/{row.token}"
    async with program.running(), ClientSession() as http, http.get(address) as answer:
        assert answer.status == 200
        assert picture(await answer.read()).width == 1080


@pytest.mark.parametrize(
    ("mime", "is_refused", "sent_as"),
    [
        ("audio/ogg", False, "voice"),
        ("audio/mpeg", False, "audio"),
        ("audio/mp4", False, "audio"),
        ("audio/ogg", True, "document"),
        ("application/pdf", False, "document"),
    ],
)
async def test_telegram_plays_what_can_be_heard(tmp_path, mime, is_refused, sent_as):
    path = tmp_path / "sound"
    path.write_bytes(b"sound")
    async with TelegramServer() as server:
        channel = Telegram(TOKEN, api_base=server.url)
        hanh = server.person("Hạnh")
        if is_refused:
            server.fail_next("sendVoice", status=400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN")
        file = File(1, path, mime, "https://toso.example.vn/media/x", "buoc-1.bin")
        sent = await channel.send(str(hanh.id), Outgoing("Bước 1", document=file))
        await channel.stop()
        (message,) = server.messages(hanh)
        assert message.content.file is not None
        assert (message.content.file.kind, message.text) == (sent_as, "Bước 1")
        assert sent.provider_file is not None


def test_no_card_holds_words_that_are_not_the_guides_own():
    guide = OURS.get("vneid_kich_hoat")
    sheet = guide_files.card(guide, 4, 6)
    assert re.fullmatch(r"[0-9a-f]{64}", sheet.digest)
    with use_locale("en"):  # the language of the guide, not of whoever asks
        assert guide_files.card(guide, 4, 6).digest == sheet.digest
