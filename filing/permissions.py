"""Who may see and do what with a filing. Views get their filing from here and nowhere else."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from agreements.permissions import can_act
from filing.models import Filing, HandIn, RescanCall
from frame.guards import Addressed
from institutions.models import reviews_for


def can_submit(user: User, filing: Filing) -> bool:
    """Whether the user is a clerk of either party. The state is the verb's own guard."""
    return can_act(user, filing.agreement)


def can_review(user: User, filing: Filing) -> bool:
    """Whether the user is a reviewer of that very authority; supervisors and other authorities only read."""
    return reviews_for(user, filing.authority)


def can_call(user: User, filing: Filing) -> bool:
    """Whether the user may ask for another scan: a clerk of either party, or a reviewer of that very authority."""
    return can_submit(user, filing) or can_review(user, filing)


def can_drop_call(user: User, call: RescanCall) -> bool:
    """Whether the user may take a call back: of an authority its reviewers, of a side the clerks of either."""
    if call.authority is not None:
        return reviews_for(user, call.authority)
    return can_act(user, call.agreement)


def can_hand_in(user: User, hand_in: HandIn) -> bool:
    return can_submit(user, hand_in.filing)


def can_take_note(user: User, hand_in: HandIn) -> bool:
    return can_review(user, hand_in.filing)


def visible(user: User) -> QuerySet[Filing]:
    return Filing.objects.visible_to(user).with_parties().with_text().with_clock(timezone.localdate())


FILING = Addressed(visible, word="filing")
with_filing = FILING.guard()
with_own_filing = FILING.guard(can_submit)
with_review = FILING.guard(can_review)
with_call = FILING.guard(can_call)
