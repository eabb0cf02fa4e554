"""What an agreement's page shows of its filings."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.models.states import HAS_BEEN_IN_FORCE
from filing.models import Filing
from filing.viewer import Viewer
from frame.panels import Panel


def filings(agreement: Agreement, user: User) -> Panel | None:
    """Where each authority's copy stands, as far as the person may see."""
    if agreement.state not in HAS_BEEN_IN_FORCE:
        return None
    current = Filing.objects.filter(agreement=agreement).current().visible_to(user).with_parties()
    viewer = Viewer(user)
    found = [viewer.of(filing) for filing in current.with_clock(timezone.localdate()).order_by("authority__kind")]
    return Panel("filing/_panel.html", {"filings": found}, slug="filings", word="备案") if found else None
