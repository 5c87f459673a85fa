"""How is an address drawn so that a telephone's camera opens it?"""

from __future__ import annotations

import io
from typing import Literal


def qr_code(text: str, *, scale: int = 12, quiet: int = 2, error: Literal["m", "q"] = "m") -> io.BytesIO:
    """Draw a QR code as PNG, standing at its beginning.

    `scale` is pixels a module, `quiet` the white around it in modules; error level "q" survives a crease.
    """
    import segno  # noqa: PLC0415 - most of a day needs none

    picture = io.BytesIO()
    segno.make(text, micro=False, error=error).save(picture, kind="png", scale=scale, border=quiet)
    picture.seek(0)
    return picture
