"""A letter to the other side as PDF: one page that says what is awaited and where, for the post or the notice board."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.template.loader import render_to_string

from agreements.documents.renderer import render
from boundary.printing import described, unprintable
from boundary.qr import as_svg
from verbs.errors import WrongState

TEMPLATE = "pdf/partner_letter.html"
STYLES = ("letter.css", "partner_letter.css")


@dataclass(frozen=True)
class PartnerLetter:
    """What stands in it. Its link opens nothing by itself: who follows it signs in, or applies to be let in.

    `code`: what a reader without people here applies with, "" for others; it stands in the link too.
    """

    heading: str
    reader: str  # the institution whose turn it is
    sender: str
    sentences: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    link: str = field(repr=False)
    printed_on: date
    code: str = field(default="", repr=False)
    caption: str = "扫码打开这份协议的页面，登录后办理"  # below the QR code

    @property
    def everything_printed(self) -> str:
        return "".join((self.heading, self.reader, self.sender, *self.sentences, *(f"{a}{b}" for a, b in self.facts)))


def partner_letter_pdf(letter: PartnerLetter) -> bytes:
    """Return the letter as PDF of one page. Raises WrongState for characters that no font here can print."""
    refused = unprintable(letter.everything_printed)
    if refused:
        raise WrongState(f"这封函打印不出这些字：{described(refused)}。请改用“催办”，对方会收到消息。")
    words = render_to_string(TEMPLATE, {"letter": letter, "code": as_svg(letter.link)})
    return render(words, styles=STYLES).pdf
