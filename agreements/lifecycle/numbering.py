"""Agreement numbers: YY2026-000001, one series a year and without gaps."""

from collections.abc import Callable

from django.db.models.functions import Length
from django.utils import timezone

from agreements.models import Agreement
from numbering.drawing import draw

SERIES = "agreements"


def create_numbered(make: Callable[[str], Agreement]) -> Agreement:
    """Save a new agreement under the next number of this year and return it, within the caller's transaction.

    `make` builds the unsaved row for a number. Whoever starts at the same time waits until the transaction ends.
    """
    year = timezone.localdate().year
    beginning = f"YY{year}-"
    agreement = make(f"{beginning}{draw(SERIES, year, issued=lambda: _highest(beginning)):06d}")
    agreement.save(force_insert=True)
    return agreement


def _highest(beginning: str) -> int:
    issued = Agreement.objects.filter(number__startswith=beginning)
    # After 999999 the numbers grow longer: the longest is the latest.
    last = issued.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    return int(last.removeprefix(beginning)) if last else 0
