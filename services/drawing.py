"""How are bars with their values drawn into a picture: letters that fit, colours everybody can tell apart?"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from locales import dates
from services import fonts

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

BLUE: Final = "#0072B2"  # Okabe and Ito's blue and orange differ for every kind of colour blindness
ORANGE: Final = "#E69F00"
GREY: Final = "#666666"
INK: Final = "#111111"
LINE: Final = "#BBBBBB"
TITLE: Final = (40, 28)
GAP: Final = 12
ROOM_FOR_VALUE: Final = 150

Box = tuple[int, int, int, int]

# FreeType's faces are not made for two threads at once.
_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; with `words` there is none, and the words stand in its place."""

    label: str
    value: int
    words: str
    colour: str


class Canvas:
    """A white picture to draw on."""

    def __init__(self, width: int, height: int) -> None:
        """Begin a picture."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - loaded with the first picture

        self.width, self.height = width, height
        self._image = Image.new("RGB", (width, height), "white")
        self._draw = ImageDraw.Draw(self._image)

    def png(self) -> bytes:
        """Give the picture; its few colours need no more than a palette."""
        from PIL import Image  # noqa: PLC0415 - likewise

        buffer = io.BytesIO()
        # The octree takes a fifth of the time of the median cut, and these pictures have few colours.
        few = self._image.quantize(64, method=Image.Quantize.FASTOCTREE)
        few.save(buffer, "png", compress_level=6)
        return buffer.getvalue()

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: int,
        colour: str = INK,
        is_bold: bool = False,
        at: str = "la",
    ) -> None:
        """Write words; `at` is where (x, y) lies, as Pillow names anchors."""
        with _one_at_a_time:
            self._draw.text((x, y), words, fill=colour, font=_font(size, is_bold=is_bold), anchor=at)

    def title(self, words: str, x: int, y: int) -> int:
        """Write a title as large as it fits, in two lines if it must; tell where it ends."""
        most = self.width - 2 * x
        for size in range(TITLE[0], TITLE[1] - 1, -2):
            if width_of(words, size, is_bold=True) <= most:
                self.text(words, x, y, size=size, is_bold=True)
                return y + size + 26
        size, lines = TITLE[1], broken(words, most, TITLE[1], is_bold=True)
        for number, line in enumerate(lines):
            self.text(line, x, y + number * (size + 10), size=size, is_bold=True)
        return y + len(lines) * (size + 10) + 18

    def columns(self, bars: Sequence[Bar], box: Box) -> None:
        """Stand bars beside each other, the value above and the label below each."""
        left, top, right, bottom = box
        step = (right - left) / max(1, len(bars))
        floor, most = bottom - 44, max([bar.value for bar in bars] + [1])
        for number, bar in enumerate(bars):
            middle = round(left + (number + 0.5) * step)
            height = round((floor - top - 44) * bar.value / most)
            half = round(step * 0.36)
            if height and not bar.words:
                self._draw.rectangle((middle - half, floor - height, middle + half, floor), fill=bar.colour)
            value = bar.words or dates.number(bar.value)
            size = fitting(value, round(step) - (22 if bar.words else 4), 30, 15)
            colour = GREY if bar.words else INK
            self.text(value, middle, floor - height - 8, size=size, colour=colour, at="ms")
            self.text(bar.label, middle, floor + 10, size=26, at="ma")
        self._draw.line((left, floor, right, floor), fill=LINE, width=2)

    def rows(self, bars: Sequence[Bar], box: Box, *, sizes: tuple[int, int]) -> None:
        """Lay bars under each other, the label before and the value after each; letters as large as fit."""
        left, top, right, bottom = box
        step = min((bottom - top) / max(1, len(bars)), sizes[1] * 2)
        size = max(sizes[0], min(sizes[1], round(step * 0.7)))
        most_of_it = round((right - left) * 0.45)
        longest = max((bar.label for bar in bars), key=lambda label: width_of(label, size))
        size = fitting(longest, most_of_it, size, sizes[0])
        names = min(width_of(longest, size), most_of_it)
        most = max([bar.value for bar in bars if not bar.words] + [1])
        start = left + names + GAP
        for number, bar in enumerate(bars):
            middle = round(top + (number + 0.5) * step)
            label = cut(bar.label, names, size)
            self.text(label, start - GAP, middle, size=size, at="rm")
            width = round((right - start - ROOM_FOR_VALUE) * bar.value / most)
            if bar.words:
                self.text(bar.words, start, middle, size=size, colour=GREY, at="lm")
                continue
            half = round(step * 0.36)
            if width:
                self._draw.rectangle((start, middle - half, start + width, middle + half), fill=bar.colour)
            value = dates.number(bar.value)
            self.text(value, start + width + 8, middle, size=size, at="lm")


@lru_cache(maxsize=64)
def _font(size: int, *, is_bold: bool = False) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - loaded with the first picture

    # The basic layout is the same with and without libraqm, which not every machine has.
    return ImageFont.truetype(
        fonts.path("bold" if is_bold else "regular"), size, layout_engine=ImageFont.Layout.BASIC
    )


def width_of(words: str, size: int, *, is_bold: bool = False) -> float:
    """Measure words in pixels."""
    with _one_at_a_time:
        return float(_font(size, is_bold=is_bold).getlength(words))


def fitting(words: str, width: int, largest: int, smallest: int) -> int:
    """Find the largest size at which words fit a width."""
    for size in range(largest, smallest, -1):
        if width_of(words, size) <= width:
            return size
    return smallest


def cut(words: str, width: float, size: int) -> str:
    """Shorten words to a width, with an ellipsis."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"


def broken(words: str, width: float, size: int, *, is_bold: bool = False) -> list[str]:
    """Break words into lines of a width."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size, is_bold=is_bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
