"""Filing numbers (备案号) in the form of a document number: 越城卫健医养备〔2026〕0001号, per authority and year."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models.functions import Length
from django.utils import timezone

from filing.models import Filing
from institutions.models import Authority

TRIES = 20
SHORT_KIND = {Authority.Kind.HEALTH: "卫健", Authority.Kind.CIVIL_AFFAIRS: "民政"}
ENDING = re.compile(r"(?<=..)(自治区|自治州|自治县|自治旗|省|市|区|县|旗|盟)$")
COUNTER = re.compile(r"〕(\d+)号$")


def issue(filing: Filing, save: Callable[[str], None]) -> str:
    """Save under the next free number of the authority in this year and return it.

    The unique constraint decides who gets a number when two accept at once; the loser takes the next. Raises
    RuntimeError after 20 lost races.
    """
    for _ in range(TRIES):
        number = _next_number(filing.authority)
        try:
            with transaction.atomic():
                save(number)
        except IntegrityError as clash:
            if "filing_number" not in str(clash):
                raise
        else:
            return number
    raise RuntimeError(f"no free filing number after {TRIES} tries")


def short_name(authority: Authority) -> str:
    """Return an authority's name in numbers: 越城卫健 for the health bureau of 越城区."""
    return ENDING.sub("", authority.region.name) + SHORT_KIND[Authority.Kind(authority.kind)]


def _next_number(authority: Authority) -> str:
    beginning = f"{short_name(authority)}医养备〔{timezone.localdate().year}〕"
    issued = Filing.objects.filter(authority=authority, number__startswith=beginning)
    # After 9999 the numbers grow longer: the longest is the latest.
    last = issued.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    counter = COUNTER.search(last) if last else None
    return f"{beginning}{int(counter.group(1)) + 1 if counter else 1:04d}号"
