"""What a machine has read of a scanned page, compared with the copies that were printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agreements.documents.verification import PrintedPage, Verdict, printed_page, verdict_on
from agreements.models import Agreement, ScanPage
from institutions.models import Role

Finding = ScanPage.Finding
# Share of a side's part of the signature block that something is written or sealed on at least. Measured on made-up
# scans (0033): nothing reads as 0, a thin signature as 14 mm² and more; a party's part has some 5,000 mm².
LEAST_INK = 0.0015
OF_TEXT = {Verdict.FINAL: Finding.FOUND, Verdict.VOIDED: Finding.VOIDED}


@dataclass(frozen=True)
class Found:
    """What a page is, in the words of `ScanPage`."""

    finding: Finding
    copy: int | None = None
    page: int | None = None
    of_number: str = ""
    bare: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of a row."""
        whose = {"of_number": self.of_number, "bare": list(self.bare)}
        return {"finding": self.finding, "copy": self.copy, "page": self.page, **whose}


def found_on(agreement: Agreement, seen: Mapping[str, Any]) -> Found:
    """Return what a page is by what was read of it (`uploads.models.Page.seen`).

    A page with the codes of several pages is what the worst of them says; with those of several right ones nobody
    knows which it is. Codes that are not ours say nothing: a seal may carry one. Nor does one of ours say anything on a
    page that could not be laid over our print, or bears other words: it may be glued there, and whether anybody signed
    was not seen.
    """
    codes = _codes_of_ours(seen)
    read = {_by_code(agreement, printed) for printed in codes}
    strange = sorted(
        (each for each in read if each.finding is not Finding.FOUND), key=lambda each: (each.finding, each.of_number)
    )
    if strange:
        return strange[0]
    if len(read) != 1:
        return Found(Finding.UNREADABLE)
    (found,) = read
    compared = seen.get("compared") or {}
    of_this = printed_page(compared.get("code", "")) in codes
    return _signed(found, compared) if of_this else Found(Finding.UNREADABLE)


def place_by_code(agreement: Agreement, seen: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return copy and page of the present copies that the only code of ours on a page names, be the page that one or
    not; None where it bears none, or several."""
    read = {_by_code(agreement, printed) for printed in _codes_of_ours(seen)}
    if len(read) != 1:
        return None
    (found,) = read
    return (found.copy, found.page) if found.finding is Finding.FOUND and found.copy and found.page else None


def numbers_by_code(seen: Mapping[str, Any]) -> frozenset[str]:
    """Return the numbers of all agreements, this one too, that the codes on a page name."""
    return frozenset(printed.number for printed in _codes_of_ours(seen))


def _codes_of_ours(seen: Mapping[str, Any]) -> set[PrintedPage]:
    return {printed for code in seen.get("codes", ()) if (printed := printed_page(code)) is not None}


def _by_code(agreement: Agreement, printed: PrintedPage) -> Found:
    if printed.number != agreement.number:
        return Found(Finding.FOREIGN, of_number=printed.number)
    finding = OF_TEXT.get(verdict_on(printed), Finding.OTHER_TEXT)
    return Found(finding, printed.copy, printed.page)


def _signed(found: Found, compared: Mapping[str, Any]) -> Found:
    """Say of a page of the right text whether anything was added to it, at the places of seals whether ink is, and
    whether the words on it are ours: where they are not, a person has to say what it is."""
    ink = compared.get("ink") or {}
    bare = tuple(role.value for role in Role if role in ink and ink[role] < LEAST_INK)
    if bare or compared.get("same"):
        return Found(Finding.UNSIGNED, found.copy, found.page, bare=bare)
    return Found(Finding.UNREADABLE) if compared.get("differing") else found
