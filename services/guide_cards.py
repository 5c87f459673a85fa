"""What does a step look like in very large letters, as one picture as wide as a telephone?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from services import fonts

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH: Final = 1080
LEAST_HEIGHT: Final = 800
MARGIN: Final = 64
TITLE_SIZE: Final = 48
PLACE_SIZE: Final = 84
TEXT_SIZE: Final = 88
# Lines far enough apart that the marks over Ậ and under Ạ never touch.
LEADING: Final = 1.42
BLACK: Final = "#000000"
WHITE: Final = "#FFFFFF"
BLUE: Final = "#0B2E6B"  # white on it has a contrast of 13 to 1
ROOM: Final = WIDTH - 2 * MARGIN


def draw(title: str, place: str, texts: Sequence[str]) -> bytes:
    """Draw a PNG: the guide's title and the place in a dark band, the step below it in black on white.

    The picture grows with the text, the letters never shrink. Takes some tens of milliseconds: never on the
    loop.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - loaded with the first card

    title_lines = wrapped(title, _font(TITLE_SIZE))
    paragraphs = [wrapped(text, _font(TEXT_SIZE, is_bold=True)) for text in texts]
    band = MARGIN // 2 + _height(TITLE_SIZE, len(title_lines)) + _height(PLACE_SIZE, 1) + MARGIN // 4
    gap = TEXT_SIZE // 2
    text = sum(_height(TEXT_SIZE, len(lines)) + gap for lines in paragraphs) - gap
    height = max(LEAST_HEIGHT, band + MARGIN + text + MARGIN)
    image = Image.new("RGB", (WIDTH, height), WHITE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, band), fill=BLUE)
    below = _write(pen, title_lines, MARGIN // 2, TITLE_SIZE, WHITE, is_bold=False)
    _write(pen, [place], below, PLACE_SIZE, WHITE, is_bold=True)
    top = band + MARGIN
    for lines in paragraphs:
        top = _write(pen, lines, top, TEXT_SIZE, BLACK, is_bold=True) + gap
    # Black, white and one blue with the greys between them: a palette halves the file.
    out = io.BytesIO()
    image.quantize(16, method=Image.Quantize.FASTOCTREE).save(out, "PNG")
    return out.getvalue()


def wrapped(text: str, font: FreeTypeFont) -> list[str]:
    """Break a text into lines that fit, at spaces; a word longer than a line is cut."""
    lines = [""]
    for word in text.split():
        for part in _cut(word, font):
            longer = f"{lines[-1]} {part}".strip()
            if font.getlength(longer) <= ROOM:
                lines[-1] = longer
            else:
                lines.append(part)
    return [line for line in lines if line]


def _cut(word: str, font: FreeTypeFont) -> list[str]:
    parts = [""]
    for letter in word:
        if font.getlength(parts[-1] + letter) > ROOM:
            parts.append("")
        parts[-1] += letter
    return parts


def _write(pen: ImageDraw, lines: Sequence[str], top: int, size: int, colour: str, *, is_bold: bool) -> int:
    for line in lines:
        pen.text((MARGIN, top), line, font=_font(size, is_bold=is_bold), fill=colour)
        top += _height(size, 1)
    return top


def _height(size: int, lines: int) -> int:
    return round(size * LEADING) * lines


@cache
def _font(size: int, *, is_bold: bool = False) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - likewise

    return ImageFont.truetype(fonts.path("bold" if is_bold else "regular"), size)
