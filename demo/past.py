"""Dating back what the demo makes, because the verbs date everything today and a platform of one day shows nothing.

On a demo only: rows that the verbs have just made are moved to the day on which they would have happened, before what
they say counts. Of what is written once (agreed, certified, decided) the verb is told the moment, as for old ones: the
database lets nobody move it afterwards. The log tells truthfully when the demo was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from agreements.models import Agreement, Scan
from filing.deadlines import review_due
from filing.models import Filing
from notifications.models import Notice

OFFICE_HOURS = time(10, 30)
NEWS = timedelta(days=4)  # what was told longer ago than this has been read


def moment(day: date) -> datetime:
    """Return a moment of that day, but none that is still to come."""
    return min(timezone.make_aware(datetime.combine(day, OFFICE_HOURS)), timezone.now())


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Date what people are told meanwhile. Old news has been read, and its letters went out then and not today."""
    latest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    told = Notice.objects.filter(pk__gt=latest, recipient__is_demo=True)
    told.update(created_at=moment(day))
    if day < timezone.localdate() - NEWS:
        told.update(read_at=moment(day))
        told.filter(state=Notice.State.QUEUED).update(
            state=Notice.State.SENT, sent_at=moment(day), next_attempt_at=None
        )


def set_back_agreement(agreement: Agreement, **moments: date) -> None:
    """Date moments of an agreement, e.g. `sent_at`; last changed it was at the latest of them."""
    latest = max(moments.values())
    writes = {"updated_at": latest, **moments}
    Agreement.objects.filter(pk=agreement.pk).update(**{name: moment(day) for name, day in writes.items()})


def set_back_scans(agreement: Agreement, *, uploaded: date) -> None:
    """Date the upload of an agreement's scans that nobody has checked yet."""
    agreement.scans.filter(state=Scan.State.UPLOADED).update(uploaded_at=moment(uploaded))


def set_back_filing(filing: Filing, name: str, day: date) -> Filing:
    """Date `submitted_at`, with the deadline counted from it, or `taken_up_at` of a filing that is not decided."""
    writes: dict[str, Any] = {name: moment(day)}
    if name == "submitted_at":
        writes["review_due_on"] = review_due(filing, day).on
    Filing.objects.filter(pk=filing.pk).update(**writes)
    return Filing.objects.with_parties().get(pk=filing.pk)
