"""What the demo's second person does with scans that wait: compares each page, and confirms all that stands there."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.scans import sheets_to_tick
from agreements.lifecycle.seen import Point, Seen, days_of, placing_of
from agreements.models import Agreement, Scan


def tick_all(agreement: Agreement, *, by: User, at: datetime) -> None:
    """Compare every page with the text."""
    for sheet in sheets_to_tick(agreement):
        lifecycle.tick_page(agreement, by=by, page=sheet.pk, seen=sheet.place, at=at)


def seen_of(agreement: Agreement) -> Seen:
    """Return what stands on the page to certify: the demo's people confirm all of it."""
    row = Agreement.objects.get(pk=agreement.pk)
    scans = row.scans.filter(state=Scan.State.UPLOADED).values_list("pk", flat=True)
    return Seen(frozenset(scans), placing_of(row), days_of(row), frozenset(Point))
