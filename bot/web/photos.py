"""How an uploaded photo is taken: checked, turned upright, and rid of where it was taken."""

from __future__ import annotations

import io
from typing import Final

LARGEST: Final = 8 * 1024 * 1024
LONGEST_SIDE: Final = 1600
MOST_PIXELS: Final = 40_000_000


class NotAPicture(ValueError):
    """The bytes are no picture this program reads."""


def cleaned(data: bytes) -> bytes:
    """Make a JPEG of a picture without any of its hidden data; raises NotAPicture."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - loaded with the first photo

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=85)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    return out.getvalue()
