"""Who may see and do what with a filing. Views get their filing from here and nowhere else."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from agreements.permissions import can_act
from filing.models import Filing
from frame.guards import Addressed
from institutions.models import reviews_for


def can_submit(user: User, filing: Filing) -> bool:
    """Whether the user is a clerk of either party. The state is the verb's own guard."""
    return can_act(user, filing.agreement)


def can_review(user: User, filing: Filing) -> bool:
    """Whether the user is a reviewer of that very authority; supervisors and other authorities only read."""
    return reviews_for(user, filing.authority)


def visible(user: User) -> QuerySet[Filing]:
    return Filing.objects.visible_to(user).with_parties().with_text().with_clock(timezone.localdate())


FILING = Addressed(visible, word="filing")
with_filing = FILING.guard()
with_own_filing = FILING.guard(can_submit)
with_review = FILING.guard(can_review)
