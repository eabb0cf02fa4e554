"""What the QR code of a printed page may tell anyone: whether the page belongs to a text that is registered here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from agreements.models import Agreement, FrozenText, IssuedFile, Rendition
from agreements.text.paper import DIGEST_DIGITS
from institutions.models import Role


class Verdict(StrEnum):
    FINAL = "final"  # the page carries the frozen text
    VOIDED = "voided"  # the page carries a text that was frozen and later given up
    DRAFT = "draft"  # the page carries a draft that was printed, and is no agreement
    UNKNOWN = "unknown"  # no such page: another number, copy, page or text


@dataclass(frozen=True)
class PrintedPage:
    """What a page says of itself: copy and page counted from 1, `digest` the first digits of its text's SHA-256."""

    number: str
    copy: int
    page: int
    pages: int
    digest: str


# What `Paper.address` prints, with any host, with the path that a site may have, or with none: readers and messengers
# change case, and a site moves.
ADDRESS = re.compile(
    r"(?:https?://[^/\s]+(?:/[\w.~-]+)*/|/)?v/"
    r"(?P<number>[a-z0-9-]{1,30})/(?P<copy>\d{1,2})/(?P<page>\d{1,4})-(?P<pages>\d{1,4})/(?P<digest>[0-9a-f]{1,64})/?",
    re.IGNORECASE | re.ASCII,
)


def printed_page(text: str) -> PrintedPage | None:
    """Return what the text of a code says of the page that it stands on, None for a code that is none of ours."""
    read = ADDRESS.fullmatch(text.strip())
    if read is None:
        return None
    copy, page, pages = (int(read[name]) for name in ("copy", "page", "pages"))
    if not copy or not page:
        return None
    return PrintedPage(read["number"].upper(), copy, page, pages, read["digest"].lower())


def verdict_on(printed: PrintedPage) -> Verdict:
    """Compare a page with what was rendered. The same answer for an unknown number as for a wrong digest:

    whoever does not hold the paper learns nothing, not even which numbers exist.
    """
    if len(printed.digest) != DIGEST_DIGITS:
        return Verdict.UNKNOWN
    renditions = Rendition.objects.filter(
        agreement__number=printed.number,
        state=Rendition.State.READY,
        text_digest__startswith=printed.digest,
        page_count=printed.pages,
        counterparts__number=printed.copy,
    )
    if not 1 <= printed.page <= printed.pages:
        return Verdict.UNKNOWN
    found = renditions.order_by("frozen__voided_at").values_list("frozen", "frozen__voided_at").first()
    match found:
        case None:
            return Verdict.UNKNOWN
        case (None, _):
            return Verdict.DRAFT
        case (_, None):
            return Verdict.FINAL
    return Verdict.VOIDED


def voided_at(printed: PrintedPage) -> datetime | None:
    """Return when the text was voided, for a page that was found to carry a voided text."""
    texts = FrozenText.objects.filter(agreement__number=printed.number, digest__startswith=printed.digest)
    return texts.values_list("voided_at", flat=True).first()


def signed_in_words(printed: PrintedPage) -> str:
    """Return how the copy of a genuine page was signed electronically and at which level; "" while nobody has."""
    copies = IssuedFile.objects.filter(
        counterpart__rendition__agreement__number=printed.number,
        counterpart__rendition__text_digest__startswith=printed.digest,
        counterpart__rendition__frozen__isnull=False,
        counterpart__number=printed.copy,
    )
    last = copies.newest().first()
    if last is None:
        return ""
    signatures = copies.filter(signature__isnull=False).count()
    return f"{signatures} 方已电子签章，{last.get_level_display()}。原件是电子文件，打印出来的签章只是它的影像"


def signed_days(agreement: Agreement) -> list[tuple[str, str, date | None]]:
    """Return who each side is and on which day it signed, for whoever sees the agreement."""
    days = {Role.ELDER_CARE: agreement.elder_care_signed_on, Role.MEDICAL: agreement.medical_signed_on}
    return [(role.label, agreement.party_name(role), day) for role, day in days.items()]


def state_in_words(number: str) -> str:
    """Return the agreement's state in words, for a page that was found to be genuine: 生效中, 已到期 …"""
    return Agreement.objects.get(number=number).state_in_words(naming=False)
