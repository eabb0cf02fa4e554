"""A sealed letter as PDF: one page to be folded, with its link as a QR code."""

from __future__ import annotations

from django.template.loader import render_to_string

from agreements.documents.renderer import render
from boundary.printing import described, unprintable
from boundary.qr import as_svg
from duties.sealed import SealedLetter
from verbs.errors import WrongState

TEMPLATE = "pdf/sealed_letter.html"
STYLES = ("letter.css", "sealed_letter.css")


def letter_pdf(letter: SealedLetter) -> bytes:
    """Return the letter as PDF of one page. Raises WrongState for characters that no font here can print."""
    refused = unprintable(letter.everything_printed)
    if refused:
        raise WrongState(f"密封信打印不出这些字：{described(refused)}。请改用电子邮件邀请。")
    code = as_svg(letter.link) if letter.link else ""
    return render(render_to_string(TEMPLATE, {"letter": letter, "code": code}), styles=STYLES).pdf
