"""The page behind an invite's link: one button, because previews fetch links too."""

from __future__ import annotations

from html import escape
from typing import Final

from locales import current
from locales import gettext as _

_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Tổ Số</title>
<link rel="stylesheet" href="/static/chat.css">
<link rel="stylesheet" href="/static/join.css">
</head>
<body class="join">
<main>
<h1>Tổ Số</h1>
<p>{words}</p>
<form method="post" action="/join/{token}"><button type="submit">{button}</button></form>
<p class="quiet">{warning}</p>
</main>
</body>
</html>
"""


def page(token: str) -> str:
    """Write the page of an invite."""
    return _PAGE.format(
        lang=current(),
        token=escape(token, quote=True),
        words=escape(_("You are invited to join a community digital-technology team.")),
        button=escape(_("Open the invitation")),
        warning=escape(_("Tổ Số never asks for an OTP code, a password or money.")),
    )
