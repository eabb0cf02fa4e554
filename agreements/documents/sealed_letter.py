"""A sealed letter as PDF: one page to be folded, with its link as a QR code."""

from __future__ import annotations

import segno
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from agreements.documents.renderer import render
from agreements.text.fonts import described, unprintable
from duties.sealed import SealedLetter
from verbs.errors import WrongState

TEMPLATE = "pdf/sealed_letter.html"
STYLE = "sealed_letter.css"


def letter_pdf(letter: SealedLetter) -> bytes:
    """Return the letter as PDF of one page. Raises WrongState for characters that no font here can print."""
    refused = unprintable(letter.everything_printed)
    if refused:
        raise WrongState(f"密封信打印不出这些字：{described(refused)}。请改用电子邮件邀请。")
    code = ""
    if letter.link:
        drawn = segno.make(letter.link, error="m", micro=False).svg_inline(border=4, light="#fff", omitsize=True)
        code = mark_safe(drawn)  # noqa: S308 -- drawn by segno from squares; no text of a person stands in it
    return render(render_to_string(TEMPLATE, {"letter": letter, "code": code}), style=STYLE).pdf
