"""Filing numbers (备案号) in the form of a document number: 越城卫健医养备〔2026〕0001号, per authority and year."""

from __future__ import annotations

import re

from django.db.models.functions import Length
from django.utils import timezone

from filing.models import Filing
from institutions.models import Authority
from numbering.drawing import draw
from regions.naming import distinct_name

SERIES = "filings"
SHORT_KIND = {Authority.Kind.HEALTH: "卫健", Authority.Kind.CIVIL_AFFAIRS: "民政"}
COUNTER = re.compile(r"〕(\d+)号$")


def next_number(authority: Authority) -> str:
    """Draw the authority's next number of this year, within the caller's transaction."""
    year = timezone.localdate().year
    called = name_in_numbers(authority)
    beginning = f"{called}医养备〔{year}〕"
    # The series is that of the words that numbers begin with: an authority that follows another of the same name in
    # the middle of a year (a county becomes a city) counts on, and no number is given twice.
    return f"{beginning}{draw(f'{SERIES} {called}', year, issued=lambda: _highest(beginning)):04d}号"


def name_in_numbers(authority: Authority) -> str:
    """Return an authority's name in numbers, which no other has: 越城卫健 for the health bureau of 越城区."""
    return distinct_name(authority.region, timezone.localdate()) + SHORT_KIND[Authority.Kind(authority.kind)]


def _highest(beginning: str) -> int:
    issued = Filing.objects.filter(number__startswith=beginning)
    # After 9999 the numbers grow longer: the longest is the latest.
    last = issued.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    counter = COUNTER.search(last) if last else None
    return int(counter.group(1)) if counter else 0
