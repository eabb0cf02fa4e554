"""What a receipt says, and how it is laid out: a letter of the authority by the geometry of GB/T 9704-2012."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from agreements.documents.renderer import render
from agreements.models import Agreement
from agreements.register.parties import sides_of
from boundary.printing import UnprintableCharacters, unprintable
from chinese.dates import cn_day
from filing.models import Filing
from institutions.models import Role

TEMPLATE = "pdf/filing_receipt.html"
STYLES = ("filing_receipt.css",)
TOGETHER = 4  # characters: 医院）：
LONG_AUTHORITY, LONG_ADDRESSEES = 13, 48  # characters that still fit in one line and in two


@dataclass(frozen=True)
class Letter:
    """A receipt as plain data, everything as it is printed."""

    authority: str
    number: str
    addressees: tuple[str, ...]  # 甲方 first
    copy: str  # whose copy was submitted: 民政部门存
    facts: tuple[tuple[str, str], ...]
    handed_in: str
    dated: str
    decided_at: datetime  # the date in the file's metadata: the same receipt always gives the same text

    @property
    def is_long(self) -> bool:
        """Whether smaller type must keep the letter on one page, as the standard allows for special cases."""
        return len(self.authority) > LONG_AUTHORITY or sum(map(len, self.addressees)) > LONG_ADDRESSEES

    @property
    def addressed(self) -> tuple[str, str]:
        """The line of the addressees, and its end that is kept together: no line holds a single character."""
        line = "、".join(self.addressees) + "："
        return line[:-TOGETHER], line[-TOGETHER:]

    @property
    def everything_printed(self) -> str:
        facts = [text for fact in self.facts for text in fact]
        return "\n".join([self.authority, self.number, *self.addressees, self.copy, *facts])


def letter_of(filing: Filing) -> Letter:
    """Return the receipt of an accepted filing. Raises ValueError for any other."""
    if filing.decided_at is None or filing.submitted_at is None or not filing.number:
        raise ValueError(f"filing {filing.pk} is not accepted")
    return Letter(
        authority=filing.decided_as or filing.authority.name,
        number=filing.number,
        addressees=tuple(side.facts["name"] for side in sides_of(filing.agreement)),
        copy=copy_label(filing),
        facts=_facts(filing.agreement),
        handed_in=cn_day(timezone.localtime(filing.submitted_at).date()),
        dated=cn_day(timezone.localtime(filing.decided_at).date()),
        decided_at=timezone.localtime(filing.decided_at),
    )


def receipt_pdf(letter: Letter) -> bytes:
    """Return the receipt as PDF. Raises UnprintableCharacters."""
    refused = unprintable(letter.everything_printed)
    if refused:
        raise UnprintableCharacters(refused)
    return render(render_to_string(TEMPLATE, {"letter": letter}), styles=STYLES).pdf


def copy_label(filing: Filing) -> str:
    """Return how the template calls the authority's own copy, e.g. 民政部门存; "" when it has none."""
    copies = filing.agreement.chosen_version.parsed.copies
    return next((copy.label for copy in copies if copy.holder == filing.authority.kind), "")


def _facts(agreement: Agreement) -> tuple[tuple[str, str], ...]:
    days = (agreement.effective_on, agreement.starts_on, agreement.expires_on)
    effective, starts, expires = (cn_day(day) if day else "" for day in days)
    return (
        ("协议名称", agreement.chosen_version.title),
        ("协议编号", agreement.number),
        ("养老服务机构", agreement.party_name(Role.ELDER_CARE)),
        ("医疗卫生机构", agreement.party_name(Role.MEDICAL)),
        ("生效日期", effective),
        ("合作期限", f"{starts}至{expires}"),
        ("文本摘要", agreement.frozen.digest if agreement.frozen else ""),
    )
