"""Agreement numbers: YY2026-000001, gapless within a year as far as rollbacks allow."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.models import Agreement

TRIES = 20


def create_numbered(make: Callable[[str], Agreement]) -> Agreement:
    """Save a new agreement under the next free number of this year and return it.

    `make` builds the unsaved row for a number. The unique constraint decides who gets a number when two
    people start at once; the loser tries the next. Raises RuntimeError after 20 lost races.
    """
    year = timezone.localdate().year
    for _ in range(TRIES):
        agreement = make(_next_number(year))
        try:
            with transaction.atomic():
                agreement.save(force_insert=True)
        except IntegrityError as clash:
            if "number" not in str(clash):
                raise
        else:
            return agreement
    raise RuntimeError(f"no free agreement number after {TRIES} tries")


def _next_number(year: int) -> str:
    last = (
        Agreement.objects.filter(number__startswith=f"YY{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"YY{year}-{int(last.partition('-')[2]) + 1 if last else 1:06d}"
