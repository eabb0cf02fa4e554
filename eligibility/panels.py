"""What an institution's page shows of its survey and its eligibility."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from eligibility.confirmation import eligibility_of
from eligibility.models import EligibilityCase
from frame.panels import Panel
from institutions.models import Authority, Institution
from institutions.permissions import reads_history
from regions.schemes import rules_for


def surveyed(institution: Institution, user: User) -> Panel | None:
    """Whether it was found eligible, for everybody; the ways to its survey and checklist for whoever may read them."""
    today = timezone.localdate()
    found = eligibility_of(institution, rules_for(institution.region, today), today)
    reads = reads_history(user, institution)
    if found is None and not reads:
        return None
    return Panel("eligibility/_surveyed.html", {"eligibility": found, "reads_history": reads})


def resting(authority: Authority) -> list[str]:
    """Return in words how many cases rest with an authority. Fills `institutions.sockets.RESTS_WITH`."""
    cases = EligibilityCase.objects.filter(Q(authority=authority) | Q(authority__successor=authority)).count()
    return [f"资格填报 {cases} 份"] if cases else []
