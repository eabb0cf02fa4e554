"""By when somebody must act, reckoned from the rows themselves as lists once did, to hold what is noted against."""

from datetime import date
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Subquery, When

from filing.models import Filing, FilingQuerySet, HandIn
from filing.states import HAND_IN_OPEN, WITH_AUTHORITY
from tests import factories


def reckoned(filings: FilingQuerySet) -> FilingQuerySet:
    """Add `reckoned_on` and `is_wanted`, asked of the rows themselves as lists once did."""
    following = Filing.objects.filter(previous=OuterRef("pk"))
    hand_ins = HandIn.objects.filter(filing=OuterRef("pk"))
    waiting = hand_ins.filter(state=HandIn.State.SUBMITTED)
    return filings.annotate(
        reckoned_on=Case(
            When(state="due", then=F("due_on")),
            When(state__in=WITH_AUTHORITY, then=F("review_due_on")),
            When(Q(state="returned") & ~Exists(following), then=F("correction_due_on")),
            When(state="accepted", then=Subquery(waiting.values("review_due_on")[:1])),
            output_field=DateField(null=True),
        ),
        is_wanted=Case(
            When(Q(state__in=["due", *WITH_AUTHORITY]), then=True),
            When(Q(state="returned") & ~Exists(following), then=True),
            default=Exists(hand_ins.filter(state__in=HAND_IN_OPEN)),
        ),
    )


def assert_as_reckoned(today: date | None = None) -> int:
    """Hold every filing against what is reckoned, and the order by urgency against late ones first."""
    rows: list[Any] = list(reckoned(Filing.objects.with_clock(today or factories.today())).by_urgency())
    assert [(row.clock_on, row.is_at_work) for row in rows] == [(row.reckoned_on, row.is_wanted) for row in rows]
    late_first = sorted(rows, key=lambda row: (not row.is_late, row.reckoned_on or date.max, row.pk))
    assert [row.pk for row in rows] == [row.pk for row in late_first]
    return len(rows)
